//! How a message is queued, in the course of a turn.
//!
//! A message for one peer goes to its outbox. A message for many is noted with its topic and touches none of them: when
//! the turn ends (`flush.rs`) most of them have nothing else queued, and get one write of the same bytes each. Before
//! something else is queued for a peer, and before it joins or leaves a topic, what was published to it is queued: so
//! each peer receives everything in the order of the calls.

use super::delivery::Delivery;
use super::encode::{Encoded, Way};
use super::memberships::{EVERYBODY, TopicNumber};
use super::outbound::Outbound;
use super::outgoing::{Content, Outgoing};
use super::tape::Piece;
use super::topics::Published;
use crate::Message;
use crate::server::peer_id::Slot;
use crate::server::tuning::LARGE;

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
    /// what waits for the peer; and what may be replaced is kept whole.
    #[inline]
    fn is_best_written_at_once(&self, slot: Slot, outgoing: &Outgoing<'_>) -> bool {
        outgoing.length() >= LARGE
            && outgoing.key.is_none()
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
            // Large: it has no place on the tape that could show what came first.
            Piece::Shared(_) | Piece::Keyed(..) | Piece::Page(_) => {
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

    /// Notes a message on the tape with its topic. For the peer that is left out, what was published
    /// before is queued, and this is skipped.
    fn note_published(&mut self, number: TopicNumber, except: Option<Slot>, message: Published) {
        if let Some(slot) = except {
            self.queue_published(slot);
        }
        self.topics.publish(number, message);
        if let Some(slot) = except {
            self.skip_published(slot);
        }
    }

    /// No member leaves its topic while this runs: a peer that meets a fate is still listed until the loop acts on it.
    fn for_each_member(
        &mut self,
        number: TopicNumber,
        except: Option<Slot>,
        mut act: impl FnMut(&mut Outbound, Slot),
    ) {
        let mut place = 0;
        while let Some(slot) = self.topics.next_member(number, &mut place) {
            if except != Some(slot) && self.accepts(slot) {
                act(self, slot);
            }
        }
    }

    /// What was prepared has been encoded before.
    #[inline]
    fn count_encoded(&mut self, outgoing: &Outgoing<'_>) {
        self.counts.encoded += u64::from(matches!(outgoing.content, Content::Message(_)));
    }

    /// Queues a message for a peer, in the form that the peer reads.
    #[inline(always)]
    fn queue_message(&mut self, slot: Slot, encoded: &mut Encoded<'_>, limit: usize) -> Delivery {
        let piece = match self.way_to(slot, encoded.outgoing) {
            Way::Plain => encoded.plain(&mut self.tape),
            Way::Shared(agreement) => self.compress_for_all(&agreement, encoded),
            // The peer's context includes it from now on, so there has to be room for it before.
            Way::Own(agreement) => {
                return match self.refuses(slot, encoded.outgoing.length(), limit) {
                    Some(refused) => refused,
                    None => {
                        let piece = self.compress_for(slot, &agreement, encoded.outgoing);
                        self.push_message(slot, &piece)
                    }
                };
            }
        };
        self.queue(slot, piece, limit)
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
