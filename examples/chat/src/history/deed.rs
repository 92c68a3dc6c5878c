//! What is done by those who have a right to it: the acts, and who has done them when and why.
//!
//! An act that was carried out is noted in the log of acts, in the same transaction; never with a text that somebody said.

use serde::{Deserialize, Serialize};

use super::spelling::{hash, maybe_hash};
use super::{Append, KeyHash, KeyKind, Millis, Number, Offset, PersonId, RoomId, Target};
use crate::rights::Role;

/// Who does it. `None`: whoever runs the chat, on the admin page, who is nobody in it.
pub(crate) type By = Option<PersonId>;

/// An author who is nobody in the chat: whoever runs it.
pub(crate) const OPERATOR: PersonId = 0;

/// An act, and all that the log of acts tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deed {
    pub by: By,
    pub at: Millis,
    /// In the words of who does it; perhaps empty.
    pub reason: String,
    pub act: Act,
}

/// What an act refuses, it refuses with a [`Failure`](super::Failure); above all `Lacks`, for the rights are looked at again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Act {
    // ---- people
    /// Somebody is this in the whole chat from now on.
    Role {
        person: PersonId,
        role: Role,
    },
    /// Somebody is an op of a room, or no longer. They are a member of it.
    Op {
        room: RoomId,
        person: PersonId,
        is_op: bool,
    },
    /// Put out of a room; or all connections are closed, if it is none.
    Kick {
        person: PersonId,
        room: Option<RoomId>,
    },
    /// Not to speak, or not to be there, in a room or anywhere, until then or for ever. It takes the place of what was the
    /// same before. A ban from a room puts them out of it; one with `addresses` (`203.0.113.7/32`, `2001:db8::/64`) turns
    /// these away as well, and is for the whole chat.
    Restrain {
        restraint: Restraint,
        person: PersonId,
        room: Option<RoomId>,
        until: Option<Millis>,
        addresses: Vec<String>,
    },
    /// That is over, with its addresses. `NoSuchEvent` if there is none.
    Release {
        restraint: Restraint,
        person: PersonId,
        room: Option<RoomId>,
    },
    /// All that somebody has said since then, in a room or anywhere, is erased, bit by bit.
    Purge {
        person: PersonId,
        room: Option<RoomId>,
        since: Millis,
    },
    /// One of somebody's sessions is ended: its token is worth nothing any more ([`Done::SessionEnded`](super::Done)). One's
    /// own needs no right.
    EndSession {
        person: PersonId,
        session: Number,
    },
    /// Somebody erases themself: their name in all that they said, and all that they said if `words`. Their tokens, sessions,
    /// avatar and memberships go. Nobody else can do that to them.
    Erase {
        person: PersonId,
        words: bool,
    },

    // ---- rooms
    Alter {
        room: RoomId,
        change: Change,
    },
    /// With all who are in it.
    RemoveRoom {
        room: RoomId,
    },
    /// Somebody is brought into a room.
    Add {
        room: RoomId,
        person: PersonId,
        read: Offset,
    },

    // ---- coming in
    SetDoor {
        door: Door,
    },
    /// Into a room, or into the chat: so often, and until then.
    Invite {
        #[serde(with = "hash")]
        key: KeyHash,
        room: Option<RoomId>,
        until: Millis,
        uses: u32,
    },
    Revoke {
        invite: Number,
    },
    /// The invite is used: whoever does it is in its room then. `NoSuchInvite` if it is over, used up or revoked. Needs no right.
    Accept {
        invite: Number,
        read: Offset,
    },

    // ---- words
    /// For everybody, until another one; an empty text takes it down.
    Announce {
        text: String,
    },
    /// A member thinks that others should look at this. Needs no right but to be there.
    Report {
        room: RoomId,
        offset: Offset,
    },
    /// A text is held back until somebody has looked at it. Needs no right.
    Hold {
        said: Box<Append>,
    },
    /// Somebody has looked at it. What was held back is said now, if it is `granted` ([`Done::Settled`](super::Done)).
    Settle {
        report: Number,
        granted: bool,
    },

    // ---- the world outside
    /// Somebody new is a bot, and in this room. They have no token of a person, and are in no other room, not even the lobby.
    MakeBot {
        bot: PersonId,
        name: String,
        folded: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        look: Option<String>,
        room: RoomId,
    },
    /// It is gone for good, with its keys. What it said was still said by a bot.
    RemoveBot {
        bot: PersonId,
    },
    /// A bot has one more key, and is in this room, if it was not. `NoSuchPerson` if it is no bot with keys.
    GiveKey {
        bot: PersonId,
        #[serde(with = "hash")]
        key: KeyHash,
        kind: KeyKind,
        room: RoomId,
        /// So many messages in a minute.
        pace: u32,
    },
    /// `NoSuchKey` if there is none any more. Done: [`Done::SessionEnded`](super::Done), for a bot may be here by it.
    RevokeKey {
        key: Number,
    },
    /// One's own, as long as it is not free, needs no right.
    AddTarget {
        target: Box<Target>,
    },
    /// `NoSuchTarget`, also for whom it does not concern.
    DropTarget {
        target: Number,
    },
    /// It signs with another secret; with the one before as well, until then.
    RotateTarget {
        target: Number,
        secret: String,
        until: Millis,
    },

    // ---- the admin page
    /// Somebody is let in there, as themself, or as whoever runs the chat (`by`), by a link with this key, which is used then.
    /// `Taken` if it was used before.
    OpenAdmin {
        #[serde(with = "hash")]
        key: KeyHash,
        until: Millis,
        client: String,
        place: String,
        #[serde(with = "maybe_hash", default, skip_serializing_if = "Option::is_none")]
        link: Option<KeyHash>,
    },
    /// It is closed again.
    CloseAdmin {
        session: Number,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Restraint {
    Mute,
    Ban,
}

/// What may be different about a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Change {
    /// How it is called, and whether it is private: a private room is called by its number (`+12`), which is its key too, and
    /// shows its title. `Taken` if another room has the key, or a name that looks like this one.
    Name {
        is_private: bool,
        name: String,
        folded: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        look: Option<String>,
        title: Option<String>,
    },
    /// A line; perhaps empty.
    Topic(String),
    /// Seconds between two messages of a member; 0: none.
    Pace(u32),
    /// Only those who govern it speak in it.
    Closed(bool),
}

