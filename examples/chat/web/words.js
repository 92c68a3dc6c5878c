/** Every word of the page, in English and in Chinese, side by side; and times the way each language writes them. */

const WORDS = {
	// ---- arriving
	arrivalTitle: ["Come in and say hello", "进来聊聊"],
	arrivalText: ["Choose a name. That is all: no password, no account.", "取个名字就好，不需要密码，也不需要注册。"],
	yourName: ["Your name", "你的名字"],
	enter: ["Enter", "进入"],
	arrivalPromise: ["This browser will know you when you come back.", "下次来的时候，这个浏览器会认得你。"],
	otherLanguage: ["中文", "English"],
	noWebSocket: ["This browser has no WebSocket, and the chat needs one.", "您的浏览器不支持 WebSocket，无法使用这个聊天室。"],
	skip: ["Skip to the message field", "跳到输入框"],
	// ---- rooms and people
	rooms: ["Rooms", "聊天室"],
	talks: ["Private", "私聊"],
	members: ["Members", "成员"],
	memberCount: ["{count}", "{count} 人"],
	memberCountHere: ["{here} of {count} here", "{count} 人中 {here} 人在线"],
	findRoom: ["Find or create a room", "查找或新建聊天室"],
	findRoomHint: ["Room name", "聊天室名字"],
	findRoomNone: ["No such room yet.", "还没有这个聊天室。"],
	createRoom: ["Create “{room}”", "新建“{room}”"],
	join: ["Join", "加入"],
	open: ["Open", "打开"],
	leave: ["Leave this room", "退出聊天室"],
	leaveTalk: ["Close this talk", "关闭私聊"],
	leaveSure: ["Leave {room}?", "退出 {room}？"],
	leaveDo: ["Leave", "退出"],
	youLeft: ["You left {room}.", "你已退出 {room}。"],
	roomGone: ["{room} is gone.", "{room} 已经不在了。"],
	noSuchRoom: ["There is no room “{room}”.", "没有叫“{room}”的聊天室。"],
	privateWith: ["Only you two can read this", "只有你们两人能看到"],
	notHere: ["not here at the moment; will see it later", "现在不在线，之后会看到"],
	you: ["you", "你"],
	talkTo: ["Talk privately to {name}", "与 {name} 私聊"],
	unreadCount: ["{count} unread", "{count} 条未读"],
	unreadMentions: ["{count} unread, for you", "{count} 条未读，有人找你"],
	here: ["here", "在线"],
	away: ["away", "离线"],
	others: ["{count} others", "另外 {count} 人"],
	noticeJoined: ["{names} joined", "{names} 进入了聊天室"],
	noticeLeft: ["{names} left", "{names} 离开了聊天室"],
	noticeRenamed: ["new name: {names}", "改名：{names}"],
	noticeCreated: ["new room: {names}", "新聊天室：{names}"],
	// ---- messages
	messages: ["Messages", "消息"],
	newMessages: ["New", "新消息"],
	latest: ["Latest messages", "最新消息"],
	latestNew: ["{count} new", "{count} 条新消息"],
	beginning: ["This is where it begins.", "这里是最开始的地方。"],
	loading: ["Loading …", "加载中……"],
	emptyRoom: ["Nobody has said anything yet", "还没有人说话"],
	emptyRoomHint: ["The first word is yours.", "第一句话留给你。"],
	emptyTalk: ["Just the two of you", "只有你们两个人"],
	emptyTalkHint: ["What you write here, nobody else reads.", "这里的话不会有别人看到。"],
	today: ["Today", "今天"],
	yesterday: ["Yesterday", "昨天"],
	deleted: ["Message deleted", "消息已删除"],
	delete: ["Delete", "删除"],
	deleteSure: ["Delete this message for everyone?", "为所有人删除这条消息？"],
	copy: ["Copy", "复制"],
	copied: ["Copied.", "已复制。"],
	sending: ["Sending …", "发送中……"],
	waitsForConnection: ["Will be sent when the connection is back", "连接恢复后自动发送"],
	notSent: ["Not sent: {why}", "未发送：{why}"],
	retry: ["Try again", "重试"],
	takeBack: ["Edit", "编辑"],
	sent: ["sent", "已发送"],
	openPicture: ["Enlarge the picture", "放大图片"],
	pictureFrom: ["Picture from {name}", "{name} 发的图片"],
	pictureGone: ["This picture is no longer kept", "这张图片已不再保存"],
	typingOne: ["{name} is typing …", "{name} 正在输入……"],
	typingTwo: ["{name} and {other} are typing …", "{name} 和 {other} 正在输入……"],
	typingMany: ["Several people are typing …", "好几个人正在输入……"],
	manyNew: ["{count} new messages", "{count} 条新消息"],
	// ---- composer
	message: ["Message", "消息"],
	messageTo: ["Message to {room}", "发到 {room}"],
	send: ["Send", "发送"],
	emoji: ["Emoji", "表情"],
	addPicture: ["Add a picture", "添加图片"],
	removePicture: ["Remove the picture", "移除图片"],
	caption: ["Caption (optional)", "图片说明（可不填）"],
	dropHere: ["Drop the picture here", "把图片放到这里"],
	notAPicture: ["Only PNG, JPEG, GIF and WebP pictures can be sent.", "只能发送 PNG、JPEG、GIF 和 WebP 图片。"],
	pictureTooLarge: ["The picture is larger than {limit}.", "图片超过了 {limit}。"],
	charactersLeft: ["{count} left", "还可输入 {count} 字"],
	charactersOver: ["{count} too many", "超出 {count} 字"],
	suggestions: ["Suggestions", "建议"],
	noCommand: ["There is no such command; /help lists them. (//… says a line that begins with a slash.)", "没有这个命令，/help 列出全部命令。（用 //… 发送以斜杠开头的话。）"],
	nickUsage: ["/nick followed by the new name", "/nick 后面写新名字"],
	joinUsage: ["/join followed by a room", "/join 后面写聊天室的名字"],
	msgUsage: ["/msg followed by a name and the message", "/msg 后面写名字和要说的话"],
	help: ["Help", "帮助"],
	helpNick: ["/nick name — change your name", "/nick 名字 — 改名"],
	helpJoin: ["/join room — go to a room, or create it", "/join 聊天室 — 进入或新建聊天室"],
	helpLeave: ["/leave — leave this room", "/leave — 退出这个聊天室"],
	helpRooms: ["/rooms — all rooms", "/rooms — 所有聊天室"],
	helpWho: ["/who — who is in this room", "/who — 谁在这个聊天室"],
	helpMsg: ["/msg name text — speak privately", "/msg 名字 内容 — 私聊"],
	helpKeys: ["Enter sends; Shift+Enter or Ctrl+Enter begins a new line.", "Enter 发送，Shift+Enter 或 Ctrl+Enter 换行。"],
	helpMarks: ["**bold**, *italic*, `code`, > quote, ``` for a block of code; @name calls somebody.", "**粗体**、*斜体*、`代码`、> 引用、```代码块；@名字 可以叫人。"],
	helpLog: ["In the messages, ↑ and ↓ go from one to the next, End to the latest.", "在消息区用 ↑ 和 ↓ 逐条移动，End 回到最新。"],
	// ---- searching
	search: ["Search", "搜索"],
	searchHint: ["Words to look for", "要找的内容"],
	searchNone: ["Nothing was found.", "没有找到。"],
	searchHere: ["Only in {room}", "只在 {room}"],
	more: ["More", "更多"],
	// ---- connection
	online: ["Connected", "已连接"],
	connecting: ["Connecting …", "连接中……"],
	waiting: ["No connection", "连接已断开"],
	waitingBanner: ["The connection is gone. Trying again by itself; you can go on writing.", "连接断开了，正在自动重连；你可以继续输入。"],
	tryNow: ["Try now", "马上重试"],
	off: ["Disconnected", "未连接"],
	offBanner: ["You have disconnected.", "你已断开连接。"],
	connect: ["Connect", "连接"],
	disconnect: ["Disconnect", "断开"],
	ended: ["Closed", "连接已关闭"],
	endedBanner: ["The server has closed the connection: {reason}", "服务器关闭了连接：{reason}"],
	tooOld: ["it does not speak this page's protocol (chat.v1)", "服务器不支持本页面的协议（chat.v1）"],
	comeBack: ["Come back", "重新进入"],
	unreachable: ["The server does not answer. Trying again …", "服务器没有应答，正在重试……"],
	// ---- settings
	settings: ["Settings", "设置"],
	changeName: ["Change", "修改"],
	nameChanged: ["You are now {name}.", "你现在叫 {name}。"],
	language: ["Language", "语言"],
	theme: ["Appearance", "外观"],
	themeSystem: ["As the system", "跟随系统"],
	themeLight: ["Light", "浅色"],
	themeDark: ["Dark", "深色"],
	attention: ["When somebody calls me or writes to me privately", "有人 @我 或私聊我时"],
	sound: ["Play a sound", "播放提示音"],
	desktop: ["Show a notice on the desktop", "显示桌面通知"],
	desktopDenied: ["This browser does not allow notices for this page.", "浏览器不允许本页面显示通知。"],
	server: ["Server", "服务器"],
	serverAddress: ["Address", "地址"],
	badAddress: ["An address begins with ws:// or wss://", "地址以 ws:// 或 wss:// 开头"],
	forget: ["Forget me in this browser", "让这个浏览器忘记我"],
	forgetSure: ["Nobody can be {name} again without this browser's token. Forget it?", "没有这个浏览器里的凭证，就不能再以 {name} 的身份回来。确定忘记吗？"],
	forgetDo: ["Forget", "忘记"],
	close: ["Close", "关闭"],
	cancel: ["Cancel", "取消"],
	// ---- what the server refuses, by its code
	error_bad_name: ["this name cannot be used", "这个名字不能用"],
	error_name_taken: ["this name is taken", "这个名字已有人用"],
	error_bad_room_name: ["this name cannot be used for a room", "聊天室不能用这个名字"],
	error_no_such_room: ["there is no such room", "没有这个聊天室"],
	error_not_member: ["you are not a member of this room", "你不在这个聊天室里"],
	error_room_full: ["the room is full", "聊天室满员了"],
	error_too_many_rooms: ["you are in too many rooms already", "你加入的聊天室太多了"],
	error_cannot_leave: ["nobody leaves the lobby", "大厅不能退出"],
	error_no_such_person: ["there is nobody of this name", "没有这个人"],
	error_no_such_event: ["there is no such message", "没有这条消息"],
	error_not_yours: ["it is not your message", "这不是你的消息"],
	error_empty: ["it is empty", "内容为空"],
	error_too_long: ["it is too long", "内容太长"],
	error_rate_limited: ["too fast; wait a moment", "太快了，请稍等"],
	error_bad_picture: ["it is not a picture that can be sent", "这不是可以发送的图片"],
	error_picture_too_large: ["the picture is too large", "图片太大"],
	error_busy: ["the server is busy", "服务器正忙"],
	error_storage: ["the server cannot store it at the moment", "服务器暂时无法保存"],
	error_stopping: ["the server is going down", "服务器正在停止"],
	error_lost: ["the connection was lost", "连接断开了"],
};

