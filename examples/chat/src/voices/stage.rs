//! A small chat for the tests of the voices: who governs what in it, and three rooms.

use crate::history::{
    BotKind, Delivery, Discloses, Door, Governed, KeyKind, Level, Loaded, Millis, Number, Outside, PersonId,
    Restraint, RoomId, RoomKind, Serves, Shape, StoredAnnouncement, StoredBot, StoredDelivery, StoredKey,
    StoredMember, StoredPerson, StoredRestraint, StoredRoom, StoredTarget, StoredTraits, Target, Voices,
};
use crate::model::{Model, Rules};
use crate::news::{Change, News};
use crate::rights::Role;

/// Alice owns the chat, bob is an op of both rooms, and carol is muted in one.
pub(super) const ALICE: PersonId = 1;
pub(super) const BOB: PersonId = 2;
pub(super) const CAROL: PersonId = 3;
/// A bot of bob's, which is in both rooms, and the robot, which is in none.
pub(super) const BUILDS: PersonId = 4;
pub(super) const ROBOT: PersonId = 5;
/// For reading, and slow.
pub(super) const TEA: RoomId = 2;
pub(super) const PRIVATE: RoomId = 3;

pub(super) const NOON: Millis = 1_456_747_200_000; // 2016-02-29 12:00:00 UTC

pub(super) fn chat() -> Model {
    let rules = Rules {
        max_name: 24,
        max_room_name: 32,
        max_message: 4_000,
        max_people: 100,
        max_rooms: 100,
        max_rooms_per_person: 50,
        max_members: 100,
        recent: 100,
        hook_rate: 60,
        push_hosts: Vec::new(),
    };
    let people = [(ALICE, "alice"), (BOB, "bob"), (CAROL, "carol"), (BUILDS, "builds"), (ROBOT, "小爱")];
    let people = people.map(|(id, name)| StoredPerson {
        id,
        name: name.into(),
        folded: name.into(),
        tokens: vec![[id as u8; 32]],
        is_guest: false,
        is_gone: false,
        seen: NOON,
        silent: false,
    });
    let rooms =
        [(1, RoomKind::Public, "lobby"), (TEA, RoomKind::Public, "tea"), (PRIVATE, RoomKind::Private, "+3")];
    let rooms = rooms.map(|(id, kind, name)| StoredRoom {
        id,
        kind,
        name: name.into(),
        folded: name.into(),
        epoch: "e".into(),
        first: 1,
        last: 0,
        voices: Voices::None,
        uncounted: Vec::new(),
        recent: Vec::new(),
        calls: Vec::new(),
    });
    let members = [1, TEA, PRIVATE].into_iter().flat_map(|room| [ALICE, BOB, CAROL].map(|it| (room, it)));
    let members = members.chain([TEA, PRIVATE].map(|room| (room, BUILDS)));
    let members =
        members.map(|(room, person)| StoredMember { room, person, read: 0, mentions: Vec::new() }).collect();
    let tea = StoredTraits {
        room: TEA,
        topic: "green".into(),
        pace: 30,
        is_closed: true,
        ..StoredTraits::default()
    };
    let private = StoredTraits { room: PRIVATE, title: Some("Tee".into()), ..StoredTraits::default() };
    let muted = StoredRestraint {
        restraint: Restraint::Mute,
        person: CAROL,
        room: Some(TEA),
        until: Some(NOON + 60_000),
        by: Some(BOB),
        at: NOON,
        reason: "loud".into(),
        addresses: Vec::new(),
    };
    let governed = Governed {
        roles: vec![(ALICE, Role::Owner)],
        ops: vec![(TEA, BOB), (PRIVATE, BOB)],
        restraints: vec![muted],
        rooms: vec![tea, private],
        door: Door::Named,
        announcement: Some(StoredAnnouncement { number: 3, text: "back at 12".into(), at: NOON }),
        avatars: vec![(BOB, "b.png".into(), 1)],
        ..Governed::default()
    };
    let loaded = Loaded {
        people: people.into(),
        rooms: rooms.into(),
        members,
        governed,
        outside: outside(),
        next_person: 6,
        next_room: 4,
    };
    Model::new(rules, loaded, 0, "e")
}

/// A target of carol's that has a fault, and a free one of a room.
pub(super) const CAROLS: Number = 3;
pub(super) const OF_TEA: Number = 4;

fn outside() -> Outside {
    let bot = |person, kind, by| StoredBot { person, kind, by, has_hook: false, made: NOON, is_gone: false };
    let key = |number, kind, room, seen| StoredKey {
        number,
        key: [number as u8; 32],
        bot: BUILDS,
        kind,
        room,
        pace: 60,
        by: Some(BOB),
        since: NOON,
        seen,
    };
    let target = |number, serves, shape, url: &str, is_free| StoredTarget {
        number,
        target: Target {
            serves,
            shape,
            url: url.into(),
            secret: "hush".into(),
            discloses: Discloses::Sender,
            is_free,
        },
        by: Some(ALICE),
        made: NOON,
        old_secret: None,
        upto: 0,
        sent: 7,
        dropped: 0,
        fault: None,
        is_off: false,
    };
    let of_carol = target(CAROLS, Serves::Person(CAROL), Shape::Ntfy, "https://ntfy.sh/hush", false);
    let delivery = |upto| StoredDelivery {
        delivery: Delivery { target: CAROLS, room: TEA, upto },
        after: 0,
        made: NOON,
        due: NOON,
        tries: 1,
    };
    Outside {
        bots: vec![bot(BUILDS, BotKind::Bot, Some(BOB)), bot(ROBOT, BotKind::Robot, None)],
        keys: vec![
            key(5, KeyKind::Hook, Some(TEA), Some(NOON + 1)),
            key(6, KeyKind::Hook, Some(PRIVATE), None),
            key(7, KeyKind::Token, None, None),
        ],
        targets: vec![
            StoredTarget { fault: Some("it answered 503".into()), dropped: 1, is_off: true, ..of_carol },
            target(OF_TEA, Serves::Room(TEA), Shape::Webhook, "http://hush@10.0.0.5:8080/hush?hush", true),
        ],
        deliveries: vec![delivery(1), delivery(2)],
        levels: vec![(TEA, CAROL, Level::All)],
        ..Outside::default()
    }
}

pub(super) fn done(change: Change) -> News {
    News::Done { by: Some(BOB), reason: "spam".into(), change }
}
