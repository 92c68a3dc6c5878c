//! One message, and all who hear it: until the last of them has it, and how many are told in a second.

use std::time::{Duration, Instant};

use pollcat_chat_testing::acks::Waits;
use pollcat_chat_testing::crowd::{Swarm, Talker};
use pollcat_chat_testing::table::Table;

use crate::setup::{Company, Setup, Writes};
use crate::spread::Spread;
use crate::{Program, Wanted};

const LISTENERS: usize = 900;
/// One after the other.
const ALONE: usize = 60;
/// As many as the nodes can tell, so many at a time.
const TOGETHER: usize = 16;
const MEASURED: Duration = Duration::from_secs(2);

const SETUPS: [Setup; 4] = [
    Setup::alone("disk"),
    Setup::with(Writes::Always, 1, "system"),
    Setup::with(Writes::Always, 3, "system"),
    Setup::with(Writes::EverySecond, 3, "system"),
];

#[derive(Default)]
struct Row {
    half: Spread,
    most: Spread,
    told: Spread,
    cost: Spread,
    bytes: Spread,
}

pub(crate) fn measure(wanted: &Wanted) {
    println!("\nFan-out: {LISTENERS} in one room, spread over the nodes, hear one who speaks at the first\n");
    let table = Table::new(&[
        "",
        "with",
        "all have it, p50 ms",
        "p99 ms",
        "deliveries/s",
        "µs of CPU for one",
        "bytes of one",
    ]);
    let mut rows: Vec<(&Program, Setup, Row)> = Vec::new();
    for setup in SETUPS {
        let can = |program: &&Program| program.follows || setup.redis.is_none();
        rows.extend(wanted.programs.iter().filter(can).map(|program| (program, setup, Row::default())));
    }
    for _ in 0..wanted.rounds {
        for (program, setup, row) in &mut rows {
            let Some(company) = setup.start(&program.path) else { return };
            round(&company, row);
        }
    }
    for (program, setup, row) in &rows {
        table.row(&[
            program.name(),
            setup.told(),
            row.half.told(2),
            row.most.told(2),
            row.told.told(0),
            row.cost.told(2),
            row.bytes.told(0),
        ]);
    }
}

fn round(company: &Company, row: &mut Row) {
    let mut swarm = Swarm::over(company.addresses());
    let mut talker = Talker::new(&mut swarm);
    let all = swarm.add(LISTENERS);
    swarm.settle(all);
    swarm.quiet(Duration::from_millis(300));
    let waits: Waits = (0..ALONE)
        .map(|_| {
            let (told, begun) = (swarm.heard.of("message").frames, Instant::now());
            talker.say(&mut swarm, "lobby");
            swarm.until("all have heard it", |swarm| {
                swarm.heard.of("message").frames == told + LISTENERS as u64
            });
            swarm.until("it is acknowledged", |swarm| talker.listen(swarm));
            begun.elapsed()
        })
        .collect();
    row.half.add(waits.at(0.5).as_secs_f64() * 1e3);
    row.most.add(waits.at(0.99).as_secs_f64() * 1e3);

    let (before, cost, begun) = (swarm.heard.clone(), company.times(), Instant::now());
    while begun.elapsed() < MEASURED {
        let due = talker.said() * LISTENERS as u64 - swarm.heard.of("message").frames;
        if due < (TOGETHER * LISTENERS) as u64 {
            talker.say(&mut swarm, "lobby");
        }
        talker.listen(&mut swarm);
        swarm.turn(Duration::from_millis(1));
    }
    let (seconds, heard) = (begun.elapsed().as_secs_f64(), swarm.heard.since(&before).of("message"));
    let had: u64 = company.times().iter().map(|(part, time)| time - cost[part]).sum();
    row.told.add(heard.frames as f64 / seconds);
    row.cost.add(had as f64 / 1e3 / heard.frames as f64);
    row.bytes.add(heard.bytes as f64 / heard.frames as f64);
}
