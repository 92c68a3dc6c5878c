//! A drain, by a clock that is turned by hand: how even it is, to the hundredth of a second.

use std::time::Duration;

use pollcat::testing::{Bench, ClientRequest};
use pollcat::{Answer, CloseCode, Config, Departure, Handler, Message, PeerId, Peers, Request, RequestId};

use crate::Register;

const STEP: Duration = Duration::from_millis(10);
const RESTART: CloseCode = CloseCode::SERVICE_RESTART;

/// How many have been closed.
fn closed(bench: &Bench<Register>) -> usize {
    let by_drain = |(_, departure): &&(PeerId, Departure)| *departure == Departure::Closed(RESTART);
    bench.handler().left.iter().filter(by_drain).count()
}

fn crowd(size: usize) -> (Bench<Register>, Vec<PeerId>) {
    let mut bench = Bench::with_config(Register::default(), Config::new());
    let ids = (0..size).map(|_| bench.open("/")).collect();
    (bench, ids)
}

#[test]
fn each_hundredth_of_the_time_takes_a_hundredth_of_the_peers() {
    let (mut bench, ids) = crowd(1_000);
    bench.call(|_, peers| peers.drain(Duration::from_secs(10), RESTART));
    for steps in 1..1_000 {
        bench.pass(STEP);
        let closed = closed(&bench);
        assert!((steps - 1..=steps).contains(&closed), "{closed} after {steps} hundredths");
        assert_eq!(bench.peers().len(), 1_000 - closed);
    }
    assert!(!bench.has_stopped());
    bench.pass(STEP);
    assert!(bench.has_stopped() && closed(&bench) == 1_000);
    assert_eq!(bench.handler().stopped, 1);
    assert!(ids.iter().all(|&id| bench.closed(id) == Some((RESTART, "the server is stopping"))));
}

/// Half of them leave in the first second. The others share the nine that are left.
#[test]
fn who_leaves_by_itself_leaves_more_time_to_the_others() {
    let (mut bench, ids) = crowd(1_000);
    bench.call(|_, peers| peers.drain(Duration::from_secs(10), RESTART));
    bench.pass(Duration::from_secs(1));
    let before = closed(&bench);
    for &id in ids.iter().filter(|&&id| bench.peers().contains(id)).take(450).collect::<Vec<_>>() {
        bench.close(id, CloseCode::NORMAL, "");
    }
    let left = bench.peers().len();
    assert_eq!(left, 1_000 - before - 450);
    for second in 1..9 {
        bench.pass(Duration::from_secs(1));
        let (closed, share) = (closed(&bench) - before, left * second / 9);
        assert!(closed.abs_diff(share) <= 2, "{closed} of {share} after {second} s");
    }
    bench.pass(Duration::from_secs(1));
    assert!(bench.has_stopped());
}

/// One after the other, as they have come, would empty one room after the other.
#[test]
fn those_who_came_together_do_not_leave_together() {
    let (mut bench, ids) = crowd(256);
    bench.call(|_, peers| peers.drain(Duration::from_secs(10), RESTART));
    bench.pass(Duration::from_secs(12));
    let came = |id: PeerId| ids.iter().position(|&other| other == id).expect("it has come");
    let order: Vec<usize> = bench.handler().left.iter().map(|&(id, _)| came(id)).collect();
    assert_eq!(order.len(), 256);
    let close = order.windows(2).filter(|pair| pair[0].abs_diff(pair[1]) < 16).count();
    assert!(close < 40, "{close} left soon after a neighbour: {order:?}");
    // Any quarter of the time takes some of each quarter of those who came.
    for part in order.chunks(64) {
        for quarter in 0..4 {
            assert!(part.iter().filter(|&&place| place / 64 == quarter).count() >= 8, "{part:?}");
        }
    }
}

/// The first who leaves is the sign to go down. Whoever asks for "/later" waits.
#[derive(Default)]
struct Host {
    gone: u32,
}

impl Handler for Host {
    fn on_request(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
        if request.path() == "/later" { Answer::later() } else { Answer::accept() }
    }

    fn on_request_gone(&mut self, _: &mut Peers, _: RequestId) {
        self.gone += 1;
    }

    fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}

    fn on_close(&mut self, peers: &mut Peers, _: PeerId, _: Departure) {
        peers.drain(Duration::from_secs(20), RESTART);
    }
}

/// It is asked for when the turn is nearly over, and nothing else is left to do before the first Close.
#[test]
fn who_waits_is_refused_at_once_even_if_on_close_asks_for_the_drain() {
    let mut bench = Bench::new(Host::default());
    let [first, second] = [(); 2].map(|()| bench.open("/"));
    let waiting = bench.ask(ClientRequest::websocket("/later"));
    bench.reset(first);
    let refused = bench.answer(waiting).expect("nobody waits for a server that goes down");
    assert_eq!((refused.status(), refused.header("retry-after")), (503, Some("20")));
    assert_eq!((bench.handler().gone, bench.peers().contains(second)), (1, true));
}

/// From the first moment on, the time that is left is no number of whole seconds, and rounding it up is too much.
#[test]
fn a_drain_that_never_ends_says_so_in_as_many_seconds_as_there_are() {
    let (mut bench, ids) = crowd(2);
    bench.call(|_, peers| peers.drain(Duration::MAX, RESTART));
    let refused = bench.try_open("/").expect_err("it goes down");
    let longest = u64::MAX.to_string();
    assert_eq!((refused.status(), refused.header("retry-after")), (503, Some(&longest[..])));
    bench.pass(Duration::from_secs(3600));
    assert!(closed(&bench) == 0 && ids.iter().all(|&id| bench.peers().contains(id)));
}
