//! Emoji: chosen by kind or by a word, completed while one types, and codes that become signs when they are said.

use headless_chrome::browser::tab::ModifierKey;
use serde_json::json;

use crate::{Program, Window, browser};

const IN_FOCUS: &str = "document.activeElement.dataset.sign";

#[test]
fn an_emoji_is_found_by_a_word_and_chosen_by_keys_alone() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-emoji");
    let alice = Window::open(&browser, &program.url());
    alice.arrive("alice");
    alice.run("document.querySelector('#emoji-button').focus()");
    alice.press("Enter");
    alice.wait("document.querySelectorAll('#emoji section').length === 9");
    assert!(alice.run("document.querySelectorAll('.emoji-grid button').length").as_u64() >= Some(350));
    alice.wait("document.activeElement.matches('.emoji-search')");
    alice.write("微笑");
    alice.wait("document.querySelectorAll('.emoji-grid button').length < 20");
    alice.press("Enter");
    alice.wait("document.activeElement.id === 'say' && say.value === '🙂' && document.querySelector('#emoji').hidden");
    // What was used is the first that is offered; the arrows walk, and back to the field.
    alice.click("#emoji-button");
    alice.wait("document.querySelector('#emoji section').dataset.kind === 'recent'");
    alice.press("ArrowDown");
    assert_eq!(alice.run(IN_FOCUS), "🙂");
    alice.press("ArrowDown");
    assert_eq!(alice.run(IN_FOCUS), "😀");
    alice.press("ArrowRight");
    assert_eq!(alice.run(IN_FOCUS), "😃");
    alice.press("ArrowDown");
    alice.press("ArrowUp");
    assert_eq!(alice.run(IN_FOCUS), "😃", "down and up again is the same");
    alice.press("End");
    alice.press("Home");
    alice.press("ArrowUp");
    alice.wait("document.activeElement.matches('.emoji-search')");
    alice.write("rocket");
    alice.wait("document.querySelector('.emoji-grid button')?.dataset.sign === '🚀'");
    alice.press("ArrowDown");
    alice.press("Enter");
    alice.wait("say.value === '🙂🚀'");
    alice.click("#emoji-button");
    alice.press("Escape");
    alice.wait("document.activeElement.id === 'say' && document.querySelector('#emoji').hidden");
    // They are remembered.
    alice.reload();
    alice.wait_online();
    alice.click("#emoji-button");
    alice.wait("document.querySelectorAll('[data-kind=recent] .emoji-grid button').length === 2");
    alice.write("xyzzy");
    alice.wait("document.querySelector('.emoji-field [role=status]')?.textContent === 'Nothing was found.'");
}

#[test]
fn the_list_comes_when_it_is_wanted_and_not_before() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-emoji-later");
    let alice = Window::open(&browser, &program.url());
    alice.arrive("alice");
    alice.say("hello, 12 o'clock");
    alice.wait_for_message("hello, 12 o'clock");
    let fetched =
        "performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.txt')).length";
    assert_eq!(alice.run(fetched), 0);
    alice.say("hi :smile:");
    alice.wait_for_message("hi 😄");
    assert_eq!(alice.run(fetched), 1);
}

#[test]
fn codes_become_signs_for_everybody_and_code_stays_code() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-codes");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    for (said, heard) in [
        (":tada: [微笑]", "🎉 🙂"),
        ("at 12:30:45 `:smile:` std::key::x", "at 12:30:45 :smile: std::key::x"),
        ("http://a.example/:key:/", "http://a.example/:key:/"),
    ] {
        alice.say(said);
        bob.wait_for_message(heard);
    }
    alice.say("/msg bob [流泪]");
    bob.wait("document.querySelector('#talk-list a')");
    bob.click("#talk-list a");
    bob.wait_for_message("😢");
}

#[test]
fn a_code_is_completed_while_it_is_typed() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-completed");
    let alice = Window::open(&browser, &program.url());
    alice.arrive("alice");
    alice.run("say.focus()");
    for (typed, text) in [("a :roc", "a 🚀"), ("好[大哭", "好😭")] {
        alice.run("say.value = ''; say.dispatchEvent(new Event('input'))");
        alice.write(typed);
        alice.wait("!choices.hidden");
        alice.press("Tab");
        assert_eq!(alice.run("say.value"), text);
        alice.wait("choices.hidden");
    }
    // Enter sends what was typed.
    alice.run("say.value = ''; say.dispatchEvent(new Event('input'))");
    alice.write("at 12:30");
    assert_eq!(alice.run("choices.hidden"), true);
    alice.press_with(ModifierKey::Ctrl, "Enter");
    alice.write(":smi");
    alice.wait("choices.children.length > 1");
    assert_eq!(alice.run("choices.firstChild.textContent"), json!("😄 :smile: 憨笑"));
    alice.press("Enter");
    alice.wait_for_message("at 12:30\n:smi");
}
