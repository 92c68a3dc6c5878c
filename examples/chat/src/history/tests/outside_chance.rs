//! What bots, targets and reminders might bring, by chance.

use super::chance::key;
use super::searching::Dice;
use super::*;

/// Numbers that only bots have, and only the robots.
fn a_bot(dice: &mut Dice) -> PersonId {
    9 + dice.below(4) as u64
}

fn a_robot(dice: &mut Dice, n: usize) -> Entry {
    let person = 13 + dice.below(3) as u64;
    // A name that somebody may have.
    let name = format!("name {}", dice.below(12));
    let robot = Robot { person, folded: name.clone(), name, has_hook: dice.below(3) > 0, look: None };
    Entry::Robot { robot: (dice.below(4) > 0).then_some(robot), at: THEN + n as Millis }
}

fn a_target(dice: &mut Dice, n: usize, serves: Serves) -> Box<Target> {
    let is_free = serves.room().is_some() || dice.below(2) == 0;
    let shape = Shape::ALL[dice.below(Shape::ALL.len())];
    let discloses = [Discloses::Nothing, Discloses::Sender, Discloses::Text][dice.below(3)];
    let (url, secret) = (format!("https://example.org/{n}"), format!("secret {n}"));
    Box::new(Target { serves, shape, url, secret, discloses, is_free })
}

fn a_question(dice: &mut Dice, room: RoomId, person: PersonId, n: usize) -> Entry {
    let mentions = vec![13 + dice.below(3) as u64];
    Entry::Append(Append {
        mentions,
        at: THEN + n as Millis,
        ..say(room, person, Body::Text("what time is it?".into()))
    })
}

fn a_call(dice: &mut Dice, room: RoomId, person: PersonId, n: usize) -> Entry {
    let call = Some([Call::All, Call::Here][dice.below(2)]);
    Entry::Append(Append {
        call,
        at: THEN + n as Millis,
        ..say(room, person, Body::Text("@all: tea".into()))
    })
}

fn dispatch(whom: Option<PersonId>, target: Number, room: RoomId, upto: Offset, n: usize) -> Entry {
    let (after, at) = (upto.saturating_sub(1), THEN + n as Millis);
    Entry::Dispatch { whom, targets: vec![target], room, after, upto, at }
}

/// What has come of it.
fn an_outcome(dice: &mut Dice, delivery: Delivery, n: usize) -> Entry {
    let fault = format!("fault {n}");
    match dice.below(4) {
        0 => Entry::Delivered { delivery },
        1 => Entry::Postponed { delivery, due: THEN + n as Millis, fault },
        2 => Entry::Dropped { delivery, fault: None, is_off: false },
        _ => Entry::Dropped { delivery, fault: Some(fault), is_off: dice.below(2) == 0 },
    }
}

fn a_reminder(dice: &mut Dice, room: RoomId, person: PersonId, n: usize) -> Entry {
    let (made, due) = (THEN + n as Millis, THEN + 50 + n as Millis);
    let text = format!("tea {n}");
    Entry::Remind { reminder: Reminder { person, room, made, due, is_by_clock: dice.below(2) == 0, text } }
}

fn ring(dice: &mut Dice, reminder: Number, room: RoomId, n: usize) -> Entry {
    let author = 13 + dice.below(3) as u64;
    let key = Some(format!("reminder-{reminder}"));
    let said = Append { key, at: THEN + n as Millis, ..say(room, author, Body::Text("it is time".into())) };
    Entry::Ring { reminder, said: Box::new(said) }
}

