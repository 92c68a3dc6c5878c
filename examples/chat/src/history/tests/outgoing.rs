//! What is on its way, and reminders: once, whatever happens.

use super::super::comparing::LASTS;
use super::acts::{ADMIN, DEN, LOBBY, MEMBER, NOW, OP, OWNER, TALK, TEA, VICTIM, cast, deed, join, restrain};
use super::bots::{number, one, refused, robot};
use super::digest::tables;
use super::targets::{add, dispatch, outside, own, text_of};
use super::*;

const ROBOT: PersonId = 30;

/// A cursor does not go back, and nothing goes out twice.
#[test]
fn what_is_said_in_a_room_is_dispatched_once() {
    let mut node = cast();
    let to = number(one(&mut node, add(None, Serves::Room(TEA), true)));
    let elsewhere = number(one(&mut node, add(None, Serves::Room(LOBBY), true)));
    let of_op = number(one(&mut node, own(OP)));
    node.apply(&[text_of(TEA, OP, "a"), text_of(TEA, OP, "b")]);
    for (entry, failure) in [
        (dispatch(None, to, TEA, 3, 6), Failure::NoSuchEvent),
        (dispatch(None, to, TEA, 5, 5), Failure::NoSuchEvent),
        (dispatch(None, to, 99, 3, 5), Failure::NoSuchRoom),
        (dispatch(None, elsewhere, TEA, 3, 5), Failure::NoSuchTarget),
        (dispatch(None, of_op, TEA, 3, 5), Failure::NoSuchTarget),
        (dispatch(None, ROBOT_HOOK, TEA, 3, 5), Failure::NoSuchTarget),
        (dispatch(None, to, TEA, 2, 5), Failure::Taken),
    ] {
        assert_eq!(refused(&mut node, entry), failure);
    }
    let twice = Entry::Dispatch { whom: None, targets: vec![to, to], room: TEA, after: 3, upto: 4, at: NOW };
    assert_eq!(refused(&mut node, twice), Failure::Taken);
    assert_eq!(one(&mut node, dispatch(None, to, TEA, 3, 5)), Ok(Done::Kept));
    for (after, upto) in [(3, 5), (3, 4), (4, 5)] {
        assert_eq!(refused(&mut node, dispatch(None, to, TEA, after, upto)), Failure::Taken);
    }
    let delivery = Delivery { target: to, room: TEA, upto: 5 };
    let stored = |due, tries| StoredDelivery { delivery, after: 3, made: NOW, due, tries };
    assert_eq!(outside(&mut node).deliveries, [stored(NOW, 0)]);
    assert_eq!(outside(&mut node).targets[0].upto, 5);
    let later = Entry::Postponed { delivery, due: NOW + 5, fault: "no answer".into() };
    assert_eq!(node.apply(&[later.clone(), later.clone()]), vec![Ok(Done::Kept); 2]);
    assert_eq!(outside(&mut node).deliveries, [stored(NOW + 5, 2)]);
    assert_eq!(outside(&mut node).targets[0].fault.as_deref(), Some("no answer"));
    // It has arrived, once; and what comes later is of nothing.
    let dropped = |is_off| Entry::Dropped { delivery, fault: Some("gone".into()), is_off };
    let outcomes =
        node.apply(&[Entry::Delivered { delivery }, Entry::Delivered { delivery }, later, dropped(true)]);
    assert_eq!(outcomes, vec![Ok(Done::Kept); 4]);
    let told = |node: &mut Node| {
        let target = outside(node).targets.remove(0);
        (target.sent, target.dropped, target.fault, target.is_off)
    };
    assert_eq!(told(&mut node), (1, 0, None, false));
    assert_eq!(outside(&mut node).deliveries, []);
    // It is given up; with nothing left to say that is no fault; and the target with it.
    node.apply(&[text_of(TEA, OP, "c"), text_of(TEA, OP, "d"), text_of(TEA, OP, "e")]);
    node.apply(&[6, 7, 8].map(|upto| dispatch(None, to, TEA, upto - 1, upto)));
    let drop = |upto, fault: Option<&str>, is_off| Entry::Dropped {
        delivery: Delivery { upto, ..delivery },
        fault: fault.map(String::from),
        is_off,
    };
    assert_eq!(one(&mut node, drop(6, None, false)), Ok(Done::Kept));
    assert_eq!(told(&mut node), (1, 0, None, false));
    assert_eq!(one(&mut node, drop(7, Some("410"), true)), Ok(Done::Kept));
    assert_eq!(told(&mut node), (1, 1, Some("410".into()), true));
    assert_eq!(outside(&mut node).deliveries, [], "with all that was on its way there");
    node.apply(&[text_of(TEA, OP, "f")]);
    assert_eq!(refused(&mut node, dispatch(None, to, TEA, 8, 9)), Failure::NoSuchTarget);
}

