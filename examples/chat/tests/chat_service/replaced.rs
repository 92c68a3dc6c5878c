//! The program is replaced under clients, while more and more come, and nobody is refused: their sockets are the manager's. Two
//! rounds with some people; `POLLCAT_REPLACED=1000x5` says how many people, and how many rounds.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::{env, thread};

use rustix::process::Signal;

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::crowd::{Faults, Person, Swarm, Talker};

use crate::manager::{Held, command};

/// Between one newcomer and the next.
const APART: Duration = Duration::from_millis(10);
/// Between one message and the next.
const TALKING: Duration = Duration::from_millis(20);

fn size() -> (usize, usize) {
    let said = env::var("POLLCAT_REPLACED").unwrap_or_else(|_| "60x2".to_owned());
    let (people, rounds) = said.split_once('x').expect("people x rounds");
    (people.parse().expect("a number of people"), rounds.parse().expect("a number of rounds"))
}

/// People who come one after the other, until they are told to end.
fn newcomers(address: std::net::SocketAddr, enough: Arc<AtomicBool>) -> thread::JoinHandle<Swarm> {
    thread::spawn(move || {
        let mut swarm = Swarm::new(address);
        swarm.comes_back = true;
        while !enough.load(Ordering::Relaxed) {
            let who = swarm.add(1);
            swarm.come_in(who);
            swarm.go_on(APART);
        }
        swarm.until("all newcomers are in", |swarm| swarm.people.iter().all(Person::is_live));
        swarm
    })
}

#[test]
fn nobody_is_refused_and_nothing_is_lost_while_the_program_is_replaced() {
    let (people, rounds) = size();
    let held = Held::tcp();
    let mut chat = Chat::prepared(&[]);
    let flags = ["--data", "chat.db", "--message-rate", "0", "--address-rate", "0", "--newcomer-rate", "0"];
    let start = |chat: &mut Chat| {
        let command = command(chat.folder(), &flags);
        chat.run_on(command, held.input());
    };
    start(&mut chat);
    let mut swarm = Swarm::new(held.address());
    let mut talker = Talker::new(&mut swarm);
    let crowd = swarm.add(people);
    swarm.settle(crowd);
    swarm.comes_back = true;
    let enough = Arc::new(AtomicBool::new(false));
    let stream = newcomers(held.address(), Arc::clone(&enough));
    for round in 1..=rounds {
        let end = Instant::now() + Duration::from_millis(500);
        while Instant::now() < end {
            talker.talk(&mut swarm, "lobby", TALKING);
            swarm.turn(Duration::from_millis(5));
        }
        let began = Instant::now();
        chat.signal(Signal::TERM);
        while !chat.is_over() {
            talker.talk(&mut swarm, "lobby", TALKING);
            swarm.turn(Duration::from_millis(1));
        }
        let over = began.elapsed();
        let (status, log) = chat.ended();
        assert!(status.success(), "{log:#?}");
        start(&mut chat);
        let back = began.elapsed();
        swarm.until("all are back", |swarm| {
            talker.talk(swarm, "lobby", TALKING);
            swarm.people.iter().all(Person::is_live)
        });
        println!(
            "{round}: ended after {over:.0?}, serves after {back:.0?}, all are back after {:.0?}",
            began.elapsed()
        );
    }
    swarm.until("all is acknowledged", |swarm| talker.listen(swarm));
    enough.store(true, Ordering::Relaxed);
    let newcomers = stream.join().expect("newcomers do not fail");
    let last = talker.last();
    swarm.until("everybody has heard it all", |swarm| {
        let is_done = |person: &Person| person.speaks || person.offset("lobby").is_some_and(|it| it >= last);
        swarm.people.iter().all(is_done)
    });
    println!(
        "{} newcomers; the longest opening took {:.0?}; {} messages, the longest ack took {:.0?}",
        newcomers.people.len(),
        newcomers.longest_opening.max(swarm.longest_opening),
        talker.said(),
        talker.waits.iter().max().expect("something was said"),
    );
    assert_eq!((swarm.turned_away, newcomers.turned_away), (0, 0));
    assert_eq!((swarm.faults, newcomers.faults), (Faults::default(), Faults::default()));
    assert_eq!(talker.offsets.len() as u64, talker.said());
}
