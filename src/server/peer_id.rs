//! Keys that guard themselves: slots are used again, ids are not.

use std::fmt;

use mio::Token;

/// A peer. It is `Copy`, cheap to keep, and never comes to mean another peer: once the peer has left, its id names
/// nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PeerId {
    generation: u32,
    slot: Slot,
}

/// A place in the server's tables. The connection that has it may change, so it is asked of the table
/// (`Table::find`), and not kept from one turn to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::server) struct Slot(u32);

/// A generation that no peer gets: tokens with it belong to the listeners and the mailbox.
pub(in crate::server) const RESERVED_GENERATION: u32 = u32::MAX;

#[cfg(not(target_pointer_width = "64"))]
compile_error!("a mio token holds slot and generation, which takes 64 bits");

impl Slot {
    #[inline]
    pub(in crate::server) fn at(index: usize) -> Self {
        Slot(index as u32)
    }

    #[inline]
    pub(in crate::server) fn index(self) -> usize {
        self.0 as usize
    }
}

impl PeerId {
    pub(in crate::server) fn new(slot: Slot, generation: u32) -> Self {
        PeerId { generation, slot }
    }

    /// The same 64 bits as a mio token, so that a stale event finds nothing.
    pub(in crate::server) fn token(self) -> Token {
        Token((self.generation as usize) << 32 | self.index())
    }

    /// The peer of a token, or the number of a reserved one.
    pub(in crate::server) fn from_token(Token(bits): Token) -> Result<PeerId, usize> {
        let (generation, slot) = ((bits >> 32) as u32, Slot(bits as u32));
        match generation {
            RESERVED_GENERATION => Err(slot.index()),
            _ => Ok(PeerId { generation, slot }),
        }
    }

    pub(in crate::server) fn slot(self) -> Slot {
        self.slot
    }

    pub(in crate::server) fn generation(self) -> u32 {
        self.generation
    }

    pub(in crate::server) fn index(self) -> usize {
        self.slot.index()
    }
}

/// A token for something that is not a peer.
pub(in crate::server) fn reserved_token(number: usize) -> Token {
    Token((RESERVED_GENERATION as usize) << 32 | number)
}

impl fmt::Display for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "peer {}.{}", self.slot.0, self.generation)
    }
}

impl fmt::Debug for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PeerId({}.{})", self.slot.0, self.generation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_the_id_and_reserved_ones_are_nobody() {
        for (slot, generation) in [(0, 0), (7, 3), (u32::MAX, RESERVED_GENERATION - 1)] {
            let peer = PeerId::new(Slot(slot), generation);
            assert_eq!(PeerId::from_token(peer.token()), Ok(peer));
        }
        assert_eq!(PeerId::from_token(reserved_token(5)), Err(5));
    }
}
