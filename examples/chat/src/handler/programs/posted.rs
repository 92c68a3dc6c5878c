//! What was said by HTTP has come to the disk, or has not: its sender is answered.

use pollcat::{Peers, RequestId};

use super::super::hall::Hall;
use super::answers::{PLAIN, Style, Told, count};
use super::postings::Posting;
use crate::history::{Done, Failure, Outcome};
use crate::news::News;
use crate::refusal::Refusal;
use crate::run::clock::ticks;
use crate::tickets::Waiting;
use crate::voices::json::api;

/// The history says how a part came out. Whoever said it hears so before others hear it, and pays for the telling.
pub(in crate::handler) fn posted(
    hall: &mut Hall,
    peers: &mut Peers,
    request: RequestId,
    outcome: &Outcome,
    news: &[News],
) {
    let caller = hall.callers.postings.caller(request);
    if let Some(posting) = hall.callers.postings.settle(request, outcome) {
        let told = answer(hall, &posting, outcome);
        let is_safe = told.is_ok();
        peers.answer_request(request, count(&hall.metrics, posting.style, told));
        if is_safe {
            hall.metrics.acked(posting.read.elapsed());
        }
    } else {
        go_on(hall, peers, request);
    }
    let cost = hall.tell(peers, news, None);
    if let Some(caller) = caller {
        hall.callers.paces.owe(caller, 1, cost, ticks());
    }
}

/// The next part of a hook's text. One at a time: if one is refused, as other words under a known id are, none comes behind it.
fn go_on(hall: &mut Hall, peers: &mut Peers, request: RequestId) {
    let Some(entry) = hall.callers.postings.take_behind(request) else { return };
    if let Err(refusal) = hall.submit(peers, entry, Waiting::Posted { request }) {
        hall.callers.postings.forget(request);
        let refusal = refusal.in_part();
        peers.answer_request(request, count(&hall.metrics, PLAIN, Err(PLAIN.refuse(&refusal))));
    }
}

fn answer(hall: &Hall, posting: &Posting, outcome: &Outcome) -> Told {
    let Posting { style, failed, is_held, .. } = posting;
    if let Some(failure) = failed {
        return Err(style.refuse_failed(failure, &explained(hall, failure)));
    }
    Ok(match (style, outcome) {
        (Style::Plain, _) if *is_held => style.page(202, "somebody looks at it first\n".to_owned()),
        (Style::Plain, _) => style.page(200, "ok".to_owned()),
        (Style::Json, Ok(Done::Appended { room, offset, at, repeated })) => {
            let name = hall.model.room(*room).map_or("", |room| room.name());
            style.page(200, api::said(name, *offset, *at, *repeated))
        }
        (Style::Json, _) => style.page(202, api::held()),
    })
}

/// In words that say how long, where that is known.
fn explained(hall: &Hall, failure: &Failure) -> Refusal {
    match failure {
        Failure::TooSoon(until) => Refusal::slow(*until, hall.ledger.calendar().now()),
        failure => failure.clone().into(),
    }
}
