//! The admin page: who is let in and who is not, in which language and on which screen, by keyboard, for everyone.

use headless_chrome::browser::tab::ModifierKey;
use serde_json::Value;

use crate::access::{axe, check};
use crate::governed::make_owner;
use crate::{Program, Window, browser};

pub(crate) const SECTIONS: [&str; 11] = [
    "overview", "people", "rooms", "reports", "words", "invites", "bots", "targets", "acts", "settings",
    "admins",
];

/// A window of whoever runs the chat.
pub(crate) fn let_in(browser: &headless_chrome::Browser, program: &Program) -> Window {
    let window = Window::open(browser, &program.admin_link());
    wait_in(&window);
    window
}

fn wait_in(window: &Window) {
    window.wait("document.body.dataset.state === 'online' && !app.hidden");
}

/// Another part of the page, as far as it is there.
pub(crate) fn go(window: &Window, section: &str) {
    window.run(&format!("document.querySelector('[data-section={section}]').click()"));
    window.wait(&format!(
        "location.hash === '#{section}' && document.querySelector('[data-section={section}]').ariaCurrent === 'page'
            && !(pollcat.state.lists['{section}']?.state === 'loading')
            && document.querySelector('#content').firstChild && !/Loading|加载/.test(content.innerText)"
    ));
}

#[test]
fn a_link_lets_in_once_and_the_window_stays_in_until_it_logs_out() {
    let Some(browser) = browser() else { return };
    let program = Program::start("admin-link");
    let link = program.admin_link();
    let page = Window::open(&browser, &link);
    wait_in(&page);
    // The key is not in the address, nor in the history of the window, nor kept.
    let key = link.split_once('#').expect("it has a key").1;
    assert_eq!(page.run("location.href"), Value::from(format!("{}admin", program.url())));
    assert_eq!(page.run(&format!("JSON.stringify([localStorage, sessionStorage]).includes('{key}')")), false);
    page.wait("document.querySelector('.overview-value').textContent !== '–'");
    assert_eq!(page.run("document.querySelector('#me-name').textContent"), "Operator");
    page.reload();
    wait_in(&page);
    // Somebody else who has seen the link is told how one comes by another.
    let late = Window::open(&browser, &link);
    late.expect_complaints("WebSocket");
    late.wait("!gate.hidden && /used already/.test(gate.textContent)");
    assert_eq!(late.run("document.querySelector('#gate-box code').textContent"), "chat --admin-link");
    // Another link, opened in a window that stands at the gate.
    late.run(&format!("location.href = '{}'", program.admin_link()));
    wait_in(&late);
    page.click("[data-act=logout]");
    page.wait("document.querySelector('dialog .primary')");
    page.click("dialog .primary");
    page.wait("!gate.hidden && /logged out/.test(gate.textContent)");
    page.reload();
    page.wait("!gate.hidden && app.hidden");
    assert_eq!(page.run("sessionStorage.length"), 0);
}

#[test]
fn while_nobody_owns_the_chat_the_page_says_how_somebody_comes_to() {
    let Some(browser) = browser() else { return };
    let program = Program::start("admin-first-owner");
    let page = let_in(&browser, &program);
    let hint = "document.querySelector('.overview-first')";
    page.wait(&format!(
        "{hint}.hidden === false && {hint}.textContent.includes('Nobody owns this chat yet')"
    ));
    let alice = Window::open(&browser, &program.url());
    alice.arrive("alice");
    make_owner(&program, &alice, "alice");
    page.wait(&format!("{hint}.hidden"));
}

#[test]
fn a_session_that_another_ends_is_over_at_once() {
    let Some(browser) = browser() else { return };
    let program = Program::start("admin-ended");
    let (one, other) = (let_in(&browser, &program), let_in(&browser, &program));
    go(&one, "admins");
    one.wait("document.querySelectorAll('.parts-line').length === 2");
    one.run("[...document.querySelectorAll('.parts-line')].find((line) => !/this one/.test(line.textContent)).querySelector('button').click()");
    one.wait("/needs a new link/.test(document.querySelector('dialog')?.textContent)");
    one.click("dialog .danger");
    other.wait("!gate.hidden && /Your session is over/.test(gate.textContent)");
    one.wait("document.querySelectorAll('.parts-line').length === 1 && !document.querySelector('dialog')");
}

#[test]
fn what_is_lost_comes_back_by_itself() {
    let Some(browser) = browser() else { return };
    let mut program = Program::start("admin-lost");
    let page = let_in(&browser, &program);
    go(&page, "rooms");
    page.wait("/lobby/.test(content.textContent)");
    program.kill();
    page.wait("/No connection/.test(banner.textContent)");
    program.start_again();
    page.run("document.querySelector('#banner button')?.click()");
    page.wait("document.body.dataset.state === 'online' && banner.textContent === ''");
    page.wait("/lobby/.test(content.textContent)");
    page.forgive_lost_connections();
}

