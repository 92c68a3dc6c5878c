//! How people come: the first words of a JSON client, and guests.
//!
//! Nobody is made without a word from the client. A `hello` that cannot be granted makes nobody either: the client
//! reads why, and may say another one, as long as the time for it lasts. Anything else but a `hello` makes a guest.

use pollcat::{CloseCode, PeerId, Peers};

use super::hall::Hall;
use super::welcome::{attach, welcome, welcome_to};
use super::{barrier, departing, devices, ending, farewell};
use crate::ask::{Hello, Positions};
use crate::cost::{Cost, GUESS, HELLO, MESSAGE};
use crate::deliver::Floor;
use crate::history::{Act, Deed, Entry, Failure, KeyHash, Millis, Number, PersonId, TokenHash};
use crate::http::door::Reason;
use crate::model::{Arrival, Room};
use crate::nodes::Saying;
use crate::refusal::{Code, Refusal};
use crate::reply::Reply;
use crate::run::clock::ticks;
use crate::session::Stage;
use crate::tickets::{Asker, Waiting};
use crate::token::Token;

/// Who a hello is from.
enum Who {
    Known(PersonId, TokenHash),
    /// On one more device, by this code.
    Linked(PersonId, KeyHash),
    /// Under this name, if it is not to be a guest's; by this invite, if by one.
    New(Option<String>, Option<Number>),
}

/// A JSON client has said hello.
pub(super) fn greet(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    hello: Hello<'_>,
) -> Result<(), Refusal> {
    hall.take_pace(asker.peer, HELLO)?;
    if ending::is_banned_from(hall, asker.peer) {
        ending::turn_out(hall, peers, asker, &ending::ban_of_address());
        return Ok(());
    }
    let Hello { token, code, name, invite, echo, rooms } = hello;
    let whose = match (token, code) {
        (Some(token), _) => recognize(hall, &token),
        (None, Some(code)) => take_code(hall, &code).ok_or_else(Refusal::bad_code),
        (None, None) => name
            .map(|wish| hall.model.grant(&wish))
            .transpose()
            .and_then(|name| admits(hall, name.is_some(), invite.as_deref()).map(|by| Who::New(name, by))),
    };
    let (is_back, person) = match &whose {
        Ok(Who::Known(person, _)) => (true, Some(*person)),
        // A token that is not known here may be known elsewhere.
        Err(refusal) => (refusal.code == Code::UnknownToken, None),
        Ok(Who::Linked(..) | Who::New(..)) => (false, None),
    };
    if is_back && let Err(refusal) = barrier::check_not_ahead(hall, asker.peer, person, &rooms) {
        turn_away(hall, peers, asker, &refusal);
        return Ok(());
    }
    // Whoever tries tokens or names does so at the address's expense: there is no person yet.
    let whose = whose.inspect_err(|refusal| charge_trial(hall, asker.peer, refusal))?;
    if let Who::Known(person, _) | Who::Linked(person, _) = whose
        && let Some(refusal) = ending::ban_of(hall, person)
    {
        ending::turn_out(hall, peers, asker, &refusal);
        return Ok(());
    }
    if let Some(session) = hall.sessions.get_mut(asker.peer) {
        session.echo |= echo;
    }
    match whose {
        Who::New(name, invite) => introduce(hall, peers, asker, (name, invite), rooms),
        Who::Linked(person, code) => devices::link(hall, peers, asker, (person, code), rooms),
        Who::Known(person, token) => {
            hall.charges.take_return(person, ticks())?;
            if let Some(session) = hall.sessions.get_mut(asker.peer) {
                session.token = Some(token);
            }
            welcome(hall, peers, asker, (person, false), None, rooms);
            if hall.ledger.is_shared() {
                let seen = hall.model.seen_again(person, hall.ledger.calendar().now());
                hall.submit_each(peers, Vec::from_iter(seen));
            }
            Ok(())
        }
    }
}

/// Whose code it is. Other nodes hear that it is used; the log decides, if they hear so too late.
fn take_code(hall: &mut Hall, code: &str) -> Option<Who> {
    let (person, code) = hall.links.take(code, ticks())?;
    hall.ledger.tell_nodes(&Saying::Unlink { person });
    Some(Who::Linked(person, code))
}

/// Does the door let somebody new in? By which invite, if by one.
fn admits(hall: &Hall, is_named: bool, invite: Option<&str>) -> Result<Option<Number>, Refusal> {
    hall.model.admits(is_named, invite, hall.ledger.calendar().now())
}

/// A hello that was refused: it costs as much as a message, and more if it was a guess.
fn charge_trial(hall: &mut Hall, peer: PeerId, refusal: &Refusal) {
    if charge_guess(hall, peer, refusal) {
        return;
    }
    if let Code::NameNeeded | Code::InviteNeeded | Code::DoorShut = refusal.code {
        let client = hall.sessions.get(peer).and_then(|session| session.client);
        hall.door.turned_away(Reason::Shut, client);
    }
    hall.charge(peer, Cost::paid(MESSAGE));
}

