//! Acts about bots, and the keys by which they come.

use crate::ask::{FASTEST_BOT, Where, Whom};
use crate::history::{Act, BotKind, KeyKind, Number, PersonId, RoomId};
use crate::model::decide::{Deciding, Decision};
use crate::model::names::{self, Name};
use crate::refusal::{Code, Refusal};
use crate::rights::{InChat, Lack};

/// Bots, and keys of one. The history counts them as well.
const BOTS: usize = 1_000;
const KEYS: usize = 20;

impl Deciding<'_> {
    /// A key for the bot of this name, in a room; the bot is made if there is none.
    pub(super) fn give_key(
        self,
        name: &str,
        place: &Where<'_>,
        kind: KeyKind,
        pace: Option<u32>,
    ) -> Result<Decision, Refusal> {
        let room = self.room_at(place)?;
        self.check_chat(InChat::Bots, None)?;
        self.check_opening(room)?;
        let pace = pace.unwrap_or(self.model.rules.hook_rate);
        if !(1..=FASTEST_BOT).contains(&pace) {
            return Err(Refusal::bad_field(format!(
                "`pace` is from 1 to {FASTEST_BOT} messages in a minute"
            )));
        }
        let (bot, made) = match self.bot_called(name) {
            Some(bot) => (bot, None),
            None => (self.model.next_person()?, Some(self.check_new_bot(name)?)),
        };
        if self.model.keys_of(bot).count() >= KEYS {
            return Err(Refusal::busy("this bot has too many keys: revoke one of them"));
        }
        self.check_bringing_in(bot, room)?;
        if kind == KeyKind::Token {
            self.check_reading_as(bot)?;
        }
        let key = (self.moment.token)();
        let make = |Name { shown, keys }| {
            let (folded, look) = keys.split();
            Act::MakeBot { bot, name: shown, folded, look, room }
        };
        let give = Act::GiveKey { bot, key: key.hash(), kind, room, pace };
        let acts = made.map(make).into_iter().chain([give]).collect();
        Ok(Decision { key: Some(key.text()), ..self.acts(acts, room) })
    }

    /// May a room be opened to what is outside? A private one only by who is in it, a private talk by nobody.
    pub(super) fn check_opening(self, room: RoomId) -> Result<(), Refusal> {
        if self.model.place_of(room).is_direct {
            return Err(Refusal::lacks(Lack::Private));
        }
        self.check_inside(room)?;
        match self.standing(Some(room)).is_banned {
            true => Err(self.lacks(Lack::Banned, Some(room))),
            false => Ok(()),
        }
    }

    /// One that has keys: the robot of the chat has none.
    fn bot_called(self, name: &str) -> Option<PersonId> {
        let is_bot = |&person: &PersonId| self.model.outside.kind_of(person) == Some(BotKind::Bot);
        self.model.called(name).filter(is_bot)
    }

    fn check_new_bot(self, name: &str) -> Result<Name, Refusal> {
        let name = names::check_person(name, self.model.rules.max_name).map_err(Refusal::bad_name)?;
        if self.model.people.is_taken(&name.keys, None) {
            return Err(Refusal::name_taken());
        }
        self.model.check_words(&name.shown)?;
        if self.model.outside.count_bots() >= BOTS {
            return Err(Refusal::busy("there are too many bots: remove one of them"));
        }
        Ok(name)
    }

    /// Whoever has a token of a bot reads in all rooms in which the bot is. What is private there is opened only by those who
    /// are in it, too.
    fn check_reading_as(self, bot: PersonId) -> Result<(), Refusal> {
        match self.model.rooms_of(bot).any(|room| self.check_inside(room.id()).is_err()) {
            true => {
                let words = "this bot is in a private room in which you are not: its tokens open that, too";
                Err(Refusal::new(Code::Forbidden, words))
            }
            false => Ok(()),
        }
    }

    fn check_bringing_in(self, bot: PersonId, id: RoomId) -> Result<(), Refusal> {
        let room = self.model.rooms.get(id).ok_or_else(Refusal::room_is_gone)?;
        if self.model.is_member(bot, id) {
            return Ok(());
        }
        if self.model.govern.ban(bot, id).is_some() {
            return Err(Refusal::new(Code::Banned, "it may not be there: lift its ban first"));
        }
        if self.joined(bot) >= self.model.rules.max_rooms_per_person {
            return Err(Refusal::too_many_rooms("it is in too many rooms already"));
        }
        self.check_full(room)
    }

    pub(super) fn revoke_key(self, key: Number) -> Result<Decision, Refusal> {
        self.check_chat(InChat::Bots, None)?;
        match self.model.outside.key(key) {
            Some(_) => Ok(self.done(Act::RevokeKey { key })),
            None => Err(crate::history::Failure::NoSuchKey.into()),
        }
    }

    pub(super) fn remove_bot(self, whom: &Whom<'_>) -> Result<Decision, Refusal> {
        self.check_chat(InChat::Bots, None)?;
        let bot = self.whom(whom)?;
        match self.model.outside.kind_of(bot) {
            Some(BotKind::Bot) => Ok(self.done(Act::RemoveBot { bot })),
            Some(BotKind::Robot) => {
                let words = "that is the robot of the chat: it goes when the chat is started without it";
                Err(Refusal::new(Code::Forbidden, words))
            }
            None => Err(Refusal::new(Code::NoSuchPerson, "that is no bot")),
        }
    }
}
