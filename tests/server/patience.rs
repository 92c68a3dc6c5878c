//! Silence: Pings, and how long the server waits for an answer (RFC 6455 §5.5.2).

use std::time::Duration;

use pollcat::{Config, Departure};
use pollcat_testing::client::{Client, PATIENCE, PING, PONG, SHORT, TEXT};

use crate::directed::{Directed, Event};
use crate::running::Running;

#[test]
fn a_silent_peer_is_asked_and_a_pong_keeps_it() {
    // Far more time for the answer than a busy machine takes for it.
    let config = Config::new().ping_after(Duration::from_millis(100)).pong_within(PATIENCE);
    let server = Directed::start(config);
    let (id, mut client) = server.guest();
    for _ in 0..4 {
        // The next one comes only because the Pong before it was an answer.
        let (first_byte, payload) = client.frame();
        assert_eq!(first_byte, PING);
        client.send(PONG, &payload);
    }
    assert!(server.direct(move |peers| peers.contains(id)));
    assert_eq!((server.running.counters().timed_out, server.events_so_far()), (0, vec![]));
}

#[test]
fn a_peer_that_does_not_answer_is_given_up() {
    let config = Config::new().ping_after(Duration::from_millis(100)).pong_within(Duration::from_millis(200));
    let server = Directed::start(config);
    let (id, mut client) = server.guest();
    assert_eq!(client.frame().0, PING);
    assert_eq!(client.close_frame(), (1011, "no pong in time".into()));
    assert_eq!(server.departure(id), Departure::TimedOut);
    server.running.wait_until("it is dropped", |counters| counters.connections == 0);
    assert_eq!(server.running.counters().timed_out, 1);
}

#[test]
fn anything_a_peer_says_is_a_sign_of_life() {
    let config = Config::new().ping_after(Duration::from_millis(100)).pong_within(PATIENCE);
    let server = Directed::start(config);
    let (id, mut client) = server.guest();
    for _ in 0..2 {
        assert_eq!(client.frame().0, PING);
        client.send(TEXT, b"a message instead of a Pong");
        assert!(matches!(server.event(), Event::Said(who, _) if who == id));
    }
    // Half a frame will do: a long message on a slow line is not silence.
    assert_eq!(client.frame().0, PING);
    client.write(&[TEXT]);
    assert_eq!(client.frame().0, PING);
}

#[test]
fn half_a_request_is_answered_with_408_and_silence_with_silence() {
    let config = Config::new().handshake_within(SHORT);
    let server = Running::start(config, pollcat::handler_fn(|_, _, _| {}));
    let mut half = Client::dial(server.address());
    let mut silent = Client::dial(server.address());
    half.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n");
    let head = half.head();
    assert!(head.starts_with("HTTP/1.1 408 ") && head.contains("\r\nConnection: close\r\n"), "{head}");
    silent.nothing_more();
    drop((half, silent));
    server.wait_until("both are gone", |counters| counters.connections == 0);
    assert_eq!(server.counters().refused(pollcat::Refusal::TooSlow), 1);
}

#[test]
fn a_request_that_trickles_in_gets_no_more_time_than_any_other() {
    let config = Config::new().handshake_within(SHORT);
    let server = Running::start(config, pollcat::handler_fn(|_, _, _| {}));
    let mut client = Client::dial(server.address());
    let mut stream = client.stream();
    let trickle = std::thread::spawn(move || {
        // Ends when the server has had enough; without a limit it would go on for ever.
        let mut bytes = b"GET / HTTP/1.1\r\nX: ".iter().copied().chain(std::iter::repeat(b'a'));
        while std::io::Write::write_all(&mut stream, &[bytes.next().unwrap_or(b'a')]).is_ok() {
            std::thread::park_timeout(Duration::from_millis(10));
        }
    });
    assert!(client.head().starts_with("HTTP/1.1 408 "));
    drop(client);
    drop(server);
    trickle.join().expect("the stream ends");
}

#[test]
fn on_tick_comes_again_and_again_if_asked_for() {
    let server = Directed::start(Config::new().tick(Duration::from_millis(100)));
    let started = std::time::Instant::now();
    for _ in 0..5 {
        assert_eq!(server.event(), Event::Ticked);
    }
    // Not early: the clock may begin within a tenth of a second, but five of them cannot be less than four.
    assert!(started.elapsed() >= Duration::from_millis(400), "{:?}", started.elapsed());
}
