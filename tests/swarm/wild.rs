//! A handler that does anything at any time, and checks that each call it gets is possible.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use pollcat::{
    Answer, CloseCode, Delivery, Departure, Handler, Message, PeerId, Peers, PreparedMessage, Request,
    RequestId, TimerId,
};

use pollcat_testing::dice::Dice;

/// What every binary message of the server is made of.
pub(crate) const FILLING: u8 = 0x55;

const TOPICS: [&str; 3] = ["a", "b", "c"];
/// Around the borders of the lengths in a frame (§5.2), and more than sockets and queues take.
const SIZES: [usize; 7] = [0, 5, 125, 126, 3_000, 70_000, 200_000];
pub(crate) const LONGEST: usize = 200_000;

/// What the handler was told.
#[derive(Clone, Default)]
pub(crate) struct Record(Arc<Mutex<Told>>);

#[derive(Default)]
struct Told {
    /// The number of the next message of everybody who is there.
    open: HashMap<PeerId, u32>,
    opened: HashMap<PeerId, u32>,
    closed: u64,
    /// Requests that have been put off, until they have an answer or are gone.
    waiting: Vec<RequestId>,
}

impl Record {
    fn told(&self) -> MutexGuard<'_, Told> {
        self.0.lock().expect("a handler that panicked has ended the test")
    }

    /// Everybody who came has left, once.
    pub(crate) fn assert_complete(&self, opened: u64) {
        let told = self.told();
        assert!(told.open.is_empty(), "{:?} were never closed", told.open.keys());
        assert_eq!(told.closed, opened);
        assert_eq!(told.opened.len() as u64, opened, "an id came twice");
        assert!(told.waiting.is_empty(), "{:?} have no answer, and are not gone", told.waiting);
    }
}

pub(crate) struct Wild {
    dice: Dice,
    record: Record,
    prepared: PreparedMessage,
    /// Who is to be resumed when a timer comes. It may be resumed before, and paused again.
    pauses: HashMap<TimerId, PeerId>,
}

impl Wild {
    pub(crate) fn new(dice: Dice, record: &Record) -> Self {
        let prepared = PreparedMessage::new("prepared");
        Wild { dice, record: record.clone(), prepared, pauses: HashMap::new() }
    }

    fn act(&mut self, peers: &mut Peers, id: PeerId) {
        let topic = self.dice.choose(&TOPICS);
        let message = vec![FILLING; self.dice.choose(&SIZES)];
        match self.dice.below(14) {
            0..=2 => {
                peers.send(id, &message);
            }
            3 => peers.publish(topic, &message),
            4 => peers.publish_from(id, topic, &self.prepared),
            5 if self.dice.one_in(4) => peers.broadcast(&message),
            6 => peers.subscribe(id, topic),
            7 => peers.unsubscribe(id, topic),
            8 if self.dice.one_in(6) => peers.close(id, CloseCode::NORMAL, "enough"),
            9 if self.dice.one_in(4) => self.close_somebody(peers),
            10 => peers.broadcast_from(id, &self.prepared),
            11 => self.answer_somebody(peers),
            12 => self.pause_somebody(peers),
            13 => {
                peers.ping(id, &message);
            }
            _ => {}
        }
        assert_eq!(peers.len(), peers.ids().len());
    }

    fn answer_somebody(&mut self, peers: &mut Peers) {
        let waiting = self.record.told().waiting.clone();
        if waiting.is_empty() {
            return;
        }
        let request = self.dice.choose(&waiting);
        let answer = self.decide();
        if peers.answer_request(request, answer) == Delivery::Queued {
            self.record.told().waiting.retain(|&other| other != request);
        }
        // Else it is about to be told that it is gone.
        assert_eq!(peers.answer_request(request, Answer::accept()), Delivery::Gone, "it has its answer");
    }

    fn decide(&mut self) -> Answer {
        match self.dice.below(10) {
            0 => Answer::refuse(403, "no"),
            1 => Answer::page("text/plain", vec![b'p'; 100_000]),
            _ => Answer::accept().with(FILLING),
        }
    }

