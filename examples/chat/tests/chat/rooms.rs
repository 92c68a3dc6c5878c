//! Rooms: made, listed, entered and left (README, 3).

use serde_json::{Value, json};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::json::Json;

#[test]
fn a_room_is_made_by_joining_it() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut window = alice.again(chat.address());
    let mut bob = Json::named(chat.address(), "bob");
    assert_eq!(alice.refused(json!({"type": "join", "room": "tea"})), "no_such_room");
    assert_eq!(alice.refused(json!({"type": "join", "room": "tea", "create": false})), "no_such_room");
    let mut state = alice.ask(json!({"type": "join", "id": "j", "room": "tea", "create": true}));
    let epoch = state["epoch"].take();
    assert!(epoch.as_str().is_some_and(|epoch| !epoch.is_empty()));
    let expected = json!({"type": "room", "id": "j", "room": "tea", "kind": "room", "epoch": null, "first": 1, "offset": 0,
        "members": 1, "read": 0, "unread": 0, "mentions": 0, "op": true, "may": ["delete", "kick", "mute", "ban", "purge", "op",
        "alter", "rename", "remove", "invite", "review", "call"]});
    assert_eq!(state, expected, "whoever makes a room governs it");
    let history = json!({"type": "history", "room": "tea", "epoch": epoch, "recovered": false, "events": [], "more": false});
    assert_eq!(alice.expect("history"), history);
    // The other window is in it as well, and was not asked.
    let told = window.expect("room");
    assert_eq!((&told["room"], told.get("id")), (&json!("tea"), None));
    assert_eq!(window.expect("history")["room"], "tea");
    let created =
        json!({"type": "created", "msg_source": "server", "msg": "there is a new room: tea", "room": "tea"});
    for client in [&mut alice, &mut window, &mut bob] {
        assert_eq!(client.expect("created"), created);
    }
    let state = bob.ask(json!({"type": "join", "room": "tea"}));
    assert_eq!((&state["members"], &state["epoch"]), (&json!(2), &epoch));
    let joined = json!({"type": "joined", "msg_source": "server", "msg": "bob joined tea", "room": "tea",
        "user": {"id": bob.id, "name": "bob"}, "members": 2});
    let of_bob = |it: &Value| it["type"] == "joined" && it["room"] == "tea" && it["user"]["name"] == "bob";
    assert_eq!(alice.wait_for("that bob joined", of_bob), joined);
    assert_eq!(window.wait_for("that bob joined", of_bob), joined);
}

#[test]
fn what_is_said_in_a_room_stays_there() {
    let chat = Chat::start(&[]);
    let [mut alice, mut bob, mut carol] =
        ["alice", "bob", "carol"].map(|name| Json::named(chat.address(), name));
    alice.join("tea");
    bob.join("tea");
    alice.say("tea", "a secret");
    alice.ask(json!({"type": "typing", "room": "tea"}));
    alice.ask(json!({"type": "delete", "room": "tea", "offset": 1}));
    assert_eq!(bob.expect("message")["msg"], "a secret");
    let heard = carol.heard();
    let leaked: Vec<_> = heard.iter().filter(|it| it["room"] == "tea" && it["type"] != "created").collect();
    assert_eq!(leaked, Vec::<&Value>::new());
    for request in [
        json!({"type": "message", "room": "tea", "msg": "let me in"}),
        json!({"type": "picture", "room": "tea", "size": 100}),
        json!({"type": "page", "room": "tea"}),
        json!({"type": "search", "room": "tea", "query": "secret"}),
        json!({"type": "who", "room": "tea"}),
        json!({"type": "typing", "room": "tea"}),
        json!({"type": "read", "room": "tea", "offset": 1}),
        json!({"type": "delete", "room": "tea", "offset": 1}),
        json!({"type": "leave", "room": "tea"}),
    ] {
        assert_eq!(carol.refused(request.clone()), "not_member", "{request}");
    }
    assert_eq!(carol.ask(json!({"type": "search", "query": "secret"}))["hits"], json!([]));
}

#[test]
fn rooms_are_listed() {
    let mut chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Json::named(chat.address(), "bob");
    alice.join("tea");
    alice.join("茶");
    alice.say("tea", "one");
    bob.join("tea");
    let id = bob.id;
    alice.ask(json!({"to": id, "msg": "in private"}));
    let expected = json!([
        {"room": "lobby", "members": 2, "offset": 0, "joined": true},
        {"room": "tea", "members": 2, "offset": 1, "joined": true},
        {"room": "茶", "members": 1, "offset": 0, "joined": false},
    ]);
    let list = json!({"type": "rooms"});
    let behind = bob.ask(json!({"type": "rooms", "room": "lobby"}));
    assert_eq!((&behind["rooms"][0], behind.get("more")), (&expected[1], None), "those behind a name");
    assert_eq!(bob.ask(list.clone())["rooms"], expected, "no private talks, and no rooms twice");
    chat.crash();
    assert_eq!(bob.again(chat.address()).ask(list)["rooms"], expected);
}

