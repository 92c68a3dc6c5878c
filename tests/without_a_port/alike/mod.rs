//! A bench is like a server: the same clients do the same with the same handler, in memory and on a port, and see the
//! same, whatever the dice choose.

mod by_port;
mod in_memory;
mod parrot;

use std::collections::BTreeSet;

use pollcat::testing::Frame;
use pollcat::{CloseCode, Config};
use pollcat_testing::dice::Dice;

use by_port::ByPort;
use in_memory::InMemory;

/// Where clients meet a server.
trait Place {
    fn start(config: Config) -> Self;

    /// A client connects, and sends a whole request. Returns what it is answered: its number is the next.
    fn dial(&mut self, request: &[u8]) -> Answer;

    /// A client whose WebSocket is open sends bytes.
    fn send(&mut self, from: usize, bytes: &[u8]);

    /// A client is gone, without a Close.
    fn leave(&mut self, who: usize);

    /// What each of these clients has seen since the last time, the first of them having done something.
    fn look(&mut self, at: &[usize]) -> Vec<Seen>;
}

/// An answer over HTTP: status, header fields without the Date, body.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Seen {
    messages: Vec<Payload>,
    pongs: Vec<Vec<u8>>,
    /// The server's Close, and the end of the stream.
    closed: Option<(u16, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Payload {
    Text(String),
    Binary(Vec<u8>),
}

#[derive(Debug, Clone)]
enum Step {
    Dial(Vec<u8>),
    /// In two parts, if there is a place to cut.
    Send(usize, Vec<u8>, usize),
    Leave(usize),
}

#[test]
fn what_is_seen_in_memory_is_what_is_seen_on_a_port() {
    let (mut statuses, mut codes) = (BTreeSet::new(), BTreeSet::new());
    for seed in 0..25 {
        play(seed, 60, &mut statuses, &mut codes);
    }
    // Much of what can happen has happened.
    assert!(
        [101, 200, 400, 403, 404, 405, 426, 501].iter().all(|status| statuses.contains(status)),
        "{statuses:?}"
    );
    assert!([1000, 1002, 1005, 1007, 1008, 1009].iter().all(|code| codes.contains(code)), "{codes:?}");
}

/// Plays a script of chance in both places, and compares after each step.
fn play(seed: u64, steps: usize, statuses: &mut BTreeSet<u16>, codes: &mut BTreeSet<u16>) {
    let config = || Config::new().max_message(200_000);
    let (mut port, mut memory) = (ByPort::start(config()), InMemory::start(config()));
    let mut dice = Dice::new(seed);
    let (mut open, mut dialed): (Vec<usize>, usize) = (Vec::new(), 0);
    for number in 0..steps {
        let step = choose(&mut dice, &open);
        let context = || format!("seed {seed}, step {number}: {step:?}");
        match &step {
            Step::Dial(request) => {
                let answers = (port.dial(request), memory.dial(request));
                assert_eq!(answers.0, answers.1, "{}", context());
                statuses.insert(answers.0.status);
                if answers.0.status == 101 {
                    open.insert(0, dialed);
                }
                dialed += 1;
            }
            Step::Send(from, bytes, cut) => {
                for part in [&bytes[..*cut], &bytes[*cut..]] {
                    port.send(*from, part);
                    memory.send(*from, part);
                }
                // Whoever has done something is looked at first.
                open.sort_by_key(|who| who != from);
            }
            Step::Leave(who) => {
                port.leave(*who);
                memory.leave(*who);
                open.retain(|other| other != who);
            }
        }
        let seen = (port.look(&open), memory.look(&open));
        for (who, (by_port, in_memory)) in open.iter().zip(seen.0.iter().zip(&seen.1)) {
            assert_eq!(by_port, in_memory, "client {who}, {}", context());
        }
        codes.extend(seen.0.iter().filter_map(|seen| seen.closed.as_ref()).map(|(code, _)| *code));
        let mut has_closed = seen.0.iter().map(|seen| seen.closed.is_some());
        open.retain(|_| !has_closed.next().expect("each was looked at"));
    }
}

fn choose(dice: &mut Dice, open: &[usize]) -> Step {
    if open.is_empty() || dice.one_in(4) {
        return Step::Dial(request(dice));
    }
    let who = open[dice.below(open.len())];
    if dice.one_in(12) {
        return Step::Leave(who);
    }
    let mask = [3, 1, 4, 1].map(|byte| byte + dice.below(250) as u8);
    let bytes: Vec<u8> = frames(dice).iter().flat_map(|frame| frame.to_bytes(mask)).collect();
    let cut = dice.below(bytes.len());
    Step::Send(who, bytes, cut)
}

/// A request (none of HEAD: what it is answered has a length, and no body): good as a rule, and now and then with one byte that is another.
fn request(dice: &mut Dice) -> Vec<u8> {
    let target = dice.choose(&["/ws", "/ws", "/ws", "/ws?q=1", "/page", "/no", "/later", "*", "ws"]);
    let method =
        if dice.one_in(8) { dice.choose(&["PUT", "POST", "OPTIONS", "BREW", "TRACE"]) } else { "GET" };
    let upgrade = match target.contains("ws") {
        true => {
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: v1, v2\r\n"
        }
        false => "",
    };
    let origin = dice.choose(&["", "", "Origin: http://localhost\r\n", "Origin: http://evil.example\r\n"]);
    let mut bytes =
        format!("{method} {target} HTTP/1.1\r\nHost: localhost\r\n{origin}{upgrade}\r\n").into_bytes();
    if dice.one_in(4) {
        let place = dice.below(bytes.len() - 4);
        bytes[place] = dice.choose(b" \0\xFFaZ:;/?\t");
    }
    bytes
}

/// Something to say: one frame or several, good or bad.
fn frames(dice: &mut Dice) -> Vec<Frame> {
    let word = dice.choose(&[
        "all:hello",
        "topic:tea",
        "join",
        "part",
        "kick",
        "bye",
        "long",
        "echo",
        "\u{1F375}",
        "",
    ]);
    match dice.below(20) {
        0 => vec![Frame::ping(b"own"), Frame::text(word)],
        1 => vec![Frame::text("all:").unfinished(), Frame::ping(b""), Frame::continuation(word.as_bytes())],
        2 => vec![Frame::binary(&vec![dice.below(256) as u8; dice.below(70_000)])],
        3 => (0..dice.below(50))
            .map(|number| Frame::text(&number.to_string()))
            .chain([Frame::text("last")])
            .collect(),
        4 => vec![Frame::close(CloseCode::new(4000 + dice.below(999) as u16).expect("a private code"), word)],
        5 => vec![Frame::close(CloseCode::NO_STATUS, "")],
        6 => vec![Frame::pong(b"nobody has asked")],
        7 => vec![bad_frame(dice)],
        _ => vec![Frame::text(word)],
    }
}

fn bad_frame(dice: &mut Dice) -> Frame {
    match dice.below(8) {
        0 => Frame::text("bare").unmasked(),
        1 => Frame::text("x").reserved(1 << dice.below(3)),
        2 => Frame::with_opcode(3 + dice.below(5) as u8, b""),
        3 => Frame::ping(&[0; 126]),
        4 => Frame::continuation(b"of nothing"),
        5 => Frame::with_opcode(1, b"\xF0\x9F"),
        6 => Frame::binary(b"").claiming(200_001),
        _ => Frame::with_opcode(8, &[3]),
    }
}
