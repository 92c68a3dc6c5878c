//! What users write: handlers by reference and in boxes, closures that return something, mail of every kind, Pings off.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use pollcat::{
    Answer, Config, Departure, Handler, Mailbox, Message, Outgoing, PeerId, Peers, PreparedMessage, Request,
    Server, handler_fn,
};
use pollcat_testing::client::{BINARY, Client, PATIENCE, PING, PONG, TEXT, upgrade_request};
use pollcat_testing::running::Running;

/// Counts what it receives, and echoes it.
#[derive(Default)]
struct Counting {
    messages: usize,
    mail: Vec<u32>,
}

impl Handler<u32> for Counting {
    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        self.messages += 1;
        peers.send(from, message);
    }

    fn on_mail(&mut self, peers: &mut Peers, mail: u32) {
        self.mail.push(mail);
        peers.stop();
    }
}

/// Says something, hears it again, and has the server stopped by mail.
fn visit(mut client: Client, mailbox: &Mailbox<u32>) {
    client.send(TEXT, b"hello");
    assert_eq!(client.text(), "hello");
    mailbox.deliver(7).expect("the mailbox has room");
    assert_eq!(client.close_frame().0, 1001);
}

// `run` took the handler, and all that it knew was lost.
#[test]
fn a_handler_that_is_lent_is_there_after_the_run() {
    let mut counting = Counting::default();
    let server = Server::bind("127.0.0.1:0").expect("loopback has a free port");
    let (address, mailbox) = (server.local_addr().expect("it listens"), server.mailbox());
    let visitor = thread::spawn(move || visit(Client::connect(address), &mailbox));
    server.run(&mut counting).expect("nothing a client does is an error of run");
    visitor.join().expect("the visitor is content");
    assert_eq!((counting.messages, counting.mail), (1, vec![7]));
}

#[test]
fn a_boxed_handler_serves_and_so_does_one_that_is_lent_in_its_box() {
    let boxed: Box<dyn Handler<u32> + Send> = Box::new(Counting::default());
    let server = Running::start(Config::new(), boxed);
    visit(Client::connect(server.address()), &server.mailbox);
    server.join();

    let mut lent: Box<dyn Handler<u32>> = Box::new(Counting::default());
    let server = Server::bind("127.0.0.1:0").expect("loopback has a free port");
    let (address, mailbox) = (server.local_addr().expect("it listens"), server.mailbox());
    let visitor = thread::spawn(move || visit(Client::connect(address), &mailbox));
    server.run(&mut lent).expect("nothing a client does is an error of run");
    visitor.join().expect("the visitor is content");
}

#[test]
fn a_closure_may_return_what_its_last_call_does() {
    let server = Running::start(Config::new(), handler_fn(|peers, from, message| peers.send(from, message)));
    let mut client = Client::connect(server.address());
    client.send(TEXT, b"hello");
    assert_eq!(client.text(), "hello");
}

/// Whom the mail is for.
fn opened(server: &Running, peer: &Receiver<PeerId>, client: &mut Client) -> PeerId {
    client.send(TEXT, b"here");
    let id = peer.recv().expect("the handler has received it");
    server.wait_until("it is counted", |counters| counters.messages_in > 0);
    id
}

#[test]
fn what_peers_can_send_can_be_sent_by_mail() {
    let (sender, peer) = channel();
    let server = Running::start(
        Config::new(),
        handler_fn(move |peers, from, _| {
            peers.subscribe(from, "tea");
            sender.send(from)
        }),
    );
    let mut client = Client::connect(server.address());
    let id = opened(&server, &peer, &mut client);
    let mailbox = &server.mailbox;
    let (text, bytes, prepared) = (String::from("text"), vec![1, 2, 3], PreparedMessage::new("prepared"));
    mailbox.send(id, "a literal").expect("the mailbox has room");
    mailbox.publish("tea", &text).expect("the mailbox has room");
    mailbox.broadcast(&bytes).expect("the mailbox has room");
    mailbox.send(id, Message::Binary(b"bytes")).expect("the mailbox has room");
    mailbox.publish("tea", &prepared).expect("the mailbox has room");
    mailbox.broadcast(Outgoing::from(&prepared).uncompressed()).expect("the mailbox has room");
    let expected: [(u8, &[u8]); 6] = [
        (TEXT, b"a literal"),
        (TEXT, b"text"),
        (BINARY, &[1, 2, 3]),
        (BINARY, b"bytes"),
        (TEXT, b"prepared"),
        (TEXT, b"prepared"),
    ];
    for (first_byte, payload) in expected {
        assert_eq!(client.frame(), (first_byte, payload.to_vec()));
    }
}

