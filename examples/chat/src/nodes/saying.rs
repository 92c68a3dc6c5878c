//! What nodes say to one another that is over in a moment, and is lost if nobody listens.

use serde::{Deserialize, Serialize};

use crate::history::{By, KeyHash, Millis, Number, PersonId, RoomId};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Saying {
    Typing {
        room: RoomId,
        person: PersonId,
    },
    /// Somebody has a code for another device, of which this is the hash.
    Link {
        person: PersonId,
        code: KeyHash,
    },
    /// It is used, or worth nothing any more.
    Unlink {
        person: PersonId,
    },
    /// What this node has of the admin page: keys that are good, and sessions that are or were lately used here.
    Admins {
        keys: Vec<AdminKey>,
        sessions: Vec<AdminSession>,
    },
}

/// A key of a link to the admin page, by its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AdminKey {
    pub hash: KeyHash,
    pub by: By,
    /// It is good for so long still.
    pub left: Millis,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AdminSession {
    pub number: Number,
    /// So long ago something was done by it at this node, if that was lately.
    pub idle: Option<Millis>,
    /// It has a window here.
    pub is_here: bool,
}

impl Saying {
    /// It is over in a moment, or said again, and need not be heard.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(self, Saying::Typing { .. } | Saying::Admins { .. })
    }

    pub(crate) fn to_text(&self) -> String {
        serde_json::to_string(self).expect("there is nothing in it that JSON has not")
    }

    /// `None`: a newer version says something that is not known here.
    pub(crate) fn of_text(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}
