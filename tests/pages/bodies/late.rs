//! Bodies of requests that are answered later, and answers that come later than their body.

use pollcat::Delivery;
use pollcat_testing::client::{SHORT, upgrade_request};

use super::*;

impl Open {
    #[track_caller]
    fn answer(&self, id: RequestId, answer: Answer) {
        let posted = self.server.mailbox.answer_request(id, answer);
        assert!(posted.is_ok(), "there is room");
    }
}

#[test]
fn a_body_may_be_asked_for_later() {
    let open = Open::new(Config::new());
    for whole in [post("/later", "hello"), chunked("/later", &["he", "llo"])] {
        let head = whole.find("\r\n\r\n").expect("it has an end") + 4;
        // Nothing of it has come by then, some, or all of it.
        for first in [0, 2, whole.len() - head] {
            let mut client = open.dial();
            client.write(&whole.as_bytes()[..head + first]);
            let id = open.asked();
            open.answer(id, Answer::read_body(LIMIT));
            client.write(&whole.as_bytes()[head + first..]);
            let answer = client.head();
            assert_eq!((field(&answer, "Connection"), client.bytes(5)), (None, b"hello".to_vec()), "{first}");
            assert_eq!(open.said(), Said::Body(id, "POST /later".into(), b"hello".to_vec()));
            assert_eq!(ask(&mut client, &get("/page")).1, "a page");
        }
    }
    open.server.wait_until("all is counted", |counters| counters.pages == 12 && counters.receiving == 0);
}

#[test]
fn one_without_a_body_may_be_asked_for_it_too() {
    let open = Open::new(Config::new());
    let mut client = open.dial();
    for method in ["POST", "GET"] {
        client.write(request(method, "/later", "1.1", "").as_bytes());
        let id = open.asked();
        open.answer(id, Answer::read_body(LIMIT));
        assert_eq!(field(&client.head(), "Connection"), None);
        assert_eq!(open.said(), Said::Body(id, format!("{method} /later"), Vec::new()));
    }
}

#[test]
fn a_client_that_expects_it_is_told_to_go_on_when_the_body_is_asked_for() {
    let open = Open::new(Config::new());
    let mut client = open.dial();
    let fields = "Expect: 100-continue\r\nContent-Length: 5\r\n";
    client.write(request("POST", "/later", "1.1", fields).as_bytes());
    let id = open.asked();
    open.answer(id, Answer::read_body(LIMIT));
    assert_eq!(client.head(), "HTTP/1.1 100 Continue\r\n\r\n");
    client.write(b"hello");
    client.head();
    assert_eq!(client.bytes(5), b"hello");
}

#[test]
fn a_late_body_is_put_under_the_id_of_its_own_request_whoever_has_asked_since() {
    let open = Open::new(Config::new());
    for arrives in [false, true] {
        let mut clients = [open.dial(), open.dial()];
        let whole = post("/later", "hello");
        let (head, body) = whole.split_at(whole.len() - 5);
        let ids = clients.each_mut().map(|client| {
            client.write(head.as_bytes());
            if arrives {
                client.write(body.as_bytes());
            }
            open.asked()
        });
        for (client, id) in clients.iter_mut().zip(ids) {
            open.answer(id, Answer::read_body(LIMIT));
            if !arrives {
                client.write(body.as_bytes());
            }
            client.head();
            assert_eq!(open.said(), Said::Body(id, "POST /later".into(), b"hello".to_vec()));
        }
    }
}

#[test]
fn another_answer_ends_the_connection_and_the_body_is_no_request() {
    let open = Open::new(Config::new());
    let hidden = get("/hidden");
    for first in [0, hidden.len()] {
        let mut client = open.dial();
        let whole = post("/later", &hidden);
        client.write(&whole.as_bytes()[..whole.len() - hidden.len() + first]);
        let id = open.asked();
        open.answer(id, Answer::refuse(403, "not you"));
        let head = client.head();
        assert_eq!(field(&head, "Connection"), Some("close"), "{head}");
        client.write(&hidden.as_bytes()[first..]);
        assert_eq!(client.bytes(23), b"403 Forbidden: not you\n");
        client.nothing_more();
    }
    open.said_nothing_more();
}

