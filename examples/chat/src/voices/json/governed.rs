//! What is told of those who govern, and of oneself: the objects and their fields.

use serde::Serialize;

use super::events::{EventTold, PictureTold};
use super::parts::{User, is_false};
use super::told::{AnnouncementTold, TraitsTold};
use crate::history::{Millis, Number, Offset};

/// Objects that consist of their type and few fields.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Governed<'a> {
    // ---- what has happened
    /// To whom it is about.
    Muted {
        #[serde(skip_serializing_if = "Option::is_none")]
        room: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<Millis>,
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<User<'a>>,
        #[serde(skip_serializing_if = "str::is_empty")]
        reason: &'a str,
    },
    Unmuted {
        #[serde(skip_serializing_if = "Option::is_none")]
        room: Option<&'a str>,
    },
    Op {
        room: &'a str,
        user: User<'a>,
        op: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<User<'a>>,
    },
    /// To whom it is about.
    You {
        #[serde(skip_serializing_if = "Option::is_none")]
        role: Option<&'a str>,
        may: Vec<&'a str>,
    },
    Role {
        user: User<'a>,
    },
    Altered {
        room: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        old: Option<&'a str>,
        #[serde(flatten)]
        traits: TraitsTold<'a>,
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<User<'a>>,
    },
    Announcement {
        #[serde(flatten)]
        announcement: AnnouncementTold<'a>,
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<User<'a>>,
    },
    Door {
        door: &'a str,
    },
    Reported {
        report: Number,
        room: &'a str,
    },
    Settled {
        report: Number,
    },
    Erased {
        user: User<'a>,
    },
    Avatar {
        user: User<'a>,
    },

    // ---- what is answered
    Sessions {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
        sessions: Vec<SessionTold<'a>>,
    },
    Link {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
        code: &'a str,
        seconds: u64,
    },
    Mine {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
        events: Vec<EventTold<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        before: Option<u64>,
    },
    Reports {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
        reports: Vec<ReportTold<'a>>,
        #[serde(skip_serializing_if = "is_false")]
        more: bool,
    },
    Restraints {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
        restraints: Vec<RestraintTold<'a>>,
    },
    Invites {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
        invites: Vec<InviteTold<'a>>,
    },
    Invite {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
        invite: InvitationTold<'a>,
    },
    Admin {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
        url: &'a str,
        seconds: u64,
    },
}

#[derive(Debug, Serialize)]
pub(super) struct SessionTold<'a> {
    pub id: Number,
    pub client: &'a str,
    pub place: &'a str,
    pub since: Millis,
    pub seen: Millis,
    #[serde(skip_serializing_if = "is_false")]
    pub here: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub this: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct ReportTold<'a> {
    pub id: Number,
    pub room: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<Offset>,
    #[serde(skip_serializing_if = "is_false")]
    pub held: bool,
    pub by: User<'a>,
    pub from_id: u64,
    pub from: &'a str,
    pub msg: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<PictureTold<'a>>,
    pub reason: &'a str,
    pub at: Millis,
}

#[derive(Debug, Serialize)]
pub(super) struct RestraintTold<'a> {
    pub what: &'a str,
    pub user: User<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Millis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<User<'a>>,
    pub reason: &'a str,
    pub at: Millis,
    /// How many: which they are, nobody is told.
    pub addresses: usize,
}

#[derive(Debug, Serialize)]
pub(super) struct InviteTold<'a> {
    pub id: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<User<'a>>,
    pub since: Millis,
    pub until: Millis,
    pub left: u32,
    #[serde(skip_serializing_if = "is_false")]
    pub revoked: bool,
    pub used_by: Vec<UsedTold<'a>>,
}

#[derive(Debug, Serialize)]
pub(super) struct UsedTold<'a> {
    pub id: u64,
    pub name: &'a str,
    pub at: Millis,
}

#[derive(Debug, Serialize)]
pub(super) struct InvitationTold<'a> {
    pub id: Number,
    pub key: &'a str,
    pub url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<&'a str>,
    pub until: Millis,
    pub left: u32,
}
