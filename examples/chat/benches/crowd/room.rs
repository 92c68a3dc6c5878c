//! One room of many: 50 people say something once a second, and 50 type.

use std::path::Path;
use std::time::{Duration, Instant};

use pollcat_chat_testing::crowd::{Swarm, Talker};

use crate::Wanted;
use pollcat_chat_testing::measured::Server;
use pollcat_chat_testing::table::{Table, megabytes, name};

const CROWDS: [usize; 4] = [150, 1_000, 4_000, 10_000];
const SPEAKERS: usize = 50;
const WARM_UP: Duration = Duration::from_secs(2);
const MEASURED: Duration = Duration::from_secs(8);
const TYPING: &str = r#"{"type":"typing","room":"lobby"}"#;

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Speaks,
    Types,
}

pub(crate) fn measure(wanted: &Wanted) {
    println!(
        "\nA room of N: 50 messages a second of 50 people, and 50 people who type, each told every two seconds\n"
    );
    let table =
        Table::new(&["", "", "N", "CPU %", "frames/s", "MB/s", "CPU µs a frame", "ack p50 ms", "p99 ms"]);
    for (words, what) in [("50 messages/s", What::Speaks), ("50 typists", What::Types)] {
        for crowd in CROWDS.into_iter().filter(|&crowd| wanted.is_size(crowd)) {
            for program in wanted.programs() {
                row(&table, program, (words, what), crowd);
            }
        }
    }
}

fn row(table: &Table, program: &Path, (words, what): (&str, What), crowd: usize) {
    let server = Server::start(program);
    let mut swarm = Swarm::new(server.address());
    let mut speakers: Vec<Talker> = (0..SPEAKERS).map(|_| Talker::new(&mut swarm)).collect();
    let all = swarm.add(crowd - SPEAKERS);
    swarm.settle(all);
    swarm.go_on(Duration::from_secs(6)); // the numbers of a crowd
    run(&mut swarm, &mut speakers, what, WARM_UP);
    speakers.iter_mut().for_each(|speaker| speaker.waits.clear());
    let (told, before, begun) = (swarm.heard.clone(), server.processor_time(), Instant::now());
    run(&mut swarm, &mut speakers, what, MEASURED);
    let seconds = begun.elapsed().as_secs_f64();
    let (told, processor) =
        (swarm.heard.since(&told).all(), (server.processor_time() - before).as_secs_f64());
    let mut waits: Vec<Duration> = speakers.iter().flat_map(|speaker| &speaker.waits).copied().collect();
    waits.sort_unstable();
    let at = |share: f64| match waits.len() {
        0 => String::new(),
        number => format!("{:.1}", waits[((number - 1) as f64 * share) as usize].as_secs_f64() * 1e3),
    };
    table.row(&[
        name(program),
        words.to_owned(),
        crowd.to_string(),
        format!("{:.1}", processor / seconds * 100.0),
        format!("{:.0}", told.frames as f64 / seconds),
        megabytes((told.bytes as f64 / seconds) as u64),
        if told.frames == 0 { String::new() } else { format!("{:.2}", processor * 1e6 / told.frames as f64) },
        at(0.5),
        at(0.99),
    ]);
}

fn run(swarm: &mut Swarm, speakers: &mut [Talker], what: What, time: Duration) {
    let begun = Instant::now();
    let mut next = 0;
    while begun.elapsed() < time {
        while next < (begun.elapsed().as_secs_f64() * SPEAKERS as f64) as usize {
            let speaker = &mut speakers[next % SPEAKERS];
            match what {
                What::Speaks => speaker.say(swarm, "lobby"),
                What::Types => swarm.people[speaker.who].say(TYPING),
            }
            next += 1;
        }
        swarm.turn(Duration::from_millis(2));
        for speaker in &mut *speakers {
            speaker.listen(swarm);
        }
    }
}
