//! Floods: many lines from one place of the program. Only the first of them are written; how many more there were is
//! told when the time is over. So neither a fault that everybody meets nor a storm of visitors fills a disk.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use log::{Level, Record};

use crate::run::damper::{Allowance, Damper};

/// What is wrong is told at once, some times if need be; the hundredth time says nothing new.
const WARNINGS: Allowance = Allowance { lines: 10, per: Duration::from_secs(60) };

/// What happens: some 15 KB a second at most, for each kind of event.
const EVENTS: Allowance = Allowance { lines: 100, per: Duration::from_secs(1) };

/// Characters of a line that is told as an example.
const EXAMPLE: usize = 200;

/// The place in the source, and how bad it is.
type Kind = (Level, Option<&'static str>, Option<u32>);

/// One that is over.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Flood {
    pub(super) level: Level,
    pub(super) left_out: u64,
    pub(super) words: String,
}

#[derive(Debug)]
pub(super) struct Floods {
    began: Instant,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    damper: Damper<Kind>,
    /// One of the lines that were left out, of each kind.
    examples: HashMap<Kind, String>,
}

impl Floods {
    pub(super) fn new() -> Self {
        let state = State { damper: Damper::new(), examples: HashMap::new() };
        Floods { began: Instant::now(), state: Mutex::new(state) }
    }

    /// Is this line to be written? With the first of a kind that is not, `rising` is called: somebody has to ask
    /// [`next_end`](Self::next_end) again.
    pub(super) fn admit(&self, record: &Record<'_>, rising: impl FnOnce()) -> bool {
        let kind = (record.level(), record.file_static(), record.line());
        let Some(allowance) = allowance(record.level()) else {
            return true;
        };
        let mut state = self.lock();
        let admitted = state.damper.admit(kind, allowance, self.began.elapsed());
        if admitted == Err(1) {
            let words = record.args().to_string();
            state.examples.insert(kind, words.chars().take(EXAMPLE).collect());
            drop(state);
            rising();
        }
        admitted.is_ok()
    }

    /// How long until [`ended`](Self::ended) has something to tell.
    pub(super) fn next_end(&self) -> Option<Duration> {
        self.lock().damper.next_end().map(|end| end.saturating_sub(self.began.elapsed()))
    }

    /// What is to be told of the floods that are over.
    pub(super) fn ended(&self) -> Vec<Flood> {
        self.tell(self.began.elapsed())
    }

    /// The same of all floods: the program ends.
    pub(super) fn all(&self) -> Vec<Flood> {
        self.tell(Duration::MAX)
    }

    fn tell(&self, now: Duration) -> Vec<Flood> {
        let mut state = self.lock();
        let ended = state.damper.ended(now);
        let told = ended.into_iter().map(|(kind, left_out)| {
            let example = state.examples.remove(&kind).unwrap_or_default();
            let words = format!("{left_out} more lines like this one were left out: {example}");
            Flood { level: kind.0, left_out, words }
        });
        told.collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whoever asks for more than events wants all of it.
fn allowance(level: Level) -> Option<Allowance> {
    match level {
        Level::Error | Level::Warn => Some(WARNINGS),
        Level::Info => Some(EVENTS),
        Level::Debug | Level::Trace => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_a_flood_are_written_and_one_of_the_others_is_the_example() {
        let floods = Floods::new();
        let mut rising = 0;
        let mut log = |level, line, words| {
            let args = format_args!("{words}");
            let record =
                Record::builder().level(level).file_static(Some("a.rs")).line(Some(line)).args(args).build();
            floods.admit(&record, || rising += 1)
        };
        let written = (0..1870).filter(|number| log(Level::Warn, 1, *number)).count();
        assert_eq!(written, WARNINGS.lines as usize);
        assert!(log(Level::Warn, 2, 0) && log(Level::Error, 1, 0), "other kinds are not meant");
        assert_eq!((0..1870).filter(|number| log(Level::Debug, 3, *number)).count(), 1870);
        assert_eq!(rising, 1);
        assert!(floods.next_end().is_some_and(|end| end <= WARNINGS.per) && floods.ended().is_empty());
        let words = "1860 more lines like this one were left out: 10".to_owned();
        assert_eq!(floods.all(), [Flood { level: Level::Warn, left_out: 1860, words }]);
        assert!(floods.lock().examples.is_empty());
    }
}
