//! Who may do what to whom: kicking, muting, slow and closed rooms, ops and roles, in JSON and typed (README, Governing).

use serde_json::{Value, json};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::governed::{act, lacks, owner, somebody};
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::text::Text;

/// An op of a room, somebody who is in it, and somebody who is not.
fn three_of_tea(chat: &Chat) -> [Json; 3] {
    let [mut alice, mut bob, carol] = ["alice", "bob", "carol"].map(|name| Json::named(chat.address(), name));
    alice.join("tea");
    bob.join("tea");
    alice.wait_for("bob", |it| it["type"] == "joined" && it["user"]["id"] == bob.id);
    [alice, bob, carol]
}

#[test]
fn whoever_makes_a_room_governs_it_and_knows_so() {
    let chat = Chat::in_memory(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let made = alice.join("tea");
    let may = made["may"].as_array().expect("what they may").clone();
    for act in ["delete", "kick", "mute", "ban", "purge", "op", "alter", "remove", "invite", "review"] {
        assert!(may.contains(&json!(act)), "{act}: {may:?}");
    }
    assert_eq!(made["op"], true);
    let mut bob = Json::named(chat.address(), "bob");
    let state = bob.join("tea");
    assert_eq!((state.get("may"), state.get("op")), (None, None), "{state}");
}

#[test]
fn what_a_member_may_not_is_refused_with_the_right_that_it_takes() {
    let chat = Chat::in_memory(&[]);
    let [mut alice, mut bob, carol] = three_of_tea(&chat);
    alice.say("tea", "hello");
    let of_the_room = [
        json!({"type": "kick", "user": "alice", "room": "tea"}),
        json!({"type": "ban", "user": "alice", "room": "tea", "seconds": 60}),
        json!({"type": "mute", "user": "alice", "room": "tea"}),
        json!({"type": "unmute", "user": "alice", "room": "tea"}),
        json!({"type": "purge", "user": "alice", "room": "tea", "since": "ever"}),
        json!({"type": "op", "user": "bob", "room": "tea", "op": true}),
        json!({"type": "alter", "room": "tea", "topic": "mine"}),
        json!({"type": "alter", "room": "tea", "name": "coffee"}),
        json!({"type": "alter", "room": "tea", "slow": 10}),
        json!({"type": "alter", "room": "tea", "closed": true}),
        json!({"type": "alter", "room": "tea", "private": true}),
        json!({"type": "remove", "room": "tea"}),
        json!({"type": "add", "room": "tea", "user": carol.id}),
        json!({"type": "invite", "room": "tea"}),
        json!({"type": "reports", "room": "tea"}),
        json!({"type": "restraints", "room": "tea"}),
        json!({"type": "invites", "room": "tea"}),
    ];
    for request in of_the_room {
        lacks(&mut bob, request, "op");
    }
    let of_the_chat = [
        json!({"type": "kick", "user": "alice"}),
        json!({"type": "ban", "user": "alice"}),
        json!({"type": "mute", "user": "alice"}),
        json!({"type": "purge", "user": "alice", "since": "day"}),
        json!({"type": "announce", "msg": "hear me"}),
        json!({"type": "door", "door": "shut"}),
        json!({"type": "invite"}),
        json!({"type": "restraints"}),
        json!({"type": "invites"}),
        json!({"type": "admin"}),
    ];
    for request in of_the_chat {
        lacks(&mut bob, request.clone(), "admin");
        lacks(&mut alice, request, "admin");
    }
    lacks(&mut alice, json!({"type": "role", "user": "bob", "role": "admin"}), "owner");
    // Nothing has happened.
    let acts =
        ["left", "muted", "unmuted", "deleted", "op", "altered", "removed", "announcement", "door", "you"];
    let heard = alice.heard();
    assert!(!heard.iter().any(|it| acts.contains(&it["type"].as_str().unwrap_or(""))), "{heard:?}");
    assert_eq!(bob.ask(json!({"type": "page", "room": "tea"}))["type"], "page");
}

#[test]
fn an_op_puts_somebody_out_of_a_room_and_both_voices_say_who_and_why() {
    let chat = Chat::in_memory(&[]);
    let [mut alice, mut bob, _] = three_of_tea(&chat);
    let mut other_window = bob.again(chat.address());
    let mut reader = Text::named(chat.address(), "rita");
    reader.say("/join tea");
    reader.until("tea");
    act(&mut alice, json!({"type": "kick", "user": bob.id, "room": "tea", "reason": "spam"}));
    for window in [&mut bob, &mut other_window] {
        let left = window.expect("left");
        assert_eq!((&left["room"], &left["user"]["id"]), (&json!("tea"), &json!(window.id)));
        assert_eq!((&left["by"]["id"], &left["reason"]), (&json!(alice.id), &json!("spam")), "{left}");
    }
    let line = reader.until("bob");
    assert!(line.contains("alice") && line.contains("spam"), "{line}");
    assert_eq!(bob.refused(json!({"type": "message", "room": "tea", "msg": "why?"})), "not_member");
    bob.join("tea"); // it is no ban
}

#[test]
fn an_op_is_put_out_by_nobody_who_is_not_more() {
    let chat = Chat::start(&[]);
    let [mut alice, mut bob, mut carol] = three_of_tea(&chat);
    carol.join("tea");
    act(&mut alice, json!({"type": "op", "user": "bob", "room": "tea", "op": true}));
    let told = carol.expect("op");
    assert_eq!(
        (&told["user"]["id"], &told["op"], &told["by"]["id"]),
        (&json!(bob.id), &json!(true), &json!(alice.id))
    );
    lacks(&mut bob, json!({"type": "kick", "user": "alice", "room": "tea"}), "more");
    lacks(&mut bob, json!({"type": "op", "user": "alice", "room": "tea", "op": false}), "more");
    act(&mut bob, json!({"type": "kick", "user": "carol", "room": "tea"}));
    let mut admin = somebody(&chat, "olive", "admin");
    act(&mut admin, json!({"type": "op", "user": "bob", "room": "tea", "op": false}));
    lacks(&mut bob, json!({"type": "alter", "room": "tea", "topic": "mine"}), "op");
}

#[test]
fn a_kick_out_of_the_chat_closes_all_windows_and_the_person_may_come_back() {
    let chat = Chat::start(&[]);
    let mut admin = owner(&chat, "olive");
    let mut bob = Json::named(chat.address(), "bob");
    let (mut window, mut reader) = (bob.again(chat.address()), Text::named(chat.address(), "rita"));
    act(&mut admin, json!({"type": "kick", "user": "bob", "reason": "a break"}));
    for window in [&mut bob, &mut window] {
        let (code, reason) = window.closed();
        assert_eq!(code, 4500);
        assert!(reason.contains("olive") && reason.contains("a break"), "{reason}");
    }
    assert_eq!(bob.again(chat.address()).name, "bob");
    act(&mut admin, json!({"type": "kick", "user": "rita"}));
    assert_eq!(reader.closed().0, 4500);
}

#[test]
fn whoever_is_muted_hears_so_says_nothing_and_is_not_said_to_type() {
    let chat = Chat::in_memory(&[]);
    let [mut alice, mut bob, _] = three_of_tea(&chat);
    act(
        &mut alice,
        json!({"type": "mute", "user": "bob", "room": "tea", "seconds": 600, "reason": "calm down"}),
    );
    let told = bob.expect("muted");
    assert_eq!(
        (&told["room"], &told["by"]["id"], &told["reason"]),
        (&json!("tea"), &json!(alice.id), &json!("calm down"))
    );
    assert!(told["until"].as_i64().is_some(), "{told}");
    // So much sees who may mute, and nobody else.
    let marks = |who: &mut Json| {
        let users = who.ask(json!({"type": "who", "room": "tea", "query": "bob"}))["users"].clone();
        (users[0]["muted"].clone(), users[0]["muted_until"].clone())
    };
    assert_eq!(marks(&mut alice), (json!(true), told["until"].clone()));
    assert_eq!(marks(&mut bob), (Value::Null, Value::Null));
    let error = bob.ask(json!({"type": "message", "room": "tea", "msg": "but"}));
    assert_eq!(error["code"], "muted");
    let wait = error["retry_after"].as_u64().expect("when");
    assert!((1..=600_000).contains(&wait), "{wait}");
    bob.say("lobby", "elsewhere I may");
    act(&mut bob, json!({"type": "typing", "room": "tea"}));
    assert_eq!(alice.heard_of("typing"), [Value::Null; 0]);
    act(&mut alice, json!({"type": "unmute", "user": "bob", "room": "tea"}));
    assert_eq!(bob.expect("unmuted")["room"], "tea");
    bob.say("tea", "thank you");
    act(&mut bob, json!({"type": "typing", "room": "tea"}));
    assert_eq!(alice.heard_of("typing").len(), 1);
    assert_eq!(alice.refused(json!({"type": "unmute", "user": "bob", "room": "tea"})), "no_such_event");
}

#[test]
fn a_mute_that_is_over_is_over_by_itself() {
    let chat = Chat::in_memory(&[]);
    let [mut alice, mut bob, _] = three_of_tea(&chat);
    act(&mut alice, json!({"type": "mute", "user": "bob", "room": "tea", "seconds": 1}));
    let mut answers = 0;
    loop {
        let answer = bob.ask(json!({"type": "message", "room": "tea", "msg": "now?"}));
        if answer["type"] == "ack" {
            break;
        }
        assert_eq!(answer["code"], "muted");
        answers += 1;
        assert!(answers < 1_000_000, "it is never over");
    }
}

#[test]
fn a_slow_room_is_slow_for_members_and_not_for_ops() {
    let chat = Chat::in_memory(&[]);
    let [mut alice, mut bob, _] = three_of_tea(&chat);
    act(&mut alice, json!({"type": "alter", "room": "tea", "slow": 300}));
    assert_eq!(bob.expect("altered")["slow"], 300);
    bob.say("tea", "one");
    let error = bob.ask(json!({"type": "message", "room": "tea", "msg": "two"}));
    assert_eq!(error["code"], "slow");
    assert!((1..=300_000).contains(&error["retry_after"].as_u64().expect("when")));
    alice.say("tea", "one");
    alice.say("tea", "two");
    act(&mut alice, json!({"type": "alter", "room": "tea", "slow": 0}));
    bob.say("tea", "two");
}

#[test]
fn a_closed_room_is_for_reading_but_for_its_ops() {
    let chat = Chat::in_memory(&[]);
    let [mut alice, mut bob, _] = three_of_tea(&chat);
    act(&mut alice, json!({"type": "alter", "room": "tea", "closed": true, "topic": "the old days"}));
    let told = bob.wait_for("that it is closed", |it| it["type"] == "altered" && it["closed"] == true);
    assert_eq!(told["by"]["id"], alice.id);
    lacks(&mut bob, json!({"type": "message", "room": "tea", "msg": "hm"}), "reading");
    alice.say("tea", "the last word");
    assert_eq!(bob.ask(json!({"type": "page", "room": "tea"}))["type"], "page");
    let rooms = bob.ask(json!({"type": "rooms"}));
    let tea =
        rooms["rooms"].as_array().expect("rooms").iter().find(|room| room["room"] == "tea").expect("tea");
    assert_eq!((&tea["closed"], &tea["topic"]), (&json!(true), &json!("the old days")));
}

#[test]
fn an_op_takes_back_what_others_said_and_it_is_gone() {
    let chat = Chat::start(&[]);
    let [mut alice, mut bob, mut carol] = three_of_tea(&chat);
    carol.join("tea");
    let offset = bob.say("tea", "buy hovercrafts")["offset"].clone();
    assert_eq!(carol.refused(json!({"type": "delete", "room": "tea", "offset": offset})), "not_yours");
    act(&mut alice, json!({"type": "delete", "room": "tea", "offset": offset}));
    let told = carol.expect("deleted");
    assert_eq!((&told["target"], &told["from_id"]), (&offset, &json!(alice.id)), "{told}");
    let page = carol.ask(json!({"type": "page", "room": "tea"}));
    assert!(!page.to_string().contains("hovercrafts"), "{page}");
    let found = carol.ask(json!({"type": "search", "query": "hovercrafts"}));
    assert_eq!(found["hits"], json!([]), "{found}");
    // What an op said, a member does not take back; nor what somebody said who is more.
    let offset = alice.say("tea", "order")["offset"].clone();
    assert_eq!(bob.refused(json!({"type": "delete", "room": "tea", "offset": offset})), "not_yours");
}

#[test]
fn all_that_somebody_said_is_erased_bit_by_bit() {
    let chat = Chat::start(&[]);
    let [mut alice, mut bob, mut carol] = three_of_tea(&chat);
    carol.join("tea");
    (0..20).for_each(|number| drop(bob.say("tea", &format!("hovercraft {number}"))));
    carol.say("tea", "a hovercraft of my own");
    carol.heard();
    act(&mut alice, json!({"type": "purge", "user": "bob", "room": "tea", "since": "hour"}));
    let mut erased = 0;
    while erased < 20 {
        let told = carol.wait_for("the erasing", |it| it["type"] == "deleted" && it["of_id"] == bob.id);
        assert_eq!(told["by"]["id"], alice.id, "{told}");
        erased += told["targets"].as_array().expect("targets").len();
    }
    let found = carol.ask(json!({"type": "search", "query": "hovercraft"}));
    assert_eq!(found["hits"].as_array().map(Vec::len), Some(1), "{found}");
}

#[test]
fn roles_are_given_by_owners_and_the_last_one_remains() {
    let chat = Chat::start(&[]);
    let mut olive = owner(&chat, "olive");
    let mut bob = Json::named(chat.address(), "bob");
    act(&mut olive, json!({"type": "role", "user": "bob", "role": "admin"}));
    let you = bob.expect("you");
    assert_eq!(you["role"], "admin");
    assert!(you["may"].as_array().expect("may").contains(&json!("ban")), "{you}");
    lacks(&mut bob, json!({"type": "role", "user": "bob", "role": "owner"}), "owner");
    lacks(&mut bob, json!({"type": "kick", "user": "olive"}), "more");
    lacks(&mut olive, json!({"type": "role", "user": "olive", "role": "member"}), "last owner");
    act(&mut olive, json!({"type": "role", "user": "bob", "role": "member"}));
    lacks(&mut bob, json!({"type": "announce", "msg": "no more"}), "admin");
    assert_eq!(olive.again(chat.address()).welcome["user"]["role"], "owner");
}

#[test]
fn an_announcement_is_heard_by_all_and_by_those_who_come() {
    let chat = Chat::start(&[]);
    let mut olive = owner(&chat, "olive");
    let mut bob = Json::named(chat.address(), "bob");
    let mut rita = Text::named(chat.address(), "rita");
    act(&mut olive, json!({"type": "announce", "msg": "we move on Friday"}));
    assert_eq!(bob.expect("announcement")["msg"], "we move on Friday");
    rita.until("we move on Friday");
    let late = Json::hello(chat.address(), json!({}));
    assert_eq!(late.welcome["announcement"]["msg"], "we move on Friday");
    act(&mut olive, json!({"type": "announce", "msg": ""}));
    assert_eq!(Json::hello(chat.address(), json!({})).welcome.get("announcement"), None);
}

/// The same acts, typed. What a line answers, others hear.
#[test]
fn everything_can_be_typed() {
    let chat = Chat::start(&[]);
    let mut op = Text::named(chat.address(), "olga");
    op.say("/join tea");
    op.until("tea");
    let mut bob = Json::named(chat.address(), "bob");
    bob.join("tea");
    op.until("bob");
    op.say("/topic green only");
    assert_eq!(bob.wait_for("a topic", |it| it["type"] == "altered")["topic"], "green only");
    op.say("/topic");
    op.until("* topic: green only");
    op.say("/topic -");
    bob.wait_for("no topic", |it| it["type"] == "altered" && it.get("topic").is_none_or(|it| it == ""));
    op.say("/topic");
    op.until("this room has no topic");
    op.say("/slow 60");
    assert_eq!(bob.wait_for("a pace", |it| it["type"] == "altered")["slow"], 60);
    op.say("/slow off");
    bob.wait_for("no pace", |it| it["type"] == "altered" && it.get("slow").is_none_or(|slow| slow == 0));
    op.say("/mute bob 10m calm down");
    assert_eq!(bob.expect("muted")["reason"], "calm down");
    op.say("/unmute bob");
    bob.expect("unmuted");
    op.say("/close");
    bob.wait_for("closed", |it| it["type"] == "altered" && it["closed"] == true);
    op.say("/open");
    bob.wait_for("open", |it| it["type"] == "altered" && it["closed"] != true);
    op.say("/rename green tea");
    let told = bob.wait_for("a name", |it| it["type"] == "altered" && it["old"] == "tea");
    assert_eq!(told["room"], "green tea");
    op.say("/op bob");
    bob.wait_for("op", |it| it["type"] == "op" && it["op"] == true);
    op.say("/kick bob enough");
    let line = op.until("op"); // an op is put out by nobody who is not more
    assert!(!line.is_empty());
    let mut olive = owner(&chat, "olive");
    act(&mut olive, json!({"type": "op", "user": "bob", "room": "green tea", "op": false}));
    op.say("/kick bob enough");
    assert_eq!(bob.expect("left")["reason"], "enough");
    op.say("/ban bob 1h and stay out");
    op.heard();
    assert_eq!(bob.refused(json!({"type": "join", "room": "green tea"})), "banned");
    op.say("/unban bob");
    op.heard();
    bob.join("green tea");
    op.say("/remove");
    bob.expect("removed");
    // And what a member types is refused in words.
    op.say("/announce hear me");
    op.until("admin");
    op.say("/door shut");
    op.until("admin");
    op.say("/role bob admin");
    op.until("owner");
}