/// RSV1 is what says that a message is compressed (RFC 7692 §7.2.1).
#[cfg(feature = "deflate")]
#[test]
fn a_letter_can_say_that_it_is_not_to_be_compressed() {
    use pollcat::Deflate;

    const RSV1: u8 = 0x40;
    let (sender, peer) = channel();
    let config = Config::new().deflate(Deflate::new());
    let server = Running::start(config, handler_fn(move |_, from, _| sender.send(from)));
    let mut client = Client::dial(server.address());
    client.open("Sec-WebSocket-Extensions: permessage-deflate\r\n");
    let id = opened(&server, &peer, &mut client);
    let long = "a".repeat(1 << 10);
    let prepared = PreparedMessage::new(&long);
    let mailbox = &server.mailbox;
    mailbox.send(id, &long).expect("the mailbox has room");
    mailbox.send(id, Outgoing::from(&long).uncompressed()).expect("the mailbox has room");
    mailbox.broadcast(&prepared).expect("the mailbox has room");
    mailbox.broadcast(Outgoing::from(&prepared).uncompressed()).expect("the mailbox has room");
    for first_byte in [TEXT | RSV1, TEXT, TEXT | RSV1, TEXT] {
        assert_eq!(client.extended_frame().0, first_byte);
    }
}

/// Notes each call that is made for an id.
struct Diary(Sender<String>);

impl Diary {
    fn note(&self, what: &str, id: PeerId) {
        // The test may have had enough.
        let _ = self.0.send(format!("{what} {id}"));
    }
}

impl Handler for Diary {
    fn on_request(&mut self, _: &mut Peers, id: PeerId, request: &Request<'_>) -> Answer {
        self.note("on_request", id);
        match request.path() {
            "/page" => Answer::page("text/plain", "a page"),
            "/no" => Answer::refuse(403, "no"),
            _ => Answer::accept(),
        }
    }

    fn on_open(&mut self, _: &mut Peers, id: PeerId, _: &Request<'_>) {
        self.note("on_open", id);
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, _: Message<'_>) {
        self.note("on_message", from);
        peers.stop();
    }

    fn on_close(&mut self, _: &mut Peers, id: PeerId, _: Departure) {
        self.note("on_close", id);
    }
}

#[test]
fn an_id_opens_at_once_or_never_and_closes_once_if_it_opened() {
    let (sender, diary) = channel();
    let server = Running::start(Config::new(), Diary(sender));
    // A page, and then a WebSocket, over one connection.
    let mut first = Client::dial(server.address());
    first.write(b"GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert!(first.head().starts_with("HTTP/1.1 200 "));
    assert_eq!(first.bytes(6), b"a page");
    first.open("");
    let mut second = Client::dial(server.address());
    second.write(upgrade_request("").replacen("GET / ", "GET /no ", 1).as_bytes());
    assert!(second.head().starts_with("HTTP/1.1 403 "));
    first.send(TEXT, b"stop");
    assert_eq!(first.close_frame().0, 1001);
    first.close(1001);
    first.nothing_more();
    drop((first, second));
    server.join();
    let expected = [
        "on_request peer 0.0",
        "on_request peer 0.0",
        "on_open peer 0.0",
        "on_request peer 1.0",
        "on_message peer 0.0",
        "on_close peer 0.0",
    ];
    assert_eq!(diary.iter().collect::<Vec<_>>(), expected);
}

/// Each answer was a sign of life, after which no silence was allowed: a Ping followed each Pong at once.
#[test]
fn pings_come_every_100_ms_at_most() {
    let config = Config::new().ping_after(Duration::ZERO);
    let server = Running::start(config, handler_fn(|_, _, _| {}));
    let mut client = Client::connect(server.address());
    let begun = Instant::now();
    for _ in 0..5 {
        let (first_byte, payload) = client.frame();
        assert_eq!(first_byte, PING);
        client.send(PONG, &payload);
    }
    // The first step of the clock may be as good as over.
    assert!(begun.elapsed() > Duration::from_millis(300), "{:?}", begun.elapsed());
    assert_eq!(server.counters().timed_out, 0);
}

struct Ticking(Sender<()>);

impl Handler for Ticking {
    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        peers.send(from, message);
    }

    fn on_tick(&mut self, _: &mut Peers) {
        // The test may have had enough.
        let _ = self.0.send(());
    }
}

/// Longer than the clock can count.
#[test]
fn pings_can_be_turned_off() {
    let (sender, ticks) = channel();
    let config = Config::new().ping_after(Duration::MAX).tick(Duration::from_millis(100));
    let server = Running::start(config, Ticking(sender));
    let mut client = Client::connect(server.address());
    for _ in 0..4 {
        ticks.recv_timeout(PATIENCE).expect("the next tick");
    }
    client.send(TEXT, b"not a Ping");
    assert_eq!(client.text(), "not a Ping");
}
