//! What changes what lasts.
//!
//! Every change is an entry of one log, and has its place in it: entries are applied one after the other, each by a pure
//! function of the tables and the entry. No clock, no chance and no setting takes part. What these cause is an entry as
//! well: it was decided before, from the tables and the clock and the settings, and is applied like any other. So two
//! histories that are fed with the same entries have the same tables.
//!
//! An entry that is refused changes nothing, and has no place in the log.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::spelling::{gaps, hash, maybe_hash};
use super::{
    Act, Append, Body, Deed, Delivery, KeyHash, Level, Millis, Number, Offset, PersonId, Picture, Reminder,
    RoomId, TokenHash,
};

/// A change of what lasts. What an entry refuses it refuses with a [`Failure`](super::Failure).
///
/// As JSON it goes to other nodes, which may be older or newer: the names of kinds and fields are a format.
/// `fixtures/entries-1.txt` has them all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Entry {
    // ---- people
    /// A person is new. `Taken` if somebody has the number, the token, the name, or one that looks like it. Without a `token` they are a guest, who cannot come
    /// back: they are forgotten when the history is opened next, at the latest.
    Arrive {
        person: PersonId,
        name: String,
        folded: String,
        /// The second key, if that is another one: what the name is drawn like.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        look: Option<String>,
        #[serde(with = "maybe_hash")]
        token: Option<TokenHash>,
        at: Millis,
    },
    /// A person has chosen another name. `Taken` if somebody has it, or one that looks like it.
    Rename {
        person: PersonId,
        name: String,
        folded: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        look: Option<String>,
    },
    /// A person has done something that others could see.
    Noticed {
        person: PersonId,
    },
    /// A person was here until now.
    Seen {
        person: PersonId,
        at: Millis,
    },
    /// A person will not come back: their memberships go, and their name and tokens are free. Their words stay. If they
    /// are in a direct room the row stays, marked as gone, so that the other one still sees a name. `Lacks` if they are
    /// banned from the whole chat: as long as they are, their name is nobody else's. `Returned` if they are not as they were when it
    /// was decided.
    Forget {
        person: PersonId,
        /// As they were then; `None`: it does not matter.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        away: Option<Away>,
    },

    // ---- rooms
    /// A room is made: its number, how it is called, and by which key (folded name, or `@3:7`) nobody else may
    /// call theirs, nor by one that looks like it (`Taken`).
    Create {
        room: RoomId,
        kind: RoomKind,
        name: String,
        folded: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        look: Option<String>,
        epoch: String,
        at: Millis,
        /// Whoever has made it: they are its op when they join it.
        maker: Option<PersonId>,
        /// What a private room shows instead of its name.
        title: Option<String>,
    },
    /// What clients know of a room may not be so any more: it has another epoch, and they start afresh.
    Renew {
        room: RoomId,
        epoch: String,
    },
    /// A room that has no members is taken away; what was said in it is swept out later. `HasMembers`; people who are gone
    /// are none.
    Remove {
        room: RoomId,
    },
    /// A person becomes a member of a room, and has read it up to its end (`read`: as it was when they asked); its op, if they have
    /// made it. Again: nothing changes.
    /// `Lacks` if they are banned from it. Into a private room comes whoever has made it; all others by an act.
    Join {
        room: RoomId,
        person: PersonId,
        read: Offset,
    },
    Leave {
        room: RoomId,
        person: PersonId,
    },
    /// A member has read a room up to here; mentions up to there are no longer kept. Never moves back. Logs have it; what is written
    /// is `Marks`.
    MarkRead {
        room: RoomId,
        person: PersonId,
        read: Offset,
    },
    /// The same of many members, in one entry: else most of a log would be who has read what.
    Marks {
        marks: Vec<ReadMark>,
    },

    // ---- who comes back
    /// Somebody has one more token: another device, by this code, which is used then. `NoSuchPerson`; `Taken`, also if the code was
    /// used before; `Busy` if they have very many.
    AddToken {
        person: PersonId,
        #[serde(with = "hash")]
        token: TokenHash,
        at: Millis,
        #[serde(with = "maybe_hash", default, skip_serializing_if = "Option::is_none")]
        code: Option<KeyHash>,
    },
    /// The session with this token is here: what kind of client it is, and from where, cut short.
    SeeSession {
        #[serde(with = "hash")]
        token: TokenHash,
        at: Millis,
        client: String,
        place: String,
    },
    /// Somebody is shown by this picture; `None`: by the one that is drawn for everybody. `Taken` if the picture's id is.
    Avatar {
        person: PersonId,
        avatar: Option<Avatar>,
    },

    // ---- what is done by those who have a right to it
    Act(Deed),
    /// What has lasted its time is over at this time: restraints, invites, sessions of the admin page, that a key was used
    /// which is good once, old secrets of targets.
    Lapse {
        at: Millis,
    },
    /// In what somebody has said who is erased, after one event and up to another (counted over all rooms), their name is
    /// told no longer (`gone` in `said.rs`).
    Unname {
        person: PersonId,
        after: u64,
        upto: u64,
    },
    /// A purge, or somebody's erasing, has nothing left to erase.
    Purged {
        purge: Number,
    },
    /// Of the log of acts the oldest go, up to this one: of those that anybody can cause, or of the others.
    ForgetActs {
        upto: Number,
        of_anybody: bool,
    },

    /// A ban from the whole chat is for these addresses, too: somebody was there at another node than that of whoever has banned them.
    /// `NoSuchEvent` if there is no such ban any more.
    BanAddresses {
        person: PersonId,
        /// When they were banned: by another ban, others are meant.
        since: Millis,
        addresses: Vec<String>,
        /// Other nodes add what they know.
        asks: bool,
    },

    // ---- the world outside
    /// The robot of the chat is this, or there is none any more: who was it before is removed. `Taken` if somebody has the
    /// name. The same again changes nothing.
    Robot {
        robot: Option<Robot>,
        at: Millis,
    },
    /// How much of a room a member is told of. `None`: as it is usual. `NoSuchRoom` if they are not in it.
    SetLevel {
        room: RoomId,
        person: PersonId,
        level: Option<Level>,
    },
    /// A key was used.
    SeeKey {
        key: Number,
        at: Millis,
    },
    /// What is to go out to these targets: of a room, all that came after an offset, up to another one. If it is for somebody who
    /// is away, they count as told up to there; otherwise the target does. Said again, it is refused (`Taken`): nothing goes out
    /// twice.
    Dispatch {
        whom: Option<PersonId>,
        targets: Vec<Number>,
        room: RoomId,
        after: Offset,
        upto: Offset,
        at: Millis,
    },
    /// It has arrived.
    Delivered {
        delivery: Delivery,
    },
    /// It has not, and is tried again then.
    Postponed {
        delivery: Delivery,
        due: Millis,
        fault: String,
    },
    /// It is given up; perhaps the target with it. Without a `fault` there was nothing left to say.
    Dropped {
        delivery: Delivery,
        fault: Option<String>,
        is_off: bool,
    },
    /// `Busy` if they have too many.
    Remind {
        reminder: Reminder,
    },
    /// They do not want to be reminded any more. `NoSuchReminder`.
    Unremind {
        reminder: Number,
        person: PersonId,
    },
    /// It is time: this is said, and the reminder is gone. If its room or person is gone, nothing is said.
    Ring {
        reminder: Number,
        said: Box<Append>,
    },

    // ---- several nodes
    /// So many numbers of people, and of rooms, are one node's: no other gives them out. They are used, or never.
    Reserve {
        people: u64,
        rooms: u64,
    },

    /// All nodes compare these rows, and what came of the log so far. Nothing changes.
    Compare(Bite),

    // ---- what is said
    /// Something was said. Its author has read the room up to there.
    Append(Append),

    // ---- what is given up
    /// Events of a room before this offset are given up. Again: nothing changes. `NoSuchEvent` if so many were never said.
    Prune {
        room: RoomId,
        before: Offset,
    },
    /// What was said in a removed room before this offset is swept out; with the last of it the room's number goes too.
    Sweep {
        room: RoomId,
        before: Offset,
    },
    /// The pictures of all events up to this one go, and the events stay. Events are counted over all rooms here.
    GiveUpPictures {
        upto: u64,
    },
    /// The receipts of what was said go, in the order in which they were given, up to this one.
    ForgetReceipts {
        upto: u64,
    },
}

