//! People who talk and listen, and go to another node whenever theirs is gone or says nothing. They hear everything, once and in order,
//! from whichever node.

use std::collections::VecDeque;
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use pollcat_chat_testing::json::Json;
use pollcat_testing::client::PATIENCE;
use pollcat_testing::dice::Dice;
use serde_json::{Value, json};
use tungstenite::{ClientRequestBuilder, Message, WebSocket};

/// Requests on their way at a time.
const WINDOW: usize = 4;
/// A node that says nothing for so long is left.
const SILENCE: Duration = Duration::from_millis(1500);
/// Between one message and the next.
const APART: Duration = Duration::from_millis(5);
/// Between one try and the next, when something is refused.
const PAUSE: Duration = Duration::from_millis(20);

/// What all of them share.
pub(crate) struct Stage {
    nodes: Vec<SocketAddr>,
    /// No more is to be said; what was begun is to be brought to its end.
    done: AtomicBool,
    acknowledged: AtomicU64,
    asked_again: AtomicU64,
    repeated: AtomicU64,
    refused: AtomicU64,
    moved: AtomicU64,
}

/// What somebody has said.
pub(crate) struct Said {
    pub text: String,
    pub id: String,
    /// Where and when the `ack` has it.
    pub ack: Option<(u64, i64)>,
}

pub(crate) struct Writer {
    pub id: u64,
    pub said: Vec<Said>,
    /// What was said without an id: it is there once, or not at all, and nobody hears which.
    pub bare: Vec<String>,
    /// All that was heard of the lobby, from offset 1 on: who, what and when.
    pub heard: Vec<(u64, String, i64)>,
    token: String,
    epoch: Value,
    /// Places in `said` that are not acknowledged, in order.
    open: VecDeque<usize>,
    dice: Dice,
}

/// The connection has ended, or is no good.
struct Cut;

impl Stage {
    pub(crate) fn new(nodes: Vec<SocketAddr>) -> Self {
        let zero = || AtomicU64::new(0);
        Stage {
            nodes,
            done: AtomicBool::new(false),
            acknowledged: zero(),
            asked_again: zero(),
            repeated: zero(),
            refused: zero(),
            moved: zero(),
        }
    }

    pub(crate) fn end(&self) {
        self.done.store(true, Ordering::Relaxed);
    }

    pub(crate) fn acknowledged(&self) -> u64 {
        self.acknowledged.load(Ordering::Relaxed)
    }

    pub(crate) fn told(&self) -> String {
        let count = |it: &AtomicU64| it.load(Ordering::Relaxed);
        format!(
            "{} acknowledged, {} asked for again, {} acks repeated, {} refused, {} times to another node",
            self.acknowledged(),
            count(&self.asked_again),
            count(&self.repeated),
            count(&self.refused),
            count(&self.moved),
        )
    }
}

fn add(count: &AtomicU64) {
    count.fetch_add(1, Ordering::Relaxed);
}

impl Writer {
    pub(crate) fn new(person: &Json, dice: Dice) -> Self {
        Writer {
            id: person.id,
            said: Vec::new(),
            bare: Vec::new(),
            heard: Vec::new(),
            token: person.token.clone(),
            epoch: person.welcome["rooms"][0]["epoch"].clone(),
            open: VecDeque::new(),
            dice,
        }
    }

    /// Goes on until it is done and everything is acknowledged.
    pub(crate) fn run(mut self, stage: &Stage) -> Self {
        let mut deadline = Instant::now() + 3 * PATIENCE;
        loop {
            let before = (self.heard.len(), self.open.len());
            let node = self.dice.choose(&stage.nodes);
            if self.talk(node, stage).is_ok() && self.is_done(stage) {
                return self;
            }
            if before != (self.heard.len(), self.open.len()) {
                deadline = Instant::now() + 3 * PATIENCE;
            }
            assert!(Instant::now() < deadline, "{} gets nowhere, and waits for {:?}", self.id, self.open);
            add(&stage.moved);
            thread::park_timeout(PAUSE);
        }
    }

    fn is_done(&self, stage: &Stage) -> bool {
        stage.done.load(Ordering::Relaxed) && self.open.is_empty()
    }

    /// One connection's worth. Fine if there is nothing more to do, or if it is time to go elsewhere.
    fn talk(&mut self, node: SocketAddr, stage: &Stage) -> Result<(), Cut> {
        let mut line = Line::connect(node)?;
        let rooms = json!({"lobby": {"epoch": self.epoch, "offset": self.heard.len()}});
        line.send(&json!({"type": "hello", "token": self.token, "echo": true, "rooms": rooms}))?;
        self.come_in(&mut line)?;
        for place in self.open.clone() {
            add(&stage.asked_again);
            self.ask(place, &mut line)?;
        }
        let mut patience = 1 + self.dice.below(300);
        while !self.is_done(stage) {
            patience = patience.saturating_sub(1);
            if patience == 0 && !stage.done.load(Ordering::Relaxed) {
                return Ok(());
            }
            while self.open.len() < WINDOW && !stage.done.load(Ordering::Relaxed) {
                let number = self.said.len();
                let (text, id) = (format!("{} says {number}", self.id), format!("{}-{number}", self.id));
                self.said.push(Said { text, id, ack: None });
                self.open.push_back(number);
                self.ask(number, &mut line)?;
                if self.dice.one_in(8) {
                    let text = format!("{} says, beside {number}", self.id);
                    line.send(&json!({"type": "message", "room": "lobby", "msg": text}))?;
                    self.bare.push(text);
                }
                thread::park_timeout(APART);
            }
            let object = line.next()?;
            self.hear(&object, &mut line, stage)?;
        }
        Ok(())
    }

