//! Settings that are changed while the server runs: for whom they hold, and that nobody leaves because of them.

use pollcat::{Config, Departure, Hosts, Networks, Origins, Peers, Proxies, Refusal};
use pollcat_testing::client::{Client, upgrade_request};

use crate::directed::{Directed, Event};

/// How a request for a WebSocket with these fields is answered. The connection is there as long as the client is.
fn ask(server: &Directed, fields: &str) -> (Client, String) {
    let mut client = Client::dial(server.running.address());
    client.write(upgrade_request(fields).as_bytes());
    let status = client.head()[9..12].to_owned();
    if status == "101" {
        server.opened();
    }
    (client, status)
}

#[track_caller]
fn assert_status(server: &Directed, fields: &str, expected: &str) {
    assert_eq!(ask(server, fields).1, expected, "{fields}");
}

/// So many connections are there, and the server has noticed.
fn wait_for(server: &Directed, connections: u64) {
    server.running.wait_until("they have left", |counters| counters.connections == connections);
    server.events_so_far();
}

#[test]
fn origins_and_names_hold_for_the_next_request() {
    let server = Directed::start(Config::new());
    let page = "Origin: https://app.example\r\n";
    assert_status(&server, page, "403");
    server.direct(|peers| peers.set_origins(Origins::only(["https://app.example"]).expect("one is")));
    let (mut client, status) = ask(&server, page);
    assert_eq!(status, "101");
    server.direct(|peers| {
        peers.set_origins(Origins::same());
        peers.set_hosts(Hosts::only(["other.example"]).expect("one is"));
    });
    assert_status(&server, "", "421");
    server.direct(|peers| peers.set_hosts(Hosts::any()));
    assert_status(&server, page, "403");
    // Who was let in stays.
    server.direct(|peers| peers.broadcast("all"));
    assert_eq!(client.text(), "all");
}

#[test]
fn fewer_connections_than_there_are_end_nobody_and_newcomers_hear_so_at_once() {
    let server = Directed::start(Config::new().max_connections(100));
    let mut guests: Vec<_> = (0..50).map(|_| server.guest()).collect();
    assert_eq!(server.direct(|peers| peers.set_max_connections(2)), 2);
    // More of them than are turned away at a time.
    for _ in 0..40 {
        assert_status(&server, "", "503");
    }
    server.direct(|peers| peers.broadcast("all"));
    guests.iter_mut().for_each(|(_, client)| assert_eq!(client.text(), "all"));
    guests.truncate(2);
    wait_for(&server, 2);
    assert_status(&server, "", "503");
    guests.truncate(1);
    wait_for(&server, 1);
    assert_status(&server, "", "101");
    wait_for(&server, 1);

    // Those who wait because there is no room even to say so come in when there is.
    server.direct(|peers| peers.set_max_connections(0));
    let address = server.running.address();
    let mut waiting: Vec<_> = (0..60).map(|_| Client::dial(address)).collect();
    server.running.wait_until("some wait", |counters| counters.connections == 1 + 32);
    assert_eq!(server.direct(|peers| peers.set_max_connections(1_000)), 1_000);
    server.running.wait_until("all are in", |counters| counters.connections == 1 + 60);
    let heads = waiting.iter_mut().map(|client| {
        client.write(upgrade_request("").as_bytes());
        client.head()[9..12].to_owned()
    });
    let heads: Vec<_> = heads.collect();
    let count = |status: &str| heads.iter().filter(|head| *head == status).count();
    assert_eq!((count("503"), count("101")), (32, 28));
}

#[test]
fn the_limit_of_an_address_holds_for_whoever_comes_next() {
    let trusted = Proxies::only(["127.0.0.0/8"]).expect("it is a network");
    let server = Directed::start(Config::new().trust_proxies(trusted).max_connections_per_address(3));
    let [one, other] = ["X-Forwarded-For: 192.0.2.1\r\n", "X-Forwarded-For: 192.0.2.7\r\n"];
    let mut clients: Vec<_> = (0..3).map(|_| ask(&server, one)).collect();
    assert_status(&server, one, "429");
    server.direct(|peers| peers.set_max_connections_per_address(1));
    wait_for(&server, 3);
    assert_status(&server, one, "429");
    let (_other, status) = ask(&server, other);
    assert_eq!(status, "101");
    assert_status(&server, other, "429");
    clients.truncate(1);
    wait_for(&server, 2);
    assert_status(&server, one, "429");
    clients.clear();
    wait_for(&server, 1);
    let _one = ask(&server, one);

    // An office, that is trusted for a while.
    let office = Networks::only(["192.0.2.0/24"]).expect("it is one");
    server.direct(|peers| peers.set_trusted_networks(office));
    let more: Vec<_> = (0..5).map(|_| ask(&server, one)).collect();
    assert!(more.iter().all(|(_, status)| status == "101"));
    server.direct(|peers| peers.set_trusted_networks(Networks::none()));
    assert_status(&server, one, "429");
    let all = |counters: &pollcat::Counters| counters.refused(Refusal::AddressFull) == 5;
    server.running.wait_until("all of them are counted", all);
}

