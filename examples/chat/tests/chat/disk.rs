//! When the disk does not do what it should: nothing is acknowledged falsely, everybody goes on reading, and it works
//! again when the trouble is over (README, 10).

use std::process::Command;

use rusqlite::Connection;
use serde_json::{Value, json};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::program;
use pollcat_chat_testing::text::Text;

/// Asks until it is done, however often it takes.
#[track_caller]
fn insist(client: &mut Json, object: &Value) -> Value {
    let deadline = std::time::Instant::now() + pollcat_testing::client::PATIENCE;
    loop {
        let answer = client.ask(object.clone());
        if answer["type"] == "ack" {
            return answer;
        }
        assert_eq!(answer["code"], "storage", "{answer}");
        assert!(std::time::Instant::now() < deadline, "it does not recover: {answer}");
    }
}

/// The whole lobby, oldest first: offset and text.
fn lobby(client: &mut Json) -> Vec<(u64, String)> {
    let mut events = Vec::new();
    let mut before = Value::Null;
    loop {
        let page = client.ask(json!({"type": "page", "room": "lobby", "before": before}));
        let piece = page["events"].as_array().unwrap_or_else(|| panic!("{page}"));
        before = piece.first().map_or(Value::Null, |event| event["offset"].clone());
        let outline =
            |it: &Value| (it["offset"].as_u64().unwrap_or(0), it["msg"].as_str().unwrap_or("").to_owned());
        events.splice(0..0, piece.iter().map(outline));
        if page["more"] != true {
            return events;
        }
    }
}

