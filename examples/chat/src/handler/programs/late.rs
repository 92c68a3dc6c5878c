//! Programs that come with what this node does not know: a key that was made at another node a moment ago, a room into which their
//! bot was taken there. They wait until this node knows all that others knew, and are looked at once more.

use std::net::IpAddr;
use std::time::Instant;

use pollcat::{Answer, Peers, RequestId};

use super::super::hall::Hall;
use super::answers::{Denial, JSON, PLAIN, Style, Told, count};
use super::{api, hooks};
use crate::history::KeyHash;
use crate::http::unknown::Load;
use crate::refusal::Refusal;
use crate::run::clock::ticks;
use crate::tickets::Ticket;

/// A request that was not granted, as far as it takes to look at it again.
#[derive(Debug)]
pub(super) struct Late {
    pub client: Option<IpAddr>,
    pub key: KeyHash,
    pub what: What,
}

#[derive(Debug)]
pub(super) enum What {
    /// The head of something for a hook.
    Hook,
    /// The head of what a bot asks. Its pace may have been taken.
    Call { asked: api::Asked, is_paid: bool },
    /// What a bot says, and when it was read.
    Words(Vec<u8>, Instant),
}

impl Late {
    fn style(&self) -> Style {
        match self.what {
            What::Hook => PLAIN,
            What::Call { .. } | What::Words(..) => JSON,
        }
    }

    fn length(&self) -> usize {
        match &self.what {
            What::Hook => 0,
            What::Call { asked, .. } => asked.length(),
            What::Words(body, _) => body.len(),
        }
    }
}

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
