//! The lines for curl in the README, as they stand there, against the program (README, Hooks and bots).

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::Value;

use pollcat_chat_testing::{Chat, bots, program};

/// The chat's own README.
const README: &str = include_str!("../../README.md");
/// Where its lines find the chat.
const ADDRESS: &str = "http://127.0.0.1:9501";

/// The lines of the blocks for a shell that stand behind these words, each with what it prints.
fn lines(behind: &str) -> Vec<(String, &'static str)> {
    let (_, rest) = README.split_once(behind).expect("it has these words");
    let (_, rest) = rest.split_once("```sh\n").expect("it has such a block");
    let (block, _) = rest.split_once("```").expect("the block has an end");
    let lines = block.lines().filter_map(|line| line.rsplit_once(" # "));
    lines.map(|(line, told)| (line.trim().to_owned(), told.trim())).collect()
}

/// The names in an object, and in what is in it.
fn names(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Object(object) => {
            let inner = object.values().flat_map(names);
            object.keys().cloned().chain(inner).collect()
        }
        Value::Array(array) => array.iter().flat_map(names).collect(),
        _ => BTreeSet::new(),
    }
}

#[test]
fn the_lines_of_the_readme_do_what_they_say() {
    if Command::new("curl").arg("--version").output().is_err() {
        return pollcat_testing::scratch::cannot_run("the lines for curl, for it is not installed");
    }
    let chat = Chat::start(&[]);
    fs::write(chat.folder().join("report.txt"), "all is well\n").expect("a file");
    let hook = format!("http://{}{}", chat.address(), bots::hook(&chat, "builds").path());
    let token = bots::token(&chat, "reader").key;
    let all = [lines("### Hooks\n"), lines("### A bot with a token\n")].concat();
    assert!(all.len() >= 8, "{all:?}");
    for (line, expected) in all {
        let mut command = Command::new("sh");
        let line = line.replace(ADDRESS, &format!("http://{}", chat.address()));
        command.current_dir(chat.folder()).args(["-c", &line]).env("HOOK", &hook).env("TOKEN", &token);
        // Whoever has a proxy for the world reaches their own machine without it.
        command.env("no_proxy", "*");
        let output = program::output(command);
        let told = String::from_utf8(output.stdout).expect("text");
        if !expected.starts_with('{') {
            assert_eq!(told, expected, "{line}");
            continue;
        }
        let read = |text: &str| {
            serde_json::from_str::<Value>(text).unwrap_or_else(|error| panic!("{line}: {error}: {text}"))
        };
        let (there, expected) = (names(&read(&told)), names(&read(expected)));
        assert!(expected.is_subset(&there), "{line}: {told}");
    }
}
