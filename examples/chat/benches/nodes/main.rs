//! What several nodes cost, and what they bring: one log in a Redis, and one to three nodes that follow it.
//!
//! ```text
//! taskset -c 1 cargo bench --bench nodes [disk] [acks] [fanout] [killed] [idle] [lag] [log] [catching-up] [rounds=N] [writers=N …]     # only these, or all
//! ```
//!
//! `POLLCAT_CHAT` names other chats to measure, `before:after` say. They take turns, round by round, so that a noisy machine is noisy
//! for all of them; one that knows no `--log` is measured alone. Redis and all nodes are on core 0 if there is a `taskset`, and who
//! talks should be on another one: so three nodes share one processor here, which they would not where they are of use.
//!
//! Figures are the median of the rounds; behind it, in parentheses, the least and the most of any round.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use pollcat_chat_testing::program;
use pollcat_testing::raw::need_descriptors;

mod acks;
mod catching_up;
mod disk;
mod fanout;
mod idle;
mod killed;
mod lag;
mod log;
mod setup;
mod spread;

/// What is to be measured.
struct Wanted {
    programs: Vec<Program>,
    rounds: usize,
    /// So many write at once; none: what is usual.
    writers: Vec<usize>,
}

/// A chat.
struct Program {
    path: PathBuf,
    /// It can be one of several nodes.
    follows: bool,
}

type Scene = fn(&Wanted);

const SCENES: [(&str, Scene); 8] = [
    ("disk", disk::measure),
    ("acks", acks::measure),
    ("fanout", fanout::measure),
    ("killed", killed::measure),
    ("idle", idle::measure),
    ("lag", lag::measure),
    ("log", log::measure),
    ("catching-up", catching_up::measure),
];

fn main() {
    let words: Vec<String> = env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let rounds = words.iter().find_map(|word| word.strip_prefix("rounds=")?.parse().ok());
    let is_scene = |word: &String| SCENES.iter().any(|(name, _)| word == name);
    let writers = words.iter().filter_map(|word| word.strip_prefix("writers=")?.parse().ok()).collect();
    need_descriptors();
    let wanted = Wanted { programs: programs(), rounds: rounds.unwrap_or(5), writers };
    for (name, measure) in SCENES {
        if words.iter().any(|word| word == name) || !words.iter().any(is_scene) {
            measure(&wanted);
        }
    }
}

fn programs() -> Vec<Program> {
    let paths = match env::var_os("POLLCAT_CHAT") {
        Some(paths) => env::split_paths(&paths).collect(),
        None => vec![program::path().to_owned()],
    };
    let follows = |path: &PathBuf| {
        let help = Command::new(path).env_remove("POLLCAT_CHAT").arg("--help").output();
        String::from_utf8_lossy(&help.expect("the chat can be started").stdout).contains("--log-name")
    };
    paths.into_iter().map(|path| Program { follows: follows(&path), path }).collect()
}

impl Wanted {
    fn writers(&self) -> Vec<usize> {
        if self.writers.is_empty() { vec![1, 100] } else { self.writers.clone() }
    }

    /// Those that can be one of several nodes.
    fn nodes(&self) -> impl Iterator<Item = &Program> {
        self.programs.iter().filter(|program| program.follows)
    }
}

impl Program {
    fn name(&self) -> String {
        pollcat_chat_testing::table::name(&self.path)
    }
}
