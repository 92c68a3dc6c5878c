//! The 25 probes: bad opening handshakes and single frames of which some server or other takes too many or says
//! too little about. Each is sent over TCP to a server with the default [`Config`](pollcat::Config), and has one
//! proper answer: an HTTP status, or a Close frame with the right code.
//!
//! Two of the answers are choices where the RFC leaves one: a page of a foreign origin is refused by default
//! (§10.2 is a SHOULD), and so is a length that is not minimal (§5.2 binds the sender). The others are what the RFC
//! demands.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use pollcat::{Server, handler_fn};

/// Long enough for a busy machine; a server that says nothing fails the probe.
const PATIENCE: Duration = Duration::from_secs(20);

/// A correct opening handshake, and what §4.2.2 makes of its key (the example of §1.3).
const HANDSHAKE: &[(&str, &str)] = &[
    ("Host", "server.example.com"),
    ("Upgrade", "websocket"),
    ("Connection", "Upgrade"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("Sec-WebSocket-Version", "13"),
];
const ACCEPT: &str = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

struct Probe {
    name: &'static str,
    section: &'static str,
    bytes: Vec<u8>,
    proper: Proper,
}

enum Proper {
    /// The status of an HTTP answer, and a header it must have.
    Status(u16, &'static str),
    /// A Close frame with this code; `None`: with no code.
    Close(Option<u16>),
}

fn probes() -> Vec<Probe> {
    let mut probes = handshake_probes();
    probes.extend(frame_probes());
    probes
}

fn handshake_probes() -> Vec<Probe> {
    let probe = |name, section, bytes: String, status, header| Probe {
        name,
        section,
        bytes: bytes.into_bytes(),
        proper: Proper::Status(status, header),
    };
    let get = |change| request("GET / HTTP/1.1", change);
    let foreign = get(("Origin", Some("http://attacker.example")));
    vec![
        probe("no Upgrade header", "4.2.1-3", get(("Upgrade", None)), 426, "Upgrade: websocket"),
        probe("no Connection header", "4.2.1-4", get(("Connection", None)), 426, "Upgrade: websocket"),
        probe("no version header", "4.2.1-6", get(("Sec-WebSocket-Version", None)), 400, "Connection: close"),
        probe(
            "version 99",
            "4.2.2, 4.4",
            get(("Sec-WebSocket-Version", Some("99"))),
            426,
            "Sec-WebSocket-Version: 13",
        ),
        probe(
            "key not 16 base64 bytes",
            "4.2.1-5",
            get(("Sec-WebSocket-Key", Some("dG9vIHNob3J0"))),
            400,
            "Connection: close",
        ),
        probe("foreign Origin", "10.2", foreign, 403, "Connection: close"),
        probe("POST", "4.2.1-1", request("POST / HTTP/1.1", ("", None)), 405, "Allow: GET, HEAD"),
        probe("HTTP/1.0", "4.2.1-1", request("GET / HTTP/1.0", ("", None)), 505, "Connection: close"),
    ]
}

/// The masking key is zero, so that the payloads can be read here.
fn frame_probes() -> Vec<Probe> {
    let probe = |name, section, header: &[u8], payload: &[u8], code| Probe {
        name,
        section,
        bytes: [header, &[0; 4], payload].concat(),
        proper: Proper::Close(code),
    };
    let unmasked = |name, section, bytes: &[u8], code| Probe {
        name,
        section,
        bytes: bytes.to_vec(),
        proper: Proper::Close(Some(code)),
    };
    let inside = b"\x01\x83\0\0\0\0one\x81\x83\0\0\0\0two";
    let (zeros, top_bit) = ([0; 126], b"\x82\xFF\x80\0\0\0\0\0\0\x05");
    vec![
        unmasked("unmasked text", "5.1", b"\x81\x05Hello", 1002),
        probe("RSV2 set", "5.2", b"\xA1\x85", b"Hello", Some(1002)),
        probe("opcode 3", "5.2", b"\x83\x85", b"Hello", Some(1002)),
        probe("fragmented ping", "5.5", b"\x09\x85", b"Hello", Some(1002)),
        probe("ping of 126 bytes", "5.5", b"\x89\xFE\x00\x7E", &zeros, Some(1002)),
        probe("pong of 126 bytes", "5.5", b"\x8A\xFE\x00\x7E", &zeros, Some(1002)),
        probe("bad UTF-8 text", "8.1", b"\x81\x84", b"\xCE\xBA\xED\xA0", Some(1007)),
        probe("non-minimal length", "5.2", b"\x81\xFE\x00\x05", b"Hello", Some(1002)),
        probe("64-bit length with top bit", "5.2", top_bit, b"Hello", Some(1002)),
        probe("close 3000", "5.5.1", b"\x88\x82", &3000_u16.to_be_bytes(), Some(3000)),
        probe("close 1012", "7.4 + registry", b"\x88\x82", &1012_u16.to_be_bytes(), Some(1012)),
        probe("close 1005", "7.4.1", b"\x88\x82", &1005_u16.to_be_bytes(), Some(1002)),
        probe("close, 1-byte body", "5.5.1", b"\x88\x81", b"\x03", Some(1002)),
        probe("close, bad UTF-8 reason", "5.5.1", b"\x88\x84", b"\x03\xE8\xC0\xAF", Some(1007)),
        probe("close, empty", "5.5.1", b"\x88\x80", b"", None),
        probe("continuation with nothing", "5.4", b"\x80\x85", b"Hello", Some(1002)),
        unmasked("text inside fragmented text", "5.4", inside, 1002),
    ]
}

/// The correct request with another request line, and one field left out, added, or given another value.
fn request(line: &str, (changed, value): (&str, Option<&str>)) -> String {
    let kept = HANDSHAKE.iter().copied().filter(|(name, _)| *name != changed);
    let fields = kept.chain(value.map(|value| (changed, value)));
    let fields: String = fields.map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!("{line}\r\n{fields}\r\n")
}

#[test]
fn server_answers_all_25_probes_properly() {
    let address = serve();
    let probes = probes();
    let failures: Vec<String> = probes
        .iter()
        .filter_map(|probe| {
            let fault = judge(probe, address).err()?;
            Some(format!("{} (RFC 6455 section {}): {fault}", probe.name, probe.section))
        })
        .collect();
    let proper = probes.len() - failures.len();
    println!("figure: {proper} of {} probes answered properly", probes.len());
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
    assert_eq!(probes.len(), 25);
    assert_eq!(echo(address), *b"\x81\x05Hello", "the server serves on");
}

/// An echo server with the default `Config`, for as long as the process lives.
fn serve() -> SocketAddr {
    let server = Server::<()>::bind("127.0.0.1:0").expect("loopback has a free port");
    let address = server.local_addr().expect("it listens");
    thread::spawn(move || {
        server.run(handler_fn(|peers, from, message| {
            peers.send(from, message);
        }))
    });
    address
}

fn judge(probe: &Probe, address: SocketAddr) -> Result<(), String> {
    let mut stream = match probe.proper {
        Proper::Status(..) => connect(address),
        Proper::Close(_) => open(address),
    };
    stream.write_all(&probe.bytes).map_err(|error| format!("the server would not listen: {error}"))?;
    let mut answer = Vec::new();
    // Reads until TCP ends. A reset would be an error here, and lose what the client has not read.
    stream
        .read_to_end(&mut answer)
        .map_err(|error| format!("TCP did not end with FIN, but with: {error}, after {answer:02x?}"))?;
    // A client may have more on its way when the answer arrives. If the server had dropped TCP instead of reading on,
    // the first of these would be answered with a reset, which destroys what the client has not read yet.
    for _ in 0..2 {
        stream.write_all(b"more").map_err(|error| format!("TCP was dropped: {error}"))?;
    }
    match probe.proper {
        Proper::Status(status, header) => check_http(&answer, status, header),
        Proper::Close(code) => check_close(&answer, code),
    }
}

/// One whole HTTP answer with this status and this header, and nothing after it.
fn check_http(answer: &[u8], status: u16, header: &str) -> Result<(), String> {
    let answer = str::from_utf8(answer).map_err(|_| format!("not HTTP: {}", answer.escape_ascii()))?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(|| format!("no whole answer: {answer:?}"))?;
    let mut lines = head.split("\r\n");
    let is_status = lines.next().is_some_and(|line| line.starts_with(&format!("HTTP/1.1 {status} ")));
    let length = format!("Content-Length: {}", body.len());
    let wanted = [header, "Connection: close", &length];
    // RFC 9110 section 7.8: with an Upgrade field, Connection names it too.
    let has = |field: &&str| {
        lines.clone().any(|line| match *field {
            "Connection: close" => line.starts_with("Connection:") && line.contains("close"),
            field => line == field,
        })
    };
    match is_status && wanted.iter().all(has) {
        true => Ok(()),
        false => Err(format!("not {status} with {wanted:?}:\n{answer}")),
    }
}

/// One Close frame, unmasked and whole, with this code and perhaps a reason; and nothing after it.
fn check_close(answer: &[u8], code: Option<u16>) -> Result<(), String> {
    let wrong = || format!("not a single Close frame with {code:?}: {answer:02x?}");
    let [0x88, length @ 0..=125, body @ ..] = answer else {
        return Err(wrong());
    };
    let (found, reason) = match *body {
        [] => (None, &[][..]),
        [a, b, ref reason @ ..] => (Some(u16::from_be_bytes([a, b])), reason),
        [_] => return Err(wrong()),
    };
    let is_whole = usize::from(*length) == body.len();
    match is_whole && found == code && str::from_utf8(reason).is_ok() {
        true => Ok(()),
        false => Err(wrong()),
    }
}

/// Only what the probes change makes the difference: without a change, the handshake and the frame are fine.
#[test]
fn server_accepts_the_handshake_and_the_frame_that_the_probes_spoil() {
    assert_eq!(echo(serve()), *b"\x81\x05Hello");
}

fn echo(address: SocketAddr) -> [u8; 7] {
    let mut stream = open(address);
    stream.write_all(b"\x81\x85\0\0\0\0Hello").expect("the server listens");
    let mut frame = [0; 7];
    stream.read_exact(&mut frame).expect("the server answers");
    frame
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("the server accepts connections");
    stream.set_read_timeout(Some(PATIENCE)).expect("it is not zero");
    stream.set_write_timeout(Some(PATIENCE)).expect("it is not zero");
    stream
}

/// A connection after its opening handshake.
fn open(address: SocketAddr) -> TcpStream {
    let mut stream = connect(address);
    let request = request("GET / HTTP/1.1", ("", None));
    stream.write_all(request.as_bytes()).expect("the server listens");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("the server answers the handshake");
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).expect("a head is text");
    assert!(head.starts_with("HTTP/1.1 101 ") && head.contains(ACCEPT), "{head}");
    stream
}
