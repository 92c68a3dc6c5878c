//! What cannot be done is answered, names the fault, and changes nothing else (README, 1 and 10).

use std::collections::HashMap;

use serde_json::{Value, json};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::json::Json;

#[test]
fn bad_json_is_answered_and_forgiven() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
    let [deep_to, many, nested, repeated] = [
        format!(r#"{{"msg":"x","to":{deep}}}"#),
        format!(r#"{{"msg":"x","to":[{}0]}}"#, "0,".repeat(30_000)),
        format!(r#"{{"msg":"x","to":{}1{}}}"#, r#"{"to":"#.repeat(5_000), "}".repeat(5_000)),
        format!(r#"{{"msg":"x","offset":"{}"}}"#, "x".repeat(60_000)),
    ];
    let table: &[(&str, &str)] = &[
        ("", "bad_json"),
        (" ", "bad_json"),
        ("hello", "bad_json"),
        ("{", "bad_json"),
        ("{}}", "bad_json"),
        (r#"{"msg":"x"} {"msg":"y"}"#, "bad_json"),
        (r#"{"msg":"x",}"#, "bad_json"),
        (r#"{msg:"x"}"#, "bad_json"),
        (r#"{'msg':'x'}"#, "bad_json"),
        (r#"{"msg":"\ud800"}"#, "bad_json"),
        (r#"{"msg":"\x41"}"#, "bad_json"),
        ("{\"msg\":\"line\nbreak\"}", "bad_json"),
        ("{\"msg\":\"nul\0\"}", "bad_json"),
        (r#"{"msg":"x","offset":1e999}"#, "bad_json"),
        (r#"{"msg":"x""#, "bad_json"),
        ("\u{FEFF}{\"msg\":\"x\"}", "bad_json"),
        ("null", "bad_field"),
        ("1", "bad_field"),
        ("\"hello\"", "bad_field"),
        ("true", "bad_field"),
        (&deep, "bad_field"),
        (&deep_to, "bad_field"),
        (&many, "bad_field"),
        (&nested, "bad_field"),
        (&repeated, "bad_field"),
        (r#"{"msg":"x","to":1.5}"#, "bad_field"),
        (r#"{"msg":"x","to":-1}"#, "bad_field"),
        (r#"{"msg":"x","to":true}"#, "bad_field"),
        (r#"{"msg":"x","to":18446744073709551616}"#, "bad_field"),
        (r#"{"msg":"x","to":1,"to":2}"#, "bad_field"),
        (r#"{"type":"read","room":"lobby","offset":1,"id":{"id":"x"}}"#, "bad_field"),
        ("{}", "bad_field"),
        (r#"{"type":"message"}"#, "bad_field"),
        (r#"{"type":5,"msg":"x"}"#, "bad_field"),
        (r#"{"msg":5}"#, "bad_field"),
        (r#"{"msg":["x"]}"#, "bad_field"),
        (r#"{"msg":"x","room":{}}"#, "bad_field"),
        (r#"{"msg":"x","msg":"y"}"#, "bad_field"),
        (r#"{"type":"dance"}"#, "unknown_type"),
        (r#"{"type":"Message","msg":"x"}"#, "unknown_type"),
        (r#"{"type":"","msg":"x"}"#, "unknown_type"),
        (r#"{"type":"welcome"}"#, "unknown_type"),
    ];
    for (text, code) in table {
        let shown: String = text.chars().take(60).collect();
        alice.send_text(text);
        let error = alice.expect("error");
        assert_eq!(error["code"], *code, "{shown}: {error}");
        assert_eq!(error.get("id"), None, "{shown}: {error}");
        assert!(error.to_string().len() < 1_000, "{shown}: an answer is shorter than what it is about");
    }
    assert_eq!(alice.say("lobby", "still here")["offset"], 1, "none of them was stored");
}

#[test]
fn a_request_that_is_too_long_is_no_reason_to_hang_up_unless_it_is_no_request() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    alice.send(&json!({"id": "long", "msg": "x".repeat(60 << 10)}));
    assert_eq!(alice.expect("error")["code"], "too_long");
    assert_eq!(alice.refused(json!({"msg": "\u{1}".repeat(10 << 10)})), "too_long");
    alice.say("lobby", "still here");
    alice.send(&json!({"msg": "x".repeat(65 << 10)}));
    assert_eq!(alice.closed().0, 1009);
}

#[test]
fn an_id_is_a_short_text() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    for id in [json!(""), json!("x".repeat(65)), json!("茶".repeat(22)), json!(5), json!(["x"]), json!({})] {
        alice.send(&json!({"id": id, "msg": "x"}));
        let error = alice.expect("error");
        assert_eq!((&error["code"], error.get("id")), (&json!("bad_field"), None), "{id}");
    }
    for id in ["x".into(), "x".repeat(64), "茶".repeat(21), "\"\\\u{1}\n<>&".into(), " ".into()] {
        assert_eq!(alice.ask(json!({"id": id, "msg": "x"}))["type"], "ack", "{id:?}");
    }
}

#[test]
fn every_fault_has_its_code_and_words_for_it() {
    let chat = Chat::start(&["--max-picture", "64KiB"]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Json::named(chat.address(), "bob");
    bob.join("tea");
    bob.say("lobby", "mine");
    // The request, the code, and a word that the explanation must have.
    let table = [
        (json!({"type": "dance"}), "unknown_type", "dance"),
        (json!({"type": "x".repeat(5000)}), "unknown_type", "xxx"),
        (json!({"type": "message", "room": "lobby"}), "bad_field", "msg"),
        (json!({"type": "join"}), "bad_field", "room"),
        (json!({"type": "leave"}), "bad_field", "room"),
        (json!({"type": "who"}), "bad_field", "room"),
        (json!({"type": "page"}), "bad_field", "room"),
        (json!({"type": "page", "room": "lobby", "before": -1}), "bad_field", "integer"),
        (json!({"type": "page", "room": "lobby", "limit": "all"}), "bad_field", "string"),
        (json!({"type": "read", "room": "lobby"}), "bad_field", "offset"),
        (json!({"type": "delete", "room": "lobby"}), "bad_field", "offset"),
        (json!({"type": "delete", "room": "lobby", "offset": 1.5}), "bad_field", "1.5"),
        (json!({"type": "typing"}), "bad_field", "room"),
        (json!({"type": "search"}), "bad_field", "query"),
        (json!({"type": "search", "query": "  "}), "bad_field", "query"),
        (json!({"type": "search", "query": "x".repeat(200)}), "bad_field", "query"),
        (json!({"type": "name"}), "bad_field", "name"),
        (json!({"type": "hello"}), "bad_field", "hello"),
        (json!({"msg": "x", "room": "lobby", "to": "bob"}), "bad_field", "both"),
        (json!({"msg": "x", "to": []}), "bad_field", "to"),
        (json!({"msg": " "}), "empty", "nothing"),
        (json!({"msg": "x".repeat(4001)}), "too_long", "4000"),
        (json!({"type": "picture", "msg": "x".repeat(4001)}), "too_long", "4000"),
        (json!({"type": "picture", "size": 65537}), "picture_too_large", "65536"),
        (json!({"type": "name", "name": "two  words"}), "bad_name", "name"),
        (json!({"type": "name", "name": "BOB"}), "name_taken", "has this name"),
        (json!({"type": "join", "room": "two  words", "create": true}), "bad_room_name", "room"),
        (json!({"type": "join", "room": "nowhere"}), "no_such_room", "nowhere"),
        (json!({"msg": "x", "room": "nowhere"}), "no_such_room", "nowhere"),
        (json!({"msg": "x", "room": "tea"}), "not_member", "tea"),
        (json!({"type": "leave", "room": "lobby"}), "cannot_leave", "lobby"),
        (json!({"msg": "x", "to": "zoe"}), "no_such_person", "zoe"),
        (json!({"type": "delete", "room": "lobby", "offset": 7}), "no_such_event", "message"),
        (json!({"type": "delete", "room": "lobby", "offset": 1}), "not_yours", "yours"),
    ];
    for (request, code, word) in table {
        let error = alice.ask(request.clone());
        let shown: String = request.to_string().chars().take(100).collect();
        assert_eq!((&error["type"], &error["code"]), (&json!("error"), &json!(code)), "{shown}: {error}");
        let words = error["msg"].as_str().expect("words");
        assert!(words.contains(word), "{shown}: {words:?} does not say {word:?}");
        assert!(words.len() < 300 && error["msg_source"] == "server", "{shown}: {error}");
    }
    assert_eq!(alice.say("lobby", "still here")["offset"], 2);
}

#[test]
fn fields_that_are_not_known_are_ignored() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let ack = alice.ask(
        json!({"msg": "x", "colour": "blue", "nested": {"a": [1, null, "x"]}, "": 0, "msg_time": "now"}),
    );
    assert_eq!(ack["type"], "ack");
    let answer = alice.ask(json!({"type": "ping", "id": "p", "payload": [[[]]]}));
    assert_eq!(answer, json!({"type": "pong", "id": "p"}));
}

#[test]
fn every_id_is_answered_exactly_once() {
    let chat = Chat::start(&["--max-picture", "64KiB"]);
    let mut alice = Json::named(chat.address(), "alice");
    let _bob = Json::named(chat.address(), "bob");
    let requests = [
        json!({"type": "ping"}),
        json!({"type": "rooms"}),
        json!({"type": "join", "room": "tea", "create": true}),
        json!({"type": "join", "room": "tea", "create": true}),
        json!({"type": "join", "room": "nowhere"}),
        json!({"type": "who", "room": "lobby"}),
        json!({"type": "page", "room": "lobby"}),
        json!({"type": "page", "room": "lobby", "before": 1}),
        json!({"type": "search", "query": "x"}),
        json!({"type": "search", "query": ""}),
        json!({"type": "message", "room": "lobby", "msg": "x"}),
        json!({"msg": "y"}),
        json!({"msg": "z", "to": "bob"}),
        json!({"msg": ""}),
        json!({"type": "typing", "room": "lobby"}),
        json!({"type": "typing", "room": "lobby"}),
        json!({"type": "read", "room": "lobby", "offset": 1}),
        json!({"type": "read", "room": "lobby", "offset": 1}),
        json!({"type": "read", "room": "lobby", "offset": 0}),
        json!({"type": "read", "room": "lobby", "offset": 99}),
        json!({"type": "delete", "room": "lobby", "offset": 1}),
        json!({"type": "delete", "room": "lobby", "offset": 1}),
        json!({"type": "name", "name": "alicia"}),
        json!({"type": "name", "name": "alicia"}),
        json!({"type": "name", "name": "bob"}),
        json!({"type": "name", "name": "a b"}),
        json!({"type": "picture", "size": 1_000_000}),
        json!({"type": "leave", "room": "tea"}),
        json!({"type": "leave", "room": "lobby"}),
        json!({"type": "hello"}),
        json!({"type": "dance"}),
        json!({"type": "page"}),
        json!({"msg": 5}),
    ];
    // Once one after the other, once without waiting for anything.
    for waits in [true, false] {
        for (number, request) in requests.iter().enumerate() {
            let mut request = request.clone();
            request["id"] = format!("{waits} {number}").into();
            alice.send(&request);
            if waits {
                alice.ask(json!({"type": "ping"}));
            }
        }
    }
    // Their way may lead over the disk: a last message comes behind them all, a search behind all reads.
    alice.say("lobby", "the last one");
    alice.ask(json!({"type": "search", "query": "the last one"}));
    let mut counts: HashMap<String, usize> = HashMap::new();
    for object in alice.heard() {
        if let Some(id) = object["id"].as_str() {
            *counts.entry(id.to_owned()).or_default() += 1;
        }
    }
    for waits in [true, false] {
        for (number, request) in requests.iter().enumerate() {
            let count = counts.remove(&format!("{waits} {number}"));
            assert_eq!(count, Some(1), "{request}, waiting: {waits}");
        }
    }
    assert_eq!(counts, HashMap::<String, usize>::new(), "nothing that nobody asked");
    let _: Value = alice.ask(json!({"type": "ping"}));
}
