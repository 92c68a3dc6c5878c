//! Which delivery is sent next: what is due, one at a time for each target, at its pace; and those that did not arrive lately do
//! not take the others' turn.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::now::{DISK_PAUSE, Now};
use super::verdict::{DAY, asked, unanswered, verdict};
use crate::history::{Delivery, Entry, Millis, Number, Outcome as Noted, ROBOT_HOOK, Shape, StoredDelivery};
use crate::model::Model;
use crate::sender::Outcome;

/// So many are with the sender at once; and of those whose target did not answer lately, or never has.
const AT_ONCE: usize = 32;
const SLOW_AT_ONCE: usize = 8;
/// Questions to the program that answers for the robot; and how many wait for their turn.
const QUESTIONS_AT_ONCE: usize = 4;
const QUESTIONS: usize = 100;

#[derive(Debug)]
pub(super) struct Sending {
    interval: fn(Shape) -> Millis,
    /// With the sender, and whether its target was slow then.
    away: HashMap<Delivery, bool>,
    /// When a target may be used next.
    next: HashMap<Number, Millis>,
    /// Targets that have answered well when they were last used.
    well: HashSet<Number>,
    /// What has come of it is on its way to the disk.
    settling: BTreeSet<Delivery>,
    /// The same, but the disk did not take it: when it is told again, and what.
    untold: BTreeMap<Delivery, (Millis, Entry)>,
}

impl Sending {
    pub(super) fn new(model: &Model, interval: fn(Shape) -> Millis) -> Self {
        let is_well = model.targets().filter(|stored| stored.sent > 0 && stored.fault.is_none());
        Sending {
            interval,
            away: HashMap::new(),
            next: HashMap::new(),
            well: is_well.map(|stored| stored.number).collect(),
            settling: BTreeSet::new(),
            untold: BTreeMap::new(),
        }
    }

    pub(super) fn is_ready(&self, target: Number, now: Millis) -> bool {
        self.next.get(&target).is_none_or(|next| *next <= now)
    }

    pub(super) fn next_time(&self, now: Millis) -> Option<Millis> {
        self.next.values().copied().filter(|next| *next > now).min()
    }

    fn is_slow(&self, target: Number) -> bool {
        !self.well.contains(&target)
    }

    fn is_busy(&self, target: Number) -> bool {
        target != ROBOT_HOOK && self.away.keys().any(|delivery| delivery.target == target)
    }

    /// Has the sender room for another one like this?
    fn has_room(&self, target: Number) -> bool {
        let slow = self.away.values().filter(|slow| **slow).count();
        let questions = self.away.keys().filter(|delivery| delivery.target == ROBOT_HOOK).count();
        (target != ROBOT_HOOK || questions < QUESTIONS_AT_ONCE)
            && (!self.is_slow(target) || slow < SLOW_AT_ONCE)
    }

    fn is_under_way(&self, delivery: Delivery) -> bool {
        self.away.contains_key(&delivery) || self.settling.contains(&delivery)
    }
}

/// What is to be done with a delivery that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// It is to be sent. Its target did not answer lately, if it is slow.
    Send { delivery: Delivery, is_slow: bool },
    /// There is nothing left to say, or too much: so it is noted.
    Note(Entry),
}

impl Sending {
    /// What is due now.
    pub(super) fn next(&mut self, model: &Model, now: Now) -> Vec<Step> {
        self.next.retain(|_, next| *next > now.ticks);
        let mut steps: Vec<Step> = self.tell_again(model, now).into_iter().map(Step::Note).collect();
        steps.extend(self.drop_questions(model, now).map(Step::Note));
        for stored in due(model, now.calendar) {
            // All that is behind waits its turn, however much it is.
            if self.away.len() >= AT_ONCE {
                break;
            }
            let delivery = stored.delivery;
            if self.is_under_way(delivery) {
                continue;
            }
            if is_needless(model, stored) {
                self.settling.insert(delivery);
                steps.push(Step::Note(Entry::Dropped { delivery, fault: None, is_off: false }));
                continue;
            }
            let is_free = !self.is_busy(delivery.target) && self.is_ready(delivery.target, now.ticks);
            if !is_free || !self.has_room(delivery.target) {
                continue;
            }
            let is_slow = self.is_slow(delivery.target);
            self.away.insert(delivery, is_slow);
            if let Some(stored) = model.target(delivery.target) {
                let interval = (self.interval)(stored.target.shape);
                self.next.insert(delivery.target, now.ticks + interval);
            }
            steps.push(Step::Send { delivery, is_slow });
        }
        steps
    }

    /// The oldest questions, if too many wait.
    fn drop_questions(&mut self, model: &Model, now: Now) -> impl Iterator<Item = Entry> {
        let mut questions: Vec<&StoredDelivery> = model
            .questions()
            .filter(|stored| is_due(stored, now.calendar) && !self.is_under_way(stored.delivery))
            .collect();
        let too_many = questions.len().saturating_sub(QUESTIONS);
        questions.sort_by_key(|stored| (stored.due, stored.delivery));
        let dropped: Vec<Delivery> = questions.iter().take(too_many).map(|stored| stored.delivery).collect();
        self.settling.extend(&dropped);
        dropped.into_iter().map(|delivery| Entry::Dropped { delivery, fault: None, is_off: false })
    }

