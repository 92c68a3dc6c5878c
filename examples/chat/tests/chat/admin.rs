//! Who is let in on the admin page, and for how long (README, The admin page).

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::time::Instant;

use serde_json::{Value, json};

use pollcat_chat_testing::admin::{let_in, operator, turned_away};
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::{Chat, governed, http, program};
use pollcat_testing::client::{Client, PATIENCE, upgrade_request};

const BAD_KEY: u16 = 4504;

#[track_caller]
fn refuses(chat: &Chat, by: Value) {
    assert_eq!(turned_away(chat.address(), by), ("bad_key".to_owned(), BAD_KEY));
}

#[test]
fn a_link_lets_whoever_runs_the_chat_in_once() {
    let chat = Chat::start(&[]);
    let key = chat.admin_key();
    let beside = chat.folder().join("chat.db-admin");
    let mode = fs::metadata(&beside).expect("it lies beside the history").permissions().mode();
    let written = fs::read_to_string(&beside).expect("it is text");
    assert_eq!(mode & 0o777, 0o600);
    assert!(!written.contains(&key), "the key itself is in the link alone");
    let page = let_in(chat.address(), json!({"key": key}));
    assert_eq!(page.welcome["as"], Value::Null, "whoever runs the chat is nobody in it");
    assert!(page.welcome["may"].as_array().expect("rights").contains(&"role".into()), "{}", page.welcome);
    assert!(!beside.exists(), "it was used");
    refuses(&chat, json!({"key": key}));
    // The window that was let in is still there, and so is its session in another one.
    let again = let_in(chat.address(), json!({"token": page.token}));
    assert_eq!((&again.welcome["token"], &again.welcome["until"]), (&Value::Null, &page.welcome["until"]));
}

#[test]
fn a_newer_link_takes_the_place_of_an_older_one() {
    let chat = Chat::start(&[]);
    let (old, new) = (chat.admin_key(), chat.admin_key());
    refuses(&chat, json!({"key": old}));
    let_in(chat.address(), json!({"key": new}));
}

#[test]
fn a_link_that_was_made_while_the_chat_was_away_is_good_when_it_is_back() {
    let mut chat = Chat::start(&[]);
    let key = chat.admin_key();
    chat.restart();
    let page = let_in(chat.address(), json!({"key": key}));
    // So is a session.
    chat.restart();
    let_in(chat.address(), json!({"token": page.token}));
}

#[test]
fn a_chat_in_memory_has_no_link_but_shows_one() {
    let mut chat = Chat::in_memory(&[]);
    let mut command = program::command(chat.folder());
    command.args(["--admin-link", "--data", ":memory:"]);
    let output = program::output(command);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("a chat in memory") && output.stdout.is_empty(), "{told}");
    let key = chat.first_key();
    let_in(chat.address(), json!({"key": key}));
    refuses(&chat, json!({"key": key}));
    let (_, log) = chat.terminate();
    assert!(log.iter().all(|line| !line.contains(&key)), "no key is logged");
}

#[test]
fn what_is_no_key_is_told_from_nothing() {
    let chat = Chat::start(&[]);
    let other = chat.admin_key().chars().rev().collect::<String>();
    for by in [
        json!({"key": ""}),
        json!({"key": "a".repeat(43)}),
        json!({"key": other}),
        json!({"token": "a".repeat(43)}),
        json!({"token": "b".repeat(500)}),
    ] {
        refuses(&chat, by);
    }
    let_in(chat.address(), json!({"key": chat.admin_key()}));
}

#[test]
fn nothing_is_heard_from_whoever_is_not_let_in() {
    let chat = Chat::start(&[]);
    for object in [
        json!({"type": "people"}),
        json!({"type": "hello"}),
        json!({"msg": "hi"}),
        json!({"type": "role", "user": 1, "role": "owner"}),
        json!({"type": "login", "key": "k".repeat(2000)}),
    ] {
        let mut page = Json::speaking(chat.address(), "admin.v1");
        page.send(&object);
        let (code, _) = page.closed();
        assert!([BAD_KEY, 1009].contains(&code), "{object}: {code}");
        assert_eq!(page.left_over(), Vec::<Value>::new());
    }
}

#[test]
fn guesses_are_answered_slowly_and_logged_once() {
    let mut chat = Chat::start(&[]);
    let key = chat.admin_key();
    let answers: Vec<(String, u16)> =
        (0..1_000).map(|_| turned_away(chat.address(), json!({"key": "a".repeat(43)}))).collect();
    let told = |code: &str| answers.iter().filter(|it| it.0 == code).count();
    assert!(answers.iter().all(|it| it.1 == BAD_KEY));
    assert_eq!(told("bad_key") + told("rate_limited"), 1_000, "{answers:?}");
    assert!(told("bad_key") >= 20, "the first ones are told why");
    assert!(told("rate_limited") > 0, "{answers:?}");
    // 256 bits are not guessed: whoever has the key does not suffer.
    let_in(chat.address(), json!({"key": key}));
    let (_, log) = chat.terminate();
    let lines = log.iter().filter(|line| line.contains("tried a wrong key")).count();
    assert!((1..=2).contains(&lines), "{log:#?}");
    assert!(log.iter().all(|line| !line.contains("aaaaaaaa")), "no key is logged");
}

