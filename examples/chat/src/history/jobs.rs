//! What can be asked of the history, and what it tells.
//!
//! Entries are applied one after the other, in the order in which they were asked for; each batch of them is one
//! transaction, and nothing is told of it before it is committed. Reads have a thread of their own.

use std::sync::Arc;

use super::{
    Append, BackupState, Behind, By, Call, Entry, Millis, Number, Offset, PersonId, Picture, RoomId,
    TokenHash,
};
use crate::rights::Lack;

/// What the history tells the loop.
#[derive(Debug)]
pub(crate) enum Report<T> {
    /// Entries, in the order of the log, whoever has asked for them.
    Applied(Vec<Applied<T>>),
    /// The answer to a read.
    Read { ticket: T, result: Result<Found, Failure> },
    /// How the backups are that are made by themselves.
    Backups(Box<BackupState>),
    /// The log was applied up to the place that was waited for.
    Reached { ticket: T },
    /// What these wait for stands in the log, and cannot be applied now: whether it comes out is not known yet.
    Unsure(Vec<T>),
}

/// What has become of an entry.
#[derive(Debug)]
pub(crate) struct Applied<T> {
    pub entry: Entry,
    pub outcome: Outcome,
    /// `None`: nobody waits for it. The history itself has decided it, it comes from elsewhere, or who waited was told that it is
    /// not known.
    pub ticket: Option<T>,
    pub origin: Origin,
}

/// Where an entry was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    Here,
    /// On another node.
    Elsewhere,
}

impl<T> Applied<T> {
    /// Of the history's own.
    pub(super) fn decided((entry, done): (Entry, Done)) -> Self {
        Applied { entry, outcome: Ok(done), ticket: None, origin: Origin::Here }
    }
}

/// How an entry came out.
pub(crate) type Outcome = Result<Done, Failure>;

/// The outer error is the disk's and fails the whole transaction, the inner one refuses one entry.
pub(super) type Answer = rusqlite::Result<Outcome>;

/// What an entry has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Done {
    Kept,
    /// Of [`Entry::Append`].
    Appended {
        room: RoomId,
        offset: Offset,
        at: Millis,
        repeated: bool,
    },
    /// Of a deletion, the first time: and who was mentioned in what was taken back.
    TakenBack {
        room: RoomId,
        offset: Offset,
        at: Millis,
        mentioned: Vec<PersonId>,
    },
    /// Of [`Body::Purge`](super::Body): who was mentioned where in what was erased.
    Erased {
        room: RoomId,
        offset: Offset,
        at: Millis,
        mentioned: Vec<(Offset, PersonId)>,
    },
    /// Of [`Entry::Reserve`]: the first of each.
    Reserved {
        person: PersonId,
        room: RoomId,
    },
    /// Of [`Entry::Join`]: they were no member before.
    Joined,
    /// Of [`Entry::Compare`]: a hash of the rows, and which was the last one if there are more. `None`: this version does not know
    /// those tables.
    Compared {
        rows: Option<[u8; 32]>,
        behind: Option<Behind>,
    },
    /// What was made has this number: an invite, a report, an announcement, a purge, a session of the admin page.
    Numbered(Number),
    /// Of [`Act::Accept`](super::Act): whoever has used an invite before, or is in its room already, uses nothing of it up.
    Accepted {
        is_used: bool,
    },
    /// Of [`Act::EndSession`](super::Act): what the session had.
    SessionEnded {
        token: TokenHash,
    },
    /// Of [`Act::Settle`](super::Act).
    Settled {
        /// What was held back, and is said now; and where.
        said: Option<(Box<Append>, Offset)>,
    },
}

/// Why an entry was refused, or a read had no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The number, the name, the key, or the picture's id is somebody else's.
    Taken,
    NoSuchRoom,
    /// To be renamed, or to join a room. Of a log all are refused that need somebody who is not there (`existing.rs`); without one the
    /// others have nothing to do, and are kept.
    NoSuchPerson,
    /// To be forgotten: they are not as they were when that was decided.
    Returned,
    /// A room that was to be removed.
    HasMembers,
    NoSuchEvent,
    NotYours,
    /// A right.
    Lacks(Lack),
    /// The room is slow: by this time they may speak again.
    TooSoon(Millis),
    /// It is over, used up, or revoked, or there never was one.
    NoSuchInvite,
    NoSuchReport,
    NoSuchSession,
    /// Of a bot.
    NoSuchKey,
    NoSuchTarget,
    NoSuchReminder,
    /// Nobody new comes in this way just now.
    DoorShut,
    /// The author has said something else under this key.
    KeyUsed,
    /// Too many searches are under way.
    Busy,
    /// The disk, or the file: in words for whoever runs the chat, with what to do about it.
    Storage(String),
    /// It may stand in the log of several nodes, or not.
    Unsure,
}

