//! How fast a node can apply what others have said: one that is new, and one that stood still.

use std::thread;
use std::time::{Duration, Instant};

use pollcat_chat_testing::acks::{Talk, Until, talk};
use pollcat_chat_testing::table::Table;
use rustix::process::Signal;

use crate::log::ENTRIES;
use crate::setup::{Company, Setup, Writes, pin};
use crate::spread::Spread;
use crate::{Program, Wanted};

const WRITERS: usize = 100;
const DURABILITIES: [&str; 2] = ["system", "disk"];

#[derive(Default)]
struct Row {
    new: Spread,
    still: Spread,
    processor: Spread,
}

pub(crate) fn measure(wanted: &Wanted) {
    println!(
        "\nCatching up: {ENTRIES} messages of 20 bytes; nobody talks meanwhile, and Redis is on another core\n"
    );
    let table = Table::new(&[
        "",
        "durability",
        "a new node: s",
        "entries/s",
        "one that stood still: s",
        "entries/s",
        "µs of CPU for one",
    ]);
    for durability in DURABILITIES {
        for program in wanted.nodes() {
            let mut row = Row::default();
            for _ in 0..wanted.rounds.min(3) {
                if !round(program, durability, &mut row) {
                    return;
                }
            }
            let rate = |spread: &Spread| format!("{:.0}", ENTRIES as f64 / spread.median());
            table.row(&[
                program.name(),
                durability.to_owned(),
                row.new.told(2),
                rate(&row.new),
                row.still.told(2),
                rate(&row.still),
                row.processor.told(1),
            ]);
        }
    }
}

/// False: there is no Redis.
fn round(program: &Program, durability: &str, row: &mut Row) -> bool {
    let Some(mut company) = Setup::with(Writes::EverySecond, 1, "system").start(&program.path) else {
        return false;
    };
    company.add(&program.path, durability);
    let still = &company.nodes[1];
    let had = still.stored()[1];
    still.chat.signal(Signal::STOP);
    let said = Talk { writers: WRITERS, words: "hello to you: ", until: Until::Messages(ENTRIES) };
    talk(&company.addresses()[..1], said, || {});
    pin(company.redis().pid(), "1");
    let (times, begun) = (company.times(), Instant::now());
    still.chat.signal(Signal::CONT);
    while still.stored()[1] < had + ENTRIES as f64 {
        thread::sleep(Duration::from_millis(5));
    }
    row.still.add(begun.elapsed().as_secs_f64());
    let parts = ["loop", "follow", "history"];
    let now = company.times();
    let spent: u64 = parts.iter().map(|part| now[part] - times[part]).sum();
    row.processor.add(spent as f64 / 1e3 / ENTRIES as f64);
    row.new.add(newcomer(&mut company, program, durability).as_secs_f64());
    true
}

/// Until it takes people in.
fn newcomer(company: &mut Company, program: &Program, durability: &str) -> Duration {
    let begun = Instant::now();
    company.add(&program.path, durability);
    begun.elapsed()
}
