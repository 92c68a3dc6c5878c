//! Who is let in, and which words: what the page shows of doors, and of a list of words that are not said here.

use std::fs;

use pollcat_testing::scratch::Scratch;

use crate::governed::{TITLE, choose, join, make_owner};
use crate::{Program, Window, browser};

#[test]
fn words_that_are_not_said_are_refused_masked_or_wait() {
    let Some(browser) = browser() else { return };
    let scratch = Scratch::new("page-filter-words");
    let words = scratch.file("words.txt");
    fs::write(&words, "casino\ndamn = mask\nsuspicious = review\n").expect("a file can be written");
    let program = Program::start_with("page-filter", &["--words".into(), words.into()]);
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    // A name is refused for any of them.
    alice.wait("!arrival.hidden");
    alice.write("Damn");
    alice.press("Enter");
    alice.wait("document.querySelector('#arrival-error').textContent.startsWith('There are words in it')");
    alice.run("document.querySelector('#arrival-name').select()");
    alice.arrive("alice");
    bob.arrive("bob");
    for window in [&alice, &bob] {
        join(window, "tea");
    }
    // Refused: it stays with its author, who is told why and can write it better.
    bob.say("come to the CASINO");
    bob.wait("unsent.textContent.includes('Not sent: there are words in it that are not said here')");
    bob.run("[...unsent.querySelectorAll('button')].find((one) => one.textContent === 'Edit').click()");
    bob.wait("say.value === 'come to the CASINO' && unsent.children.length === 0");
    bob.run("say.select()");
    bob.write("come to the theatre");
    bob.press("Enter");
    alice.wait_for_message("come to the theatre");
    // Masked, for everybody.
    bob.say("damn cold");
    alice.wait_for_message("**** cold");
    bob.wait_for_message("**** cold");
    // It waits for the one who governs the room.
    bob.say("a suspicious offer");
    bob.wait("document.querySelector('#composer-note').textContent === 'Your message waits until somebody has looked at it.'");
    alice.wait("!reports.hidden && document.querySelector('#reports-count').textContent === '1'");
    assert_eq!(alice.messages(), ["come to the theatre", "**** cold"]);
    assert_eq!(bob.messages(), ["come to the theatre", "**** cold"]);
    alice.click("#reports");
    alice.wait("document.querySelector('dialog blockquote')?.textContent === 'a suspicious offer'");
    choose(&alice, "Let it through");
    for window in [&alice, &bob] {
        window.wait_for_message("a suspicious offer");
    }
    alice.press("Escape");
}

#[test]
fn the_door_says_who_may_come_in() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-doors");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    make_owner(&program, &alice, "alice");
    let error = "document.querySelector('#arrival-error').textContent";
    let try_as = |window: &Window, name: &str| {
        window.wait("!arrival.hidden");
        window.run("document.querySelector('#arrival-name').select()");
        window.write(name);
        window.press("Enter");
    };
    // By whoever was invited, and by those who are known.
    alice.say("/door invited");
    alice.wait("pollcat.state.store.door === 'invited'");
    let carol = Window::open(&browser, &program.url());
    try_as(&carol, "carol");
    carol.wait(&format!("{error} === 'Only those who were invited come in just now.'"));
    bob.reload();
    bob.wait_online();
    let link = alice.run("pollcat.do.govern({ type: 'invite' }).then(({ invite }) => invite.url)");
    carol.run(&format!("location.href = {link}"));
    carol.wait("document.querySelector('#arrival-place').textContent.startsWith('You were invited')");
    try_as(&carol, "carol");
    carol.wait(&format!("!app.hidden && {TITLE} === '#lobby'"));
    // By nobody new, until it is open again: the name that was typed is still there.
    alice.say("/door shut");
    alice.wait("pollcat.state.store.door === 'shut'");
    let dave = Window::open(&browser, &program.url());
    try_as(&dave, "dave");
    dave.wait(&format!("{error} === 'Nobody new comes in just now.'"));
    assert_eq!(dave.run("document.querySelector('#arrival-name').value"), "dave");
    carol.reload();
    carol.wait_online();
    alice.say("/door open");
    alice.wait("pollcat.state.store.door === 'open'");
    dave.press("Enter");
    dave.wait(&format!("!app.hidden && {TITLE} === '#lobby'"));
}
