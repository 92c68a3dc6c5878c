//! `--import-from`: what Slack and The Lounge have kept becomes rooms.

use rusqlite::Connection;

use super::moving::moved;
use super::*;
use crate::history::Joining;

const SLACK: &[(&str, &str)] = &[
    (
        "users.json",
        r#"[{"id":"U1","name":"ann","profile":{"display_name":"Ann","real_name":"Ann B"}},
            {"id":"U2","name":"ming","real_name":"小明","profile":{"display_name":""}}]"#,
    ),
    // One of them is there twice.
    (
        "channels.json",
        r#"[{"id":"C1","name":"general","created":1,"members":["U1"]},{"id":"C2","name":"empty"},{"id":"C3","name":"all"},
            {"id":"C4","name":"general","is_archived":true}]"#,
    ),
    ("groups.json", r#"[{"id":"G1","name":"secret"}]"#),
    ("dms.json", r#"[{"id":"D1"},{"id":"D2"}]"#),
    ("integration_logs.json", "[]"),
    (
        "general/2023-01-27.json",
        r#"[{"type":"message","subtype":"channel_join","user":"U1","text":"<@U1> has joined","ts":"1674834500.000100"},
            {"type":"message","user":"U1","text":"hi <@U2>, see <https://a.example|this> &amp; that","ts":"1674834600.123456",
             "thread_ts":"1674834600.123456","reply_count":1,"reactions":[{"name":"+1","users":["U2"],"count":1}]},
            {"type":"message","user":"U2","text":"second","ts":"1674834602.000000"},
            {"type":"message","user":"U1","text":"between, though written later","ts":"1674834601.000000","thread_ts":"1674834600.123456"}]"#,
    ),
    (
        "general/2023-01-28.json",
        r#"[{"type":"message","user":"U1","text":"","ts":"1674921000.0","files":[{"name":"x.png"}]},
            {"type":"message","subtype":"bot_message","bot_id":"B1","username":"CI 🎉","text":"built","ts":"1674921001.5"}]"#,
    ),
    ("all/2023-01-27.json", r#"[{"type":"message","user":"U2","text":"to all","ts":"1674834600.0"}]"#),
    (
        "secret/2023-01-27.json",
        r#"[{"type":"message","user":"U2","text":"not for all","ts":"1674834600.0"}]"#,
    ),
];

const LOUNGE: &[(&str, &str)] = &[
    (
        "logs/ann/libera-0c9b/#rust.log",
        "[2023-01-27T15:50:00.123Z] *** ann (~a@b) joined\n\
         [2023-01-27T15:50:01.000Z] <@Bob> \u{2}hello\u{2} ann\n\
         [2023-01-27T15:50:02.000Z] * bob waves\n\
         [2023-01-27T15:50:03.000Z] <ann> hi\n",
    ),
    ("logs/ann/oftc-77aa/#rust.log", "[2023-01-27 15:50:00] <zoe> elsewhere\n"),
    ("logs/ann/libera-0c9b/bob.log", "[2023-01-27T15:50:01.000Z] <bob> only for you\n"),
];

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn import(data: &Path, format: &str, from: &Path) -> Result<String, String> {
    moved(data, &["--import-from", format, "--import", from.to_str().unwrap()])
}

