/** The words of the settings: about oneself, and how the page is. */

export const ONESELF = `
# settings
settings|Settings|设置
change|Change|修改
nameChanged|You are now {name}.|你现在叫 {name}。
language|Language|语言
myPicture|My picture|我的头像
chooseMyPicture|Choose a picture …|选择图片……
removeMyPicture|Remove|移除
cropLabel|The part of the picture that others see|别人看到的部分
cropHint
|Drag it, or use the arrow keys; two fingers, the wheel, + and − bring it nearer.
|拖动图片或用方向键移动；双指、滚轮、+、− 可以缩放。
nearer|Nearer|放大
useThis|Use this picture|使用这张图片
myDevices|My devices|我的设备
showDevices|Show my devices|查看我的设备
thisDevice|this one|本机
deviceUnknown|A program|某个程序
deviceSince|since {time}|{time} 登录
deviceSeen|last here {time}|最后在线 {time}
end|End|下线
endDevice|End {name}|让 {name} 下线
endOthers|End all others|让其他设备全部下线
endOthersSure|End all your other devices? They will not be you any more.|让其他设备全部下线吗？它们将不再是你。
otherDevice|Use another device|在另一台设备上使用
newCode|A new code|换一个验证码
codeLeft|Good for {time}, once|{time} 内有效，只能用一次
codeOver|This code is over.|这个验证码已失效。
linkOpen|On the other device, open {address}.|在另一台设备上打开 {address}。
linkChoose|Choose “I have a code from another device”.|选择“我有另一台设备上的验证码”。
linkType|Type this code there.|在那里输入这个验证码。
linkWarning|Whoever has this code is you. Give it to nobody.|拿到验证码的人就等于是你，请不要告诉别人。
myWords|My words|我说过的话
exportWords|Save all I said|保存我说过的话
exportText
|One file with all you said, in rooms and privately: a line of JSON for each message.
|一个文件，包含你在聊天室和私聊里说过的全部内容，每条消息一行 JSON。
exportCount|Messages so far: {count}.|已取得 {count} 条。
exportDone|That is all of it; the file is saved.|全部完成，文件已保存。
eraseMe|Erase me|注销并抹去我
eraseMeMore|Erase me …|注销并抹去我……
eraseText
|You leave all rooms, your devices and your picture are forgotten, and your name is free for others. Nothing brings
 this back.
|你会退出所有聊天室，设备和头像都会被删除，名字可被别人使用。此操作无法撤销。
eraseWhat|What becomes of what you said?|你说过的话怎么处理？
eraseName|Take off my name only|只去掉我的名字
eraseNameText|Your words stay, and say {name} instead of you.|你的话会保留，署名改为 {name}。
eraseWords|Erase my words and pictures too|连同我的话和图片一起删除
eraseWordsText
|All you said is erased for everybody, in rooms and in private talks.
|你说过的一切都会为所有人删除，包括聊天室和私聊。
eraseConfirm|To go on, type your name: {name}|确认请输入你的名字：{name}
appearance|Appearance|外观
likeSystem|Automatic|自动
light|Light|浅色
dark|Dark|深色
whenCalled|When somebody calls me or writes privately|有人叫我或私聊我时
playSound|Play a sound|播放提示音
showNotice|Show a notice on the desktop|显示桌面通知
shakeWindow|Shake the window|抖动窗口
offerText|Somebody called you while you looked elsewhere. Next time with a sign?|刚才你不在时有人叫你。下次要提醒吗？
offerSound|Sound|声音
offerNotices|Notices|通知
noThanks|No, thanks|不用了
noticesForbidden|This browser does not allow it.|浏览器不允许。
server|Server|服务器
address|Address|地址
badAddress|An address begins with ws:// or wss://|地址以 ws:// 或 wss:// 开头
forgetMe|Forget me in this browser|让这个浏览器忘记我
forgetSure|Nobody can come back as {name} then. Forget?|之后谁也不能再以 {name} 的身份回来。忘记吗？
forget|Forget|忘记
close|Close|关闭
cancel|Cancel|取消
`;
