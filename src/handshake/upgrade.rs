//! The opening handshake, judged (RFC 6455 §4.2.1).

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use sha1::{Digest, Sha1};

use super::syntax::is_token;
use super::{Method, Refusal, Request, extensions};
use crate::protocol::Agreement;

/// A hash of 20 bytes in base64.
const ACCEPT: usize = 28;

/// What the key is joined with before it is hashed (§1.3).
const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Base64 with its padding. The unused bits of the last character are not ours to judge: clients that
/// make up 22 characters at random exist.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

/// A valid opening handshake: its headers follow the rules of §4.2.1. Its Origin and its Host have not been looked at:
/// [`Origins::check`](super::Origins::check) and [`Hosts::check`](super::Hosts::check) do that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upgrade {
    accept: [u8; ACCEPT],
    /// permessage-deflate, with its parameters.
    deflate: Option<Agreement>,
}

impl Upgrade {
    /// The value of Sec-WebSocket-Accept (§4.2.2).
    pub fn accept(&self) -> &str {
        str::from_utf8(&self.accept).expect("base64 is ASCII")
    }

    /// Has the 101 say that this was agreed on (RFC 7692 §5.1).
    #[cfg(feature = "deflate")]
    pub fn with_deflate(mut self, agreement: Option<Agreement>) -> Self {
        self.agree(agreement);
        self
    }

    pub(crate) fn agree(&mut self, agreement: Option<Agreement>) {
        self.deflate = agreement;
    }

    /// permessage-deflate, if it was agreed on.
    pub(crate) fn deflate(&self) -> Option<&Agreement> {
        self.deflate.as_ref()
    }
}

impl Request<'_> {
    /// Does the client mean to open a WebSocket? It says so in Upgrade, or has a header that only an opening
    /// handshake has. Cheap, and true for each valid opening handshake: what
    /// [`Handler::on_request`](crate::Handler::on_request) is asked is valid, so there it tells WebSockets and pages
    /// apart.
    pub fn is_upgrade(&self) -> bool {
        self.names_websocket()
            || self.values("sec-websocket-key").next().is_some()
            || self.values("sec-websocket-version").next().is_some()
    }

    /// What makes this an opening handshake; `None` for an ordinary request. It checks each rule and hashes the key,
    /// which the server has done when it calls a [`Handler`](crate::Handler): [`is_upgrade`](Self::is_upgrade) is
    /// enough there.
    ///
    /// # Errors
    ///
    /// It means to be an opening handshake, and is not a valid one (RFC 6455 §4.2.1).
    pub fn upgrade(&self) -> Result<Option<Upgrade>, Refusal> {
        if !self.is_upgrade() {
            return Ok(None);
        }
        let key = check(self)?;
        Ok(Some(Upgrade { accept: accept_for(key), deflate: None }))
    }

    fn names_websocket(&self) -> bool {
        self.lists("upgrade", "websocket")
    }
}

/// Each requirement of §4.2.1, in the order in which a person would fix them; then there is a key.
fn check<'a>(request: &Request<'a>) -> Result<&'a [u8], Refusal> {
    if request.method() != Method::Get {
        return Err(Refusal::Method);
    }
    if !request.is_http_1_1() {
        return Err(Refusal::HttpVersion);
    }
    if !request.names_websocket() {
        return Err(Refusal::UpgradeField);
    }
    if !request.lists("connection", "upgrade") {
        return Err(Refusal::ConnectionField);
    }
    match request.single("sec-websocket-version") {
        Ok(Some(b"13")) => {}
        Ok(Some(_)) => return Err(Refusal::OtherVersion),
        Ok(None) | Err(()) => return Err(Refusal::NoVersion),
    }
    let key = request.single("sec-websocket-key").ok().flatten().ok_or(Refusal::Key)?;
    if !is_key(key) {
        return Err(Refusal::Key);
    }
    check_subprotocols(request)?;
    extensions::check(request)?;
    Ok(key)
}

/// A nonce of 16 bytes (§4.1): 24 characters of base64.
fn is_key(key: &[u8]) -> bool {
    let mut nonce = [0; 18];
    key.len() == 24 && matches!(BASE64.decode_slice(key, &mut nonce), Ok(16))
}

/// Hashes the key as it was sent (§4.2.2).
fn accept_for(key: &[u8]) -> [u8; ACCEPT] {
    let mut hash = Sha1::new();
    hash.update(key);
    hash.update(GUID);
    let mut accept = [0; ACCEPT];
    BASE64.encode_slice(hash.finalize(), &mut accept).expect("20 bytes are 28 characters");
    accept
}

/// Tokens, all different (§4.1).
fn check_subprotocols(request: &Request<'_>) -> Result<(), Refusal> {
    let mut names: Vec<&[u8]> = request.list("sec-websocket-protocol").collect();
    names.sort_unstable();
    let repeated = names.windows(2).any(|pair| pair[0] == pair[1]);
    match repeated || !names.into_iter().all(is_token) {
        true => Err(Refusal::Subprotocols),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_section_1_3_has_its_known_answer() {
        assert_eq!(accept_for(b"dGhlIHNhbXBsZSBub25jZQ=="), *b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn a_key_is_sixteen_bytes_in_base64() {
        for good in ["dGhlIHNhbXBsZSBub25jZQ==", "AAAAAAAAAAAAAAAAAAAAAA==", "zzzzzzzzzzzzzzzzzzzzzz=="] {
            assert!(is_key(good.as_bytes()), "{good}");
        }
        let bad =
            ["", "AAAA", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZWE=", "dGhlIHNhbXBsZSBub25j!Q=="];
        for bad in bad {
            assert!(!is_key(bad.as_bytes()), "{bad}");
        }
    }
}
