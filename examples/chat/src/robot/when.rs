//! When: after a while, or by the clock.

use super::day::{Day, attempt, day};
use super::lasting::{Lasting, lasting, minutes_behind};
use super::numbers::{digits, whole};
use super::reader::Reader;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    After(Lasting),
    At { day: Option<Day>, time: Option<Time> },
}

/// Of a day. 24:00 is when the next one begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Time {
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Dawn,
    Morning,
    Noon,
    Afternoon,
    Evening,
    Midnight,
}

const PARTS: &[(&[&str], Part)] = &[
    (&["凌晨"], Part::Dawn),
    (&["早上", "早晨", "上午", "清晨", "in the morning", "morning"], Part::Morning),
    (&["中午", "正午", "noon"], Part::Noon),
    (&["下午", "傍晚", "午后", "in the afternoon", "afternoon"], Part::Afternoon),
    (&["晚上", "夜里", "夜间", "in the evening", "evening", "night"], Part::Evening),
    (&["半夜", "午夜", "midnight"], Part::Midnight),
];

/// A day and a part of it in one word.
const BOTH: &[(&[&str], u8, Part)] = &[
    (&["今晚", "今夜", "tonight"], 0, Part::Evening),
    (&["今早", "今晨"], 0, Part::Morning),
    (&["明早", "明晨"], 1, Part::Morning),
    (&["明晚"], 1, Part::Evening),
    (&["后晚"], 2, Part::Evening),
];

/// When, if that is next.
pub(super) fn when(reader: &mut Reader<'_>) -> Option<When> {
    attempt(reader, after).or_else(|| attempt(reader, at))
}

fn after(reader: &mut Reader<'_>) -> Option<When> {
    reader.spaces().word(&["in", "after", "过", "再过", "等"]);
    let lasting = lasting(reader.spaces())?;
    let mut behind = *reader;
    if behind.spaces().word(&["后", "以后", "之后", "过后", "later", "from now"]) {
        *reader = behind;
    }
    Some(When::After(lasting))
}

fn at(reader: &mut Reader<'_>) -> Option<When> {
    let (mut the_day, mut part, mut time) = (None, None, None);
    let mut ahead = *reader;
    loop {
        ahead.spaces();
        ahead.word(&["on", "the", ",", "的", "在", "于", "this"]);
        ahead.spaces();
        let has_at = ahead.word(&["at", "by"]);
        ahead.spaces();
        let both = BOTH.iter().find(|(words, ..)| the_day.is_none() && part.is_none() && ahead.word(words));
        if let Some(&(_, days, of_day)) = both {
            (the_day, part) = (Some(Day::Ahead(days)), Some(of_day));
        } else if the_day.is_none()
            && let Some(found) = day(&mut ahead)
        {
            the_day = Some(found);
        } else if time.is_none()
            && let Some(found) = attempt(&mut ahead, |reader| clock(reader, has_at))
        {
            time = Some(found);
        } else if part.is_none()
            && let Some(&(_, found)) = PARTS.iter().find(|(words, _)| ahead.word(words))
        {
            part = Some(found);
        } else {
            break;
        }
        *reader = ahead;
    }
    let time = match time {
        Some(time) => Some(of_part(time, part)?),
        None => part.map(usual),
    };
    (the_day.is_some() || time.is_some()).then_some(When::At { day: the_day, time })
}

/// With am and pm, if it says so.
fn clock(reader: &mut Reader<'_>, has_at: bool) -> Option<Time> {
    let in_digits = digits(&mut reader.clone()).is_some();
    let hour = whole(reader)?;
    let (mut minute, mut second) = (0, 0);
    let mut is_time = has_at && in_digits;
    let mut behind = *reader;
    if in_digits && behind.character(&[':']) {
        (minute, *reader, is_time) = (two_digits(&mut behind)?, behind, true);
        if behind.character(&[':']) {
            (second, *reader) = (two_digits(&mut behind)?, behind);
        }
    } else if behind.character(&['点', '时']) {
        behind.word(&["整", "钟"]);
        minute = minutes_behind(&mut behind);
        behind.word(&["整"]);
        (*reader, is_time) = (behind, true);
    }
    let mut behind = *reader;
    let is_am = behind.spaces().word(&["am", "a.m."]);
    let is_pm = behind.word(&["pm", "p.m."]);
    let hour = match hour {
        1..=12 if is_am || is_pm => hour % 12 + if is_pm { 12 } else { 0 },
        _ if is_am || is_pm => return None,
        _ => hour,
    };
    if is_am || is_pm {
        (*reader, is_time) = (behind, true);
    }
    let goes_on = reader.peek().is_some_and(|c| c.is_ascii_alphanumeric() || c == '-');
    let fits = hour < 24 || (hour == 24 && minute == 0 && second == 0);
    let time = Time { hour: u8::try_from(hour).ok()?, minute: minute as u8, second: second as u8 };
    (is_time && fits && !goes_on).then_some(time)
}

