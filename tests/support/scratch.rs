//! A folder for sockets and settings that is gone when the test is done; and what to do without something.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, process};

pub struct Scratch(PathBuf);

impl Scratch {
    /// The name is for those who look for what is left. No two are one folder: they are numbered, and tests side by
    /// side may have chosen the same name. Short: a socket's path has 107 bytes.
    pub fn new(name: &str) -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("pollcat-{name}-{}-{number}", process::id()));
        // A test that was killed has left its folder, and in a container the numbers of processes begin anew.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).expect("a folder for temporary files");
        Scratch(folder)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left behind in the temporary folder does no harm.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// This machine is so, and no program that is installed changes it: it has no IPv6, say. That is said aloud, and nowhere a
/// failure.
pub fn cannot_happen_here(why: &str) {
    eprintln!("NOT TESTED: {why}");
}

/// This machine lacks a program. That is said aloud, and no failure, except where everything must be there.
pub fn cannot_run(why: &str) {
    assert!(env::var_os("CI").is_none(), "not tested: {why}");
    eprintln!("NOT TESTED: {why}");
}
