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

mod agreement;
mod codec;
mod compress;
mod inflate;

pub use agreement::Agreement;
pub use compress::Deflater;
pub use inflate::Inflater;

pub(crate) use codec::{Codec, WithCodec};
pub(super) use inflate::{Deflated, Inflation};

#[cfg(all(test, not(feature = "deflate")))]
mod tests {
    use super::*;

    #[test]
    fn what_needs_a_codec_takes_no_memory_where_there_is_none() {
        assert_eq!((size_of::<Option<Agreement>>(), size_of::<Option<WithCodec<Inflation>>>()), (0, 0));
    }
}
