//! What nodes say to one another that is over in a moment, and is lost if nobody listens.

use serde::{Deserialize, Serialize};

use crate::history::{KeyHash, PersonId, RoomId};

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
}

impl Saying {
    /// It is over in a moment, and need not be heard.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(self, Saying::Typing { .. })
    }

    pub(crate) fn to_text(&self) -> String {
        serde_json::to_string(self).expect("there is nothing in it that JSON has not")
    }

    /// `None`: a newer version says something that is not known here.
    pub(crate) fn of_text(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}
