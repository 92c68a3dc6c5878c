//! Two nodes may make the same room at once, for two people who want it: a public room, or their private talk. It is that of the node
//! which was faster, and what the other one was to do with its own is done there.

use super::decide::{By, Deciding, Moment};
use super::tables::Model;
use crate::history::{Act, Append, Deed, Entry, RoomId};
use crate::refusal::Refusal;

impl Model {
    /// What is done instead with the room that is found by this key, and which one that is. `None`: there is none, or it is not for
    /// that.
    ///
    /// # Errors
    ///
    /// They do not come in there.
    pub(crate) fn instead(
        &self,
        entry: &Entry,
        key: &str,
        moment: Moment<'_>,
    ) -> Result<Option<(Entry, RoomId)>, Refusal> {
        let Some(room) = self.rooms.named(key).filter(|room| !room.is_private()) else {
            return Ok(None);
        };
        let there = |append: &Append| Append { room: room.id(), ..append.clone() };
        let entry = match entry {
            &Entry::Join { person, .. } => {
                if room.is_public() && !self.is_member(person, room.id()) {
                    let by = By { person, here: room.id(), key: None, alias: None };
                    Deciding { model: self, by, moment, sees_all: false }.check_full(room)?;
                }
                Entry::Join { room: room.id(), person, read: room.last() }
            }
            Entry::Append(append) => Entry::Append(there(append)),
            Entry::Act(Deed { by, at, reason, act: Act::Hold { said } }) => {
                let act = Act::Hold { said: Box::new(there(said)) };
                Entry::Act(Deed { by: *by, at: *at, reason: reason.clone(), act })
            }
            _ => return Ok(None),
        };
        Ok(Some((entry, room.id())))
    }
}
