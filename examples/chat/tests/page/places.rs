//! Rooms and talks: finding them, going to them, leaving them; by keyboard, without colours, with a thumb.

use headless_chrome::browser::tab::ModifierKey;
use serde_json::json;

use crate::{Program, Window, browser};

const TITLE: &str = "document.querySelector('#room-title').textContent";

#[test]
fn rooms_are_found_and_gone_to_without_a_pointer() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-places");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    // A new room, from the dialog: then one can write.
    alice.click("#places .places-more");
    alice.wait("document.querySelector('dialog input')");
    alice.write("tea");
    alice.wait("document.querySelector('dialog .list-place')?.textContent.includes('tea')");
    alice.press("Enter");
    alice.wait(&format!(
        "{TITLE} === '#tea' && !document.querySelector('dialog') && document.activeElement.id === 'say'"
    ));
    // Somebody in the lobby finds it.
    bob.click("#places .places-more");
    bob.wait(
        "[...document.querySelectorAll('dialog .list-place')].some((one) => one.textContent.includes('tea'))",
    );
    bob.press("Escape");
    bob.say("/msg alice psst");
    alice.wait("document.querySelector('#talk-list a')");
    // By a few letters, and to the next in the list.
    alice.press_with(ModifierKey::Ctrl, "k");
    alice.wait("document.querySelector('dialog input')");
    alice.write("bo");
    alice.press("Enter");
    alice.wait(&format!("{TITLE} === 'bob' && document.activeElement.id === 'say'"));
    for title in ["#tea", "#lobby", "bob"] {
        alice.press_with(ModifierKey::Alt, "ArrowUp");
        alice.wait(&format!("{TITLE} === '{title}'"));
    }
    alice.press_with(ModifierKey::Alt, "ArrowDown");
    alice.wait(&format!("{TITLE} === '#lobby'"));
    // What is typed and not sent has a mark where it waits.
    alice.write("half a thought");
    alice.press_with(ModifierKey::Alt, "ArrowDown");
    alice.wait("document.querySelector('#room-list li').textContent.includes('Draft')");
}

#[test]
fn mentions_and_other_words_are_counted_apart_and_closing_asks() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-badges");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    alice.say("/join tea");
    alice.wait(&format!("{TITLE} === '#tea'"));
    for text in ["one", "@alice two", "three"] {
        bob.say(text);
    }
    alice.wait(
        "[...document.querySelectorAll('#room-list .places-badge')].map((one) => one.title).join() === '1 for you,3 unread'",
    );
    alice.click("#leave");
    alice.wait("document.querySelector('dialog')?.textContent.includes('Leave #tea?')");
    assert_eq!(alice.run("document.querySelector('#leave').title"), "Leave #tea");
    alice.press("Escape");
    // A toast can be sent away, and does not lie over what is said.
    let toast = "document.querySelector('.toasts-line')";
    alice.wait(toast);
    assert_eq!(
        alice.run(&format!("{toast}.getBoundingClientRect().top < log.getBoundingClientRect().top")),
        true
    );
    alice.click(".toasts-line .icon");
    alice.wait(&format!("!{toast}"));
}

#[test]
fn what_is_deleted_by_keyboard_leaves_the_focus_near() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-delete");
    let alice = Window::open(&browser, &program.url());
    alice.arrive("alice");
    for text in ["one", "two", "three"] {
        alice.say(text);
        alice.wait_for_message(text);
    }
    alice.run("log.focus()");
    for key in ["ArrowUp", "ArrowUp", "Tab", "Tab"] {
        alice.press(key);
        if alice.run("document.activeElement.matches('.message-more')") == true {
            break;
        }
    }
    assert_eq!(alice.run("document.activeElement.matches('.message-more')"), true);
    alice.press("Enter");
    alice.wait("document.activeElement.matches('.menu button')");
    alice.press("End");
    alice.press("Enter");
    alice.wait("document.querySelector('dialog:not(.menu) .danger')");
    alice.press("Tab");
    alice.press("Enter");
    alice.wait("rows.querySelector('.message-gone')");
    alice
        .wait("document.activeElement.querySelector?.('.message-gone') || document.activeElement.matches('article')");
}

#[test]
fn without_colours_and_with_a_thumb() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-forms");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    alice.say("/join tea");
    alice.wait(&format!("{TITLE} === '#tea'"));
    bob.say("unread");
    alice.wait("document.querySelector('#room-list .places-badge')");
    alice.prefer("forced-colors", "active");
    let looks = alice.run(
        "(() => {
            const style = (selector, pseudo) => getComputedStyle(document.querySelector(selector), pseudo)
            return [style('#room-list [aria-current]').borderInlineStartWidth, style('.dot.here').borderTopWidth,
                style('.places-badge').borderTopWidth, style('.banner-state', '::before').borderTopWidth]
        })()",
    );
    assert_eq!(looks, json!(["4px", "4px", "1px", "4px"]), "a bar, filled dots, an edge");
    alice.prefer("forced-colors", "none");
    let small = |window: &Window, least: u32| {
        window.run(&format!(
            "[...document.querySelectorAll('#places :is(button, a), .frame-middle > .frame-bar button, .composer button, #member-list button')]
                .filter((one) => one.offsetParent).map((one) => [one.id || one.dataset.act || one.className, one.getBoundingClientRect()])
                .filter(([, {{ width, height }}]) => Math.min(width, height) < {least}).map(([name]) => name)"
        ))
    };
    assert_eq!(small(&alice, 24), json!([]));
    alice.resize(360, 740);
    alice.wait("innerWidth === 360");
    assert_eq!(small(&alice, 44), json!([]));
    // Near the limit of a message the field keeps its width.
    alice.resize(1280, 800);
    let width = alice.run("say.clientWidth");
    alice.run("say.focus()");
    alice.write(&"a".repeat(3990));
    alice.wait("count.textContent === '10 left'");
    assert!(alice.run("say.clientWidth").as_f64().unwrap() > width.as_f64().unwrap() - 20.0);
}

#[test]
fn what_was_found_is_marked_and_narrowed() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-found");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    alice.say(&format!("{} Green tea, please", "word ".repeat(60)));
    bob.say("green light");
    alice.wait_for_message("green light");
    alice.click("#places [data-act=search]");
    alice.wait("document.querySelector('dialog input')");
    alice.write("green");
    let marks = "[...document.querySelectorAll('dialog mark')].map((one) => one.textContent).join()";
    alice.wait(&format!("{marks} === 'green,Green'"));
    alice.write(" from:bob");
    alice.wait(&format!("{marks} === 'green'"));
}
