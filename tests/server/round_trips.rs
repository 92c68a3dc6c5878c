//! Pings and Pongs (RFC 6455 §5.5.2, §5.5.3), and how long they take.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use pollcat::{CloseCode, Config, Delivery, Departure, PeerId, SlowPeers};
use pollcat_testing::client::{CLOSE, Client, PATIENCE, PING, PONG, SHORT, TEXT, masked};

use crate::directed::{Directed, Event};

/// Pings after the shortest silence there is, and far more time for the answer than a busy machine takes.
fn often() -> Config {
    Config::new().ping_after(Duration::from_millis(100)).pong_within(PATIENCE)
}

/// What the client has sent before has been handled. Returns what that has led to.
#[track_caller]
fn settle(server: &Directed, id: PeerId, client: &mut Client) -> Vec<Event> {
    client.send(TEXT, b"and that is all");
    let until_then = std::iter::from_fn(|| {
        let event = server.event();
        (event != Event::Said(id, b"and that is all".to_vec())).then_some(event)
    });
    until_then.collect()
}

fn round_trip(server: &Directed, id: PeerId) -> Option<Duration> {
    server.direct(move |peers| peers.round_trip(id))
}

/// A Ping of the server's own.
#[track_caller]
fn stamp(client: &mut Client) -> Vec<u8> {
    let (first_byte, payload) = client.frame();
    assert_eq!(first_byte, PING);
    payload
}

/// So long a peer takes for its Pong: more than 4 ms, so that it is kept inexactly.
const TAKEN: Duration = Duration::from_millis(30);

/// It took as long as the client did, and not longer than the whole test. What is kept may be too short by 0.05 %.
#[track_caller]
fn is_plausible(took: Option<Duration>, begun: Instant) {
    let took = took.expect("a figure");
    assert!(took >= TAKEN - TAKEN / 2048 && took <= begun.elapsed(), "{took:?} of {:?}", begun.elapsed());
}

#[test]
fn the_servers_own_pings_are_measured_and_their_pongs_are_not_the_applications() {
    let server = Directed::start(often());
    let begun = Instant::now();
    let (id, mut client) = server.guest();
    assert_eq!(round_trip(&server, id), None);
    let payload = stamp(&mut client);
    thread::sleep(TAKEN);
    client.send(PONG, &payload);
    assert_eq!(settle(&server, id, &mut client), []);
    is_plausible(round_trip(&server, id), begun);
}

#[test]
fn an_applications_ping_arrives_to_the_byte_and_its_pong_comes_back() {
    let server = Directed::start(Config::new());
    let begun = Instant::now();
    let (id, mut client) = server.guest();
    for payload in [&b""[..], b"an id, say", &[0xFF; 125]] {
        assert_eq!(server.direct(move |peers| peers.ping(id, payload)), Delivery::Queued);
        assert_eq!(client.frame(), (PING, payload.to_vec()));
        thread::sleep(TAKEN);
        client.send(PONG, payload);
        assert_eq!(server.event(), Event::Ponged(id, payload.to_vec()));
        is_plausible(round_trip(&server, id), begun);
    }
    let counters = server.running.counters();
    assert_eq!((counters.messages_in, counters.messages_out), (0, 0), "they are no messages");
}

#[test]
fn of_a_longer_payload_the_first_125_bytes_are_sent_and_measured() {
    let server = Directed::start(Config::new());
    let (id, mut client) = server.guest();
    let payload: Vec<u8> = (0..200).collect();
    let sent = payload.clone();
    assert_eq!(server.direct(move |peers| peers.ping(id, &sent)), Delivery::Queued);
    assert_eq!(client.frame(), (PING, payload[..125].to_vec()));
    client.send(PONG, &payload[..125]);
    assert_eq!(server.event(), Event::Ponged(id, payload[..125].to_vec()));
    assert!(round_trip(&server, id).is_some());
    // By mail as well.
    server.running.mailbox.ping(id, &payload).expect("the mailbox has room");
    assert_eq!(client.frame(), (PING, payload[..125].to_vec()));
}

#[test]
fn a_ping_arrives_between_what_was_sent_before_and_what_was_sent_after_it() {
    let server = Directed::start(Config::new());
    let (id, mut client) = server.guest();
    server.direct(move |peers| {
        peers.subscribe(id, "tea");
        peers.send(id, "one");
        peers.publish("tea", "two");
        peers.ping(id, b"a");
        peers.broadcast("three");
        peers.ping(id, b"b");
        peers.send(id, "four");
    });
    let expected = [(TEXT, "one"), (TEXT, "two"), (PING, "a"), (TEXT, "three"), (PING, "b"), (TEXT, "four")];
    for (first_byte, payload) in expected {
        assert_eq!(client.frame(), (first_byte, payload.as_bytes().to_vec()));
    }
}

