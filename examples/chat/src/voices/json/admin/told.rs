//! What the admin page is told.

use std::borrow::Cow;

use serde::Serialize;

use crate::history::{Millis, Number, PersonId, StoredAct, StoredAdmin, StoredSession};
use crate::rights::{Role, Standing};
use crate::voices::json::may::of_standing;
use crate::voices::json::parts::json;

/// An object, and the id under which it was asked for.
pub(crate) fn page_told(id: Option<&str>, told: &PageTold<'_>) -> String {
    json(&Answer { told, id })
}

#[derive(Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    told: &'a PageTold<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum PageTold<'a> {
    Welcome {
        /// With which the page comes back: told once.
        #[serde(skip_serializing_if = "Option::is_none")]
        token: Option<&'a str>,
        /// `None`: whoever runs the chat.
        #[serde(rename = "as", skip_serializing_if = "Option::is_none")]
        who: Option<Somebody<'a>>,
        until: Millis,
        /// Seconds without a word.
        idle: i64,
        server: &'a str,
        may: Vec<&'a str>,
        door: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        announcement: Option<AnnouncementTold<'a>>,
    },
    People {
        people: Vec<PersonTold<'a>>,
        more: bool,
    },
    Person {
        person: PersonTold<'a>,
    },
    AllRooms {
        rooms: Vec<RoomTold<'a>>,
        more: bool,
    },
    Acts {
        acts: Vec<ActTold<'a>>,
        more: bool,
    },
    /// By itself: somebody has just done this.
    Acted {
        act: ActTold<'a>,
    },
    Figures(Figures<'a>),
    Settings {
        settings: Vec<SettingTold<'a>>,
    },
    Words(WordsTold<'a>),
    TryWords {
        /// `fine`, `masked`, `refused`, `review`.
        verdict: &'a str,
        /// As it would be said.
        #[serde(skip_serializing_if = "Option::is_none")]
        msg: Option<&'a str>,
    },
    Admins {
        admins: Vec<AdminTold<'a>>,
    },
}

#[derive(Debug, Serialize)]
pub(crate) struct Somebody<'a> {
    pub id: PersonId,
    pub name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<&'static str>,
}

#[derive(Debug, Serialize)]
pub(crate) struct AnnouncementTold<'a> {
    pub id: Number,
    pub msg: &'a str,
    pub msg_time: Millis,
}

/// Somebody, in a list or alone.
#[derive(Debug, Serialize)]
pub(crate) struct PersonTold<'a> {
    pub id: PersonId,
    pub name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<&'static str>,
    pub online: bool,
    pub seen: Millis,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    /// Everywhere.
    #[serde(skip_serializing_if = "is_false")]
    pub muted: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub banned: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub guest: bool,
    #[serde(flatten)]
    pub more: PersonMore<'a>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum PersonMore<'a> {
    /// In a list: how many they are in.
    Few {
        rooms: usize,
    },
    All {
        rooms: Vec<PlaceTold<'a>>,
        restraints: Vec<RestraintTold<'a>>,
        sessions: Vec<SessionTold<'a>>,
    },
}

/// A room that somebody is in.
#[derive(Debug, Serialize)]
pub(crate) struct PlaceTold<'a> {
    pub room: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<&'a str>,
    #[serde(skip_serializing_if = "is_false")]
    pub op: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct RestraintTold<'a> {
    pub what: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Millis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Somebody<'a>>,
    pub at: Millis,
    pub reason: &'a str,
    #[serde(skip_serializing_if = "is_nothing")]
    pub addresses: usize,
}

#[derive(Debug, Serialize)]
pub(crate) struct SessionTold<'a> {
    pub id: Number,
    pub client: &'a str,
    pub place: &'a str,
    pub since: Millis,
    pub seen: Millis,
    #[serde(skip_serializing_if = "is_false")]
    pub here: bool,
}

impl<'a> SessionTold<'a> {
    pub(crate) fn new(session: &'a StoredSession, here: bool) -> Self {
        let StoredSession { number, since, seen, ref client, ref place, .. } = *session;
        SessionTold { id: number, client, place, since, seen, here }
    }
}

