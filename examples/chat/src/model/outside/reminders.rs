//! What somebody wants to be reminded of, and what is due. It is due when so much time has gone by, on a clock that nobody can set,
//! or by the calendar, if that can be believed: whichever is first. At a time of the clock on the wall it is due by the calendar,
//! as long as there is one.

use std::collections::{BTreeMap, BTreeSet};

use crate::history::{Failure, Millis, Number, PersonId, Reminder, RoomId};

/// What could not be said is tried again then.
const AGAIN: Millis = 5_000;

#[derive(Debug, Default)]
pub(super) struct Reminders {
    all: BTreeMap<Number, Live>,
    of: BTreeSet<(PersonId, Number)>,
    /// By the calendar.
    by_date: BTreeSet<(Millis, Number)>,
    /// By the clock that nobody can set: those that are due after a while, and those at a time of the clock.
    after_a_while: BTreeSet<(Millis, Number)>,
    by_clock: BTreeSet<(Millis, Number)>,
}

#[derive(Debug)]
struct Live {
    reminder: Reminder,
    /// By the clock that nobody can set.
    rings: Option<Millis>,
    /// It is on its way, or was in vain until then.
    is_ringing: bool,
    not_before: Millis,
}

impl Reminders {
    pub(super) fn new(stored: Vec<(Number, Reminder)>) -> Self {
        let mut reminders = Reminders::default();
        stored.into_iter().for_each(|(number, reminder)| reminders.insert(number, reminder, None));
        reminders
    }

    fn insert(&mut self, number: Number, reminder: Reminder, rings: Option<Millis>) {
        self.remove(number);
        self.of.insert((reminder.person, number));
        self.by_date.insert((reminder.due, number));
        let live = Live { reminder, rings: None, is_ringing: false, not_before: Millis::MIN };
        self.all.insert(number, live);
        rings.into_iter().for_each(|rings| self.set(number, rings));
    }

    fn set(&mut self, number: Number, rings: Millis) {
        let Some(live) = self.all.get_mut(&number) else { return };
        let row = if live.reminder.is_by_clock { &mut self.by_clock } else { &mut self.after_a_while };
        live.rings.replace(rings).into_iter().for_each(|old| _ = row.remove(&(old, number)));
        row.insert((rings, number));
    }

    /// It was made so long before it is due.
    pub(super) fn made(&mut self, number: Number, reminder: Reminder, now: Millis) {
        let rings = now.saturating_add(reminder.due.saturating_sub(reminder.made));
        self.insert(number, reminder, Some(rings));
    }

    /// At the start it is this time by the calendar.
    pub(super) fn start(&mut self, at: Millis, now: Millis) {
        let late: Vec<(Number, Millis)> = self
            .all
            .iter()
            .filter(|(_, it)| it.rings.is_none())
            .map(|(&n, it)| {
                // By a clock that was set back meanwhile nobody waits for longer than they wanted.
                let (due, made) = (it.reminder.due, it.reminder.made);
                (n, due.saturating_sub(at).min(due.saturating_sub(made)))
            })
            .collect();
        for (number, wait) in late {
            self.set(number, now.saturating_add(wait));
        }
    }

    pub(super) fn remove(&mut self, number: Number) {
        let Some(Live { reminder, rings, .. }) = self.all.remove(&number) else { return };
        self.of.remove(&(reminder.person, number));
        self.by_date.remove(&(reminder.due, number));
        if let Some(rings) = rings {
            self.after_a_while.remove(&(rings, number));
            self.by_clock.remove(&(rings, number));
        }
    }

    pub(super) fn remove_each(&mut self, is_gone: impl Fn(&Reminder) -> bool) {
        let gone: Vec<Number> = self.iter().filter(|(_, it)| is_gone(it)).map(|(number, _)| number).collect();
        gone.into_iter().for_each(|number| self.remove(number));
    }

    pub(super) fn remove_of(&mut self, person: PersonId, room: RoomId) {
        let theirs: Vec<Number> =
            self.of(person).filter(|(_, it)| it.room == room).map(|(number, _)| number).collect();
        theirs.into_iter().for_each(|number| self.remove(number));
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Number, &Reminder)> {
        self.all.iter().map(|(number, live)| (*number, &live.reminder))
    }

    pub(super) fn of(&self, person: PersonId) -> impl Iterator<Item = (Number, &Reminder)> {
        let theirs = self.of.range((person, Number::MIN)..=(person, Number::MAX));
        theirs.filter_map(|(_, number)| Some((*number, &self.all.get(number)?.reminder)))
    }

