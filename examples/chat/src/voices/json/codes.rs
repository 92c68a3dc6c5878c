//! The codes of refusals, as clients read them.

use serde::Serializer;

use crate::refusal::Code;

pub(super) fn word<S: Serializer>(code: &Code, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(code_word(*code))
}

pub(crate) fn code_word(code: Code) -> &'static str {
    match code {
        Code::BadJson => "bad_json",
        Code::UnknownType => "unknown_type",
        Code::BadField => "bad_field",
        Code::UnknownToken => "unknown_token",
        Code::Empty => "empty",
        Code::TooLong => "too_long",
        Code::RateLimited => "rate_limited",
        Code::BadName => "bad_name",
        Code::NameTaken => "name_taken",
        Code::BadRoomName => "bad_room_name",
        Code::NoSuchRoom => "no_such_room",
        Code::NotMember => "not_member",
        Code::RoomFull => "room_full",
        Code::TooManyRooms => "too_many_rooms",
        Code::CannotLeave => "cannot_leave",
        Code::NoSuchPerson => "no_such_person",
        Code::NoSuchEvent => "no_such_event",
        Code::NotYours => "not_yours",
        Code::BadPicture => "bad_picture",
        Code::PictureTooLarge => "picture_too_large",
        Code::Forbidden => "forbidden",
        Code::Muted => "muted",
        Code::Banned => "banned",
        Code::Slow => "slow",
        Code::Refused => "refused",
        Code::NameNeeded => "name_needed",
        Code::InviteNeeded => "invite_needed",
        Code::DoorShut => "door_shut",
        Code::BadInvite => "bad_invite",
        Code::BadKey => "bad_key",
        Code::BadLink => "bad_code",
        Code::NoSuchReport => "no_such_report",
        Code::NoSuchSession => "no_such_session",
        Code::NoSuchInvite => "no_such_invite",
        Code::NoSuchKey => "no_such_key",
        Code::NoSuchTarget => "no_such_target",
        Code::Busy => "busy",
        Code::Storage => "storage",
        Code::Stopping => "stopping",
    }
}

#[cfg(test)]
mod tests {
    use crate::metrics::CODES;

    /// By these words refusals are counted; what is in no list there is counted as `other`.
    #[test]
    fn every_code_is_counted() {
        let source = include_str!("codes.rs");
        let words = source.lines().filter_map(|line| line.trim().strip_prefix("Code::")?.split('"').nth(1));
        let words: Vec<&str> = words.collect();
        assert!(words.len() > 30, "only {} are seen", words.len());
        let uncounted: Vec<_> = words.iter().filter(|word| !CODES.contains(word)).collect();
        assert!(uncounted.is_empty(), "metrics/labels.rs lacks {uncounted:?}");
        assert_eq!(words.len() + 1, CODES.len(), "metrics/labels.rs has one that is none");
    }
}
