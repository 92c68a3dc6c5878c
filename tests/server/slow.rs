//! Peers that do not read: what they cost, what they miss, and what the application learns of it.

use std::io::Write;
use std::thread;
use std::time::Duration;

use pollcat::{
    CloseCode, Config, Counters, Delivery, Departure, PeerId, ProtocolError, Server, SlowPeers, handler_fn,
};

use crate::directed::{Directed, Event};
use crate::running::{Running, wait_until};
use pollcat_testing::client::{BINARY, Client, PATIENCE, PING, PONG, SHORT, TEXT, masked};
#[cfg(unix)]
use pollcat_testing::scratch::Scratch;

const QUEUE: usize = 64 << 10;
const PAYLOAD: usize = 16 << 10;
/// A header of four bytes (§5.2).
const FRAME: usize = PAYLOAD + 4;
/// Far more than the buffers of two sockets on loopback hold. They are sent only if no queue fills up.
const TOO_MANY: usize = (256 << 20) / PAYLOAD;

/// Some systems keep many MiB for a connection, unless they are told otherwise. And nobody is asked whether they are there, however long
/// it takes.
fn narrow() -> Config {
    Config::new().max_send_queue(QUEUE).send_buffer(64 << 10).ping_after(10 * PATIENCE)
}

/// A message that tells its number.
fn numbered(number: usize) -> String {
    format!("{number:0>PAYLOAD$}")
}

#[track_caller]
fn number_of(text: &str) -> usize {
    assert_eq!(text.len(), PAYLOAD);
    text.parse().expect("a numbered message")
}

/// Sends until the queue is full; returns how many were taken.
fn send_until_full(server: &Directed, to: PeerId) -> usize {
    let is_full =
        |&number: &usize| server.direct(move |peers| peers.send(to, &numbered(number))) == Delivery::Full;
    (0..TOO_MANY).find(is_full).expect("a queue that is not read fills up")
}

#[test]
fn a_slow_reader_is_closed_with_1008_and_still_gets_what_was_queued() {
    let server = Directed::start(narrow().close_within(PATIENCE));
    let (id, mut client) = server.guest();
    let taken = send_until_full(&server, id);
    assert_eq!(server.departure(id), Departure::TooSlow);
    assert_eq!(server.direct(move |peers| peers.send(id, "too late")), Delivery::Gone);
    let is_counted =
        |counters: &Counters| (counters.queue_full, counters.too_slow, counters.open) == (1, 1, 0);
    server.running.wait_until("it is counted", is_counted);
    for number in 0..taken {
        assert_eq!(number_of(&client.text()), number);
    }
    assert_eq!(client.close_frame(), (1008, "too slow: send queue full".into()));
    client.nothing_more();
}

#[test]
fn a_slow_reader_that_never_reads_again_is_dropped_at_the_deadline() {
    let config = narrow().close_within(Duration::from_millis(200));
    let server = Directed::start(config);
    let (id, _client) = server.guest();
    send_until_full(&server, id);
    assert_eq!(server.departure(id), Departure::TooSlow);
    server.running.wait_until("it is dropped", |counters| counters.connections == 0);
}