#[test]
fn a_locked_file_is_told_of_and_got_over() {
    let mut chat = Chat::start(&["--recent", "5"]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Json::named(chat.address(), "bob");
    let carol = Json::named(chat.address(), "carol");
    for number in 1..=20 {
        alice.say("lobby", &format!("before {number}"));
    }
    bob.heard();
    let other = Connection::open(chat.data()).expect("any SQLite program may look at it");
    other.execute_batch("BEGIN IMMEDIATE").expect("the lock can be had");
    // What is said, and names and rooms as well: all of it is stored, or not.
    let mut carol = carol.again(chat.address());
    alice.send(&json!({"id": "locked", "msg": "during"}));
    alice.send(&json!({"id": "delete", "type": "delete", "room": "lobby", "offset": 1}));
    bob.send(&json!({"id": "name", "type": "name", "name": "robert"}));
    carol.send(&json!({"id": "join", "type": "join", "room": "tea", "create": true}));
    for (client, id) in [(&mut alice, "locked"), (&mut bob, "name"), (&mut carol, "join")] {
        let error = client.wait_for("the answer", |it| it["id"] == id);
        assert_eq!((&error["type"], &error["code"]), (&json!("error"), &json!("storage")), "{error}");
        assert!(
            error["msg"].as_str().is_some_and(|words| !words.contains("lock")),
            "what is wrong is for those who run it: {error}"
        );
    }
    chat.logged("what is wrong", |line| line.contains("ERROR") && line.contains("lock"));
    assert_eq!(alice.wait_for("the answer", |it| it["id"] == "delete")["code"], "storage");
    // Reading goes on, from memory and from the disk, for those who are here and those who come.
    assert_eq!(lobby(&mut bob).len(), 20);
    assert_eq!(
        bob.ask(json!({"type": "search", "query": "before 1"}))["hits"].as_array().map(Vec::len),
        Some(11)
    );
    let back = alice.again(chat.address());
    assert_eq!((back.name.as_str(), &back.welcome["new"]), ("alice", &json!(false)));
    assert_eq!(bob.heard_of("message"), Vec::<Value>::new(), "nobody heard what was not stored");
    assert_eq!(bob.heard_of("renamed"), Vec::<Value>::new());

    other.execute_batch("ROLLBACK").expect("the lock can be given back");
    let ack = insist(&mut alice, &json!({"id": "locked", "msg": "during"}));
    assert_eq!(
        (&ack["offset"], ack.get("repeated")),
        (&json!(21), None),
        "the same id, said for the first time"
    );
    assert_eq!(bob.expect("message")["msg"], "during");
    alice.rename("alicia");
    alice.join("tea");
    chat.crash();
    let mut alice = alice.again(chat.address());
    let expected: Vec<_> =
        (1..=20).map(|n| (n, format!("before {n}"))).chain([(21, "during".to_owned())]).collect();
    assert_eq!(lobby(&mut alice), expected);
    assert_eq!(alice.name, "alicia");
}

#[test]
fn a_newcomer_to_a_locked_file_is_a_guest_without_a_token() {
    let chat = Chat::start(&[]);
    Json::named(chat.address(), "alice").say("lobby", "hello");
    let other = Connection::open(chat.data()).expect("any SQLite program may look at it");
    other.execute_batch("BEGIN IMMEDIATE").expect("the lock can be had");
    let mut guest = Json::hello(chat.address(), json!({}));
    assert_eq!(
        (&guest.welcome["new"], guest.welcome.get("token")),
        (&json!(true), None),
        "{}",
        guest.welcome
    );
    assert!(guest.welcome["msg"].as_str().is_some_and(|words| words.contains("disk")), "{}", guest.welcome);
    assert_eq!(guest.histories["lobby"][0]["events"][0]["msg"], "hello");
    other.execute_batch("ROLLBACK").expect("the lock can be given back");
    assert_eq!(insist(&mut guest, &json!({"id": "g", "msg": "hello at last"}))["offset"], 2);
    // They are known as soon as they want something for which they must be.
    insist(&mut guest, &json!({"id": "n", "type": "name", "name": "gustav"}));
    guest.join("tea");
    let known = Json::hello(chat.address(), json!({}));
    assert!(known.welcome["token"].is_string(), "the next one has one again");
}

/// The file was locked when alice went, and still has her name when another alice comes: what cannot be stored is not tried
/// for ever.
#[test]
fn a_newcomer_whom_the_disk_refuses_does_not_keep_it_busy() {
    let mut chat = Chat::start(&[]);
    let mut bob = Json::named(chat.address(), "bob");
    let guest = Text::named(chat.address(), "alice");
    let other = Connection::open(chat.data()).expect("any SQLite program may look at it");
    other.execute_batch("BEGIN IMMEDIATE").expect("the lock can be had");
    drop(guest);
    chat.logged("she is not forgotten", |line| line.contains("not stored"));
    other.execute_batch("ROLLBACK").expect("the lock can be given back");
    let alice = Json::hello(chat.address(), json!({"name": "alice"}));
    assert_eq!(alice.welcome.get("token"), None, "{}", alice.welcome);
    (0..20).for_each(|number| drop(bob.say("lobby", &format!("behind whatever waits, {number}"))));
    let (_, log) = chat.terminate();
    let refused = log.iter().filter(|line| line.contains("does not know you")).count();
    assert_eq!(refused, 0, "nobody has asked for anything: {log:#?}");
}

/// What a guest has asked for is behind their arrival, and is carried out when they have left long ago: nobody hears that
/// somebody has joined who is never said to leave.
#[test]
fn a_guest_who_leaves_before_the_disk_knows_them_is_not_there_again() {
    let mut chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    alice.join("tea");
    let other = Connection::open(chat.data()).expect("any SQLite program may look at it");
    other.execute_batch("BEGIN IMMEDIATE").expect("the lock can be had");
    let mut guest = Text::connect(chat.address());
    guest.say("/join tea");
    drop(guest);
    chat.logged("the guest has left", |line| line.contains(" left: ") && line.contains("guest-2"));
    other.execute_batch("ROLLBACK").expect("the lock can be given back");
    alice.say("tea", "behind all of that");
    let joined: Vec<Value> =
        alice.heard_of("joined").into_iter().filter(|told| told["room"] == "tea").collect();
    assert_eq!(joined, Vec::<Value>::new());
    let members = |room: &str| json!({"type": "who", "room": room});
    assert_eq!(
        (&alice.ask(members("tea"))["members"], &alice.ask(members("lobby"))["members"]),
        (&json!(1), &json!(1))
    );
}

#[test]
fn a_full_disk_is_told_of_and_loses_nothing() {
    let mut chat = Chat::prepared(&[]);
    // No file may become larger than this, as on a disk that is full.
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; ulimit -f 5000; exec \"$@\"", "sh"]).arg(program::path());
    shell.args(chat.flags()).current_dir(chat.folder());
    chat.run(shell);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Json::named(chat.address(), "bob");
    let mut acked: Vec<(u64, String)> = Vec::new();
    let mut refusals = 0;
    for number in 0..1500 {
        let text = format!("{number} {}", "many words ".repeat(300));
        let answer = alice.ask(json!({"msg": text}));
        match answer["type"].as_str() {
            Some("ack") => acked.push((answer["offset"].as_u64().expect("an offset"), text)),
            _ => {
                assert_eq!(answer["code"], "storage", "{answer}");
                refusals += 1;
            }
        }
        if refusals == 20 {
            break;
        }
    }
    chat.logged("where to look", |line| line.contains("ERROR") && line.contains("disk"));
    assert!(refusals == 20 && acked.len() > 20, "{} were stored, {refusals} were not", acked.len());
    let heard = bob.heard_of("message");
    assert_eq!(heard.len(), acked.len(), "what was not stored, nobody heard");
    let expected: Vec<(u64, String)> = acked.clone();
    assert_eq!(lobby(&mut bob), expected, "reading goes on");
    drop(bob);
    chat.kill();
    // There is room again.
    chat.start_again();
    let mut alice = alice.again(chat.address());
    assert_eq!(
        lobby(&mut alice),
        expected,
        "nothing that was acknowledged is missing, and nothing else is there"
    );
    assert_eq!(alice.say("lobby", "there is room again")["offset"], acked.len() as u64 + 1);
}

