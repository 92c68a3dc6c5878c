//! The robot of the chat: how it comes to its name, where it speaks, and how it is spoken to.

use unicode_normalization::UnicodeNormalization;

use crate::ask::{To, Wish};
use crate::history::{Aim, Entry, Millis, PersonId, Robot, RoomId, RoomKind};
use crate::model::decide::{By, Deciding, Decision, Moment};
use crate::model::names;
use crate::model::person::Person;
use crate::model::room::direct_pair;
use crate::model::tables::Model;
use crate::refusal::{Code, Refusal};

impl Model {
    /// At the start: the robot is to be called so, and has a hook or none; or there is to be none. Nothing, if there is nothing to
    /// be done.
    ///
    /// # Errors
    ///
    /// It cannot be called so.
    pub(crate) fn robot_entry(
        &self,
        wish: Option<(&str, bool)>,
        at: Millis,
    ) -> Result<Option<Entry>, Refusal> {
        let old = self.robot();
        let Some((name, has_hook)) = wish else {
            return Ok(old.map(|_| Entry::Robot { robot: None, at }));
        };
        let name = names::check_person(name, self.rules.max_name).map_err(Refusal::bad_name)?;
        if self.people.is_taken(&name.keys, old) {
            let words =
                "somebody here has this name, or one that looks like it: choose another, or rename them";
            return Err(Refusal::new(Code::NameTaken, words));
        }
        let person = old.map_or_else(|| self.next_person(), Ok)?;
        let (folded, look) = name.keys.split();
        let robot = Robot { person, name: name.shown, folded, look, has_hook };
        Ok(Some(Entry::Robot { robot: Some(robot), at }))
    }

    /// What the robot says in a room where somebody has asked it something, under an id.
    ///
    /// # Errors
    ///
    /// It may not speak there, or not so; or there is no robot.
    pub(crate) fn answer(
        &self,
        room: RoomId,
        text: &str,
        key: &str,
        moment: Moment<'_>,
    ) -> Result<Decision, Refusal> {
        let person = self.robot().ok_or_else(Refusal::nobody)?;
        let by = By { person, here: room, key: Some(key), alias: None };
        self.decide(by, Wish::Say { to: To::Announced(room, Aim::There), text: text.into() }, moment)
    }

    /// The robot, if it can be mentioned in a room: it listens in all but the private talks of others.
    pub(in crate::model) fn robot_in(&self, room: RoomId) -> Option<PersonId> {
        let place = self.rooms.get(room).filter(|room| room.kind() != RoomKind::Direct);
        self.robot().filter(|_| place.is_some())
    }
}

impl Deciding<'_> {
    pub(in crate::model) fn is_robot(self) -> bool {
        self.model.robot() == Some(self.by.person)
    }

    /// How somebody is called in what they say: a bot perhaps otherwise each time, with its own name behind that, so that it
    /// imitates nobody. No name has brackets.
    pub(in crate::model) fn called_this_time(self, author: &Person) -> String {
        let alias = self.by.alias.filter(|_| self.model.outside.is_bot(author.id()));
        match alias.and_then(|alias| self.alias(alias)).filter(|alias| alias != author.name()) {
            Some(alias) => format!("{alias} ({})", author.name()),
            None => author.name().to_owned(),
        }
    }

    /// What comes from outside is cut to what is a name. `None`: it is none, or has words that are not said here.
    fn alias(self, alias: &str) -> Option<String> {
        let max = self.model.rules.max_name;
        let letters = alias.nfkc().take(4 * max).map(|c| if names::is_allowed(c) { c } else { ' ' });
        let letters: String = letters.collect();
        let mut name = String::new();
        for word in letters.split_whitespace() {
            let space = usize::from(!name.is_empty());
            let left = max.saturating_sub(name.chars().count() + space);
            name.extend((left > 0 && space > 0).then_some(' '));
            name.extend(word.chars().take(left));
        }
        let name = names::check_person(name.trim_end_matches(names::is_separator), max).ok()?.shown;
        self.model.check_words(&name).ok().map(|()| name)
    }

    /// Whoever talks to the robot in private speaks to it with every word. A talk that begins is not in the tables yet.
    pub(in crate::model) fn robot_spoken_to(self, entries: &[Entry], id: RoomId) -> Option<PersonId> {
        let robot = self.model.robot().filter(|&robot| robot != self.by.person)?;
        let begun = entries.iter().find_map(|entry| match entry {
            Entry::Create { room, name, .. } if *room == id => Some(name.as_str()),
            _ => None,
        });
        let name = begun.or_else(|| self.model.rooms.get(id).map(|room| room.name()))?;
        direct_pair(name).filter(|pair| pair.contains(&robot)).map(|_| robot)
    }
}
