//! What day it is, for everything that is given up because of its age.
//!
//! The clock on the wall may be wrong: a board without a battery starts in 1970, a machine's date is set by hand, a time
//! server errs. So nothing is ever given up by what it says once. The history keeps a time of its own that is
//! **believed**:
//!
//! ```text
//!   the wall      ahead ──▶ believed goes on, and comes nearer by three hours in an hour; never by a leap
//!                  │ within an hour of it: that is the day
//!                  behind ─▶ believed stands still, and never goes back
//! ```
//!
//! As long as the two do not agree, nothing is old. The file notes what was believed, and beside it the newest time in
//! its rows: a note that does not fit the rows is not believed either.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use rusqlite::{Connection, Result, params};

use super::Millis;

const MINUTE: Millis = 60_000;
const HOUR: Millis = 60 * MINUTE;
const DAY: Millis = 24 * HOUR;
/// A note is written once in an hour, and a machine's clock is set by less.
const TOLERANCE: Millis = HOUR;
/// How much of its lead the wall is believed, for each moment that it has kept it.
const CATCHING_UP: Millis = 3;
/// The machine was switched off for a night. More needs somebody's eye.
const NIGHT: Millis = DAY;

/// What the wall is, next to what is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Right,
    AheadBy(Millis),
    BehindBy(Millis),
}

/// Pure: both clocks are passed in.
#[derive(Debug)]
struct Belief {
    /// The latest time that was ever believed.
    time: Millis,
    /// When the wall was looked at last, on the clock that nobody can set.
    looked: Millis,
    /// What somebody was told of it last.
    told: Standing,
}

impl Belief {
    fn new(time: Millis) -> Self {
        Belief { time, looked: 0, told: Standing::Right }
    }

    fn look(&mut self, wall: Millis, ticks: Millis) -> Standing {
        let passed = (ticks - self.looked).max(0);
        self.looked = ticks;
        // After a long silence there was one look all the same.
        let extra = CATCHING_UP * passed.min(MINUTE);
        self.time = wall.min(self.time.saturating_add(passed + extra)).max(self.time);
        match wall.saturating_sub(self.time) {
            ahead if ahead > TOLERANCE => Standing::AheadBy(ahead),
            behind if behind < -TOLERANCE => Standing::BehindBy(behind.saturating_neg()),
            _ => Standing::Right,
        }
    }

    /// Whether that is news: once, and again when it changes for the worse.
    fn is_news(&mut self, standing: Standing) -> bool {
        use Standing::{AheadBy, BehindBy};
        let is_news = match (self.told, standing) {
            (AheadBy(before), AheadBy(now)) | (BehindBy(before), BehindBy(now)) => now > before + TOLERANCE,
            (before, now) => before != now,
        };
        self.told = match (self.told, standing) {
            (AheadBy(before), AheadBy(now)) if !is_news => AheadBy(before.min(now)),
            (BehindBy(before), BehindBy(now)) if !is_news => BehindBy(before.min(now)),
            (_, now) => now,
        };
        is_news
    }
}

/// What is believed when a history is opened: its note and what was the newest time in its rows then, and what it is
/// now. Rows that are older than the note knew them are not those that it was about; newer ones were written since.
fn believed(note: Option<(Millis, Option<Millis>)>, newest: Option<Millis>, wall: Millis) -> Millis {
    use std::cmp::Ordering::{Equal, Greater, Less};
    match (note, newest) {
        (None, None) => wall,
        (None, Some(newest)) => newest,
        (Some((time, _)), None) => time,
        (Some((time, known)), Some(newest)) => match Some(newest).cmp(&known) {
            Less => time.min(newest),
            Equal => time,
            Greater => time.max(newest),
        },
    }
}

/// The calendar of an open history, for both of its threads and the loop.
#[derive(Debug)]
pub(crate) struct Calendar {
    belief: Mutex<Belief>,
    start: Instant,
}

impl Calendar {
    fn new(time: Millis) -> Self {
        Calendar { belief: Mutex::new(Belief::new(time)), start: Instant::now() }
    }

