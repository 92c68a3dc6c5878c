//! Pages that come from another thread, when they are ready.

use std::sync::mpsc::{Receiver, Sender, channel};

use pollcat::{Answer, Config, Delivery, Handler, Message, PeerId, Peers, Request, RequestId};
use pollcat_testing::client::{Client, PATIENCE, SHORT, upgrade_request};
use pollcat_testing::raw::reset_when_dropped;
use pollcat_testing::running::Running;

use crate::{field, get, request};

/// Tells who asks for what, and hears by mail what to answer.
struct Library {
    asked: Sender<(RequestId, String)>,
    told: Sender<Delivery>,
}

impl Handler<(RequestId, &'static str)> for Library {
    fn on_request(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) -> Answer {
        if request.path() == "/here" {
            return Answer::page("text/plain", "at hand");
        }
        self.asked.send((peers.request_id(id), request.path().to_owned())).expect("the test waits for it");
        Answer::later()
    }

    fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}

    fn on_mail(&mut self, peers: &mut Peers, (id, page): (RequestId, &'static str)) {
        let delivery = peers.answer_request(id, Answer::page("text/plain", page));
        self.told.send(delivery).expect("the test waits for it");
    }
}

pub(crate) struct Asking {
    pub(crate) server: Running<(RequestId, &'static str)>,
    asked: Receiver<(RequestId, String)>,
    told: Receiver<Delivery>,
}

impl Asking {
    pub(crate) fn new(config: Config) -> Self {
        let ((asks, asked), (tells, told)) = (channel(), channel());
        let server = Running::start(config, Library { asked: asks, told: tells });
        Asking { server, asked, told }
    }

    #[track_caller]
    pub(crate) fn asked(&self) -> (RequestId, String) {
        self.asked.recv_timeout(PATIENCE).expect("the handler is asked")
    }

