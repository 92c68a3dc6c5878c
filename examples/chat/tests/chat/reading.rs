//! Reading: older pages, search, what is unread, and who was mentioned (README, 4 and 7).

use serde_json::{Value, json};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::json::Json;

#[test]
fn pages_lead_back_to_the_beginning() {
    let mut chat = Chat::start(&["--recent", "20"]);
    let mut alice = Json::named(chat.address(), "alice");
    let epoch = alice.welcome["rooms"][0]["epoch"].clone();
    for number in 1..=250 {
        alice.send(&json!({"id": number.to_string(), "msg": format!("number {number}")}));
    }
    (0..250).for_each(|_| drop(alice.expect("ack")));
    chat.crash();
    let mut alice = alice.again(chat.address());
    for (limit, sizes) in [
        (json!(null), vec![100, 100, 50]),
        (json!(120), vec![100, 100, 50]),
        (json!(64), vec![64, 64, 64, 58]),
    ] {
        let mut before = Value::Null;
        let mut expected = 250;
        for (place, size) in sizes.iter().enumerate() {
            let page = alice.ask(json!({"type": "page", "room": "lobby", "before": before, "limit": limit}));
            assert_eq!(
                (&page["type"], &page["room"], &page["epoch"]),
                (&json!("page"), &json!("lobby"), &epoch)
            );
            let events = page["events"].as_array().expect("events");
            assert_eq!(events.len(), *size, "{limit}, page {place}");
            for event in events.iter().rev() {
                assert_eq!(
                    (&event["offset"], &event["msg"]),
                    (&json!(expected), &json!(format!("number {expected}")))
                );
                expected -= 1;
            }
            assert_eq!(page["more"], place + 1 < sizes.len(), "{limit}, page {place}");
            before = events[0]["offset"].clone();
        }
        assert_eq!(expected, 0);
    }
    // From memory, on the border, and where there is nothing.
    for (before, limit, first, count) in [
        (245, 10, 235, 10),
        (235, 10, 225, 10),
        (2, 10, 1, 1),
        (1, 10, 0, 0),
        (0, 10, 0, 0),
        (9999, 1, 250, 1),
        (100, 0, 99, 1),
    ] {
        let page = alice.ask(json!({"type": "page", "room": "lobby", "before": before, "limit": limit}));
        let events = page["events"].as_array().expect("events");
        assert_eq!(events.len(), count, "before {before}");
        assert!(count == 0 || events[0]["offset"] == first, "before {before}: {}", events[0]);
        assert_eq!(page["more"], first > 1, "before {before}");
    }
}

#[test]
fn a_search_finds_what_was_said_and_nothing_else() {
    let mut chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let texts = [
        "我们今天喝茶吧",
        "绿茶 or black tea?",
        "Tea for two, and two for TEA",
        "100% of \"quotes\" and 'more'",
        "under_score * star AND OR NOT NEAR(",
        "emoji 👩‍👩‍👧‍👦 here",
        "Grüße aus KÖLN",
        "a",
        "line\nbreak",
    ];
    for text in texts {
        alice.say("lobby", text);
    }
    let table: &[(&str, &[u64])] = &[
        ("茶", &[2, 1]),
        ("喝茶", &[1]),
        ("今天喝茶", &[1]),
        ("茶喝", &[]),
        ("tea", &[3, 2]),
        ("TEA", &[3, 2]),
        ("two, and", &[3]),
        ("for t", &[3]),
        ("wo fo", &[3]),
        ("100%", &[4]),
        ("%", &[4]),
        ("\"quotes\"", &[4]),
        ("\"", &[4]),
        ("'more'", &[4]),
        ("_", &[5]),
        ("*", &[5]),
        ("AND OR NOT", &[5]),
        ("NEAR(", &[5]),
        ("👩", &[6]),
        ("👩‍👩‍👧‍👦 h", &[6]),
        ("grüße", &[7]),
        ("köln", &[7]),
        ("line\nbreak", &[9]),
        ("coffee", &[]),
        ("t_a", &[]),
        ("te*", &[]),
    ];
    for _ in 0..2 {
        for (query, expected) in table {
            let found = alice.ask(json!({"type": "search", "id": "s", "query": query}));
            assert_eq!((&found["type"], &found["query"]), (&json!("found"), &json!(query)), "{found}");
            let hits = found["hits"].as_array().expect("hits");
            let offsets: Vec<_> = hits.iter().map(|hit| hit["offset"].as_u64().expect("an offset")).collect();
            assert_eq!(offsets, *expected, "{query:?}");
            for hit in hits {
                assert_eq!((&hit["room"], &hit["from"]), (&json!("lobby"), &json!("alice")));
                assert_eq!(hit["msg"], texts[hit["offset"].as_u64().expect("an offset") as usize - 1]);
            }
        }
        chat.crash();
        alice = alice.again(chat.address());
    }
}

