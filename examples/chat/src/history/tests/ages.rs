//! Nothing is given up because a clock is wrong; and files of older programs.

use rusqlite::Connection;

use super::*;

const DAY: Millis = 24 * 60 * 60 * 1000;

/// A file with a message, a receipt, people and rooms of this moment, closed.
fn of_today(path: &Path) {
    let at = calendar::wall();
    let mut open = Open::at(path);
    let said = Append { key: Some("k".into()), at, ..say(1, 1, Body::Text("hello".into())) };
    let person =
        Entry::Arrive { person: 1, name: "Ann".into(), folded: "ann".into(), token: Some([1; 32]), at };
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

fn keeps_everything(version: i32) {
    let scratch = Scratch::new(&format!("version-{version}"));
    let path = scratch.file("chat.db");
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/version-{version}.sql"));
    let sql = fs::read_to_string(fixture).unwrap();
    Connection::open(&path).unwrap().execute_batch(&sql).unwrap();
    let number = |sql: &str| {
        Connection::open(&path).and_then(|it| it.query_row(sql, [], |row| row.get::<_, i32>(0))).unwrap()
    };
    assert_eq!(number("PRAGMA user_version"), version);
    let settings = settings(&path);
    for offset in [4, 5] {
        let mut open = Open::with(settings.clone()).unwrap();
        let people: Vec<_> = open.loaded.people.iter().map(|person| &person.name[..]).collect();
        assert_eq!(people, ["Ann", "小明"], "who could not come back is forgotten");
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
        open.close();
    }
    assert_eq!(number("PRAGMA user_version"), schema::VERSION);
    // The guest was forgotten, if they were still there; and what was said above was not refused.
    assert_eq!(number("SELECT applied FROM state"), [7, 5, 6][version as usize - 1]);
    assert_eq!(number("SELECT next_event FROM state"), 9);
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
