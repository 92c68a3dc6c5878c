//! `/api/v1/`: a bot speaks and reads by HTTP, with its token (RFC 6750).
//!
//! | | |
//! |---|---|
//! | `POST /api/v1/messages` | says something; with an `id`, once |
//! | `GET /api/v1/rooms` | where the bot is |
//! | `GET /api/v1/rooms/R/events` | what was said there, or will be (`polling.rs`) |

use std::collections::VecDeque;
use std::net::IpAddr;
use std::time::Instant;

use pollcat::{Answer, PeerId, Peers, Request, RequestId};

use super::super::hall::Hall;
use super::answers::{Denial, JSON, Told};
use super::asked::{Asked, LONGEST};
use super::caller::Caller;
use super::door;
use super::late::{Late, What};
use super::polling;
use super::postings::Posting;
use super::waiting::wait_or;
use crate::ask::{To, Wish};
use crate::cost::Cost;
use crate::history::{Entry, KeyHash, KeyKind};
use crate::model::{By, Decision};
use crate::refusal::{Code, Refusal};
use crate::run::clock::ticks;
use crate::tickets::Waiting;
use crate::voices::json::api;
use crate::words::weight;

pub(super) fn on_request(hall: &mut Hall, peers: &mut Peers, id: PeerId, request: &Request<'_>) -> Told {
    door::check_address(hall, request).map_err(|refusal| JSON.refuse(&refusal))?;
    let client = request.client();
    let key = key_of(request);
    let is_known = key.is_some_and(|key| whose(hall, &key).is_some());
    match (key, parse(request)) {
        (Some(key), Ok(asked)) => {
            call(hall, peers, peers.request_id(id), (client, &key), (asked, false), Turn::First)
        }
        (_, Err(denial)) if is_known => Err(denial),
        _ => {
            if request.header("authorization").is_some() {
                door::charge_guess(hall, client);
            }
            Err(unknown())
        }
    }
}

/// Is it looked at again, when this node knows all that others knew?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    First,
    Again,
}

fn parse(request: &Request<'_>) -> Result<Asked, Denial> {
    let asked = Asked::of(request).ok_or_else(|| {
        JSON.refuse_with(404, &Refusal::new(Code::UnknownType, "there is nothing here by this name"))
    })?;
    if !asked.allows(request.method()) {
        let allowed = if matches!(asked, Asked::Messages(_)) { "POST" } else { "GET, HEAD" };
        let refusal = Refusal::new(Code::UnknownType, format!("here one may {allowed}"));
        return Err(JSON.refuse_with(405, &refusal).header("Allow", allowed));
    }
    Ok(asked)
}

pub(super) fn call_again(
    hall: &mut Hall,
    peers: &mut Peers,
    request: RequestId,
    from: (Option<IpAddr>, &KeyHash),
    asked: (Asked, bool),
) -> Told {
    call(hall, peers, request, from, asked, Turn::Again)
}

/// Who asks for what: that is known by the head. It may be paid for.
fn call(
    hall: &mut Hall,
    peers: &mut Peers,
    request: RequestId,
    (client, key): (Option<IpAddr>, &KeyHash),
    (asked, is_paid): (Asked, bool),
    turn: Turn,
) -> Told {
    let told = answer(hall, peers, (request, key), (&asked, is_paid));
    let told = match (told, turn) {
        (Err(denial), Turn::First) => {
            // Only of somebody who is known anything was taken.
            let is_paid = denial.code() != Code::BadKey;
            let late = || Late { client, key: *key, what: What::Call { asked, is_paid } };
            wait_or(hall, request, denial, late)
        }
        (told, _) => told,
    };
    told.inspect_err(|denial| {
        if denial.code() == Code::BadKey {
            door::charge_guess(hall, client);
        }
    })
}

