//! Ordinary requests on the port of the WebSockets: pages, refusals, and a reverse proxy in front of it all.

use std::thread;

use pollcat::{Answer, Config, Handler, Message, PeerId, Peers, Request, Server};

use pollcat_testing::client::{Client, SHORT, upgrade_request};
use pollcat_testing::running::Running;
use pollcat_testing::scratch::Scratch;

mod bodies;
mod later;
mod mistakes;
mod proxied;
mod slow;

const BIG: usize = 5 << 20;

/// A small site, which also echoes.
struct Site;

impl Handler for Site {
    fn on_request(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
        match (request.path(), request.is_upgrade()) {
            (_, true) => Answer::accept(),
            ("/", _) => Answer::page("text/html; charset=utf-8", "<!doctype html>"),
            ("/big", _) => Answer::page("application/octet-stream", big()),
            ("/client", _) => {
                Answer::page("text/plain", request.client().map_or("unix".into(), |it| it.to_string()))
            }
            ("/unchanged", _) => Answer::with_status(304, "").header("ETag", "\"1\""),
            ("/no-page", _) => Answer::accept(),
            _ => Answer::refuse(404, "there is no such page"),
        }
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        peers.send(from, message);
    }
}

/// No two stretches of it are alike.
fn big() -> Vec<u8> {
    (0..BIG as u32 / 4).flat_map(u32::to_be_bytes).collect()
}

fn site() -> Running {
    Running::start(Config::new(), Site)
}

fn get(path: &str) -> String {
    request("GET", path, "1.1", "")
}

fn request(method: &str, path: &str, version: &str, fields: &str) -> String {
    format!("{method} {path} HTTP/{version}\r\nHost: localhost\r\n{fields}\r\n")
}

#[track_caller]
fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut values = head.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    let value = values.next();
    assert_eq!(values.next(), None, "{name} comes once: {head}");
    value
}

/// Sends a request: the head of the answer, and its body.
#[track_caller]
fn ask(client: &mut Client, request: &str) -> (String, String) {
    client.write(request.as_bytes());
    let head = client.head();
    let length = field(&head, "Content-Length").expect("the length is told").parse();
    let body = client.bytes(length.expect("a length is a number"));
    (head, String::from_utf8(body).expect("these bodies are text"))
}

#[test]
fn pages_are_served_one_after_the_other_on_one_connection() {
    let server = site();
    let mut client = Client::dial(server.address());
    for _ in 0..5 {
        let (head, body) = ask(&mut client, &get("/"));
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
        assert_eq!(body, "<!doctype html>");
        assert_eq!(field(&head, "Content-Length"), Some("15"));
        assert_eq!(field(&head, "Content-Type"), Some("text/html; charset=utf-8"));
        assert_eq!(field(&head, "Connection"), None);
        // RFC 9110 §5.6.7: Sun, 06 Nov 1994 08:49:37 GMT.
        let date = field(&head, "Date").expect("an answer has a date (RFC 9110 §6.6.1)");
        assert!(date.len() == 29 && date.ends_with(" GMT") && &date[3..5] == ", ", "{date}");
    }
    assert_eq!(ask(&mut client, &get("/nowhere")).1, "404 Not Found: there is no such page\n");
    // A page that is not there is an answer like any other, and in the end there may be a WebSocket.
    client.open("");
    server.wait_until("all is counted", |counters| {
        (counters.accepted, counters.pages, counters.opened) == (1, 6, 1)
    });
}

#[test]
fn head_is_the_same_head_without_the_body() {
    let server = site();
    let mut client = Client::dial(server.address());
    let (page, _) = ask(&mut client, &get("/"));
    client.write(request("HEAD", "/", "1.1", "").as_bytes());
    let head = client.head();
    let without_date = |head: &str| -> Vec<String> {
        head.lines().filter(|line| !line.starts_with("Date: ")).map(str::to_owned).collect()
    };
    assert_eq!(without_date(&head), without_date(&page));
    // The next answer follows at once: a body in between would be in its place.
    assert!(ask(&mut client, &get("/")).0.starts_with("HTTP/1.1 200 OK\r\n"));
}

