//! How much a peer may ask of us at once.

/// What a peer may ask of our memory (§10.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest message, in bytes. A longer one fails the connection with 1009, as soon as a frame
    /// header announces it.
    pub max_message: usize,
    /// The most frames one message may come in. More fail the connection with 1008: a million empty
    /// fragments are legal and a waste.
    pub max_fragments: u32,
}
