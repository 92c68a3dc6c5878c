//! What is there when the history is opened again; what is given up, and when.

use super::*;
use crate::rights::Role;

#[test]
fn an_image_of_the_running_file_opens_with_all_that_was_answered() {
    let scratch = Scratch::new("crash");
    let mut open = Open::at(&scratch.file("chat.db"));
    open.write_all(vec![arrive(1, "Ann"), create(1, "tea"), text(1, 1, "a"), picture(1, 1, "p", 9)]);
    for name in ["chat.db", "chat.db-wal"] {
        fs::copy(scratch.file(name), scratch.file(&name.replace("chat", "image"))).unwrap();
    }
    open.write(text(1, 1, "too late")).unwrap();
    let mut image = Open::at(&scratch.file("image.db"));
    let (events, first, last) = image.all(1);
    assert_eq!((words(&events), first, last), (vec!["a"], 1, 2));
    assert_eq!(image.picture("p").as_deref(), Some(&[1; 9][..]));
    assert_eq!(image.write(text(1, 1, "goes on")), appended(1, 3));
}

#[test]
fn what_was_asked_for_before_the_close_is_kept() {
    let scratch = Scratch::new("close");
    let open = Open::at(&scratch.file("chat.db"));
    open.history.write(create(1, "tea"), 0).unwrap();
    (0..5000).for_each(|n| open.history.write(text(1, 1, "a"), n).unwrap());
    open.close();
    assert_eq!(Open::at(&scratch.file("chat.db")).loaded.rooms[0].last, 5000);
}

/// They may be an owner. In time they are forgotten like others, by the model.
#[test]
fn who_has_ended_their_last_session_is_no_guest() {
    let scratch = Scratch::new("sessionless");
    let path = scratch.file("chat.db");
    let mut open = Open::at(&path);
    let arrive = |person, name: &str, token| Entry::Arrive {
        person,
        name: name.into(),
        folded: name.into(),
        token,
        at: THEN,
        look: None,
    };
    let deed = |by, act| Entry::Act(Deed { by, at: THEN, reason: String::new(), act });
    open.write_all(vec![
        arrive(1, "ann", Some([1; 32])),
        arrive(2, "bob", None),
        arrive(3, "cora", None),
        Entry::AddToken { person: 3, token: [3; 32], at: THEN, code: None },
        deed(None, Act::Role { person: 1, role: Role::Owner }),
        deed(Some(1), Act::EndSession { person: 1, session: 1 }),
        deed(Some(3), Act::EndSession { person: 3, session: 2 }),
    ]);
    open.close();
    let loaded = Open::at(&path).loaded;
    let people: Vec<_> =
        loaded.people.iter().map(|it| (it.id, &it.name[..], it.tokens.len(), it.is_guest)).collect();
    assert_eq!(people, [(1, "ann", 0, false), (3, "cora", 0, false)]);
    assert_eq!(loaded.governed.roles, [(1, Role::Owner)]);
}

#[test]
fn guests_are_forgotten_and_those_who_have_left_keep_their_name_in_direct_rooms() {
    let scratch = Scratch::new("guests");
    let path = scratch.file("chat.db");
    let guest = |person, name: &str| Entry::Arrive {
        person,
        name: name.into(),
        folded: name.into(),
        token: None,
        at: THEN,
        look: None,
    };
    let join = |room, person| Entry::Join { room, person, read: 0 };
    let mut open = Open::at(&path);
    open.write_all(vec![
        arrive(1, "Ann"),
        guest(2, "guest"),
        guest(3, "friend"),
        arrive(4, "Leaver"),
        create(1, "tea"),
        direct(2, "@1:3"),
        direct(3, "@1:4"),
    ]);
    let joins =
        vec![join(1, 1), join(1, 2), join(1, 3), join(1, 4), join(2, 1), join(2, 3), join(3, 1), join(3, 4)];
    open.write_all(joins);
    open.write(Entry::Forget { person: 4, away: None }).unwrap();
    assert_eq!(open.write(join(1, 4)), Err(Failure::NoSuchPerson));
    open.close();

    let mut open = Open::at(&path);
    let people: Vec<_> = open
        .loaded
        .people
        .iter()
        .map(|person| (person.id, &person.name[..], !person.tokens.is_empty()))
        .collect();
    assert_eq!(people, [(1, "Ann", true), (3, "friend", false), (4, "Leaver", false)]);
    let places: Vec<_> = open.loaded.members.iter().map(|member| (member.room, member.person)).collect();
    assert_eq!(places, [(1, 1), (2, 1), (3, 1)]);
    assert_eq!((open.loaded.next_person, open.loaded.next_room), (5, 4));
    // The name goes with the last room in which it is seen.
    let done = open.write_all(vec![
        Entry::Leave { room: 3, person: 1 },
        Entry::Remove { room: 3 },
        arrive(5, "leaver"),
    ]);
    assert_eq!(done, vec![Ok(Done::Kept); 3]);
    open.close();
    let loaded = Open::at(&path).loaded;
    assert_eq!(loaded.people.iter().map(|person| person.id).collect::<Vec<_>>(), [1, 3, 5]);
    assert_eq!((loaded.next_person, loaded.next_room), (6, 4));
}

