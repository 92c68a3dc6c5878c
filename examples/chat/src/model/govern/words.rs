//! What is said, in front of the mutes, the pace of its room, and the word filter.

use crate::history::{Body, Door, OPERATOR, PersonId, RoomId, RoomKind};
use crate::model::decide::Deciding;
use crate::model::tables::Model;
use crate::refusal::Refusal;
use crate::rights::{InRoom, Lack, check_room};
use crate::words::{Filter, Verdict};

impl Model {
    /// These words are looked for from now on.
    pub(crate) fn set_words(&mut self, words: Filter) {
        self.words = words;
    }

    pub(crate) fn words(&self) -> &Filter {
        &self.words
    }

    /// What is a name, or stands where all see it, has none of the words.
    pub(in crate::model) fn check_words(&self, text: &str) -> Result<(), Refusal> {
        match self.words.judge(text) {
            Verdict::Fine => Ok(()),
            Verdict::Masked(_) | Verdict::Refused | Verdict::Review => Err(Refusal::not_said_here()),
        }
    }

    /// May somebody speak there? Nobody needs to know that the others type.
    pub(crate) fn may_speak(&self, person: PersonId, room: RoomId, at: crate::history::Millis) -> bool {
        check_room(self.standing(person, Some(room), at), InRoom::Speak, self.place_of(room), None).is_ok()
    }
}

impl Deciding<'_> {
    /// Somebody who came without a name through a door for names reads, until they have one.
    pub(in crate::model) fn check_named(self) -> Result<(), Refusal> {
        let person = self.model.people.get(self.by.person);
        let is_nameless = person.is_some_and(|person| person.is_guest() && !person.is_named());
        match is_nameless && self.model.door() == Door::Named {
            true => Err(Refusal::name_needed_to_speak()),
            false => Ok(()),
        }
    }

    /// Whoever is banned has nothing to wish for.
    pub(in crate::model) fn check_welcome(self) -> Result<(), Refusal> {
        match self.is_banned() {
            true => Err(self.lacks(Lack::Banned, None)),
            false => Ok(()),
        }
    }

    fn is_banned(self) -> bool {
        self.by.person != OPERATOR && self.model.ban_of(self.by.person, self.moment.at).is_some()
    }

    /// Whoever is muted everywhere says nothing by names either, which all get to read: their own, or that of a room.
    pub(in crate::model) fn check_heard(self) -> Result<(), Refusal> {
        match self.standing(None).is_muted {
            true => Err(self.lacks(Lack::Muted, None)),
            false => Ok(()),
        }
    }

    /// May they join a room? As the history has it: a ban counts until its end is noted, which takes moments.
    pub(in crate::model) fn check_barred(self, room: RoomId) -> Result<(), Refusal> {
        match self.model.govern.ban(self.by.person, room) {
            Some(ban) => Err(Refusal::banned(ban.until, self.moment.at)),
            None => Ok(()),
        }
    }

    /// May they speak there, and now?
    pub(in crate::model) fn check_speaking(self, room: RoomId) -> Result<(), Refusal> {
        let (standing, place) = (self.standing(Some(room)), self.model.place_of(room));
        let check = |right| check_room(standing, right, place, None);
        check(InRoom::Speak).map_err(|lack| self.lacks(lack, Some(room)))?;
        // It answers: whoever asks it waits long enough.
        if self.is_robot() {
            return Ok(());
        }
        match self.model.govern.next_word(room, self.by.person) {
            Some(until) if until > self.moment.at && check(InRoom::SpeakAtOnce).is_err() => {
                Err(Refusal::slow(until, self.moment.at))
            }
            _ => Ok(()),
        }
    }

    /// As it may be said; and whether somebody is to look at it before.
    pub(in crate::model) fn judge(self, body: Body, room: RoomId) -> Result<(Body, bool), Refusal> {
        let verdict = body.words().map_or(Verdict::Fine, |words| self.model.words.judge(words));
        match verdict {
            Verdict::Fine => Ok((body, false)),
            Verdict::Masked(words) => Ok((body.with_words(words), false)),
            // Nobody looks into a private talk.
            Verdict::Review if !self.is_governed(room) => Err(Refusal::not_said_here()),
            Verdict::Review => self.check_reports(room).map(|()| (body, true)),
            Verdict::Refused => Err(Refusal::not_said_here()),
        }
    }

    fn is_governed(self, room: RoomId) -> bool {
        self.model.rooms.get(room).is_some_and(|room| room.kind() != RoomKind::Direct)
    }
}
