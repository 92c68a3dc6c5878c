//! Who waits for whom.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use pollcat_chat_testing::receiver::Receiver;

use super::stage::{job, next, sender};
use crate::sender::job::{Job, Outcome};
use crate::sender::queue::{Queue, ROOM};

fn slow(ticket: &'static str, url: impl Into<String>) -> Job<&'static str> {
    Job { is_slow: true, ..job(ticket, url) }
}

#[test]
fn there_is_room_for_64_and_for_half_as_many_slow_ones() {
    let mut queue = Queue::new(8);
    (0..ROOM / 2).for_each(|_| queue.push(slow("slow", "")).expect("room"));
    assert_eq!(queue.push(slow("too many", "")).expect_err("no room").ticket, "too many");
    (0..ROOM / 2).for_each(|_| queue.push(job("fast", "")).expect("room"));
    assert_eq!(queue.push(job("too many", "")).expect_err("no room").ticket, "too many");
    assert_eq!(queue.len(), 64);
}

#[test]
fn slow_ones_have_half_the_workers_and_the_others_overtake_them() {
    let mut queue = Queue::new(8);
    (0..6).for_each(|_| queue.push(slow("slow", "")).expect("room"));
    queue.push(job("fast", "")).expect("room");
    let taken: Vec<_> = std::iter::from_fn(|| queue.pop()).map(|job| job.ticket).collect();
    assert_eq!(taken, ["slow", "slow", "slow", "slow", "fast"]);
    queue.done(false);
    assert!(queue.pop().is_none());
    queue.done(true);
    assert_eq!(queue.pop().expect("a slow one").ticket, "slow");
    assert!(queue.pop().is_none());
    // One worker alone takes slow ones, too.
    let mut queue = Queue::new(1);
    queue.push(slow("slow", "")).expect("room");
    assert!(queue.pop().is_some());
}

#[test]
fn a_slow_one_holds_no_fast_one_up() {
    let Some(receiver) = Receiver::start() else { return };
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/", silent.local_addr().expect("an address"));
    let (sender, mail) = sender(2);
    (0..5).for_each(|_| sender.try_send(slow("slow", &*url)).expect("room"));
    (0..20).for_each(|_| sender.try_send(job("fast", receiver.url("/fast"))).expect("room"));
    (0..20).for_each(|_| assert_eq!(next(&mail).ticket, "fast"));
}

#[test]
fn who_answers_late_is_slow() {
    let Some(receiver) = Receiver::start() else { return };
    let (sender, mail) = sender(1);
    sender.try_send(job("late", receiver.url("/slow"))).expect("room");
    let sent = next(&mail);
    assert!(matches!(sent.outcome, Outcome::Answered { status: 200, .. }) && sent.is_slow, "{sent:?}");
}

/// Nobody waits for those who do not answer; whoever listens is told of nothing more.
#[test]
fn when_it_is_over_nobody_waits() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/", silent.local_addr().expect("an address"));
    let (sender, mail) = sender(2);
    (0..40).for_each(|_| sender.try_send(job("silent", &*url)).expect("room"));
    silent.accept().expect("one is under way");
    let begun = Instant::now();
    drop(sender);
    let took = begun.elapsed();
    // A wait would be ten seconds.
    assert!(took < Duration::from_secs(5), "{took:?}");
    // Of 40 only those come back that were under way; then the threads are gone, and the channel with them.
    assert!(mail.iter().count() <= 2);
}
