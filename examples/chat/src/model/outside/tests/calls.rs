//! Who calls a room together; and what concerns somebody who is away.

use super::*;
use crate::ask::Whom;
use crate::history::{Call, Level, Restraint};
use crate::news::News;

impl Stage {
    /// What is said in tea, and what it calls.
    fn call(&mut self, person: PersonId, text: &str) -> Result<Option<Call>, Refusal> {
        self.call_in(person, "tea", text, None)
    }

    fn call_in(
        &mut self,
        person: PersonId,
        room: &str,
        text: &str,
        key: Option<&str>,
    ) -> Result<Option<Call>, Refusal> {
        let by = By { person, here: LOBBY, key, alias: None };
        let wish = Wish::Say { to: To::Room(room.into()), text: text.into() };
        let decision = self.with_moment(|moment| self.model.decide(by, wish, moment))?;
        let call = decision.entries.iter().find_map(|entry| match entry {
            Entry::Append(append) => Some(append.call),
            _ => None,
        });
        self.carry_out(decision);
        Ok(call.flatten())
    }

    fn concerns(&self, person: PersonId) -> Option<Offset> {
        self.model.concerns(person, TEA)
    }

    fn mentions(&self, person: PersonId) -> usize {
        self.model.unread_mentions(person, TEA)
    }
}

#[test]
fn those_who_govern_a_room_call_it_together() {
    let mut stage = Stage::new();
    assert_eq!(stage.call(OLGA, "@all tea!"), Ok(Some(Call::All)));
    stage.at += 60_000;
    assert_eq!(stage.call(MAX, "@all tea!"), Ok(None), "of others it is only text");
    assert_eq!(stage.call(OLGA, "@here"), Ok(Some(Call::Here)));
    stage.say(OLGA, To::Person(MAX), "hello").unwrap();
    let talk = format!("@{OLGA}:{MAX}");
    assert_eq!(stage.call_in(OLGA, &talk, "@all", None), Ok(None), "not in a private talk");
    let first = stage.decide(ADA, Wish::Say { to: To::Person(MAX), text: "@all".into() }).unwrap();
    let calls = |entry: &Entry| matches!(entry, Entry::Append(append) if append.call.is_some());
    assert!(!first.entries.iter().any(calls), "nor in one that begins");
    let bot = stage.bot("builds", "tea");
    stage.act(OLGA, Aimed::Op { whom: Whom::Id(bot), place: room("tea"), is_op: true }).unwrap();
    assert_eq!(stage.call(bot, "@all the build is red"), Ok(None), "no program does");
}

#[test]
fn a_room_is_called_once_in_a_minute() {
    let mut stage = Stage::new();
    assert_eq!(stage.call_in(OLGA, "tea", "@all", Some("one")), Ok(Some(Call::All)));
    stage.at += 20_000;
    let refusal = stage.call(OLGA, "@here").unwrap_err();
    assert_eq!((refusal.code, refusal.retry_after), (Code::Slow, Some(40_000)));
    assert!(refusal.words.contains("40 seconds"), "{}", refusal.words);
    assert_eq!(stage.call(OLGA, "tea, all"), Ok(None), "the rest is said");
    assert_eq!(stage.call_in(OLGA, "den", "@all", None), Ok(Some(Call::All)), "elsewhere");
    assert_eq!(
        stage.call_in(OLGA, "tea", "@all", Some("one")),
        Ok(Some(Call::All)),
        "said again, it is the same"
    );
    assert!(stage.call_in(ADA, "lobby", "@all", Some("one")).is_ok());
    stage.at += 39_999;
    assert!(stage.call(OLGA, "@all").is_err());
    stage.at += 1;
    assert!(stage.call(OLGA, "@all").is_ok());
    stage.at -= 3_600_000;
    assert!(stage.call(OLGA, "@all").is_ok(), "the clock was set back");
}

#[test]
fn a_call_on_its_way_counts_and_one_that_fails_does_not() {
    let mut stage = Stage::new();
    let wish = || Wish::Say { to: To::Room("tea".into()), text: "@all".into() };
    let entries = stage.decide(OLGA, wish()).unwrap().entries;
    entries.iter().for_each(|entry| stage.model.begin(entry));
    assert_eq!(code(stage.decide(OLGA, wish())), Some(Code::Slow));
    entries.iter().for_each(|entry| _ = stage.model.apply(entry, &Err(Failure::Busy), 0));
    assert_eq!(code(stage.decide(OLGA, wish())), None);
}

