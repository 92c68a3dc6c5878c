//! The compressors: each peer's own, and those that the other peers share.

use crate::protocol::{Agreement, Codec, Deflater, WithCodec};

/// 2^8 to 2^15 bytes.
pub(super) const WINDOWS: usize = 8;

/// What one peer needs to be sent compressed messages.
#[derive(Debug, Default)]
pub(super) struct Compression {
    agreement: Option<Agreement>,
    /// With context takeover, from the first message on.
    own: Option<WithCodec<Box<Deflater>>>,
}

/// The compressors that the other peers share: one for each window that a client has asked for.
#[derive(Debug, Default)]
pub(super) struct Compressors([Option<Box<Deflater>>; WINDOWS]);

impl Compression {
    pub(super) fn new(agreement: Option<Agreement>) -> Self {
        Compression { agreement, own: None }
    }

    /// Has permessage-deflate been agreed on?
    #[inline]
    pub(super) fn is_agreed(&self) -> bool {
        self.agreement.is_some()
    }

    #[inline]
    pub(super) fn agreement(&self) -> Option<Agreement> {
        self.agreement
    }

    /// The peer's own compressor, made when it is first needed.
    pub(super) fn own(&mut self, codec: Codec, make: impl FnOnce() -> Deflater) -> &mut Deflater {
        self.own.get_or_insert_with(|| WithCodec::new(codec, Box::new(make())))
    }
}

impl Compressors {
    /// The compressor for a window, made when it is first needed.
    pub(super) fn at(&mut self, place: usize, make: impl FnOnce() -> Deflater) -> &mut Deflater {
        self.0[place].get_or_insert_with(|| Box::new(make()))
    }
}
