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
//! its rows: a note that does not fit the rows is not believed either, and a clock that is behind the rows is not.
//!
//! Of several nodes all have one wall, the clock of their log (`Shared::wall`): what is said at any of them is dated by it, and a
//! machine whose clock is wrong ends nobody's ban.
//!
//! The note is no entry of the log: it is about this machine's clock, and another one that has the same entries has its own.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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
    /// Something in the file is from then, and nobody has vouched for the clock since: it may be right, and the present
    /// one wrong.
    newest: Option<Millis>,
    /// When the wall was looked at last, on the clock that nobody can set.
    looked: Millis,
    /// What somebody was told of it last.
    told: Standing,
}

impl Belief {
    fn new(time: Millis, newest: Option<Millis>) -> Self {
        Belief { time, newest, looked: 0, told: Standing::Right }
    }

    fn look(&mut self, wall: Millis, ticks: Millis) -> Standing {
        let passed = (ticks - self.looked).max(0);
        self.looked = ticks;
        // After a long silence there was one look all the same.
        let extra = CATCHING_UP * passed.min(MINUTE);
        self.time = wall.min(self.time.saturating_add(passed + extra)).max(self.time);
        let ahead = wall.saturating_sub(self.time);
        let behind = self.time.max(self.newest.unwrap_or(self.time)).saturating_sub(wall);
        match () {
            () if behind > TOLERANCE => Standing::BehindBy(behind),
            () if ahead > TOLERANCE => Standing::AheadBy(ahead),
            () => Standing::Right,
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

/// What is believed when a history is opened: its note, with what was the newest time in its rows then (`known`), and what it
/// is now. Whatever was written since is no older than the note.
fn believed(note: Option<(Millis, Option<Millis>)>, newest: Option<Millis>, wall: Millis) -> Belief {
    match (note, newest) {
        (None, None) => Belief::new(wall, None),
        (None, Some(newest)) => Belief::new(newest.min(wall), Some(newest)),
        (Some((time, known)), newest) if newest == known => Belief::new(time, None),
        (Some((time, _)), None) => Belief::new(time, None),
        // The rows are not those of the note.
        (Some((time, _)), Some(newest)) if newest.saturating_add(TOLERANCE) < time => {
            Belief::new(newest, None)
        }
        (Some((time, _)), Some(newest)) => Belief::new(time, Some(newest)),
    }
}

/// What the wall is: this machine's clock, if nothing else is said.
#[derive(Clone)]
pub(crate) struct Wall(Arc<dyn Fn() -> Millis + Send + Sync>);

impl Wall {
    pub(crate) fn new(look: impl Fn() -> Millis + Send + Sync + 'static) -> Self {
        Wall(Arc::new(look))
    }

    pub(crate) fn look(&self) -> Millis {
        (self.0)()
    }
}

impl Default for Wall {
    fn default() -> Self {
        Wall::new(wall)
    }
}

impl fmt::Debug for Wall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Wall").field(&self.look()).finish()
    }
}

/// The calendar of an open history, for both of its threads and the loop.
#[derive(Debug)]
pub(crate) struct Calendar {
    belief: Mutex<Belief>,
    start: Instant,
    wall: Wall,
}

impl Calendar {
    /// Of a file that was just opened. Whoever started the program may vouch for the clock on the wall.
    pub(super) fn read(connection: &Connection, vouched: bool, wall: Wall) -> Result<Self> {
        let note = connection.query_row("SELECT believed, newest FROM state", [], |row| {
            Ok(row.get::<_, Option<Millis>>("believed")?.zip(Some(row.get("newest")?)))
        })?;
        let newest = connection.query_row(&format!("SELECT ({NEWEST})"), [], |row| row.get(0))?;
        let now = wall.look();
        let belief = if vouched { Belief::new(now, None) } else { believed(note, newest, now) };
        Ok(Calendar { belief: Mutex::new(belief), start: Instant::now(), wall })
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
        let (wall, ticks) = (self.wall.look(), self.start.elapsed().as_millis() as Millis);
        let mut belief = self.lock();
        let standing = belief.look(wall, ticks);
        if belief.is_news(standing) {
            tell(standing);
        }
        (standing == Standing::Right).then_some(belief.time.min(wall))
    }

    /// The time of what happens now: the wall's, unless that is known to be past.
    pub(crate) fn now(&self) -> Millis {
        self.wall.look().max(self.lock().time)
    }