#[test]
fn whoever_leaves_hears_no_more() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Json::named(chat.address(), "bob");
    alice.join("tea");
    bob.join("tea");
    let mut window = bob.again(chat.address());
    assert_eq!(
        bob.ask(json!({"type": "leave", "id": "l", "room": "tea"})),
        json!({"type": "ack", "id": "l"})
    );
    let left = json!({"type": "left", "msg_source": "server", "msg": "bob left tea", "room": "tea",
        "user": {"id": bob.id, "name": "bob"}, "members": 1});
    assert_eq!(alice.expect("left"), left);
    assert_eq!(window.expect("left"), left);
    alice.say("tea", "he is gone");
    for client in [&mut bob, &mut window] {
        assert_eq!(client.heard_of("message"), Vec::<Value>::new());
    }
    assert_eq!(bob.refused(json!({"room": "tea", "msg": "am I?"})), "not_member");
    assert_eq!(bob.refused(json!({"type": "leave", "room": "tea"})), "not_member");
    assert_eq!(bob.refused(json!({"type": "leave", "room": "lobby"})), "cannot_leave");
    assert_eq!(bob.refused(json!({"type": "leave", "room": "nowhere"})), "no_such_room");
    // What they speak into now is the lobby again.
    bob.send(&json!({"msg": "hello"}));
    assert_eq!(alice.expect("message")["room"], "lobby");
    // And back: the history begins with what they missed, too.
    bob.send(&json!({"type": "join", "room": "tea"}));
    let events = &bob.history("tea")[0]["events"];
    assert_eq!(events[0]["msg"], "he is gone");
}

#[test]
fn each_connection_has_a_room_in_which_it_is() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut window = alice.again(chat.address());
    let mut bob = Json::named(chat.address(), "bob");
    alice.join("tea");
    alice.join("coffee");
    bob.join("tea");
    bob.join("coffee");
    let spoken_into = |speaker: &mut Json| speaker.ask(json!({"msg": "where am I?"}))["room"].clone();
    assert_eq!(spoken_into(&mut alice), "coffee");
    assert_eq!(spoken_into(&mut window), "lobby", "the other window stays where it is");
    alice.ask(json!({"type": "join", "room": "tea"}));
    assert_eq!(spoken_into(&mut alice), "tea", "joining again is going there");
    assert_eq!(alice.ask(json!({"room": "coffee", "msg": "elsewhere"}))["room"], "coffee");
    assert_eq!(spoken_into(&mut alice), "tea", "a word elsewhere is not going there");
    alice.ask(json!({"type": "leave", "room": "coffee"}));
    assert_eq!(spoken_into(&mut alice), "tea");
    alice.ask(json!({"type": "leave", "room": "tea"}));
    assert_eq!(spoken_into(&mut alice), "lobby");
}

#[test]
fn joining_again_disturbs_nobody() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Json::named(chat.address(), "bob");
    alice.join("tea");
    bob.join("tea");
    alice.heard();
    let state = bob.ask(json!({"type": "join", "room": "Tea", "create": true}));
    assert_eq!(
        (&state["room"], &state["members"]),
        (&json!("tea"), &json!(2)),
        "what looks the same is the same room"
    );
    assert_eq!(alice.heard(), Vec::<Value>::new());
}

#[test]
fn what_is_no_name_of_a_room_is_refused() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let long = "x".repeat(33);
    for name in
        ["", " ", "two  words", "line\nbreak", "\0", "@1:2", "@", "@alice", "a\u{202e}b", "---", &long]
    {
        let code = alice.refused(json!({"type": "join", "room": name, "create": true}));
        assert_eq!(code, "bad_room_name", "{name:?}");
    }
    for name in ["rust", "日本語", "it's", "a-b_c.d", "Tea time", "有 空格", "茶·馆", &"茶".repeat(32)]
    {
        assert_eq!(alice.join(name)["room"], *name);
    }
    // One that is drawn like another is neither the other nor a new one.
    for name in ["Тea time", "ТEA TIМE", "RUSТ"] {
        assert_eq!(
            alice.refused(json!({"type": "join", "room": name, "create": true})),
            "bad_room_name",
            "{name}"
        );
    }
    assert_eq!(alice.say("tea\u{a0}TIME", "in other letters")["room"], "Tea time");
}

#[test]
fn there_are_limits() {
    let flags = ["--max-rooms", "4", "--max-rooms-per-person", "3", "--max-members", "2"];
    let chat = Chat::start(&flags);
    let [mut alice, mut bob, mut carol] =
        ["alice", "bob", "carol"].map(|name| Json::named(chat.address(), name));
    assert_eq!(alice.welcome["limits"]["rooms"], 3);
    alice.join("one");
    alice.join("two");
    assert_eq!(alice.refused(json!({"type": "join", "room": "three", "create": true})), "too_many_rooms");
    bob.join("one");
    assert_eq!(carol.refused(json!({"type": "join", "room": "one"})), "room_full");
    // The lobby holds everybody.
    assert_eq!(carol.say("lobby", "I am in")["type"], "ack");
    carol.join("four");
    assert_eq!(carol.refused(json!({"type": "join", "room": "five", "create": true})), "too_many_rooms");
    // Whoever makes place, makes place.
    bob.ask(json!({"type": "leave", "room": "one"}));
    carol.join("one");
    // A private talk is no room that one joins.
    assert_eq!(carol.ask(json!({"to": "bob", "msg": "psst"}))["type"], "ack");
}

