//! What clients can make the chat keep, measured from outside: a hundred connections at their worst. Each case prints what it
//! cost, and has a limit that follows from the chat's settings.
//!
//! The figures come from /proc, so these tests are for Linux.

#![cfg(target_os = "linux")]

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use socket2::{Domain, Socket, Type};

use pollcat_chat_testing::http::get;
use pollcat_chat_testing::json::{Json, fresh_id};
use pollcat_chat_testing::png::png;
use pollcat_chat_testing::{Chat, program};
use pollcat_testing::client::{BINARY, Client, TEXT, masked};

const MIB: usize = 1 << 20;
const CONNECTIONS: usize = 100;
/// What the allocator and the system may keep beside what the chat counts, which differs from machine to machine. A chat
/// that does not keep to its limits takes several times more.
const BESIDE: usize = 16 * MIB;
/// The longest that is allowed by default.
const PICTURE: usize = 4 * MIB;
/// Whoever comes from there is counted by address, as loopback is a trusted proxy here.
const SOMEWHERE: &str = "198.51.100.7";
const PROXY: &[&str] = &["--trust-proxy", "127.0.0.1"];
/// What is long goes back to the system when it is given back, always, and few threads have a heap of their own (mallopt(3)):
/// or else what the allocator keeps for later would be measured, which differs from machine to machine.
const TUNABLES: &str = "glibc.malloc.mmap_threshold=131072:glibc.malloc.arena_max=2";

/// A chat, somebody in it who is no trouble, and what it all takes when nothing has happened yet.
struct Subject {
    chat: Chat,
    witness: Json,
    at_first: usize,
}

impl Subject {
    fn start() -> Self {
        let mut chat = Chat::prepared(PROXY);
        let mut command = program::command(chat.folder());
        command.args(chat.flags()).env("GLIBC_TUNABLES", TUNABLES);
        chat.run(command);
        let witness = Json::named(chat.address(), "witness");
        let mut subject = Subject { chat, witness, at_first: 0 };
        subject.begin_here();
        subject
    }

    fn begin_here(&mut self) {
        self.at_first = self.settled();
    }

    /// What has been added, in bytes.
    #[track_caller]
    fn costs(&mut self, what: &str, most: usize) {
        let grown = self.settled().saturating_sub(self.at_first);
        println!("figure: {what}: {:.1} MiB (limit {} MiB)", grown as f64 / MIB as f64, most / MIB);
        assert!(grown <= most + BESIDE, "{what}: {grown} bytes");
    }

    /// The resident memory, when it does not change any more. The witness is answered all the time.
    #[track_caller]
    fn settled(&mut self) -> usize {
        let (mut last, mut same) = (0, 0);
        while same < 20 {
            assert_eq!(self.witness.ask(json!({"type": "ping"}))["type"], "pong");
            thread::park_timeout(Duration::from_millis(10)); // a measurement takes its time
            let now = self.memory();
            same = if now.abs_diff(last) < 64 << 10 { same + 1 } else { 0 };
            last = now;
        }
        last
    }

    fn memory(&self) -> usize {
        let file = format!("/proc/{}/status", self.chat.pid().as_raw_nonzero());
        let status = std::fs::read_to_string(file).expect("the chat lives");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")).expect("Linux tells it");
        kib.parse::<usize>().expect("it is a number") << 10
    }

    /// Messages of the longest kind, and so many bytes, in the lobby.
    fn talk(&mut self, bytes: usize) {
        let text = "长".repeat(4_000);
        for _ in 0..bytes.div_ceil(text.len()) {
            self.witness.say("lobby", &text);
        }
    }

    /// Stores a picture; its address.
    fn paint(&mut self) -> String {
        let id = fresh_id();
        self.witness.send(&json!({"type": "picture", "id": id}));
        self.witness.send_bytes(picture());
        let ack = self.witness.wait_for("the answer to a picture", |it| it["id"] == *id);
        assert_eq!(ack["type"], "ack", "{ack}");
        let page = self.witness.ask(json!({"type": "page", "room": "lobby", "limit": 1}));
        page["events"][0]["picture"]["url"].as_str().expect("the last event is the picture").to_owned()
    }
}

/// One pixel, in as many bytes as are allowed.
fn picture() -> &'static [u8] {
    /// The signature, three chunks, and the header's content.
    const REST: usize = 8 + 3 * 12 + 13;
    static FILE: OnceLock<Vec<u8>> = OnceLock::new();
    FILE.get_or_init(|| png(1, 1, &vec![7; PICTURE - REST]))
}

