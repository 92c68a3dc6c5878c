//! What is stored in the end, and what has arrived at the targets.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use pollcat_chat_testing::receiver::{Heard, Receiver};
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

use crate::{END, PATHS, ROOMS};

/// The texts of each room, from offset 1 on, and when they were said.
pub(crate) type Stored = BTreeMap<String, Vec<(String, i64)>>;

/// Everything up to the last words, at every target.
pub(crate) fn listen_to_the_end(receiver: &Receiver) -> Vec<Heard> {
    let (mut heard, mut ended) = (Vec::new(), BTreeSet::new());
    while ended.len() < ROOMS.len() * PATHS.len() {
        let it = receiver.next();
        // It died while it was sending.
        if it.header("content-length").parse() != Ok(it.body.len()) {
            continue;
        }
        if messages(&it).iter().any(|message| message["msg"] == END) {
            ended.insert(it.path.clone());
        }
        heard.push(it);
    }
    heard
}

fn messages(heard: &Heard) -> Vec<Value> {
    let mut told = heard.json();
    match told["messages"].take() {
        Value::Array(messages) => messages,
        _ => vec![told],
    }
}

/// Read by nobody's code but SQLite's.
pub(crate) fn stored(path: &Path) -> Stored {
    let file = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("a database");
    let sql = "SELECT r.name, e.offset, e.text, e.at FROM events e JOIN rooms r ON r.id = e.room
               ORDER BY e.room, e.offset";
    let mut statement = file.prepare(sql).expect("the tables are there");
    let mut rows = statement.query([]).expect("they can be read");
    let mut rooms: Stored = BTreeMap::new();
    while let Some(row) = rows.next().expect("to the end") {
        let events = rooms.entry(row.get_unwrap(0)).or_default();
        assert_eq!(row.get_unwrap::<_, i64>(1), events.len() as i64 + 1, "offsets have no gaps");
        events.push((row.get_unwrap(2), row.get_unwrap(3)));
    }
    rooms
}

/// How many tries there were, and deliveries. `names_last`: a delivery has its name for ever.
pub(crate) fn compare_deliveries(stored: &Stored, heard: &[Heard], names_last: bool) -> (usize, usize) {
    let mut deliveries: HashMap<&str, (&str, Vec<Value>)> = HashMap::new();
    for it in heard {
        let (id, told) = (it.header("webhook-id"), (it.path.as_str(), messages(it)));
        assert!(id.starts_with("msg_"), "{id:?}");
        assert_eq!(deliveries.entry(id).or_insert_with(|| told.clone()), &told, "{id} is two things");
    }
    let mut arrived: BTreeMap<(&str, u64), &str> = BTreeMap::new();
    for (&id, (path, messages)) in &deliveries {
        for message in messages {
            let offset = message["offset"].as_u64().expect("an offset");
            let room = ROOMS[usize::from(path.ends_with('1'))];
            let text = &stored[room][offset as usize - 1].0;
            assert_eq!(&message["msg"], text, "{path} {offset}");
            let other = arrived.insert((path, offset), id);
            assert!(other.is_none() || !names_last, "{path}: {offset} came as {id} and as {other:?}");
        }
    }
    for (number, room) in ROOMS.iter().enumerate() {
        for path in PATHS.map(|path| format!("{path}/{number}")) {
            for offset in 1..=stored[*room].len() as u64 {
                assert!(arrived.contains_key(&(&path, offset)), "{path}: {offset} of {room} has not arrived");
            }
        }
    }
    (heard.len(), deliveries.len())
}
