//! Who may do what, and who may not: against a list that is written by hand, and not by `rights.rs`.

use super::digest::tables;
use super::*;
use crate::rights::{Lack, Role};

/// By their numbers. 8 and 9 are those whom it is about.
pub(super) const OWNER: PersonId = 1;
pub(super) const ADMIN: PersonId = 2;
/// Of the rooms 2 and 3.
pub(super) const OP: PersonId = 3;
pub(super) const MEMBER: PersonId = 4;
/// A member of no room but the lobby.
pub(super) const OUTSIDER: PersonId = 5;
/// Without a token.
pub(super) const GUEST: PersonId = 6;
/// An op whom somebody has muted, and a member who was banned from the chat.
pub(super) const MUTED_OP: PersonId = 7;
pub(super) const VICTIM: PersonId = 8;
const OTHER_ADMIN: PersonId = 9;
pub(super) const BANNED: PersonId = 10;

pub(super) const LOBBY: RoomId = 1;
pub(super) const TEA: RoomId = 2;
pub(super) const DEN: RoomId = 3;
pub(super) const TALK: RoomId = 4;

/// Where all of the acts are done.
pub(super) const NOW: Millis = THEN + 1_000_000;

pub(super) fn deed(by: impl Into<By>, act: Act) -> Entry {
    Entry::Act(Deed { by: by.into(), at: NOW, reason: "why".into(), act })
}

pub(super) fn join(room: RoomId, person: PersonId) -> Entry {
    Entry::Join { room, person, read: 0 }
}

pub(super) fn restrain(restraint: Restraint, person: PersonId, room: Option<RoomId>) -> Act {
    Act::Restrain { restraint, person, room, until: None, addresses: Vec::new() }
}

pub(super) fn private(room: RoomId, maker: PersonId) -> Entry {
    Entry::Create {
        room,
        kind: RoomKind::Private,
        name: format!("+{room}"),
        folded: format!("+{room}"),
        epoch: "e".into(),
        at: THEN,
        maker: Some(maker),
        title: Some("Den".into()),
        look: None,
    }
}

/// A chat in which everybody has a part.
pub(super) fn cast() -> Node {
    let mut node = Node::new();
    let mut entries: Vec<Entry> = [
        (OWNER, "Owner"),
        (ADMIN, "Admin"),
        (OP, "Op"),
        (MEMBER, "Member"),
        (OUTSIDER, "Outsider"),
        (MUTED_OP, "Muted"),
        (VICTIM, "Victim"),
        (OTHER_ADMIN, "Other"),
        (BANNED, "Banned"),
    ]
    .map(|(person, name)| arrive(person, name))
    .into();
    let (name, folded) = ("Guest".to_owned(), "guest".to_owned());
    entries.push(Entry::Arrive { person: GUEST, name, folded, token: None, at: THEN, look: None });
    entries.extend([create(LOBBY, "lobby"), create(TEA, "tea"), private(DEN, OP), direct(TALK, "@3:4")]);
    entries.extend((1..=10).map(|person| join(LOBBY, person)));
    entries.extend([OP, MEMBER, GUEST, MUTED_OP, VICTIM, BANNED].map(|person| join(TEA, person)));
    entries.extend([join(DEN, OP), join(TALK, OP), join(TALK, MEMBER)]);
    entries.extend([
        deed(None, Act::Role { person: OWNER, role: Role::Owner }),
        deed(None, Act::Role { person: ADMIN, role: Role::Admin }),
        deed(None, Act::Role { person: OTHER_ADMIN, role: Role::Admin }),
        deed(None, Act::Op { room: TEA, person: OP, is_op: true }),
        deed(None, Act::Op { room: TEA, person: MUTED_OP, is_op: true }),
        deed(None, restrain(Restraint::Mute, MUTED_OP, Some(TEA))),
        deed(None, restrain(Restraint::Mute, VICTIM, None)),
        deed(None, restrain(Restraint::Ban, OUTSIDER, Some(TEA))),
        deed(None, restrain(Restraint::Ban, BANNED, None)),
        deed(None, Act::Add { room: DEN, person: VICTIM, read: 0 }),
    ]);
    // One of each in each room: of the victim, of an op and of an admin; and reports of them.
    let say =
        |room, author| Entry::Append(Append { at: THEN, ..say(room, author, Body::Text("hello".into())) });
    entries.push(deed(None, Act::Release { restraint: Restraint::Mute, person: VICTIM, room: None }));
    entries.extend([say(LOBBY, VICTIM), say(TEA, VICTIM), say(DEN, VICTIM), say(TALK, OP)]);
    entries.extend([say(TEA, OP), say(TEA, ADMIN)]);
    entries.push(deed(None, restrain(Restraint::Mute, VICTIM, None)));
    entries.push(deed(MEMBER, Act::Report { room: TEA, offset: 1 }));
    entries.push(deed(None, Act::Invite { key: [1; 32], room: Some(TEA), until: NOW + 1000, uses: 3 }));
    for (entry, outcome) in entries.iter().zip(node.apply(&entries)) {
        assert!(outcome.is_ok(), "{entry:?}: {outcome:?}");
    }
    node
}