#[test]
fn it_speaks_two_languages_and_looks_as_the_chat_does() {
    let Some(browser) = browser() else { return };
    let program = Program::start("admin-words");
    let page = Window::open_in(&browser, &program.admin_link(), "zh-CN");
    wait_in(&page);
    page.wait("title.textContent === '概览'");
    for section in SECTIONS {
        go(&page, section);
        // Nothing is said in English, but for names, numbers, and what is to be typed.
        let said = "const words = content.cloneNode(true);
            for (const one of words.querySelectorAll('code, .parts-value, bdi, q')) one.remove();
            const texts = document.createTreeWalker(words, NodeFilter.SHOW_TEXT), all = [];
            while (texts.nextNode()) all.push(texts.currentNode.data);
            return all.join(' ')";
        let text = page.run(&format!("(() => {{ {said} }})()"));
        let text = text.as_str().expect("text");
        let english: Vec<_> =
            text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| word.len() > 3).collect();
        // Names of software, and words that programs say.
        let known = "Linux Chrome Firefox ntfy Bark Gotify WeCom DingTalk Feishu Slack Mattermost Discord Webhook webhook hook
            token";
        let known: Vec<&str> = known.split_whitespace().collect();
        assert!(english.iter().all(|word| known.contains(word)), "{section}: {english:?}");
    }
    page.click("[data-act=language]");
    page.wait("title.textContent === 'Sessions' && document.documentElement.lang === 'en'");
    page.click("[data-act=theme]");
    page.wait("document.documentElement.dataset.theme === 'light'");
    page.click("[data-act=theme]");
    page.wait("getComputedStyle(document.documentElement).colorScheme === 'dark'");
    // The chat's page in this browser is the same.
    page.go(&program.url());
    assert_eq!(page.run("document.documentElement.lang + document.documentElement.dataset.theme"), "endark");
}

#[test]
fn nothing_has_to_be_scrolled_sideways() {
    let Some(browser) = browser() else { return };
    let program = Program::start("admin-widths");
    let bob = Window::open(&browser, &program.url());
    bob.arrive(&"W".repeat(24));
    bob.say(&format!("/join {}", "长".repeat(32)));
    bob.wait("location.hash !== ''");
    let page = let_in(&browser, &program);
    for (width, height) in [(320, 568), (390, 844), (735, 600), (768, 1024), (1280, 800), (2560, 1440)] {
        page.resize(width, height);
        for section in SECTIONS {
            go(&page, section);
            page.wait(&format!(
                "innerWidth === {width} && document.documentElement.scrollWidth <= {width}
                    && middle.scrollWidth <= middle.clientWidth && title.getBoundingClientRect().right <= {width}"
            ));
        }
    }
}

#[test]
fn every_part_can_be_reached_by_keys() {
    let Some(browser) = browser() else { return };
    let program = Program::start("admin-keys");
    let bob = Window::open(&browser, &program.url());
    bob.arrive("bob");
    let page = let_in(&browser, &program);
    tab_to(&page, "document.activeElement.dataset.section === 'people'");
    page.press("Enter");
    page.wait("document.querySelector('.parts-row')");
    // The search has its key, and finds.
    page.press("/");
    assert_eq!(page.run("document.activeElement.type"), "search");
    page.write("nobody at all");
    page.wait("/Nobody is called like that/.test(content.textContent)");
    page.press("Escape");
    page.wait("document.querySelector('.parts-row') && document.activeElement.value === ''");
    tab_to(&page, "document.activeElement.matches('.parts-row')");
    page.press("Enter");
    page.wait("document.querySelector('dialog.sheet .sheet-ways button')");
    tab_to(&page, "/^Mute/.test(document.activeElement.textContent)");
    page.press("Enter");
    page.wait("document.querySelectorAll('dialog').length === 2");
    // Escape closes what is on top, and the focus is where it was.
    page.press("Escape");
    page.wait("document.querySelectorAll('dialog').length === 1 && /^Mute/.test(document.activeElement.textContent)");
    page.press("Escape");
    page.wait("!document.querySelector('dialog') && document.activeElement.matches('.parts-row')");
    page.press_with(ModifierKey::Shift, "Tab");
    assert_eq!(page.run("document.activeElement.type"), "search");
}

/// Presses Tab until it is true; every stop on the way can be seen.
#[track_caller]
fn tab_to(window: &Window, there: &str) {
    for _ in 0..40 {
        window.press("Tab");
        let visible = "document.activeElement === document.body
            || getComputedStyle(document.activeElement).outlineStyle !== 'none'
            || document.activeElement.matches('.forms-segment input')";
        assert_eq!(window.run(visible), true, "{}", window.run("document.activeElement.outerHTML"));
        if window.run(there) == true {
            return;
        }
    }
    panic!("Tab never comes to {there}");
}

#[test]
fn axe_core_finds_nothing_serious_on_the_admin_page() {
    let (Some(browser), Some(axe)) = (browser(), axe()) else { return };
    let program = Program::start("admin-axe");
    let bob = Window::open(&browser, &program.url());
    bob.arrive("bob");
    bob.say("/join tea");
    bob.wait("location.hash === '#tea'");
    let stranger = Window::open(&browser, &format!("{}admin", program.url()));
    stranger.wait("!gate.hidden");
    check(&stranger, &axe, "the gate");
    let page = let_in(&browser, &program);
    page.wait("document.querySelector('.overview-value').textContent !== '–'");
    for (width, height) in [(1280, 800), (390, 844)] {
        page.resize(width, height);
        for section in SECTIONS {
            go(&page, section);
            check(&page, &axe, section);
        }
        for (section, row) in [("people", "bob"), ("rooms", "tea")] {
            go(&page, section);
            page.run(&format!("[...document.querySelectorAll('.parts-row')].find((row) => /{row}/.test(row.textContent)).click()"));
            page.wait("document.querySelector('.sheet-part')");
            check(&page, &axe, row);
            page.run("document.querySelector('.sheet-body .danger').click()");
            page.wait("document.querySelectorAll('dialog').length === 2");
            check(&page, &axe, "a question");
            page.press("Escape");
            page.press("Escape");
            page.wait("!document.querySelector('dialog')");
        }
    }
    page.click(".shell-more button");
    page.wait("document.querySelector('dialog')");
    check(&page, &axe, "the other parts on a phone");
}
