//! What an acknowledged message costs: from the moment a client says it to its `ack`, for one writer, a hundred and a
//! thousand, each with one message on its way, for each promise that an `ack` can make.
//!
//! ```text
//! taskset -c 1 cargo bench --bench chat_ack
//! ```
//!
//! The chat is put on core 0 if there is a `taskset`. Every writer is alone in a room, so that deliveries to others are
//! not measured.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};

use mio::{Events, Interest, Poll, Token};

use pollcat_chat_testing::{Chat, program};
use pollcat_testing::client::{PATIENCE, TEXT, masked, upgrade_request};

/// The program, its disk and its clients come up to speed.
const WARM_UP: Duration = Duration::from_millis(500);
const MEASURED: Duration = Duration::from_secs(3);

fn main() {
    println!(
        "{:9} {:>7} {:>9} {:>9} {:>9} {:>10}",
        "promise", "writers", "p50 µs", "p99 µs", "max µs", "messages/s"
    );
    for promise in ["memory", "system", "disk"] {
        for writers in [1, 100, 1000] {
            measure(promise, writers);
        }
    }
}

fn measure(promise: &str, writers: usize) {
    let kept = match promise {
        "memory" => ["--data", ":memory:"],
        kept => ["--durability", kept],
    };
    let mut chat = Chat::prepared(&[&kept[..], &["--max-rooms", "2000", "--log-level", "warn"]].concat());
    let pinned = Command::new("taskset").arg("--version").output().is_ok();
    let mut command = if pinned { Command::new("taskset") } else { program::command(chat.folder()) };
    if pinned {
        command.current_dir(chat.folder()).args(["-c", "0"]).arg(program::path());
    }
    command.args(chat.flags());
    chat.run(command);
    let mut waits = talk(chat.address(), writers);
    chat.kill(); // a thousand closing handshakes would tell nothing

    waits.sort_unstable();
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize].as_micros();
    let rate = waits.len() as f64 / MEASURED.as_secs_f64();
    println!("{promise:9} {writers:7} {:9} {:9} {:9} {rate:10.0}", at(0.5), at(0.99), at(1.0));
}

/// Everybody says one thing after the other: how long each `ack` took.
fn talk(address: SocketAddr, writers: usize) -> Vec<Duration> {
    let mut poll = Poll::new().expect("a poll can be had");
    // All at once, so that they come in together.
    let mut writers: Vec<Writer> = (0..writers).map(|number| Writer::connect(address, number)).collect();
    writers.iter_mut().for_each(Writer::arrive);
    writers.iter_mut().for_each(Writer::settle);
    for (number, writer) in writers.iter_mut().enumerate() {
        let registry = poll.registry();
        registry.register(&mut writer.stream, Token(number), Interest::READABLE).expect("it can be watched");
        writer.hear(); // what came in meanwhile is no longer news to the poll
        writer.say();
    }
    let mut waits = Vec::new();
    let mut events = Events::with_capacity(1024);
    let begin = Instant::now() + WARM_UP;
    loop {
        poll.poll(&mut events, Some(PATIENCE)).expect("the poll works");
        assert!(!events.is_empty(), "nothing is acknowledged any more");
        for event in &events {
            let writer = &mut writers[event.token().0];
            if writer.hear() {
                let now = Instant::now();
                if now >= begin + MEASURED {
                    return waits;
                }
                waits.extend((now >= begin).then(|| now - writer.said));
                writer.say();
            }
        }
    }
}

struct Writer {
    stream: mio::net::TcpStream,
    /// What has come and is no whole frame yet.
    unread: Vec<u8>,
    number: usize,
    messages: usize,
    said: Instant,
}

impl Writer {
    fn connect(address: SocketAddr, number: usize) -> Self {
        let stream = TcpStream::connect(address).expect("the chat listens");
        stream.set_nodelay(true).expect("TCP can be told not to wait");
        stream.set_nonblocking(true).expect("reading need not wait");
        let stream = mio::net::TcpStream::from_std(stream);
        let mut writer = Writer { stream, unread: Vec::new(), number, messages: 0, said: Instant::now() };
        writer.write(upgrade_request("Sec-WebSocket-Protocol: chat.v1\r\n").as_bytes());
        writer.wait_for(|unread| {
            let end = unread.windows(4).position(|it| it == b"\r\n\r\n")?;
            Some(end + 4)
        });
        writer
    }

    /// A new person, alone in a new room.
    fn arrive(&mut self) {
        self.send(r#"{"type":"hello"}"#);
        self.send(&format!(r#"{{"type":"join","room":"room-{}","create":true}}"#, self.number));
    }

    fn settle(&mut self) {
        let live = format!(r#""history","room":"room-{}""#, self.number);
        let mut is_live = false;
        self.wait_for(|unread| {
            while let Some((payload, end)) = frame(unread) {
                is_live |= contains(payload, live.as_bytes());
                unread.drain(..end);
            }
            is_live.then_some(0)
        });
    }

    fn say(&mut self) {
        self.messages += 1;
        let (number, count) = (self.number, self.messages);
        self.said = Instant::now();
        self.send(&format!(r#"{{"type":"message","id":"{number}-{count}","room":"room-{number}","msg":"hello there, number {count}"}}"#));
    }

    fn send(&mut self, text: &str) {
        self.write(&masked(TEXT, text.as_bytes()));
    }

    fn write(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("so little always fits");
    }

    /// Takes what has come. Was an `ack` in it?
    fn hear(&mut self) -> bool {
        self.read();
        let (mut taken, mut acknowledged) = (0, false);
        while let Some((payload, end)) = frame(&self.unread[taken..]) {
            assert!(!contains(payload, br#""type":"error""#), "{}", payload.escape_ascii());
            acknowledged |= payload.starts_with(br#"{"type":"ack""#);
            taken += end;
        }
        self.unread.drain(..taken);
        acknowledged
    }

    fn read(&mut self) {
        let mut bytes = [0; 16 << 10];
        loop {
            match self.stream.read(&mut bytes) {
                Ok(0) => panic!("the chat has ended the connection"),
                Ok(length) => self.unread.extend_from_slice(&bytes[..length]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// Before the measurement: until enough has come, which is taken away.
    fn wait_for(&mut self, mut enough: impl FnMut(&mut Vec<u8>) -> Option<usize>) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            self.read();
            if let Some(end) = enough(&mut self.unread) {
                self.unread.drain(..end);
                return;
            }
            assert!(Instant::now() < deadline, "the chat does not answer");
            std::thread::yield_now();
        }
    }
}

/// The payload of the first frame, and where it ends (RFC 6455 §5.2; a server does not mask).
fn frame(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let (start, length) = match *bytes.get(1)? {
        126 => (4, usize::from(u16::from_be_bytes(*bytes.get(2..)?.first_chunk()?))),
        127 => (10, u64::from_be_bytes(*bytes.get(2..)?.first_chunk()?) as usize),
        short => (2, usize::from(short)),
    };
    Some((bytes.get(start..start + length)?, start + length))
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
