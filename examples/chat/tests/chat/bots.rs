//! Bots and their keys, as those who look after them ask for them (README, Bots and keys).

use serde_json::{Value, json};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::governed::{act, lacks, operator, owner, somebody};
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::text::{Text, untimed};

/// A new key, as it is told to whoever makes it.
#[track_caller]
fn key(client: &mut Json, name: &str, room: &str, kind: &str) -> Value {
    let answer = client.ask(json!({"type": "give_key", "name": name, "room": room, "kind": kind}));
    assert_eq!(answer["type"], "key", "{answer}");
    answer["key"].clone()
}

#[track_caller]
fn bots(client: &mut Json) -> Vec<Value> {
    let answer = client.ask(json!({"type": "bots"}));
    assert_eq!(answer["type"], "bots", "{answer}");
    answer["bots"].as_array().expect("a list").clone()
}

#[track_caller]
fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

#[test]
fn a_key_is_made_by_admins_told_once_and_revoked() {
    let mut chat = Chat::start(&["--public-url", "https://chat.example.com"]);
    let mut alice = owner(&chat, "alice");
    let mut bob = Json::named(chat.address(), "bob");
    alice.join("tea");
    bob.join("tea");
    let hook = json!({"type": "give_key", "name": "builds", "room": "tea", "kind": "hook", "pace": 30});
    lacks(&mut bob, hook.clone(), "admin");
    lacks(&mut bob, json!({"type": "bots"}), "admin");
    let answer = alice.ask(hook);
    let made = &answer["key"];
    let builds = json!({"id": made["user"]["id"], "name": "builds", "bot": true});
    assert_eq!((&made["user"], &made["kind"], &made["room"]), (&builds, &json!("hook"), &json!("tea")));
    assert_eq!((&made["pace"], text(&made["key"]).len()), (&json!(30), 43), "256 bits");
    assert_eq!(made["url"], format!("https://chat.example.com/hooks/{}", text(&made["key"])));
    assert_eq!(alice.expect("bot")["user"], builds);
    let joined = bob.wait_for("the bot", |it| it["type"] == "joined");
    assert_eq!((&joined["user"], &joined["by"]["id"]), (&builds, &json!(alice.id)));
    // One more key for the same bot, which is no other one.
    let token = key(&mut alice, "builds", "tea", "token");
    assert_eq!((&token["user"], token.get("url")), (&builds, None));
    let listed = bots(&mut alice);
    let [bot] = &listed[..] else { panic!("{listed:?}") };
    assert_eq!((&bot["rooms"], &bot["by"]["id"]), (&json!(["tea"]), &json!(alice.id)));
    assert_eq!(bot["keys"].as_array().map(Vec::len), Some(2), "{bot}");
    for secret in [&made["key"], &token["key"]] {
        assert!(!bot.to_string().contains(text(secret)), "a key is told once");
    }
    let who = bob.ask(json!({"type": "who", "room": "tea", "query": "builds"}));
    assert_eq!(who["users"][0]["bot"], true, "{who}");

    assert_eq!(
        alice.refused(json!({"type": "give_key", "name": "bob", "room": "tea", "kind": "hook"})),
        "name_taken"
    );
    assert_eq!(
        alice.refused(json!({"type": "give_key", "name": "b", "room": "tee", "kind": "hook"})),
        "no_such_room"
    );
    let paced =
        |pace: u64| json!({"type": "give_key", "name": "b", "room": "tea", "kind": "hook", "pace": pace});
    assert_eq!(alice.refused(paced(0)), "bad_field");
    assert_eq!(alice.refused(paced(1 << 40)), "bad_field");

    act(&mut alice, json!({"type": "revoke_key", "key": made["id"]}));
    for number in [made["id"].clone(), json!(0), json!(u64::MAX)] {
        assert_eq!(alice.refused(json!({"type": "revoke_key", "key": number})), "no_such_key", "{number}");
    }
    assert_eq!(alice.refused(json!({"type": "remove_bot", "user": u64::MAX})), "no_such_person");
    let of_a_person = alice.ask(json!({"type": "remove_bot", "user": bob.id}));
    assert_eq!(of_a_person["type"], "error", "{of_a_person}");
    assert_eq!(bots(&mut alice)[0]["keys"][0]["id"], token["id"]);
    lacks(&mut bob, json!({"type": "remove_bot", "user": "builds"}), "admin");
    alice.heard();
    act(&mut alice, json!({"type": "remove_bot", "user": "builds"}));
    let gone = alice.wait_for("that it is gone", |it| it["type"] == "bot");
    assert_eq!(
        (&gone["gone"], &gone["user"]["id"], &gone["user"]["bot"]),
        (&json!(true), &builds["id"], &json!(true))
    );
    assert!(bots(&mut alice).is_empty());
    bob.rename("builds");

    drop((alice, bob));
    let (_, lines) = chat.terminate();
    let secrets = [&made["key"], &token["key"]].map(text);
    let told: Vec<_> =
        lines.iter().filter(|line| secrets.iter().any(|secret| line.contains(secret))).collect();
    assert!(told.is_empty(), "{told:?}");
}

