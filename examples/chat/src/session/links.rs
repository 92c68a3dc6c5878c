//! Codes by which somebody is the same person on another device: short enough to be typed, good for five minutes and once.
//!
//! ```text
//!   one device   {"type":"link"} ─▶ ABCD-EFGH        another   {"type":"hello","code":"abcd efgh"} ─▶ a token of its own
//! ```
//!
//! A code has 8 of 30 signs: 39 bits. Whoever guesses pays for 10 messages each time; at 5 a second and 10,000 codes at
//! once that is one hit in 150 days, of an address that is seen in the log all that time. Only hashes are kept, and
//! compared in constant time.

use std::collections::{BTreeSet, HashMap};

use crate::history::{KeyHash, Millis, PersonId};
use crate::token;

/// So long a code is good, in milliseconds.
pub(crate) const LASTS: Millis = 5 * 60_000;
/// So many at once.
const MOST: usize = 10_000;
/// Signs of a code, and those of which it is made: none that looks like another one, in any hand.
const LENGTH: usize = 8;
const SIGNS: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The codes that are good.
#[derive(Debug, Default)]
pub(crate) struct Links {
    codes: HashMap<PersonId, Code>,
    /// In the order in which they end.
    ends: BTreeSet<(Millis, PersonId)>,
}

#[derive(Debug)]
struct Code {
    hash: KeyHash,
    until: Millis,
}

impl Links {
    /// A new code for somebody, as it is shown; the one before is worth nothing. `None`: there are too many, or the system
    /// has no chance to give.
    pub(crate) fn make(&mut self, person: PersonId, now: Millis) -> Option<String> {
        self.pass_time(now);
        self.drop_of(person);
        if self.codes.len() >= MOST {
            return None;
        }
        let (code, until) = (random_code()?, now + LASTS);
        self.codes.insert(person, Code { hash: token::key_hash(&code), until });
        self.ends.insert((until, person));
        Some(format!("{}-{}", &code[..LENGTH / 2], &code[LENGTH / 2..]))
    }

    /// Another node has made a code for somebody; what is known of it is its hash.
    pub(crate) fn add(&mut self, person: PersonId, hash: KeyHash, now: Millis) {
        self.pass_time(now);
        self.drop_of(person);
        if self.codes.len() < MOST {
            let until = now + LASTS;
            self.codes.insert(person, Code { hash, until });
            self.ends.insert((until, person));
        }
    }

    /// The hash of somebody's code.
    pub(crate) fn hash_of(&self, person: PersonId) -> Option<KeyHash> {
        self.codes.get(&person).map(|code| code.hash)
    }

    /// Whose code this is, and its hash. It is good no more.
    pub(crate) fn take(&mut self, text: &str, now: Millis) -> Option<(PersonId, KeyHash)> {
        self.pass_time(now);
        let hash = token::key_hash(&plain(text)?);
        // All of them are looked at, and each whole: how long it takes tells nothing.
        let is_it =
            |code: &Code| code.hash.iter().zip(&hash).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0;
        let mut whose = None;
        for (&person, code) in &self.codes {
            if is_it(code) {
                whose = Some(person);
            }
        }
        self.drop_of(whose?);
        Some((whose?, hash))
    }

    /// Somebody is not to be anybody's other device any more: banned, erased, forgotten.
    pub(crate) fn drop_of(&mut self, person: PersonId) {
        if let Some(code) = self.codes.remove(&person) {
            self.ends.remove(&(code.until, person));
        }
    }

    pub(crate) fn pass_time(&mut self, now: Millis) {
        while let Some(&(_, person)) = self.ends.first().filter(|(until, _)| *until <= now) {
            self.drop_of(person);
        }
    }
}

/// The signs of a code, however somebody wrote it.
fn plain(text: &str) -> Option<String> {
    let signs = || text.chars().filter(|c| !matches!(c, '-' | ' ')).map(|c| c.to_ascii_uppercase());
    let is_code = text.len() <= 4 * LENGTH && signs().count() == LENGTH;
    is_code.then(|| signs().collect())
}

fn random_code() -> Option<String> {
    let mut code = String::with_capacity(LENGTH);
    while code.len() < LENGTH {
        let mut bytes = [0; 2 * LENGTH];
        getrandom::fill(&mut bytes).ok()?;
        // Of 256 the last 16 would make some signs likelier than others.
        let even = bytes.iter().filter(|&&byte| usize::from(byte) < 256 / SIGNS.len() * SIGNS.len());
        let signs = even.map(|&byte| char::from(SIGNS[usize::from(byte) % SIGNS.len()]));
        code.extend(signs.take(LENGTH - code.len()));
    }
    Some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whose code it is.
    fn take(links: &mut Links, text: &str, now: Millis) -> Option<PersonId> {
        links.take(text, now).map(|(person, _)| person)
    }

    #[test]
    fn a_code_is_good_once_however_it_is_written() {
        let mut links = Links::default();
        let code = links.make(7, 0).unwrap();
        assert!(code.len() == LENGTH + 1 && code.is_char_boundary(4) && code.as_bytes()[4] == b'-', "{code}");
        assert!(code.bytes().all(|sign| sign == b'-' || SIGNS.contains(&sign)), "{code}");
        let typed = code.to_lowercase().replace('-', " ");
        for wrong in ["", "ABCD-EFG", "ABCD-EFGHJ", "ABCD-EFG0", &"A".repeat(1 << 20), &code[..8]] {
            assert_eq!(take(&mut links, wrong, 1), None, "{}", &wrong[..wrong.len().min(20)]);
        }
        assert_eq!(take(&mut links, &typed, 1), Some(7));
        assert_eq!(take(&mut links, &typed, 1), None, "it was used");
    }

    #[test]
    fn a_code_is_good_for_five_minutes_and_only_the_latest_of_a_person() {
        let mut links = Links::default();
        let (first, second) = (links.make(7, 0).unwrap(), links.make(7, 100).unwrap());
        assert_eq!(take(&mut links, &first, 200), None);
        assert_eq!(take(&mut links, &second, LASTS + 99), Some(7), "the end of the first is not its end");
        let now = 2 * LASTS;
        let third = links.make(7, now).unwrap();
        assert_eq!(take(&mut links, &third, now + LASTS), None);
        let fourth = links.make(7, now + LASTS).unwrap();
        links.drop_of(7);
        assert_eq!(take(&mut links, &fourth, now + LASTS), None);
        links.pass_time(now + 2 * LASTS);
        assert!(links.codes.is_empty() && links.ends.is_empty());
    }

    #[test]
    fn there_is_an_end_to_how_many_there_are_and_nobody_takes_more_than_one() {
        let (mut links, most) = (Links::default(), MOST as PersonId);
        assert!((0..2 * most).all(|one| links.make(one % 3, 0).is_some()));
        assert!((3..most).all(|one| links.make(one, 1).is_some()));
        assert_eq!((links.make(most, LASTS - 1), links.ends.len()), (None, MOST));
        assert!(links.make(7, LASTS - 1).is_some(), "in the place of their own");
        assert!(links.make(most, LASTS).is_some());
    }

    #[test]
    fn every_sign_comes_and_none_that_looks_like_another() {
        let all: String = (0..500).filter_map(|_| random_code()).collect();
        assert!(SIGNS.iter().all(|&sign| all.contains(char::from(sign))));
        assert!(!all.contains(['0', 'O', '1', 'I', 'L', 'U']), "{all}");
    }
}
