//! What a crowd costs: how fast thousands come in, what one of them costs the others, how all of them come back when the chat
//! was started again, and what it is to come, go, type and speak among them,
//! and to govern them.
//!
//! ```text
//! cargo bench --bench crowd [newcomers] [arrivals] [restart] [coming] [room] [acts] [N …]     # only these, or all
//! ```
//!
//! `POLLCAT_CHAT` names another chat to measure, an older one say, or several: `POLLCAT_CHAT=before:after`. They take turns,
//! so that a noisy machine is noisy for all of them. Frames and bytes are exact; times are good for comparing.
//!
//! All of the clients are plain sockets of this process, up to 11,000 of them; it says so if the system lets it have fewer.

use std::env;
use std::path::{Path, PathBuf};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use pollcat_chat_testing::program;

mod acts;
mod arrivals;
mod coming;
mod newcomers;
mod places;
mod restart;
mod room;

/// The largest crowd, those who come to it, and what a process has open besides.
const DESCRIPTORS: u64 = 11_200;

/// What is to be measured.
struct Wanted {
    programs: Vec<PathBuf>,
    words: Vec<String>,
}

type Scene = fn(&Wanted);

const SCENES: [(&str, Scene); 6] = [
    ("newcomers", newcomers::measure),
    ("arrivals", arrivals::measure),
    ("restart", restart::measure),
    ("coming", coming::measure),
    ("room", room::measure),
    ("acts", acts::measure),
];

fn main() {
    let words: Vec<String> = env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    if !has_descriptors() {
        return;
    }
    let wanted = Wanted { programs: programs(), words };
    for (name, measure) in SCENES {
        let is_scene = |word: &String| SCENES.iter().any(|(name, _)| word == name);
        if wanted.words.iter().any(|word| word == name) || !wanted.words.iter().any(is_scene) {
            measure(&wanted);
        }
    }
}

impl Wanted {
    fn programs(&self) -> impl Iterator<Item = &Path> {
        self.programs.iter().map(PathBuf::as_path)
    }

    /// Is a crowd of this size wanted?
    fn is_size(&self, size: usize) -> bool {
        let mut sizes = self.words.iter().filter_map(|word| word.parse().ok()).peekable();
        sizes.peek().is_none() || sizes.any(|wanted: usize| wanted == size)
    }
}

fn programs() -> Vec<PathBuf> {
    match env::var_os("POLLCAT_CHAT") {
        Some(paths) => env::split_paths(&paths).collect(),
        None => vec![program::path().into()],
    }
}

/// Raises the limit as far as it may.
fn has_descriptors() -> bool {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, ..limit };
    let most = if setrlimit(Resource::Nofile, raised).is_ok() { limit.maximum } else { limit.current };
    let suffices = most.is_none_or(|most| most >= DESCRIPTORS);
    if !suffices {
        eprintln!(
            "NOT MEASURED: a process may have {most:?} descriptors, and {DESCRIPTORS} are needed (ulimit -Hn)"
        );
    }
    suffices
}
