//! Who there is, the log decides, and no node for itself: of two who come by one name one is there, whoever is gone is gone at every
//! node, and whatever they were about to do with them.

use pollcat_chat_testing::governed::{act, owner};
use pollcat_chat_testing::json::{Json, fresh_id};
use pollcat_chat_testing::text::Text;
use pollcat_testing::running::wait_until;
use serde_json::{Value, json};

use crate::company::{Company, events};

/// The names of all who are in the lobby, as a node tells them.
#[track_caller]
fn names(client: &mut Json) -> Vec<String> {
    let (mut names, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = client.ask(json!({"type": "who", "room": "lobby", "after": after}));
        let users = page["users"].as_array().unwrap_or_else(|| panic!("{page}"));
        names.extend(users.iter().map(|user| user["name"].as_str().expect("a name").to_owned()));
        match users.last() {
            Some(last) if page["more"] == true => after = last["id"].clone(),
            _ => return names,
        }
    }
}

/// An entry that another node has written into the log.
fn write(company: &Company, sequence: u64, entry: &Value) {
    let (entry, sequence) = (entry.to_string(), sequence.to_string());
    let record = ["v", "1", "p", "another", "s", &sequence, "t", "1", "w", &entry];
    company.redis.command(&[&["XADD", "pollcat:{chat}:log", "1-*"], &record[..]].concat());
}

#[test]
fn of_two_who_come_by_one_name_one_is_there_and_the_other_is_told() {
    let Some(company) = Company::start(2) else { return };
    let mut watchers = [company.named(0, "watcher one"), company.named(1, "watcher two")];
    let mut losers = 0;
    for number in 0..25 {
        let name = format!("bob{number}");
        let mut both = [0, 1].map(|node| Json::connect(company.address(node)));
        both.iter_mut().for_each(|it| it.send(&json!({"type": "hello", "name": name})));
        let answers = both.each_mut().map(|it| it.wait_for("an answer", |it| it["type"] != "history"));
        let won = answers.iter().filter(|it| it["type"] == "welcome").count();
        assert_eq!(won, 1, "{answers:?}");
        let slower = if answers[0]["type"] == "welcome" { 1 } else { 0 };
        assert_eq!(answers[slower]["code"], "name_taken", "{answers:?}");
        // They are asked again, on the same connection.
        both[slower].greet(json!({"name": format!("other{number}")}));
        both[slower].say("lobby", &format!("{number}: then like this"));
        losers += 1;
    }
    for watcher in &mut watchers {
        watcher.wait_for("the last word", |it| it["msg"] == "24: then like this");
        let mut names = names(watcher);
        assert_eq!(names.iter().filter(|name| name.starts_with("bob")).count(), 25, "{names:?}");
        assert_eq!(names.iter().filter(|name| name.starts_with("other")).count(), losers, "{names:?}");
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 52);
    }
}

#[test]
fn what_somebody_says_elsewhere_while_they_erase_themself_is_erased() {
    const MANY: usize = 15;
    let Some(company) = Company::start(2) else { return };
    let mut watcher = company.named(1, "watcher");
    let mut kept = Vec::new();
    for number in 0..MANY {
        let mut one = Json::hello(company.address(0), json!({"name": format!("tulip{number}")}));
        let mut other = one.again(company.address(1));
        let id = fresh_id();
        one.send(&json!({"type": "erase", "words": true, "id": id}));
        for word in 0..6 {
            other.send(&json!({"type": "message", "msg": format!("tulip says {word}"), "id": fresh_id()}));
        }
        assert_eq!(one.wait_for("the answer", |it| it["id"] == *id)["type"], "ack");
        assert_eq!((one.closed().0, other.closed().0), (4503, 4503));
        kept.push(one.id);
    }
    wait_until("nothing of them is left", || {
        let events = events(&mut watcher, "lobby");
        !events.iter().any(|event| event.to_string().contains("tulip"))
    });
    let mut there = [watcher.again(company.address(0)), watcher];
    for watcher in &mut there {
        assert!(names(watcher).iter().all(|name| !name.contains("tulip")));
    }
    let all = there.each_mut().map(|it| events(it, "lobby"));
    assert_eq!(all[0], all[1], "both nodes tell the same");
}

#[test]
fn guests_who_leave_while_the_log_is_away_are_gone_when_it_is_back() {
    let Some(mut company) = Company::start(2) else { return };
    let mut watchers = [company.named(0, "watcher one"), company.named(1, "watcher two")];
    let guests: Vec<Text> = (0..6).map(|number| Text::connect(company.address(number % 2))).collect();
    let called: Vec<String> = guests.iter().map(|guest| guest.name.clone()).collect();
    for watcher in &mut watchers {
        wait_until("the guests are there", || {
            let names = names(watcher);
            called.iter().all(|name| names.contains(name))
        });
    }
    company.redis.kill();
    wait_until("the nodes know", || company.nodes.iter().all(|node| node.ready().status == 503));
    drop(guests);
    // Somebody new is not made meanwhile, of whatever kind.
    let mut new = Json::connect(company.address(0));
    assert_eq!(new.refused(json!({"type": "hello", "name": "new"})), "storage");
    assert_eq!(new.closed().0, 1013);
    company.redis.restart();
    company.wait_for_all();
    for watcher in &mut watchers {
        wait_until("the guests are gone", || {
            let names = names(watcher);
            assert!(!names.contains(&"new".to_owned()));
            !called.iter().any(|name| names.contains(name))
        });
    }
    assert_eq!(Json::hello(company.address(1), json!({"name": "new"})).name, "new");
}