#[test]
fn a_search_sees_ones_own_rooms_only() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Json::named(chat.address(), "bob");
    for room in ["tea", "coffee"] {
        alice.join(room);
        alice.say(room, "a needle");
    }
    alice.say("lobby", "a needle");
    bob.join("coffee");
    let rooms = |who: &mut Json, request: Value| -> Vec<String> {
        let found = who.ask(request);
        let hits = found["hits"].as_array().unwrap_or_else(|| panic!("{found}"));
        hits.iter().map(|hit| hit["room"].as_str().expect("a room").to_owned()).collect()
    };
    let everywhere = json!({"type": "search", "query": "needle"});
    let coffee = json!({"type": "search", "query": "needle", "room": "coffee"});
    assert_eq!(rooms(&mut alice, everywhere.clone()), ["lobby", "coffee", "tea"]);
    assert_eq!(rooms(&mut bob, everywhere.clone()), ["lobby", "coffee"]);
    assert_eq!(rooms(&mut bob, coffee.clone()), ["coffee"]);
    bob.ask(json!({"type": "leave", "room": "coffee"}));
    assert_eq!(rooms(&mut bob, everywhere), ["lobby"]);
    assert_eq!(bob.refused(coffee), "not_member");
}

#[test]
fn a_long_search_goes_on_where_it_ended() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    for number in 1..=230 {
        alice.send(&json!({"id": number.to_string(), "msg": format!("needle {number}")}));
    }
    (0..230).for_each(|_| drop(alice.expect("ack")));
    let (mut before, mut expected) = (Value::Null, 230);
    loop {
        let found = alice.ask(json!({"type": "search", "query": "needle", "before": before}));
        for hit in found["hits"].as_array().expect("hits") {
            assert_eq!(hit["offset"], expected);
            expected -= 1;
        }
        before = found["before"].clone();
        if before.is_null() {
            break;
        }
    }
    assert_eq!(expected, 0, "all of them, each once");
}

/// Unread, mentions and the last offset read, in the lobby.
fn account(who: &Json) -> [u64; 3] {
    ["unread", "mentions", "read"].map(|field| who.welcome["rooms"][0][field].as_u64().expect("a number"))
}

#[test]
fn what_is_unread_is_counted_until_it_is_read() {
    let mut chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Json::named(chat.address(), "bob");
    for text in ["one", "two, @bob", "three, @Bob and @alice", "@bobby"] {
        alice.say("lobby", text);
    }
    assert_eq!(account(&bob.again(chat.address())), [4, 2, 0]);
    assert_eq!(account(&alice.again(chat.address())), [0, 0, 4], "what one has said oneself is read");
    chat.crash();
    bob = bob.again(chat.address());
    assert_eq!(account(&bob), [4, 2, 0]);
    let mut window = bob.again(chat.address());
    assert_eq!(
        bob.ask(json!({"type": "read", "id": "r", "room": "lobby", "offset": 2})),
        json!({"type": "ack", "id": "r"})
    );
    let told = json!({"type": "read", "room": "lobby", "offset": 2, "unread": 2, "mentions": 1});
    assert_eq!(window.expect("read"), told);
    assert_eq!(bob.heard_of("read"), Vec::<Value>::new(), "who has read it knows");
    // Never back, and never further than there is.
    window.ask(json!({"type": "read", "room": "lobby", "offset": 1}));
    assert_eq!(account(&bob.again(chat.address())), [2, 1, 2]);
    // It is written down now and then, and at the end.
    let [alice, bob] = [alice, bob].map(|person| json!({"token": person.token}));
    window.leave();
    chat.restart();
    let mut bob = Json::hello(chat.address(), bob);
    assert_eq!(account(&bob), [2, 1, 2]);
    bob.ask(json!({"type": "read", "room": "lobby", "offset": 1_000_000}));
    assert_eq!(account(&bob.again(chat.address())), [0, 0, 4]);
    let mut alice = Json::hello(chat.address(), alice);
    alice.say("lobby", "five");
    assert_eq!(account(&bob.again(chat.address())), [1, 0, 4]);
}

