//! Stands in for `deflate` where the feature is off: nothing is compressed for anybody.

use crate::protocol::Agreement;
use crate::server::Peers;
use crate::server::send::outgoing::Outgoing;
use crate::server::send::sending::Sending;
use crate::server::send::tape::Piece;

#[derive(Debug, Default)]
pub(in crate::server) struct Compression {}

#[derive(Debug, Default)]
pub(in crate::server) struct Compressors {}

#[derive(Debug, Default)]
pub(in crate::server) struct Encodings {}

impl Compression {
    pub(in crate::server) fn new(_: Option<Agreement>) -> Self {
        Compression {}
    }
}

impl Peers {
    #[inline]
    pub(in crate::server) fn hears_deflated(&mut self, _: u32) -> bool {
        false
    }

    #[inline]
    pub(in crate::server) fn is_worth_deflating(&self, _: &Outgoing<'_>) -> bool {
        false
    }

    /// A message for a peer, if there is room for it.
    #[inline]
    pub(in crate::server) fn encode_for<'s>(
        &mut self,
        slot: u32,
        sending: &'s mut Sending<'_>,
    ) -> Option<&'s Piece> {
        let piece = sending.plain(&mut self.tape);
        self.has_room(slot, piece.len()).then_some(piece)
    }
}
