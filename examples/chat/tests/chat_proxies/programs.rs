//! Programs come through a proxy too: hooks with bodies, and bots that wait for what is not said yet.

use serde_json::json;

use pollcat_chat_testing::http::answer;
use pollcat_chat_testing::{admin, bots};

use crate::behind::{Behind, Kind};

pub(crate) fn programs_post_and_wait(kind: Kind) {
    let Some(mut behind) = Behind::start(kind, "programs") else {
        return;
    };
    let mut page = admin::let_in(behind.chat.address(), json!({"key": behind.chat.first_key()}));
    let give = |kind: &str| json!({"name": "builds", "room": "lobby", "kind": kind});
    let (hook, token) = (bots::give(&mut page, give("hook")), bots::give(&mut page, give("token")));
    let path = hook.path();
    let plain = "Content-Type: text/plain\r\n";

    // More than eight messages: that is told by the chat itself.
    let answered = behind.ask(("POST", &path), plain, "long ".repeat(10_000).as_bytes());
    assert_eq!(answered.status, 413, "{}", answered.text());
    let answered = behind.ask(("POST", &path), plain, "到了".as_bytes());
    assert_eq!((answered.status, answered.text()), (200, "ok"));
    let events = |after: u32, wait: u32| format!("/api/v1/rooms/lobby/events?after={after}&wait={wait}");
    let told = behind.ask(("GET", &events(0, 1)), &token.bearer(), b"").json();
    assert_eq!(told["events"][0]["msg"], "到了", "{told}");

    // In pieces whose length nobody says before.
    let mut waiting = behind.asked(("GET", &events(1, 50)), &token.bearer(), b"");
    let pieces = b"6\r\nsecond\r\n5\r\n word\r\n0\r\n\r\n";
    let mut sending = behind.asked(("POST", &path), &format!("{plain}Transfer-Encoding: chunked\r\n"), b"");
    sending.write(pieces);
    assert_eq!(answer(&mut sending).status, 200);
    let told = answer(&mut waiting).json();
    assert_eq!(told["events"][0]["msg"], "second word", "{told}");

    assert_eq!(behind.ask(("GET", "/hooks/wrong"), "", b"").status, 405);
    assert_eq!(behind.ask(("POST", "/hooks/wrong"), "", b"x").status, 404);
    assert_eq!(behind.ask(("POST", "/"), "", b"x").status, 405);
}
