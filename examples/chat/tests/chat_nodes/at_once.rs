//! Two do at two nodes, in the same instant, what only one can have done, or what goes together as if one had come after the other.

use std::env;

use pollcat_chat_testing::governed::{act, owner};
use pollcat_chat_testing::json::{Json, fresh_id};
use pollcat_testing::dice::Dice;
use pollcat_testing::running::wait_until;
use serde_json::{Value, json};

use crate::company::{Company, events, said};

/// All of them ask before anybody is answered.
#[track_caller]
fn at_once<const N: usize>(people: &mut [Json; N], asks: [Value; N]) -> [Value; N] {
    let ids = asks.map(|mut ask| {
        ask["id"] = fresh_id().into();
        ask
    });
    people.iter_mut().zip(&ids).for_each(|(person, ask)| person.send(ask));
    let mut ids = ids.iter();
    people.each_mut().map(|person| {
        let ask = ids.next().expect("as many as people");
        person.wait_for(&format!("the answer to {ask}"), |it| it["id"] == ask["id"])
    })
}

#[test]
fn a_room_that_several_make_at_once_is_one_and_all_of_them_are_in_it() {
    let Some(company) = Company::start(3) else { return };
    let mut people = [company.named(0, "alice"), company.named(1, "bob"), company.named(2, "carol")];
    for number in 0..20 {
        let room = format!("tea{number}");
        let join = json!({"type": "join", "room": room, "create": true});
        let states = at_once(&mut people, [join.clone(), join.clone(), join]);
        for state in &states {
            assert_eq!(
                (&state["type"], &state["epoch"]),
                (&json!("room"), &states[0]["epoch"]),
                "{states:?}"
            );
        }
        people[number % 3].say(&room, "who else is here?");
        for person in &mut people {
            person.wait_for("the question", |it| it["room"] == *room && it["msg"] == "who else is here?");
        }
    }
}

#[test]
fn whoever_joins_a_room_that_is_being_removed_hears_so_or_is_thrown_out_of_it() {
    let Some(company) = Company::start(2) else { return };
    let olive = owner(&company.nodes[0].chat, "olive");
    let mut two = [olive, company.named(1, "bob")];
    let mut late = 0;
    for number in 0..30 {
        let room = format!("tea{number}");
        two[0].join(&room);
        two[1].wait_for("the room", |it| it["type"] == "created" && it["room"] == *room);
        let asks = [json!({"type": "remove", "room": room}), json!({"type": "join", "room": room})];
        let [removed, joined] = at_once(&mut two, asks);
        assert_eq!(removed["type"], "ack", "{removed}");
        if joined["type"] == "error" {
            late += 1;
            assert_eq!(joined["code"], "no_such_room", "{joined}");
            let words = joined["msg"].as_str().unwrap_or_default();
            assert!(words == "that room is gone" || words.starts_with("there is no room"), "{joined}");
        } else {
            two[1].wait_for("the end", |it| it["type"] == "removed" && it["room"] == *room);
        }
        assert_eq!(two[1].refused(json!({"type": "page", "room": room})), "no_such_room");
    }
    println!("{late} of 30 came too late");
}

#[test]
fn a_private_talk_that_two_begin_at_once_is_one_and_has_the_words_of_both() {
    let Some(company) = Company::start(2) else { return };
    for number in 0..8 {
        let mut two = [0, 1].map(|node| company.named(node, &format!("p{number}-{node}")));
        let [one, other] = [two[0].id, two[1].id];
        // The second word of the first follows at once.
        let follow = json!({"to": other, "msg": "second", "id": fresh_id()});
        let acks = {
            let asks = [json!({"to": other, "msg": "from 0"}), json!({"to": one, "msg": "from 1"})];
            let acks = at_once(&mut two, asks);
            two[0].send(&follow);
            acks
        };
        assert!(acks.iter().all(|it| it["type"] == "ack" && it["room"] == acks[0]["room"]), "{acks:?}");
        let room = acks[0]["room"].as_str().expect("a room").to_owned();
        two[0].wait_for("the second ack", |it| it["type"] == "ack" && it["id"] == follow["id"]);
        two[1].wait_for("the second word", |it| it["msg"] == "second");
        let all = two.each_mut().map(|it| said(it, &room));
        assert_eq!(all[0], all[1]);
        let mut sorted = all[0].clone();
        sorted.sort();
        assert_eq!(sorted, ["from 0", "from 1", "second"]);
    }
}

