//! How a message is queued, in the course of a turn.
//!
//! A message for one peer goes to its outbox. A message for many is noted with its topic and touches none of them: when
//! the turn ends (`flush.rs`) most of them have nothing else queued, and get one write of the same bytes each. Before
//! something else is queued for a peer, and before it joins or leaves a topic, what was published to it is queued: so
//! each peer receives everything in the order of the calls.

use super::encode::{Encoded, Way};
use super::memberships::{EVERYBODY, TopicNumber};
use super::outgoing::{Content, Outgoing};
use super::tape::Piece;
use super::topics::Published;
use super::{Fact, Outbound};
use crate::Message;
use crate::server::peer_id::Slot;
use crate::server::tuning::LARGE;
use crate::server::{Delivery, SlowPeers};

impl Outbound {
    /// A full tape is flushed before it holds more than one send queue: so no peer is slow because others, or the same,
    /// are sent much in one turn.
    #[inline]
    pub(super) fn make_room(&mut self, length: usize) {
        let used = self.tape.used();
        if used > 0 && used + length > self.full {
            self.flush();
        }
    }

    // ---- to one

    pub(in crate::server) fn send(&mut self, slot: Slot, outgoing: &Outgoing<'_>) -> Delivery {
        self.queue_published(slot);
        if !self.accepts(slot) {
            return Delivery::Gone;
        }
        self.count_encoded(outgoing);
        let delivery = match outgoing.content {
            Content::Message(message) if self.is_best_written_at_once(slot, outgoing) => {
                return self.write_from_where_it_lies(slot, message);
            }
            _ => self.queue_alone(slot, outgoing),
        };
        if matches!(delivery, Delivery::Slow | Delivery::Full) && self.accepts(slot) {
            self.ways[slot.index()].outbox.tell_slow();
        }
        delivery
    }

    /// If the socket only now turns out to be full, this one message is still accepted.
    fn queue_alone(&mut self, slot: Slot, outgoing: &Outgoing<'_>) -> Delivery {
        let was_blocked = self.is_blocked(slot);
        self.make_room(outgoing.length());
        let limit = if was_blocked { self.queue_limit } else { usize::MAX };
        self.queue_message(slot, &mut Encoded::new(outgoing), limit)
    }

    /// Does a write of its own, straight from where the handler has it, cost less than a copy? But it may not overtake
    /// what waits for the peer.
    #[inline]
    fn is_best_written_at_once(&self, slot: Slot, outgoing: &Outgoing<'_>) -> bool {
        outgoing.length() >= LARGE
            && self.ways[slot.index()].outbox.is_empty()
            && matches!(self.way_to(slot, outgoing), Way::Plain)
    }

    // ---- to many

    pub(in crate::server) fn broadcast(&mut self, except: Option<Slot>, outgoing: &Outgoing<'_>) {
        self.publish_to(EVERYBODY, except, outgoing);
    }

    pub(in crate::server) fn publish(&mut self, topic: &str, except: Option<Slot>, outgoing: &Outgoing<'_>) {
        if let Some(number) = self.topics.find(topic) {
            self.publish_to(number, except, outgoing);
        }
    }

    fn publish_to(&mut self, number: TopicNumber, except: Option<Slot>, outgoing: &Outgoing<'_>) {
        self.make_room(outgoing.length());
        self.count_encoded(outgoing);
        let mut encoded = Encoded::new(outgoing);
        let except = except.filter(|&slot| self.accepts(slot));
        let deflated_for_some = self.is_worth_deflating(outgoing);
        let some_read_it_plain = !deflated_for_some || self.queue_deflated(number, except, &mut encoded);
        if !some_read_it_plain {
            return;
        }
        match encoded.plain(&mut self.tape) {
            Piece::Tape(range) => {
                let message = Published { range: range.clone(), deflated_for_some };
                self.note_published(number, except, message);
            }
            // Large: it has no place on the tape that could tell what came first.
            Piece::Shared(_) | Piece::Page(_) => {
                self.for_each_member(number, except, |out, slot| {
                    if !(deflated_for_some && out.reads_deflated(slot)) {
                        out.queue_published(slot);
                        out.queue_message(slot, &mut encoded, out.queue_limit);
                    }
                });
            }
        }
    }

    /// Queues a message for the members that read it compressed. Are there others?
    fn queue_deflated(
        &mut self,
        number: TopicNumber,
        except: Option<Slot>,
        encoded: &mut Encoded<'_>,
    ) -> bool {
        let mut some_read_it_plain = false;
        self.for_each_member(number, except, |out, slot| {
            if out.reads_deflated(slot) {
                out.queue_published(slot);
                out.queue_message(slot, encoded, out.queue_limit);
            } else {
                some_read_it_plain = true;
            }
        });
        some_read_it_plain
    }

    /// Notes a message on the tape with its topic. The peer that is left out has what was published before, and not
    /// this.
    fn note_published(&mut self, number: TopicNumber, except: Option<Slot>, message: Published) {
        if let Some(slot) = except {
            self.queue_published(slot);
        }
        self.topics.publish(number, message);
        if let Some(slot) = except {
            self.skip_published(slot);
        }
    }

