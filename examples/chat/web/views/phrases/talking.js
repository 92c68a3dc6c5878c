/** The words of talking: arriving, rooms and people, messages, the field, searching, the connection. */

export const TALKING = `
# arriving
arrivalTitle|Come in and say hello|进来聊聊
arrivalText|Choose a name. That is all: no password, no account.|取个名字就好，不用密码，也不用注册。
yourName|Your name|你的名字
enter|Enter|进入
arrivalServer|You come to the chat on {server}.|你将进入 {server} 上的聊天室。
arrivalRoom|You come to #{room}, a room of the chat on {server}.|你将进入 {server} 上的聊天室 #{room}。
arrivalReaders
|Whoever comes in can read the public rooms. A private room is read by those who are in it, a private talk by two.
|进来的人都能看到公开聊天室里的话；私密聊天室只有里面的人能看到，私聊只有两个人自己能看到。
arrivalPromise|This browser will know you when you come back.|下次再来，这个浏览器会认得你。
otherLanguage|中文|English
haveCode|I have a code from another device|我有另一台设备上的验证码
haveNoCode|I have no code|我没有验证码
yourCode|The code|验证码
noWebSocket|This browser has no WebSocket, and the chat needs one.|您的浏览器不支持 WebSocket，无法使用聊天室。
skip|Skip to the message field|跳到输入框

# rooms and people
rooms|Rooms|聊天室
talks|Private|私聊
members|Members|成员
memberCount|Members: {count}|{count} 人
membersHere|{here} of {count} here|{here}/{count} 在线
findRoom|Find or create a room|查找或新建聊天室
createRoom|Create “{room}”|新建“{room}”
join|Join|加入
open|Open|打开
leave|Leave|退出
switchPlace|Go to a room or a person|前往聊天室或某人
joinSure|Join #{room}? Its members will see that you came.|加入 #{room} 吗？里面的人会看到你来了。
leaveSure|Leave {room}?|退出 {room}？
lobby|lobby|大厅
allRooms|All rooms …|全部聊天室……
leaveRoom|Leave {room}|退出 {room}
leaveTalk|Close the talk|关闭私聊
leaveTalkSure|Close the talk with {name}? It comes back with the next message.|关闭与 {name} 的私聊？有新消息时会再出现。
youLeft|You are no longer in {room}.|你已不在 {room}。
noSuchRoom|There is no room “{room}” yet.|还没有叫“{room}”的聊天室。
private|Only you two can read this|只有你们两人能看到
privateBot|A program reads this, and perhaps others who run it|对方是程序，运行它的人也可能看到
bot|bot|机器人
botMeans|A program, not a person|这是程序，不是真人
levelOf|Tell me of|提醒我
level_all|all messages|所有消息
level_mentions|what calls me|提到我的消息
level_nothing|nothing|不提醒
level_usual|usual: {level}|默认：{level}
call_all|calls everybody in the room|叫所有人
call_here|calls everybody who is here|叫所有在线的人
privateAbsent|Only you two can read this · not here now|只有你们两人能看到 · 对方不在线
you|you|你
talkTo|Talk privately to {name}|与 {name} 私聊
unread|{count} unread|{count} 条未读
here|here|在线
findMember|Find a member|查找成员
mentions|{count} for you|{count} 条提到你
draft|Draft|草稿
nothingKept
|This browser keeps nothing for this page: its storage is full or forbidden. Who you are, and what is not sent yet,
 is lost when the page is closed.
|浏览器无法为本页保存数据（存储已满或被禁止）。关闭页面后，你的身份和未发送的内容都会丢失。
away|away|离线
noticeJoined|{names} joined|{names} 进入了聊天室
noticeLeft|{names} left|{names} 离开了聊天室
noticeRenamed|new name: {names}|改名：{names}
noticeCreated|new room: {names}|新聊天室：{names}
andOthers| and {count} others| 等 {count} 人

# messages
messages|Messages|消息
newMessages|New|新消息
newCount|{count} new|{count} 条新消息
newSince|{count} new since {since}|{since} 以来 {count} 条新消息
latest|Latest messages|最新消息
beginning|This is where it begins.|这里是最开始的地方。
loading|Loading …|加载中……
emptyRoom|Nobody has said anything yet|还没有人说话
emptyRoomHint|The first word is yours.|第一句话留给你。
emptyTalk|Just the two of you|只有你们两个人
emptyTalkHint|Nobody else reads what you write here.|这里的话不会有别人看到。
today|Today|今天
yesterday|Yesterday|昨天
deleted|Message deleted|消息已删除
delete|Delete|删除
deleteSure|Delete this message for everyone?|为所有人删除这条消息？
sent|Sent|已发送
sending|Sending …|发送中……
notYetSent|Will be sent when the connection is back|连接恢复后自动发送
notSent|Not sent: {why}|未发送：{why}
notStored|Not sent yet: {why}. It is tried again by itself.|尚未发送：{why}，正在自动重试。
heldUp|Will be sent when the server can store again|服务器恢复后自动发送
retry|Try again|重试
edit|Edit|编辑
copy|Copy|复制
copied|Copied.|已复制。
notCopied|This browser does not let the page copy.|浏览器不允许复制。
blank|Nothing that can be seen|没有可见的内容
enlarge|Enlarge the picture|放大图片
previousPicture|Previous picture|上一张图片
nextPicture|Next picture|下一张图片
zoom|Own size|原始大小
original|Open the original|打开原图
aPicture|a picture|一张图片
pictureFrom|Picture from {name}|{name} 发的图片
pictureFailed|This picture cannot be shown now.|图片暂时无法显示。
pictureGone|This picture is no longer kept|这张图片已不再保存
typing|Typing: {names}|正在输入：{names}

# composer
messageTo|Message to {room}|发到 {room}
send|Send|发送
emoji|Emoji|表情
findEmoji|Find an emoji: smile, 微笑|查找表情：微笑、smile
emojiHint|Type :smile: or [微笑] in a message.|在消息里可以输入 [微笑] 或 :smile:。
emojiLacking|The list of emoji did not come. Open it again.|表情列表没有取到，请再打开一次。
emoji_recent|Recent|最近使用
emoji_faces|Faces|表情
emoji_hands|Hands|手势
emoji_people|People|人物
emoji_nature|Animals and nature|动物与自然
emoji_food|Food|食物
emoji_activity|Activities|活动
emoji_places|Places and travel|地点与出行
emoji_things|Things|物品
emoji_signs|Signs|符号
addPicture|Add a picture|添加图片
removePicture|Remove the picture|移除图片
dropHere|Drop the picture here|把图片放到这里
notAPicture|Only PNG, JPEG, GIF and WebP pictures can be sent.|只能发送 PNG、JPEG、GIF、WebP 图片。
pictureTooLarge|The picture is larger than {size}.|图片超过了 {size}。
pictureTooVast
|The picture has more than {count} million pixels, or a side of more than 15,000.
|图片超过了 {count} 百万像素，或者有一边超过了 15000 像素。
left|{count} left|还可输入 {count} 字
tooMany|{count} too many|超出 {count} 字
suggestions|Suggestions|建议
noCommand|No such command: /help lists them. Write // to say a line with a slash.|没有这个命令，见 /help。要说以斜杠开头的话，请打 //。

# searching
search|Search|搜索
searchHint|from:name and in:room narrow it.|可用 from:名字、in:聊天室 缩小范围。
searchWords|Type a word to look for as well.|还要输入要查找的词。
searchNone|Nothing was found.|没有找到。
more|More|更多

# the connection
online|Connected|已连接
connecting|Connecting …|连接中……
waiting|No connection|连接断开
cause_lost|No connection. It is tried again by itself.|连接断开了，正在自动重连。
cause_crowded
|Many people are coming in just now. You are among the next; this page tries again by itself.
|现在进来的人很多，很快就轮到你；会自动重试。
cause_unwell
|The chat cannot take anybody in just now, as it can store nothing. This page tries again by itself.
|聊天室暂时无法保存，现在不能进入；会自动重试。
cause_hasty|The server has closed the connection ({reason}). It is tried again in a moment.|服务器关闭了连接：{reason}。稍后会自动重试。
cause_refused|The server does not let this page in: it may be known under another address.|服务器不接受这个页面，也许要换一个网址访问。
cause_banned|Nobody may come in from this network address: somebody was banned with it.|这个网络地址已被封禁，不能从这里进入。
cause_blocked
|The server is there, but no WebSocket comes through to it: a proxy on the way may not allow it, or the server has
 no room.
|服务器在线，但 WebSocket 连不上：可能是中间的代理不允许，或者服务器满了。
writeOn|You can go on writing.|你可以继续输入。
tryNow|Try now|马上重试
off|Disconnected|未连接
offBanner|You have disconnected.|你已断开连接。
connect|Connect|连接
disconnect|Disconnect|断开
ended|Closed|已关闭
endedBanner|The server has closed the connection: {reason}|服务器关闭了连接：{reason}
comeBack|Come back|重新进入
`;
