//! What an address means to the software behind it, and whether a target can work.

use super::sign;
use crate::history::{Shape, Target};
use crate::sender::place;

/// Can something be sent there, and may it be?
///
/// # Errors
///
/// Why not, in words for whoever makes the target.
pub(crate) fn check(target: &Target, hosts: &[String]) -> Result<(), String> {
    let Target { shape, url, secret, is_free, .. } = target;
    match is_free {
        true if !place::is_web(url) => return Err("this is no address: write https://…".into()),
        true => {}
        false => place::judge(url, hosts)?,
    }
    let is_header = secret.len() <= LONGEST && secret.bytes().all(|byte| byte.is_ascii_graphic());
    let fault = match shape {
        _ if !is_header => "the secret has characters that no secret has",
        Shape::Webhook if sign::key(secret).is_none() => {
            "the secret is none of Standard Webhooks: write whsec_…"
        }
        Shape::Ntfy if topic(url).is_none() => "the topic is missing: write https://ntfy.sh/TOPIC",
        Shape::Bark if device(url).is_none() => "the key is missing: write https://api.day.app/KEY",
        Shape::Gotify if secret.is_empty() && token(url).is_none() => {
            "the token of the application is missing"
        }
        Shape::Webhook
        | Shape::Slack
        | Shape::Discord
        | Shape::Ntfy
        | Shape::Bark
        | Shape::Gotify
        | Shape::Wecom
        | Shape::Dingtalk
        | Shape::Feishu => return Ok(()),
    };
    Err(fault.into())
}

/// No secret is longer.
const LONGEST: usize = 200;

/// Of ntfy: where it is, and what the last part of the address is called there.
pub(super) fn topic(url: &str) -> Option<(&str, &str)> {
    let (base, topic) = path(url).trim_end_matches('/').rsplit_once('/')?;
    is_word(topic, 64).then(|| (&url[..origin(url) + base.len()], topic))
}

/// Of Bark: where it is, and whose phone rings. The application shows addresses with more behind it.
pub(super) fn device(url: &str) -> Option<(&str, &str)> {
    let key = path(url).strip_prefix('/')?.split('/').next()?;
    is_word(key, 64).then(|| (&url[..origin(url)], key))
}

/// Of Gotify: where it is, without what is only for messages.
pub(super) fn gotify(url: &str) -> &str {
    let path = path(url).trim_end_matches('/');
    let base = path.strip_suffix("/message").unwrap_or(path);
    &url[..origin(url) + base.len()]
}

/// Of Gotify: the token, if it is in the address.
pub(super) fn token(url: &str) -> Option<&str> {
    let (_, query) = url.split('#').next()?.split_once('?')?;
    let token = query.split('&').find_map(|pair| pair.strip_prefix("token="))?;
    is_word(token, LONGEST).then_some(token)
}

/// With one more thing in its query.
pub(super) fn with_query(url: &str, more: &str) -> String {
    let url = url.split('#').next().unwrap_or_default();
    format!("{url}{}{more}", if url.contains('?') { '&' } else { '?' })
}

fn is_word(text: &str, longest: usize) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=longest).contains(&text.len()) && text.bytes().all(is_plain)
}

/// Where the path begins.
fn origin(url: &str) -> usize {
    let host = url.find("://").map_or(0, |at| at + 3);
    url[host..].find(['/', '?', '#']).map_or(url.len(), |at| host + at)
}

fn path(url: &str) -> &str {
    let rest = &url[origin(url)..];
    &rest[..rest.find(['?', '#']).unwrap_or(rest.len())]
}
