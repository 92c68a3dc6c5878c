//! Acts about targets: where something goes, and who may have it sent there.

use crate::ask::For;
use crate::history::{Act, Discloses, Failure, Millis, Number, OPERATOR, PersonId, Serves, Shape, Target};
use crate::model::decide::{Deciding, Decision};
use crate::model::outside::{Address, check_address};
use crate::refusal::{Code, Refusal};
use crate::rights::InChat;
use crate::token::is_signing_secret;

/// Targets of one person that are not free, of one room, and free ones. The history counts them as well.
const OF_ONE: usize = 5;
const OF_ROOM: usize = 100;
const FREE: usize = 1_000;
/// Of a secret, in characters.
const LONGEST_SECRET: usize = 200;
/// For so long the secret before signs as well.
const OLD_SECRET: Millis = 86_400_000;

impl Deciding<'_> {
    pub(super) fn add_target(
        self,
        serves: &For<'_>,
        shape: Shape,
        (url, secret): (&str, Option<&str>),
        discloses: Discloses,
    ) -> Result<Decision, Refusal> {
        let (serves, room) = self.check_served(serves, discloses)?;
        let is_free = self.check_chat(InChat::Targets, None).is_ok();
        let hosts = (!is_free).then_some(&self.model.rules.push_hosts[..]);
        let url = check_address(url, hosts)?;
        let (secret, made) = self.check_secret(shape, &url, secret.unwrap_or_default())?;
        self.check_count(serves, is_free)?;
        let target = Target { serves, shape, url, secret, discloses, is_free };
        let act = Act::AddTarget { target: Box::new(target) };
        Ok(Decision { key: made, ..self.acts(vec![act], room) })
    }

    /// What goes out: what concerns oneself; for all else one needs a right. And the room that it is about.
    fn check_served(self, serves: &For<'_>, discloses: Discloses) -> Result<(Serves, u64), Refusal> {
        let own = self.by.person;
        let person = match serves {
            For::Room(place) => {
                let room = self.room_at(place)?;
                self.check_chat(InChat::Targets, None)?;
                self.check_opening(room)?;
                return Ok((Serves::Room(room), room));
            }
            For::Oneself if own == OPERATOR => {
                return Err(Refusal::bad_field("for whom? `user` or `room` is missing"));
            }
            For::Oneself => own,
            For::Person(whom) => self.whom(whom)?,
        };
        if person == own {
            self.check_can_come_back(person)?;
            return Ok((Serves::Person(person), self.by.here));
        }
        self.check_chat(InChat::Targets, None)?;
        if self.model.outside.is_bot(person) {
            return Err(Refusal::new(Code::Forbidden, "nothing is sent out for a bot"));
        }
        if self.model.standing(person, None, self.moment.at).is_banned {
            return Err(Refusal::new(Code::Banned, "they may not be here: lift their ban first"));
        }
        self.check_can_come_back(person)?;
        // What is said to somebody in private is read by nobody else in the chat.
        if own != OPERATOR && discloses == Discloses::Text {
            let words = "what is said to somebody else goes out without its words: `text` is \"sender\" or \"nothing\"";
            return Err(Refusal::new(Code::Forbidden, words));
        }
        Ok((Serves::Person(person), self.by.here))
    }

    /// Somebody who passes by has nothing sent out.
    fn check_can_come_back(self, person: PersonId) -> Result<(), Refusal> {
        let person = self.model.people.get(person).ok_or_else(Refusal::nobody)?;
        match person.is_named() && !person.is_guest() {
            true => Ok(()),
            false => Err(Refusal::new(
                Code::NameNeeded,
                "that is for who has a name and can come back: /nick NAME",
            )),
        }
    }

    /// The secret, and whether it was made here.
    fn check_secret(
        self,
        shape: Shape,
        url: &str,
        secret: &str,
    ) -> Result<(String, Option<String>), Refusal> {
        if secret.len() > LONGEST_SECRET || !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
            let words = format!("`secret` has at most {LONGEST_SECRET} letters, without accents or spaces");
            return Err(Refusal::bad_field(words));
        }
        let has_token = || Address::parse(url).is_some_and(|address| address.asks_with("token"));
        match shape {
            Shape::Webhook if secret.is_empty() => {
                let made = (self.moment.token)().signing_secret();
                Ok((made.clone(), Some(made)))
            }
            Shape::Webhook if !is_signing_secret(secret) => {
                let words = "`secret` is `whsec_` and 24 to 64 bytes in base64; without it one is made";
                Err(Refusal::bad_field(words))
            }
            Shape::Gotify if secret.is_empty() && !has_token() => {
                Err(Refusal::bad_field("`secret` is missing: the token that Gotify gives to an application"))
            }
            _ => Ok((secret.to_owned(), None)),
        }
    }

    fn check_count(self, serves: Serves, is_free: bool) -> Result<(), Refusal> {
        let model = self.model;
        let words = match serves {
            Serves::Room(room) if model.targets_of_room(room).count() >= OF_ROOM => {
                "this room has too many targets: drop one of them"
            }
            _ if is_free && model.targets().filter(|it| it.target.is_free).count() >= FREE => {
                "there are too many targets: drop one of them"
            }
            Serves::Person(person)
                if !is_free && model.targets_of(person).filter(|it| !it.target.is_free).count() >= OF_ONE =>
            {
                "you have too many targets: drop one of them"
            }
            _ => return Ok(()),
        };
        Err(Refusal::busy(words))
    }

    /// By whom it serves, or by whoever looks after targets. For all others there is none.
    pub(super) fn drop_target(self, target: Number) -> Result<Decision, Refusal> {
        let stored = self.model.target(target).filter(|stored| {
            stored.target.serves.person() == Some(self.by.person)
                || self.check_chat(InChat::Targets, None).is_ok()
        });
        stored.ok_or(Failure::NoSuchTarget)?;
        Ok(self.done(Act::DropTarget { target }))
    }

    /// Whoever has made it: the new secret is theirs to know.
    pub(super) fn rotate_target(self, number: Number) -> Result<Decision, Refusal> {
        let target =
            self.model.target(number).map(|stored| &stored.target).filter(|target| match target.is_free {
                true => self.check_chat(InChat::Targets, None).is_ok(),
                false => target.serves.person() == Some(self.by.person),
            });
        let target = target.ok_or(Failure::NoSuchTarget)?;
        if target.shape != Shape::Webhook {
            let words = "its secret is not made here: drop it, and add it with another one";
            return Err(Refusal::bad_field(words));
        }
        let secret = (self.moment.token)().signing_secret();
        let until = self.moment.at + OLD_SECRET;
        let act = Act::RotateTarget { target: number, secret: secret.clone(), until };
        Ok(Decision { key: Some(secret), ..self.done(act) })
    }
}
