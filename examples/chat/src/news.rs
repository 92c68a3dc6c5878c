//! What happened, for people. The model tells it when its tables have changed; `deliver/` knows who hears it, and each
//! voice how it is said.

use crate::history::{Event, Offset, PersonId, RoomId, RoomKind};

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
