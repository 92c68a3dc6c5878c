//! The answer accepts, refuses, or is a mistake.

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;

use pollcat::{Answer, CloseCode, Config, Delivery, Departure, NotDelivered};
use pollcat_testing::client::{Client, PATIENCE, TEXT, masked, upgrade_request};

use super::{Door, Doorkeeper, Event, Guest, echoes};
use crate::running::Running;

#[test]
fn a_websocket_opens_when_its_answer_has_come_with_the_same_request_and_what_the_answer_carries() {
    let door = Door::new(Config::new());
    let mut client = Client::dial(door.server.address());
    let request = upgrade_request("Cookie: id=7\r\nSec-WebSocket-Protocol: chat.v1\r\n");
    client.write(request.replacen("GET /", "GET /ws?room=tea", 1).as_bytes());
    let request = door.asked();
    let answer = Answer::accept()
        .subprotocol(Some("chat.v1"))
        .header("Set-Cookie", "id=8")
        .with(7)
        .with(Guest("anna".into()));
    assert_eq!(door.answer(request, answer), Delivery::Queued);
    let head = client.head();
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    for line in ["Sec-WebSocket-Protocol: chat.v1", "Set-Cookie: id=8"] {
        assert!(head.contains(&format!("\r\n{line}\r\n")), "{head}");
    }
    let Event::Opened(id, (target, cookie, ..), guest) = door.event() else { panic!("it opens") };
    assert_eq!((id, guest), (request.peer(), Some(Guest("anna".into()))));
    assert_eq!((&*target, cookie.as_deref()), ("/ws?Some(\"room=tea\")", Some("id=7")));
    echoes(&door, id, &mut client);
    let counters = door.server.counters();
    assert_eq!((counters.opened, counters.refused_by_application, counters.pages), (1, 0, 0));
    assert_eq!(door.answer(request, Answer::accept()), Delivery::Gone, "it has its answer");
}

#[test]
fn an_answer_that_comes_at_once_carries_as_well() {
    let door = Door::new(Config::new());
    let mut client = Client::dial(door.server.address());
    client.write(upgrade_request("").replacen("GET /", "GET /now", 1).as_bytes());
    assert!(client.head().starts_with("HTTP/1.1 101 "));
    let Event::Opened(_, _, guest) = door.event() else { panic!("it opens") };
    assert_eq!(guest, Some(Guest("at once".into())));
}

/// An open peer keeps nothing of it.
#[test]
fn what_is_not_taken_out_in_on_open_is_dropped() {
    let door = Door::new(Config::new());
    let (request, mut client) = door.ask("", b"");
    let (carried, refused) = (Arc::new(7_u8), Arc::new(8_u8));
    let answer = Answer::accept().with("another takes its place").with(Arc::clone(&carried));
    assert_eq!(door.answer(request, answer), Delivery::Queued);
    client.head();
    let id = door.opened(request);
    assert_eq!(door.direct(move |peers| peers.opened_with::<Arc<u8>>(id)), None);
    assert_eq!(Arc::strong_count(&carried), 1);
    echoes(&door, id, &mut client);

    // Nor does one that never opens.
    let (request, client) = door.ask("", b"");
    drop(client);
    assert_eq!(door.event(), Event::Gone(request));
    assert_eq!(door.answer(request, Answer::accept().with(Arc::clone(&refused))), Delivery::Gone);
    assert_eq!(Arc::strong_count(&refused), 1);
}

