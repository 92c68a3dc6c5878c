//! What the nodes tell whoever watches over them, in the states that they come into (OPERATING.md, What to watch).

use pollcat_chat_testing::watching::{Figures, count, has, is_of_nodes, named, readings, scrape};
use pollcat_testing::client::PATIENCE;
use pollcat_testing::running::wait_until;
use rusqlite::Connection;
use rustix::process::Signal;

use crate::company::Company;

const NODES: usize = 3;

fn all(company: &Company) -> Vec<Figures> {
    company.nodes.iter().map(|node| scrape(node.board)).collect()
}

/// A figure that stands alone.
fn value(page: &Figures, name: &str) -> f64 {
    page[name].value()
}

/// These are so at all of these nodes, sooner or later.
#[track_caller]
fn settle(company: &Company, nodes: &[usize], wanted: &[(&str, f64)]) {
    for &node in nodes {
        for &(name, wanted) in wanted {
            wait_until(&format!("{name} of node {node} is {wanted}"), || {
                value(&scrape(company.nodes[node].board), name) == wanted
            });
        }
    }
}

/// All that was written is applied by these nodes: their places, which are one.
#[track_caller]
fn level(company: &Company, nodes: &[usize]) -> f64 {
    let mut place = 0.0;
    wait_until("the nodes are equally far", || {
        let pages: Vec<_> = nodes.iter().map(|&node| scrape(company.nodes[node].board)).collect();
        place = value(&pages[0], "chat_node_log_last_place");
        pages.iter().all(|page| {
            value(page, "chat_node_applied_place") == place
                && value(page, "chat_node_log_last_place") == place
                && value(page, "chat_node_waiting_bytes") == 0.0
        })
    });
    place
}

/// Sooner or later, and again and again: a node that is late with its word for them loses them for a while.
#[track_caller]
fn one_has_the_chores(company: &Company, nodes: &[usize]) {
    let has_them = |&node: &usize| value(&scrape(company.nodes[node].board), "chat_node_holds_chores");
    wait_until("one of these nodes has the chores", || nodes.iter().map(has_them).sum::<f64>() == 1.0);
}

#[track_caller]
fn of_nodes_alone(page: &Figures) {
    for (file, text) in readings() {
        let names: Vec<&str> = named(&text).filter(|name| is_of_nodes(name)).collect();
        let lost: Vec<_> = names.iter().filter(|name| !has(page, name)).collect();
        assert!(names.len() >= 5 && lost.is_empty(), "{file} names {names:?}, and there is no {lost:?}");
    }
    let [.., (handbook, text)] = readings();
    let untold: Vec<_> = page.keys().filter(|name| !named(&text).any(|it| it == **name)).collect();
    let untold: Vec<_> = untold.into_iter().filter(|name| is_of_nodes(name)).collect();
    assert!(untold.is_empty(), "{handbook} lacks {untold:?}");
}

#[test]
fn nodes_that_are_well_say_so_and_agree() {
    const MANY: usize = 40;
    let Some(company) = Company::start(NODES) else { return };
    let mut people: Vec<_> =
        ["alice", "bob", "carol"].iter().enumerate().map(|(node, name)| company.named(node, name)).collect();
    // In quiet.
    let well = [
        ("chat_ready", 1.0),
        ("chat_nodes", NODES as f64),
        ("chat_node_can_write", 1.0),
        ("chat_node_follows", 1.0),
        ("chat_node_lost", 0.0),
        ("chat_node_people_elsewhere", 2.0),
        ("chat_node_behind_entries", 0.0),
        ("chat_node_behind_seconds", 0.0),
    ];
    settle(&company, &[0, 1, 2], &well);
    let before = level(&company, &[0, 1, 2]);
    let quiet = all(&company);
    of_nodes_alone(&quiet[0]);
    one_has_the_chores(&company, &[0, 1, 2]);
    for page in &quiet {
        let sure = |level| page["chat_node_durability"].labelled("level", level);
        assert_eq!(["replicated", "disk", "system", "memory"].map(sure), [0.0, 1.0, 0.0, 0.0]);
    }

    // Under load.
    for number in 0..MANY {
        people.iter_mut().for_each(|person| drop(person.say("lobby", &format!("{number}"))));
    }
    let after = level(&company, &[0, 1, 2]);
    assert!(after >= before + (NODES * MANY) as f64, "{before} and {after}");
    settle(&company, &[0, 1, 2], &[("chat_node_behind_seconds", 0.0)]);
    for node in 0..NODES {
        // Nothing was in doubt, so nothing was sent twice, and all that ever stood in the log was applied once.
        wait_until(&format!("the figures of node {node} agree"), || {
            let page = scrape(company.nodes[node].board);
            let applied = |appender| page["chat_node_applied_entries_total"].labelled("appender", appender);
            let (own, others) = (applied("own"), applied("other"));
            own > MANY as f64
                && others > (2 * MANY) as f64
                && own + others == value(&page, "chat_node_applied_place")
                && own == value(&page, "chat_node_appended_entries_total")
                && own == count(&page, "chat_node_return_seconds")
        });
        let page = scrape(company.nodes[node].board);
        for side in ["append", "follow"] {
            assert_eq!(page["chat_node_reconnects_total"].labelled("side", side), 0.0, "node {node}");
        }
    }
}

