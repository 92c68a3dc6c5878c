//! Nodes and Redis are killed, stopped and parted in mid-talk, and disks are full, over and over, while people go from node to node and
//! say again, with the same id, what was not acknowledged. In the end every node has the same: all that was acknowledged, once, where the
//! `ack` said.
//!
//! `POLLCAT_SEED` chooses the torment (a failure names its own) and `POLLCAT_NODE_ROUNDS` how long it lasts. The threads race with the
//! programs, so a seed makes a failure likely again, and not certain.

use std::env;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use pollcat_chat_testing::redis::RedisServer;
use pollcat_testing::client::PATIENCE;
use pollcat_testing::dice::Dice;
use rustix::process::Signal;

use crate::company::{Company, Node};
use crate::ledger;
use crate::writer::{Stage, Writer};

const ROUNDS: u64 = 3;
const NODES: usize = 3;
const WRITERS: usize = 6;
/// So many messages are acknowledged between one blow and the next, at most.
pub(crate) const BETWEEN: usize = 150;
/// So long something stands still, in milliseconds: sometimes longer than a log is waited for.
const STILL: usize = 4_000;

pub(crate) fn variable(name: &str, default: u64) -> u64 {
    env::var(name)
        .map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name}={value}: a number")))
}

#[test]
fn what_is_acknowledged_is_once_on_every_node_whoever_was_killed() {
    let (seed, rounds) = (variable("POLLCAT_SEED", 1), variable("POLLCAT_NODE_ROUNDS", ROUNDS));
    println!("POLLCAT_SEED={seed} POLLCAT_NODE_ROUNDS={rounds}");
    let Some(mut company) = Company::apart(NODES) else { return };
    let mut dice = Dice::new(seed);
    let addresses = company.nodes.iter().map(|node| node.address).collect();
    let stage = Arc::new(Stage::new(addresses));
    let writers: Vec<_> = (0..WRITERS)
        .map(|number| {
            let person = company.named(number % NODES, &format!("writer{number}"));
            let writer = Writer::new(&person, dice.child());
            let stage = Arc::clone(&stage);
            thread::spawn(move || writer.run(&stage))
        })
        .collect();
    let mut blows = Vec::new();
    for _ in 0..rounds {
        let alive = || writers.iter().all(|it| !it.is_finished());
        wait_for_talk(&stage, dice.below(BETWEEN), alive);
        blows.push(blow(&mut company, &mut dice));
    }
    company.wait_for_all();
    wait_for_talk(&stage, BETWEEN, || writers.iter().all(|it| !it.is_finished()));
    stage.end();
    let writers: Vec<Writer> =
        writers.into_iter().map(|it| it.join().expect("nobody sees anything wrong")).collect();
    let stored = ledger::compare(&company, &writers);
    println!("{blows:?}; {stored} messages are stored; {}", stage.told());
}

/// Until so many more messages are acknowledged.
pub(crate) fn wait_for_talk(stage: &Stage, more: usize, alive: impl Fn() -> bool) {
    let enough = stage.acknowledged() + more as u64;
    let deadline = Instant::now() + 3 * PATIENCE;
    while stage.acknowledged() < enough {
        assert!(alive(), "somebody has seen something wrong");
        assert!(Instant::now() < deadline, "nothing is acknowledged any more");
        thread::park_timeout(Duration::from_millis(1));
    }
}

/// Something happens, and is over again.
fn blow(company: &mut Company, dice: &mut Dice) -> &'static str {
    let one = dice.below(NODES);
    let other = (one + 1 + dice.below(NODES - 1)) % NODES;
    let Company { nodes, redis } = company;
    match dice.below(14) {
        0 | 1 => {
            nodes[one].crash();
            "a node killed"
        }
        2 => {
            nodes[one].chat.kill();
            wait(dice, STILL);
            nodes[one].start();
            "a node away"
        }
        3 => {
            stand_still(&nodes[one], dice);
            "a node still"
        }
        4 => {
            killed(redis, dice);
            "Redis killed"
        }
        5 => {
            redis.pause();
            wait(dice, STILL);
            redis.go_on();
            "Redis still"
        }
        6 => {
            nodes[one].chat.kill();
            stand_still(&nodes[other], dice);
            killed(redis, dice);
            nodes[one].start();
            "a node killed, another one still, Redis killed"
        }
        7 => {
            nodes[one].way().cut();
            wait(dice, STILL);
            nodes[one].way().heal();
            "a node cut off"
        }
        8 => {
            nodes[one].way().hold();
            wait(dice, STILL);
            heal(&nodes[one], dice);
            "a node out of reach"
        }
        9 => {
            nodes[one].way().hold_answers();
            wait(dice, STILL);
            heal(&nodes[one], dice);
            "a node that hears nothing"
        }
        10 => {
            nodes[one].way().delay(Duration::from_millis(1 + dice.below(50) as u64));
            nodes[other].way().cut();
            wait(dice, STILL);
            nodes.iter().for_each(|node| node.way().heal());
            "a node slow, another one cut off"
        }
        11 => {
            nodes[one].way().hold_answers();
            killed(redis, dice);
            nodes[one].chat.kill();
            nodes[one].way().heal();
            nodes[one].start();
            "Redis killed, and a node that does not hear of it"
        }
        12 => {
            let room = dice.below(200_000) as u64;
            nodes[one].limit_files(Some(nodes[one].written() + room));
            wait(dice, STILL);
            // Whoever looks after it starts it again, or makes room.
            if dice.one_in(2) {
                nodes[one].crash()
            } else {
                nodes[one].limit_files(None)
            }
            "a node's disk full"
        }
        _ => {
            // All at once, as the power does.
            nodes.iter_mut().for_each(|node| node.chat.kill());
            killed(redis, dice);
            nodes.iter_mut().for_each(Node::start);
            "all killed"
        }
    }
}

/// What has waited goes on, or is lost.
fn heal(node: &Node, dice: &mut Dice) {
    if dice.one_in(2) {
        node.way().cut();
    }
    node.way().heal();
}

fn killed(redis: &mut RedisServer, dice: &mut Dice) {
    redis.kill();
    wait(dice, STILL / 4);
    redis.restart();
}

fn stand_still(node: &Node, dice: &mut Dice) {
    node.chat.signal(Signal::STOP);
    wait(dice, STILL);
    node.chat.signal(Signal::CONT);
}

/// Nothing waits for this; it only makes the moment another one each time.
fn wait(dice: &mut Dice, most: usize) {
    thread::sleep(Duration::from_millis(dice.below(most) as u64));
}
