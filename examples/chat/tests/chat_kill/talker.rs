//! People who talk and listen while their connections, and the whole chat, are cut off again and again.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use pollcat_chat_testing::png::png;
use pollcat_testing::dice::Dice;
use serde_json::Value;

use crate::deed::{Deed, What};
use crate::line::{Cut, Line};
use crate::listener::{Listener, MEANWHILE, Words, text};

/// The last words in every room.
pub(crate) const END: &str = "that was all";
/// Requests on their way at a time.
const WINDOW: usize = 8;
/// Rooms that somebody enters meanwhile.
const ROOMS: usize = 20;

/// What all of them share.
pub(crate) struct Stage {
    pub address: SocketAddr,
    /// No more is to be done; what was begun is to be brought to its end.
    pub done: AtomicBool,
    pub acknowledged: AtomicU64,
    pub asked_again: AtomicU64,
    pub repeated: AtomicU64,
    /// As the disk was full.
    pub refused: AtomicU64,
    pub cut: AtomicU64,
    /// What was said lately, in rooms that somebody governs: the room and the offset.
    pub said: Mutex<Vec<(String, u64)>>,
}

pub(crate) struct Writer {
    pub listener: Listener,
    dice: Dice,
    /// The room that is called by a person's id sometimes, and that id.
    private: Option<(String, u64)>,
    deeds: Vec<Deed>,
    /// Places in `deeds` that have no answer yet, in order.
    open: VecDeque<usize>,
    /// The number in the latest name that was acknowledged.
    name: usize,
}

impl Writer {
    pub(crate) fn new(listener: Listener, private: Option<(String, u64)>, dice: Dice) -> Self {
        Writer { listener, dice, private, deeds: Vec::new(), open: VecDeque::new(), name: 0 }
    }

    /// Goes on until it is done and everything is answered.
    pub(crate) fn run(mut self, stage: &Stage) -> (Listener, Vec<Deed>) {
        loop {
            let mut line = Line::connect(stage.address);
            if self.talk(&mut line, stage).is_ok()
                && self.open.is_empty()
                && stage.done.load(Ordering::Relaxed)
            {
                return (self.listener, self.deeds);
            }
            stage.cut.fetch_add(1, Ordering::Relaxed);
            line.cut(&mut self.dice);
        }
    }

    /// Says the last words in all rooms. For the one who speaks last.
    pub(crate) fn end(listener: Listener, stage: &Stage, dice: Dice) -> (Listener, Vec<Deed>) {
        let mut last = Writer::new(listener, None, dice);
        let rooms: Vec<String> = last.listener.rooms.keys().cloned().collect();
        for room in rooms {
            last.begin(What::Message { room, text: END.into(), taken_back: false });
        }
        last.run(stage)
    }

    /// One connection's worth. Fine if there is nothing more to do, or if it is time to be cut off.
    fn talk(&mut self, line: &mut Line, stage: &Stage) -> Result<(), Cut> {
        line.send(&self.listener.hello())?;
        for place in self.open.clone() {
            stage.asked_again.fetch_add(1, Ordering::Relaxed);
            self.ask(place, line)?;
        }
        let mut patience = 1 + self.dice.below(400);
        while patience > 0 {
            patience -= 1;
            let done = stage.done.load(Ordering::Relaxed);
            if done && self.open.is_empty() {
                return Ok(());
            }
            while !done && self.open.len() < WINDOW && !self.dice.one_in(4) {
                let what = self.think();
                let place = self.begin(what);
                self.ask(place, line)?;
            }
            if self.open.is_empty() {
                continue; // nothing that would be answered
            }
            let object = line.next()?;
            self.listener.hear(&object);
            self.hear_answer(&object, line, stage)?;
        }
        Ok(())
    }

    fn hear_answer(&mut self, object: &Value, line: &mut Line, stage: &Stage) -> Result<(), Cut> {
        let kind = text(object, "type");
        if kind == "welcome" {
            let named =
                self.listener.name.rsplit_once('x').map_or(0, |(_, number)| number.parse().unwrap_or(0));
            assert!(named >= self.name, "name {} was acknowledged: {object}", self.name);
        }
        let Some(key) = object["id"].as_str().filter(|_| matches!(kind, "ack" | "room" | "error")) else {
            assert_ne!(kind, "error", "{object}");
            return Ok(());
        };
        let waiting = self.open.iter().position(|&place| self.deeds[place].key == key);
        let waiting = waiting.unwrap_or_else(|| panic!("nobody waits for {object}"));
        let place = self.open[waiting];
        if kind == "error" {
            return self.hear_refusal(waiting, object, line, stage);
        }
        self.open.remove(waiting);
        let deed = &mut self.deeds[place];
        deed.is_answered(object);
        if let (true, Some(room), Some(Some((offset, _)))) = (deed.is_said(), deed.room(), deed.done)
            && self.private.as_ref().is_none_or(|(private, _)| private != room)
        {
            stage.said.lock().expect("nobody has panicked").push((room.to_owned(), offset));
        }
        match &deed.what {
            What::Name(name) => {
                let number = name.rsplit_once('x').and_then(|(_, number)| number.parse().ok());
                self.name = number.expect("names have numbers");
            }
            What::Join(room) => assert_eq!(text(object, "room"), room, "{object}"),
            _ => self.listener.hear_own(object, deed.words().expect("it makes an event")),
        }
        stage.acknowledged.fetch_add(1, Ordering::Relaxed);
        let repeated = u64::from(object["repeated"] == true);
        stage.repeated.fetch_add(repeated, Ordering::Relaxed);
        Ok(())
    }

