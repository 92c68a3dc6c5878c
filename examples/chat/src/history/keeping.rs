//! How much is kept: as an operator chooses, and may choose anew while the history is open.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::retention::Limits;
use super::{Calendar, Millis, Settings};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Keep {
    /// As in [`Settings`].
    pub messages: u64,
    pub age: Option<Duration>,
    pub pictures: u64,
}

impl Keep {
    pub(super) fn of(settings: &Settings) -> Self {
        Keep { messages: settings.keep_messages, age: settings.keep_for, pictures: settings.keep_pictures }
    }

    /// What may stay in a room, today.
    pub(super) fn limits(&self, calendar: &Calendar) -> Limits {
        let age = self.age.and_then(|age| Millis::try_from(age.as_millis()).ok());
        let since = age.zip(calendar.today()).map(|(age, today)| today.saturating_sub(age));
        Limits { keep: self.messages, since: since.unwrap_or(Millis::MIN) }
    }
}

/// What was chosen last, and the thread that goes by it has not seen yet. Its clones are the same.
#[derive(Debug, Clone)]
pub(super) struct Chosen<T>(Arc<Mutex<Option<T>>>);

impl<T> Default for Chosen<T> {
    fn default() -> Self {
        Chosen(Arc::default())
    }
}

impl<T> Chosen<T> {
    pub(super) fn set(&self, chosen: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(chosen);
    }

    pub(super) fn take(&self) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
