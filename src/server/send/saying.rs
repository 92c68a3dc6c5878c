//! How what is said finds its hearers, in the course of a turn.
//!
//! Something for one peer goes to its outbox. Something for many is noted with its topic and touches none of them: at the
//! end of the turn (`flushing.rs`) most of them have heard nothing else, and get one write of the same bytes each. Whoever
//! is spoken to privately in between, comes, or goes, catches up first: so each peer hears everything in the order of
//! the calls.

use crate::Message;
use crate::protocol::is_frame_of;
use crate::server::peers::{Delivery, Peers};
use crate::server::send::outgoing::{Content, Outgoing};
use crate::server::send::sending::Sending;
use crate::server::send::tape::{LARGE, LONG, Piece};
use crate::server::send::topics::{EVERYBODY, Said, TopicNumber};
use crate::server::table::connection::Stage;
use crate::server::{PeerId, SlowPeers};

/// Who speaks before a turn has said this many bytes is served before those who only listen. A turn that has said more fills
/// its writes anyway, and whoever went on at once would only wait longer for the next: with 160 messages in a closed loop,
/// p99 was a tenth to a quarter longer.
const SERVED_FIRST: u32 = 1 << 10;

impl Peers {
    /// One handler call may say more than a turn should.
    #[inline]
    fn begin_saying(&mut self) {
        if self.tape.is_full() {
            self.flush();
        }
    }

    // ---- to one

    /// A message for one peer.
    pub(in crate::server) fn say_to(&mut self, to: PeerId, outgoing: &Outgoing<'_>) -> Delivery {
        self.begin_saying();
        if !self.contains(to) {
            return Delivery::Gone;
        }
        if self.catch_up(to.slot) && !self.contains(to) {
            return Delivery::Gone; // what it was to hear before was too much
        }
        self.count_encoded(outgoing);
        let delivery = match outgoing.content {
            _ if self.hears_deflated(to.slot) && self.is_worth_deflating(outgoing) => {
                self.push_message(to.slot, &mut Sending::new(outgoing))
            }
            Content::Message(message) if self.is_best_written_at_once(to.slot, message) => {
                self.write_at_once(to.slot, message)
            }
            content => {
                let piece = self.tape.put(content);
                self.push_if_room(to.slot, &piece)
            }
        };
        if matches!(delivery, Delivery::Slow | Delivery::Full) {
            self.connections.at(to.slot).outbox.tell_slow();
        }
        delivery
    }

    /// Does a write of its own, straight from where the handler has it, cost less than a copy? But if something waits for
    /// the peer, that may not be overtaken.
    #[inline]
    fn is_best_written_at_once(&mut self, slot: u32, message: Message<'_>) -> bool {
        message.len() >= LONG
            && (message.len() >= LARGE || is_frame_of(&self.heard, message))
            && self.connections.at(slot).outbox.is_empty()
    }

    // ---- to many

    /// A message for a topic, or for everybody, but for one.
    pub(in crate::server) fn say_to_all(
        &mut self,
        number: TopicNumber,
        except: Option<PeerId>,
        outgoing: &Outgoing<'_>,
    ) {
        self.begin_saying();
        self.count_encoded(outgoing);
        let mut sending = Sending::new(outgoing);
        let except = except.filter(|&id| self.contains(id)).map(|id| id.slot);
        let deflated_for_some = self.is_worth_deflating(outgoing);
        let mut some_hear_it_plain = !deflated_for_some;
        if deflated_for_some {
            self.for_each_member(number, except, |peers, slot| match peers.hears_deflated(slot) {
                true => peers.tell(slot, &mut sending),
                false => some_hear_it_plain = true,
            });
        }
        if !some_hear_it_plain {
            return;
        }
        // Whoever is left out has heard what was said before.
        if let Some(slot) = except {
            self.catch_up(slot);
        }
        match sending.plain(&mut self.tape) {
            Piece::Tape(range) => {
                let range = range.clone();
                // The speaker is served first, and can go on while the others are told: the next turn hears more at once.
                if range.start < SERVED_FIRST
                    && let Some(speaker) = self.speaker
                {
                    self.mark_dirty(speaker);
                }
                self.topics.say(number, Said { range, deflated_for_some });
                if let Some(slot) = except {
                    self.skip_news(slot);
                }
            }
            // Large: it has no place on the tape that could tell when it was said.
            Piece::Shared(_) | Piece::Page(_) => self.for_each_member(number, except, |peers, slot| {
                if !(deflated_for_some && peers.hears_deflated(slot)) {
                    peers.tell(slot, &mut sending);
                }
            }),
        }
    }

    /// One of many is told now.
    fn tell(&mut self, slot: u32, sending: &mut Sending<'_>) {
        self.catch_up(slot);
        if self.connections.at(slot).stage == Stage::Open {
            self.push_message(slot, sending);
        }
    }

