//! From a message to its ack, with each promise: what the log adds to it, and what each thread has of it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use pollcat_chat_testing::acks::{Talk, Until, talk};
use pollcat_chat_testing::table::Table;

use crate::setup::{PARTS, Setup, Writes};
use crate::spread::Spread;
use crate::{Program, Wanted};

const MEASURED: Duration = Duration::from_millis(1500);

const SETUPS: [Setup; 8] = [
    Setup::alone("disk"),
    Setup::alone("system"),
    Setup::with(Writes::Never, 1, "system"),
    Setup::with(Writes::EverySecond, 1, "system"),
    Setup::with(Writes::Always, 1, "disk"),
    Setup::with(Writes::Always, 1, "system"),
    Setup::with(Writes::EverySecond, 3, "system"),
    Setup::with(Writes::Always, 3, "system"),
];

#[derive(Default)]
struct Row {
    half: Spread,
    most: Spread,
    rate: Spread,
    entries: Spread,
    stored: Spread,
    parts: BTreeMap<&'static str, Spread>,
}

pub(crate) fn measure(wanted: &Wanted) {
    println!("\nAcks: W writers, spread over the nodes, each with one message of 20 bytes on its way\n");
    let table = Table::new(
        &[&["", "W", "with", "p50 µs", "p99 µs", "messages/s", "a transaction", "it takes µs"], &PARTS[..]]
            .concat(),
    );
    for writers in wanted.writers() {
        let mut rows: Vec<(&Program, Setup, Row)> = Vec::new();
        for setup in SETUPS {
            let can = |program: &&Program| program.follows || setup.redis.is_none();
            rows.extend(wanted.programs.iter().filter(can).map(|program| (program, setup, Row::default())));
        }
        for _ in 0..wanted.rounds {
            for (program, setup, row) in &mut rows {
                if !round(program, *setup, writers, row) {
                    return;
                }
            }
        }
        for (program, setup, row) in &rows {
            let parts =
                PARTS.iter().map(|part| row.parts.get(part).map_or_else(String::new, |it| it.told(1)));
            let figures = [
                program.name(),
                writers.to_string(),
                setup.told(),
                row.half.told(0),
                row.most.told(0),
                row.rate.told(0),
                row.entries.told(1),
                row.stored.told(0),
            ];
            table.row(&figures.into_iter().chain(parts).collect::<Vec<_>>());
        }
    }
    println!("(from \"loop\" on: µs of a processor for each message, by all nodes together)");
}

/// False: there is no Redis.
fn round(program: &Program, setup: Setup, writers: usize, row: &mut Row) -> bool {
    let Some(company) = setup.start(&program.path) else { return false };
    let mut before = None;
    let said = Talk { writers, words: "hello to you: ", until: Until::Time(MEASURED) };
    let waits = talk(&company.addresses(), said, || {
        before = Some((company.nodes[0].stored(), company.times(), Instant::now()));
    });
    let (stored, times, begun) = before.expect("it has begun");
    let seconds = begun.elapsed().as_secs_f64();
    let (after, now) = (company.times(), company.nodes[0].stored());
    let messages = waits.messages() as f64;
    let [transactions, entries, took] = std::array::from_fn(|at| now[at] - stored[at]);
    row.half.add(waits.at(0.5).as_micros() as f64);
    row.most.add(waits.at(0.99).as_micros() as f64);
    row.rate.add(messages / seconds);
    row.entries.add(entries / transactions);
    row.stored.add(took / transactions * 1e6);
    for (part, time) in after {
        let had = time - times.get(part).copied().unwrap_or(0);
        row.parts.entry(part).or_default().add(had as f64 / messages / 1e3);
    }
    true
}
