//! Time is turned: Pings, deadlines, ticks and timers come in their order, and when they are due.

use std::time::Duration;

use pollcat::testing::{Bench, Frame};
use pollcat::{CloseCode, Config, Departure, Handler, Message, PeerId, Peers, TimerId};

use super::{Register, echo};

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Deadlines are kept by tenths of a second.
const LATE: Duration = Duration::from_millis(200);

#[test]
fn a_peer_that_is_silent_is_pinged_and_one_that_answers_stays() {
    let mut bench = echo(Config::new().ping_after(seconds(20)));
    let anna = bench.open("/");
    bench.pass(seconds(20) - Duration::from_millis(1));
    assert!(bench.pings(anna).is_empty());
    bench.pass(LATE);
    assert_eq!(bench.pings(anna).len(), 1);
    bench.pass(seconds(3600));
    // One for each silence of 20 s, and up to 0.2 s.
    let pings = bench.pings(anna).len();
    assert!((178..=180).contains(&pings), "{pings} Pings in an hour");
    assert!(bench.peers().contains(anna));
}

#[test]
fn a_peer_that_answers_no_ping_is_given_up_in_time() {
    let mut bench = Bench::with_config(Register::default(), Config::new().ping_after(seconds(20)));
    let (anna, ben) = (bench.open("/"), bench.open("/"));
    bench.fall_silent(ben);
    bench.pass(seconds(30) - Duration::from_millis(1));
    assert!(bench.peers().contains(ben));
    bench.pass(LATE * 2);
    assert_eq!(bench.handler().left, [(ben, Departure::TimedOut)]);
    assert_eq!(bench.close_code(ben), Some(CloseCode::INTERNAL_ERROR));
    assert!(bench.peers().contains(anna));
}

#[test]
fn a_pong_by_hand_keeps_a_silent_peer() {
    let mut bench = echo(Config::new().ping_after(seconds(20)));
    let anna = bench.open("/");
    bench.fall_silent(anna);
    for _ in 0..10 {
        bench.pass(seconds(25));
        let pings = bench.pings(anna);
        assert_eq!(pings.len(), 1);
        bench.pong(anna, &pings[0]);
    }
    assert!(bench.peers().contains(anna));
}

#[test]
fn each_wait_of_a_client_has_its_deadline() {
    let config = Config::new().handshake_within(seconds(10)).close_within(seconds(5));
    let mut bench = Bench::with_config(Register::default(), config);
    let (nobody, half) = (bench.connect(), bench.connect());
    bench.send_bytes(half, b"GET / HTTP/1.1\r\nHost");
    let anna = bench.open("/");
    bench.fall_silent(anna);
    bench.call(|_, peers| peers.close(anna, CloseCode::NORMAL, "bye"));
    assert_eq!(bench.closed(anna), Some((CloseCode::NORMAL, "bye")));

    bench.pass(seconds(5) - Duration::from_millis(1));
    assert!(bench.handler().left.is_empty());
    bench.pass(LATE);
    assert_eq!(bench.handler().left, [(anna, Departure::TimedOut)]);

    bench.pass(seconds(5) - LATE);
    assert!(!bench.has_ended(nobody) && !bench.has_ended(half));
    bench.pass(LATE);
    assert!(bench.has_ended(nobody) && bench.answer(nobody).is_none());
    assert_eq!(bench.answer(half).expect("who has begun is told").status(), 408);
}

/// Notes at what time what comes.
#[derive(Default)]
struct Diary {
    bells: u32,
    entries: Vec<(&'static str, u32)>,
    alarm: Option<TimerId>,
}

impl Handler for Diary {
    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        let millis: u64 = message.as_text().and_then(|text| text.parse().ok()).expect("milliseconds");
        self.alarm = Some(peers.after(Duration::from_millis(millis)));
        peers.send(from, "set");
    }

    fn on_tick(&mut self, _: &mut Peers) {
        self.bells += 1;
        self.entries.push(("tick", self.bells));
    }

    fn on_timer(&mut self, peers: &mut Peers, timer: TimerId) {
        assert_eq!(self.alarm.take(), Some(timer));
        self.entries.push(("timer", self.bells));
        peers.broadcast("time is over");
    }
}

#[test]
fn ticks_and_timers_come_at_their_time_however_long_a_step_is() {
    for steps in [1, 7, 1_000] {
        let mut bench = Bench::with_config(Diary::default(), Config::new().tick(Duration::from_millis(100)));
        let anna = bench.open("/");
        bench.say(anna, "250");
        for _ in 0..steps {
            bench.pass(seconds(1) / steps);
        }
        bench.pass(Duration::from_micros(1)); // what the division has left out
        assert_eq!(bench.handler().bells, 10, "{steps} steps");
        assert_eq!(bench.handler().entries[1..4], [("tick", 2), ("timer", 2), ("tick", 3)]);
        assert_eq!(bench.heard(anna), ["set", "time is over"]);
    }
}

#[test]
fn no_time_passes_by_itself() {
    let mut bench = echo(Config::new().tick(Duration::from_millis(1)));
    let anna = bench.open("/");
    for _ in 0..1_000 {
        bench.say(anna, "x");
    }
    assert_eq!(bench.time(), Duration::ZERO);
    bench.pass(Duration::from_micros(1_500));
    assert_eq!(bench.time(), Duration::from_micros(1_500));
}

#[test]
fn years_pass_as_well() {
    let mut bench = echo(Config::new().ping_after(Duration::MAX));
    let anna = bench.open("/");
    bench.pass(seconds(2 * 365 * 24 * 3600));
    bench.say(anna, "still here");
    assert_eq!(bench.heard(anna), ["still here"]);
}

#[test]
fn a_message_that_is_under_way_keeps_nobody_waiting_for_ever() {
    let mut bench = echo(Config::new());
    let anna = bench.open("/");
    bench.fall_silent(anna);
    let frame = Frame::text("slow").to_bytes([1, 2, 3, 4]);
    bench.send_bytes(anna, &frame[..3]);
    bench.pass(seconds(31));
    assert_eq!(bench.close_code(anna), Some(CloseCode::INTERNAL_ERROR));
}
