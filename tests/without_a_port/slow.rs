//! Clients that do not read: queues, their limits, and what is told.

use std::time::Duration;

use pollcat::testing::Bench;
use pollcat::{CloseCode, Config, Delivery, Departure, SlowPeers};

use super::Register;

const MESSAGE: &[u8] = &[7; 1000];

#[test]
fn a_stalled_peer_is_slow_and_catches_up() {
    let mut bench = Bench::new(Register::default());
    let (anna, ben) = (bench.open("/"), bench.open("/"));
    bench.stall(ben);
    assert_eq!(bench.call(|_, peers| peers.send(ben, MESSAGE)), Delivery::Queued);
    assert_eq!(bench.call(|_, peers| peers.send(ben, "two")), Delivery::Slow);
    assert_eq!(bench.peers().queued(ben), 1004 + 5);
    bench.say(anna, "nobody else waits");
    assert_eq!(bench.heard(anna), ["nobody else waits"]);
    assert!(bench.heard(ben).is_empty() && bench.handler().drained.is_empty());
    bench.read_on(ben);
    let heard = bench.heard(ben);
    assert_eq!(heard[0], MESSAGE);
    assert_eq!(heard[1], "two");
    assert_eq!((bench.peers().queued(ben), &bench.handler().drained[..]), (0, &[(ben, 0)][..]));
}

#[test]
fn a_full_queue_closes_the_peer() {
    let config = Config::new().max_send_queue(10_000);
    let mut bench = Bench::with_config(Register::default(), config);
    let ben = bench.open("/");
    bench.stall(ben);
    let deliveries: Vec<Delivery> = (0..20)
        .map(|_| bench.call(|_, peers| peers.send(ben, MESSAGE)))
        .take_while(|&it| it != Delivery::Full)
        .collect();
    assert_eq!(deliveries.len(), 9);
    assert_eq!(bench.handler().left, [(ben, Departure::TooSlow)]);
    bench.read_on(ben);
    assert_eq!(bench.heard(ben).len(), 9);
    assert_eq!(bench.close_code(ben), Some(CloseCode::POLICY));
}

#[test]
fn or_messages_are_left_out_and_counted() {
    let config = Config::new().max_send_queue(10_000).slow_peers(SlowPeers::Skip);
    let mut bench = Bench::with_config(Register::default(), config);
    let ben = bench.open("/");
    bench.stall(ben);
    for _ in 0..20 {
        bench.call(|_, peers| peers.broadcast(MESSAGE));
    }
    bench.read_on(ben);
    let received = bench.heard(ben).len() as u64;
    assert_eq!((received, &bench.handler().drained[..]), (9, &[(ben, 11)][..]));
}

#[test]
fn a_peer_that_reads_a_little_gets_a_little() {
    let mut bench = Bench::new(Register::default());
    let ben = bench.open("/");
    bench.stall(ben);
    for _ in 0..10 {
        bench.call(|_, peers| peers.send(ben, MESSAGE));
    }
    for received in 1..=9 {
        bench.read_some(ben, 1004);
        assert_eq!(bench.heard(ben).len(), 1, "the {received}th");
        assert!(bench.handler().drained.is_empty());
    }
    bench.read_some(ben, 500);
    assert!(bench.heard(ben).is_empty() && !bench.was_cut_off(ben));
    bench.read_on(ben);
    assert_eq!((bench.heard(ben).len(), bench.handler().drained.len()), (1, 1));
}

#[test]
fn a_stalled_peer_is_not_read_from() {
    let mut bench = Bench::new(Register::default());
    let ben = bench.open("/");
    bench.stall(ben);
    for _ in 0..100 {
        bench.say(ben, "echo");
    }
    assert_eq!(bench.counters().messages_in, 1);
    bench.read_on(ben);
    assert_eq!(bench.heard(ben).len(), 100);
}

#[test]
fn a_stalled_peer_is_given_up_and_its_stream_cut_off() {
    let mut bench = Bench::new(Register::default());
    let ben = bench.open("/");
    bench.stall(ben);
    bench.call(|_, peers| peers.send(ben, MESSAGE));
    bench.pass(Duration::from_secs(60));
    assert_eq!(bench.handler().left, [(ben, Departure::TimedOut)]);
    assert!(!bench.peers().contains(ben) && bench.counters().connections == 0);
    assert!(bench.has_ended(ben) && !bench.was_cut_off(ben), "not a byte of it has come");
}

#[test]
fn a_stream_that_ends_within_a_frame_is_told_as_such() {
    let mut bench = Bench::new(Register::default());
    let ben = bench.open("/");
    bench.stall(ben);
    bench.call(|_, peers| peers.send(ben, MESSAGE));
    bench.read_some(ben, 500);
    assert!(!bench.was_cut_off(ben));
    bench.pass(Duration::from_secs(60));
    assert!(bench.was_cut_off(ben) && bench.heard(ben).is_empty());
}
