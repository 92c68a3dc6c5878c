//! The whole model against plain ones, in random runs: whatever people and other nodes do, whenever the disk answers, and
//! however it fails.
//!
//! ```text
//!   a wish ──▶ decide ──▶ entries ──▶ begin ──▶ a queue ──▶ a disk ──▶ apply ──▶ news
//!                 ║                     ║                    ║           ║        ║
//!              judge.rs          plain_entries.rs          disk.rs    plain_entries.rs
//! ```
//!
//! Beside each part stands a plain one, of lists that are looked through, and says the same. Other nodes' entries are applied
//! in between, and a second model hears nothing but what was applied. In some of the runs the disk is the history itself, in
//! memory, and the model begins again from what that has kept.
//!
//! `POLLCAT_MODEL_RUNS` asks for more, `POLLCAT_SEED` for one of them. In the runs beyond the usual ones all tables are looked
//! at after every tenth step, so that there are 100,000 steps in a second of a release build; a seed that fails is looked at
//! after each.

mod calls;
mod disk;
mod governing;
mod judge;
mod look;
mod moves;
mod names;
mod plain;
mod plain_entries;
mod shared;
mod stage;

use std::collections::BTreeSet;
use std::env;

use pollcat_testing::dice::Dice;

use crate::history::Node;
use stage::{Faults, Stage};

const RUNS: u64 = 30;
/// Of each run.
const STEPS: usize = 500;
/// All tables are looked at after so many steps, in further runs.
const LOOK_EVERY: u64 = 10;
/// The history takes its time: one run of so many has one, and is opened again so often.
const STORED: u64 = 5;
const LIVES: usize = 3;

/// What must have happened in the runs, or they show little.
const HAPPENS: [&str; 22] = [
    "arrives again",
    "busy",
    "from elsewhere",
    "full disk",
    "gone from a talk",
    "has members",
    "key used",
    "left",
    "left before they had come",
    "mention taken back",
    "no room for people",
    "no such event",
    "no such person",
    "no such room",
    "not yours",
    "noticed",
    "one name, given away twice",
    "pruned",
    "removed",
    "renamed",
    "repeated",
    "taken",
];

#[test]
fn the_model_is_what_a_plain_one_is_and_lasts_as_it_is() {
    let variable = |name| env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let runs = variable("POLLCAT_SEED")
        .map_or(0..variable("POLLCAT_MODEL_RUNS").unwrap_or(RUNS), |seed| seed..seed + 1);
    let template = Node::new();
    let (is_one, mut seen) = (runs.end - runs.start == 1, BTreeSet::new());
    for seed in runs {
        // A test's output is shown when it fails: the last line names the run.
        println!("POLLCAT_SEED={seed}");
        let look_every = if seed < RUNS || is_one { 1 } else { LOOK_EVERY };
        seen.extend(run(seed, look_every, &template));
    }
    let missing: Vec<_> = HAPPENS.iter().filter(|what| !seen.contains(**what)).collect();
    assert!(is_one || missing.is_empty(), "never happened: {missing:?}");
}

fn run(seed: u64, look_every: u64, template: &Node) -> BTreeSet<&'static str> {
    let faults = [Faults::None, Faults::Healed, Faults::All][seed as usize % 3];
    let node = seed.is_multiple_of(STORED).then(|| Node::like(template));
    let lives = if node.is_some() { LIVES } else { 1 };
    let mut stage = Stage::new(Dice::new(seed), faults, look_every, node);
    for _ in 0..lives {
        stage.faults = faults;
        (0..STEPS / lives).for_each(|_| stage.step());
        stage.rest();
    }
    stage.seen
}