/// A proxy that is trusted no longer, or only now, on connections that were there before: what it says of its clients
/// counts from the next request on, and what was counted is given back when the connection ends.
#[test]
fn a_proxy_is_trusted_from_the_next_request_on() {
    let loopback = || Proxies::only(["127.0.0.0/8"]).expect("it is a network");
    let server = Directed::start(Config::new().trust_proxies(loopback()).max_connections_per_address(1));
    let one = "X-Forwarded-For: 192.0.2.1\r\n";
    let (_first, status) = ask(&server, one);
    assert_eq!(status, "101");

    // It connects while it is trusted, and asks when it is not: then the address is its own, and loopback has no limit.
    let connect = || Client::dial(server.running.address());
    let count = |connections: u64| server.running.wait_until("it is in", |it| it.connections == connections);
    let mut early = [connect(), connect()];
    count(3);
    server.direct(|peers| peers.set_proxies(Proxies::none()));
    for client in &mut early {
        client.write(upgrade_request(one).as_bytes());
        assert!(client.head().starts_with("HTTP/1.1 101 "));
        server.opened();
    }
    // And the other way round.
    let mut late = connect();
    count(4);
    server.direct(move |peers| peers.set_proxies(loopback()));
    late.write(upgrade_request(one).as_bytes());
    assert!(late.head().starts_with("HTTP/1.1 429 "));
    drop((early, _first, late));
    wait_for(&server, 0);
    let (_again, status) = ask(&server, one);
    assert_eq!(status, "101", "all of them were given back");
    assert_status(&server, one, "429");
}

#[test]
fn what_waits_may_be_more_than_a_limit_that_is_new_until_there_is_yet_more() {
    const KIB: usize = 1 << 10;
    let server = Directed::start(Config::new().max_message(1 << 20));
    let (id, mut client) = server.guest();
    // A message of 300 KiB that begins, and one of 100.
    let header = |length: usize| {
        let mut frame = vec![0x82, 0xFF];
        frame.extend_from_slice(&(length as u64).to_be_bytes());
        frame.extend_from_slice(&[0; 4]);
        frame
    };
    client.write(&header(300 * KIB));
    client.write(&vec![b'x'; 200 * KIB]);
    server.running.wait_until("it has come", |counters| counters.receiving >= 200 * KIB as u64);
    server.direct(|peers: &mut Peers| peers.set_max_receiving(100 * KIB, 100 * KIB));
    let (other, mut small) = server.guest();
    small.write(&[0x81, 0x82, 0, 0, 0, 0, b'h', b'i']);
    assert_eq!(server.event(), Event::Said(other, b"hi".to_vec()), "what is whole at once needs no room");
    assert!(server.direct(move |peers| peers.contains(id)));
    client.write(&[b'x'; 1 << 10]);
    assert_eq!(server.departure(id), Departure::OverBudget);

    // The longest message, for those who come from now on.
    server.direct(|peers| peers.set_max_message_of_newcomers(10));
    let (late, mut newcomer) = server.guest();
    let eleven = [0x82, 0x80 | 11, 0, 0, 0, 0];
    newcomer.write(&eleven);
    assert!(matches!(server.departure(late), Departure::Failed(_)));
    small.write(&eleven);
    small.write(&[b'y'; 11]);
    assert_eq!(server.event(), Event::Said(other, vec![b'y'; 11]));
}

#[test]
fn who_does_not_read_is_cut_off_by_the_limit_of_now() {
    let server = Directed::start(Config::new().max_send_queue(64 << 20).send_buffer(4_608));
    let (id, _client) = server.guest();
    server.direct(move |peers| peers.send(id, &[b'x'; 8 << 20][..]));
    server.running.wait_until("it waits", |counters| counters.sending >= 1 << 20);
    server.direct(|peers| peers.set_max_sending(1 << 20, 1 << 20));
    assert!(server.direct(move |peers| peers.contains(id)), "nobody is cut off because of it");
    server.direct(move |peers| peers.send(id, "one more"));
    assert_eq!(server.departure(id), Departure::TooSlow);
}
