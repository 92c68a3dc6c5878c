//! Which Redis may keep a log, and what is said of one that may not.

use std::time::{Duration, Instant};

use pollcat_chat_testing::redis::RedisServer;
use pollcat_testing::client::PATIENCE;

use super::*;
use crate::nodes::log::{Fault, Level};
use crate::nodes::redis::{Company, LIFE};

#[track_caller]
fn is_refused<T: std::fmt::Debug>(answer: Result<T, Fault>, because: &str) {
    assert!(matches!(&answer, Err(Fault::Refused(words)) if words.contains(because)), "{answer:?}");
}

#[test]
fn how_sure_it_is_follows_from_how_redis_writes() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let mut log = connect(&server);
    let mut level = |appendonly, appendfsync, on_rewrite| {
        server.command(&["CONFIG", "SET", "appendonly", appendonly]);
        server.command(&["CONFIG", "SET", "appendfsync", appendfsync]);
        server.command(&["CONFIG", "SET", "no-appendfsync-on-rewrite", on_rewrite]);
        log.look().expect("it can be looked at").level
    };
    assert_eq!(level("no", "always", "no"), Level::Memory);
    assert_eq!(level("yes", "always", "no"), Level::Disk);
    assert_eq!(level("yes", "always", "yes"), Level::System, "not while the file is written anew");
    assert_eq!(level("yes", "everysec", "no"), Level::System);
    assert_eq!(level("yes", "no", "no"), Level::Memory, "whenever the system likes");
    let run = log.look().expect("it can be looked at").run;
    assert!(server.command(&["INFO", "server"]).concat().contains(&format!("run_id:{run}\r\n")));
}

