//! Ten thousand people, and more: what nobody here can measure.

use pollcat_chat_testing::acks::Waits;

use crate::chat::run;
use crate::machine::{MILLISECOND, SECOND, Time};
use crate::measured::costs;
use crate::plan::{Load, Plan, Redis, Seen};

/// So many are connected at the same time, to so many nodes.
const SIZES: [(usize, usize); 5] = [(1_000, 2), (10_000, 2), (100_000, 10), (300_000, 30), (1_000_000, 100)];
/// Each says so much in an hour, when most is said.
const MESSAGES_AN_HOUR: f64 = 6.0;
/// Such a share of all messages is in rooms in which so many people are here.
const ROOMS: [(f64, f64); 3] = [(0.7, 10.0), (0.28, 50.0), (0.02, 500.0)];
/// Such a share of those who hear something look at it. What its people have read is one entry of a node, so often in a second at most.
const LOOK: f64 = 0.2;
const MARKS: f64 = 2.0;
/// Those of a node that is gone come to the others within this: the page waits for 0.2 to 0.5 seconds.
const EARLIEST: f64 = 0.2;
const STORM: Time = 300 * MILLISECOND;

pub(crate) fn table() -> String {
    let heads = [
        "connected",
        "nodes",
        "messages/s",
        "entries/s",
        "deliveries/s of a node",
        "its loop",
        "its other threads",
        "Redis",
        "ack, p50 ms",
        "p99 ms",
        "heard by all, p99 ms",
        "a node dies: the last is back, s",
        "the longest ack meanwhile, ms",
    ];
    let mut table = format!("| {} |\n|{}\n", heads.join(" | "), "---|".repeat(heads.len()));
    let hear: f64 = ROOMS.iter().map(|(share, people)| share * people).sum();
    for (people, nodes) in SIZES {
        let messages = people as f64 * MESSAGES_AN_HOUR / 3600.0;
        let entries = messages + (messages * hear * LOOK).min(MARKS * nodes as f64);
        let usual = seen(nodes, messages, entries, None);
        // As many as were on the one that died, spread over the others.
        let storm = seen(nodes - 1, messages, entries, Some((people / nodes / (nodes - 1), STORM)));
        let [in_the_loop, others, redis] = usual.busy.map(|share| format!("{:.1} %", share * 100.0));
        let ms = |waits: &Waits, share: f64| format!("{:.1}", waits.at(share).as_secs_f64() * 1e3);
        // More comes than is acknowledged: it would depend on when one looks.
        let waits = match usual.rate < 0.95 * entries {
            true => "grow | without | end | – | –".to_owned(),
            false => format!(
                "{} | {} | {} | {:.1} | {:.0}",
                ms(&usual.acks, 0.5),
                ms(&usual.acks, 0.99),
                ms(&usual.heard, 0.99),
                EARLIEST + storm.back as f64 / SECOND as f64,
                storm.worst as f64 / MILLISECOND as f64,
            ),
        };
        table += &format!(
            "| {people} | {nodes} | {messages:.0} | {entries:.0} | {:.0} | {in_the_loop} | {others} | {redis} | {waits} |\n",
            messages * hear / nodes as f64,
        );
    }
    table
}

fn seen(nodes: usize, messages: f64, entries: f64, back: Option<(usize, Time)>) -> Seen {
    let plan = Plan {
        redis: Redis::Always,
        nodes,
        node_syncs: false,
        shares_core: false,
        load: Load::Rate(entries),
        left: 1.0,
        rooms: ROOMS.map(|(share, people)| (share * messages / entries, people)).to_vec(),
        back,
        // Some thousands of entries.
        time: ((5_000.0 / entries).max(3.0) * SECOND as f64) as Time,
    };
    run(&costs(Redis::Always, false), &plan)
}
