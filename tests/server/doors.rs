//! Which door a client came through, and who is at the other end: what a request tells of its connection.

use std::net::{IpAddr, SocketAddr};
use std::sync::mpsc::{Receiver, Sender, channel};

use pollcat::{
    Answer, Config, Handler, ListenerId, Message, PeerId, Peers, Proxies, Refused, Request, Server,
};
use pollcat_testing::client::{Client, PATIENCE};
#[cfg(unix)]
use pollcat_testing::scratch::Scratch;
use pollcat_testing::scratch::cannot_happen_here;

use crate::running::Running;

/// What a request says of its connection.
#[derive(Debug, Clone, PartialEq)]
struct Facts {
    listener: ListenerId,
    local: Option<SocketAddr>,
    remote: Option<SocketAddr>,
    client: Option<IpAddr>,
}

impl Facts {
    fn of(request: &Request<'_>) -> Self {
        Facts {
            listener: request.listener(),
            local: request.local_addr(),
            remote: request.remote_addr(),
            client: request.client(),
        }
    }
}

/// Tells the facts of each request, in `on_request` and in `on_open`, and of each refusal. `/metrics` is for one
/// listener.
struct Doors {
    inner: ListenerId,
    told: Sender<Facts>,
}

impl Handler for Doors {
    fn on_request(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
        let _ = self.told.send(Facts::of(request));
        match (request.path(), request.is_upgrade()) {
            (_, true) => Answer::accept(),
            ("/metrics", _) if request.listener() == self.inner => Answer::page("text/plain", "up 1\n"),
            ("/", _) => Answer::page("text/plain", "hello\n"),
            _ => Answer::refuse(404, "there is no such page"),
        }
    }

    fn on_refused(&mut self, _: &mut Peers, refused: &Refused<'_>) {
        let local = refused.request.and_then(|request| request.local_addr());
        let Refused { listener, remote_addr: remote, client, .. } = *refused;
        let _ = self.told.send(Facts { listener, local, remote, client });
    }

    fn on_open(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>) {
        let _ = self.told.send(Facts::of(request));
    }

    fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}
}

fn server() -> Server {
    Server::without_listeners(Config::new()).expect("the system has a poll for us")
}

fn serve(server: Server, inner: ListenerId) -> (Running, Receiver<Facts>) {
    let (told, facts) = channel();
    (Running::serve(server, Doors { inner, told }), facts)
}

/// The facts of a client without proxies: they are the ends of its own socket.
#[track_caller]
fn assert_seen(facts: &Receiver<Facts>, client: &Client, listener: ListenerId) {
    let stream = client.stream();
    let (near, far) = (stream.peer_addr().expect("its far end"), stream.local_addr().expect("its own end"));
    let seen = Facts { listener, local: Some(near), remote: Some(far), client: Some(far.ip()) };
    assert_eq!(facts.recv_timeout(PATIENCE), Ok(seen));
}

#[track_caller]
fn status(client: &mut Client, path: &str) -> String {
    client.write(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes());
    let head = client.head();
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
    client.bytes(length.and_then(|length| length.parse().ok()).expect("the length is told"));
    head[9..12].to_owned()
}

#[test]
fn a_request_says_which_listener_it_came_through_and_between_which_addresses() {
    let mut server = server();
    assert_eq!(server.last_listener(), ListenerId::default(), "there is none");
    let outer = server.listen("127.0.0.1:0").expect("loopback has a free port");
    let outer_id = server.last_listener();
    let inner = server.listen("127.0.0.1:0").expect("loopback has another");
    let inner_id = server.last_listener();
    assert!(outer_id != inner_id && outer_id != ListenerId::default());
    // One that cannot be had is none.
    server.listen(inner).expect_err("it is in use");
    assert_eq!(server.last_listener(), inner_id);

    let (_running, facts) = serve(server, inner_id);
    for (address, id, metrics) in [(outer, outer_id, "404"), (inner, inner_id, "200")] {
        let mut client = Client::dial(address);
        // The second request of a connection has the same facts.
        assert_eq!(
            (status(&mut client, "/metrics").as_str(), status(&mut client, "/").as_str()),
            (metrics, "200")
        );
        client.open("");
        // Two pages; the upgrade; and when it is open.
        (0..4).for_each(|_| assert_seen(&facts, &client, id));
    }
}

/// Who listens on all addresses wants to know at which of them it was reached.
#[cfg(target_os = "linux")]
#[test]
fn a_listener_on_every_address_says_at_which_it_was_reached() {
    let mut server = server();
    let port = server.listen("0.0.0.0:0").expect("a free port").port();
    let id = server.last_listener();
    let (_running, facts) = serve(server, id);
    for last in [1, 2, 77] {
        let mut client = Client::dial(SocketAddr::from(([127, 0, 0, last], port)));
        status(&mut client, "/");
        assert_seen(&facts, &client, id);
    }
}

