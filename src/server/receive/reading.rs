//! How bytes are read from connections.

use std::collections::hash_map::Entry;
use std::io::ErrorKind;

use super::bodies::Begun;
use super::holding::Held;
use super::inbound::{Inbound, Turn};
use super::messages::Rest;
use super::opening::Opening;
use super::way_in::WayIn;
use crate::Answer;
use crate::server::accept::input::Input;
use crate::server::peer_id::Slot;
use crate::server::requests::{Asked, RequestId};
use crate::server::table::marks::Mark;
use crate::server::table::stage::{Cause, Stage};
use crate::server::tuning::{HELD_BEFORE_ANSWER, READ_AT_LEAST, READS_PER_TURN};
use crate::server::{Handler, PeerId, Peers};

/// How far a connection is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Until {
    /// A short read, which proves that the socket is empty.
    ShortRead,
    /// A read that would block, or the end of the stream: events were missed.
    WouldBlock,
    /// The same; the end was announced.
    End,
}

impl Inbound {
    /// Reads from a peer, unless its TLS handshake is under way: a step of one costs much, so they wait in line.
    pub(in crate::server) fn read<M>(
        &mut self,
        id: PeerId,
        until: Until,
        peers: &mut Peers,
        handler: &mut impl Handler<M>,
    ) {
        let Some(slot) = peers.find(id) else {
            return;
        };
        if until == Until::End {
            self.ways[slot.index()].announce_end();
        }
        if !peers.out().transport(slot).is_some_and(|transport| transport.is_shaking()) {
            self.read_now(id, until, peers, handler);
        } else if let Entry::Vacant(turn) = self.turns.entry(slot) {
            turn.insert(Turn::Next);
            self.line.push_back(id);
        }
    }

    /// The peers whose input was not read to its end, or waited for their outbox.
    #[inline]
    pub(in crate::server) fn go_on<M>(&mut self, peers: &mut Peers, handler: &mut impl Handler<M>) {
        if self.holding.unfinished() > 0 {
            self.go_on_with_the_unfinished(peers, handler);
        }
    }

    #[inline(never)]
    fn go_on_with_the_unfinished<M>(&mut self, peers: &mut Peers, handler: &mut impl Handler<M>) {
        let mut unfinished = self.holding.take_unfinished();
        unfinished.sort_unstable();
        unfinished.dedup();
        for id in unfinished {
            let Some(slot) = peers.find(id) else {
                continue;
            };
            if !peers.is_held_back(slot)
                && let Some(held) = self.holding.take(slot)
            {
                self.hand_on_what_was_held(held, id, peers, handler);
            }
            self.read(id, Until::WouldBlock, peers, handler);
        }
    }

    /// The next step of the TLS handshake that waits longest, if one does. Returns the slot, and which turn it was.
    pub(in crate::server) fn shake_hands<M>(
        &mut self,
        peers: &mut Peers,
        handler: &mut impl Handler<M>,
    ) -> Option<(Slot, Turn)> {
        loop {
            let id = self.line.pop_front()?;
            if let Some(slot) = peers.find(id)
                && let Some(turn) = self.turns.remove(&slot)
            {
                self.read_now(id, Until::WouldBlock, peers, handler);
                return Some((slot, turn));
            }
        }
    }

    /// Has a connection in line one more turn? Its next is the last.
    pub(in crate::server) fn grant_last_turn(&mut self, slot: Slot) -> bool {
        self.turns.get_mut(&slot).is_some_and(|turn| std::mem::replace(turn, Turn::Last) == Turn::Next)
    }

    /// Was the peer's input not read to its end?
    pub(in crate::server) fn is_unfinished(&self, id: PeerId) -> bool {
        self.holding.is_unfinished(id)
    }

