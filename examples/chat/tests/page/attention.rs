//! Who is called, and how: levels of rooms, calls of all, the window that shakes, and signs that are offered once.

use serde_json::json;

use crate::governed::{choose, join, make_owner};
use crate::{Program, Window, browser};

const SHAKES: &str = "app.getAnimations().some((one) => one.animationName === 'shake')";

/// Notes each time that the window begins to shake.
const NOTE_SHAKES: &str =
    "globalThis.shaken = 0; app.addEventListener('animationstart', ({ animationName }) => {
    if (animationName === 'shake') shaken += 1
})";

/// As if another tab were in front.
fn hide(window: &Window, is_hidden: bool) {
    window.run(&format!(
        "Object.defineProperty(document, 'hidden', {{ value: {is_hidden}, configurable: true }});
        dispatchEvent(new Event('visibilitychange'))"
    ));
}

fn two(browser: &headless_chrome::Browser, program: &Program) -> (Window, Window) {
    let (alice, bob) = (Window::open(browser, &program.url()), Window::open(browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    alice.wait("document.querySelectorAll('#member-list li').length === 2");
    (alice, bob)
}

#[test]
fn a_call_shakes_the_window_for_a_moment_and_one_switch_ends_that() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-shake");
    let (alice, bob) = two(&browser, &program);
    alice.run(NOTE_SHAKES);
    bob.say("hello");
    bob.say("hello @alice");
    alice.wait("shaken === 1");
    alice.wait(&format!("!({SHAKES}) && !app.classList.contains('shake-now')"));
    // Not again at once, and not for what calls nobody.
    bob.say("hello again @alice");
    alice.wait_for_message("hello again @alice");
    alice.run("pollcat.state.calling.shookAt = -Infinity");
    bob.say("and hello to nobody");
    alice.wait_for_message("and hello to nobody");
    assert_eq!(alice.run("shaken"), 1);
    alice.click("#places [data-act=settings]");
    alice.wait("document.querySelector('dialog')");
    let switch = "[...document.querySelectorAll('dialog label')].find((one) => one.textContent === 'Shake the window')";
    alice.run(&format!("{switch}.querySelector('input').click()"));
    alice.press("Escape");
    bob.say("once more @alice");
    alice.wait_for_message("once more @alice");
    assert_eq!(alice.run("shaken"), 1);
    alice.reload();
    alice.wait_online();
    assert_eq!(alice.run("pollcat.do.shakingOn()"), false, "it is remembered");
}

#[test]
fn nothing_shakes_where_motion_is_to_be_reduced() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-still");
    let (alice, bob) = two(&browser, &program);
    alice.prefer("prefers-reduced-motion", "reduce");
    alice.run(NOTE_SHAKES);
    bob.say("@alice");
    alice.wait("rows.querySelector('mark')");
    assert_eq!(
        alice.run(&format!("[shaken, {SHAKES}, app.classList.contains('shake-now')]")),
        json!([0, false, false])
    );
    // And if the page thought otherwise, the style would not let it.
    alice.run("app.classList.add('shake-now')");
    assert_eq!(alice.run(SHAKES), false);
    alice.prefer("prefers-reduced-motion", "no-preference");
    assert_eq!(alice.run(SHAKES), true, "this would have shown it");
}

#[test]
fn a_sign_is_offered_once_when_it_would_first_have_helped() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-offer");
    let (alice, bob) = two(&browser, &program);
    let offered = "document.querySelector('#offer').textContent !== ''";
    // Seen, or for nobody.
    bob.say("@alice");
    alice.wait("rows.querySelector('mark')");
    hide(&alice, true);
    bob.say("for nobody");
    alice.wait_for_message("for nobody");
    assert_eq!(alice.run(offered), false);
    bob.say("@alice, where are you?");
    alice.wait("/@/.test(document.title)");
    assert_eq!(alice.run("localStorage.getItem('pollcat:offered')"), json!(null), "nobody has seen it");
    hide(&alice, false);
    alice.wait(&format!("{offered} && localStorage.getItem('pollcat:offered')"));
    alice.run("[...document.querySelectorAll('#offer button')].find((one) => one.textContent === 'No, thanks').click()");
    alice.wait(&format!("!({offered}) && document.activeElement.id === 'say'"));
    hide(&alice, true);
    bob.say("@alice?");
    alice.wait_for_message("@alice?");
    hide(&alice, false);
    alice.wait("document.title === 'lobby · pollcat'");
    assert_eq!(alice.run(&format!("[{offered}, pollcat.do.soundOn()]")), json!([false, false]));
    // Somebody else takes it.
    hide(&bob, true);
    alice.say("@bob");
    bob.wait("/@/.test(document.title)");
    hide(&bob, false);
    bob.wait(offered);
    bob.run(
        "[...document.querySelectorAll('#offer button')].find((one) => one.textContent === 'Sound').click()",
    );
    bob.wait(&format!("!({offered}) && pollcat.do.soundOn()"));
}

