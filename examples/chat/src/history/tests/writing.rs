//! Order, offsets, refusals, repeats; people and rooms.

use super::*;

/// Of a deletion in room 1.
fn taken_back(offset: Offset, mentioned: &[PersonId]) -> Result<Done, Failure> {
    Ok(Done::TakenBack { room: 1, offset, at: THEN, mentioned: mentioned.to_vec() })
}

#[test]
fn offsets_count_from_one_in_each_room() {
    let mut open = Open::in_memory();
    open.write_all(vec![arrive(1, "Ann"), create(1, "tea"), create(2, "coffee")]);
    let said =
        vec![text(1, 1, "a"), text(2, 1, "b"), text(1, 1, "c"), text(3, 1, "nowhere"), text(1, 1, "d")];
    assert_eq!(
        open.write_all(said),
        [appended(1, 1), appended(2, 1), appended(1, 2), Err(Failure::NoSuchRoom), appended(1, 3)]
    );
    let (events, first, last) = open.all(1);
    assert_eq!((words(&events), first, last), (vec!["a", "c", "d"], 1, 3));
    assert_eq!(events.iter().map(|event| event.offset).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(matches!(open.read(Read::After { room: 3, after: 0, limit: 1 }), Err(Failure::NoSuchRoom)));
}

#[test]
fn pages_are_what_was_asked_for() {
    let mut open = Open::in_memory();
    open.write(create(1, "tea")).unwrap();
    open.write_all((1..=9).map(|n| text(1, 1, &n.to_string())).collect());
    let mut page = |read| match open.read(read) {
        Ok(Found::Events { events, first: 1 }) => words(&events).concat(),
        other => panic!("{other:?}"),
    };
    assert_eq!(page(Read::After { room: 1, after: 0, limit: 3 }), "123");
    assert_eq!(page(Read::After { room: 1, after: 7, limit: 3 }), "89");
    assert_eq!(page(Read::After { room: 1, after: u64::MAX, limit: usize::MAX }), "");
    assert_eq!(page(Read::Before { room: 1, before: None, limit: 4 }), "6789");
    assert_eq!(page(Read::Before { room: 1, before: Some(3), limit: 4 }), "12");
    assert_eq!(page(Read::Before { room: 1, before: Some(0), limit: 4 }), "");
    assert_eq!(page(Read::Before { room: 1, before: Some(u64::MAX), limit: 2 }), "89");
}

/// Receipts are kept for a day, and so this happens now.
#[test]
fn a_repeat_gets_the_first_answer() {
    let mut open = Open::in_memory();
    open.write_all(vec![create(1, "tea"), create(2, "coffee")]);
    let first = calendar::wall();
    let said = |room, author, later: Millis, body| {
        Entry::Append(Append {
            key: Some("k".into()),
            at: first + later,
            aim: Aim::Here,
            ..say(room, author, body)
        })
    };
    let words = || Body::Text("words".into());
    let answer =
        |offset, later: Millis, repeated| Ok(Done::Appended { room: 1, offset, at: first + later, repeated });
    assert_eq!(
        open.write_all(vec![
            said(1, 1, 0, words()),
            said(1, 1, 1, words()),
            said(1, 2, 2, Body::Deletion { target: 1 }),
            said(1, 2, 3, words()),
            said(2, 1, 4, words()),
            take_back(1, 1, 1),
            said(1, 1, 5, words()),
        ]),
        [
            answer(1, 0, false),
            answer(1, 0, true),
            // A refusal leaves no receipt.
            Err(Failure::NotYours),
            answer(2, 3, false),
            // The answer is that of the first time, wherever it is said again,
            answer(1, 0, true),
            taken_back(3, &[]),
            // and whatever has become of the first one.
            answer(1, 0, true),
        ]
    );
    assert_eq!(open.all(1).0.len(), 3);
}

/// A client that counts from one after each start loses nothing with an ack in its hand.
#[test]
fn a_key_that_was_used_for_something_else_is_no_receipt() {
    let mut open = Open::in_memory();
    open.write_all(vec![create(1, "tea"), create(2, "coffee"), text(2, 1, "other")]);
    let at = calendar::wall();
    let keyed =
        |room, key: &str, body| Entry::Append(Append { key: Some(key.into()), at, ..say(room, 1, body) });
    let here = |room, key: &str, body| {
        Entry::Append(Append { key: Some(key.into()), aim: Aim::Here, at, ..say(room, 1, body) })
    };
    let words = |text: &str| Body::Text(text.into());
    let image = |id: &str, caption: &str, byte| Body::Picture {
        picture: Picture { id: id.into(), media_type: "image/png", width: 1, height: 1, size: 3 },
        caption: caption.into(),
        bytes: [byte; 3].into(),
    };
    let first = vec![
        keyed(1, "t", words("words")),
        keyed(1, "e", words("")),
        keyed(1, "p", image("p1", "a", 1)),
        keyed(1, "d", Body::Deletion { target: 1 }),
    ];
    assert!(open.write_all(first).iter().all(Result::is_ok));
    let others = vec![
        keyed(1, "t", words("word")),
        keyed(1, "t", words("words ")),
        keyed(1, "t", words("")),
        keyed(1, "t", image("p2", "words", 1)),
        keyed(1, "t", Body::Deletion { target: 2 }),
        keyed(1, "e", Body::Deletion { target: 0 }),
        keyed(1, "e", image("p3", "", 1)),
        keyed(1, "p", image("p4", "a", 2)),
        keyed(1, "p", image("p5", "b", 1)),
        keyed(1, "p", words("a")),
        keyed(1, "d", Body::Deletion { target: 2 }),
        keyed(2, "d", Body::Deletion { target: 1 }),
        keyed(1, "d", words("deletion")),
        keyed(2, "t", words("words")),
    ];
    for (n, result) in open.write_all(others).into_iter().enumerate() {
        assert_eq!(result, Err(Failure::KeyUsed), "{n}");
    }
    let again = vec![
        keyed(1, "t", words("words")),
        here(2, "t", words("words")),
        keyed(1, "p", image("p6", "a", 1)),
        keyed(1, "d", Body::Deletion { target: 1 }),
    ];
    for result in open.write_all(again) {
        assert!(matches!(result, Ok(Done::Appended { repeated: true, .. })), "{result:?}");
    }
    assert_eq!(open.all(1).0.len(), 4);
}

#[test]
fn receipts_are_forgotten_after_a_day() {
    let scratch = Scratch::new("receipts");
    let path = scratch.file("chat.db");
    let mut open = Open::at(&path);
    open.write(create(1, "tea")).unwrap();
    let hour = 60 * 60 * 1000;
    let said = |key: &str, at| {
        Entry::Append(Append { key: Some(key.into()), at, ..say(1, 1, Body::Text("words".into())) })
    };
    let now = calendar::wall();
    open.write_all(vec![said("old", now - 25 * hour), said("fresh", now - 23 * hour)]);
    open.close();
    let mut open = Open::at(&path);
    open.wait_until("SELECT count(*) FROM receipts", |count| count == 1);
    let fresh = Ok(Done::Appended { room: 1, offset: 2, at: now - 23 * hour, repeated: true });
    let old = Ok(Done::Appended { room: 1, offset: 3, at: now, repeated: false });
    assert_eq!(open.write_all(vec![said("fresh", now), said("old", now)]), [fresh, old]);
}

#[test]
fn a_full_queue_gives_the_job_back() {
    let limits = Settings { data: Data::Memory, queue: 2, ..settings(Path::new("")) };
    let open = Open::with(limits).unwrap();
    let link = open.history.writing.upgrade().expect("the writer is there");
    let held = link.connection.lock().expect("the writer did not panic");
    // The writer may have taken a batch of what was queued before it came to wait for the connection.
    let refused = (0..).find_map(|n| open.history.write(create(n, "tea"), n).err());
    assert!(matches!(refused, Some((Entry::Create { room, .. }, ticket)) if room == ticket && ticket >= 2));
    drop(held);
}

#[test]
fn only_the_author_takes_back_and_only_once() {
    let mut open = Open::in_memory();
    open.write_all(vec![arrive(1, "Ann"), arrive(2, "Bob"), create(1, "tea")]);
    open.write(Entry::Join { room: 1, person: 2, read: 0 }).unwrap();
    let said = Append { mentions: vec![2, 9], ..say(1, 1, Body::Text("hello @Bob".into())) };
    open.write_all(vec![Entry::Append(said), picture(1, 1, "p", 5)]);
    assert_eq!(open.all(1).0[0].mentions, [2, 9]);
    let attempts = vec![
        take_back(1, 2, 1),
        take_back(1, 1, 1),
        take_back(1, 1, 1),
        take_back(1, 1, 3),
        take_back(1, 1, 2),
        take_back(1, 1, 99),
        take_back(9, 1, 1),
    ];
    let (no, not_there) = (Err(Failure::NotYours), Err(Failure::NoSuchEvent));
    let nowhere = Err(Failure::NoSuchRoom);
    let answers = [
        no,
        taken_back(3, &[2, 9]),
        not_there.clone(),
        not_there.clone(),
        taken_back(4, &[]),
        not_there,
        nowhere,
    ];
    assert_eq!(open.write_all(attempts), answers);
    let (events, ..) = open.all(1);
    let whats: Vec<_> = events.iter().map(|event| &event.what).collect();
    let deletion = |target| What::Deletion { target };
    assert_eq!(whats, [&What::Deleted, &What::Deleted, &deletion(1), &deletion(2)]);
    assert!(events[0].mentions.is_empty());
    assert_eq!(open.picture("p"), None);
}

#[test]
fn names_and_keys_belong_to_one() {
    let mut open = Open::in_memory();
    let writes = vec![
        arrive(1, "Ann"),
        arrive(2, "ANN"),
        arrive(2, "Bob"),
        Entry::Rename { person: 2, name: "ann".into(), folded: "ann".into(), look: None },
        Entry::Rename { person: 1, name: "ANN".into(), folded: "ann".into(), look: None },
        Entry::Rename { person: 9, name: "x".into(), folded: "x".into(), look: None },
        create(1, "tea"),
        create(2, "Tea"),
        create(1, "coffee"),
        Entry::Forget { person: 1, away: None },
        Entry::Rename { person: 2, name: "ann".into(), folded: "ann".into(), look: None },
    ];
    let kept = Ok(Done::Kept);
    let taken = Err(Failure::Taken);
    let unknown = Err(Failure::NoSuchPerson);
    assert_eq!(
        open.write_all(writes),
        [
            kept.clone(),
            taken.clone(),
            kept.clone(),
            taken.clone(),
            kept.clone(),
            unknown,
            kept.clone(),
            taken.clone(),
            taken,
            kept.clone(),
            kept
        ]
    );
}

#[test]
fn a_room_is_removed_when_nobody_is_in_it() {
    let mut open = Open::in_memory();
    open.write_all(vec![arrive(1, "Ann"), create(1, "tea"), text(1, 1, "a"), picture(1, 1, "p", 5)]);
    let join = Entry::Join { room: 1, person: 1, read: 0 };
    assert_eq!(
        open.write_all(vec![
            join,
            Entry::Remove { room: 1 },
            Entry::Leave { room: 1, person: 1 },
            Entry::Remove { room: 1 },
            Entry::Remove { room: 1 },
            create(2, "tea"),
        ]),
        [
            Ok(Done::Joined),
            Err(Failure::HasMembers),
            Ok(Done::Kept),
            Ok(Done::Kept),
            Err(Failure::NoSuchRoom),
            Ok(Done::Kept)
        ]
    );
    assert_eq!(open.picture("p"), None);
    assert_eq!(open.all(2), (vec![], 1, 0));
}
