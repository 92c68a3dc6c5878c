//! Handlers on a bench: what `pollcat::testing` shows is what clients of a server see.
#![cfg(feature = "testing")]

mod alike;
mod clients;
mod crowd;
mod doing;
mod draining;
mod lobby;
mod pausing;
mod requests;
mod rules;
mod slow;
mod threads;
mod time;

use pollcat::testing::Bench;
use pollcat::{Config, Departure, Handler, HandlerFn, Message, PeerId, Peers, Request, handler_fn};

/// Sends everything back.
fn echo(config: Config) -> Bench<HandlerFn<impl FnMut(&mut Peers, PeerId, Message<'_>)>> {
    Bench::with_config(
        handler_fn(|peers, from, message| {
            peers.send(from, message);
        }),
        config,
    )
}

/// Notes who comes and goes, and sends everything back.
#[derive(Default)]
struct Register {
    opened: Vec<PeerId>,
    left: Vec<(PeerId, Departure)>,
    drained: Vec<(PeerId, u64)>,
    stopped: u32,
}

impl Handler for Register {
    fn on_open(&mut self, _: &mut Peers, id: PeerId, _: &Request<'_>) {
        self.opened.push(id);
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        peers.send(from, message);
    }

    fn on_drain(&mut self, _: &mut Peers, id: PeerId, missed: u64) {
        self.drained.push((id, missed));
    }

    fn on_close(&mut self, _: &mut Peers, id: PeerId, departure: Departure) {
        self.left.push((id, departure));
    }

    fn on_stop(&mut self, _: &mut Peers) {
        self.stopped += 1;
    }
}
