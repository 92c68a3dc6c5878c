//! The fields and their values are those of the documents of each software.

use serde_json::json;

use super::stage::{ALICE, SECRET, header, json, notice, said, sent, target};
use crate::history::{Call, Discloses, Event, Serves, Shape, Target, What};
use crate::voices::json::targets::{About, Notice, Question, request, robot_request};

fn two() -> [Event; 2] {
    [said(8, "bob", "hello"), said(9, "carol", "and so on")]
}

#[test]
fn a_program_gets_one_message_or_several() {
    let hook = target(Shape::Webhook, "https://example.com/hook?a=b", SECRET);
    let mut one = said(9, "bob", "hello @alice");
    one.mentions = vec![ALICE];
    let request = sent(&hook, &[one]);
    assert_eq!(request.url, "https://example.com/hook?a=b");
    assert_eq!(
        json(&request),
        json!({"type": "message", "room": "tea", "offset": 9, "from": "bob", "from_id": 5, "msg": "hello @alice",
            "msg_time": 1_700_000_000_000_i64, "mentions": [7]})
    );
    assert_eq!(header(&request, "content-type"), Some("application/json"));
    assert_eq!(header(&request, "webhook-id"), Some("msg_epoch_3_9"));
    assert_eq!(header(&request, "webhook-timestamp"), Some("1700000000"));

    let several = json(&sent(&hook, &two()));
    assert_eq!(
        (&several["type"], &several["room"], &several["count"]),
        (&json!("messages"), &json!("tea"), &json!(2))
    );
    assert_eq!(several["messages"][1]["msg"], "and so on");
    assert_eq!(several["messages"][1]["offset"], 9);
    assert!(several["messages"][1].get("room").is_none());
}

#[test]
fn a_program_is_told_what_its_owner_discloses() {
    let told = |discloses, events: &[Event]| {
        json(&sent(&Target { discloses, ..target(Shape::Webhook, "https://example.com/", SECRET) }, events))
    };
    assert_eq!(told(Discloses::Nothing, &two()[..1]), json!({"type": "messages", "count": 1}));
    assert_eq!(told(Discloses::Nothing, &two()), json!({"type": "messages", "count": 2}));
    let one = told(Discloses::Sender, &two()[..1]);
    assert_eq!((&one["type"], &one["from"], &one["room"]), (&json!("message"), &json!("bob"), &json!("tea")));
    assert!(one.get("msg").is_none());
    let several = told(Discloses::Sender, &two());
    assert!(several["messages"][0].get("msg").is_none() && several["messages"][0]["from"] == "bob");
}

/// Slack and Mattermost: `{"text":…}`, with three characters escaped. Nobody is called by it.
#[test]
fn slack_gets_a_text_that_calls_nobody() {
    let slack = target(Shape::Slack, "https://hooks.slack.com/services/T0/B0/xyz", "");
    let request =
        sent(&slack, &[said(9, "bob", "<!channel> a & b @here, @Channel @all me@allison.example @bob")]);
    assert_eq!(request.url, slack.url);
    let text = "bob in tea: &lt;!channel&gt; a &amp; b @\u{200b}here, @\u{200b}Channel @\u{200b}all me@allison.example @bob\
        \nhttps://chat.example/";
    assert_eq!(json(&request), json!({ "text": text }));
    let text = "2 new messages in tea\nbob: hello\ncarol: and so on\nhttps://chat.example/";
    assert_eq!(json(&sent(&slack, &two())), json!({ "text": text }));
    let room = Target { serves: Serves::Room(3), ..slack };
    assert_eq!(json(&sent(&room, &two()[..1])), json!({"text": "bob in tea: hello"}), "a room needs no link");
}

#[test]
fn discord_parses_no_mention_and_hides_no_address() {
    let discord = target(Shape::Discord, "https://discord.com/api/webhooks/1/xyz", "");
    let body =
        json(&sent(&discord, &[said(9, "bob", "@everyone [https://bank.example](https://evil.example)")]));
    assert_eq!(
        body,
        json!({
            "content": "bob in tea: @everyone \\[https://bank.example](https://evil.example)\nhttps://chat.example/",
            "allowed_mentions": {"parse": []},
        })
    );
}

