//! Signatures: whoever has the secret knows that a request is from the chat, and when it was sent.

use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::history::Millis;

/// With this a secret of Standard Webhooks begins.
const PREFIX: &str = "whsec_";

/// The key of a secret of Standard Webhooks. `None`: it is none.
pub(super) fn key(secret: &str) -> Option<Vec<u8>> {
    BASE64.decode(secret.strip_prefix(PREFIX)?).ok().filter(|key| (24..=64).contains(&key.len()))
}

/// `webhook-signature`, with each of these secrets.
pub(super) fn webhook<'a>(
    secrets: impl Iterator<Item = &'a str>,
    id: &str,
    seconds: Millis,
    body: &[u8],
) -> String {
    let content = [id.as_bytes(), b".", seconds.to_string().as_bytes(), b".", body].concat();
    let signed = secrets.filter_map(key).map(|key| format!("v1,{}", sha256(&key, &content)));
    signed.collect::<Vec<_>>().join(" ")
}

/// 钉钉: of the time in milliseconds; it goes into the address.
pub(super) fn dingtalk(secret: &str, millis: Millis) -> String {
    sha256(secret.as_bytes(), format!("{millis}\n{secret}").as_bytes())
}

/// 飞书: of nothing, with the time in seconds and the secret as the key.
pub(super) fn feishu(secret: &str, seconds: Millis) -> String {
    sha256(format!("{seconds}\n{secret}").as_bytes(), b"")
}

fn sha256(key: &[u8], content: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key may have any length");
    mac.update(content);
    BASE64.encode(mac.finalize().into_bytes())
}
