//! Rooms of which only those know who are in them.

use crate::governed::{TITLE, choose, join, set};
use crate::{Program, Window, browser};

#[test]
fn a_private_room_is_made_in_the_dialog_and_is_nowhere_else() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-private");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    alice.click("#places .places-more");
    alice.wait("document.querySelector('dialog input')");
    alice.write("Surprise party");
    set(&alice, "[type=checkbox]", "");
    choose(&alice, "+Create the private room “Surprise party”");
    alice.wait(&format!("{TITLE} === 'Surprise party' && !document.querySelector('#room-lock').hidden"));
    alice.wait("[...document.querySelectorAll('#room-list a')].some((one) => one.textContent === 'Surprise party' && one.querySelector('svg'))");
    alice.say("she must not know");
    alice.wait_for_message("she must not know");
    assert_eq!(alice.run("/\\+\\d/.test(document.body.innerText)"), false, "its number is nobody's business");
    alice.reload();
    alice.wait(&format!("{TITLE} === 'Surprise party'"));
    alice.wait_for_message("she must not know");
    // Nobody else finds it, by its title or by its number.
    bob.click("#places .places-more");
    bob.wait("document.querySelectorAll('dialog .list-place').length === 1");
    assert_eq!(bob.run("document.querySelector('dialog').textContent.includes('Surprise')"), false);
    bob.press("Escape");
    let number = alice.run("pollcat.state.room.name");
    bob.run(&format!("location.hash = '#' + encodeURIComponent({number})"));
    bob.wait_for_toast("There is no such room.");
    assert_eq!(bob.run(TITLE), "#lobby");
    // Somebody is brought in, and sees what was said.
    alice.say("/invite bob");
    bob.wait_for_toast("You are in Surprise party now.");
    bob.wait("[...document.querySelectorAll('#room-list a')].some((one) => one.textContent.includes('Surprise party'))");
    bob.run("[...document.querySelectorAll('#room-list a')].find((one) => one.textContent.includes('Surprise party')).click()");
    bob.wait_for_message("she must not know");
    alice.wait("rows.textContent.includes('alice brought in bob')");
}

#[test]
fn a_room_becomes_private_and_stays_the_same_room() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-becoming");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    join(&alice, "tea");
    join(&bob, "tea");
    alice.say("one");
    bob.wait_for_message("one");
    bob.run("say.focus()");
    bob.write("a thought");
    alice.click("#room-title");
    alice.wait("document.querySelectorAll('dialog .settings-choice').length === 2");
    alice.run("document.querySelectorAll('dialog .settings-choice input')[1].click()");
    bob.wait(&format!(
        "{TITLE} === 'tea' && !document.querySelector('#room-lock').hidden && say.value === 'a thought'"
    ));
    bob.press("Enter");
    alice.wait_for_message("a thought");
}
