//! What one does about oneself: one's devices, the code for another one, all one's words in a file, and going for ever.

use crate::{Program, Window, browser};

fn settings(window: &Window, label: &str) {
    window.click("#places [data-act=settings]");
    press(window, label);
}

fn press(window: &Window, label: &str) {
    let button = format!(
        "[...document.querySelectorAll('dialog button')].findLast((one) => one.textContent === '{label}')"
    );
    window.wait(&button);
    window.run(&format!("{button}.click()"));
}

fn close_dialogs(window: &Window) {
    window.run("for (const dialog of document.querySelectorAll('dialog')) dialog.close()");
    window.wait("!document.querySelector('dialog')");
}

/// Comes in with a code, however it is typed.
fn arrive_by_code(window: &Window, code: &str) {
    window.wait("!arrival.hidden");
    window.click("#arrival-way");
    window.wait("document.activeElement.id === 'arrival-code'");
    window.write(code);
    window.press("Enter");
}

#[test]
fn another_device_comes_in_by_a_code_and_can_be_ended() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-devices");
    let alice = Window::open(&browser, &program.url());
    alice.arrive("alice");
    alice.say("from the first");
    settings(&alice, "Use another device");
    alice.wait("/^[A-Z0-9]{4}-[A-Z0-9]{4}$/.test(document.querySelector('.devices-code').textContent)");
    alice.wait("/^Good for [45]:/.test(document.querySelector('.devices-left').textContent)");
    let code = alice.run("document.querySelector('.devices-code').textContent");
    let code = code.as_str().expect("a code").to_owned();
    close_dialogs(&alice);

    let phone = Window::open(&browser, &program.url());
    arrive_by_code(&phone, "ABC");
    phone.wait("document.querySelector('#arrival-error').textContent.includes('eight letters')");
    phone.run("document.querySelector('#arrival-code').select()");
    phone.write("2222-2222");
    phone.press("Enter");
    phone.wait("document.querySelector('#arrival-error').textContent.includes('not good')");
    phone.wait("document.activeElement.id === 'arrival-code'");
    phone.run("document.querySelector('#arrival-code').select()");
    phone.write(&format!(" {}", code.to_lowercase().replace('-', " ")));
    phone.press("Enter");
    phone.wait("!app.hidden && document.querySelector('#my-name').textContent === 'alice'");
    phone.wait_for_message("from the first");
    phone.say("from the second");
    alice.wait_for_message("from the second");
    assert_eq!(alice.run("document.querySelectorAll('#member-list li').length"), 1, "they are one person");
    // It stays so; and the code is over.
    phone.reload();
    phone.wait_online();
    let stranger = Window::open(&browser, &program.url());
    arrive_by_code(&stranger, &code);
    stranger.wait("document.querySelector('#arrival-error').textContent.includes('not good')");
    stranger.click("#arrival-way");
    stranger.wait(
        "document.activeElement.id === 'arrival-name' && document.querySelector('#arrival-code').hidden",
    );

    // Two devices are listed, this one first; the other is ended, and is nobody then.
    settings(&alice, "Show my devices");
    alice.wait("document.querySelectorAll('.devices-entry').length === 2");
    assert_eq!(alice.run("Boolean(document.querySelector('.devices-entry .devices-this'))"), true);
    assert_eq!(alice.run("document.querySelectorAll('.devices-entry button').length"), 1);
    alice.run("document.querySelector('.devices-entry button').click()");
    alice.wait("document.querySelectorAll('.devices-entry').length === 1");
    phone.wait("document.querySelector('#app').hidden");
    close_dialogs(&alice);
    alice.say("still here");
    alice.wait_for_message("still here");
}

