//! How people come: the first words of a JSON client, and guests.
//!
//! Nobody is made without a word from the client. A `hello` that cannot be granted makes nobody either: the client
//! reads why, and may say another one, as long as the time for it lasts. Anything else but a `hello` makes a guest.

use pollcat::{CloseCode, PeerId, Peers};

use super::hall::Hall;
use crate::ask::{Hello, Positions};
use crate::cost::{Cost, HELLO, MESSAGE};
use crate::deliver::Floor;
use crate::history::{Durability, Entry, Millis, PersonId, TokenHash};
use crate::http::door::Reason;
use crate::model::{Arrival, Room};
use crate::refusal::Refusal;
use crate::reply::{Limits, Reply, Welcome};
use crate::run::clock::ticks;
use crate::session::Stage;
use crate::tickets::{Asker, Waiting};
use crate::token::Token;
use crate::voices::json::PAGE;

/// Who a hello is from.
enum Who {
    Known(PersonId),
    /// Under this name, if it is not to be a guest's.
    New(Option<String>),
}

/// A JSON client has said hello.
pub(super) fn greet(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    hello: Hello<'_>,
) -> Result<(), Refusal> {
    hall.take_pace(asker.peer, HELLO)?;
    let Hello { token, name, echo, rooms } = hello;
    let whose = match token {
        Some(token) => recognize(hall, &token).map(Who::Known),
        None => name.map(|wish| hall.model.grant(&wish)).transpose().map(Who::New),
    };
    // Whoever tries tokens or names does so at the address's expense: there is no person yet.
    let whose = whose.inspect_err(|_| hall.charge(asker.peer, Cost::paid(MESSAGE)))?;
    if let Some(session) = hall.sessions.get_mut(asker.peer) {
        session.echo |= echo;
    }
    match whose {
        Who::New(name) => introduce(hall, peers, asker, name, rooms),
        Who::Known(person) => {
            hall.charges.take_return(person, ticks())?;
            welcome(hall, peers, asker, person, None, rooms);
            Ok(())
        }
    }
}

/// What was to be a hello cannot be understood: it costs as much as a message.
pub(super) fn refuse_hello(hall: &mut Hall, peer: PeerId, refusal: Refusal) -> Result<(), Refusal> {
    hall.take_pace(peer, MESSAGE)?;
    Err(refusal)
}

pub(super) fn is_new(hall: &Hall, peer: PeerId) -> bool {
    hall.sessions.get(peer).is_some_and(|session| session.stage() == Stage::New)
}

/// A client has said something else first: it is a guest, and its words come after the welcome.
pub(super) fn greet_guest(hall: &mut Hall, peers: &mut Peers, asker: &Asker) -> Result<(), Refusal> {
    introduce(hall, peers, &Asker { peer: asker.peer, id: None }, None, Positions::new())
}

/// A text client is somebody at once, for as long as it is connected.
pub(super) fn arrive_as_guest(hall: &mut Hall, peers: &mut Peers, peer: PeerId) {
    let asker = Asker { peer, id: None };
    let Arrival { person, gone, arrive, join } = match admit(hall, peer, None, None) {
        Ok(arrival) => arrival,
        Err(refusal) => return turn_away(hall, peers, &asker, &refusal),
    };
    // Guests talk even if the disk does not know them.
    hall.submit_each(peers, gone);
    hall.submit_each(peers, vec![arrive, join]);
    let told = attach(hall, peers, peer, person);
    if let Some(session) = hall.sessions.get(peer) {
        hall.charges.charge_arrival(session, told.and(told), ticks());
    }
    hall.answer(peers, &asker, &Reply::Welcome(welcome_to(hall, person, peer, true, None)));
    let rooms: Vec<_> = hall.model.rooms_of(person).map(Room::id).collect();
    let mut floor = Floor { peers, sessions: &mut hall.sessions, model: &hall.model };
    rooms.into_iter().for_each(|room| hall.deliver.listen(&mut floor, peer, room));
}

fn recognize(hall: &Hall, token: &str) -> Result<PersonId, Refusal> {
    let known = Token::parse(token).and_then(|token| hall.model.with_token(&token.hash()));
    known.ok_or_else(Refusal::unknown_token)
}

/// May somebody new be made for this connection? These entries make them.
fn admit(
    hall: &mut Hall,
    peer: PeerId,
    name: Option<String>,
    token: Option<TokenHash>,
) -> Result<Arrival, Refusal> {
    let Some(session) = hall.sessions.get_mut(peer) else {
        return Err(Refusal::nobody());
    };
    let (payer, client) = (session.payer, session.client);
    if let Err(wait) = hall.charges.admit_newcomer(payer, ticks()) {
        hall.door.turned_away(Reason::Newcomers, payer);
        // They may say hello again when it is their turn.
        let within = hall.settings.hello_within as Millis * 1000;
        session.hello_by = ticks() + wait.0 as Millis + within;
        hall.greetings.push_back((session.hello_by, peer));
        return Err(Refusal::not_your_turn(wait));
    }
    let arrival = hall.model.arrive(name, token, hall.ledger.calendar().now());
    arrival.inspect_err(|_| hall.door.turned_away(Reason::People, client))
}