/// What is said into a file that nobody will find again was not stored, and nobody is told that it was.
#[test]
fn a_file_that_is_removed_under_the_running_chat_is_noticed() {
    for end in ["", "-wal"] {
        let mut chat = Chat::start(&[]);
        let mut alice = Json::named(chat.address(), "alice");
        let mut bob = Json::named(chat.address(), "bob");
        alice.say("lobby", "before");
        let name = format!("chat.db{end}");
        std::fs::rename(chat.folder().join(&name), chat.folder().join("gone")).expect("the file is there");
        for text in ["after", "and again"] {
            let answer = alice.ask(json!({"msg": text}));
            assert_eq!(answer["code"], "storage", "{name}: {answer}");
        }
        assert_eq!(bob.refused(json!({"type": "name", "name": "robert"})), "storage", "{name}");
        assert_eq!(bob.heard_of("message").len(), 1, "nobody heard what was not stored");
        chat.logged("what happened", |line| line.contains("ERROR") && line.contains("removed or replaced"));
        assert_eq!(lobby(&mut alice).len(), 1, "{name}: reading goes on");
    }
}

/// A crash of the machine may have taken what was said last: nobody shall hold on to it.
#[test]
fn without_a_clean_end_clients_start_afresh_unless_all_was_synced() {
    for (durability, recovered) in [("disk", true), ("system", false)] {
        let mut chat = Chat::start(&["--durability", durability]);
        let mut alice = Json::named(chat.address(), "alice");
        alice.say("lobby", "hello");
        let (epoch, token) = (alice.welcome["rooms"][0]["epoch"].clone(), alice.token.clone());
        drop(alice);
        for (end, recovered) in [("clean", true), ("crash", recovered)] {
            if end == "clean" {
                chat.restart()
            } else {
                chat.crash()
            }
            let has = json!({"lobby": {"epoch": epoch, "offset": 1}});
            let back = Json::hello(chat.address(), json!({"token": token, "rooms": has}));
            assert_eq!(back.histories["lobby"][0]["recovered"], recovered, "{durability}, {end}");
        }
    }
}
