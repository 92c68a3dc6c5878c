/** The words for what was refused. */

export const REFUSALS = `
# what was refused, by the server's code
error_bad_name|this name cannot be used|这个名字不能用
error_name_taken|this name is taken|这个名字已有人用
error_bad_room_name|a room cannot have this name|聊天室不能用这个名字
error_no_such_room|there is no such room|没有这个聊天室
error_no_code|a code has eight letters and numbers|验证码由八个字母和数字组成
error_bad_code|this code is not good, or not any more|验证码不对或已失效
error_not_there|you are in no room of this name|你不在叫这个名字的聊天室里
error_not_member|you are not a member of this room|你不在这个聊天室里
error_room_full|the room is full|聊天室满员了
error_too_many_rooms|you are in too many rooms|你加入的聊天室太多了
error_self|that is you|那是你自己
error_no_such_person|there is nobody of this name|没有这个人
error_too_long|it is too long|太长了
error_rate_limited|too fast; wait a moment|太快了，请稍等
error_slow|the room is slow; wait a little|慢速模式，请稍等
error_slowFor|the room is slow; wait {time}|慢速模式，请等 {time}
error_muted|you may not speak here|你在这里被禁言了
error_mutedUntil|you may not speak here until {time}|你在这里被禁言到 {time}
error_banned|you may not be there|你已被禁止进入
error_refused|there are words in it that are not said here|里面有不能说的词
error_forbidden|that is not for you to do|你没有这个权限
error_name_needed|a name is needed first|需要先取个名字
error_invite_needed|only those who were invited come in just now|现在只有受邀的人才能进来
error_door_shut|nobody new comes in just now|现在不接受新人
error_bad_invite|this invite is over, used up or revoked|邀请已过期、用完或被撤销
error_no_such_event|there is no such message any more|这条消息已不存在
error_not_yours|it is not yours|这不是你的
error_no_such_report|somebody has looked at it already|已经有人处理过了
error_no_such_invite|there is no such invite any more|这个邀请已不存在
error_bad_field|something in it is not right|有些内容不对
lacks_closed|this room is for reading|这个聊天室只能阅读
lacks_op|that is for the ops of this room|只有房管可以这样做
lacks_admin|that is for admins|只有管理员可以这样做
lacks_owner|that is for owners|只有所有者可以这样做
lacks_outranked|they govern as much as you do|对方的权限不低于你
lacks_talk|nobody governs a private talk|私聊没有人可以管理
lacks_lobby|that is not done with the lobby|大厅不能这样操作
lacks_lastOwner|the last owner remains one: make another one first|最后一位所有者不能取消，请先设置另一位
lacks_oneself|one does not do that to oneself|不能对自己这样做
error_bad_picture|this picture cannot be sent|这张图片不能发送
error_picture_too_large|the picture is too large|图片太大
error_busy|the server is busy|服务器正忙
error_storage|the chat cannot store anything just now|聊天室暂时无法保存
error_stopping|the server is going down|服务器正在停止
error_lost|there is no connection|没有连接
`;
