//! The parts that something takes to go out.

use std::collections::HashMap;

use pollcat::TimerId;

use crate::history::{Entry, Millis, Outcome, PersonId};
use crate::model::Model;
use crate::news::News;
use crate::pace::{Pace, Rate};
use crate::postman::Postman;
use crate::sender::Sender;
use crate::tickets::Errand;
use crate::voices::json::targets;

pub(in crate::handler) struct Post {
    pub postman: Postman,
    /// Of several nodes one sends what goes out: it is this one.
    pub is_ours: bool,
    /// `None`: nothing goes out.
    pub sender: Option<Sender<Errand>>,
    /// Until a target may be used again.
    pub timer: Option<TimerId>,
    /// Something has changed of what goes out: it is looked at when all of this turn is known.
    is_due: bool,
    /// Who has tried targets lately.
    tries: HashMap<PersonId, Pace>,
}

/// Tries of one person, in a minute: each takes a place among what is slow, perhaps for as long as anything may take, and whoever
/// gets it counts it to the whole chat.
const TRIES: Rate = Rate { per_second: 10, burst: 10 };
/// What a pace has for a second is a minute here.
const SLOWER: u64 = 60;

impl Post {
    pub(in crate::handler) fn new(model: &Model) -> Self {
        Post {
            postman: Postman::new(model, targets::interval),
            is_ours: true,
            sender: None,
            timer: None,
            is_due: false,
            tries: HashMap::new(),
        }
    }

    /// As after a start.
    pub(super) fn begin_anew(&mut self, model: &Model) {
        self.postman = Postman::new(model, targets::interval);
    }

    pub(in crate::handler) fn set_sender(&mut self, sender: Sender<Errand>) {
        self.sender = Some(sender);
    }

    /// May they try a target?
    ///
    /// # Errors
    ///
    /// Not before so many milliseconds.
    pub(super) fn try_out(&mut self, person: PersonId, now: Millis) -> Result<(), Millis> {
        let slow = now.unsigned_abs() / SLOWER;
        self.tries.retain(|_, pace| !pace.is_full(slow, &TRIES));
        let wait = self.tries.entry(person).or_default().take(slow, 1, &TRIES);
        wait.map_err(|wait| Millis::try_from(wait.0.saturating_mul(SLOWER)).unwrap_or(Millis::MAX))
    }

    /// The history has carried an entry out, or has not.
    pub(super) fn applied(&mut self, model: &Model, entry: &Entry, outcome: &Outcome, now: Millis) {
        let is_about_it = match entry {
            Entry::Dispatch { .. }
            | Entry::Delivered { .. }
            | Entry::Postponed { .. }
            | Entry::Dropped { .. } => {
                self.postman.noted(entry, outcome, now);
                true
            }
            // What the robot is asked is on its way out by then. Of all else that is said nothing is looked at anew.
            Entry::Append(append) => model.robot().is_some_and(|robot| append.mentions.contains(&robot)),
            _ => false,
        };
        // What the disk does not take is not offered again at once: that would go round and round.
        self.is_due |= is_about_it && outcome.is_ok();
    }

    /// Is there something to be looked at? That is asked once.
    pub(super) fn take_due(&mut self) -> bool {
        std::mem::take(&mut self.is_due)
    }

    /// Something has happened.
    pub(in crate::handler) fn hear(&mut self, model: &Model, news: &News) {
        self.postman.hear(model, news);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Delivery, Done, Failure, Loaded};
    use crate::model::Rules;

    /// A whole room is called together: each entry of the batch changes what goes out.
    #[test]
    fn what_goes_out_is_looked_at_once_for_a_batch_and_not_for_what_the_disk_refuses() {
        let rules = Rules {
            max_name: 24,
            max_room_name: 24,
            max_message: 40,
            max_people: 9,
            max_rooms: 5,
            max_rooms_per_person: 3,
            max_members: 9,
            recent: 20,
            hook_rate: 60,
            push_hosts: Vec::new(),
        };
        let model = Model::new(rules, Loaded::default(), 0, "e");
        let mut post = Post::new(&model);
        let delivery = Delivery { target: 1, room: 1, upto: 1 };
        let mut apply = |outcome: &Outcome| {
            (0..256).for_each(|_| post.applied(&model, &Entry::Delivered { delivery }, outcome, 0));
            (0..3).map(|_| post.take_due()).collect::<Vec<_>>()
        };
        assert_eq!(apply(&Ok(Done::Kept)), [true, false, false]);
        assert_eq!(apply(&Err(Failure::Storage("full".into()))), [false; 3]);
    }
}
