//! What many are to get is written over several turns: a share of them in each.

use std::io::{ErrorKind, Read};

use mio::net::UnixStream;

use super::Outbound;
use super::outgoing::Outgoing;
use crate::server::accept::transport::Transport;
use crate::server::peer_id::Slot;
use crate::server::{Config, CounterReader};

/// Peers who are all in the topic "tea", and of whom so many are written to in a turn.
fn room(peers: usize, share: usize) -> (Outbound, Vec<UnixStream>) {
    let mut out = Outbound::new(&Config::new(), CounterReader::new().meters());
    out.share = share;
    let join = |place| {
        let (ours, client) = UnixStream::pair().unwrap();
        out.occupy(Slot::at(place), Transport::Unix(ours));
        out.open(Slot::at(place), None);
        out.subscribe(Slot::at(place), "tea");
        client
    };
    let clients = (0..peers).map(join).collect();
    out.flush();
    (out, clients)
}

fn publish(out: &mut Outbound, topic: &str, text: &str) {
    out.publish(topic, None, &Outgoing::from(text));
}

/// The texts that a client has got since it was asked the last time: each has one letter (RFC 6455 §5.2).
fn heard(client: &mut UnixStream) -> String {
    let mut bytes = [0; 1_024];
    match client.read(&mut bytes) {
        Ok(length) => bytes[..length].chunks(3).map(|frame| char::from(frame[2])).collect(),
        Err(error) if error.kind() == ErrorKind::WouldBlock => String::new(),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn each_turn_has_its_share_and_each_peer_its_order() {
    let (mut out, mut clients) = room(5, 2);
    publish(&mut out, "tea", "a");
    out.flush_a_share();
    assert!(out.is_restless(), "it goes on without an event");
    let mut all: Vec<String> = clients.iter_mut().map(heard).collect();
    assert_eq!(all, ["a", "a", "", "", ""]);
    // Whoever is sent something gets it at once, and before that what came before. Others join, leave and hear more.
    out.send(Slot::at(4), &Outgoing::from("b"));
    publish(&mut out, "tea", "c");
    out.unsubscribe(Slot::at(3), "tea");
    out.send(Slot::at(3), &Outgoing::from("d"));
    out.flush_a_share();
    let now: Vec<String> = clients.iter_mut().map(heard).collect();
    assert_eq!((&now[3][..], &now[4][..]), ("acd", "abc"));
    assert_eq!(now[..3].iter().filter(|now| !now.is_empty()).count(), 2);
    all.iter_mut().zip(&now).for_each(|(all, now)| all.push_str(now));
    for _ in 0..3 {
        out.flush_a_share();
    }
    all.iter_mut().zip(&mut clients).for_each(|(all, client)| all.push_str(&heard(client)));
    assert_eq!(all, ["ac", "ac", "ac", "acd", "abc"]);
    assert!(!out.is_restless() && out.tape.used() == 0);
}

/// Each of them has waited for no more turns than there are shares, though something new comes in each.
#[test]
fn nobody_is_passed_over_again_and_again() {
    for (peers, share) in [(9, 2), (8, 1)] {
        let (mut out, mut clients) = room(peers, share);
        out.subscribe(Slot::at(7), "gin");
        out.flush();
        for _ in 0..4 {
            for turn in 0..peers.div_ceil(share) {
                publish(&mut out, "tea", "a");
                if turn == 0 {
                    publish(&mut out, "gin", "b");
                }
                out.flush_a_share();
            }
            assert!(clients.iter_mut().all(|client| !heard(client).is_empty()), "one of {peers} waits");
        }
        out.flush();
        assert!(!out.is_restless());
    }
}

#[test]
fn a_busy_topic_does_not_keep_another_waiting() {
    let (mut out, mut clients) = room(8, 2);
    let (ours, mut guest) = UnixStream::pair().unwrap();
    out.occupy(Slot::at(8), Transport::Unix(ours));
    out.open(Slot::at(8), None);
    out.subscribe(Slot::at(8), "gin");
    out.flush();
    publish(&mut out, "tea", "a");
    publish(&mut out, "gin", "b");
    let turns = (0..8).find(|_| {
        publish(&mut out, "tea", "a");
        out.flush_a_share();
        heard(&mut guest) == "b"
    });
    assert!(turns.is_some_and(|turns| turns < 3), "{turns:?}");
    assert!(clients.iter_mut().any(|client| heard(client).is_empty()), "the other is busy still");
}

/// A tape that is full is written to its end, and is the tape of everybody again.
#[test]
fn a_full_tape_waits_for_no_turn() {
    let (mut out, mut clients) = room(5, 1);
    publish(&mut out, "tea", "a");
    out.flush_a_share();
    out.make_room(out.full);
    assert!(clients.iter_mut().all(|client| heard(client) == "a"));
    assert!(!out.is_restless() && out.tape.used() == 0);
}
