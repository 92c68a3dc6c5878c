//! `chat --new-hook ROOM` (README, Hooks and bots).

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use pollcat_chat_testing::http::send;
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::{Chat, program};
use pollcat_testing::client::PATIENCE;

/// What is said on standard output, or why nothing was made.
fn new_hook(chat: &Chat, flags: &[&str]) -> Result<String, String> {
    let mut command = program::command(chat.folder());
    command.arg("--data").arg(chat.data()).arg("--new-hook").args(flags);
    command.arg("--public-url=http://chat.example");
    let output = program::output(command);
    let text = |bytes| String::from_utf8(bytes).expect("text").trim_end().to_owned();
    match output.status.success() {
        true => Ok(text(output.stdout)),
        false => Err(text(output.stderr)),
    }
}

fn path(address: &str) -> &str {
    let path = address.strip_prefix("http://chat.example").unwrap_or_else(|| panic!("no address: {address}"));
    assert!(path.starts_with("/hooks/") && path.len() == 7 + 43, "{path}");
    path
}

/// The files that lie there for the chat to find.
fn files(chat: &Chat) -> Vec<PathBuf> {
    let all =
        fs::read_dir(chat.folder()).expect("the folder is there").map(|it| it.expect("an entry").path());
    all.filter(|path| path.to_string_lossy().contains("chat.db-hook-")).collect()
}

/// It is a hook by now, or will be.
#[track_caller]
fn post(chat: &Chat, path: &str) {
    let deadline = std::time::Instant::now() + PATIENCE;
    loop {
        let page = send(chat.address(), ("POST", path), "", b"backup is done");
        if page.status != 404 {
            return assert_eq!(page.status, 200, "{}", page.text());
        }
        assert!(std::time::Instant::now() < deadline, "no hook was made");
    }
}

#[test]
fn a_hook_is_made_while_the_chat_runs() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    alice.join("Tea");
    let address = new_hook(&chat, &["tea", "--new-hook-name", "backups"]).expect("an address");
    let other = new_hook(&chat, &["lobby"]).expect("an address");
    post(&chat, path(&address));
    post(&chat, path(&other));
    let heard = alice.wait_for("what was posted", |it| it["type"] == "message" && it["from"] == "backups");
    assert_eq!(
        (heard["msg"].as_str(), heard["bot"].as_bool()),
        (Some("backup is done"), Some(true)),
        "{heard}"
    );
    alice.wait_for("the other one", |it| it["type"] == "message" && it["from"] == "hook");
    // A second look, and the files are gone.
    let deadline = std::time::Instant::now() + PATIENCE;
    while !files(&chat).is_empty() {
        assert!(std::time::Instant::now() < deadline, "{:?}", files(&chat));
    }
}

#[test]
fn a_hook_is_made_for_a_chat_that_does_not_run() {
    let mut chat = Chat::start(&[]);
    chat.terminate();
    let address = new_hook(&chat, &["lobby"]).expect("an address");
    let left = files(&chat);
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(fs::metadata(&left[0]).expect("it is there").permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(&left[0]).expect("it can be read");
    assert!(!text.contains(path(&address).trim_start_matches("/hooks/")), "the key is in no file");
    chat.start_again();
    post(&chat, path(&address));
    // Killed at any time, it is still one hook.
    chat.crash();
    post(&chat, path(&address));
}

#[test]
fn what_cannot_be_is_said_plainly() {
    let chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    alice.join("Tea");
    for (flags, words) in [
        (&["coffee"][..], "there is no room `coffee`"),
        (&["tea", "--new-hook-name", "alice"], "somebody in the chat is called"),
        (&["tea", "--new-hook-name", "admin"], "--new-hook-name"),
        (&["+1"], "no room"),
    ] {
        let told = new_hook(&chat, flags).expect_err("nothing is made");
        assert!(told.contains(words), "{flags:?}: {told}");
    }
    assert!(new_hook(&chat, &["coffee"]).unwrap_err().contains("Tea, lobby"));
    assert_eq!(files(&chat).len(), 0);
    let mut command = program::command(chat.folder());
    command.args(["--new-hook", "tea", "--data", ":memory:"]);
    assert_eq!(program::output(command).status.code(), Some(1));
}

#[test]
fn what_others_have_left_there_makes_no_hook() {
    let mut chat = Chat::start(&[]);
    chat.terminate();
    let address = new_hook(&chat, &["lobby"]).expect("an address");
    let good = files(&chat).remove(0);
    let text = fs::read_to_string(&good).expect("it can be read");
    // Anybody may write it; a link; a folder; words; what is longer than any of them.
    fs::set_permissions(&good, fs::Permissions::from_mode(0o666)).expect("it is ours");
    let at = |end: &str| chat.folder().join(format!("chat.db-hook-{end}"));
    fs::write(at("elsewhere"), &text).expect("a file");
    std::os::unix::fs::symlink(at("elsewhere"), at("00000000000000a1")).expect("a link");
    fs::create_dir(at("00000000000000a2")).expect("a folder");
    for (end, text) in [("00000000000000a3", "hello\n".to_owned()), ("00000000000000a4", text.repeat(1000))] {
        fs::write(at(end), text).expect("a file");
        fs::set_permissions(at(end), fs::Permissions::from_mode(0o600)).expect("it is ours");
    }
    chat.start_again();
    chat.logged("the file that others could have written", |line| line.contains("not this user's alone"));
    chat.logged("what is no hook", |line| line.contains("chat.db-hook-00000000000000a3"));
    assert_eq!(send(chat.address(), ("POST", path(&address)), "", b"x").status, 404);
    chat.terminate();
}
