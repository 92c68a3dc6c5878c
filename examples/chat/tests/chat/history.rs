//! What was missed is told, exactly; or that one must start afresh (README, 4).

use serde_json::{Value, json};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::json::Json;

/// Comes back with a position in the lobby.
fn back(chat: &Chat, who: &Json, epoch: &Value, offset: impl Into<Value>) -> Json {
    let position = json!({"epoch": epoch, "offset": offset.into()});
    Json::hello(chat.address(), json!({"token": who.token, "rooms": {"lobby": position}}))
}

fn epoch(who: &Json) -> Value {
    who.welcome["rooms"][0]["epoch"].clone()
}

/// All that the pieces of a history tell, and whether it continues what the client has.
fn told(pieces: &[Value]) -> (bool, Vec<Value>) {
    let recovered = pieces[0]["recovered"] == true;
    assert!(pieces.iter().all(|piece| piece["recovered"] == recovered), "all pieces are of one kind");
    (recovered, pieces.iter().flat_map(|piece| piece["events"].as_array().expect("events").clone()).collect())
}

fn offsets(events: &[Value]) -> Vec<u64> {
    events.iter().map(|event| event["offset"].as_u64().expect("an offset")).collect()
}

/// Many messages, and all their acks.
#[track_caller]
fn say_many(speaker: &mut Json, room: &str, count: usize) {
    for number in 0..count {
        speaker.send(
            &json!({"id": format!("{room} {number}"), "room": room, "msg": format!("number {number}")}),
        );
        if number % 100 == 99 {
            (0..100).for_each(|_| drop(speaker.expect("ack")));
        }
    }
    (0..count % 100).for_each(|_| drop(speaker.expect("ack")));
}

#[test]
fn exactly_what_was_missed() {
    let mut chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Json::named(chat.address(), "bob");
    let epoch = epoch(&bob);
    (1..=5).for_each(|number| drop(alice.say("lobby", &format!("number {number}"))));
    for _ in 0..2 {
        for known in 0..=5_u64 {
            let window = back(&chat, &bob, &epoch, known);
            let (recovered, events) = told(&window.histories["lobby"]);
            assert!(recovered, "from {known}");
            assert_eq!(offsets(&events), (known + 1..=5).collect::<Vec<_>>(), "from {known}");
            for event in events {
                assert_eq!(event["msg"], format!("number {}", event["offset"]));
                assert_eq!(event["from"], "alice");
                assert_eq!(event.get("room"), None, "it is said once, outside");
            }
        }
        chat.crash();
    }
    // And live from there.
    let mut alice = alice.again(chat.address());
    bob = back(&chat, &bob, &epoch, 5);
    alice.say("lobby", "number 6");
    assert_eq!(bob.expect("message")["offset"], 6);
}

#[test]
fn what_cannot_be_continued_begins_afresh() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let good = epoch(&alice);
    say_many(&mut alice, "lobby", 60);
    let table = [
        (json!("another epoch"), 3),
        (json!(""), 3),
        (good.clone(), 61), // what nobody has said yet
        (good, u64::MAX),
    ];
    for (epoch, offset) in table {
        let window = back(&chat, &alice, &epoch, offset);
        let (recovered, events) = told(&window.histories["lobby"]);
        assert!(!recovered, "{epoch} {offset}");
        assert_eq!(offsets(&events), (11..=60).collect::<Vec<_>>(), "the latest");
    }
    let (recovered, events) = told(&alice.again(chat.address()).histories["lobby"]);
    assert!(!recovered && events.len() == 50, "no position");
    for bad in [
        json!({"lobby": 5}),
        json!({"lobby": {"epoch": 5, "offset": 1}}),
        json!({"lobby": {"epoch": "x", "offset": -1}}),
        json!([]),
    ] {
        let mut client = Json::connect(chat.address());
        client.send(&json!({"type": "hello", "id": "h", "token": alice.token, "rooms": bad}));
        assert_eq!(client.wait_for("an answer", |it| it["id"] == "h")["code"], "bad_field", "{bad}");
    }
}

#[test]
fn a_longer_absence_is_told_in_pieces_from_the_disk() {
    let mut chat = Chat::start(&["--recent", "20"]);
    let mut alice = Json::named(chat.address(), "alice");
    let good = epoch(&alice);
    say_many(&mut alice, "lobby", 350);
    for _ in 0..2 {
        for known in [0_u64, 1, 100, 249, 320, 329, 330, 331, 349] {
            let window = back(&chat, &alice, &good, known);
            let pieces = &window.histories["lobby"];
            let (recovered, events) = told(pieces);
            assert!(recovered, "from {known}");
            assert_eq!(offsets(&events), (known + 1..=350).collect::<Vec<_>>(), "from {known}");
            assert!(pieces.iter().all(|piece| piece["events"].as_array().is_some_and(|it| it.len() <= 100)));
            assert!(known > 0 || pieces.len() >= 4, "from {known}: {} pieces", pieces.len());
        }
        chat.crash();
    }
}

