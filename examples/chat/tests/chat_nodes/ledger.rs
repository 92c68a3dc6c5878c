//! The end of the day: what was acknowledged, what everybody has heard, and what each node has stored and tells are compared.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use pollcat_chat_testing::json::Json;
use pollcat_testing::running::wait_until;
use rusqlite::{Connection, OpenFlags};
use serde_json::json;

use crate::company::{Company, events};
use crate::writer::Writer;

/// Of one moment, as SQLite reads it.
#[derive(Debug, PartialEq)]
pub(crate) struct File {
    place: i64,
    digest: Option<Vec<u8>>,
    /// Room, offset, author, time, kind, text.
    pub events: Vec<(String, u64, u64, i64, i64, String)>,
    /// Name and number.
    people: Vec<(u64, String)>,
}

impl File {
    fn read(path: &Path) -> Self {
        let file = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("a database");
        // All of it as it was at one moment.
        file.execute_batch("BEGIN").expect("it can be read");
        let number = |number: i64| u64::try_from(number).expect("numbers are positive");
        let (place, digest) = file
            .query_row("SELECT log_place, log_digest FROM state", [], |row| Ok((row.get(0)?, row.get(1)?)))
            .expect("it says how far it has come");
        let sql = "SELECT r.name, e.offset, e.author, e.at, e.kind, e.text FROM events e JOIN rooms r ON r.id = e.room
                   ORDER BY e.room, e.offset";
        let mut statement = file.prepare(sql).expect("the tables are there");
        let events = statement.query_map([], |row| {
            let (offset, author) = (number(row.get(1)?), number(row.get(2)?));
            Ok((row.get(0)?, offset, author, row.get(3)?, row.get(4)?, row.get(5)?))
        });
        let events = events.and_then(Iterator::collect).expect("to the end");
        let mut statement =
            file.prepare("SELECT id, name FROM people ORDER BY id").expect("the tables are there");
        let people = statement.query_map([], |row| Ok((number(row.get(0)?), row.get(1)?)));
        let people = people.and_then(Iterator::collect).expect("to the end");
        File { place, digest, events, people }
    }
}

/// What all nodes have, when they have come to one place of the log.
#[track_caller]
pub(crate) fn agreed(company: &Company) -> File {
    let mut files = Vec::new();
    wait_until("all nodes have come to one place of the log", || {
        files = company.nodes.iter().map(|node| File::read(&node.chat.data())).collect();
        files.windows(2).all(|pair| pair[0].place == pair[1].place)
    });
    for file in &files[1..] {
        assert_eq!(file.digest, files[0].digest, "at place {} the digests differ", file.place);
        assert_eq!(file.events, files[0].events);
        assert_eq!(file.people, files[0].people);
    }
    files.swap_remove(0)
}

/// How many messages there are.
#[track_caller]
pub(crate) fn compare(company: &Company, writers: &[Writer]) -> usize {
    let file = agreed(company);
    let stored: Vec<(u64, String, i64)> = file
        .events
        .iter()
        .zip(1..)
        .map(|((room, offset, author, at, _, text), place)| {
            assert_eq!((&room[..], *offset), ("lobby", place), "offsets have no gaps");
            (*author, text.clone(), *at)
        })
        .collect();
    // What is stored was said, and stands there once.
    let mut places = HashMap::new();
    for ((author, text, _), offset) in stored.iter().zip(1_u64..) {
        let first = places.insert(text.as_str(), offset);
        assert_eq!(first, None, "{author} has said {text:?} once, and it is there again at {offset}");
    }
    let said = writers.iter().flat_map(|it| it.said.iter().map(|said| (it.id, said)));
    let bare: HashSet<&str> = writers.iter().flat_map(|it| it.bare.iter().map(String::as_str)).collect();
    let has_no_id = |(_, text, _): &&(u64, String, i64)| bare.contains(text.as_str());
    assert_eq!(said.clone().count(), stored.len() - stored.iter().filter(has_no_id).count());
    for (id, said) in said {
        let (offset, at) = said.ack.expect("all was acknowledged in the end");
        let there = stored.get(offset as usize - 1);
        assert_eq!(there, Some(&(id, said.text.clone(), at)), "acknowledged at {offset}: {:?}", said.id);
    }
    for writer in writers {
        let heard = &writer.heard;
        assert!(
            heard.len() <= stored.len() && heard[..] == stored[..heard.len()],
            "{} has heard it",
            writer.id
        );
    }
    // Each node tells it so.
    for node in &company.nodes {
        let mut reader = Json::hello(node.address, json!({}));
        let told = events(&mut reader, "lobby").into_iter().map(|it| {
            let (who, at) = (it["from_id"].as_u64(), it["msg_time"].as_i64());
            (who.expect("a person"), it["msg"].as_str().expect("words").to_owned(), at.expect("a time"))
        });
        let told: Vec<_> = told.collect();
        assert!(told.starts_with(&stored), "{} tells what is stored", node.address);
        // What was said without an id, and not waited for, may have come since.
        let late = &told[stored.len()..];
        assert!(late.iter().all(|(_, text, _)| bare.contains(text.as_str())), "{late:?} at {}", node.address);
    }
    stored.len()
}
