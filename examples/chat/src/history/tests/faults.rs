//! Full disks, locks, and files that are not what they should be.

use std::os::unix::fs::PermissionsExt;

use rusqlite::Connection;

use super::digest::assert_told;
use super::*;

fn refusal(path: &Path) -> String {
    let error = match Open::with(settings(path)) {
        Ok(_) => panic!("{} was opened", path.display()),
        Err(error) => error.to_string(),
    };
    assert!(error.contains(&path.display().to_string()), "{error}");
    assert!(error.contains("--data"), "{error}");
    assert!(!error.contains('\n'), "{error}");
    error
}

/// A file with a little of everything, closed.
fn a_history(path: &Path) {
    let mut open = Open::at(path);
    open.write_all(vec![arrive(1, "Ann"), create(1, "tea"), text(1, 1, "hello"), picture(1, 1, "p", 20_000)]);
    open.close();
}

fn pages(open: &Open) -> i64 {
    let link = open.history.writing.upgrade().expect("the writer is there");
    let connection = link.connection.lock().expect("the writer did not panic");
    connection.query_row("PRAGMA page_count", [], |row| row.get(0)).expect("a number of pages")
}

/// Lets the file grow no further. A pragma of the connection, and so set on the writer's own.
pub(super) fn limit_pages(open: &Open, pages: Option<i64>) {
    let pages = pages.unwrap_or_else(|| self::pages(open));
    let link = open.history.writing.upgrade().expect("the writer is there");
    let connection = link.connection.lock().expect("the writer did not panic");
    connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(())).expect("a limit");
}

#[test]
fn a_full_disk_refuses_what_does_not_fit_and_nothing_of_it_stays() {
    let scratch = Scratch::new("full");
    let mut open = Open::at(&scratch.file("chat.db"));
    open.write_all(vec![arrive(1, "Ann"), create(1, "tea"), text(1, 1, "before")]);
    let before = open.all(1);

    limit_pages(&open, None);
    // More than one statement of the cache and one page of the file can hold, in one batch with a small one.
    let batch = vec![text(1, 1, "small"), picture(1, 1, "p", 200_000), create(2, "coffee")];
    let results = open.write_in_one_batch(batch);
    let full = |result: &Result<Done, Failure>| matches!(result, Err(Failure::Storage(words)) if words.contains("the disk is full"));
    assert_eq!((&results[0], full(&results[1]), &results[2]), (&appended(1, 2), true, &Ok(Done::Kept)));
    assert_eq!(open.all(1).0.len(), before.0.len() + 1);
    assert_eq!(open.picture("p"), None);
    assert_eq!(open.all(2), (vec![], 1, 0));

    limit_pages(&open, Some(1 << 30));
    assert_eq!(open.write_all(vec![picture(1, 1, "p", 200_000)]), [appended(1, 3)]);
    assert_eq!(open.picture("p").map(|bytes| bytes.len()), Some(200_000));
}

/// Words go into a batch with pictures, and the pictures do not fit.
#[test]
fn on_a_full_disk_everything_that_fits_is_stored() {
    let scratch = Scratch::new("nearly-full");
    let path = scratch.file("chat.db");
    let mut open = Open::at(&path);
    open.write_all(vec![arrive(1, "Ann"), create(1, "tea"), text(1, 1, "before")]);
    limit_pages(&open, Some(pages(&open) + 20));
    let batch: Vec<_> = (0..40)
        .map(|n| match n % 8 {
            3 => picture(1, 1, &format!("p{n}"), 200_000),
            _ => text(1, 1, &format!("number {n}")),
        })
        .collect();
    let results = open.write_in_one_batch(batch);
    let mut offset = 1;
    for (n, result) in results.into_iter().enumerate() {
        if n % 8 == 3 {
            assert!(
                matches!(&result, Err(Failure::Storage(words)) if words.contains("full")),
                "{n}: {result:?}"
            );
        } else {
            offset += 1;
            assert_eq!(result, appended(1, offset), "{n}");
        }
    }
    let (events, first, last) = open.all(1);
    assert_eq!((events.len(), first, last), (36, 1, 36), "and no offset is left out");
    // However often it was tried, an entry counts once.
    limit_pages(&open, Some(1 << 30));
    assert_told(&path, &open.close_and_tell());
}

/// An act touches several tables: on a full disk it touches none, and those beside it are carried out.
#[test]
fn an_act_that_does_not_fit_leaves_nothing() {
    let scratch = Scratch::new("full-act");
    let path = scratch.file("chat.db");
    let mut open = Open::at(&path);
    open.write_all(vec![arrive(1, "Ann"), create(1, "tea"), Entry::Join { room: 1, person: 1, read: 0 }]);
    let act = |by, act| Entry::Act(Deed { by, at: THEN, reason: String::new(), act });
    let Entry::Append(held) = picture(1, 1, "p", 200_000) else { unreachable!() };
    let hold = || act(Some(1), Act::Hold { said: Box::new(held.clone()) });
    let kick = act(None, Act::Kick { person: 1, room: Some(1) });
    limit_pages(&open, None);
    let results = open.write_in_one_batch(vec![text(1, 1, "small"), hold(), kick]);
    let full = |result: &Outcome| matches!(result, Err(Failure::Storage(words)) if words.contains("full"));
    assert_eq!((&results[0], full(&results[1]), &results[2]), (&appended(1, 1), true, &Ok(Done::Kept)));
    open.wait_until("SELECT count(*) FROM reports", |reports| reports == 0);
    open.wait_until("SELECT count(*) FROM held_pictures", |pictures| pictures == 0);
    // The one that was done, and no number is left out.
    open.wait_until("SELECT id FROM acts", |id| id == 2);
    limit_pages(&open, Some(1 << 30));
    assert_eq!(open.write(hold()), Ok(Done::Numbered(3)));
    assert_told(&path, &open.close_and_tell());
}

