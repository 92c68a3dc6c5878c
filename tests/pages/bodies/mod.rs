//! Requests with bodies, on real sockets.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use pollcat::{
    Answer, Config, Handler, Message, Method, PeerId, Peers, Refusal, Refused, Request, RequestId,
};
use pollcat_testing::client::{Client, PATIENCE};
use pollcat_testing::raw::reset_when_dropped;
use pollcat_testing::running::Running;

use super::{ask, field, get, request};

mod arriving;
mod late;
mod smuggling;

const LIMIT: usize = 1000;

/// What the handler is called for.
#[derive(Debug, PartialEq)]
enum Said {
    Request(RequestId, String),
    Body(RequestId, String, Vec<u8>),
    Gone(RequestId),
    /// Whether the request came with it.
    Refused(Refusal, bool),
}

/// Gives back each body, unless the path asks for something else.
struct Desk(Sender<Said>);

impl Desk {
    fn say(&self, said: Said) {
        // A test that has heard enough may be gone.
        let _ = self.0.send(said);
    }
}

impl Handler for Desk {
    fn on_request(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) -> Answer {
        let request_id = peers.request_id(id);
        match request.path() {
            _ if request.is_upgrade() => return Answer::read_body(LIMIT),
            "/page" => return Answer::page("text/plain", "a page"),
            "/no" => return Answer::refuse(404, "there is no such page"),
            "/accept-at-once" => return Answer::accept(),
            _ => {}
        }
        self.say(Said::Request(request_id, line(request)));
        if request.path().starts_with("/later") { Answer::later() } else { Answer::read_body(LIMIT) }
    }

    fn on_body(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>, body: &[u8]) -> Answer {
        self.say(Said::Body(peers.request_id(id), line(request), body.to_vec()));
        match request.path() {
            "/panic" => panic!("as the test wants it"),
            "/accept" => Answer::accept(),
            "/again" => Answer::read_body(LIMIT),
            "/body-later" => Answer::later(),
            _ => Answer::page("application/octet-stream", body.to_vec()),
        }
    }

    fn on_request_gone(&mut self, _: &mut Peers, request: RequestId) {
        self.say(Said::Gone(request));
    }

    fn on_refused(&mut self, _: &mut Peers, refused: &Refused<'_>) {
        self.say(Said::Refused(refused.reason, refused.request.is_some()));
    }

    fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}
}

fn line(request: &Request<'_>) -> String {
    format!("{} {}", request.method(), request.path())
}

struct Open {
    server: Running,
    said: Receiver<Said>,
}

impl Open {
    fn new(config: Config) -> Self {
        let (says, said) = channel();
        Open { server: Running::start(config, Desk(says)), said }
    }

    fn dial(&self) -> Client {
        Client::dial(self.server.address())
    }

    #[track_caller]
    fn said(&self) -> Said {
        self.said.recv_timeout(PATIENCE).expect("the handler is called")
    }

    /// The request was put to the handler, and nothing else before.
    #[track_caller]
    fn asked(&self) -> RequestId {
        match self.said() {
            Said::Request(id, _) => id,
            other => panic!("{other:?}"),
        }
    }

    /// When the server has stopped, the handler had been called for nothing more.
    #[track_caller]
    fn said_nothing_more(self) {
        drop(self.server);
        assert_eq!(self.said.try_recv().ok(), None);
    }
}

fn post(path: &str, body: &str) -> String {
    request("POST", path, "1.1", &format!("Content-Length: {}\r\n", body.len())) + body
}

fn chunked(path: &str, chunks: &[&str]) -> String {
    let chunks: String = chunks.iter().map(|data| format!("{:x}\r\n{data}\r\n", data.len())).collect();
    request("POST", path, "1.1", "Transfer-Encoding: chunked\r\n") + &chunks + "0\r\n\r\n"
}

#[test]
fn each_method_may_have_a_body_but_those_that_only_read() {
    let open = Open::new(Config::new());
    let mut client = open.dial();
    for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        let (head, body) = ask(&mut client, &post("/a", "hello").replace("POST", method));
        assert_eq!((field(&head, "Connection"), &*body), (None, "hello"));
        let id = open.asked();
        // The same request, so the same id.
        assert_eq!(open.said(), Said::Body(id, format!("{method} /a"), b"hello".to_vec()));
    }
    // A request without a body has an empty one; and so has a GET.
    for method in ["POST", "DELETE", "GET"] {
        let (head, body) = ask(&mut client, &request(method, "/a", "1.1", ""));
        assert_eq!((field(&head, "Connection"), &*body), (None, ""));
        let id = open.asked();
        assert_eq!(open.said(), Said::Body(id, format!("{method} /a"), Vec::new()));
    }
    assert_eq!(ask(&mut client, &request("OPTIONS", "*", "1.1", "")).1, "");
    open.server.wait_until("all is counted", |counters| (counters.accepted, counters.pages) == (1, 9));
}

