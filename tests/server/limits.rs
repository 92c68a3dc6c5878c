//! How many connections there may be, and which answer those get that are too many.

use pollcat::{Config, Departure, Refusal};
use pollcat_testing::client::{Client, upgrade_request};

use crate::directed::Directed;

#[test]
fn one_connection_too_many_is_told_503_and_one_that_leaves_makes_room() {
    let server = Directed::start(Config::new().max_connections(2));
    let (first, first_client) = server.guest();
    let (_, mut second_client) = server.guest();
    let mut third = Client::dial(server.running.address());
    third.write(upgrade_request("").as_bytes());
    let head = third.head();
    assert!(head.starts_with("HTTP/1.1 503 ") && head.contains("\r\nRetry-After: "), "{head}");
    assert!(head.contains("\r\nConnection: close\r\n"), "{head}");
    drop(third);
    drop(first_client);
    assert_eq!(server.departure(first), Departure::Lost);
    server.running.wait_until("there is room", |counters| counters.connections == 1);
    let (_, mut fourth_client) = server.guest();
    server.direct(|peers| peers.broadcast("both"));
    assert_eq!([second_client.text(), fourth_client.text()], ["both", "both"]);
    assert_eq!(server.running.counters().refused(Refusal::ServerFull), 1);
}

#[test]
fn a_flood_neither_hurts_those_who_are_there_nor_lasts() {
    let server = Directed::start(Config::new().max_connections(1));
    let (id, mut client) = server.guest();
    let address = server.running.address();
    // Most of these wait in the listener's queue: there is no room even to say no to them.
    let flood: Vec<_> = (0..100).map(|_| Client::dial(address)).collect();
    server.direct(move |peers| peers.send(id, "undisturbed"));
    assert_eq!(client.text(), "undisturbed");
    assert!(server.running.counters().connections <= 1 + 32);
    drop(flood);
    let accepted = |counters: &pollcat::Counters| (counters.accepted, counters.connections) == (101, 1);
    server.running.wait_until("the flood is over", accepted);
    let mut late = Client::dial(address);
    late.write(upgrade_request("").as_bytes());
    assert!(late.head().starts_with("HTTP/1.1 503 "));
}

#[test]
fn a_foreign_page_is_refused_before_the_application_is_asked() {
    let server = Directed::start(Config::new());
    let mut client = Client::dial(server.running.address());
    client.write(upgrade_request("Origin: https://evil.example\r\n").as_bytes());
    assert!(client.head().starts_with("HTTP/1.1 403 "));
    let mut own = Client::dial(server.running.address());
    own.open("Origin: http://localhost\r\n");
    server.opened();
    assert_eq!(server.events_so_far(), []);
}
