//! Lists of what few may know, and what one may know of oneself. Who may see a list is looked at when it is asked for, and
//! again when it has come from the disk: meanwhile somebody may have lost the right, or the room.

use pollcat::Peers;

use super::admin::{self, keys::SECONDS};
use super::hall::Hall;
use super::outside::lists;
use crate::ask::{Look, Where};
use crate::cost::Cost;
use crate::history::{
    Failure, Found, Hit, InviteUsed, PersonId, Read, RoomId, StoredReport, StoredRestraint, StoredSession,
};
use crate::model::Model;
use crate::nodes::Saying;
use crate::refusal::{Code, Refusal};
use crate::reply::{Listening, Reply};
use crate::rights::{InChat, InRoom, check_chat, check_room};
use crate::run::clock::ticks;
use crate::session::LASTS;
use crate::tickets::{Asker, Looked, Question};
use crate::voices::json::PAGE;

/// The most invites, and restraints, in an answer: as many as there can be of a kind.
const INVITES: usize = 1_000;
const RESTRAINTS: usize = 1_000;

pub(super) fn look(hall: &mut Hall, peers: &mut Peers, asker: &Asker, look: Look<'_>) -> Result<(), Refusal> {
    let person = hall.by(asker)?.person;
    let (read, at) = match look {
        Look::Link => return link(hall, peers, asker),
        Look::Admin => return admin(hall, peers, asker),
        Look::Topic => {
            let room = hall.by(asker)?.here;
            hall.answer(peers, asker, &Reply::Topic { room });
            return Ok(());
        }
        Look::Bots => return lists::bots(hall, peers, asker),
        Look::Targets { place } => {
            let room = place.map(|place| room_of(hall, asker, &place)).transpose()?;
            let room = room.map(|room| room.unwrap_or(hall.model.lobby()));
            return lists::targets(hall, peers, asker, room);
        }
        Look::Restraints { place } => return restraints(hall, peers, asker, &place),
        Look::Sessions => (Read::Sessions { person }, Looked::Sessions),
        Look::Mine { before } => (Read::Mine { person, before, limit: PAGE }, Looked::Mine),
        Look::Reports { place, after } => {
            let room = room_of(hall, asker, &place)?;
            check(hall, asker, room, Kind::Reports)?;
            // Those that they may not see are not looked for: a page of them would hide the others.
            let now = hall.ledger.calendar().now();
            let seen = || hall.model.reported_in(|room| hall.model.may_review(person, room, now));
            let rooms = room.map_or_else(seen, |room| vec![room]);
            let read = Read::Reports { rooms: Some(rooms), after: after.unwrap_or(0), limit: PAGE };
            (read, Looked::Reports(room))
        }
        Look::Invites { place } => {
            let room = room_of(hall, asker, &place)?;
            check(hall, asker, room, Kind::Invites)?;
            (Read::Invites { room, limit: INVITES }, Looked::Invites(room))
        }
    };
    hall.ledger.read(read, Question::Looked { asker: asker.clone(), at })
}

/// The disk has told it.
pub(super) fn looked(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    at: Looked,
    found: Result<Found, Failure>,
) {
    if let Err(refusal) = tell(hall, peers, asker, at, found) {
        hall.refuse(peers, asker, &refusal);
    }
}

fn tell(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    at: Looked,
    found: Result<Found, Failure>,
) -> Result<(), Refusal> {
    let person = hall.by(asker)?.person;
    match (at, found?) {
        (Looked::Sessions, Found::Sessions(sessions)) => tell_sessions(hall, peers, asker, person, &sessions),
        (Looked::Mine, Found::Mine { hits, before }) => {
            let readable: Vec<&Hit> =
                hits.iter().filter(|hit| hall.model.is_member(person, hit.room)).collect();
            hall.charge(asker.peer, Cost::rows(hits.len()));
            hall.answer(peers, asker, &Reply::Mine { hits: readable, before });
        }
        (Looked::Reports(room), Found::Reports { reports, more }) => {
            check(hall, asker, room, Kind::Reports)?;
            let now = hall.ledger.calendar().now();
            let may_see = |it: &&StoredReport| hall.model.may_review(person, it.room, now);
            let reports: Vec<&StoredReport> = reports.iter().filter(may_see).collect();
            hall.charge(asker.peer, Cost::rows(reports.len()));
            hall.answer(peers, asker, &Reply::Reports { reports, more });
        }
        (Looked::Invites(room), Found::Invites(invites)) => {
            check(hall, asker, room, Kind::Invites)?;
            let invites: Vec<&InviteUsed> =
                invites.iter().filter(|invite| is_known(&hall.model, person, invite.room)).collect();
            let rows = invites.iter().map(|invite| 1 + invite.used_by.len()).sum();
            hall.charge(asker.peer, Cost::rows(rows));
            hall.answer(peers, asker, &Reply::Invites(invites));
        }
        _ => return Err(Failure::Storage("the history has answered something else".into()).into()),
    }
    Ok(())
}

fn tell_sessions(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    person: PersonId,
    sessions: &[StoredSession],
) {
    let own = hall.sessions.get(asker.peer).and_then(|session| session.token);
    let told = sessions.iter().map(|session| Listening {
        session,
        is_here: hall.sessions.with_token(person, &session.token).next().is_some(),
        is_this: own == Some(session.token),
    });
    let told = told.collect();
    hall.charge(asker.peer, Cost::rows(sessions.len()));
    hall.answer(peers, asker, &Reply::Sessions(told));
}

