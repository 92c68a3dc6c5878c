//! Pictures: announced or not, judged by their bytes, kept, and served safely (README, 6).

use serde_json::{Value, json};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::http::{get, get_with};
use pollcat_chat_testing::json::{Json, fresh_id};
use pollcat_chat_testing::png::png;
use pollcat_chat_testing::text::Text;

/// Three by two pixels.
const PNG: &str = "89504e470d0a1a0a0000000d49484452000000030000000208020000001216f14d0000001049444154789c63e03a\
    2107410c70160037dc05a17ec958450000000049454e44ae426082";
/// Seven by five.
const GIF: &str = "47494638376107000500810000c81e1e0000000000000000002c000000000700050000080c0001081c48b0a0c183\
    070302003b";
const WEBP: &str = "524946461e000000574542505650384c110000002f0600010007508f22d7a3ff8188e87f0000";
const JPEG: &str = "\
    ffd8ffe000104a46494600010100000100010000ffdb004300a06e788c7864a08c828cb4aaa0bef0fffff0dcdcf0ffff\
    ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc0000b080005\
    000701011100ffc40014000100000000000000000000000000000002ffc4001410010000000000000000000000000000\
    0000ffda0008010100003f002fffd9";

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    let pair =
        |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).expect("digits"), 16).expect("digits");
    digits.chunks(2).map(pair).collect()
}

/// Announces a picture, sends it, and hears the answer.
fn show(client: &mut Json, mut announcement: Value, picture: &[u8]) -> Value {
    let id = fresh_id();
    announcement["type"] = "picture".into();
    announcement["id"] = id.clone().into();
    client.send(&announcement);
    client.send_bytes(picture);
    client.wait_for("the answer to a picture", |it| it["id"] == *id)
}

fn address_of(event: &Value) -> &str {
    event["picture"]["url"].as_str().unwrap_or_else(|| panic!("no picture: {event}"))
}

#[test]
fn a_picture_of_each_kind_is_shown_to_the_room() {
    let mut chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Json::named(chat.address(), "bob");
    let table = [
        (PNG, "image/png", ".png", 3, 2),
        (GIF, "image/gif", ".gif", 7, 5),
        (JPEG, "image/jpeg", ".jpg", 7, 5),
        (WEBP, "image/webp", ".webp", 7, 5),
    ];
    let mut addresses = Vec::new();
    for (place, (hex, media_type, extension, width, height)) in (1..).zip(table) {
        let picture = bytes(hex);
        let size = picture.len();
        let ack = show(&mut alice, json!({"room": "lobby", "msg": "look, @bob", "size": size}), &picture);
        assert_eq!((&ack["type"], &ack["offset"]), (&json!("ack"), &json!(place)), "{ack}");
        let event = bob.expect("picture");
        let url = address_of(&event).to_owned();
        assert!(url.starts_with("/pictures/") && url.ends_with(extension) && url.len() >= 32, "{url}");
        let described =
            json!({"url": url, "media_type": media_type, "width": width, "height": height, "size": size});
        let expected = json!({"type": "picture", "room": "lobby", "offset": place, "from_id": alice.id, "from": "alice",
            "msg": "look, @bob", "msg_time": ack["msg_time"], "mentions": [bob.id], "picture": described});
        assert_eq!(event, expected);
        addresses.push((url, media_type, picture));
    }
    for _ in 0..2 {
        for (url, media_type, picture) in &addresses {
            let page = get(chat.address(), url);
            assert_eq!((page.status, page.header("Content-Type")), (200, Some(*media_type)), "{}", page.head);
            assert!(page.body == *picture, "{url} is not what was sent");
        }
        chat.crash();
    }
    let again = bob.again(chat.address());
    let events = &again.histories["lobby"][0]["events"];
    let told: Vec<_> = events.as_array().into_iter().flatten().map(address_of).collect();
    assert_eq!(told, addresses.iter().map(|(url, ..)| url.as_str()).collect::<Vec<_>>());
}

