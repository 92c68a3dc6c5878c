/** The words of what the room has to do with the world outside: bots with their keys, and notices that go out. */

export const OUTSIDE = `
# bots and their keys
bots|Bots|机器人
botsText|Programs that speak here, each by a key of its own.|在这里发言的程序，每个都有自己的密钥。
noBots|There is none yet.|还没有机器人。
botName|Name of the bot|机器人的名字
botRobot|The robot of this chat|本聊天室自带的机器人
botNowhere|In no room|不在任何聊天室
botRemove|Remove the bot|移除机器人
botRemoveSure|Remove {name}? Its keys are worth nothing then.|移除 {name}？它的密钥会全部失效。
newKeyIn|A new key for {room}|{room} 的新密钥
keyKind_hook|Hook: it posts|只发消息（hook）
keyKind_token|Token: it posts and reads|收发消息（token）
keyPace|{count} a minute|每分钟 {count} 条
keySeen|used {time}|{time} 使用过
keyUnused|not used yet|未使用
keyTitle|A key for {name}|{name} 的密钥
keyOnce|Copy it now: it is not shown again.|请马上复制，之后不再显示。
keyAddress|Address|地址
keyToken|Token|令牌
keyCurl|Try it in a shell|在命令行里试试
keyHello|Hello|你好
keyMeans_hook
|Paste the address wherever a Slack or Mattermost webhook is asked for. Whoever has it can write in this room.
|哪里要填 Slack 或 Mattermost 的 webhook，就粘贴这个地址。拿到它的人都能在这个聊天室发言。
keyMeans_token|Whoever has it is this bot.|拿到令牌的人就等于是这个机器人。

# notices that go out
myPhone|Notices to my phone|手机通知
myPhoneText
|What calls you while you are away goes to this address, once a minute for each room at most.
|你不在时，有人叫你就会通知到这个地址，每个聊天室每分钟最多一次。
showPhone|My addresses …|通知地址……
targets|Notices elsewhere|转发到别处
targetsOf|Notices of {room}|转发 {room} 的消息
targetsText|All that is said in this room goes to these addresses.|这个聊天室里说的话都会发送到这些地址。
newTarget|A new address|新地址
targetShape|Service|服务
targetUrl|Address|地址
targetSecret|Secret or token|密钥或令牌
targetSecretMay|Secret or token, if it has one|密钥或令牌（没有就不填）
secretOnce|With this secret it is signed. Copy it now: it is not shown again.|这是签名密钥，请马上复制，之后不再显示。
discloses|What it is told|通知内容
discloses_nothing|only that there is something|只说有新消息
discloses_sender|from whom|发送者
discloses_text|the words as well|包括原文
pushHosts|Allowed here: {hosts}|允许的服务器：{hosts}
addTarget|Add|添加
test|Test|测试
testOk|It took the test notice.|测试通知已送达。
testFailed|It did not take it: {why}|没有送达：{why}
targetRemove|Remove|移除
targetRemoveSure|Remove {name}? Nothing goes there any more.|移除 {name}？之后不再发送。
targetNumbers|sent: {sent} · waiting: {waiting} · given up: {dropped}|已发 {sent} · 等待 {waiting} · 放弃 {dropped}
targetOff|Switched off.|已停用。
`;
