//! One's own sessions, and one more device (README, Oneself).

use serde_json::{Value, json};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::governed::act;
use pollcat_chat_testing::json::Json;

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const PHONE: &str = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile \
                     Safari/537.36";

#[track_caller]
fn sessions(client: &mut Json) -> Vec<Value> {
    let answer = client.ask(json!({"type": "sessions"}));
    assert_eq!(answer["type"], "sessions", "{answer}");
    answer["sessions"].as_array().expect("sessions").clone()
}

/// A code for another device.
#[track_caller]
fn code(client: &mut Json) -> String {
    let answer = client.ask(json!({"type": "link"}));
    assert_eq!((&answer["type"], &answer["seconds"]), (&json!("link"), &json!(300)), "{answer}");
    answer["code"].as_str().expect("a code").into()
}

#[test]
fn a_second_device_is_the_same_person_with_a_token_of_its_own() {
    let mut chat = Chat::start(&[]);
    let mut alice = Json::hello_with(chat.address(), &[("User-Agent", FIREFOX)], json!({"name": "alice"}));
    alice.say("lobby", "before");
    let code = code(&mut alice);
    assert!(code.len() == 9 && code.as_bytes()[4] == b'-', "{code}");
    let typed = code.to_lowercase().replace('-', "");
    let phone = Json::hello_with(chat.address(), &[("User-Agent", PHONE)], json!({"code": typed}));
    assert_eq!((phone.id, &phone.name[..], &phone.welcome["new"]), (alice.id, "alice", &json!(false)));
    assert!(phone.token.len() == 43 && phone.token != alice.token);
    assert!(phone.histories["lobby"][0].to_string().contains("before"));
    // It was used.
    let mut eve = Json::connect(chat.address());
    assert_eq!(eve.refused(json!({"type": "hello", "code": code})), "bad_code");
    eve.send(&json!({"type": "hello"}));
    eve.arrive();
    assert_ne!(eve.id, alice.id);

    let listed = sessions(&mut alice);
    let clients: Vec<&Value> = listed.iter().map(|session| &session["client"]).collect();
    assert!(listed.len() == 2 && clients.contains(&&json!("Firefox, Linux")), "{listed:?}");
    assert!(clients.contains(&&json!("Chrome, Android")), "{listed:?}");
    for session in &listed {
        assert_eq!(session["place"], "127.0.*");
        assert_eq!(session["here"], true);
        assert_eq!(session.get("this").is_some(), session["client"] == "Firefox, Linux", "{session}");
    }
    // Both outlive the program.
    chat.crash();
    assert_eq!((alice.again(chat.address()).id, phone.again(chat.address()).id), (alice.id, alice.id));
}

#[test]
fn a_session_that_was_ended_is_closed_and_cannot_come_back() {
    let mut chat = Chat::start(&[]);
    let mut alice = Json::hello(chat.address(), json!({"name": "alice"}));
    let code = code(&mut alice);
    let mut lost = Json::hello(chat.address(), json!({"code": code}));
    let listed = sessions(&mut alice);
    let other = listed.iter().find(|session| session.get("this").is_none()).expect("another one");
    // Whoever has the lost one makes themself a way back.
    let way_back = self::code(&mut lost);
    act(&mut alice, json!({"type": "end_session", "session": other["id"]}));
    assert_eq!(lost.closed().0, 4502);
    let mut thief = Json::connect(chat.address());
    assert_eq!(thief.refused(json!({"type": "hello", "code": way_back})), "bad_code");
    let mut again = Json::connect(chat.address());
    assert_eq!(again.refused(json!({"type": "hello", "token": lost.token})), "unknown_token");
    assert_eq!(sessions(&mut alice).len(), 1);
    assert_eq!(alice.refused(json!({"type": "end_session", "session": other["id"]})), "no_such_session");
    chat.crash();
    let mut again = Json::connect(chat.address());
    assert_eq!(again.refused(json!({"type": "hello", "token": lost.token})), "unknown_token");
    assert_eq!(alice.again(chat.address()).id, alice.id);
}

#[test]
fn nobody_ends_or_sees_the_sessions_of_others() {
    let chat = Chat::start(&[]);
    let [mut alice, mut eve] = ["alice", "eve"].map(|name| Json::named(chat.address(), name));
    let own = sessions(&mut alice)[0]["id"].clone();
    assert_eq!(eve.refused(json!({"type": "end_session", "session": own})), "no_such_session");
    assert_eq!(eve.refused(json!({"type": "end_session", "user": alice.id, "session": own})), "forbidden");
    assert!(sessions(&mut eve).iter().all(|session| session["id"] != own));
    alice.say("lobby", "still here");
}

#[test]
fn of_two_codes_the_latest_counts_and_none_outlives_a_ban() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let (first, second) = (code(&mut alice), code(&mut alice));
    let mut device = Json::connect(chat.address());
    assert_eq!(device.refused(json!({"type": "hello", "code": first})), "bad_code");
    assert_eq!(device.refused(json!({"type": "hello", "code": ""})), "bad_code");
    let mut olive = pollcat_chat_testing::governed::owner(&chat, "olive");
    act(&mut olive, json!({"type": "ban", "user": "alice"}));
    assert_eq!(device.refused(json!({"type": "hello", "code": second})), "bad_code");
}

#[test]
fn one_reads_all_that_one_said_and_nothing_else() {
    let chat = Chat::start(&[]);
    let [mut alice, mut bob] = ["alice", "bob"].map(|name| Json::named(chat.address(), name));
    alice.join("tea");
    for number in 0..250 {
        alice.say(if number % 2 == 0 { "tea" } else { "lobby" }, &format!("word {number}"));
    }
    alice.ask(json!({"to": bob.id, "msg": "between us"}));
    bob.say("lobby", "not mine");
    let (mut mine, mut before) = (Vec::new(), Value::Null);
    loop {
        let mut request = json!({"type": "mine"});
        if !before.is_null() {
            request["before"] = before;
        }
        let page = alice.ask(request);
        assert_eq!(page["type"], "mine", "{page}");
        mine.extend(page["events"].as_array().expect("events").clone());
        before = page["before"].clone();
        if before.is_null() {
            break;
        }
    }
    assert_eq!(mine.len(), 251);
    assert!(mine.iter().all(|event| event["from_id"] == alice.id), "only their own");
    assert_eq!((&mine[0]["msg"], &mine[250]["msg"]), (&json!("between us"), &json!("word 0")));
}
