//! What is kept, and how far (OPERATING.md: what is kept; limits).

use rusqlite::Connection;
use serde_json::{Value, json};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::http::get;
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::png::png;
use pollcat_chat_testing::text::Text;
use pollcat_testing::client::PATIENCE;

/// What is given up goes in a free moment: asks until it is so.
#[track_caller]
fn ask_until(client: &mut Json, what: &str, request: &Value, is_so: impl Fn(&Value) -> bool) -> Value {
    let deadline = std::time::Instant::now() + PATIENCE;
    loop {
        let answer = client.ask(request.clone());
        if is_so(&answer) {
            return answer;
        }
        assert!(std::time::Instant::now() < deadline, "waited in vain until {what}: {answer}");
    }
}

#[test]
fn a_room_keeps_its_latest_messages() {
    let mut chat = Chat::start(&["--keep-messages", "16", "--recent", "8"]);
    let mut alice = Json::named(chat.address(), "alice");
    let epoch = alice.welcome["rooms"][0]["epoch"].clone();
    for number in 1..=60 {
        alice.say("lobby", &format!("needle {number}"));
    }
    // A few more than asked for may stay, so that not every message gives up another one.
    let page = json!({"type": "page", "room": "lobby"});
    let is_short =
        |page: &Value| page["events"].as_array().is_some_and(|events| (16..=18).contains(&events.len()));
    let kept = ask_until(&mut alice, "the rest is given up", &page, is_short);
    assert_eq!(kept["more"], false, "there is nothing before");
    let first = kept["events"][0]["offset"].as_u64().expect("an offset");
    let found = alice.ask(json!({"type": "search", "query": "needle"}));
    assert_eq!(found["hits"].as_array().map(Vec::len), Some(61 - first as usize), "nor is it found");
    for _ in 0..2 {
        for (offset, recovered) in [(first - 2, false), (first - 1, true), (60, true)] {
            let has = json!({"lobby": {"epoch": epoch, "offset": offset}});
            let back = Json::hello(chat.address(), json!({"token": alice.token, "rooms": has}));
            assert_eq!(
                back.histories["lobby"][0]["recovered"], recovered,
                "from {offset}, the first is {first}"
            );
            assert_eq!(back.welcome["rooms"][0]["first"], first);
        }
        chat.crash();
    }
    assert_eq!(alice.again(chat.address()).say("lobby", "and on")["offset"], 61, "offsets go on");
}

#[test]
fn the_oldest_pictures_make_room_for_new_ones() {
    let mut chat = Chat::start(&["--max-picture", "64KiB", "--keep-pictures", "100KiB"]);
    let mut alice = Json::hello(chat.address(), json!({"echo": true}));
    let picture = png(64, 64, &[0; 40 << 10]);
    let urls: Vec<String> = (0..4)
        .map(|_| {
            alice.send_bytes(&picture);
            alice.expect("picture")["picture"]["url"].as_str().expect("an address").to_owned()
        })
        .collect();
    let statuses: Vec<u16> = urls.iter().map(|url| get(chat.address(), url).status).collect();
    assert_eq!(statuses, [404, 404, 200, 200]);
    chat.crash();
    let page = alice.again(chat.address()).ask(json!({"type": "page", "room": "lobby"}));
    let events = page["events"].as_array().expect("events");
    let told: Vec<_> = events.iter().map(|it| it["picture"]["url"].as_str()).collect();
    assert_eq!(
        told,
        [None, None, Some(&*urls[2]), Some(&*urls[3])],
        "the messages keep their places: {page}"
    );
    assert_eq!(events[0]["type"], "picture");
}

#[test]
fn more_people_than_allowed_are_asked_to_come_later() {
    let chat = Chat::start(&["--max-people", "2"]);
    let alice = Json::hello(chat.address(), json!({}));
    let guest = Text::connect(chat.address());
    let mut third = Json::connect(chat.address());
    third.send(&json!({"type": "hello"}));
    assert_eq!(third.closed().0, 1013);
    assert_eq!(alice.again(chat.address()).id, alice.id, "who is known comes in");
    drop(guest);
}

