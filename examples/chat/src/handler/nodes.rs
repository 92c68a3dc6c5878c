//! Other nodes: who is there, what waits for the log, and what is said while the log is away.

use pollcat::{PeerId, Peers};

use super::hall::Hall;
use super::{admin, devices, farewell, greeting, programs, requests};
use crate::history::{Act, Append, Deed, Entry, Failure, Millis, Outcome, PersonId, RoomId};
use crate::metrics::Stand;
use crate::news::News;
use crate::nodes::{Saying, Told};
use crate::refusal::Refusal;
use crate::run::clock::ticks;
use crate::session::Barrier;
use crate::tickets::{Ticket, Waiting};

/// A guest is missed for so long before they are gone: their node may be cut off from the log, and they are still there when it is
/// back. (A node whose guests leave says so itself.)
const ORPHANED: Millis = 600_000;

// ---- numbers

/// New people and rooms get numbers that were reserved for this node.
pub(super) fn reserve(hall: &mut Hall, peers: &mut Peers) {
    if !hall.is_reserving
        && let Some(entry) = hall.model.reserve()
    {
        hall.is_reserving = hall.submit(peers, entry, Waiting::Nobody).is_ok();
    }
}

pub(super) fn reserved(hall: &mut Hall, person: PersonId, room: RoomId) {
    hall.model.reserved(person, room);
    hall.is_reserving = false;
}

// ---- what others know already

/// Who has waited for too long waits no more.
fn give_up_waiting(hall: &mut Hall, peers: &mut Peers) {
    let now = ticks();
    while let Some(&(until, peer)) = hall.barriers.first()
        && until <= now
    {
        hall.barriers.pop_first();
        if hall.sessions.get(peer).is_some_and(|session| session.barrier.waits()) {
            pass(hall, peers, peer, Barrier::Failed);
        }
    }
}

/// This node knows all that others knew when somebody came.
pub(super) fn reached(hall: &mut Hall, peers: &mut Peers, peer: PeerId) {
    if admin::is_one(hall, peer) {
        return admin::knows_all(hall, peers, peer);
    }
    match hall.sessions.get_mut(peer) {
        Some(session) if session.barrier.waits() => pass(hall, peers, peer, Barrier::Passed),
        // They have not waited for it, and are better off from now on.
        Some(session) => session.barrier = Barrier::Passed,
        None => {}
    }
}

fn pass(hall: &mut Hall, peers: &mut Peers, peer: PeerId, how: Barrier) {
    let Some(session) = hall.sessions.get_mut(peer) else { return };
    hall.barriers.remove(&(session.waits_until, peer));
    match std::mem::replace(&mut session.barrier, how) {
        Barrier::Guest(invite) => greeting::arrive_as_guest(hall, peers, peer, invite.as_deref()),
        Barrier::Again => session.is_again = true,
        Barrier::Open | Barrier::Asked | Barrier::Passed | Barrier::Failed => {}
    }
    requests::release(hall, peers, peer);
}

// ---- two nodes at once

/// Another node was faster to make the room with which this was to be done: it is done with that one. What waits comes back, if it is
/// not so.
pub(super) fn take_elsewhere(
    hall: &mut Hall,
    peers: &mut Peers,
    entry: &Entry,
    outcome: &Outcome,
    waiting: Waiting,
) -> Option<Waiting> {
    let (Entry::Join { room, .. } | Entry::Append(Append { room, .. })) = entry else {
        return match entry {
            Entry::Act(Deed { act: Act::Hold { said }, .. }) => {
                take_from(hall, peers, said.room, entry, outcome, waiting)
            }
            _ => Some(waiting),
        };
    };
    take_from(hall, peers, *room, entry, outcome, waiting)
}

fn take_from(
    hall: &mut Hall,
    peers: &mut Peers,
    room: RoomId,
    entry: &Entry,
    outcome: &Outcome,
    waiting: Waiting,
) -> Option<Waiting> {
    let Some(key) = hall.ledger.made_elsewhere(room).filter(|_| *outcome == Err(Failure::NoSuchRoom)) else {
        return Some(waiting);
    };
    let (asker, held_up) = (waiting.asker().cloned(), waiting.holds_up());
    let taken = match hall.model.instead(entry, key, hall.moment()) {
        Ok(None) => return Some(waiting),
        Ok(Some((entry, room))) => hall.submit(peers, entry, waiting.in_room(room)),
        Err(refusal) => Err(refusal),
    };
    if let (Err(refusal), Some(asker)) = (&taken, asker) {
        hall.refuse(peers, &asker, refusal);
    }
    match (taken, held_up.and_then(|peer| hall.sessions.get_mut(peer))) {
        // They wait for that now.
        (Ok(()), Some(session)) => session.held.release(),
        (Err(_), Some(_)) => held_up.into_iter().for_each(|peer| requests::release(hall, peers, peer)),
        (_, None) => {}
    }
    None
}

// ---- the log is away

/// Looks who has waited for too long.
pub(super) fn pass_time(hall: &mut Hall, peers: &mut Peers) {
    let over = hall.ledger.give_up_waiting();
    unsure(hall, peers, over);
    give_up_waiting(hall, peers);
    reserve(hall, peers);
    farewell::pass_time(hall, peers);
    note(hall);
}

