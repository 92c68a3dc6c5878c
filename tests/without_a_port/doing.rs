//! What handlers do with peers and requests: pauses, round trips, the newest only, bodies, and a drain.

use std::time::Duration;

use pollcat::testing::{Bench, ClientRequest};
use pollcat::{
    Answer, CloseCode, Config, Delivery, Departure, Handler, Message, Outgoing, PeerId, Peers, Request,
};

use super::{Register, echo};

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn a_peer_that_is_paused_is_heard_when_it_is_resumed() {
    let mut bench = echo(Config::new());
    let anna = bench.open("/");
    bench.call(|_, peers| peers.pause(anna));
    for words in ["one", "two", "three"] {
        bench.say(anna, words);
    }
    bench.pass(Duration::from_secs(600));
    assert!(bench.heard(anna).is_empty() && bench.peers().contains(anna));
    bench.call(|_, peers| peers.resume(anna));
    assert_eq!(bench.heard(anna), ["one", "two", "three"]);
}

#[test]
fn a_round_trip_takes_as_long_as_the_test_lets_it() {
    let mut bench = echo(Config::new());
    let anna = bench.open("/");
    assert_eq!(bench.call(|_, peers| peers.ping(anna, b"mine")), Delivery::Queued);
    assert_eq!(bench.pings(anna), [b"mine"]);
    assert!(bench.peers().round_trip(anna).expect("a Pong has come") < millis(1));

    bench.fall_silent(anna);
    bench.call(|_, peers| peers.ping(anna, b"slow"));
    bench.pass(millis(80));
    bench.pong(anna, b"slow");
    let took = bench.peers().round_trip(anna).expect("a Pong has come");
    assert!((millis(79)..=millis(80)).contains(&took), "{took:?}");
}

#[test]
fn the_newest_takes_the_place_of_what_has_not_left() {
    let mut bench = Bench::new(Register::default());
    let anna = bench.open("/");
    bench.stall(anna);
    for price in 1..=100 {
        let text = format!("{price}");
        bench.call(|_, peers| peers.broadcast(Outgoing::from(&text).replacing(price % 2)));
    }
    bench.read_on(anna);
    assert_eq!(bench.heard(anna), ["99", "100"]);
    assert_eq!(bench.counters().replaced, 98);
}

#[test]
fn a_drain_closes_one_after_the_other() {
    let mut bench = Bench::new(Register::default());
    let peers: Vec<PeerId> = (0..10).map(|_| bench.open("/")).collect();
    bench.call(|_, peers| peers.drain(Duration::from_secs(10), CloseCode::SERVICE_RESTART));
    let refused = bench.try_open("/").unwrap_err();
    assert_eq!((refused.status(), refused.header("Retry-After")), (503, Some("10")));
    for second in 1..=10 {
        bench.pass(Duration::from_secs(1) - millis(1));
        assert_eq!(bench.handler().left.len(), second - 1);
        bench.pass(millis(1));
        assert_eq!(bench.handler().left.len(), second);
    }
    assert!(bench.has_stopped());
    assert!(peers.iter().all(|&id| bench.close_code(id) == Some(CloseCode::SERVICE_RESTART)));
    assert!(bench.handler().left.iter().all(|(_, why)| matches!(why, Departure::Closed(_))));
    assert_eq!(bench.handler().stopped, 1);
}

/// Takes notes by POST.
#[derive(Default)]
struct Board(Vec<String>);

impl Handler for Board {
    fn on_request(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
        match request.has_body() {
            true => Answer::read_body(100),
            false => Answer::page("text/plain", self.0.join("\n")),
        }
    }

    fn on_body(&mut self, _: &mut Peers, _: PeerId, _: &Request<'_>, body: &[u8]) -> Answer {
        self.0.push(String::from_utf8_lossy(body).into_owned());
        Answer::with_status(201, "")
    }

    fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}
}

#[test]
fn a_body_comes_whole_in_parts_or_not_at_all() {
    let mut bench = Bench::new(Board::default());
    let post = |body: &str| ClientRequest::new("POST", "/").body(body);
    assert_eq!(bench.request(post("buy tea")).status(), 201);
    assert_eq!(bench.request(post(&"x".repeat(101))).status(), 413);

    let anna = bench.ask(ClientRequest::new("POST", "/").header("Transfer-Encoding", "chunked"));
    bench.send_bytes(anna, b"4\r\nmore\r\n");
    assert!(bench.answer(anna).is_none());
    bench.send_bytes(anna, b"4\r\n tea\r\n0\r\n\r\n");
    assert_eq!(bench.answer(anna).unwrap().status(), 201);

    let ben = bench.ask(ClientRequest::new("POST", "/").header("Content-Length", "9"));
    bench.send_bytes(ben, b"half");
    bench.pass(Duration::from_secs(31));
    assert_eq!(bench.answer(ben).unwrap().status(), 408);
    assert_eq!(bench.request("/").text(), "buy tea\nmore tea");
}
