//! A primary and its replicas: which of them is asked, and what they have on their disks.

use pollcat_chat_testing::redis::RedisServer;

use super::super::{Found, find};
use super::*;
use crate::nodes::log::{Fault, Level};

const IS_WHOLE: bool = true;

fn place_of(servers: &[&RedisServer], replicas: u32) -> Where {
    let urls = servers.iter().map(|server| server.url()).collect();
    Where { urls, replicas, ..place(String::new()) }
}

fn found(at: usize, is_whole: bool) -> Result<Found, Fault> {
    Ok(Found { at, is_whole })
}

/// With a log on the first of them, that the second one has as well.
fn a_pair(start: impl Fn(&[&str]) -> Option<RedisServer>) -> Option<[RedisServer; 2]> {
    let pair = [start(&ALWAYS)?, start(&ALWAYS)?];
    pair[1].follow(&pair[0]);
    founded(&pair[0]);
    pollcat_testing::running::wait_until("the replica has it", || has(&pair[1], 1));
    Some(pair)
}

fn has(server: &RedisServer, count: u64) -> bool {
    server.command(&["XLEN", "pollcat:{tea}:log"]) == [count.to_string()]
}

#[test]
fn the_primary_is_found_wherever_it_is() {
    let Some([mut first, second]) = a_pair(RedisServer::start) else { return };
    assert_eq!(find(&place_of(&[&second, &first], 0)), found(1, IS_WHOLE));
    assert_eq!(find(&place_of(&[&first, &second], 0)), found(0, IS_WHOLE));
    first.kill();
    let place = place_of(&[&first, &second], 0);
    let nobody = find(&place).expect_err("one is dead, the other one a replica");
    assert!(
        matches!(&nobody, Fault::Away(words) if words.contains(&first.address().to_string())),
        "{nobody}"
    );
    second.promote();
    assert_eq!(find(&place), found(1, !IS_WHOLE));
    connect(&second).append(&[record(2, "b")]).expect("it takes it");
    // It comes back, and takes itself for the primary.
    first.restart();
    assert_eq!(find(&place), found(1, IS_WHOLE), "the other one has more");
    first.follow(&second);
    assert_eq!(find(&place), found(1, IS_WHOLE));
}

/// The longest log is of no use where no replica confirms it.
#[test]
fn a_primary_without_its_replicas_comes_last() {
    let Some([first, second]) = a_pair(RedisServer::start) else { return };
    let Some(third) = RedisServer::start(&ALWAYS) else { return };
    second.promote();
    third.follow(&second);
    connect(&first).append(&[record(2, "b")]).expect("it takes it");
    assert_eq!(find(&place_of(&[&first, &second], 0)), found(0, IS_WHOLE));
    assert_eq!(find(&place_of(&[&first, &second], 1)), found(1, IS_WHOLE));
}

/// It goes on reading what a replica has: then nobody would ever ask who the primary is.
#[test]
fn a_primary_that_has_become_a_replica_is_not_read() {
    let Some([first, second]) = a_pair(RedisServer::start) else { return };
    let mut log = connect(&first);
    log.look().expect("it is the primary");
    assert_eq!(entries(&mut log).len(), 1);
    second.promote();
    first.follow(&second);
    let read = log.read(0, PLENTY, Duration::ZERO);
    assert!(matches!(&read, Err(Fault::Refused(words)) if words.contains("it is a replica")), "{read:?}");
}

#[test]
fn what_is_lost_may_be_at_an_address_that_is_silent() {
    let lost = || Fault::Lost("it has lost its end".into());
    let found = |is_whole| Found { at: 0, is_whole };
    assert_eq!(found(IS_WHOLE).judge(lost()), lost());
    assert!(matches!(found(!IS_WHOLE).judge(lost()), Fault::Away(words) if words.contains("its end")));
}

#[test]
fn what_is_read_is_on_the_disks_of_replicas() {
    let Some([first, second]) = a_pair(RedisServer::start_valkey) else { return };
    let mut log = RedisLog::connect(&place_of(&[&first], 1), 0).expect("it can be connected to");
    assert_eq!(log.look().map(|condition| condition.level), Ok(Level::Replicated));
    log.append(&[record(2, "b")]).expect("it takes it");
    assert_eq!(entries(&mut log).len(), 2);
    assert!(has(&second, 2));
    second.pause();
    log.append(&[record(3, "c")]).expect("it takes it, and that says nothing of replicas");
    let read = log.read(2, PLENTY, Duration::ZERO);
    assert!(matches!(&read, Err(Fault::Away(words)) if words.contains("log-replicas")), "{read:?}");
    assert!(matches!(log.look(), Err(Fault::Away(_))));
    second.go_on();
    let mut again = RedisLog::connect(&place_of(&[&first], 1), 0).expect("it can be connected to");
    assert_eq!(entries(&mut again).len(), 3);
    // Two are asked for, and there is one.
    let mut log = RedisLog::connect(&place_of(&[&first], 2), 0).expect("it can be connected to");
    assert!(matches!(log.look(), Err(Fault::Away(words)) if words.contains("asks for 2")));
}

#[test]
fn replicas_that_write_nothing_do_not_count() {
    let Some(first) = RedisServer::start_valkey(&ALWAYS) else { return };
    let Some(second) = RedisServer::start_valkey(&[]) else { return };
    second.follow(&first);
    let look = || RedisLog::connect(&place_of(&[&first], 1), 0).and_then(|mut log| log.look());
    assert!(matches!(look(), Err(Fault::Away(words)) if words.contains("appendonly")));
    second.command(&["CONFIG", "SET", "appendonly", "yes"]);
    pollcat_testing::running::wait_until("it writes", || look().is_ok());
    first.command(&["CONFIG", "SET", "appendonly", "no"]);
    assert!(matches!(look(), Err(Fault::Refused(words)) if words.contains("appendonly")));
}

#[test]
fn a_redis_that_cannot_tell_is_refused() {
    let Some(server) = RedisServer::start(&ALWAYS) else { return };
    let version = server.command(&["INFO", "server"]).concat();
    if !version.contains("redis_version:7.0.") {
        return;
    }
    let look = RedisLog::connect(&place_of(&[&server], 1), 0).and_then(|mut log| log.look());
    assert!(matches!(look, Err(Fault::Refused(words)) if words.contains("7.2")));
}
