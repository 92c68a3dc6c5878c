//! Bots and their keys, the robot, calls: who may, where they speak, and what goes with them.

use super::acts::{
    ADMIN, BANNED, DEN, GUEST, LOBBY, MEMBER, NOW, OP, OWNER, TALK, TEA, cast, deed, join, restrain,
};
use super::digest::tables;
use super::*;
use crate::rights::Lack;

const BOT: PersonId = 20;
const ROBOT: PersonId = 30;

pub(super) fn one(node: &mut Node, entry: Entry) -> Outcome {
    node.apply(&[entry]).remove(0)
}

pub(super) fn number(outcome: Outcome) -> Number {
    if let Ok(Done::Numbered(number)) = outcome { number } else { panic!("{outcome:?}") }
}

fn make(by: impl Into<By>, bot: PersonId, room: RoomId) -> Entry {
    let name = format!("bot-{bot}");
    deed(by, Act::MakeBot { bot, folded: name.clone(), name, room, look: None })
}

fn give(by: impl Into<By>, key: [u8; 32], kind: KeyKind, room: RoomId) -> Entry {
    deed(by, Act::GiveKey { bot: BOT, key, kind, room, pace: 60 })
}

pub(super) fn robot(name: &str, has_hook: bool) -> Entry {
    let robot = Robot { person: ROBOT, name: name.into(), folded: name.to_lowercase(), has_hook, look: None };
    Entry::Robot { robot: Some(robot), at: NOW }
}

fn says(room: RoomId, author: PersonId) -> Entry {
    Entry::Append(Append { at: NOW, ..say(room, author, Body::Text("hello".into())) })
}

fn calls(room: RoomId, author: PersonId, call: Call) -> Entry {
    Entry::Append(Append { at: NOW, call: Some(call), ..say(room, author, Body::Text("@all: tea".into())) })
}

fn is_said(outcome: &Outcome) -> bool {
    matches!(outcome, Ok(Done::Appended { repeated: false, .. }))
}

/// A refusal leaves nothing behind.
pub(super) fn refused(node: &mut Node, entry: Entry) -> Failure {
    let before = tables(&node.connection);
    let words = format!("{entry:?}");
    let outcome = one(node, entry);
    assert_eq!(before, tables(&node.connection), "{words}");
    match outcome {
        Err(failure) => failure,
        Ok(done) => panic!("{words}: {done:?}"),
    }
}

#[test]
fn admins_make_bots_and_nobody_else() {
    let mut node = cast();
    for by in [OP, MEMBER, GUEST] {
        assert_eq!(refused(&mut node, make(by, BOT, TEA)), Failure::Lacks(Lack::NotAdmin), "{by}");
    }
    assert_eq!(refused(&mut node, make(BANNED, BOT, TEA)), Failure::Lacks(Lack::Banned));
    assert_eq!(refused(&mut node, make(77, BOT, TEA)), Failure::NoSuchPerson);
    assert_eq!(refused(&mut node, make(ADMIN, BOT, 99)), Failure::NoSuchRoom);
    // A private room opens only who is in it; and two people who talk, nobody.
    for by in [None, Some(ADMIN), Some(OWNER)] {
        assert_eq!(refused(&mut node, make(by, BOT, DEN)), Failure::NoSuchRoom);
        assert_eq!(refused(&mut node, make(by, BOT, TALK)), Failure::Lacks(Lack::Private));
    }
    let name = |name: &str, bot| {
        deed(ADMIN, Act::MakeBot { bot, name: name.into(), folded: name.into(), room: TEA, look: None })
    };
    assert_eq!(refused(&mut node, name("member", BOT)), Failure::Taken);
    assert_eq!(refused(&mut node, name("builds", MEMBER)), Failure::Taken);
    assert!(node.apply(&[make(ADMIN, BOT, TEA), make(None, 21, LOBBY)]).iter().all(Result::is_ok));
    assert_eq!(refused(&mut node, make(ADMIN, BOT, TEA)), Failure::Taken);
    let loaded = node.load(0);
    let bot = StoredBot {
        person: BOT,
        kind: BotKind::Bot,
        by: Some(ADMIN),
        made: NOW,
        is_gone: false,
        has_hook: false,
    };
    assert_eq!(loaded.outside.bots[0], bot);
    assert!(
        loaded.people.iter().any(|it| it.id == BOT && !it.is_guest && !it.silent && it.tokens.is_empty())
    );
    let rooms: Vec<_> = loaded.members.iter().filter(|it| it.person == BOT).collect();
    assert_eq!((rooms.len(), rooms[0].room, rooms[0].read), (1, TEA, 3), "and not in the lobby");
    assert_eq!(loaded.next_person, 22);
    // An admin who is in it.
    let den = deed(OP, Act::Add { room: DEN, person: ADMIN, read: 0 });
    assert!(node.apply(&[den, make(ADMIN, 23, DEN)]).iter().all(Result::is_ok));
}

