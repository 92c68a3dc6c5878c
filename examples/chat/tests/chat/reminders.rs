//! Reminders (README, The robot): on time, once, and whatever the program and the clocks do meanwhile.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use pollcat_chat_testing::clock::WallClock;
use pollcat_chat_testing::governed::{act, owner};
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::{Chat, program};

const ROBOT: [&str; 2] = ["--robot", "小爱"];

/// Asks to be reminded, and hears that it is promised: the number.
#[track_caller]
fn remind(client: &mut Json, room: &str, question: &str) -> u64 {
    client.heard();
    client.say(room, &format!("@小爱 {question}"));
    let promise = client.wait_for("the promise", |it| it["type"] == "message" && it["from"] == "小爱");
    let words = promise["msg"].as_str().expect("words");
    let number = words.split_once("提醒 ").or(words.split_once("reminder ")).expect("a number").1;
    let number: String = number.chars().take_while(char::is_ascii_digit).collect();
    number.parse().unwrap_or_else(|_| panic!("no number: {words}"))
}

#[track_caller]
fn rings(client: &mut Json) -> String {
    let rings =
        |it: &Value| it["type"] == "message" && it["msg"].as_str().is_some_and(|it| it.contains('⏰'));
    client.wait_for("the reminder", rings)["msg"].as_str().expect("words").to_owned()
}

/// How often it has rung, of all that is kept of the room.
fn rung(client: &mut Json, room: &str) -> usize {
    let page = client.ask(json!({"type": "page", "room": room, "limit": 100}));
    let events = page["events"].as_array().unwrap_or_else(|| panic!("{page}"));
    events.iter().filter(|it| it["msg"].as_str().is_some_and(|it| it.contains('⏰'))).count()
}

#[test]
fn whoever_wanted_it_is_reminded_and_mentioned_in_the_same_room() {
    let chat = Chat::in_memory(&ROBOT);
    let mut alice = Json::named(chat.address(), "alice");
    alice.join("tea");
    let begin = Instant::now();
    remind(&mut alice, "tea", "提醒 2秒 喝茶");
    let told = alice.wait_for("the reminder", |it| it["msg"] == "⏰ @alice：喝茶");
    assert!(begin.elapsed() >= Duration::from_secs(2), "{:?}", begin.elapsed());
    assert_eq!(told["room"], "tea");
    assert!(told["mentions"].as_array().is_some_and(|it| it.contains(&json!(alice.id))), "{told}");
    alice.ask(json!({"to": "小爱", "msg": "remind 1s tea"}));
    assert_eq!(rings(&mut alice), "⏰ @alice: tea");
}

#[test]
fn reminders_are_listed_where_they_were_made_and_cancelled_by_whom_they_are_for() {
    let chat = Chat::in_memory(&ROBOT);
    let [mut alice, mut bob] = ["alice", "bob"].map(|name| Json::named(chat.address(), name));
    alice.join("tea");
    let here = remind(&mut alice, "lobby", "remind tomorrow 9:00 call");
    let there = remind(&mut alice, "tea", "提醒 1小时 喝茶");
    let ask = |client: &mut Json, request: Value| {
        client.heard();
        client.send(&request);
        let answer = client.wait_for("words", |it| it["type"] == "message" && it["from"] == "小爱");
        answer["msg"].as_str().expect("words").to_owned()
    };
    let list = ask(&mut alice, json!({"room": "lobby", "msg": "@小爱 list"}));
    assert!(list.contains("call") && !list.contains("喝茶") && list.contains("1 in other rooms"), "{list}");
    let all = ask(&mut alice, json!({"to": "小爱", "msg": "list"}));
    assert!(all.contains("call") && all.contains("喝茶"), "{all}");
    let not_mine = ask(&mut bob, json!({"room": "lobby", "msg": format!("@小爱 cancel {here}")}));
    assert!(not_mine.starts_with("You have no reminder"), "{not_mine}");
    alice.heard();
    let gone = ask(&mut alice, json!({"room": "tea", "msg": format!("@小爱 取消提醒 {there}")}));
    assert_eq!(gone, format!("好的：提醒 {there} 取消了。"));
    let again = ask(&mut alice, json!({"room": "tea", "msg": format!("@小爱 取消提醒 {there}")}));
    assert!(again.starts_with("你没有提醒"), "{again}");
}

