//! Programs that come by HTTP: hooks, and bots with a token.
//!
//! | file | what it knows |
//! |---|---|
//! | `callers.rs` | what is known of them, in `paces.rs`, `postings.rs` and `polls.rs`: how fast they are, what they wait for |
//! | `caller.rs`, `door.rs` | whose key it is that a request brings |
//! | `hooks.rs`, `cutting.rs` | `POST /hooks/KEY`: a text from Slack's world, perhaps cut |
//! | `sender_ids.rs` | what a sender sends again is said once |
//! | `api.rs` | `/api/v1/`: messages, rooms |
//! | `polling.rs`, `telling.rs` | and events, as soon as there are some |
//! | `asked.rs` | what the head of a request asks for |
//! | `late.rs`, `waiting.rs`, `again.rs` | what is not known here, and may be known to another node |
//! | `posted.rs` | what was said is on disk |
//! | `new_hook.rs`, `hook_files.rs` | hooks that were asked for on the command line |
//! | `answers.rs` | how they are answered |

mod again;
mod answers;
mod api;
mod asked;
mod caller;
pub(super) mod callers;
mod cutting;
mod door;
pub(super) mod hook_files;
mod hooks;
mod late;
mod new_hook;
mod paces;
mod polling;
mod polls;
mod posted;
mod postings;
mod sender_ids;
mod telling;
mod waiting;

use pollcat::{Answer, PeerId, Peers, Request, RequestId};

use super::hall::Hall;
use crate::history::Millis;
use answers::{JSON, PLAIN, count};
pub(super) use polling::polled;
pub(super) use posted::posted;

/// A request for a path that is for programs. Its host is right.
pub(super) fn on_request(hall: &mut Hall, peers: &mut Peers, id: PeerId, request: &Request<'_>) -> Answer {
    let (style, told) = match hooks::key_of(request.path()) {
        Some(key) => (PLAIN, hooks::on_request(hall, peers, (id, request), key)),
        None => (JSON, api::on_request(hall, peers, id, request)),
    };
    count(&hall.metrics, style, told)
}

/// The body of such a request is here.
pub(super) fn on_body(
    hall: &mut Hall,
    peers: &mut Peers,
    id: PeerId,
    request: &Request<'_>,
    body: &[u8],
) -> Answer {
    let (style, told) = match hooks::key_of(request.path()) {
        Some(key) => (PLAIN, hooks::on_body(hall, peers, (id, request), key, body)),
        None => (JSON, api::on_body(hall, peers, (id, request), body)),
    };
    count(&hall.metrics, style, told)
}

/// Nobody waits for the answer any more. What was posted is said all the same, to its end, and paid for.
pub(super) fn on_request_gone(hall: &mut Hall, request: RequestId) {
    hall.callers.polls.take(request);
    hall.callers.late.take(&request);
}

/// This node knows all by now that others knew when it was asked.
pub(super) fn reached(hall: &mut Hall, peers: &mut Peers, request: RequestId) {
    if !again::reached(hall, peers, request) {
        polling::reached(hall, peers, request);
    }
}

/// The chat stops.
pub(super) fn stop(hall: &mut Hall, peers: &mut Peers) {
    polling::stop(hall, peers);
    again::stop(hall, peers);
}

pub(super) fn pass_time(hall: &mut Hall, peers: &mut Peers, now: Millis) {
    again::pass_time(hall, peers);
    polling::pass_time(hall, peers, now);
    new_hook::pass_time(hall, peers, now);
}
