//! A server that does what the test tells it, on its own thread, and tells what happens there.

use std::sync::mpsc::{Receiver, Sender, channel};

use pollcat::{Config, Delivery, Departure, Handler, Message, PeerId, Peers, Request, Server};

use crate::client::{Client, PATIENCE};
use crate::running::{Plainly, RunningBy, Way};

/// More than the sockets between a server and a client that does not read hold, if the server's
/// [`send_buffer`](Config::send_buffer) is small; in bytes, with those of a [`bridge`](crate::bridge).
pub const UNDERWAY: usize = 768 << 10;

/// The length of one of the messages of [`DirectedBy::fill`].
pub const FILLER: usize = 16 << 10;

type Errand = Box<dyn FnOnce(&mut Peers) + Send>;

#[derive(Debug, PartialEq)]
pub enum Event {
    Opened(PeerId),
    Said(PeerId, Vec<u8>),
    Ponged(PeerId, Vec<u8>),
    Drained(PeerId, u64),
    Left(PeerId, Departure),
    Ticked,
}

pub type Directed = DirectedBy<Plainly>;

pub struct DirectedBy<W: Way> {
    pub running: RunningBy<W, Errand>,
    events: Receiver<Event>,
}

/// Tells the test of everything, and runs its errands.
struct Puppet(Sender<Event>);

impl<W: Way> DirectedBy<W> {
    pub fn start(config: Config) -> Self {
        DirectedBy::serve(W::server(config))
    }

    pub fn serve(server: Server<Errand>) -> Self {
        let (sender, events) = channel();
        DirectedBy { running: RunningBy::serve(server, Puppet(sender)), events }
    }

    /// A new guest, and who it is to the server.
    #[track_caller]
    pub fn guest(&self) -> (PeerId, Client) {
        let client = Client::connect(self.running.address());
        (self.opened(), client)
    }

    #[track_caller]
    pub fn opened(&self) -> PeerId {
        match self.event() {
            Event::Opened(id) => id,
            other => panic!("{other:?}, and not a new guest"),
        }
    }

    /// Runs `errand` within the loop, in one turn, and brings back what it found.
    #[track_caller]
    pub fn direct<T: Send + 'static>(&self, errand: impl FnOnce(&mut Peers) -> T + Send + 'static) -> T {
        let (sender, found) = channel();
        let errand = move |peers: &mut Peers| drop(sender.send(errand(peers)));
        assert!(self.running.mailbox.deliver(Box::new(errand)).is_ok(), "the mailbox has room");
        found.recv_timeout(PATIENCE).expect("the errand is run")
    }

    /// Sends until so many bytes wait for a guest who does not read; returns how many messages of [`FILLER`] bytes that
    /// took. All but [`UNDERWAY`] of what waits then goes on waiting, until the guest reads.
    #[track_caller]
    pub fn fill(&self, to: PeerId, bytes: usize) -> usize {
        assert!(bytes > UNDERWAY, "{bytes} bytes may all leave for the sockets");
        let waits = |_: &usize| {
            self.direct(move |peers| {
                assert_ne!(peers.send(to, &"f".repeat(FILLER)), Delivery::Full);
                peers.queued(to) > bytes
            })
        };
        (1..4_096).find(waits).expect("sockets that nobody reads from fill up")
    }

    /// What happens next.
    #[track_caller]
    pub fn event(&self) -> Event {
        self.events.recv_timeout(PATIENCE).expect("something happens")
    }

    /// What has happened that the test has not looked at.
    pub fn events_so_far(&self) -> Vec<Event> {
        self.events.try_iter().collect()
    }

    /// `run` must return by itself now; what has happened until then.
    #[track_caller]
    pub fn join(self) -> Vec<Event> {
        self.running.join();
        self.events.try_iter().collect()
    }

    /// The next thing that happens is that this guest leaves. That it had caught up once more before, and missed
    /// nothing, does not matter: what lies between it and the server may have taken a while to fill.
    #[track_caller]
    pub fn departure(&self, who: PeerId) -> Departure {
        loop {
            match self.event() {
                Event::Left(id, departure) if id == who => return departure,
                Event::Drained(id, 0) if id == who => {}
                other => panic!("{other:?}, and {who} has not left"),
            }
        }
    }
}

impl Puppet {
    fn tell(&self, event: Event) {
        // A test that has failed listens no more.
        let _ = self.0.send(event);
    }
}

impl Handler<Errand> for Puppet {
    fn on_open(&mut self, _: &mut Peers, id: PeerId, _: &Request<'_>) {
        self.tell(Event::Opened(id));
    }

    fn on_message(&mut self, _: &mut Peers, from: PeerId, message: Message<'_>) {
        self.tell(Event::Said(from, message.as_bytes().to_vec()));
    }

    fn on_pong(&mut self, _: &mut Peers, from: PeerId, payload: &[u8]) {
        self.tell(Event::Ponged(from, payload.to_vec()));
    }

    fn on_drain(&mut self, _: &mut Peers, id: PeerId, missed: u64) {
        self.tell(Event::Drained(id, missed));
    }

    fn on_close(&mut self, _: &mut Peers, id: PeerId, departure: Departure) {
        self.tell(Event::Left(id, departure));
    }

    fn on_mail(&mut self, peers: &mut Peers, errand: Errand) {
        errand(peers);
    }

    fn on_tick(&mut self, _: &mut Peers) {
        self.tell(Event::Ticked);
    }
}
