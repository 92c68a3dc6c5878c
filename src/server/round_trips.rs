//! What is kept, or written into a payload, to know how long a Ping took.
//!
//! A Ping of the server's own carries the time at which it was sent, so that nothing has to be kept of it:
//!
//! ```text
//!   8 bytes: a keyed hash of the peer's id and of the other half │ 8 bytes: the time ^ a keyed hash of the peer's id
//! ```
//!
//! The key is the server's, and random. So a peer cannot make up a stamp, nor use another's; and a stamp does not show
//! how long the server has been running (two of them show how far apart they are, which their receiver knows). What a
//! peer can do is to keep one back, or to send an old one again: its figure is larger then, and never more than
//! [`Config::pong_within`](crate::Config::pong_within).

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use super::PeerId;
use super::peer_id::Slot;
use super::tuning::PINGS_MEASURED;

/// Bytes of a stamp.
pub(in crate::server) const STAMP: usize = 16;

/// What tells apart the things that are hashed.
const PROOF: u8 = 0;
const MASK: u8 = 1;
const PAYLOAD: u8 = 2;

/// Pings of which something has to be known when their Pongs come.
#[derive(Debug, Default)]
pub(in crate::server) struct RoundTrips {
    key: RandomState,
    /// The application's, of each peer that owes it a Pong: from the earliest on.
    under_way: HashMap<Slot, VecDeque<UnderWay>>,
}

#[derive(Debug)]
struct UnderWay {
    /// A hash of the payload.
    payload: u64,
    /// On the loop's clock.
    sent: Duration,
}

impl RoundTrips {
    pub(in crate::server) fn stamp(&self, id: PeerId, now: Duration) -> [u8; STAMP] {
        let masked = u64::try_from(now.as_micros()).unwrap_or(u64::MAX) ^ self.key.hash_one((MASK, id));
        let proof = self.key.hash_one((PROOF, id, masked));
        let mut stamp = [0; STAMP];
        stamp[..8].copy_from_slice(&proof.to_be_bytes());
        stamp[8..].copy_from_slice(&masked.to_be_bytes());
        stamp
    }

    /// When this peer was sent it, if it is a stamp.
    pub(in crate::server) fn read_stamp(&self, id: PeerId, payload: &[u8]) -> Option<Duration> {
        let (proof, masked) = payload.split_first_chunk()?;
        let masked = u64::from_be_bytes(masked.try_into().ok()?);
        let is_ours = u64::from_be_bytes(*proof) == self.key.hash_one((PROOF, id, masked));
        is_ours.then(|| Duration::from_micros(masked ^ self.key.hash_one((MASK, id))))
    }

    /// The application has sent a Ping. What was sent longer ago than `patience` is not measured any more.
    pub(in crate::server) fn note(&mut self, slot: Slot, payload: &[u8], sent: Duration, patience: Duration) {
        let payload = self.key.hash_one((PAYLOAD, payload));
        let under_way = self.under_way.entry(slot).or_default();
        while under_way.front().is_some_and(|first| sent.saturating_sub(first.sent) > patience) {
            under_way.pop_front();
        }
        if under_way.len() < PINGS_MEASURED {
            under_way.push_back(UnderWay { payload, sent });
        }
    }

    /// When the Ping was sent that this payload answers, if that is known. Those before it have no answer to come.
    pub(in crate::server) fn answered(&mut self, slot: Slot, payload: &[u8]) -> Option<Duration> {
        let under_way = self.under_way.get_mut(&slot)?;
        let payload = self.key.hash_one((PAYLOAD, payload));
        let place = under_way.iter().position(|ping| ping.payload == payload)?;
        let answered = under_way.drain(..=place).next_back();
        if under_way.is_empty() {
            self.under_way.remove(&slot);
        }
        answered.map(|ping| ping.sent)
    }

