//! Who asks the robot, and how often; and how there comes to be one. Nobody but people is answered, so two robots do not talk for
//! ever.

use std::collections::HashMap;

use crate::history::{Event, Failure, Millis, Number, PersonId, RoomId};
use crate::ledger::Ledger;
use crate::model::Model;
use crate::news::News;
use crate::pace::{Pace, Rate};
use crate::robot::Zone;
use crate::run::clock::ticks;
use crate::run::settings::Settings;
use crate::tickets::Waiting;

/// Answers in a minute. Beyond that it is silent.
const FOR_ONE: Rate = Rate { per_second: 10, burst: 10 };
const IN_ROOM: Rate = Rate { per_second: 30, burst: 30 };
/// What a pace has for a second is a minute here.
const SLOWER: Millis = 60;
/// Somebody is told once in so long what it knows, if they did not ask for it.
const HINTS: Millis = 60_000;
/// A reminder that comes so long after its time is late.
const LATE: Millis = 60_000;
/// So many buckets are kept before the full ones are forgotten.
const BUCKETS: usize = 1_000;

pub(in crate::handler) struct Robot {
    pub zone: Zone,
    has_hook: bool,
    /// What it was asked in this turn.
    questions: Vec<(RoomId, Event)>,
    people: HashMap<PersonId, Pace>,
    rooms: HashMap<RoomId, Pace>,
    /// Who was told last what it knows.
    hints: HashMap<PersonId, Millis>,
    /// Reminders that were due while nobody could be reminded, or may not be said now: until when they wait.
    pub late: HashMap<Number, Millis>,
}

/// The robot that the settings want, on its way to the disk.
///
/// # Errors
///
/// Nobody can be called so.
pub(in crate::handler) fn begin(
    settings: &Settings,
    model: &mut Model,
    ledger: &mut Ledger,
) -> Result<Robot, String> {
    let at = ledger.calendar().now();
    let wish = settings.robot.as_deref().map(|name| (name, settings.robot_hook.is_some()));
    let entry = model.robot_entry(wish, at).map_err(|refusal| match wish {
        Some((name, _)) => format!("the robot cannot be called {name}: {}", refusal.words),
        None => refusal.words,
    })?;
    // Of several nodes the one that holds the chores makes it, and retires it.
    let is_ours = !ledger.is_shared() || (wish.is_some() && model.robot().is_some());
    if let Some(entry) = entry.filter(|_| is_ours) {
        model.begin(&entry);
        if let Err((entry, _)) = ledger.write(entry, Waiting::Nobody) {
            model.apply(&entry, &Err(Failure::Busy), ticks());
        }
    }
    Ok(Robot {
        zone: Zone::here(),
        has_hook: settings.robot_hook.is_some(),
        questions: Vec::new(),
        people: HashMap::new(),
        rooms: HashMap::new(),
        hints: HashMap::new(),
        late: late(model, at),
    })
}

/// Those that were due while the chat did not run: it is this time by the calendar.
fn late(model: &Model, at: Millis) -> HashMap<Number, Millis> {
    let late = model.reminders().filter(|(_, reminder)| reminder.due.saturating_add(LATE) < at);
    late.map(|(number, _)| (number, Millis::MIN)).collect()
}

impl Robot {
    /// Something has happened: if it is a question, it is answered in this turn.
    pub(in crate::handler) fn hear(&mut self, model: &Model, news: &News) {
        let News::Said { room, event } = news else { return };
        // With a hook it is first looked at whose question it is.
        if is_question(model, event) && (self.has_hook || self.take(event.author, *room, ticks())) {
            self.questions.push((*room, event.clone()));
        }
    }

    pub(super) fn set_hook(&mut self, has_hook: bool) {
        self.has_hook = has_hook;
    }

    pub(super) fn has_hook(&self) -> bool {
        self.has_hook
    }

    pub(super) fn questions(&mut self) -> Vec<(RoomId, Event)> {
        std::mem::take(&mut self.questions)
    }

    pub(super) fn tidy(&mut self, now: Millis) {
        self.people.retain(|_, pace| !pace.is_full(slow(now), &FOR_ONE));
        self.rooms.retain(|_, pace| !pace.is_full(slow(now), &IN_ROOM));
        self.hints.retain(|_, at| *at + HINTS > now);
    }

    /// Is it not too often?
    pub(super) fn take(&mut self, person: PersonId, room: RoomId, now: Millis) -> bool {
        if self.people.len().max(self.rooms.len()) > BUCKETS {
            self.tidy(now);
        }
        let pace = self.people.entry(person).or_default();
        if pace.take(slow(now), 1, &FOR_ONE).is_err() {
            return false;
        }
        let is_free = self.rooms.entry(room).or_default().take(slow(now), 1, &IN_ROOM).is_ok();
        if !is_free {
            pace.give_back(1);
        }
        is_free
    }

    pub(super) fn may_hint(&mut self, person: PersonId, now: Millis) -> bool {
        let is_due = self.hints.get(&person).is_none_or(|at| *at + HINTS <= now);
        if is_due {
            self.hints.insert(person, now);
        }
        is_due
    }
}

fn slow(now: Millis) -> u64 {
    now.unsigned_abs() / SLOWER.unsigned_abs()
}

/// Is it for the robot, and by somebody who is none?
pub(super) fn is_question(model: &Model, event: &Event) -> bool {
    let is_asked = model.robot().is_some_and(|robot| event.mentions.contains(&robot));
    is_asked && !model.is_bot(event.author) && event.what.words().is_some()
}