/// ntfy: JSON to the root, with the topic in it; a token of access is a bearer.
#[test]
fn ntfy_gets_a_topic() {
    let ntfy = target(Shape::Ntfy, "https://ntfy.sh/alice-phone", "tk_123");
    let request = sent(&ntfy, &two()[..1]);
    assert_eq!(request.url, "https://ntfy.sh/");
    assert_eq!(header(&request, "authorization"), Some("Bearer tk_123"));
    assert_eq!(
        json(&request),
        json!({"topic": "alice-phone", "title": "bob in tea", "message": "hello", "priority": 3,
            "click": "https://chat.example/"})
    );
    let mut call = said(9, "bob", "@all");
    call.call = Some(Call::All);
    assert_eq!(json(&sent(&ntfy, &[call]))["priority"], 4);
    assert_eq!(header(&sent(&target(Shape::Ntfy, "https://ntfy.sh/t", ""), &two()), "authorization"), None);
}

/// Bark: JSON to /push, with the key of the device in it, which the address had.
#[test]
fn bark_gets_a_key() {
    for url in
        ["https://api.day.app/KEY", "https://api.day.app/KEY/", "https://api.day.app/KEY/%E6%B5%8B?a=b"]
    {
        let request = sent(&target(Shape::Bark, url, ""), &two());
        assert_eq!(request.url, "https://api.day.app/push");
        assert_eq!(
            json(&request),
            json!({"device_key": "KEY", "title": "2 new messages in tea", "body": "bob: hello\ncarol: and so on",
                "group": "pollcat", "url": "https://chat.example/", "level": "active"})
        );
    }
    let (bark, events) = (target(Shape::Bark, "https://api.day.app/KEY", ""), two());
    let private = Notice { is_private: true, room: "bob", ..notice(&events[..1], 0) };
    let body = json(&request(&private, &bark).expect("something"));
    assert_eq!((&body["title"], &body["level"]), (&json!("bob"), &json!("timeSensitive")));
}

#[test]
fn gotify_gets_its_token_in_a_header() {
    for url in [
        "http://push.lan",
        "http://push.lan/",
        "http://push.lan/message",
        "http://push.lan/message?token=other",
    ] {
        let request = sent(&target(Shape::Gotify, url, "A.token"), &two()[..1]);
        assert_eq!(request.url, "http://push.lan/message");
        assert_eq!(header(&request, "x-gotify-key"), Some("A.token"));
        assert_eq!(json(&request), json!({"title": "bob in tea", "message": "hello", "priority": 5}));
    }
    let request = sent(&target(Shape::Gotify, "http://lan/gotify/message?token=ABC", ""), &two()[..1]);
    assert_eq!((&*request.url, header(&request, "x-gotify-key")), ("http://lan/gotify/message", Some("ABC")));
}

#[test]
fn software_from_china_reads_chinese() {
    let url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1-2-3";
    let wecom = Target { serves: Serves::Room(3), ..target(Shape::Wecom, url, "") };
    let request = sent(&wecom, &two());
    assert_eq!(request.url, url);
    let text = "tea 有 2 条新消息\nbob：hello\ncarol：and so on";
    assert_eq!(json(&request), json!({"msgtype": "text", "text": {"content": text}}));

    let url = "https://oapi.dingtalk.com/robot/send?access_token=abc";
    let dingtalk = target(Shape::Dingtalk, url, "");
    let request = sent(&dingtalk, &two()[..1]);
    assert_eq!(request.url, url, "nothing is signed without a secret");
    let text = "bob（tea）：hello\nhttps://chat.example/";
    assert_eq!(json(&request), json!({"msgtype": "text", "text": {"content": text}}));

    let url = "https://open.feishu.cn/open-apis/bot/v2/hook/xyz";
    let feishu = Target { discloses: Discloses::Sender, ..target(Shape::Feishu, url, "") };
    let text = "tea 有 2 条新消息\nbob、carol 发来 2 条新消息\nhttps://chat.example/";
    assert_eq!(json(&sent(&feishu, &two())), json!({"msg_type": "text", "content": {"text": text}}));
    let feishu = target(Shape::Feishu, url, "");
    let body = json(&sent(&feishu, &[said(9, "bob", "<at user_id=\"all\">所有人</at>")]));
    assert!(!body["content"]["text"].as_str().expect("a text").contains("<at"), "{body}");
}