#[test]
fn a_picture_is_served_as_nothing_but_a_picture() {
    let chat = Chat::start(&[]);
    let mut alice = Json::hello(chat.address(), json!({"echo": true}));
    show(&mut alice, json!({}), &[&bytes(GIF)[..], b"<script>alert(1)</script>"].concat());
    let url = address_of(&alice.expect("picture")).to_owned();
    let page = get(chat.address(), &url);
    assert_eq!(page.header("Content-Type"), Some("image/gif"));
    assert_eq!(page.header("X-Content-Type-Options"), Some("nosniff"));
    assert_eq!(page.header("Referrer-Policy"), Some("no-referrer"));
    let policy = page.header("Content-Security-Policy").expect("a policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("sandbox"), "{policy}");
    assert_eq!((page.header("Set-Cookie"), page.header("Access-Control-Allow-Origin")), (None, None));
    let (name, extension) = url.rsplit_once('.').expect("a name has an ending");
    let other = if name.ends_with('A') { "B" } else { "A" };
    let almost = format!("{}{other}.{extension}", &name[..name.len() - 1]);
    for path in [
        &almost,
        name,
        "/pictures/",
        "/pictures",
        "/pictures/../chat.db",
        "/pictures/%2e%2e/chat.db",
        "/chat.db",
        "/pictures/x.png",
        "/pictures/'.png",
        "/pictures/%25.png",
        "/pictures/_.png",
    ] {
        assert_eq!(get(chat.address(), path).status, 404, "{path}");
    }
}

#[test]
fn what_is_no_picture_is_refused() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Json::named(chat.address(), "bob");
    let whole = bytes(PNG);
    let mut huge = whole.clone();
    huge[16..20].copy_from_slice(&100_000_u32.to_be_bytes());
    let wrong: &[&[u8]] = &[
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<!doctype html><script>alert(1)</script>",
        b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"RIFF\x04\0\0\0WAVEfmt ",
        b"\xff\xd8\xff",
        b"%PDF-1.7",
        &whole[1..],
        &whole[..20],
        &whole[..whole.len() - 12],
        &bytes(GIF)[..40],
        &bytes(WEBP)[..30],
        &huge,
    ];
    for picture in wrong {
        let error = show(&mut alice, json!({"msg": "look"}), picture);
        assert_eq!(error["code"], "bad_picture", "{}: {error}", picture.escape_ascii());
        alice.send_bytes(picture);
        let error = alice.expect("error");
        assert_eq!((&error["code"], error.get("id")), (&json!("bad_picture"), None), "unannounced: {error}");
    }
    assert_eq!(show(&mut alice, json!({}), &whole)["offset"], 1, "none of them was stored");
    assert_eq!(bob.expect("picture")["offset"], 1);
}

#[test]
fn a_picture_without_a_word_goes_to_the_room_where_one_is() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Json::named(chat.address(), "bob");
    alice.join("tea");
    bob.join("tea");
    alice.send_bytes(&bytes(PNG));
    let event = bob.expect("picture");
    assert_eq!((&event["room"], &event["msg"], &event["from"]), (&json!("tea"), &json!(""), &json!("alice")));
    // Announced for another room, in between something is said; then the announcement is used up.
    alice.send(&json!({"type": "picture", "id": "p", "room": "lobby"}));
    assert_eq!(alice.say("tea", "wait for it")["type"], "ack");
    alice.send_bytes(&bytes(PNG));
    alice.send_bytes(&bytes(GIF));
    let rooms: Vec<_> = (0..2).map(|_| bob.expect("picture")["room"].clone()).collect();
    assert_eq!(rooms, ["lobby", "tea"]);
    // In private.
    let ack = show(&mut alice, json!({"to": "bob", "msg": "for you"}), &bytes(PNG));
    assert_eq!(bob.expect("picture")["room"], ack["room"]);
}

#[test]
fn a_picture_whose_announcement_was_refused_goes_nowhere() {
    let chat = Chat::start(&["--max-picture", "64KiB"]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Json::named(chat.address(), "bob");
    bob.join("tea");
    let refusals = [
        (json!({"room": "tea"}), "not_member"),
        (json!({"room": "nowhere"}), "no_such_room"),
        (json!({"to": "nobody-here"}), "no_such_person"),
        (json!({"size": 65_537}), "picture_too_large"),
        (json!({"msg": "x".repeat(4001)}), "too_long"),
        (json!({"size": "large"}), "bad_field"),
        (json!({"room": "lobby", "to": "bob"}), "bad_field"),
    ];
    for (announcement, code) in refusals {
        assert_eq!(show(&mut alice, announcement.clone(), &bytes(PNG))["code"], code, "{announcement}");
        alice.say("lobby", "and then");
        let heard = bob.heard_of("picture");
        assert_eq!(heard, Vec::<Value>::new(), "{announcement}");
    }
    assert_eq!(show(&mut alice, json!({}), &bytes(PNG))["type"], "ack");
}

#[test]
fn an_announcement_that_another_replaces_is_answered_too() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    alice.send(&json!({"type": "picture", "id": "first"}));
    let ack = show(&mut alice, json!({"msg": "second"}), &bytes(PNG));
    assert_eq!(ack["type"], "ack");
    let answers: Vec<_> = alice.heard().into_iter().filter(|it| it["id"] == "first").collect();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(answers[0]["type"], "error");
}

