//! What is said, acknowledged, repeated and taken back (README, 5).

use serde_json::{Value, json};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::text::Text;

#[test]
fn a_message_is_delivered_to_the_room() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Json::named(chat.address(), "bob");
    let ack = alice.ask(json!({"type": "message", "id": "k3j9", "room": "lobby", "msg": "hi @bob"}));
    let time = ack["msg_time"].as_i64().expect("milliseconds");
    assert!(time > 1_700_000_000_000, "{time} is long ago");
    assert_eq!(ack, json!({"type": "ack", "id": "k3j9", "room": "lobby", "offset": 1, "msg_time": time}));
    let delivery = json!({"type": "message", "room": "lobby", "offset": 1, "from_id": alice.id, "from": "alice",
        "msg": "hi @bob", "msg_time": time, "mentions": [bob.id]});
    assert_eq!(bob.expect("message"), delivery);
    assert_eq!(alice.heard_of("message"), Vec::<Value>::new(), "no echo was asked for");
}

#[test]
fn a_msg_alone_is_a_message() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Json::named(chat.address(), "bob");
    alice.heard();
    alice.send(&json!({"msg": "hello"}));
    let heard = bob.expect("message");
    assert_eq!(
        (&heard["room"], &heard["from"], &heard["msg"]),
        (&json!("lobby"), &json!("alice"), &json!("hello"))
    );
    assert_eq!(heard.get("mentions"), None, "left out when empty");
    let heard = alice.heard();
    assert_eq!(heard.len(), 0, "no id, no answer: {heard:?}");
}

#[test]
fn any_text_arrives_as_it_was_said() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Json::named(chat.address(), "bob");
    let mut texts: Vec<String> = [
        "你好，世界",
        "👩‍👩‍👧‍👦",
        "שלום",
        "<script>alert(1)</script>",
        "a\nb\r\nc\td",
        "\0\u{1b}[2J",
        "'; --",
        "\u{FEFF}x",
        " padded ",
    ]
    .map(String::from)
    .into();
    // The longest that is allowed, counted in characters.
    texts.extend(["x", "好", "𠜎"].map(|c| c.repeat(4000)));
    for text in &texts {
        alice.say("lobby", text);
        assert_eq!(bob.expect("message")["msg"], **text);
    }
    let history = alice.again(chat.address()).histories.remove("lobby").expect("everybody is there");
    let told = history[0]["events"].as_array().expect("events");
    for event in told {
        let said = &texts[event["offset"].as_u64().expect("an offset") as usize - 1];
        assert_eq!(event["msg"], **said);
    }
}

#[test]
fn nothing_and_too_much_are_not_forwarded() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Json::named(chat.address(), "bob");
    for nothing in ["", " ", "\n", " \t\r\n ", "\u{a0}\u{3000}"] {
        assert_eq!(alice.refused(json!({"msg": nothing})), "empty", "{nothing:?}");
    }
    for too_much in ["x", "好", "𠜎"].map(|c| c.repeat(4001)) {
        assert_eq!(alice.refused(json!({"msg": too_much})), "too_long");
    }
    assert_eq!(alice.say("lobby", "something")["offset"], 1, "nothing was stored");
    assert_eq!(bob.expect("message")["msg"], "something");
}

#[test]
fn an_ack_takes_the_place_of_the_message() {
    const MESSAGES: usize = 200;
    let chat = Chat::start(&[]);
    let mut people: Vec<Json> = (0..3).map(|_| Json::hello(chat.address(), json!({}))).collect();
    for number in 0..MESSAGES {
        for person in &mut people {
            let id = format!("{}-{number}", person.id);
            person.send(&json!({"id": id, "msg": format!("number {number}")}));
        }
    }
    let total = (MESSAGES * people.len()) as u64;
    for person in &mut people {
        let (mut own, mut last) = (0, 0);
        while last < total {
            let it =
                person.wait_for("an ack or a message", |it| it["type"] == "ack" || it["type"] == "message");
            last += 1;
            assert_eq!(it["offset"], last, "{it}");
            if it["type"] == "ack" {
                assert_eq!(it["id"], format!("{}-{own}", person.id), "in the order in which it was said");
                own += 1;
            } else {
                assert_ne!(it["from_id"], person.id);
            }
        }
        assert_eq!(own, MESSAGES);
    }
}

