//! What goes out: the postman says what and when, the history notes it, the sender sends it, and what has come of it is noted.

use std::time::Duration;

use pollcat::{Peers, TimerId};

use super::notices::{notice, request_of, trust};
use super::post::Post;
use super::robot_hook;
use crate::handler::hall::Hall;
use crate::history::{Delivery, Entry, Event, Failure, Number, Offset, Outcome, ROBOT_HOOK, Read};
use crate::metrics::Attempt;
use crate::postman::{BITE, Now, Step, looked_up_after};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::run::clock::ticks;
use crate::sender::{self, Job, Sent};
use crate::tickets::{Asker, Errand, Question, Waiting};
use crate::token;
use crate::voices::json::targets::{self, About};

/// Looks at what is due, now and whenever something has changed.
pub(in crate::handler) fn pass_time(hall: &mut Hall, peers: &mut Peers) {
    if hall.post.sender.is_none() || hall.ledger.is_stopping() {
        return;
    }
    if !hall.ledger.holds_chores() {
        hall.post.is_ours = false;
        return;
    }
    if !std::mem::replace(&mut hall.post.is_ours, true) {
        // Another node has sent what went out until now: as after a start.
        hall.post.begin_anew(&hall.model);
    }
    let now = now(hall);
    for entry in hall.post.postman.plan(&hall.model, now) {
        submit(hall, peers, entry);
    }
    for step in hall.post.postman.next(&hall.model, now) {
        match step {
            Step::Send { delivery, is_slow } => prepare(hall, peers, delivery, is_slow),
            Step::Note(entry) => submit(hall, peers, entry),
        }
    }
    let next = hall.post.postman.next_time(now.ticks);
    if let Some(next) = next.filter(|_| hall.post.timer.is_none()) {
        let wait = Duration::from_millis(next.saturating_sub(now.ticks).unsigned_abs());
        hall.post.timer = Some(peers.after(wait));
    }
}

/// A timer has come.
pub(in crate::handler) fn wake(hall: &mut Hall, peers: &mut Peers, timer: TimerId) {
    if hall.post.timer == Some(timer) {
        hall.post.timer = None;
        pass_time(hall, peers);
    }
}

/// The history has carried an entry out, or has not. Others of the same batch follow: [`look`] is behind all of them.
pub(in crate::handler) fn applied(hall: &mut Hall, entry: &Entry, outcome: &Outcome) {
    if outcome.is_ok() && matches!(entry, Entry::Dropped { fault: Some(_), .. }) {
        hall.metrics.delivery_dropped();
    }
    hall.post.applied(&hall.model, entry, outcome, ticks());
}

/// Looks at what is due, if one of these entries has changed it. All that is due is looked at for that: once for a batch, and not
/// once for each entry of it.
pub(in crate::handler) fn look(hall: &mut Hall, peers: &mut Peers) {
    if hall.post.take_due() {
        pass_time(hall, peers);
    }
}

/// What cannot be noted now comes again with time.
fn submit(hall: &mut Hall, peers: &mut Peers, entry: Entry) {
    let copy = entry.clone();
    if hall.submit(peers, entry, Waiting::Nobody).is_err() {
        hall.post.postman.noted(&copy, &Err(Failure::Busy), ticks());
    }
}

fn now(hall: &Hall) -> Now {
    Now { ticks: ticks(), calendar: hall.ledger.calendar().now() }
}

// ---- what is to be sent

/// What is to be said: from memory, or from the disk.
fn prepare(hall: &mut Hall, peers: &mut Peers, delivery: Delivery, is_slow: bool) {
    let Some(stored) = hall.model.delivery(delivery) else {
        return hall.post.postman.put_back(delivery);
    };
    let (after, room) = (looked_up_after(stored), hall.model.room(delivery.room));
    let known = room.and_then(|room| room.after(after)).map(|events| events.cloned().collect::<Vec<Event>>());
    if let Some(events) = known {
        return hand_over(hall, peers, (delivery, is_slow), events);
    }
    let read = Read::After { room: delivery.room, after, limit: BITE as usize };
    if hall.ledger.read(read, Question::Outgoing { delivery, is_slow }).is_err() {
        hall.post.postman.put_back(delivery);
    }
}

