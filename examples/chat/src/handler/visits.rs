//! How connections end, in the log: a line for each. When they are many, the others of a minute are one line that says how many
//! there were of each kind.

use std::collections::BTreeMap;

use pollcat::Departure;

use crate::history::Millis;
use crate::session::Received;

/// Lines in a minute.
const LINES: u32 = 300;
const MINUTE: Millis = 60_000;

/// Those of this minute.
#[derive(Debug, Default)]
pub(super) struct Visits {
    ends: Millis,
    written: u32,
    others: Others,
}

/// For whom there was no line.
#[derive(Debug, Default, PartialEq)]
struct Others {
    by_end: BTreeMap<&'static str, u64>,
    received: Received,
}

impl Visits {
    /// Has this one a line?
    pub(super) fn admit(&mut self, departure: Departure, received: Received, now: Millis) -> bool {
        if self.ends <= now && self.others == Others::default() {
            (self.ends, self.written) = (now + MINUTE, 0);
        }
        if self.written < LINES {
            self.written += 1;
            return true;
        }
        *self.others.by_end.entry(word(departure)).or_default() += 1;
        self.others.received.messages += received.messages;
        self.others.received.bytes += received.bytes;
        false
    }

    /// Tells of the others, when the minute is over.
    pub(super) fn pass_time(&mut self, now: Millis) {
        if self.ends <= now {
            self.close();
            (self.ends, self.written) = (now + MINUTE, 0);
        }
    }

    /// The same before its end: the chat stops.
    pub(super) fn close(&mut self) {
        let Others { by_end, received: Received { messages, bytes } } = std::mem::take(&mut self.others);
        let left: u64 = by_end.values().sum();
        if left > 0 {
            let ends = by_end.iter().map(|(end, count)| format!("{count} {end}"));
            let ends = ends.collect::<Vec<_>>().join(", ");
            log::info!(
                event = "others_left", left, messages, bytes;
                "{left} more connections left within a minute: {ends}; {messages} messages of {bytes} bytes"
            );
        }
    }
}

/// Whatever codes clients choose, there are only these.
fn word(departure: Departure) -> &'static str {
    match departure {
        Departure::Closed(_) => "closed",
        Departure::Failed(_) => "failed",
        Departure::Lost => "lost",
        Departure::TooSlow => "too slow",
        Departure::OverBudget => "with too much unfinished",
        Departure::TimedOut => "timed out",
        _ => "otherwise",
    }
}

#[cfg(test)]
mod tests {
    use pollcat::CloseCode;

    use super::*;

    #[test]
    fn many_have_one_line_together() {
        let mut visits = Visits::default();
        let one = Received { messages: 1, bytes: 10 };
        let leave = |visits: &mut Visits, departure, now| visits.admit(departure, one, now);
        let written = (0..1_000).filter(|_| leave(&mut visits, Departure::Lost, 5)).count();
        assert_eq!(written, LINES as usize);
        for code in 3_000..4_000 {
            assert!(!leave(&mut visits, Departure::Closed(CloseCode::new(code).expect("it may be sent")), 6));
        }
        let by_end = BTreeMap::from([("closed", 1_000), ("lost", 700)]);
        assert_eq!(visits.others, Others { by_end, received: Received { messages: 1_700, bytes: 17_000 } });
        // Too late for this minute, and it has not been told yet.
        assert!(!leave(&mut visits, Departure::Lost, 5 + MINUTE));
        visits.pass_time(5 + MINUTE);
        assert!(visits.others == Others::default() && leave(&mut visits, Departure::Lost, 6 + MINUTE));
        // Who come one by one have all of them a line.
        assert!((600..2_000).all(|minute| leave(&mut visits, Departure::TooSlow, minute * MINUTE / 200)));
    }
}
