//! Whose key it is that a request brings. A wrong one costs its address as much as ten messages, and the operator reads of it.

use std::net::IpAddr;

use pollcat::{Peers, Request};

use super::super::hall::Hall;
use super::caller::Caller;
use crate::cost::{Cost, GUESS, MESSAGE};
use crate::history::{Entry, KeyHash, KeyKind};
use crate::http::door::Reason;
use crate::pace::Wait;
use crate::refusal::Refusal;
use crate::run::clock::ticks;
use crate::tickets::Waiting;
use crate::token::Token;

/// Does the address still have a turn? It is asked before its key is looked at, so that whoever guesses is slow.
///
/// # Errors
///
/// It has asked for too much, or guessed too often.
pub(super) fn check_address(hall: &mut Hall, request: &Request<'_>) -> Result<(), Refusal> {
    let payer = hall.charges.payer(request.client());
    hall.charges.check_address(payer, ticks())?;
    hall.charges.take_file(payer, ticks()).map_err(|Wait(wait)| {
        hall.door.turned_away(Reason::Files, request.client());
        Refusal::too_fast(Wait(wait))
    })
}

/// A key is found by its hash, so how long that takes says nothing of any key. `None`: nobody can have such a one.
pub(super) fn hash_of(key: &str) -> Option<KeyHash> {
    Some(Token::parse(key)?.hash())
}

/// Whose key this is, if it opens that.
pub(super) fn caller(hall: &Hall, hash: &KeyHash, kind: KeyKind) -> Option<Caller> {
    let stored = hall.model.key(hash).filter(|stored| stored.kind == kind)?;
    let (key, bot, room, pace) = (stored.number, stored.bot, stored.room, stored.pace);
    Some(Caller { key, hash: *hash, kind, bot, room, pace })
}

/// Whoever tries keys pays for it.
pub(super) fn charge_guess(hall: &mut Hall, client: Option<IpAddr>) {
    hall.door.turned_away(Reason::Keys, client);
    let payer = hall.charges.payer(client);
    hall.charges.owe_address(payer, Cost::paid(GUESS * MESSAGE), ticks());
}

/// A key was used, which its owner may want to know: it is noted, but not each time.
pub(super) fn note(hall: &mut Hall, peers: &mut Peers, caller: Caller) {
    let at = hall.ledger.calendar().now();
    let seen = hall.model.key(&caller.hash).and_then(|stored| stored.seen);
    if hall.callers.paces.is_to_be_noted(caller, seen, at) {
        let _ = hall.submit(peers, Entry::SeeKey { key: caller.key, at }, Waiting::Nobody);
    }
}
