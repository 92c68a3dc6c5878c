//! A message on its way to its receivers: it is encoded when the first of them needs it, once for all that need it so.
//!
//! ```text
//!   a message ──▶ too short, or not to be compressed, or the peer has no deflate ──▶ plain, once for all of them
//!             ├─▶ no context takeover ──▶ compressed once for all with this window
//!             └─▶ context takeover ──▶ compressed in the peer's context, for this peer alone
//! ```
//!
//! Compressing is RFC 7692 §7.2.1.

use super::compression::WINDOWS;
use super::outbound::{Counts, Outbound};
use super::outgoing::{Content, Outgoing};
use super::tape::{Key, Piece, Tape};
use crate::handshake::Deflate;
use crate::protocol::{Agreement, Deflater, WithCodec};
use crate::server::peer_id::Slot;
use crate::server::tuning::LARGE;

/// A message, and what has been made of it.
#[derive(Debug)]
pub(super) struct Encoded<'a> {
    pub(super) outgoing: &'a Outgoing<'a>,
    plain: Option<Piece>,
    /// Compressed, for each window.
    shared: Option<WithCodec<[Option<Piece>; WINDOWS]>>,
}

/// How a message goes to a peer.
pub(super) enum Way {
    Plain,
    Shared(Agreement),
    Own(Agreement),
}

impl<'a> Encoded<'a> {
    #[inline]
    pub(super) fn new(outgoing: &'a Outgoing<'a>) -> Self {
        Encoded { outgoing, plain: None, shared: None }
    }

    /// As it is.
    #[inline]
    pub(super) fn plain(&mut self, tape: &mut Tape) -> &Piece {
        self.plain.get_or_insert_with(|| match self.outgoing.key {
            None => tape.put(self.outgoing.content),
            Some(key) => tape.put_with_key(self.outgoing.content, Key::Replaces(key)),
        })
    }
}

impl Outbound {
    /// Is this message compressed for the peers that can read it so?
    #[inline]
    pub(super) fn is_worth_deflating(&self, outgoing: &Outgoing<'_>) -> bool {
        let is_long = |deflate: &Deflate| deflate.is_worth_it(outgoing.length());
        outgoing.compressible && self.deflate.as_ref().is_some_and(is_long)
    }

    #[inline]
    pub(super) fn way_to(&self, slot: Slot, outgoing: &Outgoing<'_>) -> Way {
        match self.ways[slot.index()].compression.agreement() {
            Some(agreement) if self.is_worth_deflating(outgoing) => {
                match agreement.server_no_context_takeover() {
                    true => Way::Shared(agreement),
                    // What is compressed in a context cannot be replaced. A large one has no place on the tape.
                    false
                        if outgoing.key.is_some()
                            && (self.is_blocked(slot) || outgoing.length() >= LARGE) =>
                    {
                        Way::Plain
                    }
                    false => Way::Own(agreement),
                }
            }
            _ => Way::Plain,
        }
    }

    /// Compresses a message, unless it was before, for all peers with this window.
    pub(super) fn compress_for_all<'e>(
        &mut self,
        agreement: &Agreement,
        encoded: &'e mut Encoded<'_>,
    ) -> &'e Piece {
        let window_bits = agreement.server_window_bits();
        let place = usize::from(window_bits).saturating_sub(8).min(WINDOWS - 1);
        let Outbound { tape, compressors, counts, deflate, .. } = self;
        let Outgoing { content, key, .. } = *encoded.outgoing;
        let shared =
            encoded.shared.get_or_insert_with(|| WithCodec::new(agreement.codec(), Default::default()));
        shared[place].get_or_insert_with(|| {
            let piece = if let Content::Prepared(prepared) = content
                && let Some(frame) = prepared.deflated(window_bits)
            {
                tape.put_frame(frame)
            } else {
                counts.compressed += 1;
                let deflater = compressors.at(place, || deflater(deflate.as_ref(), agreement));
                match content {
                    Content::Message(message) => {
                        tape.record(message.len(), |out| deflater.message(message, out))
                    }
                    Content::Prepared(prepared) => tape.put_frame(&prepared.deflate(window_bits, deflater)),
                }
            };
            tape.note_key(piece, key.map(Key::Replaces))
        })
    }

    /// Compresses a message in the context of one peer, which must receive it then: the next one builds on it.
    pub(super) fn compress_for(
        &mut self,
        slot: Slot,
        agreement: &Agreement,
        outgoing: &Outgoing<'_>,
    ) -> Piece {
        let Outbound { tape, ways, counts: Counts { compressed, .. }, deflate, .. } = self;
        *compressed += 1;
        let compression = &mut ways[slot.index()].compression;
        let deflater = compression.own(agreement.codec(), || deflater(deflate.as_ref(), agreement));
        let piece = match outgoing.content {
            Content::Message(message) => tape.record(message.len(), |out| deflater.message(message, out)),
            Content::Prepared(prepared) => {
                tape.record(prepared.payload().len(), |out| prepared.encode_with(deflater, out))
            }
        };
        tape.note_key(piece, outgoing.key.map(Key::Stays))
    }
}

fn deflater(deflate: Option<&Deflate>, agreement: &Agreement) -> Deflater {
    let deflate = deflate.expect("a message is only worth deflating where Config::deflate is set");
    deflate.deflater(agreement)
}
