//! What is signed is checked by somebody else's code: Python's hmac, and the example of the specification.

use std::io::Write;
use std::process::{Command, Stdio};

use pollcat_testing::scratch::cannot_run;
use serde_json::{Value, json};

use super::stage::{SECRET, header, json as body_of, notice, said, sent, target};
use crate::history::Shape;
use crate::voices::json::targets::{Notice, request, sign};

/// From the tests of the specification's own libraries.
#[test]
fn the_example_of_the_specification_is_signed_alike() {
    let body = br#"{"test": 2432232314}"#;
    let signature = sign::webhook([SECRET].into_iter(), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
    assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

/// Checks each case as the documents of its software say, in their own order of things; prints what is wrong.
const CHECK: &str = r#"
import base64, hashlib, hmac, json, sys, urllib.parse
def signed(key, content):
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
for case in json.load(sys.stdin):
    body = case["body"].encode()
    if case["kind"] == "webhook":
        content = f'{case["id"]}.{case["timestamp"]}.'.encode() + body
        keys = [base64.b64decode(secret.removeprefix("whsec_")) for secret in case["secrets"]]
        assert case["signature"].split(" ") == ["v1," + signed(key, content) for key in keys], case
    if case["kind"] == "dingtalk":
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(case["url"]).query))
        assert query["access_token"] == "abc", case
        content = f'{query["timestamp"]}\n{case["secret"]}'
        assert query["sign"] == signed(case["secret"].encode(), content.encode()), case
        assert abs(int(query["timestamp"]) - case["now"]) == 0, case
    if case["kind"] == "feishu":
        body = json.loads(body)
        assert body["sign"] == signed(f'{body["timestamp"]}\n{case["secret"]}'.encode(), b""), case
        assert int(body["timestamp"]) == case["now"] // 1000, case
print("checked")
"#;

#[test]
fn python_finds_every_signature_right() {
    let other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    let mut cases: Vec<Value> = Vec::new();
    for number in 0..40_i64 {
        let events = [said(9, "bob", &"茶 & <tea> \"\n".repeat(number as usize))];
        let now = 1_700_000_000_000 + number * 1_234_567;
        let old_secret = (number % 2 == 0).then_some(other);
        let notice = Notice { now, old_secret, ..notice(&events, 0) };

        let hook =
            request(&notice, &target(Shape::Webhook, "https://example.com/", SECRET)).expect("a request");
        let signature = header(&hook, "webhook-signature").expect("it is signed");
        let secrets: Vec<_> = [Some(SECRET), old_secret].into_iter().flatten().collect();
        cases.push(json!({"kind": "webhook", "id": header(&hook, "webhook-id"), "secrets": secrets,
            "timestamp": header(&hook, "webhook-timestamp"), "signature": signature,
            "body": String::from_utf8(hook.body.clone()).expect("text")}));

        let secret = format!("SEC{number}");
        let url = "https://oapi.dingtalk.com/robot/send?access_token=abc";
        let ding = request(&notice, &target(Shape::Dingtalk, url, &secret)).expect("a request");
        cases.push(json!({"kind": "dingtalk", "url": ding.url, "secret": secret, "now": now, "body": ""}));

        let feishu =
            request(&notice, &target(Shape::Feishu, "https://open.feishu.cn/x", &secret)).expect("a request");
        let body = String::from_utf8(feishu.body).expect("text");
        cases.push(json!({"kind": "feishu", "secret": secret, "now": now, "body": body}));
    }
    let mut command = Command::new("python3");
    command.args(["-c", CHECK]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let Ok(mut python) = command.spawn() else { return cannot_run("there is no python3 on this machine") };
    let cases = Value::from(cases).to_string();
    python.stdin.take().expect("a pipe").write_all(cases.as_bytes()).expect("it reads");
    let output = python.wait_with_output().expect("it ends");
    let faults = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "checked", "{faults}");
}

#[test]
fn two_secrets_sign_while_one_takes_over() {
    let hook = target(Shape::Webhook, "https://example.com/", SECRET);
    let one = sent(&hook, &[said(1, "bob", "hello")]);
    assert_eq!(header(&one, "webhook-signature").expect("a signature").split(' ').count(), 1);
    assert_eq!(body_of(&one)["msg"], "hello");
    let events = [said(1, "bob", "hello")];
    let both = Notice { old_secret: Some("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"), ..notice(&events, 0) };
    let both = request(&both, &hook).expect("a request");
    assert_eq!(header(&both, "webhook-signature").expect("a signature").split(' ').count(), 2);
}
