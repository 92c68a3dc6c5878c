//! `POST /hooks/KEY`: what comes is said in the room of the key, by its bot.
//!
//! ```text
//!   method ─▶ key ─▶ may it speak there? ─▶ pace ─▶ media type ─▶ the body ─▶ text ─▶ messages ─▶ disk ─▶ 200
//!    405      404     403, 429 (slow)       429      415           413        400     413          409, 503
//! ```
//!
//! All of that comes before the body is read that does not need it. 200 says that the message is as safe as any other.

use std::borrow::Cow;
use std::net::IpAddr;
use std::time::Instant;

use pollcat::{Answer, Method, PeerId, Peers, Request};

use super::super::hall::Hall;
use super::answers::{Denial, PLAIN, Told};
use super::asked::{LONGEST, content_type};
use super::caller::Caller;
use super::cutting::parts;
use super::door;
use super::late::{Late, What};
use super::postings::Posting;
use super::sender_ids::SenderId;
use super::waiting::wait_or;
use crate::ask::{To, Wish};
use crate::cost::Cost;
use crate::history::{Entry, KeyHash, KeyKind, RoomId};
use crate::http::media::Media;
use crate::model::{By, Decision};
use crate::refusal::{Code, Refusal};
use crate::run::clock::ticks;
use crate::tickets::Waiting;
use crate::voices::json::hook::{Hooked, hooked};
use crate::words::weight;

const PREFIX: &str = "/hooks/";
/// A text becomes so many messages at most.
const MESSAGES: usize = 8;

/// What stands in the place of the key, in a path of a hook.
pub(super) fn key_of(path: &str) -> Option<&str> {
    path.strip_prefix(PREFIX).or((path == "/hooks").then_some(""))
}