#[test]
fn a_room_has_a_level_in_all_windows_and_keeps_it() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-level");
    let (alice, bob) = two(&browser, &program);
    for window in [&alice, &bob] {
        join(window, "tea");
    }
    let second = alice.open_another(&browser, &program.url());
    second.wait("pollcat.state.store.rooms.get('tea')?.live");
    let level = "pollcat.state.store.rooms.get('tea').level";
    let badges =
        "[...document.querySelectorAll('#room-list li')].find((row) => row.textContent.includes('tea'))
        .querySelectorAll('.places-badge')";
    let tones = format!(
        "[...{badges}].map((one) => one.className.replace('places-badge', '').trim() + one.firstChild.data)"
    );
    alice.click("#level");
    choose(&alice, "nothing");
    for window in [&alice, &second] {
        window.wait(&format!("{level} === 'nothing'"));
    }
    alice.run("document.querySelector('#room-list a').click()");
    bob.say("@alice");
    alice.wait(&format!("{badges}.length === 2"));
    assert_eq!(alice.run(&tones), json!(["faint@1", "faint1"]));
    assert_eq!(
        alice.run("[document.title, document.querySelector('#toasts').textContent]"),
        json!(["lobby · pollcat", ""])
    );
    alice.reload();
    alice.wait_online();
    alice.wait(&format!("{level} === 'nothing'"));
    // By command, and then all of it is loud.
    join(&alice, "tea");
    alice.wait("pollcat.state.room.unread === 0"); // it takes a while until it counts as read
    alice.say("/level all");
    second.wait(&format!("{level} === 'all'"));
    alice.run("document.querySelector('#room-list a').click()");
    bob.say("nothing in particular");
    alice.wait(&format!("{badges}.length > 0"));
    assert_eq!(alice.run(&tones), json!(["loud1"]));
    alice.wait("document.querySelector('#toasts').textContent.includes('nothing in particular')");
    // In its card.
    join(&alice, "tea");
    alice.click("#room-title");
    alice.wait("document.querySelector('dialog .govern-row select')?.value === 'all'");
    alice.run("const field = document.querySelector('dialog .govern-row select'); field.value = 'usual'; field.dispatchEvent(new Event('change'))");
    second.wait(&format!("{level} === undefined"));
}

#[test]
fn who_may_call_all_is_offered_it_and_all_are_called() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-calls");
    let (alice, bob) = two(&browser, &program);
    make_owner(&program, &alice, "alice");
    let choices = "[...choices.children].map((one) => one.textContent.split(' ·')[0].trim())";
    let type_at = |window: &Window, text: &str| {
        window.run("say.value = ''; say.focus()");
        window.write(text);
    };
    type_at(&bob, "@al");
    bob.wait(&format!("JSON.stringify({choices}) === '[\"alice\"]'"));
    type_at(&alice, "@");
    alice.wait(&format!("JSON.stringify({choices}) === '[\"bob\",\"@all\",\"@here\"]'"));
    type_at(&alice, "@所");
    alice.wait(&format!("JSON.stringify({choices}) === '[\"@all\"]'"));
    alice.press("Tab");
    assert_eq!(alice.run("say.value"), "@all ");
    bob.run(NOTE_SHAKES);
    alice.write("tea is ready");
    alice.press("Enter");
    bob.wait("rows.querySelector('mark')?.textContent === '@all' && rows.querySelector('.message-for-me')");
    bob.wait("shaken === 1");
    // Of others it is only text.
    bob.run("say.value = ''");
    bob.say("@all really?");
    alice.wait_for_message("@all really?");
    assert_eq!(
        alice.run("[rows.querySelectorAll('mark').length, /@/.test(document.title)]"),
        json!([0, false])
    );
}