/// Whoever made and left rooms kept everybody else from making any, for a day.
#[test]
fn nobody_takes_all_the_rooms() {
    let chat = Chat::start(&["--max-rooms", "6", "--max-rooms-per-person", "4", "--durability", "system"]);
    let [mut alice, mut bob] = ["alice", "bob"].map(|name| Json::named(chat.address(), name));
    // Nothing was said: they are gone when they are empty.
    for number in 0..20 {
        alice.join(&format!("silent-{number}"));
        let room = format!("silent-{number}");
        assert_eq!(alice.ask(json!({"type": "leave", "room": room}))["type"], "ack");
        bob.wait_for("that it is gone", |it| it["type"] == "removed" && it["room"] == *room);
    }
    // Something was said: one person has made so many of those that exist, whether or not they are still there.
    for number in 0..4 {
        let room = format!("said-{number}");
        alice.join(&room);
        alice.say(&room, "mine");
        alice.ask(json!({"type": "leave", "room": room}));
    }
    let another = json!({"type": "join", "room": "another", "create": true});
    assert_eq!(alice.refused(another), "too_many_rooms");
    // The one that has been empty for longest gives way to those of others.
    bob.join("bob-1");
    assert_eq!(bob.heard_of("removed"), Vec::<Value>::new());
    for (number, gone) in [(2, "said-0"), (3, "said-1")] {
        bob.join(&format!("bob-{number}"));
        assert_eq!(bob.expect("removed")["room"], gone);
    }
    let told = alice.ask(json!({"type": "rooms"}));
    let names: Vec<&str> =
        told["rooms"].as_array().expect("rooms").iter().filter_map(|room| room["room"].as_str()).collect();
    assert_eq!(names, ["bob-1", "bob-2", "bob-3", "lobby", "said-2", "said-3"]);
}

#[test]
fn who_tells_the_members_and_who_of_them_is_here() {
    let chat = Chat::start(&[]);
    let [mut alice, mut bob, carol] = ["alice", "bob", "carol"].map(|name| Json::named(chat.address(), name));
    alice.join("tea");
    bob.join("tea");
    let _second_window = alice.again(chat.address());
    let (id, name) = (bob.id, bob.name.clone());
    bob.leave();
    alice.wait_for("that bob went", |it| it["type"] == "offline" && it["user"]["id"] == id);
    let answer = alice.ask(json!({"type": "who", "id": "w", "room": "tea"}));
    let users = json!([{"id": alice.id, "name": "alice", "online": true, "op": true}, {"id": id, "name": name, "online": false}]);
    let expected = json!({"type": "who", "id": "w", "room": "tea", "users": users, "here": 1, "members": 2, "more": false});
    assert_eq!(answer, expected);
    drop(carol);
}

#[test]
fn memberships_outlast_the_program() {
    let mut chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    alice.join("tea");
    alice.join("coffee");
    alice.say("tea", "warm");
    alice.ask(json!({"type": "leave", "room": "coffee"}));
    let before = alice.again(chat.address()).welcome["rooms"].clone();
    chat.crash();
    let alice = alice.again(chat.address());
    assert_eq!(alice.welcome["rooms"], before);
    assert_eq!(alice.histories["tea"][0]["events"][0]["msg"], "warm");
    assert!(!alice.histories.contains_key("coffee"));
}

/// A script does not wait for answers: what it asks is done in the order in which it was asked.
#[test]
fn requests_keep_their_order_if_nobody_waits() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    for (id, request) in [
        ("1", json!({"type": "join", "room": "tea", "create": true})),
        ("2", json!({"type": "message", "room": "tea", "msg": "in tea"})),
        ("3", json!({"msg": "here"})),
        ("4", json!({"type": "leave", "room": "tea"})),
        ("5", json!({"msg": "in the lobby"})),
        ("6", json!({"type": "join", "room": "tea"})),
        ("7", json!({"msg": "in tea again"})),
        ("8", json!({"type": "who", "room": "tea"})),
    ] {
        let mut request = request;
        request["id"] = id.into();
        alice.send(&request);
    }
    let answers: Vec<Value> = ["1", "2", "3", "4", "5", "6", "7", "8"]
        .map(|id| alice.wait_for("an answer", |it| it["id"] == id))
        .into();
    let outline: Vec<_> = answers.iter().map(|it| (it["type"].as_str(), it["room"].as_str())).collect();
    let tea = Some("tea");
    assert_eq!(
        outline,
        [
            (Some("room"), tea),
            (Some("ack"), tea),
            (Some("ack"), tea),
            (Some("ack"), None),
            (Some("ack"), Some("lobby")),
            (Some("room"), tea),
            (Some("ack"), tea),
            (Some("who"), tea),
        ],
        "{answers:#?}"
    );
}
