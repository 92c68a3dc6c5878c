//! Targets: who has them, how many, and what goes with whom they serve.

use super::acts::{ADMIN, DEN, GUEST, LOBBY, MEMBER, NOW, OP, OWNER, TALK, TEA, cast, deed, join, restrain};
use super::bots::{number, one, refused, robot};
use super::*;
use crate::rights::{Lack, Role};

const ROBOT: PersonId = 30;

pub(super) fn target(serves: Serves, is_free: bool) -> Target {
    Target {
        serves,
        shape: Shape::Webhook,
        url: "https://example.org/rosebud".into(),
        secret: "whsec_xanadu".into(),
        discloses: Discloses::Text,
        is_free,
    }
}

pub(super) fn add(by: impl Into<By>, serves: Serves, is_free: bool) -> Entry {
    deed(by, Act::AddTarget { target: Box::new(target(serves, is_free)) })
}

pub(super) fn own(person: PersonId) -> Entry {
    add(person, Serves::Person(person), false)
}

pub(super) fn text_of(room: RoomId, author: PersonId, text: &str) -> Entry {
    Entry::Append(Append { at: NOW, ..say(room, author, Body::Text(text.into())) })
}

pub(super) fn dispatch(
    whom: Option<PersonId>,
    target: Number,
    room: RoomId,
    after: Offset,
    upto: Offset,
) -> Entry {
    Entry::Dispatch { whom, targets: vec![target], room, after, upto, at: NOW }
}

pub(super) fn outside(node: &mut Node) -> Outside {
    node.load(0).outside
}

#[test]
fn somebody_has_targets_of_their_own_and_owners_have_free_ones() {
    let mut node = cast();
    let (tea, member) = (Serves::Room(TEA), Serves::Person(MEMBER));
    for (by, serves, is_free, failure) in [
        (Some(OP), member, false, Failure::NotYours),
        (None, member, false, Failure::NotYours),
        (Some(OWNER), tea, false, Failure::NotYours),
        (Some(GUEST), Serves::Person(GUEST), false, Failure::NoSuchPerson),
        (Some(77), Serves::Person(77), false, Failure::NoSuchPerson),
        (Some(10), Serves::Person(10), false, Failure::Lacks(Lack::Banned)),
        (Some(MEMBER), member, true, Failure::Lacks(Lack::NotOwner)),
        (Some(ADMIN), tea, true, Failure::Lacks(Lack::NotOwner)),
        (Some(OP), tea, true, Failure::Lacks(Lack::NotOwner)),
        (Some(OWNER), Serves::Room(99), true, Failure::NoSuchRoom),
        (Some(OWNER), Serves::Room(DEN), true, Failure::NoSuchRoom),
        (None, Serves::Room(DEN), true, Failure::NoSuchRoom),
        (None, Serves::Room(TALK), true, Failure::Lacks(Lack::Private)),
        (None, Serves::Person(GUEST), true, Failure::NoSuchPerson),
    ] {
        assert_eq!(refused(&mut node, add(by, serves, is_free)), failure, "{by:?} {serves:?} {is_free}");
    }
    assert!(one(&mut node, robot("Robby", false)).is_ok());
    assert_eq!(refused(&mut node, add(None, Serves::Person(ROBOT), true)), Failure::NoSuchPerson);
    let mine = number(one(&mut node, own(MEMBER)));
    let rooms = number(one(&mut node, add(OWNER, tea, true)));
    let free = number(one(&mut node, add(None, member, true)));
    let stored = |number, by, target: Target, upto| {
        let (sent, dropped, fault, is_off, old_secret) = (0, 0, None, false, None);
        StoredTarget { number, target, by, made: NOW, old_secret, upto, sent, dropped, fault, is_off }
    };
    let expected = [
        stored(mine, Some(MEMBER), target(member, false), 0),
        stored(rooms, Some(OWNER), target(tea, true), 3),
        stored(free, None, target(member, true), 0),
    ];
    assert_eq!(outside(&mut node).targets, expected, "a room's begins with what is said from then on");

    // Whom it does not concern does not know of it.
    let turn = |by: By, target| {
        deed(by, Act::RotateTarget { target, secret: "whsec_kane".into(), until: NOW + 100 })
    };
    let end = |by: By, target| deed(by, Act::DropTarget { target });
    for (by, target) in [(Some(OP), mine), (Some(ADMIN), rooms), (Some(MEMBER), rooms), (Some(OWNER), 999)] {
        assert_eq!(refused(&mut node, turn(by, target)), Failure::NoSuchTarget);
        assert_eq!(refused(&mut node, end(by, target)), Failure::NoSuchTarget);
    }
    // The secret of one's own is told to nobody else; that of a free one, to who has made it.
    for (by, target) in [(Some(OWNER), mine), (None, mine), (Some(MEMBER), free)] {
        assert_eq!(refused(&mut node, turn(by, target)), Failure::NoSuchTarget);
    }
    assert!(node.apply(&[turn(Some(MEMBER), mine), turn(Some(OWNER), rooms)]).iter().all(Result::is_ok));
    // Opened again it would be over: all of this was long ago.
    let secrets = |node: &mut Node| -> (String, Option<(String, Millis)>) {
        let sql = "SELECT secret, old_secret, old_until FROM targets WHERE id = ?1";
        let row = node.connection.query_row(sql, [mine as i64], |row| {
            let old: Option<String> = row.get("old_secret")?;
            Ok((row.get("secret")?, old.zip(row.get("old_until")?)))
        });
        row.unwrap()
    };
    let (new, old) = ("whsec_kane".to_owned(), "whsec_xanadu".to_owned());
    assert_eq!(secrets(&mut node), (new.clone(), Some((old, NOW + 100))));
    assert!(one(&mut node, Entry::Lapse { at: NOW + 100 }).is_ok());
    assert_eq!(secrets(&mut node), (new, None), "the one before is over");
    for (by, target) in [(Some(MEMBER), free), (None, mine), (Some(OWNER), rooms)] {
        assert_eq!(one(&mut node, end(by, target)), Ok(Done::Kept));
    }
    assert_eq!(outside(&mut node).targets, []);
}

