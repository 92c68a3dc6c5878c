//! How things are shown: signs are whole, names keep their place, days come once, code can be copied.

use headless_chrome::protocol::cdp::Emulation;
use serde_json::{Value, json};

use crate::{Program, Window, browser};

#[test]
fn names_in_notices_keep_their_place_and_a_new_room_is_a_link() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-notices");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("משה");
    alice.wait("rows.querySelector('.message-notice bdi')?.textContent === 'משה'");
    bob.say("/nick דוד");
    alice.wait(
        "[...rows.querySelectorAll('.message-notice bdi')].map((one) => one.textContent).join() === 'משה,משה,דוד'",
    );
    bob.say("/join 茶馆");
    alice.wait("rows.querySelector('.message-notice a')?.textContent === '茶馆'");
    alice.click("#rows .message-notice a");
    alice.wait("document.querySelector('dialog .primary')"); // whether to join
    alice.click("dialog .primary");
    alice.wait("document.querySelector('#room-title')?.textContent === '#茶馆'");
}

#[test]
fn code_scrolls_sideways_and_can_be_copied() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-code");
    let alice = Window::open(&browser, &program.url());
    alice.resize(360, 740);
    alice.arrive("alice");
    let code = format!("fn main() {{}} // {}\n    indented", "wide ".repeat(60));
    alice.say(&format!("```rust\n{code}\n```"));
    alice.wait("rows.querySelector('pre')");
    assert_eq!(alice.run("rows.querySelector('pre').scrollWidth > rows.querySelector('pre').clientWidth && log.scrollWidth <= log.clientWidth"), true);
    assert_eq!(alice.run("getComputedStyle(rows.querySelector('pre code')).paddingLeft"), "0px");
    alice.run("Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText: async (text) => { globalThis.clip = text } } })");
    alice.run("rows.querySelector('.message-code button').click()");
    alice.wait_for_toast("Copied.");
    assert_eq!(alice.run("globalThis.clip"), Value::from(code));
    // Plain http in a network has no such clipboard.
    alice.run("Object.defineProperty(navigator, 'clipboard', { configurable: true, value: undefined })");
    alice.run("rows.querySelector('.message-code button').click()");
    alice.wait_for_toast("This browser does not let");
    // What is deleted by keyboard leaves the focus where it was.
    alice.run("log.focus()");
    alice.press("ArrowUp");
    let mut stops = Vec::new();
    while alice.run("document.activeElement.matches('.message-more')") != true {
        alice.press("Tab");
        stops.push(alice.run("document.activeElement.className || document.activeElement.localName"));
        assert!(stops.len() < 10, "Tab never comes to the menu: {stops:?}");
    }
    assert!(stops.contains(&Value::from("icon little")), "the copying is on the way: {stops:?}");
    alice.press("Enter");
    alice.wait("document.activeElement.matches('.menu button')");
    alice.press("End");
    alice.press("Enter");
    alice.wait("document.querySelector('dialog:not(.menu) .danger')");
    alice.press("Tab");
    alice.press("Enter");
    alice.wait("rows.querySelector('.message-gone') && rows.contains(document.activeElement)");
}

#[test]
fn where_the_system_chooses_the_colours_nothing_is_said_by_a_background() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-forced");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    bob.say("hello @alice");
    alice.wait("rows.querySelector('.message-for-me')");
    alice.call::<Emulation::SetEmulatedMedia>(
        json!({"features": [{"name": "forced-colors", "value": "active"}]}),
    );
    let style = |what: &str| {
        alice.run(&format!("(() => {{ const style = (query, pseudo) => getComputedStyle(document.querySelector(query), pseudo); return {what} }})()"))
    };
    assert_eq!(
        style("style('#member-list .dot.here').backgroundColor !== style('body').backgroundColor"),
        true
    );
    assert_eq!(style("style('[aria-current]').borderInlineStartWidth"), "4px");
    assert_eq!(style("style('.message-for-me > .message-entry', '::before').borderInlineStartWidth"), "3px");
}
