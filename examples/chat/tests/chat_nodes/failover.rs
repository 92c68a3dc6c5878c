//! Redis dies with its disk, and one of its replicas takes over. What is acknowledged is on the disk of a replica (`--log-replicas`), so
//! nothing of it is lost, and no node has anything that the log has not.

use std::mem;
use std::sync::Arc;
use std::thread;

use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::redis::RedisServer;
use pollcat_testing::dice::Dice;
use pollcat_testing::running::wait_until;
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::company::{Company, SURE, said};
use crate::ledger;
use crate::rounds::{BETWEEN, variable, wait_for_talk};
use crate::writer::{Stage, Writer};

const NODES: usize = 3;
const WRITERS: usize = 6;
const REPLICAS: usize = 2;

/// Three nodes on a log that has two replicas, one of which confirms what is acknowledged.
#[track_caller]
fn replicated() -> Option<(Company, Vec<RedisServer>)> {
    let redis = RedisServer::start_valkey(&SURE)?;
    let replicas: Vec<RedisServer> =
        (0..REPLICAS).map(|_| RedisServer::start_valkey(&SURE)).collect::<Option<_>>()?;
    replicas.iter().for_each(|replica| replica.follow(&redis));
    let urls: Vec<String> = replicas.iter().chain([&redis]).map(RedisServer::url).collect();
    let log = ["--log", &urls.join(","), "--log-replicas", "1"].map(str::to_owned);
    Some((Company::of(redis, &log, NODES), replicas))
}

/// The replica that is furthest, as a Sentinel chooses it, is the primary; the other one follows it.
#[track_caller]
fn fail_over(company: &mut Company, replicas: &mut [RedisServer]) {
    let length = |server: &RedisServer| -> u64 {
        server.command(&["XLEN", "pollcat:{chat}:log"])[0].parse().expect("a length")
    };
    let furthest = replicas.iter().map(length).enumerate().max_by_key(|&(_, length)| length);
    let (furthest, _) = furthest.expect("there are replicas");
    replicas[furthest].promote();
    mem::swap(&mut company.redis, &mut replicas[furthest]);
    for (at, replica) in replicas.iter().enumerate() {
        if at != furthest {
            replica.follow(&company.redis);
        }
    }
}

fn message(id: &str) -> Value {
    json!({"type": "message", "room": "lobby", "msg": id, "id": id})
}

#[track_caller]
fn insist(person: &mut Json, id: &str) {
    wait_until("it is acknowledged", || person.ask(message(id))["type"] == "ack");
}

#[test]
fn whoever_takes_over_has_what_was_acknowledged() {
    let Some((mut company, mut replicas)) = replicated() else { return };
    let mut alice = company.named(0, "alice");
    assert_eq!(alice.welcome["durability"], "replicated");
    insist(&mut alice, "one");
    company.redis.lose_disk();
    let refused = alice.ask(message("two"));
    assert_eq!(refused["code"], "storage", "{refused}");
    fail_over(&mut company, &mut replicas);
    company.wait_for_all();
    insist(&mut alice, "two");
    for node in 0..NODES {
        assert_eq!(said(&mut alice.again(company.address(node)), "lobby"), ["one", "two"], "node {node}");
    }
    // It comes back as somebody who has never had anything, and follows.
    let old = replicas.iter_mut().find(|replica| !replica.runs()).expect("it is dead");
    old.restart();
    old.follow(&company.redis);
}

/// A primary that is cut off from its replicas goes on taking what it is told, and nobody acts on it.
#[test]
fn what_no_replica_has_is_not_acknowledged() {
    let Some((mut company, mut replicas)) = replicated() else { return };
    let (mut alice, mut bob) = (company.named(0, "alice"), company.named(1, "bob"));
    insist(&mut alice, "one");
    bob.wait_for("the word, that a replica has confirmed to this node too", |it| it["msg"] == "one");
    replicas.iter().for_each(RedisServer::pause);
    let refused = alice.ask(message("two"));
    assert_eq!(refused["code"], "storage", "{refused}");
    wait_until("all nodes say so", || {
        company.nodes.iter().all(|node| node.ready().text().contains("log-replicas"))
    });
    let (refused, seen) = (bob.ask(message("three")), said(&mut bob, "lobby"));
    assert_eq!((&refused["code"], seen), (&json!("storage"), vec!["one".to_owned()]));
    // The old primary has what nobody was told, and dies with it.
    company.redis.kill();
    replicas.iter().for_each(RedisServer::go_on);
    fail_over(&mut company, &mut replicas);
    company.wait_for_all();
    insist(&mut alice, "two");
    insist(&mut bob, "three");
    for node in 0..NODES {
        let said = said(&mut alice.again(company.address(node)), "lobby");
        assert_eq!(said.iter().filter(|it| *it == "two").count(), 1, "{said:?}");
        assert_eq!(said.len(), 3, "{said:?}");
    }
}

/// Over and over while people talk. `POLLCAT_NODE_ROUNDS` and `POLLCAT_SEED` as in `rounds.rs`.
#[test]
fn primaries_die_with_their_disks_and_what_was_acknowledged_is_once_on_every_node() {
    let (seed, rounds) = (variable("POLLCAT_SEED", 1), variable("POLLCAT_NODE_ROUNDS", 3).div_ceil(4));
    println!("POLLCAT_SEED={seed}, {rounds} rounds");
    let Some((mut company, mut replicas)) = replicated() else { return };
    let mut dice = Dice::new(seed);
    let stage = Arc::new(Stage::new(company.nodes.iter().map(|node| node.address).collect()));
    let writers: Vec<_> = (0..WRITERS)
        .map(|number| {
            let person = company.named(number % NODES, &format!("writer{number}"));
            let writer = Writer::new(&person, dice.child());
            let stage = Arc::clone(&stage);
            thread::spawn(move || writer.run(&stage))
        })
        .collect();
    let alive = || writers.iter().all(|it| !it.is_finished());
    for _ in 0..rounds {
        wait_for_talk(&stage, dice.below(BETWEEN), alive);
        let node = dice.below(NODES);
        let still = dice.below(2) == 0;
        if still {
            company.nodes[node].chat.signal(Signal::STOP);
        }
        company.redis.lose_disk();
        fail_over(&mut company, &mut replicas);
        if still {
            company.nodes[node].chat.signal(Signal::CONT);
        } else if dice.below(2) == 0 {
            company.nodes[node].crash();
        }
        wait_for_talk(&stage, dice.below(BETWEEN), alive);
        let old = replicas.iter_mut().find(|replica| !replica.runs()).expect("it is dead");
        old.restart();
        old.follow(&company.redis);
    }
    company.wait_for_all();
    wait_for_talk(&stage, BETWEEN, alive);
    stage.end();
    let writers: Vec<Writer> =
        writers.into_iter().map(|it| it.join().expect("nobody sees anything wrong")).collect();
    let stored = ledger::compare(&company, &writers);
    println!("{stored} messages are stored; {}", stage.told());
}
