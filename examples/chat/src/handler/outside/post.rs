//! The parts that something takes to go out.

use std::collections::HashMap;

use pollcat::TimerId;

use crate::history::{Millis, PersonId};
use crate::model::Model;
use crate::news::News;
use crate::pace::{Pace, Rate};
use crate::postman::Postman;
use crate::sender::Sender;
use crate::tickets::Errand;
use crate::voices::json::targets;

pub(in crate::handler) struct Post {
    pub postman: Postman,
    /// `None`: nothing goes out.
    pub sender: Option<Sender<Errand>>,
    /// Until a target may be used again.
    pub timer: Option<TimerId>,
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
            sender: None,
            timer: None,
            tries: HashMap::new(),
        }
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

    /// Something has happened.
    pub(in crate::handler) fn hear(&mut self, model: &Model, news: &News) {
        self.postman.hear(model, news);
    }
}
