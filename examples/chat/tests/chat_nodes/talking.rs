//! What is said at one node is heard at all of them, in one order; how sure it is, the log says.

use pollcat_chat_testing::json::{Json, fresh_id};
use serde_json::{Value, json};

use crate::company::{Company, SURE};

const EACH: usize = 20;

#[test]
fn all_hear_the_same_in_the_same_order_with_the_same_offsets() {
    let Some(company) = Company::start(3) else { return };
    let mut people: Vec<Json> =
        (0..3).map(|node| company.named(node, ["alice", "bob", "carol"][node])).collect();
    // All at once: nobody waits for an answer.
    for number in 0..EACH {
        for person in &mut people {
            let text = format!("{} {number}", person.name);
            person.send(&json!({"type": "message", "room": "lobby", "msg": text, "id": fresh_id()}));
        }
    }
    let heard: Vec<Vec<Value>> = people
        .iter_mut()
        .map(|person| {
            let messages = (0..3 * EACH).map(|_| person.expect("message"));
            messages.map(|it| json!([it["offset"], it["from"], it["msg"], it["msg_time"]])).collect()
        })
        .collect();
    assert_eq!(heard[0], heard[1]);
    assert_eq!(heard[0], heard[2]);
    assert!((1..).zip(&heard[0]).all(|(offset, it)| it[0] == offset), "{:?}", heard[0]);
    for person in ["alice", "bob", "carol"] {
        let own = heard[0].iter().filter(|it| it[1] == person).map(|it| it[2].clone());
        let as_said: Vec<Value> = (0..EACH).map(|number| json!(format!("{person} {number}"))).collect();
        assert_eq!(own.collect::<Vec<_>>(), as_said, "in the order in which they said it");
    }
}

#[test]
fn an_ack_promises_what_the_log_can_keep() {
    for (flags, durability) in [
        (&SURE[..], "disk"),
        (&["--appendonly", "yes", "--appendfsync", "everysec"], "system"),
        (&["--appendonly", "no"], "memory"),
    ] {
        let Some(company) = Company::with(flags, 1) else { return };
        let mut alice = company.named(0, "alice");
        assert_eq!(alice.welcome["durability"], durability, "{flags:?}");
        alice.say("lobby", "hello");
    }
}