#[test]
fn nodes_tell_that_the_log_is_away_that_it_is_back_and_that_it_is_gone() {
    let Some(mut company) = Company::start(2) else { return };
    let mut alice = company.named(0, "alice");
    alice.say("lobby", "one");
    settle(&company, &[0, 1], &[("chat_nodes", 2.0), ("chat_node_can_write", 1.0)]);
    let before = level(&company, &[0, 1]);
    company.redis.kill();
    let away = [
        ("chat_node_can_write", 0.0),
        ("chat_node_follows", 0.0),
        ("chat_node_holds_chores", 0.0),
        ("chat_ready", 0.0),
        // That is for Redis to heal, and nobody has said that the other one is gone.
        ("chat_node_lost", 0.0),
        ("chat_nodes", 2.0),
        ("chat_node_behind_seconds", 0.0),
        ("chat_node_applied_place", before),
    ];
    settle(&company, &[0, 1], &away);
    company.redis.restart();
    settle(
        &company,
        &[0, 1],
        &[("chat_node_can_write", 1.0), ("chat_node_follows", 1.0), ("chat_ready", 1.0)],
    );
    for page in all(&company) {
        for side in ["append", "follow"] {
            assert!(page["chat_node_reconnects_total"].labelled("side", side) >= 1.0, "{side}");
        }
    }
    one_has_the_chores(&company, &[0, 1]);
    company.redis.command(&["FLUSHALL"]);
    settle(&company, &[0, 1], &[("chat_node_lost", 1.0), ("chat_node_can_write", 0.0), ("chat_ready", 0.0)]);
}

#[test]
fn a_node_that_was_stopped_and_cannot_catch_up_tells_how_far_it_is_behind() {
    const MANY: usize = 50;
    let Some(company) = Company::start(NODES) else { return };
    let mut alice = company.named(0, "alice");
    settle(&company, &[0, 1, 2], &[("chat_nodes", 3.0), ("chat_ready", 1.0)]);
    let before = level(&company, &[0, 1, 2]);
    // From now on its file takes nothing. While it is stopped it may be too late for that: it may be just writing.
    let other = Connection::open(company.nodes[2].chat.data()).expect("any SQLite program may look at it");
    other.busy_timeout(PATIENCE).expect("it can wait");
    other.execute_batch("BEGIN IMMEDIATE").expect("the lock can be had");
    company.nodes[2].chat.signal(Signal::STOP);
    for number in 0..MANY {
        alice.say("lobby", &format!("{number}"));
    }
    // The others have lost sight of it.
    settle(&company, &[0, 1], &[("chat_nodes", 2.0), ("chat_ready", 1.0)]);
    let there = level(&company, &[0, 1]);
    assert!(there >= before + MANY as f64);
    one_has_the_chores(&company, &[0, 1]);
    company.nodes[2].chat.signal(Signal::CONT);
    let behind = |name: &str| value(&scrape(company.nodes[2].board), name);
    wait_until("it knows how far it is behind", || behind("chat_node_behind_entries") >= MANY as f64);
    wait_until("and for how long", || behind("chat_node_behind_seconds") > 2.0);
    let page = scrape(company.nodes[2].board);
    assert!(value(&page, "chat_node_applied_place") <= there - MANY as f64);
    assert!(value(&page, "chat_node_log_last_place") >= there && value(&page, "chat_ready") == 0.0);
    settle(&company, &[2], &[("chat_node_follows", 1.0), ("chat_nodes", 3.0)]);
    other.execute_batch("ROLLBACK").expect("the lock can be given back");
    let well = [("chat_node_behind_seconds", 0.0), ("chat_node_behind_entries", 0.0), ("chat_ready", 1.0)];
    settle(&company, &[0, 1, 2], &well);
    level(&company, &[0, 1, 2]);
}