/// Who may come in as somebody new.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Door {
    #[default]
    Open,
    /// Those who say how they are called.
    Named,
    /// Those who have an invite.
    Invited,
    /// Nobody.
    Shut,
}

impl Act {
    /// A word for what it is, in the log of acts.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Act::Role { .. } => "role",
            Act::Op { is_op: true, .. } => "op",
            Act::Op { is_op: false, .. } => "deop",
            Act::Kick { .. } => "kick",
            Act::Restrain { restraint, .. } => restraint.word(),
            Act::Release { restraint: Restraint::Mute, .. } => "unmute",
            Act::Release { restraint: Restraint::Ban, .. } => "unban",
            Act::Purge { .. } => "purge",
            Act::EndSession { .. } => "end_session",
            Act::Erase { .. } => "erase",
            Act::Alter { change: Change::Name { .. }, .. } => "rename_room",
            Act::Alter { change: Change::Topic(_), .. } => "topic",
            Act::Alter { change: Change::Pace(_), .. } => "slow",
            Act::Alter { change: Change::Closed(true), .. } => "close",
            Act::Alter { change: Change::Closed(false), .. } => "open",
            Act::RemoveRoom { .. } => "remove_room",
            Act::Add { .. } => "add",
            Act::SetDoor { .. } => "door",
            Act::Invite { .. } => "invite",
            Act::Revoke { .. } => "revoke",
            Act::Accept { .. } => "accept",
            Act::Announce { .. } => "announce",
            Act::Report { .. } => "report",
            Act::Hold { .. } => "hold",
            Act::Settle { .. } => "settle",
            Act::MakeBot { .. } => "bot",
            Act::RemoveBot { .. } => "remove_bot",
            Act::GiveKey { .. } => "key",
            Act::RevokeKey { .. } => "revoke_key",
            Act::AddTarget { .. } => "target",
            Act::DropTarget { .. } => "drop_target",
            Act::RotateTarget { .. } => "rotate_target",
            Act::OpenAdmin { .. } => "admin_in",
            Act::CloseAdmin { .. } => "admin_out",
        }
    }
}

impl Restraint {
    /// How clients call it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Restraint::Mute => "mute",
            Restraint::Ban => "ban",
        }
    }
}

impl Door {
    pub(crate) const ALL: [Door; 4] = [Door::Open, Door::Named, Door::Invited, Door::Shut];

    /// How clients call it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Door::Open => "open",
            Door::Named => "named",
            Door::Invited => "invited",
            Door::Shut => "shut",
        }
    }

    pub(crate) fn of_word(word: &str) -> Option<Door> {
        Door::ALL.into_iter().find(|door| door.word() == word)
    }

    pub(crate) fn number(self) -> i64 {
        self as i64
    }

    pub(crate) fn of_number(number: i64) -> Option<Door> {
        Door::ALL.into_iter().find(|door| door.number() == number)
    }
}
