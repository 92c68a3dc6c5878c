//! permessage-deflate (RFC 7692): messages that travel compressed.
//!
//! ```text
//!   first frame of a message: RSV1 says that the message is compressed (§6)
//!   payload, over all its frames: DEFLATE blocks, without the 00 00 ff ff at their end (§7.2.1)
//! ```
//!
//! Unless both sides want it otherwise, each message is compressed by itself (no context takeover). Then one
//! [`Inflater`] and one [`Deflater`] serve all the connections there are, a connection between messages owns
//! nothing, and what is sent to many is compressed once. With context takeover a direction keeps its window, and
//! owns it.
//!
//! The package beneath is zlib-rs: safe to call, no C, and any window. What it cannot do is a window of 256 bytes
//! when compressing; but with the one of 512 it never looks further back than 250 (a window's last 262 bytes are
//! its look-ahead), so that is what it does for 8 bits.

mod compress;
mod inflate;

use std::fmt;

pub use compress::Deflater;
pub use inflate::Inflater;

pub(super) use inflate::{Deflated, Inflation};

/// The end of a flush: left out when sending, added when receiving (§7.2.1, §7.2.2).
const TAIL: [u8; 4] = [0x00, 0x00, 0xFF, 0xFF];

/// The largest window, and the one that is meant where none is named (§7.1.2).
const MAX_WINDOW_BITS: u8 = 15;

/// The parameters of permessage-deflate that both sides have agreed on (§7.1), as they stand in the answer:
/// [`Display`](fmt::Display) writes them so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Agreement {
    /// What we send, each message by itself (§7.1.1.1).
    pub server_no_context_takeover: bool,
    /// What the client sends, each message by itself (§7.1.1.2).
    pub client_no_context_takeover: bool,
    /// The window we compress with: 2 to the power of this, 8 to 15 (§7.1.2.1). Not named, it is 15.
    pub server_max_window_bits: Option<u8>,
    /// The window the client compresses with (§7.1.2.2).
    pub client_max_window_bits: Option<u8>,
}

impl fmt::Display for Agreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("permessage-deflate")?;
        if self.server_no_context_takeover {
            f.write_str("; server_no_context_takeover")?;
        }
        if self.client_no_context_takeover {
            f.write_str("; client_no_context_takeover")?;
        }
        if let Some(bits) = self.server_max_window_bits {
            write!(f, "; server_max_window_bits={bits}")?;
        }
        if let Some(bits) = self.client_max_window_bits {
            write!(f, "; client_max_window_bits={bits}")?;
        }
        Ok(())
    }
}

impl Agreement {
    /// The window we compress with.
    pub fn server_window_bits(&self) -> u8 {
        self.server_max_window_bits.unwrap_or(MAX_WINDOW_BITS)
    }
}
