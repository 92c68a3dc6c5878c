//! Signals and the background (README, 11, and OPERATING.md).

use std::fs;
use std::path::Path;
use std::time::Instant;

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use serde_json::json;

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::program::{command, output};
use pollcat_chat_testing::text::Text;
use pollcat_testing::client::PATIENCE;

/// Waits for something that nobody tells us of.
#[track_caller]
pub(crate) fn wait_until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        std::thread::park_timeout(std::time::Duration::from_millis(1));
    }
}

/// Of a file, which may not be there yet.
pub(crate) fn lines(path: &Path) -> Vec<String> {
    fs::read_to_string(path).unwrap_or_default().lines().map(String::from).collect()
}

#[test]
fn a_stop_in_mid_talk_loses_nothing_that_was_acknowledged() {
    let mut chat = Chat::start(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut reader = Text::connect(chat.address());
    for number in 1..=300 {
        alice.send(&json!({"id": number.to_string(), "msg": format!("number {number}")}));
    }
    alice.wait_for("the first ack", |it| it["type"] == "ack");
    chat.signal(Signal::TERM);
    let token = json!({"token": alice.token});
    let (code, _) = alice.closed();
    assert_eq!((code, reader.closed().0), (1001, 1001));
    let left = alice.left_over();
    let acked = 1 + left.iter().filter(|it| it["type"] == "ack").count() as u64;
    let refused = left.iter().filter(|it| it["type"] == "error");
    assert!(refused.clone().all(|it| it["code"] == "stopping"), "{:?}", refused.collect::<Vec<_>>());
    drop((alice, reader));
    let (status, log) = chat.ended();
    assert_eq!(status.code(), Some(0), "{log:?}");
    chat.start_again();
    let mut alice = Json::hello(chat.address(), token);
    let last = alice.welcome["rooms"][0]["offset"].as_u64().expect("an offset");
    assert!(last >= acked, "{acked} were acknowledged, {last} are there");
    let page = alice.ask(json!({"type": "page", "room": "lobby"}));
    let events = page["events"].as_array().expect("events");
    assert_eq!(events.len() as u64, last.min(100));
    for event in events {
        assert_eq!(event["msg"], format!("number {}", event["offset"]), "in order, and none in between");
    }
    // Said again, the rest is said once.
    for number in 1..=300 {
        let ack = alice.ask(json!({"id": number.to_string(), "msg": format!("number {number}")}));
        assert_eq!(
            (&ack["offset"], ack.get("repeated").is_some()),
            (&json!(number), number <= last),
            "{ack}"
        );
    }
}

/// A daemon that is stopped when the test is done with it.
struct Daemon(Pid);

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = kill_process(self.0, Signal::KILL);
    }
}

#[test]
fn a_daemon_serves_in_the_background_until_it_is_told() {
    let chat = Chat::prepared(&[]);
    let flags = ["--daemon", "--pid-file", "chat.pid", "--log-file", "chat.log", "--listen", "127.0.0.1:0"];
    let start = || {
        let mut program = command(chat.folder());
        program.args(flags);
        output(program)
    };
    let started = start();
    let said = String::from_utf8(started.stdout).expect("text");
    assert!(started.status.success(), "{said} {:?}", String::from_utf8(started.stderr));
    let pid_file = chat.folder().join("chat.pid");
    let pid: i32 = fs::read_to_string(&pid_file).expect("a pid file").trim().parse().expect("a number");
    let daemon = Daemon(Pid::from_raw(pid).expect("a pid"));
    assert!(said.contains(&format!("started, pid {pid}, listening on 127.0.0.1:")), "{said}");
    let address = said.trim_end().rsplit(' ').next().expect("an address").parse().expect("an address");
    let mut alice = Json::named(address, "alice");
    alice.say("lobby", "in the background");

    // A second one is told why not, where it was started.
    let second = start();
    let error = String::from_utf8(second.stderr).expect("text");
    assert_eq!(second.status.code(), Some(1), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
    alice.say("lobby", "the first one goes on");

    kill_process(daemon.0, Signal::TERM).expect("it runs");
    assert_eq!(alice.closed().0, 1001);
    drop(alice);
    wait_until("the pid file is gone", || (!pid_file.exists()).then_some(()));
    wait_until("the process is gone", || test_kill_process(daemon.0).is_err().then_some(()));
    let log = lines(&chat.folder().join("chat.log"));
    assert!(log.iter().any(|line| line.contains("said 17 bytes")), "{log:?}");
    assert!(log.last().is_some_and(|line| line.ends_with("stopped")), "{log:?}");

    // What is left of one that was killed is in nobody's way, whoever has its number now: here it is us.
    fs::write(&pid_file, format!("{}\n", std::process::id())).expect("a file can be written");
    let third = start();
    assert!(third.status.success(), "{:?}", String::from_utf8(third.stderr));
    let pid: i32 = fs::read_to_string(&pid_file).expect("a pid file").trim().parse().expect("a number");
    let _daemon = Daemon(Pid::from_raw(pid).expect("a pid"));
}

#[test]
fn a_daemon_that_cannot_start_says_so_where_it_was_started() {
    let chat = Chat::in_memory(&[]);
    let mut program = command(chat.folder());
    let taken = chat.address().to_string();
    program.args(["--daemon", "--log-file", "second.log", "--data", ":memory:", "--listen", &taken]);
    let output = output(program);
    let error = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(1));
    assert!(error.contains(&taken) && error.lines().count() == 1, "{error}");
    assert!(output.stdout.is_empty(), "it has not started");
}

#[test]
fn an_idle_chat_ends_at_once() {
    for signal in [Signal::TERM, Signal::INT] {
        let mut chat = Chat::start(&[]);
        chat.signal(signal);
        let (status, log) = chat.ended();
        assert_eq!(status.code(), Some(0), "{signal:?}: {log:?}");
    }
}
