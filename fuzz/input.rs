//! How a fuzzer's input is read: limits, cuts, and the bytes of a client.
//!
//! ```text
//!  ┌─────────┬──────────────────┬──────────────────────────┐
//!  │ limits  │ lengths          │ what the client sends …  │
//!  │ 2 bytes │ 6 bytes          │                          │
//!  └─────────┴──────────────────┴──────────────────────────┘
//! ```
//!
//! The lengths are those of the pieces in which the client's bytes arrive, over and over again; a 0
//! stands for all that is left.

pub(crate) struct Input<'a> {
    pub(crate) limits: [u8; 2],
    pub(crate) lengths: [u8; 6],
    pub(crate) bytes: &'a [u8],
}

impl<'a> Input<'a> {
    /// `None` if not even the prefix is there.
    pub(crate) fn read(data: &'a [u8]) -> Option<Self> {
        let (&[a, b, ref lengths @ ..], bytes) = data.split_first_chunk::<8>()?;
        Some(Input { limits: [a, b], lengths: *lengths, bytes })
    }

    /// The client's bytes in pieces.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = &'a [u8]> {
        let mut lengths = self.lengths.into_iter().cycle();
        let mut rest = self.bytes;
        std::iter::from_fn(move || {
            let length = match usize::from(lengths.next()?) {
                0 => rest.len(),
                length => length.min(rest.len()),
            };
            let (piece, after) = rest.split_at(length);
            rest = after;
            (!piece.is_empty()).then_some(piece)
        })
    }
}

/// One of the choices; any byte picks one.
pub(crate) fn pick<T: Copy>(choices: &[T], byte: u8) -> T {
    choices[usize::from(byte) % choices.len()]
}
