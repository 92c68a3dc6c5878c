//! Whatever is said, it is no longer than each software takes, and cut where a character ends.

use pollcat_testing::dice::Dice;

use super::stage::{SECRET, json, notice, said, sent, target};
use crate::history::{Discloses, Event, Shape, Target};
use crate::sender::Request;
use crate::voices::json::targets::cut::{bytes, cut, json as as_json, length, utf16};
use crate::voices::json::targets::{interval, request};

/// As each software documents it.
fn is_short(shape: Shape, request: &Request) -> bool {
    let body = json(request);
    let text = |at: &str| body.pointer(at).and_then(|text| text.as_str()).expect("a text").to_owned();
    match shape {
        Shape::Webhook => request.body.len() <= 600 << 10,
        Shape::Slack => text("/text").chars().count() <= 16_383 && text("/text").len() <= 40_000,
        Shape::Discord => text("/content").encode_utf16().count() <= 2_000,
        Shape::Ntfy => text("/message").len() <= 4_096 && text("/title").len() <= 250,
        // What else Apple needs of it is about 400 bytes.
        Shape::Bark => request.body.len() <= 3_600,
        // It has no limit of its own.
        Shape::Gotify => text("/message").len() <= 8_000,
        Shape::Wecom => text("/text/content").len() <= 2_048,
        Shape::Dingtalk | Shape::Feishu => request.body.len() <= 20_000,
    }
}

#[test]
fn no_text_is_longer_than_its_software_takes() {
    let seed = std::env::var("POLLCAT_SEED").map_or(1, |seed| seed.parse().expect("a seed is a number"));
    println!("POLLCAT_SEED={seed}");
    let mut dice = Dice::new(seed);
    const LETTERS: &[&str] =
        &["a", "é", "茶", "😀", "\"", "\\", "\n", "<", ">", "&", "@all ", "[", "\u{1}", " "];
    for _ in 0..40 {
        let number = 1 + dice.below(100);
        let longest = [10, 200, 4_000, 65_536][dice.below(4)].min(400_000 / number);
        let mut text = |longest: usize| dice.choose(LETTERS).repeat(dice.below(longest + 1));
        let events: Vec<Event> =
            (0..number).map(|offset| said(offset as u64, &text(24), &text(longest))).collect();
        let room = text(32);
        let more = [0, 1, 100_000][number % 3];
        for shape in Shape::ALL {
            for discloses in [Discloses::Nothing, Discloses::Sender, Discloses::Text] {
                let target = Target { discloses, ..target(shape, "https://example.com/KEY", SECRET) };
                let mut notice = notice(&events, more);
                notice.room = &room;
                let request = request(&notice, &target).expect("something");
                assert!(is_short(shape, &request), "{shape:?} {} bytes", request.body.len());
            }
        }
    }
}

#[test]
fn what_there_is_no_room_for_is_counted() {
    let events: Vec<Event> = (1..=100).map(|offset| said(offset, "bob", &"茶".repeat(100))).collect();
    let wecom = target(Shape::Wecom, "https://example.com/KEY", "");
    let text = json(&sent(&wecom, &events))["text"]["content"].as_str().expect("a text").to_owned();
    let told = text.matches("bob：").count();
    assert!((4..7).contains(&told), "{told}");
    assert!(text.starts_with("tea 有 100 条新消息\n"));
    assert!(text.contains(&format!("\n…… 还有 {} 条\n", 100 - told)), "{text}");

    // A long one does not hide what comes behind it.
    let events = [said(1, "bob", &"a".repeat(10_000)), said(2, "carol", "short"), said(3, "dan", "too")];
    let ntfy = target(Shape::Ntfy, "https://ntfy.sh/t", "");
    let text = json(&sent(&ntfy, &events))["message"].as_str().expect("a text").to_owned();
    assert!(text.ends_with("…\ncarol: short\ndan: too"), "{text}");
    // One alone has all the room.
    let text = json(&sent(&ntfy, &events[..1]))["message"].as_str().expect("a text").to_owned();
    assert!(text.len() > 3_500, "{}", text.len());
}

#[test]
fn a_program_gets_the_beginning_of_each() {
    let events: Vec<Event> = (1..=100).map(|offset| said(offset, "bob", &"茶".repeat(65_536))).collect();
    let body = json(&sent(&target(Shape::Webhook, "https://example.com/", SECRET), &events));
    let messages = body["messages"].as_array().expect("messages");
    assert_eq!(messages.len(), 100);
    for message in messages {
        assert_eq!(message["cut"], true);
        assert!(message["msg"].as_str().expect("a text").chars().count() > 800);
    }
    let short =
        json(&sent(&target(Shape::Webhook, "https://example.com/", SECRET), &[said(1, "bob", "hello")]));
    assert!(short.get("cut").is_none());
}

#[test]
fn a_text_is_cut_where_a_character_ends() {
    assert_eq!(cut("hello", 5, bytes), "hello");
    assert_eq!(cut("hello world", 10, bytes), "hello w…");
    assert_eq!(cut("hello world", 9, bytes), "hello…", "no blank before it");
    assert_eq!(cut("茶茶茶", 8, bytes), "茶…");
    assert_eq!(cut("😀😀😀", 5, utf16), "😀😀…");
    assert_eq!(cut("\"\"\"\"", 7, as_json), "\"\"…");
    assert_eq!(cut("hello", 2, bytes), "");
    assert_eq!(length("a\n\u{1}", as_json), 9);
}

#[test]
fn nobody_is_told_faster_than_they_allow() {
    // In a minute: 20 messages of a robot of 企业微信 or 钉钉, 100 of 飞书; Slack takes one in a second, Discord 5 in 2 seconds.
    for (shape, most) in [(Shape::Wecom, 20), (Shape::Dingtalk, 20), (Shape::Feishu, 100), (Shape::Slack, 60)]
    {
        assert!(60_000 / interval(shape) <= most, "{shape:?}");
    }
    assert!(interval(Shape::Discord) >= 400);
}
