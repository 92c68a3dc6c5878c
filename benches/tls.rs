//! What TLS costs, against the same in the clear: processor time of the server's thread, and memory of its process.
//!
//! `cargo bench --features tls --bench tls` takes about a minute.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use pollcat::rustls::crypto::ring;
use pollcat::rustls::pki_types::pem::PemObject;
use pollcat::rustls::pki_types::{CertificateDer, ServerName};
use pollcat::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use pollcat::{Config, Server, Tls, handler_fn};

use pollcat_testing::apart::{Visitor, processor_time, resident, this_thread};

const IDLE: usize = 5000;
const CROWD: usize = 1000;
/// Lengths of messages, and how many of each.
const ECHOES: [(usize, usize); 4] = [(20, 20_000), (1 << 10, 20_000), (16 << 10, 5_000), (1 << 20, 200)];

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    match &arguments[1..] {
        [visit, address, certificate] if visit == "visit" => {
            visit_it(address.parse().expect("an address"), certificate);
            Ok(())
        }
        _ => measure(),
    }
}

// ---- the server

fn measure() -> io::Result<()> {
    let folder = std::env::temp_dir().join(format!("pollcat-bench-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let [certificate, key] = ["crt", "key"].map(|name| folder.join(name));
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).map_err(io::Error::other)?;
    fs::write(&certificate, made.cert.pem())?;
    fs::write(&key, made.signing_key.serialize_pem())?;
    let tls = Tls::from_pem_files(&certificate, &key)?;

    let mut server =
        Server::with_config("127.0.0.1:0", Config::new().handshake_within(Duration::from_secs(60)))?;
    let plain = server.local_addr()?;
    let secure = server.listen_tls("127.0.0.1:0", &tls)?;
    let (mailbox, counters) = (server.mailbox(), server.counters());
    let (sender, thread_is) = channel();
    let thread = thread::spawn(move || {
        sender.send(this_thread()).expect("the other end waits");
        server.run(handler_fn(|peers, from, message| {
            peers.send(from, message);
        }))
    });
    let task = thread_is.recv().expect("the thread tells");
    let time = || processor_time(&task);
    for (name, address) in [("plain", plain), ("tls", secure)] {
        let certificate = if name == "tls" { certificate.display().to_string() } else { "-".into() };
        let mut visitor = Visitor::start(&["visit", &address.to_string(), &certificate])?;
        for (length, count) in ECHOES {
            visitor.ask(&format!("echo {length} {}", count / 10)); // warm
            let before = time();
            let told = visitor.ask(&format!("echo {length} {count}"));
            let each = (time() - before) as f64 / 1000.0 / count as f64;
            println!(
                "{name:>5}: {each:8.2} µs of the server for an echo of {length} bytes ({told} there and back)"
            );
        }
        let before = time();
        visitor.ask(&format!("connect {CROWD}"));
        let each = (time() - before) as f64 / 1000.0 / CROWD as f64;
        println!("{name:>5}: {each:8.2} µs of the server for a connection and its opening handshake");
        visitor.ask("leave");
        while counters.read().connections > 1 {
            thread::yield_now();
        }
        let before = resident();
        visitor.ask(&format!("connect {IDLE}"));
        visitor.ask("echo on all");
        let each = (resident().saturating_sub(before)) as f64 / IDLE as f64;
        println!("{name:>5}: {each:8.0} bytes for an idle connection that has echoed twice");
        visitor.ask("leave");
        let told = visitor.ask(&format!("storm {CROWD}"));
        println!("{name:>5}: {told}");
    }
    mailbox.stop();
    thread.join().expect("it does not panic")?;
    fs::remove_dir_all(folder)
}

// ---- the clients

trait Stream: Read + Write + Send {}
impl<S: Read + Write + Send> Stream for S {}

fn visit_it(address: SocketAddr, certificate: &str) {
    let config = (certificate != "-").then(|| Arc::new(trusting(certificate)));
    let mut talker = connect(address, config.as_ref());
    let mut others = Vec::new();
    for line in io::stdin().lines() {
        let line = line.expect("the server asks in text");
        let words: Vec<&str> = line.split(' ').collect();
        let number = |place: usize| words[place].parse::<usize>().expect("a number");
        match words[0] {
            "echo" if words[1] == "on" => {
                (0..2).for_each(|_| others.iter_mut().for_each(|other| echo(other, &frame(20))));
                println!("done");
            }
            "echo" => {
                let (frame, started) = (frame(number(1)), Instant::now());
                (0..number(2)).for_each(|_| echo(&mut talker, &frame));
                println!("{:.2?}", started.elapsed() / number(2) as u32);
            }
            "connect" => {
                others.extend((0..number(1)).map(|_| connect(address, config.as_ref())));
                println!("done");
            }
            "leave" => {
                others.clear();
                println!("done");
            }
            "storm" => println!("{}", storm(address, config.as_ref(), &mut talker, number(1))),
            other => panic!("{other}?"),
        }
    }
}

/// So many connect at once, on another thread; meanwhile the talker echoes.
fn storm(
    address: SocketAddr,
    config: Option<&Arc<ClientConfig>>,
    talker: &mut Box<dyn Stream>,
    crowd: usize,
) -> String {
    let mut waiting: Vec<_> = (0..crowd).map(|_| (dial(address), session(config))).collect();
    let started = Instant::now();
    for (socket, session) in &mut waiting {
        match session {
            Some(session) => session.write_tls(socket).map(drop),
            None => socket.write_all(REQUEST.as_bytes()),
        }
        .expect("the server takes it");
    }
    let rest = thread::spawn(move || {
        for (socket, session) in &mut waiting {
            match session {
                Some(session) => while session.is_handshaking() && session.complete_io(socket).is_ok() {},
                None => head(socket),
            }
        }
        started.elapsed()
    });
    let (frame, mut slowest, mut count) = (frame(20), Duration::ZERO, 0);
    while !rest.is_finished() {
        let sent = Instant::now();
        echo(talker, &frame);
        slowest = slowest.max(sent.elapsed());
        count += 1;
    }
    let took = rest.join().expect("all come through");
    format!(
        "{crowd} at once were in after {took:.0?}; meanwhile {count} echoes, the slowest in {slowest:.2?}"
    )
}

const REQUEST: &str = "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

fn dial(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("the server listens");
    stream.set_nodelay(true).expect("TCP can be told not to wait");
    stream
}

fn session(config: Option<&Arc<ClientConfig>>) -> Option<ClientConnection> {
    let name = ServerName::try_from("localhost").expect("this is a name");
    config.map(|config| ClientConnection::new(Arc::clone(config), name).expect("a client can be made"))
}

fn connect(address: SocketAddr, config: Option<&Arc<ClientConfig>>) -> Box<dyn Stream> {
    let stream = dial(address);
    let mut stream: Box<dyn Stream> = match session(config) {
        Some(session) => Box::new(StreamOwned::new(session, stream)),
        None => Box::new(stream),
    };
    stream.write_all(REQUEST.as_bytes()).expect("the server takes it");
    head(&mut stream);
    stream
}

fn head(stream: &mut impl Read) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("a head arrives");
        head.extend(byte);
    }
}

/// Sends a frame and reads as long an answer: a server's frame has no masking key (RFC 6455 §5.1).
fn echo(stream: &mut Box<dyn Stream>, frame: &[u8]) {
    stream.write_all(frame).expect("the server takes it");
    let mut answer = vec![0; frame.len() - 4];
    stream.read_exact(&mut answer).expect("it comes back");
}

/// A binary message, masked with zeros.
fn frame(length: usize) -> Vec<u8> {
    let mut frame = vec![0x82];
    match length {
        0..=125 => frame.push(0x80 | length as u8),
        126..=0xFFFF => {
            frame.push(0x80 | 126);
            frame.extend((length as u16).to_be_bytes());
        }
        _ => {
            frame.push(0x80 | 127);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    frame.extend(vec![0; 4 + length]);
    frame
}

/// A client that believes this certificate, and resumes nothing: every handshake is a whole one.
fn trusting(certificate: &str) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    let certificate = CertificateDer::from_pem_file(certificate).expect("it was just written");
    roots.add(certificate).expect("it is one");
    let mut config = ClientConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .expect("ring speaks both")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.resumption = pollcat::rustls::client::Resumption::disabled();
    config
}
