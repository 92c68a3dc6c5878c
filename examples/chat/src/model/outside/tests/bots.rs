//! Bots and their keys.

use super::*;
use crate::ask::Whom;
use crate::history::{BotKind, Restraint};
use crate::news::Change;

fn changes(stage: &Stage) -> Vec<&Change> {
    let changes = stage.news.iter().filter_map(|news| match news {
        News::Done { change, .. } => Some(change),
        _ => None,
    });
    changes.collect()
}

#[test]
fn a_bot_comes_with_its_first_key_and_is_in_its_room_alone() {
    let mut stage = Stage::new();
    let key = stage.act(ADA, give("builds", "tea")).unwrap().expect("the key is told");
    let hash = Token::parse(&key).expect("it has 256 bits").hash();
    let stored = stage.model.key(&hash).expect("it is found by its hash").clone();
    assert_eq!((stored.bot, stored.kind, stored.room, stored.pace), (NEXT, KeyKind::Hook, Some(TEA), 60));
    assert_eq!(stored.by, Some(ADA));
    assert!(stage.model.is_bot(NEXT) && stage.model.is_member(NEXT, TEA));
    assert!(!stage.model.is_member(NEXT, LOBBY) && !stage.model.person(NEXT).unwrap().is_guest());
    let brought = matches!(
        changes(&stage)[..],
        [Change::Bot { bot: NEXT }, Change::BroughtIn { room: TEA, .. }, Change::Bot { bot: NEXT },]
    );
    assert!(brought, "{:?}", stage.news);

    // One more, of the other kind: it is the same bot, whatever capitals it is called with.
    let (kind, pace) = (KeyKind::Token, Some(6_000));
    let other = Aimed::GiveKey { name: "Builds".into(), place: room("lobby"), kind, pace };
    let token = stage.act(OLGA, other).unwrap().unwrap();
    let stored = stage.model.key(&Token::parse(&token).unwrap().hash()).unwrap();
    assert_eq!((stored.bot, stored.kind, stored.room), (NEXT, KeyKind::Token, None));
    assert!(stage.model.is_member(NEXT, LOBBY));
    assert_eq!(stage.model.with_token(&stored.key), Some(NEXT), "it comes by it over chat.v1");
    assert_eq!(stage.model.with_token(&hash), None, "a hook is no token");
}

#[test]
fn who_gives_which_key_where() {
    let mut stage = Stage::new();
    assert_eq!(code(stage.act(MAX, give("builds", "tea"))), Some(Code::Forbidden));
    assert_eq!(code(stage.act(ADA, give("builds", "nowhere"))), Some(Code::NoSuchRoom));
    assert_eq!(code(stage.act(ADA, give("builds", "+3"))), Some(Code::NoSuchRoom), "a private room");
    for by in [None, Some(ADA)] {
        assert_eq!(code(stage.on_page(by, give("builds", "+3"))), Some(Code::Forbidden), "{by:?}");
    }
    assert!(stage.on_page(None, give("builds", "tea")).is_ok());
    assert!(stage.act(OLGA, give("denizen", "den")).is_ok(), "she is in it");
    stage.say(OLGA, To::Person(MAX), "hello").unwrap();
    let talk = format!("@{OLGA}:{MAX}");
    assert_eq!(code(stage.act(OLGA, give("builds", &talk))), Some(Code::Forbidden), "a private talk");
    for taken in ["max", "MAX", "ada", "guest-77", "admin", "所有人", "", "a\u{200b}b"] {
        let refused = code(stage.act(OLGA, give(taken, "tea")));
        assert!(matches!(refused, Some(Code::NameTaken | Code::BadName)), "{taken} {refused:?}");
    }
    for pace in [0, 6_001, u32::MAX] {
        let (kind, pace) = (KeyKind::Hook, Some(pace));
        let give = Aimed::GiveKey { name: "builds".into(), place: room("tea"), kind, pace };
        assert_eq!(code(stage.act(OLGA, give)), Some(Code::BadField));
    }
    (0..20).for_each(|_| drop(stage.act(OLGA, give("builds", "tea")).unwrap()));
    assert_eq!(code(stage.act(OLGA, give("builds", "tea"))), Some(Code::Busy), "keys of one bot");
    stage.bot("third", "tea");
    assert_eq!(stage.model.members(TEA).len(), 4);
    stage.bot("fifth", "tea");
    assert_eq!(code(stage.act(OLGA, give("sixth", "tea"))), Some(Code::RoomFull));
}

