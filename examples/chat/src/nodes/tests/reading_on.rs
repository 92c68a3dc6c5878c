//! A node that comes back to a log which has lost its end, and has gone on.

use std::time::Duration;

use super::memory::Server;
use crate::history::{Entry, Whose};
use crate::nodes::codec;
use crate::nodes::cursor::Cursor;
use crate::nodes::log::{Fault, Level, Log, Most, Record};

const ALL: Most = Most { records: 100, bytes: usize::MAX };

/// Two records of two nodes, which say the same.
fn two() -> [Record; 2] {
    let record = |producer: &str| {
        let (entry, blob) = codec::encode(&Entry::Reserve { people: 1, rooms: 1 });
        Record { producer: producer.into(), sequence: 1, attempt: 1, entry, blob }
    };
    [record("a"), record("b")]
}

fn again(record: &Record) -> Record {
    Record { attempt: record.attempt + 1, ..record.clone() }
}

/// Both stand in the log and are read, it loses so many, and these come behind the rest: may the node read on?
fn reads_on(lost: usize, then: &[Record]) -> bool {
    let server = Server::new("log", Level::System);
    server.connect().append(&two()).unwrap();
    let mut cursor = Cursor::new(0, None);
    let mut log = server.connect();
    cursor.check(&mut log, "log").unwrap();
    let read = log.read(cursor.place(), ALL, Duration::ZERO).unwrap();
    cursor.take(read, |_, _| Whose::<()>::Elsewhere).unwrap();
    server.lose(lost);
    server.connect().append(then).unwrap();
    match cursor.check(&mut server.connect(), "log") {
        Ok(_) => true,
        Err(Fault::Lost(_)) => false,
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn what_stands_before_something_unknown_is_handed_on() {
    let [first, second] = two();
    let unknown = Record { entry: "{\"unheard_of\":1}".to_owned(), ..second.clone() };
    let mut cursor = Cursor::new(0, None);
    let whose = |_: &str, sequence| Whose::Loop(Some(sequence));
    let batch = cursor.take(vec![(1, first), (2, unknown.clone()), (3, second)], whose).unwrap();
    assert_eq!(batch.iter().map(|logged| &logged.whose).collect::<Vec<_>>(), [&Whose::Loop(Some(1))]);
    assert_eq!(cursor.place(), 1);
    assert!(
        matches!(cursor.take(vec![(2, unknown)], whose), Err(Fault::Blocked(words)) if words.contains("place 2"))
    );
    assert_eq!(cursor.place(), 1);
}

#[test]
fn what_was_read_and_is_gone_is_noticed_whatever_stands_there_now() {
    let [first, second] = two();
    assert!(reads_on(0, &[]) && reads_on(0, &[again(&first)]), "nothing is lost");
    assert!(!reads_on(1, &[]), "there is less than was read");
    assert!(!reads_on(1, &[Record { producer: "c".into(), ..second.clone() }]), "another node says the same");
    assert!(!reads_on(1, &[Record { sequence: 2, ..second.clone() }]), "the same node says it once more");
    // What stands at the place is what stood there, and another one before it.
    assert!(!reads_on(2, &[again(&second), again(&second)]));
    assert!(!reads_on(2, &[again(&first), again(&second)]), "that may be the same, and nobody can know it");
}
