//! What time does: who is away, what is saved, forgotten and removed.

use std::time::Duration;

use pollcat::Peers;

use super::hall::Hall;
use super::{admin, changing, departing, nodes, outside, programs};
use crate::deliver::Floor;
use crate::history::Millis;
use crate::metrics::Moment;
use crate::model::CHORES;

pub(super) fn pass(hall: &mut Hall, peers: &mut Peers, now: Millis) {
    note(hall, now);
    changing::pass_time(hall, now);
    hall.door.pass_time();
    hall.visits.pass_time(now);
    hall.files.pass_time(peers, &hall.ledger);
    departing::end_the_silent(hall, peers, now);
    admin::pass_time(hall, peers, now);
    nodes::pass_time(hall, peers);
    outside::push::pass_time(hall, peers);
    programs::pass_time(hall, peers, now);
    while let Some(person) = hall.fading.next(now) {
        let news = hall.model.fade(person);
        // Of several nodes one sees to it.
        let is_ours = !news.is_empty() && hall.ledger.holds_chores();
        let seen = hall.model.last_seen(person).filter(|_| is_ours);
        hall.tell(peers, &news, None);
        hall.submit_each(peers, Vec::from_iter(seen));
    }
    let mut floor =
        Floor { peers, sessions: &mut hall.sessions, model: &hall.model, now: hall.ledger.calendar().now() };
    hall.deliver.pass_time(&mut floor, now);
    if hall.ledger.holds_chores() {
        outside::reminders::pass_time(hall, peers, now);
    }
    let unsaved = hall.model.unsaved();
    hall.submit_each(peers, Vec::from_iter(unsaved));
    let holds_chores = hall.ledger.holds_chores();
    // Whoever takes them over does not wait for the next round.
    if hall.next_chores <= now || holds_chores && !hall.held_chores {
        hall.next_chores = now + CHORES;
        do_chores(hall, peers, now);
    }
    hall.held_chores = holds_chores;
}

/// For those who watch over the chat. All of it is known: nothing is counted here.
fn note(hall: &mut Hall, now: Millis) {
    let [public_rooms, private_rooms, direct_rooms] = hall.model.count_rooms_by_kind();
    let moment = Moment {
        people_here: hall.model.here().len(),
        people_known: hall.model.members(hall.model.lobby()).len(),
        public_rooms,
        private_rooms,
        direct_rooms,
        deliveries_waiting: hall.model.count_deliveries(),
        store_queue: hall.ledger.waiting_bytes(),
        store_wait: hall.ledger.longest_wait(Duration::from_millis(now.unsigned_abs())),
    };
    hall.metrics.turned(&moment);
}

/// All that was read, as the chat ends.
pub(super) fn save(hall: &mut Hall, peers: &mut Peers) {
    let unsaved = hall.model.all_unsaved();
    hall.submit_each(peers, unsaved);
}

fn do_chores(hall: &mut Hall, peers: &mut Peers, now: Millis) {
    outside::robot::see_to(hall, peers, now);
    hall.charges.tidy(now);
    hall.links.pass_time(now);
    hall.left.pass_time(now);
    hall.seen.pass_time(now);
    hall.typing.retain(|_, at| *at + CHORES > now);
    let calendar = hall.ledger.calendar();
    hall.callers.paces.tidy(now, calendar.now());
    let due = hall.model.due(now, calendar.now(), calendar.today());
    if hall.ledger.holds_chores() {
        hall.submit_each(peers, due);
    }
}
