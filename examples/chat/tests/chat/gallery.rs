//! Pictures when there is no room for more of them: who waits, and who does not (OPERATING.md, Memory).

use pollcat_testing::client::Client;
use rustix::process::Signal;
use serde_json::json;

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::http::{answer, get};
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::png::png;

/// The kernel takes no more than 4 MiB of what nobody reads (tcp(7), `tcp_wmem`), and a little for whoever is to read it.
const LONG: usize = (5 << 20) - (100 << 10);

/// A request for a path, of which nothing has been read yet.
fn ask(chat: &Chat, path: &str) -> Client {
    let mut client = Client::dial(chat.address());
    client.write(format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", chat.address()).as_bytes());
    client
}

/// Two thirds of 15 MiB are for pictures, and two of nearly 5 MiB go to clients that read no more than the heads. A third one may be
/// as long until it has been read: there is no room for it. It comes with the others.
fn full_house() -> (Chat, Json, Vec<Client>, String) {
    let chat = Chat::start(&["--max-picture=5MiB", "--max-sending=15MiB"]);
    let mut alice = Json::hello(chat.address(), json!({"name": "alice", "echo": true}));
    let mut paths: Vec<String> = Vec::new();
    for (noise, length) in [(0, LONG), (1, LONG), (2, 10)] {
        alice.send(&json!({"type": "picture", "room": "lobby"}));
        alice.send_bytes(&png(9, 9, &vec![noise; length]));
        let event = alice.expect("picture");
        paths.push(event["picture"]["url"].as_str().expect("it has one").to_owned());
    }
    let third = paths.pop().expect("there are three");
    let mut readers: Vec<Client> = paths.iter().map(|path| ask(&chat, path)).collect();
    for reader in &mut readers {
        let head = reader.head();
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    }
    (chat, alice, readers, third)
}

#[test]
fn whoever_waits_for_room_when_the_chat_stops_is_told_so() {
    let (mut chat, _alice, readers, third) = full_house();
    let mut waiting = ask(&chat, &third);
    // Whatever came before this was read before it.
    assert_eq!(get(chat.address(), "/favicon.svg").status, 200);
    chat.signal(Signal::TERM);
    let page = answer(&mut waiting);
    assert_eq!((page.status, page.header("Retry-After")), (503, Some("5")), "{}", page.text());
    drop(readers);
    assert!(chat.ended().0.success());
}

#[test]
fn there_is_room_for_those_by_which_people_are_shown_where_there_is_none_for_a_whole_picture() {
    let (chat, mut alice, readers, third) = full_house();
    alice.send(&json!({"type": "avatar", "id": "me"}));
    alice.send_bytes(&png(64, 64, b"me"));
    let told = alice.expect("avatar");
    let path = told["user"]["avatar"].as_str().expect("she is shown by it");
    assert_eq!(get(chat.address(), path).status, 200);
    let mut waiting = ask(&chat, &third);
    // As soon as one of the others is not written any more, the third picture comes.
    drop(readers);
    assert_eq!(answer(&mut waiting).status, 200);
}
