//! Private talk: between two people, and nobody else (README, 3 and 5).

use serde_json::{Value, json};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::text::Text;

fn three(chat: &Chat) -> [Json; 3] {
    ["alice", "bob", "carol"].map(|name| Json::named(chat.address(), name))
}

/// What their talk is called.
fn talk(one: &Json, other: &Json) -> String {
    format!("@{}:{}", one.id.min(other.id), one.id.max(other.id))
}

/// Whoever could be written to by a thousand strangers could be reached by nobody else.
#[test]
fn strangers_do_not_fill_up_ones_talks() {
    let chat = Chat::start(&["--durability", "system"]);
    let [mut victim, mut friend, mut known] = three(&chat);
    let talk = |one: &mut Json, other: &Json, text: &str| {
        let ack = one.ask(json!({"to": other.id, "msg": text}));
        assert_eq!(ack["type"], "ack", "{ack}");
        ack["room"].as_str().expect("a room").to_owned()
    };
    let answered = talk(&mut friend, &victim, "hi");
    talk(&mut victim, &friend, "hello");
    let unread = talk(&mut known, &victim, "call me");
    let mut rooms = Vec::new();
    for _ in 0..130 {
        let mut stranger = Json::hello(chat.address(), json!({}));
        rooms.push(talk(&mut stranger, &victim, "buy this"));
        stranger.leave();
    }
    let mut late = Json::hello(chat.address(), json!({}));
    rooms.push(talk(&mut late, &victim, "an old friend, under a new name"));
    victim.ask(json!({"type": "ping"}));
    let welcome = victim.again(chat.address()).welcome;
    let listed = welcome["rooms"].as_array().expect("rooms");
    let has = |room: &str| listed.iter().any(|it| it["room"] == room);
    assert_eq!(listed.len(), 1 + 1 + 100, "the lobby, the friend, and who was known before the others");
    assert!(has(&answered) && has(&unread) && has(&rooms[130]) && has(&rooms[97]) && !has(&rooms[98]));
    talk(&mut victim, &late, "it is you");
    talk(&mut friend, &victim, "they did not keep me out");
}

#[test]
fn both_sides_hear_of_the_talk_and_then_what_is_said() {
    let chat = Chat::start(&[]);
    let [mut alice, mut bob, _] = three(&chat);
    let mut window = bob.again(chat.address());
    let room = talk(&alice, &bob);
    for client in [&mut alice, &mut bob, &mut window] {
        client.heard();
    }
    alice.send(&json!({"id": "p", "to": bob.id, "msg": "psst"}));
    let described = |with: &Json| {
        let with = json!({"id": with.id, "name": with.name, "online": true});
        move |told: &Value| {
            assert_eq!(
                (&told["type"], &told["kind"], &told["with"]),
                (&json!("room"), &json!("direct"), &with)
            );
            assert_eq!(
                (&told["offset"], &told["unread"]),
                (&json!(0), &json!(0)),
                "it is told before the message: {told}"
            );
        }
    };
    let until = |client: &mut Json, last: &str| {
        let mut heard = vec![client.object()];
        while heard.last().is_some_and(|it| it["type"] != last) {
            heard.push(client.object());
        }
        heard.retain(|it| it["room"] == *room);
        heard
    };
    let heard = until(&mut alice, "ack");
    described(&bob)(&heard[0]);
    assert_eq!(heard.last().map(|ack| &ack["offset"]), Some(&json!(1)));
    for client in [&mut bob, &mut window] {
        let heard = until(client, "message");
        described(&alice)(&heard[0]);
        let message = heard.last().expect("a message");
        assert_eq!((&message["msg"], &message["from"]), (&json!("psst"), &json!("alice")));
    }
    // By name, however it is written, and by the name of the talk: it is the same one.
    for to in [
        json!({"to": "ALICE", "msg": "yes?"}),
        json!({"room": room, "msg": "yes?"}),
        json!({"to": alice.id, "msg": "yes?"}),
    ] {
        assert_eq!(bob.ask(to)["room"], *room);
        assert_eq!(alice.expect("message")["room"], *room);
    }
}

