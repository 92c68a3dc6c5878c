//! Many people at once: an arrival costs the same however many are here (README, 7).

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::{Value, json};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::json::Json;
use pollcat_testing::client::{Client, TEXT};

/// As many descriptors as may be: there are two for each of a crowd, and the chat's limit is ours.
fn need_descriptors() {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).expect("up to the hard limit");
}

/// So many new people, each with a connection on which nobody listens any more.
fn come(chat: &Chat, number: usize) -> Vec<Client> {
    let mut crowd: Vec<Client> = (0..number).map(|_| Client::dial(chat.address())).collect();
    for client in &mut crowd {
        client.open("Sec-WebSocket-Protocol: chat.v1\r\n");
        client.send(TEXT, br#"{"type":"hello"}"#);
    }
    for client in &mut crowd {
        let welcome: Value = serde_json::from_str(&client.text()).expect("JSON");
        assert_eq!(welcome["type"], "welcome", "{welcome}");
    }
    crowd
}

/// Waits until a crowd hears that it is so large, and drops what came before.
#[track_caller]
fn counted(observer: &mut Json, here: usize) {
    observer.wait_for("the numbers", |it| it["type"] == "here" && it["here"] == here);
    observer.heard();
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
        counted(&mut observer, number + 1);
        let newcomers: Vec<Json> = (0..20).map(|_| Json::hello(chat.address(), json!({}))).collect();
        let back: Vec<Json> = newcomers.iter().map(|newcomer| newcomer.again(chat.address())).collect();
        observer.wait_for("the numbers", |it| it["type"] == "here" && it["here"] == number + 21);
        let heard = observer.heard();
        assert_eq!(by_name(&heard), Vec::<&Value>::new(), "of {number}");
        for window in newcomers.iter().chain(&back) {
            let welcome = &window.welcome;
            assert_eq!(welcome["all"].as_array().map(Vec::len), Some(100), "names, of {number}");
            assert!(welcome["here"].as_u64().is_some_and(|here| here > number as u64), "{}", welcome["here"]);
            assert!(welcome.to_string().len() < 5_000, "{} bytes", welcome.to_string().len());
        }
    }
}

#[test]
fn a_crowd_hears_its_number_and_friends_hear_each_other() {
    let chat = Chat::in_memory(&[]);
    let [mut alice, mut bob] = ["alice", "bob"].map(|name| Json::named(chat.address(), name));
    alice.ask(json!({"to": bob.id, "msg": "psst"}));
    bob.join("tea");
    let mut crowd = come(&chat, 210);
    counted(&mut alice, 212);
    bob.heard();

    // In a small room everything is as it was; in the lobby nobody hears of them.
    let mut carol = Json::named(chat.address(), "carol");
    carol.join("tea");
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

    // They talk in private: alice hears that bob goes, and finds him away when she comes again.
    let (id, token) = (bob.id, bob.token.clone());
    bob.leave();
    let offline = alice.wait_for("that bob went", |it| it["type"] == "offline");
    assert_eq!(offline["user"]["id"], id);
    let talk = |window: &Json| {
        let rooms = window.welcome["rooms"].as_array().expect("rooms").clone();
        rooms.into_iter().find(|room| room["kind"] == "direct").expect("the talk")["with"].clone()
    };
    assert_eq!(talk(&alice.again(chat.address())), json!({"id": id, "name": "bob", "online": false}));
    let bob = Json::hello(chat.address(), json!({"token": token}));
    assert_eq!(talk(&bob)["online"], true);
    let online = alice.wait_for("that bob came", |it| it["type"] == "online");
    assert_eq!(online["user"]["id"], id);
    assert_eq!(by_name(&carol.heard()), Vec::<&Value>::new(), "carol never talked with bob");

    // The crowd goes, and it is by name again.
    crowd.truncate(150);
    let last = alice.wait_for("the last numbers", |it| it["type"] == "here" && it["crowd"] == false);
    assert!(last["here"].as_u64().is_some_and(|here| here <= 160), "{last}");
    let dora = Json::hello(chat.address(), json!({"name": "dora"}));
    let is_dora = |it: &Value| it["user"]["id"] == dora.id;
    alice.wait_for("dora by name", |it| it["type"] == "online" && is_dora(it));
    alice.wait_for("dora by name", |it| it["type"] == "joined" && is_dora(it));
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
