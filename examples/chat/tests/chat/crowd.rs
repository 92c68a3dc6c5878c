//! Many people at once: an arrival costs the same however many are here (README, 7).

use serde_json::{Value, json};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::text::Text;
use pollcat_testing::client::{Client, TEXT};
use pollcat_testing::raw::need_descriptors;

/// So many new people, each with a connection on which nobody listens any more.
fn come(chat: &Chat, number: usize) -> Vec<Client> {
    // One after the other: whoever has dialled has only so much time for a request.
    let come = |_| {
        let mut client = Client::dial(chat.address());
        client.open("Sec-WebSocket-Protocol: chat.v1\r\n");
        client.send(TEXT, br#"{"type":"hello"}"#);
        client
    };
    let mut crowd: Vec<Client> = (0..number).map(come).collect();
    for client in &mut crowd {
        let welcome: Value = serde_json::from_str(&client.text()).expect("JSON");
        assert_eq!(welcome["type"], "welcome", "{welcome}");
    }
    crowd
}

/// All of them enter a room.
fn enter(crowd: &mut [Client], room: &str) {
    let join = json!({"type": "join", "room": room, "create": true, "id": "enter"}).to_string();
    for client in &mut *crowd {
        client.send(TEXT, join.as_bytes());
    }
    for client in crowd {
        let answer = loop {
            let object: Value = serde_json::from_str(&client.text()).expect("JSON");
            if object["id"] == "enter" {
                break object;
            }
        };
        assert_eq!(answer["type"], "room", "{answer}");
    }
}

/// Waits until a room hears that so many are in it, and drops what came before.
#[track_caller]
fn counted(observer: &mut Json, room: &str, here: usize) -> Value {
    let is_it = |it: &Value| it["type"] == "here" && it["room"] == room && it["here"] == here;
    let numbers = observer.wait_for("the numbers", is_it);
    observer.heard();
    numbers
}

/// Those of the private talk, as a welcome has them.
fn partner(window: &Json) -> Value {
    let rooms = window.welcome["rooms"].as_array().expect("rooms").clone();
    rooms.into_iter().find(|room| room["kind"] == "direct").expect("the talk")["with"].clone()
}

/// What is told by name, of those who come and go.
fn by_name(heard: &[Value]) -> Vec<&Value> {
    let names = ["online", "offline", "joined", "left", "renamed", "typing"];
    heard.iter().filter(|it| names.contains(&it["type"].as_str().unwrap_or_default())).collect()
}

#[test]
fn an_arrival_costs_the_same_however_many_are_here() {
    need_descriptors();
    for number in [250, 1000] {
        let chat = Chat::in_memory(&[]);
        let mut observer = Json::named(chat.address(), "observer");
        let _crowd = come(&chat, number);
        counted(&mut observer, "lobby", number + 1);
        let newcomers: Vec<Json> = (0..20).map(|_| Json::hello(chat.address(), json!({}))).collect();
        let back: Vec<Json> = newcomers.iter().map(|newcomer| newcomer.again(chat.address())).collect();
        let is_all = |it: &Value| it["type"] == "here" && it["here"] == number + 21;
        let numbers = observer.wait_for("the numbers", is_all);
        let expected = json!({"type": "here", "room": "lobby", "here": number + 21, "members": number + 21, "crowd": true});
        assert_eq!(numbers, expected);
        let heard = observer.heard();
        assert_eq!(by_name(&heard), Vec::<&Value>::new(), "of {number}");
        for window in newcomers.iter().chain(&back) {
            let welcome = &window.welcome;
            assert_eq!(welcome.get("all"), None, "names, of {number}");
            let lobby = &welcome["rooms"][0];
            assert_eq!((&lobby["crowd"], &lobby["here"]), (&json!(true), &welcome["here"]));
            assert!(welcome["here"].as_u64().is_some_and(|here| here > number as u64), "{}", welcome["here"]);
            assert!(welcome.to_string().len() < 5_000, "{} bytes", welcome.to_string().len());
        }
    }
}

#[test]
fn a_crowd_hears_its_numbers_and_friends_hear_each_other() {
    need_descriptors();
    let chat = Chat::in_memory(&[]);
    let [mut alice, mut bob] = ["alice", "bob"].map(|name| Json::named(chat.address(), name));
    alice.ask(json!({"to": bob.id, "msg": "psst"}));
    bob.join("tea");
    let mut crowd = come(&chat, 210);
    counted(&mut alice, "lobby", 212);
    bob.heard();

    // In a small room everything is as it was; in the lobby nobody hears of them.
    let mut carol = Json::named(chat.address(), "carol");
    let tea = carol.join("tea");
    assert_eq!((tea.get("crowd"), tea.get("here")), (None, None));
    let joined = bob.wait_for("that carol joined", |it| it["type"] == "joined");
    assert_eq!((&joined["room"], &joined["user"]["id"]), (&json!("tea"), &json!(carol.id)));
    carol.rename("caroline");
    bob.wait_for("her new name", |it| it["type"] == "renamed" && it["user"]["id"] == carol.id);
    for room in ["lobby", "tea"] {
        assert_eq!(carol.ask(json!({"type": "typing", "room": room}))["type"], "ack");
    }
    assert_eq!(bob.expect("typing")["room"], "tea");
    assert_eq!(by_name(&alice.heard()), Vec::<&Value>::new(), "alice knows nothing of tea");
    assert_eq!(by_name(&bob.heard()), Vec::<&Value>::new(), "each once");

    // Alice talks with bob in private, and carol is in tea with him: they hear that he goes, and comes again.
    let mut dora = Json::named(chat.address(), "dora");
    let (id, token) = (bob.id, bob.token.clone());
    bob.leave();
    let others = [&mut alice, &mut carol];
    for hearer in others {
        let offline = hearer.wait_for("that bob went", |it| it["type"] == "offline");
        assert_eq!(offline["user"]["id"], id);
    }
    assert_eq!(partner(&alice.again(chat.address())), json!({"id": id, "name": "bob", "online": false}));
    let mut bob = Json::hello(chat.address(), json!({"token": token}));
    assert_eq!(partner(&bob)["online"], true);
    for hearer in [&mut alice, &mut carol] {
        let online = hearer.wait_for("that bob came", |it| it["type"] == "online");
        assert_eq!(online["user"]["id"], id);
    }
    for (name, window) in
        [("alice", &mut alice), ("bob", &mut bob), ("carol", &mut carol), ("dora", &mut dora)]
    {
        assert_eq!(by_name(&window.heard()), Vec::<&Value>::new(), "of {name}, who knows it all");
    }

    // The crowd goes, and it is by name again: all at once, and nobody in between.
    crowd.truncate(150);
    let last = alice.wait_for("the last numbers", |it| it["type"] == "here" && it["crowd"] == false);
    assert!(last["here"].as_u64().is_some_and(|here| here <= 160), "{last}");
    assert_eq!(last["room"], "lobby");
    let eve = Json::hello(chat.address(), json!({"name": "eve"}));
    assert!(eve.welcome["all"].as_array().is_some_and(|all| all.len() > 150), "{}", eve.welcome);
    let is_eve = |it: &Value| it["user"]["id"] == eve.id;
    alice.wait_for("eve by name", |it| it["type"] == "online" && is_eve(it));
    alice.wait_for("eve by name", |it| it["type"] == "joined" && is_eve(it));
}

#[test]
fn each_room_is_a_crowd_or_none() {
    need_descriptors();
    let chat = Chat::in_memory(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut reader = Text::named(chat.address(), "reader");
    alice.join("tea");
    alice.join("hall");
    reader.say("/join hall");
    let mut crowd = come(&chat, 220);
    enter(&mut crowd[..205], "hall");
    let numbers = counted(&mut alice, "hall", 207);
    assert_eq!((&numbers["members"], &numbers["crowd"]), (&json!(207), &json!(true)));
    reader.heard();

    let mut bob = Json::named(chat.address(), "bob");
    bob.join("tea");
    let mut elsewhere = bob.again(chat.address());
    let hall = bob.join("hall");
    assert_eq!((&hall["crowd"], &hall["here"], &hall["members"]), (&json!(true), &json!(208), &json!(208)));
    bob.ask(json!({"type": "typing", "room": "hall"}));
    bob.ask(json!({"type": "leave", "room": "hall"}));
    let left = elsewhere.wait_for("that bob has left it", |it| it["type"] == "left");
    assert_eq!(
        (&left["room"], &left["user"]["id"]),
        (&json!("hall"), &json!(bob.id)),
        "one's own windows know"
    );
    let heard = alice.heard();
    let joined = by_name(&heard);
    assert!(joined.len() == 1 && joined[0]["type"] == "joined" && joined[0]["room"] == "tea", "{joined:?}");
    let notices = reader.heard();
    assert!(!notices.iter().any(|line| line.contains("bob")), "{notices:?}");

    // The hall is company again before the lobby is.
    crowd.drain(..50);
    let last = alice.wait_for("the last numbers", |it| it["type"] == "here" && it["crowd"] == false);
    assert_eq!(last["room"], "hall");
    bob.join("hall");
    let joined = alice.wait_for("that bob is back", |it| it["type"] == "joined");
    assert_eq!(joined["room"], "hall");
    reader.until("bob joined");
}

/// After a start everybody comes back within seconds: in a room with many members nobody is told of each.
#[test]
fn a_large_room_begins_quietly() {
    need_descriptors();
    let mut chat = Chat::start(&["--durability", "system"]);
    let [alice, bob] = ["alice", "bob"].map(|name| Json::named(chat.address(), name));
    let tokens = [&alice, &bob].map(|person| json!({"token": person.token}));
    let _crowd = come(&chat, 210);
    chat.crash();
    let [alice, bob] = tokens;
    let mut alice = Json::hello(chat.address(), alice);
    let lobby = &alice.welcome["rooms"][0];
    assert_eq!((&lobby["crowd"], &lobby["here"], &lobby["members"]), (&json!(true), &json!(1), &json!(212)));
    let bob = Json::hello(chat.address(), bob);
    counted(&mut alice, "lobby", 2);
    let last = alice.wait_for("the end of it", |it| it["type"] == "here" && it["crowd"] == false);
    assert_eq!((&last["here"], by_name(&alice.heard())), (&json!(2), Vec::<&Value>::new()));
    bob.leave();
    alice.expect("offline");
}

#[test]
fn who_is_told_in_pages_and_by_parts_of_names() {
    let chat = Chat::in_memory(&[]);
    let names = ["alice", "Bob", "carol", "dan", "Ann", "hannah"];
    let mut people: Vec<Json> = names.iter().map(|name| Json::named(chat.address(), name)).collect();
    let gone = people.remove(2).id;
    let alice = &mut people[0];
    alice.wait_for("that carol went", |it| it["type"] == "offline" && it["user"]["id"] == gone);
    let mut page = |more: Value| {
        let mut ask = json!({"type": "who", "room": "lobby"});
        ask.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        let told = alice.ask(ask);
        let users = told["users"].as_array().unwrap_or_else(|| panic!("{told}")).clone();
        assert_eq!((&told["here"], &told["members"]), (&json!(5), &json!(6)));
        let names: Vec<String> =
            users.iter().map(|user| user["name"].as_str().unwrap_or_default().to_owned()).collect();
        (names, users.last().map(|user| user["id"].clone()), told["more"] == true)
    };
    for limit in 1..7 {
        let (mut all, mut after) = (Vec::new(), Value::Null);
        loop {
            let (names, last, more) = page(json!({"limit": limit, "after": after}));
            assert!(names.len() <= limit);
            all.extend(names);
            after = last.unwrap_or_default();
            if !more {
                break;
            }
        }
        assert_eq!(all, ["alice", "Ann", "Bob", "dan", "hannah", "carol"], "those who are here come first");
    }
    assert_eq!(page(json!({"query": "AN"})).0, ["Ann", "dan", "hannah"]);
    assert_eq!(
        page(json!({"query": "an", "limit": 2})),
        (vec!["Ann".into(), "dan".into()], Some(json!(4)), true)
    );
    assert_eq!(page(json!({"query": "zoe"})).0, Vec::<String>::new());
    assert_eq!(alice.refused(json!({"type": "who", "room": "lobby", "after": 99})), "no_such_person");
    assert_eq!(alice.refused(json!({"type": "who", "room": "lobby", "query": "x".repeat(300)})), "bad_field");
}
