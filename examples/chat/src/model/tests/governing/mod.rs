//! Governing, in random runs: whatever people of all kinds want to do, and whatever has changed when it comes to the disk, nobody
//! does what they may not, nobody learns of a private room who is not in it, and nobody gets a name that is not free.
//!
//! ```text
//!   an intent ──▶ decide ──▶ entries ──▶ begin ──▶ a queue ──▶ the history ──▶ apply ──▶ news
//!                   ║                                              ║            ║
//!            plain_rights.rs: was it allowed?        is it still?         governed(): are the tables the same?
//! ```
//!
//! `plain_rights.rs` has a table of rights of its own. Private talks, sessions, those of the admin page, guests and people who
//! erase themselves are among it; and so are bots and the robot, keys, targets, levels, and who calls a room together. Deeds of anybody, which nobody has decided, go to the history as well: it refuses
//! what the plain table refuses, and nothing else. A second model hears nothing but what was applied, and at the end of a run
//! both are what the history has kept.
//!
//! `POLLCAT_MODEL_RUNS` asks for more runs, `POLLCAT_SEED` for one of them.

mod acts;
mod outside;
mod plain;
mod plain_rights;
mod stage;
mod undecided;

use std::collections::BTreeSet;
use std::env;

use pollcat_testing::dice::Dice;

use crate::history::Node;
use stage::Stage;

const RUNS: u64 = 24;
/// Of each run, and how often the history is opened again.
const STEPS: usize = 400;
const LIVES: usize = 2;

/// What must have been done, and refused, or the runs show little.
const HAPPENS: [&str; 44] = [
    "accept",
    "add",
    "admin_in",
    "admin_out",
    "announce",
    "asked",
    "ban",
    "bot",
    "call",
    "close",
    "deop",
    "door",
    "drop_target",
    "end_session",
    "erase",
    "forbidden",
    "hold",
    "invite",
    "key",
    "kick",
    "lapse",
    "level",
    "mute",
    "no longer allowed",
    "no such room",
    "op",
    "open",
    "purge",
    "remove_bot",
    "remove_room",
    "rename_room",
    "report",
    "revoke",
    "revoke_key",
    "role",
    "rotate_target",
    "said in private",
    "settle",
    "slow",
    "taken back from another",
    "target",
    "topic",
    "unban",
    "unmute",
];

#[test]
fn nobody_does_what_they_may_not_and_nothing_leaks() {
    let variable = |name| env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let runs = variable("POLLCAT_SEED")
        .map_or(0..variable("POLLCAT_MODEL_RUNS").unwrap_or(RUNS), |seed| seed..seed + 1);
    let template = Node::new();
    let (is_one, mut seen) = (runs.end - runs.start == 1, BTreeSet::new());
    for seed in runs {
        // A test's output is shown when it fails: the last line names the run.
        println!("POLLCAT_SEED={seed}");
        let mut stage = Stage::new(Dice::new(seed), Node::like(&template));
        for _ in 0..LIVES {
            (0..STEPS / LIVES).for_each(|_| stage.step());
            stage.rest();
        }
        seen.extend(stage.seen);
    }
    let missing: Vec<_> = HAPPENS.iter().filter(|what| !seen.contains(**what)).collect();
    assert!(is_one || missing.is_empty(), "never happened: {missing:?}");
}
