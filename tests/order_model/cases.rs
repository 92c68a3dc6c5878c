//! The tricky cases by name. The words are those of `script.rs`; "0" to "4" are there, and read.

use crate::script::Turn;
use crate::stage::{House, Stage};

const PEERS: usize = 5;

const CASES: &[(&str, &[&str])] = &[
    (
        "a word to a member between two publishes",
        &[
            "0: subscribe 1 tea, subscribe 2 tea, publish tea, send 1, publish tea, send 3, publish tea, send 2",
        ],
    ),
    (
        "a word to a member, and then a publish",
        &["0: subscribe 1 tea, subscribe 2 tea, send 2, publish tea, send 2"],
    ),
    (
        "from a member of two topics",
        &[
            "0: subscribe 1 tea, subscribe 1 coffee, subscribe 2 tea, subscribe 3 coffee",
            "2: publish_from 1 tea, publish coffee, publish_from 1 coffee, publish tea, publish_from 2 coffee, publish_from 2 tea",
        ],
    ),
    (
        "two topics take turns",
        &[
            "0: subscribe 1 tea, subscribe 1 coffee, subscribe 2 tea, subscribe 3 coffee",
            "0: publish tea, publish coffee, publish tea, publish tea, publish coffee, publish coffee, publish tea",
        ],
    ),
    (
        "a member of two topics is written to, and leaves one of them",
        &[
            "0: subscribe 1 tea, subscribe 1 coffee, publish tea, publish coffee, unsubscribe 1 tea, publish tea, publish coffee, send 1",
        ],
    ),
    (
        "who speaks to others alone",
        &["1: subscribe 1 tea, publish_from 1 tea, publish_from 2 tea, publish_from 1 tea"],
    ),
    (
        "exclusions change in the middle",
        &[
            "0: subscribe 1 tea, subscribe 2 tea, subscribe 3 tea",
            "1: publish_from 1 tea, publish_from 2 tea, publish_from 3 tea, publish tea, publish_from 1 tea, publish_from 1 tea, publish_from 4 tea",
        ],
    ),
    ("subscribed between two publishes", &["0: subscribe 1 tea, publish tea, subscribe 2 tea, publish tea"]),
    ("subscribed twice", &["0: subscribe 1 tea, publish tea, subscribe 1 tea, publish tea"]),
    (
        "unsubscribed after a publish",
        &["0: subscribe 1 tea, subscribe 2 tea, publish tea, unsubscribe 1 tea, publish tea, send 1"],
    ),
    (
        "out and in again",
        &[
            "0: subscribe 1 tea, subscribe 2 tea, publish tea, unsubscribe 1 tea, publish tea, subscribe 1 tea, publish tea",
        ],
    ),
    (
        "the first of the members goes, and the last takes its place",
        &[
            "0: subscribe 1 tea, subscribe 2 tea, subscribe 3 tea, publish tea, unsubscribe 1 tea, publish_from 3 tea, unsubscribe 3 tea, publish tea",
        ],
    ),
    (
        "a topic dies and is born again",
        &[
            "0: subscribe 1 tea, publish tea, unsubscribe 1 tea, publish tea, subscribe 2 tea, publish tea, subscribe 1 tea, publish tea",
        ],
    ),
    (
        "a topic dies, and another takes its place in the table",
        &[
            "0: subscribe 1 tea, publish tea, unsubscribe 1 tea, subscribe 2 coffee, publish coffee, publish tea, subscribe 3 tea, publish tea",
        ],
    ),
    (
        "a topic of which nobody has heard",
        &["0: publish tea, subscribe 1 tea", "0: publish milk, publish tea, publish rum"],
    ),
    (
        "closed in the middle",
        &[
            "0: subscribe 1 tea, subscribe 2 tea, publish tea, send 1, close 1, publish tea, send 1, broadcast, publish tea",
        ],
    ),
    (
        "closed, as the last member",
        &["0: subscribe 1 tea, publish tea, close 1, publish tea, subscribe 2 tea, publish tea"],
    ),
    (
        "closes itself",
        &[
            "1: subscribe 1 tea, subscribe 2 tea, publish tea, close 1, publish tea | publish tea",
            "0: publish tea",
        ],
    ),
    (
        "everybody is closed",
        &[
            "0: subscribe 1 tea, subscribe 2 tea, publish tea, close 1, close 2, close 3, close 4, publish tea",
        ],
    ),
    (
        "a broadcast between publishes",
        &[
            "0: subscribe 1 tea, subscribe 2 tea, publish tea, broadcast, publish tea, broadcast_from 1, publish_from 2 tea, broadcast",
        ],
    ),
    (
        "large ones between small ones",
        &[
            "0: subscribe 1 tea, subscribe 2 tea, publish tea, publish tea 70000, publish tea, send 1 200000, publish tea, publish_from 1 tea 65536, publish tea 65535, publish tea",
        ],
    ),
    ("a large one alone", &["0: subscribe 1 tea, subscribe 2 tea, publish_from 1 tea 200000"]),
    (
        "every length of a length",
        &[
            "0: subscribe 1 tea, publish tea 0, publish tea 125, publish tea 126, publish tea 16384, publish tea 65526, publish tea 65536, publish tea 0, send 1 0, publish tea 1",
        ],
    ),
    (
        "over 256 KiB in one call",
        &[
            "0: subscribe 1 tea, subscribe 2 coffee, 30x publish tea 5000, 30x publish coffee 5000, send 1, 30x publish tea 5000, publish coffee",
        ],
    ),
    (
        "over 256 KiB in several calls of one turn",
        &[
            "0: subscribe 1 tea, 40x publish tea 5000 | subscribe 2 tea, 40x publish tea 5000 | publish_from 1 tea | unsubscribe 1 tea, publish tea",
        ],
    ),
    (
        "several MiB in one call",
        &[
            "0: subscribe 1 tea, subscribe 2 tea, 20x publish tea 60000, send 1, 20x publish_from 2 tea 90000, 300x publish tea 9000, send 2, publish tea",
        ],
    ),
    (
        "several messages in one write",
        &[
            "1: subscribe 1 tea | publish tea | send 1 | publish_from 1 tea | subscribe 2 tea | publish tea | unsubscribe 1 tea | publish tea",
        ],
    ),
    (
        "Pongs between messages",
        &[
            "1: subscribe 1 tea, publish tea | ping | publish tea | ping | ping | send 1, publish tea 70000 | ping | publish tea",
        ],
    ),
    (
        "a Pong for one of whom others speak",
        &[
            "0: subscribe 1 tea, subscribe 2 tea & 2: publish tea & 1: | ping | send 1 & 3: publish tea & 1: | ping & 0: publish tea",
        ],
    ),
    (
        "a newcomer in the same turn",
        &[
            "0: subscribe 1 tea & 1: publish tea, broadcast & new 5: subscribe 5 tea, publish tea, send 5 | publish tea & 2: publish tea, send 5",
        ],
    ),
    (
        "newcomers who hear nothing that was said before",
        &[
            "0: subscribe 1 tea, publish tea, broadcast & new 5: & 1: publish tea, subscribe 5 tea, publish tea & new 6: broadcast, subscribe 6 tea & 2: publish tea",
        ],
    ),
    (
        "a slot that is used again",
        &[
            "0: subscribe 1 tea, subscribe 2 tea, publish tea",
            "1: publish tea | goodbye",
            "0: publish tea & new 5: subscribe 5 tea, publish tea, publish_from 1 tea, send 1, unsubscribe 1 tea, close 1 & 2: publish tea",
            "0: broadcast_from 1, broadcast_from 5, publish_from 5 tea, publish tea",
        ],
    ),
    (
        "a slot that is used again, and a turn that is flushed in between",
        &[
            "0: subscribe 1 tea, subscribe 2 tea",
            "1: publish tea | end & 0: publish tea & 2: 60x publish tea 6000 & 3: publish tea & new 5: subscribe 5 tea, publish tea & 4: publish tea",
        ],
    ),
    (
        "a client says goodbye",
        &["1: subscribe 1 tea, subscribe 2 tea, publish tea | ping | publish tea | goodbye & 0: publish tea"],
    ),
    (
        "a client says no more",
        &[
            "1: subscribe 1 tea, subscribe 2 tea, publish tea | publish tea | end & 0: publish tea, publish tea",
        ],
    ),
    (
        "a client breaks the protocol",
        &[
            "1: subscribe 1 tea, subscribe 2 tea, publish tea | publish tea | nonsense & 0: publish tea, publish tea",
        ],
    ),
    (
        "a client is torn away within a call",
        &[
            "0: subscribe 1 tea, subscribe 2 tea, subscribe 3 tea, subscribe 4 tea",
            "0: publish tea, tear 1, publish tea, send 2, publish tea 70000, publish tea",
            "0: publish tea",
        ],
    ),
    (
        "letters between what others say",
        &[
            "0: subscribe 1 tea, subscribe 2 tea",
            "1: publish tea, send 2 & 2: publish tea & mail: publish tea, send 1, publish tea 70000, broadcast, publish tea, close 2, publish tea & 3: publish tea",
        ],
    ),
    (
        "letters and scripts in one turn",
        &[
            "0: subscribe 1 tea, publish tea & mail: subscribe 2 tea, publish tea, publish_from 1 tea, unsubscribe 1 tea, publish tea, send 1, publish tea",
        ],
    ),
    (
        "one that does not read hears all of it later",
        &[
            "0: subscribe 1 tea, subscribe 2 tea, subscribe 1 coffee",
            "pause 1",
            "0: 100x publish tea 60000, send 1, 60x publish tea 70000, publish coffee",
            "0: 60x publish tea 60000, publish coffee, send 1, publish_from 1 tea, unsubscribe 1 tea, publish tea, subscribe 1 tea",
            "0: publish tea, publish coffee, send 1, publish tea 70000",
            "resume 1",
            "0: publish tea, publish coffee",
        ],
    ),
    (
        "one that does not read hears the newest of a key, in the place of the oldest",
        &[
            "0: subscribe 1 tea, subscribe 2 tea",
            "pause 1",
            "0: 100x publish tea 60000, send 1 =1, publish tea =2, send 1, publish tea =1 70000, broadcast =2 126",
            "0: publish tea =3 70000, publish tea, publish tea =1, send 1 =3 80000 & mail: publish tea =2, send 1 =1, broadcast =1",
            "0: 40x publish tea =4 20000, 40x send 1 =4 100, publish tea | publish tea =4, 20x publish tea =5 70000",
            "0: publish tea =5, publish tea 60000",
            "resume 1",
            "0: publish tea =1, publish tea =1",
        ],
    ),
    (
        "one that does not read is closed, and hears all of it before",
        &[
            "0: subscribe 1 tea, subscribe 2 tea",
            "pause 1",
            "0: 150x publish tea 60000, publish tea",
            "0: publish tea, close 1, publish tea",
        ],
    ),
];

#[test]
fn everybody_hears_what_was_meant_for_them() {
    every_case(House::PLAIN);
}

#[test]
fn so_they_do_through_sockets_that_are_always_full() {
    every_case(House { narrow: true, stops: true, ..House::PLAIN });
}

#[cfg(feature = "deflate")]
#[test]
fn so_they_do_when_some_have_deflate() {
    every_case(House { offers: crate::OFFERS, ..House::PLAIN });
}

fn every_case(house: House) {
    for (name, turns) in CASES {
        println!("{name}");
        let mut stage = Stage::new(house);
        let mut number = 0;
        for peer in 0..PEERS {
            stage.play(Turn::read(&format!("new {peer}:"), &mut number));
        }
        for words in *turns {
            stage.play(Turn::read(words, &mut number));
        }
        stage.close();
    }
}
