//! Whoever comes from another node may know more than this one: they are let in when it knows as much.

use pollcat::PeerId;

use super::hall::Hall;
use crate::ask::Positions;
use crate::history::{Millis, PersonId};
use crate::model::Room;
use crate::refusal::Refusal;
use crate::run::clock::ticks;
use crate::session::Barrier;
use crate::tickets::Ticket;

/// Nobody waits longer for this node to know what others knew, in milliseconds, whatever is the matter with it.
const PATIENCE: Millis = 2_000;

/// Somebody has come, perhaps from a node that was faster: what they say waits until this one knows all that others knew.
pub(super) fn wait_for_all(hall: &mut Hall, peer: PeerId, barrier: Barrier) {
    let Some(session) = hall.sessions.get_mut(peer) else { return };
    session.barrier = barrier;
    session.held.hold();
    // What will never come is not waited for.
    let patience = if hall.ledger.wait_for_all(Ticket::Barrier(peer)) { PATIENCE } else { 0 };
    hall.barriers.insert((ticks() + patience, peer));
}

/// May somebody be let in who may know more than this node? While the log is away, only if it is plain that they do not.
pub(super) fn check_not_ahead(
    hall: &Hall,
    peer: PeerId,
    person: Option<PersonId>,
    has: &Positions,
) -> Result<(), Refusal> {
    let session = hall.sessions.get(peer);
    if session.is_none_or(|session| session.barrier != Barrier::Failed) {
        return Ok(());
    }
    let is_ahead = |room: &Room| {
        has.get(room.name())
            .is_some_and(|position| position.epoch == room.epoch() && position.offset > room.last())
    };
    match person {
        Some(person) if !hall.model.rooms_of(person).any(is_ahead) => Ok(()),
        _ => Err(Refusal::behind()),
    }
}
