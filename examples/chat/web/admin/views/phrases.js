/**
 * The words of the admin page, in English and in Chinese, side by side, as in the chat's own table; those that both
 * pages have stand there.
 */

export const WORDS = `
# the gate
gateTitle|Administration|管理
gateHow|On the machine where the chat runs, this prints a link that opens this page:|在运行聊天室的机器上执行下面的命令，会显示一个打开本页的链接：
gateOnce|The link works once, within 15 minutes. Closing this window ends the session here.
|链接 15 分钟内有效，只能用一次。关闭这个窗口就会结束这里的登录。
gateWho|Whoever is an admin in the chat gets a link there as well.|聊天室里的管理员也可以在聊天页面里得到链接。
gateWhy_|This page is for those who run the chat. It opens with a link.|这个页面给聊天室的管理者使用，要用链接打开。
gateWhy_bad_key|This link was used already, or its time is over. A new one is needed.|这个链接已经用过，或者过期了，需要一个新的。
gateWhy_over|Your session is over. To go on, open a new link.|登录已结束。要继续，请打开新的链接。
gateWhy_left|You are logged out.|已退出登录。
toChat|To the chat|去聊天室
administration|Administration|管理
skipContent|Skip to the content|跳到内容

# the frame
sections|Parts of the page|页面栏目
overview|Overview|概览
people|People|人员
rooms|Rooms|聊天室
reports|Reports|举报
words|Words|敏感词
invites|Invites|邀请
acts|Acts|操作记录
settings|Settings|设置
admins|Sessions|登录
moreSections|More|更多
logOut|Log out|退出登录
logOutSure|Log out of the admin page?|退出管理页面？
logOutWords|This session ends. To come back, you need a new link.|登录会结束。再次进入需要新的链接。
theOperator|Operator|运营者
operatorRole|runs the chat|运行聊天室的人
role_owner|Owner|所有者
role_admin|Admin|管理员
role_member|Member|成员
sessionUntil|until {time}|到 {time}
tryAgain|Try again|重试
couldNot|This could not be had: {why}|没能取得：{why}
loadingRows|Loading …|加载中……
loadMore|Show more|显示更多
none|none|无
yes|Yes|是
no|No|否
justNow|just now|刚刚
justAMoment|in a moment|马上
forEver|for ever|永久
done|Done.|完成。
reason|Reason|原因
reasonHint|In your words; they read it|对方会看到
whoAndWhen|{who} · {when}|{who} · {when}

# overview
peopleHere|People here|在线人数
firstOwner
|Nobody owns this chat yet. Come into {chat} under your name, then choose yourself among the {people} and make
 yourself its owner.
|这个聊天室还没有所有者。先用自己的名字进入{chat}，再到{people}里选择自己，把角色改为所有者。
chatItself|the chat|聊天室
ofKnown|of {count} known|共认识 {count} 人
perSecond|Messages a second|每秒消息
connections|Connections|连接
diskUsed|On disk|磁盘占用
queued|Write queue|写入队列
openReports|Open reports|待处理举报
nothingOpen|nothing is waiting|没有待处理的
somethingOpen|somebody should look|需要有人看看
running|running for {time}|已运行 {time}
lastMinutes|the last two minutes|最近两分钟
roomsCount|in {count} rooms|{count} 个聊天室
roomsCountOne|in one room|1 个聊天室
backupMade|The last backup was made {when}: {size}.|上次备份：{when}，{size}。
backupNone|There is no backup yet.|还没有备份。
backupNext|The next one is made {when}.|下次备份：{when}。
backupFault|The last try failed: {words}.|上次尝试失败：{words}。
doors|Who may come in as somebody new|谁可以新加入
door_open|Open|开放
door_named|With a name|要有名字
door_invited|With an invite|要有邀请
door_shut|Nobody|不接受
doorMeans_open|Anybody, also as a guest without a name.|任何人都可以，包括没有名字的访客。
doorMeans_named|Anybody who says how they are called.|说出名字的人都可以。
doorMeans_invited|Only who has an invite link.|只有拿到邀请链接的人可以。
doorMeans_shut|Nobody new. Whoever is known still comes in.|不接受新人，已认识的人仍可进入。
announceTitle|Announcement|公告
announceHint|One line that everybody sees until they send it away|一行字，所有人都能看到，直到各自关闭
announce|Announce|发布
takeDown|Take down|撤下
announced|On everybody’s page since {when}|{when}起显示在所有人的页面上
quickInvite|Invite somebody|邀请别人
quickInviteHint|A link into the chat: for one person, for 7 days.|进入聊天室的链接：限一人，7 天内有效。
makeLink|Make a link|生成链接

# people
findPerson|Find somebody by name|按名字查找
noPeople|Nobody has come yet|还没有人来过
noPeopleHint|Whoever comes into the chat stands here.|进入聊天室的人会列在这里。
noMatch|Nobody is called like that|没有叫这个名字的人
noMatchHint|Try fewer letters.|试试少输入几个字。
guest|guest|访客
muted|muted|禁言中
banned|banned|封禁中
seenAgo|seen {when}|{when}来过
neverSeen|not seen yet|还没来过
personRooms|{count} rooms|{count} 个聊天室
personRoomsOne|one room|1 个聊天室
online_|here now|在线
numberOf|No. {id}|编号 {id}
roleIn|Role in the whole chat|在整个聊天室的角色
roleSure|Make {name} {role}?|让 {name} 成为{role}？
roleWords_owner
|An owner may do everything, and makes admins and owners. Only another owner can take that away.
|所有者可以做任何事，也能任命管理员和所有者；只有别的所有者能取消。
roleWords_admin
|An admin governs all rooms and all people who are less, and sees this page.
|管理员可以管理所有聊天室和权限更低的人，也能看到这个页面。
roleWords_member|What {name} may do as {old} is over at once.|{name} 作为{old}的权限会立即取消。
restraints|What holds them back|当前限制
noRestraints|Nothing: they may speak and be everywhere.|没有：可以在任何地方发言。
restraint_mute|Muted {where}|{where}禁言
restraint_ban|Banned {where}|{where}封禁
everywhere|everywhere|所有地方
inRoom|in {room}|在 {room} 中
untilTime|until {time}|到 {time}
withAddresses|with {count} addresses|包括 {count} 个地址
withAddressesOne|with one address|包括 1 个地址
byWhom|by {name}|由 {name}
unmute|Let them speak|解除禁言
unban|Let them in|解除封禁
governing|What can be done|可以做的事
muteThem|Mute …|禁言……
banThem|Ban …|封禁……
kickThem|Disconnect …|断开连接……
purgeThem|Erase what they said …|删除发言……
theirSessions|Sessions|登录
noSessions|No session is kept: they cannot come back.|没有保存的登录：无法再回来。
endSession|End|结束
endSessionSure|End this session of {name}?|结束 {name} 的这个登录？
endSessionWords
|The window on “{client}” is closed, and cannot come back as {name}. Other sessions stay.
|“{client}”上的窗口会关闭，不能再以 {name} 的身份回来；其他登录不受影响。
since|since {when}|{when}起
lastUsed|used {when}|{when}使用过
hereNow|open now|正在使用
thisSession|this one|当前
theirRooms|Rooms|所在聊天室
noRooms|In no room.|不在任何聊天室。
opThere|op|房管
putOut|Put out|移出
putOutSure|Put {name} out of {room}?|把 {name} 移出 {room}？
putOutWords|They leave the room now, and may come back.|他们会立即离开聊天室，但可以再进来。
dropAvatar|Remove their picture|移除头像
dropAvatarSure|Remove the picture of {name}?|移除 {name} 的头像？
dropAvatarWords|They are shown by a letter then, and may choose another picture.|之后显示文字头像，对方可以重新上传。
where|Where|范围
wholeChat|In the whole chat|整个聊天室
howLong|For how long|多久
alsoAddresses|Their addresses as well|同时封禁其地址
alsoErase|Erase what they said|同时删除发言
eraseNothing|nothing|不删除
since_hour|of the last hour|最近一小时
since_day|of the last day|最近一天
since_ever|of all time|全部
muteTitle|Mute {name}|禁言 {name}
mute|Mute|禁言
muteWords|{name} reads on, and says nothing {where}, {time}.|{name} {where}可以继续看，但{time}不能发言。
banTitle|Ban {name}|封禁 {name}
ban|Ban|封禁
banWords|{name} is put out {where}, and may not come back {time}.|{name} 会被移出{where}，{time}不能再进来。
banAddresses
|So is everybody who comes from the addresses of {name}: perhaps a whole household or office.
|来自 {name} 的地址的所有人也一样，可能是整个家庭或办公室。
eraseWords|What they said {since} is erased for everybody: texts and pictures. It cannot be brought back.
|{since}的发言会为所有人删除，包括文字和图片，无法恢复。
whereChat|in the whole chat|在整个聊天室
fromChat|of the whole chat|整个聊天室
whereRoom|in {room}|在 {room} 中
fromRoom|of {room}|{room}
for_|for {time}|{time}内
kickTitle|Disconnect {name}?|断开 {name} 的连接？
kick|Disconnect|断开
kickWords|All windows of {name} are closed now. They may come back at once.|{name} 的所有窗口会立即关闭，但随时可以再进来。
purgeTitle|Erase what {name} said|删除 {name} 的发言
purge|Erase|删除
howLongAgo|How far back|多久以来

whom|Whom to show|显示哪些人
everybody|Everybody|所有人
heldPeople|Muted or banned|禁言或封禁的
noHeld|Nobody is muted or banned|没有禁言或封禁的人
noHeldHint|Whom you hold back stands here until it is over.|被限制的人会列在这里，直到限制结束。

# rooms
findRoomHere|Find a room by name or topic|按名字或主题查找
noRoomsYet|There is no room yet|还没有聊天室
noRoomsYetHint|Whoever comes in can make one.|进来的人都可以新建。
noRoomMatch|No room is called like that|没有这样的聊天室
privateRoom|private|私密
closedRoom|reading only|只读
slowRoom|slow: {time}|慢速：{time}
members_|{count} members|{count} 人
members_One|one member|1 人
here_|{count} here|{count} 人在线
topic|Topic|主题
noTopic|no topic|没有主题
topicHint|A line under the room’s name|显示在聊天室名字下面
save|Save|保存
roomName|Name|名字
roomRules|Rules|规则
slow|Slow mode|慢速模式
slowOff|off|关闭
slowMeans|A member says one message, and then waits.|成员发一条消息后要等一会儿。
closed|Reading only|只读
closedMeans|Only ops and admins speak. What was said stays.|只有房管和管理员能发言，原有内容保留。
private_|Private|私密
privateMeans|In no list; one comes in by invite only.|不出现在列表里，只能通过邀请进入。
openSure|Make {room} public?|公开 {room}？
openWords|Everybody can find it, join, and read what was said there so far.|所有人都能找到、加入，并看到之前的内容。
closeSure|Make {room} private?|把 {room} 设为私密？
closeWords|It goes from all lists. Its members stay; others need an invite.|它会从列表中消失。成员保留，其他人需要邀请。
ops|Ops|房管
noOps|Nobody governs this room but the admins.|除管理员外没有人管理这个聊天室。
addOp|Make somebody an op|任命房管
opName|Name of a member|成员的名字
makeOp|Make op|任命
takeOp|Take away|取消
takeOpSure|{name} is no op of {room} any more?|取消 {name} 在 {room} 的房管？
takeOpWords|They stay a member.|他们仍是成员。
removeRoom|Remove the room …|删除聊天室……
removeSure|Remove {room}?|删除 {room}？
removeWords
|Its {count} members are put out, and all that was said there is erased: texts and pictures. It cannot be brought back.
|{count} 位成员会离开，所有内容（文字和图片）都会删除，无法恢复。
removeWordsOne
|Its one member is put out, and all that was said there is erased: texts and pictures. It cannot be brought back.
|唯一的成员会离开，所有内容（文字和图片）都会删除，无法恢复。
remove|Remove|删除
theLobby|Everybody begins here: it is not renamed, made private or removed.|所有人都从这里开始：不能改名、设为私密或删除。
neverContents|What is said in a private room is never shown here.|私密聊天室里的内容从不在这里显示。

# reports
noReports|Nothing to look at|没有需要处理的
noReportsHint|What people report, and what the word list holds back, waits here for you.|被举报的消息和被敏感词拦下的消息会在这里等你处理。
held|held back|已拦下
reported_|reported|被举报
reportedBy|Reported by {name}|{name} 举报
heldBack|Held back by the word list: nobody has read it yet|被敏感词拦下，还没有人看到
aPictureToo|with a picture|附图片
letThrough|Let it be said|放行
refuse|Refuse|拒绝
keepIt|Leave it|保留
deleteIt|Delete message|删除消息
deleteItSure|Delete this message of {name}?|删除 {name} 的这条消息？
deleteItWords|It is erased for everybody, with its picture. It cannot be brought back.|会为所有人删除，包括图片，无法恢复。
aboutPerson|{name} …|{name}……
goneText|The message is gone already.|消息已经不在了。

# words
wordFile|Word list|敏感词表
noWordFile|There is no word list. Start the chat with this, one word in each line:|没有敏感词表。用下面的选项启动聊天室，文件每行一个词：
refuses|refused|拒绝
refusesMeans|The message is not taken.|消息不会被接受。
masks|masked|屏蔽
masksMeans|The word is said as **.|这个词显示为 **。
reviews|held back|待审
reviewsMeans|It waits on “Reports”.|在“举报”里等待处理。
reload|After changing the file, this reads it again:|修改文件后，用下面的命令重新读取：
reloadMeans|A file with a mistake is not taken: the old list stays, and the log says why.|文件有错时不会采用，旧词表继续有效，日志会说明原因。
fileFormat|A line of the file|文件的一行
tryWords|Try a text|试一试
tryHint|Nothing is said: only the list is asked|不会发送，只检查词表
tryIt|Try|试
verdict_fine|Nothing in it is on the list.|没有敏感词。
verdict_masked|It would be said like this:|会显示成这样：
verdict_refused|It would be refused.|会被拒绝。
verdict_review|It would be held back until somebody has looked.|会被拦下，等人处理。

# invites
newInvite|New invite link|新邀请链接
into|Into|进入
intoChat|The chat|整个聊天室
expires|Works for|有效期
uses|So often|可用次数
usesCount|{count} times|{count} 次
usesCountOne|once|1 次
linkOnce|Copy it now: it is not shown again.|请马上复制，之后不再显示。
noInvites|No invites|没有邀请
noInvitesHint|A link that you make stands here until it is over.|生成的链接会列在这里，直到失效。
inviteChat|Into the chat|进入聊天室
live|works|有效
usedUp|used up|已用完
expired|over|已过期
revoked|revoked|已撤销
left_|{count} left|还可用 {count} 次
usedBy|Used by {names}|{names} 用过
unused|Not used yet|还没有人用过
revoke|Revoke|撤销
revokeSure|Revoke this invite?|撤销这个邀请？
revokeWords|The link lets nobody in any more. Whoever used it stays.|链接不再有效，已经进来的人不受影响。

# bots and where something goes out
noBots|There is no bot|还没有机器人
noBotsHint|A key lets a program speak in a room: monitoring, builds, tickets.|有了密钥，监控、构建、工单等程序就能在聊天室发言。
robot|robot|本聊天室
newKey|A new key|新密钥
keyKind|It is|用途
keyRoom|In the room|聊天室
makeKey|Make a key|生成密钥
paceOf|At most|最多
paceUsual|as usual|默认
keyShort_hook|Hook|Hook
keyShort_token|Token|令牌
botRemoveSure_|Remove {name}?|移除 {name}？
botRemoveWords|All its keys are worth nothing from now on. What it said stays.|它的密钥会全部失效，说过的话会保留。
keyRevokeSure|Revoke this key of {name}?|撤销 {name} 的这个密钥？
keyRevokeWords|Whatever uses it cannot speak here any more. Other keys stay.|使用它的程序不能再在这里发言，其他密钥不受影响。
noTargets|Nothing goes out|没有转发
noTargetsHint|What is said in a room can go to other programs, and what concerns somebody to their phone.
|聊天室里的话可以转发到别的程序，和某人有关的可以通知到他的手机。
targetOf|What goes out|转发内容
targetOf_room|All of a room|某个聊天室的全部
targetOf_person|What concerns somebody|和某人有关的
personName|Name|名字
rotate|New secret|更换密钥
rotateTitle|Another secret for {name}?|更换 {name} 的密钥？
rotateWords|It signs with a new secret, and for a day with the old one as well.|会用新密钥签名，旧密钥一天内仍然有效。
targetRemoveTitle|Remove {name}?|移除 {name}？
targetRemoveWords|Nothing goes there any more, and what waits is forgotten.|之后不再发送，等待中的也会丢弃。
targetOffShort|off|已停用
targetFree|any address|不限地址

# acts
filterActs|Find by person|按人查找
exportActs|Download|下载
exporting|{count} acts …|{count} 条……
noActs|Nothing was done yet|还没有操作
noActsHint|Every act is noted here, never what was said.|每个操作都会记在这里，但不记录聊天内容。
noActsOf|Nothing here about them|没有与此人有关的记录
aTalk|a private talk|私聊
privateRoom|private room {number}|私密聊天室 {number}
actLine|{who} {did} {where}|{who} {where}{did}
act_role|changed the role of {user}|更改了 {user} 的角色
act_op|made {user} an op|任命 {user} 为房管
act_deop|took op from {user}|取消了 {user} 的房管
act_kick|put {user} out|移出了 {user}
act_mute|muted {user}|禁言了 {user}
act_ban|banned {user}|封禁了 {user}
act_unmute|let {user} speak again|解除了 {user} 的禁言
act_unban|let {user} in again|解除了 {user} 的封禁
act_purge|erased what {user} said|删除了 {user} 的发言
act_end_session|ended a session of {user}|结束了 {user} 的一个登录
act_erase|erased themself|注销了自己
act_rename_room|renamed a room, now {room}|把聊天室改名为 {room}
act_topic|changed the topic of {room}|修改了 {room} 的主题
act_slow|changed the slow mode of {room}|修改了 {room} 的慢速模式
act_close|made {room} reading only|把 {room} 设为只读
act_open|opened {room} again|重新开放了 {room}
act_remove_room|removed {room}|删除了 {room}
act_add|brought {user} into {room}|把 {user} 拉进了 {room}
act_door|changed who may come in|修改了谁可以加入
act_invite|made an invite|生成了邀请
act_revoke|revoked an invite|撤销了邀请
act_accept|used an invite|使用了邀请
act_bot|made the bot {user}|添加了机器人 {user}
act_remove_bot|removed the bot {user}|移除了机器人 {user}
act_key|made a key for {user}|为 {user} 生成了密钥
act_revoke_key|revoked a key of {user}|撤销了 {user} 的密钥
act_target|added an address|添加了通知地址
act_drop_target|removed an address|移除了通知地址
act_rotate_target|changed the secret of an address|更换了通知地址的密钥
act_announce|announced something|发布了公告
act_report|reported a message of {user}|举报了 {user} 的消息
act_hold|was held back by the word list|的消息被敏感词拦下
act_settle|settled a report|处理了举报
act_admin_in|opened the admin page|打开了管理页面
act_admin_out|ended a session of the admin page|结束了一个管理页面的登录
act_delete|deleted a message of {user}|删除了 {user} 的消息
lastSpan|of the last {time}|最近 {time}
settled_said|let through|已放行
settled_granted|left|保留
settled_not_granted|refused|已拒绝
takenDown|taken down|已撤下
somebody|somebody|某人

# settings in force
findSetting|Find a setting|查找设置
onlyChanged|Only what was set|只看修改过的
byDefault|default|默认
wasSet|set|已设置
noSettings|No setting is called like that|没有这样的设置
settingsHow|What is in force now. Settings are changed where the chat is started.|当前生效的设置。要修改，请在启动聊天室的地方进行。

# sessions of this page
noAdmins|Nobody|没有
adminsHow|Who has this page open. A session ends after 12 hours without a word, and after 7 days at the latest.
|谁打开了这个页面。12 小时没有操作就会结束，最长 7 天。
endAdminSure|End this session of the admin page?|结束这个管理页面的登录？
endAdminWords|That window is closed at once, and needs a new link.|那个窗口会立即关闭，需要新的链接。
endOwnWords|It is your own: you are logged out.|这是你自己的登录：你会退出。

# what was refused
error_bad_key|this link or session is over|链接或登录已失效
error_no_such_session|this session has ended already|这个登录已经结束
`;
