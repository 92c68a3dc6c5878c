//! A thousand prices a second, and only the newest for those who cannot keep up:
//! `cargo run --release --example ticker [ADDRESS [PRICES IN A LETTER]]`.
//!
//! ```text
//! you send                  you receive, at first the latest price of each, and from then on every new one
//! {"sub": ["A", "B"]}       {"symbol":"A","bid":101.20,"ask":101.25,"seq":4711,"time":1764413999123}
//! ```
//!
//! There are 50 symbols, A to Z and AA to AX, and each is a topic. A client that stops reading for a while does not get
//! all that it has missed, but a second of it at most:
//!
//! * While a price waits for it, a newer one of the same symbol takes its place (`replacing`).
//! * Only what waits in the server can be replaced, so the system is told to take little of what cannot leave
//!   (`max_unsent`).
//! * The buffers of the client, and of whatever lies between, hold more than that. So each client is asked by a Ping
//!   now and then whether it has read what was sent before, and gets no prices until it has answered.
//!
//! Prices come from a thread, twenty to a letter: that costs a tenth of a letter for each.

use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use pollcat::{CloseCode, Config, Departure, Handler, Mailbox, Message, NotDelivered, Origins};
use pollcat::{Outgoing, PeerId, PeerMap, Peers, PreparedMessage, Request, Server};
use serde_json::{Value, json};

const SYMBOLS: usize = 50;
/// A thousand a second.
const PRICE_EVERY: Duration = Duration::from_millis(1);
const PRICES_IN_A_LETTER: u32 = 20;

/// A client that has not read for two of these gets no prices.
const ASK_EVERY: Duration = Duration::from_millis(300);

/// The news of one symbol, encoded on the thread that has it.
struct Price {
    symbol: usize,
    message: PreparedMessage,
}

struct Ticker {
    names: Vec<String>,
    latest: Vec<Option<PreparedMessage>>,
    clients: PeerMap<Client>,
}

#[derive(Default)]
struct Client {
    wanted: Vec<usize>,
    reading: Reading,
}

#[derive(Default, Clone, Copy, PartialEq)]
enum Reading {
    /// It has been asked, and has never answered before: it may be one that does not answer Pings.
    #[default]
    Unknown,
    UpToDate,
    Asked,
    /// It has not answered in time. Its subscriptions have ended, until it does.
    Behind,
}

impl Ticker {
    fn subscribe(&self, peers: &mut Peers, id: PeerId, symbol: usize) {
        peers.subscribe(id, &self.names[symbol]);
        if let Some(latest) = &self.latest[symbol] {
            peers.send(id, Outgoing::from(latest).replacing(symbol as u64));
        }
    }

    fn ask(&mut self, peers: &mut Peers, id: PeerId) {
        let Some(client) = self.clients.get_mut(id) else { return };
        match client.reading {
            Reading::Unknown | Reading::Behind => {}
            Reading::UpToDate => {
                client.reading = Reading::Asked;
                peers.ping(id, b"have you read this?");
            }
            Reading::Asked => {
                client.reading = Reading::Behind;
                client.wanted.iter().for_each(|&symbol| peers.unsubscribe(id, &self.names[symbol]));
            }
        }
    }
}