    /// Of a file that was just opened. Whoever started the program may vouch for the clock on the wall.
    pub(super) fn read(connection: &Connection, vouched: bool) -> Result<Self> {
        let note = connection.query_row("SELECT believed, newest FROM state", [], |row| {
            Ok(row.get::<_, Option<Millis>>(0)?.zip(Some(row.get(1)?)))
        })?;
        let newest = connection.query_row(&format!("SELECT ({NEWEST})"), [], |row| row.get(0))?;
        let time = if vouched { wall() } else { believed(note, newest, wall()) };
        Ok(Calendar::new(time))
    }

    /// Notes in the file what is believed.
    pub(super) fn save(&self, connection: &Connection) -> Result<()> {
        let _ = self.today();
        let time = self.lock().time;
        connection
            .prepare_cached(&format!("UPDATE state SET believed = ?1, newest = ({NEWEST})"))?
            .execute(params![time])?;
        Ok(())
    }

    /// The time by which something is old, if there is one that can be believed. If there is none, the log says why.
    pub(crate) fn today(&self) -> Option<Millis> {
        let (wall, ticks) = (wall(), self.start.elapsed().as_millis() as Millis);
        let mut belief = self.lock();
        let standing = belief.look(wall, ticks);
        if belief.is_news(standing) {
            tell(standing);
        }
        (standing == Standing::Right).then_some(belief.time.min(wall))
    }

    /// The time of what happens now: the wall's, unless that is known to be past.
    pub(crate) fn now(&self) -> Millis {
        wall().max(self.lock().time)
    }