    fn close_somebody(&mut self, peers: &mut Peers) {
        let ids = peers.ids();
        if ids.is_empty() {
            return;
        }
        let somebody = self.dice.choose(&ids);
        peers.close(somebody, CloseCode::POLICY, "you too");
        assert!(!peers.contains(somebody));
        assert_eq!(peers.send(somebody, "x"), Delivery::Gone);
    }

    /// For a moment: a timer resumes whom it finds paused.
    fn pause_somebody(&mut self, peers: &mut Peers) {
        let ids = peers.ids();
        if ids.is_empty() {
            return;
        }
        let somebody = self.dice.choose(&ids);
        peers.pause(somebody);
        assert!(peers.is_paused(somebody));
        let timer = peers.after(Duration::from_millis(self.dice.below(40) as u64));
        self.pauses.insert(timer, somebody);
        if self.dice.one_in(4) {
            peers.resume(somebody);
            assert!(peers.cancel(timer) && self.pauses.remove(&timer).is_some());
        }
    }

    fn act_for_some(&mut self, peers: &mut Peers) {
        for id in peers.ids().into_iter().take(2) {
            self.act(peers, id);
        }
    }
}

impl Handler for Wild {
    fn on_request(&mut self, peers: &mut Peers, id: PeerId, _: &Request<'_>) -> Answer {
        if self.dice.one_in(3) {
            self.record.told().waiting.push(peers.request_id(id));
            return Answer::later();
        }
        self.decide()
    }

    fn on_request_gone(&mut self, peers: &mut Peers, request: RequestId) {
        assert_eq!(peers.answer_request(request, Answer::accept()), Delivery::Gone);
        let mut told = self.record.told();
        let place = told.waiting.iter().position(|&other| other == request);
        told.waiting.swap_remove(place.unwrap_or_else(|| panic!("{request} is gone, and does not wait")));
        drop(told);
        self.act_for_some(peers);
    }

    fn on_open(&mut self, peers: &mut Peers, id: PeerId, _: &Request<'_>) {
        assert_eq!(peers.opened_with::<u8>(id), Some(FILLING));
        let mut told = self.record.told();
        assert!(told.open.insert(id, 0).is_none(), "{id} opened twice");
        *told.opened.entry(id).or_default() += 1;
        drop(told);
        self.act(peers, id);
        self.act(peers, id);
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        assert!(peers.contains(from), "a message of {from}, who is not open");
        assert!(!peers.is_paused(from), "a message of {from}, who is paused");
        let number = message.as_bytes().first_chunk().expect("every message begins with its number");
        let mut told = self.record.told();
        let expected = told.open.get_mut(&from).expect("whoever speaks has been opened");
        assert_eq!(u32::from_be_bytes(*number), *expected, "{from}: out of order");
        *expected += 1;
        drop(told);
        self.act(peers, from);
    }

    fn on_pong(&mut self, peers: &mut Peers, from: PeerId, _: &[u8]) {
        assert!(peers.contains(from) && !peers.is_paused(from), "a Pong of {from}");
        self.act(peers, from);
    }

    fn on_timer(&mut self, peers: &mut Peers, timer: TimerId) {
        let id = self.pauses.remove(&timer).expect("a timer comes once, and not when it was taken back");
        peers.resume(id);
        assert!(!peers.is_paused(id));
        self.act_for_some(peers);
    }

    fn on_drain(&mut self, peers: &mut Peers, id: PeerId, _: u64) {
        assert!(self.record.told().open.contains_key(&id), "{id} has caught up, and is not there");
        self.act(peers, id);
    }

    fn on_close(&mut self, peers: &mut Peers, id: PeerId, departure: Departure) {
        assert!(!peers.contains(id));
        let mut told = self.record.told();
        assert!(told.open.remove(&id).is_some(), "{id} is not there, and leaves: {departure}");
        told.closed += 1;
        drop(told);
        self.act(peers, id);
    }

    fn on_mail(&mut self, peers: &mut Peers, (): ()) {
        self.act_for_some(peers);
    }

    fn on_tick(&mut self, peers: &mut Peers) {
        self.act_for_some(peers);
    }
}
