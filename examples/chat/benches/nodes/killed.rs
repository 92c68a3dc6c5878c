//! A node is killed: until all who were on it are back on the others, and have heard what they missed.

use std::time::{Duration, Instant};

use pollcat_chat_testing::crowd::{Faults, Line, Swarm, Talker};
use pollcat_chat_testing::table::Table;

use crate::Wanted;
use crate::setup::{Company, Setup, Writes};
use crate::spread::Spread;

const NODES: usize = 3;
const PEOPLE: usize = 900;
const EVERY: Duration = Duration::from_millis(50);

#[derive(Default)]
struct Row {
    half: Spread,
    last: Spread,
    own: Spread,
    processor: Spread,
    faults: Faults,
}

pub(crate) fn measure(wanted: &Wanted) {
    println!(
        "\nKilled: one of {NODES} nodes, with {} of {PEOPLE} people (kill -9), while one speaks 20 times a second\n",
        PEOPLE / NODES
    );
    let table = Table::new(&[
        "",
        "p50 s",
        "last s",
        "last without the client's wait, ms",
        "CPU ms each",
        "strangers",
        "lost",
        "doubled",
    ]);
    let mut rows: Vec<_> = wanted.nodes().map(|program| (program, Row::default())).collect();
    for _ in 0..wanted.rounds {
        for (program, row) in &mut rows {
            let Some(mut company) = Setup::with(Writes::Always, NODES, "system").start(&program.path) else {
                return;
            };
            round(&mut company, row);
        }
    }
    for (program, row) in &rows {
        let Faults { strangers, lost, doubled, .. } = row.faults;
        table.row(&[
            program.name(),
            row.half.told(2),
            row.last.told(2),
            row.own.told(0),
            row.processor.told(2),
            strangers.to_string(),
            lost.to_string(),
            doubled.to_string(),
        ]);
    }
}

fn round(company: &mut Company, row: &mut Row) {
    let mut swarm = Swarm::over(company.addresses());
    // At the first; it is the last that dies.
    let mut talker = Talker::new(&mut swarm);
    let all = swarm.add(PEOPLE);
    swarm.settle(all.clone());
    swarm.comes_back = true;
    talk(&mut swarm, &mut talker, Duration::from_secs(1));
    let gone: Vec<usize> = all.clone().filter(|who| who % NODES == NODES - 1).collect();
    let mut dead = company.nodes.pop().expect("there are three");
    let (had, begun) = (company.times(), Instant::now());
    dead.chat.kill();
    swarm.until("everybody is back", |swarm| {
        talker.talk(swarm, "lobby", EVERY);
        gone.iter().all(|&who| swarm.people[who].welcomes > 1 && swarm.people[who].is_live())
    });
    let now = company.times();
    let spent: u64 = now.iter().map(|(part, time)| time - had.get(part).copied().unwrap_or(0)).sum();
    let mut times: Vec<Duration> = gone.iter().map(|&who| swarm.people[who].live - begun).collect();
    times.sort_unstable();
    let own = gone.iter().map(|&who| swarm.people[who].live - swarm.people[who].knocked).max();
    talk(&mut swarm, &mut talker, Duration::from_millis(500));
    swarm.until("everybody has heard all of it", |swarm| {
        let is_over = talker.listen(swarm);
        let last = talker.last();
        is_over && all.clone().all(|who| swarm.people[who].offset("lobby") == Some(last))
    });
    row.half.add(times[times.len() / 2].as_secs_f64());
    row.last.add(times[times.len() - 1].as_secs_f64());
    row.own.add(own.expect("somebody").as_secs_f64() * 1e3);
    row.processor.add(spent as f64 / 1e6 / gone.len() as f64);
    row.faults.strangers += swarm.faults.strangers;
    row.faults.lost += swarm.faults.lost;
    row.faults.doubled += swarm.faults.doubled;
    debug_assert_eq!(swarm.people[talker.who].line, Line::Here);
}

fn talk(swarm: &mut Swarm, talker: &mut Talker, time: Duration) {
    let end = Instant::now() + time;
    while Instant::now() < end {
        talker.talk(swarm, "lobby", EVERY);
        swarm.turn(Duration::from_millis(5));
    }
}