    /// Reads until there is no more, or until the budget is used up, which is remembered, as the event will not come
    /// again.
    fn read_now<M>(&mut self, id: PeerId, until: Until, peers: &mut Peers, handler: &mut impl Handler<M>) {
        let slot = id.slot();
        for _ in 0..READS_PER_TURN {
            let most = self.most_to_read(slot, until, peers);
            if most == 0 {
                return self.wait(slot, peers);
            }
            let (length, drained) = match self.read_once(slot, most, peers) {
                Ok(Input::Bytes { length, drained } | Input::NotTls { length, drained }) => (length, drained),
                Ok(Input::End) => return peers.end_input(slot),
                Err(ErrorKind::WouldBlock) => return,
                Err(ErrorKind::Interrupted) => continue,
                Err(ErrorKind::InvalidData) => return peers.step(slot, Cause::TlsBroken),
                Err(_) => return peers.step(slot, Cause::Lost),
            };
            if length > 0 {
                peers.count().bytes_in += length as u64;
                self.hand_on_what_was_read(length, id, peers, handler);
            }
            if drained && until == Until::ShortRead {
                return;
            }
            if length > most / 2 {
                break;
            }
        }
        self.holding.note_unfinished(id);
    }

    /// Bytes to be read from a peer at once: none while its socket is full, it is paused, or more than enough is held.
    #[inline]
    fn most_to_read(&self, slot: Slot, until: Until, peers: &Peers) -> usize {
        let way = &self.ways[slot.index()];
        let most = self.shared.work.most_to_read(way.inflates());
        match way {
            _ if peers.is_blocked(slot) => 0,
            WayIn::Opening(_) if !way.is_mid_body() => {
                most.min(HELD_BEFORE_ANSWER.saturating_sub(self.holding.held(slot)))
            }
            // Keep the order: while earlier input is held, read nothing more.
            _ if self.holding.holds(slot) => 0,
            // The end of the stream is noticed if nothing lies before it. What does is held.
            _ if peers.has(slot, Mark::Paused) => most_to_hold(until),
            _ => most,
        }
    }

    /// Nothing is read from this peer until what it waits for has come. Who has left meanwhile waits for nothing.
    #[cold]
    fn wait(&mut self, slot: Slot, peers: &mut Peers) {
        let end_is_announced = self.ways[slot.index()].opening().is_some_and(Opening::end_is_announced);
        if end_is_announced && peers.awaits_web_socket(slot) {
            peers.end_input(slot);
        } else {
            self.holding.wait(slot);
        }
    }

    fn read_once(&mut self, slot: Slot, most: usize, peers: &mut Peers) -> Result<Input, ErrorKind> {
        let transport = peers.out().transport(slot).ok_or(ErrorKind::WouldBlock)?;
        let was_shaking = transport.is_shaking();
        let read = transport.read(self.buffer.room(), most);
        let handshake_is_done = was_shaking && transport.handshake_is_done() == Some(true);
        if transport.has_output() {
            peers.out().mark_dirty(slot);
        }
        if handshake_is_done {
            peers.count().tls_handshakes += 1;
        }
        match read {
            Ok(read @ Input::NotTls { .. }) => {
                self.turn_away_from_tls(slot, peers);
                Ok(read)
            }
            Ok(read) => Ok(read),
            Err(error) => {
                if error.kind() == ErrorKind::InvalidData {
                    log::debug!("{} violates TLS: {error}", peers.id(slot));
                }
                Err(error.kind())
            }
        }
    }

    /// A client that sends HTTP without TLS to a TLS listener gets a refusal that says so, without TLS.
    #[cold]
    fn turn_away_from_tls(&mut self, slot: Slot, peers: &mut Peers) {
        peers.out().give_up_tls(slot);
        self.ways[slot.index()].tell_of_tls();
    }

    /// Input of a peer lies in the buffer.
    fn hand_on_what_was_read<M>(
        &mut self,
        length: usize,
        id: PeerId,
        peers: &mut Peers,
        handler: &mut impl Handler<M>,
    ) {
        let Inbound { ways, buffer, shared, holding, .. } = self;
        let rest = ways[id.index()].receive(&mut buffer.room()[..length], id, peers, handler, shared);
        let left = if rest == Rest::Nothing { 0 } else { holding.keep(id, rest) };
        shared.work.charge_bytes(length - left);
        peers.act_on_facts();
        self.charge(id.slot(), peers, handler);
    }

