//! What becomes of a panic in a handler, beside what `server/panics.rs` says of the others' connections: it is
//! logged, or it is let through.

use std::io::Read;
use std::net::SocketAddr;
use std::panic::panic_any;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use log::{Level, LevelFilter, Log, Metadata, Record};
use pollcat::{
    Answer, Config, Departure, Handler, Message, OnPanic, PeerId, Peers, Refused, Request, Server, handler_fn,
};
use pollcat_testing::client::{CLOSE, Client, TEXT, masked, upgrade_request};
use pollcat_testing::dice::Dice;
use pollcat_testing::running::Running;

/// Panics with what it receives.
fn fragile(_: &mut Peers, _: PeerId, message: Message<'_>) {
    match message {
        Message::Text(text) => panic!("a bug with {text}"),
        Message::Binary(bytes) => panic_any(bytes.len()),
    }
}

/// What was used to happen always.
#[test]
fn a_panic_that_is_let_through_leaves_run_with_its_payload() {
    let config = Config::new().on_panic(OnPanic::Unwind);
    let server = Server::<()>::with_config("127.0.0.1:0", config).expect("loopback has a free port");
    let (address, counters) = (server.local_addr().expect("it listens"), server.counters());
    let thread = thread::spawn(move || server.run(handler_fn(fragile)));
    let (mut other, mut client) = (Client::connect(address), Client::connect(address));
    client.send(TEXT, b"seven");
    let payload = thread.join().expect_err("run panicked");
    assert_eq!(payload.downcast_ref::<String>().map(String::as_str), Some("a bug with seven"));
    other.nothing_more();
    assert_eq!(counters.read().panics, 0, "counted is what is caught");
}

/// The server outlives a panic, so an assertion in a handler would fail unseen if the tests' server did not look.
#[test]
#[should_panic(expected = "the handler panicked 1 times")]
fn a_test_whose_handler_panics_fails() {
    let server = Running::start(Config::new(), handler_fn(fragile));
    let mut client = Client::connect(server.address());
    client.send(TEXT, b"a test");
    assert_eq!(client.close_frame().0, 1011);
    drop(client);
    drop(server);
}

/// Panics anywhere, one time in four.
struct Erratic(Dice);

impl Erratic {
    fn pass(&mut self) {
        assert!(!self.0.one_in(4), "chance");
    }
}

impl Handler for Erratic {
    fn on_request(&mut self, _: &mut Peers, _: PeerId, _: &Request<'_>) -> Answer {
        self.pass();
        Answer::accept()
    }

    fn on_refused(&mut self, _: &mut Peers, _: &Refused<'_>) {
        self.pass();
    }

    fn on_open(&mut self, peers: &mut Peers, id: PeerId, _: &Request<'_>) {
        peers.subscribe(id, "all");
        self.pass();
        peers.publish("all", "somebody came");
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        peers.publish_from(from, "all", message);
        self.pass();
        peers.send(from, message);
    }

    fn on_close(&mut self, peers: &mut Peers, _: PeerId, _: Departure) {
        self.pass();
        peers.broadcast("somebody left");
    }

    fn on_tick(&mut self, peers: &mut Peers) {
        peers.broadcast("tick");
        self.pass();
    }
}

/// Asks for a WebSocket or for what is refused, says three things and goodbye, and reads whatever comes to its end.
fn visit(address: SocketAddr, number: usize) {
    let mut client = Client::dial(address);
    let origin = if number.is_multiple_of(5) { "Origin: https://foreign.example\r\n" } else { "" };
    let goodbye = masked(CLOSE, &1000_u16.to_be_bytes());
    let request = upgrade_request(origin).into_bytes();
    client.write(&[request, masked(TEXT, b"one").repeat(3), goodbye].concat());
    client.end();
    // A connection that was refused may end in a reset: it did not wait to be let in.
    let _ = client.stream().read_to_end(&mut Vec::new());
}

#[test]
fn panics_by_chance_leave_nothing_behind() {
    let config = Config::new().tick(Duration::from_millis(1));
    let server = Running::start(config, Erratic(Dice::new(7))).expect_panics();
    let address = server.address();
    thread::scope(|scope| {
        for visitor in 0..4 {
            scope.spawn(move || (0..50).for_each(|round| visit(address, visitor + round)));
        }
    });
    server.wait_until("all have left", |counters| counters.connections == 0);
    let counters = server.counters();
    assert_eq!((counters.accepted, counters.open, counters.receiving, counters.sending), (200, 0, 0, 0));
    assert!(counters.panics > 100 && counters.opened > 50, "{counters:?}");
    server.mailbox.stop();
    server.join();
}

/// Keeps the errors of all tests of this program.
struct Errors(Mutex<Vec<String>>);

static ERRORS: Errors = Errors(Mutex::new(Vec::new()));

impl Log for Errors {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= Level::Error
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            self.0.lock().expect("nobody panics while writing").push(record.args().to_string());
        }
    }

    fn flush(&self) {}
}

#[test]
fn the_log_names_the_method_the_peer_and_the_reason() {
    log::set_logger(&ERRORS).expect("no other test has a logger");
    log::set_max_level(LevelFilter::Error);
    let server = Running::start(Config::new(), handler_fn(fragile)).expect_panics();
    for (first_byte, payload) in [(TEXT, &b"the log"[..]), (0x82, &[0; 9])] {
        let mut client = Client::connect(server.address());
        client.send(first_byte, payload);
        assert_eq!(client.close_frame().0, 1011);
    }
    let errors = ERRORS.0.lock().expect("nobody panics while writing").clone();
    // The second client may have the slot of the first.
    let logged = |reason: &str| {
        let is_it =
            |error: &String| error.starts_with("on_message panicked for peer ") && error.ends_with(reason);
        errors.iter().any(is_it)
    };
    assert!(logged(": a bug with the log") && logged(": (no text)"), "{errors:?}");
}
