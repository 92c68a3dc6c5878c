//! `GET /api/v1/rooms/R/events`: a bot reads, and waits for what is not said yet (README, Hooks and bots).

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use pollcat_chat_testing::bots::{self, Key, token};
use pollcat_chat_testing::http::{Page, answer, get_with};
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::{Chat, governed};
use pollcat_testing::client::Client;
use pollcat_testing::raw::reset_when_dropped;

/// The path, with these words behind the `?`.
fn events(query: &str) -> String {
    format!("/api/v1/rooms/lobby/events?{query}")
}

#[track_caller]
fn read(chat: &Chat, key: &Key, query: &str) -> Value {
    let page = get_with(chat.address(), &events(query), &key.bearer());
    assert_eq!(page.status, 200, "{}", page.text());
    page.json()
}

/// Asks, and waits.
fn ask(chat: &Chat, key: &Key, query: &str) -> Client {
    let mut client = Client::dial(chat.address());
    let address = chat.address();
    let head = format!("GET {} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n", events(query));
    client.write(format!("{head}{}\r\n", key.bearer()).as_bytes());
    client
}

/// Those that were asked before this are waiting: what comes later is read later.
#[track_caller]
fn settle(chat: &Chat, key: &Key) {
    // Each has a connection of its own, so it is asked until the loop has had its turns.
    for _ in 0..5 {
        read(chat, key, "limit=1");
    }
}

fn offsets(told: &Value) -> Vec<u64> {
    told["events"].as_array().expect("events").iter().filter_map(|event| event["offset"].as_u64()).collect()
}

#[test]
fn what_was_said_is_told_in_pieces() {
    let chat = Chat::start(&["--recent", "4"]);
    let key = token(&chat, "reader");
    let mut alice = Json::named(chat.address(), "alice");
    (1..=10).for_each(|number| drop(alice.say("lobby", &format!("message {number}"))));
    let first = read(&chat, &key, "");
    assert_eq!(
        (offsets(&first), &first["recovered"], &first["offset"]),
        (vec![7, 8, 9, 10], &json!(false), &json!(10))
    );
    assert_eq!(first["events"][3]["msg"], "message 10");
    // From the disk, and from memory.
    let told = read(&chat, &key, "after=0&limit=3");
    assert_eq!(
        (offsets(&told), &told["recovered"], &told["more"]),
        (vec![1, 2, 3], &json!(true), &json!(true))
    );
    let told = read(&chat, &key, "after=3&limit=100");
    assert_eq!(
        (offsets(&told), &told["more"], &told["offset"]),
        ((4..=10).collect(), &json!(false), &json!(10))
    );
    let told = read(&chat, &key, "after=8&limit=1");
    assert_eq!((offsets(&told), &told["more"], &told["offset"]), (vec![9], &json!(true), &json!(9)));
    let told = read(&chat, &key, "after=10");
    assert_eq!((offsets(&told), &told["recovered"], &told["offset"]), (vec![], &json!(true), &json!(10)));
    let epoch = told["epoch"].as_str().expect("an epoch");
    assert_eq!(read(&chat, &key, &format!("after=9&epoch={epoch}"))["recovered"], true);
    for query in
        ["after=9&epoch=another", "after=11", "after=9223372036854775807", "after=9&epoch=%FF&wait=30"]
    {
        let told = read(&chat, &key, query);
        assert_eq!((&told["recovered"], &told["offset"]), (&json!(false), &json!(10)), "{query}");
    }
    for query in ["after=-1", "after=x", "wait=soon", "limit=1.5", "after=18446744073709551616", "after="] {
        assert_eq!(get_with(chat.address(), &events(query), &key.bearer()).status, 400, "{query}");
    }
}

#[test]
fn who_waits_is_told_at_once() {
    let chat = Chat::start(&[]);
    let key = token(&chat, "reader");
    let mut alice = Json::named(chat.address(), "alice");
    alice.say("lobby", "before");
    let mut waiting: Vec<Client> = (0..3).map(|_| ask(&chat, &key, "after=1&wait=50")).collect();
    settle(&chat, &key);
    let begun = Instant::now();
    alice.say("lobby", "now");
    for client in &mut waiting {
        let told = answer(client).json();
        assert_eq!((&told["events"][0]["msg"], &told["offset"]), (&json!("now"), &json!(2)), "{told}");
    }
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    // What was taken back is an event, too.
    let mut client = ask(&chat, &key, "after=2&wait=50");
    settle(&chat, &key);
    alice.ask(json!({"type": "delete", "room": "lobby", "offset": 2}));
    assert_eq!(answer(&mut client).json()["events"][0]["type"], "deleted");
}