#[test]
fn a_pong_that_nobody_asked_for_comes_as_it_is_and_measures_nothing() {
    let server = Directed::start(Config::new());
    let (id, mut client) = server.guest();
    for payload in [&b""[..], b"I am here", &[0; 8], &[0; 16], &[0xFF; 16], &[0x55; 125]] {
        client.send(PONG, payload);
        assert_eq!(server.event(), Event::Ponged(id, payload.to_vec()));
    }
    // Other than the one that is asked for.
    server.direct(move |peers| peers.ping(id, b"asked"));
    client.send(PONG, b"aske");
    assert_eq!(server.event(), Event::Ponged(id, b"aske".to_vec()));
    assert_eq!(round_trip(&server, id), None);
}

#[test]
fn a_stamp_measures_once_and_only_the_peer_that_it_was_made_for() {
    let server = Directed::start(often());
    let ((id, mut client), (other, mut thief)) = (server.guest(), server.guest());
    let payload = stamp(&mut client);
    stamp(&mut thief);
    // The thief owes an answer, and brings another's, or one of its own making.
    let mut forged: Vec<Vec<u8>> = (0..payload.len()).map(|place| payload[..place].to_vec()).collect();
    forged.extend((0..payload.len() * 8).map(|bit| {
        let mut forged = payload.clone();
        forged[bit / 8] ^= 1 << (bit % 8);
        forged
    }));
    forged.push([&payload[..], &payload[..]].concat());
    forged.push(payload.clone());
    for forged in forged {
        thief.send(PONG, &forged);
        assert_eq!(server.event(), Event::Ponged(other, forged));
    }
    assert_eq!(round_trip(&server, other), None);

    let mut payload = payload;
    loop {
        client.send(PONG, &payload);
        assert_eq!(settle(&server, id, &mut client), []);
        let measured = round_trip(&server, id).expect("a figure");
        // It comes again: it is none of the application's affair, and measures nothing.
        thread::sleep(TAKEN);
        (0..3).for_each(|_| client.send(PONG, &payload));
        assert_eq!(settle(&server, id, &mut client), []);
        let again = round_trip(&server, id);
        server.direct(move |peers| peers.ping(id, b"end"));
        payload = stamp(&mut client);
        if payload == b"end" {
            return assert_eq!(again, Some(measured));
        }
        // On a busy machine the client was silent for so long that it owed a new one, which the old one may pass for.
        while stamp(&mut client) != b"end" {}
    }
}

#[test]
fn a_pong_that_is_kept_back_for_too_long_changes_nothing() {
    let patience = SHORT;
    let server = Directed::start(often().pong_within(patience));
    let (id, mut client) = server.guest();
    server.direct(move |peers| peers.ping(id, b"mine"));
    // In whichever order.
    let both = [stamp(&mut client), stamp(&mut client)];
    let [payload] = both.iter().filter(|it| *it != b"mine").collect::<Vec<_>>()[..] else {
        panic!("{both:?}")
    };
    let sent = Instant::now();
    while sent.elapsed() <= patience {
        // It talks, so it is not given up.
        assert_eq!(settle(&server, id, &mut client), []);
        thread::sleep(patience / 10);
    }
    client.send(PONG, payload);
    client.send(PONG, b"mine");
    assert_eq!(settle(&server, id, &mut client), [Event::Ponged(id, b"mine".to_vec())]);
    assert_eq!(round_trip(&server, id), None);
}

#[test]
fn the_next_peer_in_a_slot_has_no_figure_and_the_last_one_keeps_none() {
    let server = Directed::start(Config::new());
    let (id, mut client) = server.guest();
    server.direct(move |peers| (peers.ping(id, b"first"), peers.ping(id, b"second")));
    client.send(PONG, b"first");
    assert_eq!(server.event(), Event::Ponged(id, b"first".to_vec()));
    assert!(round_trip(&server, id).is_some());
    drop(client);
    assert_eq!(server.departure(id), Departure::Lost);
    server.running.wait_until("its slot is free", |counters| counters.connections == 0);
    let (next, mut client) = server.guest();
    // What the one before it was asked is nothing to it.
    client.send(PONG, b"second");
    assert_eq!(server.event(), Event::Ponged(next, b"second".to_vec()));
    assert_eq!((round_trip(&server, next), round_trip(&server, id)), (None, None));
    assert_eq!(server.direct(move |peers| peers.ping(id, b"")), Delivery::Gone);
}

#[test]
fn a_peer_that_is_being_closed_gets_no_ping_and_its_pongs_are_not_handed_over() {
    let server = Directed::start(often());
    let (id, mut client) = server.guest();
    server.direct(move |peers| peers.ping(id, b"before"));
    let delivery = server.direct(move |peers| {
        peers.close(id, CloseCode::NORMAL, "");
        peers.ping(id, b"after")
    });
    assert_eq!(delivery, Delivery::Gone);
    // On a busy machine there is time for one of the server's own before the Close.
    let pings = std::iter::from_fn(|| match client.frame() {
        (PING, payload) => Some(payload),
        (first_byte, body) => {
            assert_eq!((first_byte, body), (CLOSE, 1000_u16.to_be_bytes().to_vec()));
            None
        }
    });
    let pings: Vec<Vec<u8>> = pings.collect();
    assert!(pings.iter().any(|it| it == b"before") && !pings.iter().any(|it| it == b"after"), "{pings:?}");
    client.send(PONG, b"before");
    client.close(1000);
    client.nothing_more();
    assert_eq!(server.event(), Event::Left(id, Departure::Closed(CloseCode::NORMAL)));
}

