//! Whether the chat is well: for whoever restarts a program that hangs (`/healthz`), and for whoever sends people to it only while
//! it can serve them (`/readyz`). Pure.

use std::collections::VecDeque;
use std::time::Duration;

/// A loop that has not turned for so long hangs.
const TURN: Duration = Duration::from_secs(5);
/// What has waited for the disk for longer than this waits for something that does not come by itself.
const WAIT: Duration = Duration::from_secs(10);
/// A node that is further behind the log refuses guests, and tells those who say something that it does not know what became of it
/// (`BARRIER` and `PATIENCE` in `nodes/bus.rs`): newcomers are better off elsewhere.
const BEHIND: Duration = Duration::from_secs(2);

/// What is known of the chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct State {
    /// How long ago the loop turned; `None`: it has not begun yet.
    pub turned: Option<Duration>,
    /// The last thing that was to be written to the history was not written.
    pub is_failing: bool,
    /// So long the oldest has waited of what waits for the history.
    pub waits: Duration,
    pub is_stopping: bool,
    /// Of several nodes: up to where the log is applied, and how far it goes.
    pub log: Option<(u64, u64)>,
}

/// How far a node is behind the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Behind {
    pub entries: u64,
    /// So long the oldest of them has waited.
    pub waits: Duration,
}

/// In a line for people: `Err` is 503.
pub(super) type Verdict = Result<&'static str, String>;

/// Is the process alive? A start may take long, when a large history is opened for the first time by a new version: nobody should
/// be restarted for that.
pub(super) fn alive(state: &State) -> Verdict {
    match state.turned {
        None => Ok("ok: the chat is starting"),
        // When its loop is over the history is closed, which may take long.
        Some(_) if state.is_stopping => Ok("ok: the chat is stopping"),
        Some(ago) if ago <= TURN => Ok("ok"),
        Some(ago) => Err(format!("the chat hangs: its loop has not turned for {} s", ago.as_secs())),
    }
}

/// Can it serve people?
pub(super) fn ready(state: &State) -> Verdict {
    alive(state)?;
    match state {
        State { turned: None, log: Some((applied, last)), .. } if last > applied => {
            Err(format!("the chat is starting: it is at place {applied} of the log, which goes up to {last}"))
        }
        State { turned: None, .. } => Err("the chat is starting".to_owned()),
        State { is_stopping: true, .. } => Err("the chat is stopping".to_owned()),
        State { is_failing: true, .. } => {
            Err("the history cannot be written: the chat's log says why".to_owned())
        }
        State { waits, .. } if *waits > WAIT => {
            Err(format!("the history is stuck: something has waited for the disk for {} s", waits.as_secs()))
        }
        _ => Ok("ok"),
    }
}

/// Does this node know, about, what the others know?
pub(super) fn is_up_to_date(behind: &Behind) -> Verdict {
    match behind {
        Behind { entries, waits } if *waits > BEHIND => Err(format!(
            "this node is {entries} entries behind the log, and something has waited there for {} s to be applied",
            waits.as_secs()
        )),
        _ => Ok("ok"),
    }
}

/// How long the oldest has waited of what was asked for and was not answered: looked at now and then, from how many there were
/// of both. It is right to the time between two looks.
#[derive(Debug, Default)]
pub(crate) struct Waits {
    asked: u64,
    answered: u64,
    /// When this many had been asked for, in order. Those that were answered are left out.
    marks: VecDeque<(Duration, u64)>,
}

impl Waits {
    /// More marks are not kept: it is the first that counts.
    const MARKS: usize = 64;

    pub(crate) fn ask(&mut self) {
        self.asked += 1;
    }

    pub(crate) fn answer(&mut self, count: u64) {
        self.answered += count;
    }

    /// Somebody else has counted both.
    pub(super) fn set(&mut self, asked: u64, answered: u64) {
        (self.asked, self.answered) = (asked, answered);
    }

