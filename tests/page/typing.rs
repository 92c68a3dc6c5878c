//! Where one writes: keys, input methods, drafts, commands, limits.

use headless_chrome::browser::tab::ModifierKey;
use headless_chrome::protocol::cdp::Input;
use serde_json::json;

use crate::talk::drop_file;
use crate::{Program, Window, browser};

#[test]
fn enter_sends_and_never_half_a_chinese_word() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-ime");
    let alice = Window::open(&browser, &program.url());
    alice.arrive("alice");
    // What an input method does: it composes, and Enter (code 229) takes what is composed.
    alice.call::<Input::ImeSetComposition>(json!({"text": "nihao", "selectionStart": 5, "selectionEnd": 5}));
    alice.call::<Input::DispatchKeyEvent>(
        json!({"type": "rawKeyDown", "key": "Process", "code": "Enter", "windowsVirtualKeyCode": 229}),
    );
    alice.run("say.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true }))");
    // Safari: the composition is over, and yet this Enter belongs to it.
    alice.run("say.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, bubbles: true, cancelable: true }))");
    assert_eq!(alice.run("say.value"), "nihao");
    assert_eq!(alice.run("rows.querySelectorAll('article').length + unsent.children.length"), 0);
    alice.call::<Input::ImeSetComposition>(json!({"text": "", "selectionStart": 0, "selectionEnd": 0}));
    alice.write("你好");
    alice.press("Enter");
    alice.wait_for_message("你好");

    alice.write("one");
    alice.press_with(ModifierKey::Shift, "Enter");
    alice.write("two");
    alice.press_with(ModifierKey::Ctrl, "Enter");
    alice.write("three");
    alice.press("Enter");
    alice.wait_for_message("one\ntwo\nthree");
}

#[test]
fn what_was_typed_survives_a_reload_in_each_room() {
    let Some(browser) = browser() else { return };
    let mut program = Program::start("page-draft");
    let alice = Window::open(&browser, &program.url());
    alice.arrive("alice");
    alice.write("half a thought");
    alice.run("say.value = ''; say.dispatchEvent(new Event('input'))");
    alice.say("/join tea");
    alice.wait("location.hash === '#tea'");
    alice.write("for tea");
    alice.click("#room-list a");
    alice.wait("say.value === ''");
    alice.write("for the lobby");
    alice.reload();
    alice.wait("document.querySelector('#say').value === 'for the lobby'");
    alice.click("#room-list li:last-child a");
    alice.wait("say.value === 'for tea'");

    // What was said while there is no connection survives as well.
    program.kill();
    alice.wait("document.body.dataset.state !== 'online'");
    alice.run("say.focus(); say.select()");
    alice.write("said in the tunnel");
    alice.press("Enter");
    alice.wait("unsent.children.length === 1");
    program.start_again();
    alice.reload();
    alice.wait("document.querySelector('#app') && !app.hidden");
    alice.wait_for_message("said in the tunnel");
    alice.wait_online();
    alice.forget_lost_connections();
}

#[test]
fn commands_names_and_limits() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-commands");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");

    // A name is completed by its first letter, and Enter then sends.
    alice.wait("document.querySelectorAll('#member-list li').length === 2");
    alice.write("hi @b");
    alice.wait("choices.textContent === 'bob'");
    alice.press("Enter");
    assert_eq!(alice.run("say.value"), "hi @bob ");
    alice.press("Enter");
    bob.wait("rows.querySelector('.for-me')");

    alice.say("/msg bob psst");
    bob.wait("document.querySelector('#talk-list .badge')");
    alice.say("/nick eve");
    alice.wait("document.querySelector('#my-name')?.textContent === 'eve'");
    alice.say("//help is a word");
    alice.wait_for_message("/help is a word");
    for (line, kept) in
        [("/dance", "/dance"), ("/msg nobody hi", "/msg nobody hi"), ("/nick bob", "/nick bob")]
    {
        alice.say(line);
        alice.wait("document.querySelector('#composer-note')?.textContent !== ''");
        assert_eq!(alice.run("say.value"), kept, "what was wrong can be mended");
        alice.run("say.value = ''; say.dispatchEvent(new Event('input'))");
    }
    alice.say(&"长".repeat(4001));
    assert_eq!(alice.run("[count.textContent, say.value.length]"), json!(["1 too many", 4001]));
    alice.run("say.value = ''; say.dispatchEvent(new Event('input'))");

    // What is no picture is refused before it is sent.
    alice.run(&drop_file("page.svg", "image/svg+xml", b"<svg/>"));
    alice.wait("document.querySelector('#composer-note')?.textContent.startsWith('Only PNG')");

    // One's own message can be taken back, and is gone for all.
    alice.run("rows.querySelector('.delete').click()");
    alice.wait("document.querySelector('dialog .danger')");
    alice.click("dialog .danger");
    alice.wait("rows.querySelector('.gone')");
}
