//! A server with its handler, and the clients around it: plays turns, and judges what was received when all is over.

use std::net::TcpStream;
use std::sync::Arc;

use pollcat::{Config, Server, SlowPeers};
use pollcat_testing::client::PATIENCE;
use pollcat_testing::raw::{narrow_listener, narrow_stream};
use pollcat_testing::running::Running;

use crate::heard;
use crate::listener::{Heard, Listener};
use crate::model::{Ending, Peer, Slow, Stage as PeerStage};
use crate::player::{Mail, Player, Shared};
use crate::script::{Call, Name, Part, Piece, Said, Speaker, Turn, Way};

/// What a theatre is like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct House {
    pub(crate) slow: Slow,
    /// `max_send_queue`, if it is to be reached.
    pub(crate) queue: usize,
    /// Sockets with small buffers: outboxes fill soon.
    pub(crate) narrow: bool,
    /// Some messages have keys.
    pub(crate) keyed: bool,
    /// In the end the server stops; or else it closes everybody.
    pub(crate) stops: bool,
    /// What newcomers offer in their Sec-WebSocket-Extensions, in turn.
    pub(crate) offers: &'static [&'static str],
}

impl House {
    pub(crate) const PLAIN: House =
        House { slow: Slow::Wait, queue: 1 << 30, narrow: false, keyed: false, stops: false, offers: &[""] };
}

pub(crate) struct Stage {
    pub(crate) house: House,
    pub(crate) running: Running<Mail>,
    pub(crate) shared: Arc<Shared>,
    /// By name.
    pub(crate) listeners: Vec<Option<Listener>>,
    torn: Vec<(Name, Heard)>,
    dialled: u64,
    pub(crate) pings: u32,
}

impl Stage {
    pub(crate) fn new(house: House) -> Self {
        let config = Config::new()
            .max_send_queue(house.queue)
            .slow_peers(if house.slow == Slow::Skip { SlowPeers::Skip } else { SlowPeers::Close })
            .close_within(PATIENCE)
            // No Pings of the server's own: who waits in vain is not heard in between.
            .ping_after(10 * PATIENCE);
        #[cfg(feature = "deflate")]
        let config = config.deflate(pollcat::Deflate::new().threshold(100).context_takeover(true));
        let server = match house.narrow {
            true => {
                let mut server = Server::without_listeners(config).expect("a poll can be had");
                server.listen_on(narrow_listener(4096)).expect("a listener can be watched");
                server
            }
            false => Server::with_config("127.0.0.1:0", config).expect("loopback has a free port"),
        };
        let shared = Arc::new(Shared::new(house.slow));
        let running = Running::serve(server, Player(Arc::clone(&shared)));
        let (listeners, torn) = (Vec::new(), Vec::new());
        Stage { house, running, shared, listeners, torn, dialled: 0, pings: 0 }
    }

    /// All of it is on its way before the loop looks; returns when it is done.
    pub(crate) fn play(&mut self, turn: Turn) {
        let mut parts = match turn {
            Turn::Pause(name) => return self.pause(name),
            Turn::Resume(name) => return self.resume(name),
            Turn::All(parts) => parts,
        };
        for part in &parts {
            if let Speaker::Newcomer(name) = part.speaker {
                self.dial(name);
            }
        }
        let has_mail = parts.iter().any(|part| part.speaker == Speaker::Mail);
        let stands = has_mail || parts.len() > 1;
        if stands {
            self.stand_still(&mut parts, has_mail);
        }
        parts.into_iter().for_each(|part| self.say(part));
        if stands {
            self.shared.change(|state| state.stands = None);
        }
        self.settle();
    }

    /// Letters are read after the peers' input: a peer's script has to stand still for both to be one turn. But where
    /// the slow are closed, nobody knows who is still there.
    fn stand_still(&mut self, parts: &mut Vec<Part>, has_mail: bool) {
        let wait = Piece::Script(vec![Call::Wait]);
        match parts.first_mut() {
            Some(first) if has_mail && self.house.slow != Slow::Close && first.is_of_a_peer() => {
                first.pieces.insert(0, wait);
                self.say(parts.remove(0));
            }
            _ => self.say(Part { speaker: Speaker::Mail, pieces: vec![wait] }),
        }
        drop(self.shared.wait("the loop stands still", |state| state.stands == Some(Call::Wait)));
    }