#[test]
fn a_deletion_is_nothing_to_read() {
    let mut chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let bob = Json::named(chat.address(), "bob");
    alice.say("lobby", "@bob");
    alice.say("lobby", "well");
    alice.ask(json!({"type": "delete", "room": "lobby", "offset": 1}));
    let before = account(&bob.again(chat.address()));
    assert_eq!(before[1], 0, "the mention is gone");
    assert_eq!(before[0], 2, "a deletion does not count, what was taken back keeps its place");
    chat.crash();
    assert_eq!(account(&bob.again(chat.address())), before, "the same after a restart");
}

#[test]
fn only_members_are_mentioned() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Json::named(chat.address(), "bob");
    let carol = Json::named(chat.address(), "carol");
    alice.join("tea");
    bob.join("tea");
    alice.say("tea", "@bob @carol @alice @nobody me@bob");
    let mentions = bob.expect("message")["mentions"].clone();
    let mentions = mentions.as_array().expect("somebody is mentioned");
    assert!(mentions.contains(&json!(bob.id)) && !mentions.contains(&json!(carol.id)), "{mentions:?}");
}

/// As many pages as it takes, from the latest to the first: what they say, and how many they were.
fn pages(client: &mut Json, room: &str) -> (Vec<String>, usize) {
    let (mut said, mut number, mut before) = (Vec::new(), 0, Value::Null);
    loop {
        let page = client.ask(json!({"type": "page", "room": room, "before": before}));
        assert_eq!(page["type"], "page", "{page}");
        let size = page.to_string().len();
        let events = page["events"].as_array().expect("a page has events");
        assert!(!events.is_empty() && (size <= 33 << 10 || events.len() == 1), "{size} bytes");
        said.extend(events.iter().rev().map(|it| it["msg"].as_str().expect("a message").to_owned()));
        (number, before) = (number + 1, events[0]["offset"].clone());
        if page["more"] == false {
            return (said, number);
        }
    }
}

#[test]
fn long_messages_come_in_more_pages() {
    let chat = Chat::start(&["--recent", "10", "--max-message", "12000"]);
    let mut alice = Json::hello(chat.address(), json!({}));
    alice.join("tea");
    let long = |number: usize| match number % 4 {
        0 => format!("{number} "),
        1 => format!("{number} {}", "茶".repeat(4_000)),
        2 => format!("{number} {}", "\u{1}".repeat(4_000)),
        _ => format!("{number} {}", "🐈\"\\".repeat(3_000)),
    };
    let mut said: Vec<String> = (0..40).map(long).collect();
    for text in &said {
        alice.say("tea", text);
    }
    said.reverse();
    let (told, number) = pages(&mut alice, "tea");
    assert!(told == said && number > 10, "{} in {number} pages", told.len());
    // So does what was found.
    let (mut found, mut before) = (Vec::new(), Value::Null);
    loop {
        let answer = alice.ask(json!({"type": "search", "query": "茶", "before": before}));
        let hits = answer["hits"].as_array().unwrap_or_else(|| panic!("{answer}"));
        assert!(answer.to_string().len() <= 33 << 10 && !hits.is_empty());
        found.extend(hits.iter().map(|hit| hit["msg"].as_str().expect("a message").to_owned()));
        before = answer["before"].clone();
        if before.is_null() {
            break;
        }
    }
    said.retain(|text| text.contains('茶'));
    assert!(found == said, "{} of {}", found.len(), said.len());
}

#[test]
fn a_long_answer_is_paid_by_its_length() {
    let chat = Chat::in_memory(&["--message-rate", "1", "--message-burst", "10", "--address-rate", "0"]);
    let mut alice = Json::hello(chat.address(), json!({}));
    for _ in 0..8 {
        alice.say("lobby", &"long ".repeat(800));
    }
    let mut bob = Json::hello(chat.address(), json!({}));
    let ask = json!({"type": "page", "room": "lobby"});
    let told = (0..19).filter(|_| bob.ask(ask.clone())["type"] == "page").count();
    assert!((1..19).contains(&told), "{told} pages of 30 KB for the price of 19 short ones");
}
