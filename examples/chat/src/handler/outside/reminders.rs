//! Reminders that are due: the robot says them. Which are due, the model knows.

use pollcat::Peers;

use crate::handler::hall::Hall;
use crate::history::{Entry, Millis, Number};
use crate::robot;
use crate::run::clock::ticks;
use crate::tickets::Waiting;

/// So many are said in one turn, the others in the next.
const AT_ONCE: usize = 100;
/// Where it may not be said it waits so long, and then again; but not for ever.
const PATIENCE: Millis = 60_000;
const LONGEST_PATIENCE: Millis = 86_400_000;

pub(in crate::handler) fn pass_time(hall: &mut Hall, peers: &mut Peers, now: Millis) {
    if hall.model.robot().is_none() || hall.model.reminders().next().is_none() {
        hall.robot.late.clear();
        return;
    }
    let today = hall.ledger.calendar().today();
    let waits = |number: &Number| hall.robot.late.get(number).is_some_and(|until| *until > now);
    let due = hall.model.due_reminders(now, today).filter(|number| !waits(number));
    let due: Vec<Number> = due.take(AT_ONCE).collect();
    due.into_iter().for_each(|number| ring(hall, peers, number));
    let Hall { model, robot, .. } = hall;
    robot.late.retain(|number, _| model.reminder(*number).is_some());
}

fn ring(hall: &mut Hall, peers: &mut Peers, number: Number) {
    let at = hall.ledger.calendar().now();
    let Some((robot, reminder)) = hall.model.robot().zip(hall.model.reminder(number)) else { return };
    let (person, room) = (reminder.person, reminder.room);
    // These are the words of somebody who may not say them there.
    let may_be_said = [person, robot].into_iter().all(|one| hall.model.may_speak(one, room, at));
    if !may_be_said && at.saturating_sub(reminder.due) < LONGEST_PATIENCE {
        hall.robot.late.insert(number, ticks() + PATIENCE);
        return;
    }
    let is_late = hall.robot.late.contains_key(&number);
    let words = robot::ringing(hall.model.name_of(person), &reminder.text, is_late);
    let entry = match may_be_said {
        true => hall.model.ring(number, &words, at),
        false => Some(Entry::Unremind { reminder: number, person }),
    };
    if let Some(entry) = entry
        && hall.submit(peers, entry, Waiting::Nobody).is_err()
    {
        log::debug!("reminder {number} waits: too much is on its way to the disk");
    }
}
