//! Connections that are ended by an act: kicked, banned, a session that is over, somebody who has erased themself. It is so
//! within the same turn: nothing that they have sent, and nothing that is on its way to them, counts any more.

use pollcat::{CloseCode, PeerId, Peers};

use super::departing;
use super::hall::Hall;
use crate::history::{By, OPERATOR, PersonId, Restraint};
use crate::news::{Change, News};
use crate::refusal::{Code, Refusal};
use crate::rights::Role;
use crate::tickets::Asker;

const KICKED: CloseCode = CloseCode::new(4500).expect("it is a code of applications (RFC 6455 §7.4.2)");
const BANNED: CloseCode = CloseCode::new(4501).expect("it is a code of applications (RFC 6455 §7.4.2)");
const SESSION_ENDED: CloseCode =
    CloseCode::new(4502).expect("it is a code of applications (RFC 6455 §7.4.2)");
const ERASED: CloseCode = CloseCode::new(4503).expect("it is a code of applications (RFC 6455 §7.4.2)");

/// For somebody who is forgotten while they are here. No node but theirs knew that they are, since the log was away from it.
const FORGOTTEN: &str = "you were not heard of for too long, and are forgotten: come as somebody new";

/// What follows for connections from what has happened. Whoever is gone hears first of what was done to them, if it was that.
pub(super) fn follow(hall: &mut Hall, peers: &mut Peers, news: &[News]) {
    news.iter().for_each(|news| follow_act(hall, peers, news));
    for news in news {
        if let News::Gone { who, .. } = news {
            end_all(hall, peers, who.id, (SESSION_ENDED, FORGOTTEN), None);
        }
    }
}

fn follow_act(hall: &mut Hall, peers: &mut Peers, news: &News) {
    let News::Done { by, reason, change } = news else {
        return;
    };
    match change {
        Change::Kicked { person } => {
            let words = with_reason(hall, "you were put out", *by, reason);
            end_all(hall, peers, *person, (KICKED, &words), None);
        }
        Change::Restrained {
            restraint: Restraint::Ban,
            person,
            room: None,
            until,
            is_over: false,
            addresses,
        } => {
            hall.links.drop_of(*person);
            let words = with_reason(hall, "you may not be here any more", *by, reason);
            let mut refusal = Refusal::banned(*until, hall.ledger.calendar().now());
            refusal.words = with_reason(hall, &refusal.words, *by, reason);
            end_all(hall, peers, *person, (BANNED, &words), Some(&refusal));
            if !addresses.is_empty() {
                end_from_there(hall, peers);
            }
        }
        Change::SessionEnded { person, token } => {
            // Whoever had it may have made themself a way back.
            hall.links.drop_of(*person);
            hall.desk.keys.drop_of(*person);
            let windows: Vec<PeerId> = hall.sessions.with_token(*person, token).collect();
            let words = "this session was ended";
            windows.into_iter().for_each(|peer| end(hall, peers, peer, (SESSION_ENDED, words)));
        }
        Change::Erased { person } => {
            hall.links.drop_of(*person);
            end_all(hall, peers, *person, (ERASED, "you have erased yourself"), None);
        }
        _ => {}
    }
}

/// Somebody who is banned, or whose address is, has come: they hear so, and the connection ends.
pub(super) fn turn_out(hall: &mut Hall, peers: &mut Peers, asker: &Asker, refusal: &Refusal) {
    hall.refuse(peers, asker, refusal);
    end(hall, peers, asker.peer, (BANNED, &refusal.words));
}

/// The refusal of somebody who may not be here.
pub(super) fn ban_of(hall: &Hall, person: PersonId) -> Option<Refusal> {
    let at = hall.ledger.calendar().now();
    let ban = hall.model.restraint_of(Restraint::Ban, person, None, at)?;
    let refusal = Refusal::banned(ban.until, at);
    let words = with_reason(hall, &refusal.words, None, &ban.reason);
    Some(Refusal { words, ..refusal })
}

/// An address of which somebody was banned after the connection was opened.
pub(super) fn is_banned_from(hall: &Hall, peer: PeerId) -> bool {
    let client = hall.sessions.get(peer).and_then(|session| session.client);
    let at = hall.ledger.calendar().now();
    hall.door.turns_away(client, |client| hall.model.is_address_banned(client, at).is_some())
}

/// Of somebody whose address may not come in.
pub(super) fn ban_of_address() -> Refusal {
    Refusal::new(Code::Banned, "this address may not come in")
}

/// All of somebody's windows. Those who are not told of the end by its reason are told before it.
fn end_all(
    hall: &mut Hall,
    peers: &mut Peers,
    person: PersonId,
    (code, words): (CloseCode, &str),
    refusal: Option<&Refusal>,
) {
    for peer in hall.sessions.windows_of(person).to_vec() {
        if let Some(refusal) = refusal {
            hall.refuse(peers, &Asker { peer, id: None }, refusal);
        }
        end(hall, peers, peer, (code, words));
    }
}

/// Those who are here from an address that was banned are turned out, as those who come from there are: they may be the same
/// under another name. Who governs the chat stays, and can lift the ban.
pub(super) fn end_from_there(hall: &mut Hall, peers: &mut Peers) {
    let governs = |person| hall.model.role_of(person) >= Role::Admin;
    let is_out =
        |peer: &PeerId| !hall.sessions.person(*peer).is_some_and(governs) && is_banned_from(hall, *peer);
    let out: Vec<PeerId> = hall.sessions.peers().filter(is_out).collect();
    for peer in out {
        turn_out(hall, peers, &Asker { peer, id: None }, &ban_of_address());
    }
}

fn end(hall: &mut Hall, peers: &mut Peers, peer: PeerId, (code, words): (CloseCode, &str)) {
    peers.close(peer, code, words);
    departing::end(hall, peers, peer);
}

/// `you were put out by alice: spam`.
fn with_reason(hall: &Hall, words: &str, by: By, reason: &str) -> String {
    let by = by.filter(|&by| by != OPERATOR).map(|by| format!(" by {}", hall.model.name_of(by)));
    let reason = if reason.is_empty() { String::new() } else { format!(": {reason}") };
    format!("{words}{}{reason}", by.unwrap_or_default())
}
