//! A stop that is noticed, that reaches every peer, and that is quiet.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::net::TcpStream;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use std::{env, path::Path};

use log::{Level, LevelFilter, Log, Metadata, Record};
use pollcat::{Config, Departure, Handler, Message, PeerId, Peers, PreparedMessage, handler_fn};
use pollcat_testing::client::{BINARY, CLOSE, Client, PATIENCE, TEXT, masked};
use pollcat_testing::raw::processor_time;
use pollcat_testing::running::{Running, wait_until};

use crate::doorstep::{Diary, Witness, doorstep, keep_busy, reset};

/// Stops the server when somebody leaves.
struct Loyal;

impl Handler for Loyal {
    fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}

    fn on_close(&mut self, peers: &mut Peers, _: PeerId, _: Departure) {
        peers.stop();
    }
}

// A handler stopped the server from on_close and `run` did not return: on_close is told at the turn's end, after the
// loop had looked for a stop, and no event woke it up again.
// `Peers::stop` works from every method of a handler.
#[test]
fn a_handler_may_stop_the_server_from_on_close() {
    // No deadline may wake the loop while we wait.
    let long = PATIENCE * 3;
    let config = Config::new().handshake_within(long).ping_after(long).close_within(long);
    let server = Running::start(config, Loyal);
    reset(Client::connect(server.address()));
    server.join();
}

/// Writes until the server is gone.
fn write_on(client: &Client) -> JoinHandle<()> {
    let mut stream = client.stream();
    let frame = masked(BINARY, &vec![0; 60_000]);
    thread::spawn(move || while stream.write_all(&frame).is_ok() {})
}

// `run` returned without having told on_close of everybody: the turn in which the last deadline passed ended the loop
// before the peers were reaped.
// Every on_open has its on_close (Handler), also with no time to close at all.
#[test]
fn everybody_who_was_opened_is_closed_when_run_returns() {
    for close_within in [Duration::ZERO, Duration::from_millis(200)] {
        let diary = Diary::default();
        let server = Running::start(Config::new().close_within(close_within), Witness::new(&diary));
        let silent = [(); 3].map(|()| Client::connect(server.address()));
        let busy = [(); 2].map(|()| Client::connect(server.address()));
        let writers = busy.each_ref().map(write_on);
        server.wait_until("all are open", |counters| counters.open == 5);
        drop(server); // stops it, and waits for `run`
        drop(silent);
        drop(busy);
        for writer in writers {
            writer.join().expect("a writer does not panic");
        }
        assert_eq!(diary.count("close"), 5, "{close_within:?}: {:?}", diary.lines());
    }
}

// Letters that a thread had mailed before it stopped the server were lost when there were more of them than one turn
// reads: the stop overtook them.
// What was posted before the request to stop is carried out (Mailbox).
#[test]
fn what_a_thread_mailed_before_it_stopped_the_server_arrives() {
    const LETTERS: usize = 3000;
    let (door, step) = doorstep();
    let server = Running::start(Config::new(), Witness::with_doorstep(&Diary::default(), step));
    let mut client = Client::connect(server.address());
    keep_busy(&door, &mut client);
    let letter = PreparedMessage::new("x");
    for _ in 0..LETTERS {
        server.mailbox.broadcast(&letter).expect("the mailbox holds 4096");
    }
    server.mailbox.stop();
    door.open();
    for number in 0..LETTERS {
        assert_eq!(client.frame().0, TEXT, "letter {number}");
    }
    assert_eq!(client.frame().0, CLOSE);
}

/// Tells the child that it is one, and has few descriptors.
const FEW_DESCRIPTORS: &str = "POLLCAT_FEW_DESCRIPTORS";

// A server that had once run out of descriptors spun while it stopped: the time of the next attempt to accept lay in
// the past, and there was no listener left to make it. A stopping server waits for its peers asleep. The limit is the
// process's own, so this runs in a child.
#[test]
fn a_stopping_server_sleeps_though_it_had_run_out_of_descriptors() {
    if env::var_os(FEW_DESCRIPTORS).is_some() {
        return stop_after_running_out_of_descriptors();
    }
    if processor_time().is_none() || !Path::new("/dev/null").exists() {
        return cannot_run("there is no /proc/self/stat, or no /dev/null");
    }
    let test = "stopping::a_stopping_server_sleeps_though_it_had_run_out_of_descriptors";
    let child = Command::new("sh")
        .args(["-c", r#"ulimit -n 120 && exec "$0" --exact "$1" --nocapture"#])
        .arg(env::current_exe().expect("a test knows its program"))
        .arg(test)
        .env(FEW_DESCRIPTORS, "1")
        .output();
    match child {
        Err(error) if error.kind() == ErrorKind::NotFound => cannot_run("there is no sh"),
        Err(error) => panic!("sh: {error}"),
        Ok(output) => {
            let told = [output.stdout, output.stderr].concat();
            let told = String::from_utf8_lossy(&told);
            assert!(output.status.success() && told.contains("1 passed"), "{told}");
        }
    }
}

/// This machine lacks something. That is said aloud, and no failure, except where everything must be there.
fn cannot_run(why: &str) {
    assert!(env::var_os("CI").is_none(), "not tested: {why}");
    eprintln!("NOT TESTED: {why}");
}

fn stop_after_running_out_of_descriptors() {
    const STOPPING: Duration = Duration::from_secs(3);
    log::set_logger(&Ear).expect("nobody else listens");
    log::set_max_level(LevelFilter::Warn);
    let server = Running::start(Config::new().close_within(STOPPING), handler_fn(|_, _, _| {}));
    let _silent = Client::connect(server.address());
    let mut files: Vec<File> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
    files.pop();
    let _late = TcpStream::connect(server.address()).expect("one descriptor is left");
    wait_until("accepting fails", Ear::has_heard);
    files.truncate(20);
    let before = processor_time().expect("the parent has tried it");
    drop(server); // `_silent` never answers the Close: this takes as long as it may
    let spent = processor_time().expect("the parent has tried it") - before;
    assert!(spent < 100, "{spent} hundredths of a second of work in {STOPPING:?} of waiting");
}

/// Listens for the one warning that tells of a failed attempt to accept.
struct Ear;

static WARNED: AtomicBool = AtomicBool::new(false);

impl Ear {
    fn has_heard() -> bool {
        WARNED.load(Ordering::Acquire)
    }
}

impl Log for Ear {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= Level::Warn
    }

    fn log(&self, record: &Record<'_>) {
        if record.args().to_string().contains("cannot accept") {
            WARNED.store(true, Ordering::Release);
        }
    }

    fn flush(&self) {}
}
