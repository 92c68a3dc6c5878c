//! The room talks with the world: bots have a badge and keys, and notices go out, as people see it on both pages.

use std::process::Command;

use serde_json::{Value, json};

use crate::access::{axe, check};
use crate::admin::{go, let_in};
use crate::admin_acts::press;
use crate::governed::{TITLE, choose, make_owner, no_dialog};
use crate::{Program, Window, browser};

/// What stands in the fields of the dialog on top.
fn fields(window: &Window) -> Vec<String> {
    window.wait(
        "[...document.querySelectorAll('dialog')].at(-1)?.querySelectorAll('input[readonly]').length === 2",
    );
    let values =
        window.run("[...[...document.querySelectorAll('dialog')].at(-1).querySelectorAll('input')].map((one) => one.value)");
    serde_json::from_value(values).expect("a list of texts")
}

/// Runs a line as a shell does; nothing where there is no curl.
fn shell(line: &str) -> Option<String> {
    if Command::new("curl").arg("--version").output().is_err() {
        pollcat_testing::scratch::cannot_run("the lines for curl, for it is not installed");
        return None;
    }
    let line = format!("{line} -sS --noproxy '*' --max-time 20");
    let output = Command::new("sh").args(["-c", &line]).output().expect("a shell");
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).expect("text"))
}

#[test]
fn a_key_is_shown_once_and_its_line_for_curl_says_something_in_the_room() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-keys-of-bots");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    // It is no command of those who may not.
    bob.say("/hook builds");
    bob.wait("document.querySelector('#composer-note').textContent !== ''");
    bob.run("say.value = ''; say.dispatchEvent(new Event('input'))");
    make_owner(&program, &alice, "alice");
    for window in [&alice, &bob] {
        window.say("/join it's tea");
        window.wait(&format!("{TITLE} === \"#it's tea\" && pollcat.state.room.live"));
    }
    alice.say("/hook builds");
    let [hook, curl] = fields(&alice).try_into().expect("two fields");
    assert!(hook.starts_with(&format!("{}hooks/", program.url())), "{hook}");
    alice.press("Escape");
    no_dialog(&alice);
    assert_eq!(
        alice.run("document.documentElement.outerHTML.includes('/hooks/')"),
        false,
        "it was shown once"
    );
    if let Some(answer) = shell(&curl) {
        assert_eq!(answer, "ok");
        bob.wait_for_message("Hello");
        let badge = "rows.querySelector('article .message-head .bot-badge')";
        assert_eq!(
            bob.run(&format!("[{badge}.textContent, {badge}.title]")),
            json!(["bot", "A program, not a person"])
        );
        bob.wait("document.querySelector('#member-list .bot-badge')");
    }
    alice.say("/bot builds");
    let [_, curl] = fields(&alice).try_into().expect("two fields");
    alice.press("Escape");
    no_dialog(&alice);
    if let Some(answer) = shell(&curl) {
        let answer: Value = serde_json::from_str(&answer).expect("an object");
        assert_eq!((&answer["room"], &answer["repeated"]), (&json!("it's tea"), &json!(false)));
    }
    // In the list of them; a key that is revoked is worth nothing.
    alice.say("/bots");
    alice.wait("document.querySelectorAll('dialog .bots-key').length === 2");
    for left in [1, 0] {
        choose(&alice, "Revoke");
        alice.wait(&format!("document.querySelectorAll('dialog .bots-key').length === {left}"));
    }
    if let Some(answer) = shell(&curl) {
        assert_eq!(serde_json::from_str::<Value>(&answer).expect("an object")["code"], "bad_key");
    }
    choose(&alice, "Remove the bot");
    alice.wait("document.querySelectorAll('dialog').length === 2");
    choose(&alice, "Remove the bot");
    alice.wait("!document.querySelector('dialog .govern-card')");
    // What it said was said by a program for ever.
    bob.reload();
    bob.wait_online();
    bob.wait("rows.querySelector('article') === null || rows.querySelector('.bot-badge')");
}

#[test]
fn somebody_has_an_address_of_their_own_and_only_where_the_chat_allows_it() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-phone");
    let alice = Window::open(&browser, &program.url());
    alice.arrive("alice");
    alice.click("#places [data-act=settings]");
    choose(&alice, "My addresses …");
    let top = "[...document.querySelectorAll('dialog')].at(-1)";
    alice.wait(&format!("{top}.textContent.includes('ntfy.sh, api.day.app')"));
    let add = |url: &str| {
        alice.run(&format!("{top}.querySelector('form input').value = '{url}'"));
        choose(&alice, "Add");
    };
    add("https://127.0.0.1/alice");
    alice.wait(&format!("{top}.querySelector('[role=status].quiet').textContent !== ''"));
    assert_eq!(alice.run(&format!("{top}.querySelectorAll('.govern-card').length")), 0);
    add("https://ntfy.sh/alice-7");
    alice.wait(&format!("{top}.querySelector('.govern-card strong')?.textContent === 'ntfy · ntfy.sh'"));
    assert_eq!(
        alice.run(&format!("{top}.textContent.includes('alice-7')")),
        false,
        "the address is not told again"
    );
    choose(&alice, "Remove");
    alice.wait("document.querySelectorAll('dialog').length === 3");
    choose(&alice, "Remove");
    alice.wait("document.querySelectorAll('dialog').length === 2 && !document.querySelector('.govern-card')");
}