    /// Input of a peer was held. In a busy turn it gets no more of it than it could read: many peers may have waited
    /// for the same.
    fn hand_on_what_was_held<M>(
        &mut self,
        mut held: Held,
        id: PeerId,
        peers: &mut Peers,
        handler: &mut impl Handler<M>,
    ) {
        let Inbound { ways, shared, holding, .. } = self;
        let way = &mut ways[id.index()];
        let all = held.rest().len();
        let now = match way {
            WayIn::Open(_) => all.min(shared.work.most_to_read(way.inflates())),
            WayIn::Opening(_) | WayIn::Deaf => all,
        };
        let rest = way.receive(&mut held.rest()[..now], id, peers, handler, shared);
        if rest == Rest::Nothing && now < all {
            holding.note_unfinished(id);
        }
        let handled = now - holding.note(id, rest).len();
        shared.work.charge_bytes(handled);
        holding.keep_held(id.slot(), held, all - handled);
        peers.act_on_facts();
        self.charge(id.slot(), peers, handler);
    }

    /// The answer to an upgrade that was put off has come, and accepts it. The head is the request's.
    pub(in crate::server) fn accept<M>(
        &mut self,
        (answer, head): (Answer, &[u8]),
        id: PeerId,
        peers: &mut Peers,
        handler: &mut impl Handler<M>,
    ) {
        // The connection may have broken since.
        if let Some(slot) = peers.find(id).filter(|&slot| peers.stage(slot) == Stage::Awaiting) {
            self.ways[slot.index()].accept((answer, head), id, peers, handler);
        }
    }

    /// The answer to a request that was put off asks for its body. The head is the request's.
    pub(in crate::server) fn read_body<M>(
        &mut self,
        limit: usize,
        (head, asked): (&[u8], Asked),
        id: RequestId,
        peers: &mut Peers,
        handler: &mut impl Handler<M>,
    ) {
        let slot = peers.find(id.peer()).filter(|&slot| peers.stage(slot) == Stage::Awaiting);
        if let Some(slot) = slot {
            let begun = if self.holding.holds(slot) { Begun::Yes } else { Begun::No };
            self.ways[slot.index()].read_body((limit, begun), (head, asked), id, peers, handler);
        }
    }

    /// The requests of these peers have their answers, or need none any more: what came after them is read on, as
    /// frames, or to be discarded.
    pub(in crate::server) fn requests_are_answered<M>(
        &mut self,
        peers: &mut Peers,
        handler: &mut impl Handler<M>,
    ) {
        for id in peers.take_answered() {
            if let Some(slot) = peers.find(id) {
                self.holding.wait_no_longer(id);
                self.charge(slot, peers, handler);
            }
        }
    }

    /// Counts what a peer has left unfinished; between messages there is nothing. If all of them have left too much,
    /// the peer that holds most of it is given up.
    #[inline]
    fn charge<M>(&mut self, slot: Slot, peers: &mut Peers, handler: &mut impl Handler<M>) {
        let unfinished = self.ways[slot.index()].unfinished(slot, peers);
        if self.holding.charge(slot, unfinished, || peers.address(slot)) {
            while let Some(debtor) = self.holding.debtor(slot) {
                self.ways[debtor.index()].give_up_body(peers.id(debtor), peers, handler);
                self.deafen(debtor);
                peers.give_up_unfinished(debtor);
            }
        }
    }
}

/// Bytes to be read from a peer that is paused: some, if its end may have come.
#[cold]
fn most_to_hold(until: Until) -> usize {
    match until {
        Until::ShortRead => 0,
        Until::WouldBlock | Until::End => READ_AT_LEAST,
    }
}