fn answer(
    hall: &mut Hall,
    peers: &mut Peers,
    (request, key): (RequestId, &KeyHash),
    (asked, is_paid): (&Asked, bool),
) -> Told {
    let refuse = |refusal: Refusal| JSON.refuse(&refusal);
    let caller = whose(hall, key).ok_or_else(unknown)?;
    if hall.ledger.is_stopping() {
        return Err(refuse(Refusal::stopping()));
    }
    if !is_paid {
        let taken = match asked {
            Asked::Messages(_) => hall.callers.paces.take(caller, ticks()),
            Asked::Rooms | Asked::Events(..) => hall.callers.paces.take_asking(caller, ticks()),
        };
        taken.map_err(|wait| refuse(Refusal::too_fast(wait)))?;
    }
    if let Some(ban) = hall.model.ban_of(caller.bot, hall.ledger.calendar().now()) {
        return Err(refuse(Refusal::banned(ban.until, hall.ledger.calendar().now())));
    }
    match asked {
        Asked::Messages(fault) => {
            let fault = fault.as_ref().map_err(|(status, refusal)| JSON.refuse_with(*status, refusal));
            fault.map(|()| Answer::read_body(LONGEST))
        }
        Asked::Rooms => {
            door::note(hall, peers, caller);
            Ok(rooms(hall, caller))
        }
        Asked::Events(room, asked) => {
            door::note(hall, peers, caller);
            let asked = asked.as_ref().map_err(|refusal| JSON.refuse(refusal))?;
            polling::ask(hall, peers, request, caller, (room, asked)).map_err(refuse)
        }
    }
}

fn key_of(request: &Request<'_>) -> Option<KeyHash> {
    door::hash_of(request.bearer()?)
}

fn whose(hall: &Hall, key: &KeyHash) -> Option<Caller> {
    door::caller(hall, key, KeyKind::Token)
}

fn unknown() -> Denial {
    let refusal = Refusal::new(Code::BadKey, "say who you are: Authorization: Bearer TOKEN");
    JSON.refuse_with(401, &refusal).header("WWW-Authenticate", "Bearer")
}

fn rooms(hall: &mut Hall, caller: Caller) -> Answer {
    let body = api::rooms(&hall.model, caller.bot);
    let cost = Cost::rows(hall.model.rooms_of(caller.bot).count()).and(Cost::answered(body.len()));
    hall.callers.paces.owe_asking(caller, cost, ticks());
    JSON.page(200, body)
}

pub(super) fn on_body(
    hall: &mut Hall,
    peers: &mut Peers,
    (id, request): (PeerId, &Request<'_>),
    body: &[u8],
) -> Told {
    let read = Instant::now();
    let (client, key) = (request.client(), key_of(request).ok_or_else(unknown)?);
    let request = peers.request_id(id);
    say(hall, peers, request, &key, (body, read)).or_else(|denial| {
        let late = || Late { client, key, what: What::Words(body.to_vec(), read) };
        wait_or(hall, request, denial, late)
    })
}

pub(super) fn say(
    hall: &mut Hall,
    peers: &mut Peers,
    request: RequestId,
    key: &KeyHash,
    (body, read): (&[u8], Instant),
) -> Told {
    // It may have been revoked while the body came.
    let caller = whose(hall, key).ok_or_else(unknown)?;
    let entries = decide(hall, caller, body).map_err(|refusal| JSON.refuse(&refusal))?;
    door::note(hall, peers, caller);
    // The last of them says it; a private talk may have to begin before.
    let posting =
        Posting { style: JSON, caller, read, left: 1, behind: VecDeque::new(), failed: None, is_held: false };
    hall.callers.postings.begin(request, posting);
    if let Err(refusal) = hall.submit_all(peers, entries, Waiting::Posted { request }) {
        hall.callers.postings.forget(request);
        return Err(JSON.refuse(&refusal));
    }
    Ok(Answer::later())
}

fn decide(hall: &mut Hall, caller: Caller, body: &[u8]) -> Result<Vec<Entry>, Refusal> {
    hall.callers.paces.owe(caller, 1, Cost::parsed(body.len()), ticks());
    let asked = api::message(body)?;
    let judged = Cost::judged(if hall.model.words().is_empty() { 0 } else { weight(&asked.msg) });
    hall.callers.paces.owe(caller, 1, judged, ticks());
    let by = By { person: caller.bot, here: hall.model.lobby(), key: asked.id.as_deref(), alias: None };
    let wish = Wish::Say { to: To::Room(asked.room), text: asked.msg };
    let Decision { entries, folded, .. } = hall.model.decide(by, wish, hall.moment())?;
    hall.callers.paces.owe(caller, 1, Cost::folded(folded), ticks());
    Ok(entries)
}