#[test]
fn requests_follow_one_another_on_a_connection() {
    let open = Open::new(Config::new());
    let mut client = open.dial();
    for number in 0..3 {
        let body = format!("number {number}");
        assert_eq!(ask(&mut client, &post("/a", &body)).1, body);
        assert_eq!(ask(&mut client, &get("/page")).1, "a page");
        assert_eq!(ask(&mut client, &chunked("/a", &["num", "ber ", &number.to_string()])).1, body);
    }
    open.server.wait_until("all came on one", |counters| (counters.accepted, counters.pages) == (1, 9));
}

#[test]
fn a_request_behind_a_body_is_not_answered_and_the_connection_ends_after_the_first() {
    for first in [post("/a", "hello"), chunked("/a", &["hello"])] {
        let open = Open::new(Config::new());
        let mut client = open.dial();
        let (head, body) = ask(&mut client, &(first + &post("/b", "smuggled")));
        assert_eq!((field(&head, "Connection"), &*body), (Some("close"), "hello"));
        client.nothing_more();
        let id = open.asked();
        assert_eq!(open.said(), Said::Body(id, "POST /a".into(), b"hello".to_vec()));
        open.said_nothing_more();
    }
}

#[test]
fn a_body_that_nobody_reads_ends_its_connection_and_is_no_request() {
    let open = Open::new(Config::new());
    for whole in [true, false] {
        for path in ["/page", "/no"] {
            let mut client = open.dial();
            let hidden = get("/hidden");
            let request = post(path, &hidden);
            let (now, later) =
                request.split_at(if whole { request.len() } else { request.len() - hidden.len() });
            let (head, _) = ask(&mut client, now);
            assert_eq!(field(&head, "Connection"), Some("close"), "{head}");
            // It may still be on its way: that is no reason for a reset, which would destroy the answer.
            client.write(later.as_bytes());
            client.nothing_more();
        }
    }
    open.said_nothing_more();
}

#[test]
fn the_limit_holds_to_the_byte() {
    let body = "x".repeat(LIMIT + 1);
    let (most, end) = body.split_at(LIMIT);
    let table = [
        (post("/a", &body[2..]), Some(LIMIT - 1)),
        (post("/a", most), Some(LIMIT)),
        (post("/a", &body), None),
        (chunked("/a", &[&most[1..400], &most[400..]]), Some(LIMIT - 1)),
        (chunked("/a", &[&most[..400], &most[400..]]), Some(LIMIT)),
        (chunked("/a", &[most, end]), None),
        // Not one byte of it has to come.
        (request("POST", "/a", "1.1", "Content-Length: 1001\r\n"), None),
    ];
    let open = Open::new(Config::new());
    for (request, expected) in table {
        let mut client = open.dial();
        let (head, body) = ask(&mut client, &request);
        open.asked();
        match expected {
            Some(length) => {
                assert!(head.starts_with("HTTP/1.1 200 ") && body.len() == length, "{head}");
                assert!(matches!(open.said(), Said::Body(..)));
            }
            None => {
                assert!(head.starts_with("HTTP/1.1 413 "), "{head}");
                assert_eq!(field(&head, "Connection"), Some("close"));
                client.nothing_more();
                assert_eq!(open.said(), Said::Refused(Refusal::BodyTooLarge, true));
            }
        }
    }
    open.server.wait_until("all is counted", |counters| {
        (counters.pages, counters.refused(Refusal::BodyTooLarge)) == (4, 3)
    });
}

