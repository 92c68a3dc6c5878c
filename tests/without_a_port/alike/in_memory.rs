//! On a bench.

use pollcat::testing::{Bench, Heard};
use pollcat::{Config, PeerId};

use super::parrot::Parrot;
use super::{Answer, Payload, Place, Seen};

pub(super) struct InMemory {
    bench: Bench<Parrot>,
    clients: Vec<PeerId>,
}

impl Place for InMemory {
    fn start(config: Config) -> Self {
        InMemory { bench: Bench::with_config(Parrot::default(), config), clients: Vec::new() }
    }

    fn dial(&mut self, request: &[u8]) -> Answer {
        let id = self.bench.connect();
        self.clients.push(id);
        self.bench.send_bytes(id, request);
        let answer = self.bench.answer(id).expect("a whole request has an answer");
        if answer.status() != 101 {
            self.bench.leave(id);
        }
        let is_date = |name: &str| name == "Date";
        Answer {
            status: answer.status(),
            headers: answer
                .headers()
                .filter(|(name, _)| !is_date(name))
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            body: answer.body().to_vec(),
        }
    }

    fn send(&mut self, from: usize, bytes: &[u8]) {
        self.bench.send_bytes(self.clients[from], bytes);
    }

    fn leave(&mut self, who: usize) {
        self.bench.leave(self.clients[who]);
    }

    fn look(&mut self, at: &[usize]) -> Vec<Seen> {
        let seen = |&who: &usize| {
            let id = self.clients[who];
            let messages = self.bench.heard(id).into_iter().map(|heard| match heard {
                Heard::Text(text) => Payload::Text(text),
                Heard::Binary(bytes) => Payload::Binary(bytes),
            });
            let closed = self.bench.closed(id).map(|(code, reason)| {
                assert!(self.bench.has_ended(id));
                (code.number(), reason.to_owned())
            });
            Seen { messages: messages.collect(), pongs: self.bench.pongs(id), closed }
        };
        at.iter().map(seen).collect()
    }
}
