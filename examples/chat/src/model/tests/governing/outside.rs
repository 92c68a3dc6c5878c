//! What is outside, in the same runs: bots, their keys, targets, levels, and those who call a room together.

use super::plain::By;
use super::stage::{NAMES, Stage};
use crate::ask::{Aimed, For, Whom};
use crate::history::{
    Act, Append, Deed, Discloses, Entry, KeyKind, Level, Number, PersonId, RoomKind, Serves, Shape, Target,
};
use crate::model::names;

const BOTS: [&str; 4] = ["beep", "boop", "beeper", "boxer"];
/// Of the list, and of an owner's choice.
pub(super) const LISTED: &str = "ntfy.sh";
const ADDRESSES: [&str; 3] =
    ["https://ntfy.sh/tea", "http://192.168.1.7:8080/hook", "https://ntfy.sh.evil.example/"];
pub(super) const CALLS: [&str; 2] = ["@all hello", "@here hello"];
/// Between two calls of a room.
const PAUSE: i64 = 60_000;

impl Stage {
    pub(super) fn go_outside(&mut self) {
        match self.dice.below(5) {
            0..=2 => {
                let what = self.any_aim_outside();
                self.intend_to(what);
            }
            3 => self.do_anything_outside(),
            _ => {
                self.answer_all();
                let room = self.some_room();
                let (person, level) = (self.somebody_of(room), self.level());
                self.apply(Entry::SetLevel { room, person, level });
            }
        }
    }

    pub(super) fn level(&mut self) -> Option<Level> {
        self.dice.choose(&[None, Some(Level::All), Some(Level::Mentions), Some(Level::Nothing)])
    }

    fn one_of(&mut self, numbers: Vec<Number>) -> Number {
        if numbers.is_empty() || self.dice.one_in(8) { 1 } else { self.dice.choose(&numbers) }
    }

    fn some_key(&mut self) -> Number {
        let keys = self.plain.keys.keys().copied().collect();
        self.one_of(keys)
    }

    fn some_target(&mut self) -> Number {
        let targets = self.plain.targets.keys().copied().collect();
        self.one_of(targets)
    }

    fn some_bot(&mut self) -> PersonId {
        let bots: Vec<PersonId> = self.plain.bots.iter().copied().collect();
        if self.dice.one_in(5) { self.somebody() } else { self.dice.choose(&bots) }
    }

