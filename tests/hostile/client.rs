//! A blocking client that sends whatever a test wants, and what it takes to measure how it is served.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long anything may take before a test fails: far longer than it does on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A correct opening handshake.
pub(crate) const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// First bytes of frames: FIN and the opcode (RFC 6455 §5.2).
pub(crate) const TEXT: u8 = 0x81;
pub(crate) const BINARY: u8 = 0x82;
pub(crate) const CLOSE: u8 = 0x88;
pub(crate) const PING: u8 = 0x89;
pub(crate) const PONG: u8 = 0x8A;

/// A client's frame. Nobody looks over our shoulder, so the masking key may be zero.
pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let length = match payload.len() {
        short @ 0..126 => vec![0x80 | short as u8],
        medium @ 126..65536 => [&[0xFE][..], &(medium as u16).to_be_bytes()].concat(),
        long => [&[0xFF][..], &(long as u64).to_be_bytes()].concat(),
    };
    [&[first][..], &length, &[0; 4], payload].concat()
}

/// TCP, and no handshake yet.
pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect_timeout(&address, PATIENCE).expect("the server accepts connections");
    stream.set_read_timeout(Some(PATIENCE)).expect("it is not zero");
    stream.set_write_timeout(Some(PATIENCE)).expect("it is not zero");
    stream.set_nodelay(true).expect("the stream is there");
    stream
}

/// A client that keeps to the rules, unless its stream is used directly.
pub(crate) struct Client {
    pub(crate) stream: TcpStream,
}

impl Client {
    /// A connection after its opening handshake.
    pub(crate) fn open(address: SocketAddr) -> Client {
        let mut stream = connect(address);
        stream.write_all(REQUEST).expect("the server listens");
        Client::finish_opening(stream)
    }

    /// The request has been sent.
    pub(crate) fn finish_opening(mut stream: TcpStream) -> Client {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).expect("the server answers the handshake");
            head.push(byte[0]);
        }
        assert!(head.starts_with(b"HTTP/1.1 101 "), "{}", head.escape_ascii());
        Client { stream }
    }

    pub(crate) fn send(&mut self, first: u8, payload: &[u8]) {
        self.stream.write_all(&frame(first, payload)).expect("the server listens");
    }

    /// The next frame. Pings are answered on the way.
    pub(crate) fn receive(&mut self) -> (u8, Vec<u8>) {
        loop {
            let (first, payload) = self.receive_any();
            match first {
                PING => self.send(PONG, &payload),
                _ => return (first, payload),
            }
        }
    }

    /// The next frame, whatever it is.
    pub(crate) fn receive_any(&mut self) -> (u8, Vec<u8>) {
        let [first, short] = self.take();
        let length = match short {
            0..126 => usize::from(short),
            126 => usize::from(u16::from_be_bytes(self.take())),
            127 => u64::from_be_bytes(self.take()) as usize,
            _ => panic!("a server's frame is not masked (RFC 6455 section 5.1)"),
        };
        let mut payload = vec![0; length];
        self.stream.read_exact(&mut payload).expect("the frame is whole");
        (first, payload)
    }

    fn take<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.stream.read_exact(&mut bytes).expect("the server answers");
        bytes
    }

    /// Sends a command, and returns what the server says to it.
    pub(crate) fn ask(&mut self, command: &str) -> String {
        self.send(TEXT, command.as_bytes());
        let (first, answer) = self.receive();
        assert_eq!(first, TEXT, "a command is answered with text");
        String::from_utf8(answer).expect("text is UTF-8")
    }

    /// The server's figures.
    pub(crate) fn status(&mut self) -> Status {
        let text = self.ask("status");
        let figure = |pair: &str| {
            let (name, figure) = pair.split_once('=').expect("a figure is name=number");
            (name.to_owned(), figure.parse().expect("it is a number"))
        };
        Status(text.split_whitespace().map(figure).collect())
    }

    /// Asks for the figures until they are as they should become; a deadline, not a moment, says when they never will.
    pub(crate) fn wait_for(&mut self, what: &str, is_so: impl Fn(&Status) -> bool) -> Status {
        let begun = Instant::now();
        loop {
            let status = self.status();
            if is_so(&status) {
                return status;
            }
            assert!(begun.elapsed() < PATIENCE, "waited in vain for: {what}; {status:?}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// How long it takes until a message comes back.
    pub(crate) fn round_trip(&mut self, payload: &[u8]) -> Duration {
        let begun = Instant::now();
        self.send(BINARY, payload);
        assert!(self.receive() == (BINARY, payload.to_vec()), "the echo is another message");
        begun.elapsed()
    }

    /// Everything up to the end of TCP; an error if it ends with a reset.
    pub(crate) fn read_to_end(mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.stream.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// What the server says of itself.
#[derive(Debug)]
pub(crate) struct Status(HashMap<String, u64>);

impl Status {
    pub(crate) fn get(&self, figure: &str) -> u64 {
        self.0[figure]
    }
}

/// Round trips, from the shortest to the longest.
pub(crate) struct RoundTrips(Vec<Duration>);

impl RoundTrips {
    pub(crate) fn new(mut times: Vec<Duration>) -> Self {
        assert!(!times.is_empty());
        times.sort();
        RoundTrips(times)
    }

    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        self.0[(self.0.len() - 1) * percent / 100]
    }

    pub(crate) fn longest(&self) -> Duration {
        self.percentile(100)
    }
}

impl std::fmt::Display for RoundTrips {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (half, most) = (self.percentile(50), self.percentile(99));
        write!(f, "{} round trips, p50 {half:.1?}, p99 {most:.1?}, max {:.1?}", self.0.len(), self.longest())
    }
}

/// A client that keeps to the rules and talks all the time, about once in two milliseconds, on a thread of its own.
pub(crate) struct Talker {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<RoundTrips>,
}

impl Talker {
    pub(crate) fn start(address: SocketAddr) -> Talker {
        let stop = Arc::new(AtomicBool::new(false));
        let asked_to_stop = Arc::clone(&stop);
        let mut client = Client::open(address);
        let thread = thread::spawn(move || {
            let mut times = Vec::new();
            while times.is_empty() || !asked_to_stop.load(Relaxed) {
                times.push(client.round_trip(&(times.len() as u64).to_be_bytes()));
                thread::sleep(Duration::from_millis(2));
            }
            RoundTrips::new(times)
        });
        Talker { stop, thread }
    }

    /// Every message has been answered when this returns.
    pub(crate) fn stop(self) -> RoundTrips {
        self.stop.store(true, Relaxed);
        self.thread.join().expect("every message is answered, with itself and in time")
    }

    /// What it is like when nobody else is there.
    pub(crate) fn alone(address: SocketAddr) -> RoundTrips {
        let mut client = Client::open(address);
        RoundTrips::new((0..300_u64).map(|number| client.round_trip(&number.to_be_bytes())).collect())
    }
}
