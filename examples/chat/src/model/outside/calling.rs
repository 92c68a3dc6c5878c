//! Who may call all in a room, and when: that is done once in a while.

use crate::history::RoomId;
use crate::model::decide::Deciding;
use crate::refusal::Refusal;
use crate::rights::InRoom;

impl Deciding<'_> {
    /// May they call all who are in a room? No program does: what comes from outside is loud enough.
    pub(in crate::model) fn may_call(self, room: RoomId) -> bool {
        // A private talk that begins is not in the tables yet.
        self.model.rooms.get(room).is_some()
            && self.check_no_bot("").is_ok()
            && self.check_room(room, InRoom::Call, None).is_ok()
    }

    pub(in crate::model) fn check_call(self, room: RoomId) -> Result<(), Refusal> {
        let called = &self.model.outside.called;
        if called.is_same(room, self.by.person, self.by.key) {
            return Ok(());
        }
        match called.until(room, self.moment.at) {
            Some(until) => Err(Refusal::called_lately(until, self.moment.at)),
            None => Ok(()),
        }
    }
}