#[test]
fn there_are_so_many_targets_and_no_more() {
    let mut node = cast();
    for _ in 0..5 {
        number(one(&mut node, own(MEMBER)));
    }
    assert_eq!(refused(&mut node, own(MEMBER)), Failure::Busy);
    number(one(&mut node, add(None, Serves::Person(MEMBER), true)));
    number(one(&mut node, own(OP)));
    let of_tea = || add(None, Serves::Room(TEA), true);
    let outcomes = node.apply(&(0..101).map(|_| of_tea()).collect::<Vec<_>>());
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 100);
    assert_eq!(outcomes[100], Err(Failure::Busy));
    let of_a_person: Vec<_> = (0..900).map(|_| add(None, Serves::Person(MEMBER), true)).collect();
    let outcomes = node.apply(&of_a_person);
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 899);
    assert_eq!(refused(&mut node, add(None, Serves::Room(LOBBY), true)), Failure::Busy);
}

/// All that somebody has goes with them, and what is of a room with the room.
#[test]
fn targets_go_with_whom_they_serve() {
    let mut node = cast();
    let mine = number(one(&mut node, own(MEMBER)));
    number(one(&mut node, add(None, Serves::Person(MEMBER), true)));
    let tea = number(one(&mut node, add(None, Serves::Room(TEA), true)));
    let lobby = number(one(&mut node, add(None, Serves::Room(LOBBY), true)));
    node.apply(&[text_of(TEA, OP, "a"), text_of(LOBBY, OP, "b")]);
    let sent = [
        dispatch(Some(MEMBER), mine, TEA, 0, 4),
        dispatch(None, tea, TEA, 3, 4),
        dispatch(None, lobby, LOBBY, 1, 2),
    ];
    assert!(node.apply(&sent).iter().all(Result::is_ok));
    let left = |node: &mut Node| {
        let outside = outside(node);
        let targets: Vec<_> = outside.targets.iter().map(|it| it.number).collect();
        let deliveries: Vec<_> = outside.deliveries.iter().map(|it| it.delivery.target).collect();
        (targets, deliveries)
    };
    assert!(one(&mut node, deed(MEMBER, Act::Erase { person: MEMBER, words: false })).is_ok());
    assert_eq!(left(&mut node), (vec![tea, lobby], vec![tea, lobby]));
    assert!(one(&mut node, deed(None, Act::RemoveRoom { room: TEA })).is_ok());
    assert_eq!(left(&mut node), (vec![lobby], vec![lobby]));
    assert!(one(&mut node, deed(None, Act::DropTarget { target: lobby })).is_ok());
    assert_eq!(left(&mut node), (vec![], vec![]));
}

