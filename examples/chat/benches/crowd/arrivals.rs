//! What one arrival costs among many: 50 people come, one after the other, go again, and come back.

use std::path::Path;
use std::time::Duration;

use pollcat_chat_testing::crowd::{Count, Faults, Swarm, Talker, Tally};

use crate::Wanted;
use pollcat_chat_testing::measured::Server;
use pollcat_chat_testing::table::{Table, name};

const CROWDS: [usize; 6] = [100, 500, 1_000, 2_000, 4_000, 10_000];
const VISITORS: usize = 50;
const APART: Duration = Duration::from_millis(100);
/// What the page asks when it shows a room.
const WHO: &str = r#"{"type":"who","id":"1","room":"lobby","limit":100}"#;

/// What happened, for all visitors together.
struct Visit {
    told: Tally,
    to_others: Count,
    processor: Duration,
}

pub(crate) fn measure(wanted: &Wanted) {
    println!(
        "\nOne arrival among N who are there, ten in a second; a room of 50 shown messages (`here`: numbers, at most once a second)\n"
    );
    let table = Table::new(&[
        "",
        "what",
        "N",
        "frames to each",
        "B to each",
        "kB to all",
        "of it here",
        "welcome kB",
        "history kB",
        "who kB",
        "kB in all",
        "CPU ms",
    ]);
    for crowd in CROWDS.into_iter().filter(|&crowd| wanted.is_size(crowd)) {
        for program in wanted.programs() {
            for (what, visit) in visits(program, crowd) {
                row(&table, program, what, crowd, &visit);
            }
        }
    }
}

fn row(table: &Table, program: &Path, what: &str, crowd: usize, visit: &Visit) {
    let visitors = VISITORS as f64;
    let kilobytes = |bytes: u64| format!("{:.1}", bytes as f64 / visitors / 1e3);
    let to_each = |number: u64| number as f64 / visitors / crowd as f64;
    table.row(&[
        name(program),
        what.to_owned(),
        crowd.to_string(),
        format!("{:.2}", to_each(visit.to_others.frames)),
        format!("{:.1}", to_each(visit.to_others.bytes)),
        kilobytes(visit.to_others.bytes),
        kilobytes(visit.told.of("here").bytes),
        kilobytes(visit.told.of("welcome").bytes),
        kilobytes(visit.told.of("history").bytes),
        kilobytes(visit.told.of("who").bytes),
        kilobytes(visit.told.all().bytes),
        format!("{:.2}", visit.processor.as_secs_f64() * 1e3 / visitors),
    ]);
}

fn visits(program: &Path, crowd: usize) -> [(&'static str, Visit); 3] {
    let server = Server::start(program);
    let mut swarm = Swarm::new(server.address());
    let mut talker = Talker::new(&mut swarm);
    talker.say_many(&mut swarm, "lobby", 50);
    swarm.leave(talker.who);
    let all = swarm.add(crowd);
    swarm.settle(all);
    let visitors = swarm.add(VISITORS);
    swarm.people[visitors.clone()].iter_mut().for_each(|person| person.asks = Some(WHO));
    // Numbers come at most once for 2,000 people in a second.
    let silence = Duration::from_secs_f64(4.0_f64.max(crowd as f64 / 2_000.0 + 1.0));
    swarm.quiet(silence);
    let mut phase = |act: fn(&mut Swarm, usize)| {
        let (told, to_others, before) = (swarm.heard.clone(), heard(&swarm, crowd), server.processor_time());
        for who in visitors.clone() {
            act(&mut swarm, who);
            swarm.go_on(APART);
        }
        swarm.quiet(silence);
        let to_others = heard(&swarm, crowd) - to_others;
        Visit { told: swarm.heard.since(&told), to_others, processor: server.processor_time() - before }
    };
    let come = |swarm: &mut Swarm, who| swarm.come_in([who]);
    let visits = [("new", phase(come)), ("goes", phase(Swarm::leave)), ("back", phase(come))];
    assert_eq!(swarm.faults, Faults::default());
    visits
}

/// What those have heard who were there before: the talker is the first of all.
fn heard(swarm: &Swarm, crowd: usize) -> Count {
    swarm.people[1..=crowd].iter().map(|person| person.heard).fold(Count::default(), Count::and)
}
