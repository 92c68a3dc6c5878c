//! What is looked at on the admin page, and what is done there (README, The admin page).

use serde_json::{Value, json};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::admin::operator;
use pollcat_chat_testing::governed::act;
use pollcat_chat_testing::json::Json;
use pollcat_testing::client::{Client, TEXT};

/// All pages of a list: each is asked for behind the last row of the one before.
#[track_caller]
fn paged(page: &mut Json, ask: Value, list: &str, next: (&str, &str), limit: usize) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    loop {
        let mut ask = ask.clone();
        ask["limit"] = limit.into();
        if let Some(last) = all.last() {
            ask[next.0] = last[next.1].clone();
        }
        let answer = page.ask(ask);
        let rows = answer[list].as_array().unwrap_or_else(|| panic!("no {list}: {answer}"));
        assert!(rows.len() <= limit, "{answer}");
        all.extend(rows.iter().cloned());
        if answer["more"] != true {
            return all;
        }
    }
}

/// So many new people, who have gone again: a thousand connections at a time.
fn come_and_go(chat: &Chat, number: usize) {
    for part in (0..number).step_by(200) {
        // Whoever has dialled has only so much time for a request.
        let come = |_| {
            let mut client = Client::dial(chat.address());
            client.open("Sec-WebSocket-Protocol: chat.v1\r\n");
            client.send(TEXT, br#"{"type":"hello"}"#);
            client
        };
        let mut crowd: Vec<Client> = (part..(part + 200).min(number)).map(come).collect();
        for client in &mut crowd {
            assert!(client.text().starts_with(r#"{"type":"welcome""#));
        }
    }
}

#[test]
fn ten_thousand_people_are_looked_through_in_pages() {
    let chat = Chat::start(&["--durability=system"]);
    come_and_go(&chat, 10_000);
    let mut alice = Json::named(chat.address(), "alice in a crowd");
    let mut page = operator(&chat);
    let all = paged(&mut page, json!({"type": "people"}), "people", ("after", "id"), 100);
    let mut ids: Vec<u64> = all.iter().map(|it| it["id"].as_u64().expect("an id")).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 10_001);
    assert_eq!(
        (&all[0]["name"], &all[0]["online"]),
        (&json!("alice in a crowd"), &json!(true)),
        "who is here comes first"
    );
    let found = page.ask(json!({"type": "people", "query": "IN A crowd"}))["people"].clone();
    assert_eq!(found.as_array().map(Vec::len), Some(1), "{found}");
    let person = page.ask(json!({"type": "person", "user": alice.id}))["person"].clone();
    assert_eq!((&person["name"], &person["rooms"][0]["room"]), (&json!("alice in a crowd"), &json!("lobby")));
    assert_eq!(person["sessions"].as_array().map(Vec::len), Some(1), "{person}");
    assert_eq!(page.refused(json!({"type": "person", "user": 999_999})), "no_such_person");
    assert_eq!(page.refused(json!({"type": "people", "query": "x".repeat(300)})), "bad_field");
    // Nobody in the chat has noticed any of it.
    assert!(alice.heard_of("error").is_empty());
}

#[test]
fn rooms_are_listed_without_what_is_said_in_them_and_without_private_talks() {
    let chat = Chat::start(&[]);
    let (mut alice, mut bob) = (Json::named(chat.address(), "alice"), Json::named(chat.address(), "bob"));
    for room in ["tea", "apples", "zebras"] {
        alice.ask(json!({"type": "join", "room": room, "create": true}));
    }
    alice.say("tea", "a secret");
    alice.ask(json!({"to": bob.id, "msg": "for bob alone"}));
    let made = alice.ask(json!({"type": "join", "room": "Hidden", "create": true, "private": true}));
    let mut page = operator(&chat);
    for limit in [1, 2, 100] {
        let rooms = paged(&mut page, json!({"type": "all_rooms"}), "rooms", ("after", "room"), limit);
        let names: Vec<&str> = rooms.iter().filter_map(|it| it["room"].as_str()).collect();
        let hidden = made["room"].as_str().expect("a room");
        assert_eq!(names, ["apples", "lobby", "tea", "zebras", hidden], "{limit} at a time");
        let last = rooms.last().expect("some");
        assert_eq!((&last["title"], &last["kind"]), (&json!("Hidden"), &json!("private")));
        assert_eq!(rooms[2]["ops"][0]["name"], "alice");
        let text = Value::from(rooms).to_string();
        assert!(!text.contains("secret") && !text.contains("alone"), "{text}");
    }
    bob.heard();
}

#[test]
fn what_was_done_is_listed_and_told_as_it_is_done() {
    let chat = Chat::start(&[]);
    let bob = Json::named(chat.address(), "bob");
    let mut page = operator(&chat);
    for number in 0..5 {
        let (what, reason) = (["mute", "unmute"][number % 2], format!("reason {number}"));
        let done = page.ask(json!({"type": what, "user": bob.id, "reason": reason}));
        assert_eq!(done["type"], "ack", "{done}");
    }
    let told = page.wait_for("the last act", |it| it["type"] == "acted" && it["act"]["reason"] == "reason 4");
    assert_eq!((&told["act"]["act"], &told["act"]["user"]["name"]), (&json!("mute"), &json!("bob")));
    assert_eq!(told["act"]["by"], Value::Null, "whoever runs the chat has done it");
    for limit in [1, 2, 100] {
        let acts = paged(&mut page, json!({"type": "acts"}), "acts", ("before", "id"), limit);
        let words: Vec<&str> = acts.iter().filter_map(|it| it["act"].as_str()).collect();
        assert_eq!(words, ["mute", "unmute", "mute", "unmute", "mute", "admin_in"], "{limit} at a time");
    }
}

/// A message of somebody else's, by an op in the chat and by whoever runs it on the page; not one's own, and never the words.
#[test]
fn what_others_take_back_is_told_as_an_act() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    alice.join("tea");
    let mut bob = Json::named(chat.address(), "bob");
    bob.join("tea");
    let said: Vec<u64> =
        (0..3).map(|_| bob.say("tea", "marzipan")["offset"].as_u64().expect("offset")).collect();
    let mut page = operator(&chat);
    for (who, offset) in [(&mut bob, said[0]), (&mut alice, said[1]), (&mut page, said[2])] {
        let done = who.ask(json!({"type": "delete", "room": "tea", "offset": offset}));
        assert_eq!(done["type"], "ack", "{done}");
    }
    let is_last =
        |it: &Value| it["type"] == "acted" && it["act"]["by"].is_null() && it["act"]["act"] == "delete";
    let told = page.wait_for("the last act", is_last);
    assert_eq!(told["act"]["detail"], format!("message {}", said[2]), "{told}");
    let acts = paged(&mut page, json!({"type": "acts"}), "acts", ("before", "id"), 100);
    let deleted: Vec<&Value> = acts.iter().filter(|it| it["act"] == "delete").collect();
    assert_eq!(deleted.len(), 2, "{acts:?}");
    assert_eq!(deleted[1]["by"]["name"], "alice");
    assert!(deleted.iter().all(|it| it["user"]["name"] == "bob" && it["room"] == "tea"), "{deleted:?}");
    assert!(!Value::from(acts.clone()).to_string().contains("marzipan"));
}

#[test]
fn figures_come_once_a_second_to_those_who_look() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    alice.say("lobby", "hello");
    let mut page = operator(&chat);
    assert_eq!(page.ask(json!({"type": "watch_figures", "on": true}))["type"], "ack");
    let figures = page.expect("figures");
    assert_eq!(
        (&figures["people_here"], &figures["known"], &figures["rooms"]),
        (&json!(1), &json!(1), &json!(1))
    );
    assert_eq!(figures["connections"], 2);
    assert!(figures["disk_bytes"].as_u64() > Some(0), "{figures}");
    assert_eq!(figures["owners"], 0, "{figures}");
    act(&mut page, json!({"type": "role", "user": "alice", "role": "owner"}));
    page.wait_for("an owner", |it| it["type"] == "figures" && it["owners"] == 1);
    page.ask(json!({"type": "watch_figures", "on": false}));
    page.heard();
}

