//! `--export`, `--import` and `--import-from` (OPERATING.md, Moving in and out).

use serde_json::{Value, json};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::json::Json;

use crate::backup::run;

#[test]
fn a_chat_moves_and_its_people_go_on_where_they_were() {
    let mut chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    for number in 1..=30 {
        alice.say("lobby", &format!("before {number}"));
    }
    let (status, words) = run(&chat, &["--export", "running"]);
    assert!(status == Some(0) && words.contains("30 messages") && words.contains("afresh"), "{words}");
    let (status, words) = run(&chat, &["--import", "running"]);
    assert!(status == Some(1) && words.contains("in use") && words.lines().count() == 1, "{words}");
    assert_eq!(alice.say("lobby", "not disturbed")["offset"], 31);
    let epoch = alice.welcome["rooms"][0]["epoch"].clone();
    let token = alice.token.clone();
    drop(alice);
    chat.terminate();
    let (status, words) = run(&chat, &["--export", "archive"]);
    assert!(status == Some(0) && words.contains("31 messages") && words.contains("go on"), "{words}");
    // Other programs can read it.
    let lobby =
        std::fs::read_to_string(chat.folder().join("archive/rooms/1.jsonl")).expect("the lobby's file");
    let events: Vec<Value> = lobby.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!((events.len(), &events[30]["text"]), (31, &json!("not disturbed")));
    let (status, words) = run(&chat, &["--import", "archive"]);
    assert!(status == Some(1) && words.contains("has something in it"), "{words}");
    std::fs::remove_file(chat.data()).expect("it can be removed");
    let (status, words) = run(&chat, &["--import", "archive"]);
    assert!(status == Some(0) && words.contains("31 messages"), "{words}");

    chat.start_again();
    let has = json!({"lobby": {"epoch": epoch, "offset": 30}});
    let mut alice = Json::hello(chat.address(), json!({"token": token, "rooms": has}));
    assert_eq!(alice.name, "alice");
    let history = &alice.histories["lobby"][0];
    assert_eq!(history["recovered"], true, "{history}");
    assert_eq!(history["events"].as_array().map(Vec::len), Some(1), "{history}");
    assert_eq!(alice.say("lobby", "goes on")["offset"], 32);
}

#[test]
fn what_slack_has_kept_can_be_read_in_the_chat() {
    // It is of a day that is longer ago each time.
    let mut chat = Chat::start(&["--keep-days", "0"]);
    let alice = Json::named(chat.address(), "alice");
    let token = alice.token.clone();
    drop(alice);
    chat.terminate();
    let slack = chat.folder().join("slack");
    for (file, text) in [
        ("users.json", r#"[{"id":"U1","name":"alice"}]"#),
        ("channels.json", r#"[{"id":"C1","name":"tea-time"}]"#),
        ("tea-time/2026-01-02.json", r#"[{"user":"U1","text":"five o'clock, <@U1>","ts":"1767369600.5"}]"#),
    ] {
        let path = slack.join(file);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
        std::fs::write(path, text).expect("it can be written");
    }
    let (status, words) = run(&chat, &["--import-from", "slack", "--import", "slack"]);
    assert!(status == Some(0) && words.contains("1 messages more, of 1 people in 1 rooms"), "{words}");
    let (status, words) = run(&chat, &["--import-from", "slack", "--import", "slack"]);
    assert!(status == Some(1) && words.contains("imported before"), "{words}");
    chat.start_again();
    let mut alice = Json::hello(chat.address(), json!({"token": token}));
    let joined = alice.ask(json!({"type": "join", "room": "tea-time"}));
    assert_eq!(joined["type"], "room", "{joined}");
    let said = alice.history("tea-time")[0]["events"][0].clone();
    assert_eq!((&said["from"], &said["msg"]), (&json!("alice"), &json!("five o'clock, @alice")));
    assert_ne!(said["from_id"], alice.id, "it was another alice");
}

#[test]
fn what_cannot_move_is_told_in_a_line() {
    let mut chat = Chat::start(&[]);
    chat.terminate();
    for (flags, status, why) in [
        (&["--import", "nothing"][..], 1, "is no folder"),
        (&["--import-from", "slack", "--import", "nothing"], 1, "unpack Slack's .zip"),
        (&["--import-from", "slack"], 2, "--import"),
        (&["--import-from", "irc", "--import", "x"], 2, "slack, thelounge"),
        (&["--import", "x", "--export", "y"], 2, "--export"),
        (&["--export", "x", "--check"], 2, "--check"),
    ] {
        let (told, words) = run(&chat, flags);
        assert!(
            told == Some(status) && words.contains(why) && words.lines().count() == 1,
            "{flags:?}: {words}"
        );
    }
    chat.set_flags(&["--data", ":memory:"]);
    let (status, words) = run(&chat, &["--export", "x"]);
    assert!(status == Some(1) && words.contains("memory"), "{words}");
}
