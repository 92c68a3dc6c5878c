//! Every client does everything, in an order that is drawn: hoards, half messages, resets, pages that are not read,
//! answers that come late or to no request. In the end nothing may be left in any account.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use pollcat::{
    Answer, CloseCode, Config, Departure, Handler, Message, PeerId, Peers, Proxies, Request, RequestId,
    Server, SlowPeers,
};

use pollcat_testing::client::{BINARY, Client, TEXT, masked, upgrade_request};
use pollcat_testing::raw::{narrow_listener, reset_when_dropped};
use pollcat_testing::running::Running;

const KIB: usize = 1 << 10;

/// As many connections as an address may have.
const PER_ADDRESS: u32 = 8;

/// Does what it is asked for, to whoever there is.
#[derive(Default)]
struct Anything {
    asked: Vec<RequestId>,
}

impl Anything {
    /// Answers all requests, in the wrong order, and some of them again.
    fn answer(&mut self, peers: &mut Peers) {
        for &request in self.asked.iter().rev() {
            let length = 300 * KIB * (self.asked.len() % 4);
            peers.answer_request(request, Answer::page("text/plain", vec![b'x'; length]));
        }
        let old = self.asked.len().saturating_sub(3);
        self.asked.drain(..old);
    }
}

impl Handler for Anything {
    fn on_request(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) -> Answer {
        match request.path() {
            "/later" => {
                self.asked.push(peers.request_id(id));
                Answer::later()
            }
            "/own" => Answer::page("text/plain", vec![b'x'; 900 * KIB]),
            _ => Answer::accept(),
        }
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        match message {
            Message::Text("hoard") => drop(peers.send(from, &vec![b'x'; 1000 * KIB][..])),
            Message::Text("all") => peers.broadcast(&vec![b'x'; 40 * KIB][..]),
            Message::Text("others") => peers.broadcast_from(from, &vec![b'x'; 100 * KIB][..]),
            Message::Text("end") => peers.close(from, CloseCode::NORMAL, "as you wish"),
            Message::Text("answer") => self.answer(peers),
            message => drop(peers.send(from, message)),
        }
    }

    fn on_close(&mut self, peers: &mut Peers, _: PeerId, _: Departure) {
        for id in peers.ids() {
            peers.send(id, &vec![b'x'; 70 * KIB][..]);
        }
    }
}

/// Numbers that are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

/// A client that waits for nothing.
struct Player {
    stream: TcpStream,
    speaks: bool,
}

impl Player {
    /// Most want a WebSocket, the others a page.
    fn new(address: SocketAddr, dice: &mut Dice) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_nonblocking(true).expect("a stream need not wait");
        let mut player = Player { stream, speaks: dice.below(4) > 0 };
        let client = format!("X-Forwarded-For: 192.0.2.{}\r\n", dice.below(4));
        let get = |path| format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{client}\r\n");
        let deflate = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
        player.write(&match (player.speaks, dice.below(3)) {
            (true, 0) => upgrade_request(&format!("{client}{deflate}")).into_bytes(),
            (true, _) => upgrade_request(&client).into_bytes(),
            (false, 0) => get("/own").into_bytes(),
            (false, _) => get("/later").into_bytes(),
        });
        player
    }

    /// What the socket does not take now is left out: the rest is then half of something.
    fn write(&mut self, bytes: &[u8]) {
        let _ = self.stream.write(bytes);
    }

    fn act(&mut self, dice: &mut Dice) {
        let filler = vec![b'x'; 64 * KIB];
        let bytes = match dice.below(if self.speaks { 16 } else { 2 }) {
            0 | 1 => return drop(self.stream.read(&mut vec![0; 512 * KIB])),
            2..=4 => masked(TEXT, b"hoard"),
            5 => masked(TEXT, b"all").repeat(3),
            6 => masked(TEXT, b"others"),
            7..=9 => masked(TEXT, b"answer"),
            10 => masked(TEXT, b"end"),
            11 => masked(0x01, &filler[..30 * KIB]), // and nothing after it
            12 => masked(BINARY, &filler)[..40 * KIB].to_vec(),
            13 => masked(BINARY | 0x40, &filler)[..2 * KIB].to_vec(),
            14 => masked(BINARY, &filler),
            _ => vec![0xFF; 100],
        };
        self.write(&bytes);
    }
}

fn play(seed: u64, policy: SlowPeers) {
    println!("seed {seed}"); // is shown when the test fails
    let patience = Duration::from_millis(300);
    let config = Config::new()
        .trust_proxies(Proxies::only(["127.0.0.1"]).expect("an address"))
        .slow_peers(policy)
        .max_connections_per_address(PER_ADDRESS)
        .max_receiving(150 * KIB)
        .max_receiving_per_address(60 * KIB)
        .max_sending(3 << 20)
        .max_sending_per_address(2 << 20)
        .handshake_within(patience)
        .keep_alive(patience)
        .close_within(patience);
    #[cfg(feature = "deflate")]
    let config = config.deflate(pollcat::Deflate::new());
    let mut server = Server::without_listeners(config).expect("a poll can be had");
    server.listen_on(narrow_listener(32 * KIB)).expect("a listener can be watched");
    let server = Running::serve(server, Anything::default());
    let mut dice = Dice(seed);
    let mut players: Vec<_> = (0..24).map(|_| Player::new(server.address(), &mut dice)).collect();
    for step in 0..400 {
        let place = dice.below(players.len());
        match dice.below(12) {
            0 => {
                reset_when_dropped(&players[place].stream);
                players[place] = Player::new(server.address(), &mut dice);
            }
            1 | 2 => players[place] = Player::new(server.address(), &mut dice),
            3 => drop(players[place].stream.shutdown(Shutdown::Write)),
            _ => players[place].act(&mut dice),
        }
        if step % 8 == 0 {
            // Up to here all has been heard; what follows is for another turn.
            drop(Client::connect(server.address()));
        }
    }
    drop(players);
    server.wait_until("nothing is left", |now| {
        (now.connections, now.open, now.receiving, now.sending) == (0, 0, 0, 0)
    });
    // Nor is any of the places that an address has.
    for number in 0..4 {
        let address = format!("X-Forwarded-For: 192.0.2.{number}\r\n");
        let mut all: Vec<_> = (0..PER_ADDRESS).map(|_| Client::dial(server.address())).collect();
        all.iter_mut().for_each(|client| client.open(&address));
        server.wait_until("all are there", |now| now.open == u64::from(PER_ADDRESS));
        for (number, client) in all.iter_mut().enumerate() {
            client.send(TEXT, number.to_string().as_bytes());
            assert_eq!(client.text(), number.to_string(), "seed {seed}");
        }
        all.iter_mut().for_each(|client| client.close(1000));
        drop(all);
        server.wait_until("all have left", |now| (now.connections, now.open) == (0, 0));
    }
}

#[test]
fn nothing_is_left_in_any_account_whatever_everybody_did() {
    for seed in 0..2 {
        play(seed, if seed % 2 == 0 { SlowPeers::Close } else { SlowPeers::Skip });
    }
}
