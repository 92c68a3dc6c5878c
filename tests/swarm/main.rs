//! A swarm of rude clients against a handler that does anything at any time.
//!
//! Every frame of the server must be well formed and say what was sent, nothing may follow a Close, every peer is heard
//! in order and leaves once, and in the end nothing is left behind: no peer, no connection, no work.
//!
//! `POLLCAT_SEED` chooses the swarm (a failure names its own) and `POLLCAT_ROUNDS` how many clients each thread is, one
//! after the other. The threads race, so a seed makes a failure likely again, and not certain.

use std::env;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use pollcat::{Config, Mailbox, Server, SlowPeers};
use pollcat_testing::dice::Dice;
use pollcat_testing::raw::{narrow_listener, processor_time};
use pollcat_testing::running::Running;

use rude::RudeClient;
use wild::{Record, Wild};

mod rude;
mod wild;

const THREADS: u64 = 10;
const ROUNDS: u64 = 8;

/// After the last client has left, for this long nothing may happen.
const IDLE: Duration = Duration::from_millis(500);

#[test]
fn a_swarm_leaves_nothing_behind() {
    let (seed, rounds) = (variable("POLLCAT_SEED", 1), variable("POLLCAT_ROUNDS", ROUNDS));
    // A test's output is shown when it fails.
    println!("to see this again: POLLCAT_SEED={seed} POLLCAT_ROUNDS={rounds} cargo test --test swarm");
    let mut dice = Dice::new(seed);
    let record = Record::default();
    let server = start(&mut dice, &record);
    let threads: Vec<JoinHandle<()>> =
        (0..THREADS).map(|_| rude_thread(dice.child(), rounds, &server)).collect();
    for thread in threads {
        thread.join().expect("no client sees anything wrong");
    }
    server.wait_until("all have left", |now| now.connections == 0 && now.open == 0);
    assert_idle();
    let counters = server.counters();
    drop(server); // stops it: `run` must return, and not have panicked
    record.assert_complete(counters.opened);
}

fn variable(name: &str, default: u64) -> u64 {
    env::var(name)
        .map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name}={value}: a number")))
}

/// Short deadlines, few places and small buffers, so that all the rarer things happen often.
fn start(dice: &mut Dice, record: &Record) -> Running<()> {
    let config = Config::new()
        .ping_after(Duration::from_millis(200))
        .pong_within(Duration::from_millis(300))
        .handshake_within(Duration::from_millis(300))
        .keep_alive(Duration::from_millis(300))
        .close_within(Duration::from_millis(400))
        .tick(Duration::from_millis(100))
        .max_connections(12 + dice.below(20))
        .max_send_queue(dice.choose(&[100, 5_000, 300_000, 1 << 20]))
        .slow_peers(dice.choose(&[SlowPeers::Close, SlowPeers::Skip]));
    let mut server = Server::without_listeners(config).expect("a poll can be had");
    server.listen_on(narrow_listener(4096)).expect("a listener can be watched");
    Running::serve(server, Wild::new(dice.child(), record))
}

fn rude_thread(mut dice: Dice, rounds: u64, server: &Running<()>) -> JoinHandle<()> {
    let address = server.address();
    let mailbox: Mailbox<()> = server.mailbox.clone();
    thread::spawn(move || {
        for _ in 0..rounds {
            RudeClient::connect(address, dice.child()).run();
            if dice.one_in(5) {
                // A full mailbox is as good.
                let _ = mailbox.deliver(());
            }
        }
    })
}

/// A server with nothing to do sleeps, but for its tick.
fn assert_idle() {
    let Some(before) = processor_time() else {
        return eprintln!("NOT TESTED: that an idle server sleeps, as there is no /proc/self/stat");
    };
    thread::sleep(IDLE);
    let spent = processor_time().expect("it was there before") - before;
    assert!(spent <= 20, "{spent} hundredths of a second of work in {IDLE:?} of nothing to do");
}