#[test]
fn a_bot_speaks_where_it_was_brought_in() {
    let mut node = cast();
    assert!(one(&mut node, make(ADMIN, BOT, TEA)).is_ok());
    assert!(is_said(&one(&mut node, says(TEA, BOT))));
    for room in [LOBBY, DEN, TALK, 99] {
        assert_eq!(refused(&mut node, says(room, BOT)), Failure::NoSuchRoom, "{room}");
    }
    // It does not come in by itself, but it is brought in; with somebody who writes to it, it talks.
    assert_eq!(refused(&mut node, join(LOBBY, BOT)), Failure::Lacks(Lack::NotOp));
    let add = deed(ADMIN, Act::Add { room: DEN, person: BOT, read: 0 });
    assert!(node.apply(&[add, says(DEN, BOT)]).iter().all(Result::is_ok));
    let talk = [direct(50, "@4:20"), join(50, MEMBER), join(50, BOT), says(50, BOT)];
    assert!(node.apply(&talk).iter().all(Result::is_ok));
    // Muted, put out, gone.
    assert!(one(&mut node, deed(OP, restrain(Restraint::Mute, BOT, Some(TEA)))).is_ok());
    assert_eq!(refused(&mut node, says(TEA, BOT)), Failure::Lacks(Lack::Muted));
    assert!(one(&mut node, deed(OP, Act::Kick { person: BOT, room: Some(DEN) })).is_ok());
    assert_eq!(refused(&mut node, says(DEN, BOT)), Failure::NoSuchRoom);
    assert!(one(&mut node, deed(ADMIN, Act::RemoveBot { bot: BOT })).is_ok());
    for room in [TEA, DEN, 50, LOBBY] {
        assert_eq!(refused(&mut node, says(room, BOT)), Failure::NoSuchRoom, "{room}");
    }
    // What it is not.
    assert!(one(&mut node, make(ADMIN, 21, TEA)).is_ok());
    let erase = deed(21, Act::Erase { person: 21, words: true });
    assert_eq!(refused(&mut node, erase), Failure::NotYours);
    assert_eq!(refused(&mut node, Entry::Forget { person: 21, away: None }), Failure::NotYours);
    let role = Act::Role { person: 21, role: crate::rights::Role::Admin };
    assert_eq!(refused(&mut node, deed(OWNER, role)), Failure::NoSuchPerson);
}