#[test]
fn ipv4_on_a_socket_of_ipv6_is_told_as_ipv4() {
    let mut server = server();
    let port = match server.listen("[::]:0") {
        Ok(address) => address.port(),
        Err(error) => return cannot_happen_here(&format!("IPv6: {error}")),
    };
    let id = server.last_listener();
    let (_running, facts) = serve(server, id);
    let Ok(stream) = std::net::TcpStream::connect(("127.0.0.1", port)) else {
        return cannot_happen_here("this system keeps IPv4 and IPv6 apart");
    };
    let mut client = Client::over(stream);
    status(&mut client, "/");
    // The client itself calls both ends by their IPv4 addresses.
    assert_seen(&facts, &client, id);
    let mut client = Client::dial(("::1", port));
    status(&mut client, "/");
    assert_seen(&facts, &client, id);
}

#[test]
fn addresses_of_one_name_are_one_listener() {
    let addresses = [SocketAddr::from(([127, 0, 0, 1], 0)), SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], 0))];
    let mut server = server();
    server.listen(&addresses[..]).expect("one of them at least");
    let id = server.last_listener();
    let other = server.listen("127.0.0.1:0").expect("loopback has a free port");
    let (own, other_id) = (server.local_addrs(), server.last_listener());
    let (_running, facts) = serve(server, id);
    for address in own {
        let mut client = Client::dial(address);
        status(&mut client, "/");
        assert_seen(&facts, &client, if address == other { other_id } else { id });
    }
}

#[cfg(unix)]
#[test]
fn a_unix_domain_socket_is_a_listener_without_addresses() {
    let scratch = Scratch::new("doors");
    let mut server = server();
    server.listen("127.0.0.1:0").expect("loopback has a free port");
    let outer = server.last_listener();
    let path = scratch.file("own");
    server.listen_unix(&path).expect("a path to listen on");
    let own = server.last_listener();
    let adopted_path = scratch.file("adopted");
    let listener = std::os::unix::net::UnixListener::bind(&adopted_path).expect("a path to listen on");
    server.listen_unix_on(listener).expect("a listener can be adopted");
    let adopted = server.last_listener();
    assert!(outer != own && own != adopted);

    let (running, facts) = serve(server, adopted);
    for (path, listener, metrics) in [(&path, own, "404"), (&adopted_path, adopted, "200")] {
        let mut client = Client::dial_unix(path);
        assert_eq!(status(&mut client, "/metrics"), metrics);
        let seen = Facts { listener, local: None, remote: None, client: None };
        assert_eq!(facts.recv_timeout(PATIENCE), Ok(seen));
    }
    drop(running);
    assert!(!path.exists() && adopted_path.exists(), "the file of another is left to it");
}

#[test]
fn a_trusted_proxy_speaks_for_the_client_and_is_still_the_other_end() {
    let proxies = Proxies::only(["127.0.0.1"]).expect("this is an address");
    let mut server = Server::without_listeners(Config::new().trust_proxies(proxies)).expect("a poll");
    let address = server.listen("127.0.0.1:0").expect("loopback has a free port");
    let listener = server.last_listener();
    let (_running, facts) = serve(server, listener);
    let mut proxy = Client::dial(address);
    proxy.open("X-Forwarded-For: 198.51.100.7\r\n");
    let remote = proxy.stream().local_addr().ok();
    let client = "198.51.100.7".parse().ok();
    let seen = Facts { listener, local: Some(address), remote, client };
    for place in ["on_request", "on_open"] {
        assert_eq!(facts.recv_timeout(PATIENCE).as_ref(), Ok(&seen), "{place}");
    }
}

#[test]
fn a_refusal_says_it_too_with_a_request_and_without() {
    let proxies = Proxies::only(["127.0.0.1"]).expect("this is an address");
    let mut server = Server::without_listeners(Config::new().trust_proxies(proxies)).expect("a poll");
    server.listen("127.0.0.1:0").expect("loopback has a free port");
    let address = server.listen("127.0.0.1:0").expect("and another");
    let listener = server.last_listener();
    let (_running, facts) = serve(server, listener);
    let refuse = |request: &str| {
        let mut client = Client::dial(address);
        client.write(request.as_bytes());
        assert!(client.head().starts_with("HTTP/1.1 4"), "{request}");
        (client.stream().local_addr().ok(), facts.recv_timeout(PATIENCE))
    };
    // What is no request names no client.
    let (remote, told) = refuse("GET nothing\r\n\r\n");
    let itself = remote.map(|remote| remote.ip());
    assert_eq!(told, Ok(Facts { listener, local: None, remote, client: itself }));
    let foreign = pollcat_testing::client::upgrade_request(
        "X-Forwarded-For: 198.51.100.7\r\nOrigin: https://elsewhere.example\r\n",
    );
    let (remote, told) = refuse(&foreign);
    let client = "198.51.100.7".parse().ok();
    assert_eq!(told, Ok(Facts { listener, local: Some(address), remote, client }));
}
