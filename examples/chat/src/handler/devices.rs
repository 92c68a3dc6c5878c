//! One person on one more device: by a code that another one of theirs has shown.

use pollcat::Peers;

use super::hall::Hall;
use super::welcome::welcome;
use crate::ask::Positions;
use crate::history::{Entry, Failure, KeyHash, PersonId};
use crate::refusal::Refusal;
use crate::session::Stage;
use crate::tickets::{Asker, Waiting};
use crate::token::Token;

/// Somebody on one more device: they are welcomed there when its token is on disk.
pub(super) fn link(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    (person, code): (PersonId, KeyHash),
    has: Positions,
) -> Result<(), Refusal> {
    let token = Token::new().expect("the system has randomness to give, as it had at the start");
    let entry =
        Entry::AddToken { person, token: token.hash(), at: hall.ledger.calendar().now(), code: Some(code) };
    if let Some(session) = hall.sessions.get_mut(asker.peer) {
        session.arrive(person);
        session.token = Some(token.hash());
    }
    let waiting = Waiting::Linked { asker: asker.clone(), person, token, has };
    hall.submit(peers, entry, waiting).inspect_err(|_| {
        if let Some(session) = hall.sessions.get_mut(asker.peer) {
            session.stay_new();
        }
    })
}

/// The token of another device is on disk, or cannot be.
pub(super) fn linked(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    (person, token): (PersonId, &Token),
    outcome: Result<(), Failure>,
    has: Positions,
) {
    let Some(session) = hall.sessions.get_mut(asker.peer) else {
        return;
    };
    if session.stage() != Stage::Arriving(person) {
        return; // it is being closed
    }
    if let Err(failure) = outcome {
        session.stay_new();
        let refusal = match failure {
            Failure::NoSuchPerson | Failure::Taken => Refusal::bad_code(),
            Failure::Busy => {
                Refusal::busy("too many devices are this person already: end some of their sessions")
            }
            failure => failure.into(),
        };
        return hall.refuse(peers, asker, &refusal);
    }
    welcome(hall, peers, asker, (person, false), Some(token), has);
}
