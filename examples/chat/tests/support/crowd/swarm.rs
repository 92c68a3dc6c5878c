//! Ten thousand people on one thread: plain sockets and a poll. They open a connection, say who they are, listen, and come
//! back as the page does when the server has gone.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::io::ErrorKind;
use std::mem;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::event::Event;
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use super::heard::{Tally, frame};
use super::person::{Faults, Line, Person};
use pollcat_testing::client::{CLOSE, PING, PONG, masked, upgrade_request};

/// So many handshakes at once, where nobody says that everybody comes at the same moment. The queue of a listener is longer.
const OPENING: usize = 500;
const FIRST_WAIT: f64 = 0.5;
const LONGEST_WAIT: f64 = 20.0;
/// After a farewell (1001) the page waits for at least so long, and up to two and a half times that.
const AFTER_FAREWELL: f64 = 0.8;

pub struct Swarm {
    poll: Poll,
    events: Events,
    /// Of each node. Whoever finds theirs gone is sent to the next one at once, as a proxy does that has all of them behind it.
    nodes: Vec<SocketAddr>,
    pub people: Vec<Person>,
    /// Who comes when.
    coming: BinaryHeap<Reverse<(Instant, usize)>>,
    /// Those who come as soon as others are in.
    queue: VecDeque<usize>,
    opening: usize,
    pub heard: Tally,
    pub faults: Faults,
    /// Connections that were refused, or ended before the answer to their opening.
    pub turned_away: u64,
    /// The longest time from the first packet to that answer.
    pub longest_opening: Duration,
    /// Who loses the connection comes back.
    pub comes_back: bool,
    /// When something was heard last.
    pub heard_at: Instant,
    buffer: Vec<u8>,
    luck: u64,
}

impl Swarm {
    pub fn new(address: SocketAddr) -> Self {
        Swarm::over(vec![address])
    }

    /// Those who come are spread over these nodes.
    pub fn over(nodes: Vec<SocketAddr>) -> Self {
        Swarm {
            poll: Poll::new().expect("a poll can be had"),
            events: Events::with_capacity(1024),
            nodes,
            people: Vec::new(),
            coming: BinaryHeap::new(),
            queue: VecDeque::new(),
            opening: 0,
            heard: Tally::default(),
            faults: Faults::default(),
            turned_away: 0,
            longest_opening: Duration::ZERO,
            comes_back: false,
            heard_at: Instant::now(),
            buffer: vec![0; 64 << 10],
            luck: 7,
        }
    }

    /// So many more, who are not here yet. Their numbers.
    pub fn add(&mut self, number: usize) -> std::ops::Range<usize> {
        let first = self.people.len();
        self.people.extend((first..first + number).map(|who| Person::new(who % self.nodes.len())));
        first..first + number
    }

    /// They come one after the other, as fast as they are let in.
    pub fn come_in(&mut self, who: impl IntoIterator<Item = usize>) {
        self.queue.extend(who);
    }

    /// They come, and are welcome and live.
    pub fn settle(&mut self, who: std::ops::Range<usize>) {
        self.come_in(who.clone());
        self.until("everybody is in", |swarm| swarm.people[who.clone()].iter().all(Person::is_live));
    }

    pub fn leave(&mut self, who: usize) {
        let person = &mut self.people[who];
        person.line = Line::Leaving;
        person.write(&masked(CLOSE, &1001_u16.to_be_bytes()));
    }

    // ---- time

    /// Goes on until something is so.
    #[track_caller]
    pub fn until(&mut self, what: &str, mut is_so: impl FnMut(&mut Swarm) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(120);
        while !is_so(self) {
            assert!(Instant::now() < deadline, "waited in vain until {what}: {:?}", self.faults);
            self.turn(Duration::from_millis(20));
        }
    }

