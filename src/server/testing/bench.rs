//! The bench: a server that is turned by hand, and its clients.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::client::Client;
use super::request::Asked;
use crate::server::accept::listeners::Listeners;
use crate::server::accept::memory::{Network, ServerEnd, WireNumber};
use crate::server::accept::origin::Origin;
use crate::server::bell::Bell;
use crate::server::guard::Guarded;
use crate::server::mailbox::Letters;
use crate::server::time::deadlines::Clock;
use crate::server::time::hand::Hand;
use crate::server::tuning::EVENTS_PER_TURN;
use crate::server::turn::{EventLoop, Parts};
use crate::server::{Config, CounterReader, Counters, Handler, Mailbox, OnPanic, PeerId, Peers};

/// What a client may have under way to it, in bytes, before it reads: a small socket's buffer.
pub(super) const ROOM: usize = 64 << 10;

/// Turns without rest after which something must be wrong.
const MOST_TURNS: usize = 100_000;

/// What is due after this is not waited for: a timer of no time at all.
const AT_ONCE: Duration = Duration::from_nanos(1);

/// The server counts its time in a number that is used up by then.
const LONGEST: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

/// A server without a port, and its clients. [`testing`](super) says what it is for.
///
/// `H` is the handler, `M` the kind of its mail.
pub struct Bench<H, M = ()> {
    pub(super) event_loop: EventLoop<M, Guarded<H>>,
    pub(super) network: Network,
    hand: Hand,
    counters: CounterReader,
    pub(super) clients: Vec<Client>,
    ids: HashMap<PeerId, WireNumber>,
    /// Nothing is turned: what is said is gathered.
    is_held: bool,
    /// Code of the handler's was called: its output waits for a turn, though nothing would wake a loop.
    was_called: bool,
    has_stopped: bool,
}

/// # The server
impl<M, H: Handler<M>> Bench<H, M> {
    /// A server with this handler and the default [`Config`].
    pub fn new(handler: H) -> Self {
        Bench::with_config(handler, Config::new())
    }

    /// A server with a [`Config`] of your own. Three settings mean nothing here: `spin`, as nothing sleeps, `on_panic`,
    /// until [`set_on_panic`](Self::set_on_panic) chooses, and the descriptor limit.
    pub fn with_config(handler: H, config: Config) -> Self {
        let config = config.spin(Duration::ZERO);
        let (network, hand, counters) = (Network::default(), Hand::default(), CounterReader::new());
        let clock = Clock::by_hand(&hand);
        let mut listeners = Listeners::new(false);
        listeners.listen_in_memory(&network);
        let letters = Letters::new(Bell::of_bench(), config.mailbox);
        let handler = Guarded::new(handler, OnPanic::Unwind);
        let peers = Peers::new(config, clock.clone(), None, counters.meters());
        let parts = Parts { clock, listeners, letters, published: counters.clone(), peers };
        let event_loop = EventLoop::new(parts, handler);
        let (clients, ids) = (Vec::new(), HashMap::new());
        Bench {
            event_loop,
            network,
            hand,
            counters,
            clients,
            ids,
            is_held: false,
            was_called: false,
            has_stopped: false,
        }
    }

    /// What a panic in the handler does. A bench lets it through, so that the test fails where it happened;
    /// [`OnPanic::Close`] shows what clients see of it in a server.
    pub fn set_on_panic(&mut self, policy: OnPanic) {
        self.event_loop.call(|handler, _| handler.set_on_panic(policy));
    }

    /// The handler, to look at what it knows.
    pub fn handler(&self) -> &H {
        self.event_loop.handler().inner()
    }

    /// The handler, to change what it knows. For what needs [`Peers`] as well there is [`call`](Self::call).
    pub fn handler_mut(&mut self) -> &mut H {
        self.event_loop.handler_mut().inner_mut()
    }

    /// The handler, at the end of a test.
    pub fn into_handler(self) -> H {
        self.event_loop.into_handler().into_inner()
    }