#[test]
fn who_waits_in_vain_is_told_that_there_is_nothing() {
    let chat = Chat::start(&[]);
    let key = token(&chat, "reader");
    let begun = Instant::now();
    let told = read(&chat, &key, "after=0&wait=1");
    assert_eq!((offsets(&told), &told["recovered"], &told["offset"]), (vec![], &json!(true), &json!(0)));
    assert!(begun.elapsed() >= Duration::from_secs(1), "{:?}", begun.elapsed());
}

#[test]
fn of_one_token_four_wait_and_the_oldest_gives_way() {
    let chat = Chat::start(&[]);
    let (key, other) = (token(&chat, "reader"), token(&chat, "other"));
    let mut first = ask(&chat, &key, "after=0&wait=50");
    settle(&chat, &other);
    let mut waiting: Vec<Client> = (0..4).map(|_| ask(&chat, &key, "after=0&wait=50")).collect();
    let Page { status, head, .. } = answer(&mut first);
    assert!(status == 429 && head.contains("\r\nRetry-After: 5\r\n"), "{head}");
    let mut others = ask(&chat, &other, "after=0&wait=50");
    settle(&chat, &other);
    Json::named(chat.address(), "alice").say("lobby", "hot");
    waiting.iter_mut().chain([&mut others]).for_each(|client| assert_eq!(answer(client).status, 200));
}

#[test]
fn many_wait_and_all_of_them_are_told() {
    let chat = Chat::start(&[]);
    let mut page = governed::operator(&chat);
    let wish = |name: &str| json!({"name": name, "room": "lobby", "kind": "token"});
    let keys: Vec<Key> =
        (0..30).map(|number| bots::give(&mut page, wish(["one", "two"][number % 2]))).collect();
    let mut waiting: Vec<Client> =
        keys.iter().flat_map(|key| (0..4).map(|_| ask(&chat, key, "after=0&wait=50"))).collect();
    keys.iter().for_each(|key| settle(&chat, key));
    let mut alice = Json::named(chat.address(), "alice");
    alice.say("lobby", "hot");
    for client in &mut waiting {
        let told = answer(client).json();
        assert_eq!((offsets(&told), &told["events"][0]["msg"]), (vec![1], &json!("hot")), "{told}");
    }
    // And the chat has time for others meanwhile.
    assert_eq!(alice.ask(json!({"type": "ping"}))["type"], "pong");
}

#[test]
fn whoever_is_gone_leaves_nothing() {
    let chat = Chat::start(&[]);
    let key = token(&chat, "reader");
    let mut alice = Json::named(chat.address(), "alice");
    for round in 0..4 {
        let client = ask(&chat, &key, &format!("after={round}&wait=50"));
        settle(&chat, &key);
        reset_when_dropped(&client.stream());
        drop(client);
        let mut staying = ask(&chat, &key, &format!("after={round}&wait=50"));
        settle(&chat, &key);
        alice.say("lobby", "hot");
        assert_eq!(answer(&mut staying).json()["offset"], round + 1, "{round}");
    }
}

#[test]
fn who_may_not_read_any_more_does_not_wait() {
    let chat = Chat::start(&[]);
    let mut owner = governed::owner(&chat, "olive");
    owner.join("tea");
    let [one, two, three] = ["one", "two", "three"]
        .map(|name| bots::give(&mut owner, json!({"name": name, "room": "tea", "kind": "token"})));
    let ask = |key: &Key| {
        let mut client = Client::dial(chat.address());
        let address = chat.address();
        let head = format!("GET /api/v1/rooms/tea/events?after=0&wait=50 HTTP/1.1\r\nHost: {address}\r\n");
        client.write(format!("{head}Connection: close\r\n{}\r\n", key.bearer()).as_bytes());
        client
    };
    let mut waiting = [&one, &two, &three].map(ask);
    for _ in 0..20 {
        get_with(chat.address(), "/api/v1/rooms", &one.bearer());
    }
    governed::act(&mut owner, json!({"type": "revoke_key", "key": one.id}));
    assert_eq!(answer(&mut waiting[0]).status, 401);
    governed::act(&mut owner, json!({"type": "kick", "room": "tea", "user": two.bot}));
    assert_eq!(answer(&mut waiting[1]).status, 404);
    governed::act(&mut owner, json!({"type": "remove_bot", "user": three.bot}));
    assert_eq!(answer(&mut waiting[2]).status, 401);
}

#[test]
fn a_chat_that_stops_lets_nobody_wait() {
    let mut chat = Chat::start(&[]);
    let key = token(&chat, "reader");
    let mut waiting = ask(&chat, &key, "after=0&wait=50");
    settle(&chat, &key);
    let begun = Instant::now();
    chat.terminate();
    let page = answer(&mut waiting);
    assert_eq!(page.status, 503, "{}", page.text());
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}