#[test]
fn who_spoke_without_being_known_keeps_their_number() {
    let scratch = Scratch::new("number");
    let path = scratch.file("chat.db");
    let mut open = Open::at(&path);
    open.write_all(vec![create(1, "tea"), text(1, 7, "the disk was full when I came"), text(1, 3, "and I")]);
    open.close();
    assert_eq!(Open::at(&path).loaded.next_person, 8);
}

#[test]
fn a_room_keeps_its_latest_events() {
    let scratch = Scratch::new("count");
    let path = scratch.file("chat.db");
    let mut open = Open::with(Settings { keep_messages: 10, ..settings(&path) }).unwrap();
    open.write_all(vec![arrive(1, "Ann"), create(1, "tea"), Entry::Join { room: 1, person: 1, read: 0 }]);
    let said = Append { mentions: vec![1], ..say(1, 1, Body::Text("hello @Ann".into())) };
    open.write_all(vec![Entry::Append(said), picture(1, 1, "p", 9)]);
    open.write_all((3..=1000).map(|n| text(1, 1, &format!("number {n}"))).collect());
    // A pause that indexes, and then one word more.
    while open.pruned.last().is_none_or(|(_, first)| *first < 989) {
        open.write(text(1, 1, "x")).unwrap();
    }
    let (events, first, last) = open.all(1);
    assert_eq!(events.first().map(|event| event.offset), Some(first));
    assert!((10..=12).contains(&(last - first + 1)), "{first} to {last}");
    assert_eq!(open.picture("p"), None);
    assert_eq!(
        open.hits(&[1], "number 3", None, 100).0.iter().filter(|hit| hit.event.offset < first).count(),
        0
    );
    open.close();
    let loaded = Open::at(&path).loaded;
    assert_eq!((loaded.rooms[0].first, loaded.rooms[0].last), (first, last));
    assert!(loaded.members[0].mentions.is_empty());
}

#[test]
fn a_limit_that_was_lowered_counts_when_the_history_is_opened() {
    let scratch = Scratch::new("lowered");
    let path = scratch.file("chat.db");
    let mut open = Open::at(&path);
    open.write_all(vec![create(1, "tea"), picture(1, 1, "a", 100), picture(1, 1, "b", 100)]);
    open.write_all((3..=1000).map(|_| text(1, 1, "old")).collect());
    open.close();
    let limits = Settings { keep_messages: 100, keep_pictures: 100, ..settings(&path) };
    let mut open = Open::with(limits).unwrap();
    open.wait_until_pruned(1, 901);
    assert_eq!(open.all(1).0.len(), 100);
    assert_eq!(open.picture("b"), None, "its event is gone");
}