#[test]
fn keys_are_given_used_and_revoked() {
    let mut node = cast();
    assert!(one(&mut node, make(ADMIN, BOT, TEA)).is_ok());
    assert_eq!(refused(&mut node, give(OP, [50; 32], KeyKind::Hook, TEA)), Failure::Lacks(Lack::NotAdmin));
    assert_eq!(refused(&mut node, give(ADMIN, [50; 32], KeyKind::Hook, DEN)), Failure::NoSuchRoom);
    let of_a_person =
        deed(ADMIN, Act::GiveKey { bot: MEMBER, key: [50; 32], kind: KeyKind::Token, room: TEA, pace: 1 });
    assert_eq!(refused(&mut node, of_a_person), Failure::NoSuchPerson);
    // Somebody's token.
    assert_eq!(refused(&mut node, give(ADMIN, [MEMBER as u8; 32], KeyKind::Token, TEA)), Failure::Taken);
    let hook = number(one(&mut node, give(ADMIN, [50; 32], KeyKind::Hook, TEA)));
    let token = number(one(&mut node, give(None, [51; 32], KeyKind::Token, LOBBY)));
    assert_eq!(refused(&mut node, give(ADMIN, [51; 32], KeyKind::Hook, TEA)), Failure::Taken);
    assert!(is_said(&one(&mut node, says(LOBBY, BOT))), "the key has brought it in");
    node.apply(&[7, 5].map(|later| Entry::SeeKey { key: hook, at: NOW + later }));
    assert_eq!(one(&mut node, Entry::SeeKey { key: 999, at: NOW }), Ok(Done::Kept));
    let loaded = node.load(0);
    let stored = |number, key, kind, room, by, seen| {
        let (bot, pace, since) = (BOT, 60, NOW);
        StoredKey { number, key, bot, kind, room, pace, by, since, seen }
    };
    let keys = [
        stored(hook, [50; 32], KeyKind::Hook, Some(TEA), Some(ADMIN), Some(NOW + 7)),
        stored(token, [51; 32], KeyKind::Token, None, None, None),
    ];
    assert_eq!(loaded.outside.keys, keys);
    let tokens = &loaded.people.iter().find(|person| person.id == BOT).unwrap().tokens;
    assert_eq!(tokens[..], [[51; 32]], "with which it says hello");
    assert!(node.sessions(BOT).is_empty());

    let revoke = |by: By, key| deed(by, Act::RevokeKey { key });
    assert_eq!(refused(&mut node, revoke(Some(OP), hook)), Failure::Lacks(Lack::NotAdmin));
    assert_eq!(one(&mut node, revoke(Some(ADMIN), hook)), Ok(Done::SessionEnded { token: [50; 32] }));
    assert_eq!(refused(&mut node, revoke(None, hook)), Failure::NoSuchKey);
    // Who is banned from a room is not brought in by a key.
    let ban = deed(OP, restrain(Restraint::Ban, BOT, Some(TEA)));
    assert!(one(&mut node, ban).is_ok());
    assert_eq!(refused(&mut node, give(ADMIN, [52; 32], KeyKind::Hook, TEA)), Failure::Lacks(Lack::Banned));
    // So many, and no more.
    for n in 0..19 {
        number(one(&mut node, give(ADMIN, [60 + n; 32], KeyKind::Hook, LOBBY)));
    }
    assert_eq!(refused(&mut node, give(ADMIN, [90; 32], KeyKind::Hook, LOBBY)), Failure::Busy);
    // A room takes its hooks along; and a bot, all its keys.
    let count = |node: &Node| -> i64 {
        node.connection.query_row("SELECT count(*) FROM keys", [], |row| row.get(0)).unwrap()
    };
    assert!(node.apply(&[revoke(None, token), give(None, [91; 32], KeyKind::Hook, TEA)])[0].is_ok());
    assert_eq!(count(&node), 19);
    assert!(one(&mut node, deed(None, Act::RemoveBot { bot: BOT })).is_ok());
    assert_eq!(count(&node), 0);
    assert!(one(&mut node, make(ADMIN, 21, TEA)).is_ok());
    let key = Act::GiveKey { bot: 21, key: [92; 32], kind: KeyKind::Hook, room: TEA, pace: 1 };
    assert!(
        node.apply(&[deed(ADMIN, key), deed(ADMIN, Act::RemoveRoom { room: TEA })]).iter().all(Result::is_ok)
    );
    assert_eq!(count(&node), 0);
}

