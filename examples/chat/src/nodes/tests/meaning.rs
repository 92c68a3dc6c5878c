//! What entries of this format come to, against the fixture: nodes of other versions come to that as well.
//!
//! A number behind each entry stands for all that is in the tables then, and for what became of the entries so far.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::history::{Act, Came, Entry, Logged, Node, Whose};
use crate::nodes::codec::tests::{blob_of, known};
use crate::nodes::codec::{decode, encode};
use crate::nodes::redis::FORMAT;

const TO_DO: &str = "\
    Nodes of older versions come to the number that stands there, and one of them stops when what they have is compared. So
    * if it is a mistake, mend it;
    * if an entry is to mean something else from now on: count FORMAT up (redis/stream.rs), write the new meaning with the new number \
      and keep the old meaning for the old one, and let the next fixtures/meaning-N.txt say what the new one comes to;
    * if older nodes do come to the same (a table is only kept in another way, and a migration brings the old one over): show that by a \
      test, and put the new numbers in.";

/// An entry as the fixture has it, and what stands behind it.
struct Line {
    at: usize,
    entry: String,
    number: String,
}

/// Each of them begins with an empty history.
fn stories() -> Vec<Vec<Line>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/meaning-{FORMAT}.txt"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!("{}: {error}. What entries of format {FORMAT} come to has to stand there.", path.display())
    });
    let mut stories: Vec<Vec<Line>> = Vec::new();
    for (at, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
        if line.starts_with("== ") {
            stories.push(Vec::new());
            continue;
        }
        let story = stories.last_mut().expect("a story has a title (==)");
        match (line.strip_prefix("= "), story.last_mut()) {
            (Some(number), Some(line)) => line.number = number.to_owned(),
            _ => story.push(Line { at, entry: line.to_owned(), number: String::new() }),
        }
    }
    stories
}

/// What came of each entry, as it is applied.
fn play(mut each: impl FnMut(&Line, &Entry, &Came, &Node)) {
    let empty = Node::new();
    for story in stories() {
        let mut node = Node::like(&empty);
        for (line, place) in story.iter().zip(1..) {
            let entry = decode(&line.entry, blob_of(&line.entry));
            let entry = entry.unwrap_or_else(|error| panic!("line {}: {error}", line.at));
            assert_eq!(encode(&entry).0, line.entry, "line {}", line.at);
            let hash = Sha256::digest(&line.entry).into();
            let logged = Logged {
                place,
                producer: "a".into(),
                sequence: place,
                hash,
                entry,
                whose: Whose::<()>::Elsewhere,
            };
            let came = node.follow(std::slice::from_ref(&logged));
            each(line, &logged.entry, &came[0], &node);
        }
    }
}

fn number(node: &Node) -> String {
    let mut digest = Sha256::new();
    digest.update(node.digest());
    digest.update(node.filled());
    digest.finalize()[..4].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn entries_come_to_what_they_have_always_come_to() {
    play(|line, _, came, node| {
        let (number, Line { at, entry, number: expected }) = (number(node), line);
        let told = format!("fixtures/meaning-{FORMAT}.txt, line {at}: {entry}");
        assert!(!expected.is_empty(), "{told}\nA new entry. This goes behind it:\n= {number}");
        assert_eq!(number, *expected, "{told}\nIt has come to something else than it did: {came:?}\n{TO_DO}");
    });
}

/// Whoever adds a kind of entry says what it comes to.
#[test]
fn every_kind_of_entry_and_every_act_comes_to_something() {
    let (mut kinds, mut acts) = (BTreeSet::new(), BTreeSet::new());
    let mut refused = 0;
    play(|line, entry, came, _| match came {
        Came::Out(Ok(_)) => {
            kinds.insert(line.entry.split('"').nth(1).unwrap_or_default().to_owned());
            if matches!(entry, Entry::Act(_)) {
                acts.insert(act_in(&line.entry).to_owned());
            }
        }
        _ => refused += 1,
    });
    let lacks = |found: &BTreeSet<String>, known: BTreeSet<String>| -> Vec<String> {
        known.difference(found).cloned().collect()
    };
    assert_eq!(
        lacks(&kinds, known::<Entry>()),
        [""; 0],
        "these are not in the fixture, or are refused there"
    );
    assert_eq!(lacks(&acts, known::<Act>()), [""; 0], "these are not in the fixture, or are refused there");
    assert!(refused > 20, "what is refused is of the format as well: {refused}");
}

/// In the text of an entry: an act is a word, or an object with one key.
fn act_in(entry: &str) -> &str {
    let act = entry.split_once(r#","act":"#).map_or("", |(_, act)| act);
    act.split('"').nth(1).unwrap_or_default()
}