    /// The peer is open no more.
    pub(in crate::server) fn forget(&mut self, slot: Slot) {
        self.under_way.remove(&slot);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(slot: usize, generation: u32) -> PeerId {
        PeerId::new(Slot::at(slot), generation)
    }

    const NOW: Duration = Duration::from_micros(86_400_000_017);

    #[test]
    fn a_stamp_is_read_by_the_server_that_made_it_for_the_peer_that_got_it() {
        let (trips, other) = (RoundTrips::default(), RoundTrips::default());
        for now in [Duration::ZERO, Duration::from_micros(1), NOW] {
            let stamp = trips.stamp(peer(3, 5), now);
            assert_eq!(trips.read_stamp(peer(3, 5), &stamp), Some(now));
            // The next peer in the slot, another slot, another server.
            assert_eq!(trips.read_stamp(peer(3, 6), &stamp), None);
            assert_eq!(trips.read_stamp(peer(4, 5), &stamp), None);
            assert_eq!(other.read_stamp(peer(3, 5), &stamp), None);
        }
    }

    #[test]
    fn what_is_not_a_stamp_to_the_bit_is_none() {
        let trips = RoundTrips::default();
        let stamp = trips.stamp(peer(0, 0), NOW);
        for bit in 0..STAMP * 8 {
            let mut forged = stamp;
            forged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(trips.read_stamp(peer(0, 0), &forged), None, "bit {bit}");
        }
        for payload in [&[][..], &stamp[..15], &[&stamp[..], &[0]].concat(), &[0; STAMP], &[0xFF; 125]] {
            assert_eq!(trips.read_stamp(peer(0, 0), payload), None, "{payload:?}");
        }
    }

    #[test]
    fn a_stamp_does_not_show_the_time() {
        let (trips, other) = (RoundTrips::default(), RoundTrips::default());
        let micros = (NOW.as_micros() as u64).to_be_bytes();
        let stamps =
            [trips.stamp(peer(0, 0), NOW), trips.stamp(peer(1, 0), NOW), other.stamp(peer(0, 0), NOW)];
        // Of 64 bits that have nothing to do with each other, six or fewer differ once in 2^37 times.
        let seen = [&micros[..], &stamps[0][8..], &stamps[1][8..], &stamps[2][8..]];
        for (place, one) in seen.iter().enumerate() {
            for next in &seen[..place] {
                let bits = one.iter().zip(*next).map(|(one, next)| (one ^ next).count_ones());
                assert!(bits.sum::<u32>() > 6, "{seen:?}");
            }
        }
    }

    #[test]
    fn a_pong_answers_the_first_ping_with_its_payload_and_those_before_it_get_none() {
        let (mut trips, slot, at) = (RoundTrips::default(), Slot::at(2), Duration::from_millis);
        for (payload, sent) in [(b"a", 1), (b"b", 2), (b"c", 3), (b"c", 4)] {
            trips.note(slot, payload, at(sent), at(100));
        }
        assert_eq!(trips.answered(slot, b"?"), None);
        assert_eq!(trips.answered(Slot::at(3), b"b"), None);
        assert_eq!((trips.answered(slot, b"b"), trips.answered(slot, b"a")), (Some(at(2)), None));
        assert_eq!((trips.answered(slot, b"c"), trips.answered(slot, b"c")), (Some(at(3)), Some(at(4))));
        assert!(trips.under_way.is_empty());
    }

    #[test]
    fn who_does_not_answer_is_not_remembered_without_end() {
        let (mut trips, slot, at) = (RoundTrips::default(), Slot::at(0), Duration::from_millis);
        (0..1_000).for_each(|sent| trips.note(slot, &[sent as u8], at(sent), at(5_000)));
        assert_eq!(trips.under_way[&slot].len(), PINGS_MEASURED);
        // A Ping whose time is over makes room.
        trips.note(slot, b"late", at(5_001), at(5_000));
        assert_eq!((trips.answered(slot, &[0]), trips.answered(slot, b"late")), (None, Some(at(5_001))));
        trips.note(slot, b"left", at(6_000), at(5_000));
        trips.forget(slot);
        assert_eq!(trips.answered(slot, b"left"), None);
    }
}