/// For those who watch over the chat.
fn note(hall: &Hall) {
    hall.metrics.set_trouble(hall.ledger.trouble());
    if let Some(stand) = hall.ledger.stand() {
        hall.metrics.stands(&Stand { people_elsewhere: hall.fellows.count(), ..stand });
    }
}

/// They hear that it is not known. When it comes back from the log it is told like what somebody else has said.
pub(super) fn unsure(hall: &mut Hall, peers: &mut Peers, tickets: Vec<Ticket>) {
    hall.ledger.settle(tickets.len());
    for ticket in tickets {
        let Ticket::Entry(waiting) = ticket else { continue };
        let held_up = waiting.holds_up();
        answer(hall, peers, waiting);
        if let Some(peer) = held_up {
            requests::release(hall, peers, peer);
        }
    }
}

fn answer(hall: &mut Hall, peers: &mut Peers, waiting: Waiting) {
    match waiting {
        Waiting::Nobody | Waiting::Promised { .. } => {}
        Waiting::Said { asker, .. }
        | Waiting::Done(asker)
        | Waiting::Acted(asker)
        | Waiting::Invited { asker, .. }
        | Waiting::Keyed { asker, .. }
        | Waiting::Targeted { asker, .. }
        | Waiting::Renamed { asker, .. }
        | Waiting::Entered { asker, .. } => hall.refuse(peers, &asker, &Refusal::unsure()),
        Waiting::Part(peer) => {
            hall.failed.entry(peer).or_insert(Failure::Unsure);
        }
        Waiting::Posted { request } => programs::posted(hall, peers, request, &Err(Failure::Unsure), &[]),
        Waiting::Linked { asker, person, token, has } => {
            devices::linked(hall, peers, &asker, (person, &token), Err(Failure::Unsure), has);
        }
        // Their token is nobody's then (`reports.rs`).
        Waiting::Arrived { asker, person, .. } => {
            greeting::turn_away(hall, peers, &asker, &Refusal::unsure());
            farewell::let_go(hall, peers, person);
        }
        Waiting::AdminIn { asker, token } => {
            admin::let_in(hall, peers, &asker, &token, Err(Failure::Unsure));
        }
    }
}

// ---- other nodes

pub(super) fn hear(hall: &mut Hall, peers: &mut Peers, told: Told) {
    match told {
        Told::Changed => note(hall),
        Told::Company(fellows) => {
            let nodes = fellows.iter().map(|fellow| (&*fellow.boot, &*fellow.here));
            let (came, went) = hall.fellows.replace(nodes);
            came.into_iter().for_each(|person| come(hall, peers, person));
            went.into_iter().for_each(|person| go(hall, person));
            forget_orphans(hall, peers);
        }
        Told::Saw { boot, came, went } => {
            for person in came {
                if hall.fellows.come(&boot, person) {
                    come(hall, peers, person);
                }
            }
            for person in went {
                if hall.fellows.go(&boot, person) {
                    go(hall, person);
                }
            }
        }
        Told::Said { boot, payload } => match Saying::of_text(&payload) {
            Some(Saying::Typing { room, person }) => {
                if hall.model.is_member(person, room) {
                    hall.tell_from_elsewhere(peers, &[News::Typing { room, person }]);
                }
            }
            Some(Saying::Link { person, code }) => hall.links.add(person, code, ticks()),
            Some(Saying::Unlink { person }) => hall.links.drop_of(person),
            Some(Saying::Admins { keys, sessions }) => admin::hear(hall, peers, boot, keys, &sessions),
            None => log::debug!("node {boot} says something that is not known here"),
        },
    }
}

/// There is somebody new, of another node. That they are there may have been heard before.
pub(super) fn arrived(hall: &mut Hall, peers: &mut Peers, person: PersonId) {
    if hall.fellows.have(person) {
        come(hall, peers, person);
    }
}

/// Somebody has a connection at another node.
fn come(hall: &mut Hall, peers: &mut Peers, person: PersonId) {
    let news = hall.model.came(person, hall.ledger.calendar().now());
    hall.deliver.count_rooms_of(&hall.model, person);
    hall.tell_from_elsewhere(peers, &news);
}

/// Somebody has none there any more, and at no other node but perhaps at this one.
fn go(hall: &mut Hall, person: PersonId) {
    if hall.sessions.windows_of(person).is_empty() {
        hall.model.went_elsewhere(person, hall.ledger.calendar().now());
        hall.deliver.count_rooms_of(&hall.model, person);
        hall.fading.begin(person, ticks());
    }
}

/// Guests whose node is gone are gone with it. Whoever has just begun has missed nobody yet.
fn forget_orphans(hall: &mut Hall, peers: &mut Peers) {
    if hall.ledger.holds_chores() && hall.ledger.is_calm() && ticks() >= ORPHANED {
        let since = hall.ledger.calendar().now().saturating_sub(ORPHANED);
        let orphans = hall.model.guests_away(since);
        hall.submit_each(peers, orphans);
    }
}