#[test]
fn a_third_person_has_no_way_in() {
    let chat = Chat::start(&[]);
    let [mut alice, mut bob, mut carol] = three(&chat);
    let mut reader = Text::named(chat.address(), "dora");
    carol.heard();
    let room = talk(&alice, &bob);
    alice.ask(json!({"to": "bob", "msg": "the password is tulip"}));
    bob.ask(json!({"to": "alice", "msg": "tulip, I see", "id": "b"}));
    alice.ask(json!({"type": "typing", "room": room}));
    alice.ask(json!({"type": "delete", "room": room, "offset": 1}));
    assert_eq!(carol.heard(), Vec::<Value>::new());
    let lines = reader.heard();
    assert!(!lines.iter().any(|line| line.contains("tulip") || line.contains('@')), "{lines:?}");
    // Nobody can tell a talk of others from one that there is not.
    let nowhere = format!("@{}:99", alice.id);
    for name in [&room, &nowhere] {
        for request in [
            json!({"type": "message", "room": name, "msg": "let me in"}),
            json!({"type": "picture", "room": name}),
            json!({"type": "page", "room": name}),
            json!({"type": "search", "room": name, "query": "tulip"}),
            json!({"type": "who", "room": name}),
            json!({"type": "typing", "room": name}),
            json!({"type": "read", "room": name, "offset": 1}),
            json!({"type": "delete", "room": name, "offset": 2}),
            json!({"type": "leave", "room": name}),
            json!({"type": "join", "room": name}),
        ] {
            let id = "same";
            let mut request = request;
            request["id"] = id.into();
            let error = carol.ask(request.clone());
            assert_eq!(
                (&error["type"], &error["code"]),
                (&json!("error"), &json!("no_such_room")),
                "{request}: {error}"
            );
            assert_eq!(error["msg"], format!("there is no room `{name}`"));
        }
        assert_eq!(
            carol.refused(json!({"type": "join", "room": name, "create": true})),
            "bad_room_name",
            "{name}"
        );
    }
    assert_eq!(carol.ask(json!({"type": "search", "query": "tulip"}))["hits"], json!([]));
    let rooms = carol.ask(json!({"type": "rooms"}))["rooms"].to_string();
    assert!(!rooms.contains('@'), "{rooms}");
    for line in [format!("/join {room}"), format!("/leave {room}")] {
        reader.say(&line);
        assert!(reader.line().starts_with("* "), "refused in words");
    }
    bob.say(&room, "and still nobody else");
    assert_eq!(alice.wait_for("it", |it| it["msg"] == "and still nobody else")["room"], *room);
    assert!(!reader.heard().iter().any(|line| line.contains("nobody else")));
    assert!(!carol.heard().iter().any(|it| it.to_string().contains("nobody else")));
    // A position in a hello is no way in either.
    let hello = json!({"token": carol.token, "rooms": {room: {"epoch": "", "offset": 0}}});
    let again = Json::hello(chat.address(), hello);
    assert_eq!(again.histories.keys().collect::<Vec<_>>(), ["lobby"]);
}

#[test]
fn there_must_be_somebody_to_talk_to() {
    let chat = Chat::start(&[]);
    let [mut alice, ..] = three(&chat);
    let own = alice.id;
    for to in
        [json!(own), json!("alice"), json!(99), json!(0), json!("nobody-here"), json!(""), json!(u64::MAX)]
    {
        assert_eq!(alice.refused(json!({"to": to, "msg": "hello?"})), "no_such_person", "{to}");
    }
    for to in [json!(null), json!(-1), json!(1.5), json!({"id": 1}), json!([1]), json!(true)] {
        let answer = alice.ask(json!({"to": to, "msg": "hello?"}));
        let expected = if to.is_null() { "ack" } else { "error" };
        assert_eq!(answer["type"], expected, "{to}: {answer}");
    }
    assert_eq!(alice.refused(json!({"to": 2, "room": "lobby", "msg": "both?"})), "bad_field");
    assert_eq!(alice.ask(json!({"type": "rooms"}))["rooms"].as_array().map(Vec::len), Some(1));
}

