//! A client that was written elsewhere talks to the server. What this project misreads in the RFC on both sides, its
//! own client would not notice.

use std::net::TcpStream;
use std::sync::mpsc::{Receiver, channel};

use pollcat::{CloseCode, Config, Departure, Handler, Message, PeerId, Peers, handler_fn};
use tungstenite::protocol::CloseFrame;
use tungstenite::protocol::frame::coding::CloseCode as TheirCode;
use tungstenite::{Error, WebSocket};

use pollcat_testing::client::PATIENCE;
use pollcat_testing::running::Running;

type TheirMessage = tungstenite::Message;

fn connect(server: &Running) -> WebSocket<TcpStream> {
    let stream = TcpStream::connect(server.address()).expect("the server listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("reading can be given a limit");
    let url = format!("ws://{}/", server.address());
    let (socket, answer) = tungstenite::client(url, stream).expect("the opening handshake succeeds");
    assert_eq!(answer.status(), 101);
    socket
}

fn echo() -> Running {
    let echo = handler_fn(|peers, from, message| {
        peers.send(from, message);
    });
    Running::start(Config::new(), echo)
}

#[track_caller]
fn assert_echo(socket: &mut WebSocket<TcpStream>, message: TheirMessage) {
    socket.send(message.clone()).expect("the server takes it");
    let heard = socket.read().expect("the server answers");
    assert!(heard == message, "{} bytes came back as {}", message.len(), heard.len());
}

#[test]
fn messages_of_every_length_come_back() {
    let server = echo();
    let mut socket = connect(&server);
    for length in [0, 1, 125, 126, 127, 65_535, 65_536, 1 << 20] {
        assert_echo(&mut socket, "x".repeat(length).into());
        let bytes: Vec<u8> = (0..length).map(|place| (place % 251) as u8).collect();
        assert_echo(&mut socket, bytes.into());
    }
    socket.close(None).expect("a Close can be sent");
}

#[test]
fn text_in_any_script_comes_back() {
    let server = echo();
    let mut socket = connect(&server);
    for text in ["你好，世界", "𠜎𠜱𡃁", "Grüße", "👩‍👩‍👧‍👦 & family", "שלום", "\u{0}\u{FEFF}\u{10FFFF}"]
    {
        assert_echo(&mut socket, text.into());
        assert_echo(&mut socket, text.repeat(20_000).into());
    }
}

#[test]
fn a_ping_gets_its_pong_between_the_messages() {
    let server = echo();
    let mut socket = connect(&server);
    for payload in [&b""[..], b"are you there?", &[0xFF; 125]] {
        socket.write(TheirMessage::Ping(payload.to_vec().into())).expect("it is queued");
        socket.send("after the ping".into()).expect("the server takes it");
        assert_eq!(socket.read().ok(), Some(TheirMessage::Pong(payload.to_vec().into())));
        assert_eq!(socket.read().ok(), Some("after the ping".into()));
    }
}

/// Is told to close by the word `close`, and tells who left and why.
struct Closer(std::sync::mpsc::Sender<Departure>);

impl Handler for Closer {
    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        assert_eq!(message, Message::Text("close"));
        peers.close(from, CloseCode::new(4321).expect("a private code (§7.4.2)"), "因為");
    }

    fn on_close(&mut self, _: &mut Peers, _: PeerId, departure: Departure) {
        let _ = self.0.send(departure);
    }
}

fn closer() -> (Running, Receiver<Departure>) {
    let (sender, departures) = channel();
    (Running::start(Config::new(), Closer(sender)), departures)
}

fn close_frame(code: TheirCode, reason: &'static str) -> CloseFrame {
    CloseFrame { code, reason: reason.into() }
}

#[test]
fn the_closing_handshake_completes_when_the_client_begins_it() {
    let (server, departures) = closer();
    let table = [
        (Some(close_frame(TheirCode::Normal, "bye")), CloseCode::NORMAL),
        (Some(close_frame(TheirCode::from(3999), "滿座")), CloseCode::new(3999).expect("it may travel")),
        (None, CloseCode::NO_STATUS),
    ];
    for (frame, code) in table {
        let mut socket = connect(&server);
        socket.close(frame.clone()).expect("a Close can be sent");
        match socket.read() {
            // The answer has the same code (§5.5.1).
            Ok(TheirMessage::Close(answer)) => {
                assert_eq!(answer.map(|answer| answer.code), frame.map(|frame| frame.code));
            }
            other => panic!("{other:?}, and no Close"),
        }
        assert!(matches!(socket.read(), Err(Error::ConnectionClosed)));
        assert_eq!(departures.recv_timeout(PATIENCE), Ok(Departure::Closed(code)));
    }
}

#[test]
fn the_closing_handshake_completes_when_the_server_begins_it() {
    let (server, departures) = closer();
    let mut socket = connect(&server);
    socket.send("close".into()).expect("the server takes it");
    let expected = close_frame(TheirCode::from(4321), "因為");
    match socket.read() {
        Ok(TheirMessage::Close(Some(frame))) => assert_eq!(frame, expected),
        other => panic!("{other:?}, and no Close"),
    }
    // It answers with what it was sent, and finds that the server has ended TCP in order.
    assert!(matches!(socket.read(), Err(Error::ConnectionClosed)));
    let code = CloseCode::new(4321).expect("a private code (§7.4.2)");
    assert_eq!(departures.recv_timeout(PATIENCE), Ok(Departure::Closed(code)));
}
