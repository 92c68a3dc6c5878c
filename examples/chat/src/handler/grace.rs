//! What would be lost for good by a slip in the settings is not lost at once. Of these amounts more counts as soon as it is read,
//! and less when a time of grace is over: until then other settings can be read, and nothing has happened.
//!
//! | less of | what goes |
//! |---|---|
//! | `keep-messages`, `keep-days`, `keep-pictures` | messages and pictures that are there |
//! | `max-people` | those who passed by, whenever somebody new comes |
//! | `max-rooms` | the room that has been empty for longest, whenever somebody makes a new one |
//! | `backup-keep` | the oldest backups, when the next one is good |

use std::time::Duration;

use crate::history::{BackupPlan, Keep, Millis};
use crate::model::Rules;
use crate::run::settings::Settings;

const GRACE: Millis = 600_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Amounts {
    messages: u64,
    /// `None`: for ever.
    age: Option<Duration>,
    pictures: u64,
    people: usize,
    rooms: usize,
    backups: usize,
}

impl Amounts {
    pub(super) fn of(settings: &Settings) -> Self {
        Amounts {
            messages: settings.keep_messages,
            age: settings.keep_for(),
            pictures: settings.keep_pictures,
            people: settings.max_people,
            rooms: settings.max_rooms,
            backups: settings.backup_keep,
        }
    }

    /// What either of them lets be.
    fn or(self, other: Amounts) -> Self {
        Amounts {
            messages: self.messages.max(other.messages),
            age: self.age.zip(other.age).map(|(one, other)| one.max(other)),
            pictures: self.pictures.max(other.pictures),
            people: self.people.max(other.people),
            rooms: self.rooms.max(other.rooms),
            backups: self.backups.max(other.backups),
        }
    }

    /// For the history.
    pub(super) fn keep(&self) -> Keep {
        Keep { messages: self.messages, age: self.age, pictures: self.pictures }
    }

    /// For the model, of rules that are so otherwise.
    pub(super) fn rules(&self, others: Rules) -> Rules {
        Rules { max_people: self.people, max_rooms: self.rooms, ..others }
    }

    /// For the backups, of a plan that is so otherwise.
    pub(super) fn plan(&self, other: BackupPlan) -> BackupPlan {
        BackupPlan { keep: self.backups, ..other }
    }
}

/// Time is a number passed in.
#[derive(Debug)]
pub(super) struct Grace {
    in_force: Amounts,
    /// What will be in force, and when.
    later: Option<(Amounts, Millis)>,
}

impl Grace {
    pub(super) fn new(amounts: Amounts) -> Self {
        Grace { in_force: amounts, later: None }
    }

    pub(super) fn in_force(&self) -> Amounts {
        self.in_force
    }

    /// Other settings have been read, or the same. Does a time of grace begin? What goes when one is over that has begun already
    /// has had its time: then that one goes on.
    pub(super) fn choose(&mut self, chosen: Amounts, now: Millis) -> bool {
        self.in_force = self.in_force.or(chosen);
        if self.in_force == chosen {
            self.later = None;
            return false;
        }
        let is_announced = |(announced, _): &(Amounts, Millis)| announced.or(chosen) == chosen;
        let under_way = self.later.filter(is_announced).map(|(_, at)| at);
        self.later = Some((chosen, under_way.unwrap_or(now + GRACE)));
        under_way.is_none()
    }

    /// Is there a time of grace, and is it over?
    pub(super) fn is_over(&self, now: Millis) -> bool {
        self.later.is_some_and(|(_, at)| at <= now)
    }

    /// What was chosen is in force.
    pub(super) fn end(&mut self) {
        self.in_force = self.later.take().map_or(self.in_force, |(chosen, _)| chosen);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);
    const BEFORE: Amounts =
        Amounts { messages: 100, age: None, pictures: 50, people: 1_000, rooms: 20, backups: 7 };
    const TEN_MINUTES: Millis = 10 * 60 * 1_000;

    impl Grace {
        fn pass_time(&mut self, now: Millis) -> bool {
            let is_over = self.is_over(now);
            if is_over {
                self.end();
            }
            is_over
        }
    }

    #[test]
    fn more_counts_at_once_and_less_when_the_grace_is_over() {
        let mut grace = Grace::new(BEFORE);
        let chosen = Amounts { messages: 7, age: Some(DAY), pictures: 60, ..BEFORE };
        assert!(grace.choose(chosen, 0));
        assert_eq!(grace.in_force(), Amounts { pictures: 60, ..BEFORE });
        assert!(!grace.pass_time(TEN_MINUTES - 1));
        assert!(grace.pass_time(TEN_MINUTES));
        assert_eq!(grace.in_force(), chosen);
        assert!(!grace.pass_time(TEN_MINUTES * 9), "once");
        // For ever is more than any number of days.
        assert!(!grace.choose(Amounts { age: None, ..chosen }, 0));
        assert_eq!(grace.in_force().age, None);
    }

    #[test]
    fn each_amount_has_its_grace() {
        let less = [
            Amounts { messages: 99, ..BEFORE },
            Amounts { age: Some(DAY * 365), ..BEFORE },
            Amounts { pictures: 49, ..BEFORE },
            Amounts { people: 999, ..BEFORE },
            Amounts { rooms: 19, ..BEFORE },
            Amounts { backups: 6, ..BEFORE },
        ];
        for less in less {
            let mut grace = Grace::new(BEFORE);
            assert!(grace.choose(less, 5) && grace.in_force() == BEFORE, "{less:?}");
            assert!(grace.pass_time(5 + TEN_MINUTES) && grace.in_force() == less);
            assert!(!grace.choose(BEFORE, 0) && grace.in_force() == BEFORE, "more");
        }
    }

    #[test]
    fn a_slip_that_is_mended_in_time_costs_nothing() {
        let mut grace = Grace::new(BEFORE);
        assert!(grace.choose(Amounts { people: 10, ..BEFORE }, 0));
        assert!(!grace.choose(BEFORE, TEN_MINUTES - 1));
        assert!(!grace.pass_time(TEN_MINUTES * 9) && grace.in_force() == BEFORE);
    }

    /// Settings are read again for other reasons too: by whoever moves the log, say, each night or each minute.
    #[test]
    fn only_yet_less_begins_the_grace_anew() {
        let mut grace = Grace::new(BEFORE);
        let chosen = Amounts { messages: 7, ..BEFORE };
        assert!(grace.choose(chosen, 0));
        assert!((1..10).all(|minute| !grace.choose(chosen, minute * 60_000)), "the same");
        // Those beyond 50 were to go anyhow.
        let chosen = Amounts { messages: 50, rooms: 30, ..BEFORE };
        assert!(!grace.choose(chosen, TEN_MINUTES - 1));
        assert!(grace.pass_time(TEN_MINUTES) && grace.in_force() == chosen);

        assert!(grace.choose(Amounts { messages: 7, ..chosen }, 0));
        let less = Amounts { messages: 7, pictures: 1, ..chosen };
        assert!(grace.choose(less, 60_000), "of pictures nobody knew");
        assert!(!grace.pass_time(TEN_MINUTES) && grace.pass_time(TEN_MINUTES + 60_000));
        assert_eq!(grace.in_force(), less);
    }
}