/// In every shape: where nothing is disclosed, neither names nor rooms nor words go out.
#[test]
fn nothing_means_nothing() {
    for shape in Shape::ALL {
        let url = "https://example.com/KEY";
        for (discloses, hidden) in [
            (Discloses::Nothing, &["bob", "carol", "tea", "hello", "and so on"][..]),
            (Discloses::Sender, &["hello", "and so on"]),
        ] {
            let target = Target { discloses, ..target(shape, url, SECRET) };
            for events in [&two()[..1], &two()] {
                let notice = Notice { link: "https://chat.example/#tea", ..notice(events, 0) };
                let body = request(&notice, &target).expect("a request").body;
                let body = String::from_utf8(body).expect("text");
                let told: Vec<_> = hidden.iter().filter(|word| body.contains(*word)).collect();
                assert!(told.is_empty(), "{shape:?} {told:?} {body}");
                assert!(body.contains(&events.len().to_string()), "{shape:?} says how many: {body}");
            }
        }
    }
}

#[test]
fn what_was_taken_back_does_not_go_out() {
    let gone = || [Event::example(1, What::Deleted), Event::example(2, What::Deletion { target: 1 })];
    for shape in Shape::ALL {
        let target = target(shape, "https://example.com/KEY", SECRET);
        assert!(request(&notice(&gone(), 0), &target).is_none(), "{shape:?}");
        let [a, b] = gone();
        let body = String::from_utf8(sent(&target, &[a, said(3, "bob", "stays"), b]).body).expect("text");
        assert!(body.contains("stays") && !body.contains("messages"), "{shape:?} {body}");
    }
}

#[test]
fn a_picture_is_told_by_its_words() {
    let picture = |caption: &str| Event {
        author_name: "bob".into(),
        ..Event::example(4, What::Picture { picture: None, caption: caption.into() })
    };
    let ntfy = target(Shape::Ntfy, "https://ntfy.sh/t", "");
    assert_eq!(json(&sent(&ntfy, &[picture("a cat")]))["message"], "[picture] a cat");
    assert_eq!(json(&sent(&ntfy, &[picture("")]))["message"], "[picture]");
}

#[test]
fn a_test_says_that_it_is_one() {
    for shape in Shape::ALL {
        let notice = Notice { about: About::Test, ..notice(&[], 0) };
        let target = target(shape, "https://example.com/KEY", SECRET);
        let body = String::from_utf8(request(&notice, &target).expect("a test").body).expect("text");
        assert!(body.contains("test") || body.contains("测试"), "{shape:?} {body}");
        assert!(!body.contains("tea"), "{body}");
    }
}

#[test]
fn the_robot_is_asked_with_what_was_said_before() {
    let asked = said(9, "alice", "@小爱 why?");
    let context = [said(7, "bob", "it rains"), Event::example(8, What::Deleted)];
    let question = Question { room: "tea", asked: &asked, context: &context };
    let request = robot_request("http://127.0.0.1:8000/answer", "msg_e_0_9", &question);
    assert_eq!(request.url, "http://127.0.0.1:8000/answer");
    assert_eq!(header(&request, "accept"), Some("text/plain"));
    assert_eq!(header(&request, "webhook-id"), Some("msg_e_0_9"));
    assert_eq!(header(&request, "webhook-signature"), None);
    assert_eq!(
        json(&request),
        json!({"type": "robot", "room": "tea", "offset": 9, "from": "alice", "from_id": 5, "msg": "@小爱 why?",
            "msg_time": 1_700_000_000_000_i64,
            "context": [{"from": "bob", "from_id": 5, "msg": "it rains", "msg_time": 1_700_000_000_000_i64}]})
    );
}
