//! Who lives, who is here, and who does the chores.

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use pollcat_chat_testing::redis::RedisServer;

use super::place;
use crate::nodes::redis::company::Round;
use crate::nodes::redis::{Company, LIFE};

pub(super) fn company(server: &RedisServer, boot: &str) -> Company {
    company_of(server, boot, LIFE)
}

fn company_of(server: &RedisServer, boot: &str, life: Duration) -> Company {
    Company::connect(&place(server.url()), 0, boot, life).expect("it can be connected to")
}

const CARD: &str = r#"{"node":"a"}"#;

fn boots(round: &Round) -> Vec<&str> {
    round.nodes.iter().map(|(boot, _)| boot.as_str()).collect()
}

#[test]
fn nodes_see_each_other_and_one_has_the_chores() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let (mut one, mut two) = (company(&server, "aaaa"), company(&server, "bbbb"));
    let alone = one.refresh(CARD, true).expect("it lives");
    assert_eq!((boots(&alone), alone.holds_chores), (vec!["aaaa"], true));
    let both = two.refresh(CARD, true).expect("it lives");
    assert_eq!((boots(&both), both.holds_chores), (vec!["aaaa", "bbbb"], false));
    assert_eq!(both.nodes[0].1, CARD);
    assert!(one.refresh(CARD, true).expect("it lives").holds_chores, "it keeps them");
    let life =
        |key: &str| server.command(&["PTTL", &format!("pollcat:{{tea}}:{key}")])[0].parse::<u64>().unwrap();
    for key in ["chores", "node:aaaa", "node:bbbb"] {
        assert!((1..=15_000).contains(&life(key)), "{key}");
    }
    one.leave().expect("it leaves");
    let left = two.refresh(CARD, true).expect("it lives");
    assert_eq!((boots(&left), left.holds_chores), (vec!["bbbb"], true));
    one.leave().expect("once more does no harm");
    assert!(two.refresh(CARD, true).expect("it lives").holds_chores, "what it had not, it does not give");
}

/// Nobody says that a node is dead: what it does not refresh is gone.
#[test]
fn what_a_dead_node_had_passes_on() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let life = Duration::from_millis(500);
    let (mut dead, mut heir) = (company_of(&server, "aaaa", life), company(&server, "bbbb"));
    dead.refresh(CARD, true).expect("it lives");
    dead.show(&[3], &[]).expect("it is shown");
    let began = Instant::now();
    drop(dead);
    loop {
        let round = heir.refresh(CARD, true).expect("it lives");
        if round.holds_chores && boots(&round) == ["bbbb"] && heir.here_of("aaaa") == Ok(vec![]) {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{round:?}");
        thread::park_timeout(Duration::from_millis(10));
    }
    assert!(server.command(&["SMEMBERS", "pollcat:{tea}:nodes"]) == ["bbbb"], "the dead are not asked for");
}

/// Many ask for a lease that nobody has: one gets it.
#[test]
fn of_all_who_want_the_chores_one_has_them() {
    let Some(server) = RedisServer::start(&[]) else { return };
    for _ in 0..20 {
        server.command(&["DEL", "pollcat:{tea}:chores"]);
        let threads =
            ["aaaa", "bbbb", "cccc", "dddd"].map(|boot| company(&server, boot)).map(|mut company| {
                thread::spawn(move || company.refresh(CARD, true).expect("it lives").holds_chores)
            });
        let holders = threads.into_iter().map(|thread| thread.join().expect("it asks"));
        assert_eq!(holders.filter(|&holds| holds).count(), 1);
    }
}

#[test]
fn people_come_and_go() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let (mut one, mut two) = (company(&server, "aaaa"), company(&server, "bbbb"));
    one.show(&[3, 4, 5], &[]).expect("they are shown");
    one.show(&[6], &[4]).expect("they are shown");
    assert_eq!(two.here_of("aaaa"), Ok(vec![3, 5, 6]));
    assert_eq!(one.refresh(CARD, true).expect("it lives").here, 3);
    server.command(&["DEL", "pollcat:{tea}:here:aaaa"]);
    assert_eq!(
        one.refresh(CARD, true).expect("it lives").here,
        0,
        "Redis has forgotten them, and it is seen"
    );
    let crowd: BTreeSet<u64> = (1..=2500).collect();
    one.show_all(&crowd.iter().copied().collect::<Vec<_>>()).expect("they are shown");
    assert_eq!(two.here_of("aaaa").map(BTreeSet::from_iter), Ok(crowd));
    one.show_all(&[]).expect("nobody is here");
    assert_eq!(two.here_of("aaaa"), Ok(vec![]));
}

#[test]
fn all_nodes_see_what_each_has_at_a_place() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let (mut one, mut two) = (company(&server, "aaaa"), company(&server, "bbbb"));
    one.report("5eed", 1000, "ab").expect("it is said");
    two.report("5eed", 1000, "cd").expect("it is said");
    let said = |boot: &str, digest: &str| (boot.to_owned(), digest.to_owned());
    let both = vec![said("aaaa", "ab"), said("bbbb", "cd")];
    assert_eq!((one.reports("5eed", 1000), two.reports("5eed", 1000)), (Ok(both.clone()), Ok(both)));
    assert_eq!(one.reports("5eed", 2000), Ok(vec![]));
    assert_eq!(one.reports("another log", 1000), Ok(vec![]));
    let life = server.command(&["TTL", "pollcat:{tea}:digest:5eed:1000"])[0].parse::<u64>().unwrap();
    assert!((50..=60).contains(&life), "{life}");
}

/// Who does not follow the log does not keep others from the chores.
#[test]
fn whoever_may_not_hold_the_chores_gives_them_back() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let (mut one, mut two) = (company(&server, "aaaa"), company(&server, "bbbb"));
    let mut refresh = |may: [bool; 2]| {
        let holds = |company: &mut Company, may| company.refresh(CARD, may).expect("it lives").holds_chores;
        [holds(&mut one, may[0]), holds(&mut two, may[1])]
    };
    assert_eq!(refresh([false, false]), [false, false]);
    assert_eq!(refresh([true, true]), [true, false]);
    assert_eq!(refresh([false, true]), [false, true]);
    assert_eq!(refresh([true, true]), [false, true]);
}

/// What is said now does not grow without end.
#[test]
fn what_was_said_long_ago_is_forgotten() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let mut one = company(&server, "aaaa");
    for number in 0..1500 {
        one.tell(&[number.to_string()]).expect("it is told");
    }
    let length: usize = server.command(&["XLEN", "pollcat:{tea}:now"])[0].parse().unwrap();
    assert!((1000..1200).contains(&length), "{length}");
}
