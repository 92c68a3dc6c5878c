//! What a connection has missed, on its way to it: from memory, or from the disk if memory has it no more.

use pollcat::{Delivery, PeerId};

use crate::cost::Cost;
use crate::deliver::{Deliver, Floor};
use crate::history::{Event, Failure, Offset, Read, RoomId};
use crate::ledger::Ledger;
use crate::model::Room;
use crate::run::clock::ticks;
use crate::session::{Charges, Plan, Since};
use crate::tickets::Question;
use crate::voices::json::{PAGE, Piece, afresh, missed};

/// The latest events, for whoever has none, or can use none of those they have.
const FRESH: usize = 50;

/// What the disk has told: some events, and the oldest offset that it keeps.
pub(super) type Events = (Vec<Event>, Offset);

/// The parts that take part in it.
pub(super) struct CatchingUp<'a> {
    pub floor: Floor<'a>,
    pub charges: &'a mut Charges,
    pub ledger: &'a Ledger,
    pub deliver: &'a Deliver,
    pub next_reading: &'a mut u64,
}

/// How it goes on with a connection.
#[derive(PartialEq, Eq)]
enum Next {
    /// With more of the same, or with another room.
    Piece,
    /// When the disk has answered, or when the client has read what it was sent.
    Later,
}

impl CatchingUp<'_> {
    /// Tells a connection what it has missed, as far as memory and the client's pace allow.
    pub(super) fn go_on(&mut self, peer: PeerId) {
        while let Some((room, since)) = self.floor.sessions.get(peer).and_then(|it| it.catch_up.next()) {
            if self.tell_some(peer, room, &since) == Next::Later {
                return;
            }
        }
    }

    /// The disk has answered.
    pub(super) fn receive(&mut self, peer: PeerId, reading: u64, found: Result<Events, Failure>) {
        let Some(session) = self.floor.sessions.get_mut(peer) else {
            return;
        };
        let Some((id, Since::Offset(after))) = session.catch_up.answered(reading) else {
            return;
        };
        let next = match self.room_of(peer, id) {
            None => {
                self.finish(peer); // they have left it meanwhile
                Next::Piece
            }
            Some(room) => match found {
                Ok((events, first)) if first <= after + 1 && !room.heard(&events).is_empty() => {
                    let piece = missed(self.floor.model, room, room.heard(&events).iter(), true);
                    self.move_to(peer, piece.last.unwrap_or(after));
                    self.send(peer, &piece)
                }
                // Given up meanwhile, or the disk cannot be read: plainly, from memory.
                Ok(_) | Err(_) => self.start_afresh(peer, room),
            },
        };
        if next == Next::Piece {
            self.go_on(peer);
        }
    }

    fn tell_some(&mut self, peer: PeerId, id: RoomId, since: &Since) -> Next {
        let Some(room) = self.room_of(peer, id) else {
            self.finish(peer); // they have left it meanwhile
            return Next::Piece;
        };
        let Plan::After(after) = Plan::new(since, room) else {
            return self.start_afresh(peer, room);
        };
        if let Some(events) = room.after(after) {
            let piece = missed(self.floor.model, room, events, false);
            let next = self.send(peer, &piece);
            if piece.rest {
                self.move_to(peer, piece.last.unwrap_or(after));
            } else {
                self.be_live(peer, id);
            }
            return next;
        }
        let reading = *self.next_reading;
        *self.next_reading += 1;
        let read = Read::After { room: id, after, limit: PAGE };
        if self.ledger.read(read, Question::Missed { peer, reading }).is_err() {
            return self.start_afresh(peer, room);
        }
        if let Some(session) = self.floor.sessions.get_mut(peer) {
            session.catch_up.wait(reading, after);
        }
        Next::Later
    }

    /// The latest events, from memory, and live from there.
    fn start_afresh(&mut self, peer: PeerId, room: &Room) -> Next {
        let skipped = room.recent().len().saturating_sub(FRESH);
        let piece = afresh(self.floor.model, room, room.recent().range(skipped..));
        let next = self.send(peer, &piece);
        self.be_live(peer, room.id());
        next
    }

    fn send(&mut self, peer: PeerId, piece: &Piece) -> Next {
        let delivery = self.deliver.tell_missed(&mut self.floor, peer, piece);
        if let Some(session) = self.floor.sessions.get(peer) {
            self.charges.charge_arrival(session, Cost::answered(piece.text.len()), ticks());
        }
        // Then `on_drain` goes on.
        if delivery == Delivery::Slow { Next::Later } else { Next::Piece }
    }

    fn move_to(&mut self, peer: PeerId, offset: Offset) {
        if let Some(session) = self.floor.sessions.get_mut(peer) {
            session.catch_up.move_to(offset);
        }
    }

    fn finish(&mut self, peer: PeerId) {
        if let Some(session) = self.floor.sessions.get_mut(peer) {
            session.catch_up.finish();
        }
    }

    /// It has been told all there is.
    fn be_live(&mut self, peer: PeerId, room: RoomId) {
        self.deliver.listen(&mut self.floor, peer, room);
        self.finish(peer);
    }
}

impl<'a> CatchingUp<'a> {
    /// The room, if the connection is of one of its members.
    fn room_of(&self, peer: PeerId, room: RoomId) -> Option<&'a Room> {
        let person = self.floor.sessions.person(peer)?;
        let is_member = self.floor.model.is_member(person, room);
        self.floor.model.room(room).filter(|_| is_member)
    }
}