    /// Calls code of the handler's, as a method of [`Handler`] would: what it sends has arrived when this returns.
    ///
    /// ```
    /// # use pollcat::{handler_fn, testing::Bench};
    /// # let mut bench = Bench::new(handler_fn(|peers, from, message| peers.send(from, message)));
    /// # let anna = bench.open("/");
    /// bench.call(|_, peers| peers.broadcast("lunch"));
    /// assert_eq!(bench.heard(anna), ["lunch"]);
    /// ```
    pub fn call<T>(&mut self, call: impl FnOnce(&mut H, &mut Peers) -> T) -> T {
        let result = self.event_loop.call(|handler, peers| call(handler.inner_mut(), peers));
        self.was_called = true;
        self.turn_to_rest();
        result
    }

    /// Who is connected.
    pub fn peers(&self) -> &Peers {
        self.event_loop.peers()
    }

    /// What the server has counted, as of its last turn.
    pub fn counters(&self) -> Counters {
        self.counters.read()
    }

    /// The way in for other threads, or for the test itself. Letters that the test posts are read with the next thing
    /// that the bench does, be it `pass(Duration::ZERO)`.
    pub fn mailbox(&self) -> Mailbox<M> {
        self.event_loop.letters().mailbox()
    }

    /// Gives mail to [`Handler::on_mail`].
    ///
    /// # Panics
    ///
    /// The mailbox is full, or the server has stopped.
    #[track_caller]
    pub fn mail(&mut self, mail: M) {
        assert!(self.mailbox().deliver(mail).is_ok(), "the mailbox is full, or the server has stopped");
        self.turn_to_rest();
    }

    /// Waits for what other threads bring about through the [`Mailbox`]: `look` is called now, and again whenever mail
    /// has been read, until it returns something. `None` if it does not, in so much time of the real clock; the
    /// server's stands still meanwhile.
    ///
    /// ```
    /// # use pollcat::{handler_fn, testing::Bench};
    /// # use std::{thread, time::Duration};
    /// # let mut bench = Bench::new(handler_fn(|peers, from, message| peers.send(from, message)));
    /// let (anna, mailbox) = (bench.open("/"), bench.mailbox());
    /// thread::spawn(move || mailbox.send(anna, "from a thread"));
    /// let heard = bench.wait_for(Duration::from_secs(10), |bench| bench.heard(anna).pop());
    /// assert_eq!(heard.expect("the thread lives"), "from a thread");
    /// ```
    #[track_caller]
    pub fn wait_for<T>(&mut self, time: Duration, mut look: impl FnMut(&mut Self) -> Option<T>) -> Option<T> {
        let until = Instant::now() + time;
        loop {
            self.turn();
            let found = look(self);
            let left = until.saturating_duration_since(Instant::now());
            if found.is_some() || !self.event_loop.letters().wait(left) {
                return found;
            }
        }
    }

    /// Lets time pass. Everything that becomes due comes in its order, and at its time: Pings, deadlines, timers,
    /// ticks. What clients do by themselves takes no time.
    ///
    /// The server keeps its own deadlines (not the application's timers and ticks) by tenths of a second: a connection
    /// is given up to 0.2 s more than its [`Config`] says, and never less.
    ///
    /// # Panics
    ///
    /// That makes more than ten years in all.
    #[track_caller]
    pub fn pass(&mut self, time: Duration) {
        let until = self.hand.shows().saturating_add(time);
        assert!(until <= LONGEST, "a bench has ten years");
        self.turn();
        while self.hand.shows() < until && !self.has_stopped {
            let now = self.hand.shows();
            let due = self.event_loop.is_due_in().map_or(until, |due| now.saturating_add(due));
            self.hand.turn_to(due.min(until));
            self.turn();
        }
        self.hand.turn_to(until);
    }

    /// How much time has passed since the bench was made.
    pub fn time(&self) -> Duration {
        self.hand.shows()
    }

    /// Stops the server, as [`Mailbox::stop`] does. It has stopped when this returns, unless a client does not answer
    /// its Close: then [`pass`](Self::pass) some time.
    pub fn stop(&mut self) {
        self.mailbox().stop();
        self.turn_to_rest();
    }

    /// Has the server stopped? [`Handler::on_stop`] has been called then, and every connection has ended.
    pub fn has_stopped(&self) -> bool {
        self.has_stopped
    }

