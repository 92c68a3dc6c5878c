//! How far a chat of several nodes goes: a model of queues, made of what things take (`measured.rs`), compared with what was measured of
//! the whole, and asked what nobody here can measure. Both tables are in SIZE.md, and must be there as they come out here.
//!
//! | file | what it knows |
//! |---|---|
//! | `machine.rs` | processors, disks and a clock |
//! | `chat.rs` | who hands what on to whom, and what goes together |
//! | `plan.rs` | what the model is asked, and what it answers |
//! | `measured.rs` | what things take, and what came of it as a whole |
//! | `growth.rs` | ten thousand people, and more |

mod chat;
mod growth;
mod machine;
mod measured;
mod plan;

use chat::run;
use machine::SECOND;
use measured::{Came, POINTS, Point, costs, left};
use plan::{Load, Plan, Redis};

const PAGE: &str = include_str!("../../SIZE.md");

/// The model may be wrong by so much: what it says is at most so many times what was measured, and at least as small a part of it.
const OFF: f64 = 1.5;

#[test]
fn the_model_says_what_was_measured() {
    let mut table = String::from("| | writers | | measured | model | ratio |\n|---|---|---|---|---|---|\n");
    let mut far_off = Vec::new();
    for point in &POINTS {
        let seen = run(&costs(point.redis, point.node_syncs), &plan(point));
        let (what, measured, said) = match point.came {
            Came::Ack(measured) => ("ack, p50 µs", measured, seen.acks.at(0.5).as_secs_f64() * 1e6),
            Came::Rate(measured) => ("messages/s", measured, seen.rate),
        };
        let (told, off) = (told(point), said / measured);
        table += &format!("| {told} | {} | {what} | {measured:.0} | {said:.0} | {off:.2} |\n", point.writers);
        if !(1.0 / OFF..=OFF).contains(&off) {
            far_off.push(told);
        }
    }
    println!("{table}");
    assert!(far_off.is_empty(), "the model is wrong by more than {OFF} times about {far_off:?}\n{table}");
    assert!(PAGE.contains(&table), "SIZE.md has another table than this one:\n{table}");
}

fn plan(point: &Point) -> Plan {
    Plan {
        redis: point.redis,
        nodes: point.nodes,
        node_syncs: point.node_syncs,
        shares_core: true,
        load: Load::Writers(point.writers),
        left: left(point),
        rooms: Vec::new(),
        back: None,
        time: 2 * SECOND,
    }
}

fn told(point: &Point) -> String {
    let nodes = if point.nodes == 1 { "one node" } else { "three nodes" };
    match point.redis {
        Redis::None if point.node_syncs => "alone, `disk`".to_owned(),
        Redis::None => "alone, `system`".to_owned(),
        Redis::EverySecond => format!("`everysec`, {nodes}"),
        Redis::Always => format!("`always`, {nodes}"),
    }
}

#[test]
fn the_page_says_what_the_model_says_of_more_people() {
    let table = growth::table();
    println!("{table}");
    assert!(PAGE.contains(&table), "SIZE.md has another table than this one:\n{table}");
}