#[test]
fn an_echo_comes_after_the_ack() {
    let chat = Chat::start(&[]);
    let mut alice = Json::hello(chat.address(), json!({"echo": true}));
    assert_eq!(alice.welcome["echo"], true);
    let mut window = alice.again(chat.address());
    alice.heard();
    alice.send(&json!({"id": "e", "msg": "echo"}));
    assert_eq!(alice.object()["type"], "ack");
    let echo = alice.object();
    assert_eq!(
        (&echo["type"], &echo["msg"], &echo["from_id"]),
        (&json!("message"), &json!("echo"), &json!(alice.id))
    );
    // The other window did not ask for an echo, and hears it as anybody does.
    assert_eq!(window.expect("message"), echo);
    window.say("lobby", "from the window");
    assert_eq!(window.heard_of("message"), Vec::<Value>::new());
    assert_eq!(alice.expect("message")["msg"], "from the window");
}

#[test]
fn saying_it_again_stores_nothing() {
    let mut chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Json::named(chat.address(), "bob");
    let message = json!({"id": "same", "room": "lobby", "msg": "once"});
    let first = alice.ask(message.clone());
    let mut again = first.clone();
    again["repeated"] = true.into();
    assert_eq!(alice.ask(message.clone()), again);
    assert_eq!(alice.again(chat.address()).ask(message.clone()), again, "on another connection");
    assert_eq!(alice.ask(json!({"id": "same", "msg": "once"})), again, "wherever they are");
    // Another person's id is another id.
    let other = bob.ask(message.clone());
    assert_eq!((&other["offset"], other.get("repeated")), (&json!(2), None));
    assert_eq!(bob.heard_of("message").len(), 1, "it was delivered once");
    for _ in 0..2 {
        chat.crash();
        let mut alice = alice.again(chat.address());
        assert_eq!(alice.ask(message.clone()), again, "after a restart");
        let page = alice.ask(json!({"type": "page", "room": "lobby"}));
        assert_eq!(page["events"].as_array().map(Vec::len), Some(2), "{page}");
    }
}

#[test]
fn the_same_id_twice_in_a_breath_is_stored_once() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let message = json!({"id": "breathless", "msg": "once"});
    alice.send(&message);
    alice.send(&message);
    let acks: Vec<Value> = (0..2).map(|_| alice.expect("ack")).collect();
    assert_eq!(acks[0]["offset"], acks[1]["offset"]);
    assert_eq!((acks[0].get("repeated"), &acks[1]["repeated"]), (None, &json!(true)));
}

#[test]
fn typing_is_told_to_others_and_not_too_often() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Json::named(chat.address(), "bob");
    for _ in 0..5 {
        assert_eq!(alice.ask(json!({"type": "typing", "room": "lobby"}))["type"], "ack");
    }
    let user = json!({"id": alice.id, "name": "alice"});
    let told = bob.heard_of("typing");
    assert_eq!(told, [json!({"type": "typing", "room": "lobby", "user": user})], "at most every two seconds");
    assert_eq!(alice.heard_of("typing"), Vec::<Value>::new());
    // Another room, another rhythm; and nobody outside hears of it.
    alice.join("tea");
    alice.ask(json!({"type": "typing", "room": "tea"}));
    assert_eq!(bob.heard_of("typing"), Vec::<Value>::new());
    assert_eq!(bob.ask(json!({"type": "typing", "room": "lobby"}))["type"], "ack");
    assert_eq!(alice.expect("typing")["user"]["name"], "bob");
    assert_eq!(alice.say("lobby", "done")["offset"], 1, "it is not stored");
}