/// A code by which another device becomes this person. Guests cannot come back, so nobody else can be them either.
fn link(hall: &mut Hall, peers: &mut Peers, asker: &Asker) -> Result<(), Refusal> {
    let person = hall.by(asker)?.person;
    // It would be a way in that is left when its keys are revoked.
    if hall.model.is_bot(person) {
        return Err(Refusal::new(Code::Forbidden, "a bot comes by its keys alone"));
    }
    if !hall.model.person(person).is_some_and(|person| person.has_token()) {
        return Err(Refusal::new(
            Code::Forbidden,
            "a guest has no other device: connect with a page, or in JSON",
        ));
    }
    if hall.model.is_bot(person) {
        return Err(Refusal::new(Code::Forbidden, "a bot comes by its keys: an admin gives it one more"));
    }
    let code = hall.links.make(person, ticks());
    let code = code.ok_or_else(|| Refusal::busy("too many codes are waiting: try again in a few minutes"))?;
    if let Some(code) = hall.links.hash_of(person) {
        hall.ledger.tell_nodes(&Saying::Link { person, code });
    }
    hall.answer(peers, asker, &Reply::Link { code: &code, seconds: (LASTS / 1000) as u64 });
    Ok(())
}

/// The way to the admin page.
fn admin(hall: &mut Hall, peers: &mut Peers, asker: &Asker) -> Result<(), Refusal> {
    let (by, at) = (hall.by(asker)?.person, hall.ledger.calendar().now());
    check_chat(hall.model.standing(by, None, at), InChat::Administer, None).map_err(Refusal::lacks)?;
    let url = format!("/admin#{}", hall.desk.keys.make(by, ticks()));
    admin::say(hall);
    hall.answer(peers, asker, &Reply::Admin { url: &url, seconds: SECONDS });
    Ok(())
}

/// Who is banned and muted: from memory.
fn restraints(hall: &mut Hall, peers: &mut Peers, asker: &Asker, place: &Where<'_>) -> Result<(), Refusal> {
    let (room, person) = (room_of(hall, asker, place)?, hall.by(asker)?.person);
    check(hall, asker, room, Kind::Restraints)?;
    let at = hall.ledger.calendar().now();
    let mut looked_at = 0;
    hall.answer_from(peers, asker, |model| {
        let all = model.restraints().inspect(|_| looked_at += 1);
        let in_force = all.filter(|it| it.until.is_none_or(|until| until > at));
        let listed = in_force
            .filter(|it| if room.is_none() { is_known(model, person, it.room) } else { it.room == room });
        let listed: Vec<&StoredRestraint> = listed.take(RESTRAINTS).collect();
        Some(Reply::Restraints(listed))
    });
    hall.charge(asker.peer, Cost::rows(looked_at));
    Ok(())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Reports,
    Invites,
    Restraints,
}

/// May whoever asks see this list, of a room or of all? One op of some rooms may see what was reported in these.
fn check(hall: &Hall, asker: &Asker, room: Option<RoomId>, kind: Kind) -> Result<(), Refusal> {
    let (by, at) = (hall.by(asker)?, hall.ledger.calendar().now());
    let Some(room) = room else {
        let right = match kind {
            Kind::Reports | Kind::Restraints => InChat::Review,
            Kind::Invites => InChat::Invite,
        };
        let outcome = check_chat(hall.model.standing(by.person, None, at), right, None);
        return match kind == Kind::Reports && reviewed(hall, asker).is_some_and(|rooms| !rooms.is_empty()) {
            true => Ok(()),
            false => outcome.map_err(Refusal::lacks),
        };
    };
    let right = match kind {
        Kind::Reports | Kind::Restraints => InRoom::Review,
        Kind::Invites => InRoom::Invite,
    };
    let standing = hall.model.standing(by.person, Some(room), at);
    check_room(standing, right, hall.model.place_of(room), None).map_err(Refusal::lacks)
}

/// May somebody know of what is about this room, or about all? Whatever else they are.
fn is_known(model: &Model, person: PersonId, room: Option<RoomId>) -> bool {
    room.is_none_or(|room| model.may_know(person, room))
}

/// The rooms of which somebody sees reports, if it is not all.
fn reviewed(hall: &Hall, asker: &Asker) -> Option<Vec<RoomId>> {
    let (by, at) = (hall.by(asker).ok()?, hall.ledger.calendar().now());
    if check_chat(hall.model.standing(by.person, None, at), InChat::Review, None).is_ok() {
        return None;
    }
    let rooms = hall.model.rooms_of(by.person).map(|room| room.id());
    let is_seen = |&room: &RoomId| {
        let standing = hall.model.standing(by.person, Some(room), at);
        check_room(standing, InRoom::Review, hall.model.place_of(room), None).is_ok()
    };
    Some(rooms.filter(is_seen).collect())
}

/// The room that a list is about: `None`: all that they may see.
fn room_of(hall: &Hall, asker: &Asker, place: &Where<'_>) -> Result<Option<RoomId>, Refusal> {
    let by = hall.by(asker)?;
    Ok(match place {
        Where::Everywhere => None,
        // In the lobby it is about the chat.
        Where::Here => Some(by.here).filter(|&room| room != hall.model.lobby()),
        Where::Room(name) => Some(hall.model.room_of(by.person, name)?),
    })
}
