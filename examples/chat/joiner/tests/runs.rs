//! What is joined does the same: a program is run as its modules, and joined.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// What a program says, as node runs it. None, and a word about it, where there is no node.
fn run(arguments: &[&Path]) -> Option<String> {
    let Ok(output) = Command::new("node").args(arguments).output() else {
        assert!(env::var_os("CI").is_none(), "node is missing, and the tests with it");
        eprintln!("NOT RUN: what is joined, for node is not installed");
        return None;
    };
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).expect("text"))
}

/// The script of a joined page, as a file.
fn joined(folder: &Path, name: &str) -> PathBuf {
    let page = pollcat_joiner::join(folder).unwrap_or_else(|trouble| panic!("{trouble}"));
    let text = String::from_utf8(page.files[0].bytes.clone()).expect("text");
    let (_, script) = text.split_once("<script type=\"module\">").expect("it has a script");
    let (script, _) = script.split_once("</script>").expect("which has an end");
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&file, script).expect("a file can be written");
    file
}

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[test]
fn a_program_tells_the_same_when_it_is_joined() {
    let source = folder("fixtures/run");
    let file = joined(&source, "joined.mjs");
    let modules = source.join("main.js");
    let Some(expected) = run(&[&modules]) else { return };
    assert!(expected.lines().count() > 30, "{expected}");
    assert_eq!(run(&[&file]), Some(expected));
}