    #[track_caller]
    pub(crate) fn bring(&self, id: RequestId, page: &'static str) -> Delivery {
        self.server.mailbox.deliver((id, page)).expect("there is room");
        self.told.recv_timeout(PATIENCE).expect("the mail is read")
    }
}

#[test]
fn a_page_may_be_brought_later_and_others_follow_on_the_connection() {
    let asking = Asking::new(Config::new());
    let (mut one, mut other) = (Client::dial(asking.server.address()), Client::dial(asking.server.address()));
    one.write(get("/one").as_bytes());
    let (first, path) = asking.asked();
    assert_eq!(path, "/one");
    other.write(request("HEAD", "/other", "1.1", "").as_bytes());
    let (second, _) = asking.asked();
    // The second is answered first: they do not wait for each other.
    assert_eq!(asking.bring(second, "for the other"), Delivery::Queued);
    assert_eq!(field(&other.head(), "Content-Length"), Some("13"));
    assert_eq!(asking.bring(first, "for the one"), Delivery::Queued);
    assert_eq!(field(&one.head(), "Connection"), None);
    assert_eq!(one.bytes(11), b"for the one");
    assert_eq!(asking.bring(first, "again"), Delivery::Gone, "it has its answer");

    for client in [&mut one, &mut other] {
        client.write(get("/here").as_bytes());
        client.head();
        assert_eq!(client.bytes(7), b"at hand");
    }
}

#[test]
fn whoever_asks_again_before_the_answer_has_to_connect_for_it() {
    let asking = Asking::new(Config::new());
    let mut client = Client::dial(asking.server.address());
    client.write(get("/one").as_bytes());
    let (id, _) = asking.asked();
    client.write(get("/here").as_bytes());
    // Both requests have arrived when a second client, who came later, has its answer.
    let mut witness = Client::dial(asking.server.address());
    witness.write(get("/here").as_bytes());
    witness.head();
    assert_eq!(asking.bring(id, "one"), Delivery::Queued);
    assert_eq!(field(&client.head(), "Connection"), Some("close"));
    assert_eq!(client.bytes(3), b"one");
    client.nothing_more();
}

#[test]
fn a_page_that_is_not_brought_in_time_is_answered_with_503() {
    let asking = Asking::new(Config::new().handshake_within(SHORT));
    let mut client = Client::dial(asking.server.address());
    client.write(get("/one").as_bytes());
    let (id, _) = asking.asked();
    let head = client.head();
    assert!(head.starts_with("HTTP/1.1 503 "), "{head}");
    assert_eq!(field(&head, "Connection"), Some("close"));
    assert_eq!(client.bytes(33), b"503 Service Unavailable: it takes");
    client.bytes(" too long\n".len());
    client.nothing_more();
    assert_eq!(asking.bring(id, "too late"), Delivery::Gone);
}

#[test]
fn how_long_a_page_may_take_is_a_setting_of_its_own() {
    let config = Config::new().handshake_within(SHORT);
    let asking = Asking::new(config.answer_within(PATIENCE));
    let mut client = Client::dial(asking.server.address());
    client.write(get("/one").as_bytes());
    let (id, _) = asking.asked();
    // Whoever says nothing is given up meanwhile: that time is over.
    let mut silent = Client::dial(asking.server.address());
    silent.nothing_more();
    assert_eq!(asking.bring(id, "one"), Delivery::Queued);
    assert!(client.head().starts_with("HTTP/1.1 200 "));
    assert_eq!(client.bytes(3), b"one");
}

#[test]
fn an_answer_is_for_its_own_request_and_not_for_another_of_the_connection() {
    let asking = Asking::new(Config::new());
    let mut client = Client::dial(asking.server.address());
    let mut answered = Vec::new();
    for page in ["one", "two", "six"] {
        client.write(get("/").as_bytes());
        let (id, _) = asking.asked();
        // Those before have their answers, and are answered once more: the application mixes them up.
        for &before in answered.iter().chain(&answered) {
            assert_ne!(before, id);
            assert_eq!(asking.bring(before, "another's"), Delivery::Gone);
        }
        assert_eq!(asking.bring(id, page), Delivery::Queued);
        client.head();
        assert_eq!(client.bytes(3), page.as_bytes());
        answered.push(id);
    }
    let peers: Vec<_> = answered.iter().map(|id| id.peer()).collect();
    assert!(peers.iter().all(|&peer| peer == peers[0]), "one connection: {peers:?}");
}

#[test]
fn a_late_answer_does_not_reach_whoever_has_the_slot_now() {
    let asking = Asking::new(Config::new().handshake_within(SHORT));
    let mut late = Vec::new();
    for _ in 0..3 {
        let mut client = Client::dial(asking.server.address());
        client.write(get("/private").as_bytes());
        late.push(asking.asked().0);
        assert!(client.head().starts_with("HTTP/1.1 503 "));
        drop(client);
        asking.server.wait_until("it has left", |counters| counters.connections == 0);
    }
    let mut client = Client::dial(asking.server.address());
    client.write(get("/").as_bytes());
    let (id, _) = asking.asked();
    for &late in late.iter().rev().chain(&late) {
        assert_eq!(asking.bring(late, "private"), Delivery::Gone);
    }
    assert_eq!(asking.bring(id, "mine"), Delivery::Queued);
    client.head();
    assert_eq!(client.bytes(4), b"mine");
}

#[test]
fn whoever_has_left_is_told_nothing() {
    let asking = Asking::new(Config::new());
    let mut client = Client::dial(asking.server.address());
    client.write(get("/one").as_bytes());
    let (id, _) = asking.asked();
    reset_when_dropped(&client.stream());
    drop(client);
    asking.server.wait_until("it has left", |counters| counters.connections == 0);
    assert_eq!(asking.bring(id, "nobody"), Delivery::Gone);
}

#[test]
fn a_client_that_only_listens_any_more_still_gets_its_page() {
    let asking = Asking::new(Config::new());
    let mut client = Client::dial(asking.server.address());
    client.write(get("/one").as_bytes());
    let (id, _) = asking.asked();
    client.end();
    assert_eq!(asking.bring(id, "one"), Delivery::Queued);
    assert_eq!(field(&client.head(), "Connection"), Some("close"));
    assert_eq!(client.bytes(3), b"one");
}

#[test]
fn a_page_in_place_of_a_web_socket_may_come_later() {
    let asking = Asking::new(Config::new());
    let mut client = Client::dial(asking.server.address());
    client.write(upgrade_request("").as_bytes());
    let (id, _) = asking.asked();
    assert_eq!(asking.bring(id, "instead"), Delivery::Queued);
    assert!(client.head().starts_with("HTTP/1.1 200 "));
    assert_eq!(client.bytes(7), b"instead");
    // And the connection goes on, as it would if the page had come at once.
    client.write(get("/here").as_bytes());
    client.head();
    assert_eq!(client.bytes(7), b"at hand");
}