#[test]
fn what_is_said_to_somebody_who_is_away_waits_for_them() {
    let mut chat = Chat::start(&[]);
    let [mut alice, bob, _] = three(&chat);
    let (room, token, id) = (talk(&alice, &bob), bob.token.clone(), bob.id);
    bob.leave();
    alice.ask(json!({"to": id, "msg": "call me"}));
    alice.ask(json!({"to": id, "msg": "@bob, call me!"}));
    chat.crash();
    let bob = Json::hello(chat.address(), json!({"token": token}));
    let told = bob.welcome["rooms"].as_array().and_then(|rooms| rooms.iter().find(|it| it["room"] == *room));
    let told = told.expect("the talk is in the welcome");
    assert_eq!(
        (&told["unread"], &told["mentions"], &told["with"]["name"]),
        (&json!(2), &json!(1), &json!("alice"))
    );
    assert_eq!(bob.histories[&room][0]["events"][0]["msg"], "call me");
    assert_eq!(alice.again(chat.address()).histories[&room][0]["events"].as_array().map(Vec::len), Some(2));
}

#[test]
fn two_who_begin_at_once_begin_one_talk() {
    let chat = Chat::start(&[]);
    let [mut alice, mut bob, _] = three(&chat);
    for number in 0..3 {
        alice.send(&json!({"id": format!("a{number}"), "to": "bob", "msg": format!("a{number}")}));
        bob.send(&json!({"id": format!("b{number}"), "to": "alice", "msg": format!("b{number}")}));
    }
    for (client, mark) in [(&mut alice, "a"), (&mut bob, "b")] {
        let mut last = 0;
        while last < 6 {
            let it =
                client.wait_for("an ack or a message", |it| it["type"] == "ack" || it["type"] == "message");
            last += 1;
            assert_eq!(it["offset"], last, "{it}");
            assert_eq!(it["type"] == "ack", it["id"].as_str().is_some_and(|id| id.starts_with(mark)), "{it}");
        }
    }
}

#[test]
fn a_talk_can_be_left_and_begun_again() {
    let chat = Chat::start(&[]);
    let [mut alice, mut bob, _] = three(&chat);
    let room = talk(&alice, &bob);
    alice.ask(json!({"to": "bob", "msg": "one"}));
    bob.expect("message");
    assert_eq!(bob.ask(json!({"type": "leave", "room": room}))["type"], "ack");
    assert!(!bob.again(chat.address()).histories.contains_key(&room));
    assert_eq!(bob.refused(json!({"room": room, "msg": "gone"})), "no_such_room");
    bob.heard();
    alice.ask(json!({"to": "bob", "msg": "two"}));
    assert_eq!(bob.expect("room")["room"], *room);
    let history = bob.history(&room);
    let mut told: Vec<_> =
        history[0]["events"].as_array().into_iter().flatten().map(|it| it["msg"].clone()).collect();
    told.extend(bob.heard_of("message").into_iter().map(|it| it["msg"].clone()));
    assert_eq!(told, ["one", "two"]);
}

#[test]
fn nobody_talks_to_themselves_in_public_or_in_private() {
    let chat = Chat::in_memory(&[]);
    let mut alice = Json::named(chat.address(), "Anna Maria");
    let mut bob = Json::named(chat.address(), "bob");
    for to in [json!(alice.id), json!("Anna Maria"), json!("ANNA MARIA"), json!("аnna mаria")] {
        assert_eq!(
            alice.refused(json!({"type": "message", "to": to, "msg": "secret"})),
            "no_such_person",
            "{to}"
        );
        assert_eq!(alice.refused(json!({"type": "picture", "to": to})), "no_such_person", "{to}");
    }
    assert_eq!(alice.heard_of("message").len() + bob.heard_of("message").len(), 0);
}