    fn for_each_member(
        &mut self,
        number: TopicNumber,
        except: Option<u32>,
        mut act: impl FnMut(&mut Peers, u32),
    ) {
        let mut place = 0;
        while let Some(slot) = self.member(number, place) {
            if except != Some(slot) && self.connections.at(slot).stage == Stage::Open {
                act(self, slot);
            }
            place = self.next_place(number, place, slot);
        }
    }

    pub(in crate::server) fn member(&self, number: TopicNumber, place: usize) -> Option<u32> {
        match number {
            EVERYBODY => self.open.next(place),
            _ => self.topics.members(number).get(place).copied(),
        }
    }

    /// Losing a peer takes it out of the topic, and the last member comes in its place; everybody's place is their slot.
    pub(in crate::server) fn next_place(&self, number: TopicNumber, place: usize, slot: u32) -> usize {
        match number {
            EVERYBODY => slot as usize + 1,
            _ => place + usize::from(self.member(number, place) == Some(slot)),
        }
    }

    // ---- catching up

    /// What was said to a peer's topics goes to its outbox, before something else does, or before it leaves them.
    /// False if nothing was said.
    #[inline]
    pub(in crate::server) fn catch_up(&mut self, slot: u32) -> bool {
        let is_news = !self.topics.are_silent();
        if is_news {
            self.hear_news(slot);
        }
        is_news
    }

    #[inline(never)]
    fn hear_news(&mut self, slot: u32) {
        let since = self.skip_news(slot);
        let connection = self.connections.at(slot);
        if connection.stage != Stage::Open {
            return;
        }
        let news = self.topics.news(&connection.topics, since);
        let hears_deflated = self.hears_deflated(slot);
        for Said { range, .. } in news.into_iter().filter(|said| !(said.deflated_for_some && hears_deflated))
        {
            self.push_if_room(slot, &Piece::Tape(range));
            if self.connections.at(slot).stage != Stage::Open {
                return;
            }
        }
    }

    /// What was said up to now is not for this peer (any more). Returns since when.
    pub(in crate::server) fn skip_news(&mut self, slot: u32) -> u32 {
        self.mark_dirty(slot);
        std::mem::replace(&mut self.connections.at(slot).heard, self.tape.position())
    }

    // ---- outboxes

    /// What was prepared has been encoded before.
    #[inline]
    fn count_encoded(&mut self, outgoing: &Outgoing<'_>) {
        self.counters.encoded += u64::from(matches!(outgoing.content, Content::Message(_)));
    }

    /// Queues a message for an open peer, within its limit.
    #[inline]
    fn push_message(&mut self, slot: u32, sending: &mut Sending<'_>) -> Delivery {
        match self.encode_for(slot, sending) {
            Some(piece) => self.push_piece(slot, piece),
            None => self.refuse_message(slot),
        }
    }

    #[inline]
    fn push_if_room(&mut self, slot: u32, piece: &Piece) -> Delivery {
        if self.has_room(slot, piece.len()) {
            self.push_piece(slot, piece)
        } else {
            self.refuse_message(slot)
        }
    }

    #[inline]
    fn push_piece(&mut self, slot: u32, piece: &Piece) -> Delivery {
        let connection = self.connections.at(slot);
        connection.outbox.push(piece);
        let delivery = if connection.outbox.is_blocked() { Delivery::Slow } else { Delivery::Queued };
        self.counters.messages_out += 1;
        self.mark_dirty(slot);
        delivery
    }

    /// Only a full socket makes a peer slow: what is queued for any other is written before its queue
    /// counts as full.
    #[inline]
    pub(in crate::server) fn has_room(&mut self, slot: u32, length: usize) -> bool {
        let limit = self.queue_limit();
        let outbox = &self.connections.at(slot).outbox;
        if outbox.has_room_for(length, limit) {
            return true;
        }
        if outbox.is_blocked() {
            return false;
        }
        // Whoever turns out to be slow with this message was not slow before it: it is taken still, and the last.
        self.flush_one(slot);
        self.connections.at(slot).stage == Stage::Open
    }

    #[inline]
    pub(in crate::server) fn queue_limit(&self) -> usize {
        self.config.send_queue - self.config.send_queue / 64
    }

    #[cold]
    fn refuse_message(&mut self, slot: u32) -> Delivery {
        if self.connections.at(slot).stage != Stage::Open {
            return Delivery::Gone; // the socket turned out to be broken
        }
        self.counters.queue_full += 1;
        match self.config.slow_peers {
            SlowPeers::Skip => self.connections.at(slot).outbox.miss(),
            SlowPeers::Close => self.end_slow_peer(slot),
        }
        Delivery::Full
    }

    #[inline]
    pub(in crate::server) fn mark_dirty(&mut self, slot: u32) {
        let connection = self.connections.at(slot);
        if !connection.dirty {
            connection.dirty = true;
            self.dirty.push(slot);
        }
    }
}
