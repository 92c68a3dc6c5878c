//! TLS as clients meet it: rustls and tungstenite on the other side, and bytes by hand where a client would be wrong.
//! What has nothing to do with TLS itself is tested over it in `server_over_tls`.
#![cfg(feature = "tls")]

mod authority;
mod certificates;
mod crowd;
mod ending;
mod facts;
mod pages;
mod talking;
mod wrong;

use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, channel};

use pollcat::{Answer, Config, Departure, Handler, Message, PeerId, Peers, Request, Server, Tls};
use pollcat_testing::running::Running;
use tungstenite::WebSocket;

use authority::{Authority, Stream};

/// A server with a TLS listener whose certificate says `localhost`.
struct Host {
    authority: Authority,
    tls: Tls,
    running: Running,
    address: SocketAddr,
    departures: Receiver<Departure>,
}

impl Host {
    fn start(config: Config) -> Self {
        let authority = Authority::new();
        let tls = authority.tls();
        Host::with(config, authority, tls)
    }

    fn with(config: Config, authority: Authority, tls: Tls) -> Self {
        let mut server = Server::without_listeners(config).expect("the system has a poll for us");
        let address = server.listen_tls("127.0.0.1:0", &tls).expect("loopback has a free port");
        let (sender, departures) = channel();
        Host { running: Running::serve(server, Site(sender)), authority, tls, address, departures }
    }

    fn dial(&self) -> Stream {
        self.authority.dial(self.address)
    }

    fn connect(&self) -> WebSocket<Stream> {
        open(self.dial())
    }
}

/// The opening handshake of a client that nobody here wrote.
#[track_caller]
fn open(stream: Stream) -> WebSocket<Stream> {
    let (socket, answer) = tungstenite::client("wss://localhost/", stream).expect("the handshakes succeed");
    assert_eq!(answer.status(), 101);
    socket
}

#[track_caller]
fn assert_echo(socket: &mut WebSocket<Stream>, message: impl Into<tungstenite::Message>) {
    let message = message.into();
    socket.send(message.clone()).expect("the server takes it");
    let heard = socket.read().expect("the server answers");
    assert!(heard == message, "{} bytes came back as {}", message.len(), heard.len());
}

/// Echoes, has two pages, and tells the test who left.
struct Site(std::sync::mpsc::Sender<Departure>);

/// Larger than all buffers on the way.
const BIG: usize = 5 << 20;

impl Handler for Site {
    fn on_request(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
        match (request.path(), request.is_upgrade()) {
            (_, true) => Answer::accept(),
            ("/echo", _) => Answer::read_body(BIG),
            ("/big", _) => Answer::page("application/octet-stream", big()),
            _ => Answer::page("text/plain", format!("secure: {}", request.is_secure())),
        }
    }

    fn on_body(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>, body: &[u8]) -> Answer {
        assert!(request.is_secure());
        Answer::page("application/octet-stream", body.to_vec())
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        peers.send(from, message);
    }

    fn on_close(&mut self, _: &mut Peers, _: PeerId, departure: Departure) {
        let _ = self.0.send(departure);
    }
}

/// No two stretches of it are alike.
fn big() -> Vec<u8> {
    (0..BIG as u32 / 4).flat_map(u32::to_be_bytes).collect()
}
