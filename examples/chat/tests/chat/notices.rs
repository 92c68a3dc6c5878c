//! What one is told of while one is away, and where: levels, calls and targets, as they are asked for (README, Oneself).

use serde_json::{Value, json};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::governed::{act, lacks, operator, owner, somebody};
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::receiver::Receiver;
use pollcat_chat_testing::text::Text;

/// The room, as the welcome of one more window has it.
#[track_caller]
fn state(chat: &Chat, of: &Json, room: &str) -> Value {
    let welcome = of.again(chat.address()).welcome;
    let rooms = welcome["rooms"].as_array().expect("rooms").clone();
    rooms.into_iter().find(|it| it["room"] == room).expect("they are in it")
}

#[track_caller]
fn target(client: &mut Json, mut request: Value) -> Value {
    request["type"] = "add_target".into();
    let answer = client.ask(request);
    assert_eq!(answer["type"], "target", "{answer}");
    answer
}

#[track_caller]
fn targets(client: &mut Json, request: Value) -> Vec<Value> {
    let answer = client.ask(request);
    assert_eq!(answer["type"], "targets", "{answer}");
    answer["targets"].as_array().expect("a list").clone()
}

#[test]
fn a_level_is_kept_and_told_to_ones_other_windows() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Json::named(chat.address(), "bob");
    alice.join("tea");
    bob.join("tea");
    let mut other = bob.again(chat.address());
    assert_eq!(state(&chat, &bob, "tea").get("level"), None);
    act(&mut bob, json!({"type": "level", "room": "tea", "level": "all"}));
    let told = other.expect("level");
    assert_eq!(told, json!({"type": "level", "room": "tea", "level": "all"}));
    assert_eq!(state(&chat, &bob, "tea")["level"], "all");
    act(&mut bob, json!({"type": "level", "room": "tea", "level": null}));
    assert_eq!(other.expect("level"), json!({"type": "level", "room": "tea", "level": null}));
    assert_eq!(state(&chat, &bob, "tea").get("level"), None);
    assert_eq!(bob.refused(json!({"type": "level", "room": "tea", "level": "some"})), "bad_field");
    let elsewhere = bob.refused(json!({"type": "level", "room": "coffee", "level": "all"}));
    assert_eq!(elsewhere, "no_such_room");
    let heard = alice.heard();
    assert!(heard.iter().all(|it| it["type"] != "level"), "it is nobody else's business: {heard:?}");

    let mut reader = Text::connect(chat.address());
    reader.say("/level nothing");
    reader.until("done");
    reader.say("/level");
    reader.until("it is /level all|mentions|nothing|usual");
    reader.say("/push");
    reader.until("what goes out: nothing");
}

#[test]
fn a_call_mentions_all_if_an_op_says_it() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Json::named(chat.address(), "bob");
    alice.join("tea");
    bob.join("tea");
    bob.say("tea", "@all, of a member these are words");
    assert_eq!(alice.wait_for("bob", |it| it["type"] == "message").get("call"), None);
    let all = alice.say("tea", "@all the tea is ready");
    let heard = bob.wait_for("alice", |it| it["type"] == "message");
    assert_eq!((&heard["call"], heard.get("mentions")), (&json!("all"), None));
    let counts = |of: &Json| state(&chat, of, "tea")["mentions"].clone();
    assert_eq!((counts(&bob), counts(&alice)), (json!(1), json!(0)), "not oneself");
    let again = alice.ask(json!({"type": "message", "room": "tea", "msg": "@所有人 now"}));
    assert_eq!(again["code"], "slow", "{again}");
    assert!(again["retry_after"].as_u64().is_some_and(|wait| wait <= 60_000), "{again}");
    act(&mut bob, json!({"type": "read", "room": "tea", "offset": all["offset"]}));
    assert_eq!(counts(&bob), 0);
    let page = bob.ask(json!({"type": "page", "room": "tea"}));
    assert_eq!(page["events"][1]["call"], "all", "{page}");
}