#[test]
fn a_call_is_an_unread_mention_of_every_member() {
    let mut stage = Stage::new();
    stage.call(OLGA, "@all and @max").unwrap();
    assert_eq!((stage.mentions(MAX), stage.mentions(OLGA)), (1, 0), "what calls and mentions counts once");
    stage.at += 60_000;
    stage.call(OLGA, "@here").unwrap();
    stage.call(OLGA, "@max once more").unwrap();
    stage.at += 60_000;
    stage.call(OLGA, "@所有人 look").unwrap();
    assert_eq!(stage.mentions(MAX), 3, "who is away is not called by @here");
    stage.wish(OLGA, Wish::TakeBack { room: "tea".into(), offset: 4 }).unwrap();
    assert_eq!(stage.mentions(MAX), 2, "what is taken back calls nobody");
    stage.model.mark_read(TEA, MAX, 1);
    assert_eq!(stage.mentions(MAX), 1);
}

#[test]
fn what_concerns_somebody_is_by_their_level() {
    let mut stage = Stage::new();
    let level = |stage: &mut Stage, level| {
        stage.wish(MAX, Wish::SetLevel { room: Some("tea".into()), level }).unwrap();
        stage.concerns(MAX)
    };
    stage.call(OLGA, "hello").unwrap();
    assert_eq!(stage.concerns(MAX), None);
    assert_eq!(level(&mut stage, Some(Level::All)), Some(1));
    let told = News::Level { room: TEA, person: MAX, level: Some(Level::All) };
    assert_eq!(stage.news.pop(), Some(told));
    assert_eq!((stage.concerns(OLGA), stage.concerns(ADA)), (None, None), "her own; she is not in there");
    stage.call(OLGA, "@max").unwrap();
    assert_eq!(level(&mut stage, None), Some(2));
    assert_eq!(level(&mut stage, Some(Level::Nothing)), None);
    stage.call(OLGA, "@all").unwrap();
    assert_eq!(level(&mut stage, Some(Level::Mentions)), Some(3));
    stage.model.mark_read(TEA, MAX, 3);
    assert_eq!(level(&mut stage, Some(Level::All)), None);
    stage.wish(OLGA, Wish::TakeBack { room: "tea".into(), offset: 1 }).unwrap();
    assert_eq!(stage.concerns(MAX), None, "there is nothing to read in that");
    stage.call(MAX, "thank you").unwrap();
    assert_eq!(stage.concerns(MAX), None, "one's own words");
    stage.call(OLGA, "bye").unwrap();
    assert_eq!(stage.concerns(MAX), Some(6));
    let (restraint, seconds) = (Restraint::Ban, Some(60));
    let (whom, place, purge) = (Whom::Id(MAX), Where::Everywhere, None);
    let ban = Aimed::Restrain { restraint, whom, place, seconds, with_addresses: false, purge };
    stage.act(OLGA, ban).unwrap();
    assert_eq!(stage.concerns(MAX), None, "whoever is put out hears nothing outside");
    stage.say(OLGA, To::Person(ADA), "hello").unwrap();
    let talk = stage.model.rooms_of(ADA).find(|room| room.kind() == RoomKind::Direct).unwrap().id();
    assert_eq!(stage.model.concerns(ADA, talk), Some(1), "a private talk is for whom it is with");
}

/// What went out is noted once, and nothing is noted that fails.
#[test]
fn what_somebody_was_told_concerns_them_no_more() {
    let mut stage = Stage::new();
    stage.call(OLGA, "@max").unwrap();
    let (whom, targets, room, at) = (Some(MAX), Vec::new(), TEA, THEN);
    let dispatch = Entry::Dispatch { whom, targets, room, after: 0, upto: 1, at };
    stage.model.begin(&dispatch);
    stage.model.apply(&dispatch, &Err(Failure::Busy), 0);
    assert_eq!(stage.concerns(MAX), Some(1));
    stage.apply(dispatch);
    assert_eq!((stage.concerns(MAX), stage.mentions(MAX)), (None, 1));
    stage.call(OLGA, "@max again").unwrap();
    assert_eq!(stage.concerns(MAX), Some(2));
}