/// Some entries, of which the later ones are about what the first have made: `next` is the number of the first.
pub(super) fn a_story_outside(dice: &mut Dice, n: usize, next: u64) -> Vec<Entry> {
    let (room, person, bot) = (1 + dice.below(3) as u64, 1 + dice.below(6) as u64, a_bot(dice));
    let deed = |act| Entry::Act(Deed { by: None, at: THEN + n as Millis, reason: String::new(), act });
    match dice.below(4) {
        0 => {
            let name = format!("bot {bot}");
            let kind = [KeyKind::Hook, KeyKind::Token][dice.below(2)];
            let last = match dice.below(2) {
                0 => Act::RevokeKey { key: next + 1 },
                _ => Act::RemoveBot { bot },
            };
            vec![
                deed(Act::MakeBot { bot, folded: name.clone(), name, room, look: None }),
                deed(Act::GiveKey { bot, key: key(dice), kind, room, pace: 60 }),
                Entry::SeeKey { key: next + 1, at: THEN + n as Millis },
                text(room, bot, "built"),
                deed(last),
            ]
        }
        1 => {
            let serves = if dice.below(2) == 0 { Serves::Person(person) } else { Serves::Room(room) };
            let target = Box::new(Target { is_free: true, ..*a_target(dice, n, serves) });
            let mut story = vec![deed(Act::AddTarget { target }), text(room, 7, "news")];
            for upto in 1..20 {
                story.push(dispatch(serves.person(), next, room, upto, n));
            }
            let outcomes = (1..20).map(|upto| an_outcome(dice, Delivery { target: next, room, upto }, n));
            story.extend(outcomes);
            story.extend(match dice.below(3) {
                0 => Some(deed(Act::DropTarget { target: next })),
                1 => {
                    let (secret, until) = (format!("other secret {n}"), THEN + 20 + n as Millis);
                    Some(deed(Act::RotateTarget { target: next, secret, until }))
                }
                _ => None,
            });
            story
        }
        2 => {
            let mut story = vec![a_reminder(dice, room, person, n)];
            match dice.below(3) {
                0 => story.push(Entry::Unremind { reminder: next, person }),
                1 => story.push(ring(dice, next, room, n)),
                _ => {}
            }
            story
        }
        _ => {
            let robot = a_robot(dice, n);
            vec![robot, a_question(dice, room, person, n), a_question(dice, room, bot, n)]
        }
    }
}

pub(super) fn any_outside(dice: &mut Dice, n: usize, next: u64) -> Entry {
    let (room, person, bot) = (1 + dice.below(5) as u64, 1 + dice.below(8) as u64, a_bot(dice));
    let at = THEN + n as Millis;
    let by = (dice.below(3) > 0).then_some(person);
    let number = next.saturating_sub(dice.below(12) as u64);
    let target = if dice.below(3) == 0 { ROBOT_HOOK } else { number };
    let upto = 1 + dice.below(12) as u64;
    let act = match dice.below(22) {
        0 => return a_robot(dice, n),
        1 | 2 => {
            let level =
                (dice.below(3) > 0).then(|| [Level::All, Level::Mentions, Level::Nothing][dice.below(3)]);
            return Entry::SetLevel { room, person, level };
        }
        3 => return Entry::SeeKey { key: number, at },
        4 => return dispatch(by, target, room, upto, n),
        5 | 6 => return an_outcome(dice, Delivery { target, room, upto }, n),
        7 => return a_reminder(dice, room, person, n),
        8 => return Entry::Unremind { reminder: number, person },
        9 => return ring(dice, number, room, n),
        10 => return a_question(dice, room, person, n),
        11 | 12 => return a_call(dice, room, person, n),
        13 => return text(room, bot, "built"),
        14 => return Entry::Join { room, person: bot, read: 0 },
        15 => {
            let name = format!("name {}", dice.below(12));
            Act::MakeBot { bot, folded: name.clone(), name, room, look: None }
        }
        16 if dice.below(3) == 0 => Act::RemoveBot { bot },
        16 => Act::Add { room, person: bot, read: 0 },
        17 => Act::GiveKey {
            bot,
            key: key(dice),
            kind: [KeyKind::Hook, KeyKind::Token][dice.below(2)],
            room,
            pace: 9,
        },
        18 => Act::RevokeKey { key: number },
        19 | 20 => {
            let serves = if dice.below(2) == 0 { Serves::Person(person) } else { Serves::Room(room) };
            Act::AddTarget { target: a_target(dice, n, serves) }
        }
        _ if dice.below(2) == 0 => Act::DropTarget { target: number },
        _ => Act::RotateTarget { target: number, secret: format!("third secret {n}"), until: at + 9 },
    };
    Entry::Act(Deed { by, at, reason: format!("reason {n}"), act })
}
