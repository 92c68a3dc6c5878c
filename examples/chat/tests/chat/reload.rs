//! SIGHUP reads the settings again (OPERATING.md): what holds at once does, nobody loses a connection, and what makes no sense
//! changes nothing.

use std::cell::Cell;
use std::fs;
use std::path::PathBuf;

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::admin::operator;
use pollcat_chat_testing::json::Json;
use pollcat_testing::client::{Client, upgrade_request};
use rustix::process::Signal;
use serde_json::json;

/// A chat with a file of settings.
struct Operated {
    chat: Chat,
    reloads: usize,
}

impl Operated {
    fn start(settings: &str, flags: &[&str]) -> Self {
        let mut chat = Chat::prepared(&[&["--config", "chat.toml"], flags].concat());
        fs::write(chat.folder().join("chat.toml"), settings).expect("the folder is there");
        chat.start_again();
        Operated { chat, reloads: 0 }
    }

    /// The line of the log that tells what came of it.
    fn reload(&mut self, settings: &str) -> String {
        fs::write(self.file(), settings).expect("the folder is there");
        self.hang_up()
    }

    fn hang_up(&mut self) -> String {
        self.reloads += 1;
        let (awaited, told) = (self.reloads, Cell::new(0));
        self.chat.signal(Signal::HUP);
        self.chat.logged("that they were read", |line| {
            let words = ["the settings have been read again", "the settings from before stay"];
            told.set(told.get() + usize::from(words.iter().any(|words| line.contains(words))));
            told.get() == awaited
        })
    }

    fn file(&self) -> PathBuf {
        self.chat.folder().join("chat.toml")
    }

    fn status(&self, fields: &str) -> String {
        let mut client = Client::dial(self.chat.address());
        client.write(upgrade_request(fields).as_bytes());
        client.head()[9..12].to_owned()
    }
}

#[test]
fn what_holds_at_once_does_and_nobody_loses_a_connection() {
    let mut chat = Operated::start("max-message = 100\n", &[]);
    let mut alice = Json::named(chat.chat.address(), "alice");
    let long = "x".repeat(5_000);
    let say_it = json!({"type": "message", "room": "lobby", "msg": &long});
    assert_eq!(alice.refused(say_it.clone()), "too_long");
    let page = "Origin: https://app.example\r\n";
    let own = "Origin: http://localhost\r\n";
    assert_eq!((chat.status(page), chat.status(own)), ("403".into(), "101".into()));

    let told = chat.reload("max-message = 6000\nallow-origin = [\"https://app.example\"]\nrecent = 50\n");
    let changed = "changed: allow-origin from nothing to https://app.example, max-message from 100 to 6000; \
                   when the chat is started again: recent from 100 to 50";
    assert!(told.ends_with(changed), "{told}");
    alice.say("lobby", &long);
    assert_eq!((chat.status(page), chat.status(own)), ("101".into(), "101".into()));

    // Less than there is.
    let less = "max-message = 10\nmax-members = 2\nmax-connections = 1\nallow-host = [\"chat.example\"]\n";
    let _bob = Json::named(chat.chat.address(), "bob");
    let told = chat.reload(less);
    assert!(
        told.contains("max-connections from 10000 to 1") && told.contains("max-message from 6000 to 10"),
        "{told}"
    );
    assert_eq!(chat.status(""), "503");
    assert_eq!(alice.refused(say_it), "too_long");
    alice.say("lobby", "still here");
    let told = chat.reload(&(less.to_owned() + "max-message-burst = 1\n"));
    assert!(told.contains("stay: ") && told.contains("max-message-burst"), "{told}");
    assert!(chat.reload(less).ends_with("nothing has changed"));
    // A flag wins, then and now.
    assert!(chat.reload(&(less.to_owned() + "message-rate = 1\n")).ends_with("nothing has changed"));
}

/// It says no pictures and little text.
#[test]
fn a_window_of_the_admin_page_keeps_its_limit() {
    let mut chat = Operated::start("max-message = 100\n", &[]);
    let mut page = operator(&chat.chat);
    assert!(chat.reload("max-message = 20000\n").contains("max-message from 100 to 20000"));
    page.send(&json!({"type": "settings", "id": "x".repeat(100_000)}));
    assert_eq!(page.closed().0, 1009, "it is as long as a text of 20,000 letters may be in JSON");
}

/// Those who came before have more time.
#[test]
fn whoever_comes_says_hello_within_the_time_that_holds_now() {
    let mut chat = Operated::start("hello-within = 3600\n", &[]);
    let before = Json::connect(chat.chat.address());
    assert!(chat.reload("hello-within = 1\n").ends_with("hello-within from 3600 to 1"));
    assert_eq!(Json::connect(chat.chat.address()).closed(), (1008, "say hello within 1 s".to_owned()));
    drop(before);
}

