//! What goes out after how long, exactly.

use super::{LOBBY, Stage, TEA, THEN, add_target, answered, interval, rules};
use crate::history::{
    Aim, Append, Body, Delivery, Done, Entry, Millis, Number, Offset, PersonId, RoomId, Serves,
    StoredDelivery,
};
use crate::model::Model;
use crate::postman::{Now, Postman, Step, looked_up_after};

const DAY: Millis = 86_400_000;
/// Person 2 says it.
fn say(room: RoomId, mentions: &[PersonId]) -> Entry {
    Entry::Append(Append {
        room,
        aim: Aim::There,
        author: 2,
        author_name: "bob".into(),
        key: None,
        at: THEN,
        body: Body::Text("hello".into()),
        mentions: mentions.to_vec(),
        call: None,
    })
}

fn dispatch(target: Number, room: RoomId) -> Entry {
    Entry::Dispatch { whom: Some(1), targets: vec![target], room, after: 0, upto: 1, at: THEN }
}

/// These have happened, and the program starts. A target of person 1 is for it.
fn after(happened: impl Fn(Number) -> Vec<Entry>) -> (Model, Postman, Number) {
    let mut stage = Stage::new(1);
    let target = stage.model.targets_of(1).next().expect("they have one").number;
    let came = stage.node.apply(&happened(target));
    assert!(came.iter().all(Result::is_ok), "{came:?}");
    let model = Model::new(rules(), stage.node.load(100), 0, "e");
    let postman = Postman::new(&model, interval);
    (model, postman, target)
}

fn now(passed: Millis) -> Now {
    Now { ticks: passed, calendar: THEN + passed }
}

fn sent(steps: &[Step]) -> Vec<Delivery> {
    let sent = |step: &Step| if let Step::Send { delivery, .. } = step { Some(*delivery) } else { None };
    steps.iter().filter_map(sent).collect()
}

#[test]
fn whoever_asks_for_time_gets_nothing_else_meanwhile() {
    let (model, mut postman, target) = after(|target| {
        vec![say(LOBBY, &[1]), say(TEA, &[1]), dispatch(target, LOBBY), dispatch(target, TEA)]
    });
    let of = |room| Delivery { target, room, upto: 1 };
    assert_eq!(sent(&postman.next(&model, now(0))), [of(LOBBY)]);
    let judged = postman.judge(&model, of(LOBBY), (&answered(429, Some(3_600)), false), now(10), 0);
    assert!(matches!(judged, Some(Entry::Postponed { due, .. }) if due == THEN + 10 + 3_600_000));
    for passed in [2_000, 60_000, 3_600_000] {
        assert_eq!(sent(&postman.next(&model, now(passed))), [], "after {passed} ms");
    }
    assert_eq!(sent(&postman.next(&model, now(3_600_010))), [of(TEA)]);
}

#[test]
fn a_calendar_that_was_ahead_holds_nothing_up() {
    let delivery = |target| Delivery { target, room: LOBBY, upto: 1 };
    let (model, mut postman, target) = after(|target| {
        let (due, fault) = (THEN + DAY + 5_000, "it failed".into());
        let postponed = Entry::Postponed { delivery: delivery(target), due, fault };
        vec![say(LOBBY, &[1]), dispatch(target, LOBBY), postponed]
    });
    assert_eq!(sent(&postman.next(&model, now(0))), [delivery(target)]);

    let seen = Entry::Seen { person: 1, at: THEN + DAY };
    let (model, mut postman, _) = after(|_| vec![seen.clone(), say(LOBBY, &[1])]);
    let planned = postman.plan(&model, now(0));
    assert!(planned.iter().any(|it| matches!(it, Entry::Dispatch { whom: Some(1), .. })), "{planned:?}");
}

/// Much was said since they read: what calls them is at the end of it.
#[test]
fn what_somebody_is_told_of_is_among_what_is_looked_up() {
    let looked_up = |after: Offset, upto| {
        let delivery = Delivery { target: 1, room: LOBBY, upto };
        looked_up_after(&StoredDelivery { delivery, after, made: THEN, due: THEN, tries: 0 })
    };
    assert_eq!(
        [looked_up(0, 1), looked_up(0, 100), looked_up(950, 1_000), looked_up(4, 1_000)],
        [0, 0, 950, 900]
    );

    let (model, mut postman, _) = after(|_| {
        let said = (0..150).map(|_| say(LOBBY, &[]));
        said.chain([say(LOBBY, &[1]), say(LOBBY, &[]), say(LOBBY, &[1])]).collect()
    });
    let planned = postman.plan(&model, now(30_000));
    let upto =
        |it: &Entry| if let Entry::Dispatch { whom: Some(1), upto, .. } = it { Some(*upto) } else { None };
    assert_eq!(planned.iter().find_map(upto), Some(153));
    let older = |upto| model.count_concerning(1, LOBBY, (0, upto));
    assert_eq!([older(0), older(150), older(151), older(152), older(153)], [0, 0, 1, 1, 2]);
}

/// Ninety targets of a room have something to get, and each has answered well. Behind all of that is what was to call somebody who
/// has come back: nobody needs it any more, and it is noted when it has its turn.
#[test]
fn when_the_sender_is_full_what_is_behind_is_not_looked_at() {
    let mut stage = Stage::new(1);
    let whose = stage.model.targets_of(1).next().expect("they have one").number;
    let added = stage.node.apply(&(0..90).map(|_| add_target(Serves::Room(TEA))).collect::<Vec<_>>());
    let added = added.into_iter().map(|came| match came {
        Ok(Done::Numbered(number)) => number,
        other => panic!("{other:?}"),
    });
    let added: Vec<Number> = added.collect();
    let out = |after, upto| {
        let targets = added.clone();
        Entry::Dispatch { whom: None, targets, room: TEA, after, upto, at: THEN }
    };
    let named = |upto| added.iter().map(move |&target| Delivery { target, room: TEA, upto });
    let mut happened = vec![say(TEA, &[]), out(0, 1)];
    happened.extend(named(1).map(|delivery| Entry::Delivered { delivery }));
    let (whom, targets, at) = (Some(1), vec![whose], THEN + 1);
    let call = Entry::Dispatch { whom, targets, room: LOBBY, after: 0, upto: 1, at };
    happened.extend([say(TEA, &[]), out(1, 2), say(LOBBY, &[1]), call]);
    let came = stage.node.apply(&happened);
    assert!(came.iter().all(Result::is_ok), "{came:?}");
    let mut model = Model::new(rules(), stage.node.load(100), 0, "e");
    let mut postman = Postman::new(&model, interval);
    drop(model.came(1, THEN));
    let mut away: Vec<Delivery> = Vec::new();
    let mut turns = Vec::new();
    for turn in 0..6 {
        let now = now(1_000 * (turn + 1));
        if turn % 2 == 1 {
            for delivery in away.drain(..) {
                let entry = postman.judge(&model, delivery, (&answered(200, None), false), now, 0);
                let entry = entry.expect("there is something to note");
                model.apply(&entry, &Ok(Done::Kept), now.ticks);
            }
        }
        let steps = postman.next(&model, now);
        away.extend(sent(&steps));
        turns.push((sent(&steps).len(), steps.iter().any(|step| matches!(step, Step::Note(_)))));
    }
    // In every other turn those that were sent have arrived.
    assert_eq!(turns, [(32, false), (32, false), (0, false), (26, true), (0, false), (0, false)]);
}
