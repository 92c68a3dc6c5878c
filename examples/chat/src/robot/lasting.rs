//! How long: `10 minutes`, `1h30m`, 一个半小时, 半小时, `an hour and a half`, 三天.

use super::numbers::{chinese, digits, thousandths};
use super::reader::Reader;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// Days and months go by the calendar: in three days it is as late as it is now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Lasting {
    pub months: u64,
    pub days: u64,
    pub seconds: u64,
}

#[derive(Clone, Copy)]
enum Unit {
    Seconds(u64),
    Days(u64),
    Months(u64),
}

const UNITS: &[(&[&str], Unit)] = &[
    (&["秒", "秒钟", "s", "sec", "secs", "second", "seconds"], Unit::Seconds(1)),
    (&["分", "分钟", "m", "min", "mins", "minute", "minutes"], Unit::Seconds(MINUTE)),
    (&["刻", "刻钟"], Unit::Seconds(15 * MINUTE)),
    (&["小时", "钟头", "h", "hr", "hrs", "hour", "hours"], Unit::Seconds(HOUR)),
    (&["天", "d", "day", "days"], Unit::Days(1)),
    (&["周", "星期", "礼拜", "w", "week", "weeks"], Unit::Days(7)),
    (&["月", "month", "months"], Unit::Months(1)),
    (&["年", "y", "year", "years"], Unit::Months(12)),
];

/// As much of it as there is.
pub(super) fn lasting(reader: &mut Reader<'_>) -> Option<Lasting> {
    let mut all = Lasting::default();
    let mut ahead = *reader;
    let mut any = false;
    while let Some(part) = part(&mut ahead) {
        all.months += part.months;
        all.days += part.days;
        all.seconds += part.seconds;
        *reader = ahead;
        any = true;
        ahead.spaces();
        ahead.word(&["and", "又", "零"]);
    }
    any.then_some(all)
}

fn part(reader: &mut Reader<'_>) -> Option<Lasting> {
    reader.spaces();
    let is_half = reader.word(&["半", "half"]);
    let mut is_counted = false;
    let amount = if is_half {
        reader.spaces().word(&["a", "an"]);
        reader.character(&['个']);
        is_counted = true;
        500
    } else {
        let (number, ahead) = amount(*reader)?;
        *reader = ahead;
        let mut amount = number;
        let mut behind = *reader;
        if behind.spaces().character(&['个']) {
            *reader = behind;
            is_counted = true;
        }
        let mut behind = *reader;
        if behind.spaces().word(&["半", "and a half"]) {
            *reader = behind;
            amount += 500;
        }
        amount
    };
    let unit = unit(reader.spaces(), is_counted)?;
    let mut behind = *reader;
    let is_longer = !is_half && behind.spaces().word(&["半", "and a half"]);
    if is_longer {
        *reader = behind;
    }
    of(unit, amount + if is_longer { 500 } else { 0 })
}

fn amount(mut reader: Reader<'_>) -> Option<(u64, Reader<'_>)> {
    thousandths(&mut reader).map(|number| (number, reader))
}

/// 三个月 are months; 三月 is March, and 2027年 a year.
fn unit(reader: &mut Reader<'_>, is_counted: bool) -> Option<Unit> {
    let longest = |reader: &Reader<'_>, words: &[&str]| {
        let mut ahead = *reader;
        ahead.word(words).then(|| ahead.left())
    };
    let found = UNITS.iter().filter_map(|(words, unit)| Some((longest(reader, words)?, words, *unit)));
    let (_, words, unit) = found.min_by_key(|&(left, ..)| left)?;
    let is_date = !is_counted && ['月', '年'].map(Some).contains(&reader.peek());
    if is_date {
        return None;
    }
    reader.word(words);
    Some(unit)
}

