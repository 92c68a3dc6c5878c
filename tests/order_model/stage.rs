//! A server with its handler, and the clients around it: plays turns, and judges what was heard when all is over.

use std::net::TcpStream;
use std::sync::Arc;

use pollcat::{Config, Server, SlowPeers};

use crate::client::{CLOSE, PATIENCE, PING, TEXT, masked, upgrade_request};
use crate::heard;
use crate::listener::{Heard, Listener};
use crate::model::{Ending, Slow, Stage as PeerStage};
use crate::player::{Mail, Player, Shared};
use crate::raw::{narrow_listener, narrow_stream};
use crate::running::Running;
use crate::script::{Call, Name, Part, Piece, Speaker, Turn, Way};

/// What a theatre is like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct House {
    pub(crate) slow: Slow,
    /// `max_send_queue`, if it is to be reached.
    pub(crate) queue: usize,
    /// Sockets with small buffers: outboxes fill soon.
    pub(crate) narrow: bool,
    /// What newcomers offer in their Sec-WebSocket-Extensions, in turn.
    pub(crate) offers: &'static [&'static str],
}

impl House {
    pub(crate) const PLAIN: House = House { slow: Slow::Wait, queue: 1 << 30, narrow: false, offers: &[""] };
}

pub(crate) struct Stage {
    house: House,
    running: Running<Mail>,
    pub(crate) shared: Arc<Shared>,
    /// By name.
    listeners: Vec<Option<Listener>>,
    torn: Vec<(Name, Heard)>,
    dialled: u64,
    pings: u32,
}

