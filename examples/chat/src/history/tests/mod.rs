//! The history from outside: jobs in, reports out.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use std::{env, fs, process};

use pollcat_testing::scratch::Scratch;

use super::progress::Progress;
use super::*;

mod acting;
mod acts;
mod ages;
mod alike;
mod backups;
mod bites;
mod bots;
mod chance;
mod comparing;
mod copies;
mod digest;
mod every_kind;
mod existing;
mod faults;
mod files;
mod following;
mod keeping;
mod model;
mod moving;
mod moving_in;
mod moving_names;
mod node;
mod outgoing;
mod outside_chance;
mod purging;
mod searching;
mod targets;
mod walking;
mod writing;

pub(crate) use every_kind::any_entries;
pub(crate) use node::Node;
pub(crate) use searching::Dice;

/// For a thread that does not live any more, and for nothing else.
const PATIENCE: Duration = Duration::from_secs(60);

/// Does a file hold these bytes, or its log, which comes behind it? What is in the log has come into the file before it leaves the log:
/// so the log is read first, and nothing is looked for meanwhile.
fn found(files: &[PathBuf], trace: &[u8]) -> bool {
    let all: Vec<_> = files.iter().rev().map(|file| fs::read(file).unwrap_or_default()).collect();
    all.iter().any(|bytes| bytes.windows(trace.len()).any(|it| it == trace))
}

/// A history whose reports are at hand.
struct Open {
    history: History<u64>,
    reports: Receiver<Report<u64>>,
    loaded: Loaded,
    /// Prunings that came while another answer was waited for.
    pruned: Vec<(RoomId, Offset)>,
    /// Every entry that was told and not refused, and whether the history has decided it itself.
    log: Vec<(Entry, bool)>,
}

impl Open {
    fn with(settings: Settings) -> Result<Self, OpenError> {
        let (sender, reports) = channel();
        let (history, loaded) = History::open(settings, move |report| sender.send(report).is_ok())?;
        Ok(Open { history, reports, loaded, pruned: Vec::new(), log: Vec::new() })
    }

    fn at(path: &Path) -> Self {
        Open::with(settings(path)).expect("the history opens")
    }

    fn in_memory() -> Self {
        Open::with(Settings { data: Data::Memory, ..settings(Path::new("")) }).expect("the history opens")
    }

    fn next(&mut self) -> Report<u64> {
        let report = self.reports.recv_timeout(PATIENCE).expect("the threads are there");
        keep(&mut self.log, &report);
        report
    }

    /// All of these in one go, and their answers in the same order.
    fn write_all(&mut self, writes: Vec<Entry>) -> Vec<Result<Done, Failure>> {
        let count = writes.len() as u64;
        for (ticket, write) in writes.into_iter().enumerate() {
            self.history.write(write, ticket as u64).expect("the queue has room");
        }
        let mut results = Vec::new();
        while (results.len() as u64) < count {
            for applied in self.applied() {
                assert_eq!(applied.ticket, Some(results.len() as u64), "answers come in order");
                results.push(applied.outcome);
            }
        }
        results
    }

    /// The same, in one batch: the writer cannot begin before all of them are queued.
    fn write_in_one_batch(&mut self, writes: Vec<Entry>) -> Vec<Result<Done, Failure>> {
        let link = self.history.writing.upgrade().expect("the writer is there");
        let held = link.connection.lock().expect("the writer did not panic");
        // This one is a batch by its length alone, and comes to nothing. With it the writer waits for the connection, and the others
        // wait for that.
        let alone = text(999_999, 0, &"x".repeat(super::writer::BATCH_BYTES));
        self.history.write(alone, 0).expect("the queue has room");
        let count = writes.len();
        for (ticket, write) in writes.into_iter().enumerate() {
            self.history.write(write, ticket as u64).expect("the queue has room");
        }
        drop(held);
        let mut applied = Vec::new();
        while applied.len() < count + 1 {
            let batch = self.applied();
            assert!(batch.len() == 1 || batch.len() >= count, "more batches than two");
            applied.extend(batch);
        }
        applied.drain(1..).map(|applied| applied.outcome).collect()
    }

    fn write(&mut self, write: Entry) -> Result<Done, Failure> {
        self.write_all(vec![write]).remove(0)
    }

    /// A batch of what was asked for.
    fn applied(&mut self) -> Vec<Applied<u64>> {
        loop {
            match self.next() {
                Report::Applied(applied) => {
                    let asked = self.note(applied);
                    if !asked.is_empty() {
                        return asked;
                    }
                }
                Report::Read { result, .. } => panic!("nobody asked for {result:?}"),
                Report::Backups(_) => {}
                Report::Reached { .. } | Report::Unsure(_) => panic!("there is no log"),
            }
        }
    }

    /// Notes what the history has decided itself, and leaves what was asked for.
    fn note(&mut self, mut applied: Vec<Applied<u64>>) -> Vec<Applied<u64>> {
        for decided in applied.extract_if(.., |applied| applied.ticket.is_none()) {
            assert!(decided.outcome.is_ok(), "{decided:?}");
            if let Entry::Prune { room, before } = decided.entry {
                self.pruned.push((room, before));
            }
        }
        applied
    }

    fn read(&mut self, read: Read) -> Result<Found, Failure> {
        self.history.read(read, 7).expect("the queue has room");
        loop {
            match self.next() {
                Report::Read { ticket, result, .. } => {
                    assert_eq!(ticket, 7);
                    return result;
                }
                Report::Applied(applied) => assert!(self.note(applied).is_empty(), "nothing was asked for"),
                Report::Backups(_) => {}
                Report::Reached { .. } | Report::Unsure(_) => panic!("there is no log"),
            }
        }
    }

