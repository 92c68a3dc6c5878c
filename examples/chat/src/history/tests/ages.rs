//! Nothing is given up because a clock is wrong; and files of older programs.

use rusqlite::Connection;

use super::*;
use crate::rights::Role;

const DAY: Millis = 24 * 60 * 60 * 1000;

/// A file with a message, a receipt, people and rooms of this moment, closed.
fn of_today(path: &Path) {
    let at = calendar::wall();
    let mut open = Open::at(path);
    let said = Append { key: Some("k".into()), at, ..say(1, 1, Body::Text("hello".into())) };
    let person = Entry::Arrive {
        person: 1,
        name: "Ann".into(),
        folded: "ann".into(),
        token: Some([1; 32]),
        at,
        look: None,
    };
    open.write_all(vec![create(1, "tea"), person, Entry::Append(said)]);
    open.close();
}

/// What a clock that is ahead sees: everything is older.
fn shift(path: &Path, by: Millis) {
    let sql = format!(
        "UPDATE events SET at = at + {by}; UPDATE receipts SET at = at + {by};
         UPDATE people SET seen = seen + {by};"
    );
    Connection::open(path).unwrap().execute_batch(&sql).unwrap();
}

/// Opens the file, with an age of an hour for messages, and lets every chore be done.
fn after_the_chores(path: &Path, believe_clock: bool) -> (Open, [i64; 2]) {
    let keep_for = Some(Duration::from_secs(60 * 60));
    let mut open = Open::with(Settings { keep_for, believe_clock, ..settings(path) }).unwrap();
    let fresh = Append { at: calendar::wall(), ..say(1, 1, Body::Text("fresh".into())) };
    open.write(Entry::Append(fresh)).unwrap();
    // It is copied to where it belongs after a pause, in which all else was done.
    let is_copied = || fs::read(path).unwrap().windows(5).any(|window| window == b"fresh");
    open.wait_until("SELECT 0", |_| is_copied());
    let link = open.history.writing.upgrade().unwrap();
    let connection = link.connection.lock().unwrap();
    let count = |table: &str| {
        connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    };
    let left = [count("events WHERE text <> 'fresh'"), count("receipts")];
    drop(connection);
    (open, left)
}

#[test]
fn a_wrong_clock_deletes_nothing() {
    for (n, days) in [-2, -2, -366, -366, 2, 366].into_iter().enumerate() {
        let scratch = Scratch::new(&format!("clock-{n}"));
        let path = scratch.file("chat.db");
        of_today(&path);
        if n % 2 == 0 {
            // As if it had not been closed: the note is that of the start.
            let sql = "UPDATE state SET newest = NULL";
            Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        }
        shift(&path, days * DAY);
        let (open, left) = after_the_chores(&path, false);
        assert_eq!(left, [1, 1], "{days} days");
        assert!(days > 0 || open.history.calendar().today().is_none(), "{days} days");
        open.close();
    }
}

#[test]
fn a_clock_that_somebody_vouches_for_is_believed() {
    let scratch = Scratch::new("vouched");
    let path = scratch.file("chat.db");
    of_today(&path);
    shift(&path, -366 * DAY);
    let (open, left) = after_the_chores(&path, true);
    assert_eq!(left, [0, 0]);
    assert!(open.history.calendar().today().is_some());
}

/// One that runs on the board of a machine without a battery, say.
#[test]
fn what_happens_while_a_clock_is_behind_is_not_earlier_than_what_was_believed() {
    let scratch = Scratch::new("behind");
    let path = scratch.file("chat.db");
    of_today(&path);
    shift(&path, 366 * DAY);
    let later = format!(
        "UPDATE state SET believed = believed + {}, newest = (SELECT max(at) FROM events)",
        365 * DAY
    );
    Connection::open(&path).unwrap().execute_batch(&later).unwrap();
    let open = Open::at(&path);
    assert!(open.history.calendar().now() >= calendar::wall() + 364 * DAY);
    assert_eq!(open.history.calendar().today(), None);
}

/// `fixtures/version-1.sql` and so on are the same history, as programs of then had it.
#[test]
fn a_file_of_any_version_keeps_everything() {
    for version in 1..schema::VERSION {
        keeps_everything(version);
    }
}

/// A file as a program of then had it.
fn of_version(version: i32, path: &Path) {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/version-{version}.sql"));
    let sql = fs::read_to_string(fixture).unwrap();
    Connection::open(path).unwrap().execute_batch(&sql).unwrap();
}

