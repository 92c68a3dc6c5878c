//! Local time: which moment somebody means, and how one is told. The zone is an argument, like the time.

use jiff::civil::{Date, Time as Clock};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, Zoned};

use super::day::Day;
use super::lasting::Lasting;
use super::when::{Time, When};
use crate::history::Millis;

const DAY: Millis = 86_400_000;
/// Nobody is reminded of anything later than this.
const LONGEST: Millis = 366 * DAY;
/// A day without a time.
const MORNING: Time = Time { hour: 9, minute: 0, second: 0 };
/// A date without a year is looked for in so many: there is a 29th of February in any eight.
const YEARS: i16 = 9;

/// By which clock the robot goes.
#[derive(Debug, Clone)]
pub(crate) struct Zone(TimeZone);

/// Why somebody cannot be reminded then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Past,
    TooFar,
    NoSuchDay,
}

/// A moment, and where it is.
#[derive(Debug, Clone)]
pub(super) struct Local(Zoned);

impl Zone {
    /// The machine's.
    pub(crate) fn here() -> Self {
        Zone(TimeZone::system())
    }

    /// `CET-1CEST,M3.5.0,M10.5.0/3`, as POSIX has it.
    #[cfg(test)]
    pub(crate) fn posix(rule: &str) -> Self {
        Zone(TimeZone::posix(rule).expect("it is one"))
    }

    pub(super) fn at(&self, millis: Millis) -> Local {
        Local(Timestamp::from_millisecond(millis).unwrap_or_default().to_zoned(self.0.clone()))
    }
}

impl Local {
    /// When that is, and whether it goes by the clock.
    pub(super) fn due(&self, when: When) -> Result<(Millis, bool), Fault> {
        let (due, is_by_clock) = match when {
            When::After(lasting) => (self.after(lasting)?, lasting.days > 0 || lasting.months > 0),
            When::At { day, time } => (self.next(day, time.unwrap_or(MORNING))?, true),
        };
        match due - self.millis() {
            ..=0 => Err(Fault::Past),
            1..=LONGEST => Ok((due, is_by_clock)),
            _ => Err(Fault::TooFar),
        }
    }

    fn after(&self, lasting: Lasting) -> Result<Millis, Fault> {
        let Lasting { months, days, seconds } = lasting;
        if months > 12 || days > 366 || seconds > LONGEST.unsigned_abs() / 1000 {
            return Err(Fault::TooFar);
        }
        let span = Span::new().months(months as i64).days(days as i64).seconds(seconds as i64);
        let later = self.0.checked_add(span).map_err(|_| Fault::TooFar)?;
        Ok(later.timestamp().as_millisecond())
    }

    /// The first that is still to come.
    fn next(&self, day: Option<Day>, time: Time) -> Result<Millis, Fault> {
        let dates = match day {
            // 晚上一点 may be that of the evening before.
            None => [-1, 0, 1].into_iter().filter_map(|days| self.ahead(days)).collect(),
            Some(day) => self.dates(day),
        };
        if dates.is_empty() {
            return Err(Fault::NoSuchDay);
        }
        let moments = dates.into_iter().filter_map(|date| self.on(date, time));
        moments.into_iter().find(|&due| due > self.millis()).ok_or(Fault::Past)
    }

    fn on(&self, date: Date, time: Time) -> Option<Millis> {
        let date = date.checked_add(Span::new().days(i64::from(time.hour / 24))).ok()?;
        let clock = Clock::new((time.hour % 24) as i8, time.minute as i8, time.second as i8, 0).ok()?;
        // An hour that is left out in spring is the one behind it.
        let there = date.to_datetime(clock).to_zoned(self.0.time_zone().clone()).ok()?;
        Some(there.timestamp().as_millisecond())
    }

    fn ahead(&self, days: i64) -> Option<Date> {
        self.0.date().checked_add(Span::new().days(days)).ok()
    }

    /// Which days somebody may mean, the nearest first.
    fn dates(&self, day: Day) -> Vec<Date> {
        let today = self.0.date();
        let weekday = i64::from(today.weekday().to_monday_zero_offset());
        match day {
            Day::Ahead(days) => self.ahead(i64::from(days)).into_iter().collect(),
            Day::Weekday(wanted) => {
                let days = (i64::from(wanted) - weekday).rem_euclid(7);
                [days, days + 7].into_iter().filter_map(|days| self.ahead(days)).collect()
            }
            Day::OfNextWeek(wanted) => self.ahead(7 - weekday + i64::from(wanted)).into_iter().collect(),
            Day::Date { year: Some(year), month, day } => {
                Date::new(year as i16, month as i8, day as i8).into_iter().collect()
            }
            Day::Date { year: None, month, day } => {
                let years = (0..YEARS).map(|years| today.year().saturating_add(years));
                let dates = years.filter_map(|year| Date::new(year, month as i8, day as i8).ok());
                dates.filter(|&date| date >= today).collect()
            }
            Day::OfMonth(day) => {
                let months = (0..12).filter_map(|months| {
                    let month = today.first_of_month().checked_add(Span::new().months(months)).ok()?;
                    Date::new(month.year(), month.month(), day as i8).ok()
                });
                months.filter(|&date| date >= today).collect()
            }
        }
    }

    /// The day, and how far it is from today.
    pub(super) fn days_until(&self, day: Day) -> Option<(Local, i64)> {
        let date = self.dates(day).into_iter().next()?;
        let days = (date - self.0.date()).get_days();
        let noon = date.to_datetime(Clock::midnight()).to_zoned(self.0.time_zone().clone()).ok()?;
        Some((Local(noon), i64::from(days)))
    }

    pub(super) fn millis(&self) -> Millis {
        self.0.timestamp().as_millisecond()
    }

    // ---- as it is told