    /// Gathers what clients do, so that all of it arrives in one turn of the loop: messages that are answered together,
    /// peers that leave together. Otherwise each comes to its end before the next. What was gathered by then arrives
    /// when a client connects, and when time passes.
    ///
    /// ```
    /// # use pollcat::{handler_fn, testing::Bench};
    /// # let mut bench = Bench::new(handler_fn(|peers, from, message| peers.send(from, message)));
    /// # let (anna, ben) = (bench.open("/"), bench.open("/"));
    /// bench.together(|bench| {
    ///     bench.say(anna, "a");
    ///     bench.say(ben, "b");
    /// });
    /// ```
    pub fn together<T>(&mut self, act: impl FnOnce(&mut Self) -> T) -> T {
        let was_held = std::mem::replace(&mut self.is_held, true);
        let result = act(self);
        self.is_held = was_held;
        self.turn_to_rest();
        result
    }

    // ---- turning

    /// Turns the loop until nothing is left to do, unless it is held.
    #[track_caller]
    pub(super) fn turn_to_rest(&mut self) {
        if !self.is_held {
            self.turn();
        }
    }

    /// Turns the loop until nothing is left to do.
    #[track_caller]
    fn turn(&mut self) {
        for _ in 0..MOST_TURNS {
            if self.has_stopped {
                return;
            }
            let mut edges = self.network.take_edges(EVENTS_PER_TURN - 1);
            if self.event_loop.letters().have_come() {
                edges.push(EventLoop::<M, Guarded<H>>::ring());
            }
            let due = self.event_loop.is_due_in().filter(|&due| due <= AT_ONCE);
            due.into_iter().for_each(|due| self.hand.turn_to(self.hand.shows() + due));
            let is_due = !edges.is_empty() || due.is_some();
            if !is_due && !std::mem::take(&mut self.was_called) {
                return;
            }
            self.event_loop.turn_by_hand(&edges);
            self.let_clients_read();
            if self.event_loop.has_finished() {
                self.event_loop.finish();
                self.has_stopped = true;
                self.network.tear_down();
                self.let_clients_read();
            }
        }
        panic!("the server does not come to rest: does the handler ask for more with each call?");
    }

    /// Clients read what has come, and answer.
    fn let_clients_read(&mut self) {
        for number in self.network.take_news() {
            if self.clients[number.index()].is_reading {
                self.let_client_read(number, usize::MAX);
            }
        }
    }

    /// Lets a client read so many bytes at most.
    pub(super) fn let_client_read(&mut self, number: WireNumber, most: usize) {
        let client = &mut self.clients[number.index()];
        let reply = client.receive(&self.network.take(number, most));
        self.network.send(number, &reply);
        let has_ended =
            self.network.server_end(number) != ServerEnd::Open && !self.network.has_arrived(number);
        if has_ended && client.is_answering {
            self.network.close(number);
        }
    }

    // ---- clients

    /// A client connects, and sends this. It is accepted when this returns, whether the bench is held or not: else it
    /// would have no id.
    #[track_caller]
    pub(super) fn arrive(&mut self, origin: Origin, bytes: &[u8], asked: Option<Asked>) -> PeerId {
        let number = self.network.connect(origin, ROOM).expect("the server has stopped: it does not listen");
        self.network.send(number, bytes);
        let mut client = Client::new();
        asked.into_iter().for_each(|asked| client.ask(asked));
        self.clients.push(client);
        self.turn();
        let token = self.network.token(number).expect("the server is so full that it lets clients wait");
        let id = PeerId::from_token(token).expect("a connection has the token of a peer");
        self.ids.insert(id, number);
        id
    }

    /// The wire of a client.
    #[track_caller]
    pub(super) fn wire(&self, id: PeerId) -> WireNumber {
        *self.ids.get(&id).unwrap_or_else(|| panic!("{id} is no client of this bench"))
    }

    #[track_caller]
    pub(super) fn client(&self, id: PeerId) -> &Client {
        &self.clients[self.wire(id).index()]
    }

    #[track_caller]
    pub(super) fn client_mut(&mut self, id: PeerId) -> &mut Client {
        let number = self.wire(id);
        &mut self.clients[number.index()]
    }
}

impl<H, M> std::fmt::Debug for Bench<H, M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let clients = self.clients.len();
        f.debug_struct("Bench")
            .field("clients", &clients)
            .field("time", &self.hand.shows())
            .finish_non_exhaustive()
    }
}
