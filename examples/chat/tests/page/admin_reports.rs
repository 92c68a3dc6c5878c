//! What is looked at on the admin page, and decided there: reports, what the word list holds back, roles, private rooms, sessions.

use std::fs;

use crate::admin::{go, let_in};
use crate::admin_acts::{closed, open, press};
use crate::{Program, Window, browser};

#[test]
fn a_reported_message_is_deleted_and_its_report_is_settled() {
    let Some(browser) = browser() else { return };
    let program = Program::start("admin-reports");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    bob.say("buy cheap watches");
    alice.wait_for_message("buy cheap watches");
    let page = let_in(&browser, &program);
    go(&page, "reports");
    page.wait("/Nothing to look at/.test(content.textContent)");
    alice.run(
        "pollcat.state.connection.ask({ type: 'report', room: 'lobby', reason: 'advertising',
            offset: pollcat.state.room.items.find(({ msg }) => /watches/.test(msg)).offset })",
    );
    // It comes by itself, and so does its number at the side.
    page.wait(
        "/buy cheap watches/.test(content.textContent) && /Reported by alice/.test(content.textContent)",
    );
    page.wait("/advertising/.test(content.textContent) && document.querySelector('.shell-count').textContent === '1'");
    press(&page, "Delete message");
    page.wait("/cannot be brought back/.test(document.querySelector('dialog')?.textContent)");
    page.click("dialog .danger");
    closed(&page, 0);
    page.wait(
        "/Nothing to look at/.test(content.innerText) && document.querySelector('.shell-count').hidden",
    );
    alice.wait("!/buy cheap watches/.test(rows.textContent)");
}

#[test]
fn what_the_word_list_holds_back_is_let_through_or_not() {
    let Some(browser) = browser() else { return };
    let words = std::env::temp_dir().join(format!("pollcat-admin-words-{}", std::process::id()));
    fs::write(&words, "casino\ndamn = mask\nsuspicious = review\n").expect("a file can be written");
    let program = Program::start_with("admin-held", &["--words".into(), words.clone().into()]);
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    bob.say("a suspicious offer");
    bob.say("another suspicious offer");
    let page = let_in(&browser, &program);
    go(&page, "reports");
    page.wait("document.querySelectorAll('.reports-card').length === 2");
    page.run("[...document.querySelectorAll('.reports-card')].find((card) => /^a s/.test(card.querySelector('.reports-words').textContent)).querySelector('.primary').click()");
    alice.wait_for_message("a suspicious offer");
    page.wait("document.querySelectorAll('.reports-card').length === 1");
    press(&page, "Refuse");
    page.wait("/Nothing to look at/.test(content.innerText)");
    assert_eq!(alice.run("/another suspicious/.test(rows.textContent)"), false);
    // What the list says of a text.
    go(&page, "words");
    page.wait("/pollcat-admin-words/.test(content.textContent)");
    for (text, verdict) in [
        ("to the CASINO", "It would be refused"),
        ("damn it", r"said like this:\\*+ it"),
        ("suspicious", "held back until"),
        ("hello", "Nothing in it is on the list"),
    ] {
        page.run("document.querySelector('.shell-content .forms-row input').select(); document.querySelector('.shell-content .forms-row input').focus()");
        page.write(text);
        page.press("Enter");
        page.wait(&format!(
            "new RegExp('{verdict}').test(document.querySelector('.parts-verdict').textContent)"
        ));
    }
    fs::remove_file(words).expect("it is there");
}

#[test]
fn an_owner_is_made_and_sees_the_page_as_themself() {
    let Some(browser) = browser() else { return };
    let program = Program::start("admin-roles");
    let bob = Window::open(&browser, &program.url());
    bob.arrive("bob");
    let page = let_in(&browser, &program);
    open(&page, "people", "bob");
    page.run(
        "const role = document.querySelector('.sheet select'); role.value = 'admin'; role.dispatchEvent(new Event('change'))",
    );
    page.wait(
        "/An admin governs all rooms/.test([...document.querySelectorAll('dialog')].at(-1).textContent)",
    );
    press(&page, "Admin");
    closed(&page, 1);
    page.wait("/Admin/.test(document.querySelector('.sheet-name').textContent)");
    let link = bob.run(
        "pollcat.state.connection.ask({ type: 'admin' }).then(({ url }) => new URL(url, location).href)",
    );
    let theirs = Window::open(&browser, link.as_str().expect("a link"));
    theirs.wait("document.querySelector('#me-name').textContent === 'bob' && document.querySelector('#me-role').textContent === 'Admin'");
    // They do nothing to themself, and make nobody what they are.
    open(&theirs, "people", "bob");
    assert_eq!(
        theirs.run("/What can be done|Role in/.test(document.querySelector('.sheet').textContent)"),
        false
    );
    // And they are out at once when they are no admin any more.
    page.run(
        "const less = document.querySelector('.sheet select'); less.value = 'member'; less.dispatchEvent(new Event('change'))",
    );
    press(&page, "Member");
    closed(&page, 1);
    theirs.wait("!gate.hidden && !document.querySelector('dialog')");
}

#[test]
fn of_a_private_room_its_title_is_seen_and_never_what_is_said() {
    let Some(browser) = browser() else { return };
    let program = Program::start("admin-private");
    let bob = Window::open(&browser, &program.url());
    bob.arrive("bob");
    bob.say("/private Board meeting");
    bob.wait("document.querySelector('#room-title')?.textContent.includes('Board meeting')");
    bob.say("nobody else reads this");
    bob.wait_for_message("nobody else reads this");
    let page = let_in(&browser, &program);
    page.run(
        "globalThis.heard = []; const { hear } = pollcat.do;
        pollcat.do.hear = (object) => (heard.push(JSON.stringify(object)), hear(object))",
    );
    open(&page, "rooms", "Board meeting");
    assert_eq!(page.run("/never shown here/.test(document.querySelector('.sheet').textContent)"), true);
    assert_eq!(page.run("/private/.test(document.querySelector('.sheet-name').textContent)"), true);
    page.press("Escape");
    for section in crate::admin::SECTIONS {
        go(&page, section);
    }
    assert_eq!(page.run("heard.length > 8 && !heard.some((text) => text.includes('nobody else'))"), true);
}

#[test]
fn a_session_of_somebody_is_ended() {
    let Some(browser) = browser() else { return };
    let program = Program::start("admin-sessions");
    let bob = Window::open(&browser, &program.url());
    bob.arrive("bob");
    let page = let_in(&browser, &program);
    open(&page, "people", "bob");
    press(&page, "End");
    page.wait("/cannot come back as bob/.test([...document.querySelectorAll('dialog')].at(-1).textContent)");
    press(&page, "End");
    closed(&page, 1);
    page.wait("/No session is kept/.test(document.querySelector('.sheet').textContent)");
    bob.wait("document.body.dataset.state !== 'online'");
    bob.forgive_lost_connections();
}