    fn lock(&self) -> MutexGuard<'_, Belief> {
        self.belief.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The newest time in the rows: when something was said, or somebody seen. People who cannot come back are not looked at:
/// they come and go.
const NEWEST: &str = "
    SELECT max(at) FROM (
        SELECT at FROM (SELECT at FROM events ORDER BY id DESC LIMIT 1)
        UNION ALL SELECT max(p.seen) FROM people p WHERE EXISTS (SELECT 1 FROM tokens t WHERE t.person = p.id)
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
        let mut belief = Belief::new(NOW, None);
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
            let mut belief = Belief::new(NOW, None);
            assert!(matches!(belief.look(NOW.saturating_add(lead), 0), Standing::AheadBy(_)), "{lead}");
            assert_eq!(belief.time, NOW, "one look changes nothing");
            assert!(matches!(belief.look(NOW.saturating_add(lead), MINUTE), Standing::AheadBy(_)), "{lead}");
            assert_eq!(belief.time, NOW + 4 * MINUTE, "a minute is worth three more");
            assert_eq!(belief.look(NOW + 2 * MINUTE, 2 * MINUTE), Standing::Right, "set right again");
        }
        // A night without power: after a third of it all is well.
        let (mut belief, night) = (Belief::new(NOW, None), 12 * HOUR);
        let agrees =
            |minute: &Millis| belief.look(NOW + night + minute * MINUTE, minute * MINUTE) == Standing::Right;
        let minutes = (1..).find(agrees).unwrap();
        assert!((3 * 60..=4 * 60).contains(&minutes), "{minutes}");
    }

    #[test]
    fn a_long_silence_and_then_a_leap_is_one_look_as_well() {
        let mut belief = Belief::new(NOW, None);
        assert!(matches!(belief.look(NOW + YEAR, 5 * HOUR), Standing::AheadBy(_)));
        assert_eq!(belief.time, NOW + 5 * HOUR + 3 * MINUTE);
    }

    #[test]
    fn a_clock_that_is_behind_is_waited_for() {
        let mut belief = Belief::new(NOW, None);
        assert_eq!(belief.look(0, MINUTE), Standing::BehindBy(NOW));
        assert_eq!(belief.look(Millis::MIN, MINUTE), Standing::BehindBy(Millis::MAX));
        assert_eq!(belief.time, NOW);
        assert_eq!(belief.look(NOW + MINUTE, 2 * MINUTE), Standing::Right);
    }

    #[test]
    fn it_is_told_once_and_again_when_it_gets_worse() {
        use Standing::{AheadBy, BehindBy, Right};
        let mut belief = Belief::new(NOW, None);
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
        let (ago, later) = (NOW - 9 * DAY, NOW + HOUR / 2);
        let table = [
            ("a new file", None, None, later, NOW + HOUR / 2, Standing::Right),
            ("a file without notes", None, Some(ago), NOW, ago, Standing::AheadBy(9 * DAY)),
            ("one from the future", None, Some(NOW + YEAR), NOW, NOW, Standing::BehindBy(YEAR)),
            ("nothing has happened since", note(Some(ago)), Some(ago), later, NOW, Standing::Right),
            ("something has", note(Some(ago)), Some(later), later, NOW, Standing::Right),
            ("the first of all", note(None), Some(later), later, NOW, Standing::Right),
            ("the latest is gone", note(Some(NOW)), Some(NOW - HOUR / 2), NOW, NOW, Standing::Right),
            ("all is gone", note(Some(NOW)), None, NOW, NOW, Standing::Right),
            (
                "all is a year older",
                note(Some(NOW)),
                Some(NOW - YEAR),
                NOW,
                NOW - YEAR,
                Standing::AheadBy(YEAR),
            ),
            ("and was not closed", note(None), Some(NOW - YEAR), NOW, NOW - YEAR, Standing::AheadBy(YEAR)),
            ("all is a year younger", note(Some(NOW)), Some(NOW + YEAR), NOW, NOW, Standing::BehindBy(YEAR)),
            (
                "said while the clock was wrong",
                note(Some(NOW + YEAR)),
                Some(NOW + YEAR),
                NOW,
                NOW,
                Standing::Right,
            ),
        ];
        for (story, note, newest, wall, time, standing) in table {
            let mut belief = believed(note, newest, wall);
            assert_eq!(belief.time, time, "{story}");
            assert_eq!(belief.look(wall, 0), standing, "{story}");
        }
    }
}