#[test]
fn a_redis_that_throws_away_or_follows_another_is_refused() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let mut log = founded(&server);
    server.command(&["CONFIG", "SET", "maxmemory-policy", "volatile-lru"]);
    is_refused(log.look(), "maxmemory-policy noeviction");
    server.command(&["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
    log.look().expect("it can be looked at");
    // A primary that nobody reaches. It becomes a replica all the same.
    server.command(&["REPLICAOF", "127.0.0.1", "1"]);
    is_refused(log.append(&[record(2, "b")]), "replica");
    is_refused(log.look(), "replica");
    server.command(&["REPLICAOF", "NO", "ONE"]);
    assert_eq!(log.append(&[record(2, "b")]), Ok(()));
    server.command(&["CONFIG", "SET", "min-replicas-to-write", "1"]);
    is_refused(log.append(&[record(3, "c")]), "min-replicas-to-write");
}

#[test]
fn a_user_with_exactly_these_rights_can_do_all_and_with_one_less_is_refused() {
    let Some(server) = RedisServer::start(&ALWAYS) else { return };
    let operating = include_str!("../../../../OPERATING.md");
    let (_, rights) = operating.split_once("ACL SETUSER chat on >PASSWORD ").expect("operators are told");
    let rights = rights.lines().next().expect("a line").replace("{NAME}", "{tea}");
    let set = |user: &str, rights: &str| {
        let rules = ["on", ">secret"].into_iter().chain(rights.split_whitespace());
        server.command(&["ACL", "SETUSER", user].into_iter().chain(rules).collect::<Vec<_>>());
        place(url_of(&server, user, "secret"))
    };
    let exact = set("exact", &rights);
    everything(&exact).expect("it has all rights that it needs");
    let words: Vec<&str> = rights.split_whitespace().collect();
    for (number, left_out) in words.iter().enumerate().filter(|(_, word)| word.starts_with('+')) {
        server.command(&["FLUSHALL"]);
        let fewer = [&words[..number], &words[number + 1..]].concat().join(" ");
        let done = everything(&set(&format!("less{number}"), &fewer));
        match *left_out {
            // Where it may not be asked how it writes, that it writes is all that is known.
            "+config|get" => assert_eq!(done, Ok(Level::System)),
            // Only the log's address asks for another database.
            "+select" => assert_eq!(done, Ok(Level::Disk)),
            _ => is_refused(done, "rights"),
        }
    }
    let mut other = set("exact", &rights);
    other.name = "coffee".into();
    is_refused(RedisLog::connect(&other, 0).and_then(|mut log| log.look()), "rights");
}

/// Does all that can be done, and gives how sure the log is.
fn everything(place: &Where) -> Result<Level, Fault> {
    let mut log = RedisLog::connect(place, 0)?;
    let level = log.look()?.level;
    assert!(log.found("5eed", &record(1, "first"))?);
    assert!(!log.found("5eed", &record(1, "first"))?);
    log.append(&[with_picture(2, &[1; 100])])?;
    assert_eq!((log.tail()?, log.read(0, PLENTY, Duration::from_millis(5))?.len()), (2, 2));
    let mut company = Company::connect(place, 0, "aaaa", LIFE)?;
    company.report("5eed", 1, "ab")?;
    company.reports("5eed", 1)?;
    company.refresh("{}", true)?;
    let mut other = Company::connect(place, 0, "bbbb", Duration::from_millis(1))?;
    other.refresh("{}", true)?;
    while company.refresh("{}", true)?.nodes.len() > 1 {} // the other one does not live for long
    company.show(&[3], &[4])?;
    company.show_all(&[3])?;
    company.tell(&["typing 3".into()])?;
    company.here_of("aaaa")?;
    log.read_both(2, "", PLENTY, Duration::ZERO)?;
    let noted = log.note()?;
    log.give_up(noted)?;
    company.leave()?;
    Ok(level)
}

#[test]
fn whoever_has_no_password_or_a_wrong_one_is_refused_and_told_so() {
    let Some(server) = RedisServer::start(&[]) else { return };
    server.command(&["ACL", "SETUSER", "chat", "on", ">secret", "allkeys", "+@all"]);
    let connect = |user, password| RedisLog::connect(&place(url_of(&server, user, password)), 0);
    is_refused(connect("chat", "wrong").map(drop), "password");
    is_refused(connect("nobody", "secret").map(drop), "password");
    connect("chat", "secret").and_then(|mut log| log.look()).expect("it is let in");
    let mut elsewhere = place(format!("{}/3", url_of(&server, "chat", "secret")));
    RedisLog::connect(&elsewhere, 0)
        .and_then(|mut log| log.found("5eed", &record(1, "a")))
        .expect("it is let in");
    assert!(server.command(&["INFO", "keyspace"]).concat().contains("db3:keys=2"));
    elsewhere.name = "a}b".into();
    is_refused(RedisLog::connect(&elsewhere, 0).map(drop), "name");
    server.command(&["ACL", "SETUSER", "default", "resetpass", ">other"]);
    let mut log = RedisLog::connect(&place(server.url()), 0).expect("no password, and nothing was asked");
    is_refused(log.look(), "password");
    let fault =
        RedisLog::connect(&place(url_of(&server, "chat", "wr0ng")), 0).map(drop).expect_err("it is wrong");
    assert!(!fault.words().contains("wr0ng"), "{fault}");
    is_refused(RedisLog::connect(&place("http://localhost".into()), 0).map(drop), "address");
}

/// A Redis that stands still is away: nothing waits longer than three seconds for it, and what a busy machine adds.
#[test]
fn nobody_waits_long_for_a_redis_that_stands_still() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let mut logs: Vec<RedisLog> = (0..4)
        .map(|_| {
            let mut log = connect(&server);
            log.found("5eed", &record(1, "first")).expect("it takes it");
            log
        })
        .collect();
    let address = place(server.url());
    server.pause();
    type Call = fn(&mut RedisLog) -> Result<(), Fault>;
    let calls: [Call; 4] = [
        |log| log.look().map(drop),
        |log| log.append(&(2..52).map(|number| record(number, "b")).collect::<Vec<_>>()),
        |log| log.read(1, PLENTY, Duration::from_millis(10)).map(drop),
        // More than the system takes in Redis's stead.
        |log| log.append(&[with_picture(2, &vec![1; 8 << 20])]),
    ];
    std::thread::scope(|scope| {
        for (log, call) in logs.iter_mut().zip(calls) {
            scope.spawn(move || {
                let began = Instant::now();
                let fault = call(log);
                assert!(matches!(fault, Err(Fault::Away(_))), "{fault:?}");
                assert!(began.elapsed() < PATIENCE, "{:?}", began.elapsed());
                assert!(matches!(log.tail(), Err(Fault::Away(_))), "its connection is of no use any more");
                assert!(began.elapsed() < PATIENCE, "and nobody waits for it");
            });
        }
        scope.spawn(|| {
            let began = Instant::now();
            let fault = RedisLog::connect(&address, 0).and_then(|mut log| log.look());
            assert!(matches!(fault, Err(Fault::Away(_))), "{fault:?}");
            assert!(began.elapsed() < PATIENCE, "{:?}", began.elapsed());
        });
    });
    server.go_on();
}

#[test]
fn how_full_its_memory_is_is_seen() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let mut log = founded(&server);
    assert_eq!(log.look().expect("it can be looked at").filled, None, "there is no limit");
    server.command(&["CONFIG", "SET", "maxmemory", "1gb"]);
    assert!(log.look().expect("it can be looked at").filled.is_some_and(|percent| percent < 50));
    server.command(&["CONFIG", "SET", "maxmemory", "1mb"]);
    assert!(log.look().expect("it can be looked at").filled.is_some_and(|percent| percent >= 80));
}
