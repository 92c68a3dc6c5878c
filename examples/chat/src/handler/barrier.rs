//! Whoever comes from another node may know more than this one: they are let in when it knows as much. Later, too, they may have
//! heard of something by another way: what is refused for how things are here is looked at once more when this node knows as much.

use pollcat::{Message, PeerId};

use super::hall::Hall;
use crate::ask::Positions;
use crate::history::{Millis, PersonId};
use crate::model::Room;
use crate::refusal::{Code, Refusal};
use crate::run::clock::ticks;
use crate::session::{Barrier, Session, Stage};
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
    session.waits_until = ticks() + patience;
    hall.barriers.insert((session.waits_until, peer));
}

/// A request was refused. True: it is carried out once more when this node knows all that others know now.
pub(super) fn look_again(hall: &mut Hall, peer: PeerId, refusal: &Refusal, message: Message<'_>) -> bool {
    if !may_look_again(hall, peer, refusal.code) {
        return false;
    }
    let Some(session) = hall.sessions.get_mut(peer) else { return false };
    if !hall.early.take(session.payer, message.len()) {
        return false;
    }
    session.held.put_back(message, session.read);
    wait_for_all(hall, peer, Barrier::Again);
    true
}

/// Is a request that is refused for this reason looked at again? While the log is away nothing is to be learned.
pub(super) fn may_look_again(hall: &Hall, peer: PeerId, code: Code) -> bool {
    let is_first = |session: &Session| {
        matches!(session.stage(), Stage::Here(_)) && !session.is_again && !session.barrier.waits()
    };
    code.may_be_over()
        && hall.ledger.is_shared()
        && !hall.ledger.is_stopping()
        && hall.sessions.get(peer).is_some_and(is_first)
        && hall.ledger.trouble().is_none()
}

/// Who is nobody yet may try again with something that was made just now.
pub(super) fn begin_anew(hall: &mut Hall, peer: PeerId) {
    if let Some(session) = hall.sessions.get_mut(peer)
        && session.stage() == Stage::New
        && session.barrier == Barrier::Passed
    {
        session.barrier = Barrier::Open;
    }
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