#[test]
fn what_cannot_be_read_is_refused_and_told() {
    let fields = |fields: &str| request("POST", "/a", "1.1", fields);
    let table = [
        (fields("Content-Length: 5\r\nContent-Encoding: gzip\r\n"), Refusal::ContentEncoding, true),
        (request("POST", "/a", "1.0", ""), Refusal::LengthRequired, true),
        (fields("Transfer-Encoding: chunked\r\n") + "x", Refusal::Chunk, true),
        (fields("Transfer-Encoding: chunked\r\n") + "0\r\nHost: h\r\n\r\n", Refusal::Trailer, true),
        (fields("Content-Length: 5\r\nExpect: 200-ok\r\n"), Refusal::Expectation, false),
        (fields("Content-Length: 5\r\nContent-Length: 5\r\n"), Refusal::ContentLength, false),
        (post("/a", "hello").replace("POST", "GET"), Refusal::Body, false),
        (request("CONNECT", "localhost:80", "1.1", ""), Refusal::MethodNotServed, false),
        (request("BREW", "/tea", "1.1", ""), Refusal::UnknownMethod, false),
    ];
    let open = Open::new(Config::new());
    for (request, refusal, is_request) in table {
        let mut client = open.dial();
        let (head, _) = ask(&mut client, &request);
        assert!(head.starts_with(&format!("HTTP/1.1 {} ", refusal.status())), "{refusal:?}: {head}");
        assert_eq!(field(&head, "Connection"), Some("close"));
        client.nothing_more();
        if is_request {
            open.asked();
        }
        assert_eq!(open.said(), Said::Refused(refusal, is_request));
    }
    open.said_nothing_more();
}

#[test]
fn a_web_socket_is_asked_for_with_get() {
    let open = Open::new(Config::new());
    for method in ["POST", "OPTIONS"] {
        let (head, _) = ask(&mut open.dial(), &request(method, "/accept-at-once", "1.1", ""));
        assert!(head.starts_with("HTTP/1.1 405 "), "{head}");
        assert_eq!(field(&head, "Allow"), Some("GET, HEAD"));
        assert_eq!(open.said(), Said::Refused(Refusal::Method, true));
    }
}

#[test]
fn what_makes_no_sense_behind_a_body_is_a_mistake_of_the_application() {
    let open = Open::new(Config::new());
    for path in ["/accept", "/again"] {
        let (head, _) = ask(&mut open.dial(), &post(path, "hello"));
        assert!(head.starts_with("HTTP/1.1 500 "), "{head}");
    }
    let mut client = open.dial();
    let (head, _) = ask(&mut client, &pollcat_testing::client::upgrade_request(""));
    assert!(head.starts_with("HTTP/1.1 500 "), "{head}");
}

#[test]
fn a_panic_over_a_body_costs_one_connection() {
    let (says, said) = channel();
    let server = Running::start(Config::new(), Desk(says)).expect_panics();
    let mut client = Client::dial(server.address());
    for request in [post("/a", "hello"), post("/panic", "hello")] {
        let (head, _) = ask(&mut client, &request);
        let is_last = request.contains("/panic");
        assert_eq!(head.starts_with("HTTP/1.1 500 "), is_last, "{head}");
        assert_eq!(field(&head, "Connection"), is_last.then_some("close"));
    }
    client.nothing_more();
    assert_eq!(ask(&mut Client::dial(server.address()), &post("/a", "again")).1, "again");
    assert_eq!(server.counters().panics, 1);
    drop(said);
}

#[test]
fn a_browser_may_ask_first() {
    /// Lets pages of one origin send notes.
    struct Notes;

    impl Handler for Notes {
        fn on_request(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
            match request.method() {
                Method::Options => Answer::with_status(204, "")
                    .header("Access-Control-Allow-Origin", "https://a.example")
                    .header("Access-Control-Allow-Methods", "POST")
                    .header("Access-Control-Allow-Headers", "authorization, content-type"),
                Method::Post => Answer::read_body(LIMIT),
                _ => Answer::refuse(405, "send a note").header("Allow", "POST, OPTIONS"),
            }
        }

        fn on_body(&mut self, _: &mut Peers, _: PeerId, _: &Request<'_>, body: &[u8]) -> Answer {
            Answer::page("text/plain", body.to_vec())
                .header("Access-Control-Allow-Origin", "https://a.example")
        }

        fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}
    }

    let server = Running::start(Config::new(), Notes);
    let mut client = Client::dial(server.address());
    // As Chromium sends it (Fetch §4.8).
    let preflight = "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: \
                     authorization,content-type\r\nOrigin: https://a.example\r\nSec-Fetch-Mode: cors\r\n";
    client.write(request("OPTIONS", "/notes", "1.1", preflight).as_bytes());
    let head = client.head();
    assert!(head.starts_with("HTTP/1.1 204 "), "{head}");
    assert_eq!(field(&head, "Access-Control-Allow-Methods"), Some("POST"));
    assert_eq!(ask(&mut client, &post("/notes", "a note")).1, "a note");
    let (head, _) = ask(&mut client, &get("/notes"));
    assert_eq!(field(&head, "Allow"), Some("POST, OPTIONS"), "{head}");
}