#[test]
fn whoever_is_forgotten_while_they_are_here_hears_so_and_nothing_more() {
    let Some(company) = Company::start(2) else { return };
    let mut watcher = company.named(0, "watcher");
    let (mut zoe, mut guest) = (company.named(1, "zoe"), Text::connect(company.address(1)));
    let number = guest.name.strip_prefix("guest-").expect("a number").parse::<u64>().expect("a number");
    let window = zoe.again(company.address(0));
    // Somebody who is seen after that is not forgotten.
    write(&company, 1, &json!({"forget": {"person": zoe.id, "away": {"since": 5, "whom": "anybody"}}}));
    zoe.say("lobby", "still here");
    write(&company, 2, &json!({"forget": {"person": zoe.id}}));
    write(&company, 3, &json!({"forget": {"person": number}}));
    let (code, words) = zoe.closed();
    assert!(code == 4502 && words.contains("somebody new"), "{code} {words}");
    let mut windows = [window];
    assert_eq!((windows[0].closed().0, guest.closed().0), (4502, 4502));
    watcher.say("lobby", "who else is here?");
    let told = zoe.left_over();
    assert!(!told.iter().any(|it| it["msg"] == "who else is here?"), "{told:?}");
    wait_until("they are in no list", || names(&mut watcher) == ["watcher"]);
    let mut again = Json::connect(company.address(1));
    assert_eq!(again.refused(json!({"type": "hello", "token": zoe.token})), "unknown_token");
    // On the same connection, under the name that is free.
    again.greet(json!({"name": "zoe"}));
    again.say("lobby", "here again");
    watcher.wait_for("the word", |it| it["msg"] == "here again" && it["from_id"] == again.id);
}

#[test]
fn an_invite_for_one_lets_one_in_whoever_asks_where() {
    let Some(company) = Company::start(2) else { return };
    let mut olive = owner(&company.nodes[0].chat, "olive");
    act(&mut olive, json!({"type": "door", "door": "invited"}));
    for number in 0..10 {
        let invite = olive.ask(json!({"type": "invite", "uses": 1}));
        let key = invite["invite"]["key"].as_str().unwrap_or_else(|| panic!("{invite}")).to_owned();
        // Both nodes know it.
        let mut both = [0, 1].map(|node| Json::connect(company.address(node)));
        wait_until("the other node knows the invite", || {
            let mut again = olive.again(company.address(1));
            let invites = again.ask(json!({"type": "invites"}));
            invites["invites"]
                .as_array()
                .is_some_and(|all| all.iter().any(|it| it["id"] == invite["invite"]["id"]))
        });
        for (node, it) in both.iter_mut().enumerate() {
            it.send(&json!({"type": "hello", "name": format!("bob{number}-{node}"), "invite": key}));
        }
        let answers = both.each_mut().map(|it| it.wait_for("an answer", |it| it["type"] != "history"));
        let won = answers.iter().filter(|it| it["type"] == "welcome").count();
        assert_eq!(won, 1, "{answers:?}");
        let slower = if answers[0]["type"] == "welcome" { 1 } else { 0 };
        assert_eq!(answers[slower]["code"], "bad_invite", "{answers:?}");
    }
    wait_until("who was not let in is in no list", || {
        names(&mut olive).iter().filter(|name| name.starts_with("bob")).count() == 10
    });
}

/// The node that is asked may have heard of neither, and of those who are gone nobody has.
#[test]
fn those_who_govern_name_somebody_by_number_at_any_node() {
    let Some(company) = Company::start(2) else { return };
    let mut olive = owner(&company.nodes[0].chat, "olive");
    for _ in 0..5 {
        let mut bob = Json::hello(company.address(1), json!({}));
        act(&mut olive, json!({"type": "mute", "room": "lobby", "user": bob.id}));
        assert_eq!(bob.refused(json!({"type": "message", "msg": "but"})), "muted");
        act(&mut olive, json!({"type": "ban", "user": bob.id}));
        assert_eq!(bob.closed().0, 4501);
    }
    let error = olive.ask(json!({"type": "ban", "user": 987_654_321}));
    assert_eq!(error["code"], "no_such_person", "{error}");
    assert!(!error["msg"].as_str().expect("words").contains("you are not"), "{error}");
}
