//! What a request tells of the TLS beneath it, compared with what the client knows of the same connection.

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use pollcat::rustls::version::{TLS12, TLS13};
use pollcat::rustls::{ClientConfig, ClientConnection, HandshakeKind};
use pollcat::{Answer, Config, Handler, Mailbox, Message, PeerId, Peers, Request, Server, Tls, TlsSession};
use pollcat_testing::client::{PATIENCE, upgrade_request};
use pollcat_testing::running::Running;

use crate::authority::{Authority, Stream, VERSIONS, dial};

/// Tells what each request says, in `on_request` and in `on_open`. At `/late` it answers by mail to itself.
struct Told {
    facts: Sender<(bool, Option<TlsSession>)>,
    mailbox: Mailbox<()>,
}

impl Told {
    fn tell(&self, request: &Request<'_>) {
        let _ = self.facts.send((request.is_secure(), request.tls().cloned()));
    }
}

impl Handler for Told {
    fn on_request(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) -> Answer {
        self.tell(request);
        match (request.path(), request.is_upgrade()) {
            ("/late", true) => {
                let accepts = self.mailbox.answer_request(peers.request_id(id), Answer::accept());
                accepts.expect("the mailbox has room");
                Answer::later()
            }
            (_, true) => Answer::accept(),
            (_, false) => Answer::page("text/plain", "hello"),
        }
    }

    fn on_open(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>) {
        self.tell(request);
    }

    fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}
}

struct Door {
    authority: Authority,
    address: SocketAddr,
    told: Receiver<(bool, Option<TlsSession>)>,
    _running: Running,
}

impl Door {
    /// A server that asks for certificates, and takes whoever has none.
    fn open() -> Self {
        let authority = Authority::new();
        let mut server = Server::without_listeners(Config::new()).expect("the system has a poll for us");
        let tls = Tls::with(authority.asking());
        let address = server.listen_tls("127.0.0.1:0", &tls).expect("loopback has a free port");
        let ((facts, told), mailbox) = (channel(), server.mailbox());
        Door { authority, address, told, _running: Running::serve(server, Told { facts, mailbox }) }
    }

    #[track_caller]
    fn told(&self) -> TlsSession {
        let (is_secure, session) = self.told.recv_timeout(PATIENCE).expect("a request arrives");
        assert!(is_secure);
        session.expect("it came over TLS")
    }

    /// A page, and what the server was told of it.
    #[track_caller]
    fn fetch(&self, stream: &mut Stream) -> TlsSession {
        stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("the server takes it");
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\nhello") {
            let mut byte = [0];
            stream.read_exact(&mut byte).expect("the answer comes");
            answer.push(byte[0]);
        }
        self.told()
    }
}

/// What the client says of the connection.
fn as_the_client_knows_it(client: &ClientConnection) -> (String, String) {
    let version = format!("{:?}", client.protocol_version().expect("the handshake is done"));
    let suite = client.negotiated_cipher_suite().expect("the handshake is done").suite();
    (version.replace('_', "."), format!("{suite:?}").replace("TLS13_", "TLS_"))
}

#[track_caller]
fn assert_agreed(session: &TlsSession, client: &ClientConnection) {
    let agreed = (session.version().to_owned(), session.cipher_suite().to_owned());
    assert_eq!(agreed, as_the_client_knows_it(client));
    assert_eq!(session.alpn(), client.alpn_protocol());
}

#[test]
fn a_request_says_what_was_agreed_on_and_which_name_was_asked_for() {
    let door = Door::open();
    for version in VERSIONS {
        for offered in [None, Some("http/1.1")] {
            let mut config = door.authority.client(&[version]);
            config.alpn_protocols = offered.iter().map(|name| name.as_bytes().to_vec()).collect();
            let mut client = dial(door.address, config, "LocalHost");
            let session = door.fetch(&mut client);
            assert_agreed(&session, &client.conn);
            assert_eq!(
                session.version(),
                if version.version == TLS13.version { "TLSv1.3" } else { "TLSv1.2" }
            );
            assert_eq!((session.server_name(), session.client_certificates().len()), (Some("localhost"), 0));
            assert_eq!(door.fetch(&mut client), session, "of the second request too");
        }
    }
}

