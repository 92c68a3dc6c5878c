//! The welcome: what somebody who is let in is told, and what others hear of it.

use pollcat::{PeerId, Peers};

use super::ending;
use super::hall::Hall;
use crate::ask::Positions;
use crate::cost::Cost;
use crate::deliver::Floor;
use crate::history::{Entry, PersonId};
use crate::http::client;
use crate::model::Room;
use crate::reply::{Limits, Reply, Welcome};
use crate::run::clock::ticks;
use crate::tickets::Asker;
use crate::token::Token;
use crate::voices::json::PAGE;

/// Somebody is let in, and told what they have missed.
pub(super) fn welcome(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    (person, new): (PersonId, bool),
    token: Option<&Token>,
    mut has: Positions,
) {
    let peer = asker.peer;
    // That may have been decided while they were arriving.
    if let Some(refusal) = ending::ban_of(hall, person) {
        return ending::turn_out(hall, peers, asker, &refusal);
    }
    let others = attach(hall, peers, peer, person);
    let token = token.map(Token::text);
    let told = Reply::Welcome(welcome_to(hall, person, peer, new, token.as_deref()));
    let mut floor =
        Floor { peers, sessions: &mut hall.sessions, model: &hall.model, now: hall.ledger.calendar().now() };
    let bytes = hall.deliver.answer(&mut floor, asker, &told);
    let mut rooms: Vec<&Room> = hall.model.rooms_of(person).collect();
    rooms.sort_unstable_by_key(|room| room.id());
    for room in &rooms {
        hall.deliver.listen_to_news(&mut floor, peer, room.id());
        if let Some(session) = floor.sessions.get_mut(peer) {
            session.catch_up.push(room.id(), has.remove(room.name()));
        }
    }
    // They come, and go one day, and others hear of both.
    let coming = Cost::placed(rooms.len()).and(others);
    if let Some(session) = floor.sessions.get(peer) {
        hall.charges.charge_arrival(session, Cost::answered(bytes).and(coming).and(coming), ticks());
    }
    hall.catch_up(peers, peer);
    note_session(hall, peers, peer);
}

/// What kind of client it is, and from where: so that they know their own sessions again. It is left out while much else is
/// on its way to the disk.
fn note_session(hall: &mut Hall, peers: &mut Peers, peer: PeerId) {
    let Some(session) = hall.sessions.get(peer) else {
        return;
    };
    let (Some(token), client, place) = (session.token, session.kind.clone(), client::place(session.client))
    else {
        return;
    };
    if hall.ledger.is_calm() && hall.seen.is_due(token, ticks()) {
        let at = hall.ledger.calendar().now();
        hall.submit_each(peers, vec![Entry::SeeSession { token, at, client, place }]);
    }
}

/// What a newcomer is told of the chat.
pub(super) fn welcome_to<'a>(
    hall: &Hall,
    person: PersonId,
    peer: PeerId,
    new: bool,
    token: Option<&'a str>,
) -> Welcome<'a> {
    let session = hall.sessions.get(peer);
    let settings = &hall.settings;
    Welcome {
        person,
        new,
        token,
        room: session.map_or(hall.model.lobby(), |session| session.room),
        is_named: !hall.deliver.is_crowd(hall.model.lobby()),
        echo: session.is_some_and(|session| session.echo),
        durability: hall.ledger.claim(settings.durability),
        limits: Limits {
            name: settings.max_name,
            message: settings.max_message,
            room_name: settings.max_room_name,
            rooms: settings.max_rooms_per_person,
            picture: settings.max_picture as u64,
            pixels: crate::picture::MAX_PIXELS,
            page: PAGE,
        },
    }
}

/// From now on the connection is this person's. What it has cost to tell others.
pub(super) fn attach(hall: &mut Hall, peers: &mut Peers, peer: PeerId, person: PersonId) -> Cost {
    log::debug!("{peer} is {} ({person})", hall.model.name_of(person));
    hall.sessions.attach(peer, person);
    if hall.sessions.windows_of(person).len() == 1 {
        hall.ledger.show(person, true);
    }
    let news = hall.model.came(person, hall.ledger.calendar().now());
    if hall.sessions.windows_of(person).len() == 1 {
        hall.deliver.count_rooms_of(&hall.model, person);
    }
    let cost = hall.tell(peers, &news, None);
    let mut floor =
        Floor { peers, sessions: &mut hall.sessions, model: &hall.model, now: hall.ledger.calendar().now() };
    hall.deliver.let_in(&mut floor, peer);
    cost
}
