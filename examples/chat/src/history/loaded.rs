//! What the chat starts with: all that it keeps in memory, as it was when the history was opened.

use super::{
    BotKind, By, Delivery, Door, Event, KeyHash, KeyKind, Level, Millis, Number, Offset, PersonId, Reminder,
    Restraint, RoomId, RoomKind, Target, TokenHash,
};
use crate::rights::Role;

/// Bytes of the latest events of one room, and of all rooms, that are kept in memory.
pub(crate) const RING_BYTES: usize = 256 << 10;
pub(crate) const RINGS_BYTES: usize = 64 << 20;

#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub people: Vec<StoredPerson>,
    pub rooms: Vec<StoredRoom>,
    pub members: Vec<StoredMember>,
    pub governed: Governed,
    pub outside: Outside,
    /// Not used by anybody, ever.
    pub next_person: PersonId,
    pub next_room: RoomId,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredPerson {
    pub id: PersonId,
    pub name: String,
    pub folded: String,
    /// With any of them they come back.
    pub tokens: Vec<TokenHash>,
    /// They never had a token.
    pub is_guest: bool,
    /// Only a name in a direct room.
    pub is_gone: bool,
    pub seen: Millis,
    /// They have done nothing yet that others could see.
    pub silent: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredRoom {
    pub id: RoomId,
    pub kind: RoomKind,
    pub name: String,
    pub folded: String,
    pub epoch: String,
    /// The oldest offset that is kept (last + 1 if there is none), and the latest (0 if there never was one).
    pub first: Offset,
    pub last: Offset,
    pub voices: Voices,
    /// Offsets of the events that nobody has yet to read, in order ([`What::is_counted`](super::What::is_counted)).
    pub uncounted: Vec<Offset>,
    /// Offsets of the events that call all members, in order.
    pub calls: Vec<Offset>,
    /// The latest events, oldest first: as many as [`Settings::recent`](super::Settings::recent), or as fit into
    /// [`RING_BYTES`].
    pub recent: Vec<Event>,
}

/// Who has ever spoken in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Voices {
    None,
    One(PersonId),
    Several,
}

impl Voices {
    /// With one more that is heard.
    pub(crate) fn and(self, author: PersonId) -> Self {
        match self {
            Voices::None => Voices::One(author),
            Voices::One(first) if first == author => self,
            Voices::One(_) | Voices::Several => Voices::Several,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredMember {
    pub room: RoomId,
    pub person: PersonId,
    pub read: Offset,
    /// Unread mentions, in order.
    pub mentions: Vec<Offset>,
}

/// Who may do what, and who may not: all that is kept of it in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Governed {
    /// Those who are more than members.
    pub roles: Vec<(PersonId, Role)>,
    pub ops: Vec<(RoomId, PersonId)>,
    pub restraints: Vec<StoredRestraint>,
    /// What else is to be known of rooms, as far as it is something.
    pub rooms: Vec<StoredTraits>,
    /// Those that can still be used.
    pub invites: Vec<StoredInvite>,
    pub door: Door,
    pub announcement: Option<StoredAnnouncement>,
    /// Whose, under which name, and how many bytes.
    pub avatars: Vec<(PersonId, String, u64)>,
    pub admins: Vec<StoredAdminKey>,
    /// Reports that nobody has looked at, and what is held back, by room.
    pub reports: Vec<(Number, RoomId)>,
    /// Those whose erasing is under way.
    pub erasing: Vec<StoredErasing>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredRestraint {
    pub restraint: Restraint,
    pub person: PersonId,
    /// `None`: everywhere.
    pub room: Option<RoomId>,
    /// `None`: for ever.
    pub until: Option<Millis>,
    pub by: By,
    pub at: Millis,
    pub reason: String,
    pub addresses: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct StoredTraits {
    pub room: RoomId,
    pub title: Option<String>,
    pub topic: String,
    /// Seconds between two messages of a member; 0: none.
    pub pace: u32,
    pub is_closed: bool,
    pub maker: Option<PersonId>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredInvite {
    pub number: Number,
    pub key: KeyHash,
    pub room: Option<RoomId>,
    pub by: By,
    pub until: Millis,
    pub left: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredAnnouncement {
    pub number: Number,
    pub text: String,
    pub at: Millis,
}

/// Somebody who is let in on the admin page: by what, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredAdminKey {
    pub number: Number,
    pub key: KeyHash,
    pub by: By,
    pub until: Millis,
}

/// Somebody has erased themself: until that is done nobody gets their name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredErasing {
    pub work: Number,
    pub person: PersonId,
    pub name: String,
}

/// Of the world outside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Outside {
    /// Those that are gone, too: what they said was said by a bot.
    pub bots: Vec<StoredBot>,
    pub keys: Vec<StoredKey>,
    pub targets: Vec<StoredTarget>,
    pub deliveries: Vec<StoredDelivery>,
    pub reminders: Vec<(Number, Reminder)>,
    /// Where somebody has chosen one.
    pub levels: Vec<(RoomId, PersonId, Level)>,
    /// Up to where somebody was told of a room while they were away.
    pub told: Vec<(RoomId, PersonId, Offset)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredBot {
    pub person: PersonId,
    pub kind: BotKind,
    pub by: By,
    pub made: Millis,
    pub is_gone: bool,
    /// Of the robot: what it is asked goes out to a program ([`ROBOT_HOOK`](super::ROBOT_HOOK)).
    pub has_hook: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredKey {
    pub number: Number,
    pub key: KeyHash,
    pub bot: PersonId,
    pub kind: KeyKind,
    /// Of a hook.
    pub room: Option<RoomId>,
    /// So many messages in a minute, by HTTP.
    pub pace: u32,
    pub by: By,
    pub since: Millis,
    /// When it was last used, more or less.
    pub seen: Option<Millis>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredTarget {
    pub number: Number,
    pub target: Target,
    pub by: By,
    pub made: Millis,
    /// The secret before this one, which signs as well until then.
    pub old_secret: Option<(String, Millis)>,
    /// Of a room: up to here everything went out, or is on its way.
    pub upto: Offset,
    /// How many went out, and how many were given up.
    pub sent: u64,
    pub dropped: u64,
    /// What went wrong last, in words for whoever has made it.
    pub fault: Option<String>,
    /// It is not used any more: it said that it is gone, or whoever made it is not in its private room.
    pub is_off: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredDelivery {
    pub delivery: Delivery,
    pub after: Offset,
    pub made: Millis,
    /// When it is tried next.
    pub due: Millis,
    pub tries: u32,
}
