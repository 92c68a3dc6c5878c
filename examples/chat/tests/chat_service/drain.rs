//! Everybody is sent away, one after the other.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::json::Json;
use pollcat_testing::client::{Client, upgrade_request};

use crate::manager::{Held, command};

#[test]
fn who_is_there_is_sent_away_one_by_one_and_newcomers_are_told_when_to_come_back() {
    const GUESTS: usize = 10;
    const OVER: Duration = Duration::from_secs(3);
    let mut chat = Chat::start(&["--drain", "3"]);
    let mut talker = Json::named(chat.address(), "talker");
    let began = Instant::now();
    let guests: Vec<_> = (0..GUESTS)
        .map(|_| {
            let mut client = Client::dial(chat.address());
            client.open("Sec-WebSocket-Protocol: chat.v1\r\n");
            std::thread::spawn(move || {
                let (code, _) = client.close_frame();
                client.close(code);
                (code, Instant::now())
            })
        })
        .collect();
    let told_at = Instant::now();
    chat.signal(Signal::TERM);
    chat.logged("the drain", |line| line.contains("11 connections are closed over 3 s"));
    // The first goes after a tenth of the time: until then all go on.
    talker.say("lobby", "still here");
    let mut newcomer = Client::dial(chat.address());
    newcomer.write(upgrade_request("").as_bytes());
    let head = newcomer.head();
    assert!(head.starts_with("HTTP/1.1 503 ") && head.contains("\r\nRetry-After: "), "{head}");
    drop(talker);
    let ends: Vec<(u16, Instant)> = guests.into_iter().map(|it| it.join().expect("it is told")).collect();
    assert!(ends.iter().all(|(code, _)| *code == 1012), "{ends:?}");
    let first = ends.iter().map(|(_, at)| *at).min().expect("somebody was there");
    let last = ends.iter().map(|(_, at)| *at).max().expect("somebody was there");
    // Never early, so that it is spread; later if the machine is busy.
    assert!(
        last - told_at >= OVER * 9 / 10 && last - first >= OVER / 2,
        "{:?} {:?}",
        last - told_at,
        began.elapsed()
    );
    let (status, log) = chat.ended();
    assert!(status.success(), "{log:#?}");

    chat.set_flags(&[]);
    chat.start_again();
    let guest = Json::hello(chat.address(), serde_json::json!({}));
    assert!(guest.histories["lobby"].iter().any(|piece| piece.to_string().contains("still here")));
}

/// A manager that lets two overlap, each with a history of its own: the old one takes nobody from the socket any more.
#[test]
fn while_one_program_drains_another_takes_whoever_comes_to_the_same_socket() {
    let held = Held::tcp();
    let start = |flags: &[&str]| {
        let mut chat = Chat::prepared(&[]);
        chat.run_on(command(chat.folder(), &[&["--data", "chat.db"], flags].concat()), held.input());
        chat
    };
    let guest = || Json::hello(held.address(), serde_json::json!({}));
    let mut old = start(&["--drain", "3600"]);
    let mut talker = Json::named(held.address(), "talker");
    let mut listener = guest();
    old.signal(Signal::TERM);
    old.logged("the drain", |line| line.contains("2 connections are closed over 3600 s"));
    // Between the two they wait in the queue.
    let early = [(); 10].map(|()| {
        let mut client = Client::dial(held.address());
        client.write(upgrade_request("Sec-WebSocket-Protocol: chat.v1\r\n").as_bytes());
        client
    });
    let mut new = start(&[]);
    for mut client in early {
        let head = client.head();
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    }
    let mut newcomers = [(); 30].map(|()| guest());
    talker.say("lobby", "to the old one");
    newcomers[0].say("lobby", "to the new one");
    listener.wait_for("what is said there", |it| it["msg"] == "to the old one");
    newcomers[29].wait_for("what is said here", |it| it["msg"] == "to the new one");
    assert!(!old.is_over(), "nobody has left it");

    talker.leave();
    listener.leave();
    let (status, log) = old.ended();
    assert!(status.success(), "{log:#?}");
    newcomers[0].say("lobby", "and on");
    assert!(new.terminate().0.success());
    // What the old one acknowledged while it went is there.
    old.run_on(command(old.folder(), &["--data", "chat.db"]), held.input());
    let histories = guest().histories;
    assert!(histories["lobby"].iter().any(|piece| piece.to_string().contains("to the old one")));
}

#[test]
fn where_nobody_is_there_is_nothing_to_wait_for_and_twice_is_at_once() {
    let mut chat = Chat::start(&["--drain", "3600"]);
    assert!(chat.terminate().0.success());

    let mut chat = Chat::start(&["--drain", "3600"]);
    let _visitor = Json::named(chat.address(), "visitor");
    chat.signal(Signal::TERM);
    chat.logged("the drain", |line| line.contains("closed over 3600 s"));
    chat.signal(Signal::TERM);
    assert_eq!(chat.ended().0.code(), Some(143));
}