/// Names cost nothing: once, as many as are remembered kept everybody new out for a year.
#[test]
fn those_who_pass_by_give_way_to_newcomers_and_those_who_did_something_stay() {
    let mut chat = Chat::start(&["--max-people", "10", "--durability", "system"]);
    let mut host = Json::named(chat.address(), "host");
    let come = |chat: &Chat, name: &str| Json::hello(chat.address(), json!({"name": name}));
    let mut speaker = come(&chat, "speaker");
    speaker.say("lobby", "here I was");
    let mut member = come(&chat, "member");
    member.join("tea");
    let friend = come(&chat, "friend");
    host.ask(json!({"to": friend.id, "msg": "psst"}));
    let [mut speaker, mut member, mut friend] =
        [speaker, member, friend].map(|it| (it.name.clone(), it.token));
    let quiet = come(&chat, "quiet");
    for round in 0..2 {
        let passers: Vec<String> = (0..20)
            .map(|number| {
                let passer = come(&chat, &format!("passer-{round}-{number}"));
                let token = passer.token.clone();
                passer.leave();
                token
            })
            .collect();
        for (name, token) in [&mut speaker, &mut member, &mut friend] {
            let back = Json::hello(chat.address(), json!({"token": token}));
            assert_eq!(back.name, *name, "they did something");
            back.leave();
        }
        let mut gone = Json::connect(chat.address());
        assert_eq!(gone.refused(json!({"type": "hello", "token": passers[0]})), "unknown_token");
        gone.leave();
        let last = Json::hello(chat.address(), json!({"token": passers[19]}));
        assert_eq!(last.name, format!("passer-{round}-19"), "the oldest go first");
        last.leave();
        if round == 0 {
            assert_eq!(quiet.again(chat.address()).id, quiet.id, "whoever is here is not sent away");
            chat.crash();
        }
    }
    let people: i64 = rusqlite::Connection::open(chat.data())
        .and_then(|file| file.query_row("SELECT count(*) FROM people WHERE gone = 0", [], |row| row.get(0)))
        .expect("the file can be read");
    assert!(people <= 10, "{people} are remembered");
}

/// What a clock sees that is a year ahead: everything on the disk is a year older.
#[test]
fn a_clock_that_is_wrong_costs_nobody_anything() {
    let mut chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let guest = Json::hello(chat.address(), json!({}));
    alice.join("tea");
    for said in [json!({"id": "once", "room": "tea", "msg": "hello"}), json!({"to": guest.id, "msg": "psst"})]
    {
        assert_eq!(alice.ask(said)["type"], "ack");
    }
    for days in [2, 366] {
        chat.kill();
        let older = format!(
            "UPDATE events SET at = at - {days} * 86400000; UPDATE receipts SET at = at - {days} * 86400000;
             UPDATE people SET seen = seen - {days} * 86400000;"
        );
        Connection::open(chat.data()).and_then(|it| it.execute_batch(&older)).expect("the file is at hand");
        chat.start_again();
        chat.logged("what is wrong", |line| line.contains("ahead of the history"));
        // Somebody counts as away after a while: time has passed, and with it the chores.
        let mut watcher = Json::hello(chat.address(), json!({}));
        let passer_by = Json::hello(chat.address(), json!({}));
        let id = passer_by.id;
        drop(passer_by);
        watcher.wait_for("the end of a visit", |it| it["type"] == "offline" && it["user"]["id"] == id);
        assert_eq!(guest.again(chat.address()).id, guest.id, "a guest of {days} days ago is known");
        let mut alice = alice.again(chat.address());
        assert_eq!(alice.name, "alice", "{days} days");
        let private = format!("@{}:{}", alice.id, guest.id);
        for (room, said) in [("tea", "hello"), (&private, "psst")] {
            assert_eq!(alice.histories[room][0]["events"][0]["msg"], said, "{days} days");
        }
        let again = alice.ask(json!({"id": "once", "room": "tea", "msg": "hello"}));
        assert_eq!(again["repeated"], true, "{days} days: {again}");
    }
}

#[test]
fn limits_are_what_the_settings_say() {
    let chat = Chat::in_memory(&["--max-name", "5", "--max-message", "10", "--max-room-name", "5"]);
    let mut alice = Json::hello(chat.address(), json!({}));
    let limits = alice.welcome["limits"].clone();
    assert_eq!(
        (&limits["name"], &limits["message"], &limits["room_name"]),
        (&json!(5), &json!(10), &json!(5))
    );
    assert_eq!(alice.refused(json!({"type": "name", "name": "alicia"})), "bad_name");
    assert_eq!(alice.refused(json!({"msg": "eleven char"})), "too_long");
    assert_eq!(alice.refused(json!({"type": "join", "room": "coffee", "create": true})), "bad_room_name");
    alice.rename("alice");
    alice.say("lobby", "ten chars!");
    alice.join("茶茶茶茶茶");
}

#[test]
fn a_picture_is_told_under_the_public_address() {
    let chat = Chat::in_memory(&["--public-url", "https://chat.example.com/"]);
    let mut reader = Text::connect(chat.address());
    reader.send_bytes(&png(7, 5, b""));
    let line = reader.until("picture");
    assert!(line.contains(" https://chat.example.com/pictures/"), "{line}");
}