/// The operator, and all of them by their numbers.
const EVERYBODY: [(&str, By); 9] = [
    ("operator", None),
    ("owner", Some(OWNER)),
    ("admin", Some(ADMIN)),
    ("op", Some(OP)),
    ("muted-op", Some(MUTED_OP)),
    ("member", Some(MEMBER)),
    ("outsider", Some(OUTSIDER)),
    ("guest", Some(GUEST)),
    ("banned", Some(BANNED)),
];

const OPS: &str = "operator owner admin op muted-op";
const ADMINS: &str = "operator owner admin";
const OWNERS: &str = "operator owner";
const NOBODY: &str = "";

fn name(is_private: bool, name: &str) -> Change {
    Change::Name {
        is_private,
        name: name.into(),
        folded: name.into(),
        title: is_private.then(|| "T".into()),
        look: None,
    }
}

fn table() -> Vec<(&'static str, Act)> {
    let kick = |person, room| Act::Kick { person, room };
    let mute = |person, room| restrain(Restraint::Mute, person, room);
    let ban = |person, room| restrain(Restraint::Ban, person, room);
    let purge = |person, room| Act::Purge { person, room, since: 0 };
    let alter = |room, change| Act::Alter { room, change };
    let invite = |room| Act::Invite { key: [7; 32], room, until: NOW + 1000, uses: 1 };
    let op = |room, person, is_op| Act::Op { room, person, is_op };
    let (lobby, tea, den, talk) = (Some(LOBBY), Some(TEA), Some(DEN), Some(TALK));
    let release = |restraint, person, room| Act::Release { restraint, person, room };
    let (client, place, link) = ("c".into(), "p".into(), Some([8; 32]));
    let admin = Act::OpenAdmin { key: [7; 32], until: NOW + 1000, client, place, link };
    vec![
        // In a room: whoever governs it, and those who govern the chat.
        (OPS, kick(VICTIM, tea)),
        (OPS, mute(VICTIM, tea)),
        (OPS, ban(VICTIM, tea)),
        (OPS, release(Restraint::Ban, OUTSIDER, tea)),
        (OPS, purge(VICTIM, tea)),
        (OPS, op(TEA, VICTIM, true)),
        (OPS, alter(TEA, Change::Topic("leaves".into()))),
        (OPS, alter(TEA, Change::Pace(5))),
        (OPS, alter(TEA, Change::Closed(true))),
        (OPS, alter(TEA, name(false, "Leaves"))),
        (OPS, alter(TEA, name(true, "+2"))),
        (OPS, Act::RemoveRoom { room: TEA }),
        (OPS, Act::Add { room: TEA, person: OTHER_ADMIN, read: 0 }),
        (OPS, invite(tea)),
        (OPS, Act::Settle { report: 0, granted: true }),
        (OPS, Act::Revoke { invite: 0 }),
        // Nobody who is no less than they are; but what is their own they may erase and give up.
        ("operator owner admin", kick(OP, tea)),
        ("operator owner admin", mute(OP, tea)),
        ("operator owner admin op", purge(OP, tea)),
        ("operator owner admin muted-op", op(TEA, MUTED_OP, false)),
        ("operator owner admin", release(Restraint::Mute, MUTED_OP, tea)),
        (OWNERS, mute(OTHER_ADMIN, tea)),
        ("operator owner admin", purge(ADMIN, tea)),
        (OWNERS, purge(OTHER_ADMIN, tea)),
        // A private room is nobody's business; those who govern the chat may end it.
        ("operator owner admin op", kick(VICTIM, den)),
        ("operator owner admin op", Act::RemoveRoom { room: DEN }),
        ("operator owner admin op", Act::Add { room: DEN, person: MEMBER, read: 0 }),
        ("operator owner admin op", invite(den)),
        // Two people are governed by nobody.
        (NOBODY, kick(OP, talk)),
        (NOBODY, mute(MEMBER, talk)),
        (NOBODY, purge(OP, talk)),
        (NOBODY, op(TALK, OP, true)),
        (NOBODY, alter(TALK, Change::Closed(true))),
        (NOBODY, Act::RemoveRoom { room: TALK }),
        (NOBODY, Act::Add { room: TALK, person: VICTIM, read: 0 }),
        (NOBODY, invite(talk)),
        // Everybody is in the lobby.
        (NOBODY, kick(VICTIM, lobby)),
        (NOBODY, ban(VICTIM, lobby)),
        (NOBODY, Act::RemoveRoom { room: LOBBY }),
        (NOBODY, alter(LOBBY, name(false, "hall"))),
        (NOBODY, alter(LOBBY, name(true, "+1"))),
        (ADMINS, mute(VICTIM, lobby)),
        (ADMINS, purge(VICTIM, lobby)),
        (ADMINS, alter(LOBBY, Change::Topic("welcome".into()))),
        (ADMINS, alter(LOBBY, Change::Closed(true))),
        (ADMINS, op(LOBBY, VICTIM, true)),
        // The whole chat.
        (ADMINS, kick(VICTIM, None)),
        (ADMINS, mute(VICTIM, None)),
        (ADMINS, ban(VICTIM, None)),
        (ADMINS, release(Restraint::Mute, VICTIM, None)),
        (ADMINS, release(Restraint::Ban, BANNED, None)),
        (ADMINS, purge(VICTIM, None)),
        (ADMINS, invite(None)),
        (ADMINS, Act::SetDoor { door: Door::Shut }),
        (ADMINS, Act::Announce { text: "tea is ready".into() }),
        (ADMINS, Act::EndSession { person: VICTIM, session: 7 }),
        (ADMINS, admin),
        (OWNERS, kick(OTHER_ADMIN, None)),
        (OWNERS, ban(OTHER_ADMIN, None)),
        (OWNERS, Act::EndSession { person: OTHER_ADMIN, session: 8 }),
        (OWNERS, Act::Role { person: VICTIM, role: Role::Admin }),
        (OWNERS, Act::Role { person: VICTIM, role: Role::Owner }),
        (OWNERS, Act::Role { person: OTHER_ADMIN, role: Role::Member }),
        // There is always one.
        (NOBODY, Act::Role { person: OWNER, role: Role::Admin }),
        (NOBODY, ban(OWNER, None)),
        // No right is needed, but to be there.
        ("op muted-op member guest", Act::Report { room: TEA, offset: 3 }),
        ("op member", Act::Report { room: TALK, offset: 9 }),
        ("owner admin op muted-op member guest", Act::Accept { invite: 0, read: 0 }),
    ]
}

