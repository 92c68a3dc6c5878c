//! A client that speaks `chat.v1`, over a WebSocket that nobody here wrote.

use std::collections::{HashMap, VecDeque};
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use serde_json::{Value, json};
use tungstenite::{ClientRequestBuilder, Error, Message, WebSocket};

use pollcat_testing::client::PATIENCE;

pub struct Json {
    socket: WebSocket<TcpStream>,
    /// Objects that came while another one was waited for, in their order.
    aside: VecDeque<Value>,
    /// From the welcome.
    pub id: u64,
    pub name: String,
    pub token: String,
    pub welcome: Value,
    /// What the rooms of the welcome told: all `history` objects of each.
    pub histories: HashMap<String, Vec<Value>>,
}

impl Json {
    /// An open WebSocket, and no word said yet.
    #[track_caller]
    pub fn connect(address: SocketAddr) -> Self {
        Json::connect_with(address, "chat.v1", &[])
    }

    /// The same in another subprotocol.
    #[track_caller]
    pub fn speaking(address: SocketAddr, protocol: &str) -> Self {
        Json::connect_with(address, protocol, &[])
    }

    /// The same, with these header fields.
    #[track_caller]
    pub fn connect_with(address: SocketAddr, protocol: &str, fields: &[(&str, &str)]) -> Self {
        Json::called(address, &address.to_string(), protocol, fields)
    }

    /// The same, where the chat goes by this name.
    #[track_caller]
    pub fn called(address: SocketAddr, host: &str, protocol: &str, fields: &[(&str, &str)]) -> Self {
        let stream = TcpStream::connect(address).expect("the chat listens");
        stream.set_nodelay(true).expect("TCP can be told not to wait");
        stream.set_read_timeout(Some(PATIENCE)).expect("reading can be given a limit");
        stream.set_write_timeout(Some(PATIENCE)).expect("writing can be given a limit");
        let uri = format!("ws://{host}/").parse().expect("a name makes a URL");
        let request = ClientRequestBuilder::new(uri).with_sub_protocol(protocol);
        let request = fields.iter().fold(request, |request, &(name, value)| request.with_header(name, value));
        let (socket, _) = tungstenite::client(request, stream).expect("the opening handshake succeeds");
        Json {
            socket,
            aside: VecDeque::new(),
            id: 0,
            name: String::new(),
            token: String::new(),
            welcome: Value::Null,
            histories: HashMap::new(),
        }
    }

    /// Says this hello, and hears the welcome and the histories: live in all rooms.
    #[track_caller]
    pub fn hello(address: SocketAddr, hello: Value) -> Self {
        Json::hello_with(address, &[], hello)
    }

    /// The same, through a proxy that says where it comes from.
    #[track_caller]
    pub fn hello_from(address: SocketAddr, client: &str, hello: Value) -> Self {
        Json::hello_with(address, &[("X-Forwarded-For", client)], hello)
    }

    #[track_caller]
    pub fn hello_with(address: SocketAddr, fields: &[(&str, &str)], hello: Value) -> Self {
        let mut client = Json::connect_with(address, "chat.v1", fields);
        client.greet(hello);
        client
    }

    /// Says this hello, on a connection that has said nothing yet.
    #[track_caller]
    pub fn greet(&mut self, mut hello: Value) {
        hello["type"] = "hello".into();
        self.send(&hello);
        self.arrive();
        if self.token.is_empty() {
            self.token = hello["token"].as_str().unwrap_or_default().into();
        }
    }

    /// A new person, called this.
    #[track_caller]
    pub fn named(address: SocketAddr, name: &str) -> Self {
        let mut client = Json::hello(address, json!({}));
        client.rename(name);
        client
    }

    /// Another window of the same person; or the same window, after a while.
    #[track_caller]
    pub fn again(&self, address: SocketAddr) -> Self {
        Json::hello(address, json!({"token": self.token}))
    }

    #[track_caller]
    pub fn arrive(&mut self) {
        self.welcome = self.expect("welcome");
        self.id = self.welcome["user"]["id"].as_u64().expect("a person has an id");
        self.name = self.welcome["user"]["name"].as_str().expect("a person has a name").into();
        self.token = self.welcome["token"].as_str().unwrap_or_default().into();
        let rooms = self.welcome["rooms"].as_array().expect("a welcome has rooms").clone();
        for room in rooms {
            let name = room["room"].as_str().expect("a room has a name");
            let pieces = self.history(name);
            self.histories.insert(name.into(), pieces);
        }
    }

    /// The history of a room, in all its pieces.
    #[track_caller]
    pub fn history(&mut self, room: &str) -> Vec<Value> {
        let mut pieces = Vec::new();
        loop {
            let piece = self.wait_for("the history", |it| it["type"] == "history" && it["room"] == room);
            let more = piece["more"].as_bool().expect("a history says whether more follows");
            pieces.push(piece);
            if !more {
                return pieces;
            }
        }
    }

    #[track_caller]
    pub fn rename(&mut self, name: &str) {
        let ack = self.ask(json!({"type": "name", "name": name}));
        assert_eq!(ack["type"], "ack", "{ack}");
        let id = self.id;
        self.wait_for("the new name", |it| it["type"] == "renamed" && it["user"]["id"] == id);
        self.name = name.into();
    }

    /// Enters a room, which is made if there is none: its state. The history is heard.
    #[track_caller]
    pub fn join(&mut self, room: &str) -> Value {
        let state = self.ask(json!({"type": "join", "room": room, "create": true}));
        assert_eq!(state["type"], "room", "{state}");
        self.history(room);
        state
    }

