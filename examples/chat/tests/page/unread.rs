//! What is new: a room opens there, ways lead there, and only what was seen counts as read.

use crate::view::fill;
use crate::{Program, Window, browser};

const LINE: &str =
    "rows.querySelector('.message-new')?.getBoundingClientRect().top - log.getBoundingClientRect().top";

#[test]
fn a_room_opens_at_what_is_new_and_what_was_seen_is_read() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-unread");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    fill(&bob, 4, "old");
    alice.wait("rows.querySelectorAll('article').length === 32 && document.title === 'lobby · pollcat'");
    alice.go("about:blank");
    // More than the server sends by itself.
    fill(&bob, 10, "new");
    alice.go(&program.url());
    alice.wait(&format!("document.querySelector('#rows .message-new') && {LINE} >= 0 && {LINE} < 200"));
    alice.wait("latest.textContent.endsWith(' new') && !latest.hidden");
    assert_eq!(alice.run("document.getElementById('new').hidden"), true, "one is there");
    let left = |window: &Window| window.run("Number(/\\((\\d+)\\)/.exec(document.title)?.[1] ?? 0)").as_u64();
    alice.wait("/^\\([567]\\d\\) lobby/.test(document.title)");
    let at_first = left(&alice).expect("a number");
    // A screen further there is less, and the server knows it as well.
    alice.run("log.scrollTop += 900");
    alice.wait(&format!("Number(/\\((\\d+)\\)/.exec(document.title)?.[1]) < {at_first} - 10"));
    let read = left(&alice).expect("a number");
    alice.run("new Promise((done) => setTimeout(done, 2000))"); // what was read is told every 300 ms
    alice.reload();
    alice.wait(&format!("document.querySelector('#rows .message-new') && {LINE} >= 0 && Number(/\\((\\d+)\\)/.exec(document.title)?.[1]) <= {read}"));
    alice.click("#latest");
    alice.wait("latest.hidden && document.title === 'lobby · pollcat'");
}

#[test]
fn who_looks_elsewhere_finds_a_way_back_to_what_is_new() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-away");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    fill(&bob, 4, "old");
    alice.wait("rows.querySelectorAll('article').length === 32 && document.title === 'lobby · pollcat'");
    // The window is seen, and the focus is elsewhere.
    alice.run("document.hasFocus = () => false; dispatchEvent(new Event('blur'))");
    fill(&bob, 6, "new");
    alice.wait("document.title === '(48) lobby · pollcat'");
    alice.wait("!document.getElementById('new').hidden && /^↑ 48 new since \\d/.test(document.getElementById('new').textContent)");
    alice.run("delete document.hasFocus; dispatchEvent(new Event('focus'))");
    alice.wait("document.title === 'lobby · pollcat'");
    alice.click("#new");
    alice.wait(&format!("document.getElementById('new').hidden && {LINE} >= 0 && {LINE} < 200"));
    alice.click("#latest");
    alice.wait("latest.hidden && document.getElementById('new').hidden");
    // While nobody sees the page, the first new message does not leave it.
    alice.run("Object.defineProperty(document, 'hidden', { value: true, configurable: true }); dispatchEvent(new Event('visibilitychange'))");
    fill(&bob, 6, "newer");
    alice.wait("document.title === '(48) lobby · pollcat'");
    alice.run("delete document.hidden; dispatchEvent(new Event('visibilitychange'))");
    alice.wait(&format!("{LINE} >= 0 && {LINE} < 200 && !latest.hidden"));
    alice.wait("rows.querySelectorAll('.message-new').length === 1");
}

#[test]
fn who_passes_by_has_not_read() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-passing");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    for room in ["milk", "tea"] {
        for window in [&alice, &bob] {
            window.say(&format!("/join {room}"));
            window.wait(&format!("location.hash === '#{room}'"));
        }
        alice.run("location.hash = '#lobby'");
        alice.wait("document.title === 'lobby · pollcat' || document.title === '(1) lobby · pollcat'");
        bob.say("news");
        bob.wait_for_message("news");
    }
    alice.wait("document.title === '(2) lobby · pollcat'");
    // However slow the machine is, no time goes by.
    alice.run(
        "(async () => {
            const now = performance.now()
            performance.now = () => now
            for (const room of ['milk', 'tea', 'lobby']) {
                location.hash = `#${room}`
                while (!document.title.includes(`${room} ·`)) await new Promise(requestAnimationFrame)
                await new Promise(requestAnimationFrame)
            }
            delete performance.now
        })()",
    );
    assert_eq!(alice.run("document.title"), "(2) lobby · pollcat");
    alice.run("location.hash = '#tea'");
    alice.wait("document.title === '(1) tea · pollcat'");
}

#[test]
fn another_day_is_another_today() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-midnight");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    bob.say("before midnight");
    alice.wait_for_message("before midnight");
    let lines = "[...rows.querySelectorAll('.message-line:not(.message-new)')].map((line) => line.textContent).join()";
    assert_eq!(alice.run(lines), "Today");
    alice.run(
        "{
        const Real = Date
        // It begins at noon: a day later is the next day, though that be an hour shorter.
        globalThis.noon = new Date().setHours(12, 0, 0, 0) - Date.now()
        globalThis.shift = noon
        globalThis.Date = class extends Real {
            constructor(...of) { of.length > 0 ? super(...of) : super(Date.now()) }
            static now() { return Real.now() + shift }
        }
    }",
    );
    // A day later; then the clock is set back.
    for (days, day) in [(1, "Yesterday"), (0, "Today"), (2, "")] {
        alice.run(&format!("shift = noon + {days} * 86400000; dispatchEvent(new Event('focus'))"));
        alice
            .wait(&format!("{lines} !== '' && ('{day}' === '' ? /\\d/.test({lines}) : {lines} === '{day}')"));
    }
    assert!(alice.run("rows.querySelector('time').title").as_str().is_some_and(|title| title.contains("20")));
}
