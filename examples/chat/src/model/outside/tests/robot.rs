//! The robot, and what it reminds of.

use super::*;
use crate::ask::Whom;
use crate::history::{Body, Delivery, ROBOT_HOOK, Reminder, Restraint};

const ROBOT: PersonId = NEXT;

fn with_robot(has_hook: bool) -> Stage {
    let mut stage = Stage::new();
    let entry = stage.model.robot_entry(Some(("小爱", has_hook)), THEN).unwrap().unwrap();
    stage.model.begin(&entry);
    stage.apply(entry);
    stage
}

impl Stage {
    fn mentioned(&mut self, person: PersonId, to: To<'_>, text: &str) -> Vec<PersonId> {
        let decision = self.decide(person, Wish::Say { to, text: text.into() }).unwrap();
        let Some(Entry::Append(append)) = decision.entries.last() else { panic!("it is not said") };
        let mentions = append.mentions.clone();
        self.carry_out(decision);
        mentions
    }

    fn answer(&mut self, room: RoomId) -> Result<Append, Code> {
        let answer = self.with_moment(|moment| self.model.answer(room, "four @all", "answer-1", moment));
        let decision = answer.map_err(|refusal| refusal.code)?;
        let [Entry::Append(append)] = &decision.entries[..] else { panic!("{decision:?}") };
        let append = append.clone();
        self.carry_out(decision);
        Ok(append)
    }
}

#[test]
fn a_robot_has_a_name_that_is_nobody_elses() {
    let mut stage = Stage::new();
    let entry = |stage: &Stage, name| stage.model.robot_entry(name, THEN);
    assert_eq!(entry(&stage, None), Ok(None), "there is none");
    assert_eq!(
        code(entry(&stage, Some(("mаx", true)))),
        Some(Code::NameTaken),
        "with an а of another script"
    );
    assert_eq!(code(entry(&stage, Some(("server", true)))), Some(Code::BadName));
    let made = entry(&stage, Some(("xiaoai", false))).unwrap().unwrap();
    stage.model.begin(&made);
    assert_eq!(stage.model.next_person().unwrap(), ROBOT + 1);
    stage.apply(made);
    assert_eq!((stage.model.robot(), stage.model.is_bot(ROBOT)), (Some(ROBOT), true));
    assert_eq!(stage.model.rooms_of(ROBOT).count(), 0);
    assert_eq!(code(stage.wish(MAX, Wish::Rename { name: "XiaoAi".into() })), Some(Code::NameTaken));
    assert_eq!(code(stage.act(OLGA, give("xiaoai", "tea"))), Some(Code::NameTaken));
    assert_eq!(code(stage.act(OLGA, Aimed::RemoveBot { whom: Whom::Id(ROBOT) })), Some(Code::Forbidden));
    let add = Aimed::Add { whom: Whom::Id(ROBOT), place: room("tea") };
    assert_eq!(code(stage.act(OLGA, add)), Some(Code::Forbidden));

    // It is called otherwise from now on, and is the same.
    let renamed = entry(&stage, Some(("小爱", true))).unwrap().unwrap();
    stage.model.begin(&renamed);
    assert_eq!(code(stage.wish(MAX, Wish::Rename { name: "小爱".into() })), Some(Code::NameTaken));
    stage.apply(renamed);
    assert_eq!((stage.model.robot(), stage.model.name_of(ROBOT)), (Some(ROBOT), "小爱"));
    assert_eq!(code(stage.wish(MAX, Wish::Rename { name: "xiaoai".into() })), None);
    let gone = entry(&stage, None).unwrap().unwrap();
    stage.apply(gone);
    assert_eq!((stage.model.robot(), stage.model.is_bot(ROBOT)), (None, true));
    let again = entry(&stage, Some(("小爱", true))).unwrap();
    let is_new = matches!(again, Some(Entry::Robot { robot: Some(it), .. }) if it.person == ROBOT + 1);
    assert!(is_new, "its number never comes to mean another");
}

