//! Numbers as people write them: `12`, `1.5`, 十二, 两百零五, `an`, `twelve`.

use super::reader::Reader;

/// More than this is not told apart: nothing is so large.
pub(super) const MANY: u64 = 999_999_999;

const WORDS: &[(&str, u64)] = &[
    ("a", 1),
    ("an", 1),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("fifteen", 15),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("ninety", 90),
];

/// In digits.
pub(super) fn digits(reader: &mut Reader<'_>) -> Option<u64> {
    let mut number = None;
    while let Some(digit) = reader.peek().and_then(|c| c.to_digit(10)) {
        reader.next();
        number = Some((number.unwrap_or(0) * 10 + u64::from(digit)).min(MANY));
    }
    number
}

/// In digits or in Chinese.
pub(super) fn whole(reader: &mut Reader<'_>) -> Option<u64> {
    digits(reader).or_else(|| chinese(reader))
}

/// In digits, in Chinese or in English, in thousandths.
pub(super) fn thousandths(reader: &mut Reader<'_>) -> Option<u64> {
    if let Some(whole) = digits(reader) {
        let mut behind = *reader;
        let is_fraction = behind.character(&['.']) && behind.peek().is_some_and(|c| c.is_ascii_digit());
        if !is_fraction {
            return Some(whole * 1000);
        }
        let (mut fraction, mut unit) = (0, 1000);
        while let Some(digit) = behind.peek().and_then(|c| c.to_digit(10)) {
            behind.next();
            unit /= 10;
            fraction += u64::from(digit) * unit;
        }
        *reader = behind;
        return Some(whole * 1000 + fraction);
    }
    let number = chinese(reader).or_else(|| english(reader));
    number.map(|number| number * 1000)
}

fn english(reader: &mut Reader<'_>) -> Option<u64> {
    let found = WORDS.iter().find(|(word, _)| reader.word(&[word]));
    found.map(|(_, number)| *number)
}

pub(super) fn chinese_digit(c: char) -> Option<u64> {
    let digits = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    match c {
        '两' => Some(2),
        c => digits.iter().position(|&digit| digit == c).map(|digit| digit as u64),
    }
}

/// 十二, 二十, 一百零五, 两千: below ten thousand.
pub(super) fn chinese(reader: &mut Reader<'_>) -> Option<u64> {
    let (mut number, mut digit, mut smallest, mut any) = (0, None, 10_000, false);
    while let Some(c) = reader.peek() {
        let unit = match c {
            '十' => Some(10),
            '百' => Some(100),
            '千' => Some(1000),
            _ => None,
        };
        match (unit, chinese_digit(c)) {
            (Some(unit), _) if unit < smallest && (digit.is_some() || !any) => {
                number += digit.take().unwrap_or(1) * unit;
                smallest = unit;
            }
            (None, Some(0)) if any && digit.is_none() => {}
            (None, Some(next)) if digit.is_none() && smallest > 1 => digit = Some(next),
            _ => break,
        }
        any = true;
        reader.next();
    }
    any.then_some(number + digit.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::robot::reader::Folded;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let table = [
            ("12", 12_000),
            ("１２", 12_000),
            ("1.5", 1_500),
            ("0.25", 250),
            ("2.", 2_000),
            ("99999999999999999999999999", MANY * 1000),
            ("十", 10_000),
            ("十二", 12_000),
            ("二十", 20_000),
            ("二十五", 25_000),
            ("两", 2_000),
            ("兩百", 200_000),
            ("一百零五", 105_000),
            ("一百二十", 120_000),
            ("三千零一", 3_001_000),
            ("零", 0),
            ("an", 1_000),
            ("Twelve", 12_000),
            ("fifteen", 15_000),
        ];
        for (text, number) in table {
            let folded = Folded::new(text);
            assert_eq!(thousandths(&mut folded.begin()), Some(number), "{text}");
        }
        for text in ["", "x", "anna", "oneself", "个", "-3", "."] {
            let folded = Folded::new(text);
            assert_eq!(thousandths(&mut folded.begin()), None, "{text}");
        }
    }

    #[test]
    fn what_does_not_belong_to_a_number_is_left() {
        for (text, number, rest) in
            [("三三", 3, "三"), ("十十", 10, "十"), ("二百千", 200, "千"), ("五x", 5, "x")]
        {
            let folded = Folded::new(text);
            let mut reader = folded.begin();
            assert_eq!((chinese(&mut reader), reader.rest()), (Some(number), rest), "{text}");
        }
    }
}
