//! How far a node is behind another one while there is much to apply: somebody speaks at the first, and somebody at the last hears it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use pollcat_chat_testing::acks::{Talk, Until, Waits, talk};
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::table::Table;
use serde_json::json;

use crate::setup::{Setup, Writes};
use crate::spread::Spread;
use crate::{Program, Wanted};

const MEASURED: Duration = Duration::from_secs(2);
const SETUPS: [Setup; 2] =
    [Setup::with(Writes::Always, 3, "system"), Setup::with(Writes::EverySecond, 3, "system")];

#[derive(Default)]
struct Row {
    rate: Spread,
    half: Spread,
    most: Spread,
    behind: Spread,
}

pub(crate) fn measure(wanted: &Wanted) {
    println!(
        "\nLag: from the ack at the first of three nodes until somebody at the last has it, while W others talk\n"
    );
    let table = Table::new(&["", "W", "with", "messages/s", "p50 ms", "p99 ms", "entries, p50"]);
    for writers in wanted.writers() {
        let rows = SETUPS.iter().flat_map(|&setup| wanted.nodes().map(move |program| (program, setup)));
        let mut rows: Vec<_> = rows.map(|(program, setup)| (program, setup, Row::default())).collect();
        for _ in 0..wanted.rounds {
            for (program, setup, row) in &mut rows {
                if !round(program, *setup, writers, row) {
                    return;
                }
            }
        }
        for (program, setup, row) in &rows {
            table.row(&[
                program.name(),
                writers.to_string(),
                setup.told(),
                row.rate.told(0),
                row.half.told(2),
                row.most.told(2),
                row.behind.told(1),
            ]);
        }
    }
}

/// False: there is no Redis.
fn round(program: &Program, setup: Setup, writers: usize, row: &mut Row) -> bool {
    let Some(company) = setup.start(&program.path) else { return false };
    let addresses = company.addresses();
    let mut speaker = Json::hello(addresses[0], json!({"name": "speaker"}));
    let mut listener = Json::hello(addresses[setup.nodes - 1], json!({"name": "listener"}));
    let is_over = AtomicBool::new(false);
    let (rate, waits) = thread::scope(|scope| {
        let probe = scope.spawn(|| {
            let mut waits = Vec::new();
            while !is_over.load(Ordering::Relaxed) {
                speaker.say("lobby", "one more");
                let acknowledged = Instant::now();
                listener.wait_for("what was said", |it| it["msg"] == "one more");
                waits.push(acknowledged.elapsed());
            }
            waits
        });
        let said = Talk { writers, words: "hello to you: ", until: Until::Time(MEASURED) };
        let messages = talk(&addresses, said, || {}).messages() as f64;
        is_over.store(true, Ordering::Relaxed);
        (messages / MEASURED.as_secs_f64(), probe.join().expect("somebody listens"))
    });
    let waits: Waits = waits.into_iter().collect();
    let half = waits.at(0.5).as_secs_f64();
    row.rate.add(rate);
    row.half.add(half * 1e3);
    row.most.add(waits.at(0.99).as_secs_f64() * 1e3);
    row.behind.add(half * rate);
    true
}
