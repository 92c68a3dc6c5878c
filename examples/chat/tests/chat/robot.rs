//! The robot (README, The robot): it answers people, where they may speak, and nobody else.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use pollcat_chat_testing::governed::{act, operator, owner};
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::{Chat, http, program};

fn chat() -> Chat {
    Chat::in_memory(&["--robot", "小爱"])
}

/// What the robot says next in this client's hearing.
#[track_caller]
fn answer(client: &mut Json) -> Value {
    client.wait_for("the robot's words", |it| it["type"] == "message" && it["from"] == "小爱")
}

/// Says it, and hears what the robot says.
#[track_caller]
fn asked(client: &mut Json, room: &str, question: &str) -> String {
    client.heard();
    client.say(room, question);
    let answer = answer(client);
    assert_eq!(answer["room"], room, "{answer}");
    answer["msg"].as_str().expect("words").to_owned()
}

/// Everything that the robot has said until now.
fn said(client: &mut Json) -> Vec<Value> {
    let mut heard = client.heard_of("message");
    heard.retain(|it| it["from"] == "小爱");
    heard
}

#[test]
fn it_answers_in_both_languages_wherever_it_is_named() {
    let chat = chat();
    let mut alice = Json::named(chat.address(), "alice");
    assert!(asked(&mut alice, "lobby", "@小爱 时间").starts_with("现在是 "));
    assert!(asked(&mut alice, "lobby", "@小爱 time").starts_with("It is "));
    assert!(asked(&mut alice, "lobby", "现在几点了？ @小爱").starts_with("现在是 "));
    assert!(asked(&mut alice, "lobby", "请问@小爱 骰子 2d6").starts_with("🎲 2d6: "));
    assert_eq!(asked(&mut alice, "lobby", "@小爱 choose tea | tea"), "tea");
    assert!(asked(&mut alice, "lobby", "@小爱").contains("提醒 10分钟 喝茶"));
    alice.say("lobby", "小爱 is here, I hear");
    assert_eq!(said(&mut alice), Vec::<Value>::new());
    let told = alice.say("lobby", "@小爱 d20");
    let answer = answer(&mut alice);
    let next = told["offset"].as_u64().map(|offset| offset + 1);
    assert_eq!(answer["offset"].as_u64(), next, "at once");
}

#[test]
fn it_answers_in_rooms_that_it_is_not_in_and_in_private() {
    let chat = chat();
    let mut alice = Json::named(chat.address(), "alice");
    alice.join("tea");
    assert!(asked(&mut alice, "tea", "@小爱 time").starts_with("It is "));
    let made = alice.ask(json!({"type": "join", "room": "nobody knows", "create": true, "private": true}));
    let private = made["room"].as_str().expect("a room").to_owned();
    assert!(asked(&mut alice, &private, "@小爱 time").starts_with("It is "));
    // In private it needs no name, and hears one.
    for question in ["time", "@小爱 time"] {
        let ack = alice.ask(json!({"to": "小爱", "msg": question}));
        assert_eq!(ack["type"], "ack", "{ack}");
        let answer = answer(&mut alice);
        assert_eq!(answer["room"], ack["room"]);
        assert!(answer["msg"].as_str().is_some_and(|words| words.starts_with("It is ")), "{answer}");
    }
    // Others of the private talk of two people hear nothing of it.
    let mut bob = Json::named(chat.address(), "bob");
    bob.ask(json!({"to": alice.id, "msg": "@小爱 time"}));
    alice.wait_for("bob's words", |it| it["msg"] == "@小爱 time" && it["from"] == "bob");
    assert_eq!(said(&mut bob), Vec::<Value>::new());
}

/// Whatever it is made to say, it does not answer itself.
#[test]
fn it_does_not_talk_to_itself() {
    let chat = chat();
    let mut alice = Json::named(chat.address(), "alice");
    assert_eq!(asked(&mut alice, "lobby", "@小爱 choose @小爱 time | @小爱 time"), "@小爱 time");
    alice.say("lobby", "and now?");
    assert_eq!(said(&mut alice), Vec::<Value>::new());
}