#[test]
fn reports_of_private_talks_are_listed_and_counted_and_those_of_private_rooms_are_not() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Json::named(chat.address(), "bob");
    let mut page = operator(&chat);
    alice.ask(json!({"type": "message", "to": "bob", "msg": "psst, you"}));
    let heard = bob.expect("message");
    let talk = heard["room"].as_str().expect("a room").to_owned();
    act(&mut bob, json!({"type": "report", "room": talk, "offset": heard["offset"], "reason": "rude"}));
    let made = bob.ask(json!({"type": "join", "room": "Tea", "create": true, "private": true}));
    act(&mut bob, json!({"type": "add", "room": made["room"], "user": "alice"}));
    let said = alice.ask(json!({"type": "message", "room": made["room"], "msg": "between us"}));
    act(&mut bob, json!({"type": "report", "room": made["room"], "offset": said["offset"], "reason": "hm"}));
    let listed = page.ask(json!({"type": "reports"}))["reports"].clone();
    let rows: Vec<_> =
        listed.as_array().expect("a list").iter().map(|it| (&it["room"], &it["msg"])).collect();
    assert_eq!(rows, [(&json!(talk), &json!("psst, you"))], "{listed}");
    act(&mut page, json!({"type": "watch_figures", "on": true}));
    assert_eq!(page.expect("figures")["reports"], 1);
    // Nobody takes back there but who said it; and it is settled.
    assert_eq!(
        page.refused(json!({"type": "delete", "room": talk, "offset": heard["offset"]})),
        "no_such_room"
    );
    act(&mut page, json!({"type": "settle", "report": listed[0]["id"], "accept": false}));
    page.wait_for("nothing open", |it| it["type"] == "figures" && it["reports"] == 0);
}

