//! How much the system's buffers take for a client that does not read.

use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use pollcat::{Config, PeerId, Server};
use pollcat_testing::client::{Client, PATIENCE};
use pollcat_testing::raw::narrow_stream;
use pollcat_testing::scratch::Scratch;

use crate::directed::Directed;

/// More than any buffer holds.
const MUCH: usize = 32 << 20;
const MESSAGE: usize = 16 << 10;
/// Both buffers of a connection over loopback: the client's own, which is small here, is the larger part.
const LITTLE: u64 = 400 << 10;

/// How many bytes are out when the sockets take no more.
#[track_caller]
fn taken(server: &Directed, to: PeerId) -> u64 {
    server.direct(move |peers| {
        for _ in 0..MUCH / MESSAGE {
            peers.send(to, &[0; MESSAGE][..]);
        }
    });
    loop {
        let before = server.running.counters().bytes_out;
        // They may be enlarged a few times, after some tens of milliseconds each.
        thread::park_timeout(Duration::from_millis(500));
        if before > 0 && before == server.running.counters().bytes_out {
            return before;
        }
    }
}

/// The same for a client of each kind of listener: TCP, TCP made elsewhere, and a Unix-domain socket.
fn taken_by_each(name: &str, change: impl FnOnce(Config) -> Config) -> [u64; 3] {
    let scratch = Scratch::new(name);
    let config = Config::new().max_send_queue(2 * MUCH).ping_after(10 * PATIENCE);
    let mut server = Server::without_listeners(change(config)).expect("the system has a poll for us");
    let own = server.listen("127.0.0.1:0").expect("loopback has a free port");
    let made_elsewhere = TcpListener::bind("127.0.0.1:0").expect("and another");
    let other = made_elsewhere.local_addr().expect("it has an address");
    server.listen_on(made_elsewhere).expect("a listener can be adopted");
    server.listen_unix(scratch.file("socket")).expect("a path to listen on");
    let server = Directed::serve(server);
    // How large a client's buffer is by default, each system decides.
    let narrow = |address| Client::over(narrow_stream(address, 64 << 10));
    let dials: [&dyn Fn() -> Client; 3] =
        [&|| narrow(own), &|| narrow(other), &|| Client::dial_unix(&scratch.file("socket"))];
    let mut before = 0;
    dials.map(|dial| {
        let mut client = dial();
        client.open("");
        let id = server.opened();
        let all = taken(&server, id);
        let own = all - before;
        before = all;
        drop(client);
        server.departure(id);
        own
    })
}

#[cfg(target_os = "linux")]
#[test]
fn a_short_send_buffer_takes_little_whatever_listener_a_client_comes_through() {
    let by_default = taken_by_each("default", |config| config);
    let short = taken_by_each("short", |config| config.send_buffer(8 << 10));
    println!("by default: {by_default:?}, with a short buffer: {short:?}");
    // By how much, each system decides: one with limits of 208 KiB has 285 KiB, and 171 KiB of that is the client's own.
    assert!(by_default.iter().zip(&short).all(|(by_default, short)| *by_default > short + short / 4));
    let [own, other, unix] = short;
    assert!(own < LITTLE && other < LITTLE && unix < 40 << 10, "with a short buffer: {own}, {other}, {unix}");
}

#[cfg(target_os = "linux")]
#[test]
fn what_has_not_left_has_a_limit_of_its_own() {
    let [own, other, _] = taken_by_each("unsent", |config| config.max_unsent(8 << 10));
    assert!(own < LITTLE && other < LITTLE, "{own}, {other}");
}