/// Another chat's robot would be a bot here: the two do not talk for ever.
#[test]
fn bots_are_not_answered() {
    let chat = Chat::start(&["--robot", "小爱"]);
    let mut alice = owner(&chat, "alice");
    alice.join("tea");
    let key = |client: &mut Json, name: &str, kind: &str| {
        let made = client.ask(json!({"type": "give_key", "name": name, "room": "tea", "kind": kind}));
        made["key"]["key"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned()
    };
    let token = key(&mut alice, "builds", "token");
    let mut bot = Json::hello(chat.address(), json!({"token": token}));
    bot.say("tea", "@小爱 time");
    let hook = key(&mut alice, "alerts", "hook");
    let said_by_hook =
        http::send(chat.address(), ("POST", &format!("/hooks/{hook}")), "", "@小爱 time".as_bytes());
    assert_eq!(said_by_hook.text(), "ok");
    alice.say("tea", "well?");
    assert_eq!(said(&mut alice), Vec::<Value>::new());
    assert!(asked(&mut alice, "tea", "@小爱 time").starts_with("It is "));
}

#[test]
fn what_it_does_not_know_it_says_once_a_minute() {
    let chat = chat();
    let [mut alice, mut bob] = ["alice", "bob"].map(|name| Json::named(chat.address(), name));
    assert!(asked(&mut alice, "lobby", "@小爱 how are you").starts_with("I know: help"));
    alice.say("lobby", "@小爱 so?");
    alice.say("lobby", "@小爱 你好");
    assert_eq!(said(&mut alice), Vec::<Value>::new());
    assert!(asked(&mut bob, "lobby", "@小爱 你好").starts_with("我会："));
}

#[test]
fn whoever_asks_too_much_is_not_answered_and_others_are() {
    let chat = chat();
    let mut alice = Json::named(chat.address(), "alice");
    let begin = Instant::now();
    // A person is given one more each 6 s, and a room each 2 s: on a slow machine some are earned meanwhile.
    let allowed = |at_once: usize, every: u64| {
        let earned = begin.elapsed().as_secs() / every + 1;
        at_once..=at_once + earned as usize
    };
    for _ in 0..50 {
        alice.say("lobby", "@小爱 d20");
    }
    let answered = said(&mut alice).len();
    assert!(allowed(10, 6).contains(&answered), "{answered} of alice's");
    let others: Vec<Json> = (0..4).map(|n| Json::named(chat.address(), &format!("bob {n}"))).collect();
    for mut other in others {
        for _ in 0..10 {
            other.say("lobby", "@小爱 d20");
        }
    }
    let answered = said(&mut alice).len();
    assert!(allowed(20, 2).contains(&answered), "{answered}: 30 in a room, of all together");
    // In other rooms it goes on.
    let mut carol = Json::named(chat.address(), "carol");
    carol.join("tea");
    assert!(asked(&mut carol, "tea", "@小爱 d20").starts_with("🎲"));
}

#[test]
fn nobody_takes_its_name_or_one_that_looks_like_it() {
    let chat = Chat::in_memory(&["--robot", "Robin"]);
    let mut alice = Json::named(chat.address(), "alice");
    for name in ["Robin", "robin", "ROBIN", "Rоbin", "Ｒｏｂｉｎ", "R0bin"] {
        let answer = alice.ask(json!({"type": "name", "name": name}));
        assert_eq!(answer["code"], "name_taken", "{name}: {answer}");
    }
}

#[test]
fn a_name_that_somebody_has_is_told_at_the_start() {
    let mut chat = Chat::start(&[]);
    let alice = Json::named(chat.address(), "alice");
    chat.terminate();
    let refused = |flags: &[&str], words: &str| {
        let mut command = program::command(chat.folder());
        command.args(chat.flags()).args(flags);
        let output = program::output(command);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(output.stdout.is_empty() != flags.contains(&"--check") && told.contains(words), "{told}");
    };
    refused(&["--robot", "Alice"], "choose another, or rename them");
    refused(&["--robot", "Alice", "--check"], "alice has this name");
    refused(&["--robot", "a\u{202e}b"], "the robot cannot be called");
    let flags = chat.flags().to_vec();
    let mut flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    flags.extend(["--robot", "小爱"]);
    chat.set_flags(&flags);
    chat.start_again();
    let mut alice = alice.again(chat.address());
    // It is there when it is on disk, like everything.
    alice.say("lobby", "hello");
    assert!(asked(&mut alice, "lobby", "@小爱 d20").starts_with("🎲"));
    // Called otherwise, it is the same; and without the flag there is none.
    let id = |client: &mut Json, name: &str| {
        client.say("lobby", "hello");
        client.say("lobby", &format!("@{name} d20"));
        client.wait_for("the robot", |it| it["type"] == "message" && it["from"] == name)["from_id"].clone()
    };
    let before = id(&mut alice, "小爱");
    let renamed: Vec<&str> = flags.iter().map(|&flag| if flag == "小爱" { "Robin" } else { flag }).collect();
    chat.set_flags(&renamed);
    chat.restart();
    let mut alice = alice.again(chat.address());
    assert_eq!(id(&mut alice, "Robin"), before);
    chat.set_flags(&renamed[..renamed.len() - 2]);
    chat.restart();
    let mut alice = alice.again(chat.address());
    alice.say("lobby", "@Robin d20");
    alice.rename("Robin");
    assert!(alice.heard_of("message").is_empty(), "nobody is called so, and nobody answers");
}

#[test]
fn where_nobody_may_speak_and_where_it_may_not_it_is_silent() {
    let chat = Chat::start(&["--robot", "小爱"]);
    let mut alice = owner(&chat, "alice");
    let mut bob = Json::named(chat.address(), "bob");
    alice.join("tea");
    bob.join("tea");
    assert!(asked(&mut bob, "tea", "@小爱 d20").starts_with("🎲"));
    act(&mut alice, json!({"type": "mute", "user": "小爱", "room": "tea"}));
    bob.say("tea", "@小爱 d20");
    assert_eq!(said(&mut bob), Vec::<Value>::new(), "it is muted");
    act(&mut alice, json!({"type": "unmute", "user": "小爱", "room": "tea"}));
    assert!(asked(&mut bob, "tea", "@小爱 d20").starts_with("🎲"));
    act(&mut alice, json!({"type": "alter", "room": "tea", "closed": true}));
    alice.heard();
    alice.say("tea", "@小爱 d20");
    assert_eq!(said(&mut alice), Vec::<Value>::new(), "the room is closed");
    act(&mut alice, json!({"type": "alter", "room": "tea", "closed": false, "slow": 3600}));
    assert!(asked(&mut bob, "tea", "@小爱 d20").starts_with("🎲"), "a slow room does not hold it up");
    // Whoever runs the chat can silence it everywhere.
    act(&mut operator(&chat), json!({"type": "mute", "user": "小爱"}));
    bob.say("lobby", "@小爱 d20");
    assert_eq!(said(&mut bob), Vec::<Value>::new());
}

/// A thousand questions, as fast as they go, hold others up no more than a thousand words.
#[test]
fn a_flood_of_questions_costs_nobody_anything() {
    // The best of three each, of as many chats: a busy machine delays some.
    let rounds = [(); 3].map(|()| words_and_questions());
    println!("1,000 messages, and 1,000 questions: {rounds:?}");
    let [words, questions] =
        [0, 1].map(|which| rounds.iter().map(|round| round[which]).min().expect("three"));
    assert!(questions < 4 * words + Duration::from_secs(1), "{rounds:?}");
}

/// How long it takes until a thousand of each are acknowledged, and somebody else has said something meanwhile.
fn words_and_questions() -> [Duration; 2] {
    let chat = Chat::start(&["--robot", "小爱", "--durability", "system"]);
    let [mut alice, mut bob] = ["alice", "bob"].map(|name| Json::named(chat.address(), name));
    bob.join("tea");
    let mut flood = |words: &str| {
        let begin = Instant::now();
        for n in 0..1_000 {
            let id = format!("{}-{n}", words.len());
            alice.send(&json!({"type": "message", "id": id, "room": "lobby", "msg": words}));
        }
        for _ in 0..20 {
            bob.say("tea", "hello");
        }
        assert_eq!(alice.heard_of("ack").len(), 1_000);
        begin.elapsed()
    };
    let time = "1分钟".repeat(60);
    ["", "@"].map(|mark| flood(&format!("{mark}小爱 提醒我 {time}")))
}
