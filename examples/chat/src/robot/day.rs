//! Which day: 明天, `next monday`, `2027-02-06`, 2月6日, `Feb 6`.

use super::numbers::{chinese_digit, digits, whole};
use super::reader::Reader;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Day {
    /// So many days from today.
    Ahead(u8),
    /// The next one that comes, Monday is 0.
    Weekday(u8),
    /// Of the week behind this one.
    OfNextWeek(u8),
    /// Without a year: the next one that comes.
    Date { year: Option<u16>, month: u8, day: u8 },
    /// The next day of a month with this number.
    OfMonth(u8),
}

const AHEAD: &[(&[&str], u8)] = &[
    (&["大后天"], 3),
    (&["后天", "the day after tomorrow", "day after tomorrow"], 2),
    (&["明天", "明日", "tomorrow"], 1),
    (&["今天", "今日", "today"], 0),
];

const WEEKDAYS: [&[&str]; 7] = [
    &["monday", "mon"],
    &["tuesday", "tue"],
    &["wednesday", "wed"],
    &["thursday", "thu"],
    &["friday", "fri"],
    &["saturday", "sat"],
    &["sunday", "sun"],
];

const MONTHS: [&[&str]; 12] = [
    &["january", "jan"],
    &["february", "feb"],
    &["march", "mar"],
    &["april", "apr"],
    &["may"],
    &["june", "jun"],
    &["july", "jul"],
    &["august", "aug"],
    &["september", "sep", "sept"],
    &["october", "oct"],
    &["november", "nov"],
    &["december", "dec"],
];

/// A day, if one is next.
pub(super) fn day(reader: &mut Reader<'_>) -> Option<Day> {
    let kinds = [ahead, weekday, date, english_date, of_month];
    kinds.iter().find_map(|kind| attempt(reader, kind))
}

/// What was read in vain is read again.
pub(super) fn attempt<'a, T>(
    reader: &mut Reader<'a>,
    read: impl Fn(&mut Reader<'a>) -> Option<T>,
) -> Option<T> {
    let mut ahead = *reader;
    let found = read(&mut ahead)?;
    *reader = ahead;
    Some(found)
}

fn ahead(reader: &mut Reader<'_>) -> Option<Day> {
    AHEAD.iter().find(|(words, _)| reader.word(words)).map(|&(_, days)| Day::Ahead(days))
}

fn weekday(reader: &mut Reader<'_>) -> Option<Day> {
    let is_next = reader.word(&["下个", "下", "next"]);
    reader.word(&["这个", "这", "本", "this"]);
    reader.spaces();
    if let Some(day) = WEEKDAYS.iter().position(|words| reader.word(words)) {
        return Some(Day::Weekday(day as u8));
    }
    if !reader.word(&["周", "星期", "礼拜"]) {
        return None;
    }
    let day = match reader.next()? {
        '日' | '天' | '7' => 6,
        c => match chinese_digit(c).or(c.to_digit(10).map(u64::from))? {
            number @ 1..=6 => number as u8 - 1,
            _ => return None,
        },
    };
    Some(if is_next { Day::OfNextWeek(day) } else { Day::Weekday(day) })
}

/// `2027-02-06`, `2027/2/6`, `2027.2.6`, `2-6`, 2027年2月6日, 二月六号.
fn date(reader: &mut Reader<'_>) -> Option<Day> {
    let first = number_of_date(reader)?;
    if reader.spaces().character(&['年']) {
        let year = u16::try_from(first).ok().filter(|year| (1..=9999).contains(year))?;
        return month_and_day(reader.spaces(), Some(year));
    }
    if reader.character(&['月']) {
        return day_of(reader.spaces(), None, first);
    }
    let separator = ['-', '/', '.'].into_iter().find(|&c| reader.character(&[c]))?;
    let second = digits(reader)?;
    if reader.character(&[separator]) {
        let day = digits(reader)?;
        let year = u16::try_from(first).ok().filter(|year| (1000..=9999).contains(year))?;
        return checked(Some(year), second, day);
    }
    // 3.5 is a number, and 1/2 a half as well.
    if separator == '-' && !reader.peek().is_some_and(char::is_alphanumeric) {
        return checked(None, first, second);
    }
    None
}

/// A year may be written digit by digit: 二〇二七.
fn number_of_date(reader: &mut Reader<'_>) -> Option<u64> {
    let by_digits = |reader: &mut Reader<'_>| {
        let mut year = 0;
        for _ in 0..4 {
            year = year * 10 + chinese_digit(reader.next()?)?;
        }
        (reader.peek() == Some('年')).then_some(year)
    };
    attempt(reader, by_digits).or_else(|| whole(reader))
}

