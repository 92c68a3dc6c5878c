//! The pictures by which people are shown (README, Oneself).

use serde_json::{Value, json};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::governed::{act, owner};
use pollcat_chat_testing::http::{get, get_with};
use pollcat_chat_testing::json::{Json, fresh_id};
use pollcat_chat_testing::png::png;

/// Announces it, sends it, and hears the answer.
#[track_caller]
fn show(client: &mut Json, bytes: &[u8]) -> Value {
    let id = fresh_id();
    client.send(&json!({"type": "avatar", "size": bytes.len(), "id": id}));
    client.send_bytes(bytes);
    client.wait_for("the answer to an avatar", |it| it["id"] == *id)
}

#[track_caller]
fn path(user: &Value) -> String {
    user["avatar"].as_str().unwrap_or_else(|| panic!("no avatar: {user}")).to_owned()
}

#[test]
fn a_picture_of_oneself_is_shown_to_others_and_to_those_who_come_and_can_be_dropped() {
    let mut chat = Chat::start(&[]);
    let [mut alice, mut bob] = ["alice", "bob"].map(|name| Json::named(chat.address(), name));
    let picture = png(64, 64, b"me");
    assert_eq!(show(&mut alice, &picture)["type"], "ack");
    let told = bob.expect("avatar");
    assert_eq!(told["user"]["id"], alice.id);
    let first = path(&told["user"]);
    assert!(first.starts_with("/avatars/") && first.ends_with(".png") && first.len() > 30, "{first}");
    let page = get(chat.address(), &first);
    assert_eq!((page.status, page.header("Content-Type")), (200, Some("image/png")));
    assert!(page.body == picture);
    for (name, value) in [
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", "default-src 'none'; sandbox"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cache-Control", "private, no-cache"),
    ] {
        assert_eq!(page.header(name), Some(value));
    }
    let tag = format!("If-None-Match: {}\r\n", page.header("ETag").expect("a tag"));
    assert_eq!(get_with(chat.address(), &first, &tag).status, 304);
    let late = Json::hello(chat.address(), json!({"name": "carol"}));
    assert!(
        late.welcome.to_string().contains(&first) || !late.welcome["rooms"].to_string().contains("alice")
    );
    let listed = bob.ask(json!({"type": "who", "room": "lobby"})).to_string();
    assert!(listed.contains(&first), "{listed}");
    chat.crash();
    let mut alice = alice.again(chat.address());
    assert_eq!(path(&alice.welcome["user"]), first);
    // Another one takes its place, and the first is gone.
    assert_eq!(show(&mut alice, &png(32, 32, b"older"))["type"], "ack");
    assert_eq!(get(chat.address(), &first).status, 404);
    let second = path(&alice.again(chat.address()).welcome["user"]);
    act(&mut alice, json!({"type": "avatar", "drop": true}));
    assert_eq!(get(chat.address(), &second).status, 404);
    assert_eq!(
        get_with(chat.address(), &second, &format!("If-None-Match: \"{}\"\r\n", &second[9..])).status,
        404
    );
    assert_eq!(alice.again(chat.address()).welcome["user"].get("avatar"), None);
}

