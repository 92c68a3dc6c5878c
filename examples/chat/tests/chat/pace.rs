//! Whoever is too fast is told so, and is not thrown out for a first offence (README, 10).

use std::time::Instant;

use serde_json::{Value, json};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::text::Text;

/// So slow that little is earned while a test runs: one in a second.
const SLOW: [&str; 4] = ["--message-rate", "1", "--message-burst", "5"];

/// Says something until that is too fast: how often that went well, and the error.
#[track_caller]
fn exhaust(client: &mut Json) -> (usize, Value) {
    for said in 0..60 {
        let answer = client.ask(json!({"msg": "faster"}));
        if answer["type"] == "error" {
            assert_eq!(answer["code"], "rate_limited", "{answer}");
            return (said, answer);
        }
    }
    panic!("nobody minds");
}

/// There was nothing left some time after this: no burst, at most what a slow machine has let them earn since.
#[track_caller]
fn assert_nothing_but_earned(client: &mut Json, begin: Instant) {
    let (said, _) = exhaust(client);
    let earned = begin.elapsed().as_secs() + 1;
    assert!(said as u64 <= earned, "{said} of {earned} in {:?}", begin.elapsed());
}

#[test]
fn whoever_is_too_fast_is_told_how_long_to_wait() {
    let chat = Chat::in_memory(&SLOW);
    let mut alice = Json::hello(chat.address(), json!({}));
    let mut bob = Json::hello(chat.address(), json!({}));
    let begin = Instant::now();
    let (_, error) = exhaust(&mut alice);
    assert_eq!((&error["code"], &error["msg_source"]), (&json!("rate_limited"), &json!("server")));
    let wait = error["retry_after"].as_u64().expect("milliseconds");
    assert!((1..=1000).contains(&wait), "one in a second: {error}");
    assert_eq!(error["msg"], format!("too fast: wait {wait} ms"));
    // What was refused was not said; another person is not held up; another window of the same person is.
    let said = bob.heard_of("message").len() as u64;
    assert_eq!(bob.say("lobby", "I may")["offset"], said + 1);
    assert_eq!(alice.expect("message")["msg"], "I may", "and she still hears");
    let mut window = alice.again(chat.address());
    assert_nothing_but_earned(&mut window, begin);
    let is_refused = (0..60).any(|_| {
        window.send_text("no JSON");
        window.expect("error")["code"] == "rate_limited"
    });
    assert!(is_refused, "nonsense costs as much");
}

#[test]
fn whoever_never_slows_down_is_closed() {
    let chat = Chat::in_memory(&SLOW);
    let mut flooder = Json::hello(chat.address(), json!({}));
    let begin = Instant::now();
    for _ in 0..300 {
        flooder.send(&json!({"msg": "flood"}));
    }
    assert_eq!(flooder.closed().0, 1008);
    let refusals = flooder.left_over().iter().filter(|it| it["code"] == "rate_limited").count();
    assert_eq!(refusals, 100, "each was told, and then it was enough");
    let mut again = flooder.again(chat.address());
    // Coming back does not help.
    assert_nothing_but_earned(&mut again, begin);
}

#[test]
fn a_text_client_is_told_in_words() {
    let chat = Chat::in_memory(&SLOW);
    let mut reader = Text::connect(chat.address());
    for _ in 0..20 {
        reader.say("faster");
    }
    assert!(reader.until("too fast").starts_with("* too fast: wait "));
    for _ in 0..200 {
        reader.say("flood");
    }
    assert_eq!(reader.closed().0, 1008);
}

#[test]
fn a_burst_is_nothing_bad() {
    let chat = Chat::in_memory(&["--message-rate", "1", "--message-burst", "50"]);
    let mut alice = Json::hello(chat.address(), json!({}));
    for number in 1..=45 {
        assert_eq!(alice.say("lobby", "burst")["offset"], number);
    }
}

#[test]
fn what_is_let_through_in_between_does_not_make_up_for_a_flood() {
    let chat = Chat::in_memory(&SLOW);
    let mut flooder = Json::hello(chat.address(), json!({}));
    for _ in 0..4 {
        flooder.say("lobby", "almost all of it");
    }
    for _ in 0..2 {
        // What is left is enough for this, and for no message.
        assert_eq!(flooder.ask(json!({"type": "ping"}))["type"], "pong");
        for _ in 0..90 {
            flooder.send(&json!({"msg": "flood"}));
        }
    }
    assert_eq!(flooder.closed().0, 1008);

    let mut typist = Text::connect(chat.address());
    for _ in 0..300 {
        typist.say("flood");
        typist.say("");
    }
    assert_eq!(typist.closed().0, 1008);
}

#[test]
fn a_long_text_is_paid_before_it_is_read() {
    let chat = Chat::in_memory(&["--message-rate", "1", "--message-burst", "2"]);
    let zeros = "0,".repeat(30_000);
    let long = [
        format!(r#"{{"msg":"x","to":[{zeros}0]}}"#),
        format!(r#"{{"type":"ping","rooms":{{"a":[{zeros}0]}}}}"#),
        format!(r#"{{"type":"ping","nobody":[{zeros}0]}}"#),
        format!(r#"{{"type":"ping"{}}}"#, " ".repeat(60_000)),
    ];
    for text in long {
        let mut client = Json::hello(chat.address(), json!({}));
        let mut answers = (0..5).map(|_| {
            client.send_text(&text);
            client.object()
        });
        assert_ne!(answers.next().expect("one of five")["code"], "rate_limited", "there is enough for one");
        assert!(answers.all(|answer| answer["code"] == "rate_limited"), "{}…", &text[..30]);
    }
}

#[test]
fn a_long_line_is_paid_before_it_is_read() {
    let chat = Chat::in_memory(&["--message-rate", "1", "--message-burst", "6"]);
    let long = [
        "\u{200b}".repeat(60_000),
        " ".repeat(180_000),
        "/join ".repeat(30_000),
        format!("/msg {}", "a ".repeat(90_000)),
    ];
    for line in long {
        let mut reader = Text::connect(chat.address());
        for _ in 0..5 {
            reader.say(&line);
        }
        let heard: Vec<String> = (0..5).map(|_| reader.line()).collect();
        assert!(heard[0].contains("at most 4000 characters"), "{heard:?}");
        assert!(heard[1..].iter().all(|line| line.contains("too fast")), "{heard:?}");
    }
}

/// Whoever comes may say as much at once as ever, however much they were told of what they have missed.
#[test]
fn whoever_comes_back_has_all_of_their_burst() {
    let chat = Chat::in_memory(&["--message-rate", "1", "--message-burst", "20"]);
    for _ in 0..4 {
        let mut other = Json::hello(chat.address(), json!({}));
        for _ in 0..15 {
            other.say("lobby", &"words ".repeat(100));
        }
    }
    let bob = Json::hello(chat.address(), json!({}));
    let mut bob = bob.again(chat.address());
    let (said, _) = exhaust(&mut bob);
    assert!(said >= 20, "{said}");
}

#[test]
fn nobody_comes_back_for_ever() {
    let chat = Chat::in_memory(&[]);
    let alice = Json::hello(chat.address(), json!({}));
    let hello = json!({"type": "hello", "token": alice.token});
    let refused = (0..200).any(|_| {
        let mut window = Json::connect(chat.address());
        let answer = window.ask(hello.clone());
        assert!(answer["type"] == "welcome" || answer["code"] == "rate_limited", "{answer}");
        answer["type"] == "error"
    });
    assert!(refused, "200 windows at once");
}
