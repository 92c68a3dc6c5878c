/** The words of governing: menus, what a room may become, invites, reports, and what was done with oneself. */

export const GOVERNING = `
# what can be done with a message, a person, a room
menu|More|更多操作
menuOf|What can be done with {name}|对 {name} 的操作
act_copy|Copy|复制
act_mention|Mention {name}|提到 {name}
act_report|Report …|举报……
act_delete|Delete|删除
act_talkTo|Talk privately|私聊
act_mute|Mute {name} …|禁言 {name}……
act_unmute|Let {name} speak again|解除 {name} 的禁言
act_kick|Put {name} out …|请出 {name}……
act_ban|Ban {name} …|封禁 {name}……
act_purge|Delete what {name} said …|删除 {name} 的发言……
act_op|Make {name} an op|让 {name} 当房管
act_deop|{name} is an op no longer|取消 {name} 的房管
act_role|Role in the chat …|聊天室角色……
sure_mute|Mute {name}?|禁言 {name}？
sure_unmute|Let {name} speak again?|让 {name} 重新发言？
sure_kick|Put {name} out?|把 {name} 请出去？
sure_ban|Ban {name}?|封禁 {name}？
sure_purge|Delete what {name} said?|删除 {name} 说过的话？
sure_op|Make {name} an op of {room}? Ops govern it, and those in it.|让 {name} 当 {room} 的房管？房管可以管理聊天室和里面的人。
sure_deop|Shall {name} be an op of {room} no longer?|取消 {name} 在 {room} 的房管身份？
sure_role|What is {name} in the whole chat?|{name} 在整个聊天室是什么角色？
sure_report|Report this message of {name}?|举报 {name} 的这条消息？
do_report|Report|举报
do_mute|Mute|禁言
do_unmute|Let speak|解除禁言
do_kick|Put out|请出
do_ban|Ban|封禁
do_unban|Lift the ban|解除封禁
do_purge|Delete|删除
do_op|Make an op|设为房管
do_deop|Op no longer|取消房管
do_role|Change|修改
done_mute|{name} is muted.|已禁言 {name}。
done_kick|{name} was put out.|已请出 {name}。
done_ban|{name} is banned.|已封禁 {name}。
done_purge|What {name} said is being deleted.|正在删除 {name} 的发言。
done_role|The role of {name} was changed.|已修改 {name} 的角色。
done_report|Thank you. Somebody will look at it.|谢谢，管理者会处理的。
is_ban|banned|已封禁
is_mute|muted|已禁言
govern_where|Where|范围
govern_time|For how long|时长
govern_reason|Why? (They read it.)|原因（对方会看到）
govern_addresses|Their addresses as well|同时封禁其网络地址
govern_erase|Delete their messages|同时删除发言
govern_since|From when on|从什么时候起
govern_role|Role|角色
govern_nothing|none|不删除
wholeChat|the whole chat|整个聊天室
time_10m|10 minutes|10 分钟
time_1h|1 hour|1 小时
time_1d|1 day|1 天
time_7d|7 days|7 天
time_30d|30 days|30 天
time_ever|for ever|永久
since_hour|the last hour|最近一小时
since_day|the last day|最近一天
since_ever|all of them|全部
role_member|member|成员
role_op|op|房管
role_admin|admin|管理员
role_owner|owner|所有者
span_seconds|{count} s|{count} 秒
span_minutes|{count} min|{count} 分钟
span_hours|{count} h|{count} 小时
span_days|{count} d|{count} 天
until|until {time}|到 {time}
doneBy|by {name}|操作人：{name}
report_public
|The ops of this room and the admins of the chat see it, and that it was you who told them.
|这个聊天室的房管和管理员会看到这条消息，以及是你举报的。
report_private
|The ops of this room, and those admins who are in it, see it, and that it was you who told them. Nobody else.
|只有这个聊天室的房管，以及在里面的管理员，会看到这条消息，以及是你举报的。
report_talk
|The admins of the chat see this message, and that it was you who told them; nothing else of the talk.
|管理员会看到这一条消息，以及是你举报的；看不到私聊的其他内容。
report_reason|What is wrong with it?|有什么问题？

# a room, and what it may become
isPrivate|Private: only those who were invited know of it|私密：只有受邀的人知道
isPublic|Public: everybody can find and join it|公开：所有人都能找到并加入
isClosed|For reading: only its ops write here|只读：只有房管可以发言
isSlow|Slow: one message in {time}|慢速：每 {time} 一条消息
opsAre|Ops: {names}|房管：{names}
invite|Invite …|邀请……
restrained|Banned and muted|封禁与禁言
restrainedNone|Nobody.|没有人。
removeRoom|Remove the room|删除聊天室
removeSure|Remove {room} for everybody, with all that was said in it?|为所有人删除 {room}，包括里面所有的内容？
roomName|Name|名称
roomTopic|Topic|话题
roomSlow|Each writes at most once in|每人发言间隔
notSlow|no limit|不限
roomClosed|For reading only (closed)|只读（关闭发言）
roomPrivate|Private: unlisted, by invitation only|私密：不列出，仅限邀请
changed|Changed.|已修改。
closedRoom|for reading|只读
newPrivate|Private: only those whom you invite know of it|私密：只有你邀请的人知道
createPrivate|Create the private room “{room}”|新建私密聊天室“{room}”
addressCount|Addresses: {count}|地址：{count} 个
chatDoor|Who may come in|谁可以进来
door_open|everybody|所有人
door_named|whoever has chosen a name|取了名字的人
door_invited|whoever was invited|受邀的人
door_shut|nobody new|不再接受新人
announcementText|Announcement above all rooms|所有聊天室上方的公告
announceIt|Announce|发布
adminPage|Admin page|管理页面
noticeBrought|{by} brought in {names}|{by} 邀请 {names} 进入了聊天室
noticePutOut|{by} put out {names}|{names} 被 {by} 请出了聊天室
topicIs|Topic: {topic}|话题：{topic}
noTopic|This room has no topic.|本聊天室没有话题。
noticeTopic|{by} set the topic: {names}|{by} 设置了话题：{names}
noticeNoTopic|{by} took the topic away|{by} 移除了话题
noticeRoomRenamed|{by} renamed the room: {names}|{by} 修改了聊天室名称：{names}
noticePrivate|{by} made the room private|{by} 把聊天室设为私密
noticePublic|{by} made the room public|{by} 把聊天室设为公开
noticeSlow|{by} made the room slow: one message in {names} s|{by} 开启了慢速模式：每 {names} 秒一条消息
noticeNotSlow|{by} ended slow mode|{by} 关闭了慢速模式
noticeClosed|{by} closed the room: it is for reading|{by} 关闭了聊天室：只能阅读
noticeOpened|{by} opened the room|{by} 重新开放了聊天室
noticeOp|now an op: {names}|成为房管：{names}
noticeDeop|no longer an op: {names}|不再是房管：{names}
deletedBy|Message deleted by {name}|消息已被 {name} 删除

# invites
inviteTo|Invite to {room}|邀请加入 {room}
inviteChat|Invite to the chat|邀请加入聊天室
inviteText|Whoever has the link can come in, until it is over or used up.|有链接的人都能进来，直到过期或用完。
inviteTime|It is good for|有效期
inviteUses|Uses|使用次数
makeLink|Make a link|生成链接
inviteLink|Link|链接
bringIn|Or bring somebody in who is here|或者直接拉人进来
bringName|Name|名字
bring|Bring in|拉进来
broughtIn|{name} is in.|{name} 已经进来了。
links|Links|已有链接
usesLeft|uses left: {count}|剩余 {count} 次
usedBy|used by {names}|已使用：{names}
usedByNone|not used yet|还没有人使用
revoke|Revoke|撤销
arrivalInvited|You were invited to the chat on {server}.|有人邀请你进入 {server} 上的聊天室。

# what waits to be looked at
reports|Reports|举报
reportsCount|Reports: {count}|{count} 条举报
reportsNone|Nothing waits.|没有待处理的内容。
reportBy|{by} reported a message of {name}|{by} 举报了 {name} 的消息
reportHeld|A message of {name} is held back|{name} 的消息等待审核
aTalk|a private talk|私聊
reportReason|Reason: {reason}|原因：{reason}
letThrough|Let it through|放行
nothingWrong|Nothing wrong|没有问题
isSettled|That is settled|已经处理好了
showMessage|Show|查看

# what was done with oneself
youAreIn|You are in {room} now.|你已进入 {room}。
youPutOut|{name} has put you out of {room}.|{name} 把你请出了 {room}。
youMuted|You are muted in {room}, {time}.|你在 {room} 被禁言：{time}。
youUnmuted|You may speak again in {room}.|你可以在 {room} 重新发言了。
youOp|You are an op of {room} now.|你成为了 {room} 的房管。
youDeop|You are no longer an op of {room}.|你不再是 {room} 的房管。
youRole_member|You are a member of the chat now.|你现在是普通成员。
youRole_admin|You are an admin of the chat now.|你现在是管理员。
youRole_owner|You are an owner of the chat now.|你现在是所有者。
silentClosed|This room is for reading|这个聊天室只能阅读
silentMuted|You are muted here|你在这里被禁言了
silentMutedUntil|You are muted until {time}: {left}|你被禁言到 {time}：还有 {left}
silentSlow|The room is slow: you can send in {left}|慢速模式：{left} 后可以发送
held|Your message waits until somebody has looked at it.|你的消息正在等待审核。
ending_kicked|You were put out|你被请出了聊天室
ending_banned|You are banned|你被封禁了
ending_sessionEnded|This session was ended|这个会话已结束
ending_erased|You are erased|你已被抹去
endingText_kicked|Somebody who governs the chat has closed your connection. You can come back.|管理者断开了你的连接。你可以再进来。
endingText_banned|You cannot come in here.|你无法进入这里。
endingText_sessionEnded|You have ended it from another device, or an admin has.|你在另一台设备上结束了它，或者是管理员结束的。
endingText_erased
|Nobody here knows you any more, and nothing is left of you in this browser.
|这里不再有人认识你，这个浏览器里也没有留下你的任何东西。
endingUntil|Until {time}.|到 {time} 为止。
endingEver|For ever.|永久。
startAnew|Begin anew|重新开始
`;