#[test]
fn a_bot_that_is_gone_was_one() {
    let mut node = cast();
    let talk = [make(ADMIN, BOT, TEA), direct(50, "@4:20"), join(50, MEMBER), join(50, BOT)];
    assert!(node.apply(&talk).iter().all(Result::is_ok));
    assert_eq!(refused(&mut node, deed(OP, Act::RemoveBot { bot: BOT })), Failure::Lacks(Lack::NotAdmin));
    assert_eq!(refused(&mut node, deed(ADMIN, Act::RemoveBot { bot: MEMBER })), Failure::NoSuchPerson);
    assert!(one(&mut node, deed(ADMIN, Act::RemoveBot { bot: BOT })).is_ok());
    assert_eq!(refused(&mut node, deed(ADMIN, Act::RemoveBot { bot: BOT })), Failure::NoSuchPerson);
    let loaded = node.load(0);
    assert!(loaded.outside.bots[0].is_gone);
    assert!(
        loaded.people.iter().any(|person| person.id == BOT && person.is_gone),
        "in the talk it has a name"
    );
    // Its name is free, its number is not.
    let name = |bot| {
        deed(
            ADMIN,
            Act::MakeBot { bot, name: "bot-20".into(), folded: "bot-20".into(), room: TEA, look: None },
        )
    };
    assert_eq!(refused(&mut node, name(BOT)), Failure::Taken);
    assert_eq!(one(&mut node, name(21)), Ok(Done::Kept));
    assert!(one(&mut node, Entry::Remove { room: 50 }).is_err(), "somebody is in it");
    node.apply(&[Entry::Leave { room: 50, person: MEMBER }, Entry::Remove { room: 50 }]);
    assert_eq!(refused(&mut node, name(BOT)), Failure::Taken, "though nobody has a row of that number");
}

#[test]
fn there_is_one_robot_and_it_speaks_anywhere() {
    let mut node = cast();
    assert_eq!(refused(&mut node, robot("Member", true)), Failure::Taken);
    assert_eq!(one(&mut node, robot("Robby", true)), Ok(Done::Kept));
    let before = tables(&node.connection);
    assert_eq!(one(&mut node, robot("Robby", true)), Ok(Done::Kept));
    let without = |tables: &str| tables.lines().skip(1).collect::<Vec<_>>().join("\n");
    assert_eq!(without(&before), without(&tables(&node.connection)), "the same again changes nothing");
    for room in [LOBBY, TEA, DEN] {
        assert!(is_said(&one(&mut node, says(room, ROBOT))), "{room}");
    }
    let slow = deed(OP, Act::Alter { room: TEA, change: Change::Pace(100) });
    let add = deed(OP, Act::Add { room: TEA, person: ROBOT, read: 0 });
    let outcomes = node.apply(&[slow, add, says(TEA, ROBOT), says(TEA, ROBOT)]);
    assert!(outcomes[2..].iter().all(is_said), "{outcomes:?}");
    assert!(one(&mut node, deed(OP, restrain(Restraint::Mute, ROBOT, Some(DEN)))).is_ok());
    assert_eq!(refused(&mut node, says(DEN, ROBOT)), Failure::Lacks(Lack::Muted));
    assert!(one(&mut node, deed(OP, Act::Alter { room: TEA, change: Change::Closed(true) })).is_ok());
    assert_eq!(refused(&mut node, says(TEA, ROBOT)), Failure::Lacks(Lack::Closed));
    assert_eq!(refused(&mut node, give_to_robot()), Failure::NoSuchPerson);
    assert_eq!(refused(&mut node, deed(OWNER, Act::RemoveBot { bot: ROBOT })), Failure::NoSuchPerson);
    // Another name, and the same robot; then none, whatever it was banned from.
    assert_eq!(refused(&mut node, robot("Op", true)), Failure::Taken);
    assert_eq!(one(&mut node, robot("Marvin", false)), Ok(Done::Kept));
    let loaded = node.load(0);
    assert_eq!((loaded.outside.bots.len(), loaded.outside.bots[0].has_hook), (1, false));
    assert!(loaded.people.iter().any(|person| person.id == ROBOT && person.name == "Marvin"));
    node.apply(&[deed(None, restrain(Restraint::Ban, ROBOT, None)), Entry::Robot { robot: None, at: NOW }]);
    assert!(node.load(0).outside.bots[0].is_gone);
    assert_eq!(refused(&mut node, says(LOBBY, ROBOT)), Failure::NoSuchRoom);
    assert_eq!(refused(&mut node, robot("Robby", true)), Failure::Taken, "the number was another's");
    let name = "Robby".to_owned();
    let new = Robot { person: 31, folded: name.clone(), name, has_hook: true, look: None };
    assert_eq!(one(&mut node, Entry::Robot { robot: Some(new), at: NOW }), Ok(Done::Kept));
    assert_eq!(node.load(0).outside.bots.len(), 2);
}

