//! Wishes: the model decides, and what it has decided is on its way to the disk.

use pollcat::Peers;

use super::hall::Hall;
use crate::ask::{To, Wish};
use crate::cost::Cost;
use crate::history::{Entry, RoomId, RoomKind};
use crate::model::Decision;
use crate::refusal::Refusal;
use crate::tickets::{Asker, Waiting};

/// What is to happen when a wish is on disk.
enum Then {
    Say,
    Open,
    Enter,
    Leave,
    Rename,
}

/// Nobody hears of what lasts before it is on disk.
pub(super) fn grant(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    wish: Wish<'_>,
) -> Result<(), Refusal> {
    let then = match wish {
        Wish::Say { .. } | Wish::Show { .. } | Wish::TakeBack { .. } => Then::Say,
        Wish::Open { .. } => Then::Open,
        Wish::Join { .. } => Then::Enter,
        Wish::Leave { .. } => Then::Leave,
        Wish::Rename { .. } => Then::Rename,
    };
    let person = hall.by(asker)?.person;
    let Decision { entries, room, .. } = decide(hall, asker, wish)?;
    let asker = asker.clone();
    let waiting = match then {
        Then::Say => Waiting::Said(asker),
        Then::Open => Waiting::Nobody,
        // They are a member already.
        Then::Enter if entries.is_empty() => {
            hall.enter(peers, &asker, room);
            return Ok(());
        }
        Then::Enter => Waiting::Entered { asker, room },
        Then::Leave => Waiting::Done(asker),
        Then::Rename => Waiting::Renamed { asker, person },
    };
    hall.submit_all(peers, entries, waiting)
}

/// The room in which something is going to be said. A private talk begins now.
pub(super) fn open(hall: &mut Hall, peers: &mut Peers, asker: &Asker, to: To<'_>) -> Result<RoomId, Refusal> {
    let Decision { entries, room, .. } = decide(hall, asker, Wish::Open { to })?;
    hall.submit_all(peers, entries, Waiting::Nobody)?;
    Ok(room)
}

/// What is to be done. It is paid for what the decision took, and for what others will hear of it.
fn decide(hall: &mut Hall, asker: &Asker, wish: Wish<'_>) -> Result<Decision, Refusal> {
    let decision = hall.model.decide(hall.by(asker)?, wish, hall.moment())?;
    hall.charge(asker.peer, Cost::folded(decision.folded));
    let is_new = |entry: &Entry| matches!(entry, Entry::Create { kind: RoomKind::Public, .. });
    if decision.entries.iter().any(is_new) {
        // That there is a new room, and in time that it is gone.
        hall.charge(asker.peer, Cost::told(2 * hall.sessions.len()));
    }
    Ok(decision)
}
