//! People who come and go among many: a hundred come in a second, and a hundred go.

use std::collections::VecDeque;
use std::path::Path;
use std::time::{Duration, Instant};

use pollcat_chat_testing::crowd::{Faults, Swarm};

use crate::Wanted;
use crate::places;
use pollcat_chat_testing::measured::Server;
use pollcat_chat_testing::table::{Table, megabytes, name};

const CROWDS: [usize; 3] = [1_000, 4_000, 10_000];
/// One comes and one goes, so often.
const APART: Duration = Duration::from_millis(10);
/// They stay for five seconds and are away for five: longer than somebody may be away and never was.
const COMMUTERS: usize = 1_000;
const WARM_UP: Duration = Duration::from_secs(11);
const MEASURED: Duration = Duration::from_secs(15);

pub(crate) fn measure(wanted: &Wanted) {
    println!(
        "\n100 people with tokens come in a second and 100 go, among N who are there: all in the lobby, or in a hall and a team too\n"
    );
    let table = Table::new(&[
        "",
        "rooms",
        "N",
        "CPU % still",
        "CPU %",
        "main loop %",
        "frames/s",
        "MB/s",
        "of it here",
        "presence",
        "kB a coming",
    ]);
    for in_rooms in [false, true] {
        for crowd in CROWDS.into_iter().filter(|&crowd| wanted.is_size(crowd)) {
            for program in wanted.programs() {
                row(&table, program, crowd, in_rooms);
            }
        }
    }
    println!("(aim: under 5 % of a core at 10,000)");
}

fn row(table: &Table, program: &Path, crowd: usize, in_rooms: bool) {
    let server = Server::start(program);
    let mut swarm = Swarm::new(server.address());
    let all = if in_rooms {
        // The commuters have teams and halls too: every so-manieth of all.
        places::settle(&mut swarm, crowd + COMMUTERS)
    } else {
        let all = swarm.add(crowd + COMMUTERS);
        swarm.settle(all.clone());
        all
    };
    let apart = (crowd + COMMUTERS) / COMMUTERS;
    let mut here: VecDeque<usize> = all.step_by(apart).take(COMMUTERS).collect();
    let mut away = here.split_off(COMMUTERS / 2);
    away.iter().for_each(|&who| swarm.leave(who));
    swarm.go_on(Duration::from_secs(6));
    let before = server.processor_time();
    swarm.go_on(Duration::from_secs(5));
    let still = (server.processor_time() - before).as_secs_f64() / 5.0;
    commute(&mut swarm, &mut here, &mut away, WARM_UP);
    let (told, before, main) = (swarm.heard.clone(), server.processor_time(), server.main_time());
    let begun = Instant::now();
    let comings = commute(&mut swarm, &mut here, &mut away, MEASURED);
    let seconds = begun.elapsed().as_secs_f64();
    let share = |time: Duration| format!("{:.2}", time.as_secs_f64() / seconds * 100.0);
    let told = swarm.heard.since(&told);
    let rate = |bytes: u64| megabytes((bytes as f64 / seconds) as u64);
    table.row(&[
        name(program),
        if in_rooms { "all three" } else { "lobby" }.to_owned(),
        crowd.to_string(),
        format!("{:.2}", still * 100.0),
        share(server.processor_time() - before),
        share(server.main_time() - main),
        format!("{:.0}", told.all().frames as f64 / seconds),
        rate(told.all().bytes),
        rate(told.of("here").bytes),
        rate(told.presence().bytes),
        format!("{:.2}", told.all().bytes as f64 / comings as f64 / 1e3),
    ]);
    assert_eq!(swarm.faults, Faults::default());
}

/// How many have come.
fn commute(
    swarm: &mut Swarm,
    here: &mut VecDeque<usize>,
    away: &mut VecDeque<usize>,
    time: Duration,
) -> usize {
    let begun = Instant::now();
    let mut comings = 0;
    while begun.elapsed() < time {
        // As many as are due, even if the machine was busy meanwhile.
        while begun.elapsed() >= APART * comings {
            comings += 1;
            let comes = away.pop_front().expect("about 500 are away");
            swarm.come_in([comes]);
            here.push_back(comes);
            // Two or nobody, so that the number of those who are here is never the same.
            let goings = if swarm.luck() < 0.5 { 2 } else { 0 };
            for goes in here.drain(..goings) {
                swarm.leave(goes);
                away.push_back(goes);
            }
        }
        swarm.turn(Duration::from_millis(2));
    }
    comings as usize
}