/// The disk has told it.
pub(in crate::handler) fn found(
    hall: &mut Hall,
    peers: &mut Peers,
    (delivery, is_slow): (Delivery, bool),
    found: Result<(Vec<Event>, Offset), Failure>,
) {
    match found {
        Ok((events, _)) => hand_over(hall, peers, (delivery, is_slow), events),
        Err(_) => hall.post.postman.put_back(delivery),
    }
}

/// To the sender, if there is still something to be said.
fn hand_over(
    hall: &mut Hall,
    peers: &mut Peers,
    (delivery, is_slow): (Delivery, bool),
    mut events: Vec<Event>,
) {
    events.retain(|event| event.offset <= delivery.upto);
    let request = match delivery.target {
        ROBOT_HOOK => robot_hook::question(hall, delivery, &events),
        _ => notice(hall, delivery, events),
    };
    let Some((request, trust)) = request else {
        let entry = hall.post.postman.drop_empty(delivery);
        return submit(hall, peers, entry);
    };
    let job = Job { ticket: Errand::Deliver(delivery), request, trust, is_slow };
    let is_taken = hall.post.sender.as_ref().is_some_and(|sender| sender.try_send(job).is_ok());
    if !is_taken {
        hall.post.postman.put_back(delivery);
    }
}

// ---- what has come of it

pub(in crate::handler) fn sent(hall: &mut Hall, peers: &mut Peers, sent: Sent<Errand>) {
    let Sent { ticket, outcome, is_slow } = sent;
    match ticket {
        Errand::Deliver(delivery) => {
            let mut outcome = read(hall, delivery.target, outcome);
            hall.metrics.delivered(attempt(&outcome));
            if delivery.target == ROBOT_HOOK && !robot_hook::answer(hall, peers, delivery, &outcome) {
                outcome = sender::Outcome::Failed("its answer could not be kept".into());
            }
            let now = now(hall);
            let Post { postman, .. } = &mut hall.post;
            if let Some(entry) =
                postman.judge(&hall.model, delivery, (&outcome, is_slow), now, token::random_number())
            {
                submit(hall, peers, entry);
            }
            pass_time(hall, peers);
        }
        Errand::Test { asker, target } => {
            let fault = match read(hall, target, outcome) {
                sender::Outcome::Answered { status: 200..=299, .. } => None,
                sender::Outcome::Answered { status, .. } => Some(format!("it answered {status}")),
                sender::Outcome::Failed(words) | sender::Outcome::Refused(words) => Some(words),
            };
            hall.answer(peers, &asker, &Reply::Tested { target, fault: fault.as_deref() });
        }
    }
}

fn attempt(outcome: &sender::Outcome) -> Attempt {
    match outcome {
        sender::Outcome::Answered { status: 200..=299, .. } => Attempt::Arrived,
        sender::Outcome::Answered { .. } => Attempt::Rejected,
        sender::Outcome::Failed(_) => Attempt::Unanswered,
        sender::Outcome::Refused(_) => Attempt::Forbidden,
    }
}

/// Some say what went wrong in the body.
fn read(hall: &Hall, target: Number, outcome: sender::Outcome) -> sender::Outcome {
    match hall.model.target(target) {
        Some(stored) => targets::read(stored.target.shape, outcome),
        None => outcome,
    }
}

// ---- is it right?

/// Whoever made a target wants to see whether something arrives. They may: that was looked at.
pub(in crate::handler) fn test(hall: &mut Hall, asker: &Asker, target: Number) -> Result<(), Refusal> {
    let stored = hall.model.target(target).ok_or(Failure::NoSuchTarget)?;
    let whom = stored.target.serves.person();
    let room = stored.target.serves.room().unwrap_or(hall.model.lobby());
    let room = hall.model.room(room).ok_or(Failure::NoSuchTarget)?;
    let id = format!("msg_test_{}_{}", target, ticks());
    let request = request_of(hall, stored, (room, whom), &id, About::Test).ok_or(Failure::NoSuchTarget)?;
    let ticket = Errand::Test { asker: asker.clone(), target };
    let job = Job { ticket, request, trust: trust(stored), is_slow: true };
    let busy = || Refusal::busy("too much is on its way out: try again");
    hall.post.sender.as_ref().ok_or_else(busy)?.try_send(job).map_err(|_| busy())
}
