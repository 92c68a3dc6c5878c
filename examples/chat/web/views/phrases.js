/**
 * Every word of the page, in English and in Chinese, side by side: `key|English|中文`. A long one goes on in lines that
 * begin with `|` or, within a sentence, with a space.
 */

const TABLE = `
# arriving
arrivalTitle|Come in and say hello|进来聊聊
arrivalText|Choose a name. That is all: no password, no account.|取个名字就好，不用密码，也不用注册。
yourName|Your name|你的名字
enter|Enter|进入
arrivalServer|You come to the chat on {server}.|你将进入 {server} 上的聊天室。
arrivalRoom|You come to #{room}, a room of the chat on {server}.|你将进入 {server} 上的聊天室 #{room}。
arrivalReaders
|Whoever comes to this address can read the rooms. What two people say privately only they can read.
|能打开这个网址的人都能看到聊天室里的话；私聊只有两个人自己能看到。
arrivalPromise|This browser will know you when you come back.|下次再来，这个浏览器会认得你。
otherLanguage|中文|English
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
leaveRoom|Leave #{room}|退出 #{room}
leaveTalk|Close the talk|关闭私聊
leaveTalkSure|Close the talk with {name}? It comes back with the next message.|关闭与 {name} 的私聊？有新消息时会再出现。
youLeft|You are no longer in {room}.|你已不在 {room}。
noSuchRoom|There is no room “{room}” yet.|还没有叫“{room}”的聊天室。
private|Only you two can read this|只有你们两人能看到
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
help|Help|帮助
helpNick|/nick name — change your name|/nick 名字 — 改名
helpJoin|/join room — go to a room, or create it|/join 聊天室 — 进入或新建
helpLeave|/leave, /leave room — leave this room, or another|/leave、/leave 聊天室 — 退出聊天室
helpRooms|/rooms — all rooms|/rooms — 所有聊天室
helpWho|/who — who is here|/who — 谁在这里
helpMsg|/msg name text — speak privately; a name with spaces in quotes|/msg 名字 内容 — 私聊；名字有空格时加引号
helpHelp|/help — all of this|/help — 帮助
helpKeys|Enter sends; Shift+Enter or Ctrl+Enter begins a new line.|Enter 发送，Shift+Enter 或 Ctrl+Enter 换行。
helpMarks
|**bold**, *italic*, ~~struck~~, \`code\`, > quote, - list, 1. list, \`\`\` a block of code; @name calls somebody.
|**粗体**、*斜体*、~~删除线~~、\`代码\`、> 引用、- 列表、1. 列表、\`\`\` 代码块；@名字 可以叫人。
helpPlaces
|Ctrl+K goes to a room or a person; Alt+↑ and Alt+↓ to the next one in the list.
|Ctrl+K 前往聊天室或某人；Alt+↑、Alt+↓ 切换到列表中相邻的一个。
helpLog|In the messages, ↑ and ↓ go from one to the next, End to the latest.|在消息区用 ↑ ↓ 逐条移动，End 回到最新。

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
cause_hasty|The server has closed the connection ({reason}). It is tried again in a moment.|服务器关闭了连接：{reason}。稍后会自动重试。
cause_refused|The server does not let this page in: it may be known under another address.|服务器不接受这个页面，也许要换一个网址访问。
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

# settings
settings|Settings|设置
change|Change|修改
nameChanged|You are now {name}.|你现在叫 {name}。
language|Language|语言
appearance|Appearance|外观
likeSystem|Automatic|自动
light|Light|浅色
dark|Dark|深色
whenCalled|When somebody calls me or writes privately|有人叫我或私聊我时
playSound|Play a sound|播放提示音
showNotice|Show a notice on the desktop|显示桌面通知
noticesForbidden|This browser does not allow it.|浏览器不允许。
server|Server|服务器
address|Address|地址
badAddress|An address begins with ws:// or wss://|地址以 ws:// 或 wss:// 开头
forgetMe|Forget me in this browser|让这个浏览器忘记我
forgetSure|Nobody can come back as {name} then. Forget?|之后谁也不能再以 {name} 的身份回来。忘记吗？
forget|Forget|忘记
close|Close|关闭
cancel|Cancel|取消

# what was refused, by the server's code
error_bad_name|this name cannot be used|这个名字不能用
error_name_taken|this name is taken|这个名字已有人用
error_bad_room_name|a room cannot have this name|聊天室不能用这个名字
error_no_such_room|there is no such room|没有这个聊天室
error_not_there|you are in no room of this name|你不在叫这个名字的聊天室里
error_not_member|you are not a member of this room|你不在这个聊天室里
error_room_full|the room is full|聊天室满员了
error_too_many_rooms|you are in too many rooms|你加入的聊天室太多了
error_self|that is you|那是你自己
error_no_such_person|there is nobody of this name|没有这个人
error_too_long|it is too long|太长了
error_rate_limited|too fast; wait a moment|太快了，请稍等
error_bad_picture|this picture cannot be sent|这张图片不能发送
error_picture_too_large|the picture is too large|图片太大
error_busy|the server is busy|服务器正忙
error_storage|the server cannot store anything now|服务器暂时无法保存
error_stopping|the server is going down|服务器正在停止
error_lost|there is no connection|没有连接
`;

// The words of each key, in English and in Chinese.
export const PHRASES = new Map(entries(TABLE));

function entries(table) {
	const lines = table.replace(/\n\|/g, "|").replace(/\n /g, " ").split("\n");
	const cells = lines.filter((line) => line.includes("|")).map((line) => line.split("|"));
	return cells.map(([key, ...both]) => [key, both]);
}
