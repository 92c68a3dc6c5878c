/** The words of the help: what can be typed and pressed. */

export const HELP = `
# help
help|Help|帮助
helpNick|/nick name — change your name|/nick 名字 — 改名
helpJoin|/join room — go to a room, or create it|/join 聊天室 — 进入或新建
helpLeave|/leave, /leave room — leave this room, or another|/leave、/leave 聊天室 — 退出聊天室
helpRooms|/rooms — all rooms|/rooms — 所有聊天室
helpWho|/who — who is here|/who — 谁在这里
helpMsg|/msg name text — speak privately; a name with spaces in quotes|/msg 名字 内容 — 私聊；名字有空格时加引号
helpHelp|/help — all of this|/help — 帮助
helpLink|/link — a code with which you are yourself on another device|/link — 用代码在另一台设备上登录
helpSessions|/sessions — from where you can come back|/sessions — 你的登录会话
helpErase
|/erase name, /erase words — erase your name here, or all that you said as well
|/erase name、/erase words — 抹去你的名字，或连同你说过的话
helpPrivate|/private title — make a private room|/private 标题 — 新建私密聊天室
helpKick|/kick name reason — put somebody out|/kick 名字 原因 — 请出某人
helpBan|/ban name 2h reason — keep somebody out, for 10m, 2h, 3d or for ever|/ban 名字 2h 原因 — 封禁某人（10m、2h、3d，或永久）
helpUnban|/unban name — let somebody in again|/unban 名字 — 解除封禁
helpMute|/mute name 2h reason — somebody may only read|/mute 名字 2h 原因 — 禁言某人
helpUnmute|/unmute name — let somebody speak again|/unmute 名字 — 解除禁言
helpPurge|/purge name hour, day or ever — delete what somebody said|/purge 名字 hour、day 或 ever — 删除某人的发言
helpOp|/op name — somebody governs this room, too|/op 名字 — 设为房管
helpDeop|/deop name — and no longer|/deop 名字 — 取消房管
helpTopic|/topic, /topic text, /topic - — what this room is about|/topic、/topic 内容、/topic - — 查看、设置、清除话题
helpSlow|/slow seconds, /slow off — one message of each in so many seconds|/slow 秒数、/slow off — 慢速模式
helpClose|/close — this room is for reading|/close — 聊天室只读
helpOpen|/open — and for writing again|/open — 重新开放
helpInvite|/invite, /invite name — a link into this room, or bring somebody in|/invite、/invite 名字 — 邀请链接，或拉人进来
helpRename|/rename room — another name for this room|/rename 名称 — 修改聊天室名称
helpRemove|/remove — remove this room|/remove — 删除聊天室
helpReports|/reports — what was reported and held back|/reports — 举报与待审消息
helpAnnounce|/announce text — a line above all rooms; without text none|/announce 内容 — 发布公告；不写内容则撤下
helpDoor|/door open, named, invited or shut — who may come in|/door open、named、invited 或 shut — 谁可以进来
helpRole|/role name member, admin or owner — what somebody is here|/role 名字 member、admin 或 owner — 设置角色
helpLevel
|/level all, mentions, nothing or usual — how much of this room you are told of
|/level all、mentions、nothing 或 usual — 这个聊天室提醒多少
helpPush
|/push, /push ntfy address, /push test 1, /push off 1 — notices to your phone
|/push、/push ntfy 地址、/push test 1、/push off 1 — 手机通知
helpBots|/bots — the bots, and a key for a new one|/bots — 查看和添加机器人
helpHook|/hook name — an address by which a program posts here|/hook 名字 — 程序在这里发消息用的地址
helpBot|/bot name — a token by which a program posts here and reads|/bot 名字 — 程序在这里收发消息用的令牌
helpUnhook|/unhook number — a key is worth nothing any more|/unhook 编号 — 撤销密钥
helpUnbot|/unbot name — remove a bot|/unbot 名字 — 移除机器人
helpRobot|@{name} help — what the robot can do|@{name} 帮助 — 看看机器人会什么
helpOneself|About yourself|关于自己
helpRoom|Governing this room|管理这个聊天室
helpChat|Governing the chat|管理整个聊天
helpOthers|For those who govern|管理者可用
helpTyping|Typing and reading|输入与阅读
helpKeys|Enter sends; Shift+Enter or Ctrl+Enter begins a new line.|Enter 发送，Shift+Enter 或 Ctrl+Enter 换行。
helpMarks
|**bold**, *italic*, ~~struck~~, \`code\`, > quote, - list, 1. list, \`\`\` a block of code; @name calls somebody.
|**粗体**、*斜体*、~~删除线~~、\`代码\`、> 引用、- 列表、1. 列表、\`\`\` 代码块；@名字 可以叫人。
helpPlaces
|Ctrl+K goes to a room or a person; Alt+↑ and Alt+↓ to the next one in the list.
|Ctrl+K 前往聊天室或某人；Alt+↑、Alt+↓ 切换到列表中相邻的一个。
helpLog|In the messages, ↑ and ↓ go from one to the next, End to the latest.|在消息区用 ↑ ↓ 逐条移动，End 回到最新。
`;
