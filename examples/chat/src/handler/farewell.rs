//! Those who do not come back: a guest whose last connection is gone, and who has never been told who they are. With a log they are
//! there until it stands in it.

use pollcat::Peers;

use super::hall::Hall;
use crate::history::PersonId;
use crate::tickets::Waiting;

/// So many are forgotten at once when the log is back.
const AT_ONCE: usize = 100;

/// Somebody does not come back. If the log does not take that now, it is tried again until it does.
pub(super) fn let_go(hall: &mut Hall, peers: &mut Peers, person: PersonId) {
    let Some(farewell) = hall.model.farewell(person) else { return };
    if hall.submit(peers, farewell, Waiting::Nobody).is_err() && hall.ledger.is_shared() {
        hall.gone.insert(person);
    }
}

/// Is the log back?
pub(super) fn pass_time(hall: &mut Hall, peers: &mut Peers) {
    if hall.gone.is_empty() || hall.ledger.refuses_newcomers().is_some() || !hall.ledger.is_calm() {
        return;
    }
    let some: Vec<PersonId> = hall.gone.iter().copied().take(AT_ONCE).collect();
    for person in some {
        hall.gone.remove(&person);
        let_go(hall, peers, person);
    }
}
