//! Private rooms: who is not in one cannot tell it from one that does not exist (README, Governing).

use serde_json::{Value, json};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::governed::{act, owner};
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::png::png;
use pollcat_chat_testing::text::Text;

/// A private room that somebody has made, by its key.
#[track_caller]
fn make(maker: &mut Json, title: &str) -> String {
    let state = maker.ask(json!({"type": "join", "room": title, "create": true, "private": true}));
    assert_eq!(
        (&state["type"], &state["kind"], &state["title"]),
        (&json!("room"), &json!("private"), &json!(title)),
        "{state}"
    );
    let key = state["room"].as_str().expect("a key").to_owned();
    maker.history(&key);
    key
}

/// All that can be asked about a room.
fn requests(room: &str) -> Vec<Value> {
    let kinds = [
        json!({"type": "message", "msg": "hello?"}),
        json!({"type": "join"}),
        json!({"type": "leave"}),
        json!({"type": "who"}),
        json!({"type": "page"}),
        json!({"type": "search", "query": "secret"}),
        json!({"type": "read", "offset": 1}),
        json!({"type": "typing"}),
        json!({"type": "picture", "size": 100}),
        json!({"type": "delete", "offset": 1}),
        json!({"type": "report", "offset": 1, "reason": "who knows"}),
        json!({"type": "invite"}),
        json!({"type": "invites"}),
        json!({"type": "reports"}),
        json!({"type": "restraints"}),
        json!({"type": "kick", "user": 1}),
        json!({"type": "ban", "user": 1}),
        json!({"type": "unban", "user": 1}),
        json!({"type": "mute", "user": 1}),
        json!({"type": "unmute", "user": 1}),
        json!({"type": "purge", "user": 1, "since": "ever"}),
        json!({"type": "op", "user": 1, "op": true}),
        json!({"type": "add", "user": 1}),
        json!({"type": "alter", "topic": "mine"}),
        json!({"type": "alter", "name": "mine"}),
        json!({"type": "alter", "private": false}),
        json!({"type": "alter", "closed": true}),
        json!({"type": "remove"}),
    ];
    kinds
        .into_iter()
        .map(|mut request| {
            request["room"] = room.into();
            request
        })
        .collect()
}

/// The answer, as if the room had another name and the request another id.
#[track_caller]
fn answer(client: &mut Json, request: &Value, room: &str) -> String {
    let mut answer = client.ask(request.clone());
    answer.as_object_mut().expect("an object").remove("id");
    answer.to_string().replace(room, "ROOM")
}

/// Whatever is asked, by a stranger, by somebody who was put out, and by an owner of the chat.
#[test]
fn for_strangers_a_private_room_is_answered_as_one_that_there_is_not() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let [mut eve, mut mallory] = ["eve", "mallory"].map(|name| Json::named(chat.address(), name));
    let mut olive = owner(&chat, "olive");
    let key = make(&mut alice, "Secret tea");
    alice.say(&key, "a secret");
    act(&mut alice, json!({"type": "add", "room": key, "user": mallory.id}));
    mallory.wait_for("the room", |it| it["type"] == "room" && it["room"] == *key);
    mallory.say(&key, "hello");
    act(&mut alice, json!({"type": "kick", "room": key, "user": mallory.id}));
    mallory.expect("left");
    mallory.heard(); // what he heard while he was in
    for client in [&mut eve, &mut mallory, &mut olive] {
        for (there, not_there) in requests(&key).iter().zip(requests("+987")) {
            let (one, other) = (answer(client, there, &key), answer(client, &not_there, "+987"));
            assert_eq!(one, other, "{} asks {there}", client.name);
            assert!(one.contains("\"no_such_room\""), "{there}: {one}");
        }
        // By its title it is no room either.
        for (there, not_there) in requests("Secret tea").iter().zip(requests("Hidden tea")) {
            let (one, other) =
                (answer(client, there, "Secret tea"), answer(client, &not_there, "Hidden tea"));
            assert_eq!(one, other, "{} asks {there}", client.name);
        }
        let rooms = client.ask(json!({"type": "rooms"})).to_string();
        assert!(!rooms.contains(&key) && !rooms.contains("Secret"), "{rooms}");
        let found = client.ask(json!({"type": "search", "query": "secret"}));
        assert_eq!(found["hits"], json!([]));
        let heard = client.heard().iter().map(Value::to_string).collect::<String>();
        assert!(!heard.contains("Secret tea") && !heard.contains("a secret"), "{heard}");
    }
    // Nor do numbers tell: of its invites and reports.
    let invite = alice.ask(json!({"type": "invite", "room": key}))["invite"]["id"].clone();
    act(&mut alice, json!({"type": "report", "room": key, "offset": 2, "reason": "hm"}));
    let report = alice.ask(json!({"type": "reports", "room": key}))["reports"][0]["id"].clone();
    for client in [&mut eve, &mut mallory] {
        for (there, not_there) in [
            (json!({"type": "revoke", "invite": invite}), json!({"type": "revoke", "invite": 987})),
            (
                json!({"type": "settle", "report": report, "accept": true}),
                json!({"type": "settle", "report": 987, "accept": true}),
            ),
        ] {
            assert_eq!(answer(client, &there, "-"), answer(client, &not_there, "-"), "{there}");
        }
    }
    // An owner of the chat sees none of it in their lists.
    act(&mut alice, json!({"type": "mute", "room": key, "user": mallory.id}));
    for kind in ["reports", "invites", "restraints"] {
        let own = alice.ask(json!({"type": kind, "room": key}));
        assert_eq!(own[kind].as_array().map(Vec::len), Some(1), "{own}");
        let listed = olive.ask(json!({"type": kind}));
        assert_eq!(listed[kind], json!([]), "{listed}");
    }
    assert!(!olive.heard().iter().any(|it| it["type"] == "reported"));
    // It has remained as it was.
    let page = alice.ask(json!({"type": "page", "room": key}));
    assert_eq!(page["events"].as_array().map(Vec::len), Some(2), "{page}");
}

