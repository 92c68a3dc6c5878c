//! Many peers at once, and many things in one turn.

use std::time::Duration;

use pollcat::testing::{Bench, ClientRequest};
use pollcat::{Config, Handler, Message, PeerId, Peers, Request};

use super::{Register, echo};

#[test]
fn a_thousand_peers_hear_one() {
    struct Hall;
    impl Handler for Hall {
        fn on_open(&mut self, peers: &mut Peers, id: PeerId, _: &Request<'_>) {
            peers.subscribe(id, "hall");
        }
        fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
            peers.publish_from(from, "hall", message);
        }
    }
    let mut bench = Bench::new(Hall);
    let peers: Vec<PeerId> = (0..1_000).map(|_| bench.open("/hall")).collect();
    bench.say(peers[0], "good evening");
    assert!(bench.heard(peers[0]).is_empty());
    assert!(peers[1..].iter().all(|&id| bench.heard(id) == ["good evening"]));
    bench.pass(Duration::from_secs(120));
    assert_eq!(bench.peers().len(), 1_000);
    bench.stop();
    assert!(bench.has_stopped() && peers.iter().all(|&id| bench.has_ended(id)));
}

/// No turn lasts until thousands are written to: what others ask is answered in between.
#[test]
fn what_thousands_are_to_hear_is_told_over_several_turns() {
    /// Tells everybody what is said first. With some of the others it notes for how many that waits still, and has a
    /// word for one of those.
    #[derive(Default)]
    struct Crier {
        said: usize,
        waiting: Vec<usize>,
    }
    impl Handler for Crier {
        fn on_message(&mut self, peers: &mut Peers, _: PeerId, message: Message<'_>) {
            self.said += 1;
            if self.said == 1 {
                return peers.broadcast(message);
            }
            if self.said % 1_000 == 500 {
                let all = peers.ids();
                let waiting: Vec<PeerId> = all.into_iter().filter(|&id| peers.queued(id) > 0).collect();
                waiting.last().into_iter().for_each(|&last| _ = peers.send(last, "and you"));
                self.waiting.push(waiting.len());
            }
        }
    }
    let mut bench = Bench::new(Crier::default());
    let peers: Vec<PeerId> = (0..4_000).map(|_| bench.open("/")).collect();
    // They speak together, and a poll brings some of it at a time: so some speak in each of the turns that it takes.
    bench.together(|bench| peers.iter().for_each(|&id| bench.say(id, "hear, hear")));
    let waiting = &bench.handler().waiting;
    assert_eq!((waiting.len(), waiting[0]), (4, 4_000));
    assert!(waiting.is_sorted_by(|before, after| before > after), "{waiting:?}");
    let words = waiting.iter().filter(|&&waiting| waiting > 0).count();
    let heard: Vec<_> = peers.iter().map(|&id| bench.heard(id)).collect();
    assert!(heard.iter().all(|heard| *heard == ["hear, hear"] || *heard == ["hear, hear", "and you"]));
    assert_eq!(heard.iter().filter(|heard| heard.len() == 2).count(), words);
}

#[test]
fn what_is_done_together_comes_in_one_turn() {
    /// Tells the first peer, and notes how much waits for it already.
    #[derive(Default)]
    struct Told(Option<PeerId>, Vec<usize>);
    impl Handler for Told {
        fn on_open(&mut self, _: &mut Peers, id: PeerId, _: &Request<'_>) {
            self.0.get_or_insert(id);
        }
        fn on_message(&mut self, peers: &mut Peers, _: PeerId, message: Message<'_>) {
            let first = self.0.expect("somebody is open");
            self.1.push(peers.queued(first));
            peers.send(first, message);
        }
    }
    let mut bench = Bench::new(Told::default());
    let [anna, ben, carla] = [(); 3].map(|()| bench.open("/"));
    bench.say(ben, "one");
    bench.say(carla, "two");
    bench.together(|bench| {
        bench.say(ben, "one");
        bench.say(carla, "two");
    });
    assert_eq!(bench.handler().1, [0, 0, 0, 5]);
    assert_eq!(bench.heard(anna), ["one", "two", "one", "two"]);
}

#[test]
fn more_may_happen_together_than_one_poll_brings() {
    let mut bench = Bench::new(Register::default());
    let peers: Vec<PeerId> = (0..2_500).map(|_| bench.open("/")).collect();
    bench.together(|bench| peers.iter().for_each(|&id| bench.say(id, "x")));
    assert!(peers.iter().all(|&id| bench.heard(id) == ["x"]));
    bench.together(|bench| peers.iter().for_each(|&id| bench.leave(id)));
    assert_eq!(bench.handler().left.len(), 2_500);
}

#[test]
fn who_connects_and_what_time_it_is_is_not_put_off() {
    let mut bench = echo(Config::new());
    let anna = bench.open("/");
    let ben = bench.together(|bench| {
        bench.say(anna, "before");
        let ben = bench.open("/");
        bench.say(ben, "after");
        assert!(bench.heard(ben).is_empty());
        bench.pass(Duration::from_millis(1));
        assert_eq!(bench.heard(ben), ["after"]);
        bench.say(ben, "at last");
        assert!(bench.heard(ben).is_empty());
        ben
    });
    assert_eq!(bench.heard(anna), ["before"]);
    assert_eq!(bench.heard(ben), ["at last"]);
}

#[test]
fn an_id_comes_to_mean_nobody_else() {
    let mut bench = echo(Config::new());
    let anna = bench.open("/");
    bench.leave(anna);
    let ben = bench.open(ClientRequest::websocket("/"));
    bench.say(ben, "mine");
    assert_ne!(anna, ben);
    assert!(bench.heard(anna).is_empty() && !bench.peers().contains(anna));
    bench.say(anna, "lost");
    assert_eq!(bench.heard(ben), ["mine"]);
}