#[test]
fn what_is_too_large_or_no_still_picture_is_refused_and_nothing_changes() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let gif = b"GIF89a\x07\x00\x05\x00\x81\x00\x00\xc8\x1e\x1e\0\0\0\0\0\0\0\0\0\x2c\0\0\0\0\x07\0\x05\0\0\x08\x0c\0\x01\x08\x1c\x48\
        \xb0\xa0\xc1\x83\x07\x03\x02\0\x3b";
    // With a chunk that says that it moves (PNG §11.3.6), and a WebP that does (RFC 9649 §2.7.1).
    let still = png(10, 10, b"x");
    let moving = b"\0\0\0\x08acTL\0\0\0\x02\0\0\0\0\0\0\0\0";
    let moving = [&still[..33], moving, &still[33..]].concat();
    let webp = b"RIFF\x32\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x09\0\0\x09\0\0ANIM\x06\0\0\0\0\0\0\0\0\0VP8L\x06\0\0\0\x2f\x09\x40\x02\0\0";
    let table = [
        (moving, "bad_picture"),
        (webp.to_vec(), "bad_picture"),
        (png(513, 10, b"x"), "bad_picture"),
        (png(10, 513, b"x"), "bad_picture"),
        (gif.to_vec(), "bad_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), "bad_picture"),
        (b"not a picture".to_vec(), "bad_picture"),
        (png(10, 10, &[7; (64 << 10) + 1]), "picture_too_large"),
    ];
    for (bytes, code) in table {
        let error = show(&mut alice, &bytes);
        assert_eq!(error["code"], code, "{error}");
    }
    // Without an announcement, and longer than it said.
    let id = fresh_id();
    alice.send(&json!({"type": "avatar", "size": 10, "id": id}));
    alice.send_bytes(&png(10, 10, &[7; (64 << 10) + 1]));
    let error = alice.wait_for("the answer", |it| it["id"] == *id);
    assert_eq!(error["code"], "picture_too_large", "{error}");
    assert_eq!(alice.again(chat.address()).welcome["user"].get("avatar"), None);
    assert_eq!(show(&mut alice, &png(512, 512, b"x"))["type"], "ack");
    // It is no message.
    assert_eq!(alice.ask(json!({"type": "page", "room": "lobby"}))["events"], json!([]));
}

#[test]
fn an_admin_drops_somebodys_and_a_member_does_not() {
    let chat = Chat::start(&[]);
    let mut olive = owner(&chat, "olive");
    let [mut alice, mut bob] = ["alice", "bob"].map(|name| Json::named(chat.address(), name));
    assert_eq!(show(&mut alice, &png(10, 10, b"x"))["type"], "ack");
    assert_eq!(bob.refused(json!({"type": "avatar", "drop": true, "user": alice.id})), "forbidden");
    act(&mut olive, json!({"type": "avatar", "drop": true, "user": alice.id}));
    let told =
        bob.wait_for("that it is gone", |it| it["type"] == "avatar" && it["user"].get("avatar").is_none());
    assert_eq!(told["user"]["id"], alice.id);
}

#[test]
fn whoever_is_erased_is_shown_no_more() {
    let chat = Chat::start(&[]);
    let [mut alice, mut bob] = ["alice", "bob"].map(|name| Json::named(chat.address(), name));
    assert_eq!(show(&mut alice, &png(10, 10, b"x"))["type"], "ack");
    let shown = path(&bob.expect("avatar")["user"]);
    assert_eq!(alice.ask(json!({"type": "erase", "words": false}))["type"], "ack");
    assert_eq!(alice.closed().0, 4503);
    assert_eq!(get(chat.address(), &shown).status, 404);
}

/// A quarter of what pictures may take, on top of it: whoever comes later waits, and nobody's goes for it.
#[test]
fn all_of_them_together_take_no_more_than_a_share_of_what_is_kept() {
    let chat = Chat::start(&["--max-picture", "64KiB", "--keep-pictures", "100KiB"]);
    let [mut alice, mut bob, mut carol] =
        ["alice", "bob", "carol"].map(|name| Json::named(chat.address(), name));
    let picture = |size: usize| png(10, 10, &vec![7; size]);
    assert_eq!(show(&mut alice, &picture(12_000))["type"], "ack");
    assert_eq!(show(&mut bob, &picture(12_000))["type"], "ack");
    assert_eq!(show(&mut carol, &picture(2_000))["code"], "busy");
    assert_eq!(show(&mut bob, &picture(10_000))["type"], "ack", "in the place of their own");
    assert_eq!(show(&mut carol, &picture(2_000))["type"], "ack");
    act(&mut alice, json!({"type": "avatar", "drop": true}));
    assert_eq!(show(&mut carol, &picture(12_000))["type"], "ack");
    drop(chat);
}