/// Some numbers are only known when it has happened.
fn filled(act: Act, node: &Node) -> Act {
    let number = |sql| node.connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap() as u64;
    match act {
        Act::Settle { granted, .. } => Act::Settle { report: number("SELECT id FROM reports"), granted },
        Act::Revoke { .. } => Act::Revoke { invite: number("SELECT id FROM invites") },
        Act::Accept { read, .. } => Act::Accept { invite: number("SELECT id FROM invites"), read },
        act => act,
    }
}

#[test]
fn whoever_may_not_changes_nothing_and_whoever_may_is_in_the_log() {
    let cast = cast();
    let before = tables(&cast.connection);
    for (who, act) in table() {
        for (name, by) in EVERYBODY {
            let mut node = Node::like(&cast);
            let act = filled(act.clone(), &node);
            let outcome = node.apply(&[deed(by, act.clone())]).remove(0);
            let may = who.split(' ').any(|may| may == name);
            // There is nothing there to report.
            if matches!(act, Act::Report { room: TALK, .. }) {
                let expected = if may { Failure::NoSuchEvent } else { Failure::NoSuchRoom };
                let is_nobody = by.is_none() || by == Some(BANNED);
                let is_admin = matches!(by, Some(OWNER | ADMIN));
                assert!(is_nobody || is_admin || outcome == Err(expected), "{name}: {act:?}: {outcome:?}");
                continue;
            }
            assert_eq!(outcome.is_ok(), may, "{name}: {act:?}: {outcome:?}");
            let acts = |node: &Node| {
                node.connection
                    .query_row("SELECT count(*), max(id) FROM acts WHERE at = ?1", [NOW], |row| {
                        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
                    })
                    .unwrap()
            };
            if may {
                let last = acts(&node).1;
                let (word, by_now): (String, Option<u64>) = node
                    .connection
                    .query_row("SELECT act, by FROM acts WHERE id = ?1", [last], |row| {
                        Ok((row.get(0)?, row.get::<_, Option<i64>>(1)?.map(|by| by as u64)))
                    })
                    .unwrap();
                assert_eq!((&word[..], by_now), (act.word(), by), "{act:?}");
                assert_eq!(acts(&node).0, acts(&cast).0 + 1);
            } else {
                assert_eq!(tables(&node.connection), before, "{name}: {act:?}");
            }
        }
    }
}

