//! Answers of 200 that mean something else: codes from the documents of each software.

use crate::history::Shape;
use crate::sender::Outcome;
use crate::voices::json::targets::read;

fn answered(status: u16, text: &str) -> Outcome {
    Outcome::Answered { status, retry_after: None, text: Some(text.into()), is_plain: false }
}

#[test]
fn an_error_in_the_body_is_one() {
    for (shape, text, code) in [
        (
            Shape::Wecom,
            r#"{"errcode":93000,"errmsg":"invalid webhook url, hint: [1], from ip: 1.2.3.4"}"#,
            93_000,
        ),
        (Shape::Wecom, r#"{"errcode":40058,"errmsg":"text.content exceed max length 2048"}"#, 40_058),
        (Shape::Dingtalk, r#"{"errcode":310000,"errmsg":"sign not match"}"#, 310_000),
        (Shape::Dingtalk, r#"{"errcode":300001,"errmsg":"token is not exist"}"#, 300_001),
        (Shape::Feishu, r#"{"code":19021,"data":{},"msg":"sign match fail"}"#, 19_021),
        (Shape::Bark, r#"{"code":400,"message":"failed to get device token","timestamp":1}"#, 400),
    ] {
        let expected = Outcome::Refused(format!("it answered with the error {code}"));
        assert_eq!(read(shape, answered(200, text)), expected, "{text}");
    }
}

#[test]
fn too_fast_is_later() {
    for (shape, text, expected) in [
        (Shape::Wecom, r#"{"errcode":45009,"errmsg":"api freq out of limit"}"#, (429, 60)),
        (Shape::Wecom, r#"{"errcode":-1,"errmsg":"system busy"}"#, (503, 60)),
        (
            Shape::Dingtalk,
            r#"{"errcode":130101,"errmsg":"send too fast, exceed 20 times per minute"}"#,
            (429, 600),
        ),
        (Shape::Dingtalk, r#"{"errcode":410100,"errmsg":"too fast"}"#, (429, 600)),
        (Shape::Feishu, r#"{"code":9499,"msg":"too many request","data":{}}"#, (429, 60)),
        (Shape::Feishu, r#"{"code":11232,"msg":"frequency limited psm"}"#, (429, 60)),
        (Shape::Bark, r#"{"code":500,"message":"push failed"}"#, (503, 60)),
    ] {
        let Outcome::Answered { status, retry_after, .. } = read(shape, answered(200, text)) else {
            panic!("{text}")
        };
        assert_eq!((status, retry_after), (expected.0, Some(expected.1)), "{text}");
    }
}

#[test]
fn everything_else_is_as_it_was() {
    for (shape, outcome) in [
        (Shape::Wecom, answered(200, r#"{"errcode":0,"errmsg":"ok"}"#)),
        (Shape::Dingtalk, answered(200, r#"{"errcode":0,"errmsg":"ok"}"#)),
        (
            Shape::Feishu,
            answered(200, r#"{"StatusCode":0,"StatusMessage":"success","code":0,"data":{},"msg":"success"}"#),
        ),
        (Shape::Feishu, answered(200, r#"{"Extra":null,"StatusCode":0,"StatusMessage":"success"}"#)),
        (Shape::Bark, answered(200, r#"{"code":200,"message":"success","timestamp":1}"#)),
        (Shape::Slack, answered(200, "ok")),
        (Shape::Webhook, answered(200, r#"{"errcode":1,"code":1}"#)),
        (Shape::Wecom, answered(200, "<html>")),
        (Shape::Wecom, answered(200, "[1]")),
        (Shape::Wecom, answered(200, r#"{"errcode":"x"}"#)),
        (Shape::Wecom, answered(500, r#"{"errcode":45009}"#)),
        (Shape::Wecom, Outcome::Failed("it refused the connection".into())),
    ] {
        assert_eq!(read(shape, outcome.clone()), outcome);
    }
}
