//! A message on its way: it is encoded when the first of its receivers needs it, once for all who need it so.

use crate::server::send::deflate::Encodings;
use crate::server::send::outgoing::Outgoing;
use crate::server::send::tape::{Piece, Tape};

#[derive(Debug)]
pub(in crate::server) struct Sending<'a> {
    pub(in crate::server) outgoing: &'a Outgoing<'a>,
    plain: Option<Piece>,
    /// Compressed.
    #[cfg_attr(not(feature = "deflate"), allow(dead_code, reason = "nothing is compressed"))]
    pub(in crate::server) deflated: Encodings,
}

impl<'a> Sending<'a> {
    #[inline]
    pub(in crate::server) fn new(outgoing: &'a Outgoing<'a>) -> Self {
        Sending { outgoing, plain: None, deflated: Encodings::default() }
    }

    /// As it is.
    #[inline]
    pub(in crate::server) fn plain(&mut self, tape: &mut Tape) -> &Piece {
        self.plain.get_or_insert_with(|| tape.put(self.outgoing.content))
    }
}
