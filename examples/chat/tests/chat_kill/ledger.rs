//! The end of the day: what was acknowledged, what is stored, what can be read back and what everybody has heard are
//! compared.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::SocketAddr;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use pollcat_chat_testing::json::Json;
use pollcat_testing::client::PATIENCE;
use rusqlite::{Connection, OpenFlags, Row};
use serde_json::json;

use crate::court::COURT;
use crate::deed::{Deed, What};
use crate::erased::{Sentences, compare_erasings};
use crate::listener::{Event, Listener, Words, number};

/// By room, and in each the events from offset 1 on.
pub(crate) type Rooms = BTreeMap<String, Vec<Event>>;

/// The file, read by nobody's code but SQLite's.
pub(crate) struct File(pub Connection);

impl File {
    pub(crate) fn open(path: &Path) -> Self {
        let file = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("a database");
        let whole: String =
            file.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("the file can be checked");
        assert_eq!(whole, "ok");
        File(file)
    }

    pub(crate) fn events(&self) -> Rooms {
        let mut statement = self
            .0
            .prepare(
                "SELECT r.name, e.offset, e.author, e.author_name, e.at, e.kind, e.text, e.target, p.id,
                        e.targets
                 FROM events e JOIN rooms r ON r.id = e.room LEFT JOIN pictures p ON p.event = e.id
                 ORDER BY e.room, e.offset",
            )
            .expect("the tables are there");
        let mut rows = statement.query([]).expect("they can be read");
        let mut rooms = Rooms::new();
        while let Some(row) = rows.next().expect("to the end") {
            let events = rooms.entry(row.get_unwrap(0)).or_default();
            let offset: usize = row.get_unwrap::<_, u32>(1) as usize;
            if events.is_empty() {
                events.resize(offset - 1, Event::pruned());
            }
            assert_eq!(offset, events.len() + 1, "offsets have no gaps");
            events.push(Event {
                author: u64::from(row.get_unwrap::<_, u32>(2)),
                name: row.get_unwrap(3),
                at: row.get_unwrap(4),
                words: words(row),
            });
        }
        rooms
    }

    /// Is the beginning of a room gone?
    pub(crate) fn has_been_pruned(&self) -> bool {
        self.events().values().any(|events| events[0].words == Words::Pruned)
    }

    fn picture(&self, url: &str) -> Vec<u8> {
        let id = url.rsplit('/').next().expect("an address has a last part");
        let sql = "SELECT bytes FROM pictures WHERE id = ?1";
        self.0.query_row(sql, [id], |row| row.get(0)).unwrap_or_else(|error| panic!("{url}: {error}"))
    }

    fn name(&self, person: u64) -> String {
        let sql = "SELECT name FROM people WHERE id = ?1";
        self.0.query_row(sql, [person as i64], |row| row.get(0)).expect("nobody is forgotten")
    }

    fn rooms_of(&self, person: u64) -> BTreeSet<String> {
        let sql = "SELECT r.name FROM members m JOIN rooms r ON r.id = m.room WHERE m.person = ?1";
        let mut statement = self.0.prepare(sql).expect("the tables are there");
        let names = statement.query_map([person as i64], |row| row.get(0)).expect("they can be read");
        names.collect::<rusqlite::Result<_>>().expect("to the end")
    }
}

/// A room that holds too much is seen to when there is time, and so is what is to be erased.
pub(crate) fn wait_for_chores(path: &Path, is_pruned: bool) {
    let (mut deadline, mut least) = (Instant::now() + PATIENCE, (u32::MAX, u32::MAX));
    loop {
        let file = File::open(path);
        let left = |table| {
            let sql = format!("SELECT count(*) FROM {table}");
            file.0.query_row(&sql, [], |row| row.get::<_, u32>(0)).expect("it is there")
        };
        let (purges, erasures) = (left("purges"), left("erasures"));
        if (purges, erasures) == (0, 0) && (!is_pruned || file.has_been_pruned()) {
            return;
        }
        // As long as it becomes less, it is on its way.
        if (purges, erasures) < least {
            (deadline, least) = (Instant::now() + PATIENCE, (purges, erasures));
        }
        assert!(Instant::now() < deadline, "left: {purges} purges, {erasures} texts in the index");
        thread::park_timeout(Duration::from_millis(10)); // leaves the processor to the program
    }
}