impl Handler<Vec<Price>> for Ticker {
    fn on_open(&mut self, peers: &mut Peers, id: PeerId, _: &Request<'_>) {
        self.clients.insert(id, Client::default());
        peers.ping(id, b"hello");
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        let asked: Value = serde_json::from_slice(message.as_bytes()).unwrap_or_default();
        let Some(names) = asked["sub"].as_array() else {
            return peers.close(from, CloseCode::UNSUPPORTED, r#"say {"sub": ["A", "B"]}"#);
        };
        for name in names.iter().filter_map(Value::as_str) {
            let Some(symbol) = self.names.iter().position(|known| known == name) else {
                peers.send(from, &json!({ "error": "no such symbol", "symbol": name }).to_string());
                continue;
            };
            let Some(client) = self.clients.get_mut(from) else { return };
            if client.wanted.contains(&symbol) {
                continue;
            }
            client.wanted.push(symbol);
            if client.reading != Reading::Behind {
                self.subscribe(peers, from, symbol);
            }
        }
    }

    fn on_pong(&mut self, peers: &mut Peers, from: PeerId, _: &[u8]) {
        let Some(client) = self.clients.get_mut(from) else { return };
        let before = std::mem::replace(&mut client.reading, Reading::UpToDate);
        if before == Reading::Behind {
            client.wanted.clone().into_iter().for_each(|symbol| self.subscribe(peers, from, symbol));
        }
    }

    fn on_tick(&mut self, peers: &mut Peers) {
        peers.ids().into_iter().for_each(|id| self.ask(peers, id));
    }

    fn on_close(&mut self, _: &mut Peers, id: PeerId, _: Departure) {
        self.clients.remove(id);
    }

    /// One turn for all prices of a letter, and one write for each client.
    fn on_mail(&mut self, peers: &mut Peers, prices: Vec<Price>) {
        for Price { symbol, message } in prices {
            peers.publish(&self.names[symbol], Outgoing::from(&message).replacing(symbol as u64));
            self.latest[symbol] = Some(message);
        }
    }
}

/// A, B, … Z, AA, AB, …
fn name(symbol: usize) -> String {
    let letter = char::from(b'A' + (symbol % 26) as u8);
    if symbol < 26 { letter.into() } else { format!("A{letter}") }
}

/// Makes prices until the server has stopped.
fn trade(mailbox: &Mailbox<Vec<Price>>, names: &[String], in_a_letter: u32) {
    let start = Instant::now();
    let mut cents = [10_000; SYMBOLS];
    for first in (0..).step_by(in_a_letter.max(1) as usize) {
        thread::sleep((start + PRICE_EVERY * first).saturating_duration_since(Instant::now()));
        let time = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_millis());
        let prices = (first..first + in_a_letter).map(|seq| {
            let symbol = seq as usize % SYMBOLS;
            // Up and down between 100 and 200.
            cents[symbol] = 10_000 + (cents[symbol] + seq % 41) % 10_000;
            let (bid, ask) = (cents[symbol] as f64 / 100.0, (cents[symbol] + 5) as f64 / 100.0);
            let name = &names[symbol];
            let text =
                format!(r#"{{"symbol":"{name}","bid":{bid:.2},"ask":{ask:.2},"seq":{seq},"time":{time}}}"#);
            Price { symbol, message: PreparedMessage::new(&text) }
        });
        match mailbox.deliver(prices.collect()) {
            Ok(()) => {}
            // The next letter has newer ones.
            Err(NotDelivered::Full(_)) => {
                log::warn!("{in_a_letter} prices are lost: the mailbox is full")
            }
            Err(NotDelivered::Stopped(_)) => return,
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    env_logger::init();
    let mut words = std::env::args().skip(1);
    let address = words.next().unwrap_or("127.0.0.1:9507".into());
    let in_a_letter = words.next().map_or(Ok(PRICES_IN_A_LETTER), |word| word.parse())?;
    let config =
        Config::new().origins(Origins::any()).max_message(4 << 10).max_unsent(4 << 10).tick(ASK_EVERY);
    let server = Server::with_config(address, config)?;
    println!("prices on ws://{}", server.local_addr()?);

    let names: Vec<String> = (0..SYMBOLS).map(name).collect();
    let (mailbox, traded) = (server.mailbox(), names.clone());
    thread::spawn(move || trade(&mailbox, &traded, in_a_letter));
    let mailbox = server.mailbox();
    ctrlc::set_handler(move || mailbox.stop())?;
    server.run(Ticker { names, latest: vec![None; SYMBOLS], clients: PeerMap::new() })?;
    Ok(())
}
