//! What simulated clients do by themselves, and how they leave.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use pollcat::testing::Bench;
use pollcat::{CloseCode, Config, Departure, OnPanic, handler_fn};

use super::{Register, echo};

#[test]
fn pings_are_answered_and_pongs_received() {
    let mut bench = echo(Config::new());
    let anna = bench.open("/");
    bench.ping(anna, b"are you there?");
    assert_eq!(bench.pongs(anna), [b"are you there?"]);
    assert!(bench.pongs(anna).is_empty());
}

#[test]
fn each_way_to_leave_is_told_apart() {
    let mut bench = Bench::new(Register::default());
    let [anna, ben, carla, dora] = [(); 4].map(|()| bench.open("/"));
    bench.close(anna, CloseCode::new(4001).unwrap(), "bored");
    bench.leave(ben);
    bench.reset(carla);
    bench.shut_down(dora);
    let closed = Departure::Closed(CloseCode::new(4001).unwrap());
    let lost = [ben, carla, dora].map(|id| (id, Departure::Lost));
    assert_eq!(bench.handler().left, [&[(anna, closed)][..], &lost].concat());
    assert_eq!(bench.closed(anna), Some((CloseCode::new(4001).unwrap(), "")));
    assert_eq!(bench.closed(ben), None);
    assert_eq!(bench.counters().connections, 0);
}

#[test]
fn last_words_come_before_the_end_that_comes_with_them() {
    let mut bench = Bench::new(Register::default());
    let (anna, ben) = (bench.open("/"), bench.open("/"));
    bench.together(|bench| {
        bench.say(anna, "last words");
        bench.shut_down(anna);
        bench.say(ben, "more");
        bench.reset(ben);
    });
    assert_eq!(bench.handler().left, [anna, ben].map(|id| (id, Departure::Lost)));
    assert_eq!(bench.counters().messages_in, 2);
    assert_eq!(bench.heard(anna), ["last words"]);
}

#[test]
fn a_close_is_answered_and_a_silent_client_does_not() {
    let mut bench = Bench::new(Register::default());
    let (anna, ben) = (bench.open("/"), bench.open("/"));
    bench.fall_silent(ben);
    bench.call(|_, peers| [anna, ben].map(|id| peers.close(id, CloseCode::SERVICE_RESTART, "back soon")));
    assert_eq!(bench.closed(ben), Some((CloseCode::SERVICE_RESTART, "back soon")));
    assert_eq!(bench.handler().left, [(anna, Departure::Closed(CloseCode::SERVICE_RESTART))]);
    assert!(bench.has_ended(anna) && !bench.has_ended(ben));
    bench.close(ben, CloseCode::NORMAL, "");
    assert!(bench.has_ended(ben));
    // It does not end its side of TCP: the server does not wait for ever.
    assert_eq!(bench.counters().connections, 1);
    bench.pass(Duration::from_secs(6));
    assert_eq!(bench.counters().connections, 0);
}

#[test]
fn a_server_that_stops_says_goodbye() {
    let mut bench = Bench::new(Register::default());
    let (anna, ben) = (bench.open("/"), bench.open("/"));
    bench.fall_silent(ben);
    bench.stop();
    assert_eq!(bench.close_code(anna), Some(CloseCode::GOING_AWAY));
    assert!(!bench.has_stopped() && bench.handler().stopped == 0);
    bench.pass(Duration::from_secs(6));
    assert!(bench.has_stopped() && bench.has_ended(ben));
    assert_eq!(bench.handler().left.len(), 2);
    let refused = catch_unwind(AssertUnwindSafe(|| bench.try_open("/")));
    assert!(refused.is_err(), "nobody listens");
    assert_eq!(bench.into_handler().stopped, 1);
}

#[test]
fn a_panic_of_the_handler_fails_the_test_or_costs_one_connection() {
    let make = || Bench::new(handler_fn(|_, _, _| panic!("a bug")));
    let mut bench = make();
    let anna = bench.open("/");
    let panic = catch_unwind(AssertUnwindSafe(|| bench.say(anna, "x"))).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"a bug"));
    drop(bench);

    let mut bench = make();
    bench.set_on_panic(OnPanic::Close);
    let (anna, ben) = (bench.open("/"), bench.open("/"));
    bench.say(anna, "x");
    assert_eq!((bench.close_code(anna), bench.close_code(ben)), (Some(CloseCode::INTERNAL_ERROR), None));
    assert_eq!(bench.counters().panics, 1);
}

#[test]
fn a_handler_that_never_rests_is_found_out() {
    let mut bench = Bench::<_, ()>::new(Restless);
    let panic =
        catch_unwind(AssertUnwindSafe(|| bench.call(|_, peers| peers.after(Duration::ZERO)))).unwrap_err();
    assert!(panic.downcast_ref::<&str>().unwrap().contains("does not come to rest"));
}

struct Restless;

impl pollcat::Handler for Restless {
    fn on_message(&mut self, _: &mut pollcat::Peers, _: pollcat::PeerId, _: pollcat::Message<'_>) {}
    fn on_timer(&mut self, peers: &mut pollcat::Peers, _: pollcat::TimerId) {
        peers.after(Duration::ZERO);
    }
}