#[test]
fn a_guess_costs_its_address_ten_messages() {
    let flags = ["--trust-proxy=127.0.0.1", "--address-rate", "1", "--address-burst", "30"];
    let chat = Chat::start(&flags);
    let guess = |address: &str| {
        let mut client = Client::dial(chat.address());
        client.open(&format!("Sec-WebSocket-Protocol: admin.v1\r\nX-Forwarded-For: {address}\r\n"));
        client.send(pollcat_testing::client::TEXT, br#"{"type":"login","key":"x","id":"1"}"#);
        let answer: Value = serde_json::from_str(&client.text()).expect("JSON");
        answer["code"].as_str().expect("a refusal").to_owned()
    };
    let told: Vec<String> = (0..5).map(|_| guess("203.0.113.7")).collect();
    assert_eq!(told, ["bad_key", "bad_key", "bad_key", "bad_key", "rate_limited"]);
    assert_eq!(guess("203.0.113.8"), "bad_key", "another address is not concerned");
}

#[test]
fn a_page_of_another_origin_does_not_connect() {
    let chat = Chat::start(&[]);
    for (origin, status) in [("https://evil.example", "403"), ("null", "403"), ("http://localhost", "101")] {
        let mut client = Client::dial(chat.address());
        let fields = format!("Origin: {origin}\r\nSec-WebSocket-Protocol: admin.v1\r\n");
        client.write(upgrade_request(&fields).as_bytes());
        let head = client.head();
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{origin}: {head}");
    }
}

#[test]
fn the_page_changes_nothing_and_is_in_no_frame() {
    let chat = Chat::start(&[]);
    let key = chat.admin_key();
    for path in ["/admin", &format!("/admin?key={key}"), &format!("/admin?token={key}&login")] {
        let page = http::get(chat.address(), path);
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(page.header("Cache-Control"), Some("no-store"));
        assert_eq!(page.header("X-Frame-Options"), Some("DENY"));
        let policy = page.header("Content-Security-Policy").expect("it has one");
        assert!(
            policy.contains("frame-ancestors 'none'") && policy.contains("connect-src 'self'"),
            "{policy}"
        );
        assert_eq!(page.header("Set-Cookie"), None);
    }
    let mut client = Client::dial(chat.address());
    client.write(
        format!("POST /admin HTTP/1.1\r\nHost: {}\r\nContent-Length: 0\r\n\r\n", chat.address()).as_bytes(),
    );
    assert!(client.head().starts_with("HTTP/1.1 405 "));
    let_in(chat.address(), json!({"key": key}));
}

#[test]
fn a_session_ends_when_somebody_ends_it() {
    let chat = Chat::start(&[]);
    let (mut one, mut other) = (operator(&chat), operator(&chat));
    let admins = one.ask(json!({"type": "admins"}))["admins"].clone();
    let others = admins.as_array().expect("a list").iter().find(|it| it["this"] != true).expect("the other");
    let ended = one.ask(json!({"type": "end_admin", "session": others["id"]}));
    assert_eq!(ended["type"], "ack", "{ended}");
    assert_eq!(other.closed().0, BAD_KEY);
    refuses(&chat, json!({"token": other.token}));
    assert_eq!(one.refused(json!({"type": "end_admin", "session": others["id"]})), "no_such_session");
    // And oneself.
    assert_eq!(one.ask(json!({"type": "logout"}))["type"], "ack");
    assert_eq!(one.closed().0, BAD_KEY);
    refuses(&chat, json!({"token": one.token}));
}

#[test]
fn whoever_runs_the_chat_makes_its_first_owner_who_comes_by_themself() {
    let mut chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    assert_eq!(alice.refused(json!({"type": "admin"})), "forbidden");
    let mut page = operator(&chat);
    let made = page.ask(json!({"type": "role", "user": alice.id, "role": "owner"}));
    assert_eq!(made["type"], "ack", "{made}");
    let way = alice.ask(json!({"type": "admin"}));
    let key = way["url"].as_str().and_then(|url| url.strip_prefix("/admin#")).expect("a way").to_owned();
    assert_eq!(way["seconds"], 60);
    let own = let_in(chat.address(), json!({"key": key}));
    assert_eq!(own.welcome["as"], json!({"id": alice.id, "name": "alice", "role": "owner"}));
    refuses(&chat, json!({"key": key}));
    // A chat that has an owner shows no way in.
    chat.restart();
    assert!(chat.banner().iter().all(|line| !line.contains("/admin#")), "{:?}", chat.banner());
}

#[test]
fn whoever_is_no_admin_any_more_is_put_out_at_once() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut page = operator(&chat);
    assert_eq!(page.ask(json!({"type": "role", "user": alice.id, "role": "admin"}))["type"], "ack");
    let way = alice.ask(json!({"type": "admin"}));
    let key = way["url"].as_str().and_then(|url| url.strip_prefix("/admin#")).expect("a way").to_owned();
    let mut own = let_in(chat.address(), json!({"key": key}));
    // An admin ends no session of whoever runs the chat.
    let admins = own.ask(json!({"type": "admins"}))["admins"].clone();
    let operators =
        admins.as_array().expect("a list").iter().find(|it| it["as"].is_null()).expect("there is one");
    assert_eq!(own.refused(json!({"type": "end_admin", "session": operators["id"]})), "forbidden");
    assert_eq!(page.ask(json!({"type": "role", "user": alice.id, "role": "member"}))["type"], "ack");
    let (code, reason) = own.closed();
    assert_eq!(code, 4505);
    assert!(reason.contains("admin"), "{reason}");
    refuses(&chat, json!({"token": own.token}));
    assert_eq!(alice.refused(json!({"type": "admin"})), "forbidden");
}

