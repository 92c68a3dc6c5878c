//! What is old is given up, and nothing else is.

use pollcat_chat_testing::redis::RedisServer;
use pollcat_testing::running::wait_until;

use super::*;

/// A note, and one that is newer.
fn note_twice(log: &mut RedisLog) -> [u64; 2] {
    let first = log.note().expect("it is noted");
    let mut second = first;
    wait_until("time goes on", || {
        second = log.note().expect("it is noted");
        second > first
    });
    [first, second]
}

#[test]
fn what_stood_there_at_a_time_is_given_up_by_whoever_looks() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let mut log = founded(&server);
    log.append(&[record(2, "b"), record(3, "c")]).expect("it takes them");
    let [first, _] = note_twice(&mut log);
    log.append(&[record(4, "d"), record(5, "e")]).expect("it takes them");
    let firsts = |log: &mut RedisLog| log.look().expect("it can be looked at").first;
    // Another node, which has noted nothing itself.
    let mut other = connect(&server);
    other.look().expect("it can be looked at");
    other.give_up(first - 1).expect("there is nothing so old");
    assert_eq!(firsts(&mut log), 1);
    other.give_up(first).expect("it gives up");
    assert_eq!(firsts(&mut log), 3, "the last entry of that time stays");
    let [_, second] = note_twice(&mut log);
    other.give_up(second).expect("it gives up");
    assert_eq!((firsts(&mut log), log.tail()), (5, Ok(5)));
    assert!(
        server.command(&["XLEN", "pollcat:{tea}:notes"])[0].parse::<u64>().unwrap() <= 2,
        "and old notes"
    );
}

/// The log has filled the memory: nothing is taken, not even a note, and what is old is given up all the same.
#[test]
fn what_is_old_is_given_up_when_the_memory_is_full() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let mut log = founded(&server);
    let noted = log.note().expect("it is noted");
    log.append(&(2..500).map(|number| record(number, &"x".repeat(1000))).collect::<Vec<_>>())
        .expect("it takes them");
    let [old, _] = note_twice(&mut log);
    log.append(&[record(500, "y")]).expect("it takes it");
    server.command(&["CONFIG", "SET", "maxmemory", "1mb"]);
    let full = log.append(&[record(501, "z")]);
    assert!(
        matches!(&full, Err(crate::nodes::log::Fault::Refused(words)) if words.contains("memory")),
        "{full:?}"
    );
    assert!(log.note().expect("the newest one is found") >= old, "{noted} is older");
    log.give_up(old).expect("that is always possible");
    assert_eq!(log.look().expect("it can be looked at").first, 499);
}
