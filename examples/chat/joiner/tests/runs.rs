//! What is joined does the same: a program is run as its modules, and joined. And the chat's own page is a script that
//! engines take.

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
    scripts(folder, name).remove(0)
}

/// The scripts of all pages that have one.
fn scripts(folder: &Path, name: &str) -> Vec<PathBuf> {
    let site = pollcat_joiner::join(folder).unwrap_or_else(|trouble| panic!("{trouble}"));
    let pages = site.files.iter().filter(|file| file.policy.is_some());
    let texts = pages.map(|page| String::from_utf8(page.bytes.clone()).expect("text"));
    let scripts = texts.filter_map(|text| {
        let (_, script) = text.split_once("<script type=\"module\">")?;
        Some(script.split_once("</script>").expect("it has an end").0.to_owned())
    });
    let written = scripts.enumerate().map(|(number, script)| {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{number}-{name}"));
        fs::write(&file, script).expect("a file can be written");
        file
    });
    written.collect()
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

#[test]
fn the_pages_of_the_chat_are_scripts() {
    for file in scripts(&folder("../web"), "page.mjs") {
        run(&[Path::new("--check"), &file]);
    }
}

#[test]
fn lines_that_end_as_on_windows_end_as_in_a_browser() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("windows");
    fs::create_dir_all(&folder).expect("a folder can be made");
    for (name, text) in [
        ("index.html", "<script type=\"module\" src=\"main.js\"></script>\r\n"),
        ("main.js", "const a = `1\r\n2`;\r\na();\r\n"),
    ] {
        fs::write(folder.join(name), text).expect("a file can be written");
    }
    assert_eq!(
        fs::read_to_string(joined(&folder, "windows.mjs")).expect("it was written"),
        "let e=`1\n2`;e();\n"
    );
}
