//! Faults that the chat once had, each with the story in which it was seen. What needs no program is tested where the
//! fault was.

use rusqlite::Connection;
use serde_json::{Value, json};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::text::Text;

/// A GIF of seven by five pixels.
const PICTURE: &[u8] = b"GIF87a\x07\0\x05\0\x81\0\0\xc8\x1e\x1e\0\0\0\0\0\0\0\0\0\
    ,\0\0\0\0\x07\0\x05\0\0\x08\x0c\0\x01\x08\x1cH\xb0\xa0\xc1\x83\x07\x03\x02\0;";

/// The newest events of a room, as `page` has them.
#[track_caller]
fn page(who: &mut Json, room: &str) -> Vec<Value> {
    let page = who.ask(json!({"type": "page", "room": room}));
    page["events"].as_array().unwrap_or_else(|| panic!("{page} is no page")).clone()
}

/// Another program's hand in the file.
fn alter(chat: &Chat, sql: &str) {
    Connection::open(chat.data()).expect("the file is there").execute_batch(sql).expect("it can be altered");
}

/// `offset + 1` was reckoned before the offset was looked at: the end of a debug build.
#[test]
fn an_offset_beyond_all_numbers_ends_nothing() {
    let chat = Chat::in_memory(&[]);
    let one = Json::hello(chat.address(), json!({}));
    let epoch = one.welcome["rooms"][0]["epoch"].clone();
    let rooms = json!({"lobby": {"epoch": epoch, "offset": u64::MAX}});
    let again = Json::hello(chat.address(), json!({"token": one.token, "rooms": rooms}));
    assert_eq!(again.histories["lobby"][0]["recovered"], false);
}

/// The lobby could not be stored, was forgotten, and whoever came next ended the program.
#[test]
fn there_is_a_lobby_even_if_it_cannot_be_stored() {
    let mut chat = Chat::start(&[]);
    chat.terminate();
    alter(
        &chat,
        "DELETE FROM rooms; DELETE FROM members;
         CREATE TRIGGER no BEFORE INSERT ON rooms BEGIN SELECT RAISE(ABORT, 'no'); END",
    );
    chat.start_again();
    let mut one = Json::hello(chat.address(), json!({}));
    assert_eq!(one.refused(json!({"type": "message", "msg": "hello"})), "no_such_room");
    let again = one.again(chat.address());
    assert_eq!(again.id, one.id);
}

/// Who came while the disk was full had a number that the next newcomer got as well, and with it their words.
#[test]
fn a_number_belongs_to_whoever_spoke_under_it() {
    let mut chat = Chat::start(&[]);
    drop(Json::named(chat.address(), "first"));
    alter(&chat, "CREATE TRIGGER no BEFORE INSERT ON people BEGIN SELECT RAISE(ABORT, 'no'); END");
    let mut unknown = Json::hello(chat.address(), json!({}));
    assert_eq!(unknown.token, "", "they cannot come back");
    alter(&chat, "DROP TRIGGER no");
    let ack = unknown.say("lobby", "mine");
    chat.kill();
    chat.start_again();
    let mut next = Json::hello(chat.address(), json!({}));
    assert_ne!(next.id, unknown.id);
    let delete = json!({"type": "delete", "room": "lobby", "offset": ack["offset"]});
    assert_eq!(next.refused(delete), "not_yours");
}

/// The announcement named both a room and a person; the picture went to everybody in the room.
#[test]
fn a_picture_after_a_faulty_announcement_goes_nowhere() {
    let chat = Chat::in_memory(&[]);
    let (mut one, two) = (Json::named(chat.address(), "one"), Json::named(chat.address(), "two"));
    let both = json!({"type": "picture", "room": "lobby", "to": two.id});
    for wrong in [both, json!({"type": "picture", "to": 1.5}), json!({"type": "picture", "size": "large"})] {
        one.send(&wrong);
        one.send_bytes(PICTURE);
        assert_eq!(one.expect("error")["code"], "bad_field");
    }
    one.send_text("{\"type\":\"picture\",\"to\":");
    one.send_bytes(PICTURE);
    assert_eq!(one.expect("error")["code"], "bad_json");
    assert_eq!(page(&mut one, "lobby"), [] as [Value; 0]);
    one.send(&json!({"type": "picture", "id": "well", "room": "lobby"}));
    one.send_bytes(PICTURE);
    assert_eq!(one.wait_for("the ack", |it| it["id"] == "well")["offset"], 1);
}

