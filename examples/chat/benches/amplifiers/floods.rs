//! What the protocol itself lets anybody send: a MiB of it on each connection, to an echo.

use std::io::Write;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use pollcat::{Config, Deflate, Message, Server, handler_fn};
use pollcat_testing::apart::{processor_time, this_thread};
use pollcat_testing::client::{Client, PING, TEXT, masked};

use crate::{Probe, read_to_the_end, row};

pub(crate) struct Flood {
    pub name: &'static str,
    connections: usize,
    /// As the client offers it.
    extension: &'static str,
    frame: fn() -> Vec<u8>,
}

const EACH: usize = 1 << 20;
const END: &str = "that was the end";
const ALONE: &str = "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; server_no_context_takeover\r\n";
const TAKEOVER: &str = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=9\r\n";

pub(crate) fn all() -> Vec<Flood> {
    let flood = |name, connections, extension, frame| Flood { name, connections, extension, frame };
    vec![
        flood("texts of one byte", 1, "", || masked(TEXT, b"x")),
        flood("texts of one byte, 32 connections", 32, "", || masked(TEXT, b"x")),
        flood("pings, 32 connections", 32, "", || masked(PING, b"")),
        flood("deflate: empty, 32 connections", 32, ALONE, || masked(0xC1, &[0])),
        flood("deflate: final blocks, 32 connections", 32, TAKEOVER, || masked(0xC1, &[3, 0, 0])),
        flood("deflate: tables for nothing", 1, ALONE, || masked(0xC1, &tables(5000))),
        flood("deflate: tables for nothing, 32 connections", 32, ALONE, || masked(0xC1, &tables(5000))),
    ]
}

pub(crate) fn measure(flood: &Flood) {
    let config = Config::new().deflate(Deflate::new().context_takeover(flood.extension == TAKEOVER));
    let server = Server::with_config("127.0.0.1:0", config).expect("a port can be had");
    let address = server.local_addr().expect("it has one");
    let mailbox = server.mailbox();
    let (sender, thread_is) = channel();
    let thread = thread::spawn(move || {
        sender.send(this_thread()).expect("the other end waits");
        server.run(handler_fn(|peers, from, message| {
            // Answers to all would be counted too.
            if message == Message::Text(END) {
                peers.send(from, END);
            }
        }))
    });
    let task = thread_is.recv().expect("the thread tells");
    let frame = (flood.frame)();
    let times = EACH.div_ceil(frame.len());
    let clients: Vec<Client> = (0..flood.connections)
        .map(|_| {
            let mut client = Client::dial(address);
            client.write(pollcat_testing::client::upgrade_request(flood.extension).as_bytes());
            client.head();
            client
        })
        .collect();
    let probe = Probe::start(Client::connect(address));
    let before = processor_time(&task);
    let clients: Vec<_> = clients
        .into_iter()
        .map(|client| {
            let bytes = [frame.repeat(times), masked(TEXT, END.as_bytes())].concat();
            thread::spawn(move || {
                let (mut reads, mut writes) = (client.stream(), client.stream());
                let writer = thread::spawn(move || drop(writes.write_all(&bytes)));
                read_to_the_end(&mut reads, Some(END.as_bytes()));
                writer.join().expect("it only writes");
            })
        })
        .collect();
    clients.into_iter().for_each(|client| client.join().expect("the flood comes to its end"));
    let cost = Duration::from_nanos(processor_time(&task) - before);
    row(flood.name, flood.connections * times, frame.len(), cost, probe.stop());
    mailbox.stop();
    thread.join().expect("it does not panic").expect("the server ends in order");
}

/// So many blocks with codes of their own, and nothing said in them (RFC 1951 §3.2.7).
fn tables(blocks: usize) -> Vec<u8> {
    let mut bits = Bits::default();
    for _ in 0..blocks {
        bits.put(0b100, 3); // not the last one; codes of its own
        bits.put(0, 5); // 257 lengths of literals
        bits.put(0, 5); // one of a distance
        bits.put(14, 4); // 18 lengths of lengths: of 18, which repeats zeros, and of 1
        (0..18).for_each(|place| bits.put(u32::from(matches!(place, 2 | 17)), 3));
        // 1 has the code 0, 18 the code 1: 138 and 118 zeros, then one bit for the end of the block, and one for a distance.
        bits.put(1, 1);
        bits.put(138 - 11, 7);
        bits.put(1, 1);
        bits.put(118 - 11, 7);
        bits.put(0, 2);
        bits.put(0, 1); // the end of the block
    }
    // An empty stored block, whose last four bytes are not sent (RFC 7692 §7.2.1).
    bits.put(0, 3);
    bits.bytes
}

/// From the lowest bit on.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: u32,
}

impl Bits {
    fn put(&mut self, value: u32, bits: u32) {
        for bit in 0..bits {
            if self.used == 0 {
                self.bytes.push(0);
            }
            *self.bytes.last_mut().expect("there is one") |= ((value >> bit & 1) as u8) << self.used;
            self.used = (self.used + 1) % 8;
        }
    }
}
