//! `GET /api/v1/rooms/R/events`: what was said in a room after an offset. If there is nothing yet, the answer waits for the
//! first that comes, as long as it was asked to: a program that asks again and again misses nothing, and waits for nothing.

use pollcat::{Answer, Peers, RequestId};

use super::super::hall::Hall;
use super::asked::Events;
use super::caller::Caller;
use super::polls::{Full, Poll};
use super::telling::{afresh, answer_all, refuse, told};
use crate::history::{Failure, Found, Millis, Offset, Read};
use crate::model::Room;
use crate::pace::Wait;
use crate::refusal::Refusal;
use crate::run::clock::ticks;
use crate::tickets::{Question, Ticket};
use crate::voices::json::api;

/// So long a program waits that has heard more at another node, in milliseconds, however short it wants to wait.
const PATIENCE: Millis = 2_000;

/// Where it goes on from; `None`: afresh, for nothing can be made of what the client has.
fn place(room: &Room, asked: &Events) -> Option<Offset> {
    let after = asked.after?;
    let is_same = asked.epoch.as_deref().is_none_or(|epoch| epoch == room.epoch());
    (is_same && after + 1 >= room.first() && after <= room.last()).then_some(after)
}

/// What the client has heard and this node has not, if it is of this history: it comes from a node that was faster.
fn ahead(room: &Room, asked: &Events) -> Option<Offset> {
    let is_same = asked.epoch.as_deref().is_none_or(|epoch| epoch == room.epoch());
    asked.after.filter(|after| is_same && *after > room.last())
}

/// At once, or later.
pub(super) fn ask(
    hall: &mut Hall,
    peers: &mut Peers,
    request: RequestId,
    caller: Caller,
    (name, asked): (&str, &Events),
) -> Result<Answer, Refusal> {
    let id_of_room = hall.model.room_of(caller.bot, name)?;
    let room = hall.model.room(id_of_room).ok_or_else(Refusal::room_is_gone)?;
    let limit = asked.limit;
    if let Some(after) = ahead(room, asked).filter(|_| hall.ledger.is_shared()) {
        let until = ticks() + (asked.wait * 1000).max(PATIENCE);
        begin(hall, peers, Poll { request, caller, room: id_of_room, after, limit, until: Some(until) })?;
        // While the log is away they hear in time that there is nothing.
        hall.ledger.wait_for_all(Ticket::Program(request));
        return Ok(Answer::later());
    }
    let Some(after) = place(room, asked) else {
        let body = afresh(&hall.model, room, limit);
        return Ok(told(&mut hall.callers.paces, caller, body));
    };
    let poll = |until| Poll { request, caller, room: id_of_room, after, limit, until };
    let poll = match room.after(after) {
        None => poll(None),
        Some(_) if after == room.last() && asked.wait > 0 => poll(Some(ticks() + asked.wait * 1000)),
        Some(events) => {
            let body = api::events(&hall.model, room, after, (events, limit, false));
            return Ok(told(&mut hall.callers.paces, caller, body));
        }
    };
    begin(hall, peers, poll)?;
    Ok(Answer::later())
}

/// This node knows all by now that others knew when it was asked. What nobody knows is of another history.
pub(in crate::handler) fn reached(hall: &mut Hall, peers: &mut Peers, request: RequestId) {
    let Some(poll) = hall.callers.polls.get(request) else { return };
    let last = hall.model.room(poll.room).map_or(0, Room::last);
    let waits_on = poll.until.is_some_and(|until| until > ticks() + PATIENCE);
    if last == poll.after && waits_on {
        return;
    }
    let Some(poll) = hall.callers.polls.take(request) else { return };
    let Some(room) = hall.model.room(poll.room).filter(|_| last < poll.after) else {
        return answer_all(peers, (&hall.model, &hall.metrics), &mut hall.callers.paces, &[poll]);
    };
    let body = afresh(&hall.model, room, poll.limit);
    let answer = told(&mut hall.callers.paces, poll.caller, body);
    peers.answer_request(poll.request, answer);
}

fn begin(hall: &mut Hall, peers: &mut Peers, poll: Poll<RequestId>) -> Result<(), Refusal> {
    let Poll { request, room, after, limit, until, .. } = poll;
    let too_many = |Full| Refusal::busy("too many wait for something to be said: try again");
    if let Some(oldest) = hall.callers.polls.begin(poll).map_err(too_many)? {
        let mut refusal = Refusal::too_fast(Wait(5_000));
        refusal.words =
            "a token waits in four places at most: a newer one has taken the place of this one".into();
        refuse(peers, &hall.metrics, &oldest, &refusal);
    }
    if until.is_some() {
        return Ok(());
    }
    let asked = hall.ledger.read(Read::After { room, after, limit }, Question::Polled { request });
    asked.inspect_err(|_| _ = hall.callers.polls.take(request))
}

/// The disk has answered.
pub(in crate::handler) fn polled(
    hall: &mut Hall,
    peers: &mut Peers,
    request: RequestId,
    found: Result<Found, Failure>,
) {
    let Some(poll) = hall.callers.polls.take(request) else {
        return;
    };
    let Some(room) = hall.model.room(poll.room) else {
        return refuse(peers, &hall.metrics, &poll, &Refusal::room_is_gone());
    };
    let body = match found {
        Ok(Found::Events { events, first }) if first <= poll.after + 1 && !room.heard(&events).is_empty() => {
            let heard = room.heard(&events);
            let more = heard.last().is_some_and(|event| event.offset < room.last());
            api::events(&hall.model, room, poll.after, (heard.iter(), poll.limit, more))
        }
        // Given up meanwhile.
        Ok(_) => afresh(&hall.model, room, poll.limit),
        Err(failure) => return refuse(peers, &hall.metrics, &poll, &failure.into()),
    };
    let answer = told(&mut hall.callers.paces, poll.caller, body);
    peers.answer_request(poll.request, answer);
}

/// Those that have waited long enough hear that there is nothing.
pub(in crate::handler) fn pass_time(hall: &mut Hall, peers: &mut Peers, now: Millis) {
    let polls = hall.callers.polls.over(now);
    answer_all(peers, (&hall.model, &hall.metrics), &mut hall.callers.paces, &polls);
}

/// The chat stops.
pub(in crate::handler) fn stop(hall: &mut Hall, peers: &mut Peers) {
    for poll in hall.callers.polls.ended(|_| true) {
        refuse(peers, &hall.metrics, &poll, &Refusal::stopping());
    }
}