/// Whoever made a target of a room hears what is said in it. Of a private room only those who are in it hear that.
#[test]
fn a_target_of_a_private_room_is_off_when_its_maker_is_not_in_it() {
    let rename = |is_private: bool, name: &str| {
        let title = is_private.then(|| "Tea".to_owned());
        let change = Change::Name { is_private, name: name.into(), folded: name.into(), title, look: None };
        deed(None, Act::Alter { room: TEA, change })
    };
    let ways: [&[Entry]; 5] = [
        &[Entry::Leave { room: TEA, person: OWNER }],
        &[deed(None, Act::Kick { person: OWNER, room: Some(TEA) })],
        &[deed(None, restrain(Restraint::Ban, OWNER, Some(TEA)))],
        &[
            deed(None, Act::Role { person: MEMBER, role: Role::Owner }),
            deed(OWNER, Act::Erase { person: OWNER, words: false }),
        ],
        // It is public, so it does not matter who is in it; and then it is private.
        &[
            rename(false, "tea"),
            Entry::Leave { room: TEA, person: OWNER },
            text_of(TEA, OP, "c"),
            rename(true, "+2"),
        ],
    ];
    for way in ways {
        let mut node = cast();
        assert!(node.apply(&[join(TEA, OWNER), rename(true, "+2")]).iter().all(Result::is_ok));
        let theirs = number(one(&mut node, add(OWNER, Serves::Room(TEA), true)));
        let other = number(one(&mut node, add(OWNER, Serves::Room(LOBBY), true)));
        assert!(one(&mut node, text_of(TEA, OP, "a")).is_ok());
        assert!(one(&mut node, dispatch(None, theirs, TEA, 3, 4)).is_ok());
        let state = |node: &mut Node| {
            let Outside { targets, deliveries, .. } = outside(node);
            let off: Vec<_> = targets.iter().filter(|it| it.is_off).map(|it| it.number).collect();
            let fault = targets.iter().find_map(|it| it.fault.clone());
            (off, fault, deliveries.len(), targets.iter().any(|it| it.number == other))
        };
        assert_eq!(state(&mut node), (vec![], None, 1, true));
        let (last, before) = way.split_last().expect("something happens");
        assert!(node.apply(before).iter().all(Result::is_ok), "{before:?}");
        assert_eq!(state(&mut node), (vec![], None, 1, true), "before {last:?}");
        assert!(one(&mut node, last.clone()).is_ok(), "{last:?}");
        let fault = "whoever made it is not in this private room any more";
        assert_eq!(state(&mut node), (vec![theirs], Some(fault.to_owned()), 0, true), "after {last:?}");
        assert!(one(&mut node, text_of(TEA, OP, "b")).is_ok());
        assert_eq!(refused(&mut node, dispatch(None, theirs, TEA, 4, 5)), Failure::NoSuchTarget);
    }
}