    fn bot_name(&mut self) -> &'static str {
        let is_of_people = self.dice.one_in(6);
        self.dice.choose(if is_of_people { &NAMES[..] } else { &BOTS[..] })
    }

    fn kind(&mut self) -> KeyKind {
        self.dice.choose(&[KeyKind::Hook, KeyKind::Token])
    }

    fn any_aim_outside(&mut self) -> Aimed<'static> {
        let (whom, place) = (self.whom(), self.place());
        match self.dice.below(11) {
            0..=3 => Aimed::GiveKey { name: self.bot_name().into(), place, kind: self.kind(), pace: None },
            4 => Aimed::RevokeKey { key: self.some_key() },
            5 => Aimed::RemoveBot { whom: Whom::Id(self.some_bot()) },
            6 | 7 => {
                let serves = match self.dice.below(4) {
                    0 | 1 => For::Oneself,
                    2 => For::Person(whom),
                    _ => For::Room(place),
                };
                let shape = self.dice.choose(&[Shape::Webhook, Shape::Webhook, Shape::Slack]);
                let (url, secret) = (self.dice.choose(&ADDRESSES).into(), None);
                let discloses = self.dice.choose(&[Discloses::Sender, Discloses::Text]);
                Aimed::AddTarget { serves, shape, url, secret, discloses }
            }
            8 => Aimed::DropTarget { target: self.some_target() },
            _ => Aimed::RotateTarget { target: self.some_target() },
        }
    }

    /// Whoever it is does whatever it is, whom nobody has asked.
    fn do_anything_outside(&mut self) {
        self.answer_all();
        let by: By = if self.dice.one_in(10) { None } else { Some(self.somebody()) };
        let room = self.some_room();
        let act = match self.dice.below(10) {
            0 | 1 => {
                let name = self.bot_name().to_owned();
                let bot =
                    if self.dice.one_in(6) { self.somebody() } else { self.live.next_person().unwrap() };
                Act::MakeBot { bot, folded: names::fold_person(&name), name, room, look: None }
            }
            2 | 3 => {
                let (bot, key, kind) = (self.some_bot(), self.key(), self.kind());
                Act::GiveKey { bot, key, kind, room, pace: 60 }
            }
            4 => Act::RevokeKey { key: self.some_key() },
            5 => Act::RemoveBot { bot: self.some_bot() },
            6 | 7 => {
                let whom = by.filter(|_| self.dice.one_in(2)).unwrap_or_else(|| self.somebody());
                let serves = if self.dice.one_in(3) { Serves::Room(room) } else { Serves::Person(whom) };
                let is_free = serves.room().is_some() || self.dice.one_in(2);
                let (url, secret) = (ADDRESSES[1].to_owned(), "secret".to_owned());
                let (shape, discloses) = (Shape::Slack, Discloses::Nothing);
                Act::AddTarget { target: Box::new(Target { serves, shape, url, secret, discloses, is_free }) }
            }
            8 => Act::DropTarget { target: self.some_target() },
            _ => {
                let (target, secret, until) = (self.some_target(), "other".to_owned(), self.at + 1);
                Act::RotateTarget { target, secret, until }
            }
        };
        self.apply(Entry::Act(Deed { by, at: self.at, reason: String::new(), act }));
    }

    /// What nobody gets granted, beyond rights.
    pub(super) fn look_at_granted(&self, by: By, entries: &[Entry]) {
        let is_bot = by.is_some_and(|by| self.plain.bots.contains(&by));
        for entry in entries {
            match entry {
                Entry::Append(append) => self.look_at_call(append),
                Entry::Act(Deed { act: Act::AddTarget { target }, .. }) => {
                    let is_listed = target.url.starts_with("https://ntfy.sh/");
                    assert!(target.is_free || is_listed, "{target:?}");
                    let of_another =
                        target.serves.person().is_some_and(|whom| by.is_some_and(|by| by != whom));
                    assert!(!of_another || target.discloses != Discloses::Text, "{target:?} by {by:?}");
                }
                _ => {}
            }
            let is_of_people = match entry {
                Entry::Create { .. } | Entry::Rename { .. } => true,
                Entry::Join { room, .. } => {
                    self.plain.rooms.get(room).is_some_and(|room| room.kind != RoomKind::Direct)
                }
                Entry::Act(deed) => matches!(
                    deed.act,
                    Act::Accept { .. }
                        | Act::Report { .. }
                        | Act::Erase { .. }
                        | Act::EndSession { .. }
                        | Act::Invite { .. }
                        | Act::Add { .. }
                        | Act::AddTarget { .. }
                        | Act::DropTarget { .. }
                        | Act::RotateTarget { .. }
                ),
                _ => false,
            };
            assert!(!(is_bot && is_of_people), "{entry:?} by the bot {by:?}");
        }
    }

    /// A room is called by who governs it and is no program, and not all the time.
    fn look_at_call(&self, append: &Append) {
        let says_so = append.body.words().is_some_and(|words| CALLS.contains(&words));
        let governs = self.plain.governs(Some(append.author), Some(append.room), append.at);
        let may = says_so && governs && !self.plain.bots.contains(&append.author);
        assert_eq!(append.call.is_some(), may, "{append:?}");
        let is_early = self.plain.called.get(&append.room).is_some_and(|then| then + PAUSE > append.at);
        assert!(!(may && is_early), "{append:?} {:?}", self.plain.called);
    }

    /// Which bot does not know that it may be asked is found by what becomes of it.
    pub(super) fn look_outside(&self) {
        let keys: Vec<(Number, PersonId)> =
            self.live.outside.kept().keys.iter().map(|key| (key.number, key.bot)).collect();
        let plain: Vec<(Number, PersonId)> = self.plain.keys.iter().map(|(&n, key)| (n, key.bot)).collect();
        assert_eq!(keys, plain);
        let targets: Vec<Number> = self.live.targets().map(|target| target.number).collect();
        assert_eq!(targets, self.plain.targets.keys().copied().collect::<Vec<_>>());
        let bots: Vec<PersonId> = self.live.bots().map(|bot| bot.person).collect();
        assert_eq!(bots, self.plain.bots.iter().copied().collect::<Vec<_>>());
    }
}