#[test]
fn a_bot_is_where_it_was_brought_in() {
    let mut stage = Stage::new();
    let bot = stage.bot("builds", "tea");
    let join = |create, is_private| Wish::Join { room: "lobby".into(), create, is_private };
    let refused = |stage: &mut Stage, wish| code(stage.wish(bot, wish));
    assert_eq!(refused(&mut stage, join(false, false)), Some(Code::Forbidden));
    assert_eq!(refused(&mut stage, join(true, false)), Some(Code::Forbidden));
    assert_eq!(refused(&mut stage, join(true, true)), Some(Code::Forbidden));
    assert_eq!(refused(&mut stage, Wish::Rename { name: "other".into() }), Some(Code::Forbidden));
    let there = Wish::Join { room: "tea".into(), create: false, is_private: false };
    assert_eq!(refused(&mut stage, there), None, "it looks into a room of its own");
    assert_eq!(stage.say(bot, To::Room("tea".into()), "done"), Ok(()));
    assert_eq!(stage.say(bot, To::Here, "done"), Err(Code::NotMember), "it is not in the lobby");
    assert_eq!(stage.say(bot, To::Room("lobby".into()), "done"), Err(Code::NotMember));
    assert_eq!(stage.say(bot, To::Announced(LOBBY, crate::history::Aim::There), "x"), Err(Code::NotMember));
    stage.act(OLGA, Aimed::Kick { whom: Whom::Id(bot), place: room("tea") }).unwrap();
    assert_eq!(stage.say(bot, To::Room("tea".into()), "done"), Err(Code::NotMember), "put out");
    stage.act(OLGA, Aimed::Add { whom: Whom::Id(bot), place: room("tea") }).unwrap();
    assert_eq!(stage.say(bot, To::Room("tea".into()), "done"), Ok(()), "brought in again");
}

#[test]
fn what_a_bot_does_not_do_whatever_it_is() {
    let mut stage = Stage::new();
    let bot = stage.bot("builds", "tea");
    stage.act(OLGA, Aimed::Op { whom: Whom::Id(bot), place: room("tea"), is_op: true }).unwrap();
    let link = Aimed::Invite { place: room("tea"), seconds: None, uses: None };
    let report = Aimed::Report { place: room("tea"), offset: 1 };
    let add = Aimed::Add { whom: Whom::Id(ADA), place: room("tea") };
    for what in [link, report, add, Aimed::Erase { words: true }, Aimed::Accept { key: "x".into() }] {
        assert_eq!(code(stage.act(bot, what.clone())), Some(Code::Forbidden), "{what:?}");
    }
    let (restraint, seconds) = (Restraint::Mute, Some(60));
    let (whom, place, purge) = (Whom::Id(MAX), room("tea"), None);
    let mute = Aimed::Restrain { restraint, whom, place, seconds, with_addresses: false, purge };
    assert_eq!(code(stage.act(bot, mute)), None, "it may keep order in its room");
    let role = Aimed::Role { whom: Whom::Id(bot), role: Role::Admin };
    assert_eq!(code(stage.act(OLGA, role)), Some(Code::Forbidden));
}

#[test]
fn a_bot_begins_no_private_talk_and_answers() {
    let mut stage = Stage::new();
    let (bot, other) = (stage.bot("builds", "tea"), stage.bot("tickets", "tea"));
    assert_eq!(stage.say(bot, To::Person(MAX), "hello"), Err(Code::Forbidden));
    assert_eq!(stage.say(bot, To::Person(other), "hello"), Err(Code::Forbidden));
    let open = Wish::Open { to: To::Person(MAX) };
    assert_eq!(code(stage.wish(bot, open)), Some(Code::Forbidden));
    // That the talk is there is not enough.
    stage.wish(MAX, Wish::Open { to: To::Person(bot) }).unwrap();
    assert_eq!(stage.say(bot, To::Person(MAX), "hello"), Err(Code::Forbidden));
    stage.say(MAX, To::Person(bot), "status?").unwrap();
    assert_eq!(stage.say(bot, To::Person(MAX), "green"), Ok(()));
    let talk = format!("@{MAX}:{bot}");
    assert_eq!(stage.say(bot, To::Room(talk.into()), "still green"), Ok(()));
}

