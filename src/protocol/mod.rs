//! RFC 6455 without input or output: bytes in, events out; messages in, bytes out.
//!
//! Nothing here knows a socket, a clock or a thread, so it can be tested in a microsecond, fuzzed in
//! an afternoon, and driven by whatever moves your bytes. A connection is two values, one for each
//! direction, which never look at each other:
//!
//! ```
//! use pollcat::Message;
//! use pollcat::protocol::{Event, Limits, ReceiveHalf, SendHalf};
//!
//! /// Answers `bytes` that a client sent after the opening handshake; false ends the connection.
//! fn echo(receive: &mut ReceiveHalf, send: &mut SendHalf, bytes: &mut [u8], out: &mut Vec<u8>) -> bool {
//!     let mut input = bytes;
//!     loop {
//!         match receive.next(&mut input) {
//!             Ok(Some(event)) => {
//!                 send.answer(&event, out); // Pong for a Ping, Close for a Close
//!                 if let Event::Message(message) = event {
//!                     send.message(message, out);
//!                 }
//!             }
//!             Ok(None) => return send.is_open(), // read more, come again
//!             Err(error) => {
//!                 send.fail(error, out); // write it, then close
//!                 return false;
//!             }
//!         }
//!     }
//! }
//! # let (mut receive, mut send) = (ReceiveHalf::new(Limits::new()), SendHalf::default());
//! # let (mut bytes, mut out) = (*b"\x81\x82\0\0\0\0hi\x89\x80\0\0\0\0", Vec::new());
//! # assert!(echo(&mut receive, &mut send, &mut bytes, &mut out));
//! # assert_eq!(out, b"\x81\x02hi\x8a\x00");
//! # assert!(!echo(&mut receive, &mut send, &mut [0xFF], &mut out));
//! ```
//!
//! What is left to the caller: the opening handshake (see [`handshake`](crate::handshake)), moving the
//! bytes, patience (how long to wait for a Close or a Pong), and closing the TCP connection, which is the
//! server's part (§7.1.1).

mod assembly;
mod close;
mod close_code;
#[cfg_attr(not(feature = "deflate"), allow(unreachable_pub, reason = "public with the feature"))]
mod deflate;
mod encode;
mod error;
mod event;
mod frame;
mod inline;
mod kind;
mod limits;
mod mask;
mod message_buffer;
mod partial;
mod plain;
mod prepared;
mod receive;
mod send;
mod spare;
mod utf8;

pub use close::MAX_REASON;
pub use close_code::CloseCode;
#[cfg(feature = "deflate")]
pub use deflate::{Agreement, Deflater, Inflater};
pub use error::ProtocolError;
pub use event::Event;
pub use frame::{Expecting, FrameHeader, MAX_CONTROL_PAYLOAD, MAX_HEADER, Opcode};
pub use limits::Limits;
pub use mask::MaskingKey;
pub use prepared::PreparedMessage;
pub use receive::ReceiveHalf;
pub use send::SendHalf;

#[cfg(not(feature = "deflate"))]
pub(crate) use deflate::{Agreement, Deflater, Inflater};
pub(crate) use deflate::{Codec, WithCodec};
pub(crate) use encode::{encode_message, message_header};
pub(crate) use spare::Spare;