#[test]
fn who_names_no_server_is_not_given_the_name_that_another_asked_for() {
    let door = Door::open();
    let silent = |door: &Door| {
        let mut config = door.authority.client(&VERSIONS);
        config.enable_sni = false;
        dial(door.address, config, "localhost")
    };
    // Their handshakes overlap: the first says hello, and the second, and only then the first goes on.
    let (mut named, mut unnamed) = (door.authority.dial(door.address), silent(&door));
    for client in [&mut named, &mut unnamed] {
        while client.conn.wants_write() {
            client.conn.write_tls(&mut client.sock).expect("the server takes it");
        }
    }
    assert_eq!(door.fetch(&mut unnamed).server_name(), None);
    assert_eq!(door.fetch(&mut named).server_name(), Some("localhost"));
    assert_eq!(door.fetch(&mut silent(&door)).server_name(), None);
}

#[test]
fn a_client_certificate_is_there_from_the_request_to_on_open_and_when_a_session_is_resumed() {
    let door = Door::open();
    for version in [&TLS12, &TLS13] {
        let (config, certificate) = door.authority.client_as("ann", &[version]);
        let config: Arc<ClientConfig> = Arc::new(config);
        for kind in [HandshakeKind::Full, HandshakeKind::Resumed] {
            let mut client = dial(door.address, Arc::clone(&config), "localhost");
            let session = door.fetch(&mut client);
            assert_eq!(client.conn.handshake_kind(), Some(kind));
            assert!(session.client_certificates().eq([&certificate[..]]), "{kind:?}");
            assert_agreed(&session, &client.conn);
            assert_eq!(session.server_name(), Some("localhost"));
            // The second time the 101 comes later, when the request has to be looked at again.
            let path = if kind == HandshakeKind::Full { "/" } else { "/late" };
            let upgrade = upgrade_request("").replace("GET / ", &format!("GET {path} "));
            client.write_all(upgrade.as_bytes()).expect("the server takes it");
            assert_eq!((door.told(), door.told()), (session.clone(), session), "the upgrade, and on_open");
        }
    }
}

#[test]
fn a_certificate_that_nobody_vouches_for_never_becomes_a_request() {
    let door = Door::open();
    let stranger = Authority::new();
    let (theirs, _) = stranger.client_as("mallory", &[&TLS12]);
    // It trusts our authority, and shows a certificate of another.
    let mut config = door.authority.client(&[&TLS12]);
    config.client_auth_cert_resolver = theirs.client_auth_cert_resolver;
    let mut client = dial(door.address, config, "localhost");
    client
        .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .expect_err("the server refuses the handshake");
    let mut known = door.authority.dial(door.address);
    assert_eq!(door.fetch(&mut known).client_certificates().len(), 0);
    assert!(door.told.try_recv().is_err(), "only one request has come");
}

/// What breaks TLS comes in the same packet as the request: the request came before it, and over TLS.
#[test]
fn a_request_just_before_a_violation_is_as_secure_as_any() {
    let door = Door::open();
    let mut client = door.authority.dial(door.address);
    let first = door.fetch(&mut client);
    let mut client = door.authority.dial(door.address);
    while client.conn.is_handshaking() {
        client.conn.complete_io(&mut client.sock).expect("the handshake succeeds");
    }
    client.conn.writer().write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("rustls keeps it");
    let mut packet = Vec::new();
    client.conn.write_tls(&mut packet).expect("a vector takes everything");
    packet.extend([0x17, 3, 3, 0, 20]);
    packet.extend([7; 20]);
    client.sock.write_all(&packet).expect("the server takes it");
    assert_eq!(door.told(), first);
}

#[test]
fn a_request_in_the_clear_has_no_session() {
    let (facts, told) = channel();
    let server = Server::with_config("127.0.0.1:0", Config::new()).expect("loopback has a free port");
    let mailbox = server.mailbox();
    let running = Running::serve(server, Told { facts, mailbox });
    let mut client = pollcat_testing::client::Client::dial(running.address());
    client.open("");
    for _ in 0..2 {
        assert_eq!(told.recv_timeout(PATIENCE), Ok((false, None)));
    }
}