    /// It could not be handed to the sender, or what it is about could not be read: it is tried again.
    pub(super) fn put_back(&mut self, delivery: Delivery) {
        self.away.remove(&delivery);
    }

    /// There is nothing to be said any more: the entry that notes it.
    pub(super) fn drop_empty(&mut self, delivery: Delivery) -> Entry {
        self.away.remove(&delivery);
        self.settling.insert(delivery);
        Entry::Dropped { delivery, fault: None, is_off: false }
    }

    /// What has come of it, and whether that took long: the entry that notes it. `chance` is any number.
    pub(super) fn judge(
        &mut self,
        model: &Model,
        delivery: Delivery,
        (outcome, was_slow): (&Outcome, bool),
        now: Now,
        chance: u64,
    ) -> Option<Entry> {
        self.away.remove(&delivery);
        let entry = verdict(model.delivery(delivery)?, outcome, now.calendar, chance);
        match &entry {
            Entry::Delivered { .. } if !was_slow => _ = self.well.insert(delivery.target),
            _ => _ = self.well.remove(&delivery.target),
        }
        // Whoever asks for time does not ask for one delivery only.
        if let Some(wait) = asked(outcome).filter(|_| matches!(entry, Entry::Postponed { .. })) {
            let next = self.next.entry(delivery.target).or_default();
            *next = (*next).max(now.ticks + wait);
        }
        self.settling.insert(delivery);
        Some(entry)
    }

    /// What has come of it is on disk. Or it could not be written: then the disk is told again after a while, and this delivery does
    /// not go out meanwhile, though others to its target do. It has got it perhaps, and not everybody sees that it is the same.
    pub(super) fn settled(&mut self, entry: &Entry, noted: &Noted, now: Millis) {
        let Some(delivery) = delivery_of(entry) else { return };
        if noted.is_ok() {
            self.settling.remove(&delivery);
        } else if self.settling.contains(&delivery) {
            self.untold.insert(delivery, (now + DISK_PAUSE, entry.clone()));
        }
    }

    /// What the disk is to be told again now.
    fn tell_again(&mut self, model: &Model, now: Now) -> Vec<Entry> {
        let is_due = |(_, (at, _)): &(&Delivery, &(Millis, Entry))| *at <= now.ticks;
        let due: Vec<Delivery> = self.untold.iter().filter(is_due).map(|(delivery, _)| *delivery).collect();
        let mut entries = Vec::new();
        for delivery in due {
            let Some((_, entry)) = self.untold.remove(&delivery) else { continue };
            match model.delivery(delivery) {
                Some(stored) => entries.push(still_so(stored, entry, now)),
                // Its room is gone, or its target.
                None => _ = self.settling.remove(&delivery),
            }
        }
        entries
    }
}

fn delivery_of(entry: &Entry) -> Option<Delivery> {
    match entry {
        Entry::Delivered { delivery }
        | Entry::Postponed { delivery, .. }
        | Entry::Dropped { delivery, .. } => Some(*delivery),
        _ => None,
    }
}

/// What a program has answered for the robot was not written either: the program is asked again, if it is not too late by now.
fn still_so(stored: &StoredDelivery, entry: Entry, now: Now) -> Entry {
    match entry {
        Entry::Delivered { delivery } | Entry::Postponed { delivery, .. }
            if delivery.target == ROBOT_HOOK =>
        {
            unanswered(stored, now.calendar)
        }
        entry => entry,
    }
}

/// Nothing waits for more than a day: whatever seems to, was put off while the calendar was ahead.
fn is_due(stored: &StoredDelivery, now: Millis) -> bool {
    stored.due <= now || is_ahead(stored, now)
}

fn is_ahead(stored: &StoredDelivery, now: Millis) -> bool {
    stored.due.saturating_sub(now) > DAY
}

/// What is due now. The others are not looked at.
fn due(model: &Model, now: Millis) -> impl Iterator<Item = &StoredDelivery> {
    let due = model.deliveries().take_while(move |stored| stored.due <= now);
    due.chain(model.deliveries().rev().take_while(move |stored| is_ahead(stored, now)))
}

/// Have they read it meanwhile, or come back? Or is the target not there any more?
fn is_needless(model: &Model, stored: &StoredDelivery) -> bool {
    let Delivery { target, room, upto } = stored.delivery;
    if target == ROBOT_HOOK {
        return false;
    }
    let Some(target) = model.target(target) else { return true };
    let is_read = |person| {
        !model.may_be_told(person, room)
            || model.mark(person, room).is_none_or(|mark| mark.read() >= upto)
            || model.person(person).is_none_or(|person| person.is_here())
    };
    target.is_off || target.target.serves.person().is_some_and(is_read)
}
