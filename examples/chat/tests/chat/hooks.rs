//! `POST /hooks/KEY` (README, Hooks and bots).

use serde_json::{Value, json};

use pollcat_chat_testing::bots::{self, Key, hook};
use pollcat_chat_testing::http::{Page, answer, send};
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::{Chat, governed};
use pollcat_testing::client::Client;

const JSON: &str = "Content-Type: application/json\r\n";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";
const TEXT: &str = "Content-Type: text/plain; charset=utf-8\r\n";

#[track_caller]
fn post(chat: &Chat, key: &Key, fields: &str, body: &str) -> Page {
    send(chat.address(), ("POST", &key.path()), fields, body.as_bytes())
}

#[track_caller]
fn assert_ok(page: &Page) {
    assert_eq!((page.status, page.text()), (200, "ok"), "{}", page.head);
    assert_eq!(page.header("Content-Type"), Some("text/plain; charset=utf-8"));
    assert_eq!(page.header("Cache-Control"), Some("no-store"));
}

#[track_caller]
fn heard(client: &mut Json) -> Value {
    client.expect("message")
}

#[test]
fn what_is_posted_is_said_by_a_bot() {
    let chat = Chat::start(&[]);
    let key = hook(&chat, "builds");
    let mut alice = Json::named(chat.address(), "alice");
    let ways = [
        (JSON, r#"{"text":"disk <http://a.example|db1> &gt; 90%"}"#, "disk db1 (http://a.example) > 90%"),
        (FORM, "payload=%7B%22text%22%3A%22a+form%22%7D", "a form"),
        (FORM, r#"{"text":"curl -d"}"#, "curl -d"),
        (FORM, "backup is done", "backup is done"),
        (TEXT, "热水\n来了", "热水\n来了"),
        ("", r#"{"text":"no type"}"#, "no type"),
        ("", "no type at all", "no type at all"),
        (
            JSON,
            r##"{"channel":"#x","icon_emoji":":x:","attachments":[{"title":"down","title_link":"http://b.example","text":""}]}"##,
            "down (http://b.example)",
        ),
    ];
    for (fields, body, expected) in ways {
        assert_ok(&post(&chat, &key, fields, body));
        let event = heard(&mut alice);
        assert_eq!((&event["msg"], &event["from"]), (&json!(expected), &json!("builds")), "{event}");
        assert_eq!((&event["bot"], &event["from_id"]), (&json!(true), &json!(key.bot)), "{event}");
    }
}

#[test]
fn a_name_that_it_is_sent_with_stands_before_its_own() {
    let chat = Chat::start(&[]);
    let key = hook(&chat, "builds");
    let mut alice = Json::named(chat.address(), "alice");
    for (name, expected) in [("Grafana", "Grafana (builds)"), ("", "builds"), ("alice", "alice (builds)")] {
        assert_ok(&post(&chat, &key, JSON, &json!({"text": "up", "username": name}).to_string()));
        let event = heard(&mut alice);
        assert_eq!((&event["from"], &event["from_id"]), (&json!(expected), &json!(key.bot)), "{event}");
    }
    // Nothing that anybody could take for somebody else's, or for more than a name.
    for name in ["server", "a\nb", "x) (alice", &"long".repeat(100), "<b>", "\u{202e}ecila"] {
        assert_ok(&post(&chat, &key, JSON, &json!({"text": "up", "username": name}).to_string()));
        let event = heard(&mut alice);
        let from = event["from"].as_str().expect("a name");
        assert!(from == "builds" || from.ends_with(" (builds)"), "{name}: {from}");
        assert!(from.matches('(').count() < 2 && !from.contains(['\n', '\u{202e}']), "{name}: {from}");
    }
}

#[test]
fn nobody_is_called_from_outside() {
    let chat = Chat::start(&[]);
    let key = hook(&chat, "builds");
    let mut owner = governed::owner(&chat, "olive");
    governed::act(&mut owner, json!({"type": "op", "room": "lobby", "user": key.bot, "op": true}));
    let mut alice = Json::named(chat.address(), "alice");
    for text in ["<!channel> look", "<!here|@here>", "@all look", "@here"] {
        assert_ok(&post(&chat, &key, JSON, &json!({"text": text}).to_string()));
        let event = heard(&mut alice);
        assert_eq!((event.get("call"), event.get("mentions")), (None, None), "{event}");
    }
    assert_ok(&post(&chat, &key, TEXT, "@alice, look"));
    assert_eq!(heard(&mut alice)["mentions"], json!([alice.id]), "a person is");
}

#[test]
fn what_is_long_becomes_several_messages() {
    let chat = Chat::start(&["--max-message", "100"]);
    let key = hook(&chat, "builds");
    let mut alice = Json::named(chat.address(), "alice");
    let lines: Vec<String> = (0..8).map(|number| format!("{number}{}", "é".repeat(98))).collect();
    assert_ok(&post(&chat, &key, TEXT, &lines.join("\n")));
    let said: Vec<Value> = (0..8).map(|_| heard(&mut alice)["msg"].clone()).collect();
    assert_eq!(said, lines);
    let page = post(&chat, &key, TEXT, &(lines.join("\n") + "\nand more"));
    assert_eq!(page.status, 413, "{}", page.text());
    assert_eq!(alice.heard_of("message"), [Value::Null; 0], "nothing of it is said");
}

#[test]
fn what_is_sent_again_under_its_id_is_said_once() {
    let mut chat = Chat::start(&[]);
    let (key, other) = (hook(&chat, "builds"), hook(&chat, "builds"));
    let mut alice = Json::named(chat.address(), "alice");
    let fields = ["Idempotency-Key", "webhook-id", "X-GitHub-Delivery", "X-Gitea-Delivery"];
    let with = |field: &str| format!("{TEXT}{field}: 8e03978e-40d5-43dd-bc93-6894a57f9324\r\n");
    for field in fields {
        for _ in 0..3 {
            assert_ok(&post(&chat, &key, &with(field), field));
        }
        assert_eq!(heard(&mut alice)["msg"], field);
        let changed = post(&chat, &key, &with(field), "something else");
        assert_eq!(changed.status, 409, "{}", changed.text());
    }
    // Another hook's id is another one, be it of the same bot.
    assert_ok(&post(&chat, &other, &with(fields[2]), "to the other"));
    assert_eq!(heard(&mut alice)["msg"], "to the other");
    assert_eq!(alice.heard_of("message"), [Value::Null; 0]);
    chat.crash();
    let mut alice = alice.again(chat.address());
    assert_ok(&post(&chat, &key, &with(fields[0]), fields[0]));
    for _ in 0..2 {
        assert_ok(&post(&chat, &key, TEXT, "without an id"));
        assert_eq!(heard(&mut alice)["msg"], "without an id");
    }
    assert_eq!(alice.heard_of("message"), [Value::Null; 0]);
}

#[test]
fn a_long_text_under_an_id_is_said_once_or_not_at_all() {
    let chat = Chat::start(&["--max-message", "100"]);
    let key = hook(&chat, "builds");
    let mut alice = Json::named(chat.address(), "alice");
    let lines = |begins: &str, count: usize| -> Vec<String> {
        (0..count).map(|number| format!("{begins}{number}{}", "é".repeat(80))).collect()
    };
    let with = |id: &str| format!("{TEXT}Idempotency-Key: {id}\r\n");
    for _ in 0..2 {
        assert_ok(&post(&chat, &key, &with("one"), &lines("a", 4).join("\n")));
    }
    let changed = post(&chat, &key, &with("one"), &lines("b", 8).join("\n"));
    assert_eq!(changed.status, 409, "{}", changed.text());
    let said: Vec<Value> = (0..4).map(|_| heard(&mut alice)["msg"].clone()).collect();
    assert_eq!(said, lines("a", 4));
    assert_eq!(alice.heard_of("message"), [Value::Null; 0]);
    // It begins alike, and then it is another one.
    let [ab, acd] = [["b", "c"].as_slice(), &["d", "e", "f"]].map(|rest| {
        let rest = rest.iter().flat_map(|begins| lines(begins, 1));
        lines("a", 1).into_iter().chain(rest).collect::<Vec<_>>()
    });
    assert_ok(&post(&chat, &key, &with("two"), &ab.join("\n")));
    let said: Vec<Value> = (0..3).map(|_| heard(&mut alice)["msg"].clone()).collect();
    assert_eq!(said, ab);
    let changed = post(&chat, &key, &with("two"), &acd.join("\n"));
    assert_eq!(changed.status, 409, "{}", changed.text());
    assert_eq!(alice.heard_of("message"), [Value::Null; 0], "nothing of it is said");
}

#[test]
fn what_cannot_be_said_has_a_status_that_says_what_to_do() {
    let chat = Chat::start(&[]);
    let key = hook(&chat, "builds");
    let table = [
        (TEXT, "", 400, "no text"),
        (JSON, "{}", 400, "no text"),
        (JSON, "{", 400, "no JSON"),
        (FORM, "payload=x", 400, "no JSON"),
        ("Content-Type: application/xml\r\n", "<a/>", 415, "application/json"),
        ("Content-Type: text/plain; charset=gbk\r\n", "x", 415, "UTF-8"),
    ];
    for (fields, body, status, words) in table {
        let page = post(&chat, &key, fields, body);
        assert_eq!(page.status, status, "{body}: {}", page.text());
        assert!(page.text().contains(words), "{}", page.text());
    }
    for method in ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"] {
        for path in [&*key.path(), "/hooks/wrong", "/hooks", "/hooks/"] {
            let mut client = Client::dial(chat.address());
            client.write(format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n\r\n", chat.address()).as_bytes());
            let head = client.head();
            assert!(head.starts_with("HTTP/1.1 405 ") && head.contains("\r\nAllow: POST\r\n"), "{head}");
        }
    }
    let page = send(chat.address(), ("POST", "/"), TEXT, b"x");
    assert_eq!((page.status, page.header("Allow")), (405, Some("GET, HEAD")), "pages are read");
}

/// With a head that promises a body, of which nothing is ever sent.
#[track_caller]
fn before_the_body(chat: &Chat, path: &str, fields: &str) -> u16 {
    let mut client = Client::dial(chat.address());
    let head = format!("POST {path} HTTP/1.1\r\nHost: {}\r\n{fields}\r\n", chat.address());
    client.write(head.as_bytes());
    answer(&mut client).status
}

#[test]
fn what_needs_no_body_is_said_before_it_comes() {
    let chat = Chat::start(&[]);
    let key = hook(&chat, "builds");
    let token = bots::token(&chat, "reader");
    let length = "Content-Length: 200000\r\n";
    let wrong = Key { key: key.key.replace(|_: char| true, "A"), ..key.clone() };
    for path in
        [&*wrong.path(), &token.path(), "/hooks/", "/hooks/x/y", &(key.path() + "/"), &(key.path() + "x")]
    {
        assert_eq!(before_the_body(&chat, path, length), 404, "{path}");
    }
    let path = key.path();
    assert_eq!(before_the_body(&chat, &path, "Content-Length: 10\r\nContent-Type: image/png\r\n"), 415);
    assert_eq!(before_the_body(&chat, &path, "Content-Length: 307200\r\n"), 413, "300 KiB");
    // Of a chunked one only its bytes say how long it is.
    let mut client = Client::dial(chat.address());
    client.write(format!("POST {path} HTTP/1.1\r\nHost: {}\r\n", chat.address()).as_bytes());
    client.write(b"Transfer-Encoding: chunked\r\n\r\n4b000\r\n");
    client.write(&vec![b'x'; 262_145]);
    assert_eq!(answer(&mut client).status, 413);
    // And one that is short enough is read.
    let mut client = Client::dial(chat.address());
    client.write(
        format!("POST {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", chat.address()).as_bytes(),
    );
    client.write(b"Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n4\r\n two\r\n0\r\n\r\n");
    assert_ok(&answer(&mut client));
}

#[test]
fn a_body_that_comes_byte_by_byte_holds_up_nobody() {
    let chat = Chat::start(&[]);
    let key = hook(&chat, "builds");
    let mut alice = Json::named(chat.address(), "alice");
    let body = r#"{"text":"at last"}"#;
    let head = format!("POST {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", key.path(), chat.address());
    let head = format!("{head}{JSON}Content-Length: {}\r\n\r\n", body.len());
    let mut slow: Vec<Client> = (0..20).map(|_| Client::dial(chat.address())).collect();
    for (at, byte) in head.bytes().chain(body.bytes()).enumerate() {
        slow.iter_mut().for_each(|client| client.write(&[byte]));
        if at % 50 == 0 {
            assert_ok(&post(&chat, &key, TEXT, "between"));
            assert_eq!(heard(&mut alice)["msg"], "between");
        }
    }
    slow.iter_mut().for_each(|client| assert_ok(&answer(client)));
    (0..20).for_each(|_| assert_eq!(heard(&mut alice)["msg"], "at last"));
}

#[test]
fn a_key_has_a_pace_of_its_own() {
    let chat = Chat::start(&[]);
    let mut page = governed::operator(&chat);
    let slow = bots::give(&mut page, json!({"name": "slow", "room": "lobby", "kind": "hook", "pace": 2}));
    let other = bots::give(&mut page, json!({"name": "slow", "room": "lobby", "kind": "hook"}));
    for _ in 0..2 {
        assert_ok(&post(&chat, &slow, TEXT, "x"));
    }
    let late = post(&chat, &slow, TEXT, "x");
    assert_eq!(late.status, 429, "{}", late.text());
    let seconds: u32 = late.header("Retry-After").expect("when").parse().expect("seconds");
    assert!((20..=30).contains(&seconds), "{seconds}");
    assert_eq!(before_the_body(&chat, &slow.path(), "Content-Length: 9\r\n"), 429);
    assert_ok(&post(&chat, &other, TEXT, "x"));
}

#[test]
fn who_may_not_speak_there_is_told_so() {
    let chat = Chat::start(&[]);
    let mut owner = governed::owner(&chat, "olive");
    owner.join("tea");
    let key = bots::give(&mut owner, json!({"name": "builds", "room": "tea", "kind": "hook"}));
    assert_ok(&post(&chat, &key, TEXT, "x"));
    governed::act(&mut owner, json!({"type": "mute", "room": "tea", "user": key.bot}));
    assert_eq!(before_the_body(&chat, &key.path(), "Content-Length: 9\r\n"), 403);
    governed::act(&mut owner, json!({"type": "unmute", "room": "tea", "user": key.bot}));
    assert_ok(&post(&chat, &key, TEXT, "x"));
    governed::act(&mut owner, json!({"type": "kick", "room": "tea", "user": key.bot}));
    let page = post(&chat, &key, TEXT, "x");
    assert!([403, 404].contains(&page.status), "{}", page.text());
    let again = bots::give(&mut owner, json!({"name": "builds", "room": "tea", "kind": "hook"}));
    assert_ok(&post(&chat, &again, TEXT, "x"));
    governed::act(&mut owner, json!({"type": "alter", "room": "tea", "slow": 600}));
    assert_ok(&post(&chat, &again, TEXT, "x"));
    let page = post(&chat, &again, TEXT, "x");
    assert_eq!(page.status, 429, "{}", page.text());
    governed::act(&mut owner, json!({"type": "revoke_key", "key": again.id}));
    assert_eq!(post(&chat, &again, TEXT, "x").status, 404);
}

#[test]
fn words_that_are_not_said_are_not_said_by_programs_either() {
    let mut chat = Chat::prepared(&["--words", "words.txt"]);
    std::fs::write(chat.folder().join("words.txt"), "hovercraft\ndarn = mask\ndubious = review\n")
        .expect("a file");
    chat.start_again();
    let key = hook(&chat, "builds");
    let mut alice = Json::named(chat.address(), "alice");
    assert_eq!(post(&chat, &key, TEXT, "my hovercraft").status, 400);
    assert_ok(&post(&chat, &key, TEXT, "darn"));
    assert_eq!(heard(&mut alice)["msg"], "****");
    let held = post(&chat, &key, TEXT, "a dubious offer");
    assert_eq!(held.status, 202, "{}", held.text());
}

#[test]
fn what_was_answered_with_200_is_there_after_the_power_went() {
    let mut chat = Chat::start(&[]);
    let key = hook(&chat, "builds");
    for number in 0..20 {
        assert_ok(&post(&chat, &key, TEXT, &format!("message {number}")));
        if number % 5 == 4 {
            chat.crash();
        }
    }
    let mut alice = Json::named(chat.address(), "alice");
    let page = alice.ask(json!({"type": "page", "room": "lobby"}));
    let said: Vec<&str> =
        page["events"].as_array().expect("events").iter().filter_map(|it| it["msg"].as_str()).collect();
    for number in 0..20 {
        assert_eq!(said.iter().filter(|it| **it == format!("message {number}")).count(), 1, "{number}");
    }
    // The key is, too, and the bot has its badge.
    assert_ok(&post(&chat, &key, TEXT, "still here"));
    assert_eq!(heard(&mut alice)["bot"], true);
}

#[test]
fn whoever_guesses_keys_is_slow_and_the_operator_reads_of_it_once() {
    let mut chat =
        Chat::start(&["--trust-proxy", "127.0.0.1", "--address-rate", "10", "--address-burst", "100"]);
    let key = hook(&chat, "builds");
    let from = |client: &str| format!("X-Forwarded-For: {client}\r\n{TEXT}");
    let guess = |number: u32| format!("/hooks/{}", format!("{number:04}").repeat(11)[1..].to_owned());
    let mut statuses = Vec::new();
    for number in 0..30 {
        statuses.push(send(chat.address(), ("POST", &guess(number)), &from("203.0.113.7"), b"x").status);
    }
    assert!(statuses[0] == 404 && statuses.contains(&429), "{statuses:?}");
    let refused = post(&chat, &key, &from("203.0.113.7"), "x");
    assert!(refused.status == 429 && refused.header("Retry-After").is_some(), "{}", refused.head);
    assert_ok(&post(&chat, &key, &from("203.0.113.8"), "x"));
    let (_, log) = chat.terminate();
    let told: Vec<&String> =
        log.iter().filter(|line| line.contains("203.0.113.7") && line.contains("a key")).collect();
    assert_eq!(told.len(), 1, "{log:#?}");
    assert!(!log.iter().any(|line| line.contains(&key.key)), "{log:#?}");
}