pub(super) fn on_request(
    hall: &mut Hall,
    peers: &mut Peers,
    (id, request): (PeerId, &Request<'_>),
    key: &str,
) -> Told {
    if request.method() != Method::Post {
        let refusal = Refusal::new(Code::BadField, "a hook is posted to");
        return Err(PLAIN.refuse_with(405, &refusal).header("Allow", "POST"));
    }
    door::check_address(hall, request).map_err(|refusal| PLAIN.refuse(&refusal))?;
    let client = request.client();
    let Some(key) = door::hash_of(key) else {
        door::charge_guess(hall, client);
        return Err(no_such_hook());
    };
    let told = match judge(hall, &key) {
        Ok(()) if Media::of(content_type(request)).is_none() => Err(unread()),
        Ok(()) => Ok(Answer::read_body(LONGEST)),
        Err(denial) => {
            let late = || Late { client, key, what: What::Hook };
            wait_or(hall, peers.request_id(id), denial, late)
        }
    };
    charged(hall, client, told)
}

/// This node knows all that others knew when somebody came. What they send is looked at when it is here.
pub(super) fn look_again(hall: &mut Hall, client: Option<IpAddr>, key: &KeyHash) -> Told {
    let told = judge(hall, key).map(|()| Answer::read_body(LONGEST));
    charged(hall, client, told)
}

/// Whoever has guessed pays for it.
fn charged(hall: &mut Hall, client: Option<IpAddr>, told: Told) -> Told {
    told.inspect_err(|denial| {
        if denial.code() == Code::BadKey {
            door::charge_guess(hall, client);
        }
    })
}

/// May somebody who has this key speak now?
fn judge(hall: &mut Hall, key: &KeyHash) -> Result<(), Denial> {
    let refuse = |refusal: Refusal| PLAIN.refuse(&refusal);
    let (caller, room) = whose(hall, key).ok_or_else(no_such_hook)?;
    if hall.ledger.is_stopping() {
        return Err(refuse(Refusal::stopping()));
    }
    check_speaking(hall, caller, room).map_err(refuse)?;
    hall.callers.paces.take(caller, ticks()).map_err(|wait| refuse(Refusal::too_fast(wait)))
}

/// The key, and the room that it is for.
fn whose(hall: &Hall, key: &KeyHash) -> Option<(Caller, RoomId)> {
    let caller = door::caller(hall, key, KeyKind::Hook)?;
    Some((caller, caller.room?))
}

/// As of any page that is not there.
fn no_such_hook() -> Denial {
    let answer = Answer::refuse(404, "there is no such page").header("Cache-Control", "no-store");
    Denial::new(answer, Code::BadKey)
}

fn unread() -> Denial {
    let words = "a hook reads application/json, application/x-www-form-urlencoded and text/plain, in UTF-8";
    PLAIN.refuse_with(415, &Refusal::bad_field(words))
}

fn check_speaking(hall: &Hall, caller: Caller, room: RoomId) -> Result<(), Refusal> {
    if !hall.model.is_member(caller.bot, room) {
        let name = hall.model.room(room).map_or("that room", |room| room.name());
        return Err(Refusal::not_member(name));
    }
    let by = By { person: caller.bot, here: room, key: None, alias: None };
    hall.model.decide(by, Wish::Open { to: To::Here }, hall.moment()).map(drop)
}

pub(super) fn on_body(
    hall: &mut Hall,
    peers: &mut Peers,
    (id, request): (PeerId, &Request<'_>),
    key: &str,
    body: &[u8],
) -> Told {
    let read = Instant::now();
    // It may have been revoked while the body came.
    let key = door::hash_of(key);
    let (caller, room) = key.and_then(|key| whose(hall, &key)).ok_or_else(no_such_hook)?;
    let media = Media::of(content_type(request)).ok_or_else(unread)?;
    hall.callers.paces.owe(caller, 1, Cost::parsed(body.len()), ticks());
    let hooked = hooked(media, body).map_err(|words| PLAIN.refuse_with(400, &Refusal::bad_field(words)))?;
    let own = SenderId::of(request, caller.key);
    let decided = decide(hall, (caller, room), &hooked, own.as_ref());
    let mut entries = decided.map_err(|refusal| PLAIN.refuse(&refusal))?;
    // Whoever is told to come again sends all of it again.
    if !hall.ledger.has_room(&entries) {
        return Err(PLAIN.refuse(&Refusal::busy("too busy: nothing was stored, try again")));
    }
    door::note(hall, peers, caller);
    let request = peers.request_id(id);
    let left = entries.len();
    // Other words under the same id are refused by the part in which they begin, and then the others shall not be said.
    let behind = entries.split_off(if own.is_some() { left.min(1) } else { left }).into();
    let posting = Posting { style: PLAIN, caller, read, left, behind, failed: None, is_held: false };
    hall.callers.postings.begin(request, posting);
    for entry in entries {
        if let Err(refusal) = hall.submit(peers, entry, Waiting::Posted { request }) {
            hall.callers.postings.forget(request);
            return Err(PLAIN.refuse(&refusal));
        }
    }
    Ok(Answer::later())
}

/// What carries it out. Nothing of it is done if a part of it may not be.
fn decide(
    hall: &mut Hall,
    (caller, room): (Caller, RoomId),
    hooked: &Hooked,
    id: Option<&SenderId>,
) -> Result<Vec<Entry>, Refusal> {
    check_speaking(hall, caller, room)?;
    let longest = hall.settings.max_message;
    let most = if is_slow(hall, caller, room) { 1 } else { MESSAGES };
    let too_long = || {
        let words = format!("that is longer than {most} messages of {longest} characters");
        Refusal::new(Code::TooLong, words)
    };
    let parts = parts(&hooked.text, longest, most).ok_or_else(too_long)?;
    let mut entries = Vec::with_capacity(parts.len());
    let mut cost = Cost::judged(if hall.model.words().is_empty() { 0 } else { weight(&hooked.text) });
    for (number, part) in parts.iter().enumerate() {
        let key = id.map(|id| id.of_part(number));
        let alias = hooked.username.as_deref();
        let by = By { person: caller.bot, here: room, key: key.as_deref(), alias };
        let wish = Wish::Say { to: To::Here, text: Cow::Borrowed(part) };
        let decision = hall.model.decide(by, wish, hall.moment());
        let Decision { entries: decided, folded, .. } =
            decision.inspect_err(|_| hall.callers.paces.owe(caller, 1, cost, ticks()))?;
        cost = cost.and(Cost::folded(folded));
        entries.extend(decided);
    }
    hall.callers.paces.owe(caller, parts.len(), cost, ticks());
    entries.iter_mut().for_each(call_nobody);
    Ok(entries)
}

/// In a slow room the second part would have to wait.
fn is_slow(hall: &Hall, caller: Caller, room: RoomId) -> bool {
    let pace = hall.model.traits_of(room).map_or(0, |traits| traits.pace);
    pace > 0 && !hall.model.is_op(caller.bot, room)
}

/// Whatever its bot may do: what comes from outside calls no room together.
fn call_nobody(entry: &mut Entry) {
    if let Entry::Append(append) = entry {
        append.call = None;
    }
}
