//! The admin page behind a balancer: a link is good at every node, and once; so is a session, until it ends, which it does everywhere.

use pollcat_chat_testing::admin::{enter, let_in, turned_away};
use pollcat_chat_testing::governed::{act, owner, somebody};
use pollcat_chat_testing::json::{Json, fresh_id};
use pollcat_testing::running::wait_until;
use serde_json::{Value, json};

use crate::company::Company;

const BAD_KEY: u16 = 4504;

/// Whoever runs the chat, let in at a node by a link that was made beside another one.
#[track_caller]
fn operator(company: &Company, made: usize, used: usize) -> Json {
    let_in(company.address(used), json!({"key": company.nodes[made].chat.admin_key()}))
}

/// Nobody is let in by this at any node.
#[track_caller]
fn refused_everywhere(company: &Company, by: &Value) {
    for node in 0..company.nodes.len() {
        let told = turned_away(company.address(node), by.clone());
        assert_eq!(told, ("bad_key".to_owned(), BAD_KEY), "at node {node}");
    }
}

/// Windows at these nodes that say the same at once: what each is answered.
#[track_caller]
fn at_once(company: &Company, nodes: &[usize], by: &Value) -> Vec<(Json, Value)> {
    let mut windows: Vec<Json> =
        nodes.iter().map(|&node| Json::speaking(company.address(node), "admin.v1")).collect();
    let id = fresh_id();
    let mut login = by.clone();
    (login["type"], login["id"]) = ("login".into(), json!(id));
    windows.iter_mut().for_each(|window| window.send(&login));
    let answers = windows.into_iter().map(|mut window| {
        let answer = window.wait_for("the answer", |it| it["id"] == *id);
        (window, answer)
    });
    answers.collect()
}

#[test]
fn a_link_is_good_at_every_node_and_once() {
    let Some(company) = Company::start(3) else { return };
    for (made, used) in [(0, 1), (1, 2), (2, 0), (0, 0)] {
        let key = json!({"key": company.nodes[made].chat.admin_key()});
        let page = let_in(company.address(used), key.clone());
        assert_eq!(page.welcome["as"], Value::Null);
        refused_everywhere(&company, &key);
        wait_until("the file is gone", || !company.nodes[made].chat.folder().join("chat.db-admin").exists());
    }
    // A newer one takes the place of an older one.
    let [old, new] = [(); 2].map(|()| json!({"key": company.nodes[0].chat.admin_key()}));
    let_in(company.address(1), new);
    refused_everywhere(&company, &old);
}

#[test]
fn a_link_that_was_asked_for_in_the_chat_is_good_at_every_node_and_once() {
    let Some(company) = Company::start(3) else { return };
    let mut olive = owner(&company.nodes[0].chat, "olive");
    for node in [1, 2, 0] {
        let answer = olive.ask(json!({"type": "admin"}));
        let url = answer["url"].as_str().unwrap_or_else(|| panic!("{answer}"));
        let key = json!({"key": url.split_once('#').expect("a key").1});
        let page = let_in(company.address(node), key.clone());
        assert_eq!(page.welcome["as"]["id"], olive.id, "{}", page.welcome);
        refused_everywhere(&company, &key);
    }
}

#[test]
fn of_several_who_use_a_link_at_once_one_is_let_in() {
    let Some(company) = Company::start(3) else { return };
    let mut seen = operator(&company, 0, 0);
    for round in 0..20 {
        let key = json!({"key": company.nodes[round % 3].chat.admin_key()});
        let nodes = [[0, 1, 2], [1, 1, 0], [2, 0, 2]][round % 3];
        let answers = at_once(&company, &nodes, &key);
        let let_in: Vec<&Value> =
            answers.iter().map(|it| &it.1).filter(|it| it["type"] == "welcome").collect();
        assert_eq!(
            let_in.len(),
            1,
            "round {round}: {:?}",
            answers.iter().map(|it| &it.1).collect::<Vec<_>>()
        );
        assert!(answers.iter().all(|it| it.1["type"] == "welcome" || it.1["code"] == "bad_key"));
        refused_everywhere(&company, &key);
        // There is one session more, in every list.
        let list = seen.ask(json!({"type": "admins"}))["admins"].clone();
        assert_eq!(list.as_array().map(Vec::len), Some(2 + round), "{list}");
    }
}