#[test]
fn a_picture_that_is_too_large_ends_the_connection() {
    let chat = Chat::start(&["--max-picture", "2MiB"]);
    let mut alice = Json::named(chat.address(), "alice");
    assert_eq!(alice.welcome["limits"]["picture"], 2 << 20);
    let mut picture = png(64, 64, &vec![0; (2 << 20) - png(64, 64, b"").len()]);
    assert_eq!(
        show(&mut alice, json!({"size": 2 << 20}), &picture)["type"],
        "ack",
        "the largest that is allowed"
    );
    picture.push(0);
    alice.send(&json!({"type": "picture", "size": 10}));
    alice.send_bytes(&picture);
    assert_eq!(alice.closed().0, 1009);
}

#[test]
fn a_long_picture_is_announced_by_somebody_who_is_known() {
    let chat = Chat::start(&[]);
    // Longer than any request.
    let long = png(1, 1, &[7; 200 << 10]);
    let mut stranger = Json::connect(chat.address());
    stranger.send_bytes(&long);
    assert_eq!(stranger.closed().0, 1009);

    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Json::named(chat.address(), "bob");
    for _ in 0..2 {
        assert_eq!(show(&mut alice, json!({}), &long)["type"], "ack");
        assert_eq!(bob.expect("picture")["from"], "alice");
    }
    // One whose announcement was refused is dropped, however long it is, and nothing happens to its sender.
    assert_eq!(show(&mut bob, json!({"room": "nowhere"}), &long)["code"], "no_such_room");
    assert_eq!(bob.say("lobby", "still here")["type"], "ack");
    // Right behind a request that has to be waited for.
    bob.send(&json!({"type": "name", "name": "robert"}));
    assert_eq!(show(&mut bob, json!({}), &long)["type"], "ack");
    // An announcement is for one picture.
    alice.send_bytes(&long);
    assert_eq!(alice.closed().0, 1009);
    // Text clients announce nothing.
    let mut reader = Text::connect(chat.address());
    reader.send_bytes(&long);
    bob.wait_for("the picture", |it| it["type"] == "picture" && it["from"] == *reader.name);
}

#[test]
fn a_picture_that_is_taken_back_is_gone() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Json::named(chat.address(), "bob");
    show(&mut alice, json!({"msg": "oh no"}), &bytes(PNG));
    let url = address_of(&bob.expect("picture")).to_owned();
    let page = get(chat.address(), &url);
    assert_eq!((page.status, page.header("Cache-Control")), (200, Some("private, no-cache")));
    // A browser that has it asks whether it may still show it.
    let tag = page.header("ETag").expect("it can be asked for by its tag").to_owned();
    let ask = |tag: &str| get_with(chat.address(), &url, &format!("If-None-Match: {tag}\r\n"));
    let weak = format!("W/{tag}");
    for known in [&tag, &weak, "*"] {
        let same = ask(known);
        assert_eq!(
            (same.status, same.body.len(), same.header("ETag")),
            (304, 0, Some(&*tag)),
            "{}",
            same.head
        );
        assert_eq!(same.header("Cache-Control"), Some("private, no-cache"));
    }
    assert_eq!((ask("\"another\"").status, ask("\"another\"").body), (200, page.body));
    assert_eq!(bob.refused(json!({"type": "delete", "room": "lobby", "offset": 1})), "not_yours");
    assert_eq!(alice.ask(json!({"type": "delete", "room": "lobby", "offset": 1}))["type"], "ack");
    assert_eq!(get(chat.address(), &url).status, 404);
    let gone = ask(&tag);
    assert_eq!(
        (gone.status, gone.header("Cache-Control")),
        (404, Some("no-store")),
        "nobody shows it any more"
    );
    let page = bob.ask(json!({"type": "page", "room": "lobby"}));
    assert_eq!((&page["events"][0]["deleted"], page["events"][0].get("picture")), (&json!(true), None));
    assert_eq!((&page["events"][0]["msg"], page["events"][0]["offset"].as_u64()), (&json!(""), Some(1)));
}

