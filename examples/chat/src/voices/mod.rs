//! The voices: how what happened and what is answered is said. Each is one file, or one folder: JSON for programs, lines for
//! people, and the same lines for a page that takes them for HTML. A new one is a file beside these, and a row here.
//! `log.rs` is what an operator reads.

mod command;
mod cut;
mod html;
pub(crate) mod json;
mod lines;
pub(crate) mod log;
mod reader;
#[cfg(test)]
mod stage;

pub(crate) use command::parse as parse_line;
pub(crate) use cut::cut;
pub(crate) use lines::{Place, title};
pub(crate) use reader::Reader;

use crate::history::{Millis, RoomId};
use crate::model::Model;
use crate::news::News;
use crate::reply::Reply;
use lines::Lines;

/// How a connection speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Voice {
    /// `chat.v1`.
    Json,
    /// Lines for people.
    Text,
    /// The same lines, for a page that takes them for HTML.
    Html,
}

impl Voice {
    pub(crate) const ALL: [Voice; 3] = [Voice::Json, Voice::Text, Voice::Html];
    /// Those whose readers see in which room something was said only if it is another one than theirs.
    pub(crate) const OF_PEOPLE: [Voice; 2] = [Voice::Text, Voice::Html];

    /// Of a client that does not speak `chat.v1`. `asks` knows what its address asks for.
    pub(crate) fn asked_for(asks: impl Fn(&str) -> bool) -> Voice {
        if asks("html") { Voice::Html } else { Voice::Text }
    }

    /// In names of topics, where `n` is for who comes and goes.
    pub(crate) fn letter(self) -> u8 {
        match self {
            Voice::Json => b'j',
            Voice::Text => b't',
            Voice::Html => b'h',
        }
    }

    pub(crate) fn is_json(self) -> bool {
        self == Voice::Json
    }
}

#[derive(Debug)]
pub(crate) struct Voices {
    lines: Lines,
}

impl Voices {
    /// `public_url` is where browsers find the pictures.
    pub(crate) fn new(public_url: &str) -> Self {
        Voices { lines: Lines::new(public_url) }
    }

    /// What happened, for somebody who reads it from this place. `None`: this voice has no words for it.
    pub(crate) fn say(
        &self,
        voice: Voice,
        news: &News,
        model: &Model,
        place: Place<'_>,
        now: Millis,
    ) -> Option<String> {
        match voice {
            Voice::Json => json::say(news, model),
            Voice::Text => self.lines.say(news, model, place, now),
            Voice::Html => self.lines.say(news, model, place, now).map(|line| html::line(&line)),
        }
    }

    /// What happened, for whom it is about. `None`: they hear it like everybody else, or not at all.
    pub(crate) fn say_to_them(
        &self,
        voice: Voice,
        news: &News,
        model: &Model,
        now: Millis,
    ) -> Option<String> {
        match voice {
            Voice::Json => json::say_to_them(news, model, now),
            Voice::Text => self.lines.say_to_them(news, model, now),
            Voice::Html => self.lines.say_to_them(news, model, now).map(|line| html::line(&line)),
        }
    }

    /// What somebody is answered, as so many messages.
    pub(crate) fn answer(
        &self,
        voice: Voice,
        reply: &Reply<'_>,
        reader: &Reader<'_>,
        model: &Model,
    ) -> Vec<String> {
        let lines = || self.lines.answer(reply, reader.person, model, reader.now);
        match voice {
            Voice::Json => Vec::from_iter(json::answer(reply, reader, model)),
            Voice::Text => lines(),
            Voice::Html => lines().iter().map(|line| html::line(line)).collect(),
        }
    }

    /// To somebody who has left a room, in which they were or not. Programs see it in the news.
    pub(crate) fn say_farewell(
        &self,
        voice: Voice,
        news: &News,
        model: &Model,
        (room, was_there): (RoomId, bool),
    ) -> Option<String> {
        let line = || lines::farewell(news, model, room, was_there);
        match voice {
            Voice::Json => None,
            Voice::Text => line(),
            Voice::Html => line().map(|line| html::line(&line)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_voice_but_that_of_programs_is_one_of_people() {
        let next = |voice: &Voice| match voice {
            Voice::Json => Some(Voice::Text),
            Voice::Text => Some(Voice::Html),
            Voice::Html => None,
        };
        let all = std::iter::successors(Some(Voice::Json), next);
        assert_eq!(all.filter(|voice| !voice.is_json()).collect::<Vec<_>>(), Voice::OF_PEOPLE);
    }
}