#[test]
fn of_two_who_come_under_one_name_at_once_one_has_it_and_the_other_chooses_again() {
    let Some(company) = Company::start(2) else { return };
    for number in 0..15 {
        let name = format!("zoe{number}");
        let mut two = [0, 1].map(|node| Json::connect(company.address(node)));
        let hello = json!({"type": "hello", "name": name});
        let mut answers = at_once(&mut two, [hello.clone(), hello]);
        let slow = usize::from(answers[0]["type"] == "welcome");
        answers.swap(0, 1 - slow);
        assert_eq!(
            (&answers[0]["type"], &answers[1]["code"]),
            (&json!("welcome"), &json!("name_taken")),
            "{answers:?}"
        );
        assert!(answers[0]["token"].is_string(), "{answers:?}");
        let again = two[slow].ask(json!({"type": "hello", "name": format!("not {name}")}));
        assert_eq!(
            (&again["type"], &again["user"]["name"]),
            (&json!("welcome"), &json!(format!("not {name}")))
        );
        two[slow].say("lobby", "hello");
    }
}

#[test]
fn a_code_for_another_device_is_good_once_also_for_two_at_once() {
    let Some(company) = Company::start(2) else { return };
    let [mut alice, mut bob] = [(0, "alice"), (1, "bob")].map(|(node, name)| company.named(node, name));
    for _ in 0..15 {
        let code = alice.ask(json!({"type": "link"}))["code"].clone();
        alice.say("lobby", "a moment");
        bob.wait_for("that moment", |it| it["msg"] == "a moment");
        let mut two = [0, 1].map(|node| Json::connect(company.address(node)));
        let hello = json!({"type": "hello", "code": code});
        let answers = at_once(&mut two, [hello.clone(), hello]);
        let told = |is: &dyn Fn(&&Value) -> bool| answers.iter().filter(is).count();
        let counts = (told(&|it| it["type"] == "welcome"), told(&|it| it["code"] == "bad_code"));
        assert_eq!(counts, (1, 1), "{answers:?}");
        two.into_iter().for_each(Json::leave);
        // More devices than there may be would be another reason.
        let sessions = alice.ask(json!({"type": "sessions"}))["sessions"].clone();
        for session in sessions.as_array().expect("sessions").iter().filter(|it| it["this"] != true) {
            act(&mut alice, json!({"type": "end_session", "session": session["id"]}));
        }
    }
}

#[test]
fn an_invite_is_used_so_often_and_no_more_wherever() {
    let Some(company) = Company::start(2) else { return };
    let mut olive = owner(&company.nodes[0].chat, "olive");
    act(&mut olive, json!({"type": "door", "door": "invited"}));
    for number in 0..10 {
        let invite = olive.ask(json!({"type": "invite", "uses": 1}))["invite"].clone();
        let key = invite["key"].clone();
        assert!(key.is_string(), "{invite}");
        // Both nodes know it.
        wait_until("the invite is known at the other node", || {
            let listed = olive.again(company.address(1)).ask(json!({"type": "invites"}));
            listed["invites"].as_array().is_some_and(|all| all.iter().any(|it| it["id"] == invite["id"]))
        });
        let mut two = [0, 1].map(|node| Json::connect(company.address(node)));
        let hello =
            |node: usize| json!({"type": "hello", "name": format!("i{number}-{node}"), "invite": key});
        let answers = at_once(&mut two, [hello(0), hello(1)]);
        let mut stay = 0;
        for (client, answer) in two.iter_mut().zip(&answers) {
            let is_in = answer["type"] == "welcome" && {
                client.send(&json!({"type": "ping", "id": "still here"}));
                client.wait_for("an answer, or the end", |it| {
                    it["id"] == "still here" || it["code"] == "bad_invite"
                })["code"]
                    != "bad_invite"
            };
            stay += usize::from(is_in);
            assert!(is_in || answer["type"] == "welcome" || answer["code"] == "bad_invite", "{answer}");
        }
        assert_eq!(stay, 1, "{answers:?}");
    }
}

