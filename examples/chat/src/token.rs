//! Resume tokens: whoever has one is the person it was given to. The server keeps the hash alone, so that a stolen
//! history opens no door.

use std::fmt;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD as BASE64_PADDED, BASE64_URL_SAFE_NO_PAD as BASE64};
use sha2::{Digest, Sha256};

use crate::history::{KeyHash, TokenHash};

/// What a secret begins with that signs.
const SIGNING: &str = "whsec_";

/// 256 bits that nobody can guess.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Token([u8; 32]);

impl Token {
    /// # Errors
    ///
    /// The system has no randomness to give.
    pub(crate) fn new() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Token(bytes))
    }

    /// One for tests.
    #[cfg(test)]
    pub(crate) fn example(number: u64) -> Self {
        let mut bytes = [7; 32];
        bytes[..8].copy_from_slice(&number.to_le_bytes());
        Token(bytes)
    }

    /// `None`: this is no token at all.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        // Nothing longer is decoded, however long it is.
        let text = (text.len() == 43).then_some(text)?;
        BASE64.decode(text).ok()?.try_into().map(Token).ok()
    }

    /// For the client, and for nobody else: 43 characters that need no escaping in JSON or an address.
    pub(crate) fn text(&self) -> String {
        BASE64.encode(self.0)
    }

    /// The same as a secret that signs, as Standard Webhooks has it.
    pub(crate) fn signing_secret(&self) -> String {
        format!("{SIGNING}{}", BASE64_PADDED.encode(self.0))
    }

    /// What is kept of it. There is nothing to be guessed, so no salt and no slow hash are needed.
    pub(crate) fn hash(&self) -> TokenHash {
        Sha256::digest(self.0).into()
    }
}

/// 256 bits that nobody can guess.
pub(crate) fn random() -> Token {
    Token::new().expect("the system has randomness to give, as it had at the start")
}

/// 128 bits that nobody can guess, as text: the epoch of a room.
pub(crate) fn random_text() -> String {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the system has randomness to give, as it had at the start");
    BASE64.encode(bytes)
}

/// Any number: not everybody comes back at once.
pub(crate) fn random_number() -> u64 {
    getrandom::u64().expect("the system has randomness to give, as it had at the start")
}

/// Is it one that signs? Standard Webhooks has 24 to 64 bytes.
pub(crate) fn is_signing_secret(text: &str) -> bool {
    let bytes = text.strip_prefix(SIGNING).map(|secret| BASE64_PADDED.decode(secret));
    bytes.is_some_and(|bytes| bytes.is_ok_and(|bytes| (24..=64).contains(&bytes.len())))
}

/// What is kept of the key of an invite, or of any other text that nobody can guess.
pub(crate) fn key_hash(key: &str) -> KeyHash {
    Sha256::digest(key).into()
}

/// Never the token: what is debugged ends in a log.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_survives_being_written_down() {
        let token = Token::new().unwrap();
        let text = token.text();
        assert!(text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)));
        assert_eq!(Token::parse(&text), Some(token));
        assert_ne!(Token::new().unwrap().text(), text);
    }

    /// SHA-256 of 32 zero bytes, from `head -c 32 /dev/zero | sha256sum`.
    #[test]
    fn the_hash_is_sha_256_of_its_bits() {
        let token = Token::parse(&"A".repeat(43)).unwrap();
        let hex: String = token.hash().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925");
    }

    /// From `printf abc | sha256sum`.
    #[test]
    fn the_hash_of_a_key_is_that_of_its_text() {
        let hex: String = key_hash("abc").iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn what_is_no_token_is_told_apart() {
        let good = "A".repeat(43);
        // Of the last character only four bits count; the others must be zero, or two texts were one token.
        for wrong in [
            "",
            "A",
            &good[1..],
            &(good.clone() + "A"),
            &(good.clone() + "="),
            &good.replacen('A', "+", 1),
            &(good[1..].to_owned() + "B"),
        ] {
            assert_eq!(Token::parse(wrong), None, "{wrong}");
        }
    }

    /// The secret of the example in the specification of Standard Webhooks, and others around the bounds.
    #[test]
    fn a_secret_that_signs_is_told_apart() {
        let made = Token::parse(&"A".repeat(43)).unwrap().signing_secret();
        assert_eq!(made, format!("whsec_{}=", "A".repeat(43)));
        assert!(is_signing_secret(&made) && is_signing_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
        for wrong in [
            "",
            "whsec_",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_AAAA",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
        ] {
            assert!(!is_signing_secret(wrong), "{wrong}");
        }
        assert!(!is_signing_secret(&format!("whsec_{}", "AAAA".repeat(22))), "66 bytes");
    }

    #[test]
    fn debug_shows_nothing_of_it() {
        let token = Token::new().unwrap();
        assert_eq!(format!("{token:?}"), "Token(…)");
    }
}