    pub(super) fn date(&self) -> String {
        self.0.date().to_string()
    }

    /// Monday is 0.
    pub(super) fn weekday(&self) -> usize {
        self.0.weekday().to_monday_zero_offset() as usize
    }

    pub(super) fn time(&self) -> String {
        let (hour, minute, second) = (self.0.hour(), self.0.minute(), self.0.second());
        format!("{hour:02}:{minute:02}:{second:02}")
    }

    /// Without seconds if there are none.
    pub(super) fn short_time(&self) -> String {
        let time = self.time();
        time.strip_suffix(":00").map(str::to_owned).unwrap_or(time)
    }

    /// `UTC+08:00`
    pub(super) fn offset(&self) -> String {
        let seconds = self.0.offset().seconds();
        let minutes = seconds.abs() / 60;
        let sign = if seconds < 0 { '-' } else { '+' };
        format!("UTC{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }

    /// How many days another moment's day is behind this one's.
    pub(super) fn days_to(&self, other: &Local) -> i64 {
        i64::from((other.0.date() - self.0.date()).get_days())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::robot::reader::Folded;
    use crate::robot::when::when;

    const BERLIN: &str = "CET-1CEST,M3.5.0,M10.5.0/3";

    fn millis(text: &str) -> Millis {
        text.parse::<Timestamp>().expect("a time").as_millisecond()
    }

    fn due(rule: &str, now: &str, text: &str) -> Result<String, Fault> {
        let folded = Folded::new(text);
        let when = when(&mut folded.begin()).unwrap_or_else(|| panic!("{text} is no time"));
        let now = Zone::posix(rule).at(millis(now));
        now.due(when).map(|(due, _)| Timestamp::from_millisecond(due).expect("a time").to_string())
    }

    /// 2026-11-29 is a Sunday; in Shanghai it is eight hours later than in Greenwich.
    #[test]
    fn what_is_meant_is_the_next_that_comes() {
        let now = "2026-11-29T06:30:00Z"; // 14:30
        let table = [
            ("10分钟", "2026-11-29T06:40:00Z"),
            ("15:30", "2026-11-29T07:30:00Z"),
            ("14:30", "2026-11-30T06:30:00Z"),
            ("9:00", "2026-11-30T01:00:00Z"),
            ("明天下午三点半", "2026-11-30T07:30:00Z"),
            ("今晚十二点", "2026-11-29T16:00:00Z"),
            ("晚上一点", "2026-11-29T17:00:00Z"),
            ("后天", "2026-12-01T01:00:00Z"),
            ("周日 15:00", "2026-11-29T07:00:00Z"),
            ("周日 9:00", "2026-12-06T01:00:00Z"),
            ("周一", "2026-11-30T01:00:00Z"),
            ("下周一", "2026-11-30T01:00:00Z"),
            ("下周日", "2026-12-06T01:00:00Z"),
            ("2月6日", "2027-02-06T01:00:00Z"),
            ("29号 15:00", "2026-11-29T07:00:00Z"),
            ("29号 9:00", "2026-12-29T01:00:00Z"),
            ("31号", "2026-12-31T01:00:00Z"),
            ("3天", "2026-12-02T06:30:00Z"),
            ("3个月", "2027-02-28T06:30:00Z"),
            ("366天", "2027-11-30T06:30:00Z"),
        ];
        for (text, expected) in table {
            assert_eq!(due("CST-8", now, text).as_deref(), Ok(expected), "{text}");
        }
        let faults = [
            ("今天 9:00", Fault::Past),
            ("2026-11-28", Fault::Past),
            ("2027-02-29", Fault::NoSuchDay),
            ("2月30日", Fault::NoSuchDay),
            ("2028-02-06", Fault::TooFar),
            ("2月29日", Fault::TooFar),
            ("367天", Fault::TooFar),
            ("99999999999999小时", Fault::TooFar),
            ("13 months", Fault::TooFar),
            ("0分钟", Fault::Past),
        ];
        for (text, fault) in faults {
            assert_eq!(due("CST-8", now, text), Err(fault), "{text}");
        }
    }

    /// In Berlin 02:30 is left out on 2027-03-28, and there twice on 2026-10-25.
    #[test]
    fn where_clocks_change_a_day_is_a_day_and_an_hour_an_hour() {
        assert_eq!(due(BERLIN, "2027-03-27T12:00:00Z", "1 day").as_deref(), Ok("2027-03-28T11:00:00Z"));
        assert_eq!(due(BERLIN, "2027-03-27T12:00:00Z", "24 hours").as_deref(), Ok("2027-03-28T12:00:00Z"));
        assert_eq!(
            due(BERLIN, "2027-03-27T12:00:00Z", "tomorrow 2:30").as_deref(),
            Ok("2027-03-28T01:30:00Z")
        );
        assert_eq!(
            due(BERLIN, "2026-10-24T12:00:00Z", "tomorrow 2:30").as_deref(),
            Ok("2026-10-25T00:30:00Z")
        );
        assert_eq!(due(BERLIN, "2026-10-25T00:40:00Z", "2:30").as_deref(), Ok("2026-10-26T01:30:00Z"));
    }

    #[test]
    fn a_clock_that_is_wrong_by_ages_is_no_trouble() {
        for now in [Millis::MIN, Millis::MAX, -62_135_596_800_000, 253_402_207_200_000, 0] {
            let now = Zone::posix("CST-8").at(now);
            for text in ["10分钟", "明天 9:00", "9999-12-31", "2月6日", "下周日", "12 months", "31号"]
            {
                let folded = Folded::new(text);
                let _ = now.due(when(&mut folded.begin()).expect("a time"));
            }
            assert!(now.days_until(Day::Ahead(3)).is_none_or(|(_, days)| days == 3));
        }
    }
}