/// What somebody sees of the chat from one node.
#[track_caller]
fn view(company: &Company, node: usize, person: &Json) -> Value {
    let mut window = person.again(company.address(node));
    let mut rooms = window.welcome["rooms"].clone();
    let names: Vec<String> = rooms
        .as_array()
        .expect("rooms")
        .iter()
        .map(|it| it["room"].as_str().expect("a name").into())
        .collect();
    for room in rooms.as_array_mut().expect("rooms") {
        room.as_object_mut().expect("a room").remove("here");
    }
    let who = |window: &mut Json| {
        let mut users = window.ask(json!({"type": "who", "room": "lobby"}))["users"].clone();
        for user in users.as_array_mut().expect("users") {
            ["online", "seen"].iter().for_each(|it| drop(user.as_object_mut().expect("a user").remove(*it)));
        }
        users
    };
    let restraints = window.ask(json!({"type": "restraints"}))["restraints"].clone();
    let events: Vec<Vec<Value>> = names.iter().map(|room| events(&mut window, room)).collect();
    json!([rooms, who(&mut window), restraints, window.welcome["may"], events])
}

/// Bans, mutes, roles, rooms, words, what is taken back and what is read: at three nodes at once, in any order.
#[test]
fn whatever_is_done_at_once_is_the_same_at_all_nodes_in_the_end() {
    let Some(company) = Company::start(3) else { return };
    let seed = env::var("POLLCAT_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| u64::from(std::process::id()));
    // It is shown when the test fails.
    println!("POLLCAT_SEED={seed}");
    let mut dice = Dice::new(seed);
    let olive = owner(&company.nodes[0].chat, "olive");
    let mut owners = [0, 1, 2].map(|node| olive.again(company.address(node)));
    let people = [0, 1, 2].map(|node| company.named(node, &format!("p{node}")));
    let ids = people.each_ref().map(|it| it.id);
    let mut people = people;
    for _ in 0..40 {
        let mut wish = |by_owner: bool| {
            let (user, room) = (ids[dice.below(3)], ["tea", "lobby", "milk"][dice.below(3)]);
            match dice.below(if by_owner { 9 } else { 5 }) {
                0 => json!({"type": "join", "room": room, "create": true}),
                1 => json!({"type": "leave", "room": room}),
                2 => json!({"type": "message", "room": room, "msg": format!("w{}", dice.below(1000))}),
                3 => json!({"type": "read", "room": room, "offset": dice.below(20)}),
                4 => json!({"type": "delete", "room": room, "offset": 1 + dice.below(20)}),
                5 => json!({"type": (["mute", "unmute"][dice.below(2)]), "room": room, "user": user}),
                6 => json!({"type": "role", "user": user, "role": (["admin", "member"][dice.below(2)])}),
                7 => json!({"type": "alter", "room": room, "topic": format!("t{}", dice.below(1000))}),
                _ => {
                    json!({"type": (["ban", "unban"][dice.below(2)]), "room": (["tea", "milk"][dice.below(2)]), "user": user, "seconds": 600})
                }
            }
        };
        let (by_owners, by_people) = ([(); 3].map(|()| wish(true)), [(); 3].map(|()| wish(false)));
        let asks = by_people.map(|mut ask| {
            ask["id"] = fresh_id().into();
            ask
        });
        people.iter_mut().zip(&asks).for_each(|(person, ask)| person.send(ask));
        let answers = at_once(&mut owners, by_owners);
        for (person, ask) in people.iter_mut().zip(&asks) {
            person.wait_for("the answer", |it| it["id"] == ask["id"]);
        }
        for answer in answers {
            let code = answer["code"].as_str().unwrap_or_default();
            assert!(!["storage", "bad_json", "unknown_type", "bad_field"].contains(&code), "{answer}");
        }
    }
    // What was read is saved within a second; whoever comes knows all that the log has.
    let mut views = Vec::new();
    wait_until("all nodes see the same", || {
        views = (0..3).map(|node| view(&company, node, &olive)).collect();
        views[0] == views[1] && views[1] == views[2]
    });
    assert!(views[0][4][0].as_array().is_some_and(|events| !events.is_empty()), "something was said");
}