    /// Everything that is kept of a room.
    fn all(&mut self, room: RoomId) -> (Vec<Event>, Offset, Offset) {
        match self.read(Read::After { room, after: 0, limit: usize::MAX }) {
            Ok(Found::Events { events, first }) => {
                let last = events.last().map_or(first - 1, |event| event.offset);
                (events, first, last)
            }
            other => panic!("{other:?}"),
        }
    }

    fn hits(&mut self, rooms: &[RoomId], text: &str, before: Option<u64>, limit: usize) -> (Vec<Hit>, bool) {
        let search = Read::Search { rooms: rooms.into(), text: text.into(), before, limit };
        match self.read(search) {
            Ok(Found::Hits { hits, more }) => (hits, more),
            other => panic!("{other:?}"),
        }
    }

    fn picture(&mut self, id: &str) -> Option<Vec<u8>> {
        match self.read(Read::Picture { id: id.into(), is_known: false }) {
            Ok(Found::Picture(picture)) => picture.map(|(_, bytes)| bytes.to_vec()),
            other => panic!("{other:?}"),
        }
    }

    /// Waits until the writer has pruned a room up to here.
    fn wait_until_pruned(&mut self, room: RoomId, first: Offset) {
        while !self.pruned.contains(&(room, first)) {
            match self.next() {
                Report::Applied(applied) => assert!(self.note(applied).is_empty(), "nothing was asked for"),
                other => panic!("{other:?}"),
            }
        }
    }

    /// Waits until the index knows the events up to this one.
    fn wait_until_indexed(&self, event: i64) {
        self.wait_until("SELECT indexed FROM state", |indexed| indexed >= event);
    }

    /// Waits until the index has forgotten what was taken back.
    fn wait_until_erased(&self) {
        self.wait_until("SELECT count(*) FROM erasures", |left| left == 0);
    }

    /// For what the writer does of its own accord, and nobody is told.
    fn wait_until(&self, query: &str, done: impl Fn(i64) -> bool) {
        let link = self.history.writing.upgrade().expect("the writer is there");
        let number = || {
            let connection = link.connection.lock().expect("the writer did not panic");
            connection.query_row(query, [], |row| row.get(0)).expect("a number")
        };
        let start = Instant::now();
        while !done(number()) {
            assert!(start.elapsed() < PATIENCE, "{query}: {}", number());
            std::thread::yield_now();
        }
    }

    fn close(self) {
        self.history.close();
    }

    /// Closes it. The log of all that it has told.
    fn close_and_tell(self) -> Vec<(Entry, bool)> {
        let Open { history, reports, mut log, .. } = self;
        history.close();
        reports.iter().for_each(|report| keep(&mut log, &report));
        log
    }
}

fn keep(log: &mut Vec<(Entry, bool)>, report: &Report<u64>) {
    let Report::Applied(applied) = report else { return };
    let told = applied.iter().filter(|applied| applied.outcome.is_ok());
    log.extend(told.map(|applied| (applied.entry.clone(), applied.ticket.is_none())));
}

fn settings(path: &Path) -> Settings {
    Settings {
        data: Data::File(path.into()),
        durability: Durability::System,
        recent: 10,
        keep_messages: 1 << 40,
        keep_for: None,
        believe_clock: false,
        keep_pictures: 1 << 40,
        backups: None,
        queue: 1 << 16,
        queue_bytes: 1 << 30,
        metrics: crate::metrics::Metrics::default(),
        shared: None,
    }
}

/// Long ago, and the same for everybody.
const THEN: Millis = 1_000_000_000_000;

fn arrive(person: PersonId, name: &str) -> Entry {
    let token = Some([person as u8; 32]);
    Entry::Arrive { person, name: name.into(), folded: name.to_lowercase(), token, at: THEN, look: None }
}

fn create(room: RoomId, name: &str) -> Entry {
    let (kind, epoch) = (RoomKind::Public, format!("epoch-{room}"));
    Entry::Create {
        room,
        kind,
        name: name.into(),
        folded: name.to_lowercase(),
        epoch,
        at: THEN,
        maker: None,
        title: None,
        look: None,
    }
}

fn direct(room: RoomId, folded: &str) -> Entry {
    let (kind, epoch) = (RoomKind::Direct, format!("epoch-{room}"));
    Entry::Create {
        room,
        kind,
        name: String::new(),
        folded: folded.into(),
        epoch,
        at: THEN,
        maker: None,
        title: None,
        look: None,
    }
}

fn say(room: RoomId, author: PersonId, body: Body) -> Append {
    let author_name = format!("person {author}");
    Append {
        room,
        aim: Aim::There,
        author,
        author_name,
        key: None,
        at: THEN,
        body,
        mentions: Vec::new(),
        call: None,
    }
}

fn text(room: RoomId, author: PersonId, text: &str) -> Entry {
    Entry::Append(say(room, author, Body::Text(text.into())))
}

fn take_back(room: RoomId, author: PersonId, target: Offset) -> Entry {
    Entry::Append(say(room, author, Body::Deletion { target }))
}

fn picture(room: RoomId, author: PersonId, id: &str, size: usize) -> Entry {
    let picture = Picture { id: id.into(), media_type: "image/png", width: 3, height: 4, size: size as u64 };
    let bytes = vec![id.len() as u8; size].into();
    Entry::Append(say(room, author, Body::Picture { picture, caption: format!("caption {id}"), bytes }))
}

fn appended(room: RoomId, offset: Offset) -> Result<Done, Failure> {
    Ok(Done::Appended { room, offset, at: THEN, repeated: false })
}

fn words(events: &[Event]) -> Vec<&str> {
    events
        .iter()
        .filter_map(|event| if let What::Text(text) = &event.what { Some(&text[..]) } else { None })
        .collect()
}
