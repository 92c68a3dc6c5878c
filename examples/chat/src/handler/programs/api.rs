//! `/api/v1/`: a bot speaks and reads by HTTP, with its token (RFC 6750).
//!
//! | | |
//! |---|---|
//! | `POST /api/v1/messages` | says something; with an `id`, once |
//! | `GET /api/v1/rooms` | where the bot is |
//! | `GET /api/v1/rooms/R/events` | what was said there, or will be (`polling.rs`) |

use std::collections::VecDeque;
use std::time::Instant;

use pollcat::{Answer, Method, PeerId, Peers, Request};

use super::super::hall::Hall;
use super::answers::{Denial, JSON, Told};
use super::caller::Caller;
use super::door;
use super::hooks::{LONGEST, content_type};
use super::polling;
use super::postings::Posting;
use crate::ask::{To, Wish};
use crate::cost::Cost;
use crate::history::{Entry, KeyKind};
use crate::http::media::Media;
use crate::model::{By, Decision};
use crate::refusal::{Code, Refusal};
use crate::run::clock::ticks;
use crate::tickets::Waiting;
use crate::voices::json::api;
use crate::words::weight;

/// What is asked for.
enum Asked {
    Messages,
    Rooms,
    Events(String),
}

impl Asked {
    fn of(request: &Request<'_>) -> Option<Asked> {
        let path = request.decoded_path()?;
        match path.strip_prefix("/api/v1/")? {
            "messages" => Some(Asked::Messages),
            "rooms" => Some(Asked::Rooms),
            path => Some(Asked::Events(path.strip_prefix("rooms/")?.strip_suffix("/events")?.to_owned())),
        }
    }

    fn allows(&self, method: Method) -> bool {
        match self {
            Asked::Messages => method == Method::Post,
            Asked::Rooms | Asked::Events(_) => matches!(method, Method::Get | Method::Head),
        }
    }
}

pub(super) fn on_request(hall: &mut Hall, peers: &mut Peers, id: PeerId, request: &Request<'_>) -> Told {
    match judge(hall, request)? {
        (_, Asked::Messages) => Ok(Answer::read_body(LONGEST)),
        (caller, Asked::Rooms) => {
            door::note(hall, peers, caller);
            Ok(rooms(hall, caller))
        }
        (caller, Asked::Events(room)) => {
            door::note(hall, peers, caller);
            polling::ask(hall, peers, (id, request), caller, &room).map_err(|refusal| JSON.refuse(&refusal))
        }
    }
}

/// All that is known before a body is.
fn judge(hall: &mut Hall, request: &Request<'_>) -> Result<(Caller, Asked), Denial> {
    let refuse = |refusal: Refusal| JSON.refuse(&refusal);
    door::check_address(hall, request).map_err(refuse)?;
    let caller = whose(hall, request).ok_or_else(|| {
        if request.header("authorization").is_some() {
            door::charge_guess(hall, request);
        }
        unknown()
    })?;
    let asked = Asked::of(request).ok_or_else(|| {
        JSON.refuse_with(404, &Refusal::new(Code::UnknownType, "there is nothing here by this name"))
    })?;
    if !asked.allows(request.method()) {
        let allowed = if matches!(asked, Asked::Messages) { "POST" } else { "GET, HEAD" };
        let refusal = Refusal::new(Code::UnknownType, format!("here one may {allowed}"));
        return Err(JSON.refuse_with(405, &refusal).header("Allow", allowed));
    }
    if hall.ledger.is_stopping() {
        return Err(refuse(Refusal::stopping()));
    }
    if let Some(ban) = hall.model.ban_of(caller.bot, hall.ledger.calendar().now()) {
        return Err(refuse(Refusal::banned(ban.until, hall.ledger.calendar().now())));
    }
    let too_fast = |wait| refuse(Refusal::too_fast(wait));
    match asked {
        Asked::Messages => {
            hall.callers.paces.take(caller, ticks()).map_err(too_fast)?;
            check_body(request)?;
        }
        Asked::Rooms | Asked::Events(_) => {
            hall.callers.paces.take_asking(caller, ticks()).map_err(too_fast)?
        }
    }
    Ok((caller, asked))
}

fn whose(hall: &Hall, request: &Request<'_>) -> Option<Caller> {
    door::caller(hall, request.bearer()?, KeyKind::Token)
}

fn unknown() -> Denial {
    let refusal = Refusal::new(Code::BadKey, "say who you are: Authorization: Bearer TOKEN");
    JSON.refuse_with(401, &refusal).header("WWW-Authenticate", "Bearer")
}

/// What `curl -d` sends calls itself a form.
fn check_body(request: &Request<'_>) -> Result<(), Denial> {
    if !matches!(Media::of(content_type(request)), Some(Media::Json | Media::Form | Media::Unsaid)) {
        return Err(JSON.refuse_with(415, &Refusal::bad_field("a message is sent as application/json")));
    }
    if request.content_length().is_some_and(|bytes| bytes > LONGEST as u64) {
        let refusal = Refusal::new(Code::TooLong, format!("a body has at most {LONGEST} bytes"));
        return Err(JSON.refuse_with(413, &refusal));
    }
    Ok(())
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
    // It may have been revoked while the body came.
    let caller = whose(hall, request).ok_or_else(unknown)?;
    let entries = decide(hall, caller, body).map_err(|refusal| JSON.refuse(&refusal))?;
    door::note(hall, peers, caller);
    let request = peers.request_id(id);
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