#[test]
fn on_the_admin_page_bots_get_keys_and_rooms_get_targets() {
    let Some(browser) = browser() else { return };
    let program = Program::start("admin-outside");
    let bob = Window::open(&browser, &program.url());
    bob.arrive("bob");
    let page = let_in(&browser, &program);
    go(&page, "bots");
    page.wait("/There is no bot/.test(content.textContent) && content.querySelector('select option')");
    page.run("content.querySelector('.forms-fields input').focus()");
    page.write("builds");
    press(&page, "Make a key");
    page.wait("content.querySelectorAll('.forms-code').length === 2 && document.activeElement.matches('.forms-code')");
    let curl = page.run("content.querySelectorAll('.forms-code')[1].textContent");
    if shell(curl.as_str().expect("a line")).is_some() {
        bob.wait_for_message("Hello");
    }
    page.wait("/hook/i.test(content.querySelector('.bots-row').textContent)");
    page.run("content.querySelector('.bots-row .sheet-row button').click()");
    page.wait("/cannot speak here any more/.test(document.querySelector('dialog')?.textContent)");
    press(&page, "Revoke");
    page.wait("!document.querySelector('dialog') && !content.querySelector('.bots-row .sheet-row')");
    // And something goes out: to where nobody listens.
    go(&page, "targets");
    page.wait("content.querySelector('select option')");
    page.run("const shape = [...content.querySelectorAll('select')][1]; shape.value = 'webhook'; shape.dispatchEvent(new Event('change'))");
    page.run("content.querySelector('input[inputmode=url]').value = 'http://127.0.0.1:9/'");
    press(&page, "Add");
    page.wait("/^whsec_/.test(content.querySelector('.forms-code')?.textContent) && content.querySelector('.targets-row')");
    let first = page.run("content.querySelector('.forms-code').textContent");
    press(&page, "New secret");
    page.wait("document.querySelector('dialog')");
    press(&page, "New secret");
    page.wait(&format!(
        "!document.querySelector('dialog') && content.querySelector('.forms-code').textContent !== {first}"
    ));
    press(&page, "Test");
    page.wait("/did not take it/.test(content.querySelector('.targets-row')?.textContent)");
    press(&page, "Remove");
    page.wait("/Nothing goes there any more/.test(document.querySelector('dialog')?.textContent)");
    press(&page, "Remove");
    page.wait("/Nothing goes out/.test(content.textContent)");
    go(&page, "acts");
    page.wait(
        "/made a key for builds/.test(content.textContent) && /removed an address/.test(content.textContent)",
    );
}

#[test]
fn axe_core_finds_nothing_serious_where_the_room_talks_with_the_world() {
    let (Some(browser), Some(axe)) = (browser(), axe()) else { return };
    let program = Program::start("page-outside-axe");
    let alice = Window::open(&browser, &program.url());
    alice.arrive("alice");
    make_owner(&program, &alice, "alice");
    alice.run("pollcat.state.calling.isOffered = true; pollcat.do.draw()");
    alice.wait("document.querySelector('#offer button')");
    check(&alice, &axe, "an offer");
    alice.say("/hook builds");
    let [_, curl] = fields(&alice).try_into().expect("two fields");
    check(&alice, &axe, "a key");
    alice.press("Escape");
    no_dialog(&alice);
    if shell(&curl).is_some() {
        alice.wait("rows.querySelector('.bot-badge') && document.querySelector('#member-list .bot-badge')");
        check(&alice, &axe, "a bot");
    }
    alice.say("/push webhook http://127.0.0.1:9/");
    alice.wait("document.querySelector('dialog .govern-card')");
    check(&alice, &axe, "targets");
    alice.press("Escape");
    no_dialog(&alice);
    alice.say("/bots");
    alice.wait("document.querySelector('dialog .bots-key')");
    check(&alice, &axe, "bots");
    alice.press("Escape");
    no_dialog(&alice);
    alice.click("#level");
    alice.wait("document.querySelector('.menu')");
    check(&alice, &axe, "levels");
    alice.press("Escape");
    let page = let_in(&browser, &program);
    for (width, height) in [(1280, 800), (390, 844)] {
        page.resize(width, height);
        for (section, there) in [("bots", ".bots-row .sheet-row"), ("targets", ".targets-row")] {
            go(&page, section);
            page.wait(&format!("content.querySelector('{there}')"));
            check(&page, &axe, section);
            page.wait("middle.scrollWidth <= middle.clientWidth");
        }
    }
}
