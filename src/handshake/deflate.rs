//! Negotiating permessage-deflate (RFC 7692 §5, §7.1).

use super::Request;
use super::extensions::{Extension, offered};
use crate::protocol::{Agreement, Codec, Deflater, Inflater};

/// Whether and how messages are compressed, for [`Config::deflate`](crate::Config::deflate).
///
/// As it comes, each message is compressed by itself (no context takeover, in both directions). Then one compressor
/// and one decompressor serve all connections, a connection between messages owns nothing, and a message to
/// many is compressed once.
///
/// A compressed message that RFC 7692 does not allow fails the connection with 1007: one that ends within a block, that
/// still has its `00 00 ff ff` (§7.2.1), or that ends with a final block and without the `00` behind it (§7.2.3.4). An
/// empty payload is taken for an empty message, because there are endpoints that send it.
///
/// ```
/// # #[cfg(feature = "deflate")] {
/// use pollcat::{Config, Deflate};
///
/// let config = Config::new().deflate(Deflate::new().threshold(256));
/// # drop(config);
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deflate {
    codec: Codec,
    threshold: usize,
    level: u8,
    window_bits: u8,
    context_takeover: bool,
}

#[cfg(feature = "deflate")]
impl Deflate {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Deflate {
            codec: Codec::new(),
            // benches/NOTES.md, "compressing short messages", has the reason for both.
            threshold: 128,
            level: 6,
            window_bits: 15,
            context_takeover: false,
        }
    }

    /// Messages shorter than this, in bytes, are sent as they are; 128.
    #[must_use]
    pub fn threshold(self, bytes: usize) -> Self {
        Deflate { threshold: bytes, ..self }
    }

    /// From 1, fast, to 9, small; 6. What is beyond counts as the nearest of them.
    #[must_use]
    pub fn level(self, level: u8) -> Self {
        Deflate { level: level.clamp(1, 9), ..self }
    }

    /// The largest window that the server compresses with: 2 to the power of 8 to 15 bytes; 15. What is beyond counts
    /// as the nearest of them. A client that asks for a smaller window gets it. With [context
    /// takeover](Self::context_takeover) the limit also holds for the messages of clients that offer
    /// `client_max_window_bits`.
    #[must_use]
    pub fn window_bits(self, bits: u8) -> Self {
        Deflate { window_bits: bits.clamp(8, 15), ..self }
    }

    /// Lets messages refer to the ones before them, in both directions, unless the client wants otherwise; not by
    /// default. Similar messages become much shorter, but a message to many is compressed for each of them, and a
    /// connection keeps memory: from the first compressed message that it sends, 20 to 50 KiB; from the first that it
    /// is sent, 310 KiB with 15 window bits, 155 KiB with 12, 135 KiB with 9.
    #[must_use]
    pub fn context_takeover(self, on: bool) -> Self {
        Deflate { context_takeover: on, ..self }
    }
}

impl Deflate {
    /// What is agreed on with a client: the first of its offers that can be accepted (§5.1). The others are declined,
    /// and the connection is none the worse for it.
    pub fn negotiate(&self, request: &Request<'_>) -> Option<Agreement> {
        let offers = offered(request).map_while(Result::ok);
        offers.filter(|offer| offer.name == b"permessage-deflate").find_map(|offer| self.accept(&offer))
    }

    /// Is a message of this length compressed?
    pub(crate) fn is_worth_it(&self, length: usize) -> bool {
        length >= self.threshold
    }

    pub(crate) fn deflater(&self, agreement: &Agreement) -> Deflater {
        Deflater::new(agreement, self.level)
    }

    /// For the whole loop.
    pub(crate) fn inflater(&self) -> Inflater {
        Inflater::of(self.codec)
    }

    fn accept(&self, offer: &Extension<'_>) -> Option<Agreement> {
        let offer = Offer::read(offer)?;
        let alone = !self.context_takeover;
        // The answer must not be larger than what is offered (§7.1.2.1). Without an offer the server may name a window.
        let asked = offer.server_max_window_bits;
        let own = Some(self.window_bits).filter(|&bits| bits < 15);
        // Only a client that offers the parameter can be given one (§7.1.2.2). Without context takeover one inflater
        // with the largest window serves all clients, so none is asked for less.
        let client_alone = alone || offer.client_no_context_takeover;
        let client_most = offer.client_max_window_bits.map(|most| most.unwrap_or(15).min(self.window_bits));
        let agreement = Agreement::new(self.codec)
            .with_server_no_context_takeover(alone || offer.server_no_context_takeover)
            .with_client_no_context_takeover(client_alone)
            .with_server_max_window_bits(asked.map(|asked| asked.min(self.window_bits)).or(own))
            .with_client_max_window_bits(client_most.filter(|&bits| bits < 15 && !client_alone));
        Some(agreement)
    }
}

#[cfg(feature = "deflate")]
impl Default for Deflate {
    fn default() -> Self {
        Deflate::new()
    }
}

/// A valid offer (§7.1).
#[derive(Default)]
struct Offer {
    server_no_context_takeover: bool,
    client_no_context_takeover: bool,
    server_max_window_bits: Option<u8>,
    /// May lack its value: then it only says that the answer may have one.
    client_max_window_bits: Option<Option<u8>>,
}

impl Offer {
    /// An offer with a parameter that is unknown, repeated, or has a value that it may not have is declined (§7.1).
    fn read(extension: &Extension<'_>) -> Option<Offer> {
        let mut offer = Offer::default();
        for parameter in extension.parameters() {
            let bits = parameter.value.as_deref().map(parse_window_bits);
            let is_new = match (parameter.name, bits) {
                (b"server_no_context_takeover", None) => set(&mut offer.server_no_context_takeover),
                (b"client_no_context_takeover", None) => set(&mut offer.client_no_context_takeover),
                (b"server_max_window_bits", Some(bits)) => {
                    offer.server_max_window_bits.replace(bits?).is_none()
                }
                (b"client_max_window_bits", None) => offer.client_max_window_bits.replace(None).is_none(),
                (b"client_max_window_bits", Some(bits)) => {
                    offer.client_max_window_bits.replace(Some(bits?)).is_none()
                }
                _ => return None,
            };
            if !is_new {
                return None;
            }
        }
        Some(offer)
    }
}

fn set(flag: &mut bool) -> bool {
    !std::mem::replace(flag, true)
}

/// A decimal integer without leading zeros, from 8 to 15 (§7.1.2).
fn parse_window_bits(value: &[u8]) -> Option<u8> {
    match *value {
        [digit @ b'8'..=b'9'] => Some(digit - b'0'),
        [b'1', digit @ b'0'..=b'5'] => Some(10 + digit - b'0'),
        _ => None,
    }
}
