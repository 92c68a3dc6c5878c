//! What Redis has said to have is there again when it was killed.

use std::env;
use std::thread;
use std::time::{Duration, Instant};

use pollcat_chat_testing::redis::RedisServer;

use super::*;
use crate::nodes::log::{Fault, Level};

/// Killed so often; `POLLCAT_REDIS_KILLS` says otherwise.
const KILLS: u64 = 10;

/// A writer that knows only what was confirmed. What was not is appended again, in order: it may stand there twice, but never out of
/// order, and nothing that was confirmed is missing.
#[test]
fn nothing_that_was_confirmed_is_missing_after_a_kill() {
    let Some(mut server) = RedisServer::start(&ALWAYS) else { return };
    let kills = env::var("POLLCAT_REDIS_KILLS").map_or(KILLS, |kills| kills.parse().expect("a number"));
    let mut log = founded(&server);
    assert_eq!(log.look().expect("it can be looked at").level, Level::Disk);
    let mut confirmed = 1;
    for round in 0..kills {
        let writer = thread::spawn(move || {
            let mut confirmed = confirmed;
            let fault = loop {
                let batch: Vec<Record> = (1..=5).map(|more| record(confirmed + more, "b")).collect();
                match log.append(&batch) {
                    Ok(()) => confirmed += 5,
                    Err(fault) => break fault,
                }
            };
            (confirmed, fault)
        });
        // It has written some, and is killed in the midst of more.
        let mut other = connect(&server);
        let before = other.tail().expect("it answers");
        while other.tail().expect("it answers") < before + 20 + 7 * round {}
        server.kill();
        let fault;
        (confirmed, fault) = writer.join().expect("it writes");
        assert!(matches!(fault, Fault::Away(_)), "{fault:?}");
        server.restart();
        log = connect(&server);
        assert_eq!(log.look().expect("it can be looked at").id.as_deref(), Some("5eed"));
        let mut last = 0;
        for (_, record) in all(&mut log, PLENTY) {
            assert!(record.sequence <= last + 1, "{} comes after {last}", record.sequence);
            last = last.max(record.sequence);
        }
        assert!(last >= confirmed, "{last} of {confirmed}");
    }
}

/// A tail that the disk never had is seen: the log ends before what was read of it.
#[test]
fn a_tail_that_is_cut_off_is_seen() {
    let Some(mut server) = RedisServer::start(&ALWAYS) else { return };
    let mut log = founded(&server);
    for sequence in 2..=9 {
        log.append(&[record(sequence, "b")]).expect("it takes it");
    }
    let run = log.look().expect("it can be looked at").run;
    server.kill();
    server.cut(10);
    server.restart();
    let condition = connect(&server).look().expect("it can be looked at");
    assert_eq!((condition.id.as_deref(), condition.last), (Some("5eed"), 8));
    assert_ne!(condition.run, run, "it is another process, and that is a reason to look");
}

#[test]
fn a_redis_that_is_dead_is_away() {
    let Some(mut server) = RedisServer::start(&[]) else { return };
    let mut log = founded(&server);
    server.kill();
    let began = Instant::now();
    assert!(matches!(log.tail(), Err(Fault::Away(_))));
    assert!(matches!(RedisLog::connect(&place(server.url()), 0).map(drop), Err(Fault::Away(_))));
    assert!(began.elapsed() < Duration::from_secs(3));
}