#[test]
fn what_is_typed_about_oneself_opens_where_it_is_done() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-typed-oneself");
    let alice = Window::open(&browser, &program.url());
    alice.arrive("alice");
    let chosen = "document.querySelector('dialog input[name=erase]:checked')?.value";
    for (command, there) in [
        (
            "/link",
            "/^[A-Z0-9]{4}-/.test(document.querySelector('dialog .devices-code')?.textContent)".to_owned(),
        ),
        ("/sessions", "document.querySelector('dialog .devices-entry .devices-this')".to_owned()),
        ("/erase name", format!("{chosen} === 'name'")),
        ("/erase words", format!("{chosen} === 'words'")),
    ] {
        alice.say(command);
        alice.wait(&there);
        assert_eq!(alice.run("document.querySelectorAll('dialog').length"), 1, "{command} opens this alone");
        assert_eq!(alice.run("say.value"), "", "{command} is done");
        close_dialogs(&alice);
    }
    // Nothing was erased by typing, and of two ways one is to be named.
    alice.say("/erase");
    alice.wait("document.querySelector('#composer-note').textContent !== ''");
    assert_eq!(alice.run("Boolean(document.querySelector('dialog')) || app.hidden"), false);
    assert_eq!(alice.messages().len(), 0, "a command that lacks something is said to nobody");
}

#[test]
fn all_that_one_said_comes_in_a_file() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-export");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    bob.say("not hers");
    alice.wait_for_message("not hers");
    for text in ["one", "two", "/msg bob three"] {
        alice.say(text);
    }
    bob.wait("document.querySelector('#talk-list a')");
    // What the browser would save.
    alice.run(
        "globalThis.saved = new Promise((done) => {
            const make = URL.createObjectURL
            URL.createObjectURL = (blob) => (blob.type === 'application/jsonl' && blob.text().then(done), make(blob))
            HTMLAnchorElement.prototype.click = function () { globalThis.file = this.download }
        }), 0",
    );
    settings(&alice, "Save all I said");
    let text = alice.run("saved");
    let lines: Vec<serde_json::Value> = text
        .as_str()
        .expect("a text")
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!((&lines[0]["type"], &lines[0]["name"]), (&"person".into(), &"alice".into()));
    let said: Vec<&str> = lines[1..].iter().filter_map(|event| event["msg"].as_str()).collect();
    assert_eq!(said, ["one", "two", "three"]);
    assert!(lines[1..].iter().all(|event| event["room"].is_string()), "{text}");
    assert!(alice.run("file").as_str().is_some_and(|name| name.ends_with(".jsonl")));
    close_dialogs(&alice);
}

/// Erases oneself, in one of the two ways.
fn erase(window: &Window, choice: &str, name: &str) {
    settings(window, "Erase me …");
    window.wait("document.querySelector('.mywords-choice')");
    let yes =
        "[...document.querySelectorAll('dialog .danger')].findLast((one) => one.textContent === 'Erase me')";
    window.run(&format!("document.querySelector('input[name=erase][value={choice}]').click()"));
    assert_eq!(window.run(&format!("{yes}.disabled")), true, "not before the name is typed");
    window.run("[...document.querySelectorAll('dialog input:not([type=radio])')].at(-1).focus()");
    window.write("somebody else");
    assert_eq!(window.run(&format!("{yes}.disabled")), true);
    window.run("document.activeElement.select()");
    window.write(name);
    assert_eq!(window.run(&format!("{yes}.disabled")), false);
    window.run(&format!("{yes}.click()"));
}

#[test]
fn who_goes_for_ever_leaves_the_words_without_a_name_or_no_words_at_all() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-erase");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    let carol = Window::open(&browser, &program.url());
    for (window, name) in [(&alice, "alice"), (&bob, "bob"), (&carol, "carol")] {
        window.arrive(name);
        window.say(&format!("{name} was here"));
        window.wait_for_message(&format!("{name} was here"));
    }
    erase(&alice, "name", "Alice");
    alice.wait("!document.querySelector('dialog') && document.querySelector('#app').hidden");
    bob.wait(
        "[...document.querySelectorAll('.message-who')].some((one) => one.textContent.startsWith('gone-'))",
    );
    bob.wait_for_message("alice was here");
    bob.wait("!document.querySelector('#member-list').textContent.includes('alice')");
    erase(&carol, "words", "carol");
    carol.wait("!document.querySelector('dialog') && document.querySelector('#app').hidden");
    bob.wait("![...document.querySelectorAll('.message-text')].some((one) => one.textContent === 'carol was here')");
    // Nobody comes back: the next one here is somebody new, and may have the name.
    carol.reload();
    carol.arrive("carol");
    carol.wait_for_message("alice was here");
    bob.reload();
    bob.wait_for_message("alice was here");
    assert_eq!(
        bob.run("[...document.querySelectorAll('.message-text')].some((one) => one.textContent === 'carol was here')"),
        false
    );
}