    pub fn go_on(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            self.turn(left);
        }
    }

    /// Until nothing is said for so long. What comes again and again must be rarer.
    pub fn quiet(&mut self, time: Duration) {
        let begin = Instant::now();
        self.until("nothing is said", |swarm| begin.max(swarm.heard_at).elapsed() >= time);
    }

    /// One turn: what has come, or as long as nothing does.
    pub fn turn(&mut self, at_most: Duration) {
        self.start_the_next();
        let next = self.coming.peek().map(|Reverse((at, _))| at.saturating_duration_since(Instant::now()));
        let mut events = mem::replace(&mut self.events, Events::with_capacity(1));
        let time = next.map_or(at_most, |next| next.min(at_most));
        match self.poll.poll(&mut events, Some(time)) {
            Err(error) if error.kind() != ErrorKind::Interrupted => panic!("{error}"),
            _ => events.iter().for_each(|event| self.happens(event)),
        }
        self.events = events;
    }

    fn start_the_next(&mut self) {
        let now = Instant::now();
        while let Some(&Reverse((_, who))) = self.coming.peek().filter(|Reverse((at, _))| *at <= now) {
            self.coming.pop();
            self.connect(who);
        }
        while self.opening < OPENING
            && let Some(who) = self.queue.pop_front()
        {
            self.connect(who);
        }
    }

    // ---- connections

    fn connect(&mut self, who: usize) {
        let mut stream = match TcpStream::connect(self.nodes[self.people[who].node]) {
            Ok(stream) => stream,
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => {
                self.turned_away += 1;
                return self.try_elsewhere(who);
            }
            Err(error) => panic!("no socket for one more: {error}"),
        };
        let both = Interest::READABLE | Interest::WRITABLE;
        self.poll.registry().register(&mut stream, Token(who), both).expect("it can be watched");
        // Without this a second small message would wait for the first to be acknowledged.
        let _ = stream.set_nodelay(true);
        let person = &mut self.people[who];
        person.stream = Some(stream);
        person.line = Line::Opening;
        person.knocked = Instant::now();
        self.opening += 1;
        person.write(upgrade_request("Sec-WebSocket-Protocol: chat.v1\r\n").as_bytes());
    }

    fn happens(&mut self, event: &Event) {
        let who = event.token().0;
        if event.is_writable() {
            self.people[who].flush();
        }
        if event.is_readable() || event.is_read_closed() || event.is_error() {
            self.read(who, event.is_read_closed() || event.is_error());
        }
    }

    fn read(&mut self, who: usize, to_the_end: bool) {
        let mut buffer = mem::take(&mut self.buffer);
        loop {
            match self.people[who].read(&mut buffer) {
                Ok(0) => {
                    self.lost(who);
                    break;
                }
                Ok(length) => {
                    self.take(who, &buffer[..length]);
                    // There was no more: what comes from now on is an event of its own.
                    if length < buffer.len() && !to_the_end {
                        break;
                    }
                }
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::NotConnected) => {
                    break;
                }
                Err(_) => {
                    self.lost(who);
                    break;
                }
            }
        }
        self.buffer = buffer;
    }

    fn lost(&mut self, who: usize) {
        let person = &mut self.people[who];
        if person.line == Line::Off {
            return;
        }
        self.opening -= usize::from(person.line == Line::Opening);
        self.turned_away += u64::from(person.line == Line::Opening);
        let (left, is_turned_away) = (person.line == Line::Leaving, person.line == Line::Opening);
        person.hang_up();
        if self.comes_back && is_turned_away {
            self.try_elsewhere(who);
        } else if self.comes_back && !left {
            person.tried = 0;
            self.come_back(who, 0.0);
        }
    }

    /// At the next node, if there is one where they have not been.
    fn try_elsewhere(&mut self, who: usize) {
        let person = &mut self.people[who];
        person.node = (person.node + 1) % self.nodes.len();
        person.tried = (person.tried + 1) % self.nodes.len();
        match person.tried {
            0 => self.come_back(who, 0.0),
            _ => self.connect(who),
        }
    }

    /// As the page does it: longer with each attempt that fails, and never at the same moment as the others.
    fn come_back(&mut self, who: usize, at_least: f64) {
        let luck = self.luck();
        let person = &mut self.people[who];
        let back_off = (FIRST_WAIT * f64::from(1_u32 << person.failures.min(10))).min(LONGEST_WAIT);
        person.failures += 1;
        let wait = (back_off * (0.4 + 0.6 * luck)).max(at_least * (1.0 + 1.5 * luck));
        self.coming.push(Reverse((Instant::now() + Duration::from_secs_f64(wait), who)));
    }

    /// From 0 to 1, the same in each run.
    pub fn luck(&mut self) -> f64 {
        self.luck = self.luck.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.luck >> 11) as f64 / (1_u64 << 53) as f64
    }

    // ---- what has come

    fn take(&mut self, who: usize, bytes: &[u8]) {
        let mut whole = mem::take(&mut self.people[who].unread);
        let bytes = if whole.is_empty() {
            bytes
        } else {
            whole.extend_from_slice(bytes);
            &whole
        };
        let mut taken = 0;
        if self.people[who].line == Line::Opening {
            match bytes.windows(4).position(|it| it == b"\r\n\r\n") {
                Some(end) => taken = end + 4,
                None => return self.people[who].unread = bytes.to_vec(),
            }
            self.opened(who, bytes);
        }
        while let Some((first, payload, end)) = frame(&bytes[taken..]) {
            self.heard(who, first, payload, end);
            taken += end;
        }
        // Who has hung up meanwhile keeps nothing.
        if self.people[who].line != Line::Off {
            self.people[who].unread = bytes[taken..].to_vec();
        }
    }

    fn opened(&mut self, who: usize, head: &[u8]) {
        assert!(head.starts_with(b"HTTP/1.1 101 "), "{}", head.escape_ascii());
        self.opening -= 1;
        let person = &mut self.people[who];
        self.longest_opening = self.longest_opening.max(person.knocked.elapsed());
        person.line = Line::Open;
        let hello = person.hello();
        person.say(&hello);
    }

    fn heard(&mut self, who: usize, first: u8, payload: &[u8], bytes: usize) {
        let person = &mut self.people[who];
        match first {
            PING => person.write(&masked(PONG, payload)),
            CLOSE => self.farewell(who, payload),
            _ => {
                let told = self.heard.add(payload, bytes);
                if self.faults.errors == 0 && told == "error" {
                    eprintln!("the chat says {}", payload.escape_ascii());
                }
                person.heard.add(bytes);
                person.told(told, payload, &mut self.faults);
                self.heard_at = Instant::now();
            }
        }
    }

    fn farewell(&mut self, who: usize, body: &[u8]) {
        let person = &mut self.people[who];
        if person.line == Line::Leaving {
            return; // the end of the stream comes next
        }
        person.write(&masked(CLOSE, body));
        person.hang_up();
        if self.comes_back {
            let going = body.starts_with(&1001_u16.to_be_bytes());
            person.tried = 0;
            self.come_back(who, if going { AFTER_FAREWELL } else { 0.0 });
        }
    }
}