/// Whoever tries keys pays for ten messages each time, and the operator reads of it. Was it one?
pub(super) fn charge_guess(hall: &mut Hall, peer: PeerId, refusal: &Refusal) -> bool {
    let is_guess = matches!(refusal.code, Code::BadInvite | Code::BadLink)
        && !barrier::may_look_again(hall, peer, refusal.code);
    if is_guess {
        let client = hall.sessions.get(peer).and_then(|session| session.client);
        hall.door.turned_away(Reason::Keys, client);
        hall.charge(peer, Cost::paid(GUESS * MESSAGE));
    }
    is_guess
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
    let asker = Asker { peer: asker.peer, id: None };
    if ending::is_banned_from(hall, asker.peer) {
        ending::turn_out(hall, peers, &asker, &ending::ban_of_address());
        return Ok(());
    }
    if let Err(refusal) = admits(hall, false, None) {
        hall.take_pace(asker.peer, HELLO)?;
        charge_trial(hall, asker.peer, &refusal);
        return Err(refusal);
    }
    introduce(hall, peers, &asker, (None, None), Positions::new())
}

/// A text client is somebody at once, for as long as it is connected; with the invite of its address, if it brings one.
/// Where names are needed it comes in all the same, and reads until it has one.
pub(super) fn arrive_as_guest(hall: &mut Hall, peers: &mut Peers, peer: PeerId, invite: Option<&str>) {
    let asker = Asker { peer, id: None };
    let by = match admits(hall, true, invite) {
        Ok(by) => by,
        Err(refusal) => {
            charge_trial(hall, peer, &refusal);
            hall.refuse(peers, &asker, &refusal);
            return peers.close(peer, CloseCode::POLICY, &refusal.words);
        }
    };
    if let Some(refusal) = hall.ledger.refuses_newcomers() {
        return turn_away(hall, peers, &asker, &refusal);
    }
    let Arrival { person, gone, arrive, join } = match admit(hall, peer, None, None) {
        Ok(arrival) => arrival,
        Err(refusal) => return turn_away(hall, peers, &asker, &refusal),
    };
    hall.submit_each(peers, gone);
    if hall.ledger.is_shared() {
        let waiting = Waiting::Arrived { asker: asker.clone(), person, token: None, has: Positions::new() };
        if let Err(refusal) = begin_to_arrive(hall, peers, (arrive, join), by, waiting) {
            turn_away(hall, peers, &asker, &refusal);
        }
        return;
    }
    // Guests talk even if the disk does not know them.
    hall.submit_each(peers, vec![arrive, join]);
    accept(hall, peers, person, by);
    come_in(hall, peers, &asker, person);
}

/// A text client is here from now on.
fn come_in(hall: &mut Hall, peers: &mut Peers, asker: &Asker, person: PersonId) {
    let peer = asker.peer;
    // That may have been decided while they were arriving.
    if let Some(refusal) = ending::ban_of(hall, person) {
        return ending::turn_out(hall, peers, asker, &refusal);
    }
    let told = attach(hall, peers, peer, person);
    if let Some(session) = hall.sessions.get(peer) {
        hall.charges.charge_arrival(session, told.and(told), ticks());
    }
    hall.answer(peers, asker, &Reply::Welcome(welcome_to(hall, person, peer, true, None)));
    let rooms: Vec<_> = hall.model.rooms_of(person).map(Room::id).collect();
    let mut floor =
        Floor { peers, sessions: &mut hall.sessions, model: &hall.model, now: hall.ledger.calendar().now() };
    rooms.into_iter().for_each(|room| hall.deliver.listen(&mut floor, peer, room));
}

/// Somebody is on their way to the disk, and the connection waits for that.
fn begin_to_arrive(
    hall: &mut Hall,
    peers: &mut Peers,
    (arrive, join): (Entry, Entry),
    invite: Option<Number>,
    waiting: Waiting,
) -> Result<(), Refusal> {
    let Waiting::Arrived { asker, person, token, .. } = &waiting else { return Err(Refusal::nobody()) };
    let (peer, person, token) = (asker.peer, *person, token.as_ref().map(Token::hash));
    if let Some(session) = hall.sessions.get_mut(peer) {
        session.arrive(person);
        session.token = token;
    }
    if let Some(invite) = invite.filter(|_| hall.ledger.is_shared()) {
        // Another node may let somebody in by it just now. They are in when it is used.
        hall.submit(peers, arrive, Waiting::Nobody)?;
        hall.submit_each(peers, vec![join]);
        let accept = acceptance(hall, person, invite);
        return hall.submit(peers, accept, waiting).inspect_err(|_| farewell::let_go(hall, peers, person));
    }
    hall.submit(peers, arrive, waiting)?;
    // Whoever is stored without being in the lobby is put there when the history is opened next.
    hall.submit_each(peers, vec![join]);
    accept(hall, peers, person, invite);
    Ok(())
}

