//! What nodes say to one another of the admin page.

use pollcat::Peers;

use super::login;
use crate::handler::hall::Hall;
use crate::history::Millis;
use crate::nodes::{AdminKey, AdminSession, Saying};
use crate::run::clock::{self, ticks};

/// That something was done here is said for so long, as one time may be lost.
const LATELY: Millis = 10 * 60_000;

/// Another node has said what it has. Somebody may have come before it.
pub(in crate::handler) fn hear(
    hall: &mut Hall,
    peers: &mut Peers,
    boot: String,
    keys: Vec<AdminKey>,
    sessions: &[AdminSession],
) {
    let now = ticks();
    for session in sessions {
        if let Some(idle) = session.idle {
            hall.desk.sittings.touched_elsewhere(session.number, idle, now);
        }
    }
    hall.desk.elsewhere.hear(boot, keys, sessions, now);
    login::look_again(hall, peers);
}

/// Other nodes hear what there is here, if it is time to say so.
pub(in crate::handler) fn say(hall: &mut Hall) {
    if !hall.ledger.is_shared() {
        return;
    }
    let now = ticks();
    let desk = &mut hall.desk;
    let link = desk.link.key(clock::now(), now).map(|(hash, left)| AdminKey { hash, by: None, left });
    let made = desk.keys.good(now).map(|(hash, by, left)| AdminKey { hash, by, left });
    let keys: Vec<AdminKey> = link.into_iter().chain(made).collect();
    let sessions = desk.sittings.iter().filter_map(|it| {
        let is_here = !desk.windows_of(it.number).is_empty();
        let idle = desk.sittings.idle_here(it.number, now).filter(|idle| *idle < LATELY);
        (is_here || idle.is_some()).then_some(AdminSession { number: it.number, idle, is_here })
    });
    let sessions: Vec<AdminSession> = sessions.collect();
    if desk.elsewhere.is_news(&keys, &sessions, now) {
        hall.ledger.tell_nodes(&Saying::Admins { keys, sessions });
    }
}
