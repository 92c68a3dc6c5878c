//! What is appended is read, in order, without gaps, with its pictures.

use std::thread;
use std::time::{Duration, Instant};

use pollcat_chat_testing::redis::RedisServer;

use super::*;
use crate::nodes::log::Fault;

#[test]
fn the_log_is_founded_once_and_has_no_gaps() {
    let Some(mut server) = RedisServer::start(&ALWAYS) else { return };
    let mut log = connect(&server);
    let condition = log.look().expect("it can be looked at");
    assert_eq!((condition.id, condition.first, condition.last), (None, 0, 0));
    assert_eq!(
        (log.found("5eed", &record(1, "a")), log.found("other", &record(1, "x"))),
        (Ok(true), Ok(false))
    );
    assert_eq!(connect(&server).found("third", &record(1, "y")), Ok(false));
    assert_eq!(log.append(&[record(2, "b"), record(3, "c")]), Ok(()));
    server.restart();
    let mut log = connect(&server);
    assert_eq!(log.append(&[record(4, "d")]), Ok(()));
    let told = ["a", "b", "c", "d"].map(str::to_owned);
    assert_eq!(entries(&mut log), (1..).zip(told).collect::<Vec<_>>());
    assert_eq!(log.read(3, PLENTY, Duration::ZERO), Ok(vec![(4, record(4, "d"))]));
    let condition = log.look().expect("it can be looked at");
    assert_eq!((condition.id.as_deref(), condition.first, condition.last), (Some("5eed"), 1, 4));
    assert_eq!(log.tail(), Ok(4));
}

/// What is trimmed is still counted, and whoever has not read it learns that he has missed it.
#[test]
fn what_is_not_kept_any_more_is_missed() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let mut log = founded(&server);
    log.append(&[record(2, "b"), record(3, "c")]).expect("it takes them");
    let trim = |least: &str| server.command(&["XTRIM", "pollcat:{tea}:log", "MINID", least]);
    trim("1-2");
    let condition = log.look().expect("it can be looked at");
    assert_eq!((condition.first, condition.last), (3, 3));
    assert_eq!(log.read(2, PLENTY, Duration::ZERO), Ok(vec![(3, record(3, "c"))]));
    let missed = log.read(1, PLENTY, Duration::ZERO);
    assert!(matches!(&missed, Err(Fault::Blocked(words)) if words.contains("backup")), "{missed:?}");
    trim("1-3");
    let condition = log.look().expect("it can be looked at");
    assert_eq!((condition.first, condition.last, log.tail()), (0, 3, Ok(3)));
    log.append(&[record(4, "d")]).expect("it goes on");
    assert_eq!(log.read(3, PLENTY, Duration::ZERO), Ok(vec![(4, record(4, "d"))]));
}

#[test]
fn reading_waits_for_what_comes_and_no_longer_than_it_is_told() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let mut log = founded(&server);
    assert_eq!(log.read(1, PLENTY, Duration::from_millis(50)), Ok(vec![]));
    let mut other = connect(&server);
    let reader = thread::spawn(move || log.read(1, PLENTY, Duration::from_secs(10)));
    // The reader is blocked when Redis says so.
    while server.command(&["INFO", "clients"]).concat().contains("blocked_clients:0\r\n") {
        thread::yield_now();
    }
    other.append(&[record(2, "b")]).expect("it takes it");
    let began = Instant::now();
    assert_eq!(reader.join().expect("it reads"), Ok(vec![(2, record(2, "b"))]));
    assert!(began.elapsed() < Duration::from_secs(5), "it was told, and has not waited");
}

/// A picture comes with its entry. There are no more bytes in one answer than were asked for, but always one record.
#[test]
fn pictures_come_along_and_are_counted() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let mut log = founded(&server);
    let pictures = [vec![1; 1000], vec![0, 13, 10, 255], vec![3; 5000], vec![1; 1000]];
    let records: Vec<Record> =
        (2..).zip(&pictures).map(|(number, bytes)| with_picture(number, bytes)).collect();
    log.append(&records).expect("it takes them");
    let expected: Vec<(Place, Record)> = (1..).zip([record(1, "first")].into_iter().chain(records)).collect();
    assert_eq!(all(&mut log, PLENTY), expected);
    for bytes in [1, 900, 1100, 2100, 7000] {
        assert_eq!(all(&mut log, Most { records: 3, bytes }), expected, "{bytes}");
    }
    let sizes = |read: Vec<(Place, Record)>| read.into_iter().map(|(place, _)| place).collect::<Vec<_>>();
    let mut read =
        |after, bytes| sizes(log.read(after, Most { records: 9, bytes }, Duration::ZERO).expect("reads"));
    assert_eq!(read(0, 5 + 4 + 1000), [1, 2]);
    assert_eq!(read(0, 5 + 4 + 999), [1]);
    assert_eq!(read(3, 10), [4]);
    let keys = server.command(&["KEYS", "pollcat:{tea}:blob:*"]);
    assert_eq!(keys.len(), 3, "the same picture is kept once");
    // `printf '\\0\\r\\n\\377' | sha256sum`
    assert!(
        keys.contains(
            &"pollcat:{tea}:blob:d0585d080e1306012af277c93878dfdff7c00b3e8602893d8361bbcc6e8a791c.1.0".into()
        ),
        "{keys:?}"
    );
    // The log's keep (60 s), and an hour.
    let lives: Vec<u64> = keys.iter().map(|key| server.command(&["TTL", key])[0].parse().unwrap()).collect();
    assert!(lives.iter().all(|life| (3600..=3660).contains(life)), "{lives:?}");
    server.command(&["DEL", &keys[0], &keys[1], &keys[2]]);
    assert!(
        matches!(log.read(1, PLENTY, Duration::ZERO), Err(Fault::Blocked(words)) if words.contains("entry 2"))
    );
}