#[test]
fn the_settings_in_force_are_shown() {
    let hook = "--robot-hook=http://127.0.0.1:9/ask?token=rosebud";
    let chat = Chat::start(&["--max-name", "20", "--robot=robby", hook]);
    let mut page = operator(&chat);
    let settings = page.ask(json!({"type": "settings"}))["settings"].clone();
    let all = settings.as_array().expect("a list");
    let find = |name: &str| all.iter().find(|it| it["name"] == name).cloned().unwrap_or_default();
    assert_eq!(find("max-name"), json!({"name": "max-name", "value": "20", "default": false}));
    assert_eq!(find("robot-hook")["value"], "http://127.0.0.1:9/ask?...", "the rest may be a secret");
    assert_eq!(find("max-rooms"), json!({"name": "max-rooms", "value": "1000", "default": true}));
}

#[test]
fn what_is_asked_in_the_chat_alone_is_refused() {
    let chat = Chat::start(&[]);
    let mut page = operator(&chat);
    for ask in [
        json!({"msg": "hi"}),
        json!({"type": "join", "room": "lobby"}),
        json!({"type": "page", "room": "lobby"}),
        json!({"type": "search", "query": "a"}),
        json!({"type": "name", "name": "bob"}),
        json!({"type": "erase", "words": true}),
        json!({"type": "accept", "invite": "aaaaaaaaaaaaaaaaaaaaaa"}),
        json!({"type": "what"}),
    ] {
        assert_eq!(page.refused(ask.clone()), "unknown_type", "{ask}");
    }
    assert_eq!(page.ask(json!({"type": "ping"}))["type"], "pong");
    page.send_bytes(&[1]);
    assert_eq!(page.closed().0, 1003);
}

#[test]
fn a_message_that_was_reported_is_taken_back_from_here() {
    let chat = Chat::start(&[]);
    let (mut alice, mut bob) = (Json::named(chat.address(), "alice"), Json::named(chat.address(), "bob"));
    let said = alice.say("lobby", "something bad");
    let mut page = operator(&chat);
    let reported =
        bob.ask(json!({"type": "report", "room": "lobby", "offset": said["offset"], "reason": "bad"}));
    assert_eq!(reported["type"], "ack", "{reported}");
    page.wait_for("the report", |it| it["type"] == "reported");
    let reports = page.ask(json!({"type": "reports"}))["reports"].clone();
    assert_eq!((&reports[0]["msg"], &reports[0]["room"]), (&json!("something bad"), &json!("lobby")));
    let done = page.ask(json!({"type": "delete", "room": "lobby", "offset": said["offset"]}));
    assert_eq!(done["type"], "ack", "{done}");
    let deleted = bob.wait_for("that it is gone", |it| it["type"] == "deleted");
    assert_eq!(deleted["target"], said["offset"]);
    assert_eq!(page.refused(json!({"type": "delete", "room": "nowhere", "offset": 1})), "no_such_room");
}

#[test]
fn what_was_said_in_a_private_room_can_be_taken_back_and_a_private_talk_does_not_exist() {
    let chat = Chat::start(&[]);
    let (mut alice, bob) = (Json::named(chat.address(), "alice"), Json::named(chat.address(), "bob"));
    let made = alice.ask(json!({"type": "join", "room": "Hidden", "create": true, "private": true}));
    let hidden = made["room"].as_str().expect("a room").to_owned();
    let said = alice.say(&hidden, "something bad");
    let talk = alice.ask(json!({"to": bob.id, "msg": "for bob alone"}));
    let mut page = operator(&chat);
    let done = page.ask(json!({"type": "delete", "room": hidden, "offset": said["offset"]}));
    assert_eq!(done["type"], "ack", "{done}");
    let deleted = alice.wait_for("that it is gone", |it| it["type"] == "deleted");
    assert_eq!((&deleted["room"], &deleted["target"]), (&made["room"], &said["offset"]));
    let delete = json!({"type": "delete", "room": talk["room"], "offset": talk["offset"]});
    assert_eq!(page.refused(delete), "no_such_room");
    let closed = page.ask(json!({"type": "alter", "room": hidden, "closed": true}));
    assert_eq!(closed["type"], "ack", "{closed}");
    alice.wait_for("that it is closed", |it| it["type"] == "altered" && it["closed"] == true);
}

