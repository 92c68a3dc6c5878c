//! Whoever erases themself at one node while they do something at another leaves nothing behind, whatever stands first in the log.

use super::node::Node;
use super::*;
use crate::history::purge;
use crate::history::{Came, Logged, Place, Whose};
use crate::rights::Role;

const ANN: PersonId = 1;
/// Nothing is called so but them, and what they say.
const TULIP: PersonId = 2;

fn logged(place: Place, entry: Entry) -> Logged<u64> {
    Logged { place, producer: "one".into(), sequence: place, hash: [0; 32], entry, whose: Whose::Elsewhere }
}

fn follow(node: &mut Node, entry: Entry) -> Outcome {
    let came = node.follow(&[logged(node.place() + 1, entry)]);
    let [Came::Out(outcome)] = &came[..] else { panic!("{came:?}") };
    outcome.clone()
}

fn deed(by: Option<PersonId>, act: Act) -> Entry {
    Entry::Act(Deed { by, at: THEN, reason: String::new(), act })
}

fn said(body: Body, key: &str) -> Append {
    Append { author_name: "tulip".into(), key: Some(key.into()), ..say(1, TULIP, body) }
}

fn a_node() -> Node {
    let mut node = Node::new();
    let entries = [
        arrive(ANN, "Ann"),
        arrive(TULIP, "tulip"),
        create(1, "tea"),
        Entry::Join { room: 1, person: ANN, read: 0 },
        Entry::Join { room: 1, person: TULIP, read: 0 },
        deed(None, Act::Role { person: ANN, role: Role::Owner }),
        text(1, ANN, "first"),
        Entry::Append(said(Body::Text("tulip before".into()), "k0")),
    ];
    for entry in entries {
        assert!(follow(&mut node, entry.clone()).is_ok(), "{entry:?}");
    }
    node
}

/// What they do, and what is done to them.
fn story() -> Vec<Entry> {
    let words = |words: &str| Body::Text(words.into());
    let image = || Picture { id: "image".into(), media_type: "image/png", width: 3, height: 4, size: 9 };
    let picture = Body::Picture { picture: image(), caption: "tulip's".into(), bytes: vec![7; 9].into() };
    let reminder = Reminder {
        person: TULIP,
        room: 1,
        made: THEN,
        due: THEN + 9,
        is_by_clock: false,
        text: "water the tulip".into(),
    };
    let avatar = Avatar { picture: image(), bytes: vec![7; 9].into() };
    let pair = format!("@{ANN}:{TULIP}");
    let (name, folded) = ("tulip two".to_owned(), "tulip two".to_owned());
    vec![
        Entry::Append(said(words("tulip one"), "k1")),
        Entry::Append(said(picture, "k2")),
        Entry::Append(said(Body::Deletion { target: 2 }, "k3")),
        deed(Some(TULIP), Act::Hold { said: Box::new(said(words("tulip held"), "k4")) }),
        deed(Some(TULIP), Act::Report { room: 1, offset: 1 }),
        Entry::Rename { person: TULIP, name, folded, look: None },
        Entry::Remind { reminder },
        Entry::Avatar { person: TULIP, avatar: Some(avatar) },
        Entry::AddToken { person: TULIP, token: [99; 32], at: THEN, code: None },
        direct(2, &pair),
        Entry::Join { room: 2, person: ANN, read: 0 },
        Entry::Join { room: 2, person: TULIP, read: 0 },
        Entry::Append(Append { room: 2, ..said(words("tulip in private"), "k5") }),
        Entry::Leave { room: 2, person: TULIP },
        Entry::MarkRead { room: 1, person: TULIP, read: 2 },
        Entry::Marks { marks: vec![ReadMark { room: 1, read: 3, people: [ANN, TULIP].into() }] },
        Entry::Seen { person: TULIP, at: THEN + 5 },
        Entry::Noticed { person: TULIP },
        deed(Some(ANN), Act::Report { room: 1, offset: 2 }),
        deed(Some(ANN), Act::Kick { person: TULIP, room: None }),
        deed(Some(ANN), Act::Purge { person: TULIP, room: Some(1), since: 0 }),
        deed(Some(ANN), Act::Op { room: 1, person: TULIP, is_op: true }),
        deed(Some(TULIP), Act::Purge { person: ANN, room: Some(1), since: 0 }),
    ]
}

/// Whoever holds the chores looks at the tables as they are, and what they propose stands in the log some entries later.
fn chores(node: &mut Node) -> Option<Vec<Entry>> {
    node.transact(|connection, _| purge::bite(connection, THEN))
}

fn apply_proposed(node: &mut Node, proposed: Vec<Entry>) {
    let refused = proposed.into_iter().filter(|entry| follow(node, entry.clone()).is_err()).count();
    if refused > 0 {
        node.transact(|connection, _| purge::begin_anew(connection));
    }
}

#[test]
fn whoever_erases_themself_is_told_of_nowhere() {
    let mut dice = Dice::new(21);
    for round in 0..120 {
        let mut node = a_node();
        let mut story = story();
        for at in (1..story.len()).rev() {
            // What they do is in another order now and then.
            if round % 2 == 1 {
                story.swap(at, dice.below(at + 1));
            }
        }
        let erase = deed(Some(TULIP), Act::Erase { person: TULIP, words: true });
        let place = dice.below(story.len() + 1);
        story.insert(place, erase.clone());
        let mut proposed = None;
        for entry in story {
            if let Some(entries) = proposed.take_if(|_| dice.below(3) == 0) {
                apply_proposed(&mut node, entries);
            }
            if proposed.is_none() && dice.below(2) == 0 {
                proposed = chores(&mut node);
            }
            let is_erase = entry == erase;
            let outcome = follow(&mut node, entry);
            assert!(!is_erase || outcome.is_ok(), "{outcome:?}");
        }
        apply_proposed(&mut node, proposed.unwrap_or_default());
        let mut bites = 0;
        while let Some(entries) = chores(&mut node) {
            apply_proposed(&mut node, entries);
            bites += 1;
            assert!(bites < 100, "it comes to an end");
        }
        let tables = node.tables();
        let left: Vec<_> = tables.lines().filter(|row| row.contains("tulip")).collect();
        assert!(left.is_empty(), "round {round}, erased at {place}: {left:#?}");
    }
}