    fn hear_refusal(
        &mut self,
        waiting: usize,
        error: &Value,
        line: &mut Line,
        stage: &Stage,
    ) -> Result<(), Cut> {
        let place = self.open[waiting];
        match (text(error, "code"), &self.deeds[place].what) {
            ("stopping", _) => Ok(()),
            // It has been pruned meanwhile, or somebody who governs has deleted it.
            ("no_such_event", What::TakeBack { .. }) => {
                self.open.remove(waiting);
                Ok(())
            }
            ("storage", _) => {
                stage.refused.fetch_add(1, Ordering::Relaxed);
                self.ask(place, line)
            }
            // It was asked for on the connection before, and is on its way to the disk.
            ("busy", What::Name(_)) => self.ask(place, line),
            _ => panic!("{error}: {:.200?}", self.deeds[place]),
        }
    }

    // ---- what is done

    fn think(&mut self) -> What {
        match self.dice.below(40) {
            0..4 => self.think_of_a_picture(),
            4..8 => self.think_better_of_it().unwrap_or_else(|| self.think_of_words()),
            8 if !self.is_being_renamed() => {
                What::Name(format!("name{}x{}", self.listener.id, self.deeds.len() + 1))
            }
            9 if self.listener.entered.len() < ROOMS => {
                What::Join(format!("{MEANWHILE}{}x{}", self.listener.id, self.deeds.len()))
            }
            _ => self.think_of_words(),
        }
    }

    fn think_of_words(&mut self) -> What {
        let long = self.dice.one_in(50);
        let length = if long { 3900 } else { self.dice.below(60) };
        let words = self.dice.choose(&["x", "茶", "🙂", "\"\\\n"]).repeat(length / 3);
        What::Message {
            room: self.choose_room(),
            text: format!("{} {words}.", self.new_key()),
            taken_back: false,
        }
    }

    fn think_of_a_picture(&mut self) -> What {
        let length = 10 + self.dice.below(20_000);
        let noise: Vec<u8> = (0..length).map(|_| self.dice.below(256) as u8).collect();
        What::Picture {
            room: self.choose_room(),
            caption: self.new_key(),
            bytes: png(64, 64, &noise),
            taken_back: false,
        }
    }

    /// Something that was said lately.
    fn think_better_of_it(&mut self) -> Option<What> {
        let latest = self.deeds.len().saturating_sub(1 + self.dice.below(20));
        let deed = self.deeds.get_mut(latest)?;
        let (target, _) = deed.done??;
        let room = deed.room()?.to_owned();
        *deed.taken_back()? = true;
        Some(What::TakeBack { room, target })
    }

    /// One name at a time: which of two refused ones is tried again first, is nobody's promise.
    fn is_being_renamed(&self) -> bool {
        self.open.iter().any(|&place| matches!(self.deeds[place].what, What::Name(_)))
    }

    fn choose_room(&mut self) -> String {
        let mut names: Vec<&String> = self.listener.rooms.keys().collect();
        names.sort();
        names[self.dice.below(names.len())].clone()
    }

    fn new_key(&mut self) -> String {
        format!("{}-{}-{}", self.listener.id, self.deeds.len(), self.dice.below(1 << 40))
    }

    fn begin(&mut self, what: What) -> usize {
        let key = self.new_key();
        self.deeds.push(Deed::new(key, what));
        self.open.push_back(self.deeds.len() - 1);
        self.deeds.len() - 1
    }

    /// Every other time to the person, if it is a private talk.
    fn ask(&self, place: usize, line: &mut Line) -> Result<(), Cut> {
        let private = self.private.as_ref().filter(|_| place.is_multiple_of(2));
        let (request, bytes) =
            self.deeds[place].request(private.map(|(room, other)| (room.as_str(), *other)));
        line.send(&request)?;
        bytes.map_or(Ok(()), |bytes| line.send_bytes(bytes))
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
    let end = Words::Text(END.into());
    listener.rooms.values().all(|room| room.events.last().is_some_and(|event| event.words == end))
}
