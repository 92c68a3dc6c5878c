//! A panic costs one connection. Each method panics in turn, while two other clients talk to the server: one that was
//! there before, one that comes after.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use pollcat::{
    Answer, CloseCode, Config, Delivery, Departure, Handler, Message, NotDelivered, PeerId, Peers, Refused,
    Request, RequestId, SlowPeers, TimerId,
};
use pollcat_testing::client::{Client, PATIENCE, PONG, SHORT, TEXT, masked, upgrade_request};

use crate::running::Running;

/// Panics once, in the method that the mail has named. Otherwise it echoes.
struct Fused {
    fuse: Option<&'static str>,
    tell: Sender<Told>,
}

#[derive(Debug, PartialEq)]
enum Told {
    Slow,
    Armed,
    Stopped,
    Left(Departure),
}

impl Fused {
    fn pass(&mut self, method: &'static str) {
        if self.fuse.take_if(|fuse| *fuse == method).is_some() {
            panic!("a bug in {method}");
        }
    }

    fn tell(&self, told: Told) {
        // A test that has failed listens no more.
        let _ = self.tell.send(told);
    }
}

impl Handler<&'static str> for Fused {
    fn on_request(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
        self.pass("on_request");
        match request.upgrade() {
            Ok(None) if request.path() == "/later" => Answer::later(),
            Ok(None) => Answer::page("text/plain", "a page"),
            _ => Answer::accept(),
        }
    }

    fn on_request_gone(&mut self, _: &mut Peers, _: RequestId) {
        self.pass("on_request_gone");
    }

    fn on_refused(&mut self, _: &mut Peers, _: &Refused<'_>) {
        self.pass("on_refused");
    }

    fn on_open(&mut self, _: &mut Peers, _: PeerId, _: &Request<'_>) {
        self.pass("on_open");
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        self.pass("on_message");
        match message {
            Message::Text("too much") => {
                while peers.send(from, &vec![0; 64 << 10]) == Delivery::Queued {}
                self.tell(Told::Slow);
            }
            Message::Text("set a timer") => {
                peers.after(Duration::ZERO);
            }
            Message::Text("close me") => {
                peers.close(from, CloseCode::new(3001).expect("an application's code"), "as you like");
                panic!("a bug after a Close");
            }
            _ => drop(peers.send(from, message)),
        }
    }

    fn on_pong(&mut self, peers: &mut Peers, from: PeerId, payload: &[u8]) {
        self.pass("on_pong");
        peers.send(from, payload);
    }

    fn on_timer(&mut self, peers: &mut Peers, _: TimerId) {
        self.pass("on_timer");
        peers.broadcast("the timer came");
    }

    fn on_stop(&mut self, _: &mut Peers) {
        self.tell(Told::Stopped);
        self.pass("on_stop");
    }

    fn on_drain(&mut self, _: &mut Peers, _: PeerId, _: u64) {
        self.pass("on_drain");
    }

    fn on_close(&mut self, _: &mut Peers, _: PeerId, departure: Departure) {
        self.tell(Told::Left(departure));
        self.pass("on_close");
    }

    fn on_mail(&mut self, _: &mut Peers, method: &'static str) {
        self.fuse = Some(method);
        self.pass("on_mail");
        self.tell(Told::Armed);
    }

    fn on_tick(&mut self, _: &mut Peers) {
        self.pass("on_tick");
    }
}

struct Scene {
    /// It was there before. It leaves first: the server waits for those who are there.
    witness: Client,
    server: Running<&'static str>,
    told: Receiver<Told>,
}

impl Scene {
    fn begin(config: Config) -> Self {
        let (tell, told) = channel();
        let server = Running::start(config, Fused { fuse: None, tell }).expect_panics();
        let witness = Client::connect(server.address());
        Scene { witness, server, told }
    }

