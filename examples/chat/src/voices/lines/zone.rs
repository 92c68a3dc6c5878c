//! Times, as people read them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::history::Millis;

#[derive(Debug, Clone)]
pub(super) struct Zone(pub(super) TimeZone);

impl Zone {
    /// The machine's.
    pub(super) fn here() -> Self {
        Zone(TimeZone::system())
    }

    /// The time of day, with the day before it if that is not today.
    pub(super) fn time(&self, at: Millis, now: Millis) -> String {
        let (at, now) = (self.local(at), self.local(now));
        let format = if at.date() == now.date() { "%H:%M:%S" } else { "%Y-%m-%d %H:%M:%S" };
        at.strftime(format).to_string()
    }

    /// The same without seconds, as a limit.
    pub(super) fn until(&self, until: Option<Millis>, now: Millis) -> String {
        let Some(until) = until else {
            return "for ever".to_owned();
        };
        let (until, now) = (self.local(until), self.local(now));
        let format = if until.date() == now.date() { "until %H:%M" } else { "until %Y-%m-%d %H:%M" };
        until.strftime(format).to_string()
    }

    fn local(&self, millis: Millis) -> jiff::Zoned {
        Timestamp::from_millisecond(millis).unwrap_or_default().to_zoned(self.0.clone())
    }
}