#[test]
fn an_invite_is_made_listed_and_revoked() {
    let chat = Chat::start(&[]);
    let mut page = operator(&chat);
    let made = page.ask(json!({"type": "invite", "uses": 3}))["invite"].clone();
    let url = made["url"].as_str().expect("a link");
    assert!(url.ends_with(&format!("#invite={}", made["key"].as_str().expect("a key"))), "{made}");
    let listed = page.ask(json!({"type": "invites"}))["invites"].clone();
    assert_eq!((&listed[0]["id"], &listed[0]["left"]), (&made["id"], &json!(3)), "{listed}");
    assert_eq!(page.ask(json!({"type": "revoke", "invite": made["id"]}))["type"], "ack");
}

#[test]
fn words_are_tried_before_anybody_says_them() {
    let words = "spam\ndarn = mask\nhm = review\n";
    let mut chat = Chat::prepared(&[]);
    let file = chat.folder().join("words.txt");
    std::fs::write(&file, words).expect("a file can be written");
    chat.set_flags(&["--words", file.to_str().expect("a plain name")]);
    chat.start_again();
    let mut page = operator(&chat);
    let told = page.ask(json!({"type": "words"}));
    assert_eq!(
        (&told["refuse"], &told["mask"], &told["review"]),
        (&json!(1), &json!(1), &json!(1)),
        "{told}"
    );
    assert_eq!(told["file"], file.to_str().expect("a plain name"));
    for (text, verdict) in
        [("hello", "fine"), ("some SPAM", "refused"), ("hm", "review"), ("darn it", "masked")]
    {
        assert_eq!(page.ask(json!({"type": "try_words", "msg": text}))["verdict"], verdict, "{text}");
    }
    assert_eq!(page.refused(json!({"type": "try_words", "msg": "a".repeat(50_000)})), "too_long");
}

/// Whatever is asked, and however: it is answered, or is no request, and the page goes on.
#[test]
fn odd_requests_are_answered_and_nothing_ends() {
    let chat = Chat::start(&[]);
    let bob = Json::named(chat.address(), "bob");
    let mut page = operator(&chat);
    let numbers = [
        "-1",
        "0",
        "1",
        "1.5",
        "1e400",
        "18446744073709551615",
        "18446744073709551616",
        "\"5\"",
        "null",
        "[]",
    ];
    let texts = [
        "\"\"",
        "\"%\"",
        "\"_*[a-z]\"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"\u{202e}\"",
        "\"+1\"",
        "\"@1:2\"",
        "\"lobby\"",
    ];
    let long = format!("\"{}\"", "x".repeat(20_000));
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    let values = numbers.iter().chain(&texts).copied().chain([&long[..], &deep[..], "{\"a\":{}}"]);
    let values: Vec<&str> = values.collect();
    let asked = [
        ("people", "limit"),
        ("people", "after"),
        ("people", "query"),
        ("person", "user"),
        ("all_rooms", "after"),
        ("acts", "before"),
        ("acts", "limit"),
        ("try_words", "msg"),
        ("end_admin", "session"),
        ("watch_figures", "on"),
        ("reports", "after"),
        ("delete", "offset"),
        ("settle", "report"),
        ("alter", "slow"),
        ("mute", "seconds"),
        ("mute", "reason"),
        ("announce", "msg"),
        ("door", "door"),
        ("type", "type"),
        ("invite", "uses"),
        ("end_session", "session"),
    ];
    for (kind, field) in asked {
        for value in &values {
            let user = bob.id;
            let user = if field == "user" { String::new() } else { format!(",\"user\":{user}") };
            page.send_text(&format!("{{\"type\":\"{kind}\",\"room\":\"lobby\"{user},\"{field}\":{value}}}"));
        }
        // Whoever asks fast waits, and is not closed.
        while page.ask(json!({"type": "ping"}))["type"] != "pong" {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }
    let mut late = Json::named(chat.address(), "late");
    late.say("lobby", "it goes on");
}
