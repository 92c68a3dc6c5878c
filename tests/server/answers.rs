//! Answers in a turn of many: the server waits in a handler until all peers have sent something, and then reads all
//! of it in one turn.

use std::sync::mpsc::{Receiver, Sender, channel};

use pollcat::{Config, Message, PeerId, Peers, handler_fn};
use pollcat_testing::client::{Client, PATIENCE, TEXT};

use crate::running::Running;

const CLIENTS: usize = 200;

/// Clients who have said their number, to a server that waits for `go` before it hears them.
struct Crowd {
    go: Sender<()>,
    clients: Vec<Client>,
    _gatekeeper: Client,
    // Goes last, so that nobody is waited for who has left.
    _server: Running,
}

impl Crowd {
    fn gather(mut hear: impl FnMut(&mut Peers, PeerId, usize) + Send + 'static) -> Self {
        let (go, gate) = channel();
        let (at_the_gate, waits) = channel();
        let server = Running::start(
            Config::new(),
            handler_fn(move |peers, from, message| match number_in(message) {
                Some(number) => hear(peers, from, number),
                None => {
                    at_the_gate.send(()).expect("the test listens");
                    next(&gate);
                }
            }),
        );
        let mut clients: Vec<Client> = (0..CLIENTS).map(|_| Client::connect(server.address())).collect();
        let mut gatekeeper = Client::connect(server.address());
        gatekeeper.send(TEXT, b"wait");
        next(&waits);
        for (number, client) in clients.iter_mut().enumerate() {
            client.send(TEXT, number.to_string().as_bytes());
        }
        Crowd { go, clients, _gatekeeper: gatekeeper, _server: server }
    }
}

fn number_in(message: Message<'_>) -> Option<usize> {
    match message {
        Message::Text(text) => text.parse().ok(),
        Message::Binary(_) => None,
    }
}

#[test]
fn answers_and_what_everybody_hears_keep_their_order() {
    let is_for_all = |number| number % 70 == 60;
    let (heard, order) = channel();
    let mut crowd = Crowd::gather(move |peers, from, number| {
        heard.send(number).expect("the test listens");
        match is_for_all(number) {
            true => peers.broadcast(&number.to_string()),
            false => drop(peers.send(from, &number.to_string())),
        }
    });
    crowd.go.send(()).expect("the server waits");
    let order: Vec<usize> = (0..CLIENTS).map(|_| next(&order)).collect();
    for (number, client) in crowd.clients.iter_mut().enumerate() {
        for &said in order.iter().filter(|&&said| said == number || is_for_all(said)) {
            assert_eq!(client.text(), said.to_string(), "client {number}");
        }
    }
}

/// Those who speak early are served before the listeners; here many speak later.
#[test]
fn all_who_speak_in_a_turn_hear_everything_in_the_order_of_the_calls() {
    let words_of = |number: usize| format!("these are the words of number {number}");
    let (heard, order) = channel();
    let mut crowd = Crowd::gather(move |peers, from, number| {
        heard.send(number).expect("the test listens");
        let said = words_of(number);
        match number % 5 {
            0 => peers.broadcast(&said),
            1 => peers.broadcast_from(from, &said),
            2 => peers.subscribe(from, "tea"),
            3 => peers.publish("tea", &said),
            _ => {
                peers.send(from, "before");
                peers.broadcast(&said);
                peers.send(from, "after");
            }
        }
    });
    crowd.go.send(()).expect("the server waits");
    let mut expected = vec![Vec::new(); CLIENTS];
    let mut tea = Vec::new();
    for number in (0..CLIENTS).map(|_| next(&order)) {
        match number % 5 {
            2 => tea.push(number),
            3 => tea.iter().for_each(|&listener: &usize| expected[listener].push(words_of(number))),
            kind => {
                for (listener, expected) in expected.iter_mut().enumerate() {
                    match (kind, listener == number) {
                        (1, true) => {}
                        (4, true) => expected.extend(["before".into(), words_of(number), "after".into()]),
                        _ => expected.push(words_of(number)),
                    }
                }
            }
        }
    }
    for (number, client) in crowd.clients.iter_mut().enumerate() {
        let texts: Vec<String> = expected[number].iter().map(|_| client.text()).collect();
        assert_eq!(texts, expected[number], "client {number}");
    }
}

#[test]
fn an_answer_does_not_wait_until_everybody_has_been_heard() {
    let (read, may_end) = channel::<()>();
    let mut heard = 0;
    let mut crowd = Crowd::gather(move |peers, from, number| {
        heard += 1;
        peers.send(from, &number.to_string());
        if heard == CLIENTS {
            next(&may_end); // the turn goes on until the first answer has been read
        }
    });
    crowd.go.send(()).expect("the server waits");
    assert_eq!(crowd.clients[0].text(), "0");
    read.send(()).expect("the server waits");
    for (number, client) in crowd.clients.iter_mut().enumerate().skip(1) {
        assert_eq!(client.text(), number.to_string());
    }
}

#[track_caller]
fn next<T>(of: &Receiver<T>) -> T {
    of.recv_timeout(PATIENCE).expect("it comes")
}