#[test]
fn what_a_slow_reader_misses_is_counted_to_the_message() {
    let server = Directed::start(narrow().slow_peers(SlowPeers::Skip));
    let (id, mut client) = server.guest();
    let mut taken = Vec::new();
    let (mut slow, mut full) = (0, 0);
    for number in 0..TOO_MANY {
        let (before, delivery, after) = server
            .direct(move |peers| (peers.queued(id), peers.send(id, &numbered(number)), peers.queued(id)));
        // Counted when the turn is over: the next one has a turn of its own.
        server.running.wait_until("it is written", |counters| {
            counters.messages_out + counters.queue_full > number as u64
        });
        // Never more than the queue and the one message that found the socket full.
        assert!(after <= QUEUE + FRAME, "{after} bytes wait");
        match delivery {
            Delivery::Queued => taken.push(number),
            Delivery::Slow => {
                assert!(before > 0, "behind others");
                taken.push(number);
                slow += 1;
            }
            Delivery::Full => {
                // A 64th of the limit is for keeping the rest (`Config::max_send_queue`).
                assert!(before > 0 && before + FRAME > QUEUE - QUEUE / 64, "{before}");
                full += 1;
            }
            Delivery::Gone => panic!("the peer is skipped, not closed"),
        }
        if full == 10 {
            break;
        }
    }
    assert!(slow > 0 && full == 10, "{slow} slow, {full} full");
    for &number in &taken {
        assert_eq!(number_of(&client.text()), number);
    }
    // The socket may have had room again in between: then the peer had caught up several times.
    let mut missed = 0;
    while missed < full {
        match server.event() {
            Event::Drained(who, count) if who == id => missed += count,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((missed, server.running.counters().queue_full), (full, full));
    assert_eq!(server.direct(move |peers| peers.send(id, "caught up")), Delivery::Queued);
    assert_eq!(client.text(), "caught up");
}

#[test]
fn a_slow_member_of_a_topic_leaves_it_and_the_others_hear_each_message_once() {
    let server = Directed::start(narrow());
    let (slow, _not_reading) = server.guest();
    let mut others: Vec<_> = (0..3).map(|_| server.guest()).collect();
    let members: Vec<PeerId> = [slow].into_iter().chain(others.iter().map(|(id, _)| *id)).collect();
    server.direct(move |peers| members.iter().for_each(|&id| peers.subscribe(id, "tea")));
    for number in 0..TOO_MANY {
        let members = server.direct(move |peers| {
            peers.publish("tea", &numbered(number));
            peers.subscribers("tea")
        });
        for (_, client) in &mut others {
            assert_eq!(number_of(&client.text()), number);
        }
        if members == others.len() {
            return assert_eq!(server.departure(slow), Departure::TooSlow);
        }
    }
    panic!("the one that does not read was never slow");
}

#[test]
fn a_peer_that_reads_is_not_slow_however_much_one_turn_brings() {
    let server = Directed::start(Config::new().max_send_queue(QUEUE));
    let (id, mut client) = server.guest();
    // Three times the queue: the socket, which is empty, takes it.
    let messages = 3 * QUEUE / PAYLOAD;
    let deliveries: Vec<Delivery> =
        server.direct(move |peers| (0..messages).map(|number| peers.send(id, &numbered(number))).collect());
    assert_eq!(deliveries, vec![Delivery::Queued; messages]);
    for number in 0..messages {
        assert_eq!(number_of(&client.text()), number);
    }
}

/// Echoes, and insists that a peer is not called slow for its own speed.
fn echo() -> impl pollcat::Handler + Send {
    handler_fn(|peers, from, message| {
        let delivery = peers.send(from, message);
        assert_ne!(delivery, Delivery::Full, "slow for its own speed");
    })
}

#[test]
fn a_client_that_asks_without_reading_is_held_and_loses_nothing() {
    const MESSAGES: usize = 3 * 1024;
    let server = Running::start(narrow(), echo());
    let mut client = Client::connect(server.address());
    let requests = (0..MESSAGES).map(|number| masked(TEXT, numbered(number).as_bytes()));
    let writer = write_on(&client, requests.collect());
    // The server stops reading long before the end, and what waits for the peer is within its limit.
    wait_until("the server stands still", || {
        let before = server.counters();
        thread::park_timeout(Duration::from_millis(200));
        waiting(&before) > 0 && before == server.counters()
    });
    let counters = server.counters();
    assert!(counters.messages_in < MESSAGES as u64, "the sockets took it all: nothing was tested");
    // Never more than the queue and the one message that found the socket full.
    assert!(waiting(&counters) <= (QUEUE + FRAME) as u64, "{} bytes wait", waiting(&counters));
    for number in 0..MESSAGES {
        assert_eq!(number_of(&client.text()), number);
    }
    writer.join().expect("all is written");
    client.close(1000);
    assert_eq!(client.close_frame().0, 1000);
}

/// How many bytes of the answers to one client have not been written.
fn waiting(counters: &Counters) -> u64 {
    const HEAD: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    let queued = counters.messages_out * FRAME as u64 + HEAD.len() as u64;
    // Another thread counts while we look, so the one may be newer than the other.
    queued.saturating_sub(counters.bytes_out)
}

/// Writes on a thread of its own: the server may not take it all before we read.
fn write_on(client: &Client, requests: Vec<Vec<u8>>) -> thread::JoinHandle<()> {
    let mut stream = client.stream();
    thread::spawn(move || {
        for request in requests {
            stream.write_all(&request).expect("the server takes all");
        }
    })
}

#[cfg(unix)]
#[test]
fn a_peer_that_reads_slowly_but_steadily_is_not_taken_for_silent() {
    const MESSAGES: usize = 256;
    let patience = SHORT;
    // The buffers of a Unix-domain socket are small, and so are the steps of progress.
    let config = narrow().max_send_queue(16 << 20).ping_after(patience).pong_within(patience);
    let scratch = Scratch::new("slow");
    let path = scratch.file("socket");
    let mut server = Server::without_listeners(config).expect("the system has a poll for us");
    server.listen_unix(&path).expect("a path to listen on");
    let server = Directed::serve(server);
    let mut client = Client::dial_unix(&path);
    client.open("");
    let id = server.opened();
    server.direct(move |peers| {
        for number in 0..MESSAGES {
            peers.send(id, &numbered(number));
        }
    });
    // This is no waiting for a race: the reader is slow, and takes half as long again as the silence that is allowed.
    let pause = patience * 3 / MESSAGES as u32;
    let mut number = 0;
    while number < MESSAGES {
        match client.frame() {
            (TEXT, payload) => {
                assert_eq!(number_of(&String::from_utf8_lossy(&payload)), number);
                number += 1;
                thread::park_timeout(pause);
            }
            (first_byte, payload) => {
                assert_eq!(first_byte, PING, "after {number} messages: {payload:?}");
                client.send(PONG, &payload);
            }
        }
    }
    client.close(1000);
    let departure = std::iter::repeat_with(|| server.event()).find(|event| matches!(event, Event::Left(..)));
    assert_eq!(departure, Some(Event::Left(id, Departure::Closed(CloseCode::NORMAL))));
}

#[test]
fn a_message_as_long_as_allowed_comes_back_and_one_byte_more_is_1009() {
    const MAX: usize = 1 << 20;
    let server = Directed::start(Config::new().max_message(MAX).max_send_queue(QUEUE));
    let (id, mut client) = server.guest();
    let longest = vec![0xA5; MAX];
    client.send(BINARY, &longest);
    let heard = server.event();
    assert!(heard == Event::Said(id, longest.clone()));
    // Longer than the send queue, which is empty: one message always fits.
    let echo = longest.clone();
    assert_eq!(server.direct(move |peers| peers.send(id, &echo)), Delivery::Queued);
    assert!(client.frame() == (BINARY, longest));
    client.send(BINARY, &vec![0xA5; MAX + 1]);
    assert_eq!(client.close_frame(), (1009, "message too big".into()));
    client.nothing_more();
    assert_eq!(server.departure(id), Departure::Failed(ProtocolError::MessageTooBig));
}
