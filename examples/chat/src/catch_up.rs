//! What a connection has missed, room by room, until it is live.
//!
//! A connection hears a room's live events only when it has been told everything before them: so its events
//! come without a gap and without an overlap, and the client needs no cleverness. Rooms are worked on one after the
//! other, a piece at a time, and no faster than the client reads.

use pollcat::{Delivery, PeerId, Peers};

use crate::chat::Chat;
use crate::cost::{COMPRESSED, Cost};
use crate::history::{Event, Failure, Found, Offset, Read, RoomId};
use crate::rooms::Room;
use crate::sessions::{Behind, From, Session, Stage, Voice};
use crate::telling::send_answer;
use crate::tickets::Ticket;
use crate::wire::{EventTold, Position, Told, json};

/// The most events in a piece of history, and in a page.
pub(crate) const PAGE: usize = 100;
/// A piece ends when it has become about this long, in bytes of JSON.
const PIECE: usize = 128 << 10;
/// So do a page and what was found. It is just little enough to be compressed.
pub(crate) const ANSWER: usize = COMPRESSED - 1024;
/// The latest events, for whoever has none, or can use none of those they have.
const FRESH: usize = 50;
/// Whoever has missed more starts afresh, and fetches older events when they are wanted.
const MISSED: u64 = 1000;

/// How far a piece got.
enum Piece {
    /// The client is live in this room.
    Last,
    /// More of the room follows.
    More(Offset),
    /// The disk has been asked.
    Asked,
}

/// A piece on its way.
struct Sent {
    delivery: Delivery,
    cost: Cost,
}

impl Sent {
    const NOTHING: Sent = Sent { delivery: Delivery::Queued, cost: Cost::NOTHING };
}

impl Chat {
    /// Tells a connection what it has missed, as far as memory and the client's pace allow.
    pub(crate) fn catch_up(&mut self, peers: &mut Peers, peer: PeerId) {
        while let Some(session) = self.sessions.get(peer) {
            if session.reading.is_some() {
                return;
            }
            let Some(behind) = session.behind.front().cloned() else {
                return;
            };
            let (piece, sent) = self.next_piece(peers, peer, &behind);
            self.charge_arrival(peer, sent.cost);
            if self.go_on(peer, behind.room, piece) || sent.delivery == Delivery::Slow {
                return; // `on_drain` goes on
            }
        }
    }

    /// Notes how far a piece got. True if the disk has to answer first.
    fn go_on(&mut self, peer: PeerId, room: RoomId, piece: Piece) -> bool {
        let Some(session) = self.sessions.get_mut(peer) else {
            return true;
        };
        match piece {
            Piece::Last => drop(session.behind.pop_front()),
            Piece::More(offset) => {
                if let Some(behind) = session.behind.front_mut().filter(|behind| behind.room == room) {
                    behind.from = From::Offset(offset);
                }
            }
            Piece::Asked => return true,
        }
        false
    }

    fn next_piece(&mut self, peers: &mut Peers, peer: PeerId, behind: &Behind) -> (Piece, Sent) {
        let Some(room) = self.rooms.get(behind.room).filter(|_| self.is_member(peer, behind.room)) else {
            return (Piece::Last, Sent::NOTHING); // they have left it meanwhile
        };
        let after = match &behind.from {
            From::Offset(offset) => Some(*offset),
            From::Client(position) => position.as_ref().and_then(|position| usable(position, room)),
        };
        let Some(after) = after else {
            return self.start_afresh(peers, peer, behind.room);
        };
        if let Some(events) = room.after(after) {
            let (told, rest) = piece(events);
            let last = told.last().map_or(after, |event| event.offset());
            let sent = tell(peers, peer, room, told, true, rest);
            if rest {
                return (Piece::More(last), sent);
            }
            self.listen(peers, peer, behind.room);
            return (Piece::Last, sent);
        }
        let reading = self.next_reading;
        self.next_reading += 1;
        let read = Read::After { room: behind.room, after, limit: PAGE };
        match self.fetch(read, Ticket::CaughtUp { peer, reading }) {
            Ok(()) => {
                if let Some(session) = self.sessions.get_mut(peer) {
                    session.reading = Some(reading);
                    if let Some(front) = session.behind.front_mut() {
                        front.from = From::Offset(after);
                    }
                }
                (Piece::Asked, Sent::NOTHING)
            }
            Err(_) => self.start_afresh(peers, peer, behind.room),
        }
    }

    /// The disk has told what follows `after`.
    pub(crate) fn caught_up(
        &mut self,
        peers: &mut Peers,
        (peer, reading): (PeerId, u64),
        (room, after): (RoomId, Offset),
        result: Result<Found, Failure>,
    ) {
        let Some(session) = self.sessions.get_mut(peer).filter(|session| session.reading == Some(reading))
        else {
            return;
        };
        session.reading = None;
        let is_next = session.behind.front().is_some_and(|behind| behind.room == room);
        let still_a_member = is_next && self.is_member(peer, room);
        if let Some(place) = self.rooms.get(room).filter(|_| still_a_member) {
            let (piece, sent) = match result {
                Ok(Found::Events { events, first, .. })
                    if first <= after + 1 && !place.heard(&events).is_empty() =>
                {
                    let (told, _) = piece(place.heard(&events).iter());
                    let last = told.last().map_or(after, |event| event.offset());
                    (Piece::More(last), tell(peers, peer, place, told, true, true))
                }
                // Given up meanwhile, or the disk cannot be read: plainly, from memory.
                _ => self.start_afresh(peers, peer, room),
            };
            self.charge_arrival(peer, sent.cost);
            if self.go_on(peer, room, piece) || sent.delivery == Delivery::Slow {
                return;
            }
        } else if is_next && let Some(session) = self.sessions.get_mut(peer) {
            session.behind.pop_front();
        }
        self.catch_up(peers, peer);
    }