#[test]
fn no_session_is_in_a_copy() {
    let mut chat = Chat::start(&[]);
    let page = operator(&chat);
    let copy = chat.folder().join("copy.db");
    let data = chat.data();
    let run = |chat: &Chat, flag: &str| {
        let mut command = program::command(chat.folder());
        command.arg("--data").arg(&data).arg(flag).arg(&copy);
        let output = program::output(command);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    run(&chat, "--backup");
    let_in(chat.address(), json!({"token": page.token}));
    chat.terminate();
    run(&chat, "--restore");
    chat.start_again();
    refuses(&chat, json!({"token": page.token}));
}

#[test]
fn nobody_keeps_the_others_out_by_standing_at_the_door() {
    let chat = Chat::start(&[]);
    let mut standing: Vec<Json> = (0..65).map(|_| Json::speaking(chat.address(), "admin.v1")).collect();
    let mut first = standing.remove(0);
    assert_eq!(first.closed().0, 1013, "the oldest gives way");
    operator(&chat);
}

#[test]
fn a_banned_address_still_comes_to_where_bans_are_lifted() {
    let chat = Chat::start(&["--trust-proxy=127.0.0.1"]);
    let from = |protocol: &str| {
        let mut client = Client::dial(chat.address());
        let fields = format!("Sec-WebSocket-Protocol: {protocol}\r\nX-Forwarded-For: 203.0.113.9\r\n");
        client.write(upgrade_request(&fields).as_bytes());
        let head = client.head();
        (head.split(' ').nth(1).unwrap_or_default().to_owned(), client)
    };
    let (status, mut mallory) = from("chat.v1");
    assert_eq!(status, "101");
    mallory.send(pollcat_testing::client::TEXT, br#"{"type":"hello"}"#);
    let welcome: Value = serde_json::from_str(&mallory.text()).expect("JSON");
    let mut page = operator(&chat);
    let ban = json!({"type": "ban", "user": welcome["user"]["id"], "addresses": true});
    let banned = page.ask(ban);
    assert_eq!(banned["type"], "ack", "{banned}");
    let statuses = ["chat.v1", "admin.v1"].map(|protocol| from(protocol).0);
    assert_eq!(statuses, ["403", "101"]);
}

/// A file is a log, whoever reads it: no key is in it.
#[test]
fn no_key_is_shown_where_it_would_be_kept() {
    let chat = Chat::prepared(&[]);
    let file = chat.folder().join("out.txt");
    let mut command = program::command(chat.folder());
    command.args(chat.flags()).args(["--log-level", "error"]).stdin(Stdio::null()).stderr(Stdio::null());
    let mut running = command.stdout(fs::File::create(&file).expect("a file")).spawn().expect("it starts");
    let deadline = Instant::now() + PATIENCE;
    let shown = loop {
        let text = fs::read_to_string(&file).expect("text");
        if text.contains("Ctrl-C") {
            break text;
        }
        assert!(Instant::now() < deadline, "no banner: {text}");
        std::thread::yield_now();
    };
    running.kill().expect("it runs");
    running.wait().expect("it ends");
    assert!(!shown.contains("admin"), "{shown}");
}

/// With one token, however often it is used.
#[test]
fn whoever_opens_many_windows_leaves_room_for_the_others() {
    let chat = Chat::start(&[]);
    let mut olive = governed::somebody(&chat, "olive", "admin");
    let way = olive.ask(json!({"type": "admin"}));
    let key = way["url"].as_str().expect("a way").split_once('#').expect("a key").1;
    let first = let_in(chat.address(), json!({"key": key}));
    let token = &first.token;
    let more: Vec<Json> = (1..16).map(|_| let_in(chat.address(), json!({"token": token}))).collect();
    assert_eq!(turned_away(chat.address(), json!({"token": token})).0, "busy");
    operator(&chat);
    drop(more);
}
