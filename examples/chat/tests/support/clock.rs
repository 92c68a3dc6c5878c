//! The clock on a program's wall, which a test can set (libfaketime). The one that nobody can set goes on as it is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pollcat_testing::scratch::cannot_run;

pub struct WallClock {
    library: String,
    file: PathBuf,
}

impl WallClock {
    /// That of whatever is started in this folder, so far from the one on the wall: `+2d`, `-3h`. `None`: there is nothing on this
    /// machine that could set it.
    pub fn new(folder: &Path, ahead: &str) -> Option<Self> {
        let libraries = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"];
        let mut libraries = libraries.iter().map(|it| format!("{it}/faketime/libfaketimeMT.so.1"));
        let Some(library) = libraries.find(|it| Path::new(it).exists()) else {
            cannot_run("a clock that is set: libfaketime is not installed");
            return None;
        };
        let clock = WallClock { library, file: folder.join("clock") };
        clock.set(ahead);
        Some(clock)
    }

    /// The program reads it all the time, and never half of it.
    pub fn set(&self, ahead: &str) {
        let next = self.file.with_extension("next");
        fs::write(&next, format!("{ahead}\n")).expect("it can be written");
        fs::rename(next, &self.file).expect("it can be renamed");
    }

    /// What is started by this goes by it.
    pub fn govern(&self, command: &mut Command) {
        command
            .env("LD_PRELOAD", &self.library)
            .env("FAKETIME_TIMESTAMP_FILE", &self.file)
            .env("FAKETIME_NO_CACHE", "1")
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .env("DONT_FAKE_MONOTONIC", "1");
    }
}
