//! Pages over https, beside those in the clear; and what a page's origin is worth.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::channel;

use pollcat::{Config, Refusal, Server};
use pollcat_testing::client::{Client, upgrade_request};
use pollcat_testing::running::Running;

use crate::authority::{Authority, Stream};
use crate::{BIG, Host, Site, big};

/// Asks for a page; its head, and its body.
#[track_caller]
fn ask(stream: &mut Stream, path: &str) -> (String, Vec<u8>) {
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("the server takes it");
    let head = head(stream);
    let length =
        head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).expect("its length is told");
    let mut body = vec![0; length.parse().expect("which is a number")];
    stream.read_exact(&mut body).expect("the page arrives whole");
    (head, body)
}

#[track_caller]
fn head(stream: &mut Stream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("a head arrives");
        head.extend(byte);
    }
    String::from_utf8(head).expect("a head is text")
}

#[test]
fn bodies_are_read_in_many_records() {
    let host = Host::start(Config::new());
    let mut stream = host.dial();
    for length in [0, 5, BIG] {
        let fields = format!("Host: localhost\r\nContent-Length: {length}\r\n");
        write!(stream, "POST /echo HTTP/1.1\r\n{fields}\r\n").expect("the server takes it");
        stream.write_all(&big()[..length]).expect("the server takes it");
        let head = head(&mut stream);
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
        let mut body = vec![0; length];
        stream.read_exact(&mut body).expect("it arrives whole");
        assert!(body == big()[..length]);
    }
    host.running.wait_until("all is counted", |counters| (counters.accepted, counters.pages) == (1, 3));
}

#[test]
fn pages_small_and_large_are_served_on_one_connection() {
    let host = Host::start(Config::new());
    let mut stream = host.dial();
    for _ in 0..2 {
        assert_eq!(ask(&mut stream, "/").1, b"secure: true");
        let (head, body) = ask(&mut stream, "/big");
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
        assert!(body.len() == BIG && body == big());
    }
    host.running.wait_until("all is counted", |counters| (counters.accepted, counters.pages) == (1, 4));
    assert!(host.running.counters().bytes_out > 2 * BIG as u64);
}

#[test]
fn plain_and_tls_listeners_serve_side_by_side() {
    let authority = Authority::new();
    let tls = authority.tls();
    let mut server = Server::with_config("127.0.0.1:0", Config::new()).expect("loopback has a free port");
    let plain = server.local_addr().expect("it listens");
    let first = server.listen_tls("127.0.0.1:0", &tls).expect("loopback has another");
    let made_elsewhere = TcpListener::bind("127.0.0.1:0").expect("and a third");
    let second = made_elsewhere.local_addr().expect("it has an address");
    server.listen_tls_on(made_elsewhere, &tls).expect("a listener can be adopted");
    assert_eq!(server.local_addrs(), [plain, first, second]);
    let _running = Running::serve(server, Site(channel().0));
    for address in [first, second] {
        assert_eq!(ask(&mut authority.dial(address), "/").1, b"secure: true");
    }
    let mut client = Client::dial(plain);
    client.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert!(client.head().starts_with("HTTP/1.1 200 OK\r\n"));
    assert_eq!(client.bytes(13), b"secure: false");
}

#[test]
fn a_page_that_came_in_the_clear_is_not_of_the_same_origin_as_a_tls_listener() {
    let host = Host::start(Config::new());
    let table =
        [("https://localhost", "101"), ("http://localhost", "403"), ("https://elsewhere.example", "403")];
    for (origin, status) in table {
        let mut stream = host.dial();
        let request = upgrade_request(&format!("Origin: {origin}\r\n"));
        stream.write_all(request.as_bytes()).expect("the server takes it");
        let head = head(&mut stream);
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{origin}: {head}");
    }
    host.running.wait_until("it is counted", |counters| counters.refused(Refusal::ForeignOrigin) == 2);
}

#[test]
fn who_is_one_too_many_is_told_so_over_tls() {
    let host = Host::start(Config::new().max_connections(1));
    let _first = host.connect();
    let mut second = host.dial();
    second.write_all(upgrade_request("").as_bytes()).expect("the server takes it");
    let head = head(&mut second);
    assert!(head.starts_with("HTTP/1.1 503 "), "{head}");
}
