//! Two nodes decide in the same moment what only one of them can have decided; or one of them is behind what a client knows.

use std::net::SocketAddr;
use std::thread;

use pollcat_chat_testing::bots::{Key, token};
use pollcat_chat_testing::governed::{act, owner};
use pollcat_chat_testing::http::get_with;
use pollcat_chat_testing::json::{Json, fresh_id};
use pollcat_chat_testing::redis::RedisServer;
use pollcat_testing::client::{Client, upgrade_request};
use pollcat_testing::running::wait_until;
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::company::{Company, SURE};

/// Both ask before either is answered.
#[track_caller]
fn at_once(two: &mut [Json; 2], asks: [Value; 2]) -> [Value; 2] {
    let ids = [(); 2].map(|()| fresh_id());
    for ((client, mut ask), id) in two.iter_mut().zip(asks).zip(&ids) {
        ask["id"] = id.as_str().into();
        client.send(&ask);
    }
    let mut ids = ids.iter();
    two.each_mut().map(|client| {
        let id = ids.next().expect("as many as clients");
        client.wait_for("the answer", |it| it["id"] == **id)
    })
}

/// `Bob` with a B, and with the Cyrillic letter that is drawn like it.
fn alike(number: usize) -> [String; 2] {
    ["B", "\u{412}"].map(|letter| format!("{letter}ob{number}"))
}

#[track_caller]
fn assert_one(answers: &[Value; 2], kind: &str, code: &str) {
    let count = |is: &dyn Fn(&&Value) -> bool| answers.iter().filter(is).count();
    let counts = (count(&|it| it["type"] == kind), count(&|it| it["code"] == code));
    assert_eq!(counts, (1, 1), "{answers:?}");
}

#[test]
fn of_two_newcomers_whose_names_look_alike_one_has_it() {
    let Some(company) = Company::start(2) else { return };
    for number in 0..15 {
        let mut two = [0, 1].map(|node| Json::connect(company.address(node)));
        let hellos = alike(number).map(|name| json!({"type": "hello", "name": name}));
        assert_one(&at_once(&mut two, hellos), "welcome", "name_taken");
    }
}

#[test]
fn of_two_who_choose_names_that_look_alike_one_has_it() {
    let Some(company) = Company::start(2) else { return };
    let mut two = [company.named(0, "ann"), company.named(1, "zed")];
    for number in 0..15 {
        let asks = alike(number).map(|name| json!({"type": "name", "name": name}));
        let answers = at_once(&mut two, asks);
        let refused = answers.iter().filter(|it| it["code"] == "name_taken").count();
        let errors = answers.iter().filter(|it| it["type"] == "error").count();
        assert_eq!((refused, errors), (1, 1), "{answers:?}");
    }
}

#[test]
fn of_two_rooms_whose_names_look_alike_one_is_there() {
    let Some(company) = Company::start(2) else { return };
    let mut two = [company.named(0, "ann"), company.named(1, "zed")];
    for number in 0..15 {
        let names = alike(number);
        let asks = names.clone().map(|room| json!({"type": "join", "room": room, "create": true}));
        let answers = at_once(&mut two, asks);
        assert_eq!(answers.iter().filter(|it| it["type"] == "room").count(), 1, "{answers:?}");
        let there = |client: &mut Json| {
            let listed = client.ask(json!({"type": "rooms"}));
            let rooms = listed["rooms"].as_array().expect("rooms").clone();
            rooms.iter().filter(|it| names.iter().any(|name| it["room"] == **name)).count()
        };
        for client in &mut two {
            assert_eq!(there(client), 1);
        }
    }
}

/// The answer to a request for a WebSocket from this address.
#[track_caller]
fn knock(address: SocketAddr, from: &str) -> String {
    let mut client = Client::dial(address);
    client.write(upgrade_request(&format!("X-Forwarded-For: {from}\r\n")).as_bytes());
    client.head().split(' ').nth(1).expect("a status").to_owned()
}

