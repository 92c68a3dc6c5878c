//! Stopping: every peer gets a Close, what was sent before still arrives, and `run` returns.

use std::io::ErrorKind;
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use pollcat::{CloseCode, Config, Departure, Handler, Message, PeerId, Peers, Server, handler_fn};
use pollcat_testing::client::{Client, PATIENCE, upgrade_request};

use crate::directed::{Directed, Event};
use crate::running::Running;

#[test]
fn a_stopping_server_says_1001_after_what_it_has_to_say() {
    let server = Directed::start(Config::new().close_within(PATIENCE));
    let address = server.running.address();
    let mut guests: Vec<_> = (0..3).map(|_| server.guest()).collect();
    server.direct(|peers| {
        peers.broadcast("before");
        peers.stop();
        peers.broadcast(&"y".repeat(200_000));
    });
    for (id, client) in &mut guests {
        assert_eq!(client.text(), "before");
        assert_eq!(client.text().len(), 200_000);
        assert_eq!(client.close_frame(), (1001, "the server is stopping".into()));
        client.close(1001);
        client.nothing_more();
        assert_eq!(server.departure(*id), Departure::Closed(CloseCode::GOING_AWAY));
    }
    drop(guests);
    assert_eq!(server.join(), []);
    let refused = TcpStream::connect(address).map_err(|error| error.kind());
    assert!(matches!(refused, Err(ErrorKind::ConnectionRefused)), "{refused:?}");
}

#[test]
fn a_peer_that_does_not_answer_cannot_keep_a_server_from_stopping() {
    let server = Directed::start(Config::new().close_within(Duration::from_millis(300)));
    let (id, _silent) = server.guest();
    let _without_a_word = Client::dial(server.running.address());
    let mut half = Client::dial(server.running.address());
    half.write(b"GET / HTTP/1.1\r\n");
    server
        .running
        .wait_until("all are there", |counters| counters.connections == 3 && counters.bytes_in > 150);
    let started = Instant::now();
    server.running.mailbox.stop();
    assert_eq!(server.event(), Event::Left(id, Departure::TimedOut));
    assert_eq!(server.join(), []);
    // The default handshake deadline is 10 s: it does not count here.
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
}

#[test]
fn who_is_not_a_websocket_yet_is_let_go_and_new_clients_are_refused() {
    let server = Directed::start(Config::new().close_within(PATIENCE));
    let (id, mut client) = server.guest();
    let address = server.running.address();
    let mut silent = Client::dial(address);
    let mut half = Client::dial(address);
    let request = upgrade_request("");
    let (head, tail) = request.split_at(40);
    half.write(head.as_bytes());
    let known = |counters: &pollcat::Counters| {
        counters.connections == 3 && counters.bytes_in == (request.len() + head.len()) as u64
    };
    server.running.wait_until("all are there", known);
    server.running.mailbox.stop();
    assert_eq!(client.close_frame().0, 1001);
    // The stop has begun. The guest keeps it from being over.
    silent.nothing_more();
    assert!(TcpStream::connect(address).is_err());
    half.write(tail.as_bytes());
    let answer = half.head();
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("\r\nRetry-After: "), "{answer}");
    client.close(1000);
    assert_eq!(server.departure(id), Departure::Closed(CloseCode::NORMAL));
}

#[test]
fn a_stop_before_the_run_and_two_of_them_are_a_stop() {
    let server = Server::<()>::bind("127.0.0.1:0").expect("loopback has a free port");
    let mailbox = server.mailbox();
    mailbox.stop();
    mailbox.stop();
    Running::serve(server, handler_fn(|_, _, _| {})).join();
    mailbox.stop(); // nobody is there to hear it
}

/// Writes down the calls in which it could be the last.
struct LastCalls(Arc<Mutex<Vec<String>>>);

impl LastCalls {
    fn note(&self, call: &str, peers: &mut Peers) {
        peers.broadcast("who is still there?");
        let mut calls = self.0.lock().expect("no test panics with it");
        calls.push(format!("{call}, {} are there, {} open", peers.ids().len(), peers.counters().open));
    }
}

impl Handler for LastCalls {
    fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}

    fn on_close(&mut self, peers: &mut Peers, _: PeerId, _: Departure) {
        self.note("on_close", peers);
    }

    fn on_stop(&mut self, peers: &mut Peers) {
        self.note("on_stop", peers);
        // What is asked for now is too late, and does no harm.
        peers.after(Duration::ZERO);
        peers.drain(Duration::MAX, CloseCode::NORMAL);
        peers.stop();
    }
}

#[test]
fn on_stop_is_the_last_call_whether_somebody_came_or_not() {
    // One answers its Close, and one never does.
    for guests in [0, 1, 2] {
        let calls = Arc::default();
        let config = Config::new().close_within(Duration::from_millis(300));
        let server = Running::start(config, LastCalls(Arc::clone(&calls)));
        let mut guests: Vec<Client> = (0..guests).map(|_| Client::connect(server.address())).collect();
        server.mailbox.stop();
        if let [answers, ..] = &mut guests[..] {
            answers.close_frame();
            answers.close(1001);
        }
        server.join();
        let calls = calls.lock().expect("nobody has panicked with it");
        let mut expected = vec!["on_close, 0 are there, 0 open"; guests.len()];
        expected.push("on_stop, 0 are there, 0 open");
        assert_eq!(*calls, expected);
    }
}
