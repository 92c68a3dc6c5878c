//! What is undone of an entry that was refused, or could not be stored.

use super::tables::Model;
use super::time::CHORES;
use crate::history::{Entry, Failure, Millis};
use crate::news::News;
use crate::rights::Lack;

impl Model {
    /// What has begun is undone.
    pub(super) fn give_up(&mut self, entry: &Entry, failure: &Failure, now: Millis) -> Vec<News> {
        match entry {
            // With other nodes somebody was faster, or the log is away: they are nobody. Nobody has heard of them.
            Entry::Arrive { person, .. } if self.is_shared() => {
                if self.ends_arriving(*person) {
                    return self.forgotten(*person, now);
                }
            }
            // They are here all the same, until they go.
            Entry::Arrive { person, .. } => {
                self.ends_arriving(*person);
                self.people.drop_token(*person);
            }
            Entry::Rename { person, name, .. } => return self.renamed(*person, name, false),
            // With the next thing that they do.
            Entry::Noticed { person } => self.people.overlook(*person),
            // They were banned meanwhile, or are a bot: they are kept, and their name is.
            Entry::Forget { person, .. }
                if matches!(failure, Failure::Lacks(Lack::Banned) | Failure::NotYours) =>
            {
                self.people.remember(*person);
                self.keep(*person);
            }
            // They have been here since; or the log is away, and they are forgotten when it is back.
            Entry::Forget { person, .. }
                if self.is_shared() && *failure != Failure::NoSuchPerson || *failure == Failure::Returned =>
            {
                self.people.remember(*person);
            }
            // What the disk cannot forget now, it forgets when it is opened next.
            Entry::Forget { person, .. } => return self.forgotten(*person, now),
            // There is always a lobby: it is stored with the next chores.
            Entry::Create { room, .. } if *room != self.lobby => drop(self.removed(*room)),
            // One that the disk does not know is gone as well.
            Entry::Remove { room } if *failure == Failure::NoSuchRoom => return self.removed(*room),
            // Somebody has joined it meanwhile, or it is tried again.
            Entry::Remove { room } => {
                if self.rooms.get(*room).is_some() && self.members(*room).is_empty() {
                    self.rooms.empty(*room, now + CHORES);
                }
            }
            // It was not even on its way.
            Entry::MarkRead { room, person, .. } if *failure == Failure::Busy => {
                self.unsaved.insert(*person, *room);
            }
            Entry::Marks { marks } if *failure == Failure::Busy => self.unsaved.put_back(marks),
            Entry::Act(deed) => self.give_up_act(deed, failure),
            Entry::Robot { robot: Some(robot), .. } => return self.give_up_robot(robot),
            Entry::Robot { robot: None, .. } => {}
            Entry::Append(append) => self.outside.undo_call(append),
            Entry::Ring { reminder, .. } => self.outside.give_up_ringing(*reminder, failure, now),
            Entry::Create { .. }
            | Entry::Seen { .. }
            | Entry::Renew { .. }
            | Entry::Join { .. }
            | Entry::Leave { .. }
            | Entry::MarkRead { .. }
            | Entry::Marks { .. }
            | Entry::Prune { .. }
            | Entry::Sweep { .. }
            | Entry::AddToken { .. }
            | Entry::SeeSession { .. }
            | Entry::Avatar { .. }
            | Entry::Lapse { .. }
            | Entry::Unname { .. }
            | Entry::Purged { .. }
            | Entry::ForgetActs { .. }
            | Entry::BanAddresses { .. }
            | Entry::SetLevel { .. }
            | Entry::SeeKey { .. }
            | Entry::Dispatch { .. }
            | Entry::Delivered { .. }
            | Entry::Postponed { .. }
            | Entry::Dropped { .. }
            | Entry::Remind { .. }
            | Entry::Unremind { .. }
            | Entry::GiveUpPictures { .. }
            | Entry::ForgetReceipts { .. }
            | Entry::Reserve { .. }
            | Entry::Compare(_) => {}
        }
        Vec::new()
    }
}