#[test]
fn what_makes_no_sense_changes_nothing() {
    let settings = "max-message = 100\nkeep-messages = 1000\nrecent = 100\n";
    let mut chat = Operated::start(settings, &[]);
    let file = chat.file();
    let mut refuse = |settings: &str, words: &[&str]| {
        let told = chat.reload(settings);
        assert!(told.contains(" ERROR ") && told.contains("the settings from before stay: "), "{told}");
        words.iter().for_each(|word| assert!(told.contains(word), "{word}: {told}"));
    };
    refuse("max-message = 200\nmax-nme = 3\nmax-name = 0\n", &["max-nme", "line 2", "max-name", "line 3"]);
    // The disk was full.
    refuse("max-name = 3\nmax-message = ", &["chat.toml", "line 2", "cut off", "SIGHUP"]);
    refuse("", &["chat.toml", "it is empty"]);
    refuse("max-message = 200\nwords = \"none.txt\"\n", &["words: ", "none.txt", "cannot be read"]);
    // It would make sense after a restart.
    refuse("max-message = 200\nkeep-messages = 50\nrecent = 50\n", &["recent (100)", "started again"]);

    // What is waited for would keep the chat from hearing anything, a SIGTERM too.
    fs::remove_file(&file).expect("it is there");
    assert!(chat.hang_up().contains("chat.toml"));
    let made = std::process::Command::new("mkfifo").arg(&file).status().expect("there is mkfifo");
    assert!(made.success());
    assert!(chat.hang_up().contains("it is no file"));
    fs::remove_file(&file).expect("it is there");

    let mut alice = Json::named(chat.chat.address(), "alice");
    let text = "x".repeat(150);
    assert_eq!(alice.refused(json!({"type": "message", "room": "lobby", "msg": text})), "too_long");
    assert!(chat.reload(&settings.replacen("100", "150", 1)).ends_with("max-message from 100 to 150"));
    alice.say("lobby", &text);
    let (status, _) = chat.chat.terminate();
    assert!(status.success());
}

#[test]
fn what_is_kept_and_who_is_counted_can_change() {
    let mut chat = Operated::start("# as usual\n", &["--trust-proxy=127.0.0.1"]);
    let mut alice = Json::named(chat.chat.address(), "alice");
    (0..60).for_each(|number| drop(alice.say("lobby", &format!("number {number}"))));
    let told = chat.reload(
        "keep-messages = 100\nmax-connections-per-address = 1\nnewcomer-burst = 1\nnewcomer-rate = 1\n",
    );
    assert!(told.contains("keep-messages from 100000 to 100"), "{told}");
    let office = [("X-Forwarded-For", "192.0.2.7")];
    let hello = || json!({"type": "hello"});
    let one = Json::hello_with(chat.chat.address(), &office, hello());
    assert_eq!(chat.status("X-Forwarded-For: 192.0.2.7\r\n"), "429");
    // Somebody new once a second.
    one.leave();
    let told = chat.reload("trusted-networks = [\"192.0.2.0/24\"]\n");
    assert!(told.contains("trusted-networks from nothing to 192.0.2.0/24"), "{told}");
    let _several: Vec<_> = (0..3).map(|_| Json::hello_with(chat.chat.address(), &office, hello())).collect();
}

/// Whoever wrote `max-people = 2` for 20000 has ten minutes to see it.
#[test]
fn what_a_slip_would_cost_for_good_is_not_lost_at_once() {
    let mut chat = Operated::start("max-people = 50\nmax-rooms = 5\n", &[]);
    let address = chat.chat.address();
    let mut host = Json::named(address, "host");
    host.join("tea");
    host.say("tea", "what was said here");
    host.ask(json!({"type": "leave", "room": "tea"}));
    let passers: Vec<Json> = (0..5).map(|_| Json::hello(address, json!({}))).collect();
    let tokens: Vec<String> = passers.iter().map(|it| it.token.clone()).collect();
    passers.into_iter().for_each(Json::leave);

    let told = chat.reload("max-people = 2\nmax-rooms = 1\n");
    assert!(told.ends_with("max-people from 50 to 2, max-rooms from 5 to 1"), "{told}");
    chat.chat.logged("that there is time", |line| line.contains(" WARN ") && line.contains("in ten minutes"));
    let mut newcomer = Json::hello(address, json!({}));
    for token in tokens {
        Json::hello(address, json!({"token": token})).leave();
    }
    newcomer.join("coffee");
    host.ask(json!({"type": "join", "room": "tea"}));
    assert_eq!(host.history("tea")[0]["events"][0]["msg"], "what was said here");
    // More is at once.
    chat.reload("max-people = 3\nmax-rooms = 100\n");
    (0..10).for_each(|number| drop(newcomer.join(&format!("room {number}"))));
}

#[test]
fn more_is_logged_when_more_is_asked_for() {
    let mut chat = Operated::start("# as usual\n", &[]);
    Json::named(chat.chat.address(), "alice").leave();
    let told = chat.reload("log-level = \"debug\"\n");
    assert!(told.ends_with("log-level from info to debug"), "{told}");
    Json::named(chat.chat.address(), "bob").leave();
    chat.chat
        .logged("what only debug tells", |line| line.contains(" DEBUG ") && line.contains("connected from"));
}