#[test]
fn a_late_body_keeps_the_rules() {
    let open = Open::new(Config::new().body_within(SHORT));
    let table = [
        ("Content-Length: 1001\r\n", "", Refusal::BodyTooLarge),
        ("Content-Length: 5\r\nContent-Encoding: br\r\n", "hello", Refusal::ContentEncoding),
        ("Transfer-Encoding: chunked\r\n", "x", Refusal::Chunk),
        ("Content-Length: 5\r\n", "hell", Refusal::TooSlow),
    ];
    for (fields, body, refusal) in table {
        let mut client = open.dial();
        client.write((request("POST", "/later", "1.1", fields) + body).as_bytes());
        let id = open.asked();
        open.answer(id, Answer::read_body(LIMIT));
        let head = client.head();
        assert!(head.starts_with(&format!("HTTP/1.1 {} ", refusal.status())), "{refusal:?}: {head}");
        assert_eq!(open.said(), Said::Refused(refusal, true));
        // It was to be answered, and needs no answer any more.
        assert_eq!(open.said(), Said::Gone(id));
    }
}

#[test]
fn who_leaves_within_a_late_body_is_told_of_once() {
    let open = Open::new(Config::new());
    for asks in [false, true] {
        let mut client = open.dial();
        let whole = post("/later", "hello");
        client.write(&whole.as_bytes()[..whole.len() - 1]);
        let id = open.asked();
        if asks {
            open.answer(id, Answer::read_body(LIMIT));
            // Once is enough, and it counts: nothing else is taken for this request.
            open.answer(id, Answer::page("text/plain", "too late"));
        }
        reset_when_dropped(&client.stream());
        drop(client);
        assert_eq!(open.said(), Said::Gone(id));
        open.server.wait_until("it has left", |counters| counters.connections == 0);
    }
    open.said_nothing_more();
}

#[test]
fn the_answer_to_a_body_may_come_later() {
    let open = Open::new(Config::new());
    let mut client = open.dial();
    for _ in 0..3 {
        client.write(post("/body-later", "hello").as_bytes());
        let id = open.asked();
        assert_eq!(open.said(), Said::Body(id, "POST /body-later".into(), b"hello".to_vec()));
        open.answer(id, Answer::page("text/plain", "done"));
        assert_eq!(field(&client.head(), "Connection"), None);
        assert_eq!(client.bytes(4), b"done");
    }
    // The body has been read, and is not there to be read again.
    client.write(post("/body-later", "hello").as_bytes());
    let id = open.asked();
    open.said();
    open.answer(id, Answer::read_body(LIMIT));
    assert!(client.head().starts_with("HTTP/1.1 500 "));
    let mut gone = open.dial();
    gone.write(post("/body-later", "hello").as_bytes());
    let id = open.asked();
    open.said();
    reset_when_dropped(&gone.stream());
    drop(gone);
    assert_eq!(open.said(), Said::Gone(id));
}

#[test]
fn a_web_socket_has_no_body_to_be_asked_for_later() {
    /// Puts off everything.
    struct Later(Sender<RequestId>);

    impl Handler<RequestId> for Later {
        fn on_request(&mut self, peers: &mut Peers, id: PeerId, _: &Request<'_>) -> Answer {
            self.0.send(peers.request_id(id)).expect("the test waits for it");
            Answer::later()
        }

        fn on_mail(&mut self, peers: &mut Peers, id: RequestId) {
            assert_eq!(peers.answer_request(id, Answer::read_body(5)), Delivery::Queued);
            assert_eq!(peers.answer_request(id, Answer::read_body(5)), Delivery::Gone);
        }

        fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}
    }

    let (asks, asked) = channel();
    let server = Running::start(Config::new(), Later(asks));
    let mut client = Client::dial(server.address());
    client.write(upgrade_request("").as_bytes());
    let id = asked.recv_timeout(PATIENCE).expect("it is asked");
    server.mailbox.deliver(id).expect("there is room");
    assert!(client.head().starts_with("HTTP/1.1 500 "));
}
