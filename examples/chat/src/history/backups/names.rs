//! The names of backups: `chat-20261129T030000Z.db`, where the history is `chat.db`. They have the order in which they were
//! made: a clock that was put back names the next one a second after the latest. Pure.

use crate::history::Millis;

const SECOND: Millis = 1_000;
const DAY: i64 = 86_400;
/// No clock is so far from another: those that have lost the time begin in 1970.
const FAR: i64 = 100 * 366 * DAY;
/// The first second of the year 10000 has a longer name.
const END: i64 = 253_402_300_800;

/// By the name of the history's file without its ending.
pub(super) fn name(stem: &str, seconds: i64) -> String {
    let (year, month, day) = civil(seconds.div_euclid(DAY));
    let time = seconds.rem_euclid(DAY);
    let (hour, minute, second) = (time / 3_600, time / 60 % 60, time % 60);
    format!("{stem}-{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z.db")
}

/// When it was made, by its name; `None`: this is no name of a backup, whatever it is.
pub(super) fn seconds(stem: &str, name: &str) -> Option<i64> {
    let time = name.strip_prefix(stem)?.strip_prefix('-')?.strip_suffix(".db")?;
    let (date, time) = time.strip_suffix('Z')?.split_once('T')?;
    let digits = |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(date, 8) || !digits(time, 6) {
        return None;
    }
    let number = |text: &str| text.parse::<i64>().ok();
    let day = days(number(&date[..4])?, number(&date[4..6])?, number(&date[6..])?);
    let time = number(&time[..2])? * 3_600 + number(&time[2..4])? * 60 + number(&time[4..])?;
    let seconds = day * DAY + time;
    // There is but one way to write a time.
    (self::name(stem, seconds) == name).then_some(seconds)
}

/// Can a clock have given this name? What claims to be of a later time would be the latest for ever.
pub(super) fn is_credible(seconds: i64, wall: Millis) -> bool {
    seconds <= wall.div_euclid(SECOND).saturating_add(FAR)
}

/// For one that is made now, after these.
pub(super) fn next(wall: Millis, latest: Option<i64>) -> i64 {
    let now = wall.div_euclid(SECOND).clamp(0, END - 1);
    latest.map_or(now, |latest| now.max(latest + 1)).min(END - 1)
}

/// The date of a day, counted from 1970, in the Gregorian calendar. Its years are counted from March, so that the day that
/// leap years have is the last one, and in eras of 400 years, which are all alike.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

/// The other way.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By `date -u -d @SECONDS`.
    #[test]
    fn a_name_is_a_time_in_utc() {
        let table = [
            (0, "chat-19700101T000000Z.db"),
            (951_782_400, "chat-20000229T000000Z.db"),
            (1_796_007_600, "chat-20261130T030000Z.db"),
            (4_107_542_399, "chat-21000228T235959Z.db"),
            (4_107_542_400, "chat-21000301T000000Z.db"),
            (253_402_300_799, "chat-99991231T235959Z.db"),
        ];
        for (time, text) in table {
            assert_eq!((&name("chat", time)[..], seconds("chat", text)), (text, Some(time)));
        }
        let mut before = None;
        for day in (0..END).step_by(DAY as usize * 13 + 3_601) {
            let name = name("a-b", day);
            assert_eq!(seconds("a-b", &name), Some(day), "{name}");
            assert!(before < Some(name.clone()), "names have the order of time: {name}");
            before = Some(name);
        }
    }

    #[test]
    fn whatever_else_lies_there_is_no_backup() {
        for other in [
            "chat.db",
            "chat-.db",
            "chat-20261129T030000Z.db.part",
            "chat-20261129T030000Z.db-wal",
            "chat-20261129T030000.db",
            "chat-20261129T030000Z",
            "chat-2026-11-29T03:00:00Z.db",
            "chat-20261329T030000Z.db",
            "chat-20260230T030000Z.db",
            "chat-20261129T240000Z.db",
            "chat-20261129T036000Z.db",
            "chat-+0261129T030000Z.db",
            "chat-20261129T03000٠Z.db",
            "chat-120261129T030000Z.db",
            "team-20261129T030000Z.db",
            "old-chat-20261129T030000Z.db",
            "Chat-20261129T030000Z.db",
            "",
        ] {
            assert_eq!(seconds("chat", other), None, "{other}");
        }
    }

    #[test]
    fn a_name_of_the_end_of_time_was_given_by_no_clock() {
        let lost_the_time = 0;
        for (wall, name, is_one) in [
            (1_796_007_600_000, "chat-20261130T030001Z.db", true),
            (1_796_007_600_000, "chat-20991231T235958Z.db", true),
            (1_796_007_600_000, "chat-99991231T235959Z.db", false),
            (lost_the_time, "chat-20261130T030000Z.db", true),
            (lost_the_time, "chat-99991231T235959Z.db", false),
        ] {
            let seconds = seconds("chat", name).expect("it is a name");
            assert_eq!(is_credible(seconds, wall), is_one, "{name} at {wall}");
        }
    }

    #[test]
    fn each_is_named_after_the_latest() {
        assert_eq!(next(1_796_007_600_999, None), 1_796_007_600);
        assert_eq!(next(1_796_007_600_999, Some(1_796_007_500)), 1_796_007_600);
        // Two in a second, or the clock was put back.
        assert_eq!(next(1_796_007_600_999, Some(1_796_007_600)), 1_796_007_601);
        assert_eq!(next(0, Some(1_796_007_600)), 1_796_007_601);
        assert_eq!((next(-5_000, None), next(Millis::MAX, None)), (0, END - 1));
    }
}