#[test]
fn a_reminder_outlives_the_program_and_rings_once() {
    let mut chat = Chat::start(&ROBOT);
    let mut alice = Json::named(chat.address(), "alice");
    let begin = Instant::now();
    remind(&mut alice, "lobby", "提醒 10秒 喝茶");
    chat.crash();
    let mut alice = alice.again(chat.address());
    assert_eq!(rung(&mut alice, "lobby"), 0);
    assert_eq!(rings(&mut alice), "⏰ @alice：喝茶");
    assert!(begin.elapsed() >= Duration::from_secs(10), "{:?}", begin.elapsed());
    remind(&mut alice, "lobby", "提醒 1秒 喝水");
    let (status, _) = chat.terminate();
    assert!(status.success());
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(2) {
        std::thread::park_timeout(Duration::from_millis(50));
    }
    chat.start_again();
    let mut alice = alice.again(chat.address());
    while rung(&mut alice, "lobby") < 2 {
        assert!(begin.elapsed() < Duration::from_secs(60), "it does not ring");
        std::thread::park_timeout(Duration::from_millis(20));
    }
    for _ in 0..2 {
        chat.crash();
        alice = alice.again(chat.address());
    }
    alice.say("lobby", "and?");
    assert_eq!(rung(&mut alice, "lobby"), 2, "each once");
}

#[test]
fn words_that_may_not_be_said_there_wait() {
    let chat = Chat::start(&ROBOT);
    let mut alice = owner(&chat, "alice");
    let mut bob = Json::named(chat.address(), "bob");
    // The mute must be written before it is time: a slow disk takes its time for each.
    remind(&mut bob, "lobby", "remind 4s tea");
    act(&mut alice, json!({"type": "mute", "user": "bob", "seconds": 60}));
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(6) {
        std::thread::park_timeout(Duration::from_millis(100));
    }
    assert_eq!(rung(&mut bob, "lobby"), 0, "they are muted");
}

// ---- clocks

/// The chat's, and the chat started by it. `None`: it cannot be set here.
#[track_caller]
fn start_by_a_clock(chat: &mut Chat) -> Option<WallClock> {
    let clock = WallClock::new(chat.folder(), "+0")?;
    start_again_by(chat, &clock);
    Some(clock)
}

#[track_caller]
fn start_again_by(chat: &mut Chat, clock: &WallClock) {
    let mut command = program::command(chat.folder());
    command.args(chat.flags());
    clock.govern(&mut command);
    chat.run(command);
}

/// After a while is after a while.
#[test]
fn a_clock_that_is_set_meanwhile_makes_nothing_early_or_late() {
    for ahead in ["+2d", "-2d"] {
        let mut chat = Chat::prepared(&ROBOT);
        let Some(clock) = start_by_a_clock(&mut chat) else { return };
        let mut alice = Json::named(chat.address(), "alice");
        let begin = Instant::now();
        remind(&mut alice, "lobby", "提醒 3秒 喝茶");
        clock.set(ahead);
        assert_eq!(rings(&mut alice), "⏰ @alice：喝茶", "{ahead}");
        let took = begin.elapsed();
        assert!(took >= Duration::from_secs(3) && took < Duration::from_secs(60), "{ahead}: {took:?}");
    }
}

/// What was due while nobody could be reminded is said at once, and that it is late.
#[test]
fn what_was_due_meanwhile_is_said_at_the_start() {
    let mut chat = Chat::prepared(&ROBOT);
    let Some(clock) = start_by_a_clock(&mut chat) else { return };
    let mut alice = Json::named(chat.address(), "alice");
    remind(&mut alice, "lobby", "remind 10 minutes tea");
    remind(&mut alice, "lobby", "提醒 3天 喝茶");
    chat.kill();
    clock.set("+1h");
    start_again_by(&mut chat, &clock);
    let mut alice = alice.again(chat.address());
    let begin = Instant::now();
    while rung(&mut alice, "lobby") < 1 {
        assert!(begin.elapsed() < Duration::from_secs(60), "it does not ring");
        std::thread::park_timeout(Duration::from_millis(20));
    }
    let page = alice.ask(json!({"type": "page", "room": "lobby", "limit": 1}));
    assert_eq!(page["events"][0]["msg"], "(late) ⏰ @alice: tea");
    // A clock that was set back keeps nobody waiting for longer than they wanted.
    remind(&mut alice, "lobby", "提醒 3秒 喝水");
    chat.kill();
    clock.set("-5h");
    start_again_by(&mut chat, &clock);
    let mut alice = alice.again(chat.address());
    let begin = Instant::now();
    while rung(&mut alice, "lobby") < 2 {
        assert!(begin.elapsed() < Duration::from_secs(60), "it does not ring");
        std::thread::park_timeout(Duration::from_millis(20));
    }
}
