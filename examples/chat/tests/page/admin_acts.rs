//! What is done on the admin page is done in the chat: mutes, bans, doors, rooms, announcements, invites; and it is noted.

use serde_json::Value;

use crate::admin::{go, let_in};
use crate::{Program, Window, browser};

/// Opens the sheet of a person or a room.
pub(crate) fn open(page: &Window, section: &str, name: &str) {
    go(page, section);
    let row = format!(
        "[...document.querySelectorAll('.parts-row')].find((row) => row.querySelector('bdi').textContent === '{name}')"
    );
    page.wait(&row);
    page.run(&format!("{row}.click()"));
    page.wait("document.querySelector('dialog.sheet .sheet-part')");
}

/// Presses a button that says this, in what is on top.
pub(crate) fn press(page: &Window, words: &str) {
    let button = format!(
        "[...([...document.querySelectorAll('dialog')].at(-1) ?? document).querySelectorAll('button')].find((one) => one.textContent.trim() === '{words}')"
    );
    page.wait(&button);
    page.run(&format!("{button}.click()"));
}

/// Until all dialogs but so many are closed.
pub(crate) fn closed(page: &Window, left: usize) {
    page.wait(&format!("document.querySelectorAll('dialog').length === {left}"));
}

#[test]
fn somebody_is_muted_and_may_speak_again() {
    let Some(browser) = browser() else { return };
    let program = Program::start("admin-mute");
    let bob = Window::open(&browser, &program.url());
    bob.arrive("bob");
    let page = let_in(&browser, &program);
    open(&page, "people", "bob");
    press(&page, "Mute …");
    // It says what will happen.
    page.wait("/bob reads on, and says nothing in the whole chat, for 1 hour/.test([...document.querySelectorAll('dialog')].at(-1).textContent)");
    page.run("[...document.querySelectorAll('dialog')].at(-1).querySelector('input').focus()");
    page.write("too loud");
    press(&page, "Mute");
    closed(&page, 1);
    page.wait("/Muted everywhere/.test(document.querySelector('.sheet').textContent)");
    page.wait("/too loud/.test(document.querySelector('.sheet').textContent)");
    bob.wait("/You are muted/.test(document.body.innerText)");
    press(&page, "Let them speak");
    page.wait("/they may speak and be everywhere/.test(document.querySelector('.sheet').textContent)");
    bob.wait("!/You are muted/.test(document.querySelector('main.frame-middle').innerText)");
    bob.say("I may speak");
    bob.wait_for_message("I may speak");
    page.press("Escape");
    closed(&page, 0);
    // Both are noted, and nothing of what was said.
    go(&page, "acts");
    page.wait("/muted bob/.test(content.textContent) && /let bob speak again/.test(content.textContent)");
    page.run(
        "globalThis.saved = []; const make = URL.createObjectURL;
        URL.createObjectURL = (blob) => (blob.text().then((text) => saved.push(text)), make(blob))",
    );
    press(&page, "Download");
    page.wait("saved.length === 1");
    let lines = page.run("saved[0]");
    let lines: Vec<Value> = lines
        .as_str()
        .expect("text")
        .lines()
        .map(|line| serde_json::from_str(line).expect("each line is an object"))
        .collect();
    let acts: Vec<&str> = lines.iter().filter_map(|line| line["act"].as_str()).collect();
    let at = |act| acts.iter().position(|it| *it == act);
    assert!(at("mute").is_some() && at("mute") < at("unmute"), "{acts:?}");
}

#[test]
fn who_may_come_in_and_what_everybody_is_told() {
    let Some(browser) = browser() else { return };
    let program = Program::start("admin-doors");
    let (one, other) = (let_in(&browser, &program), let_in(&browser, &program));
    one.wait("document.querySelector('input[value=open]').checked");
    one.run("document.querySelector('input[value=named]').click()");
    one.wait("/says how they are called/.test(content.textContent)");
    other.wait("document.querySelector('input[value=named]').checked");
    one.run("document.querySelector('.overview-line').focus()");
    one.write("Back at nine");
    press(&one, "Announce");
    other.wait("document.querySelector('.overview-line').value === 'Back at nine'");
    one.wait("/On everybody/.test(content.textContent)");
    press(&one, "Take down");
    other.wait("document.querySelector('.overview-line').value === ''");
}

#[test]
fn rooms_are_governed_and_removed() {
    let Some(browser) = browser() else { return };
    let program = Program::start("admin-rooms");
    let bob = Window::open(&browser, &program.url());
    bob.arrive("bob");
    bob.say("/join tea");
    bob.wait("location.hash === '#tea'");
    let page = let_in(&browser, &program);
    open(&page, "rooms", "tea");
    page.run(
        "document.querySelector('.sheet input').select(); document.querySelector('.sheet input').focus()",
    );
    page.write("green and black");
    page.press("Enter");
    page.wait("/green and black/.test(content.textContent)");
    page.run("const slow = document.querySelector('.sheet select'); slow.value = '30'; slow.dispatchEvent(new Event('change'))");
    page.wait("/slow: 30/.test(document.querySelector('.sheet-name').textContent)");
    press(&page, "Remove the room …");
    page.wait("/cannot be brought back/.test([...document.querySelectorAll('dialog')].at(-1).textContent)");
    press(&page, "Remove");
    closed(&page, 0);
    page.wait("!/tea/.test(content.textContent)");
    bob.wait("location.hash !== '#tea'");
}

#[test]
fn a_link_is_made_shown_once_and_revoked() {
    let Some(browser) = browser() else { return };
    let program = Program::start("admin-invites");
    let page = let_in(&browser, &program);
    go(&page, "invites");
    press(&page, "Make a link");
    page.wait("/#invite=[\\w-]{22}$/.test(document.querySelector('.forms-code')?.textContent)");
    page.wait("/works/.test(document.querySelector('.parts-line')?.textContent)");
    assert_eq!(page.run("/invite=/.test(document.querySelector('.parts-line').textContent)"), false);
    press(&page, "Revoke");
    page.wait("/lets nobody in any more/.test(document.querySelector('dialog')?.textContent)");
    page.click("dialog .danger");
    closed(&page, 0);
    page.wait("/revoked/.test(document.querySelector('.parts-line')?.textContent)");
}

#[test]
fn somebody_is_banned_with_what_they_said_and_their_windows_close() {
    let Some(browser) = browser() else { return };
    let program = Program::start("admin-ban");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    bob.say("buy cheap watches");
    alice.wait_for_message("buy cheap watches");
    let page = let_in(&browser, &program);
    open(&page, "people", "bob");
    press(&page, "Ban …");
    page.wait("document.querySelectorAll('dialog').length === 2");
    page.run(
        "const erase = [...document.querySelectorAll('dialog')].at(-1).querySelectorAll('select')[2];
        erase.value = 'ever'; erase.dispatchEvent(new Event('change'))",
    );
    page.wait("/cannot be brought back/.test([...document.querySelectorAll('dialog')].at(-1).textContent)");
    press(&page, "Ban");
    closed(&page, 1);
    page.wait("/Banned everywhere/.test(document.querySelector('.sheet').textContent)");
    alice.wait("!/buy cheap watches/.test(rows.textContent)");
    bob.wait("document.body.dataset.state !== 'online'");
    bob.forgive_lost_connections();
}