    /// Whatever is done to a member, it stays one: members leave when the turn ends.
    fn for_each_member(
        &mut self,
        number: TopicNumber,
        except: Option<Slot>,
        mut act: impl FnMut(&mut Outbound, Slot),
    ) {
        let mut place = 0;
        while let Some(slot) = self.member(number, &mut place) {
            if except != Some(slot) && self.accepts(slot) {
                act(self, slot);
            }
        }
    }

    /// The next member of a topic from a place on, which moves on. In the topic of everybody each slot is a place.
    #[inline]
    pub(super) fn member(&self, number: TopicNumber, place: &mut usize) -> Option<Slot> {
        if number == EVERYBODY {
            let slot = self.open.next(*place)?;
            *place = slot.index() + 1;
            return Some(slot);
        }
        let slot = *self.topics.members(number).get(*place)?;
        *place += 1;
        Some(slot)
    }

    // ---- what was published, before something else

    /// Queues what was published to a peer and is not queued yet.
    #[inline]
    pub(in crate::server) fn queue_published(&mut self, slot: Slot) {
        if !self.topics.are_silent() {
            self.queue_each_published(slot);
        }
    }

    #[inline(never)]
    fn queue_each_published(&mut self, slot: Slot) {
        let since = self.skip_published(slot);
        let way = &self.ways[slot.index()];
        if !way.accepts {
            return;
        }
        let published = self.topics.published_to(&way.topics, since);
        let reads_deflated = way.compression.is_agreed();
        for Published { range, .. } in
            published.into_iter().filter(|message| !(message.deflated_for_some && reads_deflated))
        {
            self.queue(slot, &Piece::Tape(range), self.queue_limit);
        }
    }

    /// What was published up to now is not for this peer, or is queued. Returns up to where that was so before.
    pub(super) fn skip_published(&mut self, slot: Slot) -> u32 {
        self.mark_dirty(slot);
        std::mem::replace(&mut self.ways[slot.index()].queued_up_to, self.tape.position())
    }

    // ---- outboxes

    #[inline]
    pub(super) fn reads_deflated(&self, slot: Slot) -> bool {
        self.ways[slot.index()].compression.is_agreed()
    }

    /// What was prepared has been encoded before.
    #[inline]
    fn count_encoded(&mut self, outgoing: &Outgoing<'_>) {
        self.counts.encoded += u64::from(matches!(outgoing.content, Content::Message(_)));
    }

    /// Queues a message for a peer, in the form that the peer reads.
    #[inline]
    fn queue_message(&mut self, slot: Slot, encoded: &mut Encoded<'_>, limit: usize) -> Delivery {
        match self.way_to(slot, encoded.outgoing) {
            Way::Plain => {
                let piece = encoded.plain(&mut self.tape);
                self.queue(slot, piece, limit)
            }
            Way::Shared(agreement) => {
                let piece = self.compress_for_all(&agreement, encoded);
                self.queue(slot, piece, limit)
            }
            // The peer's context includes it from now on, so there has to be room for it before.
            Way::Own(agreement) => match self.refuses(slot, encoded.outgoing.length(), limit) {
                Some(refused) => refused,
                None => {
                    let piece = self.compress_for(slot, &agreement, encoded.outgoing);
                    self.push_message(slot, &piece)
                }
            },
        }
    }

    /// Queues a message, unless the peer accepts none, or has no room for it.
    #[inline]
    fn queue(&mut self, slot: Slot, piece: &Piece, limit: usize) -> Delivery {
        match self.refuses(slot, piece.len(), limit) {
            Some(refused) => refused,
            None => self.push_message(slot, piece),
        }
    }

    #[inline]
    fn push_message(&mut self, slot: Slot, piece: &Piece) -> Delivery {
        let outbox = &mut self.ways[slot.index()].outbox;
        outbox.push(piece);
        let delivery = if outbox.is_blocked() { Delivery::Slow } else { Delivery::Queued };
        self.counts.messages += 1;
        self.mark_dirty(slot);
        delivery
    }

    /// Why a message of this length cannot be queued within a limit, if so.
    #[inline]
    fn refuses(&mut self, slot: Slot, length: usize, limit: usize) -> Option<Delivery> {
        let way = &self.ways[slot.index()];
        if !way.accepts {
            return Some(Delivery::Gone);
        }
        match way.outbox.has_room_for(length, limit) {
            true => None,
            false => Some(self.overflow(slot)),
        }
    }

    #[cold]
    fn overflow(&mut self, slot: Slot) -> Delivery {
        self.counts.queue_full += 1;
        match self.slow_peers {
            SlowPeers::Skip => self.ways[slot.index()].outbox.miss(),
            SlowPeers::Close => self.meet(slot, Fact::TooSlow),
        }
        Delivery::Full
    }

    /// A large message for a peer with an empty outbox. What the socket does not take is kept.
    fn write_from_where_it_lies(&mut self, slot: Slot, message: Message<'_>) -> Delivery {
        match self.write_at_once(slot, message) {
            Ok(()) => Delivery::Queued, // behind nothing
            Err(error) => {
                self.lose(slot, &error);
                Delivery::Gone
            }
        }
    }
}