/// Somebody who is to be forgotten, as whoever has decided it knows them. Another node may know more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Away {
    /// They were not seen after that.
    pub since: Millis,
    pub whom: Passer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Passer {
    Anybody,
    /// They have done nothing that others could see.
    Silent,
    /// They have no token.
    Guest,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RoomKind {
    Public,
    /// Between two people.
    Direct,
    /// Nobody knows of it who is not in it.
    Private,
}

/// These members have read a room up to here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadMark {
    pub room: RoomId,
    pub read: Offset,
    #[serde(with = "gaps")]
    pub people: BTreeSet<PersonId>,
}

/// What is to be compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bite {
    pub form: u32,
    pub behind: Option<Behind>,
    pub rows: u32,
}

/// A row, by its table and its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Behind {
    pub table: String,
    pub key: Vec<Key>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Key {
    Number(i64),
    /// Bytes, in hexadecimal digits.
    Hex(String),
}

/// The robot of the chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Robot {
    /// Its number, if it is a new one.
    pub person: PersonId,
    pub name: String,
    pub folded: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub look: Option<String>,
    /// What it is asked goes out to a program, which answers: it is noted with the message.
    pub has_hook: bool,
}

/// The picture that somebody is shown by, small.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Avatar {
    pub picture: Picture,
    #[serde(skip)]
    pub bytes: Arc<[u8]>,
}

/// Whose private talk a room of this name is, if it is one.
pub(crate) fn direct_pair(name: &str) -> Option<[PersonId; 2]> {
    let (one, other) = name.strip_prefix('@')?.split_once(':')?;
    Some([one.parse().ok()?, other.parse().ok()?])
}

impl Entry {
    /// Bytes that it brings along, more or less. What a client can make long is in [`Append`].
    pub(super) fn weight(&self) -> usize {
        const ROW: usize = 100;
        let body = match self {
            Entry::Append(append) => append.body.weight(),
            Entry::Avatar { avatar, .. } => avatar.as_ref().map_or(0, |avatar| avatar.bytes.len()),
            Entry::Act(Deed { reason, act: Act::Hold { said }, .. }) => reason.len() + said.body.weight(),
            Entry::Act(Deed { reason, act: Act::AddTarget { target }, .. }) => {
                reason.len() + target.url.len() + target.secret.len()
            }
            Entry::Act(Deed { reason, .. }) => reason.len(),
            Entry::Marks { marks } => marks.iter().map(|mark| 24 + 8 * mark.people.len()).sum(),
            Entry::Remind { reminder } => reminder.text.len(),
            Entry::Ring { said, .. } => said.body.weight(),
            _ => 0,
        };
        ROW + body
    }

    /// The bytes of its picture, if it brings one.
    pub(super) fn picture_bytes(&self) -> Option<u64> {
        match self {
            Entry::Append(Append { body: Body::Picture { bytes, .. }, .. }) => Some(bytes.len() as u64),
            _ => None,
        }
    }
}
