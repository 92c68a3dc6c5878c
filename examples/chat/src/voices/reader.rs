//! Who reads an answer, and what of it depends on that.

use crate::history::{Millis, PersonId, RoomId};

pub(crate) struct Reader<'a> {
    /// Under which they want the answer.
    pub id: Option<&'a str>,
    pub person: Option<PersonId>,
    pub now: Millis,
    /// Does a room hear numbers, and not of each who comes and goes?
    pub is_crowd: &'a dyn Fn(RoomId) -> bool,
}
