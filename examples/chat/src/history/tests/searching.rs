//! Searches, against reading everything.

use super::*;

/// Small random numbers, the same in every run.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Dice(seed)
    }

    pub(crate) fn below(&mut self, sides: usize) -> usize {
        // Knuth's MMIX generator; its upper bits are the good ones.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    pub(super) fn text(&mut self) -> String {
        const ALPHABET: [&str; 28] = [
            "a",
            "b",
            "A",
            "B",
            "ab",
            " ",
            "茶",
            "喝",
            "喝茶",
            "🍵",
            "👩‍👩‍👧",
            "\"",
            "'",
            "%",
            "*",
            "_",
            "\\",
            "\0",
            "\n",
            "(",
            "^",
            "é",
            "e\u{301}",
            "ß",
            "İ",
            "ﬁ",
            "Ａ",
            "Σ",
        ];
        (0..self.below(9)).map(|_| ALPHABET[self.below(ALPHABET.len())]).collect()
    }
}

/// Half of the texts are in the index, the other half is not, and some have been taken back.
#[test]
fn a_search_finds_what_reading_everything_finds() {
    let mut open = Open::in_memory();
    let mut dice = Dice::new(5);
    open.write_all((1..=3).map(|room| create(room, &room.to_string())).collect());
    let mut said: Vec<(RoomId, Offset, Option<String>)> = Vec::new();
    let mut lasts = [0; 4];
    for round in 0..2 {
        let mut writes = Vec::new();
        for _ in 0..400 {
            let room = 1 + dice.below(3) as u64;
            lasts[room as usize] += 1;
            let offset = lasts[room as usize];
            let target = 1 + dice.below(offset as usize) as u64;
            let old = said.iter_mut().find(|(of, at, text)| (*of, *at) == (room, target) && text.is_some());
            let body = match (dice.below(10), old) {
                (0, Some(old)) => {
                    old.2 = None;
                    said.push((room, offset, None));
                    Body::Deletion { target }
                }
                _ => {
                    let text = dice.text();
                    said.push((room, offset, Some(text.clone())));
                    Body::Text(text)
                }
            };
            writes.push(Entry::Append(say(room, 1, body)));
        }
        for result in open.write_all(writes) {
            result.expect("all of it can be done");
        }
        if round == 0 {
            open.wait_until_indexed(400);
        }
    }
    for _ in 0..2000 {
        let query = grams::fold(&dice.text());
        let rooms: Vec<RoomId> = (1..=3).filter(|_| dice.below(3) > 0).collect();
        let expected: Vec<(RoomId, Offset)> = said
            .iter()
            .rev()
            .filter(|(room, ..)| rooms.contains(room))
            .filter(|(.., text)| text.as_ref().is_some_and(|text| grams::fold(text).contains(&query)))
            .map(|(room, offset, _)| (*room, *offset))
            .collect();
        let (mut found, mut before) = (Vec::new(), None);
        loop {
            let (hits, more) = open.hits(&rooms, &query, before, 7);
            assert!(hits.len() == 7 || !more);
            found.extend(hits.iter().map(|hit| (hit.room, hit.event.offset)));
            before = hits.last().map(|hit| hit.mark);
            if !more {
                break;
            }
        }
        let expected = if query.is_empty() { Vec::new() } else { expected };
        assert_eq!(found, expected, "{query:?} in {rooms:?}");
    }
}

#[test]
fn captions_are_found_too_and_names_are_not() {
    let mut open = Open::in_memory();
    open.write_all(vec![create(1, "tea"), picture(1, 1, "p", 5), text(1, 1, "hello")]);
    let (hits, more) = open.hits(&[1], "CAPTION P", None, 10);
    assert_eq!((hits.len(), hits[0].event.offset, more), (1, 1, false));
    assert_eq!(open.hits(&[1], "person", None, 10).0, []);
    assert_eq!(open.hits(&[], "hello", None, 10).0, []);
    assert_eq!(open.hits(&[1], "", None, 10).0, []);
}

/// Far more than the index is asked for; the text decides.
#[test]
fn a_long_text_is_found_as_a_whole() {
    let mut open = Open::in_memory();
    let long: String = ('a'..='z').cycle().take(3000).collect();
    open.write_all(vec![create(1, "tea"), text(1, 1, &long), text(1, 1, &format!("{}!", &long[..2999]))]);
    open.wait_until_indexed(2);
    let (hits, _) = open.hits(&[1], &long, None, 10);
    assert_eq!(hits.iter().map(|hit| hit.event.offset).collect::<Vec<_>>(), [1]);
}