/// A room of which somebody must not know is none.
#[test]
fn a_private_room_does_not_exist_for_others() {
    let cast = cast();
    let (den, nowhere) = (Some(DEN), Some(77));
    let acts = |room: Option<RoomId>| {
        let id = room.unwrap();
        [
            Act::Kick { person: VICTIM, room },
            restrain(Restraint::Mute, VICTIM, room),
            Act::Purge { person: VICTIM, room, since: 0 },
            Act::Alter { room: id, change: Change::Topic("x".into()) },
            Act::RemoveRoom { room: id },
            Act::Add { room: id, person: MEMBER, read: 0 },
            Act::Invite { key: [9; 32], room, until: NOW + 1, uses: 1 },
            Act::Report { room: id, offset: 1 },
        ]
    };
    for (there, not_there) in acts(den).into_iter().zip(acts(nowhere)) {
        for by in [MEMBER, OUTSIDER, GUEST] {
            let mut node = Node::like(&cast);
            let outcomes = node.apply(&[deed(by, there.clone()), deed(by, not_there.clone())]);
            assert_eq!(outcomes, vec![Err(Failure::NoSuchRoom); 2], "{there:?}");
        }
    }
    let mut node = Node::like(&cast);
    let entries = [join(DEN, MEMBER), text(DEN, MEMBER, "hello"), take_back(DEN, MEMBER, 1)];
    assert_eq!(node.apply(&entries), vec![Err(Failure::NoSuchRoom); 3]);
}

