//! How fast newcomers come in: all at once, each of them somebody new.

use std::path::Path;
use std::time::Instant;

use pollcat_chat_testing::crowd::Swarm;

use crate::Wanted;
use pollcat_chat_testing::measured::Server;
use pollcat_chat_testing::table::{Table, megabytes, name};

/// How many, and how often: a few are in so quickly that one time tells little.
const STORMS: [(usize, usize); 3] = [(500, 5), (2_000, 3), (10_000, 1)];

struct Storm {
    seconds: f64,
    processor: f64,
    frames: u64,
    bytes: u64,
    memory: u64,
}

pub(crate) fn measure(wanted: &Wanted) {
    println!("\nNewcomers: all at once, until each is welcomed and has a token that is on disk\n");
    let table = Table::new(&[
        "",
        "N",
        "welcomed in s",
        "joins/s",
        "frames each",
        "kB each",
        "MB in all",
        "CPU s",
        "CPU ms each",
        "MiB",
    ]);
    let mut speeds = vec![Vec::new(); wanted.programs.len()];
    for (number, times) in STORMS.into_iter().filter(|&(number, _)| wanted.is_size(number)) {
        for (program, speeds) in wanted.programs().zip(&mut speeds) {
            let mut storms: Vec<Storm> = (0..times).map(|_| storm(program, number)).collect();
            storms.sort_by(|one, other| one.seconds.total_cmp(&other.seconds));
            let storm = storms.swap_remove(times / 2);
            speeds.push(number as f64 / storm.seconds);
            row(&table, program, number, &storm);
        }
    }
    for (program, speeds) in wanted.programs().zip(&speeds) {
        if let ([first, .., last], true) = (speeds.as_slice(), speeds.len() == STORMS.len()) {
            let share = last / first * 100.0;
            println!(
                "{}: joins a second at 10,000 are {share:.0} % of those at 500 (aim: 50)",
                name(program)
            );
        }
    }
}

fn row(table: &Table, program: &Path, number: usize, storm: &Storm) {
    let Storm { seconds, processor, frames, bytes, memory } = storm;
    let each = number as f64;
    table.row(&[
        name(program),
        number.to_string(),
        format!("{seconds:.2}"),
        format!("{:.0}", each / seconds),
        format!("{:.1}", *frames as f64 / each),
        format!("{:.2}", *bytes as f64 / each / 1e3),
        megabytes(*bytes),
        format!("{processor:.2}"),
        format!("{:.3}", processor / each * 1e3),
        memory.to_string(),
    ]);
}

fn storm(program: &Path, number: usize) -> Storm {
    let server = Server::start(program);
    let mut swarm = Swarm::new(server.address());
    let all = swarm.add(number);
    let (before, begun) = (server.processor_time(), Instant::now());
    swarm.come_in(all);
    let mut next = 0;
    swarm.until("all are welcomed", |swarm| {
        next += swarm.people[next..].iter().take_while(|person| person.welcomes > 0).count();
        next == number
    });
    let last = swarm.people.iter().map(|person| person.welcomed).max().expect("somebody came");
    assert!(swarm.people.iter().all(|person| person.token.is_some()), "a token was not stored");
    let heard = swarm.heard.all();
    Storm {
        seconds: (last - begun).as_secs_f64(),
        processor: (server.processor_time() - before).as_secs_f64(),
        frames: heard.frames,
        bytes: heard.bytes,
        memory: server.memory(),
    }
}
