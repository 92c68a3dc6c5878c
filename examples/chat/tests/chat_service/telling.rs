//! What a service manager is told, and when. The words are those of sd_notify(3).

use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::json;

use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::{Chat, program};

use pollcat_testing::running::wait_until;

use crate::manager::Ear;

/// A chat whose manager hears it, and takes it for dead after so long.
fn chat(ear: &Ear, micros: &str) -> Chat {
    let mut chat = Chat::prepared(&[]);
    let mut command = program::command(chat.folder());
    command.args(chat.flags()).env("NOTIFY_SOCKET", ear.place()).env("WATCHDOG_USEC", micros);
    chat.run(command);
    chat
}

#[test]
fn it_is_ready_reloads_lives_and_stops() {
    let mut ear = Ear::new("telling");
    let mut chat = chat(&ear, "4000000");
    ear.wait_for("READY=1");
    assert_eq!(ear.heard().len(), 1, "it is the first that is told");
    let _guest = Json::hello(chat.address(), json!({}));
    ear.wait_for("WATCHDOG=1");
    ear.wait_for("STATUS=serving 1 connection");
    ear.heard();

    chat.signal(Signal::HUP);
    let told = ear.wait_for("RELOADING=1");
    assert!(told.contains("\nMONOTONIC_USEC="), "{told}");
    ear.wait_for("READY=1");

    chat.signal(Signal::TERM);
    ear.wait_for("STOPPING=1");
    ear.heard();
    let (status, log) = chat.ended();
    assert!(status.success(), "{log:#?}");
    // The end may take its time.
    let told = ear.wait_for("EXTEND_TIMEOUT_USEC=");
    assert_eq!(told, "EXTEND_TIMEOUT_USEC=30000000");
}

/// Whoever is told that a chat serves which has begun to stop would send people there.
#[test]
fn while_it_stops_it_does_not_reload() {
    let mut ear = Ear::new("stopping");
    let mut chat = Chat::prepared(&["--drain", "3600", "--log-file", "log"]);
    let mut command = program::command(chat.folder());
    command.args(chat.flags()).env("NOTIFY_SOCKET", ear.place());
    chat.run(command);
    ear.wait_for("READY=1");
    let guest = Json::hello(chat.address(), json!({}));
    chat.signal(Signal::TERM);
    ear.wait_for("STOPPING=1");
    ear.heard();

    let moved = chat.folder().join("log.1");
    std::fs::rename(chat.folder().join("log"), &moved).expect("the log is there");
    chat.signal(Signal::HUP);
    wait_until("the log is opened anew", || chat.folder().join("log").exists());
    guest.leave();
    let (status, _) = chat.ended();
    assert!(status.success());
    let told = ear.heard_to_the_end();
    let odd: Vec<_> = told.iter().filter(|it| it.contains("READY=") || it.contains("RELOADING=")).collect();
    assert!(odd.is_empty(), "{odd:?}");
    let log = std::fs::read_to_string(chat.folder().join("log")).expect("it was opened anew");
    assert!(!log.contains("read again"), "{log}");
}

/// Twice in its time, as sd_watchdog_enabled(3) advises: a busy machine is no reason to be killed.
#[test]
fn it_says_that_it_lives_more_often_than_it_must() {
    let mut ear = Ear::new("beating");
    let _chat = chat(&ear, "2000000");
    ear.wait_for("WATCHDOG=1");
    let began = Instant::now();
    (0..3).for_each(|_| drop(ear.wait_for("WATCHDOG=1")));
    // A tick is half a second, so that each comes after one second, or one and a half; at each tick it would be three halves.
    // Whoever hears the first one late has less to wait.
    assert!(began.elapsed() >= Duration::from_millis(1_600), "{:?}", began.elapsed());
}

#[test]
fn a_manager_that_does_not_listen_holds_nobody_up() {
    let ear = Ear::new("deaf");
    let mut chat = chat(&ear, "1000");
    drop(ear);
    let mut guest = Json::hello(chat.address(), json!({}));
    guest.say("lobby", "is anybody there?");
    assert!(chat.terminate().0.success());
}

#[test]
fn a_place_that_cannot_be_told_is_warned_of() {
    let mut chat = Chat::prepared(&[]);
    let mut command = program::command(chat.folder());
    command.args(chat.flags()).env("NOTIFY_SOCKET", "vsock:2:9999");
    chat.run(command);
    chat.logged("what it cannot tell", |line| line.contains("WARN") && line.contains("vsock:2:9999"));
}