/// A Redis that takes no long commands, as some do, takes a long picture.
#[test]
fn a_long_picture_goes_in_pieces() {
    let Some(server) = RedisServer::start(&["--proto-max-bulk-len", "1mb"]) else { return };
    let mut log = founded(&server);
    let bytes: Vec<u8> = (0..4_000_000_u32).map(|number| (number % 251) as u8).collect();
    let picture = with_picture(2, &bytes);
    assert_eq!(log.append(&[picture.clone(), record(3, "c")]), Ok(()));
    assert_eq!(all(&mut log, Most { records: 10, bytes: 1 << 30 })[1..], [(2, picture), (3, record(3, "c"))]);
    let keys = server.command(&["KEYS", "pollcat:{tea}:blob:*"]);
    assert_eq!(keys.len(), 16, "{keys:?}");
    // A piece is gone, or another one.
    let piece = keys.iter().find(|key| key.ends_with(".16.7")).expect("they are counted");
    for (damage, words) in [(vec!["SET", piece, "x"], "another one"), (vec!["DEL", piece], "not kept")] {
        server.command(&damage);
        let read = log.read(1, PLENTY, Duration::ZERO);
        assert!(matches!(&read, Err(Fault::Blocked(told)) if told.contains(words)), "{read:?}");
    }
}

/// All of a batch or nothing: memory that is full is seen before anything of it is done.
#[test]
fn a_batch_that_does_not_fit_is_not_taken_at_all() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let mut log = founded(&server);
    server.command(&["CONFIG", "SET", "maxmemory", "1"]);
    let batch = [with_picture(2, &[1; 1000]), record(3, "c")];
    let refused = log.append(&batch);
    assert!(matches!(&refused, Err(Fault::Refused(words)) if words.contains("maxmemory")), "{refused:?}");
    server.command(&["CONFIG", "SET", "maxmemory", "0"]);
    assert_eq!(server.command(&["DBSIZE"]), ["2"], "the log and its id");
    assert_eq!(log.append(&batch), Ok(()), "the connection is as good as before");
    assert_eq!(entries(&mut log).len(), 3);
}

#[test]
fn a_log_that_is_gone_or_another_one_is_not_gone_on_with() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let mut log = founded(&server);
    server.command(&["FLUSHALL"]);
    assert!(matches!(log.append(&[record(2, "b")]), Err(Fault::Lost(_))));
    assert_eq!(server.command(&["DBSIZE"]), ["0"], "nothing was begun anew");
    assert!(matches!(log.read(1, PLENTY, Duration::ZERO), Err(Fault::Lost(_))));
    let condition = connect(&server).look().expect("it can be looked at");
    assert_eq!((condition.id, condition.last), (None, 0));
    let mut other = connect(&server);
    assert_eq!(other.found("new", &record(1, "x")), Ok(true));
    other.append(&[record(2, "y")]).expect("it takes it");
    assert!(matches!(log.read(1, PLENTY, Duration::ZERO), Err(Fault::Lost(_))), "it is another one");
    assert!(matches!(log.tail(), Err(Fault::Lost(_))));
}

#[test]
fn what_a_stranger_or_a_newer_version_wrote_is_not_understood() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let mut log = founded(&server);
    let key = "pollcat:{tea}:log";
    server.command(&["XADD", key, "1-*", "v", "2", "z", "?"]);
    let newer = log.read(1, PLENTY, Duration::ZERO);
    assert!(matches!(&newer, Err(Fault::Blocked(words)) if words.contains("upgrade")), "{newer:?}");
    server.command(&["XADD", key, "*", "hello", "world"]);
    assert!(matches!(log.look(), Err(Fault::Lost(_))), "its id is a time");
    assert!(matches!(log.append(&[record(2, "b")]), Err(Fault::Refused(_) | Fault::Lost(_))));
    server.command(&["DEL", key]);
    server.command(&["SET", key, "text"]);
    assert!(matches!(log.read(1, PLENTY, Duration::ZERO), Err(Fault::Lost(_))));
    assert!(matches!(log.append(&[with_picture(2, &[1])]), Err(Fault::Lost(_))));
    server.command(&["DEL", "pollcat:{tea}:id"]);
    assert!(matches!(connect(&server).found("new", &record(1, "x")), Err(Fault::Lost(_))));
}

/// Both streams in one call; what is said now begins with what is said from now on.
#[test]
fn what_is_said_now_is_heard_beside_the_log() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let mut log = founded(&server);
    let mut company = super::company::company(&server, "aaaa");
    company.tell(&["before".into()]).expect("it is told");
    let heard = log.read_both(1, "", PLENTY, Duration::ZERO).expect("it reads");
    assert_eq!((heard.records, heard.now), (vec![], vec![]));
    company.tell(&["typing 3".into()]).expect("it is told");
    company.show(&[3], &[]).expect("it is shown");
    log.append(&[record(2, "b")]).expect("it takes it");
    let heard = log.read_both(1, &heard.now_after, PLENTY, Duration::from_secs(5)).expect("it reads");
    let words: Vec<_> = heard.now.iter().map(|(_, boot, words)| (boot.as_str(), words.as_str())).collect();
    assert_eq!(words, [("aaaa", "typing 3"), ("aaaa", "here +3")]);
    assert_eq!((heard.records, &heard.now_after), (vec![(2, record(2, "b"))], &heard.now[1].0));
    let heard = log.read_both(2, &heard.now_after, PLENTY, Duration::from_millis(20)).expect("it reads");
    assert_eq!((heard.records, heard.now), (vec![], vec![]));
}