/// What one does about oneself.
#[test]
fn oneself_is_somebody_else() {
    let mut node = cast();
    let mine = |person| {
        vec![
            Act::Kick { person, room: None },
            restrain(Restraint::Ban, person, None),
            restrain(Restraint::Mute, person, Some(LOBBY)),
        ]
    };
    for by in [OWNER, ADMIN] {
        for act in mine(by) {
            let outcome = node.apply(&[deed(by, act.clone())]).remove(0);
            assert_eq!(outcome, Err(Failure::Lacks(Lack::Oneself)), "{by}: {act:?}");
        }
    }
    // Own sessions, and nobody else's by their numbers.
    let session = |person: PersonId| {
        let sql = "SELECT id FROM tokens WHERE person = ?1";
        node.connection.query_row(sql, [person as i64], |row| row.get::<_, i64>(0)).unwrap() as u64
    };
    let (mine, theirs) = (session(MEMBER), session(VICTIM));
    let end = |person, session| deed(MEMBER, Act::EndSession { person, session });
    assert_eq!(
        node.apply(&[end(VICTIM, theirs), end(MEMBER, theirs), end(MEMBER, mine), end(MEMBER, mine)]),
        [
            Err(Failure::Lacks(Lack::NotAdmin)),
            Err(Failure::NoSuchSession),
            Ok(Done::SessionEnded { token: [MEMBER as u8; 32] }),
            Err(Failure::NoSuchSession),
        ]
    );
    let erase = |by, person| deed(by, Act::Erase { person, words: false });
    assert_eq!(
        node.apply(&[erase(OWNER, MEMBER), erase(OWNER, OWNER), erase(BANNED, BANNED), erase(MEMBER, OP)]),
        [
            Err(Failure::NotYours),
            Err(Failure::Lacks(Lack::LastOwner)),
            Err(Failure::Lacks(Lack::Banned)),
            Err(Failure::NotYours)
        ]
    );
}

/// A right that is taken away before it is used is gone.
#[test]
fn rights_are_looked_at_when_an_act_is_carried_out() {
    let mut node = cast();
    let kick = deed(OP, Act::Kick { person: VICTIM, room: Some(TEA) });
    let outcomes = node.apply(&[deed(ADMIN, Act::Op { room: TEA, person: OP, is_op: false }), kick]);
    assert_eq!(outcomes, [Ok(Done::Kept), Err(Failure::Lacks(Lack::NotOp))]);
    let gone = deed(77, Act::SetDoor { door: Door::Shut });
    assert_eq!(node.apply(&[gone]), [Err(Failure::NoSuchPerson)]);
}

/// Somebody else's words.
#[test]
fn those_who_govern_take_back_what_others_say() {
    let cast = cast();
    let table: [(RoomId, Offset, &str); 5] = [
        (TEA, 1, "operator owner admin op muted-op"),
        // What an op has said, and what an admin has.
        (TEA, 2, "operator owner admin op"),
        (TEA, 3, "operator owner admin"),
        (LOBBY, 1, "operator owner admin"),
        (DEN, 1, "operator owner admin op"),
    ];
    for (room, offset, who) in table {
        for (name, by) in EVERYBODY {
            let mut node = Node::like(&cast);
            let delete =
                Append { at: NOW, ..say(room, by.unwrap_or(OPERATOR), Body::Deletion { target: offset }) };
            let outcome = node.apply(&[Entry::Append(delete)]).remove(0);
            let may = who.split(' ').any(|may| may == name);
            assert_eq!(
                matches!(outcome, Ok(Done::TakenBack { .. })),
                may,
                "{name}: {room} {offset}: {outcome:?}"
            );
        }
    }
    let mut node = cast;
    assert_eq!(node.apply(&[take_back(TALK, MEMBER, 1)]), [Err(Failure::NotYours)]);
    let purge = Append { at: NOW, ..say(TEA, ADMIN, Body::Purge { of: VICTIM, targets: vec![1] }) };
    assert_eq!(
        node.apply(&[Entry::Append(purge)]),
        [Err(Failure::Lacks(Lack::NotOp))],
        "nobody has ordered it"
    );
}
