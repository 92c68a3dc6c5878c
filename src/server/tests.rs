//! What no client can bring about: the poll fails.

use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use mio::{Events, Poll};

use super::turn::Sleep;
use super::{Departure, Handler, PeerId, Peers, Server};
use crate::handshake::Request;
use crate::message::Message;

/// Writes down its calls.
struct Diary<'a>(&'a RefCell<Vec<String>>);

impl Handler for Diary<'_> {
    fn on_open(&mut self, _: &mut Peers, id: PeerId, _: &Request<'_>) {
        self.0.borrow_mut().push(format!("open {id}"));
    }

    fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}

    fn on_close(&mut self, peers: &mut Peers, id: PeerId, departure: Departure) {
        peers.broadcast("nobody hears this");
        self.0.borrow_mut().push(format!("close {id}: {departure:?}"));
    }

    fn on_stop(&mut self, peers: &mut Peers) {
        peers.broadcast("nobody hears this");
        self.0.borrow_mut().push(format!("stop, {} peers", peers.ids().len()));
    }
}

/// Fails when the diary has so many lines.
struct Failing<'a>(Poll, &'a RefCell<Vec<String>>, usize);

impl Sleep for Failing<'_> {
    fn poll(&mut self, events: &mut Events, timeout: Option<Duration>) -> io::Result<()> {
        match self.1.borrow().len() < self.2 {
            true => self.0.poll(events, timeout),
            false => Err(io::Error::other("the poll has failed")),
        }
    }
}

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

#[test]
fn everybody_is_closed_and_the_handler_told_of_the_stop_when_the_poll_fails() {
    for opened in [0, 2] {
        let diary = RefCell::default();
        let server = Server::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = server.local_addr().expect("it listens");
        let counters = server.counters();
        let clients = (0..opened).map(|_| {
            thread::spawn(move || {
                let mut client = TcpStream::connect(address).expect("the server listens");
                client.write_all(REQUEST).expect("it takes a request");
                let mut all = Vec::new();
                // An end or a reset, but an end.
                let _ = client.read_to_end(&mut all);
            })
        });
        let clients: Vec<_> = clients.collect();
        let (event_loop, poll) = server.set_up(Diary(&diary)).expect("the system has a poll");
        let result = event_loop.run(Failing(poll, &diary, opened));
        assert_eq!(result.expect_err("the poll has failed").to_string(), "the poll has failed");
        clients.into_iter().for_each(|client| client.join().expect("it came to an end"));
        let mut lines = diary.into_inner();
        assert_eq!(lines.pop().as_deref(), Some("stop, 0 peers"));
        lines.sort();
        let expected = ["close peer 0.0: Lost", "close peer 1.0: Lost", "open peer 0.0", "open peer 1.0"];
        assert_eq!(lines, &expected[..opened * 2]);
        assert_eq!((counters.read().open, counters.read().connections), (0, 0));
    }
}
