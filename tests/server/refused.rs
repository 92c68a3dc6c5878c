//! on_refused is called for each request that the server turns down by itself.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};

use pollcat::{Answer, Config, Handler, Hosts, Message, PeerId, Peers, Proxies, Refusal, Refused, Request};
use pollcat_testing::client::{Client, PATIENCE, SHORT, upgrade_request};

use crate::running::Running;

/// Tells the test of each refusal: why, whom, and the Host and Origin as they were sent.
struct Watchman(Sender<Told>);

type Told = (Refusal, Option<String>, Option<String>);

impl Handler for Watchman {
    fn on_request(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
        if request.query() == Some("no") { Answer::refuse(401, "no") } else { Answer::accept() }
    }

    fn on_refused(&mut self, _: &mut Peers, refused: &Refused<'_>) {
        let asked = refused.request.map(|request| {
            format!("{} from {}", request.host(), request.header("origin").unwrap_or("no page"))
        });
        let client = refused.client.map(|client| client.to_string());
        self.0.send((refused.reason, client, asked)).expect("the test listens");
    }

    fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}
}

fn start(config: Config) -> (Running, Receiver<Told>) {
    let (sender, told) = channel();
    (Running::start(config, Watchman(sender)), told)
}

fn asks(server: &Running, request: &str) -> Client {
    let mut client = Client::dial(server.address());
    client.write(request.as_bytes());
    client
}

#[test]
fn each_refusal_is_told_with_its_reason_its_client_and_what_was_asked() {
    let config = Config::new()
        .hosts(Hosts::addresses().and(["localhost"]).expect("a host"))
        .trust_proxies(Proxies::only(["127.0.0.1"]).expect("a proxy"))
        .max_connections_per_address(0)
        .handshake_within(SHORT);
    let (server, told) = start(config);
    let good = upgrade_request("");
    let foreign_page = upgrade_request("Origin: https://a.example\r\n");
    let foreign_name = good.replace("Host: localhost", "Host: a.example");
    let behind_proxy = upgrade_request("X-Forwarded-For: 192.0.2.7\r\n");
    let old = good.replace("Version: 13", "Version: 8");
    let page = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned();
    let (no_request, half) = ("BREW / HTTP/1.1\r\n".to_owned(), "GET / HTTP/1.1\r\nHost: lo".to_owned());
    let (us, plain) = ("127.0.0.1", Some("localhost from no page"));
    let table = [
        (foreign_page, Refusal::ForeignOrigin, us, Some("localhost from https://a.example")),
        (foreign_name, Refusal::UnknownHost, us, Some("a.example from no page")),
        (behind_proxy, Refusal::AddressFull, "192.0.2.7", plain),
        (old, Refusal::OtherVersion, us, plain),
        (page, Refusal::NotWebSocket, us, plain),
        (no_request, Refusal::UnknownMethod, us, None),
        (half, Refusal::TooSlow, us, None),
    ];
    for (request, reason, client, asked) in table {
        let mut answered = asks(&server, &request);
        let heard = told.recv_timeout(PATIENCE).expect("the refusal is told");
        assert_eq!(heard, (reason, Some(client.to_owned()), asked.map(str::to_owned)));
        assert!(answered.head().starts_with(&format!("HTTP/1.1 {} ", reason.status())), "{reason:?}");
    }
}

/// Keeps the warnings of all tests of this program.
struct Warnings(Mutex<Vec<String>>);

static WARNINGS: Warnings = Warnings(Mutex::new(Vec::new()));

impl log::Log for Warnings {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.level() <= log::Level::Warn
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            self.0.lock().expect("nobody panics while writing").push(record.args().to_string());
        }
    }

    fn flush(&self) {}
}

// Chrome then fails the connection without a reason, and the server's side saw nothing.
#[test]
fn a_subprotocol_that_nobody_answers_is_warned_of_once() {
    log::set_logger(&WARNINGS).expect("no other test has a logger");
    log::set_max_level(log::LevelFilter::Warn);
    let (server, _told) = start(Config::new());
    for offered in ["chat.v7, graphql", "chat.v8", "chat.v9"] {
        let field = format!("Sec-WebSocket-Protocol: {offered}\r\n");
        assert!(asks(&server, &upgrade_request(&field)).head().contains(" 101 "));
    }
    let warnings = WARNINGS.0.lock().expect("nobody panics while writing");
    let told: Vec<_> = warnings.iter().filter(|line| line.contains("subprotocols")).collect();
    assert!(told.len() == 1 && told[0].contains("chat.v7, graphql"), "{warnings:?}");
}

#[test]
fn what_the_application_refuses_or_accepts_is_not_told() {
    let (server, told) = start(Config::new());
    assert!(asks(&server, &upgrade_request("").replacen("GET /", "GET /?no", 1)).head().contains(" 401 "));
    let mut client = asks(&server, &upgrade_request(""));
    assert!(client.head().contains(" 101 "));
    drop(client);
    drop(server);
    assert_eq!(told.iter().next(), None);
}
