//! From a small phone to a wide screen: nothing has to be scrolled sideways.

use crate::{Program, Window, browser};

#[test]
fn no_width_needs_a_horizontal_scroll() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-layouts");
    let alice = Window::open(&browser, &program.url());
    let sizes = [(320, 568), (360, 740), (735, 600), (768, 1024), (1024, 768), (1280, 800), (2560, 1440)];
    let fits = "document.documentElement.scrollWidth <= innerWidth && log.scrollWidth <= log.clientWidth
        && [...document.querySelectorAll('#say, #room-title')].every((one) => {
            const { left, right } = one.getBoundingClientRect()
            return left >= 0 && right <= innerWidth
        })";
    for (width, height) in sizes {
        alice.resize(width, height);
        alice.wait("innerWidth > 0 && document.documentElement.scrollWidth <= innerWidth");
    }
    alice.arrive(&"W".repeat(24));
    alice.say(&"Donaudampfschifffahrt".repeat(40));
    alice.say(&format!("https://example.com/{}", "a".repeat(500)));
    alice.say(&format!("```\n{}\n```", "code ".repeat(100)));
    alice.say("مرحبا بالجميع، كيف الحال اليوم؟");
    alice.say(&format!("/join {}", "长".repeat(32)));
    alice.wait("location.hash !== ''");
    alice.say("hello");
    for (width, height) in sizes {
        alice.resize(width, height);
        alice.run("document.querySelector('#room-list a').click()");
        alice.wait(&format!(
            "innerWidth === {width} && rows.querySelectorAll('article').length > 3 && {fits}"
        ));
        for drawer in ["places", "members"] {
            alice.run(&format!("document.querySelector('[data-act={drawer}]').click()"));
            alice.wait(fits);
            alice.press("Escape");
            alice.wait("app.dataset.drawer === ''");
        }
    }
}

#[test]
fn a_dialog_that_is_too_high_keeps_its_title_and_scrolls_inside() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-dialogs");
    let alice = Window::open(&browser, &program.url());
    alice.arrive("alice");
    alice.resize(360, 420);
    for command in ["help", "settings"] {
        alice.run(&format!("document.querySelector('[data-act={command}]').click()"));
        alice.wait("document.querySelector('dialog .dialog-body')");
        let fits = "(({ top, bottom }) => top >= 0 && bottom <= innerHeight)(document.querySelector('dialog').getBoundingClientRect())";
        alice.wait(&format!("innerHeight === 420 && {fits}"));
        let title = "document.querySelector('dialog .frame-bar').getBoundingClientRect().top";
        let before = alice.run(title);
        // To its end, which is in view then; the title is where it was, and the way out with it.
        alice.run("document.querySelector('dialog .dialog-body').scrollTop = 99999");
        assert_eq!(
            alice.run("document.querySelector('dialog .dialog-body').scrollTop > 0"),
            true,
            "{command}"
        );
        assert_eq!(alice.run("document.querySelector('dialog').scrollHeight <= document.querySelector('dialog').clientHeight"), true);
        assert_eq!(alice.run("document.querySelector('dialog .dialog-body').lastElementChild.getBoundingClientRect().bottom < document.querySelector('dialog').getBoundingClientRect().bottom"), true);
        assert_eq!(alice.run(title), before);
        alice.click("dialog .frame-bar .icon");
        alice.wait("!document.querySelector('dialog')");
    }
}
