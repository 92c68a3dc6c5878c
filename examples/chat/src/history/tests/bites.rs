//! Chores are done in bites, by bytes as well as by number: nobody who writes waits long for one.

use rusqlite::Connection;

use super::*;
use crate::history::apply::apply;

const LONG: usize = 12_000;
/// More than one such text goes into a bite, and not many more.
const IN_A_BITE: i64 = (retention::BITE_TEXT / LONG) as i64 + 1;

/// A room with so many long texts, none of them in the index.
fn long_texts(count: i64) -> (Connection, Progress) {
    let connection = Connection::open_in_memory().unwrap();
    schema::bring_up(&connection, 0).unwrap();
    connection
        .execute_batch(&format!(
            "INSERT INTO rooms (id, kind, name, folded, epoch, made, last) VALUES (1, 0, 'tea', 'tea', 'e', 0, {count});
             WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {count})
             INSERT INTO events (id, room, offset, at, author, author_name, kind, text)
             SELECT n, 1, n, 0, 1, 'Ann', 0, printf('%.*c', {LONG}, 'x') FROM n;"
        ))
        .unwrap();
    let progress = Progress::read(&connection).unwrap();
    (connection, progress)
}

fn count(connection: &Connection, table: &str) -> i64 {
    connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

#[test]
fn long_texts_are_indexed_a_few_at_a_time() {
    let (connection, mut progress) = long_texts(40);
    while progress.indexed < 40 {
        let before = progress.indexed;
        index::advance(&connection, &mut progress).unwrap();
        let upto = progress.indexed;
        assert!(upto > before && upto - before <= IN_A_BITE, "{before} to {upto}");
    }
    index::advance(&connection, &mut progress).unwrap();
    assert_eq!(progress.indexed, 40);
}

#[test]
fn long_texts_are_given_up_a_few_at_a_time() {
    let (connection, mut progress) = long_texts(40);
    let limits = retention::Limits { keep: 10, since: Millis::MIN };
    let (mut left, mut more) = (40, true);
    while more {
        let due = retention::surplus(&connection, 1, limits).unwrap().expect("something goes");
        apply(&connection, &mut progress, &due.0).unwrap().unwrap();
        more = due.1;
        let now = count(&connection, "events");
        assert!(now < left && left - now <= IN_A_BITE, "{left} to {now}");
        left = now;
    }
    assert_eq!(left, 10);
    apply(&connection, &mut progress, &Entry::Remove { room: 1 }).unwrap().unwrap();
    while let Some((entry, _)) = retention::remains(&connection).unwrap() {
        apply(&connection, &mut progress, &entry).unwrap().unwrap();
        let now = count(&connection, "events");
        assert!(left - now <= IN_A_BITE, "{left} to {now}");
        left = now;
    }
    assert_eq!((left, count(&connection, "removed_rooms")), (0, 0));
}

#[test]
fn pictures_are_given_up_a_few_at_a_time() {
    const MIB: u64 = 1 << 20;
    let (connection, mut progress) = long_texts(20);
    connection
        .execute_batch(
            "INSERT INTO pictures (event, id, media_type, width, height, size, bytes)
             SELECT id, 'p' || id, 'image/png', 1, 1, 1 << 20, zeroblob(1 << 20) FROM events;
             UPDATE state SET picture_bytes = 20 << 20",
        )
        .unwrap();
    let (mut left, mut more) = (20, true);
    while more {
        let due = retention::surplus_pictures(&connection, 2 * MIB, 0).unwrap().expect("something goes");
        apply(&connection, &mut progress, &due.0).unwrap().unwrap();
        more = due.1;
        let now = count(&connection, "pictures");
        assert!(now < left && left - now <= 5, "{left} to {now}");
        left = now;
    }
    assert_eq!(count(&connection, "pictures"), 2);
    assert_eq!(retention::surplus_pictures(&connection, 2 * MIB, 0).unwrap(), None);
    // What makes room for a large one is not put off.
    connection
        .execute_batch("UPDATE pictures SET size = 30 << 20; UPDATE state SET picture_bytes = 90 << 20")
        .unwrap();
    let due = retention::surplus_pictures(&connection, 64 * MIB, 30 * MIB).unwrap();
    assert_eq!(due, Some((Entry::GiveUpPictures { upto: 19 }, false)));
}

#[test]
fn what_waits_for_the_disk_is_limited_in_bytes_and_nothing_of_it_is_lost() {
    let limits = Settings { data: Data::Memory, queue_bytes: 1 << 20, ..settings(Path::new("")) };
    let mut open = Open::with(limits).unwrap();
    open.write(create(1, "tea")).unwrap();
    for round in 1..=3 {
        let link = open.history.writing.upgrade().expect("the writer is there");
        let held = link.connection.lock().expect("the writer did not panic");
        let taken = (0..100)
            .take_while(|n| open.history.write(picture(1, 1, &format!("{round}-{n}"), 100 << 10), *n).is_ok())
            .count();
        assert_eq!(taken, 10, "ten of 100 KiB are a mebibyte");
        assert!(open.history.write(text(1, 1, "little"), 99).is_ok(), "there is room for a word");
        let together = |bytes| [text(1, 1, "a"), picture(1, 1, "b", bytes)];
        assert!(open.history.has_room(&together(1 << 10)) && !open.history.has_room(&together(100 << 10)));
        drop(held);
        let mut answered = 0;
        while answered < taken + 1 {
            let applied = open.applied();
            assert!(applied.iter().all(|applied| applied.outcome.is_ok()));
            answered += applied.len();
        }
        assert_eq!(open.all(1).0.len(), round * (taken + 1));
        open.wait_until("SELECT 0", |_| open.history.waiting.load(Ordering::Relaxed) == 0);
    }
    // One that is larger than all that may wait is taken when nothing waits.
    assert_eq!(open.write(picture(1, 1, "large", 2 << 20)), appended(1, 34));
}