#[test]
fn an_unchanged_page_has_neither_length_nor_body() {
    let server = site();
    let mut client = Client::dial(server.address());
    client.write(get("/unchanged").as_bytes());
    let head = client.head();
    assert!(head.starts_with("HTTP/1.1 304 Not Modified\r\n"), "{head}");
    assert_eq!((field(&head, "Content-Length"), field(&head, "ETag")), (None, Some("\"1\"")));
    assert_eq!(ask(&mut client, &get("/")).1, "<!doctype html>");
}

#[test]
fn a_connection_ends_after_the_answer_if_the_client_says_so_or_speaks_http_1_0() {
    let server = site();
    let last_requests = [
        request("GET", "/", "1.1", "Connection: close\r\n"),
        request("GET", "/", "1.1", "Connection: keep-alive, Close\r\n"),
        request("GET", "/", "1.0", ""),
        "GET / HTTP/1.0\r\n\r\n".into(),
    ];
    for last_request in last_requests {
        let mut client = Client::dial(server.address());
        let (head, body) = ask(&mut client, &last_request);
        assert_eq!((field(&head, "Connection"), &*body), (Some("close"), "<!doctype html>"));
        client.nothing_more();
    }
}

#[test]
fn a_pipelined_request_is_not_answered_and_the_connection_ends_after_the_first() {
    let server = site();
    let mut client = Client::dial(server.address());
    let (head, _) = ask(&mut client, &(get("/") + &get("/nowhere")));
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert_eq!(field(&head, "Connection"), Some("close"));
    client.nothing_more();
}

#[test]
fn after_the_last_answer_nobody_listens() {
    let server = site();
    let mut client = Client::dial(server.address());
    ask(&mut client, &request("GET", "/", "1.1", "Connection: close\r\n"));
    client.nothing_more();
    client.write((get("/") + &upgrade_request("")).as_bytes());
    client.nothing_more();
    drop(client);
    server
        .wait_until("the connection is gone", |counters| (counters.accepted, counters.connections) == (1, 0));
    assert_eq!((server.counters().pages, server.counters().opened), (1, 0));
}

#[test]
fn a_page_where_there_are_only_websockets_is_426() {
    let server = site();
    let mut client = Client::dial(server.address());
    let (head, body) = ask(&mut client, &get("/no-page"));
    assert!(head.starts_with("HTTP/1.1 426 Upgrade Required\r\n"), "{head}");
    // RFC 9110 §15.5.22: the protocol to upgrade to is named, and named as hop-by-hop.
    assert_eq!(field(&head, "Upgrade"), Some("websocket"));
    assert_eq!(field(&head, "Connection"), Some("Upgrade, close"));
    assert!(body.contains("new WebSocket("), "{body}");
    client.nothing_more();
}

#[test]
fn without_trust_a_forwarded_address_is_just_something_a_client_wrote() {
    let server = site();
    let mut client = Client::dial(server.address());
    let forwarded = request("GET", "/client", "1.1", "X-Forwarded-For: 198.51.100.7\r\n");
    assert_eq!(ask(&mut client, &forwarded).1, "127.0.0.1");
}

#[cfg(unix)]
#[test]
fn a_large_page_arrives_whole_however_slowly_it_is_read() {
    // Reading takes longer than an idle connection is kept, or a closing one.
    let patience = SHORT;
    let config = Config::new().keep_alive(patience).close_within(patience);
    // The buffers of a Unix-domain socket are small, and so are the steps in which the server sees it read.
    let scratch = Scratch::new("page");
    let path = scratch.file("socket");
    let mut server = Server::without_listeners(config).expect("the system has a poll for us");
    server.listen_unix(&path).expect("a path to listen on");
    let _running = Running::serve(server, Site);
    for fields in ["", "Connection: close\r\n"] {
        let mut client = Client::dial_unix(&path);
        client.write(request("GET", "/big", "1.1", fields).as_bytes());
        let head = client.head();
        assert_eq!(field(&head, "Content-Length"), Some(BIG.to_string().as_str()));
        let mut body = Vec::new();
        while body.len() < BIG {
            body.extend(client.bytes((BIG - body.len()).min(64 << 10)));
            // No waiting for a race: this reader is slow.
            thread::park_timeout(patience * 3 / 2 / (BIG >> 16) as u32);
        }
        assert!(body == big());
        // A kept connection is let go when its time is up, a last one at once.
        client.nothing_more();
    }
}
