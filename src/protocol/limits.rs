//! How much a peer may ask of us at once.

/// What a peer may ask of our memory (§10.4). There may be more of them one day, so they are made by methods:
///
/// ```
/// use pollcat::protocol::Limits;
///
/// let limits = Limits::new().max_message(64 << 10);
/// assert_eq!((limits.max_message, limits.max_fragments), (65_536, 16_384));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct Limits {
    /// The longest message, in bytes; 1 MiB. A longer one fails the connection with 1009, as soon as a frame
    /// header announces it.
    pub max_message: usize,
    /// The most frames one message may come in; 16,384. More fail the connection with 1008: a million empty
    /// fragments are legal and a waste.
    pub max_fragments: u32,
}

impl Limits {
    /// The defaults, which are also those of [`Config`](crate::Config).
    pub const fn new() -> Self {
        Limits { max_message: 1 << 20, max_fragments: 16_384 }
    }

    /// Another longest message, in bytes.
    pub const fn max_message(self, bytes: usize) -> Self {
        Limits { max_message: bytes, ..self }
    }

    /// Another number of frames. With 0 there can be no message.
    pub const fn max_fragments(self, frames: u32) -> Self {
        Limits { max_fragments: frames, ..self }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits::new()
    }
}