#[test]
fn who_is_away_is_told_once_until_they_read() {
    let mut node = cast();
    let (mine, also) = (number(one(&mut node, own(MEMBER))), number(one(&mut node, own(MEMBER))));
    let others = number(one(&mut node, own(OP)));
    node.apply(&[text_of(TEA, OP, "a"), text_of(TEA, OP, "b")]);
    assert_eq!(refused(&mut node, dispatch(Some(MEMBER), mine, DEN, 0, 1)), Failure::NoSuchRoom);
    assert_eq!(refused(&mut node, dispatch(Some(MEMBER), others, TEA, 0, 4)), Failure::NoSuchTarget);
    assert_eq!(
        refused(&mut node, dispatch(Some(OP), others, TEA, 0, 5)),
        Failure::Taken,
        "they have read it"
    );
    let both = Entry::Dispatch {
        whom: Some(MEMBER),
        targets: vec![mine, also],
        room: TEA,
        after: 0,
        upto: 4,
        at: NOW,
    };
    assert_eq!(one(&mut node, both.clone()), Ok(Done::Kept));
    assert_eq!(refused(&mut node, both), Failure::Taken);
    assert_eq!(outside(&mut node).told, [(TEA, MEMBER, 4)]);
    assert_eq!(outside(&mut node).deliveries.len(), 2);
    assert_eq!(one(&mut node, dispatch(Some(MEMBER), mine, TEA, 0, 5)), Ok(Done::Kept));
    // Put out of the room, they are told nothing more of it.
    assert!(one(&mut node, deed(OP, Act::Kick { person: MEMBER, room: Some(TEA) })).is_ok());
    let left = outside(&mut node);
    assert_eq!((left.deliveries, left.told, left.targets.len()), (vec![], vec![], 3));
}

#[test]
fn what_the_robot_is_asked_goes_out_with_the_message() {
    let mut node = cast();
    let asks = |room, author, key: &str| {
        let said = say(room, author, Body::Text("@Robby: what time is it?".into()));
        Entry::Append(Append { at: NOW, key: Some(key.into()), mentions: vec![OP, ROBOT], ..said })
    };
    let asked = |node: &mut Node| -> Vec<_> {
        outside(node)
            .deliveries
            .into_iter()
            .map(|it| (it.delivery.room, it.after, it.delivery.upto))
            .collect()
    };
    // Without a robot, and without a hook, nothing.
    assert!(node.apply(&[asks(TEA, MEMBER, "a"), robot("Robby", false), asks(TEA, MEMBER, "b")])[2].is_ok());
    assert_eq!(asked(&mut node), []);
    let name = "bot".to_owned();
    let bot = Act::MakeBot { bot: 20, folded: name.clone(), name, room: TEA, look: None };
    let outcomes = node.apply(&[
        robot("Robby", true),
        deed(ADMIN, bot),
        text_of(TEA, MEMBER, "no question"),
        asks(TEA, MEMBER, "c"),
        asks(TEA, MEMBER, "c"),
        asks(TEA, 20, "d"),
        asks(TEA, ROBOT, "e"),
        asks(DEN, OP, "f"),
    ]);
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    let delivery = Delivery { target: ROBOT_HOOK, room: TEA, upto: 7 };
    assert_eq!(asked(&mut node), [(TEA, 6, 7), (DEN, 1, 2)], "once, and of no bot");
    // Who may not speak does not ask.
    let mute = deed(OP, restrain(Restraint::Mute, MEMBER, Some(TEA)));
    assert!(node.apply(&[mute, asks(TEA, MEMBER, "g")])[1].is_err());
    assert_eq!(
        one(&mut node, Entry::Dropped { delivery, fault: Some("no".into()), is_off: true }),
        Ok(Done::Kept)
    );
    assert_eq!(asked(&mut node), [(DEN, 1, 2)]);
    // What was held back is asked when it is granted.
    let Entry::Append(held) = asks(TEA, OP, "h") else { unreachable!() };
    let report = number(one(&mut node, deed(OP, Act::Hold { said: Box::new(held) })));
    assert!(one(&mut node, deed(OP, Act::Settle { report, granted: true })).is_ok());
    assert_eq!(asked(&mut node), [(TEA, 9, 10), (DEN, 1, 2)]);
    // It is given up with what was said, with the room, and with the hook.
    assert!(one(&mut node, Entry::Prune { room: TEA, before: 10 }).is_ok());
    assert_eq!(asked(&mut node).len(), 2);
    assert!(one(&mut node, Entry::Prune { room: TEA, before: 11 }).is_ok());
    assert_eq!(asked(&mut node), [(DEN, 1, 2)]);
    node.apply(&[asks(LOBBY, OP, "i"), deed(None, Act::RemoveRoom { room: DEN })]);
    assert_eq!(asked(&mut node), [(LOBBY, 1, 2)]);
    // Nobody waits for the answers to so many; and with room for one, there is one more.
    for n in 0..MOST_QUESTIONS + 5 {
        assert!(one(&mut node, asks(LOBBY, OP, &format!("more {n}"))).is_ok());
    }
    assert_eq!(asked(&mut node).len(), MOST_QUESTIONS);
    let (room, _, upto) = asked(&mut node)[0];
    let delivered = Entry::Delivered { delivery: Delivery { target: ROBOT_HOOK, room, upto } };
    assert!(node.apply(&[delivered, asks(LOBBY, OP, "last"), asks(LOBBY, OP, "too many")])[2].is_ok());
    assert_eq!(asked(&mut node).len(), MOST_QUESTIONS);
    assert!(one(&mut node, robot("Robby", false)).is_ok());
    assert_eq!(asked(&mut node), []);
}

