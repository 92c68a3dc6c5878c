//! What is decided and done about the world outside, on a small stage: an entry comes out as if there were a history.
//!
//! | file | what it tries |
//! |---|---|
//! | `bots.rs` | bots and their keys; what a bot does not do |
//! | `targets.rs` | who has what sent where |
//! | `calls.rs` | who calls a room together; what concerns somebody who is away |
//! | `robot.rs` | the robot, and what it reminds of |

mod bots;
mod calls;
mod robot;
mod targets;

use crate::ask::{Aimed, Intent, To, Where, Wish};
use crate::history::{
    Act, Append, Deed, Done, Entry, Failure, KeyKind, Loaded, Millis, Number, Offset, PersonId, RoomId,
    RoomKind,
};
use crate::model::{By, Decision, Model, Moment, Rules};
use crate::news::News;
use crate::refusal::{Code, Refusal};
use crate::rights::Role;
use crate::token::Token;

const THEN: Millis = 1_700_000_000_000;
const RULES: Rules = Rules {
    max_name: 24,
    max_room_name: 24,
    max_message: 100,
    max_people: 100,
    max_rooms: 10,
    max_rooms_per_person: 5,
    max_members: 5,
    recent: 5,
    hook_rate: 60,
    push_hosts: Vec::new(),
};

/// The lobby, and two rooms that olga has made.
const LOBBY: RoomId = 1;
const TEA: RoomId = 2;
const DEN: RoomId = 3;

/// The owner; an admin who is not in the private room; a member; somebody without a token.
const OLGA: PersonId = 1;
const ADA: PersonId = 2;
const MAX: PersonId = 3;
const GUS: PersonId = 4;
/// Who comes next.
const NEXT: PersonId = 5;

struct Stage {
    model: Model,
    at: Millis,
    number: Number,
    /// So that each key is another one.
    tokens: std::cell::Cell<u64>,
    news: Vec<News>,
}

impl Stage {
    fn new() -> Self {
        let rules = Rules { push_hosts: vec!["ntfy.sh".to_owned()], ..RULES };
        let loaded = Loaded { next_person: 1, next_room: 1, ..Loaded::default() };
        let model = Model::new(rules, loaded, 0, "epoch");
        let mut stage = Stage { model, at: THEN, number: 0, tokens: 0.into(), news: Vec::new() };
        let lobby = stage.model.missing_lobby(THEN).expect("there is none yet");
        stage.apply(lobby);
        for (name, token) in [("olga", true), ("ada", true), ("max", true), ("gus", false)] {
            let token = token.then(|| Token::example(name.len() as u64 * 1_000 + stage.number).hash());
            stage.number += 1;
            let arrival = stage.model.arrive(Some(name.to_owned()), token, THEN).unwrap();
            stage.apply(arrival.arrive);
            stage.apply(arrival.join);
        }
        for (person, role) in [(OLGA, Role::Owner), (ADA, Role::Admin)] {
            let (by, at, reason, act) = (None, THEN, String::new(), Act::Role { person, role });
            stage.apply(Entry::Act(Deed { by, at, reason, act }));
        }
        stage.wish(OLGA, Wish::Join { room: "tea".into(), create: true, is_private: false }).unwrap();
        stage.wish(MAX, Wish::Join { room: "tea".into(), create: false, is_private: false }).unwrap();
        stage.wish(OLGA, Wish::Join { room: "den".into(), create: true, is_private: true }).unwrap();
        stage.news.clear();
        stage
    }

    fn decide(&self, person: PersonId, wish: Wish<'_>) -> Result<Decision, Refusal> {
        let by = By { person, here: LOBBY, key: None, alias: None };
        self.with_moment(|moment| self.model.decide(by, wish, moment))
    }

    fn on_page(&self, by: Option<PersonId>, what: Aimed<'_>) -> Result<Decision, Refusal> {
        self.with_moment(|moment| self.model.decide_on_page(by, act(what), moment))
    }

    fn with_moment<T>(&self, then: impl FnOnce(Moment<'_>) -> T) -> T {
        let random = || format!("random {}", self.number);
        let token = || Token::example(self.tokens.replace(self.tokens.get() + 1));
        then(Moment { at: self.at, random: &random, token: &token })
    }

    /// It is decided, and done.
    fn wish(&mut self, person: PersonId, wish: Wish<'_>) -> Result<Option<String>, Refusal> {
        let decision = self.decide(person, wish)?;
        Ok(self.carry_out(decision))
    }

    fn act(&mut self, person: PersonId, what: Aimed<'_>) -> Result<Option<String>, Refusal> {
        self.wish(person, Wish::Act(act(what)))
    }

    fn carry_out(&mut self, decision: Decision) -> Option<String> {
        decision.entries.iter().for_each(|entry| self.model.begin(entry));
        decision.entries.into_iter().for_each(|entry| self.apply(entry));
        decision.key
    }

    /// As the history would have it, which refuses nothing here.
    fn apply(&mut self, entry: Entry) {
        self.number += 1;
        let done = match &entry {
            Entry::Append(append) => self.said(append),
            Entry::Ring { said, .. } => self.said(said),
            Entry::Act(_) | Entry::Remind { .. } => Done::Numbered(self.number),
            _ => Done::Kept,
        };
        self.news.extend(self.model.apply(&entry, &Ok(done), 0));
    }

    fn said(&self, append: &Append) -> Done {
        let offset = self.last(append.room) + 1;
        Done::Appended { room: append.room, offset, at: append.at, repeated: false }
    }

    fn last(&self, room: RoomId) -> Offset {
        self.model.room(room).map_or(0, |room| room.last())
    }

    /// A bot with a key for a room, by olga.
    fn bot(&mut self, name: &str, room: &str) -> PersonId {
        let key = self.act(OLGA, give(name, room)).unwrap().expect("a key is told");
        self.model.key(&Token::parse(&key).unwrap().hash()).unwrap().bot
    }

    fn say(&mut self, person: PersonId, to: To<'_>, text: &str) -> Result<(), Code> {
        self.wish(person, Wish::Say { to, text: text.into() }).map(drop).map_err(|refusal| refusal.code)
    }
}

fn act(what: Aimed<'_>) -> Intent<'_> {
    Intent { what, reason: "".into() }
}

fn room(name: &str) -> Where<'_> {
    Where::Room(name.into())
}

fn give<'a>(name: &'a str, place: &'a str) -> Aimed<'a> {
    Aimed::GiveKey { name: name.into(), place: room(place), kind: KeyKind::Hook, pace: None }
}

fn code<T>(result: Result<T, Refusal>) -> Option<Code> {
    result.err().map(|refusal| refusal.code)
}