    /// The latest events, from memory, and live from there.
    fn start_afresh(&mut self, peers: &mut Peers, peer: PeerId, room: RoomId) -> (Piece, Sent) {
        let Some(place) = self.rooms.get(room) else {
            return (Piece::Last, Sent::NOTHING);
        };
        let skipped = place.recent.len().saturating_sub(FRESH);
        let told = latest(place.recent.range(skipped..));
        let sent = tell(peers, peer, place, told, false, false);
        self.listen(peers, peer, room);
        (Piece::Last, sent)
    }

    /// From now on the connection hears the room live.
    pub(crate) fn listen(&self, peers: &mut Peers, peer: PeerId, room: RoomId) {
        if let (Some(session), Some(room)) = (self.sessions.get(peer), self.rooms.get(room)) {
            peers.subscribe(peer, room.topic(session.voice, session.room == room.id));
        }
    }

    fn is_member(&self, peer: PeerId, room: RoomId) -> bool {
        let Some(Session { stage: Stage::Here(person), voice: Voice::Json, .. }) = self.sessions.get(peer)
        else {
            return false;
        };
        self.people.get(*person).is_some_and(|person| person.rooms.contains_key(&room))
    }
}

/// The offset from which a client can go on, if it can.
fn usable(position: &Position, room: &Room) -> Option<Offset> {
    let &Position { ref epoch, offset } = position;
    if *epoch != room.epoch || offset > room.last {
        return None; // any number may stand there: nothing is reckoned with it before this
    }
    (offset + 1 >= room.first && room.last - offset <= MISSED).then_some(offset)
}

/// As much as has about so many bytes, but one at least, and no more than so many; and whether there is more.
pub(crate) fn cut<T>(
    all: impl Iterator<Item = T>,
    most: usize,
    bytes: usize,
    length: impl Fn(&T) -> usize,
) -> (Vec<T>, bool) {
    let (mut told, mut sum) = (Vec::new(), 0);
    for one in all {
        sum += length(&one);
        if !told.is_empty() && (sum > bytes || told.len() >= most) {
            return (told, true);
        }
        told.push(one);
    }
    (told, false)
}

/// The latest of these events, as many as make an answer.
pub(crate) fn latest<'a>(events: impl DoubleEndedIterator<Item = &'a Event>) -> Vec<EventTold<'a>> {
    let (mut told, _) =
        cut(events.rev().map(|event| EventTold::new(event, None)), PAGE, ANSWER, EventTold::length);
    told.reverse();
    told
}

fn piece<'a>(events: impl Iterator<Item = &'a Event>) -> (Vec<EventTold<'a>>, bool) {
    cut(events.map(|event| EventTold::new(event, None)), PAGE, PIECE, EventTold::length)
}

fn tell(
    peers: &mut Peers,
    peer: PeerId,
    room: &Room,
    events: Vec<EventTold<'_>>,
    recovered: bool,
    more: bool,
) -> Sent {
    let history = json(&Told::History { room: &room.name, epoch: &room.epoch, recovered, events, more });
    Sent { cost: Cost::answered(history.len()), delivery: send_answer(peers, peer, &history) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{RoomKind, StoredRoom, Voices};

    fn room(first: Offset, last: Offset) -> Room {
        Room::new(StoredRoom {
            id: 1,
            kind: RoomKind::Public,
            name: "tea".into(),
            folded: "tea".into(),
            epoch: "e".into(),
            first,
            last,
            voices: Voices::None,
            deletions: vec![],
            recent: vec![],
        })
    }

    #[test]
    fn a_position_is_usable_if_everything_after_it_is_kept_and_is_not_too_much() {
        let table = [
            ("e", 0, (1, 0), true),
            ("e", 7, (1, 10), true),
            ("e", 10, (1, 10), true),
            ("e", 11, (1, 10), false),
            ("other", 7, (1, 10), false),
            ("e", 4, (6, 10), false),
            ("e", 5, (6, 10), true),
            ("e", 10, (11, 10), true),
            ("e", 0, (1, MISSED), true),
            ("e", 0, (1, MISSED + 1), false),
            ("e", u64::MAX, (1, 10), false),
            ("e", u64::MAX, (1, 0), false),
        ];
        for (epoch, offset, (first, last), expected) in table {
            let position = Position { epoch: epoch.into(), offset };
            let usable = usable(&position, &room(first, last));
            assert_eq!(usable, expected.then_some(offset), "{epoch} {offset} in {first}..={last}");
        }
    }
}