/// Somebody whom nobody can become just now.
fn turn_away(hall: &mut Hall, peers: &mut Peers, asker: &Asker, refusal: &Refusal) {
    hall.refuse(peers, asker, refusal);
    peers.close(asker.peer, CloseCode::TRY_AGAIN_LATER, &refusal.words);
}

/// A new person, who is welcomed when their token is on disk: before that it promises nothing.
fn introduce(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    name: Option<String>,
    has: Positions,
) -> Result<(), Refusal> {
    let token = Token::new().expect("the system has randomness to give, as it had at the start");
    let Arrival { person, gone, arrive, join } = match admit(hall, asker.peer, name, Some(token.hash())) {
        Ok(arrival) => arrival,
        Err(refusal) if refusal.retry_after.is_some() => return Err(refusal),
        Err(refusal) => {
            turn_away(hall, peers, asker, &refusal);
            return Ok(());
        }
    };
    if let Some(session) = hall.sessions.get_mut(asker.peer) {
        session.arrive(person);
    }
    hall.submit_each(peers, gone);
    let waiting = Waiting::Arrived { asker: asker.clone(), person, token, has };
    match hall.submit(peers, arrive, waiting) {
        // Whoever is stored without being in the lobby is put there when the history is opened next.
        Ok(()) => hall.submit_each(peers, vec![join]),
        Err(_) => welcome(hall, peers, asker, person, None, Positions::new()),
    }
    Ok(())
}

/// Their token is on disk, or cannot be.
pub(super) fn arrived(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    person: PersonId,
    token: Option<&Token>,
    has: Positions,
) {
    let session = hall.sessions.get(asker.peer);
    if session.is_none_or(|session| session.stage() != Stage::Arriving(person)) {
        // They have left before anybody heard of them. Nobody has their token, and the name they wished for is free.
        return hall.submit_each(peers, vec![Entry::Forget { person }]);
    }
    welcome(hall, peers, asker, person, token, has);
}

fn welcome(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    person: PersonId,
    token: Option<&Token>,
    mut has: Positions,
) {
    let peer = asker.peer;
    let new = hall.sessions.get(peer).is_some_and(|session| session.stage() == Stage::Arriving(person));
    let others = attach(hall, peers, peer, person);
    let token = token.map(Token::text);
    let told = Reply::Welcome(welcome_to(hall, person, peer, new, token.as_deref()));
    let mut floor = Floor { peers, sessions: &mut hall.sessions, model: &hall.model };
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
}

/// What a newcomer is told of the chat.
fn welcome_to<'a>(
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
        durability: match settings.durability {
            Durability::Disk => "disk",
            Durability::System => "system",
            Durability::Memory => "memory",
        },
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
fn attach(hall: &mut Hall, peers: &mut Peers, peer: PeerId, person: PersonId) -> Cost {
    log::debug!("{peer} is {} ({person})", hall.model.name_of(person));
    hall.sessions.attach(peer, person);
    let news = hall.model.came(person, hall.ledger.calendar().now());
    if hall.sessions.windows_of(person).len() == 1 {
        hall.deliver.count_rooms_of(&hall.model, person);
    }
    let cost = hall.tell(peers, &news, None);
    let mut floor = Floor { peers, sessions: &mut hall.sessions, model: &hall.model };
    hall.deliver.let_in(&mut floor, peer);
    cost
}

/// Closes those who were given time to say hello, and have not.
pub(super) fn end_the_silent(hall: &mut Hall, peers: &mut Peers, now: Millis) {
    while let Some(&(_, peer)) = hall.greetings.front().filter(|(until, _)| *until <= now) {
        hall.greetings.pop_front();
        let session = hall.sessions.get(peer);
        if session.is_some_and(|session| session.stage() == Stage::New && session.hello_by <= now) {
            let words = format!("say hello within {} s", hall.settings.hello_within);
            peers.close(peer, CloseCode::POLICY, &words);
        }
    }
}

/// A connection has gone.
pub(super) fn depart(hall: &mut Hall, peers: &mut Peers, peer: PeerId) {
    let Some((session, last_of)) = hall.sessions.remove(peer) else {
        return;
    };
    hall.early.give_back(session.payer, session.held.bytes());
    hall.deliver.let_out(peer);
    let Some(person) = last_of else {
        return;
    };
    let news = hall.model.went(person, hall.ledger.calendar().now(), ticks());
    hall.deliver.count_rooms_of(&hall.model, person);
    hall.tell(peers, &news, None);
    if hall.model.person(person).is_some() {
        hall.fading.begin(person, ticks());
    } else {
        hall.submit_each(peers, vec![Entry::Forget { person }]);
    }
}
