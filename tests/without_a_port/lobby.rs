//! A whole program, tested: a lobby with a key, where nobody may say much.

use pollcat::testing::Bench;
use pollcat::{Answer, CloseCode, Departure, Handler, Message, PeerId, PeerMap, Peers, Request};

/// Who has the key comes in, is welcomed, and may say three things.
#[derive(Default)]
struct Lobby {
    said: PeerMap<u32>,
}

impl Handler for Lobby {
    fn on_request(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
        match (request.is_upgrade(), request.query()) {
            (true, Some("key=1")) => Answer::accept(),
            (true, _) => Answer::refuse(401, "no key"),
            (false, _) => Answer::refuse(404, "no pages"),
        }
    }

    fn on_open(&mut self, peers: &mut Peers, id: PeerId, _: &Request<'_>) {
        self.said.insert(id, 0);
        peers.send(id, "welcome");
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        let Message::Text(text) = message else {
            return peers.close(from, CloseCode::UNSUPPORTED, "text only");
        };
        let said = self.said.get_mut(from).expect("whoever speaks has come in");
        *said += 1;
        match *said {
            1..=3 => peers.broadcast_from(from, text),
            _ => peers.close(from, CloseCode::POLICY, "enough"),
        }
    }

    fn on_close(&mut self, peers: &mut Peers, id: PeerId, _: Departure) {
        self.said.remove(id);
        peers.broadcast("someone left");
    }
}

#[test]
fn guests_are_welcomed_and_hear_each_other() {
    let mut bench = Bench::new(Lobby::default());
    let (anna, ben) = (bench.open("/?key=1"), bench.open("/?key=1"));
    assert_eq!(bench.heard(anna), ["welcome"]);
    assert_eq!(bench.heard(ben), ["welcome"]);
    bench.say(anna, "hi");
    assert_eq!(bench.heard(ben), ["hi"]);
    assert!(bench.heard(anna).is_empty());
}

#[test]
fn nobody_comes_in_without_the_key() {
    let mut bench = Bench::new(Lobby::default());
    for target in ["/", "/?key=2", "/?key=1&key=1"] {
        let refused = bench.try_open(target).unwrap_err();
        assert_eq!((refused.status(), refused.text()), (401, "401 Unauthorized: no key\n"), "{target}");
    }
    assert_eq!(bench.request("/?key=1").status(), 404);
    assert!(bench.peers().is_empty());
}

#[test]
fn whoever_says_too_much_is_closed_and_missed() {
    let mut bench = Bench::new(Lobby::default());
    let (anna, ben) = (bench.open("/?key=1"), bench.open("/?key=1"));
    for words in ["one", "two", "three", "four"] {
        bench.say(anna, words);
    }
    assert_eq!(bench.closed(anna), Some((CloseCode::POLICY, "enough")));
    assert_eq!(bench.heard(ben), ["welcome", "one", "two", "three", "someone left"]);
    assert_eq!(bench.handler().said.len(), 1);
}

#[test]
fn bytes_are_not_taken() {
    let mut bench = Bench::new(Lobby::default());
    let anna = bench.open("/?key=1");
    bench.say(anna, b"\0");
    assert_eq!(bench.closed(anna), Some((CloseCode::UNSUPPORTED, "text only")));
    assert!(bench.has_ended(anna) && bench.peers().is_empty());
}

#[test]
fn whoever_is_gone_without_a_word_is_missed_too() {
    let mut bench = Bench::new(Lobby::default());
    let [anna, ben, carla, dora] = [(); 4].map(|()| bench.open("/?key=1"));
    bench.leave(ben);
    bench.reset(carla);
    bench.close(dora, CloseCode::GOING_AWAY, "");
    assert_eq!(bench.heard(anna), ["welcome", "someone left", "someone left", "someone left"]);
    assert_eq!(bench.handler().said.len(), 1);
}