#[derive(Debug)]
pub(crate) enum Read {
    /// Events of a room after an offset, oldest first, at most `limit`.
    After {
        room: RoomId,
        after: Offset,
        limit: usize,
    },
    /// Events of a room before an offset (or the latest), oldest first, at most `limit`.
    Before {
        room: RoomId,
        before: Option<Offset>,
        limit: usize,
    },
    /// Texts and captions that contain `text`, whatever their case, in any of these rooms; the latest first, at
    /// most `limit`; of those older than `before`, as [`Hit::mark`] has it. An empty text finds nothing. A search may be
    /// overtaken by reads that were asked for later.
    Search {
        rooms: Vec<RoomId>,
        text: String,
        before: Option<u64>,
        limit: usize,
    },
    /// Whoever has its bytes already is only told whether it is still there.
    Picture {
        id: String,
        is_known: bool,
    },
    /// What somebody said themself, as a search finds it: the latest first. It is looked for a bit at a time.
    Mine {
        person: PersonId,
        before: Option<u64>,
        limit: usize,
    },
    /// The picture that somebody is shown by.
    Avatar {
        id: String,
        is_known: bool,
    },
    Sessions {
        person: PersonId,
    },
    /// What was reported and held back, and nobody has looked at yet, in these rooms or in all; the oldest first.
    Reports {
        rooms: Option<Vec<RoomId>>,
        after: Number,
        limit: usize,
    },
    /// Invites of a room, or all of them, with those who came by them.
    Invites {
        room: Option<RoomId>,
        limit: usize,
    },
    /// The log of acts, the latest first.
    Acts {
        before: Option<Number>,
        limit: usize,
    },
    AdminSessions,
}

#[derive(Debug)]
pub(crate) enum Found {
    /// `first`: the oldest offset that is still kept (one past the latest if there is none).
    Events {
        events: Vec<Event>,
        first: Offset,
    },
    Hits {
        hits: Vec<Hit>,
        more: bool,
    },
    /// `before`: there may be more before it, also if nothing was found here.
    Mine {
        hits: Vec<Hit>,
        before: Option<u64>,
    },
    /// `None`: there is no such picture, or no longer.
    Picture(Option<(&'static str, Arc<[u8]>)>),
    /// It is there, and known.
    SamePicture,
    Sessions(Vec<StoredSession>),
    Reports {
        reports: Vec<StoredReport>,
        more: bool,
    },
    Invites(Vec<InviteUsed>),
    Acts {
        acts: Vec<StoredAct>,
        more: bool,
    },
    AdminSessions(Vec<StoredAdmin>),
}

/// Somewhere somebody can come back from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredSession {
    pub number: Number,
    pub token: TokenHash,
    /// Of the admin page: until when, whoever it is.
    pub since: Millis,
    pub seen: Millis,
    /// What kind of client, and from where, cut short.
    pub client: String,
    pub place: String,
}

/// Somebody who is let in on the admin page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredAdmin {
    pub number: Number,
    pub by: By,
    pub since: Millis,
    pub until: Millis,
    pub client: String,
    pub place: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredReport {
    pub number: Number,
    pub room: RoomId,
    pub at: Millis,
    /// Who has reported it; whose words they are.
    pub by: PersonId,
    pub author: PersonId,
    pub author_name: String,
    pub reason: String,
    /// Where it stands; `None`: it is held back.
    pub offset: Option<Offset>,
    /// As it is now: taken back, it is gone.
    pub text: Option<String>,
    pub picture: Option<Picture>,
}

/// An invite, and who came by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InviteUsed {
    pub number: Number,
    pub room: Option<RoomId>,
    pub by: By,
    pub made: Millis,
    pub until: Millis,
    /// How often it can still be used.
    pub left: u32,
    pub is_revoked: bool,
    pub used_by: Vec<(PersonId, Millis)>,
}

/// A row of the log of acts: names as they were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredAct {
    pub number: Number,
    pub at: Millis,
    pub by: By,
    pub by_name: String,
    /// A word for what it was: [`Act::word`](super::Act::word).
    pub act: String,
    pub person: Option<PersonId>,
    pub person_name: String,
    pub room: Option<RoomId>,
    pub room_name: String,
    /// Until when, what it is now, how many: for people.
    pub detail: String,
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    pub room: RoomId,
    pub event: Event,
    /// To ask for older ones.
    pub mark: u64,
}

/// An event of a room, as it is read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    pub offset: Offset,
    pub at: Millis,
    pub author: PersonId,
    /// As it was when they said it.
    pub author_name: String,
    pub what: What,
    pub mentions: Vec<PersonId>,
    pub call: Option<Call>,
}

impl Event {
    /// About how many bytes it takes in memory.
    pub(crate) fn weight(&self) -> usize {
        let words = self.what.words().map_or(0, str::len);
        let picture = self.what.picture().map_or(0, |picture| picture.id.len());
        size_of::<Event>() + self.author_name.len() + size_of_val(&self.mentions[..]) + words + picture
    }
}

#[cfg(test)]
impl Event {
    /// Something that one person said, long ago.
    pub(crate) fn example(offset: Offset, what: What) -> Self {
        Event {
            offset,
            at: 0,
            author: 1,
            author_name: "alice".into(),
            what,
            mentions: Vec::new(),
            call: None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    Text(String),
    /// The picture is `None` when its bytes were given up to make room (`--keep-pictures`).
    Picture {
        picture: Option<Picture>,
        caption: String,
    },
    /// What was here has been taken back.
    Deleted,
    /// What was at `target` has been taken back.
    Deletion {
        target: Offset,
    },
    /// What one person said at these places has been erased.
    Purge {
        of: PersonId,
        targets: Vec<Offset>,
    },
}

impl What {
    /// What can be read in it.
    pub(crate) fn words(&self) -> Option<&str> {
        match self {
            What::Text(text) | What::Picture { caption: text, .. } => Some(text),
            What::Deleted | What::Deletion { .. } | What::Purge { .. } => None,
        }
    }

    pub(crate) fn picture(&self) -> Option<&Picture> {
        if let What::Picture { picture, .. } = self { picture.as_ref() } else { None }
    }

    /// Is it something that a member has yet to read? What has been taken back is, for its offset remains.
    pub(crate) fn is_counted(&self) -> bool {
        match self {
            What::Text(_) | What::Picture { .. } | What::Deleted => true,
            What::Deletion { .. } | What::Purge { .. } => false,
        }
    }
}