#[test]
fn a_key_is_revoked_and_a_bot_is_gone_for_good() {
    let mut stage = Stage::new();
    let bot = stage.bot("builds", "tea");
    let number = stage.model.keys_of(bot).next().unwrap().number;
    let hash = stage.model.keys_of(bot).next().unwrap().key;
    assert_eq!(code(stage.act(MAX, Aimed::RevokeKey { key: number })), Some(Code::Forbidden));
    assert_eq!(code(stage.act(ADA, Aimed::RevokeKey { key: number + 99 })), Some(Code::NoSuchKey));
    assert_eq!(code(stage.act(ADA, Aimed::RevokeKey { key: number })), None);
    assert!(stage.model.key(&hash).is_none());
    assert_eq!(code(stage.act(ADA, Aimed::RevokeKey { key: number })), Some(Code::NoSuchKey));
    stage.bot("builds", "tea");
    assert_eq!(stage.model.keys_of(bot).count(), 1, "it is the same bot");
    assert_eq!(code(stage.act(ADA, Aimed::RemoveBot { whom: Whom::Id(MAX) })), Some(Code::NoSuchPerson));
    assert_eq!(code(stage.act(MAX, Aimed::RemoveBot { whom: Whom::Id(bot) })), Some(Code::Forbidden));
    assert_eq!(code(stage.act(ADA, Aimed::RemoveBot { whom: Whom::Named("builds".into()) })), None);
    assert!(stage.model.is_bot(bot), "what it said was said by a bot");
    assert_eq!((stage.model.bots().count(), stage.model.keys_of(bot).count()), (0, 0));
    assert!(stage.model.person(bot).is_none() && stage.model.called("builds").is_none());
    assert!(!stage.model.is_member(bot, TEA));
    let next = stage.bot("builds", "tea");
    assert_ne!(next, bot, "its name is free, its number is not");
}

/// What has begun and fails leaves nothing behind.
#[test]
fn a_bot_that_cannot_be_made_leaves_its_name() {
    let mut stage = Stage::new();
    let decision = stage.decide(OLGA, Wish::Act(act(give("builds", "tea")))).unwrap();
    decision.entries.iter().for_each(|entry| stage.model.begin(entry));
    let again = stage.decide(OLGA, Wish::Act(act(give("builds", "tea"))));
    assert_eq!(code(again), Some(Code::NameTaken), "it is on its way");
    assert_eq!(stage.model.arrive(None, None, THEN).unwrap().person, NEXT + 1, "so is its number");
    for entry in &decision.entries {
        assert!(stage.model.apply(entry, &Err(Failure::Busy), 0).is_empty());
    }
    assert!(stage.model.person(NEXT).is_none() && !stage.model.is_bot(NEXT));
    assert_eq!(stage.bot("builds", "tea"), NEXT + 1);
    assert_eq!(stage.model.bots().map(|bot| bot.kind).collect::<Vec<_>>(), [BotKind::Bot]);
}

#[test]
fn a_hook_goes_with_its_room() {
    let mut stage = Stage::new();
    let bot = stage.bot("builds", "tea");
    let (kind, pace) = (KeyKind::Token, None);
    let token = Aimed::GiveKey { name: "builds".into(), place: room("tea"), kind, pace };
    stage.act(OLGA, token).unwrap();
    stage.act(OLGA, Aimed::RemoveRoom { place: room("tea") }).unwrap();
    let kinds: Vec<KeyKind> = stage.model.keys_of(bot).map(|key| key.kind).collect();
    assert_eq!(kinds, [KeyKind::Token], "a token opens what else there is");
    assert_eq!(stage.model.room(DEN).map(|room| room.kind()), Some(RoomKind::Private));
}
