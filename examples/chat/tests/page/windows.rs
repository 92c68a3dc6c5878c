//! Two windows of one person.

use crate::{Program, Window, browser};

#[test]
fn each_window_keeps_what_is_typed_in_it() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-drafts");
    let first = Window::open(&browser, &program.url());
    first.arrive("alice");
    let second = first.open_another(&browser, &program.url());
    second.wait_online();
    first.run("say.focus()");
    first.write("one");
    second.run("say.focus()");
    second.write("two");
    assert_eq!(first.run("say.value"), "one", "what is being typed is not taken away");
    assert_eq!(first.run("document.querySelector('#typing').textContent"), "", "nobody sees oneself typing");
    for (window, text) in [(&first, "one"), (&second, "two")] {
        window.reload();
        window.wait_online();
        assert_eq!(window.run("document.querySelector('#say').value"), text);
    }
    // A new window has the latest; and what is sent waits nowhere any more.
    let third = first.open_another(&browser, &program.url());
    third.wait("document.querySelector('#say').value === 'two'");
    second.run("say.focus()");
    second.press("Enter");
    third.wait_for_message("two");
    third.wait("say.value === ''");
    assert_eq!(first.run("say.value"), "one");
}

#[test]
fn a_talk_that_was_closed_stays_so_in_all_windows_until_there_is_news() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-closed");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    bob.say("/msg alice psst");
    alice.wait("document.querySelector('#talk-list a')");
    let second = alice.open_another(&browser, &program.url());
    second.wait("document.querySelector('#talk-list a')");
    alice.click("#talk-list a");
    alice.wait_for_message("psst");
    alice.click("#leave");
    alice.click("dialog .primary");
    alice.wait("document.querySelector('#room-title').textContent === '#lobby' && !document.querySelector('#talk-list a')");
    second.wait("!document.querySelector('#talk-list a')");
    alice.reload();
    alice.wait_online();
    assert_eq!(alice.run("document.querySelectorAll('#talk-list a').length"), 0);
    bob.say("again");
    alice.wait("document.querySelector('#talk-list .places-badge')");
}
