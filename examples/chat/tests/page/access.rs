//! For everyone: by keyboard alone, and nothing serious for axe-core, in light and in dark.

use std::path::{Path, PathBuf};
use std::{env, fs};

use headless_chrome::browser::tab::ModifierKey;
use serde_json::Value;

use crate::avatars::choose;
use crate::talk::drop_file;
use crate::{Program, RED, Window, browser};

/// Where `.ci/run` puts it; `AXE_CORE` names another place.
pub(crate) fn axe() -> Option<String> {
    let there = env::var_os("AXE_CORE").map(PathBuf::from);
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../target/axe-core/package/axe.min.js");
    let source = fs::read_to_string(there.unwrap_or(here)).ok();
    if source.is_none() {
        pollcat_testing::scratch::cannot_run(
            "the page's accessibility, for axe-core is not there (AXE_CORE names its axe.min.js)",
        );
    }
    source
}

/// Asks axe-core about the page as it is, in light and in dark.
#[track_caller]
pub(crate) fn check(window: &Window, axe: &str, state: &str) {
    window.run(&format!("globalThis.axe ? 0 : (() => {{ {axe} }})(), 0"));
    for scheme in ["light", "dark"] {
        window.prefer("prefers-color-scheme", scheme);
        let found = window.run(
            "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations
                .filter(({ impact }) => impact === 'serious' || impact === 'critical')
                .map(({ id, nodes }) => [id, nodes.map((node) => `${node.target} ${node.failureSummary}`)]))",
        );
        assert_eq!(found, Value::Array(Vec::new()), "{state}, {scheme}");
    }
    window.prefer("prefers-color-scheme", "light");
}

#[test]
fn axe_core_finds_nothing_serious_in_any_state() {
    let (Some(browser), Some(axe)) = (browser(), axe()) else { return };
    let mut program = Program::start("page-axe");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    check(&alice, &axe, "first visit");
    alice.click("#arrival-way");
    check(&alice, &axe, "somebody with a code");
    alice.click("#arrival-way");
    alice.write("a name | that cannot be had");
    alice.press("Enter");
    alice.wait("document.querySelector('#arrival-error').textContent !== ''");
    check(&alice, &axe, "a name that was refused");
    alice.run("document.querySelector('#arrival-name').select()");
    alice.arrive("alice");
    check(&alice, &axe, "an empty room");
    bob.arrive("bob");
    alice.wait("document.querySelectorAll('#member-list li').length === 2");
    for text in ["**bold** and `code` and https://example.com/", "> quoted\n@bob", "```\ncode\n```"] {
        bob.say(text);
    }
    bob.say("@alice");
    alice.wait("rows.querySelectorAll('article').length === 4");
    check(&alice, &axe, "a lively room");
    alice.run(&drop_file("red.png", "image/png", RED));
    alice.wait("attached.querySelector('img')");
    check(&alice, &axe, "a picture that waits");
    alice.say("look");
    alice.wait("rows.querySelector('.picture img')?.naturalWidth === 1");
    alice.write("@");
    alice.wait("!choices.hidden");
    check(&alice, &axe, "suggestions");
    alice.press("Escape");
    alice.run(
        "say.value = ''; say.dispatchEvent(new Event('input')); document.querySelector('.picture').click()",
    );
    alice.wait("document.querySelector('.lightbox')");
    check(&alice, &axe, "an enlarged picture");
    alice.press("Escape");
    for dialog in ["settings", "search", "browse", "help"] {
        alice.click(&format!("#places [data-act={dialog}]"));
        alice.wait("document.querySelector('dialog')");
        check(&alice, &axe, dialog);
        alice.press("Escape");
        alice.wait("!document.querySelector('dialog')");
    }
    for (label, there) in [
        ("Show my devices", ".devices-entry"),
        ("Use another device", ".devices-left:not(:empty)"),
        ("Save all I said", "dialog [role=status]:not(:empty)"),
        ("Erase me …", ".mywords-choice"),
    ] {
        alice.click("#places [data-act=settings]");
        alice.wait("document.querySelector('dialog .settings-picture')");
        alice.run(&format!(
            "[...document.querySelectorAll('dialog button')].find((one) => one.textContent === '{label}').click()"
        ));
        alice.wait(&format!("document.querySelector('{there}')"));
        check(&alice, &axe, label);
        alice.run("for (const dialog of document.querySelectorAll('dialog')) dialog.close()");
        alice.wait("!document.querySelector('dialog')");
    }
    choose(&alice, 600, 200);
    check(&alice, &axe, "cutting a picture");
    alice.run("for (const dialog of document.querySelectorAll('dialog')) dialog.close()");
    alice.wait("!document.querySelector('dialog')");
    alice.press_with(ModifierKey::Ctrl, "k");
    alice.wait("document.querySelector('dialog .list-place')");
    check(&alice, &axe, "going to a room");
    alice.press("Escape");
    alice.wait("!document.querySelector('dialog')");
    alice.click("[data-act=emoji]");
    check(&alice, &axe, "emoji");
    alice.press("Escape");
    alice.click("#member-list button");
    alice.wait("document.querySelector('#room-title')?.textContent === 'bob'");
    check(&alice, &axe, "a private talk");
    alice.resize(360, 740);
    check(&alice, &axe, "a phone");
    alice.click("[data-act=places]");
    alice.wait("app.dataset.drawer === 'places'");
    check(&alice, &axe, "the rooms on a phone");
    alice.press("Escape");
    alice.resize(1280, 800);
    program.kill();
    alice.wait("banner.textContent !== ''");
    alice.say("in the dark");
    alice.wait("unsent.children.length === 1");
    check(&alice, &axe, "no connection");
    alice.forgive_lost_connections();
    bob.forgive_lost_connections();
}

