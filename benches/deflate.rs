//! What permessage-deflate costs: processor time of the server's thread and bytes on the wire for a broadcast, and
//! memory of its process for idle connections. Without it, with it, and with contexts that are taken over. And how
//! much shorter single messages become, by their length and the level.
//!
//! `cargo bench --features deflate --bench deflate` takes about a minute, and more than 2,000 descriptors (`ulimit -n`).

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use pollcat::protocol::{Agreement, Deflater};
use pollcat::{Config, Deflate, Message, Server, handler_fn};

use pollcat_testing::apart::{Visitor, processor_time, resident, this_thread};

/// Clients that receive a broadcast.
const CROWD: usize = 1000;
const BROADCASTS: usize = 300;
/// Messages that are compressed by themselves, of each length with each level.
const ROUNDS: u64 = 2000;
/// A text of JSON.
const LENGTH: usize = 1 << 10;
/// Each owns nothing or little; with a context, some hundred KiB, so there they are fewer.
const IDLE: usize = 2000;
const IDLE_WITH_CONTEXTS: usize = 500;

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    if let [visit, address] = &arguments[1..]
        && visit == "visit"
    {
        visit_it(address.parse().expect("an address"));
        return Ok(());
    }
    let alone = Config::new().deflate(Deflate::new());
    let contexts = Config::new().deflate(Deflate::new().context_takeover(true));
    measure("off", Config::new(), IDLE)?;
    measure("on", alone, IDLE)?;
    measure("contexts", contexts, IDLE_WITH_CONTEXTS)?;
    shorten();
    Ok(())
}

// ---- one message by itself

/// How much of a JSON message is left, with its header, and how long that takes: why there is a threshold, and which
/// level is the default.
fn shorten() {
    let alone = Agreement::default().with_server_no_context_takeover(true);
    println!("{:>8}: {:>23} {:>15} {:>15} {:>15}", "level", 1, 2, 6, 9);
    for length in [48, 64, 128, 1 << 10, 4 << 10] {
        let messages: Vec<String> = (0..ROUNDS).map(|number| json(number, length)).collect();
        print!("{length:>8} bytes:");
        for level in [1, 2, 6, 9] {
            let (mut deflater, mut left, mut out) = (Deflater::new(&alone, level), 0, Vec::new());
            let begun = Instant::now();
            for text in &messages {
                out.clear();
                deflater.message(Message::Text(text), &mut out);
                left += out.len();
            }
            let each = begun.elapsed().as_micros() as f64 / ROUNDS as f64;
            print!(" {:5.0} % {each:5.1} µs", left as f64 * 100.0 / (ROUNDS as usize * length) as f64);
        }
        println!();
    }
}

// ---- the server

/// A text is for all, bytes are an echo.
fn measure(name: &str, config: Config, idle: usize) -> io::Result<()> {
    // Its clients are silent for long, and answer no Ping.
    let server = Server::with_config("127.0.0.1:0", config.ping_after(Duration::from_secs(3600)))?;
    let address = server.local_addr()?.to_string();
    let (mailbox, counters) = (server.mailbox(), server.counters());
    let (sender, thread_is) = channel();
    let thread = thread::spawn(move || {
        sender.send(this_thread()).expect("the other end waits");
        server.run(handler_fn(|peers, from, message| match message {
            Message::Text(text) => peers.broadcast(text),
            bytes => drop(peers.send(from, bytes)),
        }))
    });
    let task = thread_is.recv().expect("the thread tells");
    let time = || processor_time(&task);

    let mut visitor = Visitor::start(&["visit", &address])?;
    let before = resident();
    visitor.ask(&format!("connect {idle}"));
    visitor.ask("echo on all");
    let each = resident().saturating_sub(before) as f64 / idle as f64;
    println!("{name:>8}: {each:8.0} bytes for an idle connection that has echoed twice");
    visitor.ask("leave");
    while counters.read().connections > 0 {
        thread::yield_now();
    }

    visitor.ask(&format!("connect {CROWD}"));
    visitor.ask("broadcast 50"); // warm
    let before = time();
    let heard = visitor.ask(&format!("broadcast {BROADCASTS}"));
    let each = (time() - before) as f64 / 1000.0 / BROADCASTS as f64;
    println!(
        "{name:>8}: {each:8.0} µs of the server for a broadcast of {LENGTH} bytes to {CROWD}, who hear {heard}"
    );
    mailbox.stop();
    thread.join().expect("it does not panic")
}