    pub(super) fn get(&self, number: Number) -> Option<&Reminder> {
        self.all.get(&number).map(|live| &live.reminder)
    }

    pub(super) fn begin_to_ring(&mut self, number: Number) {
        if let Some(live) = self.all.get_mut(&number) {
            live.is_ringing = true;
        }
    }

    /// It was not said. One that the history does not know is gone here, too.
    pub(super) fn rings_no_more(&mut self, number: Number, failure: &Failure, now: Millis) {
        if *failure == Failure::NoSuchReminder {
            return self.remove(number);
        }
        if let Some(live) = self.all.get_mut(&number) {
            (live.is_ringing, live.not_before) = (false, now + AGAIN);
        }
    }

    pub(super) fn due(&self, now: Millis, today: Option<Millis>) -> BTreeSet<Number> {
        let up_to = |row: &BTreeSet<(Millis, Number)>, time: Millis| -> Vec<Number> {
            row.iter().take_while(|&&(due, _)| due <= time).map(|&(_, number)| number).collect()
        };
        let mut due = up_to(&self.after_a_while, now);
        due.extend(match today {
            Some(today) => up_to(&self.by_date, today),
            None => up_to(&self.by_clock, now),
        });
        let is_free = |live: &Live| !live.is_ringing && live.not_before <= now;
        due.into_iter().filter(|number| self.all.get(number).is_some_and(is_free)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MADE: Millis = 1_000_000;
    const NONE: [Number; 0] = [];

    fn reminder(ahead: Millis, is_by_clock: bool) -> Reminder {
        Reminder { person: 3, room: 1, made: MADE, due: MADE + ahead, is_by_clock, text: "tea".into() }
    }

    fn due(reminders: &Reminders, now: Millis, today: Option<Millis>) -> Vec<Number> {
        reminders.due(now, today).into_iter().collect()
    }

    #[test]
    fn after_a_while_is_by_either_clock() {
        let mut reminders = Reminders::default();
        reminders.made(7, reminder(600, false), 50);
        assert_eq!(due(&reminders, 649, Some(MADE + 599)), NONE);
        assert_eq!(due(&reminders, 650, Some(MADE)), [7], "the clock was set back");
        assert_eq!(due(&reminders, 50, Some(MADE + 600)), [7], "the machine has slept");
        assert_eq!((due(&reminders, 649, None), due(&reminders, 650, None)), (vec![], vec![7]));
    }

    #[test]
    fn a_time_of_the_clock_is_by_the_calendar() {
        let mut reminders = Reminders::default();
        reminders.made(7, reminder(600, true), 50);
        assert_eq!(due(&reminders, 9_999, Some(MADE + 599)), NONE, "the clock was set back, and counts");
        assert_eq!(due(&reminders, 50, Some(MADE + 600)), [7]);
        assert_eq!((due(&reminders, 649, None), due(&reminders, 650, None)), (vec![], vec![7]));
    }

    #[test]
    fn what_was_kept_goes_on_after_a_restart() {
        let kept = vec![(7, reminder(600, false)), (8, reminder(-5, false)), (9, reminder(600, true))];
        let mut reminders = Reminders::new(kept);
        assert_eq!(due(&reminders, 9_999, None), NONE, "nobody has said what time it is");
        reminders.start(MADE + 100, 20);
        assert_eq!(due(&reminders, 20, None), [8], "it is late");
        assert_eq!((due(&reminders, 519, None), due(&reminders, 520, None)), (vec![8], vec![7, 8, 9]));
        reminders.start(MADE, 9_000);
        assert_eq!(due(&reminders, 520, None), [7, 8, 9], "once");
    }

    #[test]
    fn what_rings_does_not_ring_twice_and_is_tried_again_in_time() {
        let mut reminders = Reminders::default();
        reminders.made(7, reminder(600, false), 0);
        reminders.begin_to_ring(7);
        assert_eq!(due(&reminders, 600, None), NONE);
        reminders.rings_no_more(7, &Failure::Busy, 700);
        assert_eq!((due(&reminders, 5_699, None), due(&reminders, 5_700, None)), (vec![], vec![7]));
        reminders.rings_no_more(7, &Failure::NoSuchReminder, 700);
        assert_eq!((reminders.iter().count(), reminders.of(3).count()), (0, 0));
        assert!(reminders.by_date.is_empty() && reminders.after_a_while.is_empty());
    }
}
