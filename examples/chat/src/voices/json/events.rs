//! The events of a room, as they are told: by themselves, in histories, in pages, where they were found.

use serde::Serialize;

use super::parts::{User, is_false};
use crate::history::{Call, Event, OPERATOR, Offset, PersonId, Picture, What};
use crate::model::Model;

/// An event of a room.
#[derive(Debug, Serialize)]
pub(super) struct EventTold<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    room: Option<&'a str>,
    offset: Offset,
    from_id: PersonId,
    from: &'a str,
    /// Whoever said it is a program.
    #[serde(skip_serializing_if = "is_false")]
    bot: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    msg: Option<&'a str>,
    msg_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<Offset>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    targets: &'a [Offset],
    /// Whose words these were; and who has erased them, if that is somebody else in the chat.
    #[serde(skip_serializing_if = "Option::is_none")]
    of_id: Option<PersonId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<User<'a>>,
    #[serde(skip_serializing_if = "is_false")]
    deleted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<PictureTold<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    mentions: &'a [PersonId],
    /// It calls all members, or those who are here.
    #[serde(skip_serializing_if = "Option::is_none")]
    call: Option<&'a str>,
}

#[derive(Debug, Serialize)]
pub(super) struct PictureTold<'a> {
    url: String,
    media_type: &'a str,
    width: u32,
    height: u32,
    size: u64,
}

impl<'a> EventTold<'a> {
    pub(super) fn new(model: &Model, event: &'a Event, room: Option<&'a str>) -> Self {
        let (kind, msg, target, deleted, picture) = match &event.what {
            What::Text(text) => ("message", Some(text.as_str()), None, false, None),
            What::Picture { picture, caption } => {
                ("picture", Some(caption.as_str()), None, false, picture.as_ref().map(PictureTold::new))
            }
            What::Deleted => ("message", Some(""), None, true, None),
            What::Deletion { target } => ("deleted", None, Some(*target), false, None),
            What::Purge { .. } => ("deleted", None, None, false, None),
        };
        let (targets, of_id) = match &event.what {
            What::Purge { of, targets } => (&targets[..], Some(*of)),
            _ => (&[][..], None),
        };
        let is_by = |of: PersonId| of != event.author && event.author != OPERATOR;
        let by = of_id.filter(|&of| is_by(of)).map(|_| User {
            id: event.author,
            name: &event.author_name,
            bot: model.is_bot(event.author),
            ..User::default()
        });
        EventTold {
            kind,
            room,
            offset: event.offset,
            from_id: event.author,
            from: &event.author_name,
            bot: model.is_bot(event.author),
            msg,
            msg_time: event.at,
            target,
            targets,
            of_id,
            by,
            deleted,
            picture,
            mentions: &event.mentions,
            call: event.call.map(Call::word),
        }
    }

    pub(super) fn offset(&self) -> Offset {
        self.offset
    }

    /// About how long it is as JSON, in bytes.
    pub(super) fn length(&self) -> usize {
        160 + self.from.len() + self.msg.map_or(0, escaped) + 8 * (self.mentions.len() + self.targets.len())
    }
}

impl<'a> PictureTold<'a> {
    pub(super) fn new(picture: &'a Picture) -> Self {
        let Picture { media_type, width, height, size, .. } = *picture;
        PictureTold { url: picture_path(picture), media_type, width, height, size }
    }
}

/// Where the picture is served.
pub(crate) fn picture_path(picture: &Picture) -> String {
    format!("/pictures/{}", picture.id)
}

/// How long a text is in JSON, where some characters are written as six.
fn escaped(text: &str) -> usize {
    text.len() + 5 * text.bytes().filter(|&byte| byte < b' ' || byte == b'"' || byte == b'\\').count()
}