/// The invite by which somebody has come is used.
fn accept(hall: &mut Hall, peers: &mut Peers, person: PersonId, invite: Option<Number>) {
    let accept = invite.map(|invite| acceptance(hall, person, invite));
    hall.submit_each(peers, Vec::from_iter(accept));
}

fn acceptance(hall: &Hall, person: PersonId, invite: Number) -> Entry {
    let read = hall.model.invited_to(invite).and_then(|room| hall.model.room(room)).map_or(0, Room::last);
    let (by, at, reason) = (Some(person), hall.ledger.calendar().now(), String::new());
    Entry::Act(Deed { by, at, reason, act: Act::Accept { invite, read } })
}

fn recognize(hall: &Hall, token: &str) -> Result<Who, Refusal> {
    let hash = Token::parse(token).map(|token| token.hash());
    let known = hash.and_then(|hash| Some(Who::Known(hall.model.with_token(&hash)?, hash)));
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
        hall.greetings.insert((session.hello_by, peer));
        return Err(Refusal::not_your_turn(wait));
    }
    let arrival = hall.model.arrive(name, token, hall.ledger.calendar().now());
    arrival.inspect_err(|_| hall.door.turned_away(Reason::People, client))
}

/// Somebody whom nobody can become just now. What else they have sent does not count.
pub(super) fn turn_away(hall: &mut Hall, peers: &mut Peers, asker: &Asker, refusal: &Refusal) {
    hall.refuse(peers, asker, refusal);
    peers.close(asker.peer, CloseCode::TRY_AGAIN_LATER, &refusal.words);
    departing::end(hall, peers, asker.peer);
}

/// A new person, who is welcomed when their token is on disk: before that it promises nothing.
fn introduce(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    (name, invite): (Option<String>, Option<Number>),
    has: Positions,
) -> Result<(), Refusal> {
    if hall.ledger.is_stopping() {
        // Their token would not be kept, and they would be somebody else after it.
        return Err(Refusal::stopping());
    }
    if let Some(refusal) = hall.ledger.refuses_newcomers() {
        turn_away(hall, peers, asker, &refusal);
        return Ok(());
    }
    let token = Token::new().expect("the system has randomness to give, as it had at the start");
    let Arrival { person, gone, arrive, join } = match admit(hall, asker.peer, name, Some(token.hash())) {
        Ok(arrival) => arrival,
        Err(refusal) if refusal.retry_after.is_some() => return Err(refusal),
        Err(refusal) => {
            turn_away(hall, peers, asker, &refusal);
            return Ok(());
        }
    };
    hall.submit_each(peers, gone);
    let waiting = Waiting::Arrived { asker: asker.clone(), person, token: Some(token), has };
    match begin_to_arrive(hall, peers, (arrive, join), invite, waiting) {
        Ok(()) => {}
        Err(refusal) if hall.ledger.is_shared() => turn_away(hall, peers, asker, &refusal),
        Err(_) => welcome(hall, peers, asker, (person, true), None, Positions::new()),
    }
    Ok(())
}

/// They are on disk, with their token, or cannot be. With a log nobody is anybody before.
pub(super) fn arrived(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    (person, token): (PersonId, Option<&Token>),
    outcome: Result<(), Failure>,
    has: Positions,
) {
    let session = hall.sessions.get(asker.peer);
    let is_waiting = session.is_some_and(|session| session.stage() == Stage::Arriving(person));
    match outcome {
        Err(failure) if hall.ledger.is_shared() => {
            // They are on disk, if it is for the invite.
            farewell::let_go(hall, peers, person);
            if is_waiting {
                be_nobody(hall, peers, asker, failure);
            }
        }
        // They have left before anybody heard of them. Nobody has their token, and the name they wished for is free.
        _ if !is_waiting => farewell::let_go(hall, peers, person),
        _ if token.is_none() => come_in(hall, peers, asker, person),
        outcome => welcome(hall, peers, asker, (person, true), token.filter(|_| outcome.is_ok()), has),
    }
}

/// They are nobody. If somebody at another node was faster, they may say another name, or bring another invite.
fn be_nobody(hall: &mut Hall, peers: &mut Peers, asker: &Asker, failure: Failure) {
    let Some(session) = hall.sessions.get_mut(asker.peer) else { return };
    session.stay_new();
    let refusal = match failure {
        // The invite is that of somebody who is not there.
        Failure::Taken | Failure::NoSuchPerson => Refusal::name_taken(),
        failure => failure.into(),
    };
    if !session.voice.is_json() || !matches!(refusal.code, Code::NameTaken | Code::BadInvite) {
        return turn_away(hall, peers, asker, &refusal);
    }
    session.hello_by = ticks() + hall.settings.hello_within as Millis * 1000;
    hall.greetings.insert((session.hello_by, asker.peer));
    hall.refuse(peers, asker, &refusal);
}
