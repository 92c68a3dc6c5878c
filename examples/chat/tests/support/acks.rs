//! Writers who say one thing after the other, each when the one before is acknowledged: how long each `ack` took.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use mio::{Events, Interest, Poll, Token};

use crate::crowd::frame;
use pollcat_testing::client::{PATIENCE, TEXT, masked, upgrade_request};

/// The program, its disk and its clients come up to speed.
const WARM_UP: Duration = Duration::from_millis(500);

/// What is said, and for how long.
#[derive(Clone, Copy)]
pub struct Talk<'a> {
    /// So many at once, each alone in a room.
    pub writers: usize,
    /// A number is put behind it.
    pub words: &'a str,
    pub until: Until,
}

#[derive(Clone, Copy)]
pub enum Until {
    /// For so long, after a while that does not count.
    Time(Duration),
    /// So many messages, all of which count.
    Messages(usize),
}

/// The waits of all, in order of their length.
#[derive(Default)]
pub struct Waits(Vec<Duration>);

impl Waits {
    pub fn messages(&self) -> usize {
        self.0.len()
    }

    /// So many of a hundred (0.5: the half) waited no longer.
    pub fn at(&self, share: f64) -> Duration {
        let last = self.0.len().saturating_sub(1);
        self.0.get((last as f64 * share) as usize).copied().unwrap_or_default()
    }
}

impl FromIterator<Duration> for Waits {
    fn from_iter<I: IntoIterator<Item = Duration>>(waits: I) -> Self {
        let mut waits: Vec<Duration> = waits.into_iter().collect();
        waits.sort_unstable();
        Waits(waits)
    }
}

/// They are spread over these addresses. `begun` is called when it begins to count.
pub fn talk(addresses: &[SocketAddr], talk: Talk<'_>, mut begun: impl FnMut()) -> Waits {
    let mut poll = Poll::new().expect("a poll can be had");
    // All at once, so that they come in together.
    let spread = addresses.iter().cycle().enumerate().take(talk.writers);
    let mut writers: Vec<Writer> =
        spread.map(|(number, &address)| Writer::connect(address, number)).collect();
    writers.iter_mut().for_each(Writer::arrive);
    writers.iter_mut().for_each(Writer::settle);
    for (number, writer) in writers.iter_mut().enumerate() {
        let registry = poll.registry();
        registry.register(&mut writer.stream, Token(number), Interest::READABLE).expect("it can be watched");
        writer.hear(); // what came in meanwhile is no longer news to the poll
        writer.say(talk.words);
    }
    let mut waits = Vec::new();
    let mut events = Events::with_capacity(1024);
    let warm_up = if let Until::Time(_) = talk.until { WARM_UP } else { Duration::ZERO };
    let begin = Instant::now() + warm_up;
    let mut has_begun = false;
    loop {
        poll.poll(&mut events, Some(PATIENCE)).expect("the poll works");
        assert!(!events.is_empty(), "nothing is acknowledged any more");
        for event in &events {
            let writer = &mut writers[event.token().0];
            if writer.hear() {
                let now = Instant::now();
                if now >= begin {
                    if !std::mem::replace(&mut has_begun, true) {
                        begun();
                    }
                    waits.push(now - writer.said);
                }
                if talk.until.is_over(now - begin.min(now), waits.len()) {
                    return waits.into_iter().collect();
                }
                writer.say(talk.words);
            }
        }
    }
}

impl Until {
    fn is_over(self, time: Duration, messages: usize) -> bool {
        match self {
            Until::Time(most) => time >= most,
            Until::Messages(most) => messages >= most,
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
            while let Some((_, payload, end)) = frame(unread) {
                is_live |= contains(payload, live.as_bytes());
                unread.drain(..end);
            }
            is_live.then_some(0)
        });
    }

    fn say(&mut self, words: &str) {
        self.messages += 1;
        let (number, count) = (self.number, self.messages);
        self.said = Instant::now();
        self.send(&format!(
            r#"{{"type":"message","id":"{number}-{count}","room":"room-{number}","msg":"{words}{count}"}}"#
        ));
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
        while let Some((_, payload, end)) = frame(&self.unread[taken..]) {
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

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