    /// Hears what was missed.
    fn come_in(&mut self, line: &mut Line) -> Result<(), Cut> {
        let mut events = Vec::new();
        loop {
            let mut object = line.next()?;
            match object["type"].as_str() {
                Some("welcome") => assert_eq!(object["user"]["id"], self.id, "{object}"),
                Some("history") => {
                    assert_eq!(object["epoch"], self.epoch, "the room is the same one");
                    events.append(object["events"].as_array_mut().expect("events"));
                    if object["more"] == false {
                        if object["recovered"] == false {
                            self.fill(line, &mut events)?;
                        }
                        events.iter().for_each(|it| self.hear_event(it));
                        return Ok(());
                    }
                }
                Some("error") => {
                    let code = object["code"].as_str().unwrap_or_default();
                    assert!(["busy", "stopping", "storage", "rate_limited"].contains(&code), "{object}");
                    return Err(Cut);
                }
                _ => {}
            }
        }
    }

    /// It was more than is told at once: these are the latest, and what is before them stands in pages.
    fn fill(&self, line: &mut Line, events: &mut Vec<Value>) -> Result<(), Cut> {
        let next = self.heard.len() as u64 + 1;
        let offset = |event: &Value| event["offset"].as_u64().expect("an offset");
        while let Some(first) = events.first().map(offset).filter(|&first| first > next) {
            line.send(&json!({"type": "page", "room": "lobby", "before": first, "id": "page"}))?;
            loop {
                let mut object = line.next()?;
                match object["type"].as_str() {
                    Some("page") => {
                        let earlier = object["events"].as_array_mut().expect("a page has events");
                        earlier.append(events);
                        std::mem::swap(earlier, events);
                        break;
                    }
                    Some("message") => events.push(object),
                    Some("error") => return Err(Cut),
                    _ => {}
                }
            }
        }
        events.retain(|event| offset(event) >= next);
        Ok(())
    }

    fn hear_event(&mut self, event: &Value) {
        assert_eq!(event["offset"], self.heard.len() + 1, "{} hears in order, and once: {event}", self.id);
        let text = event["msg"].as_str().expect("words").to_owned();
        let (who, at) = (event["from_id"].as_u64(), event["msg_time"].as_i64());
        self.heard.push((who.expect("a person"), text, at.expect("a time")));
    }

    fn hear(&mut self, object: &Value, line: &mut Line, stage: &Stage) -> Result<(), Cut> {
        match object["type"].as_str() {
            Some("message") => self.hear_event(object),
            // What was said without an id.
            Some("ack" | "error") if object["id"].is_null() && object["code"] != "stopping" => {}
            Some("ack") => {
                let place = self.waiting(object);
                self.open.retain(|&it| it != place);
                let (offset, at) = (object["offset"].as_u64(), object["msg_time"].as_i64());
                self.said[place].ack = Some((offset.expect("an offset"), at.expect("a time")));
                add(&stage.acknowledged);
                if object["repeated"] == true {
                    add(&stage.repeated);
                }
            }
            Some("error") => match object["code"].as_str() {
                Some("storage" | "busy") => {
                    let place = self.waiting(object);
                    add(&stage.refused);
                    thread::park_timeout(PAUSE);
                    // Another node may be better off.
                    if self.dice.one_in(5) {
                        return Err(Cut);
                    }
                    self.ask(place, line)?;
                }
                Some("stopping") => return Err(Cut),
                _ => panic!("{object}"),
            },
            _ => {}
        }
        Ok(())
    }

    /// What an answer is for.
    fn waiting(&self, answer: &Value) -> usize {
        let place = self.open.iter().find(|&&place| answer["id"] == *self.said[place].id);
        *place.unwrap_or_else(|| panic!("nobody waits for {answer}"))
    }

    fn ask(&self, place: usize, line: &mut Line) -> Result<(), Cut> {
        let said = &self.said[place];
        line.send(&json!({"type": "message", "room": "lobby", "msg": said.text, "id": said.id}))
    }
}

/// A connection that may end at any moment.
struct Line(WebSocket<TcpStream>);

impl Line {
    fn connect(node: SocketAddr) -> Result<Self, Cut> {
        let stream = TcpStream::connect_timeout(&node, SILENCE).map_err(|_| Cut)?;
        stream.set_nodelay(true).map_err(|_| Cut)?;
        stream.set_read_timeout(Some(SILENCE)).map_err(|_| Cut)?;
        stream.set_write_timeout(Some(SILENCE)).map_err(|_| Cut)?;
        let uri = format!("ws://{node}/").parse().expect("an address makes a URL");
        let request = ClientRequestBuilder::new(uri).with_sub_protocol("chat.v1");
        tungstenite::client(request, stream).map(|(socket, _)| Line(socket)).map_err(|_| Cut)
    }

    fn send(&mut self, object: &Value) -> Result<(), Cut> {
        self.0.send(Message::text(object.to_string())).map_err(|_| Cut)
    }

    fn next(&mut self) -> Result<Value, Cut> {
        loop {
            match self.0.read() {
                Ok(Message::Text(text)) => {
                    return Ok(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")));
                }
                Ok(Message::Ping(_) | Message::Pong(_)) => {}
                _ => return Err(Cut),
            }
        }
    }
}
