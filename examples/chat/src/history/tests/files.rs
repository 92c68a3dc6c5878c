//! What is in which file, and when: the log, copies, and files that go while the history is open.

use super::*;

#[track_caller]
fn wait(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "waited in vain until {what}");
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

/// Not only when it is closed, and nobody has to say anything more.
#[test]
fn words_that_were_taken_back_are_gone_while_the_history_is_open() {
    let scratch = Scratch::new("log");
    let files = ["chat.db", "chat.db-wal"].map(|name| scratch.file(name));
    let gram = grams::of_query("龘靐").unwrap();
    // FTS5 does not repeat what a gram has in common with the one before it.
    let traces = ["xylophone 龘靐".as_bytes(), &gram.trim().as_bytes()[4..], b"caption pic", &[3; 1000]];
    let mut open = Open::at(&files[0]);
    let secret = Append { key: Some("k".into()), ..say(1, 1, Body::Text("xylophone 龘靐".into())) };
    open.write_all(vec![create(1, "tea"), Entry::Append(secret), picture(1, 1, "pic", 20_000)]);
    open.wait_until_indexed(2);
    for trace in traces {
        assert!(found(&files, trace));
    }
    open.write_all(vec![take_back(1, 1, 1), take_back(1, 1, 2)]);
    for trace in traces {
        wait("it is gone", || !found(&files, trace));
    }
    assert_eq!(open.hits(&[1], "龘", None, 10).0, []);
}

#[test]
fn a_copy_of_the_file_alone_has_everything_after_a_pause() {
    let scratch = Scratch::new("copy");
    let (path, copy) = (scratch.file("chat.db"), scratch.file("copy.db"));
    let mut open = Open::at(&path);
    let copied = || {
        fs::copy(&path, &copy).unwrap();
        let rooms =
            |it: &rusqlite::Connection| it.query_row("SELECT count(*) FROM rooms", [], |row| row.get(0));
        let events =
            |it: &rusqlite::Connection| it.query_row("SELECT count(*) FROM events", [], |row| row.get(0));
        let copy = rusqlite::Connection::open(&copy).unwrap();
        (rooms(&copy).unwrap_or(-1), events(&copy).unwrap_or(-1))
    };
    assert_eq!(copied(), (0, 0), "from the start it is a history");
    open.write_all(vec![create(1, "tea"), text(1, 1, "a"), picture(1, 1, "p", 9)]);
    wait("it is copied", || copied() == (1, 2));
}

/// What may happen to a file that is open.
#[test]
fn nothing_is_acknowledged_when_the_file_is_gone() {
    type Mischief = fn(&Scratch);
    let table: [(&str, Mischief); 6] = [
        ("removed", |scratch| fs::remove_file(scratch.file("in/chat.db")).unwrap()),
        ("log-removed", |scratch| fs::remove_file(scratch.file("in/chat.db-wal")).unwrap()),
        ("lock-removed", |scratch| fs::remove_file(scratch.file("in/chat.db-lock")).unwrap()),
        ("moved", |scratch| fs::rename(scratch.file("in"), scratch.file("elsewhere")).unwrap()),
        ("replaced", |scratch| {
            fs::copy(scratch.file("in/chat.db"), scratch.file("copy")).unwrap();
            fs::rename(scratch.file("copy"), scratch.file("in/chat.db")).unwrap();
        }),
        ("all-removed", |scratch| {
            places::PARTS
                .iter()
                .for_each(|end| fs::remove_file(scratch.file(&format!("in/chat.db{end}"))).unwrap());
        }),
    ];
    for (story, mischief) in table {
        let scratch = Scratch::new(&format!("gone-{story}"));
        fs::create_dir(scratch.file("in")).unwrap();
        let mut open = Open::at(&scratch.file("in/chat.db"));
        open.write_all(vec![create(1, "tea"), text(1, 1, "before")]);
        mischief(&scratch);
        for _ in 0..3 {
            let refused = open.write_all(vec![text(1, 1, "after"), arrive(1, "Ann")]);
            for result in refused {
                assert_eq!(result, Err(Failure::Storage(super::super::faults::GONE.into())), "{story}");
            }
        }
        assert_eq!(words(&open.all(1).0)[0], "before", "{story}: what is known can be read");
        open.close();
    }
}

