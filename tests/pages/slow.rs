//! Pages for clients that read slowly: how long they may take, and what they cost meanwhile.

use std::io::Read;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use pollcat::{Answer, Config, Handler, Message, PeerId, Peers, Request, Server};
use pollcat_testing::client::Client;
use pollcat_testing::running::Running;
use socket2::{Domain, Socket, Type};

use super::{field, request};

const LENGTH: usize = 256 << 10;

/// Has a page of each kind, and answers them all.
struct Shelf {
    shared: Arc<[u8]>,
}

impl Handler for Shelf {
    fn on_request(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
        match request.path() {
            "/shared" => Answer::page("text/plain", Arc::clone(&self.shared)),
            "/owned" => Answer::page("text/plain", self.shared.to_vec()),
            _ => Answer::page("text/plain", self.shared[..60 << 10].to_vec()),
        }
    }

    fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}
}

/// The system takes as little as it can from either side, so that reading shows in small steps.
fn narrow(keep_alive: u64) -> (Running, SocketAddr) {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    listener.set_send_buffer_size(4 << 10).expect("it can be small");
    listener.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).expect("loopback has a free port");
    listener.listen(16).expect("it listens");
    let keep_alive = Duration::from_secs(keep_alive);
    let config = Config::new().keep_alive(keep_alive).close_within(Duration::from_millis(200));
    let mut server = Server::without_listeners(config).expect("the system has a poll for us");
    server.listen_on(TcpListener::from(listener)).expect("it can be watched");
    let address = server.local_addr().expect("it has one");
    let shared = (0..LENGTH).map(|place| place as u8).collect();
    (Running::serve(server, Shelf { shared }), address)
}

fn dial(address: SocketAddr) -> Client {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    socket.set_recv_buffer_size(4 << 10).expect("it can be small");
    socket.connect(&address.into()).expect("the server listens");
    Client::over(TcpStream::from(socket))
}

/// Reads what comes, at this pace; says how much came until the end, or until it was as much as this.
fn read(stream: &mut TcpStream, step: usize, every: Duration, most: usize) -> usize {
    let (mut buffer, mut length) = (vec![0; step], 0);
    while length < most {
        let until = Instant::now() + every;
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return length,
            Ok(read) => length += read,
        }
        thread::park_timeout(until.saturating_duration_since(Instant::now())); // a slow reader, no race
    }
    length
}

#[test]
fn whoever_reads_a_byte_now_and_then_does_not_keep_a_page() {
    let (server, address) = narrow(3);
    let last = "Connection: close\r\n";
    let readers = ["/shared", "/owned", "/short"].into_iter().flat_map(|path| [(path, ""), (path, last)]);
    let readers: Vec<_> = readers
        .map(|(path, fields)| {
            thread::spawn(move || {
                let mut client = dial(address);
                client.write(request("GET", path, "1.1", fields).as_bytes());
                // 4 KiB in a second: more than nothing, and less than anybody's line.
                read(&mut client.stream(), 820, Duration::from_millis(200), 60 << 10)
            })
        })
        .collect();
    for reader in readers {
        assert!(reader.join().expect("it reads") < 60 << 10, "it was let go on");
    }
    server.wait_until("nothing is kept for them", |counters| counters.connections == 0);
}

#[test]
fn a_slow_line_is_not_a_dead_one() {
    let (_server, address) = narrow(1);
    let readers: Vec<_> = ["/shared", "/owned"]
        .into_iter()
        .map(|path| {
            thread::spawn(move || {
                let mut client = dial(address);
                client.write(request("GET", path, "1.1", "Connection: close\r\n").as_bytes());
                // 24 KiB in a second: it takes eleven times as long as an idle connection is kept.
                read(&mut client.stream(), 3 << 10, Duration::from_millis(125), usize::MAX)
            })
        })
        .collect();
    for reader in readers {
        assert!(reader.join().expect("it reads") > LENGTH, "it was cut off");
    }
}

#[test]
fn pages_that_are_asked_for_while_one_is_written_wait_for_their_turn() {
    let (server, address) = narrow(20);
    let mut client = dial(address);
    client.write(request("GET", "/shared", "1.1", "").as_bytes());
    let head = client.head();
    assert_eq!(field(&head, "Content-Length"), Some(LENGTH.to_string().as_str()));
    // The one that is written is not read to its end yet; so nobody has looked at the second request.
    client.write(request("GET", "/owned", "1.1", "").as_bytes());
    let mut body = client.bytes(LENGTH / 2);
    assert!(server.counters().pages < 2, "counters are told at a turn's end, and may lag behind by one");
    body.extend(client.bytes(LENGTH / 2));
    assert!(body.iter().enumerate().all(|(place, &byte)| byte == place as u8));
    client.head();
    client.bytes(LENGTH);
    assert_eq!(server.counters().pages, 2);
}
