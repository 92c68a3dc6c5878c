//! Somebody has a name, and answers for it as they like.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::Ordering;

use pollcat_chat_testing::receiver::Receiver;

use super::stage::{is_the_first, lookup, post};
use crate::sender::job::Outcome;
use crate::sender::sending;

/// The first one may be spoken to, and the second one may not; both have the same port.
fn two() -> Option<(Receiver, Receiver)> {
    Some((Receiver::start()?, Receiver::at(IpAddr::from([127, 0, 0, 2]), None)?))
}

#[test]
fn a_second_answer_is_never_asked_for() {
    let Some((good, bad)) = two() else { return };
    let (names, asked) = lookup(vec![vec![good.address], vec![bad.address]]);
    let agent = sending::agent(names, Some(is_the_first), None);
    let (outcome, _) = sending::send(&agent, post("http://rebind.example/first"));
    assert!(matches!(outcome, Outcome::Answered { status: 200, .. }), "{outcome:?}");
    assert_eq!(good.next().path, "/first");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    // The next request asks again, and is judged again: no connection is kept from before.
    let (outcome, _) = sending::send(&agent, post("http://rebind.example/second"));
    assert!(matches!(outcome, Outcome::Refused(_)), "{outcome:?}");
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    assert!(good.is_quiet() && bad.is_quiet());
}

#[test]
fn bad_ones_among_good_ones_are_dropped() {
    let Some((good, bad)) = two() else { return };
    let closed = |last| SocketAddr::new(Ipv4Addr::new(127, 9, 9, last).into(), bad.address.port());
    let mixed = vec![bad.address, closed(1), closed(2), good.address, bad.address, closed(3), closed(4)];
    let (names, _) = lookup(vec![mixed]);
    let agent = sending::agent(names, Some(is_the_first), None);
    for _ in 0..3 {
        let (outcome, _) = sending::send(&agent, post("http://mixed.example/"));
        assert!(matches!(outcome, Outcome::Answered { status: 200, .. }), "{outcome:?}");
        assert_eq!(good.next().header("host"), "mixed.example");
    }
    assert!(bad.is_quiet());
}

#[test]
fn bad_ones_alone_are_refused_and_so_are_none() {
    let Some((good, bad)) = two() else { return };
    let (names, _) = lookup(vec![vec![bad.address; 40], vec![]]);
    let agent = sending::agent(names, Some(is_the_first), None);
    let (outcome, _) = sending::send(&agent, post("http://bad.example/"));
    assert!(matches!(outcome, Outcome::Refused(_)), "{outcome:?}");
    let (outcome, _) = sending::send(&agent, post("http://none.example/"));
    assert_eq!(outcome, Outcome::Failed("its name was not found".into()));
    assert!(good.is_quiet() && bad.is_quiet());
}