#[test]
fn a_target_of_ones_own_is_judged_and_never_told_again() {
    let chat = Chat::start(&["--push-hosts", "ntfy.sh", "--push-hosts", "hooks.example.com"]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Json::named(chat.address(), "bob");
    assert_eq!(alice.welcome["push"]["hosts"], json!(["ntfy.sh", "hooks.example.com"]));
    assert!(alice.welcome["push"]["shapes"].as_array().is_some_and(|all| all.len() == 9));
    let ntfy = target(&mut alice, json!({"shape": "ntfy", "url": "https://ntfy.sh/hush-7"}));
    let told = &ntfy["target"];
    assert_eq!(
        (&told["shape"], &told["host"], &told["text"]),
        (&json!("ntfy"), &json!("ntfy.sh"), &json!("sender"))
    );
    assert_eq!((&told["user"]["id"], &told["sent"], told.get("free")), (&json!(alice.id), &json!(0), None));
    assert_eq!(ntfy.get("secret"), None);
    let hook = target(
        &mut alice,
        json!({"shape": "webhook", "url": "https://hooks.example.com/hush", "text": "text"}),
    );
    let secret = hook["secret"].as_str().expect("one was made").to_owned();
    assert!(secret.starts_with("whsec_"), "{hook}");
    let number = &hook["target"]["id"];
    let rotated = alice.ask(json!({"type": "rotate_target", "target": number}));
    assert_eq!((&rotated["type"], &rotated["target"]["id"]), (&json!("target"), number));
    assert!(
        rotated["secret"].as_str().is_some_and(|it| it.starts_with("whsec_") && it != secret),
        "{rotated}"
    );
    let listed = targets(&mut alice, json!({"type": "targets"}));
    assert_eq!(listed.iter().map(|it| &it["id"]).collect::<Vec<_>>(), [&told["id"], number]);
    let shown = serde_json::to_string(&listed).expect("JSON");
    assert!(!shown.contains("hush") && !shown.contains("whsec_"), "{shown}");

    for url in [
        "http://ntfy.sh/hush",
        "https://ntfy.sh:8443/hush",
        "https://a:b@ntfy.sh/hush",
        "https://ntfy.sh.example.com/hush",
        "https://127.0.0.1/hush",
        "https://例え.jp/hush",
        "ntfy.sh/hush",
        "",
    ] {
        let refused = alice.refused(json!({"type": "add_target", "shape": "webhook", "url": url}));
        assert_eq!(refused, "bad_field", "{url}");
    }
    let of_others =
        json!({"type": "add_target", "shape": "ntfy", "url": "https://ntfy.sh/a", "user": alice.id});
    lacks(&mut bob, of_others, "owner");
    for kind in ["drop_target", "rotate_target", "test_target"] {
        assert_eq!(bob.refused(json!({"type": kind, "target": number})), "no_such_target", "{kind}");
    }
    assert!(targets(&mut bob, json!({"type": "targets"})).is_empty());
    act(&mut alice, json!({"type": "drop_target", "target": number}));
    for number in [number.clone(), json!(0), json!(u64::MAX)] {
        for kind in ["drop_target", "rotate_target", "test_target"] {
            assert_eq!(alice.refused(json!({"type": kind, "target": number})), "no_such_target", "{kind}");
        }
    }
    assert_eq!(targets(&mut alice, json!({"type": "targets"})).len(), 1);

    let mut guest = Json::hello(chat.address(), json!({}));
    let of_a_guest = guest.ask(json!({"type": "add_target", "shape": "ntfy", "url": "https://ntfy.sh/a"}));
    assert_eq!(of_a_guest["type"], "error", "{of_a_guest}");
}

#[test]
fn an_owner_sends_anywhere_and_tries_it() {
    let Some(receiver) = Receiver::start() else { return };
    let chat = Chat::start(&[]);
    let mut alice = owner(&chat, "alice");
    let mut carol = somebody(&chat, "carol", "admin");
    alice.join("tea");
    carol.join("tea");
    let of_tea = |path: &str| json!({"type": "add_target", "shape": "webhook", "url": receiver.url(path), "room": "tea"});
    lacks(&mut carol, of_tea("/ok"), "owner");
    let ok = target(&mut alice, of_tea("/ok"))["target"].clone();
    let host = receiver.address.to_string();
    assert_eq!((&ok["room"], &ok["free"], &ok["host"]), (&json!("tea"), &json!(true), &json!(host)));
    let tested = alice.ask(json!({"type": "test_target", "target": ok["id"]}));
    assert_eq!(
        (&tested["type"], &tested["target"], &tested["ok"]),
        (&json!("tested"), &ok["id"], &json!(true)),
        "{tested}"
    );
    assert_eq!(receiver.next().path, "/ok");
    let gone = target(&mut alice, of_tea("/500"))["target"].clone();
    let tested = alice.ask(json!({"type": "test_target", "target": gone["id"]}));
    assert_eq!((&tested["type"], &tested["ok"]), (&json!("tested"), &json!(false)), "{tested}");
    assert!(
        tested["msg"].as_str().is_some_and(|words| words.contains("500") && !words.contains(&host)),
        "{tested}"
    );

    let of_room = json!({"type": "targets", "room": "tea"});
    assert_eq!(targets(&mut alice, of_room.clone()).len(), 2);
    lacks(&mut carol, of_room, "owner");
    assert_eq!(carol.refused(json!({"type": "test_target", "target": ok["id"]})), "no_such_target");
    let mut page = operator(&chat);
    assert_eq!(targets(&mut page, json!({"type": "targets"})).len(), 2);
    let tested = page.ask(json!({"type": "test_target", "target": ok["id"]}));
    assert_eq!((&tested["type"], &tested["ok"]), (&json!("tested"), &json!(true)), "{tested}");
    let for_carol = json!({"shape": "webhook", "url": receiver.url("/ok"), "user": carol.id});
    let made = target(&mut page, for_carol);
    assert_eq!(made["target"]["user"]["id"], carol.id);
    assert_eq!(targets(&mut carol, json!({"type": "targets"})).len(), 1);
    act(&mut page, json!({"type": "drop_target", "target": made["target"]["id"]}));
    let log = page.ask(json!({"type": "acts"})).to_string();
    assert!(log.contains("\"target\"") && log.contains("\"drop_target\""), "{log}");
    assert!(!log.contains(&receiver.url("/ok")) && !log.contains("whsec_"), "{log}");
}

/// Each takes a place on its way out, and whoever gets it counts it to the whole chat.
#[test]
fn targets_are_not_tried_again_and_again() {
    let Some(receiver) = Receiver::start() else { return };
    let chat = Chat::start(&[]);
    let mut alice = owner(&chat, "alice");
    let made = target(&mut alice, json!({"shape": "webhook", "url": receiver.url("/ok")}));
    let try_it = json!({"type": "test_target", "target": made["target"]["id"]});
    let tried = (0..30).map(|_| alice.ask(try_it.clone()));
    let refused = tried.into_iter().find(|it| it["type"] == "error").expect("it comes to an end");
    assert_eq!(refused["code"], "slow", "{refused}");
    assert!(refused["retry_after"].as_f64().is_some_and(|wait| wait > 0.0), "{refused}");
}
