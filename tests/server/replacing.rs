//! Messages with a key: what waits for a peer that does not read is the newest of each, and nothing is torn.

use std::collections::HashMap;

use pollcat::{Config, Delivery, Departure, Outgoing, PreparedMessage, SlowPeers};

use crate::directed::{Directed, Event, FILLER};
use pollcat_testing::client::{Client, PATIENCE};

/// Sockets fill soon, and nobody is asked whether they are there.
fn config(queue: usize) -> Config {
    Config::new().max_send_queue(queue).send_buffer(8 << 10).ping_after(10 * PATIENCE)
}

fn keyed(text: &str, key: u64) -> Outgoing<'_> {
    Outgoing::from(text).replacing(key)
}

#[track_caller]
fn read_fillers(client: &mut Client, count: usize) {
    (0..count).for_each(|_| assert_eq!(client.text().len(), FILLER));
}

#[test]
fn the_newest_of_a_key_takes_the_place_of_the_oldest_by_whatever_way_it_comes() {
    let server = Directed::start(config(64 << 20));
    let (id, mut client) = server.guest();
    let fillers = server.fill(id, 1 << 20);
    let long = |number: usize| format!("{number}").repeat(80_000);
    server.direct(move |peers| {
        peers.subscribe(id, "prices");
        // Nothing is written before the turn is over.
        let before = peers.queued(id);
        assert_eq!(peers.send(id, keyed("a1", 1)), Delivery::Slow);
        peers.send(id, "between");
        peers.publish("prices", keyed("b1", 2));
        assert_eq!(peers.send(id, keyed(&long(1), 3)), Delivery::Slow);
        // Another message of this turn, and no key.
        peers.broadcast("a");
        peers.publish("prices", keyed("a2, longer", 1));
        assert_eq!(peers.send(id, keyed(&long(2), 3)), Delivery::Slow);
        let frames = [2 + 10, 2 + 7, 2 + 2, 10 + 80_000, 2 + 1].iter().sum::<usize>();
        assert_eq!(peers.queued(id), before + frames);
    });
    let mailbox = &server.running.mailbox;
    mailbox.send(id, keyed("a3", 1)).expect("the mailbox has room");
    mailbox
        .broadcast(Outgoing::from(&PreparedMessage::new("b2")).replacing(2))
        .expect("the mailbox has room");
    mailbox.publish("prices", keyed(&long(3), 3)).expect("the mailbox has room");
    server.running.wait_until("they are counted", |counters| counters.replaced == 5);
    read_fillers(&mut client, fillers);
    for text in ["a3", "between", "b2", &long(3), "a"] {
        assert!(client.text() == text, "{}", &text[..2]);
    }
    assert_eq!(server.event(), Event::Drained(id, 0));
    // The socket has room: all of them arrive.
    server.direct(move |peers| ["1", "2", "3"].map(|text| peers.send(id, keyed(text, 1))));
    assert_eq!([client.text(), client.text(), client.text()], ["1", "2", "3"]);
    assert_eq!(server.running.counters().replaced, 5);
}

#[test]
fn a_burst_of_few_keys_fits_a_queue_that_a_burst_without_them_overflows() {
    const QUEUE: usize = 2 << 20;
    for policy in [SlowPeers::Close, SlowPeers::Skip] {
        let server = Directed::start(config(QUEUE).slow_peers(policy).close_within(PATIENCE));
        let (id, mut client) = server.guest();
        let fillers = server.fill(id, QUEUE / 2);
        let burst = move |number: usize| format!("{number:1000}");
        for turn in 0..4 {
            server.direct(move |peers| {
                for number in turn * 1_000..(turn + 1) * 1_000 {
                    assert_eq!(peers.send(id, keyed(&burst(number), number as u64 % 10)), Delivery::Slow);
                }
            });
        }
        let overflow = server.direct(move |peers| {
            (0..3_000)
                .map(|number| peers.send(id, &burst(number)))
                .find(|&delivery| delivery != Delivery::Slow)
        });
        assert_eq!(overflow, Some(Delivery::Full));
        read_fillers(&mut client, fillers);
        for number in 3_990..4_000 {
            assert_eq!(client.text(), burst(number));
        }
        if policy == SlowPeers::Close {
            assert_eq!(server.departure(id), Departure::TooSlow);
        }
    }
}

#[test]
fn what_a_write_has_begun_with_is_never_replaced() {
    const KEYS: usize = 200;
    const ROUNDS: usize = 20;
    let server = Directed::start(config(64 << 20));
    let (id, mut client) = server.guest();
    // Each key and round has a text of its own, and of a length of its own.
    let text = |key: usize, round: usize| format!("{key} {round} ").repeat(50 + (7 * key + 13 * round) % 200);
    let (mut round, mut heard) = (0, HashMap::new());
    let mut read = || {
        let said = client.text();
        let mut words = said.split(' ').map(|word| word.parse().expect("a number"));
        let (key, round) = (words.next().expect("a key"), words.next().expect("a round"));
        assert!(said == text(key, round), "what was said is not what was heard");
        let before = heard.insert(key, round);
        assert!(before < Some(round), "{round} of {key} after {before:?}");
        heard.values().filter(|&&heard| heard == round).count()
    };
    for _ in 0..ROUNDS {
        // The sockets fill in the midst of a round. The client reads some, and the next round replaces what it may.
        let mut is_full = false;
        while !is_full {
            round += 1;
            is_full = server.direct(move |peers| {
                for key in 0..KEYS {
                    peers.send(id, keyed(&text(key, round), key as u64));
                }
                peers.queued(id) > 20_000
            });
        }
        for _ in 0..150 {
            read();
        }
    }
    // Of each key the newest comes in the end.
    server.direct(move |peers| {
        for key in 0..KEYS {
            peers.send(id, keyed(&text(key, round + 1), key as u64));
        }
    });
    while read() < KEYS {}
    assert!(server.running.counters().replaced > 0);
}
