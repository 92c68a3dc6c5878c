//! Requests, in the order in which they come: understood, paid for, and carried out.
//!
//! Some requests change where a client stands: who it is, what it is called, in which rooms it is. They have an effect
//! when they are on disk, and whatever the client sends behind one of them waits until then. So `join` and a message
//! right behind it end up in the same room, whether or not the client waits for answers.

use std::time::Instant;

use pollcat::{Message, PeerId, Peers};

use super::hall::Hall;
use super::outside::lists;
use super::{avatars, barrier, greeting, looks, pictures, questions, wishes};
use crate::ask::Ask;
use crate::cost::{Cost, MESSAGE, price};
use crate::deliver::Floor;
use crate::history::{Millis, Offset, PersonId};
use crate::model::legible::is_nothing;
use crate::news::News;
use crate::nodes::Saying;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::run::clock::ticks;
use crate::session::{Barrier, Fate, SHORT};
use crate::tickets::Asker;
use crate::voices::json::{Asked, find_id, longest_request, may_announce, may_greet};
use crate::voices::parse_line;

/// Somebody is said to be typing at most this often, in milliseconds.
const TYPING: Millis = 2_000;

// ---- in order

/// A client has sent something.
pub(super) fn receive(hall: &mut Hall, peers: &mut Peers, from: PeerId, message: Message<'_>) {
    let Some(session) = hall.sessions.get_mut(from) else {
        return;
    };
    session.read = Instant::now();
    session.received.messages += 1;
    session.received.bytes += message.as_bytes().len() as u64;
    if session.barrier == Barrier::Open && hall.ledger.is_shared() {
        barrier::wait_for_all(hall, from, Barrier::Asked);
    }
    let Some(session) = hall.sessions.get_mut(from) else {
        return;
    };
    let (payer, is_json) = (session.payer, session.voice.is_json());
    match session.held.receive(message, is_json, |bytes| hall.early.take(payer, bytes)) {
        Fate::Now => carry_out_now(hall, peers, from, message),
        Fate::Held | Fate::Dropped => {}
        Fate::Refused { id, given_up } => {
            hall.early.give_back(payer, given_up);
            let debt = hall.charges.check_debt(session, ticks());
            let refusal =
                debt.err().unwrap_or_else(|| Refusal::busy("too much at once: wait for the answers"));
            hall.charge(from, Cost::parsed(message.len()));
            hall.refuse(peers, &Asker { peer: from, id }, &refusal);
        }
    }
}

/// The answer that a client's requests have waited for has come: on with them, until something else is to be waited for.
pub(super) fn release(hall: &mut Hall, peers: &mut Peers, peer: PeerId) {
    if let Some(session) = hall.sessions.get_mut(peer) {
        session.held.release();
    }
    while let Some(session) = hall.sessions.get_mut(peer)
        && let Some((message, read)) = session.held.next()
    {
        session.read = read;
        hall.early.give_back(session.payer, message.borrow().len());
        carry_out_now(hall, peers, peer, message.borrow());
    }
}

fn carry_out_now(hall: &mut Hall, peers: &mut Peers, from: PeerId, message: Message<'_>) {
    match message {
        Message::Text(text) if hall.sessions.speaks_json(from) => take_json(hall, peers, from, text),
        Message::Text(line) => take_line(hall, peers, from, line),
        Message::Binary(bytes) => pictures::take(hall, peers, from, bytes),
    }
    if let Some(session) = hall.sessions.get_mut(from) {
        // Unless it waits for its second turn now, it has had that.
        session.is_again = false;
    }
}

// ---- understood, and paid for

fn take_json(hall: &mut Hall, peers: &mut Peers, from: PeerId, text: &str) {
    if let Err(refusal) = hall.take_parsing(from, text.len()) {
        // Its id is looked for all the same, so that the client knows what was refused.
        if may_announce(text) {
            pictures::expect_none(hall, peers, from);
        }
        return hall.refuse(peers, &Asker { peer: from, id: find_id(text) }, &refusal);
    }
    let (id, asked) = match Asked::parse(text, longest_request(hall.settings.max_message)) {
        Ok(Asked { id, ask }) => (id, Ok(ask)),
        Err(fault) => {
            if may_announce(text) {
                pictures::expect_none(hall, peers, from);
            }
            (fault.id, Err(fault.refusal))
        }
    };
    let asker = Asker { peer: from, id };
    let outcome = match asked {
        Err(refusal) if greeting::is_new(hall, from) && may_greet(text) => {
            greeting::refuse_hello(hall, from, refusal)
        }
        asked => take_request(hall, peers, &asker, asked),
    };
    refuse(hall, peers, &asker, outcome, Message::Text(text));
}

/// Whoever asked is told why it is not done; unless it may be so by now.
fn refuse(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    outcome: Result<(), Refusal>,
    message: Message<'_>,
) {
    if let Err(refusal) = outcome
        && !barrier::look_again(hall, asker.peer, &refusal, message)
    {
        hall.refuse(peers, asker, &refusal);
        barrier::begin_anew(hall, asker.peer);
    }
}

