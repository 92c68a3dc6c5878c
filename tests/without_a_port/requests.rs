//! Pages, and what comes before a WebSocket.

use std::time::Duration;

use pollcat::testing::{Bench, ClientRequest};
use pollcat::{Answer, Handler, Message, PeerId, Peers, Request, RequestId};

/// Answers by path.
#[derive(Default)]
struct House {
    waiting: Vec<RequestId>,
    gone: Vec<RequestId>,
}

impl Handler<Answer> for House {
    fn on_request(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) -> Answer {
        match request.path() {
            "/chat" => Answer::accept()
                .subprotocol(request.choose_subprotocol(&["v2", "v1"]))
                .header("X-Room", "tea"),
            "/later" => {
                self.waiting.push(peers.request_id(id));
                Answer::later()
            }
            "/" => {
                Answer::page("text/html", "<p>hello").header("Set-Cookie", "a=1").header("Set-Cookie", "b=2")
            }
            _ => Answer::refuse(404, "nothing here"),
        }
    }

    fn on_request_gone(&mut self, _: &mut Peers, request: RequestId) {
        self.gone.push(request);
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        peers.send(from, message);
    }

    fn on_mail(&mut self, peers: &mut Peers, answer: Answer) {
        for request in self.waiting.drain(..) {
            peers.answer_request(request, answer.clone());
        }
    }
}

#[test]
fn a_page_has_its_status_its_fields_and_its_body() {
    let mut bench = Bench::new(House::default());
    let page = bench.request("/");
    assert_eq!(
        (page.status(), page.text(), page.header("content-TYPE")),
        (200, "<p>hello", Some("text/html"))
    );
    let cookies: Vec<&str> =
        page.headers().filter(|(name, _)| *name == "Set-Cookie").map(|(_, value)| value).collect();
    assert_eq!(cookies, ["a=1", "b=2"]);
    let head = bench.request(ClientRequest::new("HEAD", "/"));
    assert_eq!((head.status(), head.body(), head.header("Content-Length")), (200, &b""[..], Some("8")));
    assert_eq!(bench.request("/nowhere").to_string(), "404 Not Found: nothing here");
    assert_eq!(bench.counters().connections, 0);
}

#[test]
fn one_connection_brings_several_requests_and_then_a_websocket() {
    let mut bench = Bench::new(House::default());
    let anna = bench.ask("/");
    assert_eq!(bench.answer(anna).unwrap().status(), 200);
    bench.ask_again(anna, "/nowhere");
    assert_eq!(bench.answer(anna).unwrap().status(), 404);
    bench.ask_again(anna, ClientRequest::websocket("/chat").subprotocols(&["v0", "v1"]));
    assert_eq!(bench.answer(anna).unwrap().status(), 101);
    bench.say(anna, "on the same connection");
    assert_eq!(bench.heard(anna), ["on the same connection"]);
    let opening = bench.opening(anna).unwrap();
    assert_eq!(
        (opening.header("Sec-WebSocket-Protocol"), opening.header("X-Room")),
        (Some("v1"), Some("tea"))
    );
    assert_eq!(bench.counters().accepted, 1);
}

#[test]
fn an_answer_may_come_later() {
    let mut bench = Bench::new(House::default());
    let anna = bench.ask("/later");
    assert!(bench.answer(anna).is_none());
    bench.mail(Answer::page("text/plain", "at last"));
    assert_eq!(bench.answer(anna).unwrap().text(), "at last");
}

#[test]
fn a_websocket_may_be_opened_later_and_its_client_may_not_wait_for_it() {
    let mut bench = Bench::new(House::default());
    let [anna, ben, carla] = [(); 3].map(|()| bench.ask(ClientRequest::websocket("/later")));
    bench.say(anna, "early");
    bench.leave(ben);
    assert_eq!(bench.handler().gone.len(), 1);
    bench.pass(Duration::from_secs(5));
    assert!(bench.answer(anna).is_none());
    bench.mail(Answer::accept());
    assert_eq!((bench.answer(anna).unwrap().status(), bench.answer(carla).unwrap().status()), (101, 101));
    assert_eq!(bench.heard(anna), ["early"]);

    let dora = bench.ask(ClientRequest::websocket("/later"));
    bench.pass(Duration::from_secs(11));
    assert_eq!(bench.answer(dora).unwrap().status(), 503);
    assert_eq!(bench.handler().gone.len(), 2);
}

#[test]
fn what_is_no_request_gets_its_refusal() {
    let mut bench = Bench::new(House::default());
    for (bytes, status) in [
        (&b"hello\r\n\r\n"[..], 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 405),
    ] {
        let anna = bench.connect();
        for byte in bytes {
            bench.send_bytes(anna, &[*byte]);
        }
        let refused = bench.answer(anna).expect("a refusal").status();
        assert!(
            refused == status || (status == 405 && refused == 501),
            "{refused} to {}",
            bytes.escape_ascii()
        );
        assert!(bench.has_ended(anna));
    }
}