fn two_digits(reader: &mut Reader<'_>) -> Option<u64> {
    let before = reader.left();
    let number = digits(reader)?;
    (before - reader.left() == 2 && number < 60).then_some(number)
}

/// 下午三点 is 15:00. What does not fit, 早上 15:00 say, is what the clock says.
fn of_part(time: Time, part: Option<Part>) -> Option<Time> {
    let hour = match (part, time.hour) {
        (Some(Part::Dawn | Part::Morning), 12) => 0,
        (Some(Part::Evening | Part::Midnight), 12) => 24,
        (Some(Part::Noon), 1..=3) | (Some(Part::Afternoon), 1..=11) => time.hour + 12,
        (Some(Part::Evening), 5..=11) => time.hour + 12,
        // 晚上一点 is behind midnight.
        (Some(Part::Evening), 1..=4) => time.hour + 24,
        (_, hour) => hour,
    };
    Some(Time { hour, ..time })
}

fn usual(part: Part) -> Time {
    let hour = match part {
        Part::Dawn => 6,
        Part::Morning => 9,
        Part::Noon => 12,
        Part::Afternoon => 15,
        Part::Evening => 20,
        Part::Midnight => 24,
    };
    Time { hour, minute: 0, second: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::robot::reader::Folded;

    fn at(day: impl Into<Option<Day>>, time: impl Into<Option<(u8, u8)>>) -> When {
        let time = time.into().map(|(hour, minute)| Time { hour, minute, second: 0 });
        When::At { day: day.into(), time }
    }

    #[test]
    fn when_is_said_in_many_ways() {
        let after = |seconds| When::After(Lasting { seconds, ..Lasting::default() });
        let tomorrow = Day::Ahead(1);
        let table = [
            ("10分钟 喝茶", after(600), "喝茶"),
            ("10分钟后喝茶", after(600), "喝茶"),
            ("in 10 minutes tea", after(600), "tea"),
            ("过半小时", after(1800), ""),
            ("再过一个半小时 走", after(5400), "走"),
            ("15:30 开会", at(None, (15, 30)), "开会"),
            ("１５：３０", at(None, (15, 30)), ""),
            ("at 15:30 tea", at(None, (15, 30)), "tea"),
            ("9:05", at(None, (9, 5)), ""),
            ("at 9", at(None, (9, 0)), ""),
            ("3pm call", at(None, (15, 0)), "call"),
            ("3:30 p.m.", at(None, (15, 30)), ""),
            ("12am", at(None, (0, 0)), ""),
            ("明天 9:00", at(tomorrow, (9, 0)), ""),
            ("明天下午三点半开会", at(tomorrow, (15, 30)), "开会"),
            ("明天下午3點", at(tomorrow, (15, 0)), ""),
            ("明天上午十点十五分", at(tomorrow, (10, 15)), ""),
            ("明早八点", at(tomorrow, (8, 0)), ""),
            ("今晚八点", at(Day::Ahead(0), (20, 0)), ""),
            ("今晚十二点", at(Day::Ahead(0), (24, 0)), ""),
            ("晚上一点", at(None, (25, 0)), ""),
            ("中午", at(None, (12, 0)), ""),
            ("中午一点", at(None, (13, 0)), ""),
            ("三点零五分", at(None, (3, 5)), ""),
            ("三点五个人来", at(None, (3, 0)), "五个人来"),
            ("8点整", at(None, (8, 0)), ""),
            ("9时30分", at(None, (9, 30)), ""),
            ("tomorrow 9:00 x", at(tomorrow, (9, 0)), "x"),
            ("at 9:00 tomorrow x", at(tomorrow, (9, 0)), "x"),
            ("tomorrow at 9 x", at(tomorrow, (9, 0)), "x"),
            ("tomorrow morning", at(tomorrow, (9, 0)), ""),
            ("tonight", at(Day::Ahead(0), (20, 0)), ""),
            ("on monday at 9am", at(Day::Weekday(0), (9, 0)), ""),
            ("2027-02-06 08:00", at(Day::Date { year: Some(2027), month: 2, day: 6 }, (8, 0)), ""),
            ("2月6日", at(Day::Date { year: None, month: 2, day: 6 }, None), ""),
            ("24:00", at(None, (24, 0)), ""),
            ("明天", at(tomorrow, None), ""),
        ];
        for (text, expected, rest) in table {
            let folded = Folded::new(text);
            let mut reader = folded.begin();
            assert_eq!((when(&mut reader), reader.rest()), (Some(expected), rest), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "", "9", "25:00", "9:60", "24:01", "9:5", "13pm", "0am", "at home", "15:30h", "喝茶", "the cat",
            "on",
        ] {
            let folded = Folded::new(text);
            assert_eq!(when(&mut folded.begin()), None, "{text}");
        }
    }
}