/// What is put in the file's place belongs to somebody else.
#[test]
fn a_file_that_takes_its_place_is_left_alone() {
    let scratch = Scratch::new("another");
    let path = scratch.file("chat.db");
    let mut open = Open::at(&path);
    open.write(create(1, "tea")).unwrap();
    for end in ["", "-wal"] {
        fs::rename(places::part(&path, end), places::part(&scratch.file("old.db"), end)).unwrap();
    }
    fs::write(&path, "another file").unwrap();
    fs::write(scratch.file("chat.db-wal"), "its log").unwrap();
    assert!(open.write(text(1, 1, "a")).is_err());
    open.close();
    assert!(fs::read(&path).unwrap() == b"another file");
    assert!(fs::read(scratch.file("chat.db-wal")).unwrap() == b"its log");
}

#[test]
fn a_file_with_two_names_is_nobodys() {
    let scratch = Scratch::new("hard-link");
    let (path, link) = (scratch.file("chat.db"), scratch.file("link.db"));
    let open = Open::at(&path);
    fs::hard_link(&path, &link).unwrap();
    let refused = Open::with(settings(&link)).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(refused.contains("2 names") && refused.contains("--data"), "{refused}");
    open.close();
    fs::remove_file(&link).unwrap();
    Open::at(&path).close();
}

fn epochs(open: &Open) -> Vec<String> {
    open.loaded.rooms.iter().map(|room| room.epoch.clone()).collect()
}

/// A history, some words in it, and the end: clean, or that of a machine.
fn some_words(path: &Path, durability: Durability, at_the_end: impl FnOnce(Open)) -> Vec<String> {
    let mut open = Open::with(Settings { durability, ..settings(path) }).unwrap();
    if open.loaded.rooms.is_empty() {
        open.write(create(1, "tea")).unwrap();
    }
    open.write(text(1, 1, "hello")).unwrap();
    let known = epochs(&open);
    at_the_end(open);
    known
}

#[test]
fn after_an_end_that_was_not_clean_clients_start_afresh_unless_all_was_synced() {
    for (durability, stays) in [(Durability::Disk, true), (Durability::System, false)] {
        let scratch = Scratch::new(&format!("unclean-{stays}"));
        let (path, image) = (scratch.file("chat.db"), scratch.file("image.db"));
        some_words(&path, durability, Open::close);
        let known = some_words(&path, durability, |open| {
            for end in ["", "-wal"] {
                fs::copy(places::part(&path, end), places::part(&image, end)).unwrap();
            }
            open.close();
        });
        let clean = Open::with(Settings { durability, ..settings(&path) }).unwrap();
        assert_eq!(epochs(&clean), known, "{durability:?}, a clean end");
        // Whatever is promised from now on: what was promised then counts.
        let open = Open::with(Settings { durability: Durability::Disk, ..settings(&image) }).unwrap();
        assert_eq!(epochs(&open) == known, stays, "{durability:?}");
        let known = epochs(&open);
        open.close();
        assert_eq!(epochs(&Open::at(&image)), known, "once");
    }
}

#[test]
fn after_an_older_copy_was_put_back_clients_start_afresh() {
    let scratch = Scratch::new("put-back");
    let (path, copy) = (scratch.file("chat.db"), scratch.file("copy.db"));
    // Of an earlier run.
    some_words(&path, Durability::Disk, Open::close);
    fs::copy(&path, &copy).unwrap();
    let known = some_words(&path, Durability::Disk, Open::close);
    fs::copy(&copy, &path).unwrap();
    let open = Open::at(&path);
    assert_ne!(epochs(&open), known);
    open.close();
    // Of the same run, before its end.
    let known = some_words(&path, Durability::Disk, |mut open| {
        for end in ["", "-wal"] {
            fs::copy(places::part(&path, end), places::part(&copy, end)).unwrap();
        }
        open.write(text(1, 1, "more")).unwrap();
        open.close();
    });
    for end in ["", "-wal"] {
        fs::copy(places::part(&copy, end), places::part(&path, end)).unwrap();
    }
    let open = Open::at(&path);
    assert_ne!(epochs(&open), known);
    open.close();
}