#[test]
fn a_reminder_rings_once() {
    let mut node = cast();
    let reminder = |person, room| Reminder {
        person,
        room,
        made: NOW,
        due: NOW + 5,
        is_by_clock: room == TEA,
        text: "drink tea".into(),
    };
    let remind = |person, room| Entry::Remind { reminder: reminder(person, room) };
    let ring = |reminder, room| {
        let said = say(room, ROBOT, Body::Text("@Member: drink tea".into()));
        let key = Some(format!("reminder-{reminder}"));
        let said = Append { key, at: NOW, mentions: vec![MEMBER], ..said };
        Entry::Ring { reminder, said: Box::new(said) }
    };
    assert!(one(&mut node, robot("Robby", false)).is_ok());
    assert_eq!(refused(&mut node, remind(MEMBER, DEN)), Failure::NoSuchRoom);
    assert_eq!(refused(&mut node, remind(77, TEA)), Failure::NoSuchPerson);
    let [tea, lobby, talk] = [TEA, LOBBY, TALK].map(|room| number(one(&mut node, remind(MEMBER, room))));
    assert_eq!(
        outside(&mut node).reminders[..2],
        [(tea, reminder(MEMBER, TEA)), (lobby, reminder(MEMBER, LOBBY))]
    );
    assert_eq!(refused(&mut node, ring(tea, LOBBY)), Failure::NoSuchReminder);
    let rung = Ok(Done::Appended { room: TEA, offset: 4, at: NOW, repeated: false });
    assert_eq!(one(&mut node, ring(tea, TEA)), rung);
    assert_eq!(refused(&mut node, ring(tea, TEA)), Failure::NoSuchReminder);
    let unremind = |reminder, person| Entry::Unremind { reminder, person };
    assert_eq!(refused(&mut node, unremind(lobby, OP)), Failure::NoSuchReminder);
    assert_eq!(one(&mut node, unremind(talk, MEMBER)), Ok(Done::Kept));
    assert_eq!(refused(&mut node, unremind(talk, MEMBER)), Failure::NoSuchReminder);
    // What cannot be said is over all the same, and is not said later.
    let close = |is_closed| deed(OWNER, Act::Alter { room: LOBBY, change: Change::Closed(is_closed) });
    assert!(one(&mut node, close(true)).is_ok());
    assert_eq!(one(&mut node, ring(lobby, LOBBY)), Ok(Done::Kept));
    assert!(one(&mut node, close(false)).is_ok());
    assert_eq!(refused(&mut node, ring(lobby, LOBBY)), Failure::NoSuchReminder);
    // So many of one person; and they go with the person's place, with the room, and with them.
    let outcomes = node.apply(&(0..21).map(|_| remind(MEMBER, TEA)).collect::<Vec<_>>());
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 20);
    assert_eq!(outcomes[20], Err(Failure::Busy));
    let left = |node: &mut Node| outside(node).reminders.len();
    node.apply(&[remind(OP, TEA), remind(OP, DEN), remind(VICTIM, LOBBY), remind(VICTIM, DEN)]);
    assert_eq!(left(&mut node), 24);
    node.apply(&[Entry::Leave { room: TEA, person: MEMBER }]);
    assert_eq!(left(&mut node), 4);
    node.apply(&[deed(None, Act::RemoveRoom { room: DEN })]);
    assert_eq!(left(&mut node), 2);
    node.apply(&[Entry::Forget { person: VICTIM, away: None }, join(TEA, MEMBER)]);
    assert_eq!(left(&mut node), 1);
}

