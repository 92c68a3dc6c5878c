//! Peers that send the most work there is for their bytes, and one with a question: how many of their messages come
//! before it. Work is counted here, and not time. The handler stands still until all of it lies in the sockets.

use pollcat::{Answer, Config, Handler, Message, PeerId, Peers, Request};
use pollcat_testing::client::{Client, TEXT, masked, upgrade_request};
use pollcat_testing::running::Running;

use crate::doorstep::{Doorstep, doorstep};

/// Counts messages; tells whoever asks for it how many there were.
struct Counter {
    doorstep: Doorstep,
    heard: usize,
}

impl Handler for Counter {
    fn on_request(&mut self, _: &mut Peers, _: PeerId, _: &Request<'_>) -> Answer {
        Answer::accept()
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        match message.as_bytes() {
            b"wait" => self.doorstep.wait(),
            b"how many?" => drop(peers.send(from, &self.heard.to_string())),
            _ => self.heard += 1,
        }
    }
}

/// Each of so many peers sends its frames; how many of their messages are heard before the question of another.
fn heard_before(config: Config, fields: &str, peers: usize, frame: &[u8], frames: usize) -> usize {
    let (door, doorstep) = doorstep();
    let server = Running::start(config, Counter { doorstep, heard: 0 });
    let mut modest = Client::connect(server.address());
    let mut greedy: Vec<Client> = (0..peers)
        .map(|_| {
            let mut client = Client::dial(server.address());
            client.write(upgrade_request(fields).as_bytes());
            assert!(client.head().starts_with("HTTP/1.1 101 "));
            client
        })
        .collect();
    modest.send(TEXT, b"wait");
    door.wait();
    greedy.iter_mut().for_each(|client| client.write(&frame.repeat(frames)));
    modest.send(TEXT, b"how many?");
    door.open();
    modest.text().parse().expect("it is a number")
}

// Each peer was read 1 MiB in a turn, however many there were: 64 that sent messages of one byte kept the others
// waiting for 75 ms, and with more of them longer.
#[test]
fn a_crowd_that_sends_the_smallest_messages_shares_a_turn() {
    const FRAMES: usize = 14_000;
    let heard = heard_before(Config::new(), "", 64, &masked(TEXT, b"x"), FRAMES);
    assert!(heard < 64 * FRAMES / 4, "{heard} messages came before");
}

// What a turn inflates was counted by what came out of it. Of messages of one byte nothing does.
#[cfg(feature = "deflate")]
#[test]
fn a_crowd_that_sends_the_smallest_compressed_messages_shares_a_turn() {
    const FRAMES: usize = 8_000;
    for fields in ["permessage-deflate", "permessage-deflate; client_no_context_takeover"] {
        let fields = format!("Sec-WebSocket-Extensions: {fields}\r\n");
        let config = Config::new().deflate(pollcat::Deflate::new());
        let heard = heard_before(config, &fields, 24, &masked(TEXT | 0x40, &[0]), FRAMES);
        assert!(heard < 10_000, "{heard} messages came before");
    }
}
