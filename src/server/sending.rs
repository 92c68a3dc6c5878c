//! A message on its way: it is encoded when the first of its receivers needs it, once for all who need it so.

use super::deflate::Encodings;
use super::tape::{Piece, Tape};
use crate::message::Outgoing;

#[derive(Debug)]
pub(super) struct Sending<'a> {
    pub(super) outgoing: &'a Outgoing<'a>,
    plain: Option<Piece>,
    /// Compressed.
    #[cfg_attr(not(feature = "deflate"), allow(dead_code, reason = "nothing is compressed"))]
    pub(super) deflated: Encodings,
}

impl<'a> Sending<'a> {
    #[inline]
    pub(super) fn new(outgoing: &'a Outgoing<'a>) -> Self {
        Sending { outgoing, plain: None, deflated: Encodings::default() }
    }

    /// As it is.
    #[inline]
    pub(super) fn plain(&mut self, tape: &mut Tape) -> &Piece {
        self.plain.get_or_insert_with(|| tape.put(self.outgoing.content))
    }
}
