//! Watching: a window hears of the people that it shows, in a crowd too (README, 7).

use serde_json::{Value, json};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::text::Text;

/// From now on a window watches these: the answer, without its id.
#[track_caller]
fn watch(window: &mut Json, people: &[u64]) -> Value {
    let mut answer = window.ask(json!({"type": "watch", "people": people}));
    answer.as_object_mut().expect("an object").remove("id");
    answer
}

/// The next news of those whom a window watches.
#[track_caller]
fn news(window: &mut Json) -> Value {
    window.expect("presence")
}

fn presence(online: &[u64], offline: &[u64]) -> Value {
    json!({"type": "presence", "online": online, "offline": offline})
}

#[test]
fn all_are_told_at_once_and_later_what_has_changed() {
    let chat = Chat::in_memory(&[]);
    let [mut alice, bob, carol] = ["alice", "bob", "carol"].map(|name| Json::named(chat.address(), name));
    let nobody = 99;
    let asked = [nobody, carol.id, bob.id, carol.id, alice.id];
    let answer = watch(&mut alice, &asked);
    assert_eq!(answer, presence(&[alice.id, bob.id, carol.id], &[nobody]), "each once, by number");
    let (bob_id, bob_token, carol_id) = (bob.id, json!({"token": bob.token}), carol.id);
    bob.leave();
    carol.leave();
    assert_eq!(news(&mut alice), presence(&[], &[bob_id, carol_id]));
    // Carol is watched no more.
    assert_eq!(watch(&mut alice, &[bob_id]), presence(&[], &[bob_id]));
    let bob = Json::hello(chat.address(), bob_token.clone());
    assert_eq!(news(&mut alice), presence(&[bob_id], &[]));
    // Whoever comes back within three seconds never went.
    bob.leave();
    let bob = Json::hello(chat.address(), bob_token);
    let mut carol = Json::named(chat.address(), "carola");
    watch(&mut carol, &[bob_id]);
    bob.leave();
    assert_eq!(news(&mut carol), presence(&[], &[bob_id]));
    assert_eq!(news(&mut alice), presence(&[], &[bob_id]));
    assert_eq!(watch(&mut alice, &[]), presence(&[], &[]), "nobody any more");
}

#[test]
fn a_new_name_is_told_and_who_is_forgotten_is_offline() {
    let chat = Chat::in_memory(&[]);
    let [mut alice, mut bob] = ["alice", "bob"].map(|name| Json::named(chat.address(), name));
    let guest = Text::connect(chat.address());
    let guest_id =
        alice.wait_for("the guest", |it| it["type"] == "joined" && it["user"]["name"] == guest.name);
    let guest_id = guest_id["user"]["id"].as_u64().expect("a person has an id");
    watch(&mut alice, &[bob.id, guest_id]);
    bob.rename("robert");
    let renamed = json!([{"id": bob.id, "name": "robert"}]);
    assert_eq!(
        news(&mut alice),
        json!({"type": "presence", "online": [], "offline": [], "renamed": renamed})
    );
    drop(guest); // without a token: nobody will be this guest again
    assert_eq!(news(&mut alice), presence(&[], &[guest_id]));
    assert_eq!(watch(&mut alice, &[bob.id, guest_id]), presence(&[bob.id], &[guest_id]));
}

#[test]
fn each_window_watches_for_itself() {
    let chat = Chat::in_memory(&[]);
    let [mut alice, bob] = ["alice", "bob"].map(|name| Json::named(chat.address(), name));
    let mut other = alice.again(chat.address());
    watch(&mut alice, &[bob.id]);
    let alice_id = [alice.id];
    assert_eq!(watch(&mut other, &alice_id), presence(&alice_id, &[]));
    let id = bob.id;
    bob.leave();
    assert_eq!(news(&mut alice), presence(&[], &[id]));
    assert_eq!(other.heard_of("presence"), Vec::<Value>::new());
}

#[test]
fn what_can_be_watched_has_limits() {
    let chat = Chat::in_memory(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let many: Vec<u64> = (1_000..1_200).collect();
    assert_eq!(watch(&mut alice, &many), presence(&[], &many));
    let odd = [
        json!({"type": "watch"}),
        json!({"type": "watch", "people": null}),
        json!({"type": "watch", "people": 3}),
        json!({"type": "watch", "people": [1, -1]}),
        json!({"type": "watch", "people": ["alice"]}),
        json!({"type": "watch", "people": [1.5]}),
        json!({"type": "watch", "people": [18_446_744_073_709_551_616_u128.to_string()]}),
        json!({"type": "watch", "people": (0..201).collect::<Vec<u64>>()}),
        json!({"type": "watch", "people": vec![alice.id; 201]}),
    ];
    for odd in odd {
        assert_eq!(alice.refused(odd.clone()), "bad_field", "{odd}");
    }
    alice.send_text(r#"{"type":"watch","people":[18446744073709551616],"id":"beyond"}"#);
    let error = alice.wait_for("the error", |it| it["id"] == "beyond");
    assert_eq!(error["code"], "bad_field", "{error}");
    let last = [alice.id, u64::MAX];
    assert_eq!(
        watch(&mut alice, &last),
        presence(&last[..1], &last[1..]),
        "what was wrong has changed nothing"
    );
}

/// A page that shows a list, and scrolls: it asks again and again, and pays for it.
#[test]
fn watching_is_paid_for() {
    let chat = Chat::in_memory(&["--message-rate", "1", "--message-burst", "5"]);
    let mut alice = Json::hello(chat.address(), json!({}));
    let mut refused = None;
    for round in 0..20_u64 {
        let people: Vec<u64> = (1_000 * round..1_000 * round + 200).collect();
        let answer = alice.ask(json!({"type": "watch", "people": people}));
        if answer["type"] == "error" {
            refused = Some(answer);
            break;
        }
    }
    assert_eq!(refused.expect("that is too fast")["code"], "rate_limited");
}
