//! What it costs that people are there, and say nothing: each node asks every two seconds who is at the others.

use std::fs;
use std::time::{Duration, Instant};

use pollcat_chat_testing::crowd::Swarm;
use pollcat_chat_testing::table::Table;

use crate::Wanted;
use crate::setup::{Company, PARTS, Setup, Writes};

const PEOPLE: [usize; 3] = [100, 1_000, 2_000];
const MEASURED: Duration = Duration::from_secs(10);
const SETUPS: [Setup; 3] = [
    Setup::alone("disk"),
    Setup::with(Writes::EverySecond, 1, "system"),
    Setup::with(Writes::EverySecond, 3, "system"),
];

pub(crate) fn measure(wanted: &Wanted) {
    println!(
        "\nIdle: N are connected to each node; what all nodes together take in a second, in µs of a processor\n"
    );
    let heads = [&["", "with", "N", "MiB, the first node"], &PARTS[..]].concat();
    let table = Table::new(&heads);
    for setup in SETUPS {
        for program in wanted.programs.iter().filter(|program| program.follows || setup.redis.is_none()) {
            for people in PEOPLE {
                let Some(company) = setup.start(&program.path) else { return };
                let mut swarm = Swarm::over(company.addresses());
                let all = swarm.add(people * setup.nodes);
                swarm.settle(all);
                swarm.go_on(Duration::from_secs(5));
                let (before, begun) = (company.times(), Instant::now());
                swarm.go_on(MEASURED);
                let (after, seconds) = (company.times(), begun.elapsed().as_secs_f64());
                let parts = PARTS.iter().map(|part| match (after.get(part), before.get(part)) {
                    (Some(after), Some(before)) => format!("{:.0}", (after - before) as f64 / 1e3 / seconds),
                    _ => String::new(),
                });
                let figures =
                    [program.name(), setup.told(), people.to_string(), format!("{:.1}", memory(&company))];
                table.row(&figures.into_iter().chain(parts).collect::<Vec<_>>());
            }
        }
    }
}

/// Resident memory, in MiB.
fn memory(company: &Company) -> f64 {
    let pid = company.nodes[0].chat.pid().as_raw_nonzero();
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("how much it is");
    line.split_whitespace().next().and_then(|kib| kib.parse::<f64>().ok()).expect("in KiB") / 1024.0
}
