//! Which connections are counted, which are too many, and which are too slow.

use std::time::Duration;

use pollcat::{Answer, Config, Delivery, Handler, Message, PeerId, Peers, Proxies, Request, handler_fn};
use pollcat_testing::client::{BINARY, Client, upgrade_request};
use pollcat_testing::running::Running;

use crate::doorstep::{Doorstep, WAIT, doorstep, keep_busy};

/// Refuses whoever asks for it.
struct Doorkeeper;

impl Handler for Doorkeeper {
    fn on_request(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
        if request.query() == Some("no") { Answer::refuse(401, "no") } else { Answer::accept() }
    }

    fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}
}

// A client behind a proxy was shut out for good: each upgrade that the application refused on a connection that was
// kept alive counted its address once more, and only one count was ever given back.
// `max_connections_per_address` counts connections, not attempts.
#[test]
fn an_address_behind_a_proxy_is_counted_once_per_connection() {
    let proxies = Proxies::only(["127.0.0.1"]).expect("an address");
    let config = Config::new().trust_proxies(proxies).max_connections_per_address(3);
    let server = Running::start(config, Doorkeeper);
    let fields = "X-Forwarded-For: 198.51.100.7\r\n";
    let refused = upgrade_request(fields).replacen("GET /", "GET /?no", 1);
    for _ in 0..4 {
        let mut client = Client::dial(server.address());
        for _ in 0..2 {
            client.write(refused.as_bytes());
            let head = client.head();
            assert!(head.starts_with("HTTP/1.1 401 "), "{head}");
            client.bytes(content_length(&head));
        }
        drop(client);
        server.wait_until("the client has left", |counters| counters.connections == 0);
    }
    Client::dial(server.address()).open(fields);
}

fn content_length(head: &str) -> usize {
    let line = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
    line.and_then(|length| length.parse().ok()).expect("an answer with a body says how long it is")
}

/// A room: what one says, the others hear.
struct Room(Doorstep);

impl Handler for Room {
    fn on_open(&mut self, peers: &mut Peers, id: PeerId, _: &Request<'_>) {
        peers.subscribe(id, "tea");
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        match message.as_bytes() {
            WAIT => self.0.wait(),
            _ => peers.publish_from(from, "tea", message),
        }
    }
}

// Peers were closed as too slow though their sockets were empty: several others spoke in one turn, more than the send
// queue takes, and nothing was written before the turn's end.
// Slow is who does not read (Departure::TooSlow), not who is written to much.
#[test]
fn who_hears_much_in_one_turn_is_not_called_slow() {
    // Together more than the send queue, and far less than a socket takes.
    let message = vec![0; 4_000];
    let (door, step) = doorstep();
    let server = Running::start(Config::new().max_send_queue(10_000), Room(step));
    let mut listeners: Vec<Client> = (0..3).map(|_| Client::connect(server.address())).collect();
    let mut speakers: Vec<Client> = (0..4).map(|_| Client::connect(server.address())).collect();
    let mut busy = Client::connect(server.address());
    keep_busy(&door, &mut busy);
    for speaker in &mut speakers {
        speaker.send(BINARY, &message);
    }
    door.open();
    for listener in &mut listeners {
        for _ in 0..speakers.len() {
            let (first, payload) = listener.frame();
            assert_eq!((first, payload.len()), (BINARY, message.len()));
        }
    }
    assert_eq!(server.counters().too_slow, 0);
}

/// Sends the largest message at once.
struct Hasty;

impl Handler for Hasty {
    fn on_open(&mut self, peers: &mut Peers, id: PeerId, _: &Request<'_>) {
        assert_eq!(peers.send(id, &vec![0; 1 << 20]), Delivery::Queued);
    }

    fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}
}

// The largest message could not be sent in on_open, and closed the peer as too slow: the 101 was still in the queue,
// and for the two together there was no room.
// "A single message always fits an empty queue" (Config::max_send_queue), and to an application it was empty.
#[test]
fn one_message_always_fits_an_empty_queue_also_in_on_open() {
    let server = Running::start(Config::new(), Hasty);
    let mut client = Client::connect(server.address());
    assert_eq!(client.frame().1.len(), 1 << 20);
}

// Connections that were there only to be told 503 took the places of those who could have been served: as long as they
// said nothing, nobody came in, though a place was free.
// `max_connections` counts who is served.
#[test]
fn who_is_turned_away_takes_nobodys_place() {
    let server = Running::start(Config::new().max_connections(1), handler_fn(|_, _, _| {}));
    let first = Client::connect(server.address());
    let _too_many = [(); 2].map(|()| Client::dial(server.address()));
    server.wait_until("they are accepted", |counters| counters.accepted == 3);
    drop(first);
    server.wait_until("a place is free", |counters| counters.open == 0 && counters.connections == 2);
    Client::connect(server.address());
}

// `Duration::MAX`, meant as "never", panicked the server: two of the deadlines were added to the time without care for
// an overflow, which takes a server that is older than a tenth of a second.
// Config takes every duration.
#[test]
fn no_deadline_at_all_may_be_asked_for() {
    let forever = Duration::MAX;
    let config = Config::new().handshake_within(forever).keep_alive(forever).ping_after(forever);
    let config = config.pong_within(forever).close_within(forever).tick(Duration::from_millis(100));
    let (door, step) = doorstep();
    let server = Running::start(config, Ticking(step));
    door.wait(); // the clock has moved
    door.open();
    let mut client = Client::connect(server.address());
    client.close(1000);
    assert_eq!(client.close_frame().0, 1000);
}

struct Ticking(Doorstep);

impl Handler for Ticking {
    fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}

    fn on_tick(&mut self, _: &mut Peers) {
        self.0.wait();
    }
}