/// Each write of an entry may fail: then the whole transaction is undone, and the entry can be asked for again.
#[test]
fn a_fault_in_the_middle_leaves_nothing() {
    let mut node = cast();
    let name = "bot".to_owned();
    let to = number(one(&mut node, add(None, Serves::Room(TEA), true)));
    let mine = number(one(&mut node, own(MEMBER)));
    let reminder =
        Reminder { person: MEMBER, room: TEA, made: NOW, due: NOW, is_by_clock: false, text: "tea".into() };
    let rings = number(one(&mut node, Entry::Remind { reminder: reminder.clone() }));
    node.apply(&[robot("Robby", true), text_of(TEA, OP, "a"), dispatch(None, to, TEA, 3, 4)]);
    let delivery = Delivery { target: to, room: TEA, upto: 4 };
    let question = Append { at: NOW, mentions: vec![ROBOT], ..say(TEA, MEMBER, Body::Text("?".into())) };
    let said = Append { at: NOW, key: Some("r".into()), ..say(TEA, ROBOT, Body::Text("tea".into())) };
    let many =
        Entry::Dispatch { whom: Some(MEMBER), targets: vec![mine], room: TEA, after: 0, upto: 4, at: NOW };
    let entries = [
        deed(ADMIN, Act::MakeBot { bot: 20, folded: name.clone(), name, room: TEA, look: None }),
        deed(ADMIN, Act::GiveKey { bot: 20, key: [50; 32], kind: KeyKind::Hook, room: LOBBY, pace: 1 }),
        own(MEMBER),
        many,
        Entry::Append(question),
        Entry::Postponed { delivery, due: NOW + 5, fault: "no answer".into() },
        Entry::Delivered { delivery },
        Entry::Ring { reminder: rings, said: Box::new(said) },
        Entry::Remind { reminder },
        deed(None, Act::DropTarget { target: to }),
        deed(ADMIN, Act::RemoveBot { bot: 20 }),
        robot("Marvin", false),
    ];
    for entry in entries {
        let before = tables(&node.connection);
        let mut faults = 0;
        for (table, ..) in LASTS {
            for write in ["INSERT", "UPDATE", "DELETE"] {
                if fails(&mut node, &entry, write, table) {
                    faults += 1;
                    assert_eq!(before, tables(&node.connection), "{entry:?}: {write} {table}");
                }
            }
        }
        assert!(faults >= 2, "{entry:?}: its rows, and how far the log is");
        assert!(one(&mut node, entry.clone()).is_ok(), "{entry:?}");
        assert_ne!(before, tables(&node.connection), "{entry:?}");
    }
}

/// Whether it does, if nothing can be written so to this table. If not, nothing is done either.
fn fails(node: &mut Node, entry: &Entry, write: &str, table: &str) -> bool {
    let broken = format!(
        "CREATE TEMP TRIGGER broken AFTER {write} ON main.{table} BEGIN SELECT RAISE(ABORT, 'broken'); END"
    );
    node.connection.execute_batch(&broken).unwrap();
    let done = progress::transact(&mut node.connection, &mut node.progress, |connection, progress| {
        // A row that cannot be inserted looks like one that is there already.
        if apply::apply(connection, progress, entry)?.is_err() {
            return Err(rusqlite::Error::InvalidQuery);
        }
        // The last that is written of any entry.
        connection.execute("UPDATE state SET applied = ?1", [progress.applied])?;
        Err::<(), _>(rusqlite::Error::StatementChangedRows(0))
    });
    node.connection.execute_batch("DROP TRIGGER broken").unwrap();
    !matches!(done, Err(rusqlite::Error::StatementChangedRows(_)))
}