/// A picture that is sent after its sender was put out, and its bytes.
#[test]
fn a_picture_on_its_way_does_not_get_in_behind_its_sender() {
    let chat = Chat::start(&[]);
    let [mut alice, mut bob] = ["alice", "bob"].map(|name| Json::named(chat.address(), name));
    let key = make(&mut alice, "Tea");
    act(&mut alice, json!({"type": "add", "room": key, "user": "bob"}));
    bob.wait_for("the room", |it| it["type"] == "room" && it["room"] == *key);
    bob.send(&json!({"type": "picture", "room": key, "id": "p"}));
    bob.heard();
    act(&mut alice, json!({"type": "kick", "room": key, "user": "bob"}));
    bob.expect("left");
    bob.send_bytes(&png(3, 2, b"x"));
    let error = bob.wait_for("the answer", |it| it["id"] == "p");
    assert_eq!(error["code"], "no_such_room", "{error}");
    assert_eq!(alice.heard_of("picture"), [Value::Null; 0]);
}

#[test]
fn nobody_else_hears_that_it_is_made_or_removed() {
    let chat = Chat::start(&[]);
    let [mut alice, mut eve] = ["alice", "eve"].map(|name| Json::named(chat.address(), name));
    let mut rita = Text::named(chat.address(), "rita");
    eve.heard();
    rita.heard();
    let key = make(&mut alice, "Tea");
    act(&mut alice, json!({"type": "alter", "room": key, "topic": "green"}));
    act(&mut alice, json!({"type": "remove", "room": key}));
    alice.expect("removed");
    assert_eq!(eve.heard(), [Value::Null; 0]);
    assert_eq!(rita.heard(), [""; 0]);
}

#[test]
fn two_rooms_may_have_one_title_and_each_finds_their_own() {
    let chat = Chat::start(&[]);
    let [mut alice, mut bob] = ["alice", "bob"].map(|name| Json::named(chat.address(), name));
    let (hers, his) = (make(&mut alice, "Tea"), make(&mut bob, "Tea"));
    assert_ne!(hers, his);
    assert_eq!(alice.say("tea", "mine")["room"], *hers);
    assert_eq!(bob.say("Tea", "mine")["room"], *his);
    // Nor does a title take a name from a public room.
    let mut carol = Json::named(chat.address(), "carol");
    assert_eq!(carol.join("Tea")["kind"], "room");
}

#[test]
fn a_member_is_brought_in_and_hears_all_of_it() {
    let chat = Chat::start(&[]);
    let [mut alice, mut bob] = ["alice", "bob"].map(|name| Json::named(chat.address(), name));
    let key = make(&mut alice, "Tea");
    alice.say(&key, "first");
    act(&mut alice, json!({"type": "add", "room": key, "user": "bob"}));
    let state = bob.wait_for("the room", |it| it["type"] == "room" && it["room"] == *key);
    assert_eq!((&state["title"], &state["kind"]), (&json!("Tea"), &json!("private")));
    let history = bob.history(&key);
    assert!(history[0].to_string().contains("first"), "{history:?}");
    let joined = alice.wait_for("bob", |it| it["type"] == "joined" && it["room"] == *key);
    assert_eq!(joined["user"]["id"], bob.id);
    bob.say(&key, "second");
    assert_eq!(alice.expect("message")["msg"], "second");
    assert_eq!(bob.again(chat.address()).welcome["rooms"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_public_room_becomes_private_and_strangers_hear_no_more_of_it() {
    let chat = Chat::start(&[]);
    let [mut alice, mut eve] = ["alice", "eve"].map(|name| Json::named(chat.address(), name));
    alice.join("tea");
    alice.say("tea", "in the open");
    act(&mut alice, json!({"type": "alter", "room": "tea", "private": true}));
    let told = alice.wait_for("that it is private", |it| it["type"] == "altered");
    assert_eq!(
        (&told["old"], &told["kind"], &told["title"]),
        (&json!("tea"), &json!("private"), &json!("tea")),
        "{told}"
    );
    let key = told["room"].as_str().expect("a key").to_owned();
    assert!(key.starts_with('+'), "{key}");
    assert_eq!(eve.refused(json!({"type": "join", "room": "tea"})), "no_such_room");
    assert!(!eve.ask(json!({"type": "rooms"})).to_string().contains("tea"));
    act(&mut alice, json!({"type": "alter", "room": key, "private": false, "name": "green tea"}));
    let told = alice.wait_for("that it is public", |it| it["type"] == "altered" && it["kind"] == "room");
    assert_eq!((&told["old"], &told["room"]), (&json!(key), &json!("green tea")));
    eve.join("green tea");
}

#[test]
fn a_private_room_can_be_typed() {
    let chat = Chat::start(&[]);
    let mut alice = Text::named(chat.address(), "alice");
    let mut bob = Text::named(chat.address(), "bob");
    alice.say("/private Tea time");
    alice.until("Tea time");
    alice.say("/invite bob");
    bob.until("Tea time");
    bob.say("/join Tea time");
    bob.until("Tea time");
    bob.say("psst");
    alice.until("psst");
    let mut eve = Text::named(chat.address(), "eve");
    eve.say("/join Tea time please");
    eve.say("/rooms");
    assert!(!eve.heard().iter().any(|line| line.contains("psst")));
}