fn give_to_robot() -> Entry {
    deed(ADMIN, Act::GiveKey { bot: ROBOT, key: [50; 32], kind: KeyKind::Token, room: TEA, pace: 1 })
}

/// Who governs a room calls all who are in it; of others it is refused, if a right was lost on the way.
#[test]
fn who_governs_a_room_calls_it_together() {
    let mut node = cast();
    for call in [Call::All, Call::Here] {
        for (room, by) in [(TEA, MEMBER), (LOBBY, OP)] {
            assert_eq!(refused(&mut node, calls(room, by, call)), Failure::Lacks(Lack::NotOp));
        }
        assert_eq!(refused(&mut node, calls(TALK, OP, call)), Failure::Lacks(Lack::Private));
    }
    let outcomes = node.apply(&[
        calls(TEA, OP, Call::All),
        calls(TEA, OP, Call::Here),
        calls(TEA, ADMIN, Call::All),
        calls(TEA, OWNER, Call::All),
    ]);
    assert!(outcomes.iter().all(is_said), "{outcomes:?}");
    let tea = |node: &mut Node| node.load(10).rooms.into_iter().find(|room| room.id == TEA).unwrap();
    let room = tea(&mut node);
    assert_eq!(room.calls, [4, 6, 7]);
    let told: Vec<_> = room.recent[3..].iter().map(|event| event.call).collect();
    assert_eq!(told, [Some(Call::All), Some(Call::Here), Some(Call::All), Some(Call::All)]);
    // Taken back, erased, given up.
    assert!(one(&mut node, take_back(TEA, OP, 4)).is_ok());
    let room = tea(&mut node);
    assert_eq!((room.calls, room.recent[3].call), (vec![6, 7], None));
    let purge = deed(OWNER, Act::Purge { person: ADMIN, room: Some(TEA), since: 0 });
    assert!(one(&mut node, purge).is_ok());
    while !node.decide(|connection| Ok(purge::bite(connection, NOW)?.unwrap_or_default())).is_empty() {}
    assert_eq!(tea(&mut node).calls, [7]);
    assert!(one(&mut node, Entry::Prune { room: TEA, before: 8 }).is_ok());
    assert_eq!(tea(&mut node).calls, [0; 0]);
    // What was held back does not call when it is granted.
    let held = Append { call: Some(Call::All), ..say(TEA, OP, Body::Text("rude".into())) };
    let report = number(one(&mut node, deed(OP, Act::Hold { said: Box::new(held) })));
    assert!(one(&mut node, deed(ADMIN, Act::Settle { report, granted: true })).is_ok());
    assert_eq!(tea(&mut node).calls, [0; 0]);
}

#[test]
fn a_level_is_of_who_is_in_the_room() {
    let mut node = cast();
    let level = |room, person, level| Entry::SetLevel { room, person, level };
    for (room, person) in [(DEN, MEMBER), (99, MEMBER), (TEA, 77)] {
        assert_eq!(refused(&mut node, level(room, person, Some(Level::All))), Failure::NoSuchRoom);
    }
    let set = [
        level(TEA, MEMBER, Some(Level::Nothing)),
        level(TALK, MEMBER, Some(Level::Mentions)),
        level(LOBBY, MEMBER, Some(Level::All)),
        level(LOBBY, MEMBER, None),
    ];
    assert!(node.apply(&set).iter().all(Result::is_ok));
    let levels = |node: &mut Node| node.load(0).outside.levels;
    assert_eq!(levels(&mut node), [(TEA, MEMBER, Level::Nothing), (TALK, MEMBER, Level::Mentions)]);
    node.apply(&[Entry::Leave { room: TEA, person: MEMBER }, join(TEA, MEMBER)]);
    assert_eq!(levels(&mut node), [(TALK, MEMBER, Level::Mentions)]);
    // Their place in a talk stays when they are gone; it is nobody's.
    assert!(one(&mut node, Entry::Forget { person: MEMBER, away: None }).is_ok());
    assert_eq!(levels(&mut node), []);
}
