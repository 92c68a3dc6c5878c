//! Programs that post: with an id until it is answered, and by a hook.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use pollcat_chat_testing::bots::Key;
use pollcat_testing::client::PATIENCE;
use pollcat_testing::dice::Dice;
use serde_json::{Value, json};

use crate::ROOMS;
use crate::deliveries::Stored;

/// Shared by all who post.
pub(crate) struct Stage {
    pub address: SocketAddr,
    pub is_done: AtomicBool,
    pub answered: AtomicU64,
    pub unanswered: AtomicU64,
    pub repeated: AtomicU64,
}

/// With an id, and answered.
pub(crate) struct Posted {
    pub id: String,
    pub room: &'static str,
    pub text: String,
    pub answer: Value,
}

/// New ones, each until it is answered; and every now and then one that was answered already.
pub(crate) fn post(stage: &Stage, token: &Key, number: usize, mut dice: Dice) -> Vec<Posted> {
    let mut posted: Vec<Posted> = Vec::new();
    while !stage.is_done.load(Ordering::Relaxed) {
        if !posted.is_empty() && dice.one_in(3) {
            let back = 1 + dice.below(posted.len().min(50));
            say_again(stage, token, &posted[posted.len() - back]);
            continue;
        }
        let id = format!("{number}-{}", posted.len());
        let text =
            format!("posted {id} {}.", dice.choose(&["x", "茶", "🙂", "\"\\\n"]).repeat(dice.below(60)));
        posted.push(say(stage, token, (dice.choose(&ROOMS), id, text)));
    }
    posted
}

/// Until it is answered: it may have been said before it is sent again.
pub(crate) fn say(stage: &Stage, token: &Key, (room, id, text): (&'static str, String, String)) -> Posted {
    let deadline = Instant::now() + 3 * PATIENCE;
    let mut tries = 0;
    loop {
        assert!(Instant::now() < deadline, "{text:?} is never answered");
        tries += 1;
        let Some(answer) = try_to_say(stage, token, (room, &id, &text)) else { continue };
        assert_eq!(answer["room"], room, "{answer}");
        assert!(tries > 1 || answer["repeated"] == false, "{text:?}: {answer}");
        return Posted { id, room, text, answer };
    }
}

/// The same answer as before, however often the chat was killed meanwhile; and nothing else under its id.
pub(crate) fn say_again(stage: &Stage, token: &Key, it: &Posted) {
    let Some(mut answer) = try_to_say(stage, token, (it.room, &it.id, &it.text)) else { return };
    assert_eq!(answer["repeated"], true, "{:?}: {answer}", it.text);
    answer["repeated"] = it.answer["repeated"].clone();
    assert_eq!(answer, it.answer, "{:?}", it.text);
    stage.repeated.fetch_add(1, Ordering::Relaxed);
}

fn try_to_say(stage: &Stage, token: &Key, (room, id, text): (&str, &str, &str)) -> Option<Value> {
    let body = json!({"room": room, "msg": text, "id": id}).to_string();
    let body = exchange(stage, "/api/v1/messages", &token.bearer(), &body)?;
    Some(serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}")))
}

/// Each once, and whether it was answered.
pub(crate) fn post_by_hook(stage: &Stage, hook: &Key, number: usize) -> Vec<(String, bool)> {
    let mut hooked = Vec::new();
    while !stage.is_done.load(Ordering::Relaxed) {
        let text = format!("hooked {number}-{}", hooked.len());
        let is_answered = exchange(stage, &hook.path(), "", &json!({"text": text}).to_string()).is_some();
        hooked.push((text, is_answered));
    }
    hooked
}

/// The body of the answer. `None`: there is none, for the chat is gone; or it was too fast, and is not said.
fn exchange(stage: &Stage, path: &str, fields: &str, body: &str) -> Option<String> {
    let answer = try_exchange(stage.address, path, fields, body);
    if let Some((head, body)) = answer.as_deref().and_then(|answer| answer.split_once("\r\n\r\n")) {
        let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
        if head.starts_with("HTTP/1.1 429 ") {
            thread::park_timeout(Duration::from_millis(20));
            return None;
        }
        if length.is_some_and(|length| length.parse() == Ok(body.len())) {
            assert!(head.starts_with("HTTP/1.1 200 "), "{head}\n{body}");
            stage.answered.fetch_add(1, Ordering::Relaxed);
            return Some(body.to_owned());
        }
    }
    stage.unanswered.fetch_add(1, Ordering::Relaxed);
    thread::park_timeout(Duration::from_millis(2)); // leaves the processor to the program
    None
}

fn try_exchange(address: SocketAddr, path: &str, fields: &str, body: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    let head = format!("POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{fields}");
    let head = format!("{head}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all((head + body).as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

pub(crate) fn compare_posts(stored: &Stored, posted: &[Posted], hooked: &[(String, bool)]) {
    let mut found: HashMap<(&str, &str), Vec<Value>> = HashMap::new();
    for room in ROOMS {
        for (index, (text, at)) in stored[room].iter().enumerate() {
            let told = json!({"room": room, "offset": index + 1, "msg_time": at});
            found.entry((room, text)).or_default().push(told);
        }
    }
    for it in posted {
        let mut answer = it.answer.clone();
        answer.as_object_mut().expect("an object").remove("repeated");
        assert_eq!(found.remove(&(it.room, it.text.as_str())), Some(vec![answer]), "{:?}", it.text);
    }
    for (text, is_answered) in hooked {
        let times = found.remove(&(ROOMS[1], text.as_str())).map_or(0, |it| it.len());
        assert!(times == 1 || (times == 0 && !is_answered), "{text:?} is there {times} times");
    }
    assert!(found.is_empty(), "nobody has said this: {found:?}");
}
