//! A way between clients and a server that fails as networks do: it is cut, it carries nothing, or nothing in one direction, or it is
//! slow.
//!
//! ```text
//!   client ── what is asked ──▶ server        open      all of it goes on as it comes
//!          ◀─ what is told ────               still     both wait here
//!                                             unheard   what is asked arrives, what is told waits here
//!                                             cut       connections are reset (RST), and so is whoever comes
//!                                             breaking  the next thing that is told is lost, and all connections with it; then open
//! ```
//!
//! What waits here goes on when the way is open again, even if whoever sent it has hung up meanwhile: as a network has it that was
//! parted for a while. So a request may arrive long after it was given up, and behind a later one.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, Weak};
use std::thread;
use std::time::Duration;

use pollcat_testing::raw::reset_when_dropped;

/// A receiver that takes nothing is looked after this often: was its connection cut?
const LOOK: Duration = Duration::from_millis(50);

pub(crate) struct Relay {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    server: SocketAddr,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    way: Way,
    /// Whoever asks with these words in it is the last: then the way is this one.
    last_words: Option<(String, Way)>,
    delay: Duration,
    /// Counts how often it was cut: connections of an older age are to end.
    age: u64,
    open: Vec<Weak<Pair>>,
    is_over: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Open,
    Still,
    Unheard,
    Cut,
    Breaking,
}

/// Both ends of a connection. They are closed, or reset, when nobody carries anything between them any more.
struct Pair {
    client: TcpStream,
    server: TcpStream,
    age: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Asked,
    Told,
}