    /// A newcomer, accepted by the server: it has said nothing yet.
    fn dial(&mut self, name: Name) {
        let address = self.running.address();
        let stream = match self.house.narrow {
            true => narrow_stream(address, 4096),
            false => TcpStream::connect(address).expect("the server listens"),
        };
        assert_eq!(self.shared.look().model.add_peer(), name, "names come in order");
        self.listeners.push(Some(Listener::over(stream, name, &self.shared)));
        self.dialled += 1;
        let dialled = self.dialled;
        self.running.wait_until("it is accepted", |counters| counters.accepted == dialled);
    }

    /// Waits until everything is done that those who read, and the letters, have asked for.
    fn settle(&mut self) {
        loop {
            let state = self.shared.wait("all is done", |state| {
                let mut peers = state.model.peers.iter().enumerate();
                let settled = peers.all(|(name, peer)| state.paused.contains(&name) || peer.is_settled());
                state.stands.is_some() || settled && !state.is_busy && state.read == state.posted
            });
            let Some(Call::Tear(name)) = state.stands else { return };
            drop(state);
            self.tear(name);
            self.shared.change(|state| state.stands = None);
        }
    }

    fn pause(&self, name: Name) {
        self.shared.change(|state| state.paused.extend([name]));
    }

    fn resume(&self, name: Name) {
        self.shared.change(|state| state.paused.retain(|&paused| paused != name));
    }

    fn tear(&mut self, name: Name) {
        self.resume(name);
        let listener = self.listeners[name].take().expect("who is torn is there");
        self.torn.push((name, listener.tear()));
    }

    /// Everybody reads again, is sent a last word and closed; then what each has heard is compared with the model.
    pub(crate) fn close(mut self) {
        self.shared.change(|state| state.paused.clear());
        self.settle();
        self.wait_until_all_have_caught_up();
        let mut number = 90_000_000;
        let last = Turn::read("mail: broadcast, publish tea, publish coffee, broadcast 70000", &mut number);
        self.play(last);
        self.wait_until_all_have_caught_up();
        self.shared.change(|state| state.model.expect_all_to_be_known());
        let mut end = match self.house.stops {
            true => vec![Call::Stop],
            false => (0..self.listeners.len()).map(Call::Close).collect(),
        };
        let word = Said { number: number + 1, length: 50, key: None };
        end.insert(end.len() / 2, Call::Say(Way::Publish("tea"), word));
        self.post_script(end);
        let mut heard: Vec<(Name, Heard)> = std::mem::take(&mut self.torn);
        for (name, listener) in self.listeners.drain(..).enumerate() {
            heard.extend(listener.map(|listener| (name, listener.join())));
        }
        self.running.wait_until("all have left", |counters| counters.connections == 0);
        let state = self.shared.look();
        for (name, heard) in &heard {
            heard::judge(&state.model, *name, heard);
        }
        let nobody_torn = state.model.peers.iter().all(|peer| peer.leaving != Some(Ending::Torn));
        if self.house.slow == Slow::Wait && nobody_torn {
            let messages: usize = state.model.peers.iter().map(|peer| peer.expected.len()).sum();
            let heard: usize = state.model.peers.iter().map(|peer| peer.heard).sum();
            let counters = self.running.counters();
            assert_eq!(counters.messages_out, messages as u64, "how many were sent");
            assert_eq!(counters.replaced, (messages - heard) as u64, "how many were replaced");
        }
    }

    /// Whoever has missed messages hears of it when it has caught up, and then heard and missed are all. If not, that
    /// is told when all is over.
    fn wait_until_all_have_caught_up(&self) {
        if self.house.slow == Slow::Skip {
            drop(self.shared.wait_perhaps(|state| {
                let is_open = |peer: &&Peer| peer.stage == PeerStage::Open && peer.leaving.is_none();
                state.model.peers.iter().filter(is_open).all(Peer::knows_all)
            }));
        }
    }
}
