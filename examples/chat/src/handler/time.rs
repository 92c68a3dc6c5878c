//! What time does: who is away, what is saved, forgotten and removed.

use pollcat::Peers;

use super::greeting;
use super::hall::Hall;
use crate::deliver::Floor;
use crate::history::Millis;
use crate::model::CHORES;

pub(super) fn pass(hall: &mut Hall, peers: &mut Peers, now: Millis) {
    hall.door.pass_time();
    hall.files.look_again(peers, &hall.ledger);
    greeting::end_the_silent(hall, peers, now);
    while let Some(person) = hall.fading.next(now) {
        let news = hall.model.fade(person);
        let seen = hall.model.last_seen(person).filter(|_| !news.is_empty());
        hall.tell(peers, &news, None);
        hall.submit_each(peers, Vec::from_iter(seen));
    }
    let mut floor = Floor { peers, sessions: &mut hall.sessions, model: &hall.model };
    hall.deliver.pass_time(&mut floor, now);
    save(hall, peers);
    if hall.next_chores <= now {
        hall.next_chores = now + CHORES;
        do_chores(hall, peers, now);
    }
}

/// What was read.
pub(super) fn save(hall: &mut Hall, peers: &mut Peers) {
    let unsaved = hall.model.unsaved();
    hall.submit_each(peers, unsaved);
}

fn do_chores(hall: &mut Hall, peers: &mut Peers, now: Millis) {
    hall.charges.tidy(now);
    hall.typing.retain(|_, at| *at + CHORES > now);
    let calendar = hall.ledger.calendar();
    let due = hall.model.due(now, calendar.now(), calendar.today());
    hall.submit_each(peers, due);
}
