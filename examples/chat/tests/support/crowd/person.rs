//! One of many: a connection that comes and goes, a token, and how far each room was heard.

use std::io::{self, Read, Write};
use std::time::Instant;

use mio::net::TcpStream;

use super::heard::{Count, number, number_in_text, numbers, says, word};
use pollcat_testing::client::{TEXT, masked};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Not here.
    Off,
    /// Until the answer to the opening handshake.
    Opening,
    /// Until the welcome.
    Open,
    Here,
    /// A Close was sent.
    Leaving,
}

pub struct Person {
    pub line: Line,
    /// At which node, and at how many others they were turned away since they were here.
    pub(super) node: usize,
    pub(super) tried: usize,
    pub stream: Option<TcpStream>,
    /// What has come and is no whole frame yet.
    pub unread: Vec<u8>,
    unsent: Vec<u8>,
    pub id: u64,
    pub token: Option<String>,
    rooms: Vec<Place>,
    /// Rooms of the welcome whose history has not come to its end.
    pub behind: usize,
    /// When it began to connect, the last time.
    pub knocked: Instant,
    pub welcomed: Instant,
    /// When the last of those histories was there.
    pub live: Instant,
    /// Attempts in a row that came to nothing.
    pub failures: u32,
    pub heard: Count,
    /// Says things itself: their acks are kept, and offsets are not looked at, as some are in the acks.
    pub speaks: bool,
    pub acknowledged: usize,
    /// The number of each thing that was said, and its offset.
    pub acks: Vec<(u64, u64)>,
    pub welcomes: u64,
    /// What the page asks when it is welcomed.
    pub asks: Option<&'static str>,
}

struct Place {
    room: String,
    epoch: String,
    offset: u64,
}

/// What must not happen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Faults {
    /// Somebody said their token, and is somebody new.
    pub strangers: u64,
    /// Events that were never told.
    pub lost: u64,
    /// Events that were told twice.
    pub doubled: u64,
    /// Histories that began anew.
    pub afresh: u64,
    pub errors: u64,
}

impl Person {
    pub(super) fn new(node: usize) -> Self {
        Person {
            line: Line::Off,
            node,
            tried: 0,
            stream: None,
            unread: Vec::new(),
            unsent: Vec::new(),
            id: 0,
            token: None,
            rooms: Vec::new(),
            behind: 0,
            knocked: Instant::now(),
            welcomed: Instant::now(),
            live: Instant::now(),
            failures: 0,
            heard: Count::default(),
            speaks: false,
            acknowledged: 0,
            acks: Vec::new(),
            welcomes: 0,
            asks: None,
        }
    }

    pub fn is_live(&self) -> bool {
        self.line == Line::Here && self.behind == 0
    }

    pub fn is_in(&self, room: &str) -> bool {
        self.rooms.iter().any(|place| place.room == room)
    }

    pub fn offset(&self, room: &str) -> Option<u64> {
        self.rooms.iter().find(|place| place.room == room).map(|place| place.offset)
    }

    // ---- what is said

    pub fn hello(&self) -> String {
        let Some(token) = &self.token else {
            return r#"{"type":"hello"}"#.to_owned();
        };
        let has = |place: &Place| {
            let Place { room, epoch, offset } = place;
            format!(r#""{room}":{{"epoch":"{epoch}","offset":{offset}}}"#)
        };
        let rooms: Vec<String> = self.rooms.iter().map(has).collect();
        format!(r#"{{"type":"hello","token":"{token}","rooms":{{{}}}}}"#, rooms.join(","))
    }

    pub fn say(&mut self, text: &str) {
        self.write(&masked(TEXT, text.as_bytes()));
    }

    /// What cannot be sent now is sent when the stream can be written to.
    pub fn write(&mut self, bytes: &[u8]) {
        self.unsent.extend_from_slice(bytes);
        self.flush();
    }

    /// A stream that has failed says so to whoever reads it.
    pub fn flush(&mut self) {
        let Some(stream) = &mut self.stream else {
            return self.unsent.clear();
        };
        while !self.unsent.is_empty() {
            match stream.write(&self.unsent) {
                Ok(length) => drop(self.unsent.drain(..length)),
                Err(_) => return,
            }
        }
    }

    pub fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.as_mut().map_or(Ok(0), |stream| stream.read(buffer))
    }

    pub fn hang_up(&mut self) {
        self.stream = None;
        self.line = Line::Off;
        self.unread = Vec::new();
        self.unsent.clear();
        self.behind = 0;
    }

    // ---- what is heard

    pub fn told(&mut self, told: &str, json: &[u8], faults: &mut Faults) {
        match told {
            "welcome" => self.welcome(json, faults),
            "history" => self.history(json, faults),
            "message" if !self.speaks => self.event(json, faults),
            "ack" => {
                self.acknowledged += 1;
                let ack = number_in_text(json, "id").zip(number(json, "offset"));
                self.acks.extend(ack.filter(|_| self.speaks));
            }
            // It is to be said again, as soon as the program is back.
            "error" if says(json, "code", br#""stopping""#) => {}
            "error" => faults.errors += 1,
            _ => {}
        }
    }

    fn welcome(&mut self, json: &[u8], faults: &mut Faults) {
        faults.strangers += u64::from(self.token.is_some() && says(json, "new", b"true"));
        self.id = number(json, "id").unwrap_or(self.id);
        self.token = word(json, "token").or(self.token.take());
        self.line = Line::Here;
        self.welcomed = Instant::now();
        self.welcomes += 1;
        self.failures = 0;
        self.behind = numbers(json, "offset").count();
        if let Some(question) = self.asks {
            self.say(question);
        }
    }

    fn history(&mut self, json: &[u8], faults: &mut Faults) {
        let (Some(room), Some(epoch)) = (word(json, "room"), word(json, "epoch")) else {
            return;
        };
        let is_old = says(json, "recovered", b"true");
        let place = match self.rooms.iter().position(|place| place.room == room) {
            Some(place) => place,
            None => {
                self.rooms.push(Place { room, epoch: epoch.clone(), offset: 0 });
                self.rooms.len() - 1
            }
        };
        let place = &mut self.rooms[place];
        let mut offsets = numbers(json, "offset");
        if !is_old {
            faults.afresh += u64::from(place.offset > 0 && !self.speaks);
            (place.epoch, place.offset) = (epoch, offsets.next().unwrap_or(0));
        }
        offsets.for_each(|offset| place.hear(offset, faults));
        if says(json, "more", b"false") && self.behind > 0 {
            self.behind -= 1;
            self.live = Instant::now();
        }
    }

    fn event(&mut self, json: &[u8], faults: &mut Faults) {
        let (Some(room), Some(offset)) = (super::heard::text(json, "room"), number(json, "offset")) else {
            return;
        };
        if let Some(place) = self.rooms.iter_mut().find(|place| place.room.as_bytes() == room) {
            place.hear(offset, faults);
        }
    }
}

impl Place {
    fn hear(&mut self, offset: u64, faults: &mut Faults) {
        if offset <= self.offset {
            faults.doubled += 1;
            return;
        }
        faults.lost += offset - self.offset - 1;
        self.offset = offset;
    }
}
