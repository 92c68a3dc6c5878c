//! The log (OPERATING.md): what is in it, how large it gets, and that nobody waits for whoever reads it.

use std::fs;
use std::io::{PipeReader, PipeWriter, Read, Write, pipe};
use std::os::unix::net::UnixStream;
use std::process::{Child, Stdio};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::program::{command, wait};
use pollcat_chat_testing::text::Text;
use pollcat_testing::client::{CLOSE, Client, TEXT, masked, upgrade_request};
use rustix::fs::{OFlags, fcntl_setfl};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::ending::{lines, wait_until};

#[test]
fn the_log_has_a_line_for_each_event_and_no_secrets() {
    let mut chat = Chat::start(&["--log-level", "debug"]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Text::named(chat.address(), "bob");
    alice.say("lobby", "a very private sentence");
    bob.until("private sentence");
    bob.say("/msg alice another private sentence");
    alice.expect("message");
    alice.ask(json!({"type": "search", "query": "private"}));
    alice.refused(json!({"type": "join", "room": "forged\n2026-01-01T00:00:00.000Z INFO  all is well"}));
    alice.send_text("{\"msg\": \"broken private sentence");
    alice.expect("error");
    let again = alice.again(chat.address());
    let token = alice.token.clone();
    again.leave();
    alice.leave();
    for (what, words) in [
        ("a connection", "connected from 127.0.0.1, speaks Json"),
        ("how it speaks", "speaks Text"),
        ("a message", "said 23 bytes in room 1"),
        ("a visit", "left: closed with 1005; alice (1) from 127.0.0.1, Json, "),
    ] {
        chat.logged(what, |line| line.contains(words));
    }
    chat.signal(Signal::TERM);
    drop(bob);
    let (status, log) = chat.ended();
    assert!(status.success());
    for line in &log {
        assert!(!line.contains("private") && !line.contains(&token) && !line.contains("broken"), "{line}");
        let (time, rest) = line.split_at_checked(24).unwrap_or_default();
        let looks_right = time.ends_with('Z') && time[10..11] == *"T" && !rest.contains("2026-01-01T00");
        assert!(looks_right, "a line with a time: {line}");
    }
    assert!(log.last().is_some_and(|line| line.ends_with("stopped")), "{log:?}");
}

/// What clients choose does its worst, and each line is an object, with fields of the right kind.
#[test]
fn each_line_is_an_object_whatever_clients_send() {
    let mut chat = Chat::start(&["--log-format=json", "--log-level=debug", "--trust-proxy=127.0.0.1"]);
    let mut alice = Json::named(chat.address(), "alice");
    alice.say("lobby", "a private \"sentence\"\n{}");
    alice.refused(json!({"type": "join", "room": "forged\n{\"level\":\"error\"}"}));
    alice.send_text("{\"msg\": \"broken\u{202e} \\ private");
    alice.expect("error");
    let mut bob = Text::named(chat.address(), "bob");
    bob.say("/nick 鲍勃");
    alice.wait_for("the new name", |it| it["type"] == "renamed");
    for fields in [
        "Origin: https://a.example/\"\\\u{2028}{}\u{85}\r\n",
        "Origin: https://evil.example\r\nX-Forwarded-For: \"}, {\"\r\n",
        "Sec-WebSocket-Protocol: \"odd\r\n",
    ] {
        let mut client = Client::dial(chat.address());
        client.write(upgrade_request(fields).as_bytes());
        client.head();
    }
    for line in [&b"GET /\"\\ HTTP/1.1\r\n\r\n"[..], b"\x16\x03\x01\"\x00\xff\r\n\r\n"] {
        Client::dial(chat.address()).write(line);
    }
    alice.leave();
    chat.logged("the visit", |line| line.contains("\"event\":\"left\"") && line.contains("alice"));
    chat.signal(Signal::HUP);
    chat.logged("the settings", |line| line.contains("\"event\":\"reloaded\""));
    drop(bob);
    let (status, log) = chat.terminate();
    assert!(status.success());
    let mut visit = None;
    for line in &log {
        let object: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let text = |key: &str| object[key].as_str().unwrap_or_default();
        assert!(text("time").ends_with('Z') && text("time").len() == 24 && !text("msg").is_empty(), "{line}");
        assert!(["error", "warn", "info", "debug"].contains(&text("level")), "{line}");
        assert!(!line.contains("private") && !line.contains(char::is_control), "{line}");
        if text("event") == "left" && text("name") == "alice" {
            visit = Some(object);
        }
    }
    let visit = visit.expect("it was logged");
    let (from, departure) = (&visit["from"], &visit["departure"]);
    assert_eq!((from, departure), (&json!("127.0.0.1"), &json!("closed with 1005")), "{visit}");
    assert!(visit["person"].is_u64() && visit["messages"].is_u64() && visit["seconds"].is_f64(), "{visit}");
}

/// There is no line for each of a crowd that leaves, but one for all of them.
#[test]
fn a_crowd_that_leaves_has_one_line() {
    let mut chat = Chat::in_memory(&["--log-format=json"]);
    let crowd: Vec<_> = (0..400).map(|_| Client::connect(chat.address())).collect();
    drop(crowd);
    let mut last = Json::named(chat.address(), "alice");
    last.say("lobby", "they are gone");
    last.leave();
    let (_, log) = chat.terminate();
    let objects: Vec<Value> = log.iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let of = |event: &'static str| objects.iter().filter(move |object| object["event"] == event);
    // So many are written in a second, and in a minute; the rest is counted, in one place or the other.
    let written = of("left").count();
    let told: u64 = of("others_left").map(|object| object["left"].as_u64().unwrap_or_default()).sum();
    let left_out: u64 = objects.iter().filter_map(|object| object["left_out"].as_u64()).sum();
    assert_eq!((written as u64 + told + left_out, told), (401, 101), "{written} lines");
}

/// Most leave because the chat stops.
#[test]
fn a_crowd_that_is_there_to_the_end_is_in_the_log() {
    let mut chat = Chat::in_memory(&["--log-format=json"]);
    let mut crowd: Vec<_> = (0..400).map(|_| Client::connect(chat.address())).collect();
    chat.signal(Signal::TERM);
    crowd.iter_mut().for_each(|client| while client.frame().0 != CLOSE {});
    drop(crowd);
    let (_, log) = chat.ended();
    let objects: Vec<Value> = log.iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let of = |event: &'static str| objects.iter().filter(move |object| object["event"] == event);
    let told: u64 = of("others_left").map(|object| object["left"].as_u64().unwrap_or_default()).sum();
    let left_out: u64 = objects.iter().filter_map(|object| object["left_out"].as_u64()).sum();
    assert_eq!((of("left").count() as u64 + told + left_out, told), (400, 100));
}

#[test]
fn sighup_opens_the_log_anew() {
    let mut chat = Chat::in_memory(&["--log-file", "chat.log"]);
    let [log, moved] = ["chat.log", "chat.log.1"].map(|name| chat.folder().join(name));
    Json::named(chat.address(), "alice").leave();
    wait_until("alice is in the log", || lines(&log).iter().any(|line| line.contains("alice")).then_some(()));
    fs::rename(&log, &moved).expect("a file can be renamed");
    chat.signal(Signal::HUP);
    wait_until("there is a new log", || {
        lines(&log).iter().any(|line| line.contains("the log goes on")).then_some(())
    });
    Json::named(chat.address(), "bob").leave();
    wait_until("bob is in the new log", || lines(&log).iter().any(|line| line.contains("bob")).then_some(()));
    assert!(!lines(&moved).iter().any(|line| line.contains("bob")), "and not in the old one");
    // Where no log can be, it stays where it is, and the chat goes on.
    fs::remove_file(&log).expect("a file can be removed");
    fs::create_dir(&log).expect("a folder can be made");
    chat.signal(Signal::HUP);
    let mut carol = Json::named(chat.address(), "carol");
    carol.say("lobby", "still here");
    carol.leave();
    let (status, _) = chat.terminate();
    assert!(status.success());
}

#[test]
fn sigusr1_opens_the_log_anew_and_sigusr2_does_nothing() {
    let mut chat = Chat::in_memory(&["--log-file", "chat.log"]);
    let [log, moved] = ["chat.log", "chat.log.1"].map(|name| chat.folder().join(name));
    chat.signal(Signal::USR2);
    wait_until("it is heard", || lines(&log).iter().any(|line| line.contains("SIGUSR2")).then_some(()));
    fs::rename(&log, &moved).expect("a file can be renamed");
    chat.signal(Signal::USR1);
    wait_until("there is a new log", || {
        lines(&log).iter().any(|line| line.contains("goes on")).then_some(())
    });
    Json::named(chat.address(), "alice").say("lobby", "still here");
    let (status, _) = chat.terminate();
    assert!(status.success(), "{status}");
}

#[test]
fn a_second_sigterm_ends_it_with_its_last_words() {
    let mut chat = Chat::in_memory(&["--listen", "127.0.0.1:0"]);
    // Whoever does not answer the farewell is waited for.
    let _silent = Client::connect(chat.address());
    chat.signal(Signal::TERM);
    chat.logged("the first", |line| line.contains("SIGTERM: stopping"));
    chat.signal(Signal::INT);
    let (status, log) = chat.ended();
    assert_eq!(status.code(), Some(128 + 2), "{log:?}");
    assert!(log.iter().any(|line| line.contains("SIGTERM: stopping")), "{log:?}");
}

/// A chat on a socket, both of whose outputs are one pipe that nobody reads.
struct Unread {
    child: Child,
    pipe: PipeReader,
    _fifo: fs::File,
    folder: Chat,
}

impl Unread {
    /// With these flags, in a folder where `fifo` is a named pipe.
    fn start(flags: &[&str]) -> Self {
        let folder = Chat::prepared(&[]);
        let fifo = folder.folder().join("fifo");
        let made = std::process::Command::new("mkfifo").arg(&fifo).status().expect("there is mkfifo");
        assert!(made.success());
        // Whoever opens it for both is its reader, and need not wait for a writer.
        let fifo = fs::File::options().read(true).write(true).open(fifo).expect("it is ours");
        let (pipe, mut writer) = pipe().expect("a pipe");
        fill_up(&mut writer);
        let mut program = command(folder.folder());
        program
            .args(["--listen=unix:chat.sock", "--data=:memory:", "--message-rate=0", "--log-level=debug"])
            .args(flags);
        program.stdout(writer.try_clone().expect("a pipe can be shared")).stderr(writer).stdin(Stdio::null());
        let child = program.spawn().expect("the program can be started");
        let chat = Unread { child, pipe, _fifo: fifo, folder };
        // It has its name a moment before it listens.
        wait_until("it listens", || UnixStream::connect(chat.socket()).ok());
        chat
    }

    fn socket(&self) -> std::path::PathBuf {
        self.folder.folder().join("chat.sock")
    }

    /// Far more lines than the pipe and the queue hold.
    fn fill(&self) {
        for number in 0..1_000 {
            let mut visitor = Client::dial_unix(&self.socket());
            visitor.open("Sec-WebSocket-Protocol: chat.v1\r\n");
            visitor.send(TEXT, br#"{"type":"hello"}"#);
            assert!(visitor.text().contains("welcome"), "visitor {number}");
        }
        let mut talker = Client::dial_unix(&self.socket());
        talker.open("Sec-WebSocket-Protocol: chat.v1\r\n");
        talker.send(TEXT, br#"{"type":"hello"}"#);
        while !talker.text().contains(r#""type":"history""#) {}
        let pings = masked(TEXT, br#"{"type":"ping"}"#).repeat(100);
        for _ in 0..250 {
            talker.write(&pings);
            (0..100).for_each(|_| while !talker.text().contains("pong") {});
        }
    }

    fn say_something(&self) {
        let mut alice = Client::dial_unix(&self.socket());
        alice.open("Sec-WebSocket-Protocol: chat.v1\r\n");
        alice.send(TEXT, br#"{"type":"message","id":"1","msg":"is anybody there?"}"#);
        while !alice.text().contains(r#""type":"ack""#) {}
    }

    fn terminate(&mut self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).expect("it runs");
    }
}

/// Not even the first word finds room in it.
fn fill_up(pipe: &mut PipeWriter) {
    fcntl_setfl(&*pipe, OFlags::NONBLOCK).expect("a pipe can be told not to wait");
    while pipe.write(&[b'\n'; 4096]).is_ok() {}
    fcntl_setfl(&*pipe, OFlags::empty()).expect("and to wait again");
}

impl Drop for Unread {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn whoever_does_not_read_the_log_stops_nobody() {
    for flags in [&[][..], &["--log-file=fifo"]] {
        let mut chat = Unread::start(flags);
        chat.fill();
        chat.say_something();
        // Nor those who look after it, nor its end.
        kill_process(Pid::from_child(&chat.child), Signal::HUP).expect("it runs");
        chat.say_something();
        chat.terminate();
        assert!(wait(&mut chat.child).success(), "{flags:?}");
    }
}

#[test]
fn what_was_left_out_is_counted_and_the_last_words_are_written() {
    let mut chat = Unread::start(&[]);
    chat.fill();
    // Now somebody reads.
    let mut pipe = chat.pipe.try_clone().expect("a pipe can be shared");
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        pipe.read_to_string(&mut text).map(|_| text)
    });
    chat.say_something();
    chat.terminate();
    assert!(wait(&mut chat.child).success());
    let log = reader.join().expect("it reads").expect("the log is text");
    let left_out: Vec<&str> = log.lines().filter(|line| line.contains("lines left out: ")).collect();
    assert!(!left_out.is_empty() && left_out.iter().all(|line| line.contains(" WARN ")), "{left_out:?}");
    assert!(log.ends_with(" INFO  stopped\n"), "{:?}", log.lines().last());
}

#[test]
fn a_flood_is_a_line_and_a_number() {
    let mut chat = Chat::in_memory(&["--max-people", "1"]);
    let the_only_one = Json::named(chat.address(), "alice");
    for _ in 0..100 {
        Client::connect(chat.address());
    }
    drop(the_only_one);
    let (status, log) = chat.terminate();
    assert!(status.success());
    let warnings: Vec<_> = log.iter().filter(|line| line.contains(" WARN ")).collect();
    assert_eq!(warnings.len(), 2, "{warnings:#?}");
    assert!(warnings.iter().all(|line| line.contains("--max-people")), "{warnings:#?}");
    assert!(warnings[1].contains("for 99 more within a minute"), "{warnings:#?}");
}

#[test]
fn the_journal_has_the_time_already() {
    use std::os::unix::fs::MetadataExt;
    let folder = Chat::prepared(&[]);
    let path = folder.folder().join("journal");
    let journal = fs::File::create(&path).expect("a file can be made");
    let meta = journal.metadata().expect("it is there");
    let mut program = command(folder.folder());
    program.args(["--listen=unix:chat.sock", "--data=:memory:"]).stdout(Stdio::null()).stderr(journal);
    program.env("JOURNAL_STREAM", format!("{}:{}", meta.dev(), meta.ino()));
    let mut child = program.spawn().expect("the program can be started");
    wait_until("it listens", || lines(&path).iter().any(|line| line.contains("listens on")).then_some(()));
    kill_process(Pid::from_child(&child), Signal::TERM).expect("it runs");
    assert!(wait(&mut child).success());
    let log = lines(&path);
    assert!(log.iter().all(|line| line.starts_with("<6>")), "{log:?}");
    assert!(log.iter().any(|line| line.ends_with("listens on unix:chat.sock")), "{log:?}");
}
