//! Pauses at moments that a clock and a client on a port seldom meet.

use std::time::Duration;

use pollcat::testing::{Bench, ClientRequest, Frame};
use pollcat::{
    Answer, Config, Departure, Handler, Message, PeerId, Peers, Refused, Request, RequestId, TimerId,
};

/// Decides later, pauses whoever comes, and everybody when a request is refused.
#[derive(Default)]
struct Strict {
    asked: Vec<RequestId>,
    said: Vec<String>,
    left: Vec<Departure>,
    timers: u32,
}

impl Handler for Strict {
    fn on_request(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) -> Answer {
        if request.path() == "/now" {
            return Answer::accept();
        }
        self.asked.push(peers.request_id(id));
        Answer::later()
    }

    fn on_refused(&mut self, peers: &mut Peers, _: &Refused<'_>) {
        peers.ids().into_iter().for_each(|id| peers.pause(id));
    }

    fn on_open(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) {
        if request.path() != "/now" {
            peers.pause(id);
        }
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        assert!(!peers.is_paused(from), "a paused peer is not heard");
        self.said.push(message.as_text().expect("text is all that is sent").to_owned());
    }

    fn on_close(&mut self, _: &mut Peers, _: PeerId, departure: Departure) {
        self.left.push(departure);
    }

    fn on_timer(&mut self, peers: &mut Peers, _: TimerId) {
        self.timers += 1;
        if self.timers < 5_000 {
            peers.after(Duration::ZERO);
        }
    }
}

/// What has come before the 101 waits, and then waits on.
#[test]
fn who_is_let_in_later_and_paused_at_once_loses_nothing() {
    for shuts_down in [false, true] {
        let mut bench = Bench::new(Strict::default());
        let anna = bench.ask(ClientRequest::websocket("/later"));
        for words in ["one", "two"] {
            bench.send_frame(anna, &Frame::text(words));
        }
        bench.call(|strict, peers| peers.answer_request(strict.asked[0], Answer::accept()));
        assert!(bench.peers().is_paused(anna));
        bench.say(anna, "three");
        if shuts_down {
            bench.shut_down(anna);
        }
        bench.pass(Duration::from_secs(600));
        assert!(bench.handler().said.is_empty() && bench.peers().contains(anna));
        bench.call(|_, peers| peers.resume(anna));
        assert_eq!(bench.handler().said, ["one", "two", "three"]);
        assert_eq!(bench.handler().left.is_empty(), !shuts_down);
    }
}

/// Its silence was to end in the very turn in which it is paused.
#[test]
fn who_is_paused_when_its_silence_is_over_is_not_pinged() {
    let config =
        Config::new().handshake_within(Duration::from_millis(9_900)).ping_after(Duration::from_secs(10));
    let mut bench = Bench::with_config(Strict::default(), config);
    // Deadlines of one tenth of a second come in the order of the slots.
    let half = bench.connect();
    bench.send_bytes(half, b"GET / HTTP/1.1\r\nHost");
    let anna = bench.open("/now");
    bench.pass(Duration::from_secs(11));
    assert_eq!(bench.answer(half).expect("its time is over").status(), 408);
    assert!(bench.peers().is_paused(anna), "and that has paused her");
    bench.pass(Duration::from_secs(600));
    assert!(bench.pings(anna).is_empty() && bench.peers().contains(anna));
    bench.call(|_, peers| peers.resume(anna));
    bench.pass(Duration::from_secs(11));
    assert_eq!(bench.pings(anna).len(), 1);
}

#[test]
fn a_reset_and_an_end_are_noticed_and_what_was_unread_before_an_end_is_not_lost() {
    for (says_more, resets, is_noticed) in
        [(false, false, true), (true, false, false), (false, true, true), (true, true, true)]
    {
        let mut bench = Bench::new(Strict::default());
        let anna = bench.open("/now");
        bench.call(|_, peers| peers.pause(anna));
        if says_more {
            bench.say(anna, "unread");
        }
        if resets {
            bench.reset(anna)
        } else {
            bench.leave(anna)
        }
        assert_eq!(bench.handler().left.len(), usize::from(is_noticed), "{says_more} {resets}");
        bench.call(|_, peers| peers.resume(anna));
        assert_eq!(bench.handler().left, [Departure::Lost]);
        assert_eq!(bench.handler().said.len(), usize::from(!is_noticed));
    }
}

/// The clock stands still, so each is due at once: but each in a turn of its own.
#[test]
fn timers_without_time_come_to_an_end_when_nobody_sets_more() {
    let mut bench = Bench::new(Strict::default());
    bench.call(|_, peers| {
        peers.after(Duration::MAX);
        peers.after(Duration::ZERO);
    });
    bench.pass(Duration::from_millis(1));
    assert_eq!(bench.handler().timers, 5_000);
}