#[test]
fn another_thread_decides_by_mail() {
    let door = Door::new(Config::new());
    let (request, mut client) = door.ask("", b"");
    let (refused, mut other) = door.ask("", b"");
    let mailbox = door.server.mailbox.clone();
    let database = thread::spawn(move || {
        mailbox.answer_request(refused, Answer::refuse(403, "no")).expect("there is room");
        mailbox.answer_request(request, Answer::accept()).expect("there is room");
    });
    database.join().expect("it does not panic");
    assert!(client.head().starts_with("HTTP/1.1 101 "));
    assert!(other.head().starts_with("HTTP/1.1 403 "));
    let id = door.opened(request);
    echoes(&door, id, &mut client);
    let mailbox = door.server.mailbox.clone();
    door.server.mailbox.stop();
    client.close_frame();
    client.close(1001);
    drop((client, other));
    door.server.join();
    match mailbox.answer_request(request, Answer::refuse(401, "the server has stopped")) {
        Err(NotDelivered::Stopped(answer)) => assert_eq!(answer.status(), Some(401)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_refusal_that_comes_later_has_its_status_and_headers_and_the_client_may_try_again() {
    let door = Door::new(Config::new());
    let (request, mut client) = door.ask("", b"");
    let answer = Answer::refuse(401, "who are you?").header("WWW-Authenticate", "Bearer");
    assert_eq!(door.answer(request, answer), Delivery::Queued);
    let head = client.head();
    assert!(head.starts_with("HTTP/1.1 401 "), "{head}");
    assert!(
        head.contains("\r\nWWW-Authenticate: Bearer\r\n") && !head.contains("Connection: close"),
        "{head}"
    );
    client.bytes("401 Unauthorized: who are you?\n".len());
    // The same connection, and another request.
    client.write(upgrade_request("Authorization: Bearer x\r\n").as_bytes());
    let again = door.asked();
    assert_eq!((again.peer(), again == request), (request.peer(), false));
    assert_eq!(door.answer(request, Answer::accept()), Delivery::Gone);
    assert_eq!(door.answer(again, Answer::accept()), Delivery::Queued);
    assert!(client.head().starts_with("HTTP/1.1 101 "));
    let id = door.opened(again);
    echoes(&door, id, &mut client);
    let counters = door.server.counters();
    assert_eq!((counters.opened, counters.refused_by_application, counters.pages), (1, 1, 0));
}

/// A database that was away for a moment decides on many at once.
#[test]
fn whoever_is_there_has_a_turn_while_many_are_opened() {
    const MANY: usize = 200;
    // The first of them waits until the last has asked.
    let door = Door::new(Config::new().handshake_within(10 * PATIENCE).ping_after(10 * PATIENCE));
    let (request, mut client) = door.ask("", b"");
    door.answer(request, Answer::accept());
    client.head();
    let id = door.opened(request);
    let (requests, mut clients): (Vec<_>, Vec<_>) = (0..MANY).map(|_| door.ask("", b"")).unzip();
    let gate = door.hold_up();
    client.send(TEXT, b"echo");
    door.server.wait_for_bytes_of(&client);
    for &request in &requests {
        door.server.mailbox.answer_request(request, Answer::accept()).expect("there is room");
    }
    drop(gate);
    let events: Vec<Event> = (0..=MANY).map(|_| door.event()).collect();
    let said = events.iter().position(|event| *event == Event::Said(id, b"echo".into()));
    let opened = said.expect("it is heard");
    assert!(opened < MANY, "all were opened before");
    for (request, client) in requests.into_iter().zip(&mut clients) {
        assert!(client.head().starts_with("HTTP/1.1 101 "));
        echoes(&door, request.peer(), client);
    }
}

#[test]
fn an_answer_that_is_put_off_once_more_is_a_mistake() {
    let door = Door::new(Config::new());
    let (request, mut client) = door.ask("", b"");
    assert_eq!(door.answer(request, Answer::later()), Delivery::Queued);
    assert!(client.head().starts_with("HTTP/1.1 500 "));
    assert_eq!(door.answer(request, Answer::accept()), Delivery::Gone);
}

#[test]
fn a_panic_in_on_open_costs_a_late_peer_its_connection_as_any_other() {
    let (tell, events) = channel();
    let handler = Doorkeeper { tell, shown: Vec::new() };
    let door = Door { server: Running::start(Config::new(), handler).expect_panics(), events };
    let mut client = Client::dial(door.server.address());
    let frame = masked(TEXT, b"nobody hears this");
    let request = upgrade_request("").replacen("GET /", "GET /?panic", 1);
    client.write(&[request.as_bytes(), &frame].concat());
    let request = door.asked();
    assert_eq!(door.answer(request, Answer::accept()), Delivery::Queued);
    assert!(client.head().starts_with("HTTP/1.1 101 "));
    let id = door.opened(request);
    assert_eq!(client.close_frame().0, 1011);
    client.close(1011);
    assert_eq!(door.event(), Event::Left(id, Departure::Closed(CloseCode::INTERNAL_ERROR)));
    drop(client);
    door.ends_empty();
}

#[test]
fn a_client_that_waits_for_a_100_gets_it_with_its_101() {
    let door = Door::new(Config::new());
    let (request, mut client) = door.ask("Expect: 100-continue\r\n", b"");
    assert_eq!(door.answer(request, Answer::accept()), Delivery::Queued);
    assert!(client.head().starts_with("HTTP/1.1 100 "));
    assert!(client.head().starts_with("HTTP/1.1 101 "));
    let id = door.opened(request);
    echoes(&door, id, &mut client);
}
