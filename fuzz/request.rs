//! A client's requests, whole and in pieces: the same requests, the same verdicts, the same bytes left over.

#![no_main]

mod input;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::LazyLock;

use input::{Input, pick};
use libfuzzer_sys::fuzz_target;
use pollcat::handshake::{Answer, HeadLimits, HeadReader, Hosts, Method, Origins, Proxies, Refusal, Request};

const MAX_BYTES: [usize; 8] = [8192, 1, 16, 40, 64, 100, 200, 1000];
const MAX_FIELDS: [usize; 8] = [64, 0, 1, 2, 3, 5, 8, usize::MAX];

static ORIGINS: LazyLock<[Origins; 2]> = LazyLock::new(|| {
    let only = Origins::only(["http://example.com", "https://b.example:8443"]);
    [Origins::same(), only.expect("these are origins")]
});
static HOSTS: LazyLock<Hosts> =
    LazyLock::new(|| Hosts::only(["example.com", "b.example:8080"]).expect("these are hosts"));
static PROXIES: LazyLock<Proxies> =
    LazyLock::new(|| Proxies::only(["10.0.0.0/8", "::1"]).expect("these are proxies"));
const PROXY: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));

/// Everything there is to know of a [`Request`].
#[derive(Debug, PartialEq)]
struct Seen {
    method: Method,
    path: String,
    query: Option<String>,
    host: String,
    headers: Vec<(String, Vec<u8>)>,
    subprotocols: Vec<String>,
    wants_keep_alive: bool,
    content_length: Option<u64>,
    has_body: bool,
    client: Option<IpAddr>,
    policies: Vec<Result<(), Refusal>>,
    /// The head of the 101, if it opens a WebSocket.
    upgrade: Result<Option<String>, Refusal>,
}

/// All that came of a client's bytes.
#[derive(Debug, PartialEq)]
struct Story {
    seen: Vec<Seen>,
    end: End,
}

#[derive(Debug, PartialEq)]
enum End {
    Waiting { is_mid_head: bool },
    Fault(Refusal),
    WebSocket { rest: Vec<u8> },
}

fuzz_target!(|data: &[u8]| {
    let Some(input) = Input::read(data) else { return };
    let [bytes, fields] = input.limits;
    let limits = HeadLimits::new().max_bytes(pick(&MAX_BYTES, bytes)).max_fields(pick(&MAX_FIELDS, fields));
    let whole = play(limits, [input.bytes].into_iter());
    assert_eq!(play(limits, input.pieces()), whole);
});

fn play<'a>(limits: HeadLimits, mut pieces: impl Iterator<Item = &'a [u8]>) -> Story {
    let mut reader = HeadReader::new(limits);
    let mut seen = Vec::new();
    while let Some(piece) = pieces.next() {
        let mut bytes = piece.to_vec();
        let mut input = &mut bytes[..];
        loop {
            match reader.next(&mut input) {
                Ok(None) => break,
                Ok(Some(request)) => seen.push(copy(&request)),
                Err(refusal) => return Story { seen, end: End::Fault(refusal) },
            }
            if matches!(seen.last(), Some(Seen { upgrade: Ok(Some(_)), .. })) {
                let rest = pieces.fold(input.to_vec(), |rest, piece| [&rest, piece].concat());
                return Story { seen, end: End::WebSocket { rest } };
            }
        }
        assert!(input.is_empty(), "`None` means that all of the input was used");
    }
    Story { seen, end: End::Waiting { is_mid_head: reader.is_mid_head() } }
}

/// Copies a request, and checks what every request promises.
fn copy(request: &Request<'_>) -> Seen {
    let headers: Vec<_> = request.headers().map(|(name, value)| (name.to_owned(), value.to_vec())).collect();
    for (name, value) in &headers {
        assert!(!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':'));
        assert!(value.iter().all(|&byte| byte == b'\t' || (byte >= b' ' && byte != 0x7F)));
        assert!(value.trim_ascii() == value);
    }
    let is_path =
        request.path().starts_with('/') || (request.path(), request.method()) == ("*", Method::Options);
    assert!(is_path && !request.path().contains([' ', '#', '?']));
    let mut policies: Vec<_> = ORIGINS.iter().map(|origins| origins.check(request)).collect();
    policies.push(HOSTS.check(request));
    Seen {
        method: request.method(),
        path: request.path().to_owned(),
        query: request.query().map(str::to_owned),
        host: request.host().to_owned(),
        headers,
        subprotocols: request.subprotocols().map(str::to_owned).collect(),
        wants_keep_alive: request.wants_keep_alive(),
        content_length: request.content_length(),
        has_body: request.has_body(),
        client: PROXIES.client(Some(PROXY), request),
        policies,
        upgrade: upgrade(request),
    }
}

const CONTINUE: &str = "HTTP/1.1 100 Continue\r\n\r\n";

fn upgrade(request: &Request<'_>) -> Result<Option<String>, Refusal> {
    let Some(upgrade) = request.upgrade()? else { return Ok(None) };
    assert_eq!(request.method(), Method::Get);
    let mut head = Vec::new();
    let answer = Answer::accept().subprotocol(request.subprotocols().last());
    answer.write_upgrade(request, &upgrade, &mut head);
    let head = String::from_utf8(head).expect("an answer is ASCII");
    // A client that expects a 100 gets it first (RFC 9110 §10.1.1).
    let (before, last) = head.split_at(if head.starts_with(CONTINUE) { CONTINUE.len() } else { 0 });
    assert!(before.is_empty() || request.headers().any(|(name, _)| name.eq_ignore_ascii_case("expect")));
    assert_eq!(last.find("\r\n\r\n"), Some(last.len() - 4), "the head ends once");
    Ok(Some(head))
}