export const language = () => (document.documentElement.lang === "zh" ? "zh" : "en");

/** The word for `key`, with `{name}` replaced by `values.name`. */
export function say(key, values = {}) {
	const text = WORDS[key][language() === "zh" ? 1 : 0];
	return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** What an `error` of the server means; its own English words where there is no better. */
export function why(error) {
	const key = `error_${error.code}`;
	return key in WORDS ? say(key) : (error.msg ?? error.code);
}

/** Fills in the words of the page itself: `data-say` for text, `data-label` for names that are not seen. */
export function translate(page) {
	for (const element of page.querySelectorAll("[data-say]")) element.textContent = say(element.dataset.say);
	for (const element of page.querySelectorAll("[data-label]")) {
		const label = say(element.dataset.label);
		element.setAttribute("aria-label", label);
		if (element.tagName === "BUTTON") element.title = label;
	}
}

const formats = new Map();

function format(name, time, options) {
	const key = `${name} ${language()}`;
	if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(language() === "zh" ? "zh-CN" : navigator.language, options));
	return formats.get(key).format(time);
}

export const clock = (time) => format("clock", time, { hour: "2-digit", minute: "2-digit" });
export const fullTime = (time) => format("full", time, { dateStyle: "full", timeStyle: "medium" });

export function day(time) {
	const start = (date) => new Date(date).setHours(0, 0, 0, 0);
	const ago = Math.round((start(Date.now()) - start(time)) / 86_400_000);
	if (ago === 0) return say("today");
	if (ago === 1) return say("yesterday");
	const year = new Date(time).getFullYear() === new Date().getFullYear() ? {} : { year: "numeric" };
	return format(`day${Object.keys(year)}`, time, { weekday: "long", month: "long", day: "numeric", ...year });
}
