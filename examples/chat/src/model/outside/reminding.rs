//! Whether somebody is reminded, and what is said then.

use crate::history::{Aim, Append, Body, Entry, Failure, Millis, Number, PersonId, Reminder};
use crate::model::legible::legible;
use crate::model::tables::Model;
use crate::refusal::Refusal;
use crate::words::Verdict;

/// Of one person. The history counts them as well.
const OF_ONE: usize = 20;
/// How far ahead.
const LONGEST: Millis = 366 * 86_400_000;

impl Model {
    pub(crate) fn reminder(&self, number: Number) -> Option<&Reminder> {
        self.outside.reminders.get(number)
    }

    pub(crate) fn reminders(&self) -> impl Iterator<Item = (Number, &Reminder)> {
        self.outside.reminders.iter()
    }

    pub(crate) fn reminders_of(&self, person: PersonId) -> impl Iterator<Item = (Number, &Reminder)> {
        self.outside.reminders.of(person)
    }

    /// Those that were kept go on from here: it is `at` by the calendar, and `now` by the clock that nobody can set.
    pub(crate) fn start_reminders(&mut self, at: Millis, now: Millis) {
        self.outside.reminders.start(at, now);
    }

    /// Those that are due, in the order of their numbers, but for those that are on their way or were in vain a moment ago. `today`
    /// is the calendar, while it can be believed.
    pub(crate) fn due_reminders(&self, now: Millis, today: Option<Millis>) -> impl Iterator<Item = Number> {
        self.outside.reminders.due(now, today).into_iter()
    }

    /// # Errors
    ///
    /// Why not, in words for whom it is for.
    pub(crate) fn decide_reminder(&self, reminder: Reminder) -> Result<Entry, Refusal> {
        self.people.get(reminder.person).ok_or_else(Refusal::nobody)?;
        if !self.is_member(reminder.person, reminder.room) {
            return Err(Refusal::room_is_gone());
        }
        let ahead = reminder.due.saturating_sub(reminder.made);
        if !(1..=LONGEST).contains(&ahead) {
            return Err(Refusal::bad_field("a reminder is for a time within the next 366 days"));
        }
        let limit = self.rules.max_message;
        if reminder.text.chars().count() > limit {
            return Err(Refusal::too_long(limit));
        }
        self.check_words(&reminder.text)?;
        if self.reminders_of(reminder.person).count() >= OF_ONE {
            return Err(Refusal::busy("you have too many reminders: cancel one of them"));
        }
        let text = legible(reminder.text.into());
        Ok(Entry::Remind { reminder: Reminder { text, ..reminder } })
    }

    /// # Errors
    ///
    /// There is none of that number that is theirs.
    pub(crate) fn decide_unremind(&self, person: PersonId, reminder: Number) -> Result<Entry, Refusal> {
        match self.reminder(reminder).filter(|it| it.person == person) {
            Some(_) => Ok(Entry::Unremind { reminder, person }),
            None => Err(Failure::NoSuchReminder.into()),
        }
    }

    /// A reminder is said by the robot, in these words; if they are none that are said here any more, it is dropped. Nothing, if
    /// there is no robot.
    pub(crate) fn ring(&self, number: Number, text: &str, at: Millis) -> Option<Entry> {
        let (reminder, robot) = (self.reminder(number)?, self.people.get(self.robot()?)?);
        let text: String = text.chars().take(self.rules.max_message).collect();
        let words = match self.words.judge(&text) {
            Verdict::Fine => legible(text.into()),
            Verdict::Masked(words) => words,
            Verdict::Refused | Verdict::Review => {
                return Some(Entry::Unremind { reminder: number, person: reminder.person });
            }
        };
        let said = Append {
            room: reminder.room,
            aim: Aim::There,
            author: robot.id(),
            author_name: robot.name().to_owned(),
            key: None,
            at,
            body: Body::Text(words),
            mentions: vec![reminder.person],
            call: None,
        };
        Some(Entry::Ring { reminder: number, said: Box::new(said) })
    }
}