#[test]
fn a_bot_speaks_with_a_badge_where_it_was_brought_and_nowhere_else() {
    let chat = Chat::start(&[]);
    let mut alice = owner(&chat, "alice");
    alice.join("tea");
    let mut reader = Text::connect(chat.address());
    reader.say("/join tea");
    reader.until("you are in tea");
    let token = key(&mut alice, "builds", "tea", "token");
    let mut builds = Json::hello(chat.address(), json!({"token": token["key"]}));
    let welcome = &builds.welcome;
    assert_eq!(
        (&welcome["user"], &welcome["new"], welcome.get("token")),
        (&token["user"], &json!(false), None)
    );
    let rooms: Vec<&Value> =
        welcome["rooms"].as_array().expect("rooms").iter().map(|room| &room["room"]).collect();
    assert_eq!(rooms, [&json!("tea")]);
    builds.say("tea", "build 7 is done");
    let said = alice.wait_for("the bot", |it| it["type"] == "message");
    assert_eq!((&said["from"], &said["bot"]), (&json!("builds"), &json!(true)));
    let line = reader.until("build 7");
    assert_eq!(untimed(&line), "builds [bot]: build 7 is done");
    alice.say("tea", "thanks, @builds");
    let answered = builds.wait_for("alice", |it| it["type"] == "message");
    assert_eq!((&answered["mentions"], answered.get("bot")), (&json!([builds.id]), None));
    let page = alice.ask(json!({"type": "page", "room": "tea"}));
    let badges: Vec<Option<&Value>> =
        page["events"].as_array().expect("events").iter().map(|event| event.get("bot")).collect();
    assert_eq!(badges, [Some(&json!(true)), None]);

    assert_eq!(builds.refused(json!({"type": "message", "room": "lobby", "msg": "hi"})), "not_member");
    assert_eq!(builds.refused(json!({"type": "join", "room": "lobby"})), "forbidden");
    assert_eq!(builds.refused(json!({"type": "join", "room": "coffee", "create": true})), "forbidden");
    assert_eq!(builds.refused(json!({"type": "name", "name": "alina"})), "forbidden");
    assert_eq!(
        builds.refused(json!({"type": "link"})),
        "forbidden",
        "a key is revoked, with all that came by it"
    );

    act(&mut alice, json!({"type": "revoke_key", "key": token["id"]}));
    assert_eq!(builds.closed().0, 4502);
    let mut again = Json::connect(chat.address());
    assert_eq!(again.refused(json!({"type": "hello", "token": token["key"]})), "unknown_token");
    // What it said was said by a bot, also when it is gone.
    act(&mut alice, json!({"type": "remove_bot", "user": builds.id}));
    let page = alice.ask(json!({"type": "page", "room": "tea"}));
    assert_eq!(page["events"][0]["bot"], true, "{page}");
}

#[test]
fn a_private_room_has_keys_of_those_alone_who_are_in_it() {
    let chat = Chat::start(&[]);
    let mut alice = owner(&chat, "alice");
    let mut carol = somebody(&chat, "carol", "admin");
    let state = alice.ask(json!({"type": "join", "room": "Tea", "create": true, "private": true}));
    let room = text(&state["room"]).to_owned();
    let made = key(&mut alice, "builds", &room, "hook");
    assert_eq!(made["room"], room);
    let hook = json!({"type": "give_key", "name": "others", "room": room, "kind": "hook"});
    assert_eq!(carol.refused(hook.clone()), "no_such_room");
    let mut page = operator(&chat);
    assert_ne!(page.ask(hook)["type"], "key", "nor from the admin page");
    // That there is a bot, admins may know; not where.
    let of_carol = bots(&mut carol);
    assert_eq!((&of_carol[0]["rooms"], of_carol[0]["keys"][0].get("room")), (&json!([]), None));
    assert_eq!(bots(&mut alice)[0]["keys"][0]["room"], room);
    assert_eq!(bots(&mut page)[0]["rooms"], json!([room]), "there one sees that it is there");
    act(&mut carol, json!({"type": "revoke_key", "key": made["id"]}));
}

#[test]
fn the_admin_page_makes_keys_too_and_its_log_never_has_them() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    alice.join("tea");
    let mut page = operator(&chat);
    let made = key(&mut page, "builds", "tea", "hook");
    assert!(text(&made["url"]).ends_with(&format!("/hooks/{}", text(&made["key"]))));
    assert_eq!(page.wait_for("the bot", |it| it["type"] == "bot")["user"], made["user"]);
    act(&mut page, json!({"type": "revoke_key", "key": made["id"]}));
    act(&mut page, json!({"type": "remove_bot", "user": made["user"]["id"]}));
    let log = page.ask(json!({"type": "acts"}));
    let acts: Vec<&str> =
        log["acts"].as_array().expect("acts").iter().rev().map(|act| text(&act["act"])).collect();
    assert!(acts.ends_with(&["bot", "key", "revoke_key", "remove_bot"]), "{log}");
    assert!(!log.to_string().contains(text(&made["key"])), "{log}");
}

/// Who reads lines is a guest, and no admin.
#[test]
fn who_reads_lines_is_told_what_is_lacking() {
    let chat = Chat::start(&[]);
    let mut alice = owner(&chat, "alice");
    let made = key(&mut alice, "builds", "lobby", "hook");
    let mut reader = Text::named(chat.address(), "reader");
    let lines = ["/hook builds", "/bot builds", "/bots", "/unbot builds"].map(str::to_owned);
    for line in lines.into_iter().chain([format!("/unhook {}", made["id"])]) {
        reader.say(&line);
        assert_eq!(reader.until("you have to be"), "* for that you have to be an admin", "{line}");
    }
    reader.say("/who");
    assert!(reader.until("in lobby").contains("alice"));
    assert_eq!(bots(&mut alice)[0]["keys"][0]["id"], made["id"], "nothing has changed");
}