#[test]
fn a_robot_that_cannot_be_made_leaves_its_name() {
    let mut stage = Stage::new();
    let entry = stage.model.robot_entry(Some(("小爱", true)), THEN).unwrap().unwrap();
    stage.model.begin(&entry);
    assert!(stage.model.apply(&entry, &Err(Failure::Taken), 0).is_empty());
    assert_eq!((stage.model.robot(), stage.model.called("小爱")), (None, None));
    let mut stage = with_robot(true);
    let other = stage.model.robot_entry(Some(("bobby", true)), THEN).unwrap().unwrap();
    stage.model.begin(&other);
    assert!(stage.model.apply(&other, &Err(Failure::Taken), 0).is_empty());
    assert_eq!((stage.model.name_of(ROBOT), stage.model.called("bobby")), ("小爱", None));
}

#[test]
fn it_listens_everywhere_but_in_the_talks_of_others() {
    let mut stage = with_robot(true);
    assert_eq!(stage.mentioned(MAX, To::Room("tea".into()), "@小爱 2+2?"), [ROBOT]);
    assert_eq!(stage.mentioned(OLGA, To::Room("den".into()), "嘿@小爱你好"), [ROBOT], "a private room");
    assert!(stage.mentioned(OLGA, To::Person(MAX), "@小爱").is_empty());
    assert_eq!(stage.mentioned(MAX, To::Person(ROBOT), "2+2?"), [ROBOT], "a talk that begins");
    assert_eq!(stage.mentioned(MAX, To::Person(ROBOT), "@小爱 2+2?"), [ROBOT], "once");
    let talk = stage.model.rooms_of(ROBOT).next().unwrap().id();
    let asked: Vec<Delivery> = stage.model.deliveries().map(|stored| stored.delivery).collect();
    let to_hook = |room, upto| Delivery { target: ROBOT_HOOK, room, upto };
    assert_eq!(asked, [to_hook(TEA, 1), to_hook(DEN, 1), to_hook(talk, 1), to_hook(talk, 2)]);
    let bot = stage.bot("builds", "tea");
    assert_eq!(stage.mentioned(bot, To::Room("tea".into()), "@小爱"), [ROBOT]);
    assert_eq!(stage.model.deliveries().count(), 4, "it does not answer programs");
}

#[test]
fn it_answers_where_it_was_asked() {
    let mut stage = with_robot(false);
    for room in [LOBBY, TEA, DEN] {
        let said = stage.answer(room).unwrap();
        assert_eq!((said.room, said.author, said.call), (room, ROBOT, None));
        assert_eq!(said.key.as_deref(), Some("answer-1"));
    }
    stage.say(OLGA, To::Person(MAX), "hello").unwrap();
    let of_others = stage.model.rooms_of(MAX).find(|room| room.kind() == RoomKind::Direct).unwrap().id();
    assert_eq!(stage.answer(of_others), Err(Code::NotMember));
    assert_eq!(stage.say(ROBOT, To::Person(MAX), "buy!"), Err(Code::Forbidden));
    stage.say(MAX, To::Person(ROBOT), "2+2?").unwrap();
    let talk = stage.model.rooms_of(ROBOT).next().unwrap().id();
    assert!(stage.answer(talk).is_ok());
    assert_eq!(stage.answer(99), Err(Code::NoSuchRoom));
    // A slow room does not hold it; those who govern do.
    let alter = |is_closed| Aimed::Alter {
        place: room("tea"),
        name: None,
        is_private: None,
        topic: None,
        pace: Some(30),
        is_closed: Some(is_closed),
    };
    stage.act(OLGA, alter(false)).unwrap();
    assert!(stage.answer(TEA).is_ok() && stage.answer(TEA).is_ok());
    stage.act(OLGA, alter(true)).unwrap();
    assert_eq!(stage.answer(TEA), Err(Code::Forbidden));
    let (restraint, seconds) = (Restraint::Mute, None);
    let (whom, place, purge) = (Whom::Id(ROBOT), room("den"), None);
    let mute = Aimed::Restrain { restraint, whom, place, seconds, with_addresses: false, purge };
    stage.act(OLGA, mute).unwrap();
    assert_eq!(stage.answer(DEN), Err(Code::Muted));
}

fn reminder(room: RoomId, ahead: Millis, text: &str) -> Reminder {
    Reminder { person: MAX, room, made: THEN, due: THEN + ahead, is_by_clock: false, text: text.into() }
}