fn version_of(path: &Path) -> i32 {
    let connection = Connection::open(path).unwrap();
    connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

/// So many entries by then: the guest was forgotten, if they were still there; and what is said below is not refused.
const APPLIED: [i32; 8] = [7, 5, 6, 7, 25, 25, 25, 25];

fn keeps_everything(version: i32) {
    let scratch = Scratch::new(&format!("version-{version}"));
    let path = scratch.file("chat.db");
    of_version(version, &path);
    let number = |sql: &str| {
        Connection::open(&path).and_then(|it| it.query_row(sql, [], |row| row.get::<_, i32>(0))).unwrap()
    };
    assert_eq!(number("PRAGMA user_version"), version);
    let settings = settings(&path);
    for offset in [4, 5] {
        let mut open = Open::with(settings.clone()).unwrap();
        let people: Vec<_> = open.loaded.people.iter().map(|person| &person.name[..]).collect();
        assert_eq!(people, ["Ann", "小明"], "who could not come back is forgotten");
        let tokens: Vec<_> = open.loaded.people.iter().map(|person| person.tokens.clone()).collect();
        assert_eq!(tokens, [[[1; 32]], [[2; 32]]], "and the others come back");
        let rooms: Vec<_> = open.loaded.rooms.iter().map(|room| (&room.name[..], &room.epoch[..])).collect();
        assert_eq!(rooms, [("lobby", "epoch-1"), ("Tea", "epoch-2"), ("@1:2", "epoch-3")]);
        assert_eq!(words(&open.all(1).0)[..2], ["hello", "hello @Ann, 喝茶吗?"]);
        assert_eq!(open.all(1).0[1].mentions, [1]);
        assert_eq!(open.all(2).0[0].what, What::Deleted);
        assert_eq!(words(&open.all(3).0), ["in private"]);
        assert_eq!(open.picture("AAECAwQFBgcICQoLDA0ODw.gif").map(|bytes| bytes.len()), Some(13));
        assert_eq!(open.hits(&[1, 2, 3], "喝茶", None, 9).0.len(), 1);
        // A receipt of then is one still.
        let again = Append { key: Some("k1".into()), ..say(1, 1, Body::Text("hello".into())) };
        let answer = open.write(Entry::Append(again));
        assert!(matches!(answer, Ok(Done::Appended { offset: 1, repeated: true, .. })), "{answer:?}");
        // For something else the key cannot be used, where it is known what was said under it.
        let other = Append { key: Some("k1".into()), ..say(1, 1, Body::Text("bye".into())) };
        assert_eq!(open.write(Entry::Append(other)).is_err(), version == 2, "{version}");
        assert_eq!(open.write(text(1, 1, "goes on")), appended(1, offset));
        if version >= 5 {
            keeps_who_governs(&mut open);
        }
        if version >= 6 {
            keeps_what_goes_out(&open);
        }
        open.close();
    }
    assert_eq!(number("PRAGMA user_version"), schema::VERSION);
    assert_eq!(number("SELECT applied FROM state"), APPLIED[version as usize - 1]);
    let (next_event, next_number) = match version {
        ..5 => (9, 3),
        5 => (11, 16),
        6.. => (11, 18),
    };
    assert_eq!(number("SELECT next_event FROM state"), next_event);
    assert_eq!(number("SELECT next_number FROM state"), next_number, "who may come back has a session");
}

/// What is new in version 5, as its file has it.
fn keeps_who_governs(open: &mut Open) {
    open.wait_until("SELECT count(*) FROM purges", |left| left == 0);
    let Governed { roles, ops, restraints, rooms, invites, door, announcement, avatars, admins, .. } =
        &open.loaded.governed;
    assert_eq!((&roles[..], &ops[..]), (&[(1, Role::Owner)][..], &[(2, 1)][..]));
    let restraints: Vec<_> = restraints.iter().map(|it| (it.restraint, it.person, it.room)).collect();
    assert_eq!(restraints, [(Restraint::Mute, 2, Some(2))]);
    assert_eq!((rooms[0].room, &rooms[0].topic[..], rooms[0].pace), (2, "green or black", 5));
    assert_eq!((invites[0].number, invites[0].left, *door), (8, 2, Door::Named));
    assert_eq!(announcement.as_ref().map(|it| &it.text[..]), Some("tea at five"));
    assert_eq!((&avatars[..], admins[0].key), (&[(1, "ann.gif".to_owned(), 13)][..], [6; 32]));
    assert_eq!(open.loaded.governed.reports, [(11, 1), (12, 1)]);
    let (events, ..) = open.all(2);
    assert_eq!(events[3].what, What::Purge { of: 2, targets: vec![3] });
    let Ok(Found::Acts { acts, .. }) = open.read(Read::Acts { before: None, limit: 20 }) else { panic!() };
    assert_eq!((acts.len(), &acts[0].act[..]), (12, "purge"));
}

/// What is new in version 6.
fn keeps_what_goes_out(open: &Open) {
    let outside = &open.loaded.outside;
    let targets: Vec<_> = outside.targets.iter().map(|it| (it.number, &it.target.url[..])).collect();
    assert_eq!(targets, [(16, "https://ring.example/ann")]);
    let reminders: Vec<_> = outside.reminders.iter().map(|it| (it.0, &it.1.text[..])).collect();
    assert_eq!(reminders, [(17, "tea")]);
}

/// Older programs shall not write into newer tables.
#[test]
fn a_file_says_which_version_its_tables_have() {
    let scratch = Scratch::new("versions");
    let path = scratch.file("chat.db");
    Open::at(&path).close();
    let version: i32 = Connection::open(&path)
        .and_then(|it| it.pragma_query_value(None, "user_version", |row| row.get(0)))
        .unwrap();
    assert_eq!(version, schema::VERSION);
}

/// `chat --backup` keeps the version, `--restore` brings it back, and a chat that starts on it has all; and so has what it
/// makes by itself.
#[test]
fn a_backup_of_any_version_is_brought_back_and_brought_up_to_date() {
    for version in 1..schema::VERSION {
        let scratch = Scratch::new(&format!("old-backup-{version}"));
        let (old, copy, path) = (scratch.file("old.db"), scratch.file("copy.db"), scratch.file("chat.db"));
        of_version(version, &old);
        Copy::Backup { data: old, to: copy.clone() }.make().unwrap();
        Copy::Restore { data: path.clone(), from: copy.clone() }.make().unwrap();
        assert_eq!((version_of(&copy), version_of(&path)), (version, version));
        // The first of them is still there when it is looked at.
        let plan = BackupPlan::new(&path, Some(Duration::from_millis(1)), 10_000, None);
        let mut open = Open::with(Settings { backups: Some(plan), ..settings(&path) }).unwrap();
        let made = loop {
            if let Report::Backups(state) = open.next()
                && let Some(last) = state.last
            {
                break last.file;
            }
        };
        fs::copy(&made, scratch.file("made.db")).unwrap();
        open.close();
        let made = scratch.file("made.db");
        assert_eq!((version_of(&made), version_of(&path)), (schema::VERSION, schema::VERSION));
        for file in [path, made] {
            let mut open = Open::at(&file);
            assert_eq!(words(&open.all(1).0)[..2], ["hello", "hello @Ann, 喝茶吗?"]);
            assert_eq!(open.picture("AAECAwQFBgcICQoLDA0ODw.gif").map(|bytes| bytes.len()), Some(13));
            open.close();
        }
    }
}

/// What a newer program has made is neither opened nor copied nor brought back, in plain words, and stays as it is.
#[test]
fn a_file_of_a_newer_program_is_left_alone() {
    let scratch = Scratch::new("newer");
    let (newer, copy, path) = (scratch.file("newer.db"), scratch.file("copy.db"), scratch.file("chat.db"));
    Open::at(&newer).close();
    let sql = format!("PRAGMA user_version = {}", schema::VERSION + 1);
    Connection::open(&newer).unwrap().execute_batch(&sql).unwrap();
    let before = fs::read(&newer).unwrap();
    let opened = Open::with(settings(&newer)).map(drop).unwrap_err().to_string();
    let copied = Copy::Backup { data: newer.clone(), to: copy.clone() }.make().unwrap_err();
    let restored = Copy::Restore { data: path.clone(), from: newer.clone() }.make().unwrap_err();
    for told in [opened, copied, restored] {
        assert!(told.contains("was made by a newer pollcat") && told.lines().count() == 1, "{told}");
    }
    assert_eq!(fs::read(&newer).unwrap(), before);
    assert!(!copy.exists() && !path.exists());
}
