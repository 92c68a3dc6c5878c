//! Whom a text mentions: `@`, and the longest name of a member that follows it.
//!
//! What follows is folded once, character by character: the fold of a name is that of its characters, one after the
//! other. Behind each character at which a name may end, the key so far is looked up; so a text costs as much as it
//! has characters behind its `@`s, and no more.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::membership::Membership;
use super::people::People;
use crate::history::{Call, PersonId, RoomId};
use crate::model::calls;
use crate::model::names::{self, is_spaceless};

/// So many `@` of a text are looked at.
const SOUGHT: usize = 20;

/// Who is mentioned, and what it took to find that out.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Mentioned {
    pub people: Vec<PersonId>,
    /// Many are called at once, if whoever says it may do that.
    pub call: Option<Call>,
    /// Characters that were folded, and not looked up.
    pub folded: usize,
}

/// Names have at most `longest` characters. The `robot`, if it listens there, is no member.
pub(super) fn mentioned(
    people: &People,
    membership: &Membership,
    text: &str,
    (in_room, robot): (RoomId, Option<PersonId>),
    longest: usize,
) -> Mentioned {
    let mut mentioned = Mentioned::default();
    for (at, _) in text.match_indices('@').take(SOUGHT) {
        if text[..at].ends_with(|c: char| c.is_alphanumeric() && !is_spaceless(c)) {
            continue; // an address of mail
        }
        let following = text[at + 1..].chars().take(4 * longest).nfkc();
        let following: Vec<char> =
            following.take(longest + 1).take_while(|&c| names::is_allowed(c)).collect();
        let listens = |person: &PersonId| membership.is_member(*person, in_room) || robot == Some(*person);
        let (mut found, mut length) = (None, 0);
        for (end, key) in keys(&following, longest, &mut mentioned.folded) {
            if let Some(person) = people.named(&key).filter(listens) {
                (found, length) = (Some(person), end);
            }
        }
        // Whoever has a longer name comes first, and whoever is called just so.
        let is_so = |word: &str| found.is_some_and(|it| people.name_of(it).to_lowercase() == word);
        let call = calls::found(&text[..at], &text[at + 1..]);
        if let Some(call) = call.filter(|it| length < it.length || (length == it.length && !is_so(it.word))) {
            mentioned.call = calls::louder(mentioned.call, call.call);
            continue;
        }
        if let Some(person) = found.filter(|person| !mentioned.people.contains(person)) {
            mentioned.people.push(person);
        }
    }
    mentioned
}

/// The keys of all names that this may begin with, and their characters, from the shortest on.
fn keys(text: &[char], longest: usize, folded: &mut usize) -> Vec<(usize, String)> {
    let (mut keys, mut key, mut letter) = (Vec::new(), String::new(), String::new());
    for (at, &c) in text.iter().enumerate().take(longest) {
        letter.push(c);
        let next = text.get(at + 1).copied();
        if next.is_some_and(is_combining_mark) {
            continue; // it belongs to the letter
        }
        // ASCII is looked up in a table.
        *folded += if letter.is_ascii() { 0 } else { letter.chars().count() };
        names::fold_letter(&letter, &mut key);
        letter.clear();
        if is_word_end(c, next) {
            keys.push((at + 1, if key.is_ascii() { key.clone() } else { key.nfkc().collect() }));
        }
    }
    keys
}

/// May a name end between these two? Not in the middle of a word; where words are not set apart, anywhere.
fn is_word_end(last: char, next: Option<char>) -> bool {
    let goes_on =
        next.is_some_and(|next| next.is_alphanumeric() && !is_spaceless(last) && !is_spaceless(next));
    !goes_on && !names::is_separator(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::membership::Mark;
    use crate::model::person::Person;

    const NAMES: [&str; 11] =
        ["carla", "Bob", "小明", "al", "Anna", "Anna Maria", "O’Neil", "艾·伦", "Dr. Who", "Zoë", "carol"];

    fn people(names: &[&str]) -> (People, Membership) {
        let (mut people, mut membership) = (People::default(), Membership::default());
        for (id, &name) in (1..).zip(names) {
            let person = Person::new(id, name.into(), None, 0);
            if name != "carol" {
                membership.join(&person, 1, Mark::default());
            }
            people.insert(person);
        }
        (people, membership)
    }

    fn names(text: &str) -> Vec<&'static str> {
        let (people, membership) = people(&NAMES);
        let found = mentioned(&people, &membership, text, (1, None), 24).people;
        found.into_iter().map(|id| NAMES[id as usize - 1]).collect()
    }

    #[test]
    fn members_are_mentioned_by_the_longest_name_that_fits() {
        let fixture = include_str!("../../fixtures/mentions.txt");
        let mut rows = 0;
        for row in fixture.lines().filter(|row| !row.is_empty() && !row.starts_with('#')) {
            let mut cells = row.split('\t');
            let text = cells.next().expect("a row has a text").replace("\\n", "\n");
            assert_eq!(names(&text), cells.collect::<Vec<_>>(), "{text}");
            rows += 1;
        }
        assert!(rows > 20, "{rows}");
    }

    #[test]
    fn every_name_is_found_as_it_is_written() {
        let names = [
            "Nguyễn",
            "김철수",
            "สมชาย",
            "กำธร",
            "ဖြိုး",
            "दिव्या",
            "דָּוִד",
            "محمد",
            "ﷺ",
            "Straße",
            "ΣΊΣΥΦΟΣ",
            "modern",
            "İpek",
            "マイケル・ジャクソン",
            "ガガ",
            "Ᏹ",
            "a-b_c.d",
            "ｗｉｄｅ",
        ];
        let (people, membership) = people(&names);
        for (id, name) in (1..).zip(names) {
            let decomposed: String = name.nfd().collect();
            for text in [format!("@{name}"), format!("({}: @{name}, hi)", name), format!("@{decomposed}!")] {
                assert_eq!(mentioned(&people, &membership, &text, (1, None), 24).people, [id], "{text}");
            }
        }
    }

    /// However they are chosen, the characters of a text are folded once.
    #[test]
    fn a_text_costs_no_more_than_its_characters() {
        let (people, membership) = people(&NAMES);
        for unit in ["ﷺ", "a", "a ", "小", "e\u{301}", "ㄱ", "\u{fdfb}", "m.", "@", "İ"] {
            let text = format!("@{} ", unit.repeat(200)).repeat(20);
            let found = mentioned(&people, &membership, &text, (1, None), 24);
            assert!(found.people.is_empty() && found.folded <= 20 * 24, "{unit}: {}", found.folded);
        }
        assert_eq!(mentioned(&people, &membership, &"ﷺ".repeat(4000), (1, None), 24), Mentioned::default());
    }
}
