//! Over TLS and in the clear, the browser and the server agree to compress; and people talk.

use crate::{Program, Window, browser};

#[test]
fn two_windows_talk_over_wss_and_compressed() {
    let Some(browser) = browser() else { return };
    let program = Program::start_secure("page-wss");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    assert_eq!(alice.run("location.protocol + isSecureContext"), "https:true");
    talk_compressed(&alice, &bob, "wss://");
}

#[test]
fn two_windows_talk_over_ws_and_compressed() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-ws");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    talk_compressed(&alice, &bob, "ws://");
}

#[track_caller]
fn talk_compressed(alice: &Window, bob: &Window, scheme: &str) {
    alice.arrive("alice");
    bob.arrive("bob");
    // What is too short to gain by it is not compressed, and these are long.
    for text in [["hello, bob"; 100].join(", "), "聊天室里的话。".repeat(100)] {
        alice.say(&text);
        bob.wait_for_message(&text);
        let reply = format!("you said: {text}");
        bob.say(&reply);
        alice.wait_for_message(&reply);
    }
    for window in [alice, bob] {
        let sockets = window.sockets();
        let [address, extensions] = &sockets[..] else { panic!("one socket, one answer: {sockets:?}") };
        assert!(address.starts_with(scheme), "{address}");
        assert!(extensions.starts_with("permessage-deflate"), "{extensions}");
    }
}
