//! A handler that can do most things, and whose words depend on nothing but what it was told.

use pollcat::{Answer, CloseCode, Departure, Handler, Message, PeerId, PeerMap, Peers, Request};

#[derive(Default)]
pub(super) struct Parrot {
    names: PeerMap<u32>,
    named: u32,
}

impl Handler for Parrot {
    fn on_request(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
        match request.path() {
            "/ws" => Answer::accept().subprotocol(request.choose_subprotocol(&["v2", "v1"])),
            "/page" => Answer::page("text/plain", format!("{:?}", request.query())).header("X-Parrot", "yes"),
            "/no" => Answer::refuse(403, "not you"),
            _ => Answer::refuse(404, "nothing here"),
        }
    }

    fn on_open(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) {
        self.named += 1;
        self.names.insert(id, self.named);
        peers.send(id, &format!("you are {}, {:?}", self.named, request.query()));
        peers.broadcast_from(id, &format!("{} comes", self.named));
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        let name = *self.names.get(from).expect("whoever speaks has come");
        let text = match message {
            Message::Text(text) => text,
            Message::Binary(bytes) => {
                let reversed: Vec<u8> = bytes.iter().rev().copied().collect();
                peers.send(from, &reversed);
                return;
            }
        };
        match text {
            "join" => peers.subscribe(from, "tea"),
            "part" => peers.unsubscribe(from, "tea"),
            "kick" => {
                let others = self.names.iter().filter(|(_, other)| **other != name);
                if let Some((id, _)) = others.min_by_key(|(_, other)| **other) {
                    peers.close(id, CloseCode::POLICY, "kicked");
                }
            }
            "bye" => peers.close(from, CloseCode::NORMAL, "bye"),
            "long" => drop(peers.send(from, &"long ".repeat(20_000))),
            _ => match text.split_once(':') {
                Some(("all", words)) => peers.broadcast(&format!("{name}: {words}")),
                Some((topic, words)) => peers.publish("tea", &format!("{name} of {topic}: {words}")),
                None => drop(peers.send(from, text)),
            },
        }
    }

    fn on_close(&mut self, peers: &mut Peers, id: PeerId, departure: Departure) {
        let name = self.names.remove(id).expect("whoever leaves has come");
        peers.broadcast(&format!("{name} leaves: {departure}"));
    }
}
