//! An example of the library as a program of its own, for tests to talk to.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Builds it with these features (`"deflate,tls"`), and says where it is. `cargo test` builds examples with the features that
/// it was given itself, and those that have unit tests not at all. Without cargo, the program must be there.
///
/// A build with other features takes its place, so ask once for each binary of tests.
pub fn built(name: &str, features: &str) -> PathBuf {
    let test = env::current_exe().expect("a test knows where it is");
    let profile = test.parent().and_then(Path::parent).expect("it is in target/PROFILE/deps");
    if let Some(cargo) = env::var_os("CARGO") {
        build(Command::new(cargo), profile, name, features);
    }
    let program = profile.join("examples").join(format!("{name}{}", env::consts::EXE_SUFFIX));
    let missing = || format!("{}: cargo build --example {name} --features '{features}'", program.display());
    assert!(program.is_file(), "there is no {}", missing());
    program
}

fn build(mut cargo: Command, folder: &Path, name: &str, features: &str) {
    let profile = match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    // What cargo tells a test of its package is no business of another build: ring, for one, would be compiled anew for it.
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
