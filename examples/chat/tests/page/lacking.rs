//! A browser that lacks something, forbids it or refuses it: the page goes on, and says what is lost.

use serde_json::json;

use crate::{Program, Window, browser};

/// What is missing or throws, before the page's scripts run.
const LACKING: [(&str, &str); 11] = [
    ("no storage at all", "for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError') } })"),
    ("a storage that is full", "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"),
    ("no locks", "Object.defineProperty(Navigator.prototype, 'locks', { value: undefined })"),
    ("locks that throw", "LockManager.prototype.request = () => { throw new DOMException('no', 'SecurityError') }"),
    ("locks that are refused", "LockManager.prototype.request = () => Promise.reject(new DOMException('no', 'SecurityError'))"),
    ("notices that throw", "{ localStorage.setItem('pollcat:notices', 'true'); Document.prototype.hasFocus = () => false
        window.Notification = class { static permission = 'granted'; constructor() { throw new TypeError('Illegal constructor') } } }"),
    ("no notices", "localStorage.setItem('pollcat:notices', 'true'); delete window.Notification"),
    ("no sound", "localStorage.setItem('pollcat:sound', 'true'); delete window.AudioContext"),
    ("sound that throws", "localStorage.setItem('pollcat:sound', 'true'); window.AudioContext = class { constructor() { throw new Error('too many') } }"),
    ("no random numbers", "Crypto.prototype.getRandomValues = undefined; Crypto.prototype.randomUUID = undefined"),
    ("an address that cannot be changed, and media that cannot be asked for",
        "History.prototype.pushState = () => { throw new DOMException('too often', 'SecurityError') }; window.matchMedia = undefined; CSS.supports = undefined"),
];

#[test]
fn whatever_a_browser_lacks_one_comes_in_and_speaks_and_is_heard() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-lacking");
    let bob = Window::open(&browser, &program.url());
    bob.arrive("bob");
    for (number, (lack, script)) in LACKING.iter().enumerate() {
        let alice = Window::open(&browser, &program.url());
        alice.prepare_with(script);
        alice.reload();
        alice.arrive(&format!("alice-{number}"));
        alice.say(lack);
        bob.wait_for_message(lack);
        bob.say(&format!("@alice-{number} yes, {lack}"));
        alice.wait_for_message(&format!("@alice-{number} yes, {lack}"));
        alice.say(&format!("/join room-{number}"));
        alice.wait(&format!("document.querySelector('#room-title').textContent === '#room-{number}'"));
        if lack.contains("storage") {
            alice.wait(
                "document.querySelector('#warning').textContent.startsWith('This browser keeps nothing')",
            );
            // The connection breaks: one is still oneself.
            alice.run("pollcat.state.connection.resume()");
            alice.wait("document.body.dataset.state !== 'online'");
            alice.wait_online();
            assert_eq!(
                alice.run("document.querySelector('#my-name').textContent"),
                format!("alice-{number}")
            );
        }
    }
}

#[test]
fn a_page_that_cannot_start_says_so() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-old");
    let old = Window::open(&browser, &program.url());
    // As in a browser that knows no modules of today.
    old.prepare_with(
        "document.addEventListener('DOMContentLoaded', () => {}); document.getElementById = undefined",
    );
    old.expect_complaints("is not a function");
    old.run("globalThis.before = true; location.reload()");
    old.wait(
        "!globalThis.before && document.querySelector('[role=alert].plain')?.textContent.includes('too old')",
    );
}

#[test]
fn dialogs_have_a_ground_without_light_dark() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-colours");
    let alice = Window::open(&browser, &program.url());
    alice.arrive("alice");
    // The style as a browser reads it that does not know the function.
    alice.run(
        "void (document.adoptedStyleSheets = Array.from(document.querySelectorAll('style'), (style) => {
            const sheet = new CSSStyleSheet()
            sheet.replaceSync(style.textContent.replaceAll('light-dark(', 'no-such-function('))
            style.disabled = true
            return sheet
        }))",
    );
    alice.click("#places [data-act=settings]");
    alice.wait("document.querySelector('dialog')");
    let grounds = alice.run(
        "['dialog', '.frame-middle', '.frame-side', '.composer-field', 'body'].map((one) => getComputedStyle(document.querySelector(one)).backgroundColor)",
    );
    assert_eq!(grounds[0], "rgb(253, 251, 247)");
    assert!(!grounds.as_array().unwrap()[..4].contains(&json!("rgba(0, 0, 0, 0)")), "{grounds}");
}