    /// Says it, and hears that it is safe: the `ack`.
    #[track_caller]
    pub fn say(&mut self, room: &str, text: &str) -> Value {
        let ack = self.ask(json!({"type": "message", "room": room, "msg": text}));
        assert_eq!(ack["type"], "ack", "{ack}");
        ack
    }

    // ---- the wire

    #[track_caller]
    pub fn send(&mut self, object: &Value) {
        self.send_text(&object.to_string());
    }

    #[track_caller]
    pub fn send_text(&mut self, text: &str) {
        self.socket.send(Message::text(text)).expect("the chat takes it");
    }

    #[track_caller]
    pub fn send_bytes(&mut self, bytes: &[u8]) {
        self.socket.send(Message::binary(bytes.to_vec())).expect("the chat takes it");
    }

    /// Asks, under an id of its own if it has none, and waits for the answer, which must be the only one.
    #[track_caller]
    pub fn ask(&mut self, mut object: Value) -> Value {
        if object.get("id").is_none() {
            object["id"] = fresh_id().into();
        }
        self.send(&object);
        let id = &object["id"];
        self.wait_for(&format!("the answer to {object}"), |it| it["id"] == *id)
    }

    /// Asks what must be refused: the error's code.
    #[track_caller]
    pub fn refused(&mut self, object: Value) -> String {
        let error = self.ask(object);
        assert_eq!(error["type"], "error", "{error}");
        assert_eq!(error["msg_source"], "server", "{error}");
        assert!(error["msg"].as_str().is_some_and(|words| !words.is_empty()), "{error} says nothing");
        error["code"].as_str().expect("an error has a code").into()
    }

    /// The next object of this type. Others wait.
    #[track_caller]
    pub fn expect(&mut self, kind: &str) -> Value {
        self.wait_for(kind, |it| it["type"] == kind)
    }

    /// The next object that is like this. Others wait.
    #[track_caller]
    pub fn wait_for(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        if let Some(place) = self.aside.iter().position(&is_it) {
            return self.aside.remove(place).expect("it was found there");
        }
        loop {
            let object =
                self.receive().unwrap_or_else(|end| panic!("{end}, and not {what}; {:?}", self.aside));
            if is_it(&object) {
                return object;
            }
            self.aside.push_back(object);
        }
    }

    /// The next object, whatever it is.
    #[track_caller]
    pub fn object(&mut self) -> Value {
        let waiting = self.aside.pop_front();
        waiting.unwrap_or_else(|| self.receive().unwrap_or_else(|end| panic!("{end}")))
    }

    /// Everything that was sent to this client until now, and not waited for. What the chat has told another
    /// client before this is asked, it has told this one too.
    #[track_caller]
    pub fn heard(&mut self) -> Vec<Value> {
        let id = fresh_id();
        self.send(&json!({"type": "ping", "id": id}));
        let pong = loop {
            match self.receive() {
                Ok(object) if object["id"] == *id => break object,
                Ok(object) => self.aside.push_back(object),
                Err(end) => panic!("{end}"),
            }
        };
        assert_eq!(pong["type"], "pong", "{pong}");
        self.aside.drain(..).collect()
    }

    /// The same, and only what is of this type.
    #[track_caller]
    pub fn heard_of(&mut self, kind: &str) -> Vec<Value> {
        let mut heard = self.heard();
        heard.retain(|it| it["type"] == kind);
        heard
    }

    /// The next object from the wire; or how the connection ended.
    fn receive(&mut self) -> Result<Value, String> {
        // Pings come even when nothing is said, and are no reason to go on waiting.
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            match self.socket.read() {
                Ok(Message::Text(text)) => {
                    return Ok(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")));
                }
                Ok(Message::Close(frame)) => return Err(format!("closed: {frame:?}")),
                Ok(Message::Binary(_)) => panic!("the chat sends no binary messages"),
                Ok(_) => {}
                // A test that was stopped and goes on, under a debugger, say.
                Err(Error::Io(error)) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(format!("ended: {error}")),
            }
        }
        Err("silence".into())
    }

    /// The Close that ends the connection: its code, and its reason. What comes before waits.
    #[track_caller]
    pub fn closed(&mut self) -> (u16, String) {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            match self.socket.read() {
                Ok(Message::Close(Some(frame))) => {
                    // To its end: the server has sent all it had.
                    while self.socket.read().is_ok() {}
                    return (frame.code.into(), frame.reason.to_string());
                }
                Ok(Message::Text(text)) => self.aside.extend(serde_json::from_str::<Value>(&text)),
                Ok(Message::Ping(_) | Message::Pong(_)) => {}
                other => panic!("{other:?}, and no Close"),
            }
        }
        panic!("no Close");
    }

    /// What came before the end, when it has ended.
    pub fn left_over(&mut self) -> Vec<Value> {
        self.aside.drain(..).collect()
    }

    /// The closing handshake.
    #[track_caller]
    pub fn leave(mut self) {
        self.socket.close(None).expect("a Close can be sent");
        loop {
            match self.socket.read() {
                Ok(_) => {}
                Err(Error::ConnectionClosed) => return,
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// The stream beneath, to cut it.
    pub fn stream(&self) -> &TcpStream {
        self.socket.get_ref()
    }
}

/// An id that no other request of this run has.
pub fn fresh_id() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("ask-{}", COUNT.fetch_add(1, Ordering::Relaxed))
}
