//! A server that takes no more clients: those who are there are served, the others wait for whoever has the listener.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener, TcpStream};

use pollcat::{Answer, CloseCode, Config, Handler, Message, PeerId, Peers, Request, Server, UnixAccess};
use pollcat_testing::client::{Client, PATIENCE, TEXT, upgrade_request};
use pollcat_testing::scratch::Scratch;

use crate::directed::{Directed, Event};
use crate::running::{Running, wait_until};

/// A listener that is held by two, as a service manager and its service hold it.
fn held_twice() -> (TcpListener, TcpListener, SocketAddr) {
    let ours = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let theirs = ours.try_clone().expect("a listener can be held twice");
    let address = ours.local_addr().expect("it has an address");
    (ours, theirs, address)
}

fn server<M>(listener: TcpListener) -> Server<M> {
    let config = Config::new().close_within(PATIENCE);
    let mut server = Server::without_listeners(config).expect("the system has a poll for us");
    server.listen_on(listener).expect("a listener can be adopted");
    server
}

#[test]
fn who_was_accepted_is_served_and_who_comes_later_is_the_next_servers() {
    let (first, second, address) = held_twice();
    let old = Directed::serve(server(first));
    let mut guest = Client::connect(address);
    let id = old.opened();
    let (mut silent, mut half) = (Client::dial(address), Client::dial(address));
    let request = upgrade_request("");
    let (head, tail) = request.split_at(40);
    half.write(head.as_bytes());
    let known = (request.len() + head.len()) as u64;
    old.running
        .wait_until("all are there", |counters| counters.connections == 3 && counters.bytes_in == known);
    old.direct(|peers| {
        peers.stop_accepting();
        peers.stop_accepting();
        assert!(!peers.is_draining());
    });
    // They connect, and ask: the system takes them in, and nobody reads them yet.
    let mut waiting = [(); 3].map(|()| Client::dial(address));
    waiting.iter_mut().for_each(|client| client.write(request.as_bytes()));
    half.write(tail.as_bytes());
    assert!(half.head().starts_with("HTTP/1.1 101 "));
    let late = old.opened();
    silent.open("");
    let last = old.opened();
    old.running.wait_until("nobody waits for an answer", |counters| {
        (counters.connections, counters.open, counters.accepted) == (3, 3, 3)
    });
    guest.send(TEXT, b"as before");
    assert_eq!(old.event(), Event::Said(id, b"as before".to_vec()));
    old.direct(|peers| peers.drain(std::time::Duration::ZERO, CloseCode::SERVICE_RESTART));
    for mut client in [guest, half, silent] {
        assert_eq!(client.close_frame().0, 1012);
        client.close(1012);
        client.nothing_more();
    }
    let mut left: Vec<Event> = old.join();
    left.retain(|event| !matches!(event, Event::Left(who, _) if [id, late, last].contains(who)));
    assert_eq!(left, []);

    let new = Directed::serve(server(second));
    for client in &mut waiting {
        assert!(client.head().starts_with("HTTP/1.1 101 "));
        new.opened();
    }
    // They leave before their server is waited for.
    drop(waiting);
}

/// The listener lives on in another process, and the poll would go on to tell of those who come.
#[test]
fn the_loop_sleeps_while_others_wait() {
    let (ours, _theirs, address) = held_twice();
    let server = Directed::serve(server(ours));
    server.direct(Peers::stop_accepting);
    let turns = || server.running.counters().histograms().turn_time().count();
    server.direct(|_| ());
    let before = turns();
    let waiting: Vec<Client> = (0..50).map(|_| Client::dial(address)).collect();
    server.direct(|_| ());
    assert!(turns() - before <= 4, "{} turns", turns() - before);
    assert_eq!((server.running.counters().accepted, waiting.len()), (0, 50));
}

#[test]
fn nobody_else_has_the_listener_and_so_clients_are_refused() {
    let scratch = Scratch::new("taking-no-more");
    let path = scratch.file("socket");
    let mut server = Server::with_config("127.0.0.1:0", Config::new()).expect("loopback has a free port");
    server.listen_unix_with(&path, UnixAccess::new()).expect("the path can be had");
    let server = Directed::serve(server);
    let (id, mut guest) = server.guest();
    server.direct(Peers::stop_accepting);
    // They are let go when the turn ends.
    let refused = || TcpStream::connect(server.running.address()).map_err(|error| error.kind());
    wait_until("clients are refused", || matches!(refused(), Err(ErrorKind::ConnectionRefused)));
    wait_until("the file is gone", || !path.exists());
    guest.send(TEXT, b"still here");
    assert_eq!(server.event(), Event::Said(id, b"still here".to_vec()));
}

/// Gives a page for each request.
struct Pages;

impl Handler<()> for Pages {
    fn on_request(&mut self, _: &mut Peers, _: PeerId, _: &Request<'_>) -> Answer {
        Answer::page("text/plain", "here")
    }

    fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}

    fn on_mail(&mut self, peers: &mut Peers, (): ()) {
        peers.stop_accepting();
    }
}

#[test]
fn the_next_answer_of_a_connection_is_its_last_and_one_without_a_request_is_closed() {
    let server = Running::start(Config::new().close_within(PATIENCE), Pages);
    let page = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let [mut idle, mut busy, mut new] = [(); 3].map(|()| Client::dial(server.address()));
    for client in [&mut idle, &mut busy] {
        client.write(page.as_bytes());
        assert!(!client.head().contains("\r\nConnection: close\r\n"));
        assert_eq!(client.bytes(4), b"here");
    }
    busy.write(&page.as_bytes()[..20]);
    let known = (2 * page.len() + 20) as u64;
    server.wait_until("all are there", |counters| counters.connections == 3 && counters.bytes_in == known);
    server.mailbox.deliver(()).expect("the mailbox has room");
    idle.nothing_more();
    busy.write(&page.as_bytes()[20..]);
    new.write(page.as_bytes());
    for mut client in [busy, new] {
        assert!(client.head().contains("\r\nConnection: close\r\n"));
        assert_eq!(client.bytes(4), b"here");
        client.nothing_more();
    }
    server.wait_until("nobody is there", |counters| counters.connections == 0);
    server.mailbox.stop();
    server.join();
}