/// A client of somewhere that does not read more than the system does for it, which is little.
fn dial(address: SocketAddr) -> Client {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    socket.set_recv_buffer_size(4 << 10).expect("it can be small");
    socket.connect(&address.into()).expect("the chat listens");
    Client::over(TcpStream::from(socket))
}

fn connect(address: SocketAddr) -> Client {
    let mut client = dial(address);
    client.open(&format!("X-Forwarded-For: {SOMEWHERE}\r\nSec-WebSocket-Protocol: chat.v1\r\n"));
    client
}

/// Says hello, and hears the welcome; as the person of this token, if there is one already.
fn greet(client: &mut Client, token: &mut Option<String>) {
    let mut hello = json!({"type": "hello"});
    if let Some(token) = token {
        hello["token"] = token.as_str().into();
    }
    let hello = hello.to_string();
    client.send(TEXT, hello.as_bytes());
    loop {
        let (first, payload) = client.frame();
        if first != TEXT {
            continue; // a Ping, on a machine that is slow today
        }
        let told: Value = serde_json::from_slice(&payload).expect("it speaks JSON");
        if let Some(wait) = told["retry_after"].as_u64() {
            thread::park_timeout(Duration::from_millis(wait)); // as it was told: it is one of many
            client.send(TEXT, hello.as_bytes());
        }
        if told["type"] == "welcome" {
            *token = told["token"].as_str().map(str::to_owned).or_else(|| token.take());
            return;
        }
    }
}

/// All but the last byte of a picture. The server may have enough of it before that.
fn begin_picture(client: &mut Client) {
    static FRAME: OnceLock<Vec<u8>> = OnceLock::new();
    let frame = FRAME.get_or_init(|| masked(BINARY, &vec![7; PICTURE]));
    let _ = client.stream().write_all(&frame[..frame.len() - 1]);
}

fn look_at(client: &mut Client, url: &str) {
    let request = format!("GET {url} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {SOMEWHERE}\r\n\r\n");
    client.write(request.as_bytes());
}

#[test]
fn strangers_send_nothing_long() {
    let mut subject = Subject::start();
    let mut clients: Vec<_> = (0..CONNECTIONS).map(|_| connect(subject.chat.address())).collect();
    clients.iter_mut().for_each(begin_picture);
    assert_eq!(clients[0].close_frame().0, 1009);
    subject.costs("100 connections, all but the end of a picture, no hello", 10 * MIB);
}

#[test]
fn a_picture_that_many_do_not_read_is_there_once() {
    let mut subject = Subject::start();
    let url = subject.paint();
    subject.begin_here();
    let mut clients: Vec<_> = (0..CONNECTIONS).map(|_| dial(subject.chat.address())).collect();
    clients.iter_mut().for_each(|client| look_at(client, &url));
    clients.iter_mut().for_each(|client| assert!(client.head().starts_with("HTTP/1.1 200 ")));
    subject.costs("100 connections, the same picture, not read", 16 * MIB);
    // Those who read it have all of it.

    assert!(clients[0].bytes(PICTURE) == picture());
}

#[test]
fn one_address_at_its_worst_keeps_64_mib_at_most_and_others_do_not_notice() {
    let mut subject = Subject::start();
    let urls: Vec<_> = (0..12).map(|_| subject.paint()).collect();
    subject.begin_here();
    let address = subject.chat.address();
    // Half of them are one person, half another: nobody comes back sixty times at once.
    let mut tokens = [None, None];
    let mut talkers: Vec<_> = (0..2 * CONNECTIONS / 3)
        .map(|number| {
            let mut client = connect(address);
            greet(&mut client, &mut tokens[number % 2]);
            client
        })
        .collect();
    let (senders, _readers) = talkers.split_at_mut(CONNECTIONS / 3);
    for client in senders {
        client.send(TEXT, br#"{"type":"picture","id":"p"}"#);
        begin_picture(client);
    }
    subject.costs("33 of one address, all but the end of an announced picture", 24 * MIB);
    let lookers: Vec<_> = urls
        .iter()
        .cycle()
        .take(CONNECTIONS / 3)
        .map(|url| {
            let mut client = dial(address);
            look_at(&mut client, url);
            client
        })
        .collect();
    subject.costs("the same, and 33 that look at 12 pictures and do not read them", 64 * MIB);
    subject.talk(6 * MIB);
    subject.costs("the same, and 33 that read nothing of a busy lobby", 64 * MIB);

    // Somebody from elsewhere sends a picture and sees it.
    let url = subject.paint();
    let page = get(address, &url);
    assert_eq!((page.status, page.body.len()), (200, PICTURE));
    drop(lookers);
}
