//! Dice, and what is drawn: fair, with chance from outside.

use super::numbers::{digits, whole};
use super::reader::Reader;

/// So many dice at once, with so many sides; and so much more or less.
const MOST_DICE: u64 = 20;
const MOST_SIDES: u64 = 1000;
const MOST_MORE: u64 = 1_000_000;
/// So many things to choose from.
const MOST_LOTS: usize = 100;
/// What is not fair is thrown again, but not for ever: chance that is none has an end, too.
const TRIES: usize = 64;

/// Some bits that nobody can guess.
pub(crate) type Chance<'a> = dyn FnMut() -> u32 + 'a;

/// `2d6+1`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dice {
    pub count: u64,
    pub sides: u64,
    pub more: i64,
}

pub(super) const ONE: Dice = Dice { count: 1, sides: 6, more: 0 };

/// As they are written: nothing else than `d20`, `2d6+1`.
pub(super) fn dice(reader: &mut Reader<'_>) -> Option<Dice> {
    let mut ahead = *reader;
    let count = digits(&mut ahead).unwrap_or(1);
    ahead.character(&['d']).then_some(())?;
    let sides = digits(&mut ahead)?;
    *reader = ahead;
    let mut more = 0;
    let (is_more, is_less) = (ahead.spaces().character(&['+']), ahead.character(&['-', '−']));
    if (is_more || is_less)
        && let Some(number) = digits(ahead.spaces())
    {
        *reader = ahead;
        more = if is_more { number as i64 } else { -(number as i64) };
    }
    Some(Dice { count, sides, more })
}

/// 两个骰子
pub(super) fn how_many(reader: &mut Reader<'_>) -> Option<u64> {
    let mut ahead = *reader;
    let count = whole(&mut ahead)?;
    ahead.spaces().character(&['个', '颗', '枚', '粒']);
    *reader = ahead;
    Some(count)
}

impl Dice {
    pub(super) fn is_possible(&self) -> bool {
        (1..=MOST_DICE).contains(&self.count)
            && (2..=MOST_SIDES).contains(&self.sides)
            && self.more.unsigned_abs() <= MOST_MORE
    }

    /// Each as it fell, and all together.
    pub(super) fn throw(&self, chance: &mut Chance<'_>) -> (Vec<i64>, i64) {
        let thrown: Vec<i64> =
            (0..self.count).map(|_| i64::from(below(self.sides as u32, chance)) + 1).collect();
        let sum = thrown.iter().sum::<i64>() + self.more;
        (thrown, sum)
    }
}

/// A number below this, each as likely as the others.
pub(super) fn below(limit: u32, chance: &mut Chance<'_>) -> u32 {
    // Of the last round, which is not complete, nothing is taken.
    let complete = u32::MAX - u32::MAX % limit;
    let fair = (0..TRIES).map(|_| chance()).find(|&thrown| thrown < complete);
    fair.unwrap_or(0) % limit
}

/// What somebody can choose from; at least two.
pub(super) fn lots(text: &str) -> Option<Vec<&str>> {
    let is_bar = |c: char| matches!(c, '|' | '｜');
    let is_comma = |c: char| matches!(c, ',' | '，' | '、' | ';' | '；' | '/');
    let split: Vec<&str> = if text.contains(is_bar) {
        text.split(is_bar).collect()
    } else if text.contains(is_comma) {
        text.split(is_comma).collect()
    } else if text.contains("还是") || text.contains("還是") {
        text.split("还是").flat_map(|part| part.split("還是")).collect()
    } else if text.contains(" or ") {
        text.split(" or ").collect()
    } else {
        text.split(" 或 ").collect()
    };
    let is_end = |c: char| matches!(c, '?' | '？' | '。');
    let lots: Vec<&str> = split
        .into_iter()
        .map(|lot| lot.trim().trim_end_matches(is_end).trim_end())
        .filter(|lot| !lot.is_empty())
        .collect();
    (2..=MOST_LOTS).contains(&lots.len()).then_some(lots)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::robot::reader::Folded;

    #[test]
    fn dice_are_written_as_players_write_them() {
        let read = |text: &str| {
            let folded = Folded::new(text);
            let mut reader = folded.begin();
            dice(&mut reader).map(|dice| (dice.count, dice.sides, dice.more, reader.rest().to_owned()))
        };
        let table = [
            ("d20", (1, 20, 0, "")),
            ("2d6+1", (2, 6, 1, "")),
            ("２Ｄ６ － 2 x", (2, 6, -2, "x")),
            ("2d6+x", (2, 6, 0, "+x")),
        ];
        for (text, (count, sides, more, rest)) in table {
            assert_eq!(read(text), Some((count, sides, more, rest.to_owned())), "{text}");
        }
        assert!(["d", "2d", "6", "2 d 6", ""].into_iter().all(|text| read(text).is_none()));
        let possible = |count, sides, more| Dice { count, sides, more }.is_possible();
        assert!(possible(1, 2, 0) && possible(20, 1000, -1_000_000));
        assert!(!possible(0, 6, 0) && !possible(21, 6, 0) && !possible(1, 1, 0) && !possible(1, 1001, 0));
        assert!(!possible(1, 6, 1_000_001));
    }

    /// What cannot be shared out evenly is thrown again: of 4,294,967,296 numbers 4 are left over for a die of six.
    #[test]
    fn a_die_is_fair() {
        let mut told = [u32::MAX, u32::MAX - 3, 5, 6].into_iter();
        let mut chance = || told.next().expect("enough was told");
        assert_eq!((below(6, &mut chance), below(6, &mut chance)), (5, 0));
        for limit in 1..=1000 {
            let complete = u64::from(u32::MAX - u32::MAX % limit);
            assert_eq!(complete % u64::from(limit), 0);
        }
        let mut seed = 11_u64;
        let mut random = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 32) as u32
        };
        let mut counts = [0_i64; 6];
        for _ in 0..60_000 {
            let (thrown, sum) = Dice { more: 3, ..ONE }.throw(&mut random);
            assert_eq!(sum, thrown[0] + 3);
            counts[thrown[0] as usize - 1] += 1;
        }
        // Six sigmas of 10,000 are 548.
        assert!(counts.iter().all(|count| (count - 10_000).abs() < 548), "{counts:?}");
    }

    #[test]
    fn lots_are_what_stands_between() {
        assert_eq!(lots("a|b | c"), Some(vec!["a", "b", "c"]));
        assert_eq!(lots("茶｜咖啡"), Some(vec!["茶", "咖啡"]));
        assert_eq!(lots("茶、咖啡，水？"), Some(vec!["茶", "咖啡", "水"]));
        assert_eq!(lots("1,5|2,5"), Some(vec!["1,5", "2,5"]));
        assert_eq!(lots("去还是不去"), Some(vec!["去", "不去"]));
        assert_eq!(lots("tea or coffee?"), Some(vec!["tea", "coffee"]));
        assert_eq!(lots(&"a|".repeat(100)).map(|lots| lots.len()), Some(100));
        for text in ["", "|", "a", "a|", "a b c", &"a|".repeat(101)] {
            assert_eq!(lots(text), None, "{text}");
        }
    }
}
