//! Software that rings a phone: ntfy, Bark, Gotify.

use serde::Serialize;

use super::cut::{bytes, json};
use super::notice::Notice;
use super::place::{device, gotify, token, topic};
use super::words::{Room, Words, words};
use crate::history::{Shape, Target};
use crate::sender::Request;
use crate::voices::json::parts;

/// A message of ntfy has 4,096 bytes; a longer one becomes a file.
const NTFY: Room = Room { all: 3_800, cost: bytes };
/// What Apple delivers has 4,096 bytes, with the title, the address, and all that Bark adds.
const BARK: Room = Room { all: 2_400, cost: json };
/// Gotify has no limit; what nobody reads on a phone does.
const GOTIFY: Room = Room { all: 8_000, cost: bytes };

#[derive(Serialize)]
struct Ntfy<'a> {
    topic: &'a str,
    title: &'a str,
    message: &'a str,
    priority: u8,
    #[serde(skip_serializing_if = "str::is_empty")]
    click: &'a str,
}

#[derive(Serialize)]
struct Bark<'a> {
    device_key: &'a str,
    title: &'a str,
    body: &'a str,
    group: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    url: &'a str,
    level: &'a str,
}

#[derive(Serialize)]
struct Gotify<'a> {
    title: &'a str,
    message: &'a str,
    priority: u8,
}

/// Of what the chat has to say all is one group on a phone.
const GROUP: &str = "pollcat";

pub(super) fn request(notice: &Notice<'_>, target: &Target) -> Request {
    let is_urgent = notice.is_urgent(target);
    let told_in = |room| words(notice, target, room, str::to_owned);
    let link = notice.link(target.discloses);
    let secret = target.secret.as_str();
    match target.shape {
        Shape::Bark => {
            let Words { title, text, .. } = told_in(BARK);
            let (base, device_key) = device(&target.url).unwrap_or((&target.url, ""));
            let level = if is_urgent { "timeSensitive" } else { "active" };
            let bark = Bark { device_key, title: &title, body: &text, group: GROUP, url: link, level };
            post(format!("{base}/push"), None, parts::json(&bark))
        }
        Shape::Gotify => {
            let Words { title, text, .. } = told_in(GOTIFY);
            let priority = if is_urgent { 8 } else { 5 };
            let body = parts::json(&Gotify { title: &title, message: &text, priority });
            let key = if secret.is_empty() { token(&target.url).unwrap_or_default() } else { secret };
            post(format!("{}/message", gotify(&target.url)), Some(("x-gotify-key", key.to_owned())), body)
        }
        _ => {
            let Words { title, text, .. } = told_in(NTFY);
            let (base, topic) = topic(&target.url).unwrap_or((&target.url, ""));
            let priority = if is_urgent { 4 } else { 3 };
            let ntfy = Ntfy { topic, title: &title, message: &text, priority, click: link };
            let bearer = (!secret.is_empty()).then(|| ("authorization", format!("Bearer {secret}")));
            post(format!("{base}/"), bearer, parts::json(&ntfy))
        }
    }
}

fn post(url: String, secret: Option<(&'static str, String)>, body: String) -> Request {
    let json = ("content-type", "application/json".to_owned());
    Request { url, headers: [Some(json), secret].into_iter().flatten().collect(), body: body.into_bytes() }
}
