//! Each peer receives exactly what was meant for it, in the order of the calls: scripts of calls, done within one call of
//! a handler or one turn of the loop, against a model that is a list of messages for each peer.
//!
//! `POLLCAT_SEED` chooses the scripts (a failure names its own) and `POLLCAT_ORDER_ROUNDS` how many rounds each test
//! plays. What a handler is called for first is the system's choice, so a seed makes a failure likely again, and not
//! certain; the model follows the calls as they come.

use std::env;

use pollcat_testing::dice::Dice;

use model::Slow;
use stage::House;

mod cases;
mod chance;
mod heard;
mod listener;
mod model;
mod player;
mod script;
mod speaking;
mod stage;

/// What clients offer: each kind of context, a small window, and nothing.
#[cfg(feature = "deflate")]
const OFFERS: &[&str] = &[
    "permessage-deflate",
    "",
    "permessage-deflate; server_no_context_takeover",
    "permessage-deflate; server_max_window_bits=10; server_no_context_takeover",
];

const ROUNDS: u64 = 6;

#[test]
fn everybody_hears_everything_in_the_order_of_the_calls() {
    play(Slow::Wait, &[""]);
}

#[test]
fn who_is_slow_misses_what_is_counted_and_hears_the_rest_in_order() {
    play(Slow::Skip, &[""]);
}

#[test]
fn who_is_slow_hears_the_beginning_in_order_and_is_closed() {
    play(Slow::Close, &[""]);
}

#[cfg(feature = "deflate")]
#[test]
fn those_with_deflate_hear_everything_in_the_order_of_the_calls() {
    play(Slow::Wait, OFFERS);
}

#[cfg(feature = "deflate")]
#[test]
fn who_is_slow_with_deflate_misses_what_is_counted_and_hears_the_rest_in_order() {
    play(Slow::Skip, OFFERS);
}

#[cfg(feature = "deflate")]
#[test]
fn who_is_slow_with_deflate_hears_the_beginning_in_order_and_is_closed() {
    play(Slow::Close, OFFERS);
}

fn play(slow: Slow, offers: &'static [&'static str]) {
    for round in 0..variable("POLLCAT_ORDER_ROUNDS", ROUNDS) {
        let seed = variable("POLLCAT_SEED", 1).wrapping_add(round);
        let mut dice = Dice::new(seed);
        let queue = match slow {
            Slow::Wait => 1 << 30,
            Slow::Skip | Slow::Close => dice.choose(&[20_000, 100_000, 300_000]),
        };
        let house = House {
            slow,
            queue,
            narrow: dice.one_in(2) || slow != Slow::Wait,
            // Who is skipped may have missed what is not there, or had it replaced: nobody knows.
            keyed: dice.one_in(2) && slow != Slow::Skip,
            stops: dice.one_in(2),
            offers,
        };
        // A test's output is shown when it fails.
        println!(
            "round {round}: POLLCAT_SEED={seed} POLLCAT_ORDER_ROUNDS=1 cargo test --test order_model, {house:?}"
        );
        chance::play_round(house, dice);
    }
}

fn variable(name: &str, default: u64) -> u64 {
    env::var(name)
        .map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name}={value}: a number")))
}
