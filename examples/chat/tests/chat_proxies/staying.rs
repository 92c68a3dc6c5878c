//! What takes its time: pictures, silence, and a chat that starts again.

use std::env;
use std::time::{Duration, Instant};

use serde_json::json;

use pollcat_chat_testing::http::answer;
use pollcat_chat_testing::json::fresh_id;
use pollcat_chat_testing::png::png;
use pollcat_testing::client::{Client, PING, PONG, upgrade_request};

use crate::behind::{Behind, Kind, NAME, replace};

/// Nearly as large as may be.
const NOISE: usize = 4_000_000;

pub(crate) fn pictures_come_and_go(kind: Kind) {
    let Some(behind) = Behind::start(kind, "pictures") else {
        return;
    };
    let (mut alice, mut bob) = (behind.named("alice"), behind.named("bob"));
    let noise: Vec<u8> =
        (0..NOISE as u32).map(|place| (place.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let picture = png(1000, 1000, &noise);
    let id = fresh_id();
    alice.send(&json!({"type": "picture", "room": "lobby", "size": picture.len(), "id": id}));
    alice.send_bytes(&picture);
    let ack = alice.wait_for("the answer to a picture", |it| it["id"] == *id);
    assert_eq!(ack["type"], "ack", "{ack}");
    let told = bob.expect("picture");
    let url = told["picture"]["url"].as_str().expect("it has an address");
    let page = behind.ask(("GET", url), "", b"");
    assert_eq!((page.status, page.header("Content-Type")), (200, Some("image/png")), "{}", page.head);
    assert!(page.body == picture, "what came is not what was sent");
}

pub(crate) fn a_restart_is_over_when_the_chat_is_back(kind: Kind) {
    let Some(mut behind) = Behind::start(kind, "restart") else {
        return;
    };
    let mut alice = behind.named("alice");
    alice.say("lobby", "before");
    let (status, log) = behind.chat.terminate();
    assert!(status.success(), "{status}: {log:?}");
    // The farewell of the chat goes through, and not only the end.
    assert_eq!(alice.closed().0, 1001);
    let page = ("GET", "/favicon.svg");
    if kind == Kind::Nginx {
        assert_eq!(behind.ask(page, "", b"").status, 502);
        behind.chat.start_again();
    } else {
        // The others wait for a while.
        let mut waiting = behind.asked(page, "", b"");
        behind.chat.start_again();
        assert_eq!(answer(&mut waiting).status, 200);
    }
    assert_eq!(behind.ask(page, "", b"").status, 200);
    let mut again = behind.connect("chat.v1", &[]);
    again.greet(json!({"token": alice.token}));
    assert_eq!(again.id, alice.id);
    assert_eq!(again.histories["lobby"][0]["events"][0]["msg"], "before");
    again.say("lobby", "after");
}

/// As many seconds of silence as `POLLCAT_IDLE` says, with the proxy's patience at half of it, but not less than the
/// chat needs. Without that, only what is written is looked at.
pub(crate) fn silence_is_not_cut_off(kind: Kind) {
    let block = kind.block(0);
    let names: &[&str] = match kind {
        Kind::Nginx => &["proxy_read_timeout "],
        Kind::Caddy => &[], // it has no patience to lose
        Kind::HaProxy => &["timeout client ", "timeout server ", "timeout tunnel "],
    };
    // A bot may wait for 55 seconds; a Ping comes after 20, and may be answered 10 seconds later.
    names.iter().for_each(|name| drop(replace(&block, &format!("{name}60s"), "")));
    let Some(idle) = env::var_os("POLLCAT_IDLE") else {
        return;
    };
    let idle: u64 = idle.to_str().and_then(|idle| idle.parse().ok()).expect("POLLCAT_IDLE is a number");
    let patience = (idle / 2).clamp(31, 60);
    let Some(behind) =
        Behind::with(kind, "silence", &[], |block| block.replace("60s", &format!("{patience}s")))
    else {
        return;
    };
    let mut client = Client::dial(behind.address);
    client.write(upgrade_request("").replacen("localhost", NAME, 1).as_bytes());
    let head = client.head();
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    let begin = Instant::now();
    // A text client is told a word or two, and then nothing but Pings.
    while begin.elapsed() < Duration::from_secs(idle) {
        let stream = client.stream();
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("reading can be given a limit");
        if let (PING, payload) = client.frame() {
            client.send(PONG, &payload);
        }
    }
}
