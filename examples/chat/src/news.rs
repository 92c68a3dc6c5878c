//! What happened, for people. The model tells it when its tables have changed; `deliver/` knows who hears it, and each
//! voice how it is said.

use crate::history::{
    By, Event, Level, Millis, Number, Offset, PersonId, Restraint, RoomId, RoomKind, TokenHash,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum News {
    /// Something was said or shown in a room, or taken back.
    Said {
        room: RoomId,
        event: Event,
    },
    /// Somebody has become a member of a room.
    Joined {
        room: RoomId,
        who: Named,
    },
    Left {
        room: RoomId,
        who: Named,
    },
    Created {
        room: RoomId,
    },
    /// It is not in the tables any more.
    Removed {
        room: RoomId,
        name: String,
        kind: RoomKind,
    },
    Renamed {
        person: PersonId,
        old: String,
    },
    /// Somebody is here who was away, or who has never been here.
    Came {
        person: PersonId,
        new: bool,
    },
    Went {
        person: PersonId,
    },
    /// Somebody will not come back. They were in these rooms, and perhaps nobody had been told that they were away.
    Gone {
        who: Named,
        rooms: Vec<RoomId>,
        was_shown: bool,
    },
    Typing {
        room: RoomId,
        person: PersonId,
    },
    /// Something that was done by those who have a right to it.
    Done {
        by: By,
        reason: String,
        change: Change,
    },
    /// Somebody is shown by another picture; `None`: by the one that is drawn.
    Avatar {
        person: PersonId,
        avatar: Option<String>,
    },
    /// How much of a room somebody is told of, for their own windows.
    Level {
        room: RoomId,
        person: PersonId,
        level: Option<Level>,
    },
    /// A target has a fault, or is off, or is well again: for whoever it serves.
    Target {
        target: Number,
    },
    /// Somebody has read a room up to here.
    Read {
        room: RoomId,
        person: PersonId,
        offset: Offset,
    },
}

impl News {
    /// Who has done something that stays: they are somebody to keep, and have not only passed by.
    pub(crate) fn noticed(&self) -> Option<PersonId> {
        match self {
            News::Said { event, .. } => Some(event.author),
            News::Joined { who, .. } => Some(who.id),
            News::Left { .. }
            | News::Created { .. }
            | News::Removed { .. }
            | News::Renamed { .. }
            | News::Came { .. }
            | News::Went { .. }
            | News::Gone { .. }
            | News::Typing { .. }
            | News::Done { .. }
            | News::Avatar { .. }
            | News::Level { .. }
            | News::Target { .. }
            | News::Read { .. } => None,
        }
    }
}

/// Somebody, as they were called when it happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub id: PersonId,
    pub name: String,
}

/// What is different after an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// Somebody has other rights in the whole chat.
    Role {
        person: PersonId,
    },
    /// Or in a room.
    Op {
        room: RoomId,
        person: PersonId,
        is_op: bool,
    },
    /// Somebody has left a room because of it. (They are out of it already: `who` is as they were called.)
    PutOut {
        room: RoomId,
        who: Named,
    },
    /// Somebody was brought into a room.
    BroughtIn {
        room: RoomId,
        who: Named,
    },
    /// All connections of somebody are to be closed.
    Kicked {
        person: PersonId,
    },
    /// `until` is `None`: for ever. `is_over`: it was lifted, or its time is over.
    Restrained {
        restraint: Restraint,
        person: PersonId,
        room: Option<RoomId>,
        until: Option<Millis>,
        is_over: bool,
        addresses: Vec<String>,
    },
    /// A session has ended: the connection with this token has nobody any more.
    SessionEnded {
        person: PersonId,
        token: TokenHash,
    },
    /// Somebody has erased themself, or was: whoever has their name forgets it.
    Erased {
        person: PersonId,
    },
    /// A room is called otherwise, is private or no longer, has another topic or pace, is closed or open. `old`: its key
    /// before, if that is another.
    Room {
        room: RoomId,
        old: Option<String>,
    },
    /// A room was removed, with all who were in it. It is not in the tables any more. `name`: its key.
    RoomRemoved {
        room: RoomId,
        name: String,
        title: Option<String>,
        kind: RoomKind,
        members: Vec<PersonId>,
    },
    /// There is a new bot, or it has other keys, or is gone: for those who look after bots.
    Bot {
        bot: PersonId,
    },
    Door,
    Announcement,
    /// There is something to look at, or it was looked at.
    Report {
        report: Number,
        room: RoomId,
        is_settled: bool,
    },
}
