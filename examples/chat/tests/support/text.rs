//! A client that offers no subprotocol: it speaks and reads lines.

use std::net::{SocketAddr, TcpStream};
use std::time::Instant;

use tungstenite::{Message, WebSocket};

use pollcat_testing::client::PATIENCE;

pub struct Text {
    socket: WebSocket<TcpStream>,
    /// As the welcome says.
    pub name: String,
    /// What was read before the first line that a test asked for.
    pub arrival: Vec<String>,
}

impl Text {
    /// Connects to a path with its options (`/?echo=off`), and reads all that is told to a newcomer.
    #[track_caller]
    pub fn at(address: SocketAddr, path: &str) -> Self {
        let stream = TcpStream::connect(address).expect("the chat listens");
        stream.set_nodelay(true).expect("TCP can be told not to wait");
        stream.set_read_timeout(Some(PATIENCE)).expect("reading can be given a limit");
        stream.set_write_timeout(Some(PATIENCE)).expect("writing can be given a limit");
        let (socket, answer) = tungstenite::client(format!("ws://{address}{path}"), stream)
            .expect("the opening handshake succeeds");
        assert!(!answer.headers().contains_key("Sec-WebSocket-Protocol"), "none was offered");
        let mut client = Text { socket, name: String::new(), arrival: Vec::new() };
        client.arrival = client.heard();
        let name = client.arrival[0].strip_prefix("* welcome, ").map(|name| name.trim_end_matches("<br>"));
        client.name = name.unwrap_or_else(|| panic!("no welcome: {:?}", client.arrival)).to_owned();
        client
    }

    #[track_caller]
    pub fn connect(address: SocketAddr) -> Self {
        Text::at(address, "/")
    }

    /// The same, under a name.
    #[track_caller]
    pub fn named(address: SocketAddr, name: &str) -> Self {
        let mut client = Text::connect(address);
        client.say(&format!("/nick {name}"));
        client.until(&format!("you are {name} now"));
        client.name = name.to_owned();
        client
    }

    #[track_caller]
    pub fn say(&mut self, line: &str) {
        self.socket.send(Message::text(line)).expect("the chat takes it");
    }

    #[track_caller]
    pub fn send_bytes(&mut self, bytes: &[u8]) {
        self.socket.send(Message::binary(bytes.to_vec())).expect("the chat takes it");
    }

    /// The next message, which may have several lines.
    #[track_caller]
    pub fn line(&mut self) -> String {
        // Pings come even when nothing is said, and are no reason to go on waiting.
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            match self.socket.read() {
                Ok(Message::Text(text)) => return text.as_str().to_owned(),
                Ok(Message::Ping(_) | Message::Pong(_)) => {}
                other => panic!("{other:?}, and no line"),
            }
        }
        panic!("silence, and no line");
    }

    /// The next line that contains this. Those before it are gone.
    #[track_caller]
    pub fn until(&mut self, words: &str) -> String {
        let mut before = Vec::new();
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let line = self.line();
            if line.contains(words) {
                return line;
            }
            before.push(line);
        }
        panic!("no {words:?}; before: {before:?}");
    }

    /// Everything that was told to this client until now. An unknown command marks the end.
    #[track_caller]
    pub fn heard(&mut self) -> Vec<String> {
        self.say("/nothing-of-this-name");
        let mut heard = Vec::new();
        loop {
            let line = self.line();
            if line.contains("/nothing-of-this-name") {
                return heard;
            }
            heard.push(line);
        }
    }

    /// The Close that ends the connection: its code, and its reason.
    #[track_caller]
    pub fn closed(&mut self) -> (u16, String) {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            match self.socket.read() {
                Ok(Message::Close(Some(frame))) => return (frame.code.into(), frame.reason.to_string()),
                Ok(Message::Text(_) | Message::Ping(_) | Message::Pong(_)) => {}
                other => panic!("{other:?}, and no Close"),
            }
        }
        panic!("no Close");
    }
}

/// A line without its time of day, which begins it: `12:00:00 alice: hi`.
#[track_caller]
pub fn untimed(line: &str) -> &str {
    let (time, rest) = line.split_once(' ').unwrap_or_else(|| panic!("no time: {line:?}"));
    let parts: Vec<&str> = time.split(':').collect();
    let two_digits = |part: &&str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    assert!(parts.len() == 3 && parts.iter().all(two_digits), "no time: {line:?}");
    rest
}
