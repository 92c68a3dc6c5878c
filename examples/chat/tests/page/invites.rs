//! Links that lead into a room: for somebody new and somebody known, until they are over.

use crate::governed::{DIALOG, TITLE, choose, join, set};
use crate::{Program, Window, browser};

/// Makes a link in the dialog of the room in view.
#[track_caller]
fn link(window: &Window, uses: &str) -> String {
    window.click("#room-title");
    choose(window, "Invite …");
    window.wait("document.querySelectorAll('dialog').length === 2");
    set(window, "label:nth-of-type(2) select", uses);
    choose(window, "Make a link");
    let field = "document.querySelector('dialog input[readonly]')?.value";
    window.wait(&format!("{field}?.includes('#invite=')"));
    let link = window.run(field);
    window.press("Escape");
    window.press("Escape");
    window.wait(&format!("!document.querySelector('{DIALOG}')"));
    link.as_str().expect("an address").to_owned()
}

#[test]
fn a_link_leads_somebody_new_and_somebody_known_into_a_private_room() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-invites");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    alice.say("/private Party");
    alice.wait(&format!("{TITLE} === 'Party'"));
    let link = link(&alice, "5");

    // Somebody new: the key is out of the address at once, and a reload does not lose it.
    let carol = Window::open(&browser, &link);
    carol.wait("!arrival.hidden && document.querySelector('#arrival-place').textContent.startsWith('You were invited')");
    assert_eq!(carol.run("location.hash + location.search"), "");
    carol.reload();
    carol.wait("document.querySelector('#arrival-place').textContent.startsWith('You were invited')");
    carol.arrive("carol");
    carol.wait(&format!("{TITLE} === 'Party'"));
    // Somebody known.
    bob.run(&format!("location.href = '{link}'"));
    bob.wait(&format!("{TITLE} === 'Party'"));
    assert_eq!(bob.run("location.href.includes('invite')"), false);
    bob.say("thank you");
    carol.wait_for_message("thank you");
    // Who has used it is seen; then it is revoked.
    alice.click("#room-title");
    choose(&alice, "Invite …");
    alice.wait(
        "/used by (carol, bob|bob, carol)/.test([...document.querySelectorAll('dialog')].at(-1).textContent)",
    );
    choose(&alice, "Revoke");
    alice.wait("!document.querySelector('dialog:last-of-type .govern-card')");
    let dave = Window::open(&browser, &link);
    dave.wait("!arrival.hidden");
    dave.write("dave");
    dave.press("Enter");
    dave.wait(
        "document.querySelector('#arrival-error').textContent === 'This invite is over, used up or revoked.'",
    );
    // Without it they come in like anybody.
    dave.press("Enter");
    dave.wait(&format!("{TITLE} === '#lobby'"));
    dave.run(&format!("location.href = '{link}'"));
    dave.wait_for_toast("This invite is over, used up or revoked.");
}

#[test]
fn a_link_is_used_up() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-used");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    let carol = Window::open(&browser, &program.url());
    carol.arrive("carol");
    join(&alice, "tea");
    let link = link(&alice, "1");
    bob.run(&format!("location.href = '{link}'"));
    bob.wait(&format!("{TITLE} === '#tea'"));
    carol.run(&format!("location.href = '{link}'"));
    carol.wait_for_toast("This invite is over, used up or revoked.");
    assert_eq!(carol.run(TITLE), "#lobby");
}
