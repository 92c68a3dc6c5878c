//! Header fields on the answers that the server gives by itself, and on no others.

use pollcat::{Answer, Config, Handler, Hosts, Message, PeerId, Peers, Request};
use pollcat_testing::client::{Client, SHORT, upgrade_request};

use crate::running::Running;

const NAME: &str = "Access-Control-Allow-Origin";

fn config() -> Config {
    let one = Config::new().refusal_header(NAME, "https://app.example").expect("a field");
    one.refusal_header("Vary", "").expect("an empty value is one")
}

/// Answers by itself, makes a mistake, panics, or is silent, as its path says.
struct Site;

impl Handler for Site {
    fn on_request(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
        match request.path() {
            "/ws" | "/accepted" => Answer::accept(),
            "/page" => Answer::page("text/plain", "hello"),
            "/own" => Answer::page("text/plain", "hello").header(NAME, "*"),
            "/no" => Answer::refuse(404, "there is no such page"),
            "/mistake" => Answer::page("text/plain", "hello").header("No Token", ""),
            "/later" => Answer::later(),
            "/long" => Answer::page("text/plain", vec![b'a'; 4096]),
            _ => panic!("a bug"),
        }
    }

    fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")
}

fn head(server: &Running, request: &str) -> String {
    let mut client = Client::dial(server.address());
    client.write(request.as_bytes());
    client.head()
}

/// The answer is the server's own, with this status and both fields, each once.
#[track_caller]
fn assert_own(head: &str, status: u16) {
    assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{status}: {head}");
    for line in ["\r\nAccess-Control-Allow-Origin: https://app.example\r\n", "\r\nVary: \r\n"] {
        assert_eq!(head.matches(line).count(), 1, "{line:?} in {head}");
    }
}

#[test]
fn each_of_the_servers_own_refusals_has_the_fields() {
    let hosts = Hosts::addresses();
    let config = config().hosts(hosts).handshake_within(SHORT).max_head(2000);
    let server = Running::start(config, Site).expect_panics();
    let long = "x".repeat(3000);
    let table = [
        (400, "GET nothing\r\n\r\n".to_owned()),
        (400, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n".to_owned()),
        (403, upgrade_request("Origin: https://elsewhere.example\r\n")),
        (408, "GET / HTTP/1.1\r\nHost: lo".to_owned()),
        (414, format!("GET /{long} HTTP/1.1\r\nHost: localhost\r\n\r\n")),
        (421, "GET / HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n".to_owned()),
        (426, get("/accepted")),
        (426, upgrade_request("").replace("Version: 13", "Version: 8")),
        (431, format!("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: {long}\r\n\r\n")),
        (500, get("/mistake")),
        (500, get("/panic")),
        (503, get("/later")),
        (505, "GET / HTTP/2.0\r\nHost: localhost\r\n\r\n".to_owned()),
    ];
    for (status, request) in table {
        assert_own(&head(&server, &request), status);
    }
}

#[test]
fn a_full_server_and_a_full_address_have_the_fields() {
    let full = Running::start(config().max_connections(1), Site);
    let mut first = Client::dial(full.address());
    first.write(get("/page").as_bytes());
    first.head();
    assert_own(&head(&full, &get("/page")), 503);
    let proxies = pollcat::Proxies::only(["127.0.0.1"]).expect("an address");
    let crowded = config().trust_proxies(proxies).max_connections_per_address(0);
    let crowded = Running::start(crowded, Site);
    assert_own(&head(&crowded, &upgrade_request("X-Forwarded-For: 192.0.2.7\r\n")), 429);
    let busy = Running::start(config().max_sending(1000), Site);
    assert_own(&head(&busy, &get("/long")), 503);
}

#[test]
fn what_the_application_answers_is_its_own() {
    let server = Running::start(config(), Site);
    for (path, status, fields) in [("/page", 200, 0), ("/own", 200, 1), ("/no", 404, 0)] {
        let head = head(&server, &get(path));
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
        assert_eq!((head.matches(NAME).count(), head.matches("Vary").count()), (fields, 0), "{head}");
    }
    let opened = head(&server, &upgrade_request("").replace("GET / ", "GET /ws "));
    assert!(opened.starts_with("HTTP/1.1 101 ") && !opened.contains(NAME), "{opened}");
}

#[test]
fn a_field_that_cannot_be_sent_is_told_when_it_is_set() {
    let table = [
        ("No Token", "a"),
        ("", "a"),
        ("X-Two", "a\r\nSet-Cookie: b"),
        ("X-Nul", "a\0"),
        ("content-length", "1"),
        ("Transfer-Encoding", "chunked"),
        ("CONNECTION", "close"),
        ("Date", "today"),
        ("content-type", "text/html"),
        ("Retry-After", "1"),
        ("Allow", "GET"),
        ("Upgrade", "h2c"),
        ("Sec-WebSocket-Version", "13"),
        ("accept-encoding", "gzip"),
    ];
    for (name, value) in table {
        let error = Config::new().refusal_header(name, value).expect_err(name).to_string();
        assert!(error.contains("header field") && !error.contains("Set-Cookie"), "{error}");
        assert!(name.is_empty() || error.contains(name), "{error}");
    }
}