/// Half a day is twelve hours.
fn of(unit: Unit, thousandths: u64) -> Option<Lasting> {
    let (whole, rest) = (thousandths / 1000, thousandths % 1000);
    Some(match unit {
        Unit::Seconds(seconds) => Lasting { seconds: thousandths * seconds / 1000, ..Lasting::default() },
        Unit::Days(days) => {
            Lasting { days: whole * days, seconds: rest * days * 24 * HOUR / 1000, months: 0 }
        }
        Unit::Months(months) if rest * months % 1000 == 0 => {
            Lasting { months: thousandths * months / 1000, ..Lasting::default() }
        }
        Unit::Months(_) => return None,
    })
}

/// The minutes behind an hour of the clock: 三点半, 三点一刻, 三点零五分, 三点15.
pub(super) fn minutes_behind(reader: &mut Reader<'_>) -> u64 {
    let mut behind = *reader;
    if behind.word(&["半"]) {
        *reader = behind;
        return 30;
    }
    behind.character(&['零', '过']);
    let number = digits(&mut behind).or_else(|| chinese(&mut behind));
    let Some(number) = number else { return 0 };
    let minutes = if behind.word(&["刻", "刻钟"]) { number.checked_mul(15) } else { Some(number) };
    // 三点10分钟 and the like mean nothing; 三点五个人 is about five people.
    let is_minutes =
        behind.word(&["分"]) || minutes != Some(number) || number >= 10 || digit_pair(reader, &behind);
    match minutes.filter(|minutes| *minutes < 60 && is_minutes) {
        Some(minutes) => {
            *reader = behind;
            minutes
        }
        None => 0,
    }
}

/// `05` of 三点05.
fn digit_pair(from: &Reader<'_>, to: &Reader<'_>) -> bool {
    from.left() - to.left() == 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::robot::reader::Folded;

    #[test]
    fn how_long_is_said_in_many_ways() {
        let seconds = |seconds| Lasting { seconds, ..Lasting::default() };
        let days = |days| Lasting { days, ..Lasting::default() };
        let months = |months| Lasting { months, ..Lasting::default() };
        let table = [
            ("10分钟", seconds(600), ""),
            ("１０分鐘后", seconds(600), "后"),
            ("十分钟喝茶", seconds(600), "喝茶"),
            ("90秒", seconds(90), ""),
            ("半小时", seconds(1800), ""),
            ("半个小时", seconds(1800), ""),
            ("半個鐘頭", seconds(1800), ""),
            ("一个半小时", seconds(5400), ""),
            ("一小时半", seconds(5400), ""),
            ("两个半小时后", seconds(9000), "后"),
            ("一小时二十分钟", seconds(4800), ""),
            ("1小时零5分钟", seconds(3900), ""),
            ("一刻钟", seconds(900), ""),
            ("三刻钟", seconds(2700), ""),
            ("1.5小时", seconds(5400), ""),
            ("10m tea", seconds(600), "tea"),
            ("1h30m", seconds(5400), ""),
            ("1 h 30 min", seconds(5400), ""),
            ("10 Minutes", seconds(600), ""),
            ("an hour", seconds(3600), ""),
            ("half an hour", seconds(1800), ""),
            ("an hour and a half", seconds(5400), ""),
            ("two and a half hours", seconds(9000), ""),
            ("1 hour and 20 minutes", seconds(4800), ""),
            ("三天", days(3), ""),
            ("一天半", Lasting { days: 1, seconds: 43_200, months: 0 }, ""),
            ("2 weeks", days(14), ""),
            ("一个星期", days(7), ""),
            ("3个月", months(3), ""),
            ("1 month", months(1), ""),
            ("半年后", months(6), "后"),
            ("a minute", seconds(60), ""),
        ];
        for (text, expected, rest) in table {
            let folded = Folded::new(text);
            let mut reader = folded.begin();
            let found = lasting(&mut reader);
            assert_eq!((found, reader.rest()), (Some(expected), rest), "{text}");
        }
        for text in ["", "10", "a friend", "喝茶", "3月6日", "2027年", "三点", "ten monkeys", "半", "half"]
        {
            let folded = Folded::new(text);
            assert_eq!(lasting(&mut folded.begin()), None, "{text}");
        }
    }
}
