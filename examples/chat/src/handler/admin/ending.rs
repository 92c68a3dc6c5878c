//! Whether somebody may still be on the admin page, and how a session of it ends.

use pollcat::Peers;

use super::desk::{BAD_KEY, ROLE_LOST};
use crate::handler::hall::Hall;
use crate::history::{Act, By, Deed, Entry, Number};
use crate::rights::{InChat, Lack, Standing, has_chat};
use crate::tickets::Waiting;

/// May they be here, now?
///
/// # Errors
///
/// What they lack.
pub(super) fn check(hall: &Hall, by: By) -> Result<(), Lack> {
    has_chat(standing(hall, by), InChat::Administer)
}

pub(super) fn standing(hall: &Hall, by: By) -> Standing {
    let at = hall.moment().at;
    by.map_or(Standing::OPERATOR, |person| hall.model.standing(person, None, at))
}

/// Somebody may not be here any more: all their sessions end.
pub(super) fn end(hall: &mut Hall, peers: &mut Peers, number: Number, why: &str) {
    let Some(by) = hall.desk.sittings.get(number).map(|sitting| sitting.by) else {
        return;
    };
    let all: Vec<Number> = match by {
        Some(person) => hall.desk.sittings.of(person).map(|sitting| sitting.number).collect(),
        None => vec![number],
    };
    for number in all {
        for peer in hall.desk.windows_of(number) {
            peers.close(peer, ROLE_LOST, why);
        }
        close_for(hall, peers, number, why);
    }
}

/// The chat itself ends a session: whose it was need not have the right to any more.
pub(super) fn close_for(hall: &mut Hall, peers: &mut Peers, number: Number, why: &str) {
    for peer in hall.desk.windows_of(number) {
        peers.close(peer, BAD_KEY, why);
    }
    hall.desk.sittings.remove(number);
    let act = Act::CloseAdmin { session: number };
    let deed = Deed { by: None, at: hall.moment().at, reason: why.to_owned(), act };
    // What cannot be stored now is over in seven days at the latest.
    let _ = hall.submit(peers, Entry::Act(deed), Waiting::Nobody);
}

/// Who it is, for the log.
pub(super) fn told_to(hall: &Hall, by: By) -> String {
    by.map_or("whoever runs the chat".to_owned(), |person| {
        format!("{} ({person})", hall.model.name_of(person))
    })
}
