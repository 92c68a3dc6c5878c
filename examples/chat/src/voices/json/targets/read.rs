//! Answers that say 200 and mean something else. Their words stay unread: nobody knows what is in them.

use serde::Deserialize;

use crate::history::Shape;
use crate::sender::Outcome;

#[derive(Deserialize)]
struct Answer {
    /// 企业微信 and 钉钉.
    errcode: Option<i64>,
    /// 飞书 and Bark.
    code: Option<i64>,
    /// 飞书, as it was.
    #[serde(rename = "StatusCode")]
    status_code: Option<i64>,
}

/// What came of it, in the words of HTTP.
pub(crate) fn read(shape: Shape, outcome: Outcome) -> Outcome {
    let Outcome::Answered { status: 200, text: Some(text), .. } = &outcome else { return outcome };
    let Ok(answer) = serde_json::from_str::<Answer>(text) else { return outcome };
    let code = match shape {
        Shape::Wecom | Shape::Dingtalk => answer.errcode,
        Shape::Feishu => answer.code.or(answer.status_code),
        Shape::Bark => answer.code.filter(|&code| code != 200),
        Shape::Webhook | Shape::Slack | Shape::Discord | Shape::Ntfy | Shape::Gotify => None,
    };
    let later = |status, seconds| Outcome::Answered {
        status,
        retry_after: Some(seconds),
        text: None,
        is_plain: false,
    };
    match (shape, code) {
        (_, None | Some(0)) => outcome,
        // Too fast: 钉钉 lets nobody in for ten minutes.
        (Shape::Dingtalk, Some(130_101 | 410_100)) => later(429, 600),
        (Shape::Wecom, Some(45_009)) | (Shape::Feishu, Some(9_499 | 11_232 | 99_991_400)) => later(429, 60),
        // It is busy.
        (Shape::Wecom | Shape::Dingtalk, Some(-1)) | (Shape::Bark, Some(500..)) => later(503, 60),
        (_, Some(code)) => Outcome::Refused(format!("it answered with the error {code}")),
    }
}
