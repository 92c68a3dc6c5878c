//! A thousand handshakes at once, and a peer that sends messages meanwhile.

use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use pollcat::{Config, Handler, Message, PeerId, Peers, Server};
use pollcat_testing::raw::need_descriptors;
use pollcat_testing::running::Running;

use crate::authority::{Authority, VERSIONS, dial};
use crate::{assert_echo, open};

const CROWD: usize = 1000;

/// Echoes, and by mail stands still until it is told to go on.
struct Gate;

impl Handler<Receiver<()>> for Gate {
    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        peers.send(from, message);
    }

    fn on_mail(&mut self, _: &mut Peers, go_on: Receiver<()>) {
        let _ = go_on.recv();
    }
}

#[test]
fn a_thousand_handshakes_at_once_do_not_stall_who_talks() {
    need_descriptors();
    let authority = Authority::new();
    let patience = Config::new().handshake_within(Duration::from_secs(120));
    let mut server = Server::without_listeners(patience).expect("the system has a poll for us");
    let address = server.listen_tls("127.0.0.1:0", &authority.tls()).expect("loopback has a free port");
    let running = Running::serve(server, Gate);
    let mut talker = open(authority.dial(address));
    assert_echo(&mut talker, "hello");
    let config = Arc::new(authority.client(&VERSIONS));
    let mut crowd: Vec<_> = (0..CROWD).map(|_| dial(address, Arc::clone(&config), "localhost")).collect();
    running.wait_until("all are accepted", |counters| counters.accepted == CROWD as u64 + 1);

    // The server stands still until all have said hello, and the talker something.
    let (go_on, gate) = channel();
    assert!(running.mailbox.deliver(gate).is_ok(), "the mailbox has room");
    for stream in &mut crowd {
        let mut hello = Vec::new();
        stream.conn.write_tls(&mut hello).expect("a vector takes all");
        stream.sock.write_all(&hello).expect("the system takes it");
    }
    talker.send("still there?".into()).expect("the system takes it");
    go_on.send(()).expect("the gate waits");
    assert_eq!(talker.read().expect("the server answers"), "still there?".into());
    // By the time of a second echo, what the first turn has done is written.
    assert_echo(&mut talker, "and now?");
    let answered = crowd.iter().filter(|stream| has_input(&stream.sock)).count();
    assert!(answered < CROWD / 2, "the talker had to wait for {answered} handshakes");

    // And in the end all come through.
    for stream in &mut crowd {
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock).expect("every handshake succeeds");
        }
    }
    running.wait_until("all are counted", |counters| counters.tls_handshakes == CROWD as u64 + 1);
    assert_eq!(running.counters().tls_failed, 0);
}

fn has_input(stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).expect("a stream can be told not to wait");
    let peeked = stream.peek(&mut [0]);
    stream.set_nonblocking(false).expect("and to wait again");
    peeked.is_ok()
}

/// By the time that the server comes to them theirs is over; but they had done what they could.
#[test]
fn those_who_wait_in_line_for_a_server_that_is_late_are_not_given_up() {
    // More than have a turn at once, few enough to be quick themselves.
    const WAITING: usize = 12;
    let authority = Authority::new();
    let granted = Duration::from_secs(2);
    let config = Config::new().handshake_within(granted);
    let mut server = Server::without_listeners(config).expect("the system has a poll for us");
    let address = server.listen_tls("127.0.0.1:0", &authority.tls()).expect("loopback has a free port");
    let running = Running::serve(server, Gate);
    let config = Arc::new(authority.client(&VERSIONS));
    let mut waiting: Vec<_> = (0..WAITING).map(|_| dial(address, Arc::clone(&config), "localhost")).collect();
    running.wait_until("all are accepted", |counters| counters.accepted == WAITING as u64);
    let (go_on, gate) = channel();
    assert!(running.mailbox.deliver(gate).is_ok(), "the mailbox has room");
    for stream in &mut waiting {
        let mut hello = Vec::new();
        stream.conn.write_tls(&mut hello).expect("a vector takes all");
        stream.sock.write_all(&hello).expect("the system takes it");
    }
    // Time is the subject.
    std::thread::sleep(granted + Duration::from_millis(500));
    go_on.send(()).expect("the gate waits");
    for mut stream in waiting {
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock).expect("the server goes on");
        }
        assert_echo(&mut open(stream), "here");
    }
    assert_eq!(running.counters().tls_failed, 0);
}