    /// From now on this method panics, once.
    #[track_caller]
    fn arm(&self, method: &'static str) {
        self.deliver(method).expect("the mailbox has room");
        assert_eq!(self.told(), Told::Armed);
    }

    fn deliver(&self, method: &'static str) -> Result<(), NotDelivered<&'static str>> {
        self.server.mailbox.deliver(method)
    }

    #[track_caller]
    fn told(&self) -> Told {
        self.told.recv_timeout(PATIENCE).expect("something happens")
    }

    /// One panic was counted, and neither the witness nor a newcomer has noticed it.
    #[track_caller]
    fn goes_on(mut self) {
        self.server.wait_until("the panic is counted", |counters| counters.panics == 1);
        let mut newcomer = Client::connect(self.server.address());
        for client in [&mut self.witness, &mut newcomer] {
            client.send(TEXT, b"anybody there?");
            assert_eq!(client.text(), "anybody there?");
        }
        let counters = self.server.counters();
        assert_eq!((counters.panics, counters.failed), (1, 0));
        drop((newcomer, self.witness));
        self.server.mailbox.stop();
        self.server.join();
    }
}

const APOLOGY: &str = "the application failed";
/// The same over HTTP.
const PLAIN_APOLOGY: &str = "500 Internal Server Error: the application failed\n";

/// The client gets 1011 (§7.4.1), answers it, and that is a closing handshake like any other.
#[track_caller]
fn is_closed_with_1011(scene: &Scene, mut client: Client) {
    assert_eq!(client.close_frame(), (1011, APOLOGY.into()));
    client.close(1011);
    client.nothing_more();
    assert_eq!(scene.told(), Told::Left(Departure::Closed(CloseCode::INTERNAL_ERROR)));
}

#[test]
fn in_on_message() {
    let scene = Scene::begin(Config::new());
    let mut client = Client::connect(scene.server.address());
    scene.arm("on_message");
    client.send(TEXT, b"this one");
    client.send(TEXT, b"and what comes behind it is nobody's");
    is_closed_with_1011(&scene, client);
    scene.goes_on();
}

#[test]
fn in_on_open() {
    let scene = Scene::begin(Config::new());
    scene.arm("on_open");
    let client = Client::connect(scene.server.address());
    is_closed_with_1011(&scene, client);
    scene.goes_on();
}

#[test]
fn in_on_pong() {
    let scene = Scene::begin(Config::new());
    let mut client = Client::connect(scene.server.address());
    scene.arm("on_pong");
    client.send(PONG, b"this one");
    client.send(PONG, b"and what comes behind it is nobody's");
    is_closed_with_1011(&scene, client);
    scene.goes_on();
}

#[test]
fn in_on_timer_and_the_next_timer_comes() {
    let scene = Scene::begin(Config::new());
    let mut client = Client::connect(scene.server.address());
    scene.arm("on_timer");
    client.write(&masked(TEXT, b"set a timer").repeat(2));
    assert_eq!(client.text(), "the timer came");
    let mut witness = scene.witness;
    assert_eq!(witness.text(), "the timer came");
    scene.server.wait_until("the panic is counted", |counters| counters.panics == 1);
    drop((client, witness));
    scene.server.mailbox.stop();
    scene.server.join();
}

#[test]
fn in_on_stop_and_run_returns_as_always() {
    let scene = Scene::begin(Config::new());
    scene.arm("on_stop");
    drop(scene.witness);
    scene.server.mailbox.stop();
    let left = scene.told.recv_timeout(PATIENCE);
    assert!(matches!(left, Ok(Told::Left(_))), "{left:?}");
    assert_eq!(scene.told.recv_timeout(PATIENCE), Ok(Told::Stopped));
    // Two would be too many as well: nobody calls it again.
    scene.server.join();
    assert_eq!(scene.told.try_iter().count(), 0);
}

#[test]
fn in_on_drain() {
    let scene = Scene::begin(Config::new().slow_peers(SlowPeers::Skip));
    let mut client = Client::connect(scene.server.address());
    scene.arm("on_drain");
    client.send(TEXT, b"too much");
    // Before, it does not read: a client that keeps up is never slow.
    assert_eq!(scene.told(), Told::Slow);
    // It has caught up when it has read nearly all of it.
    let close = loop {
        match client.frame() {
            (0x82, _) => {}
            (_, close) => break close,
        }
    };
    assert_eq!(close, [&1011_u16.to_be_bytes()[..], APOLOGY.as_bytes()].concat());
    client.close(1011);
    client.nothing_more();
    assert_eq!(scene.told(), Told::Left(Departure::Closed(CloseCode::INTERNAL_ERROR)));
    drop(client);
    scene.goes_on();
}

#[test]
fn in_on_request_for_a_websocket_and_for_a_page() {
    let page = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned();
    for request in [upgrade_request(""), page] {
        let scene = Scene::begin(Config::new());
        scene.arm("on_request");
        let mut client = Client::dial(scene.server.address());
        client.write(request.as_bytes());
        let head = client.head();
        assert!(head.starts_with("HTTP/1.1 500 "), "{head}");
        assert!(head.contains("\r\nConnection: close\r\n"), "{head}");
        assert_eq!(client.bytes(PLAIN_APOLOGY.len()), PLAIN_APOLOGY.as_bytes());
        client.nothing_more();
        drop(client);
        scene.goes_on();
    }
}

#[test]
fn in_on_request_gone_and_the_client_has_its_503_all_the_same() {
    let scene = Scene::begin(Config::new().handshake_within(SHORT));
    scene.arm("on_request_gone");
    let mut client = Client::dial(scene.server.address());
    client.write(b"GET /later HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let head = client.head();
    assert!(head.starts_with("HTTP/1.1 503 "), "{head}");
    drop(client);
    scene.goes_on();
}

#[test]
fn in_on_refused_and_the_client_is_refused_all_the_same() {
    let scene = Scene::begin(Config::new());
    scene.arm("on_refused");
    let mut client = Client::dial(scene.server.address());
    client.write(upgrade_request("Origin: https://foreign.example\r\n").as_bytes());
    let head = client.head();
    assert!(head.starts_with("HTTP/1.1 403 "), "{head}");
    drop(client);
    scene.goes_on();
}

#[test]
fn in_on_close() {
    let scene = Scene::begin(Config::new());
    let mut client = Client::connect(scene.server.address());
    scene.arm("on_close");
    client.close(1000);
    assert_eq!(client.close_frame().0, 1000);
    client.nothing_more();
    assert_eq!(scene.told(), Told::Left(Departure::Closed(CloseCode::NORMAL)));
    drop(client);
    scene.goes_on();
}

#[test]
fn in_on_mail_and_the_next_letter_is_read() {
    let scene = Scene::begin(Config::new());
    scene.deliver("on_mail").expect("the mailbox has room");
    scene.arm("nothing");
    scene.goes_on();
}

#[test]
fn in_on_tick_and_the_next_tick_comes() {
    let scene = Scene::begin(Config::new().tick(Duration::from_millis(1)));
    scene.arm("on_tick");
    scene.server.wait_until("the tick has panicked", |counters| counters.panics == 1);
    scene.deliver("on_tick").expect("the mailbox has room");
    scene.server.wait_until("the next one has as well", |counters| counters.panics == 2);
}

/// The peer was being closed already: its own Close stands, and it leaves once.
#[test]
fn after_a_close_in_the_same_call() {
    let scene = Scene::begin(Config::new());
    let mut client = Client::connect(scene.server.address());
    client.send(TEXT, b"close me");
    assert_eq!(client.close_frame(), (3001, "as you like".into()));
    client.close(3001);
    client.nothing_more();
    assert!(matches!(scene.told(), Told::Left(Departure::Closed(code)) if code.number() == 3001));
    drop(client);
    scene.goes_on();
}