#[test]
fn a_ban_is_for_the_addresses_that_other_nodes_have_seen() {
    let Some(redis) = RedisServer::start(&SURE) else { return };
    let flags = ["--log".to_owned(), redis.url(), "--trust-proxy".to_owned(), "127.0.0.1".to_owned()];
    let company = Company::of(redis, &flags, 3);
    let mut olive = owner(&company.nodes[0].chat, "olive");
    let from = ["198.51.100.7", "203.0.113.7", "192.0.2.7"];
    let bob = Json::hello_from(company.address(1), from[0], json!({"name": "bob"}));
    let mut windows = vec![bob];
    for (node, from) in [(2, from[1]), (1, from[2])] {
        let hello = json!({"token": windows[0].token});
        windows.push(Json::hello_from(company.address(node), from, hello));
    }
    // Somebody else who is there already, and one window of the three that has been closed.
    let mut eve = Json::hello_from(company.address(2), from[1], json!({"name": "eve"}));
    windows.pop().expect("three").leave();
    company.nodes.iter().for_each(|node| drop(olive.again(node.address)));
    act(&mut olive, json!({"type": "ban", "user": "bob", "seconds": 3600, "addresses": true}));
    for window in &mut windows {
        assert_eq!(window.closed().0, 4501);
    }
    for node in 0..3 {
        for from in from {
            let address = company.address(node);
            wait_until("it is turned away", || knock(address, from) == "403");
        }
    }
    assert_eq!(eve.closed().0, 4501);
    assert_eq!(knock(company.address(0), "203.0.113.8"), "101");
    // They go with the ban.
    act(&mut olive, json!({"type": "unban", "user": "bob"}));
    for node in 0..3 {
        wait_until("it is let in", || knock(company.address(node), from[0]) == "101");
    }
}

/// What is told of a room after this offset.
#[track_caller]
fn poll(address: SocketAddr, key: &Key, query: &str) -> Value {
    let page = get_with(address, &format!("/api/v1/rooms/lobby/events?{query}"), &key.bearer());
    assert_eq!(page.status, 200, "{}", page.text());
    page.json()
}

#[test]
fn a_bot_that_has_heard_more_at_another_node_is_told_nothing_twice() {
    const MANY: usize = 300;
    let Some(company) = Company::start(2) else { return };
    let key = token(&company.nodes[0].chat, "reader");
    let mut alice = company.named(0, "alice");
    let behind = &company.nodes[1];
    let mut after = poll(behind.address, &key, "")["offset"].as_u64().expect("an offset");
    for wait in [0, 5] {
        behind.chat.signal(Signal::STOP);
        for number in 0..MANY {
            alice.send(&json!({"type": "message", "msg": format!("{number}"), "id": fresh_id()}));
        }
        alice.wait_for("the last ack", |it| {
            it["type"] == "ack" && it["offset"].as_u64() >= Some(after + MANY as u64)
        });
        let ahead = poll(company.address(0), &key, "limit=1");
        after = ahead["offset"].as_u64().expect("an offset");
        let query = format!("after={after}&epoch={}&wait={wait}", ahead["epoch"].as_str().expect("an epoch"));
        let (address, asked) = (behind.address, key.clone());
        let told = thread::spawn(move || poll(address, &asked, &query));
        behind.chat.signal(Signal::CONT);
        company.wait_for(1);
        // With nothing to wait for it may be over by now.
        let last = (wait > 0).then(|| alice.say("lobby", "one more")["offset"].clone());
        let told = told.join().expect("an answer");
        assert_eq!(told["recovered"], true, "{told}");
        let offsets: Vec<&Value> =
            told["events"].as_array().expect("events").iter().map(|it| &it["offset"]).collect();
        assert_eq!(offsets, Vec::from_iter(&last), "{told}");
    }
    // What nobody has ever said is of another history.
    let told = poll(behind.address, &key, "after=1000000&wait=5");
    assert_eq!(told["recovered"], false, "{told}");
}
