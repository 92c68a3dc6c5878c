//! A server that comes late to everything: the handler stands still, for longer than any deadline. A peer that has
//! answered meanwhile was not silent. Time is the subject here as well.
//!
//! The crowd is larger than what one poll brings, so that not all of its answers are read in one turn.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use pollcat::{
    Answer, CloseCode, Config, Departure, Handler, Message, PeerId, Peers, Request, RequestId, Server,
};
use pollcat_testing::client::{CLOSE, Client, PING, PONG, SHORT, TEXT, upgrade_request};
use pollcat_testing::raw::{narrow_listener, narrow_stream, need_descriptors};
use pollcat_testing::running::Running;

use crate::doorstep::{Door, Doorstep, doorstep};

const GRANTED: Duration = Duration::from_secs(3);
/// More than was granted.
const STANDSTILL: Duration = Duration::from_millis(3_900);
const EACH: usize = 600;

/// Does what texts tell it to, and tells the test how peers depart.
struct Sleeper {
    doorstep: Doorstep,
    /// Whoever came with this query.
    leaving: Vec<PeerId>,
    departures: Sender<Departure>,
}

impl Handler for Sleeper {
    fn on_open(&mut self, _: &mut Peers, id: PeerId, request: &Request<'_>) {
        if request.query() == Some("leaving") {
            self.leaving.push(id);
        }
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        match message.as_bytes() {
            b"wait" => self.doorstep.wait(),
            b"close" => self.close(peers),
            b"wait, then close" => {
                self.doorstep.wait();
                self.close(peers);
            }
            b"much" => drop(peers.send(from, &vec![0; MUCH])),
            _ => drop(peers.send(from, message)),
        }
    }

    fn on_close(&mut self, _: &mut Peers, _: PeerId, departure: Departure) {
        // The test may have seen enough.
        let _ = self.departures.send(departure);
    }
}

impl Sleeper {
    fn close(&mut self, peers: &mut Peers) {
        for id in self.leaving.drain(..) {
            peers.close(id, CloseCode::NORMAL, "");
        }
    }
}

const MUCH: usize = 4 << 20;

fn start(config: Config) -> (Running, Door, Receiver<Departure>) {
    let mut server = Server::without_listeners(config).expect("a poll can be had");
    server.listen("127.0.0.1:0").expect("loopback has a free port");
    serve(server)
}

fn serve(server: Server) -> (Running, Door, Receiver<Departure>) {
    let (door, doorstep) = doorstep();
    let (departures, departed) = channel();
    (Running::serve(server, Sleeper { doorstep, leaving: Vec::new(), departures }), door, departed)
}

fn connect(server: &Running, query: &str) -> Client {
    let mut client = ask_to_open(server, query);
    is_open(&mut client);
    client
}

fn ask_to_open(server: &Running, query: &str) -> Client {
    let mut client = Client::dial(server.address());
    client.write(upgrade_request("").replacen("GET /", &format!("GET /?{query}"), 1).as_bytes());
    client
}

fn is_open(client: &mut Client) {
    assert!(client.head().starts_with("HTTP/1.1 101 "));
}

/// A crowd, many at a time: on a busy machine so many round trips, one after the other, take longer than is granted.
/// Not all at once: the system may keep no more than a hundred or so for a server that is late.
fn connect_all(server: &Running, query: &str) -> Vec<Client> {
    let mut clients = Vec::new();
    while clients.len() < EACH {
        let mut batch: Vec<Client> = (0..100).map(|_| ask_to_open(server, query)).collect();
        batch.iter_mut().for_each(is_open);
        clients.append(&mut batch);
    }
    clients
}

/// All say it before the first one listens, for the same reason.
fn echoed<'a>(clients: impl Iterator<Item = &'a mut Client>, text: &[u8]) {
    let mut clients: Vec<&mut Client> = clients.collect();
    clients.iter_mut().for_each(|client| client.send(TEXT, text));
    clients.iter_mut().for_each(|client| assert_eq!(next_frame(client), (TEXT, text.to_vec())));
}

// A handler stood still for 3 s, where 2 s were granted for everything, and there were 2,500 peers: deadlines were
// kept before the second thousand had been read. More than half were given up despite their Pongs, requests went
// without an answer, and Closes were not believed. Nobody is given up before everything has been read that had
// arrived by then.
#[test]
fn a_crowd_that_has_answered_is_not_given_up_by_a_server_that_was_late() {
    need_descriptors();
    let config = Config::new()
        .ping_after(Duration::from_millis(500))
        .pong_within(GRANTED)
        .handshake_within(GRANTED)
        .close_within(GRANTED);
    let (server, door, departed) = start(config);
    let mut control = connect(&server, "control");
    let mut leaving = connect_all(&server, "leaving");
    let mut idle = connect_all(&server, "idle");
    pinged(&mut idle);
    control.send(TEXT, b"close");
    leaving.iter_mut().for_each(|client| assert_eq!(next_frame(client).0, CLOSE));
    let mut asking: Vec<Client> = (0..EACH).map(|_| Client::dial(server.address())).collect();
    server.wait_until("they are accepted", |counters| counters.accepted as usize > 3 * EACH);

    control.send(TEXT, b"wait");
    door.wait();
    idle.iter_mut().for_each(|client| client.send(PONG, b""));
    leaving.iter_mut().for_each(|client| client.close(1000));
    asking.iter_mut().for_each(|client| client.write(upgrade_request("").as_bytes()));
    thread::sleep(STANDSTILL);
    door.open();

    for client in &mut asking {
        assert!(client.head().starts_with("HTTP/1.1 101 "));
    }
    for _ in &leaving {
        let departure = departed.recv_timeout(pollcat_testing::client::PATIENCE);
        assert_eq!(departure, Ok(Departure::Closed(CloseCode::NORMAL)));
    }
    // Once more: a server is forgiven its lateness now and then, and not always.
    echoed(idle.iter_mut().chain(&mut asking), b"here");
    pinged(&mut idle);
    control.send(TEXT, b"wait");
    door.wait();
    idle.iter_mut().chain(&mut asking).for_each(|client| client.send(PONG, b""));
    thread::sleep(STANDSTILL);
    door.open();
    echoed(idle.iter_mut().chain(&mut asking), b"still here");
    assert_eq!(server.counters().timed_out, 0);
}