fn month_and_day(reader: &mut Reader<'_>, year: Option<u16>) -> Option<Day> {
    let month = whole(reader)?;
    reader.spaces().character(&['月']).then_some(())?;
    day_of(reader.spaces(), year, month)
}

fn day_of(reader: &mut Reader<'_>, year: Option<u16>, month: u64) -> Option<Day> {
    let day = whole(reader)?;
    reader.spaces().character(&['日', '号']);
    checked(year, month, day)
}

/// `Feb 6`, `6 February 2027`, `February 6th, 2027`.
fn english_date(reader: &mut Reader<'_>) -> Option<Day> {
    reader.word(&["the"]);
    let before = attempt(reader.spaces(), ordinal);
    reader.spaces().word(&["of"]);
    reader.spaces();
    let month = MONTHS.iter().position(|words| reader.word(words))? as u64 + 1;
    reader.character(&['.']);
    let day = match before {
        Some(day) => day,
        None => attempt(reader.spaces(), ordinal)?,
    };
    let year = |reader: &mut Reader<'_>| {
        reader.spaces().character(&[',']);
        let year = digits(reader.spaces()).filter(|year| (1000..=9999).contains(year))?;
        (reader.peek() != Some(':')).then_some(year as u16)
    };
    checked(attempt(reader, year), month, day)
}

fn ordinal(reader: &mut Reader<'_>) -> Option<u64> {
    let number = digits(reader)?;
    ["st", "nd", "rd", "th"].iter().any(|ending| reader.text(ending));
    (!reader.peek().is_some_and(|c| c.is_ascii_alphanumeric() || c == ':')).then_some(number)
}

/// 6号.
fn of_month(reader: &mut Reader<'_>) -> Option<Day> {
    let day = whole(reader)?;
    let is_day = reader.spaces().character(&['号', '日']) && (1..=31).contains(&day);
    is_day.then_some(Day::OfMonth(day as u8))
}

fn checked(year: Option<u16>, month: u64, day: u64) -> Option<Day> {
    let is_possible = (1..=12).contains(&month) && (1..=31).contains(&day);
    is_possible.then_some(Day::Date { year, month: month as u8, day: day as u8 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::robot::reader::Folded;

    #[test]
    fn days_are_said_in_many_ways() {
        let date = |year, month, day| Day::Date { year: Some(year), month, day };
        let every = |month, day| Day::Date { year: None, month, day };
        let table = [
            ("今天", Day::Ahead(0), ""),
            ("明天下午", Day::Ahead(1), "下午"),
            ("大後天", Day::Ahead(3), ""),
            ("the day after tomorrow", Day::Ahead(2), ""),
            ("Tomorrow 9:00", Day::Ahead(1), "9:00"),
            ("周三", Day::Weekday(2), ""),
            ("星期天", Day::Weekday(6), ""),
            ("禮拜日", Day::Weekday(6), ""),
            ("下周一 9点", Day::OfNextWeek(0), "9点"),
            ("下个星期五", Day::OfNextWeek(4), ""),
            ("monday", Day::Weekday(0), ""),
            ("next Friday at 9", Day::Weekday(4), "at 9"),
            ("2027-02-06", date(2027, 2, 6), ""),
            ("２０２７／２／６", date(2027, 2, 6), ""),
            ("2027.2.6", date(2027, 2, 6), ""),
            ("2027年2月6日", date(2027, 2, 6), ""),
            ("二〇二七年二月六號", date(2027, 2, 6), ""),
            ("2月6日", every(2, 6), ""),
            ("十二月二十五", every(12, 25), ""),
            ("2-6", every(2, 6), ""),
            ("Feb 6", every(2, 6), ""),
            ("6 Feb", every(2, 6), ""),
            ("February 6th, 2027", date(2027, 2, 6), ""),
            ("6 february 2027 9:00", date(2027, 2, 6), "9:00"),
            ("Feb 6 9:00", every(2, 6), "9:00"),
            ("the 3rd of May", every(5, 3), ""),
            ("6号", Day::OfMonth(6), ""),
        ];
        for (text, expected, rest) in table {
            let folded = Folded::new(text);
            let mut reader = folded.begin();
            assert_eq!((day(&mut reader), reader.rest()), (Some(expected), rest), "{text}");
        }
    }

    #[test]
    fn what_is_no_day_is_none() {
        for text in [
            "",
            "10",
            "9:30",
            "3.5",
            "1/2",
            "2027-13-01",
            "2027-02-32",
            "0-0",
            "32号",
            "may",
            "maybe 5",
            "周",
            "周十",
            "下周",
            "12345-1-1",
            "99999999999999-1-1",
            "next",
            "6 6",
            "tomorrows",
            "二〇二",
        ] {
            let folded = Folded::new(text);
            assert_eq!(day(&mut folded.begin()), None, "{text}");
        }
    }
}
