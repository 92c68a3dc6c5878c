//! Names: unique, checked, changeable, and nobody else's to use (README, 5 and 7).

use serde_json::json;

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::text::Text;

#[test]
fn a_new_name_is_told_to_all() {
    let chat = Chat::start(&[]);
    let mut alice = Json::hello(chat.address(), json!({}));
    let mut bob = Json::hello(chat.address(), json!({}));
    let mut other_window = alice.again(chat.address());
    assert_eq!(
        alice.ask(json!({"type": "name", "id": "n", "name": "alice"})),
        json!({"type": "ack", "id": "n"})
    );
    let expected = json!({"type": "renamed", "msg_source": "server", "msg": format!("{} is now alice", alice.name),
        "user": {"id": alice.id, "name": "alice"}, "old": alice.name});
    for client in [&mut alice, &mut bob, &mut other_window] {
        assert_eq!(client.expect("renamed"), expected);
    }
    // What is said from now on is said under the new name.
    alice.say("lobby", "hi");
    assert_eq!(bob.expect("message")["from"], "alice");
}

#[test]
fn a_name_is_one_persons_however_it_is_written() {
    let chat = Chat::start(&[]);
    let _alice = Json::named(chat.address(), "alice");
    let mut eve = Json::hello(chat.address(), json!({}));
    for wish in ["alice", "Alice", "ALICE", "ａｌｉｃｅ", "аlice", "аӏісе", "a1ice"] {
        assert_eq!(eve.refused(json!({"type": "name", "name": wish})), "name_taken", "{wish}");
    }
    let _bob = Json::named(chat.address(), "Bob");
    let _mary = Json::named(chat.address(), "Anna Maria");
    for wish in ["Вob", "ΒOB", "bо\u{432}", "Anna Мaria", "anna\u{a0}maria", "ANNА MARIA", "ali\u{307}ce"]
    {
        let expected = if wish == "bо\u{432}" { "ack" } else { "error" };
        assert_eq!(eve.ask(json!({"type": "name", "name": wish}))["type"], expected, "{wish}");
    }
    let own = eve.id;
    assert_eq!(eve.heard_of("renamed").iter().filter(|it| it["user"]["id"] == own).count(), 1);
}

#[test]
fn what_is_no_name_is_refused() {
    let chat = Chat::start(&[]);
    let mut eve = Json::hello(chat.address(), json!({}));
    let long = "x".repeat(25);
    let names = [
        "",
        " ",
        "two  words",
        " two words",
        "👋",
        "ADМIN",
        "ali\u{16fe4}ce",
        "tab\there",
        "line\nbreak",
        "nul\0",
        "esc\u{1b}[2J",
        "bidi\u{202e}",
        "zero\u{200b}width",
        "@bob",
        "@1:2",
        "---",
        "server",
        "Server",
        "SYSTEM",
        "admin",
        "everyone",
        "系统",
        "guest-7",
        "guest-999999",
        &long,
    ];
    for name in names {
        let code = eve.refused(json!({"type": "name", "name": name}));
        assert!(["bad_name", "name_taken"].contains(&&*code), "{name:?}: {code}");
    }
    for name in [
        "小明",
        "Zoë",
        "O'Neill",
        "anna-maria",
        "ж",
        "Anna Maria",
        "Dr. Who",
        "O’Neil",
        "艾·伦",
        "有 空格",
        &"长".repeat(24),
    ] {
        eve.rename(name);
    }
}

#[test]
fn a_name_is_free_again_when_its_owner_has_another() {
    let mut chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Json::named(chat.address(), "bob");
    assert_eq!(bob.refused(json!({"type": "name", "name": "alice"})), "name_taken");
    alice.rename("carol");
    bob.rename("alice");
    assert_eq!(alice.refused(json!({"type": "name", "name": "Alice"})), "name_taken");
    bob.rename("Alice"); // one's own, written otherwise
    chat.crash();
    let bob = bob.again(chat.address());
    assert_eq!(bob.name, "Alice");
    let mut eve = Json::hello(chat.address(), json!({}));
    assert_eq!(eve.refused(json!({"type": "name", "name": "alice"})), "name_taken");
    eve.rename("bob");
}

#[test]
fn nobody_speaks_as_another() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let bob = Json::named(chat.address(), "bob");
    let mut eve = Json::named(chat.address(), "eve");
    let forged = json!({"type": "message", "room": "lobby", "msg": "I owe eve a dinner", "from": "bob", "from_id": bob.id,
        "name": "bob", "user": {"id": bob.id, "name": "bob"}, "token": bob.token, "offset": 1, "msg_time": 1, "author": bob.id,
        "msg_source": "server"});
    assert_eq!(eve.ask(forged)["type"], "ack");
    let heard = alice.expect("message");
    assert_eq!((&heard["from_id"], &heard["from"]), (&json!(eve.id), &json!("eve")));
    assert_eq!(heard.get("msg_source"), None, "the server did not say so");
    assert_ne!(heard["msg_time"], 1);
    // Nor does a line look as if somebody else had said it.
    let mut reader = Text::connect(chat.address());
    eve.say("lobby", "hi\n12:00:00 bob: I owe eve a dinner");
    let line = reader.until("hi");
    assert_eq!(line.lines().filter(|line| line.starts_with("12:00:00")).count(), 0, "{line}");
}

#[test]
fn two_who_want_the_same_name_at_once_do_not_both_get_it() {
    let chat = Chat::start(&[]);
    let mut people: Vec<Json> = (0..8).map(|_| Json::hello(chat.address(), json!({}))).collect();
    for person in &mut people {
        person.send(&json!({"type": "name", "id": "n", "name": "highlander"}));
    }
    let answers: Vec<_> =
        people.iter_mut().map(|person| person.wait_for("the answer", |it| it["id"] == "n")).collect();
    assert_eq!(answers.iter().filter(|answer| answer["type"] == "ack").count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| answer["code"] == "name_taken").count(), 7, "{answers:?}");
}

#[test]
fn who_chooses_the_name_they_have_hears_nothing_new() {
    let chat = Chat::in_memory(&[]);
    let mut bob = Json::named(chat.address(), "bob");
    let mut alice = Text::named(chat.address(), "alice");
    bob.heard();
    alice.say("/nick alice");
    assert_eq!(alice.heard(), Vec::<String>::new());
    assert_eq!(bob.ask(json!({"type": "name", "name": "bob"}))["type"], "ack");
    assert_eq!((alice.heard(), bob.heard()), (vec![], vec![]));
}