#[test]
fn ones_own_message_can_be_taken_back() {
    let mut chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Json::named(chat.address(), "bob");
    alice.say("lobby", "a zanzibar, @bob");
    bob.say("lobby", "mine");
    let ack = alice.ask(json!({"type": "delete", "id": "d", "room": "lobby", "offset": 1}));
    assert_eq!((&ack["type"], &ack["offset"], &ack["room"]), (&json!("ack"), &json!(3), &json!("lobby")));
    let told = bob.expect("deleted");
    let expected = json!({"type": "deleted", "room": "lobby", "offset": 3, "from_id": alice.id, "from": "alice", "target": 1,
        "msg_time": told["msg_time"]});
    assert_eq!(told, expected);
    let table = [
        (1, "no_such_event"), // it has been taken back
        (2, "not_yours"),
        (3, "no_such_event"), // a deletion stays
        (0, "no_such_event"),
        (4, "no_such_event"),
        (9_007_199_254_740_991_u64, "no_such_event"),
    ];
    for (offset, code) in table {
        assert_eq!(
            alice.refused(json!({"type": "delete", "room": "lobby", "offset": offset})),
            code,
            "{offset}"
        );
    }
    for _ in 0..2 {
        let mut bob = bob.again(chat.address());
        let page = bob.ask(json!({"type": "page", "room": "lobby"}));
        let places: Vec<_> = page["events"].as_array().into_iter().flatten().collect();
        assert_eq!(places.len(), 3, "it keeps its place");
        assert_eq!((&places[0]["msg"], &places[0]["deleted"]), (&json!(""), &json!(true)), "{page}");
        assert_eq!(places[0].get("mentions"), None);
        assert_eq!((&places[1]["msg"], places[1].get("deleted")), (&json!("mine"), None));
        assert_eq!((&places[2]["type"], &places[2]["target"]), (&json!("deleted"), &json!(1)));
        assert_eq!(bob.ask(json!({"type": "search", "query": "zanzibar"}))["hits"], json!([]));
        assert_eq!(bob.welcome["rooms"][0]["mentions"], 0, "{}", bob.welcome);
        chat.crash();
    }
    let bytes = std::fs::read(chat.data()).expect("the history is a file");
    assert!(!bytes.windows(8).any(|window| window == b"zanzibar"), "and it is gone from the disk");
}

/// A client that counts its ids from one, after each start.
#[test]
fn an_id_that_was_used_for_something_else_is_told_and_nothing_is_acknowledged_falsely() {
    let mut chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    assert_eq!(alice.ask(json!({"id": "1", "msg": "hello"}))["type"], "ack");
    assert_eq!(alice.ask(json!({"id": "2", "msg": "tea?"}))["type"], "ack");
    let bob = Json::hello(chat.address(), json!({}));
    for round in 0..2 {
        for other in [
            json!({"id": "1", "msg": "tea?"}),
            json!({"id": "1", "to": bob.id, "msg": "hello"}),
            json!({"id": "1", "type": "delete", "room": "lobby", "offset": 1}),
            json!({"id": "2", "type": "delete", "room": "lobby", "offset": 1}),
        ] {
            assert_eq!(alice.refused(other.clone()), "bad_field", "{other}");
        }
        assert_eq!(alice.ask(json!({"id": "1", "msg": "hello"}))["repeated"], true);
        let page = alice.ask(json!({"type": "page", "room": "lobby"}));
        assert_eq!(page["events"].as_array().map(Vec::len), Some(2), "{round}: {page}");
        chat.crash();
        alice = alice.again(chat.address());
    }
}

#[test]
fn a_message_that_draws_nothing_is_none() {
    let chat = Chat::in_memory(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut reader = Text::connect(chat.address());
    reader.heard();
    for nothing in [
        "\u{200b}",
        "\0",
        "\u{2800}\u{2800}",
        "\u{3164}",
        "\u{ad}\u{feff} \u{202e}",
        "\u{e0041}",
        "\u{85}\u{1b}",
    ] {
        assert_eq!(alice.refused(json!({"msg": nothing})), "empty", "{nothing:?}");
        reader.say(nothing);
    }
    assert_eq!(reader.heard(), Vec::<String>::new());
    assert_eq!(alice.say("lobby", "\u{200b}x")["offset"], 1, "none of them was said");
    assert_eq!(alice.heard_of("message").len(), 0);
}

#[test]
fn a_text_is_kept_as_it_was_said_but_for_towers_of_marks() {
    let chat = Chat::in_memory(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Json::named(chat.address(), "bob");
    for text in ["  spaces \t\r\n ", "e\u{301} é", "ﷺ ﬁ", "שָׁ֣לוֹם", "ที่นี่", "ཧཱུྃ", "👩🏽‍💻\u{fe0f}", "a\u{200b}b\0"]
    {
        alice.say("lobby", text);
        assert_eq!(bob.expect("message")["msg"], text);
    }
    alice.say("lobby", &format!("Z{}algo", "\u{30d}\u{316}".repeat(500)));
    let heard = bob.expect("message")["msg"].as_str().map(|text| text.chars().count());
    assert!(heard.is_some_and(|length| (6..20).contains(&length)), "{heard:?}");
}