#[test]
fn a_lock_of_another_program_is_told_and_passes() {
    let scratch = Scratch::new("locked");
    let path = scratch.file("chat.db");
    let mut open = Open::at(&path);
    open.write(create(1, "tea")).unwrap();

    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = open.write(text(1, 1, "a"));
    assert!(matches!(&refused, Err(Failure::Storage(words)) if words.contains("locked")), "{refused:?}");
    // Reading goes on, here and there.
    assert_eq!(open.all(1), (vec![], 1, 0));
    let rooms: i64 = other.query_row("SELECT count(*) FROM rooms", [], |row| row.get(0)).unwrap();
    assert_eq!(rooms, 1);
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(open.write(text(1, 1, "a")), appended(1, 1));
}

#[test]
fn only_one_history_has_the_file() {
    let scratch = Scratch::new("twice");
    let (path, link) = (scratch.file("chat.db"), scratch.file("link.db"));
    let open = Open::at(&path);
    std::os::unix::fs::symlink(&path, &link).unwrap();
    assert!(refusal(&path).contains("in use"));
    assert!(refusal(&link).contains("in use"));
    open.close();
    Open::at(&link).close();
}

/// A link to a disk on which there is nothing yet: the history is made there, and locked there.
#[test]
fn links_to_a_history_that_is_still_to_be_made_lead_to_one() {
    let scratch = Scratch::new("dangling");
    let path = scratch.file("disk/chat.db");
    fs::create_dir(scratch.file("disk")).unwrap();
    let links = [("a.db", "b.db"), ("b.db", "disk/c.db"), ("disk/c.db", "../disk/chat.db")];
    for (link, target) in links {
        std::os::unix::fs::symlink(target, scratch.file(link)).unwrap();
    }
    let open = Open::at(&scratch.file("a.db"));
    for name in ["a.db", "b.db", "disk/c.db", "disk/../disk/chat.db"] {
        assert!(refusal(&scratch.file(name)).contains("in use"), "{name}");
    }
    assert!(!scratch.file("a.db-lock").exists() && places::part(&path, "-lock").exists());
    open.close();
    // A restored one is made there too, and the links stay.
    let copy = scratch.file("copy.db");
    fs::rename(&path, &copy).unwrap();
    Copy::Restore { data: scratch.file("a.db"), from: copy }.make().unwrap();
    assert!(fs::symlink_metadata(scratch.file("a.db")).unwrap().is_symlink() && path.exists());
}

#[test]
fn a_database_that_is_locked_is_in_use() {
    let scratch = Scratch::new("exclusive");
    let path = scratch.file("chat.db");
    a_history(&path);
    let other = Connection::open(&path).unwrap();
    other.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE").unwrap();
    assert!(refusal(&path).contains("in use"));
}

#[test]
fn what_is_no_history_is_left_alone() {
    let scratch = Scratch::new("foreign");
    let garbage = scratch.file("garbage.db");
    fs::write(&garbage, "This is a shopping list. ".repeat(1000)).unwrap();
    assert!(refusal(&garbage).contains("damaged, or no history"));
    assert!(fs::read(&garbage).unwrap().starts_with(b"This is a shopping list"));

    let foreign = scratch.file("foreign.db");
    Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE bookmarks (url)").unwrap();
    let before = fs::read(&foreign).unwrap();
    assert!(refusal(&foreign).contains("belongs to another program"));
    assert_eq!(fs::read(&foreign).unwrap(), before);

    let newer = scratch.file("newer.db");
    a_history(&newer);
    Connection::open(&newer).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert!(refusal(&newer).contains("newer pollcat"));
}

#[test]
fn a_path_that_cannot_be_is_explained() {
    let scratch = Scratch::new("paths");
    let missing = scratch.file("nowhere");
    let told = refusal(&missing.join("chat.db"));
    assert!(told.contains(&format!("the folder {} does not exist", missing.display())), "{told}");
    // It is there, and takes no files.
    assert!(refusal(Path::new("/proc/chat.db")).contains("no file can be made in the folder /proc"));
    fs::write(scratch.file("plain"), "").unwrap();
    assert!(refusal(&scratch.file("plain/chat.db")).contains("no directory"));
    fs::create_dir(scratch.file("folder")).unwrap();
    assert!(refusal(&scratch.file("folder")).contains("is a directory"));
    // An empty file is as good as none.
    Open::at(&scratch.file("plain")).close();
}

