//! The order in which peers are read, and which of their messages count when they leave in the middle of it.

use std::time::Duration;

use pollcat::{Config, Handler, Message, PeerId, Peers};
use pollcat_testing::client::{BINARY, CLOSE, Client, TEXT, masked};
use pollcat_testing::running::Running;

use crate::doorstep::{Diary, Witness, doorstep, keep_busy, reset};

/// Sends far more than it hears, and writes the numbers of the messages down.
struct Generous(Diary);

impl Handler for Generous {
    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        self.0.note(message.as_bytes()[0].to_string());
        peers.send(from, &vec![0; 300_000]);
    }
}

fn numbered(numbers: impl Iterator<Item = u8>) -> Vec<u8> {
    numbers.flat_map(|number| masked(BINARY, &[number])).collect()
}

// Messages were heard out of order: what had been read before the peer's socket was full lay aside, and when the peer
// read again, what it had written since was heard first.
// Messages are heard in the order in which they were sent (TCP, and with it §5.4).
#[test]
fn messages_are_heard_in_order_though_the_outbox_was_blocked() {
    const MESSAGES: u8 = 200;
    let diary = Diary::default();
    let server = Running::start(Config::new(), Generous(diary.clone()));
    let mut client = Client::connect(server.address());
    let before = server.counters().bytes_in;
    let first = numbered(0..MESSAGES / 2);
    client.write(&first);
    // 30 MB of answers fit no socket: by now the rest of these messages lies aside.
    server.wait_until("the first are read", |now| now.bytes_in >= before + first.len() as u64);
    assert!(server.counters().messages_in < u64::from(MESSAGES / 2), "the socket is full");
    client.write(&numbered(MESSAGES / 2..MESSAGES));
    for _ in 0..MESSAGES {
        assert_eq!(client.frame().0, BINARY);
    }
    let expected: Vec<String> = (0..MESSAGES).map(|number| number.to_string()).collect();
    assert_eq!(diary.lines(), expected);
}

/// A client writes this and resets its connection while the loop is busy with another: so the answers cannot be
/// written (they are more than its queue takes), and the rest of the input is still there.
fn lose_in_the_middle_of(input: &[u8], close_within: Duration) -> Diary {
    let diary = Diary::default();
    let (door, step) = doorstep();
    let config = Config::new().close_within(close_within).max_send_queue(100);
    let server = Running::start(config, Witness::with_doorstep(&diary, step));
    let mut busy = Client::connect(server.address());
    let mut lost = Client::connect(server.address());
    keep_busy(&door, &mut busy);
    lost.write(input);
    reset(lost);
    door.open();
    drop(busy);
    server.wait_until("all have left", |counters| counters.opened == 2 && counters.connections == 0);
    diary
}

// A peer left twice: writing to it failed in the middle of its input, and the Close behind that was still heard. Its
// slot was given back twice as well, so that two later connections shared it.
// on_close comes once (Handler), and a PeerId never comes to mean somebody else.
#[test]
fn a_peer_lost_in_the_middle_of_its_input_leaves_once() {
    let input = [masked(TEXT, &[b'a'; 90]), masked(CLOSE, b"")].concat();
    for close_within in [Duration::ZERO, Duration::from_millis(500)] {
        let diary = lose_in_the_middle_of(&input, close_within);
        assert_eq!(diary.count("open"), 2);
        assert_eq!(diary.count("close peer 0.0"), 1, "{:?}", diary.lines());
        assert_eq!(diary.count("close peer 1.0"), 1, "{:?}", diary.lines());
    }
}

// A message was heard from a peer that was gone: its first answer could not be written, and the messages that lay
// behind the first were given to the handler all the same.
// After its departure an id names nobody (Handler::on_close).
#[test]
fn nobody_hears_messages_of_a_peer_that_is_gone() {
    let diary = lose_in_the_middle_of(&masked(TEXT, &[b'a'; 90]).repeat(3), Duration::from_millis(500));
    assert_eq!(diary.count("message of nobody"), 0, "{:?}", diary.lines());
}
