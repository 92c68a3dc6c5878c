//! The robot, where it is asked. What it answers, `robot/` knows; whether it may say that there, the model.

use pollcat::Peers;

use super::asking::is_question;
use crate::handler::hall::Hall;
use crate::history::{Done, Entry, Event, Failure, Millis, Number, Outcome, PersonId, Reminder, RoomId};
use crate::model::names;
use crate::refusal::{Code, Refusal};
use crate::robot::{self, Answer, Answered, Asked, Language};
use crate::run::clock::ticks;
use crate::tickets::Waiting;
use crate::token;

/// Where somebody has asked it, and under which id it answers.
type Place<'a> = (RoomId, &'a str, Language);

// ---- whether there is one

/// If it could not be stored at the start, it is now. Of several nodes, which may have other settings for a while, one sees to it.
pub(in crate::handler) fn see_to(hall: &mut Hall, peers: &mut Peers, now: Millis) {
    hall.robot.tidy(now);
    if !hall.ledger.holds_chores() {
        return;
    }
    let wish = hall.settings.robot.as_deref().map(|name| (name, hall.settings.robot_hook.is_some()));
    if wish.is_some() == hall.model.robot().is_some() {
        return;
    }
    match hall.model.robot_entry(wish, hall.ledger.calendar().now()) {
        Ok(entry) => hall.submit_each(peers, Vec::from_iter(entry)),
        Err(refusal) => log::error!("there is no robot: {}", refusal.words),
    }
}

/// What answers for it is elsewhere now, or there is nothing any more.
pub(in crate::handler) fn change_hook(hall: &mut Hall, peers: &mut Peers) {
    let has_hook = hall.settings.robot_hook.is_some();
    hall.robot.set_hook(has_hook);
    let wish = hall.settings.robot.as_deref().map(|name| (name, has_hook));
    if let Ok(entry) = hall.model.robot_entry(wish, hall.ledger.calendar().now()) {
        hall.submit_each(peers, Vec::from_iter(entry));
    }
}

// ---- what it is asked

/// What it was asked in this turn is answered.
pub(in crate::handler) fn answer_all(hall: &mut Hall, peers: &mut Peers) {
    for (room, event) in hall.robot.questions() {
        answer_one(hall, peers, room, &event);
    }
}

fn answer_one(hall: &mut Hall, peers: &mut Peers, room: RoomId, event: &Event) {
    let (author, now) = (event.author, ticks());
    // What it does not know goes out (`push.rs`), and costs it nothing.
    if hall.robot.has_hook() && !(knows(hall, event) && hall.robot.take(author, room, now)) {
        return;
    }
    let Answered { language, answer } = answer(hall, event);
    let key = format!("answer-{room}-{}", event.offset);
    let place = (room, &*key, language);
    match answer {
        Answer::Say(words) => say(hall, peers, place, &words),
        Answer::Unknown(words) if hall.robot.may_hint(author, now) => say(hall, peers, place, &words),
        Answer::Unknown(_) => {}
        Answer::List => list(hall, peers, place, author),
        Answer::Remind { due, is_by_clock, text } => {
            let made = hall.ledger.calendar().now();
            let reminder = Reminder { person: author, room, made, due, is_by_clock, text };
            let decided = hall.model.decide_reminder(reminder);
            promise(hall, peers, place, decided);
        }
        Answer::Cancel(number) => match hall.model.decide_unremind(author, number) {
            Err(_) => say(hall, peers, place, &robot::no_such_reminder(language, number)),
            decided => promise(hall, peers, place, decided),
        },
    }
}

/// Does it know the answer itself? Then nobody else is asked.
pub(in crate::handler) fn knows(hall: &Hall, event: &Event) -> bool {
    is_question(&hall.model, event) && !matches!(answer(hall, event).answer, Answer::Unknown(_))
}

fn answer(hall: &Hall, event: &Event) -> Answered {
    let name = hall.model.robot().map_or("", |robot| hall.model.name_of(robot));
    let folded = names::fold_person(name);
    let longest = 2 * name.chars().count();
    let is_name = |text: &str| names::fold_person(text) == folded;
    let question = robot::question(event.what.words().unwrap_or(""), longest, is_name);
    let now = hall.ledger.calendar().now();
    let chance = &mut || token::random_number() as u32;
    robot::answer(Asked { question, name, now, zone: &hall.robot.zone, chance })
}

// ---- what it answers

/// What may not be said there is not said.
fn say(hall: &mut Hall, peers: &mut Peers, (room, key, _): Place<'_>, words: &str) {
    let words: String = words.chars().take(hall.settings.max_message).collect();
    match hall.model.answer(room, &words, key, hall.moment()) {
        Ok(decision) => {
            let _ = hall.submit_all(peers, decision.entries, Waiting::Nobody);
        }
        Err(refusal) => log::debug!("the robot says nothing: {:?}", refusal.code),
    }
}

/// In a room those of this room; in private all.
fn list(hall: &mut Hall, peers: &mut Peers, place: Place<'_>, person: PersonId) {
    let (room, _, language) = place;
    let robot = hall.model.robot();
    let is_private = hall.model.room(room).is_some_and(|room| room.partner_of(person) == robot);
    let all: Vec<(Number, &Reminder)> = hall.model.reminders_of(person).collect();
    let (here, elsewhere): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|(_, reminder)| is_private || reminder.room == room);
    let now = (hall.ledger.calendar().now(), &hall.robot.zone);
    let words = robot::reminders(language, &here, elsewhere.len(), now);
    say(hall, peers, place, &words);
}

/// It is promised when it is on disk.
fn promise(hall: &mut Hall, peers: &mut Peers, place: Place<'_>, decided: Result<Entry, Refusal>) {
    let (room, key, language) = place;
    let entry = match decided {
        Ok(entry) => entry,
        Err(refusal) => return say(hall, peers, place, &why_not(language, &refusal)),
    };
    let waiting = Waiting::Promised { room, key: key.to_owned(), language };
    if hall.submit(peers, entry, waiting).is_err() {
        say(hall, peers, place, &robot::not_stored(language));
    }
}

fn why_not(language: Language, refusal: &Refusal) -> String {
    match refusal.code {
        Code::Busy => robot::too_many(language),
        Code::Refused => robot::not_said_here(language),
        _ => robot::not_stored(language),
    }
}

/// It is on disk, or could not be stored.
pub(in crate::handler) fn promised(
    hall: &mut Hall,
    peers: &mut Peers,
    entry: &Entry,
    place: Place<'_>,
    outcome: &Outcome,
) {
    let language = place.2;
    let now = hall.ledger.calendar().now();
    let words = match (entry, outcome) {
        (Entry::Remind { reminder }, Ok(Done::Numbered(number))) => {
            robot::will_remind(language, *number, reminder, (now, &hall.robot.zone))
        }
        (Entry::Unremind { reminder, .. }, Ok(_)) => robot::cancelled(language, *reminder),
        (Entry::Unremind { reminder, .. }, Err(Failure::NoSuchReminder)) => {
            robot::no_such_reminder(language, *reminder)
        }
        (_, Err(Failure::Busy)) => robot::too_many(language),
        _ => robot::not_stored(language),
    };
    say(hall, peers, place, &words);
}
