//! Who is refused waits until this node knows all that others knew.

use pollcat::{Answer, RequestId};

use super::super::hall::Hall;
use super::answers::{Denial, Told};
use super::late::Late;
use crate::http::unknown::Load;
use crate::run::clock::ticks;
use crate::tickets::Ticket;

/// Another node may know better: the request is looked at again. If that is not so, this is its answer.
pub(super) fn wait_or(
    hall: &mut Hall,
    request: RequestId,
    denial: Denial,
    late: impl FnOnce() -> Late,
) -> Told {
    if !hall.ledger.is_shared() || hall.ledger.is_stopping() || !denial.code().may_be_over() {
        return Err(denial);
    }
    let late = late();
    let load = Load { payer: hall.charges.payer(late.client), bytes: late.length() };
    let waiting = &mut hall.callers.late;
    if !waiting.has_room(load) {
        return Err(denial);
    }
    waiting.wait(&request, late, load, ticks());
    if !hall.ledger.wait_for_all(Ticket::Program(request)) {
        hall.callers.late.take(&request);
        return Err(denial);
    }
    Ok(Answer::later())
}
