//! A room and a few people, and what was last acknowledged of each: a plain list of what must be so.

use std::collections::BTreeMap;

use pollcat_testing::dice::Dice;
use serde_json::{Value, json};

use crate::listener::{number, text};

/// The room in which it takes place.
pub(crate) const COURT: &str = "court";

#[derive(Debug, Clone)]
pub(crate) struct Accused {
    pub id: u64,
    pub token: String,
    pub is_banned: bool,
    pub is_banned_here: bool,
    pub is_muted: bool,
    pub is_muted_here: bool,
    pub is_in: bool,
    pub is_op: bool,
    pub is_admin: bool,
    pub said: u64,
}

#[derive(Debug, Clone)]
pub(crate) struct Court {
    pub people: Vec<Accused>,
    pub is_closed: bool,
    pub topic: String,
    pub announcement: String,
    /// The key of each invite, and whether it is revoked.
    pub invites: BTreeMap<u64, (String, bool)>,
    count: usize,
}

/// What an act is about. Acts about different parts do not touch each other.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Part {
    Of(usize),
    Room,
    Invites,
}

impl Part {
    pub(crate) fn all(court: &Court) -> Vec<Part> {
        (0..court.people.len()).map(Part::Of).chain([Part::Room, Part::Invites]).collect()
    }
}

pub(crate) struct Act {
    pub what: What,
    pub request: Value,
    /// How it is refused if it was done, and the answer was lost.
    pub already: &'static [&'static str],
}

/// By the place of whom it is about.
#[derive(Debug, Clone)]
pub(crate) enum What {
    Ban(usize, bool),
    BanHere(usize, bool),
    Mute(usize, bool),
    MuteHere(usize, bool),
    Kick(usize),
    Bring(usize),
    Op(usize, bool),
    Admin(usize, bool),
    Close(bool),
    Topic(String),
    Announce(String),
    Invite,
    Revoke(u64),
}

impl Court {
    /// Everybody is in it.
    pub(crate) fn new(people: &[(u64, String)]) -> Self {
        let accused = |(id, token): &(u64, String)| Accused {
            id: *id,
            token: token.clone(),
            is_banned: false,
            is_banned_here: false,
            is_muted: false,
            is_muted_here: false,
            is_in: true,
            is_op: false,
            is_admin: false,
            said: 0,
        };
        Court {
            people: people.iter().map(accused).collect(),
            is_closed: false,
            topic: String::new(),
            announcement: String::new(),
            invites: BTreeMap::new(),
            count: 0,
        }
    }

    /// `None`: nothing is to be done there now.
    pub(crate) fn think(&mut self, part: Part, dice: &mut Dice) -> Option<Act> {
        self.count += 1;
        let what = match part {
            Part::Of(place) => self.think_of(place, dice)?,
            Part::Room => match dice.below(3) {
                0 => What::Close(!self.is_closed),
                1 => What::Topic(format!("topic {}", self.count)),
                _ => What::Announce(format!("announcement {}", self.count)),
            },
            Part::Invites if dice.one_in(2) => What::Invite,
            Part::Invites => {
                let live = self.invites.iter().filter(|(_, (_, is_revoked))| !is_revoked);
                let live: Vec<u64> = live.map(|(id, _)| *id).collect();
                What::Revoke(*live.get(dice.below(live.len().max(1)))?)
            }
        };
        let (mut request, already) = self.request(&what);
        request["id"] = format!("{part:?}").into();
        Some(Act { what, request, already })
    }

    fn think_of(&self, place: usize, dice: &mut Dice) -> Option<What> {
        let whom = &self.people[place];
        Some(match dice.below(9) {
            0 | 1 => What::Ban(place, !whom.is_banned),
            2 => What::BanHere(place, !whom.is_banned_here),
            3 => What::Mute(place, !whom.is_muted),
            4 => What::MuteHere(place, !whom.is_muted_here),
            5 if whom.is_in => What::Kick(place),
            5 | 6 if !whom.is_banned && !whom.is_banned_here => What::Bring(place),
            7 if whom.is_in => What::Op(place, !whom.is_op),
            8 => What::Admin(place, !whom.is_admin),
            _ => return None,
        })
    }

    fn request(&self, what: &What) -> (Value, &'static [&'static str]) {
        let id = |place: usize| self.people[place].id;
        let word = |does, what: &str| if does { what.to_owned() } else { format!("un{what}") };
        let over = |does| if does { &[][..] } else { &["no_such_event"][..] };
        match *what {
            What::Ban(whom, does) => {
                (json!({"type": word(does, "ban"), "user": id(whom), "reason": "so it is"}), over(does))
            }
            What::BanHere(whom, does) => {
                (json!({"type": word(does, "ban"), "user": id(whom), "room": COURT}), over(does))
            }
            What::Mute(whom, does) => {
                let request = json!({"type": word(does, "mute"), "user": id(whom)});
                (request, over(does))
            }
            What::MuteHere(whom, does) => {
                (json!({"type": word(does, "mute"), "user": id(whom), "room": COURT}), over(does))
            }
            What::Kick(whom) => {
                let request = json!({"type": "kick", "user": id(whom), "room": COURT, "reason": "a break"});
                (request, &["no_such_person", "not_member"])
            }
            What::Bring(whom) => (json!({"type": "add", "user": id(whom), "room": COURT}), &[]),
            What::Op(whom, is) => (json!({"type": "op", "user": id(whom), "room": COURT, "op": is}), &[]),
            What::Admin(whom, is) => {
                let role = if is { "admin" } else { "member" };
                (json!({"type": "role", "user": id(whom), "role": role}), &[])
            }
            What::Close(is) => (json!({"type": "alter", "room": COURT, "closed": is}), &[]),
            What::Topic(ref topic) => (json!({"type": "alter", "room": COURT, "topic": topic}), &[]),
            What::Announce(ref words) => (json!({"type": "announce", "msg": words}), &[]),
            What::Invite => (json!({"type": "invite", "room": COURT}), &[]),
            What::Revoke(invite) => (json!({"type": "revoke", "invite": invite}), &["no_such_invite"]),
        }
    }

    /// It was acknowledged.
    pub(crate) fn is_done(&mut self, what: What, answer: &Value) {
        let people = &mut self.people;
        match what {
            What::Ban(whom, is) => people[whom].is_banned = is,
            What::BanHere(whom, is) => {
                people[whom].is_banned_here = is;
                people[whom].stays(!is);
            }
            What::Mute(whom, is) => people[whom].is_muted = is,
            What::MuteHere(whom, is) => people[whom].is_muted_here = is,
            What::Kick(whom) => people[whom].stays(false),
            What::Bring(whom) => people[whom].is_in = true,
            What::Op(whom, is) => people[whom].is_op = is,
            What::Admin(whom, is) => people[whom].is_admin = is,
            What::Close(is) => self.is_closed = is,
            What::Topic(topic) => self.topic = topic,
            What::Announce(words) => self.announcement = words,
            What::Invite => {
                let made = &answer["invite"];
                self.invites.insert(number(made, "id"), (text(made, "key").to_owned(), false));
            }
            What::Revoke(invite) => self.invites.get_mut(&invite).expect("it was made").1 = true,
        }
    }
}

impl Accused {
    fn stays(&mut self, stays: bool) {
        if !stays {
            (self.is_in, self.is_op) = (false, false);
        }
    }
}
