//! Governing for everyone: nothing serious for axe-core in menus, cards and scenes; by keyboard alone, and with a thumb.

use std::time::{Duration, Instant};

use headless_chrome::protocol::cdp::{Emulation, Input};
use serde_json::json;

use crate::access::{axe, check};
use crate::governed::{DIALOG, TITLE, choose, join, make_owner, member_menu, message_menu, no_dialog};
use crate::{Program, Window, browser};

#[test]
fn axe_core_finds_nothing_serious_where_one_governs() {
    let (Some(browser), Some(axe)) = (browser(), axe()) else { return };
    let program = Program::start("page-govern-axe");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    make_owner(&program, &alice, "alice");
    alice.say("/announce See https://example.com/");
    for window in [&alice, &bob] {
        join(window, "tea");
    }
    alice.say("/topic Leaves");
    bob.say("buy watches");
    message_menu(&alice, "buy watches");
    check(&alice, &axe, "the menu of a message");
    for (entry, state) in [("Report …", "a report"), ("Ban bob …", "a ban")] {
        if alice.run("!document.querySelector('.menu')") == true {
            message_menu(&alice, "buy watches");
        }
        choose(&alice, entry);
        alice.wait(&format!("document.querySelector('{DIALOG}')"));
        check(&alice, &axe, state);
        alice.press("Escape");
        no_dialog(&alice);
    }
    message_menu(&bob, "buy watches");
    bob.press("Escape");
    member_menu(&alice, "bob");
    check(&alice, &axe, "the menu of somebody");
    choose(&alice, "Mute bob …");
    choose(&alice, "Mute");
    no_dialog(&alice);
    bob.wait("document.querySelector('#composer-silence').textContent !== ''");
    check(&bob, &axe, "muted");
    alice.click("#room-title");
    alice.wait(&format!("document.querySelector('{DIALOG}')"));
    check(&alice, &axe, "the card of a room");
    for (entry, state) in [("Invite …", "invites"), ("Banned and muted", "who is muted")] {
        choose(&alice, entry);
        alice.wait("document.querySelectorAll('dialog').length === 2");
        check(&alice, &axe, state);
        alice.press("Escape");
        alice.wait("document.querySelectorAll('dialog').length === 1");
    }
    alice.press("Escape");
    alice.say("/help");
    alice.wait(&format!("document.querySelector('{DIALOG}')"));
    check(&alice, &axe, "help");
    alice.press("Escape");
    // On a phone, from below.
    alice.resize(360, 740);
    message_menu(&alice, "buy watches");
    check(&alice, &axe, "the menu on a phone");
    let small = alice.run(
        "[...document.querySelectorAll('.menu button')].filter((one) => one.getBoundingClientRect().height < 44).length",
    );
    assert_eq!(small, 0);
    assert_eq!(
        alice.run("(({ bottom, left, width }) => [bottom, left, width])(document.querySelector('.menu').getBoundingClientRect())"),
        json!([740, 0, 360])
    );
    alice.press("Escape");
    alice.resize(1280, 800);
    alice.say("/kick bob");
    alice.say("/join lobby");
    alice.wait(&format!("{TITLE} === '#lobby'"));
    alice.say("/ban bob spam");
    bob.wait("!ending.hidden");
    check(&bob, &axe, "banned");
}

#[test]
fn a_menu_is_walked_by_keys_and_gives_the_focus_back() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-menu-keys");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    bob.say("hello");
    alice.wait_for_message("hello");
    alice.run("log.focus()");
    alice.press("ArrowUp");
    while alice.run("document.activeElement.matches('.message-more')") != true {
        alice.press("Tab");
    }
    alice.press("Enter");
    let focused = "document.activeElement.textContent";
    alice.wait(&format!("{focused} === 'Copy'"));
    for (key, entry) in [
        ("ArrowDown", "Mention bob"),
        ("ArrowDown", "Report …"),
        ("ArrowDown", "Copy"),
        ("ArrowUp", "Report …"),
        ("Home", "Copy"),
        ("End", "Report …"),
    ] {
        alice.press(key);
        assert_eq!(alice.run(focused), entry);
    }
    alice.press("Escape");
    no_dialog(&alice);
    assert_eq!(alice.run("document.activeElement.matches('.message-more')"), true);
}

#[test]
fn a_finger_that_rests_on_a_message_opens_its_menu() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-menu-touch");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.resize(360, 740);
    alice.call::<Emulation::SetTouchEmulationEnabled>(json!({"enabled": true}));
    alice.arrive("alice");
    bob.arrive("bob");
    bob.say("hello");
    alice.wait_for_message("hello");
    let place = alice.run(
        "(({ left, top }) => ({ x: left + 10, y: top + 10 }))(document.querySelector('.message-text').getBoundingClientRect())",
    );
    let touch = |kind: &str, points: serde_json::Value| {
        alice.call::<Input::DispatchTouchEvent>(json!({"type": kind, "touchPoints": points}));
    };
    // Who scrolls means no menu: the finger moves before it rests. On a busy machine it may come too late.
    let moved = json!([{"x": place["x"], "y": place["y"].as_f64().expect("a number") - 40.0}]);
    let has_moved_in_time = (0..20).any(|_| {
        let begin = Instant::now();
        touch("touchStart", json!([place]));
        touch("touchMove", moved.clone());
        let is_in_time = begin.elapsed() < Duration::from_millis(300);
        touch("touchEnd", json!([]));
        let is_open = "new Promise((over) => setTimeout(() => over(!!document.querySelector('.menu')), 600))";
        let is_open = alice.run(is_open) == true;
        assert!(!is_open || !is_in_time, "a menu for a finger that moved");
        if is_open {
            alice.press("Escape");
            no_dialog(&alice);
        }
        is_in_time
    });
    assert!(has_moved_in_time, "this machine is too slow for fingers");
    touch("touchStart", json!([place]));
    alice.wait("document.querySelector('.menu')");
    touch("touchEnd", json!([]));
    assert_eq!(alice.run("document.querySelector('.menu').textContent.startsWith('bob: hello')"), true);
    // And a tap beside it closes it.
    touch("touchStart", json!([{"x": 180, "y": 20}]));
    touch("touchEnd", json!([]));
    no_dialog(&alice);
}
