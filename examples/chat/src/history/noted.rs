//! What an entry leaves to do.

use std::time::Instant;

use super::chores::{Chores, Lapse};
use super::{Act, Applied, Deed, Done, Entry, retention};

impl Chores {
    pub(super) fn note_one<T>(&mut self, applied: &Applied<T>) {
        if let (Some(shared), Ok(done)) = (&mut self.shared, &applied.outcome) {
            shared.see(&applied.entry, done);
        }
        match (&applied.entry, &applied.outcome) {
            (
                Entry::Append(_) | Entry::Ring { .. },
                Ok(
                    done @ (Done::Appended { room, offset, repeated: false, .. }
                    | Done::TakenBack { room, offset, .. }),
                ),
            ) => {
                if matches!(done, Done::TakenBack { .. }) {
                    self.erase = true;
                    self.wal.erased(Instant::now());
                }
                // How many are kept is not at hand here: now and then a room is looked at in vain.
                let slack = retention::slack(self.keep.messages);
                if *offset > self.keep.messages.saturating_add(slack) && offset.is_multiple_of(slack + 1) {
                    self.overdue.insert(*room);
                }
            }
            // Who has ordered it may be told by another node; the index is this one's.
            (Entry::Append(_), Ok(Done::Erased { .. })) => {
                self.erase = true;
                self.wal.erased(Instant::now());
            }
            (Entry::Remove { .. }, Ok(_)) => {
                self.sweep = true;
                self.wal.erased(Instant::now());
            }
            (
                Entry::Forget { .. } | Entry::Avatar { .. } | Entry::Unremind { .. } | Entry::Unname { .. },
                Ok(_),
            ) => {
                self.wal.erased(Instant::now());
            }
            (Entry::AddToken { code: Some(_), .. }, Ok(_)) => self.lapse = Lapse::Unknown,
            (Entry::Act(Deed { act, .. }), Ok(_)) => self.note_act(act),
            _ => {}
        }
    }

    fn note_act(&mut self, act: &Act) {
        match act {
            Act::Restrain { .. } | Act::Invite { .. } | Act::OpenAdmin { .. } => self.lapse = Lapse::Unknown,
            Act::Purge { .. } | Act::Erase { .. } => {
                self.purge = true;
                self.wal.erased(Instant::now());
            }
            // With the addresses and secrets of its targets.
            Act::RemoveRoom { .. } => {
                self.sweep = true;
                self.wal.erased(Instant::now());
            }
            Act::RotateTarget { .. } => {
                self.lapse = Lapse::Unknown;
                self.wal.erased(Instant::now());
            }
            Act::DropTarget { .. } => self.wal.erased(Instant::now()),
            Act::Settle { .. } => {
                self.pictures = true;
                self.wal.erased(Instant::now());
            }
            // What was to be read until now.
            Act::Announce { .. } | Act::Alter { .. } => self.wal.erased(Instant::now()),
            Act::Role { .. }
            | Act::Op { .. }
            | Act::Kick { .. }
            | Act::Release { .. }
            | Act::EndSession { .. }
            | Act::Add { .. }
            | Act::SetDoor { .. }
            | Act::Revoke { .. }
            | Act::Accept { .. }
            | Act::Report { .. }
            | Act::Hold { .. }
            | Act::CloseAdmin { .. }
            | Act::MakeBot { .. }
            | Act::RemoveBot { .. }
            | Act::GiveKey { .. }
            | Act::RevokeKey { .. }
            | Act::AddTarget { .. } => {}
        }
    }
}