/// Their ids were never answered: that of an announcement after which another one came, and that of one behind a
/// request that takes its time, whose bytes were too many to wait with it.
#[test]
fn every_announcement_has_an_answer() {
    let chat = Chat::in_memory(&[]);
    let mut one = Json::named(chat.address(), "one");
    one.send(&json!({"type": "picture", "id": "first"}));
    one.send(&json!({"type": "picture", "id": "second"}));
    one.send_bytes(PICTURE);
    assert_eq!(one.wait_for("an answer", |it| it["id"] == "first")["code"], "bad_picture");
    assert_eq!(one.wait_for("an answer", |it| it["id"] == "second")["type"], "ack");

    one.send(&json!({"type": "join", "room": "tea", "create": true}));
    one.send(&json!({"type": "picture", "id": "large", "room": "tea"}));
    one.send_bytes(&[PICTURE, &vec![0; 512 << 10]].concat());
    assert_eq!(one.wait_for("an answer", |it| it["id"] == "large")["room"], "tea");
}

/// Announced as a member, sent as none.
#[test]
fn whoever_has_left_a_room_sends_no_picture_there() {
    let chat = Chat::in_memory(&[]);
    let (mut one, mut two) = (Json::named(chat.address(), "one"), Json::named(chat.address(), "two"));
    one.join("tea");
    two.join("tea");
    one.send(&json!({"type": "picture", "id": "late", "room": "tea"}));
    assert_eq!(one.ask(json!({"type": "leave", "room": "tea"}))["type"], "ack");
    one.send_bytes(PICTURE);
    assert_eq!(one.wait_for("an answer", |it| it["id"] == "late")["code"], "not_member");
    assert_eq!(page(&mut two, "tea"), [] as [Value; 0]);
}

/// `no_such_room` for those that existed, `bad_room_name` for those that did not. (Names without 0 and 1, which look
/// like letters.)
#[test]
fn nobody_learns_by_joining_who_talks_to_whom() {
    let chat = Chat::in_memory(&[]);
    let mut people: Vec<Json> = (0..6).map(|_| Json::hello(chat.address(), json!({}))).collect();
    assert_eq!(people[2].ask(json!({"type": "message", "to": 4, "msg": "psst"}))["room"], "@3:4");
    let mut codes = |room: &str| {
        [true, false].map(|create| people[5].refused(json!({"type": "join", "room": room, "create": create})))
    };
    assert_eq!(codes("@3:4"), codes("@3:5"));
    // Those who talk there find it, whatever digits it has.
    people[0].ask(json!({"type": "message", "to": 2, "msg": "psst"}));
    assert_eq!(people[0].ask(json!({"type": "join", "room": "@1:2"}))["kind"], "direct");
}

/// `[private]` is what text clients read before what is said to them alone.
#[test]
fn no_room_is_called_private() {
    let chat = Chat::in_memory(&[]);
    let mut one = Json::named(chat.address(), "one");
    for name in ["private", "Private", "pr1vate"] {
        assert_eq!(
            one.refused(json!({"type": "join", "room": name, "create": true})),
            "bad_room_name",
            "{name}"
        );
    }
}

/// A newcomer who was gone before the welcome kept the name they had wished for.
#[test]
fn who_is_gone_before_the_welcome_has_no_name() {
    let chat = Chat::start(&[]);
    // Holds the newcomer's first write up until they are gone.
    let mut file = Connection::open(chat.data()).expect("the file is there");
    let mut witness = Json::named(chat.address(), "witness");
    let held = file.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).expect("a lock");
    let mut gone = Json::connect(chat.address());
    gone.send(&json!({"type": "hello", "name": "alice"}));
    gone.leave();
    drop(held);
    witness.say("lobby", "the disk writes again");
    let alice = Json::hello(chat.address(), json!({"name": "alice"}));
    assert_eq!(alice.name, "alice");
}

/// Text clients were told nothing when they left a room in which they were not.
#[test]
fn a_text_client_is_told_what_it_has_left() {
    let chat = Chat::in_memory(&[]);
    let mut one = Text::connect(chat.address());
    for line in ["/join tea", "/join jam", "/leave tea"] {
        one.say(line);
    }
    one.until("* you have left tea");
}
