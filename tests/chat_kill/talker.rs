//! People who talk and listen while their connections, and the whole chat, are cut off again and again.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use serde_json::{Value, json};

use crate::dice::Dice;
use crate::line::{Cut, Line};
use crate::listener::{Listener, number, text};

/// The last words in every room.
pub(crate) const END: &str = "that was all";
/// Messages on their way at a time.
const WINDOW: usize = 8;

/// What all of them share.
pub(crate) struct Stage {
    pub address: SocketAddr,
    /// No more is to be said; what was said is to be brought to its end.
    pub done: AtomicBool,
    pub acknowledged: AtomicU64,
    pub said_again: AtomicU64,
    pub repeated: AtomicU64,
    pub cut: AtomicU64,
}

/// A message and, in the end, its `ack`.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub key: String,
    pub room: String,
    pub text: String,
    /// Its offset and time.
    pub ack: Option<(u64, i64)>,
}

pub(crate) struct Writer {
    pub listener: Listener,
    dice: Dice,
    /// The room that is called by a person's id sometimes, and that id.
    private: Option<(String, u64)>,
    said: Vec<Said>,
    /// Places in `said` that have no `ack` yet, in order.
    open: VecDeque<usize>,
}

impl Writer {
    pub(crate) fn new(listener: Listener, private: Option<(String, u64)>, dice: Dice) -> Self {
        Writer { listener, dice, private, said: Vec::new(), open: VecDeque::new() }
    }

    /// Talks until it is done and everything said is acknowledged.
    pub(crate) fn run(mut self, stage: &Stage) -> (Listener, Vec<Said>) {
        loop {
            let mut line = Line::connect(stage.address);
            if self.talk(&mut line, stage).is_ok()
                && self.open.is_empty()
                && stage.done.load(Ordering::Relaxed)
            {
                return (self.listener, self.said);
            }
            stage.cut.fetch_add(1, Ordering::Relaxed);
            line.cut(&mut self.dice);
        }
    }

    /// Says the last words in all rooms. For the one who speaks last.
    pub(crate) fn end(listener: Listener, stage: &Stage, dice: Dice) -> (Listener, Vec<Said>) {
        let mut last = Writer::new(listener, None, dice);
        let rooms: Vec<String> = last.listener.rooms.keys().cloned().collect();
        for room in rooms {
            last.think_of(room, END.into());
        }
        last.run(stage)
    }

    /// One connection's worth. Fine if there is nothing more to say, or if it is time to be cut off.
    fn talk(&mut self, line: &mut Line, stage: &Stage) -> Result<(), Cut> {
        line.send(&self.listener.hello())?;
        for &place in &self.open {
            stage.said_again.fetch_add(1, Ordering::Relaxed);
            line.send(&self.message(place, self.is_personal()))?;
        }
        let mut patience = 1 + self.dice.below(400);
        while patience > 0 {
            patience -= 1;
            let done = stage.done.load(Ordering::Relaxed);
            if done && self.open.is_empty() {
                return Ok(());
            }
            while !done && self.open.len() < WINDOW && !self.dice.one_in(4) {
                let (room, words) = (self.choose_room(), self.words());
                let place = self.think_of(room, words);
                line.send(&self.message(place, self.is_personal()))?;
            }
            if self.open.is_empty() {
                continue; // nothing that would be answered
            }
            let object = line.next()?;
            self.listener.hear(&object);
            self.hear_answer(&object, stage);
        }
        Ok(())
    }

    fn hear_answer(&mut self, object: &Value, stage: &Stage) {
        match text(object, "type") {
            "error" => assert_eq!(text(object, "code"), "stopping", "{object}"),
            "ack" => {
                let key = text(object, "id");
                let place = self.open.iter().position(|&place| self.said[place].key == key);
                let place = place.unwrap_or_else(|| panic!("nobody waits for {object}"));
                let said = &mut self.said[self.open.remove(place).expect("it was found there")];
                assert_eq!(text(object, "room"), said.room, "{object}");
                let at = object["msg_time"].as_i64().expect("an ack has a time");
                said.ack = Some((number(object, "offset"), at));
                self.listener.hear_own(object, &said.text);
                stage.acknowledged.fetch_add(1, Ordering::Relaxed);
                let repeated = u64::from(object["repeated"] == true);
                stage.repeated.fetch_add(repeated, Ordering::Relaxed);
            }
            _ => {}
        }
    }

    // ---- what is said

    fn choose_room(&mut self) -> String {
        let mut names: Vec<&String> = self.listener.rooms.keys().collect();
        names.sort();
        names[self.dice.below(names.len())].clone()
    }

    fn words(&mut self) -> String {
        let long = self.dice.one_in(50);
        let length = if long { 3900 } else { self.dice.below(60) };
        self.dice.choose(&["x", "茶", "🙂", "\"\\\n"]).repeat(length / 3)
    }

    fn think_of(&mut self, room: String, words: String) -> usize {
        let place = self.said.len();
        let key = format!("{}-{place}-{}", self.listener.id, self.dice.below(1 << 40));
        let text = if words == END { words } else { format!("{key} {words}.") };
        self.said.push(Said { key, room, text, ack: None });
        self.open.push_back(place);
        place
    }

    /// Every other message to the private talk is to the person.
    fn is_personal(&self) -> bool {
        self.said.len().is_multiple_of(2)
    }

    fn message(&self, place: usize, to_person: bool) -> Value {
        let Said { key, room, text, .. } = &self.said[place];
        match &self.private {
            Some((private, other)) if to_person && private == room => {
                json!({"id": key, "to": other, "msg": text})
            }
            _ => json!({"type": "message", "id": key, "room": room, "msg": text}),
        }
    }
}

/// Listens until the last words of every room.
pub(crate) fn listen(mut listener: Listener, stage: &Stage, mut dice: Dice) -> Listener {
    loop {
        let mut line = Line::connect(stage.address);
        let patience = 1 + dice.below(1000);
        if listen_for(&mut listener, &mut line, patience).is_ok() && has_ended(&listener) {
            return listener;
        }
        stage.cut.fetch_add(1, Ordering::Relaxed);
        line.cut(&mut dice);
    }
}

fn listen_for(listener: &mut Listener, line: &mut Line, patience: usize) -> Result<(), Cut> {
    line.send(&listener.hello())?;
    for _ in 0..patience {
        if has_ended(listener) {
            return Ok(());
        }
        let object = line.next()?;
        assert_ne!(text(&object, "type"), "error", "{object}");
        listener.hear(&object);
    }
    Ok(())
}

fn has_ended(listener: &Listener) -> bool {
    listener.rooms.values().all(|room| room.events.last().is_some_and(|event| event.text == END))
}
