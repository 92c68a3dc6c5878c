//! A client that writes in odd pieces, reads when it likes, breaks the protocol now and then, and leaves without a
//! word; and what it insists on hearing.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use pollcat_testing::client::{BINARY, CLOSE, PING, PONG, TEXT, masked, upgrade_request};
use pollcat_testing::dice::Dice;
use pollcat_testing::raw::{narrow_stream, reset_when_dropped};

use crate::wild::{FILLING, LONGEST};

pub(crate) struct RudeClient {
    stream: TcpStream,
    dice: Dice,
    ear: Ear,
    reads: bool,
}

impl RudeClient {
    pub(crate) fn connect(address: SocketAddr, mut dice: Dice) -> Self {
        let stream = narrow_stream(address, dice.choose(&[4096, 256 << 10]));
        stream.set_read_timeout(Some(Duration::from_millis(1))).expect("reading can be given a limit");
        stream.set_write_timeout(Some(Duration::from_millis(20))).expect("so can writing");
        let reads = !dice.one_in(3);
        RudeClient { stream, dice, ear: Ear::default(), reads }
    }

    pub(crate) fn run(mut self) {
        let script = script(&mut self.dice);
        self.write_in_pieces(&script);
        match self.dice.below(5) {
            0 => return reset_when_dropped(&self.stream),
            1 => return,
            2 => {
                // The server may have reset the connection.
                let _ = self.stream.shutdown(Shutdown::Write);
            }
            _ => {}
        }
        let patience = Duration::from_millis(self.dice.below(400) as u64);
        let start = Instant::now();
        while start.elapsed() < patience && self.read() {}
    }

    fn write_in_pieces(&mut self, mut script: &[u8]) {
        let nearly_done = script.len() / 3;
        while !script.is_empty() {
            let most = self.dice.choose(&[1, 3, 40, 1_000, 100_000, 1 << 20]);
            let piece = &script[..script.len().min(1 + self.dice.below(most))];
            match self.stream.write(piece) {
                Ok(length) => script = &script[length..],
                Err(error) if is_timeout(error.kind()) => self.reads |= self.dice.one_in(3),
                Err(_) => return, // the server has had enough
            }
            self.reads |= script.len() < nearly_done;
            if self.reads && self.dice.one_in(2) && !self.read() {
                return;
            }
            if self.dice.one_in(40) {
                thread::sleep(Duration::from_millis(self.dice.below(20) as u64)); // a slow client
            }
        }
    }

    /// Hears what there is; false if there will be no more.
    fn read(&mut self) -> bool {
        let mut buffer = [0; 1 << 16];
        match self.stream.read(&mut buffer) {
            Ok(0) => false,
            Ok(length) => {
                self.ear.hear(&buffer[..length]);
                true
            }
            Err(error) => is_timeout(error.kind()),
        }
    }
}

fn is_timeout(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

/// Everything a client will say.
fn script(dice: &mut Dice) -> Vec<u8> {
    let mut script = Vec::new();
    if dice.one_in(8) {
        script.extend(b"GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }
    if dice.one_in(12) {
        script.extend(b"BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }
    script.extend(upgrade_request("").as_bytes());
    let mut number = 0;
    for _ in 0..dice.below(60) {
        script.extend(something_to_say(dice, &mut number));
    }
    if dice.one_in(6) {
        script.truncate(dice.below(script.len() + 1));
    }
    script
}

/// Mostly messages, each of which begins with its number.
fn something_to_say(dice: &mut Dice, number: &mut u32) -> Vec<u8> {
    let choice = dice.below(14);
    let mut message = number.to_be_bytes().to_vec();
    match choice {
        0 => return masked(PING, b"ping"),
        1 => return masked(PONG, b"pong"),
        2 => return if dice.one_in(10) { masked(CLOSE, &1000u16.to_be_bytes()) } else { Vec::new() },
        3 => return if dice.one_in(15) { vec![0xFF] } else { Vec::new() },
        _ => *number += 1,
    }
    match choice {
        4 => in_fragments(&message),
        5 => {
            message.resize(dice.choose(&[4, 200, 70_000, 600_000]), 1);
            masked(BINARY, &message)
        }
        _ => masked(BINARY, &message),
    }
}

/// §5.4, with a Ping in between.
fn in_fragments(message: &[u8]) -> Vec<u8> {
    const FIN: u8 = 0x80;
    [masked(BINARY & !FIN, message), masked(PING, b""), masked(FIN, b"more")].concat()
}

/// Takes what a server says apart, and insists that it is well said.
#[derive(Default)]
struct Ear {
    bytes: Vec<u8>,
    open: bool,
    closed: bool,
}

impl Ear {
    fn hear(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        while let Some(length) = if self.open { self.frame() } else { self.answer() } {
            self.bytes.drain(..length);
        }
    }

    /// The length of an HTTP answer, if it is whole: a 101 opens the WebSocket.
    fn answer(&mut self) -> Option<usize> {
        let length = 4 + self.bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&self.bytes[..length]).expect("a head is text");
        assert!(head.starts_with("HTTP/1.1 "), "{head}");
        if head.starts_with("HTTP/1.1 101 ") {
            self.open = true;
            return Some(length);
        }
        let body = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")?.parse::<usize>().ok());
        let whole = length + body.expect("an answer says how long it is");
        (whole <= self.bytes.len()).then_some(whole)
    }

    /// The length of a frame, if it is whole.
    fn frame(&mut self) -> Option<usize> {
        let (&[first, short], rest) = self.bytes.split_first_chunk()?;
        assert!(!self.closed, "{first:02x} {short:02x} after a Close (§5.5.1)");
        assert!([TEXT, BINARY, CLOSE, PING, PONG].contains(&first), "{first:02x} {short:02x}");
        assert!(short < 0x80, "a server does not mask (§5.1)");
        let (start, length) = match short {
            126 => (4, usize::from(u16::from_be_bytes(*rest.first_chunk()?))),
            127 => (10, u64::from_be_bytes(*rest.first_chunk()?) as usize),
            short => (2, usize::from(short)),
        };
        assert!(length <= LONGEST, "nobody sent {length} bytes");
        let payload = self.bytes.get(start..start + length)?;
        assert!(first != BINARY || payload.iter().all(|&byte| byte == FILLING), "nobody sent this");
        assert!(first != TEXT || payload == b"prepared", "nobody sent this");
        self.closed = first == CLOSE;
        Some(start + length)
    }
}
