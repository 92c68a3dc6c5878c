//! Turns in which several windows speak at once. In which order the chat took them only the offsets tell; everything else
//! follows from that.

use serde_json::{Value, json};

use crate::heard::Heard;
use crate::theatre::{Theatre, Voice};
use crate::world::{Event, LOBBY, What, World};

/// Something that will be said.
pub(crate) struct Speech {
    pub window: usize,
    pub id: Option<String>,
    pub room: String,
    pub event: Event,
}

/// Somebody who enters or leaves a room while others speak in it.
struct Mover {
    window: usize,
    room: String,
    enters: bool,
}

impl Theatre {
    pub(crate) fn talk(&mut self) {
        let mover = if self.dice.one_in(3) { self.choose_mover() } else { None };
        let moving = mover.as_ref().map(|it| self.windows[it.window].person);
        let (mut speeches, mut expected, mut targets) = (Vec::new(), self.silence(), Vec::new());
        let times = 1 + self.dice.below(10);
        let when = self.dice.below(times);
        let mut id = String::new();
        for time in 0..times {
            if let Some(mover) = mover.as_ref().filter(|_| time == when) {
                id = self.ask(mover.window, json!({"type": mover.how(), "room": mover.room}));
            }
            let window = self.any_window();
            if Some(self.windows[window].person) == moving {
                continue;
            }
            if !self.windows[window].is_json() {
                speeches.extend(self.text_speaks(window, moving));
                continue;
            }
            match self.dice.below(14) {
                0..6 => speeches.push(self.say(window, moving)),
                6 => speeches.extend(self.say_privately(window, moving)),
                7 | 8 => speeches.push(self.send_picture(window, moving)),
                9 | 10 => speeches.extend(self.take_back(window, &mut targets, &mut expected)),
                11 => self.say_again(window, &mut expected),
                _ => self.try_something_wrong(window, &mut expected),
            }
        }
        let heard = self.settle();
        let mover = mover.map(|mover| (mover.place(&id, &heard, &self.world), mover, id));
        self.come_out(speeches, mover, &heard, &mut expected);
        self.compare(heard, expected);
    }

    fn choose_mover(&mut self) -> Option<Mover> {
        let (window, room) = (self.any_json(), self.any_room());
        let enters = !self.world.is_member(self.windows[window].person, &room);
        let is_public = self.world.rooms[&room].is_public();
        (is_public && room != LOBBY).then_some(Mover { window, room, enters })
    }

    // ---- what came of it

    /// The chat has put everything in an order. Each speech is there exactly once, each window's in the order in which it
    /// spoke, and no offset is left out.
    fn come_out(
        &mut self,
        speeches: Vec<Speech>,
        mover: Option<(u64, Mover, String)>,
        heard: &[Heard],
        expected: &mut [Heard],
    ) {
        let mut placed: Vec<(u64, Speech)> = Vec::new();
        for speech in speeches {
            let offset = find(&speech, heard).unwrap_or_else(|| {
                panic!(
                    "lost: {} in {}; {:?}",
                    speech.event.told(0, None),
                    speech.room,
                    heard[speech.window].loose
                )
            });
            let mut earlier =
                placed.iter().filter(|(_, it)| it.window == speech.window && it.room == speech.room);
            assert!(earlier.all(|(before, _)| *before < offset), "overtaken at {offset} in {}", speech.room);
            placed.push((offset, speech));
        }
        placed.sort_by_key(|(offset, _)| *offset);
        let (before, after): (Vec<_>, Vec<_>) = placed.into_iter().partition(|(offset, speech)| {
            mover.as_ref().is_none_or(|(place, mover, _)| speech.room != mover.room || offset <= place)
        });
        before.into_iter().for_each(|(offset, speech)| self.happen(speech, offset, expected));
        if let Some((_, Mover { window, room, enters }, id)) = mover {
            let person = self.windows[window].person;
            if enters {
                self.windows[window].room = room.clone();
                self.become_member(person, &room, Some((window, Some(id))), expected);
            } else {
                self.stop_being_member(person, &room, expected);
                expected[window].loose.push(json!({"type": "ack", "id": id}));
            }
        }
        after.into_iter().for_each(|(offset, speech)| self.happen(speech, offset, expected));
    }