/// Rooms, and who has said what in them, and when.
fn said(path: &Path) -> Vec<String> {
    Connection::open(path)
        .unwrap()
        .prepare(
            "SELECT r.name || ' ' || e.offset || ' ' || e.at || ' ' || e.author || ' ' || e.author_name || ': ' || e.text
             FROM events e JOIN rooms r ON r.id = e.room ORDER BY e.room, e.offset",
        )
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

/// Whoever imports them has the clock by which they are old.
#[test]
fn old_messages_make_no_doubt_of_the_clock() {
    let scratch = Scratch::new("slack-clock");
    let from = scratch.file("export");
    write(&from, SLACK);
    for is_new in [true, false] {
        let path = scratch.file(&format!("{is_new}.db"));
        if !is_new {
            Open::at(&path).close();
        }
        import(&path, "slack", &from).unwrap();
        let open = Open::at(&path);
        assert!(open.history.calendar().today().is_some(), "{is_new}");
        open.close();
    }
}

/// What is in no log would be on one node of several, and on no other.
#[test]
fn nothing_is_added_to_a_history_that_follows_a_log() {
    let scratch = Scratch::new("slack-node");
    let (path, from) = (scratch.file("chat.db"), scratch.file("export"));
    write(&from, SLACK);
    Joining::open(&settings(&path)).unwrap().belong(Some("log")).unwrap();
    let refused = import(&path, "slack", &from).unwrap_err();
    assert!(refused.contains("a log of several nodes"), "{refused}");
    assert_eq!(said(&path), [""; 0]);
    assert!(!scratch.file("chat.db.old").exists());
}

#[test]
fn channels_of_slack_become_rooms_by_people_who_are_gone() {
    let scratch = Scratch::new("slack");
    let (path, from) = (scratch.file("chat.db"), scratch.file("export"));
    write(&from, SLACK);
    let mut open = Open::at(&path);
    open.write_all(vec![arrive(1, "Ann"), create(1, "General"), text(1, 1, "here already")]);
    let refused = import(&path, "slack", &from).unwrap_err();
    assert!(refused.contains("in use"), "{refused}");
    open.close();
    let told = import(&path, "slack", &from).unwrap();
    for part in [
        "5 messages more, of 3 people in 2 rooms",
        "; called otherwise: general is general-2, all is all-slack",
        "; people called otherwise: CI 🎉 is CI",
        "1 files",
        "1 messages without words",
        "1 notices",
        "1 private channels",
        "1 reactions",
        "1 threads' replies",
        "2 talks of two",
        "chat.db.old",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert_eq!(
        said(&path),
        [
            "General 1 1000000000000 1 person 1: here already",
            "general-2 1 1674834600123 2 Ann: hi @小明, see this (https://a.example) & that",
            "general-2 2 1674834601000 2 Ann: between, though written later",
            "general-2 3 1674834602000 3 小明: second",
            "general-2 4 1674921001500 4 CI: built",
            "all-slack 1 1674834600000 3 小明: to all",
        ]
    );
    // Clients that were there go on, and everybody may have the names.
    let open = Open::at(&path);
    assert_eq!(open.loaded.people.len(), 1);
    assert_eq!((open.loaded.next_person, open.loaded.next_room), (5, 4));
    open.close();
    let again = import(&path, "slack", &from).unwrap_err();
    assert!(again.contains("it was imported before: 4 of its messages are in the room general-2"), "{again}");
    assert!(!scratch.file("chat.db.part").exists() && !scratch.file("chat.db.old-2").exists());
    // With a message more, too; into another history, not.
    write(&from, &[("all/2023-01-29.json", r#"[{"user":"U1","text":"more","ts":"1675000000.0"}]"#)]);
    assert!(import(&path, "slack", &from).unwrap_err().contains("before"));
    let told = import(&scratch.file("new.db"), "slack", &from).unwrap();
    assert!(
        told.contains("6 messages more") && told.contains("called otherwise: all is all-slack;"),
        "{told}"
    );
    Open::at(&scratch.file("new.db")).close();
}

/// Nobody is in them, and they stay.
#[test]
fn rooms_that_came_are_not_removed_for_being_empty() {
    let scratch = Scratch::new("stays");
    let (path, from) = (scratch.file("chat.db"), scratch.file("logs"));
    write(&scratch.file(""), LOUNGE);
    import(&path, "thelounge", &from).unwrap();
    let open = Open::at(&path);
    let rooms: Vec<(String, Option<PersonId>)> = open
        .loaded
        .rooms
        .iter()
        .map(|room| {
            let traits = open.loaded.governed.rooms.iter().find(|it| it.room == room.id);
            (room.name.clone(), traits.and_then(|it| it.maker))
        })
        .collect();
    assert_eq!(rooms, [("rust".to_owned(), Some(OPERATOR)), ("rust-2".to_owned(), Some(OPERATOR))]);
    open.close();
}

#[test]
fn logs_of_the_lounge_become_rooms() {
    let scratch = Scratch::new("lounge");
    let (path, logs) = (scratch.file("chat.db"), scratch.file("logs"));
    write(&scratch.file(""), LOUNGE);
    let told = import(&path, "thelounge", &logs).unwrap();
    assert!(
        told.contains("4 messages more, of 3 people in 2 rooms") && told.contains("#rust is rust-2"),
        "{told}"
    );
    assert!(told.contains("1 notices") && told.contains("1 talks with people"), "{told}");
    let expected = [
        "rust 1 1674834601000 1 Bob: hello ann",
        "rust 2 1674834602000 1 Bob: * waves",
        "rust 3 1674834603000 2 ann: hi",
        "rust-2 1 1674834600000 3 zoe: elsewhere",
    ];
    assert_eq!(said(&path), expected);
    // The folder of one person is as good; if there are several, somebody has to say whose.
    let other = scratch.file("other.db");
    import(&other, "thelounge", &logs.join("ann")).unwrap();
    assert_eq!(said(&other), expected);
    write(&logs, &[("bob/libera-0c9b/#rust.log", "[2023-01-27T15:50:01.000Z] <Bob> hello ann\n")]);
    let told = import(&scratch.file("third.db"), "thelounge", &logs).unwrap_err();
    assert!(told.contains("several people") && told.contains("logs/bob"), "{told}");
    // What bob has heard is what ann has heard.
    let told = import(&other, "thelounge", &logs.join("bob")).unwrap_err();
    assert!(told.contains("imported before: 1 of its messages are in the room rust"), "{told}");
    // A line that is none.
    write(&logs, &[("bob/libera-0c9b/#tea.log", "[2023-01-27T15:50:01.000Z] <Bob> x\n\nhello\n")]);
    let told = import(&scratch.file("third.db"), "thelounge", &logs.join("bob")).unwrap_err();
    assert!(told.contains("#tea.log, line 2: this does not begin with a time"), "{told}");
    assert!(!scratch.file("third.db").exists());
}

#[test]
fn what_is_still_to_come_does_not_come() {
    let scratch = Scratch::new("future");
    let (path, logs) = (scratch.file("chat.db"), scratch.file("logs"));
    let log = "[2023-01-27T15:50:01.000Z] <Bob> now\n[9999-12-31T23:59:59.000Z] <Bob> then\n";
    write(&logs, &[("bob/libera-0c9b/#rust.log", log)]);
    let told = import(&path, "thelounge", &logs).unwrap();
    assert!(
        told.contains("1 messages more") && told.contains("1 messages of a time that is still to come"),
        "{told}"
    );
    assert_eq!(said(&path), ["rust 1 1674834601000 1 Bob: now"]);
}

#[test]
fn what_the_lounge_keeps_in_sqlite_becomes_rooms() {
    let scratch = Scratch::new("lounge-file");
    let (path, file) = (scratch.file("chat.db"), scratch.file("ann.sqlite3"));
    let message =
        |text: &str| format!(r##"{{"from":{{"mode":"","nick":"Bob"}},"text":"{text}","self":false}}"##);
    let kept = Connection::open(&file).unwrap();
    kept.execute_batch(
        "CREATE TABLE options (name TEXT, value TEXT, CONSTRAINT name_unique UNIQUE (name));
         CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, network TEXT, channel TEXT, time INTEGER, type TEXT, msg TEXT);",
    )
    .unwrap();
    for (channel, time, kind, what) in [
        ("#rust", 2000, "message", message("two")),
        ("#rust", 1000, "message", message("one")),
        ("#rust", 3000, "action", message("waves")),
        ("#rust", 3500, "join", message("")),
        ("#rust", 3600, "unhandled", r#"{"text":"x"}"#.to_owned()),
        ("bob", 4000, "message", message("only for you")),
    ] {
        kept.execute(
            "INSERT INTO messages (network, channel, time, type, msg) VALUES ('uuid', ?1, ?2, ?3, ?4)",
            rusqlite::params![channel, time, kind, what],
        )
        .unwrap();
    }
    let told = import(&path, "thelounge", &file).unwrap();
    assert!(told.contains("3 messages more, of 1 people in 1 rooms"), "{told}");
    assert!(told.contains("1 talks with people and networks") && told.contains("2 notices"), "{told}");
    assert_eq!(
        said(&path),
        ["rust 1 1000 1 Bob: one", "rust 2 2000 1 Bob: two", "rust 3 3000 1 Bob: * waves"]
    );
    kept.execute_batch("UPDATE messages SET msg = '['").unwrap();
    assert!(import(&scratch.file("x.db"), "thelounge", &file).is_err());
    assert!(
        import(&scratch.file("x.db"), "thelounge", &path).unwrap_err().contains("no file of The Lounge's")
    );
}

#[test]
fn what_is_no_export_is_told() {
    let scratch = Scratch::new("no-slack");
    let new = scratch.file("new.db");
    let folder = scratch.file("export");
    for (file, text, why) in [
        ("users.json", "{}", "users.json"),
        ("channels.json", "[{\"name\":\"../x\"}]", "no channel is called"),
        ("channels.json", "[{\"id\":\"C1\"}]", "channels.json"),
        (
            "general/2023-01-27.json",
            "[{\"text\":\"x\"}]",
            "general/2023-01-27.json: a message without a time",
        ),
        ("general/2023-01-27.json", "[", "general/2023-01-27.json"),
        ("general/2023-01-27.json", "[]", ""),
    ] {
        write(&folder, SLACK);
        write(&folder, &[(file, text)]);
        let told = import(&new, "slack", &folder);
        match why {
            "" => drop(told.unwrap()),
            why => assert!(told.as_ref().is_err_and(|told| told.contains(why)), "{file} {text}: {told:?}"),
        }
        assert_eq!(new.exists(), why.is_empty());
    }
    for (from, why) in [("export/users.json", "unpack Slack's .zip"), ("general", "is no folder")] {
        let told = import(&new, "slack", &scratch.file(from)).unwrap_err();
        assert!(told.contains(why), "{from}: {told}");
    }
    assert!(import(&new, "thelounge", &folder).unwrap_err().contains("no logs of channels"));
    assert!(import(&new, "thelounge", &scratch.file("none")).unwrap_err().contains("cannot be read"));
}
