//! What those are told who wait for something to be said, or ask for it.

use pollcat::{Answer, Peers, RequestId};

use super::answers::JSON;
use super::caller::Caller;
use super::paces::Paces;
use super::polls::Poll;
use crate::cost::Cost;
use crate::history::{Offset, RoomId};
use crate::metrics::Metrics;
use crate::model::{Model, Room};
use crate::refusal::Refusal;
use crate::run::clock::ticks;
use crate::voices::json::api;

/// The latest, from memory.
pub(super) fn afresh(model: &Model, room: &Room, limit: usize) -> String {
    api::latest(model, room, room.recent().iter(), limit)
}

pub(super) fn told(paces: &mut Paces, caller: Caller, body: String) -> Answer {
    paces.owe_asking(caller, Cost::answered(body.len()), ticks());
    JSON.page(200, body)
}

/// Something was said where they wait, or they have waited long enough. Most of them have heard the same before, so what
/// they are told is written once.
pub(super) fn answer_all(
    peers: &mut Peers,
    (model, metrics): (&Model, &Metrics),
    paces: &mut Paces,
    polls: &[Poll<RequestId>],
) {
    let mut written: Option<((RoomId, Offset, usize), Answer, usize)> = None;
    for poll in polls {
        let same = (poll.room, poll.after, poll.limit);
        if written.as_ref().is_none_or(|(of, ..)| *of != same) {
            let Some(room) = model.room(poll.room) else {
                refuse(peers, metrics, poll, &Refusal::room_is_gone());
                continue;
            };
            let body = match room.after(poll.after) {
                Some(events) => api::events(model, room, poll.after, (events, poll.limit, false)),
                // More was said at once than memory holds.
                None => afresh(model, room, poll.limit),
            };
            written = Some((same, JSON.page(200, body.clone()), body.len()));
        }
        let Some((_, answer, length)) = &written else { continue };
        paces.owe_asking(poll.caller, Cost::answered(*length), ticks());
        peers.answer_request(poll.request, answer.clone());
    }
}

pub(super) fn refuse(peers: &mut Peers, metrics: &Metrics, poll: &Poll<RequestId>, refusal: &Refusal) {
    peers.answer_request(poll.request, JSON.refuse(refusal).counted(metrics));
}