/// A room, without a word of what is said in it.
#[derive(Debug, Serialize)]
pub(crate) struct RoomTold<'a> {
    pub room: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<&'a str>,
    pub kind: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub topic: &'a str,
    pub members: usize,
    pub here: usize,
    pub offset: u64,
    #[serde(skip_serializing_if = "is_false")]
    pub closed: bool,
    #[serde(skip_serializing_if = "is_none")]
    pub slow: u32,
    pub ops: Vec<Somebody<'a>>,
}

/// A row of the log of acts.
#[derive(Debug, Serialize)]
pub(crate) struct ActTold<'a> {
    id: Number,
    at: Millis,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<Somebody<'a>>,
    act: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<Somebody<'a>>,
    #[serde(skip_serializing_if = "str::is_empty")]
    room: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    detail: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    reason: &'a str,
}

impl<'a> ActTold<'a> {
    pub(crate) fn new(act: &'a StoredAct) -> Self {
        let somebody = |id, name| Somebody { id, name, role: None };
        ActTold {
            id: act.number,
            at: act.at,
            by: act.by.map(|id| somebody(id, &act.by_name)),
            act: &act.act,
            user: act.person.map(|id| somebody(id, &act.person_name)),
            room: &act.room_name,
            detail: &act.detail,
            reason: &act.reason,
        }
    }

    /// About how long it is as JSON, in bytes.
    pub(crate) fn length(&self) -> usize {
        let names = [&self.by, &self.user].map(|who| who.as_ref().map_or(0, |who| who.name.len()));
        160 + names[0] + names[1] + self.room.len() + 2 * (self.detail.len() + self.reason.len())
    }
}

/// How the chat is at this moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub(crate) struct Figures<'a> {
    pub people_here: usize,
    pub connections: usize,
    pub known: usize,
    pub rooms: usize,
    pub messages_per_second: f64,
    pub disk_bytes: u64,
    pub queue_bytes: u64,
    pub up_seconds: i64,
    pub reports: usize,
    /// There is always one, once there was one.
    pub owners: usize,
    /// `None`: none are made by themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<BackupTold<'a>>,
}

/// The latest good backup, when the next one is due, and why there is none since.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub(crate) struct BackupTold<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Millis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Millis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<&'a str>,
}

#[derive(Debug, Serialize)]
pub(crate) struct SettingTold<'a> {
    pub name: &'a str,
    pub value: Cow<'a, str>,
    pub default: bool,
}

/// How many words the filter has, and from where.
#[derive(Debug, Default, Serialize)]
pub(crate) struct WordsTold<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<&'a str>,
    pub refuse: usize,
    pub mask: usize,
    pub review: usize,
}

/// A session of the admin page.
#[derive(Debug, Serialize)]
pub(crate) struct AdminTold<'a> {
    id: Number,
    #[serde(rename = "as", skip_serializing_if = "Option::is_none")]
    who: Option<Somebody<'a>>,
    client: &'a str,
    place: &'a str,
    since: Millis,
    until: Millis,
    #[serde(skip_serializing_if = "is_false")]
    here: bool,
    #[serde(skip_serializing_if = "is_false")]
    this: bool,
}

impl<'a> AdminTold<'a> {
    pub(crate) fn new(stored: &'a StoredAdmin, who: Option<Somebody<'a>>, here: bool, this: bool) -> Self {
        let StoredAdmin { number, since, until, ref client, ref place, .. } = *stored;
        AdminTold { id: number, who, client, place, since, until, here, this }
    }
}

/// The word for a role, if it is more than a member's.
pub(crate) fn role_word(role: Role) -> Option<&'static str> {
    (role > Role::Member).then(|| role.word())
}

/// What somebody may do in the whole chat, as the chat calls it.
pub(crate) fn may(standing: Standing) -> Vec<&'static str> {
    of_standing(standing)
}

fn is_false(it: &bool) -> bool {
    !it
}

fn is_nothing(number: &usize) -> bool {
    *number == 0
}

fn is_none(number: &u32) -> bool {
    *number == 0
}