#[test]
fn a_private_picture_can_be_sent_by_keyboard_alone() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-keys");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    bob.arrive("bob");
    // One name, one key; then everything is done from where the focus is.
    alice.arrive("alice");
    alice.wait(
        "document.activeElement.id === 'say' && document.querySelectorAll('#member-list li').length === 2",
    );
    tab_to(&alice, "document.activeElement.matches('#member-list button')");
    alice.press("Enter");
    alice.wait(
        "document.querySelector('#room-title')?.textContent === 'bob' && document.activeElement.id === 'say'",
    );
    // The button for pictures opens the system's own dialog, which no page can walk; paste needs no pointer either.
    alice.press_with(ModifierKey::Shift, "Tab");
    assert_eq!(alice.run("document.activeElement.dataset.act"), "picture");
    alice.press("Tab");
    alice.run(&drop_file("red.png", "image/png", RED).replace(
        "DragEvent('drop', { dataTransfer,",
        "ClipboardEvent('paste', { clipboardData: dataTransfer,",
    ));
    alice.wait("attached.querySelector('img') && document.activeElement.id === 'say'");
    alice.write("for you");
    alice.press("Enter");
    bob.wait("document.querySelector('#talk-list .places-badge')");
    tab_to(&bob, "document.activeElement.matches('#talk-list a')");
    bob.press("Enter");
    bob.wait_for_message("for you");
    // From message to message, and to the picture in it.
    bob.run("log.focus()");
    bob.press("ArrowUp");
    bob.press("Tab");
    bob.press("Tab");
    assert_eq!(bob.run("document.activeElement.className"), "picture");
    bob.press("Enter");
    bob.wait("document.querySelector('.lightbox')");
    bob.press("Escape");
    bob.wait("!document.querySelector('.lightbox') && document.activeElement.className === 'picture'");
}

/// Presses Tab until it is true; every stop on the way can be seen.
#[track_caller]
fn tab_to(window: &Window, there: &str) {
    for _ in 0..60 {
        window.press("Tab");
        let visible = "document.activeElement === document.body || getComputedStyle(document.activeElement).outlineStyle !== 'none'
            || document.activeElement.matches('#say, .segments input')";
        assert_eq!(window.run(visible), true, "{}", window.run("document.activeElement.outerHTML"));
        if window.run(there) == true {
            return;
        }
    }
    panic!("Tab never comes to {there}");
}