/// Versions before this rule let them leave, and their target stayed.
#[test]
fn a_target_of_whoever_left_long_ago_is_off_when_the_chat_starts() {
    let mut node = cast();
    let brought = deed(None, Act::Add { room: DEN, person: OWNER, read: 0 });
    assert!(node.apply(&[brought, join(TEA, OWNER)]).iter().all(Result::is_ok));
    let theirs = number(one(&mut node, add(OWNER, Serves::Room(DEN), true)));
    let public = number(one(&mut node, add(OWNER, Serves::Room(TEA), true)));
    assert!(node.apply(&[text_of(DEN, OP, "a"), text_of(TEA, OP, "b")]).iter().all(Result::is_ok));
    let sent = [dispatch(None, theirs, DEN, 1, 2), dispatch(None, public, TEA, 3, 4)];
    assert!(node.apply(&sent).iter().all(Result::is_ok));
    let state = |node: &mut Node| {
        let Outside { targets, deliveries, .. } = outside(node);
        let off: Vec<_> = targets.iter().filter(|it| it.is_off).map(|it| it.number).collect();
        (off, deliveries.iter().map(|it| it.delivery.target).collect::<Vec<_>>())
    };
    assert_eq!(state(&mut node), (vec![], vec![theirs, public]), "they are in it");
    node.connection.execute("DELETE FROM members WHERE person = ?1", [OWNER as i64]).unwrap();
    assert_eq!(state(&mut node), (vec![theirs], vec![public]));
}

/// The address and the secrets of a target that is dropped: not a byte of them is left in the file and in its log.
#[test]
fn what_a_target_keeps_secret_is_gone_from_the_files() {
    let scratch = Scratch::new("secrets");
    let files = ["chat.db", "chat.db-wal"].map(|name| scratch.file(name));
    let found = |trace: &str| found(&files, trace.as_bytes());
    let wait = |trace: &str| {
        let start = Instant::now();
        while found(trace) {
            // After a minute it would be gone whatever it is.
            assert!(start.elapsed() < PATIENCE / 2, "{trace} is still there");
            std::thread::park_timeout(Duration::from_millis(10));
        }
    };
    let mut open = Open::at(&files[0]);
    open.write_all(vec![arrive(1, "Ann"), arrive(2, "Bob"), create(1, "tea"), create(2, "coffee")]);
    open.write_all([1, 2].map(|person| join(1, person)).into());
    let add = |by: By, serves, word: &str| {
        let (url, secret) = (format!("https://example.org/url-{word}"), format!("secret-{word}"));
        let target = Target { url, secret, ..target(serves, by.is_none()) };
        deed(by, Act::AddTarget { target: Box::new(target) })
    };
    let added = open.write_all(vec![
        add(Some(1), Serves::Person(1), "dropped"),
        add(Some(1), Serves::Person(1), "rotated"),
        add(Some(2), Serves::Person(2), "forgotten"),
        add(None, Serves::Room(2), "room"),
    ]);
    let numbers: Vec<Number> = added.into_iter().map(number).collect();
    for word in ["dropped", "rotated", "forgotten", "room"] {
        assert!(found(&format!("url-{word}")) && found(&format!("secret-{word}")), "{word}");
    }
    let rotate = |until| {
        let act = Act::RotateTarget { target: numbers[1], secret: "another".into(), until };
        Entry::Act(Deed { by: Some(1), at: until, reason: String::new(), act })
    };
    // Each by itself: none is erased because another is.
    for (entry, word) in [
        (deed(Some(1), Act::DropTarget { target: numbers[0] }), "dropped"),
        (Entry::Forget { person: 2, away: None }, "forgotten"),
        (deed(None, Act::RemoveRoom { room: 2 }), "room"),
    ] {
        assert_eq!(open.write(entry), Ok(Done::Kept));
        wait(&format!("url-{word}"));
        wait(&format!("secret-{word}"));
    }
    // Its time is long over: nobody has to ask for that.
    assert_eq!(open.write(rotate(THEN + 5)), Ok(Done::Kept));
    wait("secret-rotated");
    assert!(found("url-rotated") && found("another"));
    open.close();
}
