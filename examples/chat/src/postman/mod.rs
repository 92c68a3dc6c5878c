//! The postman: what goes out when, to whom, and what becomes of it if it does not arrive. Pure: it reads the model's tables, time
//! and chance are arguments, and what it comes to are entries for the history and deliveries to be sent.
//!
//! ```text
//!   news ─▶ hear ─▶ plan ─▶ Dispatch ─▶ history ─▶ a delivery in the model's tables
//!                                                        │
//!                        ┌──────────── next ◀────────────┘   due, and its target is free
//!                        ▼
//!                     the sender ─▶ outcome ─▶ judge ─▶ Delivered, Postponed, Dropped ─▶ history
//! ```
//!
//! Nothing is written for this when something is said. What somebody has not read is on disk anyhow, and how far a room has gone
//! out is a place in it; so what was said is never forgotten, and a room in which much is said costs its targets one entry for a
//! hundred messages. A delivery is made before it is sent for the first time, and keeps its name: whoever gets it twice can see that.
//!
//! | file | what it knows |
//! |---|---|
//! | `people.rs` | who is to be told of what, while they are away |
//! | `rooms.rs` | what goes out of rooms |
//! | `now.rs` | two clocks, and how long a disk that takes nothing is left alone |
//! | `sending.rs` | which delivery is sent next |
//! | `verdict.rs` | what an outcome means |

mod now;
mod people;
mod rooms;
mod sending;
#[cfg(test)]
mod tests;
mod verdict;

use crate::history::{self, Delivery, Entry, Millis, Shape};
use crate::model::Model;
use crate::news::News;
use crate::sender::Outcome;
pub(crate) use now::Now;
use people::People;
use rooms::Rooms;
pub(crate) use rooms::{BITE, looked_up_after};
use sending::Sending;
pub(crate) use sending::Step;
pub(crate) use verdict::name;

#[derive(Debug)]
pub(crate) struct Postman {
    people: People,
    rooms: Rooms,
    sending: Sending,
}

impl Postman {
    /// `interval`: so many milliseconds are between two deliveries to a target of this shape.
    pub(crate) fn new(model: &Model, interval: fn(Shape) -> Millis) -> Self {
        Postman {
            people: People::new(model),
            rooms: Rooms::new(model),
            sending: Sending::new(model, interval),
        }
    }

    /// Something has happened. This takes no longer however many targets there are.
    pub(crate) fn hear(&mut self, model: &Model, news: &News) {
        if !model.has_targets() {
            return;
        }
        match news {
            News::Said { room, .. } => {
                self.people.note_said(*room);
                self.rooms.note_said(*room);
            }
            News::Read { room, person, .. } => self.people.note_read(*room, *person),
            News::Went { person } => self.people.note_went(*person),
            News::Level { person, .. } => self.people.note_went(*person),
            _ => {}
        }
    }

    /// What is to go out from now on: entries that make deliveries.
    pub(crate) fn plan(&mut self, model: &Model, now: Now) -> Vec<Entry> {
        let mut entries = self.people.plan(model, now);
        entries.extend(self.rooms.plan(model, now, |target| self.sending.is_ready(target, now.ticks)));
        entries
    }

    /// An entry of the postman's has come back from the history, or did not even get there. What could not be written comes again.
    pub(crate) fn noted(&mut self, entry: &Entry, outcome: &history::Outcome, now: Millis) {
        match entry {
            Entry::Dispatch { whom: Some(person), room, .. } => self.people.planned(*person, *room),
            Entry::Dispatch { whom: None, targets, room, .. } => {
                targets.iter().for_each(|target| self.rooms.planned(*target, *room, outcome, now));
            }
            _ => self.sending.settled(entry, outcome, now),
        }
    }

    /// When something is to be looked at again, if nothing happens before: sooner than the next tick.
    pub(crate) fn next_time(&self, now: Millis) -> Option<Millis> {
        self.sending.next_time(now)
    }

    // ---- what is sent

    /// What is due now.
    pub(crate) fn next(&mut self, model: &Model, now: Now) -> Vec<Step> {
        self.sending.next(model, now)
    }

    /// It could not be handed to the sender, or what it is about could not be read: it is tried again.
    pub(crate) fn put_back(&mut self, delivery: Delivery) {
        self.sending.put_back(delivery);
    }

    /// There is nothing to be said any more: the entry that notes it.
    pub(crate) fn drop_empty(&mut self, delivery: Delivery) -> Entry {
        self.sending.drop_empty(delivery)
    }

    /// What has come of it, and whether that took long: the entry that notes it, if there is still something to note. `chance` is any number.
    pub(crate) fn judge(
        &mut self,
        model: &Model,
        delivery: Delivery,
        came: (&Outcome, bool),
        now: Now,
        chance: u64,
    ) -> Option<Entry> {
        self.sending.judge(model, delivery, came, now, chance)
    }
}