    fn lock(&self) -> MutexGuard<'_, Belief> {
        self.belief.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The newest time in the rows. People who cannot come back are not looked at: they come and go.
const NEWEST: &str = "
    SELECT max(at) FROM (
        SELECT at FROM (SELECT at FROM events ORDER BY id DESC LIMIT 1)
        UNION ALL SELECT at FROM (SELECT at FROM receipts ORDER BY place DESC LIMIT 1)
        UNION ALL SELECT max(seen) FROM people WHERE token IS NOT NULL
        UNION ALL SELECT max(made) FROM rooms
    )";

fn tell(standing: Standing) {
    let so = "nothing is given up for its age until they agree; if the clock is right, start the chat once with --believe-clock";
    match standing {
        Standing::Right => log::info!("the clock can be believed: what is too old is given up again"),
        Standing::AheadBy(gap) if gap < NIGHT => {
            log::warn!("the clock is {} ahead of the history: {so}", words(gap));
        }
        Standing::AheadBy(gap) => {
            log::error!("the clock is {} ahead of the history: {so}", words(gap));
        }
        Standing::BehindBy(gap) => {
            log::error!("the clock is {} behind the history: {so}", words(gap));
        }
    }
}

fn words(gap: Millis) -> String {
    let gap = Duration::from_millis(gap.unsigned_abs()).as_secs();
    match gap / 3600 {
        hours @ 0..72 => format!("{hours} hours"),
        hours => format!("{} days", hours / 24),
    }
}

/// Milliseconds since 1970, says the clock that people set.
pub(super) fn wall() -> Millis {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Millis::try_from(since_1970.as_millis()).unwrap_or(Millis::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = 1_800_000_000_000;
    const YEAR: Millis = 366 * DAY;

    #[test]
    fn a_clock_that_goes_is_believed_to_the_millisecond() {
        let mut belief = Belief::new(NOW);
        for minute in 1..2000 {
            let now = minute * MINUTE;
            assert_eq!((belief.look(NOW + now, now), belief.time), (Standing::Right, NOW + now));
        }
        // However seldom anybody looks,
        assert_eq!(belief.look(NOW + YEAR, YEAR), Standing::Right);
        // and when it is set a little.
        assert_eq!(belief.look(NOW + YEAR + 59 * MINUTE, YEAR), Standing::Right);
        assert_eq!(belief.look(NOW + YEAR - 59 * MINUTE, YEAR), Standing::Right);
        assert_eq!(belief.time, NOW + YEAR);
    }

    #[test]
    fn a_clock_that_leaps_is_believed_little_by_little() {
        for lead in [2 * HOUR, DAY, 25 * HOUR, YEAR, 100 * YEAR, Millis::MAX - NOW] {
            let mut belief = Belief::new(NOW);
            assert!(matches!(belief.look(NOW.saturating_add(lead), 0), Standing::AheadBy(_)), "{lead}");
            assert_eq!(belief.time, NOW, "one look changes nothing");
            assert!(matches!(belief.look(NOW.saturating_add(lead), MINUTE), Standing::AheadBy(_)), "{lead}");
            assert_eq!(belief.time, NOW + 4 * MINUTE, "a minute is worth three more");
            assert_eq!(belief.look(NOW + 2 * MINUTE, 2 * MINUTE), Standing::Right, "set right again");
        }
        // A night without power: after a third of it all is well.
        let (mut belief, night) = (Belief::new(NOW), 12 * HOUR);
        let agrees =
            |minute: &Millis| belief.look(NOW + night + minute * MINUTE, minute * MINUTE) == Standing::Right;
        let minutes = (1..).find(agrees).unwrap();
        assert!((3 * 60..=4 * 60).contains(&minutes), "{minutes}");
    }

    #[test]
    fn a_long_silence_and_then_a_leap_is_one_look_as_well() {
        let mut belief = Belief::new(NOW);
        assert!(matches!(belief.look(NOW + YEAR, 5 * HOUR), Standing::AheadBy(_)));
        assert_eq!(belief.time, NOW + 5 * HOUR + 3 * MINUTE);
    }

    #[test]
    fn a_clock_that_is_behind_is_waited_for() {
        let mut belief = Belief::new(NOW);
        assert_eq!(belief.look(0, MINUTE), Standing::BehindBy(NOW));
        assert_eq!(belief.look(Millis::MIN, MINUTE), Standing::BehindBy(Millis::MAX));
        assert_eq!(belief.time, NOW);
        assert_eq!(belief.look(NOW + MINUTE, 2 * MINUTE), Standing::Right);
    }

    #[test]
    fn it_is_told_once_and_again_when_it_gets_worse() {
        use Standing::{AheadBy, BehindBy, Right};
        let mut belief = Belief::new(NOW);
        let table = [
            (Right, false),
            (AheadBy(5 * HOUR), true),
            (AheadBy(4 * HOUR), false),
            (AheadBy(5 * HOUR), false),
            (AheadBy(6 * HOUR), true),
            (BehindBy(2 * HOUR), true),
            (BehindBy(2 * HOUR + MINUTE), false),
            (Right, true),
            (Right, false),
            (AheadBy(DAY), true),
            (AheadBy(YEAR), true),
        ];
        for (standing, news) in table {
            assert_eq!(belief.is_news(standing), news, "{standing:?}");
        }
    }

    #[test]
    fn a_note_is_believed_if_it_fits_the_rows() {
        let note = |known| Some((NOW, known));
        let table = [
            ("a new file", None, None, NOW + DAY, NOW + DAY),
            ("a file without notes", None, Some(NOW), NOW + DAY, NOW),
            ("nothing has happened since", note(Some(NOW - 9 * DAY)), Some(NOW - 9 * DAY), NOW + DAY, NOW),
            ("something has", note(Some(NOW)), Some(NOW + HOUR), NOW + DAY, NOW + HOUR),
            ("the first of all", note(None), Some(NOW + HOUR), NOW + DAY, NOW + HOUR),
            ("all is gone", note(Some(NOW)), None, NOW + DAY, NOW),
            ("all is a year older", note(Some(NOW)), Some(NOW - YEAR), NOW, NOW - YEAR),
            ("all is a year younger", note(Some(NOW)), Some(NOW + YEAR), NOW, NOW + YEAR),
            ("said while the clock was wrong", note(Some(NOW + YEAR)), Some(NOW + YEAR), NOW, NOW),
        ];
        for (story, note, newest, wall, expected) in table {
            assert_eq!(believed(note, newest, wall), expected, "{story}");
        }
    }
}
