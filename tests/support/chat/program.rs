//! Where the program is, and how to run it to its end.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use std::{env, thread};

use crate::client::PATIENCE;

/// The program, in a folder, with nothing in its environment that would change its settings.
pub(crate) fn command(folder: &Path) -> Command {
    let mut command = Command::new(path());
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("POLLCAT_") || name == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    command.current_dir(folder);
    command
}

/// Where cargo puts it. An example with unit tests of its own is not built by `cargo test`, so that is asked for
/// here, once; without cargo it must be there.
pub(crate) fn path() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        let test = env::current_exe().expect("a test knows where it is");
        let profile = test.parent().and_then(Path::parent).expect("it is in target/PROFILE/deps");
        if let Some(cargo) = env::var_os("CARGO") {
            build(Command::new(cargo), profile);
        }
        let program = profile.join("examples").join(format!("chat{}", env::consts::EXE_SUFFIX));
        assert!(program.is_file(), "{} is missing: cargo build --example chat", program.display());
        program
    })
}

fn build(mut cargo: Command, folder: &Path) {
    let profile = match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    cargo.args(["build", "--quiet", "--example", "chat", "--profile", profile, "--target-dir"]);
    cargo.arg(folder.parent().expect("a profile's folder is in the target's"));
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.ancestors().find(|folder| folder.join("examples/chat").is_dir());
    cargo.arg("--manifest-path").arg(root.expect("the chat is in this repository").join("Cargo.toml"));
    let status = cargo.status().expect("cargo can be started");
    assert!(status.success(), "the chat could not be built");
}

/// Runs a command that ends by itself.
#[track_caller]
pub(crate) fn output(mut command: Command) -> Output {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program can be started");
    wait(&mut child);
    child.wait_with_output().expect("its output can be read")
}

/// Waits for the end of a program.
#[track_caller]
pub(crate) fn wait(child: &mut Child) -> ExitStatus {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            return status;
        }
        if Instant::now() > deadline {
            let _ = child.kill();
            let _ = child.wait();
            panic!("it does not end");
        }
        thread::park_timeout(Duration::from_millis(1)); // leaves the processor to the program
    }
}
