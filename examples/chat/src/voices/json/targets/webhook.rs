//! For programs: what was said, as JSON, signed as Standard Webhooks 1.0 has it. And what the robot is asked, which nobody signs:
//! its program is the operator's own.

use serde::Serialize;

use super::cut::{bytes, cut};
use super::notice::{Message, Notice, Question, names_are_told};
use super::sign;
use crate::history::{Discloses, Millis, Offset, PersonId, Target, What};
use crate::sender::Request;
use crate::voices::json::events::PictureTold;
use crate::voices::json::parts::{self, is_false};

/// So many bytes of texts are in one request. Whatever there is more of, each is there, and says if it was cut.
const TEXTS: usize = 256 << 10;

#[derive(Serialize)]
struct MessageTold<'a> {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    room: Option<&'a str>,
    #[serde(skip_serializing_if = "is_false")]
    private: bool,
    offset: Offset,
    from: &'a str,
    from_id: PersonId,
    #[serde(skip_serializing_if = "Option::is_none")]
    msg: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    cut: bool,
    msg_time: Millis,
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<PictureTold<'a>>,
    mentions: &'a [PersonId],
}

#[derive(Serialize)]
struct MessagesTold<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    room: Option<&'a str>,
    #[serde(skip_serializing_if = "is_false")]
    private: bool,
    count: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    messages: Vec<MessageTold<'a>>,
}

#[derive(Serialize)]
struct TestTold<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
}

#[derive(Serialize)]
struct QuestionTold<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    room: &'a str,
    offset: Offset,
    from: &'a str,
    from_id: PersonId,
    msg: &'a str,
    msg_time: Millis,
    context: Vec<SaidTold<'a>>,
}

#[derive(Serialize)]
struct SaidTold<'a> {
    from: &'a str,
    from_id: PersonId,
    msg: &'a str,
    msg_time: Millis,
}

pub(super) fn request(notice: &Notice<'_>, target: &Target) -> Request {
    let body = body(notice, target.discloses).into_bytes();
    let seconds = notice.now / 1000;
    let secrets = [Some(target.secret.as_str()), notice.old_secret].into_iter().flatten();
    let signature = sign::webhook(secrets, notice.id, seconds, &body);
    let mut headers = headers(notice.id);
    headers.push(("webhook-timestamp", seconds.to_string()));
    headers.push(("webhook-signature", signature));
    Request { url: target.url.clone(), headers, body }
}

fn body(notice: &Notice<'_>, discloses: Discloses) -> String {
    let Some(count) = notice.count() else { return parts::json(&TestTold { kind: "test" }) };
    let names = names_are_told(discloses);
    let room = names.then_some(notice.room);
    let private = names && notice.is_private;
    let share = TEXTS / count.max(1);
    let messages = notice.messages().filter(|_| names);
    let mut messages: Vec<_> = messages.map(|message| message_told(message, discloses, share)).collect();
    match messages.pop_if(|_| count == 1) {
        Some(one) => parts::json(&MessageTold { kind: Some("message"), room, private, ..one }),
        None => parts::json(&MessagesTold { kind: "messages", room, private, count, messages }),
    }
}

fn message_told(message: Message<'_>, discloses: Discloses, share: usize) -> MessageTold<'_> {
    let Message { event, text, .. } = message;
    let is_told = discloses == Discloses::Text;
    let picture = if let What::Picture { picture, .. } = &event.what { picture.as_ref() } else { None };
    MessageTold {
        kind: None,
        room: None,
        private: false,
        offset: event.offset,
        from: &event.author_name,
        from_id: event.author,
        msg: is_told.then(|| cut(text, share, bytes)),
        cut: is_told && text.len() > share,
        msg_time: event.at,
        picture: picture.filter(|_| is_told).map(PictureTold::new),
        mentions: &event.mentions,
    }
}

/// To the program that answers for the robot. What it answers as `text/plain` is said.
pub(crate) fn robot_request(url: &str, id: &str, question: &Question<'_>) -> Request {
    let context = question.context.iter().filter_map(Message::of);
    let context = context.map(|Message { event, text, .. }| SaidTold {
        from: &event.author_name,
        from_id: event.author,
        msg: text,
        msg_time: event.at,
    });
    let body = parts::json(&QuestionTold {
        kind: "robot",
        room: question.room,
        offset: question.asked.offset,
        from: &question.asked.author_name,
        from_id: question.asked.author,
        msg: question.asked.what.words().unwrap_or_default(),
        msg_time: question.asked.at,
        context: context.collect(),
    });
    let mut headers = headers(id);
    headers.push(("accept", "text/plain".to_owned()));
    Request { url: url.to_owned(), headers, body: body.into_bytes() }
}

fn headers(id: &str) -> Vec<(&'static str, String)> {
    vec![("content-type", "application/json".to_owned()), ("webhook-id", id.to_owned())]
}