// ---- the clients

fn visit_it(address: SocketAddr) {
    let mut clients: Vec<Client> = Vec::new();
    let mut said = 0;
    for line in io::stdin().lines() {
        let line = line.expect("the server asks in text");
        let words: Vec<&str> = line.split(' ').collect();
        let number = |place: usize| words[place].parse::<usize>().expect("a number");
        let answer = match words[0] {
            "connect" => {
                clients.extend((0..number(1)).map(|_| Client::connect(address)));
                "done".into()
            }
            "echo" => {
                for client in &mut clients {
                    client.echo();
                    client.echo();
                }
                "done".into()
            }
            "broadcast" => {
                let mut heard = 0;
                for _ in 0..number(1) {
                    said += 1;
                    clients[0].write(0x81, json(said, LENGTH).as_bytes());
                    heard += clients.iter_mut().map(Client::hear).sum::<usize>();
                }
                format!("{} bytes each", heard / number(1) / clients.len())
            }
            "leave" => {
                clients.clear();
                "done".into()
            }
            other => panic!("{other}?"),
        };
        println!("{answer}");
    }
}

/// What a chat says: the same keys each time, and another text.
fn json(number: u64, length: usize) -> String {
    let mut random = number;
    let mut text = String::new();
    while text.len() < length {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        text += &format!("word{} ", random >> 54);
    }
    let (head, tail) = (format!(r#"{{"t":"said","id":{number},"from":"alice","text":""#), r#""}"#);
    text.truncate(length.saturating_sub(head.len() + tail.len()));
    head + &text + tail
}

/// It asks for compression as browsers do.
const REQUEST: &str = "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n";

struct Client {
    stream: TcpStream,
    compresses: bool,
}

impl Client {
    fn connect(address: SocketAddr) -> Self {
        let mut stream = TcpStream::connect(address).expect("the server listens");
        stream.set_nodelay(true).expect("TCP can be told not to wait");
        stream.write_all(REQUEST.as_bytes()).expect("the server takes it");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).expect("a head arrives");
            head.extend(byte);
        }
        Client { stream, compresses: String::from_utf8_lossy(&head).contains("permessage-deflate") }
    }

    /// A frame masked with zeros, so the payload goes as it is.
    fn write(&mut self, first: u8, payload: &[u8]) {
        let mut frame = vec![first];
        match payload.len() {
            short @ 0..=125 => frame.push(0x80 | short as u8),
            longer => {
                frame.push(0x80 | 126);
                frame.extend(u16::try_from(longer).expect("no message here is that long").to_be_bytes());
            }
        }
        frame.extend([0; 4]);
        frame.extend(payload);
        self.stream.write_all(&frame).expect("the server takes it");
    }

    /// Bytes there and back, compressed on both ways where that was agreed.
    fn echo(&mut self) {
        let message = json(0, LENGTH).into_bytes();
        if self.compresses {
            let alone = Agreement::default().with_server_no_context_takeover(true);
            let mut frame = Vec::new();
            Deflater::new(&alone, 6).message((&message).into(), &mut frame);
            self.write(frame[0], &frame[4..]);
        } else {
            self.write(0x82, &message);
        }
        self.hear();
    }

    /// Reads one frame: how long it was, with its header (RFC 6455 §5.2).
    fn hear(&mut self) -> usize {
        let mut head = [0; 2];
        self.stream.read_exact(&mut head).expect("a frame arrives");
        let mut rest = usize::from(head[1]);
        let mut header = 2;
        if rest == 126 {
            let mut length = [0; 2];
            self.stream.read_exact(&mut length).expect("its length arrives");
            rest = usize::from(u16::from_be_bytes(length));
            header = 4;
        }
        self.stream.read_exact(&mut vec![0; rest]).expect("its payload arrives");
        header + rest
    }
}
