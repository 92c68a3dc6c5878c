//! The chat ends, and is started again on its history: everybody comes back with their token and with how far they have heard
//! each room, as the page does, while somebody speaks 20 times a second.

use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use pollcat_chat_testing::crowd::{Faults, Line, Swarm, Talker, Tally};

use crate::Wanted;
use crate::places;
use pollcat_chat_testing::measured::Server;
use pollcat_chat_testing::table::{Table, megabytes, name};

const CROWDS: [usize; 2] = [2_000, 10_000];
const EVERY: Duration = Duration::from_millis(50);

struct Return {
    /// From the signal on.
    listening: Duration,
    half: Duration,
    last: Duration,
    processor: Duration,
    memory: u64,
    /// Until the last was back.
    told: Tally,
    said: u64,
    faults: Faults,
}

pub(crate) fn measure(wanted: &Wanted) {
    println!(
        "\nRestart: N come back with tokens and offsets of three rooms each, while one speaks 20 times a second in the lobby\n"
    );
    let table = Table::new(&[
        "",
        "by",
        "N",
        "listens s",
        "p50 s",
        "last s",
        "CPU s",
        "MiB",
        "MB in all",
        "welcomes",
        "histories",
        "presence",
        "messages",
        "said",
        "strangers",
        "afresh",
        "lost",
        "doubled",
    ]);
    for crowd in CROWDS.into_iter().filter(|&crowd| wanted.is_size(crowd)) {
        for (how, signal) in [("kill -9", Signal::KILL), ("SIGTERM", Signal::TERM)] {
            for program in wanted.programs() {
                row(&table, program, how, crowd, &come_back(program, crowd, signal));
            }
        }
    }
    println!("(aims: all back within 3 s, under 100 MB, nobody a stranger, nothing lost, nothing doubled)");
}

fn row(table: &Table, program: &Path, how: &str, crowd: usize, back: &Return) {
    let Return { listening, half, last, processor, memory, told, said, faults } = back;
    let seconds = |time: &Duration| format!("{:.2}", time.as_secs_f64());
    table.row(&[
        name(program),
        how.to_owned(),
        crowd.to_string(),
        seconds(listening),
        seconds(half),
        seconds(last),
        seconds(processor),
        memory.to_string(),
        megabytes(told.all().bytes),
        megabytes(told.of("welcome").bytes),
        megabytes(told.of("history").bytes),
        megabytes(told.presence().bytes),
        megabytes(told.of("message").bytes),
        said.to_string(),
        faults.strangers.to_string(),
        faults.afresh.to_string(),
        faults.lost.to_string(),
        faults.doubled.to_string(),
    ]);
}

fn come_back(program: &Path, crowd: usize, signal: Signal) -> Return {
    let mut server = Server::start(program);
    let mut swarm = Swarm::new(server.address());
    let mut talker = Talker::new(&mut swarm);
    let all = places::settle(&mut swarm, crowd);
    swarm.comes_back = true;
    let talk_for = |talker: &mut Talker, swarm: &mut Swarm, time: Duration| {
        let end = Instant::now() + time;
        while Instant::now() < end {
            talker.talk(swarm, "lobby", EVERY);
            swarm.turn(Duration::from_millis(5));
        }
    };
    talk_for(&mut talker, &mut swarm, Duration::from_secs(3));
    let (told, begun) = (swarm.heard.clone(), Instant::now());
    let listening = server.restart(signal, &mut swarm) - begun;
    swarm.until("everybody is back", |swarm| {
        talker.talk(swarm, "lobby", EVERY);
        swarm.people[all.clone()].iter().all(|person| person.welcomes > 1 && person.is_live())
    });
    let told = swarm.heard.since(&told);
    let (processor, memory) = (server.processor_time(), server.memory());
    let mut times: Vec<Duration> =
        swarm.people[all.clone()].iter().map(|person| person.live - begun).collect();
    times.sort_unstable();
    talk_for(&mut talker, &mut swarm, Duration::from_secs(2));
    let faults = hear_the_rest(&mut talker, &mut swarm, &all);
    let (half, last) = (times[crowd / 2], times[crowd - 1]);
    Return { listening, half, last, processor, memory, told, said: talker.said(), faults }
}

/// Until everybody has heard the last thing that was said.
fn hear_the_rest(talker: &mut Talker, swarm: &mut Swarm, all: &std::ops::Range<usize>) -> Faults {
    swarm.until("all is acknowledged", |swarm| talker.listen(swarm));
    let last = talker.last();
    let deadline = Instant::now() + Duration::from_secs(20);
    let has_all = |swarm: &Swarm, who: usize| swarm.people[who].offset("lobby") == Some(last);
    let mut next = all.start;
    while next < all.end && Instant::now() < deadline {
        swarm.turn(Duration::from_millis(5));
        while next < all.end && has_all(swarm, next) {
            next += 1;
        }
    }
    let mut faults = swarm.faults;
    faults.lost += all.clone().filter(|&who| !has_all(swarm, who)).count() as u64;
    // Nobody else speaks in the lobby: as many events as things that were said.
    faults.doubled += last.saturating_sub(talker.said());
    faults.lost += talker.said().saturating_sub(last);
    assert!(
        swarm.people[all.clone()].iter().all(|person| person.line == Line::Here),
        "somebody was shown the door"
    );
    faults
}
