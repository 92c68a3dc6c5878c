//! What becomes of a panic in a handler, beside what `server/panics.rs` says of the others' connections: it is
//! logged, or it is let through.

use std::panic::panic_any;
use std::sync::Mutex;
use std::thread;

use log::{Level, LevelFilter, Log, Metadata, Record};
use pollcat::{Config, Message, OnPanic, PeerId, Peers, Server, handler_fn};
use pollcat_testing::client::{Client, TEXT};
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
    let server = Running::start(Config::new(), handler_fn(fragile));
    for (first_byte, payload) in [(TEXT, &b"the log"[..]), (0x82, &[0; 9])] {
        let mut client = Client::connect(server.address());
        client.send(first_byte, payload);
        assert_eq!(client.close_frame().0, 1011);
    }
    let errors = ERRORS.0.lock().expect("nobody panics while writing");
    let logged = |line: &str| errors.iter().any(|error| error == line);
    assert!(logged("on_message panicked for peer 0.0: a bug with the log"), "{errors:?}");
    assert!(logged("on_message panicked for peer 1.0: (no text)"), "{errors:?}");
}