#[test]
fn a_reminder_is_for_who_is_there_and_for_a_year() {
    let mut stage = with_robot(false);
    let decide = |stage: &Stage, it| code(stage.model.decide_reminder(it));
    assert_eq!(decide(&stage, reminder(TEA, 600_000, "喝茶")), None);
    assert_eq!(decide(&stage, reminder(DEN, 600_000, "喝茶")), Some(Code::NoSuchRoom));
    for ahead in [0, -1, 366 * 86_400_000 + 1, Millis::MIN, Millis::MAX - THEN] {
        assert_eq!(decide(&stage, reminder(TEA, ahead, "喝茶")), Some(Code::BadField), "{ahead}");
    }
    assert_eq!(decide(&stage, reminder(TEA, 1, &"x".repeat(101))), Some(Code::TooLong));
    for _ in 0..20 {
        let entry = stage.model.decide_reminder(reminder(TEA, 600_000, "喝茶")).unwrap();
        stage.apply(entry);
    }
    assert_eq!(decide(&stage, reminder(TEA, 600_000, "喝茶")), Some(Code::Busy));
    let number = stage.model.reminders_of(MAX).next().unwrap().0;
    assert_eq!(code(stage.model.decide_unremind(OLGA, number)), Some(Code::BadField), "hers it is not");
    let entry = stage.model.decide_unremind(MAX, number).unwrap();
    stage.apply(entry);
    assert_eq!(stage.model.reminders_of(MAX).count(), 19);
    stage.wish(MAX, Wish::Leave { room: Some("tea".into()) }).unwrap();
    assert_eq!(stage.model.reminders().count(), 0, "who is not there is not reminded there");
}

#[test]
fn a_reminder_is_said_by_the_robot_and_gone() {
    let mut stage = with_robot(false);
    let entry = stage.model.decide_reminder(reminder(TEA, 600_000, "喝茶")).unwrap();
    stage.apply(entry);
    assert_eq!(stage.model.due_reminders(599_999, Some(THEN)).count(), 0);
    let due: Vec<Number> = stage.model.due_reminders(600_000, None).collect();
    let entry = stage.model.ring(due[0], "@max 喝茶 @all", THEN).unwrap();
    let Entry::Ring { said, .. } = &entry else { panic!("{entry:?}") };
    assert_eq!((said.author, said.room, &said.mentions, said.call), (ROBOT, TEA, &vec![MAX], None));
    assert_eq!(said.body, Body::Text("@max 喝茶 @all".into()));
    stage.model.begin(&entry);
    assert_eq!(stage.model.due_reminders(600_000, None).count(), 0, "it is on its way");
    stage.apply(entry);
    assert_eq!((stage.model.reminders().count(), stage.last(TEA)), (0, 1));
    assert_eq!(stage.model.unread_mentions(MAX, TEA), 1);
}

#[test]
fn a_bot_may_be_called_otherwise_with_its_name_behind() {
    let mut stage = with_robot(false);
    let bot = stage.bot("builds", "tea");
    let called = |stage: &Stage, person, alias: &str| {
        let by = By { person, here: TEA, key: None, alias: Some(alias) };
        let wish = Wish::Say { to: To::Here, text: "hi".into() };
        let decision = stage.with_moment(|moment| stage.model.decide(by, wish, moment)).unwrap();
        let Some(Entry::Append(append)) = decision.entries.last() else { panic!("it is not said") };
        append.author_name.clone()
    };
    for (alias, name) in [
        ("Alertmanager", "Alertmanager (builds)"),
        ("Uptime Kuma", "Uptime Kuma (builds)"),
        ("[CI] main", "CI main (builds)"),
        ("  部署机器  ", "部署机器 (builds)"),
        ("max", "max (builds)"),
        ("builds", "builds"),
        ("admin", "builds"),
        ("guest-7", "builds"),
        ("", "builds"),
        ("🚀🚀", "builds"),
        ("a much longer name than anybody has", "a much longer name than (builds)"),
        ("x) y (z", "x y z (builds)"),
        ("evil\u{202e}\r\nname", "evil name (builds)"),
    ] {
        assert_eq!(called(&stage, bot, alias), name, "{alias:?}");
    }
    assert_eq!(called(&stage, MAX, "olga"), "max", "a person is called as they are");
}