#[test]
fn after_more_than_a_thousand_one_begins_afresh() {
    let chat = Chat::start(&["--recent", "20"]);
    let mut alice = Json::named(chat.address(), "alice");
    let good = epoch(&alice);
    say_many(&mut alice, "lobby", 1001);
    let (recovered, events) = told(&back(&chat, &alice, &good, 1).histories["lobby"]);
    assert_eq!((recovered, offsets(&events)), (true, (2..=1001).collect()));
    let (recovered, events) = told(&back(&chat, &alice, &good, 0).histories["lobby"]);
    assert!(!recovered);
    assert_eq!(events.last().map(|event| &event["offset"]), Some(&json!(1001)));
}

#[test]
fn what_was_taken_back_meanwhile_is_told() {
    let mut chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let good = epoch(&alice);
    for text in ["one", "two", "three", "four"] {
        alice.say("lobby", text);
    }
    for target in [1, 3] {
        alice.ask(json!({"type": "delete", "room": "lobby", "offset": target}));
    }
    for _ in 0..2 {
        // Has heard 1 and 2: of the first it is told that it is gone, of the third only that it was there.
        let (recovered, events) = told(&back(&chat, &alice, &good, 2).histories["lobby"]);
        assert!(recovered);
        let outline: Vec<_> =
            events.iter().map(|it| (&it["offset"], &it["type"], &it["msg"], &it["target"])).collect();
        let none = &Value::Null;
        let (message, deleted) = (&json!("message"), &json!("deleted"));
        let expected = [
            (&json!(3), message, &json!(""), none),
            (&json!(4), message, &json!("four"), none),
            (&json!(5), deleted, none, &json!(1)),
            (&json!(6), deleted, none, &json!(3)),
        ];
        assert_eq!(outline, expected);
        assert_eq!((&events[0]["deleted"], events[1].get("deleted")), (&json!(true), None));
        chat.crash();
    }
}

#[test]
fn no_gap_between_history_and_what_is_live() {
    let chat = Chat::start(&["--recent", "10"]);
    let address = chat.address();
    let mut alice = Json::named(address, "alice");
    let mut reader = Json::named(address, "reader");
    let good = epoch(&reader);
    let speaker = std::thread::spawn(move || say_many(&mut alice, "lobby", 600));
    let mut last = 0;
    let mut returns = 0;
    while last < 600 {
        reader = back(&chat, &reader, &good, last);
        returns += 1;
        let (recovered, events) = told(&reader.histories["lobby"]);
        assert!(recovered);
        for event in offsets(&events) {
            last += 1;
            assert_eq!(event, last);
        }
        // A few live ones, and away again, in the middle of whatever is on its way.
        while last < 600 && last % 7 != 0 {
            last += 1;
            assert_eq!(reader.expect("message")["offset"], last);
        }
        if last < 600 {
            last += 1;
            assert_eq!(reader.expect("message")["offset"], last);
        }
    }
    speaker.join().expect("all was said");
    assert!(returns > 1);
}

#[test]
fn several_rooms_are_caught_up_with_at_once() {
    let chat = Chat::start(&["--recent", "10"]);
    let mut alice = Json::named(chat.address(), "alice");
    let rooms = ["lobby", "tea", "coffee"];
    let mut positions = json!({"lobby": {"epoch": epoch(&alice), "offset": 0}});
    for room in &rooms[1..] {
        positions[room] = json!({"epoch": alice.join(room)["epoch"], "offset": 0});
    }
    for room in rooms {
        say_many(&mut alice, room, 130);
    }
    let again = Json::hello(chat.address(), json!({"token": alice.token, "rooms": positions}));
    for room in rooms {
        let (recovered, events) = told(&again.histories[room]);
        assert_eq!((recovered, offsets(&events)), (true, (1..=130).collect()), "{room}");
    }
}

#[test]
fn a_history_in_memory_has_another_epoch_after_a_restart() {
    let mut chat = Chat::in_memory(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let old = epoch(&alice);
    alice.say("lobby", "gone tomorrow");
    chat.crash();
    let mut stranger = Json::connect(chat.address());
    let hello = json!({"type": "hello", "token": alice.token});
    assert_eq!(stranger.refused(hello), "unknown_token", "nobody is known any more");
    stranger.send(&json!({"type": "hello", "rooms": {"lobby": {"epoch": old, "offset": 0}}}));
    stranger.arrive();
    assert_ne!(epoch(&stranger), old);
    assert_eq!(told(&stranger.histories["lobby"]), (false, vec![]));
}
