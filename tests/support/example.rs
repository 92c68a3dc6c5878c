//! An example of the library as a program of its own, for tests to talk to.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{env, thread};

use crate::running::wait_until;

/// Builds it with these features (`"deflate,tls"`), and says where it is. `cargo test` builds examples with the
/// features that it was given itself, and those that have unit tests not at all. Without cargo, the program must be
/// there.
///
/// A build with other features takes its place, so ask once for each binary of tests.
pub fn built(name: &str, features: &str) -> PathBuf {
    if let Some(cargo) = env::var_os("CARGO") {
        build(Command::new(cargo), &profile(), name, features);
    }
    let program = place(name);
    let missing = || format!("{}: cargo build --example {name} --features '{features}'", program.display());
    assert!(program.is_file(), "there is no {}", missing());
    program
}

fn profile() -> PathBuf {
    let test = env::current_exe().expect("a test knows where it is");
    test.parent().and_then(Path::parent).expect("it is in target/PROFILE/deps").to_owned()
}

fn place(name: &str) -> PathBuf {
    profile().join("examples").join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

fn build(mut cargo: Command, folder: &Path, name: &str, features: &str) {
    let profile = match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    // What cargo tells a test of its package is no business of another build: ring, for one, would be compiled anew
    // for it.
    for (variable, _) in env::vars_os() {
        let variable = variable.to_string_lossy();
        if variable.starts_with("CARGO_PKG_") || variable.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&*variable);
        }
    }
    cargo.args(["build", "--quiet", "--example", name, "--features", features]);
    cargo.args(["--profile", profile, "--target-dir"]);
    cargo.arg(folder.parent().expect("a profile's folder is in the target's"));
    cargo.args(["--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml")]);
    let status = cargo.status().expect("cargo can be started");
    assert!(status.success(), "the example {name} could not be built");
}

/// An example that runs until the test is done with it.
pub struct Program {
    process: Child,
    pub address: String,
    /// All of its first line.
    pub announcement: String,
}

impl Program {
    /// Starts an example of the package under test, as `cargo test` has built it, on a port of the system's choice. The
    /// first line that it prints ends with its address.
    pub fn start(name: &str) -> Self {
        Program::start_with(name, |_| {})
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// With further arguments, or an environment of its own.
    pub fn start_with(name: &str, prepare: impl FnOnce(&mut Command)) -> Self {
        let path = place(name);
        let mut command = Command::new(&path);
        prepare(command.arg("127.0.0.1:0").stdout(Stdio::piped()));
        let started = command.spawn();
        let mut process =
            started.unwrap_or_else(|error| panic!("{}: {error}: `cargo build --examples`", path.display()));
        let mut lines = BufReader::new(process.stdout.take().expect("it is piped")).lines();
        let line = lines.next().expect("it prints its address").expect("it prints text");
        let (_, address) = line.rsplit_once("//").expect("the line ends with ws://ADDRESS or http://ADDRESS");
        let (address, announcement) = (address.to_owned(), line.clone());
        // What else it prints is read, so that it never waits for a reader.
        thread::spawn(move || lines.count());
        Program { process, address, announcement }
    }

    /// Does it end by itself, and well?
    pub fn ends(&mut self) -> bool {
        let mut status = None;
        wait_until("the program ends", || {
            status = self.process.try_wait().expect("a child can be asked");
            status.is_some()
        });
        status.is_some_and(|status| status.success())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