/// Each has been sent a Ping, and does not answer it.
fn pinged(clients: &mut [Client]) {
    clients.iter_mut().for_each(|client| assert_eq!(client.frame().0, PING));
}

/// The next that is no Ping; those are answered.
fn next_frame(client: &mut Client) -> (u8, Vec<u8>) {
    loop {
        match client.frame() {
            (PING, payload) => client.send(PONG, &payload),
            frame => return frame,
        }
    }
}

// The time for a closing handshake ran from the beginning of the turn in which the handler closed the peer: after
// standing still it was over before the Close was written. A deadline is counted from when it is set.
#[test]
fn a_peer_that_is_closed_after_a_standstill_has_the_time_to_answer() {
    let config = Config::new().close_within(Duration::from_secs(1));
    let (server, door, departed) = start(config);
    let mut control = connect(&server, "control");
    let mut leaving = connect(&server, "leaving");
    control.send(TEXT, b"wait, then close");
    door.wait();
    thread::sleep(Duration::from_millis(1_500));
    door.open();
    let (first, payload) = leaving.frame();
    assert_eq!(first, CLOSE);
    // As slow as a line across the world.
    thread::sleep(Duration::from_millis(200));
    leaving.send(CLOSE, &payload);
    let departure = departed.recv_timeout(pollcat_testing::client::PATIENCE);
    assert_eq!(departure, Ok(Departure::Closed(CloseCode::NORMAL)));
}

// A peer whose socket was full read on while the server stood still, and was given up as silent: that there was room
// again was looked at after the deadlines. Reading is a sign of life (Config::pong_within).
#[test]
fn a_peer_that_reads_on_during_a_standstill_is_alive() {
    // The standstill must begin within the second half of what is granted, on a busy machine as well.
    let granted = Duration::from_secs(2);
    let config = Config::new().ping_after(granted).pong_within(granted).max_send_queue(2 * MUCH);
    let mut server = Server::without_listeners(config).expect("a poll can be had");
    server.listen_on(narrow_listener(64 << 10)).expect("a listener can be watched");
    let (server, door, _departed) = serve(server);
    let mut control = connect(&server, "control");
    let mut reader = Client::over(narrow_stream(server.address(), 64 << 10));
    reader.open("");
    reader.send(TEXT, b"much");
    server.wait_until("it is under way", |counters| counters.messages_out > 0);
    // The Ping waits behind what is not read. Its time is up within the standstill.
    thread::sleep(granted + granted / 2);
    control.send(TEXT, b"wait");
    door.wait();
    // As much as lies in the socket, and some of what is behind it cannot come yet.
    reader.bytes(32 << 10);
    thread::sleep(granted);
    door.open();
    reader.bytes(MUCH - (32 << 10));
    assert_eq!(server.counters().timed_out, 0);
}

/// Has one page, which is brought by mail.
struct Shelf {
    doorstep: Doorstep,
    asked: Sender<RequestId>,
}

enum Mail {
    Wait,
    Nothing,
    Bring(RequestId),
}

impl Handler<Mail> for Shelf {
    fn on_request(&mut self, peers: &mut Peers, id: PeerId, _: &Request<'_>) -> Answer {
        self.asked.send(peers.request_id(id)).expect("the test waits for it");
        Answer::later()
    }

    fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}

    fn on_mail(&mut self, peers: &mut Peers, mail: Mail) {
        match mail {
            Mail::Wait => self.doorstep.wait(),
            Mail::Nothing => {}
            Mail::Bring(request) => drop(peers.answer_request(request, Answer::page("text/plain", "here"))),
        }
    }
}

// A page lay in the mailbox behind more letters than are read in a turn, and its request was told 503.
// What has been posted by the deadline is read before it is kept.
#[test]
fn a_page_that_was_brought_in_time_is_given_though_the_mail_is_read_late() {
    let granted = 2 * SHORT;
    let (door, doorstep) = doorstep();
    let (asks, asked) = channel();
    let server = Running::start(Config::new().handshake_within(granted), Shelf { doorstep, asked: asks });
    let mut client = Client::dial(server.address());
    client.write(b"GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let request = asked.recv_timeout(pollcat_testing::client::PATIENCE).expect("the handler is asked");
    let others = std::iter::repeat_with(|| Mail::Nothing).take(3_500);
    let letters = [Mail::Wait].into_iter().chain(others).chain([Mail::Bring(request)]);
    for letter in letters {
        assert!(server.mailbox.deliver(letter).is_ok(), "the mailbox holds 4096");
    }
    door.wait();
    thread::sleep(granted + Duration::from_millis(250));
    door.open();
    let head = client.head();
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
}