#[test]
fn a_ping_for_a_full_queue_is_left_out_and_not_counted_as_missed() {
    let server = Directed::start(Config::new().max_send_queue(64 << 10).slow_peers(SlowPeers::Skip));
    let (id, mut client) = server.guest();
    let fill = |_: &usize| server.direct(move |peers| peers.send(id, &[b'x'; 16 << 10])) == Delivery::Full;
    (0..4_096).find(fill).expect("a queue that is not read fills up");
    // To the last hundred bytes, and in one turn: what lies between may go on filling until now.
    let (before, delivery, after) = server.direct(move |peers| {
        while peers.send(id, &[b'x'; 16 << 10]) != Delivery::Full {}
        while peers.send(id, &[b'x'; 64]) != Delivery::Full {}
        let before = peers.counters().queue_full;
        (before, peers.ping(id, &[b'p'; 125]), peers.counters().queue_full)
    });
    assert_eq!((delivery, after), (Delivery::Full, before + 1));
    let mut stream = client.stream();
    let reader = thread::spawn(move || while client.frame() != (PING, b"last".to_vec()) {});
    let mut missed = 0;
    while let Event::Drained(_, count) = server.event() {
        missed += count;
        if missed == before {
            break;
        }
    }
    assert_eq!(missed, before, "a Ping is no message");
    assert_eq!(server.direct(move |peers| peers.ping(id, b"last")), Delivery::Queued);
    reader.join().expect("it comes");
    stream.write_all(&masked(PONG, b"last")).expect("the server is there");
    assert_eq!(server.event(), Event::Ponged(id, b"last".to_vec()));
}

#[test]
fn a_ping_for_a_slow_peer_waits_its_turn_and_one_too_many_ends_it() {
    const QUEUE: usize = 2 << 20;
    let config = Config::new().max_send_queue(QUEUE).send_buffer(8 << 10).close_within(PATIENCE);
    let server = Directed::start(config);
    let (id, mut client) = server.guest();
    server.fill(id, QUEUE / 2);
    let pings = server.direct(move |peers| {
        let pings = (0..QUEUE).take_while(|_| peers.ping(id, b"still there?") == Delivery::Slow);
        (pings.count(), peers.ping(id, b"too late"))
    });
    assert!(pings.0 > 100 && pings.0 < QUEUE / 14 && pings.1 == Delivery::Gone, "{pings:?}");
    assert_eq!(server.departure(id), Departure::TooSlow);
    for _ in 0..pings.0 {
        while client.frame() != (PING, b"still there?".to_vec()) {}
    }
    assert_eq!(client.close_frame().0, 1008);
}

#[test]
fn without_pings_a_silent_peer_is_left_in_peace() {
    let config = often().pong_within(Duration::from_millis(100)).without_pings();
    let server = Directed::start(config);
    let (id, mut client) = server.guest();
    thread::sleep(Duration::from_millis(500));
    assert_eq!(server.direct(move |peers| peers.send(id, "still there")), Delivery::Queued);
    assert_eq!(client.text(), "still there");
    server.direct(move |peers| peers.ping(id, b"if I want to"));
    assert_eq!(client.frame(), (PING, b"if I want to".to_vec()));
}

/// Floods the server from a thread of its own, until the test is done.
struct Flood {
    is_over: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Flood {
    fn begin(client: &Client, bytes: Vec<u8>) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let (mut stream, is_done) = (client.stream(), Arc::clone(&is_over));
        let thread = thread::spawn(move || {
            while !is_done.load(Ordering::Relaxed) {
                stream.write_all(&bytes).expect("the server reads on");
            }
        });
        Flood { is_over, thread: Some(thread) }
    }
}

impl Drop for Flood {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        let joined = self.thread.take().map(thread::JoinHandle::join);
        assert!(thread::panicking() || matches!(joined, Some(Ok(()))), "the server reads on");
    }
}

/// Of stamps that come again nothing is handed over, of others all is: neither keeps the others waiting.
#[test]
fn a_flood_of_pongs_stalls_nobody_and_makes_nothing_grow() {
    let server = Directed::start(often());
    let (flooder, mut client) = server.guest();
    let (id, mut other) = server.guest();
    let payload = stamp(&mut client);
    let flood = Flood::begin(&client, masked(PONG, &payload).repeat(10_000));
    for round in 0..5_u32 {
        assert_eq!(server.direct(move |peers| peers.send(id, &round.to_string())), Delivery::Queued);
        loop {
            match other.frame() {
                (PING, payload) => other.send(PONG, &payload),
                heard => break assert_eq!(heard, (TEXT, round.to_string().into_bytes())),
            }
        }
    }
    drop(flood);
    let counters = server.running.counters();
    assert_eq!((counters.receiving, counters.messages_in), (0, 0));
    assert_eq!(server.events_so_far(), []);
    // Whole Pongs, and none is lost.
    let expected = Event::Ponged(flooder, b"last".to_vec());
    client.send(PONG, b"last");
    assert_eq!(server.event(), expected);
}