impl Relay {
    /// An open one. It listens on a port of its own for as long as it is there.
    pub(crate) fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener.local_addr().expect("it has an address");
        let state = State {
            way: Way::Open,
            last_words: None,
            delay: Duration::ZERO,
            age: 0,
            open: Vec::new(),
            is_over: false,
        };
        let shared = Arc::new(Shared { server, state: Mutex::new(state), changed: Condvar::new() });
        let relay = Relay { address, shared: Arc::clone(&shared) };
        thread::spawn(move || shared.accept(&listener));
        relay
    }

    /// Where clients find the server.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// All connections are reset, and new ones too, until the way is open again. What waited here is lost.
    pub(crate) fn cut(&self) {
        let mut state = self.shared.lock();
        state.way = Way::Cut;
        state.reset_all();
        self.shared.changed.notify_all();
    }

    /// Nothing arrives, in either direction, and connections stay.
    pub(crate) fn hold(&self) {
        self.set(Way::Still);
    }

    /// What is asked arrives, and nothing comes back.
    pub(crate) fn hold_answers(&self) {
        self.set(Way::Unheard);
    }

    /// The same, from that request on which has these words in it.
    pub(crate) fn hold_answers_to(&self, words: &str) {
        self.shared.lock().last_words = Some((words.to_owned(), Way::Unheard));
    }

    /// It is cut by the request that has these words in it, and that does not arrive.
    pub(crate) fn cut_at(&self, words: &str) {
        self.shared.lock().last_words = Some((words.to_owned(), Way::Cut));
    }

    /// The request that has these words in it arrives, and its answer is lost with the connection. Whoever comes again gets through.
    pub(crate) fn lose_answer_to(&self, words: &str) {
        self.shared.lock().last_words = Some((words.to_owned(), Way::Breaking));
    }

    /// Whatever comes goes on so much later.
    pub(crate) fn delay(&self, delay: Duration) {
        self.shared.lock().delay = delay;
    }

    /// It is as good as new, and what has waited goes on.
    pub(crate) fn heal(&self) {
        self.shared.lock().delay = Duration::ZERO;
        self.set(Way::Open);
    }

    fn set(&self, way: Way) {
        self.shared.lock().way = way;
        self.shared.changed.notify_all();
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.cut();
        self.shared.lock().is_over = true;
        // Whoever accepts looks up.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics with it")
    }

    fn accept(self: Arc<Self>, listener: &TcpListener) {
        for client in listener.incoming().flatten() {
            if self.lock().is_over {
                return;
            }
            // A server that is not there resets whoever comes, as well as one can from here.
            match TcpStream::connect(self.server) {
                Ok(server) => self.join(client, server),
                Err(_) => reset_when_dropped(&client),
            }
        }
    }

    fn join(self: &Arc<Self>, client: TcpStream, server: TcpStream) {
        for stream in [&client, &server] {
            stream.set_nodelay(true).expect("TCP can be told not to wait");
            stream.set_write_timeout(Some(LOOK)).expect("writing can be given a limit");
        }
        let mut state = self.lock();
        let pair = Arc::new(Pair { client, server, age: state.age });
        if state.way == Way::Cut {
            return pair.reset();
        }
        state.open.retain(|pair| pair.strong_count() > 0);
        state.open.push(Arc::downgrade(&pair));
        drop(state);
        for direction in [Direction::Asked, Direction::Told] {
            let (shared, pair) = (Arc::clone(self), Arc::clone(&pair));
            thread::spawn(move || shared.carry(&pair, direction));
        }
    }

    /// Until one of them has said all, or the connection breaks.
    fn carry(&self, pair: &Pair, direction: Direction) {
        let (mut from, to) = match direction {
            Direction::Asked => (&pair.client, &pair.server),
            Direction::Told => (&pair.server, &pair.client),
        };
        let mut bytes = vec![0; 64 * 1024];
        loop {
            let read = match from.read(&mut bytes) {
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(_) => return pair.reset(),
            };
            if !self.wait_for_the_way(pair, direction) {
                return;
            }
            if read == 0 {
                let _ = to.shutdown(Shutdown::Write); // it may be gone
                return;
            }
            if direction == Direction::Asked && !self.may_pass(pair, &bytes[..read]) {
                return;
            }
            if !self.pass_on(pair, to, &bytes[..read]) {
                return pair.reset();
            }
        }
    }

    /// False: it was cut by this.
    fn may_pass(&self, pair: &Pair, request: &[u8]) -> bool {
        let mut state = self.lock();
        state.look_into(request);
        self.changed.notify_all();
        state.age == pair.age
    }

    /// False: it was cut.
    fn wait_for_the_way(&self, pair: &Pair, direction: Direction) -> bool {
        let mut state = self.lock();
        if !state.delay.is_zero() {
            let delay = state.delay;
            let is_there = |state: &mut State| state.age == pair.age;
            state = self.changed.wait_timeout_while(state, delay, is_there).expect("nobody panics with it").0;
        }
        if direction == Direction::Told && state.way == Way::Breaking {
            state.way = Way::Open;
            state.reset_all();
        }
        let is_held = |state: &mut State| {
            let waits = match direction {
                Direction::Asked => state.way == Way::Still,
                Direction::Told => matches!(state.way, Way::Still | Way::Unheard),
            };
            waits && state.age == pair.age
        };
        let state = self.changed.wait_while(state, is_held).expect("nobody panics with it");
        state.age == pair.age
    }

    fn pass_on(&self, pair: &Pair, mut to: &TcpStream, mut bytes: &[u8]) -> bool {
        while !bytes.is_empty() {
            match to.write(bytes) {
                Ok(0) => return false,
                Ok(written) => bytes = &bytes[written..],
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    if self.lock().age != pair.age {
                        return false;
                    }
                }
                Err(_) => return false,
            }
        }
        true
    }
}

impl State {
    /// Before it goes on: its answer is held then, however fast it comes.
    fn look_into(&mut self, request: &[u8]) {
        let has = |words: &str| request.windows(words.len()).any(|it| it == words.as_bytes());
        if let Some((_, way)) = self.last_words.take_if(|(words, _)| has(words)) {
            self.way = way;
            if way == Way::Cut {
                self.reset_all();
            }
        }
    }

    fn reset_all(&mut self) {
        self.age += 1;
        self.open.drain(..).filter_map(|pair| pair.upgrade()).for_each(|pair| pair.reset());
    }
}

impl Pair {
    /// Nothing of an end in order is said: the last handle resets. Whoever reads looks up.
    fn reset(&self) {
        for stream in [&self.client, &self.server] {
            reset_when_dropped(stream);
            let _ = stream.shutdown(Shutdown::Read); // it may be gone
        }
    }
}
