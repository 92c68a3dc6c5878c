//! The disk takes nothing for a minute: what has arrived is not sent again, and nothing goes round and round.

use super::{LOBBY, Stage, TEA, THEN, answered, interval, rules};
use crate::history::{
    Aim, Append, Body, Delivery, Entry, Failure, Number, PersonId, ROBOT_HOOK, Robot, RoomId,
};
use crate::model::Model;
use crate::postman::{Now, Postman, Step};
use crate::sender::Outcome;

/// A program that is well, with a disk that is not.
struct Refused {
    stage: Stage,
    /// What the disk was told, when.
    told: Vec<(i64, Entry)>,
    sent: Vec<Delivery>,
}

impl Refused {
    /// These have happened, and the program starts. It is said which target of person 1 there is.
    fn after(happened: impl FnOnce(Number) -> Vec<Entry>) -> (Self, Number) {
        let mut stage = Stage::new(1);
        let target = stage.model.targets_of(1).next().expect("they have one").number;
        let came = stage.node.apply(&happened(target));
        assert!(came.iter().all(Result::is_ok), "{came:?}");
        stage.model = Model::new(rules(), stage.node.load(100), 0, "e");
        stage.postman = Postman::new(&stage.model, interval);
        (Refused { stage, told: Vec::new(), sent: Vec::new() }, target)
    }

    /// So many milliseconds pass, in steps of ten. Whatever is sent arrives at once, and is answered like this.
    fn pass(&mut self, passed: i64, outcome: &Outcome, is_refused: bool) {
        let Stage { node, model, postman, now, .. } = &mut self.stage;
        for _ in 0..passed / 10 {
            *now = Now { ticks: now.ticks + 10, calendar: now.calendar + 10 };
            let mut entries = postman.plan(model, *now);
            for step in postman.next(model, *now) {
                match step {
                    Step::Note(entry) => entries.push(entry),
                    Step::Send { delivery, is_slow } => {
                        self.sent.push(delivery);
                        entries.extend(postman.judge(model, delivery, (outcome, is_slow), *now, 0));
                    }
                }
            }
            for entry in entries {
                model.begin(&entry);
                let came = match is_refused {
                    true => Err(Failure::Storage("the disk is full".into())),
                    false => node.apply(std::slice::from_ref(&entry)).remove(0),
                };
                model.apply(&entry, &came, now.ticks);
                postman.noted(&entry, &came, now.ticks);
                self.told.push((now.ticks, entry));
            }
        }
    }

    fn told(&self, is_one: impl Fn(&Entry) -> bool) -> usize {
        self.told.iter().filter(|(_, entry)| is_one(entry)).count()
    }
}

fn said(room: RoomId, author: PersonId, mentions: &[PersonId]) -> Entry {
    Entry::Append(Append {
        room,
        aim: Aim::There,
        author,
        author_name: "somebody".into(),
        key: None,
        at: THEN,
        body: Body::Text("hello".into()),
        mentions: mentions.to_vec(),
        call: None,
    })
}

/// What person 1 is called by, on its way to a target of theirs.
fn called(target: Number) -> Delivery {
    Delivery { target, room: TEA, upto: 1 }
}

fn call(target: Number) -> Vec<Entry> {
    let dispatch =
        Entry::Dispatch { whom: Some(1), targets: vec![target], room: TEA, after: 0, upto: 1, at: THEN };
    vec![said(TEA, 2, &[1]), dispatch]
}

#[test]
fn a_target_gets_what_has_arrived_once_however_long_the_disk_refuses() {
    for outcome in [answered(200, None), answered(410, None), answered(503, None)] {
        let (mut refused, target) = Refused::after(call);
        let called = called(target);
        refused.pass(60_000, &outcome, true);
        let sent = refused.sent.iter().filter(|it| **it == called).count();
        assert_eq!(sent, 1, "{outcome:?}");
        let is_about_it = |entry: &Entry| match entry {
            Entry::Delivered { delivery }
            | Entry::Postponed { delivery, .. }
            | Entry::Dropped { delivery, .. } => *delivery == called,
            _ => false,
        };
        let told = refused.told(is_about_it);
        assert!((10..=13).contains(&told), "the disk was told {told} times in a minute");
        // It is well again: now it is noted, and nothing was sent meanwhile.
        refused.pass(5_000, &answered(200, None), false);
        let is_there = refused.stage.model.delivery(called).is_some();
        let sent = refused.sent.iter().filter(|it| **it == called).count();
        match outcome {
            Outcome::Answered { status: 503, .. } => {
                assert!(is_there || sent == 2, "it was to be tried again")
            }
            _ => assert_eq!((is_there, sent), (false, 1), "{outcome:?}"),
        }
    }
}

#[test]
fn a_room_that_goes_out_does_not_keep_a_disk_busy_that_refuses() {
    let (mut refused, _) = Refused::after(|_| vec![said(LOBBY, 2, &[])]);
    refused.pass(60_000, &answered(200, None), true);
    let told = refused.told(|entry| matches!(entry, Entry::Dispatch { whom: None, .. }));
    assert!((10..=13).contains(&told), "the disk was told {told} times in a minute");
    refused.pass(10_000, &answered(200, None), false);
    assert_eq!(refused.sent.len(), 1, "it goes out in the end");
}

/// They have come back before it went out.
#[test]
fn what_nobody_needs_any_more_does_not_keep_a_disk_busy_that_refuses() {
    let (mut refused, target) = Refused::after(call);
    let called = called(target);
    let news = refused.stage.model.came(1, THEN);
    news.iter().for_each(|news| refused.stage.postman.hear(&refused.stage.model, news));
    refused.pass(60_000, &answered(200, None), true);
    let told = refused.told(|entry| matches!(entry, Entry::Dropped { delivery, .. } if *delivery == called));
    assert!((10..=13).contains(&told), "the disk was told {told} times in a minute");
    assert_eq!(refused.sent, []);
}

/// What it has answered for the robot was not written either. But nobody waits for an answer for longer than a minute.
#[test]
fn a_program_that_answers_for_the_robot_is_asked_again_if_its_answer_was_not_kept() {
    let question = Delivery { target: ROBOT_HOOK, room: LOBBY, upto: 1 };
    for (refuses, times) in [(20_000, 2), (70_000, 1)] {
        let (name, folded) = ("robot".to_owned(), "robot".to_owned());
        let robot = Some(Robot { person: 5, name, folded, has_hook: true, look: None });
        let (mut refused, _) =
            Refused::after(|_| vec![Entry::Robot { robot, at: THEN }, said(LOBBY, 2, &[5])]);
        refused.pass(refuses, &answered(200, None), true);
        assert!(refused.stage.model.delivery(question).is_some(), "nothing is on disk");
        refused.pass(20_000, &answered(200, None), false);
        let sent = refused.sent.iter().filter(|it| **it == question).count();
        assert_eq!((sent, refused.stage.model.delivery(question)), (times, None), "after {refuses} ms");
    }
}
