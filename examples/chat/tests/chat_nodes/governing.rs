//! What those who govern decide at one node holds at all of them.

use pollcat_chat_testing::governed::{act, owner};
use pollcat_chat_testing::json::Json;
use serde_json::json;

use crate::company::Company;

#[test]
fn a_ban_at_one_node_closes_the_connections_at_others() {
    let Some(company) = Company::start(3) else { return };
    let mut olive = owner(&company.nodes[0].chat, "olive");
    let mut bob = company.named(1, "bob");
    act(&mut olive, json!({"type": "ban", "user": "bob", "seconds": 3600, "reason": "spam"}));
    let error = bob.expect("error");
    assert_eq!(error["code"], "banned", "{error}");
    let (code, reason) = bob.closed();
    assert_eq!(code, 4501);
    assert!(reason.contains("olive") && reason.contains("spam"), "{reason}");
    for node in 0..3 {
        let mut again = Json::connect(company.address(node));
        assert_eq!(again.refused(json!({"type": "hello", "token": bob.token})), "banned");
    }
    act(&mut olive, json!({"type": "unban", "user": "bob"}));
    assert_eq!(bob.again(company.address(2)).id, bob.id);
}

#[test]
fn a_mute_at_one_node_holds_at_others() {
    let Some(company) = Company::start(2) else { return };
    let mut olive = owner(&company.nodes[0].chat, "olive");
    let mut bob = company.named(1, "bob");
    act(&mut olive, json!({"type": "mute", "room": "lobby", "user": "bob"}));
    bob.expect("muted");
    assert_eq!(bob.refused(json!({"type": "message", "room": "lobby", "msg": "but"})), "muted");
    act(&mut olive, json!({"type": "unmute", "room": "lobby", "user": "bob"}));
    bob.expect("unmuted");
    bob.say("lobby", "at last");
    olive.wait_for("the word", |it| it["msg"] == "at last");
}