#[test]
fn saying_a_picture_again_stores_nothing() {
    let mut chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let say = |client: &mut Json| {
        client.send(&json!({"type": "picture", "id": "once"}));
        client.send_bytes(&bytes(PNG));
        client.wait_for("the answer", |it| it["id"] == "once")
    };
    let first = say(&mut alice);
    chat.crash();
    let mut alice = alice.again(chat.address());
    let again = say(&mut alice);
    assert_eq!((&again["offset"], &again["msg_time"]), (&first["offset"], &first["msg_time"]));
    assert_eq!(again["repeated"], true);
    assert_eq!(alice.say("lobby", "next")["offset"], 2);
}

#[test]
fn text_clients_are_told_an_address_that_works() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut reader = Text::connect(chat.address());
    show(&mut alice, json!({"msg": "a caption"}), &bytes(PNG));
    let line = reader.until("picture");
    let base = format!("http://{}", chat.address());
    let (said, path) = line.split_once(&base).unwrap_or_else(|| panic!("no address: {line}"));
    assert!(said.ends_with(" alice sent a picture: a caption "), "{line}");
    assert!(get(chat.address(), path).body == bytes(PNG));
    // And they send pictures by sending them.
    reader.send_bytes(&bytes(GIF));
    let event = alice.expect("picture");
    assert_eq!(event["from"], reader.name);
    reader.send_bytes(b"no picture");
    assert!(reader.until("* ").contains("picture"));
}

/// What a telephone writes: where it was, what it is, a small copy, and which way it was held.
fn photograph(orientation: u8) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x03\0".to_vec();
    tiff.extend(b"\x0f\x01\x02\0\x0e\0\0\0\x40\0\0\0"); // who made it
    tiff.extend([0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
    tiff.extend(b"\x25\x88\x04\0\x01\0\0\0\x52\0\0\0\0\0\0\0"); // where it was
    tiff.extend(b"SECRET CAMERA, SECRET PLACE 52.5 N 13.4 E \xff\xd8\xff\xd9 SECRET THUMBNAIL");
    let segment = |marker: u8, data: &[u8]| {
        [&[0xFF, marker][..], &(data.len() as u16 + 2).to_be_bytes(), data].concat()
    };
    let jpeg = bytes(JPEG);
    [
        &jpeg[..2],
        &segment(0xE1, &[b"Exif\0\0", &tiff[..]].concat()),
        &segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>SECRET</x:xmpmeta>"),
        &segment(0xED, b"Photoshop 3.0\08BIM\x04\x04SECRET CITY"),
        &segment(0xE2, b"MPF\0SECRET OTHER PICTURES"),
        &jpeg[2..20],
        &segment(0xE2, b"ICC_PROFILE\0\x01\x01 colours"),
        &segment(0xFE, b"SECRET COMMENT"),
        &jpeg[20..],
        b"ftypmp42 SECRET FILM",
    ]
    .concat()
}

#[test]
fn a_photograph_does_not_tell_where_it_was_taken_and_stands_upright() {
    let chat = Chat::in_memory(&["--message-rate", "0"]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Json::named(chat.address(), "bob");
    for orientation in 0..=9 {
        let picture = photograph(orientation);
        assert_eq!(show(&mut alice, json!({"size": picture.len()}), &picture)["type"], "ack");
        let event = bob.expect("picture");
        let served = get(chat.address(), address_of(&event)).body;
        let has = |what: &[u8]| served.windows(what.len()).any(|window| window == what);
        assert!(!has(b"SECRET") && has(b"ICC_PROFILE\0\x01\x01 colours"), "{orientation}");
        assert_eq!(has(b"Exif\0\0"), (2..=8).contains(&orientation), "{orientation}");
        let (width, height) = if (5..=8).contains(&orientation) { (5, 7) } else { (7, 5) };
        let told = &event["picture"];
        assert_eq!((&told["width"], &told["height"]), (&json!(width), &json!(height)), "{orientation}");
        assert_eq!(told["size"], served.len());
    }
}

#[test]
fn a_picture_with_too_many_pixels_is_refused_in_words() {
    let chat = Chat::in_memory(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    for (width, height) in [(5_001, 5_000), (16_385, 1), (1, 16_385), (100_000, 100_000)] {
        let error = show(&mut alice, json!({}), &png(width, height, b""));
        assert_eq!(error["code"], "bad_picture", "{error}");
        assert!(error["msg"].as_str().is_some_and(|words| words.contains("25 million pixels")), "{error}");
    }
    assert_eq!(show(&mut alice, json!({}), &png(5_000, 5_000, b""))["type"], "ack");
}
