//! Software in which a group talks: Slack and what is like it, Discord, 企业微信, 钉钉, 飞书. Whatever is said in the chat calls
//! nobody there.

use serde::Serialize;

use super::cut::{bytes, json, length, utf16};
use super::notice::Notice;
use super::place::with_query;
use super::sign;
use super::words::{Room, Words, words};
use crate::history::{Serves, Shape, Target};
use crate::sender::Request;
use crate::voices::json::parts;

/// Mattermost takes 16,383 characters.
const SLACK: Room = Room { all: 12_000, cost: bytes };
const DISCORD: Room = Room { all: 2_000, cost: utf16 };
const WECOM: Room = Room { all: 2_048, cost: bytes };
/// 20,000 bytes of JSON.
const DINGTALK: Room = Room { all: 18_000, cost: json };
/// 20 KB of JSON.
const FEISHU: Room = Room { all: 18_000, cost: json };

#[derive(Serialize)]
struct Slack<'a> {
    text: &'a str,
}

#[derive(Serialize)]
struct Discord<'a> {
    content: &'a str,
    allowed_mentions: Parse,
}

#[derive(Serialize)]
struct Parse {
    parse: [&'static str; 0],
}

#[derive(Serialize)]
struct Tencent<'a> {
    msgtype: &'static str,
    text: Content<'a>,
}

#[derive(Serialize)]
struct Content<'a> {
    content: &'a str,
}

#[derive(Serialize)]
struct Feishu<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sign: Option<String>,
    msg_type: &'static str,
    content: Text<'a>,
}

#[derive(Serialize)]
struct Text<'a> {
    text: &'a str,
}

pub(super) fn request(notice: &Notice<'_>, target: &Target) -> Request {
    let (url, secret) = (&target.url, target.secret.as_str());
    let content = |room, escape| content(notice, target, room, escape);
    let (url, body) = match target.shape {
        Shape::Discord => {
            let content = content(DISCORD, of_discord);
            (url.clone(), parts::json(&Discord { content: &content, allowed_mentions: Parse { parse: [] } }))
        }
        Shape::Wecom => {
            let content = content(WECOM, as_it_is);
            (url.clone(), parts::json(&Tencent { msgtype: "text", text: Content { content: &content } }))
        }
        Shape::Dingtalk => {
            let content = content(DINGTALK, as_it_is);
            let body = parts::json(&Tencent { msgtype: "text", text: Content { content: &content } });
            (dingtalk(url, secret, notice.now), body)
        }
        Shape::Feishu => {
            let text = content(FEISHU, of_feishu);
            let seconds = notice.now / 1000;
            let sign = (!secret.is_empty()).then(|| sign::feishu(secret, seconds));
            let timestamp = sign.as_ref().map(|_| seconds.to_string());
            (
                url.clone(),
                parts::json(&Feishu { timestamp, sign, msg_type: "text", content: Text { text: &text } }),
            )
        }
        _ => (url.clone(), parts::json(&Slack { text: &content(SLACK, of_slack) })),
    };
    let headers = vec![("content-type", "application/json".to_owned())];
    Request { url, headers, body: body.into_bytes() }
}

/// All of it in one text; whom it concerns alone is told where to read it.
fn content(notice: &Notice<'_>, target: &Target, room: Room, escape: fn(&str) -> String) -> String {
    let link = match (target.serves, notice.link(target.discloses)) {
        (Serves::Room(_), _) | (_, "") => String::new(),
        (Serves::Person(_), link) => format!("\n{link}"),
    };
    let all = room.all.saturating_sub(length(&link, room.cost) + 2);
    let Words { title, text, colon } = words(notice, target, Room { all, ..room }, escape);
    let is_one = notice.count() == Some(1) && !text.contains('\n');
    format!("{title}{}{text}{link}", if is_one { colon } else { "\n" })
}

fn dingtalk(url: &str, secret: &str, now: i64) -> String {
    if secret.is_empty() {
        return url.to_owned();
    }
    let sign = sign::dingtalk(secret, now).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    with_query(url, &format!("timestamp={now}&sign={sign}"))
}

fn as_it_is(text: &str) -> String {
    text.to_owned()
}

/// Not seen, and it makes two words of one.
const NOTHING: &str = "\u{200b}";

/// `<!channel>` would call all of them, in Mattermost also `@channel`.
fn of_slack(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut calm = String::with_capacity(text.len());
    let mut parts = text.split('@');
    calm += parts.next().unwrap_or_default();
    for part in parts {
        let word: String = part.chars().take_while(char::is_ascii_alphabetic).collect();
        let calls = ["all", "channel", "everyone", "here"].contains(&&*word.to_ascii_lowercase());
        calm += if calls { "@\u{200b}" } else { "@" };
        calm += part;
    }
    calm
}

/// `[words](address)` would show one address and lead to another.
fn of_discord(text: &str) -> String {
    text.replace('[', "\\[")
}

/// `<at user_id="all">` would call all of them.
fn of_feishu(text: &str) -> String {
    text.replace('<', &format!("<{NOTHING}"))
}
