//! Facts of the way out that are acted on late: a broken stream, and a page that is out.

use std::io::Write as _;
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use pollcat::{Answer, Config, Handler, Message, PeerId, Peers, Request, Server};

use pollcat_testing::client::{Client, PATIENCE};
use pollcat_testing::directed::Directed;
use pollcat_testing::raw::{narrow_listener, reset_when_dropped};
use pollcat_testing::running::Running;

const KIB: usize = 1 << 10;

// A write failed in the midst of a handler's call. What had been queued for the peer, stretches of the tape, stayed in its
// outbox; it was written to once more, from a tape that had been rewound: the server panicked.
#[test]
fn a_peer_whose_stream_broke_is_not_written_to_again() {
    let server = Directed::start(Config::new().max_send_queue(10 * KIB));
    let (broken, client) = server.guest();
    let (other, _reader) = server.guest();
    server.direct(move |peers| {
        reset_when_dropped(&client.stream());
        drop(client);
        peers.send(other, &vec![b'x'; 5 * KIB][..]);
        peers.send(broken, "one");
        peers.send(other, "between them");
        peers.send(broken, "two");
        // A full tape is flushed: now the stream turns out to be broken.
        peers.send(other, &vec![b'x'; 9 * KIB][..]);
        peers.send(other, &vec![b'x'; 9 * KIB][..]);
        assert!(!peers.contains(broken));
        peers.send(other, &vec![b'x'; 9 * KIB][..]);
        peers.broadcast(&vec![b'x'; KIB][..]);
        peers.send(broken, "three");
        // Once more.
        peers.send(other, &vec![b'x'; 9 * KIB][..]);
    });
    server.departure(broken);
}

/// The first page is long, the others are not. While one is asked for, so is the next.
struct Pages {
    stream: Arc<Mutex<Option<TcpStream>>>,
}

impl Pages {
    fn ask(&self, path: &str, fields: &str) {
        let stream = self.stream.lock().expect("nobody panics");
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n");
        (&mut stream.as_ref().expect("the test has put it there"))
            .write_all(request.as_bytes())
            .expect("it has room");
    }
}

impl Handler for Pages {
    fn on_request(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
        match request.path() {
            "/long" => return Answer::page("text/plain", vec![b'x'; 1000 * KIB]),
            "/first" => self.ask("/second", ""),
            "/second" => self.ask("/third", "Connection: close\r\n"),
            _ => {}
        }
        Answer::page("text/plain", vec![b'x'; 10 * KIB])
    }

    fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}
}

fn length(head: &str) -> usize {
    let field = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ").map(String::from));
    field.unwrap().trim().parse().unwrap()
}

// The head of a page found the tape full: it was flushed, and with it the page before. That all was written was taken for the
// last page's end, and the stream was shut down before it.
#[test]
fn the_last_page_is_written_though_the_one_before_left_only_just() {
    let config = Config::new().max_send_queue(10 * KIB).keep_alive(PATIENCE);
    let mut server = Server::without_listeners(config).expect("a poll can be had");
    server.listen_on(narrow_listener(32 * KIB)).expect("a listener can be watched");
    let stream = Arc::new(Mutex::new(None));
    let server = Running::serve(server, Pages { stream: stream.clone() });
    let mut client = Client::dial(server.address());
    *stream.lock().unwrap() = Some(client.stream());
    client.write(b"GET /long HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let head = client.head();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    // Asked while the page waits: it is read when the page is out.
    client.write(b"GET /first HTTP/1.1\r\nHost: localhost\r\n\r\n");
    client.bytes(length(&head));
    for _ in 0..3 {
        let head = client.head();
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        client.bytes(length(&head));
    }
}