impl Stage {
    pub(crate) fn new(house: House) -> Self {
        let config = Config::new()
            .max_send_queue(house.queue)
            .slow_peers(if house.slow == Slow::Skip { SlowPeers::Skip } else { SlowPeers::Close })
            .close_within(PATIENCE);
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

    fn say(&mut self, part: Part) {
        let (name, is_new) = match part.speaker {
            Speaker::Mail => return part.pieces.into_iter().for_each(|piece| self.post(piece)),
            Speaker::Newcomer(name) => (name, true),
            Speaker::Peer(name) => (name, false),
        };
        let mut bytes = Vec::new();
        let (mut pings, mut sent, mut leaving) = (String::new(), 0, None);
        // Scripts stand around each row of Pings, so that the model knows when they were heard.
        let has_script = |piece: &Piece| matches!(piece, Piece::Script(_));
        let mut pieces = part.pieces;
        if !pieces.first().is_some_and(has_script) {
            pieces.insert(0, Piece::Script(Vec::new()));
        }
        let last = pieces.iter().rposition(has_script).expect("there is one");
        if matches!(pieces.get(last + 1), Some(Piece::Ping)) {
            let end = pieces.iter().rposition(|piece| matches!(piece, Piece::Ping)).expect("there is one");
            pieces.insert(end + 1, Piece::Script(Vec::new()));
        }
        for piece in pieces {
            match piece {
                Piece::Script(calls) if is_new && sent == 0 => {
                    let extensions = match self.house.offers[name % self.house.offers.len()] {
                        "" => String::new(),
                        offer => format!("Sec-WebSocket-Extensions: {offer}\r\n"),
                    };
                    let script = self.keep(calls);
                    let fields = format!("Name: {name}\r\nScript: {script}\r\n{extensions}");
                    bytes.extend(upgrade_request(&fields).into_bytes());
                    sent += 1;
                }
                Piece::Script(calls) => {
                    let words = format!("{}{}", self.keep(calls), std::mem::take(&mut pings));
                    bytes.extend(masked(TEXT, words.as_bytes()));
                    sent += 1;
                }
                Piece::Ping => {
                    self.pings += 1;
                    pings += &format!(" {}", self.pings);
                    bytes.extend(masked(PING, self.pings.to_string().as_bytes()));
                }
                Piece::Goodbye => {
                    bytes.extend(masked(CLOSE, &1000_u16.to_be_bytes()));
                    leaving = Some(Ending::Close(1000));
                }
                Piece::End => leaving = Some(Ending::End),
            }
        }
        let mut state = self.shared.look();
        state.model.peers[name].sent += sent;
        state.model.peers[name].leaving = leaving;
        drop(state);
        let listener = self.listeners[name].as_mut().expect("who speaks is there");
        listener.write(&bytes);
        if leaving == Some(Ending::End) {
            listener.end();
        }
    }

    /// A script's number.
    fn keep(&self, calls: Vec<Call>) -> usize {
        let mut state = self.shared.look();
        state.scripts.push(calls);
        state.scripts.len() - 1
    }

    /// A single call is a letter of its own, if there is one for it.
    fn post(&mut self, piece: Piece) {
        let Piece::Script(calls) = piece else { panic!("{piece:?} is not for a mailbox") };
        let mailbox = &self.running.mailbox;
        let deliver = |mail| assert!(mailbox.deliver(mail).is_ok(), "the mailbox has room");
        for call in calls {
            let id = |name: Name| self.shared.look().model.peers.get(name).and_then(|peer| peer.id);
            let posted = match call {
                Call::Say(Way::Send(to), said) => id(to).map(|id| {
                    deliver(Mail::Follows(call));
                    mailbox.send(id, &said.prepared())
                }),
                Call::Say(Way::Publish(topic), said) => {
                    deliver(Mail::Follows(call));
                    Some(mailbox.publish(topic, &said.prepared()))
                }
                Call::Say(Way::Broadcast, said) => {
                    deliver(Mail::Follows(call));
                    Some(mailbox.broadcast(&said.prepared()))
                }
                Call::Close(who) => id(who).map(|id| {
                    deliver(Mail::Follows(call));
                    mailbox.close(id, pollcat::CloseCode::NORMAL, "")
                }),
                _ => {
                    deliver(Mail::Script(self.keep(vec![call])));
                    None
                }
            };
            assert!(posted.is_none_or(|posted| posted.is_ok()), "the mailbox has room");
        }
    }

    /// Waits until everything is done that those who read have asked for.
    fn settle(&mut self) {
        loop {
            let state = self.shared.wait("all is done", |state| {
                let settled = |name: &Name| state.model.peers[*name].is_settled();
                state.stands.is_some()
                    || (0..state.model.peers.len()).all(|name| state.paused.contains(&name) || settled(&name))
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
        let everybody: Vec<Name> = (0..self.listeners.len()).collect();
        let mut number = 90_000_000;
        let last = Turn::read("mail: broadcast, publish tea, publish coffee, broadcast 70000", &mut number);
        self.play(last);
        self.wait_until_all_have_caught_up();
        let close = everybody.iter().flat_map(|&name| [Call::Close(name)]);
        let script = self.keep(close.collect());
        assert!(self.running.mailbox.deliver(Mail::Script(script)).is_ok(), "the mailbox has room");
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
            assert_eq!(self.running.counters().messages_out, messages as u64, "how many were sent");
        }
    }

    /// Whoever has missed messages hears of it when it has caught up, and then heard and missed are all.
    fn wait_until_all_have_caught_up(&self) {
        let state = self.shared.wait("everybody has caught up", |state| {
            let mut open = state.model.peers.iter().filter(|peer| peer.stage == PeerStage::Open);
            open.all(|peer| {
                let is_torn = peer.leaving == Some(Ending::Torn);
                let closed = state.model.slow == Slow::Close;
                is_torn || closed || peer.heard + peer.missed as usize >= peer.expected.len()
            })
        });
        for (name, peer) in state.model.peers.iter().enumerate() {
            let heard = peer.heard + peer.missed as usize;
            assert!(heard <= peer.expected.len(), "peer {name}: {heard} of {}", peer.expected.len());
        }
    }
}