#[test]
fn events_go_with_age_and_newer_ones_stay() {
    let scratch = Scratch::new("age");
    let path = scratch.file("chat.db");
    let mut open = Open::at(&path);
    open.write(create(1, "tea")).unwrap();
    let mut writes: Vec<_> = (0..600).map(|n| text(1, 1, &format!("old {n}"))).collect();
    let fresh = Append { at: calendar::wall(), ..say(1, 1, Body::Text("fresh".into())) };
    writes.push(Entry::Append(fresh));
    open.write_all(writes);
    open.close();
    let day = Some(Duration::from_secs(24 * 60 * 60));
    let mut open = Open::with(Settings { keep_for: day, ..settings(&path) }).unwrap();
    open.wait_until_pruned(1, 601);
    let (events, first, last) = open.all(1);
    assert_eq!((words(&events), first, last), (vec!["fresh"], 601, 601));
    assert_eq!(open.hits(&[1], "old", None, 10).0, []);
}

#[test]
fn the_oldest_pictures_are_given_up_first_and_their_captions_stay() {
    let mut open =
        Open::with(Settings { data: Data::Memory, keep_pictures: 250, ..settings(Path::new("")) }).unwrap();
    open.write(create(1, "tea")).unwrap();
    open.write_all(["a", "b", "c"].map(|id| picture(1, 1, id, 100)).into());
    assert_eq!(["a", "b", "c"].map(|id| open.picture(id).is_some()), [false, true, true]);
    let (events, ..) = open.all(1);
    assert_eq!(events[0].what, What::Picture { picture: None, caption: "caption a".into() });
    // What is taken back makes room as well.
    open.write_all(vec![take_back(1, 1, 3), picture(1, 1, "d", 150)]);
    assert_eq!(["b", "c", "d"].map(|id| open.picture(id).is_some()), [true, false, true]);
    open.write(picture(1, 1, "large", 251)).unwrap();
    assert_eq!(["b", "d", "large"].map(|id| open.picture(id).is_some()), [false; 3]);
}

/// Words that were taken back are nowhere in the file: not in its tables, not in its log, not in its index.
#[test]
fn words_that_were_taken_back_are_gone_from_the_file() {
    let scratch = Scratch::new("erased");
    let path = scratch.file("chat.db");
    let secret = "xylophone 龘靐";
    let gram = grams::of_query("龘靐").unwrap();
    // FTS5 does not repeat what a gram has in common with the one before it.
    let traces = [secret, &gram.trim()[4..]];
    let found = || {
        let bytes = fs::read(&path).unwrap();
        traces.map(|trace| bytes.windows(trace.len()).any(|window| window == trace.as_bytes()))
    };
    let mut open = Open::at(&path);
    open.write_all(vec![create(1, "tea"), text(1, 1, "tea"), text(1, 1, secret), text(1, 1, "more tea")]);
    open.wait_until_indexed(3);
    open.close();
    assert_eq!(found(), [true, true]);
    let mut open = Open::at(&path);
    open.write(take_back(1, 1, 2)).unwrap();
    open.wait_until_erased();
    assert_eq!(open.hits(&[1], "龘", None, 10).0, []);
    assert_eq!(open.hits(&[1], "tea", None, 10).0.len(), 2);
    open.close();
    assert_eq!(found(), [false, false]);
}

/// However long the latest words are, they do not fill the memory when the program starts.
#[test]
fn the_latest_events_are_loaded_by_their_bytes() {
    let scratch = Scratch::new("rings");
    let path = scratch.file("chat.db");
    let mut open = Open::at(&path);
    open.write_all(vec![create(1, "tea"), create(2, "coffee")]);
    let long = "茶".repeat(16_000);
    open.write_all((0..60).map(|_| text(1, 1, &long)).chain((0..60).map(|_| text(2, 1, "short"))).collect());
    open.close();
    let open = Open::at(&path);
    let [tea, coffee] = [0, 1].map(|place| &open.loaded.rooms[place].recent);
    let bytes: usize = tea.iter().map(Event::weight).sum();
    assert!(bytes <= RING_BYTES && bytes + 2 * long.len() > RING_BYTES, "{bytes}");
    assert!(tea.is_sorted_by_key(|event| event.offset) && tea.last().map(|event| event.offset) == Some(60));
    assert!(coffee.len() > tea.len(), "{} and {}", coffee.len(), tea.len());
}
