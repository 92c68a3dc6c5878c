//! Which targets can work.

use super::stage::{SECRET, target};
use crate::history::{Shape, Target};
use crate::voices::json::targets::check;

fn fault(shape: Shape, url: &str, secret: &str) -> Option<String> {
    let hosts = ["example.com".to_owned(), "ntfy.sh".into(), "api.day.app".into()];
    check(&target(shape, url, secret), &hosts).err()
}

#[test]
fn a_target_has_what_its_software_needs() {
    for (shape, url, secret) in [
        (Shape::Webhook, "https://example.com/hook", SECRET),
        (Shape::Slack, "https://example.com/services/T/B/x", ""),
        (Shape::Discord, "https://example.com/api/webhooks/1/x", ""),
        (Shape::Ntfy, "https://ntfy.sh/alice_phone-1", ""),
        (Shape::Ntfy, "https://ntfy.sh/alice/", "tk_abc"),
        (Shape::Bark, "https://api.day.app/KEY", ""),
        (Shape::Gotify, "https://example.com/", "A.b-c_d"),
        (Shape::Gotify, "https://example.com/message?token=abc", ""),
        (Shape::Wecom, "https://example.com/cgi-bin/webhook/send?key=1", ""),
        (Shape::Dingtalk, "https://example.com/robot/send?access_token=1", "SECabc"),
        (Shape::Feishu, "https://example.com/open-apis/bot/v2/hook/1", "abc"),
    ] {
        assert_eq!(fault(shape, url, secret), None, "{shape:?} {url}");
    }
    for (shape, url, secret, word) in [
        (Shape::Webhook, "https://example.com/hook", "", "whsec_"),
        (Shape::Webhook, "https://example.com/hook", "whsec_AAAA", "whsec_"),
        (Shape::Webhook, "https://example.com/hook", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_"),
        (Shape::Ntfy, "https://ntfy.sh", "", "topic"),
        (Shape::Ntfy, "https://ntfy.sh/", "", "topic"),
        (Shape::Ntfy, "https://ntfy.sh/a%2Fb", "", "topic"),
        (Shape::Ntfy, "https://ntfy.sh/?topic", "", "topic"),
        (Shape::Bark, "https://api.day.app", "", "key"),
        (Shape::Bark, "https://api.day.app//x", "", "key"),
        (Shape::Gotify, "https://example.com/", "", "token"),
        (Shape::Ntfy, "https://ntfy.sh/t", "tk\r\nHost: x", "characters"),
        (Shape::Gotify, "https://example.com/", "tük", "characters"),
        (Shape::Slack, "https://elsewhere.example/", "", "list"),
        (Shape::Slack, "http://example.com/", "", "https"),
    ] {
        let fault = fault(shape, url, secret).unwrap_or_else(|| panic!("{shape:?} {url} {secret}"));
        assert!(fault.contains(word), "{fault}");
    }
}

#[test]
fn an_owner_sends_anywhere() {
    let free = |url| check(&Target { is_free: true, ..target(Shape::Slack, url, "") }, &[]);
    assert_eq!(free("http://127.0.0.1:8065/hooks/x"), Ok(()));
    assert!(free("127.0.0.1").is_err());
}