/// `events.kind` tells.
fn words(row: &Row<'_>) -> Words {
    match row.get_unwrap::<_, u32>(5) {
        0 => Words::Text(row.get_unwrap(6)),
        1 => Words::Picture {
            caption: row.get_unwrap(6),
            url: format!("/pictures/{}", row.get_unwrap::<_, String>(8)),
        },
        2 => {
            assert_eq!(row.get_unwrap::<_, Option<String>>(6), None, "it was taken back");
            assert_eq!(row.get_unwrap::<_, Option<String>>(8), None, "it was taken back");
            Words::TakenBack
        }
        3 => Words::Deletion(u64::from(row.get_unwrap::<_, u32>(7))),
        4 => {
            let targets: String = row.get_unwrap(9);
            let targets = targets.split_whitespace().map(|target| target.parse().expect("an offset"));
            Words::Erasing { of: u64::from(row.get_unwrap::<_, u32>(7)), targets: targets.collect() }
        }
        other => panic!("no event is a {other}"),
    }
}

/// As the chat tells it, page by page, from the end to the beginning.
pub(crate) fn pages(address: SocketAddr, of: &Listener) -> Rooms {
    let mut client = Json::hello(address, json!({"token": of.token}));
    let mut rooms = Rooms::new();
    for name in of.rooms.keys() {
        let (mut events, mut before) = (Vec::new(), None);
        loop {
            let page = client.ask(json!({"type": "page", "room": name, "before": before}));
            let told = page["events"].as_array().unwrap_or_else(|| panic!("no events in {page}"));
            for (place, event) in told.iter().enumerate().rev() {
                let place = number(&told[0], "offset") + place as u64;
                assert_eq!(number(event, "offset"), place, "a page has no gaps: {page}");
                assert_eq!(before.unwrap_or(place + 1), place + 1, "pages have no gaps: {page}");
                events.push(Event::of(event));
                before = Some(place);
            }
            if page["more"] == false {
                break;
            }
        }
        let first = before.expect("something was said in every room") as usize;
        events.resize(events.len() + first - 1, Event::pruned());
        events.reverse();
        rooms.insert(name.clone(), events);
    }
    rooms
}

pub(crate) fn compare(
    file: &File,
    pages: &Rooms,
    deeds: &[(u64, Vec<Deed>)],
    sentences: &Sentences,
    in_order: bool,
    listeners: &[Listener],
) -> Rooms {
    let stored = file.events();
    compare_pages(&stored, pages);
    compare_acknowledged(file, &stored, deeds, sentences, in_order);
    compare_erasings(&stored);
    sentences.compare_deletions(&stored);
    for listener in listeners {
        for (name, room) in &listener.rooms {
            compare_heard(name, &stored[name], &room.events, listener.id);
        }
    }
    stored
}

/// What can be read back is what is stored. (Something may have been pruned meanwhile.)
fn compare_pages(stored: &Rooms, pages: &Rooms) {
    for (name, pages) in pages {
        assert_eq!(pages.len(), stored[name].len(), "{name} is read back to its end");
        for (read, stored) in pages.iter().zip(&stored[name]) {
            assert!(read.agrees_with(stored), "in {name}: {read:?} was read, {stored:?} is stored");
        }
    }
}