    fn happen(&mut self, Speech { window, id, room, event }: Speech, offset: u64, expected: &mut [Heard]) {
        assert_eq!(offset, self.world.rooms[&room].log.len() as u64 + 1, "the next offset in {room}");
        self.tally.events += 1;
        self.tell(&room, &event, (window, id.as_deref()), offset, expected);
        if let Some(id) = id {
            let ack = json!({"type": "ack", "id": id, "room": room, "offset": offset});
            self.acknowledged.push((event.author, ack));
        }
        self.world.push(&room, event);
    }

    /// Who hears of an event, and how.
    pub(crate) fn tell(
        &self,
        room: &str,
        event: &Event,
        by: (usize, Option<&str>),
        offset: u64,
        expected: &mut [Heard],
    ) {
        for (place, window) in self.windows.iter().enumerate() {
            if !self.world.is_member(window.person, room) {
                continue;
            }
            let own = place == by.0;
            if let (true, Some(id)) = (own, by.1) {
                let ack = json!({"type": "ack", "id": id, "room": room, "offset": offset});
                expected[place].in_room(room, ack);
            }
            match &window.voice {
                _ if own && !window.echo => {}
                Voice::Json(_) => expected[place].in_room(room, event.told(offset, Some(room))),
                Voice::Text(_) => {
                    let line = self.line(place, room, event, offset);
                    line.into_iter().for_each(|line| expected[place].line(line));
                }
            }
        }
    }

    /// An event, as a text client reads it from where it is.
    pub(crate) fn line(&self, window: usize, room: &str, event: &Event, offset: u64) -> Option<String> {
        let window = &self.windows[window];
        let place = match self.world.rooms[room].pair {
            _ if window.room == room => String::new(),
            None => format!("[{}] ", self.world.rooms[room].title.as_deref().unwrap_or(room)),
            Some((one, other)) if event.author == window.person => {
                let partner = if one == window.person { other } else { one };
                format!("[private to {}] ", self.world.person(partner).name)
            }
            Some(_) => "[private] ".into(),
        };
        let address = || format!("http://{}{}", self.chat.address(), self.secrets.picture(room, offset));
        event.line(&place, address)
    }

    pub(crate) fn refused(&mut self, window: usize, id: &str, code: &str, expected: &mut [Heard]) {
        self.tally.refused += 1;
        expected[window].loose.push(json!({"type": "error", "id": id, "code": code}));
    }
}

impl Mover {
    fn how(&self) -> &'static str {
        if self.enters { "join" } else { "leave" }
    }

    /// Behind which offset of the room it came: who enters is told, and who leaves has heard everything up to there.
    fn place(&self, id: &str, heard: &[Heard], world: &World) -> u64 {
        let told = heard[self.window].rooms.get(&self.room).map_or(&[][..], Vec::as_slice);
        let answered = |it: &&Value| it["type"] == "room" && it["id"] == id;
        match self.enters {
            true => {
                let lost = || panic!("an answer to `join` as {id}: {told:?}, {:?}", heard[self.window].loose);
                told.iter().find(answered).and_then(|it| it["offset"].as_u64()).unwrap_or_else(lost)
            }
            false => {
                let before = told.iter().take_while(|it| it["type"] != "left").count();
                world.rooms[&self.room].log.len() as u64 + before as u64
            }
        }
    }
}

/// At which offset something came out: by its `ack`, or by what anybody heard.
fn find(speech: &Speech, heard: &[Heard]) -> Option<u64> {
    let in_room = |heard: &Heard| heard.rooms.get(&speech.room).cloned().unwrap_or_default();
    let is_it = |object: &Value| match &speech.event.what {
        What::Text(text) => object["msg"] == text.as_str(),
        What::Picture { width, .. } => object["picture"]["width"] == *width,
        What::Deletion(target) => object["target"] == *target,
    };
    let found = match &speech.id {
        Some(id) => in_room(&heard[speech.window]).into_iter().find(|it| it["id"] == id.as_str()),
        None => heard.iter().find_map(|heard| in_room(heard).into_iter().find(is_it)),
    };
    found?["offset"].as_u64()
}
