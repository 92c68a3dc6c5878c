//! A dozen windows do everything that can be done in a chat, at random and for a long time, and a plain model says who
//! must hear what: nobody hears more, nobody less, nothing twice, nothing in another order and nothing under another's
//! name.
//!
//! `POLLCAT_SEED` chooses the story (a failure names its own) and `POLLCAT_MODEL_ROUNDS` how long it is. Windows that speak at
//! once race: a seed makes a failure likely again, and not certain.

use std::env;

use pollcat_testing::dice::Dice;

use theatre::Theatre;

mod asks;
mod comings;
mod governing;
mod heard;
mod moves;
mod speeches;
mod talk;
mod theatre;
mod world;
mod wrong;

/// Turns are a thousand times as many.
const ROUNDS: u64 = 2;

#[test]
fn everybody_hears_what_is_theirs_and_nobody_anything_else() {
    let (seed, rounds) = (variable("POLLCAT_SEED", 1), variable("POLLCAT_MODEL_ROUNDS", ROUNDS));
    // A test's output is shown when it fails.
    println!(
        "to see this again: POLLCAT_SEED={seed} POLLCAT_MODEL_ROUNDS={rounds} cargo test --test chat_model"
    );
    let mut theatre = Theatre::open(Dice::new(seed));
    theatre.fill();
    for turn in 1..=rounds * 1000 {
        match theatre.dice.below(24) {
            0..9 => theatre.talk(),
            9..12 => theatre.enter(),
            12 | 13 => theatre.leave(),
            14 => theatre.rename(),
            15 => theatre.begin_private_talk(),
            16 | 17 => theatre.ask_something(),
            18..21 => theatre.govern(),
            21 => theatre.make_private_room(),
            _ => theatre.come_or_go(),
        }
        if turn % 300 == 0 {
            theatre.begin_again();
        }
    }
    let tally = &theatre.tally;
    println!(
        "{} things were asked, {} of them refused; {} events were said; {} objects and lines were heard as predicted, {} \
         looked at: 0 leaks, 0 forged, 0 lost, 0 doubled",
        tally.asked, tally.refused, tally.events, tally.compared, theatre.secrets.looked_at
    );
}

fn variable(name: &str, default: u64) -> u64 {
    env::var(name)
        .map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name}={value}: a number")))
}
