//! `--backup` and `--restore` (OPERATING.md, Backup, restore, upgrade, downgrade).

use serde_json::json;

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::program;

/// The chat's own flags and these: status, and what was said.
pub(crate) fn run(chat: &Chat, flags: &[&str]) -> (Option<i32>, String) {
    let mut command = program::command(chat.folder());
    command.args(chat.flags()).args(flags);
    let output = program::output(command);
    let words = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(words).expect("words are UTF-8"))
}

#[test]
fn a_backup_is_made_of_the_running_chat_and_brought_back() {
    let mut chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    for number in 1..=30 {
        alice.say("lobby", &format!("before {number}"));
    }
    let (status, words) = run(&chat, &["--backup", "copy.db"]);
    assert!(status == Some(0) && words.contains("30 messages") && words.lines().count() == 1, "{words}");
    for number in 1..=5 {
        alice.say("lobby", &format!("after {number}"));
    }
    let (status, words) = run(&chat, &["--restore", "copy.db"]);
    assert!(status == Some(1) && words.contains("in use"), "{words}");
    assert_eq!(alice.say("lobby", "not disturbed")["offset"], 36);

    let epoch = alice.welcome["rooms"][0]["epoch"].clone();
    chat.kill();
    let (status, words) = run(&chat, &["--restore", "copy.db"]);
    assert!(status == Some(0) && words.contains("30 messages") && words.contains("chat.db.old"), "{words}");
    chat.start_again();
    let has = json!({"lobby": {"epoch": epoch, "offset": 36}});
    let mut alice = Json::hello(chat.address(), json!({"token": alice.token, "rooms": has}));
    assert_eq!(alice.name, "alice");
    let history = &alice.histories["lobby"][0];
    assert_eq!(history["recovered"], false, "six messages that she has are nobody else's");
    assert_eq!(
        history["events"].as_array().and_then(|it| it.last()).map(|it| &it["msg"]),
        Some(&json!("before 30"))
    );
    assert_eq!(alice.say("lobby", "goes on")["offset"], 31);
}

#[test]
fn what_cannot_be_copied_is_told_in_a_line() {
    let mut chat = Chat::start(&[]);
    Json::named(chat.address(), "alice").say("lobby", "hello");
    chat.terminate();
    std::fs::write(chat.folder().join("letter"), "Dear Ann").expect("it can be written");
    for (flags, status, why) in [
        (&["--backup", "letter"][..], 1, "no backup"),
        (&["--backup", "chat.db"], 1, "the history itself"),
        (&["--backup", "nowhere/copy.db"], 1, "cannot be written"),
        (&["--restore", "letter"], 1, "no backup"),
        (&["--restore", "nothing"], 1, "cannot be read"),
        (&["--restore", "letter", "--backup", "copy.db"], 2, "--restore"),
    ] {
        let (told, words) = run(&chat, flags);
        assert!(
            told == Some(status) && words.contains(why) && words.lines().count() == 1,
            "{flags:?}: {words}"
        );
    }
    chat.set_flags(&["--data", ":memory:"]);
    let (status, words) = run(&chat, &["--backup", "copy.db"]);
    assert!(status == Some(2) && words.contains("memory"), "{words}");
}

/// What was put in the history's place while nobody looked: the log says so, and clients do not mix the two.
#[test]
fn a_chat_that_starts_with_an_older_copy_or_with_nothing_says_so() {
    let mut chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    alice.say("lobby", "before");
    let token = alice.token.clone();
    drop(alice);
    chat.terminate();
    std::fs::copy(chat.data(), chat.folder().join("copy.db")).expect("it can be copied");
    chat.start_again();
    let mut alice = Json::hello(chat.address(), json!({"token": token}));
    let epoch = alice.welcome["rooms"][0]["epoch"].clone();
    alice.say("lobby", "after");
    drop(alice);
    chat.terminate();
    std::fs::copy(chat.folder().join("copy.db"), chat.data()).expect("it can be put back");
    chat.start_again();
    chat.logged("the older copy", |line| line.contains("WARN") && line.contains("an older copy"));
    let has = json!({"lobby": {"epoch": epoch, "offset": 2}});
    let mut alice = Json::hello(chat.address(), json!({"token": token, "rooms": has}));
    assert_eq!(alice.histories["lobby"][0]["recovered"], false);
    assert_eq!(alice.say("lobby", "another")["offset"], 2);
    drop(alice);
    chat.terminate();
    std::fs::remove_file(chat.data()).expect("it can be removed");
    chat.start_again();
    chat.logged("the loss", |line| line.contains("ERROR") && line.contains("messages were here"));
    drop(chat.terminate());
    chat.start_again();
    let (_, log) = chat.terminate();
    assert!(!log.iter().any(|line| line.contains("were here")), "once: {log:?}");
}
