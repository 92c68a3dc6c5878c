//! Compressing what is sent (RFC 7692 §7.2.1): for everybody at once, or for one peer in its own context.
//!
//! ```text
//!   a message ──▶ too short, or not to be compressed, or the peer has no deflate ──▶ plain, once for all of them
//!             ├─▶ no context takeover ──▶ compressed once for all with this window
//!             └─▶ context takeover ──▶ compressed in the peer's context, for this peer alone
//! ```

use crate::handshake::Deflate;
use crate::protocol::{Agreement, Deflater};
use crate::server::send::outgoing::{Content, Outgoing};
use crate::server::send::sending::Sending;
use crate::server::send::tape::Piece;
use crate::server::{Config, Peers};

/// 2^8 to 2^15 bytes.
const WINDOWS: usize = 8;

impl Config {
    /// Offers permessage-deflate (RFC 7692) to the clients that ask for it; not by default. What is compressed tells of
    /// its content by its length: do not send a secret beside something that others can choose (see
    /// [`Outgoing::uncompressed`](crate::Outgoing::uncompressed)).
    pub fn deflate(mut self, deflate: Deflate) -> Self {
        self.deflate = Some(deflate);
        self
    }
}

/// What one peer needs to hear compressed messages.
#[derive(Debug, Default)]
pub(in crate::server) struct Compression {
    agreement: Option<Agreement>,
    /// With context takeover, from the first message on.
    own: Option<Box<Deflater>>,
}

/// The compressors that all others share: one for each window that somebody has asked for.
#[derive(Debug, Default)]
pub(in crate::server) struct Compressors([Option<Box<Deflater>>; WINDOWS]);

/// What has been made of one message.
#[derive(Debug, Default)]
pub(in crate::server) struct Encodings {
    /// For each window.
    shared: [Option<Piece>; WINDOWS],
    /// For the last peer with a context of its own.
    own: Option<Piece>,
}

/// How a message goes to a peer.
enum Way {
    Plain,
    Shared(Agreement),
    Own(Agreement),
}

impl Compression {
    pub(in crate::server) fn new(agreement: Option<Agreement>) -> Self {
        Compression { agreement, own: None }
    }
}

impl Peers {
    /// Has permessage-deflate been agreed on with this peer?
    #[inline]
    pub(in crate::server) fn hears_deflated(&mut self, slot: u32) -> bool {
        self.connections.at(slot).compression.agreement.is_some()
    }

    /// Is this message compressed for those who can hear it so?
    #[inline]
    pub(in crate::server) fn is_worth_deflating(&self, outgoing: &Outgoing<'_>) -> bool {
        let is_long = |deflate: &Deflate| deflate.is_worth_it(outgoing.length());
        outgoing.compressible && self.config.deflate.as_ref().is_some_and(is_long)
    }

    /// A message for a peer, if there is room for it.
    #[inline]
    pub(in crate::server) fn encode_for<'s>(
        &mut self,
        slot: u32,
        sending: &'s mut Sending<'_>,
    ) -> Option<&'s Piece> {
        let piece = match self.way_to(slot, sending) {
            Way::Plain => sending.plain(&mut self.tape),
            Way::Shared(agreement) => self.compress_for_all(&agreement, sending),
            Way::Own(agreement) => {
                // The peer's context includes it from now on, so there has to be room for it before.
                if !self.has_room(slot, sending.outgoing.length()) {
                    return None;
                }
                let piece = self.compress_for(slot, &agreement, sending);
                return Some(sending.deflated.own.insert(piece));
            }
        };
        self.has_room(slot, piece.len()).then_some(piece)
    }

    #[inline]
    fn way_to(&mut self, slot: u32, sending: &Sending<'_>) -> Way {
        let agreement = self.connections.at(slot).compression.agreement;
        match agreement {
            Some(agreement) if self.is_worth_deflating(sending.outgoing) => {
                match agreement.server_no_context_takeover() {
                    true => Way::Shared(agreement),
                    false => Way::Own(agreement),
                }
            }
            _ => Way::Plain,
        }
    }

    /// Compresses a message, unless it was before, for all peers with this window.
    fn compress_for_all<'s>(&mut self, agreement: &Agreement, sending: &'s mut Sending<'_>) -> &'s Piece {
        let window_bits = agreement.server_window_bits();
        let place = usize::from(window_bits).saturating_sub(8).min(WINDOWS - 1);
        let Peers { tape, compressors, counters, config, .. } = self;
        let content = sending.outgoing.content;
        sending.deflated.shared[place].get_or_insert_with(|| {
            if let Content::Prepared(prepared) = content
                && let Some(frame) = prepared.deflated(window_bits)
            {
                return tape.put_frame(frame);
            }
            counters.compressed += 1;
            let make = || Box::new(deflater(config, agreement));
            let deflater = compressors.0[place].get_or_insert_with(make);
            match content {
                Content::Message(message) => tape.record(message.len(), |out| deflater.message(message, out)),
                Content::Prepared(prepared) => tape.put_frame(&prepared.deflate(window_bits, deflater)),
            }
        })
    }

    /// Compresses a message in the context of one peer, which must hear it then: the next one builds on it.
    fn compress_for(&mut self, slot: u32, agreement: &Agreement, sending: &Sending<'_>) -> Piece {
        let Peers { tape, connections, counters, config, .. } = self;
        counters.compressed += 1;
        let own = &mut connections.at(slot).compression.own;
        let deflater = own.get_or_insert_with(|| Box::new(deflater(config, agreement)));
        match sending.outgoing.content {
            Content::Message(message) => tape.record(message.len(), |out| deflater.message(message, out)),
            Content::Prepared(prepared) => {
                tape.record(prepared.as_frame().len(), |out| prepared.encode_with(deflater, out))
            }
        }
    }
}

fn deflater(config: &Config, agreement: &Agreement) -> Deflater {
    config.deflate.clone().unwrap_or_default().deflater(agreement)
}
