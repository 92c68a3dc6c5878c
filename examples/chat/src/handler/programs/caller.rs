//! Who comes by HTTP: a key, and the bot whose it is.

use crate::history::{KeyHash, KeyKind, Number, PersonId, RoomId};

/// Who has a key that there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::handler) struct Caller {
    pub key: Number,
    pub hash: KeyHash,
    pub kind: KeyKind,
    pub bot: PersonId,
    /// Of a hook.
    pub room: Option<RoomId>,
    /// Messages in a minute.
    pub pace: u32,
}
