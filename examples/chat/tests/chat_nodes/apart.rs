//! What is between some people stays between them at every node; and pictures are everywhere.

use pollcat_chat_testing::governed::act;
use pollcat_chat_testing::http::get;
use pollcat_chat_testing::json::{Json, fresh_id};
use pollcat_chat_testing::png::png;
use serde_json::{Value, json};

use crate::company::{Company, said};

/// Alice, Bob and Carol, each at a node of their own.
#[track_caller]
fn three(company: &Company) -> [Json; 3] {
    [(0, "alice"), (1, "bob"), (2, "carol")].map(|(node, name)| company.named(node, name))
}

/// All that somebody has heard until now, and there was something to be heard.
#[track_caller]
fn heard(listener: &mut Json, speaker: &mut Json) -> Vec<Value> {
    let text = format!("the end of {}", fresh_id());
    speaker.say("lobby", &text);
    let mut heard = Vec::new();
    loop {
        let object = listener.object();
        if object["msg"] == text {
            return heard;
        }
        heard.push(object);
    }
}

#[test]
fn private_talk_is_heard_by_two() {
    let Some(company) = Company::start(3) else { return };
    let [mut alice, mut bob, mut carol] = three(&company);
    let ack = alice.ask(json!({"to": bob.id, "msg": "psst"}));
    let room = ack["room"].as_str().unwrap_or_else(|| panic!("{ack}")).to_owned();
    let told = bob.wait_for("the word", |it| it["msg"] == "psst");
    assert_eq!(
        (&told["room"], &told["offset"], &told["from_id"]),
        (&json!(room), &json!(1), &json!(alice.id))
    );
    bob.ask(json!({"to": "alice", "msg": "yes?"}));
    assert_eq!(alice.wait_for("the answer", |it| it["msg"] == "yes?")["offset"], 2);
    let heard = heard(&mut carol, &mut bob);
    assert!(!heard.iter().any(|it| it.to_string().contains(&room)), "{heard:?}");
    assert_eq!(carol.refused(json!({"type": "page", "room": room})), "no_such_room");
    assert_eq!(said(&mut bob.again(company.address(2)), &room), ["psst", "yes?"]);
}

#[test]
fn a_private_room_is_there_for_its_members_at_their_nodes() {
    let Some(company) = Company::start(3) else { return };
    let [mut alice, mut bob, mut carol] = three(&company);
    let state = alice.ask(json!({"type": "join", "room": "Tea", "create": true, "private": true}));
    assert_eq!((&state["type"], &state["kind"]), (&json!("room"), &json!("private")), "{state}");
    let room = state["room"].as_str().expect("a key").to_owned();
    alice.say(&room, "for us");
    act(&mut alice, json!({"type": "add", "room": room, "user": bob.id}));
    let told = bob.wait_for("the room", |it| it["type"] == "room" && it["room"] == *room);
    assert_eq!(told["title"], "Tea");
    assert_eq!(bob.history(&room)[0]["events"][0]["msg"], "for us");
    bob.say(&room, "thanks");
    alice.wait_for("the thanks", |it| it["msg"] == "thanks" && it["room"] == *room);
    let heard = heard(&mut carol, &mut bob);
    assert!(!heard.iter().any(|it| it.to_string().contains(&room)), "{heard:?}");
    assert_eq!(carol.refused(json!({"type": "join", "room": room})), "no_such_room");
    // Who is taken out hears no more of it.
    act(&mut alice, json!({"type": "kick", "room": room, "user": bob.id}));
    bob.wait_for("the end", |it| it["type"] == "left" && it["room"] == *room);
    assert_eq!(bob.refused(json!({"type": "message", "room": room, "msg": "still here?"})), "no_such_room");
}

#[test]
fn a_picture_is_shown_by_every_node() {
    let Some(company) = Company::start(3) else { return };
    let [mut alice, mut bob, mut carol] = three(&company);
    let noise: Vec<u8> =
        (0..300_000_u32).map(|place| (place.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let picture = png(300, 300, &noise);
    let id = fresh_id();
    alice.send(&json!({"type": "picture", "room": "lobby", "size": picture.len(), "id": id}));
    alice.send_bytes(&picture);
    let ack = alice.wait_for("the answer to a picture", |it| it["id"] == *id);
    assert_eq!(ack["type"], "ack", "{ack}");
    let addresses =
        [&mut alice, &mut bob, &mut carol].map(|it| it.expect("picture")["picture"]["url"].clone());
    for (node, url) in addresses.iter().enumerate() {
        assert_eq!(url, &addresses[0]);
        let page = get(company.address(node), url.as_str().expect("an address"));
        assert_eq!((page.status, page.header("Content-Type")), (200, Some("image/png")));
        assert!(page.body == picture, "node {node} shows something else");
    }
}
