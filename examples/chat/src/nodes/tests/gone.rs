//! Nobody is there any more, and what they were still about to do stands in the log.

use std::sync::Arc;

use crate::history::{Came, Done, Entry, Failure, Logged, Node, Passer, PersonId, Place, Whose};
use crate::nodes::codec::decode;
use crate::rights::Lack;

const FIXTURE: &str = include_str!("../../../fixtures/entries-1.txt");
const PEOPLE: [PersonId; 5] = [3, 4, 7, 9, 13];

/// Kinds that need nobody.
const OF_NOBODY: [&str; 23] = [
    "arrive",
    "compare",
    "delivered",
    "dispatch",
    "dropped",
    "forget_acts",
    "forget_receipts",
    "give_up_pictures",
    "lapse",
    "marks",
    "postponed",
    "prune",
    "purged",
    "remove",
    "renew",
    "reserve",
    "ring",
    "robot",
    "see_key",
    "see_session",
    "sweep",
    "unname",
    "unremind",
];

fn logged(place: Place, entry: Entry) -> Logged<u64> {
    Logged { place, producer: "one".into(), sequence: place, hash: [0; 32], entry, whose: Whose::Elsewhere }
}

fn entry(text: &str) -> Entry {
    decode(text, None).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn arrival(person: PersonId) -> Entry {
    entry(&format!(
        r#"{{"arrive":{{"person":{person},"name":"p{person}","folded":"p{person}","token":null,"at":5}}}}"#
    ))
}

fn farewell(person: PersonId) -> Entry {
    Entry::Forget { person, away: None }
}

/// With a room, in which all have said something, and a private talk.
fn a_node() -> (Node, Place) {
    let mut log: Vec<Entry> = PEOPLE.into_iter().map(arrival).collect();
    log.push(entry(
        r#"{"create":{"room":3,"kind":"public","name":"tea","folded":"tea","epoch":"e","at":5,"maker":7,"title":null}}"#,
    ));
    log.push(entry(
        r#"{"create":{"room":4,"kind":"direct","name":"@3:7","folded":"@3:7","epoch":"e","at":5,"maker":null,"title":null}}"#,
    ));
    for person in PEOPLE {
        log.push(entry(&format!(r#"{{"join":{{"room":3,"person":{person},"read":0}}}}"#)));
        log.push(entry(&format!(
            r#"{{"append":{{"room":3,"aim":"there","author":{person},"author_name":"p{person}","at":5,"body":{{"text":"hm"}}}}}}"#
        )));
    }
    log.extend([3, 7].map(|person| entry(&format!(r#"{{"join":{{"room":4,"person":{person},"read":0}}}}"#))));
    let mut node = Node::new();
    let place = log.len() as Place;
    let batch: Vec<_> = (1..).zip(log).map(|(place, entry)| logged(place, entry)).collect();
    let came = node.follow(&batch);
    assert!(came.iter().all(|came| matches!(came, Came::Out(Ok(_)))), "{came:?}");
    (node, place)
}

/// Whoever adds a kind of entry says whether it needs somebody (`history/existing.rs`).
#[test]
fn whoever_is_gone_changes_nothing_any_more() {
    let (mut node, place) = a_node();
    let all: Vec<_> =
        (place + 1..).zip(PEOPLE).map(|(place, person)| logged(place, farewell(person))).collect();
    assert!(node.follow(&all).iter().all(|came| matches!(came, Came::Out(Ok(_)))));
    let (place, before) = (node.place() + 1, node.tables());
    for line in FIXTURE.lines().filter(|line| line.starts_with('{')) {
        let kind = line[2..].split('"').next().expect("a kind");
        if OF_NOBODY.contains(&kind) {
            continue;
        }
        let blob = line.contains("\"media_type\"").then(|| Arc::from(*b"bytes"));
        let entry = decode(line, blob).unwrap_or_else(|error| panic!("{line}: {error}"));
        let refused = match line.contains(r#""body":{"purge""#) {
            true => Failure::Lacks(Lack::NotOp),
            false => Failure::NoSuchPerson,
        };
        let mut node = Node::like(&node);
        assert_eq!(node.follow(&[logged(place, entry)]), [Came::Out(Err(refused))], "{line}");
        assert_eq!(node.tables(), before, "{line}");
    }
}

#[test]
fn who_is_not_as_they_were_stays() {
    let away = |since, whom| {
        let word = match whom {
            Passer::Anybody => "anybody",
            Passer::Silent => "silent",
            Passer::Guest => "guest",
        };
        entry(&format!(r#"{{"forget":{{"person":9,"away":{{"since":{since},"whom":"{word}"}}}}}}"#))
    };
    let nothing = Vec::new;
    let noticed = || vec![entry(r#"{"noticed":{"person":9}}"#)];
    let seen = || vec![entry(r#"{"seen":{"person":9,"at":8}}"#)];
    let linked = || {
        let token = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
        vec![entry(&format!(r#"{{"add_token":{{"person":9,"token":"{token}","at":6}}}}"#))]
    };
    let cases: [(Vec<Entry>, Entry, bool); 11] = [
        (nothing(), away(5, Passer::Guest), true),
        (nothing(), away(4, Passer::Guest), false),
        (seen(), away(7, Passer::Anybody), false),
        (seen(), away(8, Passer::Anybody), true),
        (noticed(), away(5, Passer::Guest), true),
        (linked(), away(9, Passer::Guest), false),
        (linked(), away(9, Passer::Anybody), true),
        (noticed(), away(9, Passer::Silent), false),
        (nothing(), away(9, Passer::Silent), true),
        (linked(), away(9, Passer::Silent), true),
        (noticed(), farewell(9), true),
    ];
    for (before, forget, is_forgotten) in cases {
        let (mut node, place) = a_node();
        let words = format!("{before:?} {forget:?}");
        let batch: Vec<_> = (place + 1..).zip(before).map(|(place, entry)| logged(place, entry)).collect();
        node.follow(&batch);
        let came = node.follow(&[logged(node.place() + 1, forget)]);
        match is_forgotten {
            true => assert!(matches!(came[..], [Came::Out(Ok(_))]), "{words}: {came:?}"),
            false => assert_eq!(came, [Came::Out(Err(Failure::Returned))], "{words}"),
        }
        // And once more.
        let came = node.follow(&[logged(node.place() + 1, farewell(9))]);
        assert_eq!(matches!(came[..], [Came::Out(Err(Failure::NoSuchPerson))]), is_forgotten, "{words}");
    }
}

/// At another node they were put out while they said it. What was answered before is answered again.
#[test]
fn who_is_not_in_a_public_room_says_nothing_there() {
    let (mut node, place) = a_node();
    let said = |key: &str| {
        entry(&format!(
            r#"{{"append":{{"room":3,"aim":"there","author":9,"author_name":"p9","key":"{key}","at":5,"body":{{"text":"hm"}}}}}}"#
        ))
    };
    let leave = entry(r#"{"leave":{"room":3,"person":9}}"#);
    let entries = [said("one"), leave, said("two"), said("one")];
    let batch: Vec<_> = (place + 1..).zip(entries).map(|(place, entry)| logged(place, entry)).collect();
    let came = node.follow(&batch);
    let offset = PEOPLE.len() as u64 + 1;
    let done = |repeated| Came::Out(Ok(Done::Appended { room: 3, offset, at: 5, repeated }));
    assert_eq!(came[0], done(false));
    assert_eq!(came[2..], [Came::Out(Err(Failure::NoSuchRoom)), done(true)]);
}
