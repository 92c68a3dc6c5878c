//! Peers that read slowly, but read. Time is the subject here: each transfer takes several times the patience it is
//! granted, in steps that are far shorter than that.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use pollcat::{Answer, Config, Handler, Message, PeerId, Peers, Request, Server};

use pollcat_testing::client::upgrade_request;
use pollcat_testing::raw::{narrow_listener, narrow_stream};
use pollcat_testing::running::Running;

const BODY: usize = 4 << 20;
const BUFFER: usize = 64 << 10;
const GRANTED: Duration = Duration::from_secs(2);
const TAKEN: Duration = Duration::from_secs(8);

/// Has much to say to everybody.
struct Verbose;

impl Handler for Verbose {
    fn on_request(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
        match request.path() {
            "/page" => Answer::page("text/plain", vec![b'p'; BODY]),
            _ => Answer::accept(),
        }
    }

    fn on_open(&mut self, peers: &mut Peers, id: PeerId, _: &Request<'_>) {
        peers.send(id, &vec![0; BODY]);
    }

    fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}
}

fn start(config: Config) -> Running {
    let mut server = Server::without_listeners(config).expect("a poll can be had");
    server.listen_on(narrow_listener(BUFFER)).expect("a listener can be watched");
    Running::serve(server, Verbose)
}

/// Reads `BODY` bytes and more at a steady pace, for as long as `TAKEN`; tells how many have come.
fn read_steadily(mut stream: TcpStream) -> usize {
    stream.set_read_timeout(Some(GRANTED * 3)).expect("reading can be given a limit");
    let (start, mut total, mut buffer) = (Instant::now(), 0, vec![0; 16 << 10]);
    while total <= BODY {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(length) => total += length,
        }
        let due = TAKEN.mul_f64(total as f64 / BODY as f64);
        thread::sleep(due.saturating_sub(start.elapsed()));
    }
    total
}

// A page was cut off in the middle of a steady transfer: the connection was to end after it, and `close_within` ran
// from the moment the page was queued. What was sent before the end arrives, as long as the client reads
// (Config::close_within).
#[test]
fn a_page_arrives_whole_though_it_takes_longer_than_close_within() {
    let server = start(Config::new().close_within(GRANTED));
    let mut stream = narrow_stream(server.address(), BUFFER);
    stream
        .write_all(b"GET /page HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .expect("a request can be written");
    let total = read_steadily(stream);
    assert!(total > BODY, "{total} bytes");
}

// A peer that read a long message at a steady pace was given up as silent: the Ping lay in the queue behind the
// message, and no Pong came in time. Reading is a sign of life: a slow peer is not a dead one (Config::pong_within).
#[test]
fn a_peer_that_reads_steadily_is_alive() {
    let server = start(Config::new().ping_after(GRANTED).pong_within(GRANTED).close_within(GRANTED));
    let mut stream = narrow_stream(server.address(), BUFFER);
    stream.write_all(upgrade_request("").as_bytes()).expect("a request can be written");
    let total = read_steadily(stream);
    assert!(total > BODY, "{total} bytes");
    assert_eq!(server.counters().timed_out, 0);
}