    pub(crate) fn look(&mut self, now: Duration) -> Duration {
        while self.marks.front().is_some_and(|&(_, asked)| asked <= self.answered) {
            self.marks.pop_front();
        }
        let is_new = self.marks.back().map_or(self.answered, |&(_, asked)| asked) < self.asked;
        if is_new && self.marks.len() < Self::MARKS {
            self.marks.push_back((now, self.asked));
        }
        self.marks.front().map_or(Duration::ZERO, |&(since, _)| now.saturating_sub(since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const WELL: State = State {
        turned: Some(Duration::ZERO),
        is_failing: false,
        waits: Duration::ZERO,
        is_stopping: false,
        log: None,
    };

    #[test]
    fn the_verdicts_are_those_of_the_table() {
        let turned = |seconds| Some(seconds * SECOND);
        let table = [
            (WELL, "ok", "ok"),
            (State { turned: turned(5), ..WELL }, "ok", "ok"),
            (State { turned: turned(6), ..WELL }, "hangs: its loop has not turned for 6 s", "hangs"),
            (State { turned: turned(6), is_failing: true, ..WELL }, "hangs", "hangs"),
            (State { turned: None, ..WELL }, "ok: the chat is starting", "the chat is starting"),
            (State { turned: None, log: Some((7, 7)), ..WELL }, "ok: the chat is starting", "is starting"),
            (
                State { turned: None, log: Some((7, 900)), ..WELL },
                "ok: the chat is starting",
                "is starting: it is at place 7 of the log, which goes up to 900",
            ),
            (State { log: Some((7, 900)), ..WELL }, "ok", "ok"),
            (State { is_stopping: true, ..WELL }, "ok", "the chat is stopping"),
            (
                State { is_stopping: true, turned: turned(60), ..WELL },
                "ok: the chat is stopping",
                "the chat is stopping",
            ),
            (State { is_stopping: true, is_failing: true, ..WELL }, "ok", "the chat is stopping"),
            (State { is_failing: true, ..WELL }, "ok", "cannot be written"),
            (State { waits: 10 * SECOND, ..WELL }, "ok", "ok"),
            (State { waits: 11 * SECOND, ..WELL }, "ok", "waited for the disk for 11 s"),
        ];
        for (state, of_life, of_readiness) in table {
            for (verdict, expected) in [(alive(&state), of_life), (ready(&state), of_readiness)] {
                let (is_ok, words) = match verdict {
                    Ok(words) => (true, words.to_owned()),
                    Err(words) => (false, words),
                };
                assert_eq!(is_ok, expected.starts_with("ok"), "{state:?}: {words}");
                assert!(words.contains(expected) && !words.contains('\n'), "{state:?}: {words}");
            }
        }
    }

    #[test]
    fn a_node_is_up_to_date_if_nothing_waits_for_longer_than_whoever_comes() {
        let ago = |millis| is_up_to_date(&Behind { entries: 900, waits: Duration::from_millis(millis) });
        assert_eq!([0, 1_999, 2_000].map(ago), [Ok("ok"), Ok("ok"), Ok("ok")]);
        let words = ago(2_001).expect_err("it is too far behind");
        assert!(words.contains("900 entries behind the log") && words.contains("for 2 s"), "{words}");
    }

    #[test]
    fn the_oldest_that_waits_is_known_to_the_time_between_two_looks() {
        let mut waits = Waits::default();
        // The obvious way: when each was asked for.
        let (mut times, mut now) = (VecDeque::new(), Duration::ZERO);
        let mut state = 11_u64;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for _ in 0..20_000 {
            for _ in 0..random(4) {
                waits.ask();
                times.push_back(now);
            }
            let answered = random(5).min(times.len() as u64);
            waits.answer(answered);
            times.drain(..answered as usize);
            let step = Duration::from_millis(random(600));
            let told = waits.look(now);
            let is = times.front().map_or(Duration::ZERO, |&since| now - since);
            assert!(told <= is && is - told <= 2 * Duration::from_millis(600), "{told:?} and not {is:?}");
            now += step;
        }
        // Nobody answers: nothing grows, and nobody forgets.
        let since = now;
        for second in 0..10_000 {
            waits.ask();
            let told = waits.look(since + second * SECOND);
            assert!(told >= second * SECOND, "{told:?}");
        }
        assert!(waits.marks.len() <= Waits::MARKS);
    }
}
