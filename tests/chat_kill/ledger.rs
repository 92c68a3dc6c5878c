//! The end of the day: what was acknowledged, what is stored, what can be read back and what everybody has heard are
//! compared.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use serde_json::json;

use crate::chat::json::Json;
use crate::listener::{Event, Listener, number};
use crate::talker::Said;

/// By room, and in each the events from offset 1 on.
pub(crate) type Rooms = BTreeMap<String, Vec<Event>>;

/// As it stands in the file, read by nobody's code but SQLite's.
pub(crate) fn stored(file: &Path) -> Rooms {
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("a database");
    let whole: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .expect("the file can be checked");
    assert_eq!(whole, "ok");
    let mut statement = connection
        .prepare(
            "SELECT r.name, e.offset, e.author, e.author_name, e.text, e.at, e.kind
             FROM events e JOIN rooms r ON r.id = e.room ORDER BY e.room, e.offset",
        )
        .expect("the tables are there");
    let mut rows = statement.query([]).expect("they can be read");
    let mut rooms = Rooms::new();
    while let Some(row) = rows.next().expect("to the end") {
        let events = rooms.entry(row.get_unwrap(0)).or_default();
        assert_eq!(row.get_unwrap::<_, i64>(1), events.len() as i64 + 1, "offsets have no gaps");
        assert_eq!(row.get_unwrap::<_, i64>(6), 0, "nothing but text was said");
        events.push(Event {
            author: u64::from(row.get_unwrap::<_, u32>(2)),
            name: row.get_unwrap(3),
            text: row.get_unwrap(4),
            at: row.get_unwrap(5),
        });
    }
    rooms
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
        assert_eq!(before, Some(1), "the beginning of {name}");
        events.reverse();
        rooms.insert(name.clone(), events);
    }
    rooms
}

pub(crate) fn compare(stored: &Rooms, pages: &Rooms, said: &[Vec<Said>], listeners: &[Listener]) {
    assert!(stored == pages, "what can be read back is not what is stored");
    compare_acknowledged(stored, said);
    for listener in listeners {
        for (name, room) in &listener.rooms {
            compare_heard(name, &stored[name], &room.events, listener.id);
        }
    }
}

/// Everything acknowledged is stored, where the `ack` said, in the order in which each writer said it; and besides
/// that there is nothing but the word that opened the private talk.
fn compare_acknowledged(stored: &Rooms, said: &[Vec<Said>]) {
    let mut places = HashMap::new();
    for (room, events) in stored {
        for (event, offset) in events.iter().zip(1_u64..) {
            let again = places.insert((room, &event.text), offset);
            assert!(again.is_none(), "stored twice in {room}: {event:?}");
        }
    }
    for its in said {
        let mut last = HashMap::new();
        for said in its {
            let (offset, at) = said.ack.unwrap_or_else(|| panic!("never acknowledged: {said:?}"));
            assert_eq!(places.remove(&(&said.room, &said.text)), Some(offset), "where is {said:?}");
            assert_eq!(stored[&said.room][offset as usize - 1].at, at, "{said:?}");
            let before = last.insert(&said.room, offset).unwrap_or(0);
            assert!(before < offset, "said after {before}: {said:?}");
        }
    }
    let rest: Vec<&String> = places.keys().map(|(_, text)| *text).collect();
    assert_eq!(rest, ["psst"], "stored, and never said");
}

/// The same events as are stored, in their order. The names of one's own are not told in an `ack`.
#[track_caller]
fn compare_heard(name: &str, stored: &[Event], heard: &[Event], who: u64) {
    assert!(
        heard.len() <= stored.len(),
        "{who} has heard in {name} what is not stored: {:?}",
        &heard[stored.len()..]
    );
    for (offset, (heard, stored)) in heard.iter().zip(stored).enumerate() {
        let known = Event {
            name: if heard.name.is_empty() { String::new() } else { stored.name.clone() },
            ..stored.clone()
        };
        assert_eq!(*heard, known, "{who} in {name} at {}", offset + 1);
    }
}
