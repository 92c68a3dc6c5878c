//! Requests that need no answer any more.

use std::time::Duration;

use pollcat::{Answer, CloseCode, Config, Delivery};
use pollcat_testing::client::{BINARY, Client, PATIENCE, SHORT, TEXT, masked, upgrade_request};
use pollcat_testing::raw::reset_when_dropped;

use super::{Door, Event};

/// The time is not up before the test is.
fn patient() -> Config {
    Config::new().handshake_within(3 * PATIENCE)
}

#[test]
fn whoever_leaves_before_the_answer_is_gone_once_whatever_it_has_said() {
    for unread in [0, 100, 40 << 10] {
        for is_reset in [false, true] {
            let door = Door::new(patient());
            let (request, mut client) = door.ask("", b"");
            if unread > 0 {
                client.send(BINARY, &vec![7; unread]);
            }
            if is_reset {
                reset_when_dropped(&client.stream());
            }
            drop(client);
            assert_eq!(door.event(), Event::Gone(request));
            assert_eq!(door.answer(request, Answer::accept()), Delivery::Gone);
            door.ends_empty();
        }
    }
}

/// It was too much to be held, and the end lies behind it. No further event will come. (An end that does not fit into
/// the window of TCP has not arrived: nobody can know of it.)
#[test]
fn whoever_has_left_when_the_request_is_read_is_gone_too() {
    for unread in [0, 100, 40 << 10] {
        let door = Door::new(patient());
        let gate = door.hold_up();
        let mut client = Client::dial(door.server.address());
        let frame = masked(BINARY, &vec![7; unread]);
        client.write(&[upgrade_request("").as_bytes(), &frame].concat());
        client.end();
        drop(gate);
        let request = door.asked();
        assert_eq!(door.event(), Event::Gone(request));
        drop(client);
        door.ends_empty();
    }
}

#[test]
fn nobody_waits_longer_than_the_handshake_may_take() {
    let door = Door::new(Config::new().handshake_within(SHORT));
    let (request, mut client) = door.ask("", &masked(TEXT, b"hello?"));
    let head = client.head();
    assert!(head.starts_with("HTTP/1.1 503 ") && head.contains("\r\nConnection: close\r\n"), "{head}");
    assert_eq!(door.event(), Event::Gone(request));
    assert_eq!(door.answer(request, Answer::accept()), Delivery::Gone);
    client.bytes("503 Service Unavailable: it takes too long\n".len());
    client.nothing_more();
    drop(client);
    door.ends_empty();
}

#[test]
fn nobody_waits_for_a_server_that_stops() {
    let door = Door::new(Config::new());
    let (request, mut client) = door.ask("", &masked(TEXT, b"hello?"));
    let answer = door.direct(move |peers| {
        peers.stop();
        Answer::accept()
    });
    assert_eq!(door.event(), Event::Gone(request));
    drop(answer);
    let head = client.head();
    assert!(head.starts_with("HTTP/1.1 503 "), "{head}");
    drop(client);
    door.stops();
}

/// Its answer may come while the others leave; but no later.
#[test]
fn whoever_waits_for_a_page_waits_no_longer_than_the_server_takes_to_stop() {
    let door = Door::new(patient().close_within(Duration::from_millis(300)));
    let page = "GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let [mut client, mut other] = [(); 2].map(|()| Client::dial(door.server.address()));
    client.write(page.as_bytes());
    let request = door.asked();
    other.write(page.as_bytes());
    let in_time = door.asked();
    let delivery = door.direct(move |peers| {
        peers.stop();
        peers.answer_request(in_time, Answer::page("text/plain", "in time"))
    });
    assert_eq!(delivery, Delivery::Queued);
    assert!(other.head().starts_with("HTTP/1.1 200 "));
    assert_eq!(door.event(), Event::Gone(request));
    let head = client.head();
    assert!(head.starts_with("HTTP/1.1 503 "), "{head}");
    drop((client, other));
    door.stops();
}

/// The answer was taken, so the request is not gone; but no WebSocket opens any more.
#[test]
fn whoever_is_accepted_in_the_moment_in_which_the_server_stops_is_refused() {
    let door = Door::new(Config::new());
    let (request, mut client) = door.ask("", b"");
    let delivery = door.direct(move |peers| {
        let delivery = peers.answer_request(request, Answer::accept());
        peers.stop();
        (delivery, peers.answer_request(request, Answer::accept()))
    });
    assert_eq!(delivery, (Delivery::Queued, Delivery::Gone));
    let head = client.head();
    assert!(head.starts_with("HTTP/1.1 503 "), "{head}");
    drop(client);
    door.stops();
}

/// Those who are there stay for a while, and those who wait at the door learn when to come again.
#[test]
fn nobody_waits_for_a_server_that_is_drained() {
    let door = Door::new(Config::new());
    let mut guest = Client::dial(door.server.address());
    guest.write(upgrade_request("").replacen("GET / ", "GET /now ", 1).as_bytes());
    guest.head();
    assert!(matches!(door.event(), Event::Opened(..)));
    let (request, mut client) = door.ask("", &masked(TEXT, b"hello?"));
    let over = Duration::from_secs(1000);
    door.direct(move |peers| peers.drain(over, CloseCode::SERVICE_RESTART));
    assert_eq!(door.event(), Event::Gone(request));
    assert_eq!(door.answer(request, Answer::accept()), Delivery::Gone);
    let head = client.head();
    assert!(head.starts_with("HTTP/1.1 503 ") && head.contains("\r\nRetry-After: "), "{head}");
    drop((client, guest));
    assert!(matches!(door.event(), Event::Left(..)));
    door.stops();
}
