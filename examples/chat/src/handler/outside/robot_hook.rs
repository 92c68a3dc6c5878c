//! What the robot is asked and does not know: a program answers for it.

use pollcat::Peers;

use super::robot;
use crate::handler::hall::Hall;
use crate::history::{Delivery, Event};
use crate::postman::name;
use crate::run::clock::ticks;
use crate::sender::{self, Request, Trust};
use crate::tickets::Waiting;
use crate::voices::json::targets;

/// Not if the robot has answered it already, and not more often than it would answer by itself.
fn may_ask(hall: &mut Hall, delivery: Delivery, events: &[Event]) -> bool {
    let Some(asked) = events.iter().find(|event| event.offset == delivery.upto) else { return false };
    let is_new = hall.model.delivery(delivery).is_some_and(|stored| stored.tries == 0);
    !robot::knows(hall, asked) && (!is_new || hall.robot.take(asked.author, delivery.room, ticks()))
}

pub(super) fn question(hall: &mut Hall, delivery: Delivery, events: &[Event]) -> Option<(Request, Trust)> {
    if !may_ask(hall, delivery, events) {
        return None;
    }
    let url = hall.settings.robot_hook.as_deref()?;
    let room = hall.model.room(delivery.room)?;
    let asked = events.iter().find(|event| event.offset == delivery.upto)?;
    asked.what.words()?;
    let before = room.before(Some(delivery.upto), hall.settings.robot_context);
    let context: Vec<Event> = before.map_or(Vec::new(), |events| events.cloned().collect());
    let called = hall.model.title_of(room.id()).unwrap_or(room.name());
    let question = targets::Question { room: called, asked, context: &context };
    let request = targets::robot_request(url, &name(delivery, room.epoch()), &question);
    Some((request, Trust::Free))
}

/// What a program has answered is said by the robot, once: the same question again has its answer already. False: too much is on
/// its way to the disk, so it is asked again.
pub(super) fn answer(
    hall: &mut Hall,
    peers: &mut Peers,
    delivery: Delivery,
    outcome: &sender::Outcome,
) -> bool {
    let sender::Outcome::Answered { status: 200, text: Some(text), is_plain: true, .. } = outcome else {
        return true;
    };
    let text = text.trim();
    let text: String = text.chars().take(hall.settings.max_message).collect();
    if text.is_empty() {
        return true;
    }
    let Delivery { room, upto, .. } = delivery;
    let key = format!("answer-{room}-{upto}");
    let decided = hall.model.answer(room, &text, &key, hall.moment());
    // What may not be said there is not said.
    let Ok(decision) = decided else { return true };
    hall.submit_all(peers, decision.entries, Waiting::Nobody).is_ok()
}
