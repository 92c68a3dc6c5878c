//! How connections go: by themselves, or because they are ended.

use pollcat::{CloseCode, Departure, PeerId, Peers};

use super::farewell;
use super::hall::Hall;
use crate::history::{Entry, Millis, PersonId};
use crate::http::door::place;
use crate::run::clock::ticks;
use crate::session::{Received, Session, Stage};

/// Closes those who were given time to say hello, and have not.
pub(super) fn end_the_silent(hall: &mut Hall, peers: &mut Peers, now: Millis) {
    while let Some((_, peer)) = hall.greetings.first().copied().filter(|(until, _)| *until <= now) {
        hall.greetings.pop_first();
        let session = hall.sessions.get(peer);
        if session.is_some_and(|session| session.stage() == Stage::New && session.hello_by <= now) {
            let words = format!("say hello within {} s", hall.settings.hello_within);
            peers.close(peer, CloseCode::POLICY, &words);
        }
    }
}

/// A connection has gone.
pub(super) fn depart(hall: &mut Hall, peers: &mut Peers, peer: PeerId) {
    note_address(hall, peer);
    let Some((session, last_of)) = hall.sessions.remove(peer) else {
        return;
    };
    hall.early.give_back(session.payer, session.held.bytes());
    go(hall, peers, peer, last_of);
}

/// A connection is being closed: it is nobody's from now on.
pub(super) fn end(hall: &mut Hall, peers: &mut Peers, peer: PeerId) {
    note_address(hall, peer);
    let payer = hall.sessions.get(peer).and_then(|session| session.payer);
    if let Some((waited, last_of)) = hall.sessions.end(peer) {
        hall.early.give_back(payer, waited);
        go(hall, peers, peer, last_of);
    }
}

/// From where somebody was here. Once for each connection: of whoever is put out, when they are.
fn note_address(hall: &mut Hall, peer: PeerId) {
    let session = hall.sessions.get(peer);
    if let Some((person, address)) = session.and_then(|session| session.person().zip(session.client)) {
        hall.left.note(person, address, ticks());
    }
}

fn go(hall: &mut Hall, peers: &mut Peers, peer: PeerId, last_of: Option<PersonId>) {
    hall.deliver.let_out(peer);
    hall.failed.remove(&peer);
    let Some(person) = last_of else {
        return;
    };
    hall.ledger.show(person, false);
    if hall.fellows.have(person) {
        return;
    }
    let news = hall.model.went(person, hall.ledger.calendar().now(), ticks());
    hall.deliver.count_rooms_of(&hall.model, person);
    hall.tell(peers, &news, None);
    let is_known = hall.model.person(person).is_some();
    if is_known {
        hall.fading.begin(person, ticks());
    }
    match hall.ledger.is_shared() {
        // A guest is gone when that stands in the log.
        true if is_known && hall.model.is_passing_guest(person) => farewell::let_go(hall, peers, person),
        // Perhaps it is because they are gone that their last connection is.
        true => {}
        false if is_known => {}
        false => hall.submit_each(peers, vec![Entry::Forget { person, away: None }]),
    }
}

/// The log hears how a connection has ended.
pub(super) fn log_visit(hall: &mut Hall, id: PeerId, departure: Departure) {
    let Hall { sessions, visits, model, .. } = hall;
    let Some(session) = sessions.get(id) else { return };
    let Session { client, since, received, voice, .. } = session;
    let Received { messages, bytes } = *received;
    if !visits.admit(departure, *received, ticks()) {
        return;
    }
    let from = place(*client);
    let person = session.was();
    let name = person.and_then(|person| model.person(person)).map(|person| person.name());
    let who = match (name, person) {
        (Some(name), Some(person)) => format!("{name} ({person})"),
        _ => "nobody".to_owned(),
    };
    let took = ticks() - since;
    let (seconds, tenths) = (took / 1000, took / 100 % 10);
    log::info!(
        event = "left", peer:% = id, from:%, person, name, departure:%, voice:?, seconds = took as f64 / 1000.0, messages, bytes;
        "{id} left: {departure}; {who} from {from}, {voice:?}, {seconds}.{tenths} s, {messages} messages of {bytes} bytes"
    );
}
