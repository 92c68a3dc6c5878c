//! Names that look alike, and two nodes that give them away at once: the first in the log has it, in whatever order they come.

use super::node::Node;
use super::*;

const BOB: (&str, Option<&str>) = ("bob", None);
/// With a Cyrillic В, which is drawn like a B.
const VOB: (&str, Option<&str>) = ("воb", Some("bob"));

/// Somebody new with this name.
fn comes(person: PersonId, (folded, look): (&str, Option<&str>)) -> Entry {
    let (name, token) = (folded.to_owned(), Some([person as u8; 32]));
    let (folded, look) = (name.clone(), look.map(String::from));
    Entry::Arrive { person, name, folded, look, token, at: THEN }
}

fn is_renamed(person: PersonId, (folded, look): (&str, Option<&str>)) -> Entry {
    let (name, look) = (folded.to_owned(), look.map(String::from));
    Entry::Rename { person, folded: name.clone(), name, look }
}

fn robot(person: PersonId, (folded, look): (&str, Option<&str>)) -> Entry {
    let (name, look) = (folded.to_owned(), look.map(String::from));
    Entry::Robot {
        robot: Some(Robot { person, folded: name.clone(), name, look, has_hook: false }),
        at: THEN,
    }
}

fn is_made(room: RoomId, (folded, look): (&str, Option<&str>)) -> Entry {
    let Entry::Create { kind, epoch, at, maker, title, .. } = create(room, "") else { unreachable!() };
    let (name, look) = (folded.to_owned(), look.map(String::from));
    Entry::Create { room, kind, folded: name.clone(), name, look, epoch, at, maker, title }
}

/// All orders of these.
fn orders(entries: &[Entry]) -> Vec<Vec<Entry>> {
    if entries.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (n, first) in entries.iter().enumerate() {
        let rest: Vec<Entry> = [&entries[..n], &entries[n + 1..]].concat();
        all.extend(orders(&rest).into_iter().map(|order| [vec![first.clone()], order].concat()));
    }
    all
}

#[test]
fn of_names_that_look_alike_the_first_in_the_log_is_somebodys() {
    let rivals = [comes(2, BOB), comes(3, VOB), is_renamed(1, VOB), robot(4, BOB)];
    for order in orders(&rivals) {
        let mut node = Node::new();
        assert_eq!(node.apply(&[arrive(1, "Ann")]), [Ok(Done::Kept)]);
        let outcomes = node.apply(&order);
        assert_eq!(outcomes[0], Ok(Done::Kept), "{order:?}");
        assert!(outcomes[1..].iter().all(|it| *it == Err(Failure::Taken)), "{order:?}: {outcomes:?}");
    }
}

#[test]
fn what_looks_alike_is_free_again_when_the_first_is_called_otherwise_or_gone() {
    let frees = [is_renamed(2, ("ben", None)), Entry::Forget { person: 2, away: None }];
    for (first, second) in [(BOB, VOB), (VOB, BOB), (VOB, VOB)] {
        for free in &frees {
            let mut node = Node::new();
            let entries = [comes(2, first), comes(3, second), free.clone(), comes(3, second)];
            let kept = Ok(Done::Kept);
            assert_eq!(node.apply(&entries), [kept.clone(), Err(Failure::Taken), kept.clone(), kept]);
        }
    }
}

/// Their own name in another spelling is theirs.
#[test]
fn nobody_stands_in_their_own_way() {
    let mut node = Node::new();
    let outcomes = node.apply(&[comes(2, BOB), is_renamed(2, VOB), is_renamed(2, BOB), is_renamed(2, BOB)]);
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
}

#[test]
fn the_name_of_somebody_who_is_being_erased_is_nobodys() {
    for (theirs, others) in [(BOB, BOB), (BOB, VOB), (VOB, BOB), (VOB, VOB)] {
        let mut node = Node::new();
        let at_first = [create(1, "tea"), comes(2, theirs), text(1, 2, "hot")];
        assert!(node.apply(&at_first).iter().all(Result::is_ok));
        let act = Act::Erase { person: 2, words: false };
        let erase = Entry::Act(Deed { by: Some(2), at: THEN, reason: String::new(), act });
        let Ok(Done::Numbered(purge)) = node.apply(&[erase])[0] else { panic!("they may") };
        assert_eq!(node.apply(&[comes(3, others)]), [Err(Failure::Taken)], "{theirs:?} {others:?}");
        let outcomes = node.apply(&[Entry::Purged { purge }, comes(3, others)]);
        assert!(outcomes.iter().all(Result::is_ok), "{theirs:?} {others:?}: {outcomes:?}");
    }
}

#[test]
fn of_rooms_that_look_alike_the_first_in_the_log_is_there() {
    let change = Change::Name {
        is_private: false,
        name: VOB.0.into(),
        folded: VOB.0.into(),
        look: VOB.1.map(String::from),
        title: None,
    };
    let act = Act::Alter { room: 1, change };
    let is_called = Entry::Act(Deed { by: None, at: THEN, reason: String::new(), act });
    let rivals = [is_made(2, BOB), is_made(3, VOB), is_called];
    for order in orders(&rivals) {
        let mut node = Node::new();
        assert_eq!(node.apply(&[create(1, "tea")]), [Ok(Done::Kept)]);
        let outcomes = node.apply(&order);
        assert!(outcomes[0].is_ok(), "{order:?}: {outcomes:?}");
        assert!(outcomes[1..].iter().all(|it| *it == Err(Failure::Taken)), "{order:?}: {outcomes:?}");
    }
}

/// Each node adds what it knows to a ban, in any order, and perhaps twice.
#[test]
fn a_ban_is_for_the_addresses_that_any_node_knows() {
    let ban = |at| {
        let act = Act::Restrain {
            restraint: Restraint::Ban,
            person: 1,
            room: None,
            until: None,
            addresses: vec!["203.0.113.1/32".into()],
        };
        Entry::Act(Deed { by: None, at, reason: String::new(), act })
    };
    let more = |since, addresses: &[&str]| {
        let addresses = addresses.iter().map(|&address| address.into()).collect();
        Entry::BanAddresses { person: 1, since, addresses, asks: false }
    };
    let known = |node: &mut Node| node.load(10).governed.restraints[0].addresses.clone();
    let adds = [
        more(THEN, &[]),
        more(THEN, &["203.0.113.2/32", "203.0.113.1/32"]),
        more(THEN, &["203.0.113.2/32", "2001:db8::/64"]),
    ];
    for order in orders(&adds) {
        let mut node = Node::new();
        assert!(node.apply(&[arrive(1, "Ann"), ban(THEN)]).iter().all(Result::is_ok));
        assert!(node.apply(&order).iter().all(Result::is_ok));
        let mut addresses = known(&mut node);
        addresses.sort();
        assert_eq!(addresses, ["2001:db8::/64", "203.0.113.1/32", "203.0.113.2/32"]);
    }
    // Another ban, or none: it was not meant.
    let mut node = Node::new();
    assert!(node.apply(&[arrive(1, "Ann"), ban(THEN + 1)]).iter().all(Result::is_ok));
    let late = more(THEN, &["203.0.113.9/32"]);
    assert_eq!(
        node.apply(&[late, more(THEN + 2, &[])]),
        [Err(Failure::NoSuchEvent), Err(Failure::NoSuchEvent)]
    );
    // There is an end to how many.
    let many: Vec<String> = (0..100).map(|n| format!("203.0.113.{n}/32")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert!(node.apply(&[more(THEN + 1, &many)])[0].is_ok());
    assert_eq!(known(&mut node).len(), MOST_ADDRESSES);
}
