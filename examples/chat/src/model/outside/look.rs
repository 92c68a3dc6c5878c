//! The tables as the history would keep them, for tests.

use super::Outside;
use crate::history::{self, Number, Reminder};

impl Outside {
    pub(in crate::model) fn kept(&self) -> history::Outside {
        let levels = self.levels.iter().map(|(&(room, person), &level)| (room, person, level));
        let told = self.told.iter().map(|(&(room, person), &offset)| (room, person, offset));
        let reminders = self.reminders.iter().map(|(number, it)| (number, it.clone()));
        let mut kept = history::Outside {
            bots: self.bots.values().cloned().collect(),
            keys: self.keys.values().cloned().collect(),
            targets: self.targets.values().cloned().collect(),
            deliveries: self.deliveries.iter().cloned().collect(),
            reminders: reminders.collect::<Vec<(Number, Reminder)>>(),
            levels: levels.collect(),
            told: told.collect(),
        };
        kept.levels.sort_unstable_by_key(|&(room, person, _)| (room, person));
        kept.told.sort_unstable();
        kept
    }
}