/// A request of a JSON client; or what was wrong with it, which costs as much.
fn take_request(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    asked: Result<Ask<'_>, Refusal>,
) -> Result<(), Refusal> {
    let is_new = greeting::is_new(hall, asker.peer);
    match asked {
        Ok(Ask::Hello(hello)) if is_new => return greeting::greet(hall, peers, asker, hello),
        _ if is_new => greeting::greet_guest(hall, peers, asker)?,
        _ => {}
    }
    if hall.sessions.person(asker.peer).is_none() {
        return Ok(()); // it was turned away
    }
    if matches!(asked, Ok(Ask::Announce { .. } | Ask::AnnounceAvatar { .. })) {
        pictures::expect_none(hall, peers, asker.peer);
    }
    hall.take_pace(asker.peer, asked.as_ref().map_or(MESSAGE, price))?;
    carry_out(hall, peers, asker, asked?)
}

/// A line of a text client.
fn take_line(hall: &mut Hall, peers: &mut Peers, from: PeerId, line: &str) {
    if hall.sessions.person(from).is_none() {
        return;
    }
    if line.len() <= SHORT && is_nothing(line) {
        return; // not forwarded, and no reason to complain
    }
    let asker = Asker { peer: from, id: None };
    let outcome = carry_out_line(hall, peers, &asker, line);
    refuse(hall, peers, &asker, outcome, Message::Text(line));
}

/// Whatever it is, it costs as much as a message.
fn carry_out_line(hall: &mut Hall, peers: &mut Peers, asker: &Asker, line: &str) -> Result<(), Refusal> {
    hall.take_parsing(asker.peer, line.len())?;
    hall.take_pace(asker.peer, MESSAGE)?;
    // With a command before it, a text may be a little longer than a message.
    if line.len() > longest_request(hall.settings.max_message) {
        return Err(Refusal::too_long(hall.settings.max_message));
    }
    let is_somebody = |name: &str| hall.model.called(name).is_some();
    let ask = parse_line(line, hall.settings.max_name, is_somebody)?;
    carry_out(hall, peers, asker, ask)
}

// ---- carried out

fn carry_out(hall: &mut Hall, peers: &mut Peers, asker: &Asker, ask: Ask<'_>) -> Result<(), Refusal> {
    match ask {
        Ask::Hello(_) => return Err(Refusal::bad_field("you have said hello already")),
        Ask::Wish(wish) => return wishes::grant(hall, peers, asker, wish),
        Ask::Announce { to, caption, size } => {
            return pictures::announce(hall, peers, asker, to, caption, size);
        }
        Ask::AnnounceAvatar { size } => avatars::announce(hall, asker, size)?,
        Ask::Look(look) => looks::look(hall, peers, asker, look)?,
        Ask::Typing { room } => tell_typing(hall, peers, asker, &room)?,
        Ask::Read { room, offset } => mark_read(hall, peers, asker, &room, offset)?,
        Ask::Rooms { after } => questions::rooms(hall, peers, asker, &after),
        Ask::Who(who) => questions::who(hall, peers, asker, &who)?,
        Ask::Watch { people } => watch(hall, peers, asker, people)?,
        Ask::Page { room, before, limit } => questions::page(hall, peers, asker, &room, before, limit)?,
        Ask::Search { query, room, before } => {
            questions::search(hall, asker, &query, room.as_deref(), before)?;
        }
        Ask::Test { target } => lists::test(hall, asker, Some(hall.by(asker)?.person), target)?,
        Ask::Echo(on) => {
            if let Some(session) = hall.sessions.get_mut(asker.peer) {
                session.echo = on;
            }
            hall.answer(peers, asker, &Reply::Echo(on));
        }
        Ask::Help => hall.answer(peers, asker, &Reply::Help),
        Ask::Ping => hall.answer(peers, asker, &Reply::Pong),
    }
    Ok(())
}

fn tell_typing(hall: &mut Hall, peers: &mut Peers, asker: &Asker, room: &str) -> Result<(), Refusal> {
    let person = hall.by(asker)?.person;
    let room = hall.model.room_of(person, room)?;
    // Whoever may not speak is not said to be about to.
    if !hall.model.may_speak(person, room, hall.ledger.calendar().now()) {
        hall.answer(peers, asker, &Reply::Done);
        return Ok(());
    }
    let now = ticks();
    let last = hall.typing.get(&(person, room)).copied();
    if last.is_none_or(|last| now - last >= TYPING) {
        hall.typing.insert((person, room), now);
        hall.tell(peers, &[News::Typing { room, person }], Some(asker.peer));
        hall.ledger.tell_nodes(&Saying::Typing { room, person });
    }
    hall.answer(peers, asker, &Reply::Done);
    Ok(())
}

fn watch(hall: &mut Hall, peers: &mut Peers, asker: &Asker, people: Vec<PersonId>) -> Result<(), Refusal> {
    let mut floor =
        Floor { peers, sessions: &mut hall.sessions, model: &hall.model, now: hall.ledger.calendar().now() };
    let cost = hall.deliver.watch(&mut floor, asker, people, ticks())?;
    hall.charge(asker.peer, cost);
    Ok(())
}

fn mark_read(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    room: &str,
    offset: Offset,
) -> Result<(), Refusal> {
    let person = hall.by(asker)?.person;
    let room = hall.model.room_of(person, room)?;
    let news = hall.model.mark_read(room, person, offset);
    hall.tell(peers, &news, Some(asker.peer));
    hall.answer(peers, asker, &Reply::Done);
    Ok(())
}
