//! What those who govern might want, by chance.

use super::searching::Dice;
use super::*;
use crate::rights::Role;

/// A key, a token, a picture's id: there are not many, so that some are used twice.
pub(super) fn key(dice: &mut Dice) -> [u8; 32] {
    [dice.below(40) as u8; 32]
}

fn an_image(dice: &mut Dice, n: usize) -> (Picture, Arc<[u8]>) {
    let bytes: Arc<[u8]> = vec![n as u8; 1 + dice.below(40)].into();
    let id = format!("image-{}", dice.below(30));
    (Picture { id, media_type: "image/png", width: 3, height: 4, size: bytes.len() as u64 }, bytes)
}

/// People and rooms with whom something can be done.
pub(super) fn a_beginning() -> Vec<Entry> {
    let people = (1..=6).map(|person| arrive(person, &format!("person {person}")));
    let rooms = (1..=3).map(|room| create(room, &format!("room {room}")));
    let joins = (1..=6).flat_map(|person| (1..=3).map(move |room| Entry::Join { room, person, read: 0 }));
    let said =
        (1..=6).flat_map(|person| (1..=3).map(move |room| text(room, person, &format!("words {person}"))));
    people.chain(rooms).chain(joins).chain(said).collect()
}

/// Two acts, of which the second is about what the first has made: `next` is its number.
pub(super) fn a_story(dice: &mut Dice, n: usize, next: u64) -> Vec<Entry> {
    let (id, person, at) = (1 + dice.below(3) as u64, 1 + dice.below(6) as u64, THEN + n as Millis);
    let (room, until, key) = (Some(id), at + 50, key(dice));
    let restraint = if dice.below(2) == 0 { Restraint::Mute } else { Restraint::Ban };
    let restrain = Act::Restrain { restraint, person, room, until: Some(until), addresses: Vec::new() };
    let invite = Act::Invite { key, room, until, uses: 2 };
    let (client, place) = ("program".to_owned(), "::1".to_owned());
    let acts = match dice.below(5) {
        0 => [restrain, Act::Release { restraint, person, room }],
        1 => [invite, Act::Revoke { invite: next }],
        2 => [invite, Act::Accept { invite: next, read: 0 }],
        3 => [Act::OpenAdmin { key, until, client, place, link: None }, Act::CloseAdmin { session: next }],
        _ => [
            Act::Hold { said: Box::new(Append { at, ..say(id, person, Body::Text(format!("held {n}"))) }) },
            Act::Settle { report: next, granted: dice.below(2) == 0 },
        ],
    };
    let by = |act: &Act| match act {
        Act::Hold { .. } | Act::Accept { .. } => Some(person),
        _ => None,
    };
    acts.map(|act| Entry::Act(Deed { by: by(&act), at, reason: String::new(), act })).into()
}

/// `next`: the number that is given out next, about.
pub(super) fn any_deed(dice: &mut Dice, n: usize, next: u64) -> Entry {
    let at = THEN + n as Millis;
    // Whoever runs the chat can do most of it.
    let by = (dice.below(3) > 0).then(|| 1 + dice.below(8) as u64);
    Entry::Act(Deed { by, at, reason: format!("reason {n}"), act: any_act(dice, n, (by, next)) })
}

