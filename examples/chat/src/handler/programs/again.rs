//! Who has waited for what other nodes knew is looked at once more.

use pollcat::{Peers, RequestId};

use super::super::hall::Hall;
use super::answers::count;
use super::late::{Late, What};
use super::{api, hooks};
use crate::refusal::Refusal;
use crate::run::clock::ticks;

/// This node knows all by now that others knew when it was asked. True: the request has waited here for that.
pub(super) fn reached(hall: &mut Hall, peers: &mut Peers, request: RequestId) -> bool {
    let late = hall.callers.late.take(&request);
    let has_waited = !late.is_empty();
    late.into_iter().for_each(|late| look_again(hall, peers, request, late));
    has_waited
}

/// Who has waited for too long is looked at as well: much may have come meanwhile.
pub(super) fn pass_time(hall: &mut Hall, peers: &mut Peers) {
    for (request, late) in hall.callers.late.pass_time(ticks()) {
        look_again(hall, peers, request, late);
    }
}

/// The chat stops.
pub(super) fn stop(hall: &mut Hall, peers: &mut Peers) {
    for (request, late) in hall.callers.late.send_away() {
        let answer = late.style().refuse(&Refusal::stopping());
        peers.answer_request(request, count(&hall.metrics, late.style(), Err(answer)));
    }
}

fn look_again(hall: &mut Hall, peers: &mut Peers, request: RequestId, late: Late) {
    let style = late.style();
    let told = match late.what {
        What::Hook => hooks::look_again(hall, late.client, &late.key),
        What::Call { asked, is_paid } => {
            api::call_again(hall, peers, request, (late.client, &late.key), (asked, is_paid))
        }
        What::Words(body, read) => api::say(hall, peers, request, &late.key, (&body, read)),
    };
    let answer = count(&hall.metrics, style, told);
    if !answer.is_later() {
        peers.answer_request(request, answer);
    }
}