#[test]
fn a_session_is_good_at_every_node_whichever_dies_and_ends_at_all_of_them() {
    let Some(mut company) = Company::start(3) else { return };
    let page = operator(&company, 0, 1);
    let token = json!({"token": page.token});
    let mut windows: Vec<Json> =
        [0, 2].iter().map(|&node| let_in(company.address(node), token.clone())).collect();
    assert!(windows.iter().all(|it| it.welcome["until"] == page.welcome["until"]));
    // It is listed once, and wherever it has a window, it is here.
    let mut other = operator(&company, 2, 2);
    let list =
        |page: &mut Json| page.ask(json!({"type": "admins"}))["admins"].as_array().expect("a list").clone();
    wait_until("node 2 has heard of the window at node 1", || {
        windows.truncate(1); // that of node 2 goes
        let all = list(&mut other);
        all.len() == 2 && all.iter().all(|it| it["here"] == true)
    });
    let session = list(&mut other).iter().find(|it| it["this"] != true).expect("the first one")["id"].clone();
    company.nodes[1].chat.kill();
    company.nodes[0].chat.crash();
    company.wait_for(0);
    let mut windows = [0, 2].map(|node| let_in(company.address(node), token.clone()));
    company.nodes[1].chat.start_again();
    let mut back = let_in(company.address(1), token.clone());
    act(&mut other, json!({"type": "end_admin", "session": session}));
    for window in windows.iter_mut().chain([&mut back]) {
        assert_eq!(window.closed().0, BAD_KEY);
    }
    refused_everywhere(&company, &token);
    assert_eq!(other.refused(json!({"type": "end_admin", "session": session})), "no_such_session");
}

#[test]
fn who_is_no_admin_any_more_is_out_at_every_node() {
    let Some(company) = Company::start(2) else { return };
    let mut boss = operator(&company, 0, 0);
    let mut olive = somebody(&company.nodes[1].chat, "olive", "admin");
    let url = olive.ask(json!({"type": "admin"}))["url"].clone();
    let key = json!({"key": url.as_str().and_then(|it| it.split_once('#')).expect("a key").1});
    let mut page = let_in(company.address(0), key);
    let token = json!({"token": page.token});
    let mut window = let_in(company.address(1), token.clone());
    act(&mut boss, json!({"type": "role", "user": olive.id, "role": "member"}));
    assert_eq!((page.closed().0, window.closed().0), (4505, 4505));
    refused_everywhere(&company, &token);
}

/// Whoever has something that is good keeps it until the log is back.
#[test]
fn while_the_log_is_away_a_link_is_not_used_up() {
    let Some(mut company) = Company::start(2) else { return };
    let page = operator(&company, 0, 1);
    // Both nodes know the session.
    let_in(company.address(0), json!({"token": page.token}));
    let key = json!({"key": company.nodes[0].chat.admin_key()});
    company.redis.kill();
    wait_until("the nodes have noticed", || (0..2).all(|node| company.nodes[node].ready().status == 503));
    for node in 0..2 {
        let (code, closed) = turned_away(company.address(node), key.clone());
        assert!(["storage", "busy"].contains(&&code[..]) && closed == 1013, "{code} {closed}");
        let_in(company.address(node), json!({"token": page.token}));
        let (code, closed) = turned_away(company.address(node), json!({"token": "A".repeat(43)}));
        assert_eq!((&code[..], closed), ("storage", 1013), "another node may know it");
    }
    company.redis.restart();
    company.wait_for_all();
    let answers = at_once(&company, &[0, 1], &key);
    assert_eq!(answers.iter().filter(|it| it.1["type"] == "welcome").count(), 1, "{:?}", answers[0].1);
    refused_everywhere(&company, &key);
}

#[test]
fn who_is_let_in_before_their_node_has_died_is_known_at_others() {
    let Some(mut company) = Company::start(2) else { return };
    for _ in 0..3 {
        let key = json!({"key": company.nodes[1].chat.admin_key()});
        let page = enter(Json::speaking(company.address(1), "admin.v1"), key);
        company.nodes[1].chat.kill();
        let_in(company.address(0), json!({"token": page.token}));
        company.nodes[1].chat.start_again();
    }
}