fn any_act(dice: &mut Dice, n: usize, (by, next): (By, u64)) -> Act {
    let (id, person) = (1 + dice.below(5) as u64, 1 + dice.below(8) as u64);
    let room = (dice.below(3) > 0).then_some(id);
    let (number, offset) = (next.saturating_sub(dice.below(12) as u64), 1 + dice.below(12) as u64);
    let soon = THEN + (n + dice.below(60)) as Millis;
    let restraint = if dice.below(2) == 0 { Restraint::Mute } else { Restraint::Ban };
    match dice.below(22) {
        0 => Act::Role { person, role: Role::ALL[dice.below(3)] },
        1 => Act::Op { room: id, person, is_op: dice.below(3) > 0 },
        2 => Act::Kick { person, room },
        3 | 4 => {
            let until = (dice.below(3) > 0).then_some(soon);
            Act::Restrain {
                restraint,
                person,
                room,
                until,
                addresses: vec!["203.0.113.7/32".into(); dice.below(3)],
            }
        }
        5 => Act::Release { restraint, person: 1 + person % 2, room: room.map(|_| 1) },
        6 => Act::Purge { person, room, since: THEN + dice.below(20) as Millis },
        7 => Act::EndSession { person, session: number },
        8 => Act::Erase { person: by.unwrap_or(person), words: dice.below(2) == 0 },
        9 => {
            let name = format!("name {}", dice.below(9));
            let is_private = dice.below(2) == 0;
            let title = is_private.then(|| "title".to_owned());
            Act::Alter {
                room: id,
                change: Change::Name { is_private, folded: name.clone(), name, title, look: None },
            }
        }
        10 => Act::Alter { room: id, change: Change::Topic(format!("topic {n}")) },
        11 => Act::Alter { room: id, change: Change::Pace(dice.below(2) as u32) },
        12 => Act::Alter { room: id, change: Change::Closed(dice.below(3) == 0) },
        13 if dice.below(3) == 0 => Act::RemoveRoom { room: id },
        13 => Act::SetDoor { door: Door::ALL[dice.below(4)] },
        14 => Act::Add { room: id, person, read: offset },
        15 => Act::Invite { key: key(dice), room, until: soon, uses: dice.below(4) as u32 },
        16 if dice.below(3) == 0 => Act::Revoke { invite: number },
        16 => Act::Accept { invite: number, read: offset },
        17 => Act::Announce { text: if dice.below(3) == 0 { String::new() } else { format!("news {n}") } },
        18 => Act::Report { room: id, offset },
        19 => {
            let body = match dice.below(2) {
                0 => Body::Text(format!("held {n}")),
                _ => {
                    let (picture, bytes) = an_image(dice, n);
                    Body::Picture { picture, caption: format!("held {n}"), bytes }
                }
            };
            let key = (dice.below(2) == 0).then(|| format!("key {}", dice.below(20)));
            let said = Append { key, at: THEN + n as Millis, ..say(id, by.unwrap_or(person), body) };
            Act::Hold { said: Box::new(said) }
        }
        20 => Act::Settle { report: number, granted: dice.below(3) > 0 },
        _ if dice.below(2) == 0 => Act::CloseAdmin { session: number },
        _ => {
            let (key, link) = (key(dice), (dice.below(3) > 0).then(|| key(dice)));
            Act::OpenAdmin { key, until: soon, client: "program".into(), place: "::1".into(), link }
        }
    }
}

/// What is no act, and what the history decides itself.
pub(super) fn any_other(dice: &mut Dice, n: usize) -> Entry {
    let (person, at) = (1 + dice.below(8) as u64, THEN + n as Millis);
    match dice.below(6) {
        0 => {
            let (token, code) = (key(dice), (dice.below(2) == 0).then(|| key(dice)));
            Entry::AddToken { person, token, at, code }
        }
        1 if n.is_multiple_of(4) => {
            // What comes behind it stays as it was.
            let _: TokenHash = key(dice);
            let addresses = (0..n % 3).map(|last| format!("203.0.113.{last}/32")).collect();
            Entry::BanAddresses { person, since: at - n as Millis % 9, addresses, asks: n.is_multiple_of(8) }
        }
        1 => {
            Entry::SeeSession { token: key(dice), at, client: format!("client {n}"), place: "203.0.*".into() }
        }
        2 | 3 => {
            let (picture, bytes) = an_image(dice, n);
            let avatar = (dice.below(3) > 0).then_some(Avatar { picture, bytes });
            Entry::Avatar { person, avatar }
        }
        4 => Entry::Lapse { at },
        _ => {
            let id = 1 + dice.below(5) as u64;
            Entry::Create {
                room: id,
                kind: RoomKind::Private,
                name: format!("+{id}"),
                folded: format!("+{id}"),
                epoch: format!("epoch-{id}"),
                at,
                maker: Some(person),
                title: Some(format!("title {n}")),
                look: None,
            }
        }
    }
}
