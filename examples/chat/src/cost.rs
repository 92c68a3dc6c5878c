//! What a request costs: its price, which is known beforehand, and the work that it makes for the loop, which is
//! counted while it is done. Nothing is measured: the same request costs the same on every machine and on every day.
//!
//! ```text
//!   200 tokens, a person's burst      ×  20 µs  =   4 ms  }  for which the others wait at most,
//!   2,000 tokens, an address's burst  ×  20 µs  =  40 ms  }  and for the last request, which may owe the rest
//! ```
//!
//! The numbers are what a slow machine needs, rounded up. What is ordinary is within the price, so ordinary talk pays
//! nothing else.

use crate::ask::{Ask, Look, Wish};

/// The price of a message, in tokens; other requests cost more or less.
pub(crate) const MESSAGE: u32 = 10;
/// The price of a hello that is granted: after a restart whole offices say one, behind one address. A refused one costs as
/// much as a message.
pub(crate) const HELLO: u32 = MESSAGE / 5;
/// So many messages a key costs that is none: of an invite, of another device, of an admin. Whoever guesses is slow.
pub(crate) const GUESS: u32 = 10;
/// A token pays for so many nanoseconds of the loop.
const TOKEN: u64 = 20_000;

/// Answers of up to this many bytes may be compressed; longer ones are sent as they are, which is faster.
pub(crate) const COMPRESSED: usize = 32 << 10;
const COMPRESSING: u64 = if cfg!(feature = "deflate") { 20 } else { 5 };

/// So many hear of a message for its price.
const CROWD: usize = 2_000;

/// Work of the loop, in nanoseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cost(u64);

impl Cost {
    pub(crate) const NOTHING: Cost = Cost(0);

    /// A text was read, and understood or not.
    pub(crate) const fn parsed(bytes: usize) -> Self {
        Cost::of(bytes, 5)
    }

    /// Characters of names were made comparable.
    pub(crate) const fn folded(characters: usize) -> Self {
        Cost::of(characters, 1_500)
    }

    /// A text was looked through for words that are not said here; it became so many letters.
    pub(crate) const fn judged(letters: usize) -> Self {
        Cost::of(letters, 250)
    }

    /// Entries of a table were looked at: people, members, rooms, events.
    pub(crate) const fn rows(number: usize) -> Self {
        Cost::of(number, 200)
    }

    /// Bytes were written for one client.
    pub(crate) const fn answered(bytes: usize) -> Self {
        Cost::of(bytes, if bytes <= COMPRESSED { COMPRESSING } else { 5 })
    }

    /// So many connections were told something.
    pub(crate) const fn told(connections: usize) -> Self {
        Cost::of(connections, 500)
    }

    /// Somebody was put where they belong in the lists of so many rooms: trees are read and written.
    pub(crate) const fn placed(rooms: usize) -> Self {
        Cost::rows(5 * rooms)
    }

    /// So many connections heard what somebody said: a message is for that, unless there is a crowd.
    pub(crate) const fn heard(connections: usize) -> Self {
        Cost::told(connections.saturating_sub(CROWD))
    }

    /// The work that so many tokens pay for.
    pub(crate) const fn paid(tokens: u32) -> Self {
        Cost(tokens as u64 * TOKEN)
    }

    const fn of(number: usize, nanoseconds: u64) -> Self {
        Cost((number as u64).saturating_mul(nanoseconds))
    }

    pub(crate) const fn and(self, other: Cost) -> Self {
        Cost(self.0.saturating_add(other.0))
    }

    /// What remains when so much has been paid.
    pub(crate) const fn less(self, paid: Cost) -> Self {
        Cost(self.0.saturating_sub(paid.0))
    }

    /// Tokens that pay for it.
    pub(crate) fn tokens(self) -> u32 {
        u32::try_from(self.0.div_ceil(TOKEN)).unwrap_or(u32::MAX)
    }

    /// Thousandths of a token.
    pub(crate) const fn thousandths(self) -> u64 {
        self.0.div_ceil(TOKEN / 1000)
    }
}

/// The price of a request.
pub(crate) fn price(ask: &Ask<'_>) -> u32 {
    match ask {
        // Much may be looked through for it.
        Ask::Search { .. } | Ask::Look(Look::Mine { .. }) => 2 * MESSAGE,
        Ask::Wish(Wish::Join { create: true, .. }) => 2 * MESSAGE,
        Ask::Wish(_)
        | Ask::Announce { .. }
        | Ask::AnnounceAvatar { .. }
        | Ask::Look(_)
        | Ask::Test { .. }
        | Ask::Hello(_)
        | Ask::Echo(_)
        | Ask::Help => MESSAGE,
        Ask::Page { .. } | Ask::Who(_) | Ask::Watch { .. } | Ask::Rooms { .. } => MESSAGE / 2,
        Ask::Read { .. } | Ask::Typing { .. } | Ask::Ping => MESSAGE / 5,
    }
}

/// The price of a picture: a message for each quarter of a mebibyte. The disk is everybody's.
pub(crate) fn picture_price(bytes: usize) -> u32 {
    MESSAGE + MESSAGE * u32::try_from(bytes >> 18).unwrap_or(u32::MAX / MESSAGE - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_twenty_microseconds_whatever_they_were_spent_on() {
        assert_eq!(Cost::rows(100).thousandths(), 1_000);
        assert_eq!(Cost::told(40).thousandths(), 1_000);
        assert_eq!(Cost::parsed(4_000), Cost::paid(1));
        assert_eq!((Cost::parsed(4_000).tokens(), Cost::parsed(4_001).tokens()), (1, 2));
        assert_eq!((Cost(20).thousandths(), Cost(21).thousandths()), (1, 2), "rounded up");
        assert_eq!(Cost::rows(usize::MAX), Cost(u64::MAX));
    }

    #[test]
    fn what_is_ordinary_is_within_the_price() {
        let message = Cost::paid(MESSAGE);
        let ordinary = [
            Cost::parsed(16_000),
            Cost::rows(1_000),
            Cost::folded(5 * 24),
            Cost::judged(800),
            Cost::answered(8 << 10),
            Cost::heard(2_000),
        ];
        assert!(ordinary.iter().all(|cost| cost.less(message) == Cost::default()));
        assert!(Cost::heard(5_000).less(message) > Cost::default());
    }

    #[test]
    fn whoever_is_in_many_rooms_pays_for_being_put_into_all_their_lists() {
        let cost = |rooms| Cost::placed(rooms).less(Cost::paid(MESSAGE));
        assert_eq!(cost(50), Cost::NOTHING, "within the price of a new name");
        assert!(cost(1_100) > Cost::paid(MESSAGE));
    }

    #[test]
    fn a_larger_answer_never_costs_less_than_one_a_quarter_of_it() {
        for bytes in (0..1 << 20).step_by(1000) {
            assert!(Cost::answered(bytes) <= Cost::answered(4 * bytes), "{bytes}");
        }
    }

    #[test]
    fn a_picture_costs_as_much_as_it_is_long() {
        assert_eq!(picture_price(1), MESSAGE);
        assert_eq!(picture_price(4 << 20), 17 * MESSAGE);
        assert!(picture_price(usize::MAX) > picture_price(1 << 40));
    }
}
