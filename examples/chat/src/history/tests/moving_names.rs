//! Names and words on their way out and in: odd ones come back, and those that the chat would not give do not come.

use rusqlite::{Connection, params};

use super::moving::{edit, export, import};
use super::*;
use crate::history::load::rehearse;
use crate::model::names::{Keys, fold_room, guest_name};

/// What people and rooms are called in many scripts. All of them may be had.
const NAMES: [&str; 10] =
    ["Zoë", "小明", "Мария", "דָּוִד", "Dr. Who", "O’Neil", "マイケル・ジャクソン", "नरेन्द्र", "ILL", "Nguyễn"];

/// What is said, and is easily lost: nothing, quotes, ends of lines of all kinds, what is drawn as nothing, other planes.
const WORDS: [&str; 8] = [
    "",
    "\"\\\u{0}\u{1b}[31m",
    "one\r\ntwo\u{2028}three\u{85}",
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "\u{202e}drow\u{200b}",
    "e\u{301}\u{301}",
    "{\"id\":1}\n",
    "\u{10ffff}\u{fffd}\u{feff}",
];

/// Gives all that is in a file odd names, as the chat would write them, and odd words.
pub(super) fn dress(path: &Path) {
    let file = Connection::open(path).unwrap();
    let ids = |table: &str, which: &str| -> Vec<i64> {
        let mut select = file.prepare(&format!("SELECT id FROM {table} WHERE {which} ORDER BY id")).unwrap();
        select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let name = |id: i64| format!("{} {id}", NAMES[id as usize % NAMES.len()]);
    for id in ids("people", "gone = 0") {
        let shown = if id % 4 == 3 { guest_name(id as u64) } else { name(id) };
        let (folded, look) = Keys::of_person(&shown).split();
        let sql = "UPDATE people SET name = ?2, folded = ?3, look = ?4 WHERE id = ?1";
        file.execute(sql, params![id, shown, folded, look]).unwrap();
    }
    for id in ids("rooms", "kind = 0") {
        let (folded, look) = Keys::of_room(&name(id)).split();
        let sql = "UPDATE rooms SET name = ?2, folded = ?3, look = ?4 WHERE id = ?1";
        file.execute(sql, params![id, name(id), folded, look]).unwrap();
    }
    for id in ids("rooms", "kind = 2") {
        let sql = "UPDATE rooms SET name = '+' || id, folded = '+' || id, title = ?2 WHERE id = ?1";
        file.execute(sql, params![id, name(id)]).unwrap();
    }
    file.execute("UPDATE rooms SET name = folded WHERE kind = 1", []).unwrap();
    for id in ids("events", "text IS NOT NULL") {
        let sql = "UPDATE events SET text = text || ?2, author_name = ?3 WHERE id = ?1";
        file.execute(sql, params![id, WORDS[id as usize % WORDS.len()], name(id)]).unwrap();
    }
    for table in ["reports", "reminders", "announcements"] {
        for id in ids(table, "text IS NOT NULL") {
            let sql = format!("UPDATE {table} SET text = text || ?2 WHERE id = ?1");
            file.execute(&sql, params![id, WORDS[id as usize % WORDS.len()]]).unwrap();
        }
    }
}

/// Ann, Bob, somebody who is gone; the lobby, a talk, and a private room.
fn a_chat(path: &Path) {
    let mut open = Open::at(path);
    let private = Entry::Create {
        room: 4,
        kind: RoomKind::Private,
        name: "+4".into(),
        folded: "+4".into(),
        epoch: "epoch-4".into(),
        at: THEN,
        maker: Some(1),
        title: Some("Den".into()),
        look: None,
    };
    let people = [(1, "Ann"), (2, "Bob"), (3, "Zoe")].map(|(person, name)| arrive(person, name));
    let rooms = [create(1, "lobby"), create(2, "Tea"), direct(3, "@1:3"), private];
    let joins = [1, 3].map(|person| Entry::Join { room: 3, person, read: 0 });
    let written = people.into_iter().chain(rooms).chain(joins).chain([text(2, 1, "hello")]);
    open.write_all(written.collect());
    open.write(Entry::Forget { person: 3, away: None }).unwrap();
    open.close();
    // The chat calls a talk by its key.
    Connection::open(path).unwrap().execute_batch("UPDATE rooms SET name = folded WHERE kind = 1").unwrap();
}

/// What somebody has written into an archive: the file, what stood there, what stands there now, and what is told.
const WRONG: [(&str, &str, &str, &str); 20] = [
    // Nobody may be called so.
    ("people", "\"Bob\"", "\"\"", "line 2: `name` is not to be had:  (a name has 1 to 64 characters)"),
    ("people", "\"Bob\"", "\"B\\u001b[1mob\"", "line 2: `name` is not to be had: B\\u{1b}[1mob"),
    ("people", "\"Bob\"", "\"B\\nob\"", "line 2: `name` is not to be had: B\\nob"),
    ("people", "\"Bob\"", "\"B\\u202eob\"", "not the character U+202E"),
    ("people", "\"Bob\"", "\"root\"", "line 2: `name` is not to be had: root"),
    ("people", "\"Bob\"", "\"the operator\"", "cannot look like one that the chat uses itself"),
    ("people", "\"Bob\"", "\"guest-7\"", "cannot look like that of a guest"),
    ("people", "\"Bob\"", "\"gone-2\"", "or of who is gone"),
    ("people", "\"Zoe\"", "\"gone-2\"", "line 3: `name`"),
    ("people", "\"Zoe\"", "\"<b>\"", "line 3: `name`"),
    // They look alike, whatever they are said to be folded to.
    ("people", "\"Bob\"", "\"ANN\"", "line 2: `name`: ANN looks like Ann, which is there already"),
    ("people", "\"Bob\"", "\"Аnn\"", "line 2: `name`: Аnn looks like Ann"),
    ("rooms", "\"Tea\"", "\"LOBBY\"", "line 2: `name`: LOBBY looks like lobby"),
    ("rooms", "\"Tea\"", "\"all\"", "line 2: `name` is not to be had: all"),
    ("rooms", "\"Tea\"", "\"+2\"", "line 2: `name` is not to be had: +2"),
    // Those that only the chat names.
    ("rooms", "\"name\":\"@1:3\"", "\"name\":\"@3:1\"", "line 3: `name` is not @1:3"),
    (
        "rooms",
        "\"name\":\"@1:3\"",
        "\"name\":\"tea\"",
        "line 3: `name` is not @1:2, if it is a talk of 1 and 2",
    ),
    ("rooms", "\"name\":\"+4\"", "\"name\":\"+5\"", "line 4: `name` is not +4"),
    ("rooms", "\"Den\"", "\"\\u0000\"", "line 4: `title` is not to be had: \\0"),
    ("rooms", "\"Den\"", "\"private\"", "line 4: `title` is not to be had: private"),
];

#[test]
fn names_that_the_chat_would_not_give_do_not_come() {
    let scratch = Scratch::new("wrong-names");
    let (path, archive, new) = (scratch.file("chat.db"), scratch.file("archive"), scratch.file("new.db"));
    a_chat(&path);
    export(&path, &archive).unwrap();
    for (file, before, after, why) in WRONG {
        let file = format!("{file}.jsonl");
        let was = fs::read_to_string(archive.join(&file)).unwrap();
        assert!(was.contains(before), "{was}");
        edit(&archive, &file, |text| text.replace(before, after));
        let told = import(&new, &archive).unwrap_err();
        assert!(told.contains(&file) && told.contains(why) && !told.contains('\n'), "{after}: {told}");
        assert!(!new.exists() && !scratch.file("new.db.part").exists(), "{after}");
        edit(&archive, &file, |_| was.clone());
    }
    import(&new, &archive).unwrap();
}

/// Whoever gives somebody another name in an archive need not know how it is folded, nor in which form it is kept.
#[test]
fn a_name_that_was_changed_in_an_archive_is_folded_when_it_comes() {
    let scratch = Scratch::new("new-names");
    let (path, archive, new) = (scratch.file("chat.db"), scratch.file("archive"), scratch.file("new.db"));
    a_chat(&path);
    export(&path, &archive).unwrap();
    edit(&archive, "people.jsonl", |text| text.replace("\"Bob\"", "\"ＢＩＬＬ\""));
    edit(&archive, "rooms.jsonl", |text| text.replace("\"Tea\"", "\"Cafe\u{301}\""));
    import(&new, &archive).unwrap();
    let open = Open::at(&new);
    let (bill, cafe) = (&open.loaded.people[1], &open.loaded.rooms[1]);
    assert_eq!((&*bill.name, &*bill.folded), ("BILL", "blll"));
    assert_eq!((&*cafe.name, &*cafe.folded), ("Café", &*fold_room("café")));
    open.close();
}

/// A number that the chat cannot count with is told with its line, and not when the chat starts.
#[test]
fn what_is_too_large_for_the_chat_does_not_come() {
    let scratch = Scratch::new("too-large");
    let (path, archive, new) = (scratch.file("chat.db"), scratch.file("archive"), scratch.file("new.db"));
    let mut open = Open::at(&path);
    let (key, until) = ([7; 32], 4_000_000_000_000);
    let invite = Act::Invite { key, room: None, until, uses: 5 };
    open.write(Entry::Act(Deed { by: None, at: THEN, reason: String::new(), act: invite })).unwrap();
    open.close();
    export(&path, &archive).unwrap();
    edit(&archive, "invites.jsonl", |text| text.replace("\"uses\":5", "\"uses\":4294967296"));
    let told = import(&new, &archive).unwrap_err();
    assert!(told.contains("invites.jsonl, line 1: `uses` is not a number below 4294967296"), "{told}");
    assert!(!new.exists());
}

#[test]
fn a_start_is_rehearsed_and_leaves_nothing() {
    let mut node = Node::new();
    let guest = Entry::Arrive {
        person: 1,
        name: "guest-1".into(),
        folded: "guest-1".into(),
        token: None,
        at: 0,
        look: None,
    };
    node.apply(&[guest, create(1, "tea"), text(1, 1, "hello")]);
    node.connection.execute_batch("UPDATE state SET incomplete = 1").unwrap();
    let all = |node: &Node| super::digest::tables(&node.connection);
    let before = all(&node);
    rehearse(&mut node.connection).unwrap();
    assert_eq!(all(&node), before, "the guest is there, and the room's epoch is what it was");
    node.connection.execute_batch("UPDATE state SET next_room = -1").unwrap();
    rehearse(&mut node.connection).unwrap_err();
}

/// Nothing takes the place of a history with which the chat could not start: here because of what was there before.
#[test]
fn what_the_chat_could_not_start_with_takes_no_place() {
    let scratch = Scratch::new("no-start");
    let (path, logs) = (scratch.file("chat.db"), scratch.file("logs"));
    a_chat(&path);
    let network = logs.join("ann/libera-0c9b");
    fs::create_dir_all(&network).unwrap();
    fs::write(network.join("#rust.log"), "[2023-01-27T15:50:01.000Z] <Bob> hello\n").unwrap();
    Connection::open(&path)
        .unwrap()
        .execute_batch("INSERT INTO invites VALUES (90, x'00', 0, NULL, 1, 4000000000000, 4294967296, 0)")
        .unwrap();
    let before = fs::read(&path).unwrap();
    let flags = ["--import-from", "thelounge", "--import", logs.to_str().unwrap()];
    let told = super::moving::moved(&path, &flags).unwrap_err();
    assert!(told.contains("could not start with what it becomes") && !told.contains('\n'), "{told}");
    assert_eq!(fs::read(&path).unwrap(), before);
    for left in ["chat.db.part", "chat.db.part-journal", "chat.db.old"] {
        assert!(!scratch.file(left).exists(), "{left}");
    }
}
