//! Hooks that were asked for on the command line, and are not made yet.

use std::fs;
use std::path::{Path, PathBuf};

use crate::history::{KeyHash, Millis};
use crate::run::new_hook::{Found, HookFiles, NewHook};
use crate::run::settings::Settings;

/// How often the folder is looked at.
const LOOKED: Millis = 1_000;

#[derive(Debug)]
pub(in crate::handler) struct NewHooks {
    files: HookFiles,
    pub(super) making: Vec<Making>,
    next_look: Millis,
}

#[derive(Debug, Clone)]
pub(super) struct Making {
    pub path: PathBuf,
    pub key: KeyHash,
    pub hook: NewHook,
    pub tries: u32,
    /// When it is tried next.
    pub due: Millis,
}

impl NewHooks {
    pub(in crate::handler) fn new(settings: &Settings) -> Self {
        NewHooks { files: HookFiles::new(settings), making: Vec::new(), next_look: 0 }
    }

    pub(super) fn look(&mut self, now: Millis) {
        if now < self.next_look {
            return;
        }
        self.next_look = now + LOOKED;
        for Found { path, hook } in self.files.look() {
            match hook {
                Some(_) if self.making.iter().any(|making| making.path == path) => {}
                Some((key, hook)) => self.making.push(Making { path, key, hook, tries: 0, due: now }),
                None => give_up(&path, "this is no hook"),
            }
        }
    }
}

pub(super) fn give_up(path: &Path, words: &str) {
    log::warn!("no hook was made of {}: {words}", path.display());
    remove(path);
}

pub(super) fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        log::warn!("{} cannot be removed: {error}", path.display());
    }
}
