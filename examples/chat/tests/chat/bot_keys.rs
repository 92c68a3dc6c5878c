//! What the keys of a bot open, and what they do not (README, Hooks and bots).

use serde_json::{Value, json};

use pollcat_chat_testing::bots::{self, Key, give, hook, token};
use pollcat_chat_testing::http::get_with;
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::{Chat, governed};

/// A bot over chat.v1.
#[track_caller]
fn come(chat: &Chat, key: &Key) -> Json {
    Json::hello(chat.address(), json!({"token": key.key}))
}

#[track_caller]
fn private(maker: &mut Json, title: &str) -> String {
    let state = maker.ask(json!({"type": "join", "room": title, "create": true, "private": true}));
    state["room"].as_str().unwrap_or_else(|| panic!("no room: {state}")).to_owned()
}

#[test]
fn a_bot_makes_no_way_in_that_outlives_its_keys() {
    let chat = Chat::start(&[]);
    let key = token(&chat, "builds");
    let mut bot = come(&chat, &key);
    assert_eq!(bot.refused(json!({"type": "link"})), "forbidden");
    bots::revoke(&chat, &key);
    bot.closed();
}

#[test]
fn a_token_opens_no_private_room_to_who_is_not_in_it() {
    let chat = Chat::start(&[]);
    let (mut alice, mut bob) = (governed::owner(&chat, "alice"), governed::owner(&chat, "bob"));
    let room = private(&mut alice, "plans");
    give(&mut alice, json!({"name": "builds", "room": room, "kind": "token"}));
    alice.say(&room, "a secret");
    let wish = |kind: &str| json!({"type": "give_key", "name": "builds", "room": "lobby", "kind": kind});
    // Whoever has a token of the bot reads all that it reads.
    for page in [&mut bob, &mut governed::operator(&chat)] {
        assert_eq!(page.refused(wish("token")), "forbidden");
        assert_eq!(page.ask(wish("hook"))["type"], "key");
    }
    assert_eq!(alice.ask(wish("token"))["type"], "key");
}

#[test]
fn each_key_opens_what_it_is_for() {
    let chat = Chat::start(&[]);
    let (hook, token) = (hook(&chat, "hook"), token(&chat, "token"));
    let mut client = Json::speaking(chat.address(), "chat.v1");
    assert_eq!(client.refused(json!({"type": "hello", "token": hook.key})), "unknown_token");
    assert_eq!(get_with(chat.address(), "/api/v1/rooms", &hook.bearer()).status, 401);
    let page = pollcat_chat_testing::http::send(chat.address(), ("POST", &token.path()), "", b"x");
    assert_eq!(page.status, 404);
    let mut bot = come(&chat, &token);
    for (object, code) in [
        (json!({"type": "name", "name": "alice"}), "forbidden"),
        (json!({"type": "join", "room": "tea", "create": true}), "forbidden"),
        (json!({"type": "join", "room": "tea", "create": true, "private": true}), "forbidden"),
        (json!({"type": "invite"}), "forbidden"),
        (json!({"type": "erase", "words": true}), "forbidden"),
        (json!({"type": "add_target", "shape": "ntfy", "url": "https://ntfy.sh/x"}), "forbidden"),
        (json!({"type": "give_key", "name": "other", "room": "lobby", "kind": "token"}), "forbidden"),
        (json!({"type": "admin"}), "forbidden"),
        (json!({"type": "link"}), "forbidden"),
        (json!({"type": "bots"}), "forbidden"),
    ] {
        assert_eq!(bot.refused(object.clone()), code, "{object}");
    }
    governed::act(&mut governed::operator(&chat), json!({"type": "remove_bot", "user": token.bot}));
    bot.closed();
    let mut client = Json::speaking(chat.address(), "chat.v1");
    assert_eq!(client.refused(json!({"type": "hello", "token": token.key})), "unknown_token");
    assert_eq!(Json::named(chat.address(), "token").left_over(), [Value::Null; 0]);
}