/// Everything acknowledged is stored, where the `ack` said, in the order in which each writer asked for it (but where a
/// full disk has refused some of it, and it was asked for again); and besides that there is nothing but the word that
/// opened the private talk.
fn compare_acknowledged(
    file: &File,
    stored: &Rooms,
    deeds: &[(u64, Vec<Deed>)],
    sentences: &Sentences,
    in_order: bool,
) {
    let mut places = HashMap::new();
    for (person, deeds) in deeds {
        let mut last = HashMap::new();
        for deed in deeds {
            let Some(done) = deed.done else {
                assert!(matches!(deed.what, What::TakeBack { .. }), "never answered: {deed:.200?}");
                continue; // it was too late to take it back
            };
            let (Some(room), Some((offset, at))) = (deed.room(), done) else { continue };
            let event = &stored[room][offset as usize - 1];
            assert!(places.insert((room, offset), deed).is_none(), "two at one place: {deed:.200?}");
            if in_order {
                let before = last.insert(room, offset).unwrap_or(0);
                assert!(before < offset, "asked for after {before}: {deed:.200?}");
            }
            if event.words == Words::Pruned {
                continue;
            }
            assert_eq!((event.author, event.at), (*person, at), "{deed:.200?}");
            let is_gone = event.words == Words::TakenBack;
            if deed.is_said() && sentences.must_be_gone(*person, room, deed) {
                assert!(is_gone, "purged, and still there at {offset}: {deed:.200?}");
            }
            if !(is_gone && sentences.may_be_gone(*person, (room, offset), deed)) {
                compare_words(file, deed, &event.words);
            }
        }
        compare_person(file, *person, deeds);
    }
    for (room, events) in stored {
        for (event, offset) in events.iter().zip(1..) {
            let is_due = event.words == Words::Pruned
                || event.words == Words::Text("psst".into())
                || sentences.are_behind(room, offset, event.author, &event.words)
                || (room == COURT && event.words == Words::Text("not guilty".into()))
                // The word that opened the private talk is purged with all others.
                || (event.words == Words::TakenBack && event.author == deeds[0].0 && offset == 1)
                || places.contains_key(&(room.as_str(), offset));
            assert!(is_due, "stored in {room} at {offset}, and nobody knows of it: {event:?}");
        }
    }
}

fn compare_words(file: &File, deed: &Deed, stored: &Words) {
    match (&deed.what, stored) {
        (What::Message { text, .. }, Words::Text(stored)) => assert_eq!(stored, text),
        (What::Picture { caption, bytes, .. }, Words::Picture { caption: stored, url }) => {
            assert_eq!(stored, caption);
            assert!(file.picture(url) == *bytes, "the bytes of {caption}");
        }
        (What::TakeBack { target, .. }, stored) => assert_eq!(*stored, Words::Deletion(*target)),
        (What::Message { taken_back, .. } | What::Picture { taken_back, .. }, Words::TakenBack) => {
            assert!(taken_back, "nobody took it back: {deed:.200?}")
        }
        (_, stored) => panic!("{stored:?} is stored for {deed:.200?}"),
    }
}

/// Their name is the last one, and they are in all rooms that they have entered.
fn compare_person(file: &File, person: u64, deeds: &[Deed]) {
    let (mut name, mut rooms) = (None, file.rooms_of(person));
    for deed in deeds {
        match &deed.what {
            What::Name(latest) => name = Some(latest),
            What::Join(room) => assert!(rooms.remove(room), "{person} is not in {room}"),
            _ => {}
        }
    }
    if let Some(name) = name {
        assert_eq!(file.name(person), *name);
    }
}

/// The same events as are stored, in their order. What was taken back after somebody had stopped listening, they know as
/// it was.
#[track_caller]
fn compare_heard(name: &str, stored: &[Event], heard: &[Event], who: u64) {
    assert!(
        heard.len() <= stored.len(),
        "{who} has heard in {name} what is not stored: {:?}",
        &heard[stored.len()..]
    );
    let unheard = stored[heard.len()..].iter();
    let taken_back_later: BTreeSet<u64> = unheard.flat_map(|event| event.words.targets()).copied().collect();
    for (offset, (heard, stored)) in (1..).zip(heard.iter().zip(stored)) {
        let as_it_is = heard.agrees_with(stored);
        let as_it_was = stored.words == Words::TakenBack && taken_back_later.contains(&offset);
        assert!(as_it_is || as_it_was, "{who} in {name} at {offset}: {heard:?}, stored {stored:?}");
    }
}