#[test]
fn a_file_that_may_not_be_written_is_refused() {
    let scratch = Scratch::new("read-only");
    let path = scratch.file("chat.db");
    a_history(&path);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    if fs::OpenOptions::new().write(true).open(&path).is_ok() {
        return eprintln!("NOT TESTED: this user may write everything");
    }
    assert!(refusal(&path).contains("may not be written"));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    fs::set_permissions(scratch.file(""), fs::Permissions::from_mode(0o500)).unwrap();
    assert!(refusal(&scratch.file("new.db")).contains("may not make files in the folder"));
    fs::set_permissions(scratch.file(""), fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn only_this_user_may_read_the_file() {
    let scratch = Scratch::new("private");
    let path = scratch.file("chat.db");
    let open = Open::at(&path);
    for name in ["chat.db", "chat.db-wal", "chat.db-shm", "chat.db-lock"] {
        let mode = fs::metadata(scratch.file(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    open.close();
    assert!(!scratch.file("chat.db-wal").exists(), "the file is closed cleanly");
}

/// Cut short, and with any of its pages overwritten: it opens or it does not, and what it answers are words, but
/// nothing stops, and nobody panics.
#[test]
fn damage_is_told_in_words() {
    let scratch = Scratch::new("damage");
    let (good, bad) = (scratch.file("good.db"), scratch.file("bad.db"));
    a_history(&good);
    let bytes = fs::read(&good).unwrap();
    fs::write(&bad, &bytes[..bytes.len() / 2]).unwrap();
    assert!(refusal(&bad).contains("damaged"));

    let mut told = 0;
    for page in 0..bytes.len() / 4096 {
        for fill in [0x00, 0xff, 0x5a] {
            let mut bytes = bytes.clone();
            bytes[page * 4096..][..4096].fill(fill);
            fs::write(&bad, &bytes).unwrap();
            match Open::with(settings(&bad)) {
                Err(error) => told += usize::from(error.to_string().contains("--data")),
                Ok(mut open) => {
                    open.write_all(vec![
                        text(1, 1, "more"),
                        take_back(1, 1, 1),
                        create(2, "x"),
                        arrive(2, "y"),
                    ]);
                    let _ = open.read(Read::After { room: 1, after: 0, limit: 10 });
                    let _ = open.read(Read::Picture { id: "p".into(), is_known: false });
                    let search =
                        Read::Search { rooms: vec![1], text: "hello".into(), before: None, limit: 10 };
                    let _ = open.read(search);
                    assert!(open.history.threads.iter().all(|thread| !thread.is_finished()));
                    open.close();
                }
            }
        }
    }
    assert!(told > 0, "the pages of the tables were hit");
}

/// Values that no pollcat writes.
#[test]
fn strange_values_are_damage_and_no_panic() {
    let scratch = Scratch::new("strange");
    for (n, change) in [
        "UPDATE events SET kind = 77",
        "UPDATE events SET mentions = 'nobody'",
        "UPDATE events SET author = -1",
        "UPDATE events SET text = NULL",
        "UPDATE events SET text = CAST(x'ff00ff' AS TEXT)",
        "UPDATE pictures SET size = -1",
        "UPDATE rooms SET last = -5",
        "UPDATE rooms SET last = 9223372036854775807",
        "UPDATE people SET role = 77",
        "UPDATE tokens SET hash = x'00'",
        "UPDATE state SET next_number = -1",
        "UPDATE state SET door = 77",
        "DELETE FROM state",
        "DROP TABLE members",
        "UPDATE state SET indexed = 9223372036854775807",
        "UPDATE state SET picture_bytes = -9223372036854775807",
        "INSERT INTO bots (person, kind, made) VALUES (1, 77, 0)",
        "INSERT INTO bots (person, kind, made, gone, hooked) VALUES (1, 1, 0, -1, 77)",
        "INSERT INTO keys (id, hash, bot, kind, room, pace, since) VALUES (7, x'00', -1, 1, 1, -1, 0)",
        "INSERT INTO targets (id, shape, url, secret, discloses, free, made, upto) VALUES (7, 77, '', '', 0, 2, 0, -1)",
        "INSERT INTO outbox (target, room, upto, after, made, due, tries) VALUES (0, 1, -1, 5, 0, 0, -1)",
        "INSERT INTO reminders (id, person, room, made, due, by_clock, text) VALUES (-1, 1, 1, 0, 0, 7, '')",
        "UPDATE events SET called = 77",
    ]
    .into_iter()
    .enumerate()
    {
        let path = scratch.file(&format!("{n}.db"));
        a_history(&path);
        Connection::open(&path).unwrap().execute_batch(change).unwrap();
        let Ok(mut open) = Open::with(settings(&path)) else { continue };
        let writes = vec![text(1, 1, "more"), take_back(1, 1, 1), picture(1, 1, "q", 9), arrive(2, "y")];
        open.write_all(writes);
        let _ = open.read(Read::Before { room: 1, before: None, limit: 10 });
        open.close();
    }
}
