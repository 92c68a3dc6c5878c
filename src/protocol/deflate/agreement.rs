//! What both sides have agreed on (RFC 7692 §7.1).

use std::fmt;

use super::codec::{Codec, WithCodec};

/// The windows that there are, as powers of 2. The largest is meant where none is named (§7.1.2).
const WINDOW_BITS: std::ops::RangeInclusive<u8> = 8..=15;
pub(super) const MAX_WINDOW_BITS: u8 = *WINDOW_BITS.end();

/// The parameters of permessage-deflate that both sides have agreed on (§7.1), as they stand in the answer:
/// [`Display`](fmt::Display) writes them so. As it comes, it names none.
///
/// ```
/// # #[cfg(feature = "deflate")] {
/// use pollcat::protocol::Agreement;
///
/// let agreement = Agreement::default().with_server_no_context_takeover(true).with_server_max_window_bits(Some(12));
/// assert_eq!(agreement.to_string(), "permessage-deflate; server_no_context_takeover; server_max_window_bits=12");
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreement(WithCodec<Parameters>);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Parameters {
    server_no_context_takeover: bool,
    client_no_context_takeover: bool,
    server_max_window_bits: Option<u8>,
    client_max_window_bits: Option<u8>,
}

/// Nothing is named.
#[cfg(feature = "deflate")]
impl Default for Agreement {
    fn default() -> Self {
        Agreement::new(Codec::new())
    }
}

impl Agreement {
    pub(crate) fn new(codec: Codec) -> Self {
        Agreement(WithCodec::new(codec, Parameters::default()))
    }

    pub(crate) fn codec(&self) -> Codec {
        self.0.codec()
    }

    /// Is each message that the server sends compressed by itself (§7.1.1.1)?
    pub fn server_no_context_takeover(&self) -> bool {
        self.0.server_no_context_takeover
    }

    /// Is each message that the client sends compressed by itself (§7.1.1.2)?
    pub fn client_no_context_takeover(&self) -> bool {
        self.0.client_no_context_takeover
    }

    /// The window that the server compresses with, if it is named: 2 to the power of this, 8 to 15 (§7.1.2.1).
    pub fn server_max_window_bits(&self) -> Option<u8> {
        self.0.server_max_window_bits
    }

    /// The window that the client compresses with, if it is named: 2 to the power of this, 8 to 15 (§7.1.2.2).
    pub fn client_max_window_bits(&self) -> Option<u8> {
        self.0.client_max_window_bits
    }

    /// The window that the server compresses with, named or not: 8 to 15.
    pub fn server_window_bits(&self) -> u8 {
        self.0.server_max_window_bits.unwrap_or(MAX_WINDOW_BITS)
    }

    /// The window that the client compresses with, named or not: 8 to 15.
    pub fn client_window_bits(&self) -> u8 {
        self.0.client_max_window_bits.unwrap_or(MAX_WINDOW_BITS)
    }

    /// Whether each message that the server sends is compressed by itself.
    #[must_use]
    pub fn with_server_no_context_takeover(mut self, on: bool) -> Self {
        self.0.server_no_context_takeover = on;
        self
    }

    /// Whether each message that the client sends is compressed by itself.
    #[must_use]
    pub fn with_client_no_context_takeover(mut self, on: bool) -> Self {
        self.0.client_no_context_takeover = on;
        self
    }

    /// The window that the server compresses with. What is outside 8 to 15 counts as the nearest of them.
    #[must_use]
    pub fn with_server_max_window_bits(mut self, bits: Option<u8>) -> Self {
        self.0.server_max_window_bits = bits.map(nearest_window_bits);
        self
    }

    /// The window that the client compresses with. What is outside 8 to 15 counts as the nearest of them.
    #[must_use]
    pub fn with_client_max_window_bits(mut self, bits: Option<u8>) -> Self {
        self.0.client_max_window_bits = bits.map(nearest_window_bits);
        self
    }
}

fn nearest_window_bits(bits: u8) -> u8 {
    bits.clamp(*WINDOW_BITS.start(), *WINDOW_BITS.end())
}

impl fmt::Display for Agreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("permessage-deflate")?;
        if self.server_no_context_takeover() {
            f.write_str("; server_no_context_takeover")?;
        }
        if self.client_no_context_takeover() {
            f.write_str("; client_no_context_takeover")?;
        }
        if let Some(bits) = self.server_max_window_bits() {
            write!(f, "; server_max_window_bits={bits}")?;
        }
        if let Some(bits) = self.client_max_window_bits() {
            write!(f, "; client_max_window_bits={bits}")?;
        }
        Ok(())
    }
}
