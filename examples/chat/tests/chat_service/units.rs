//! The files of packaging/systemd: systemd reads them without a word, and the words for operators are the same.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::{env, fs};

use pollcat_chat_testing::program;
use pollcat_testing::scratch::{Scratch, cannot_run};

const SERVICE: &str = include_str!("../../../../packaging/systemd/pollcat-chat.service");
const SOCKET: &str = include_str!("../../../../packaging/systemd/pollcat-chat.socket");

/// What systemd reckons a service is exposed to, in tenths of points: of 100, where 0 is nothing.
const EXPOSURE: u32 = 15;

/// Runs systemd-analyze on the two files, with a program that is there. `None`: it is not installed.
fn analyze(folder: &Scratch, words: &[&str]) -> Option<Output> {
    let program = program::path().to_str().expect("tests have plain names");
    let service = SERVICE.replace("/usr/bin/pollcat-chat", program);
    fs::write(folder.file("pollcat-chat.service"), service).expect("the folder can be written to");
    fs::write(folder.file("pollcat-chat.socket"), SOCKET).expect("the folder can be written to");
    let units: Vec<PathBuf> =
        ["pollcat-chat.service", "pollcat-chat.socket"].map(|it| folder.file(it)).into();
    let units = if words[0] == "verify" { &units[..] } else { &units[..1] };
    let mut command = Command::new("systemd-analyze");
    command.args(words).args(units).stdin(Stdio::null());
    match command.output() {
        Ok(output) => Some(output),
        Err(error) if env::var_os("CI").is_some() => panic!("systemd-analyze: {error}"),
        Err(error) => {
            cannot_run(&format!("systemd-analyze: {error}"));
            None
        }
    }
}

#[test]
fn systemd_has_nothing_to_say_of_the_units() {
    let folder = Scratch::new("units-verify");
    let Some(output) = analyze(&folder, &["verify", "--man=no"]) else {
        return;
    };
    let told = String::from_utf8_lossy(&output.stderr);
    // What it has to say of other units of this machine is not about these.
    let about_us: Vec<&str> = told.lines().filter(|line| line.contains("pollcat-chat")).collect();
    assert!(about_us.is_empty(), "{told}");
}

#[test]
fn the_service_is_exposed_to_little() {
    let folder = Scratch::new("units-security");
    let threshold = format!("--threshold={EXPOSURE}");
    let Some(output) = analyze(&folder, &["security", "--offline=true", "--no-pager", &threshold]) else {
        return;
    };
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    assert!(told.contains("exposure level"), "{told}");
}

#[test]
fn operators_read_the_files_as_they_are() {
    let text = include_str!("../../OPERATING.md");
    let (_, section) = text.split_once("\n## With systemd\n").expect("there is such a section");
    let section = section.split("\n## ").next().unwrap_or(section);
    let blocks: Vec<&str> = section
        .split("```ini\n")
        .skip(1)
        .map(|rest| rest.split_once("```").expect("a block has an end").0)
        .collect();
    for (name, file) in [("pollcat-chat.service", SERVICE), ("pollcat-chat.socket", SOCKET)] {
        assert!(blocks.contains(&file), "OPERATING.md does not have {name} as it is");
    }
}
