//! People talk, in rooms and in private, with words and pictures; and nothing is lost when the line breaks.

use headless_chrome::protocol::cdp::Page;
use serde_json::json;

use crate::{Program, RED, Window, browser};

/// A page that hears nothing while it is `deaf`, as if the line were about to break.
const DEAF: &str = "{
    const Plain = WebSocket
    globalThis.WebSocket = class extends Plain {
        set onmessage(hear) { super.onmessage = hear && ((event) => globalThis.deaf || hear(event)) }
    }
}";

#[test]
fn two_windows_talk_in_rooms_and_in_private_and_a_picture_arrives() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-talk");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");

    alice.say("hello, **bob**");
    bob.wait_for_message("hello, bob");
    bob.say("hello @alice");
    alice.wait_for_message("hello @alice");
    alice.wait("rows.querySelector('.message-for-me mark')?.textContent === '@alice'");

    // A room, by a command; the other follows a link to it.
    alice.say("/join tea");
    alice.wait("location.hash === '#tea'");
    alice.say("green or black?");
    bob.run("location.hash = '#tea'");
    bob.click("dialog .primary");
    bob.wait_for_message("green or black?");
    assert_eq!(bob.run("document.querySelector('#room-title')?.textContent"), "#tea");
    let carol = Window::open(&browser, &format!("{}#tea", program.url()));
    carol.arrive("carol");
    carol.wait_for_message("green or black?");
    alice.run("history.back()");
    alice.wait("document.querySelector('#room-title')?.textContent === '#lobby'");
    alice.run("history.forward()");
    alice.wait("document.querySelector('#room-title')?.textContent === '#tea'");

    // A private talk, by a click on a name; the other is called.
    bob.wait("document.querySelector('#member-list button[title$=alice]')");
    bob.click("#member-list button[title$=alice]");
    bob.say("only for you");
    alice.wait(
        "document.querySelector('#talk-list .places-badge.loud') && document.title.startsWith('(@1) ')",
    );
    alice.click("#talk-list a");
    alice.wait_for_message("only for you");
    alice.wait("!document.querySelector('#talk-list .places-badge') && document.title === 'bob · pollcat'");

    // A picture with a caption, dropped onto the page; it is looked at first.
    alice.run(&drop_file("red.png", "image/png", RED));
    alice.wait("attached.querySelector('img')?.naturalWidth === 1");
    alice.say("look");
    bob.wait_for_message("look");
    bob.wait("rows.querySelector('.picture img')?.naturalWidth === 1");
    assert_eq!(bob.run("rows.querySelector('.picture img').alt"), "look");
}

/// Drops a file onto the page.
pub(crate) fn drop_file(name: &str, media_type: &str, bytes: &[u8]) -> String {
    format!(
        "{{ const dataTransfer = new DataTransfer();
           dataTransfer.items.add(new File([new Uint8Array({bytes:?})], '{name}', {{ type: '{media_type}' }}));
           document.querySelector('#log').dispatchEvent(new DragEvent('drop', {{ dataTransfer, bubbles: true, cancelable: true }})) }}"
    )
}

#[test]
fn a_killed_server_loses_nothing_and_doubles_nothing() {
    let Some(browser) = browser() else { return };
    let mut program = Program::start("page-kill");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.call::<Page::AddScriptToEvaluateOnNewDocument>(json!({"source": DEAF}));
    alice.reload();
    alice.arrive("alice");
    bob.arrive("bob");
    for number in 0..5 {
        alice.say(&format!("alice {number}"));
        bob.say(&format!("bob {number}"));
    }
    alice.wait_online();
    bob.wait_online();

    // Stored by the server, which then dies; alice never hears of it. And some words while there is no server.
    alice.run("globalThis.deaf = true");
    alice.say("stored and not acknowledged");
    bob.wait_for_message("stored and not acknowledged");
    assert_eq!(alice.run("unsent.children.length"), 1);
    program.kill();
    alice.run("globalThis.deaf = false");
    alice.wait("document.body.dataset.state !== 'online'");
    alice.say("in the dark, alice");
    bob.wait("document.body.dataset.state !== 'online'");
    bob.say("in the dark, bob");
    alice.wait("unsent.children.length > 0 && banner.textContent !== ''");
    program.start_again();
    alice.wait_online();
    bob.wait_online();
    for window in [&alice, &bob] {
        window.wait("rows.querySelectorAll('article').length === 13");
        window.forgive_lost_connections();
    }

    let (heard_by_alice, heard_by_bob) = (alice.messages(), bob.messages());
    assert_eq!(heard_by_alice, heard_by_bob, "both see the same, in the same order");
    let mut once = heard_by_alice.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), 13, "every message is there once: {heard_by_alice:?}");
    let of_alice: Vec<_> = heard_by_alice.iter().filter(|text| text.starts_with("alice")).collect();
    assert_eq!(of_alice, ["alice 0", "alice 1", "alice 2", "alice 3", "alice 4"]);
    assert_eq!(alice.run("banner.textContent"), "");
}

#[test]
fn windows_of_one_browser_are_one_person() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-person");
    let first = Window::open(&browser, &program.url());
    let second = first.open_another(&browser, &program.url());
    let third = first.open_another(&browser, &program.url());
    // Two answer at once, and a third has not answered yet: all of them are who was first.
    for (window, name) in [(&first, "alice"), (&second, "bob")] {
        window.wait("!arrival.hidden");
        window.run(&format!("document.querySelector('#arrival-name').value = '{name}'"));
    }
    for window in [&first, &second] {
        window.run("document.querySelector('#arrival-form').requestSubmit()");
    }
    for window in [&first, &second, &third] {
        window.wait("!app.hidden && document.querySelector('#my-name')?.textContent");
    }
    let name = first.run("document.querySelector('#my-name')?.textContent");
    for window in [&second, &third] {
        assert_eq!(window.run("document.querySelector('#my-name')?.textContent"), name);
    }
    first.say("from here");
    second.wait_for_message("from here");
    second.say("from there");
    first.wait_for_message("from there");
    assert_eq!(first.run("document.querySelector('#member-list').children.length"), 1);
    second.reload();
    second.wait(&format!("document.querySelector('#my-name')?.textContent === {name}"));
}

#[test]
fn what_is_older_comes_on_scrolling_up_and_what_is_read_stays_in_its_place() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-older");
    let alice = Window::open(&browser, &program.url());
    alice.arrive("alice");
    // Many people at once, for one is not allowed to be so fast: 60 × 10 messages.
    alice.run(
        "Promise.all(Array.from({ length: 60 }, (_, person) => new Promise((done) => {
            const ws = new WebSocket(`ws://${location.host}/`, 'chat.v1')
            let acks = 0
            ws.onopen = () => ws.send(JSON.stringify({ type: 'hello' }))
            ws.onmessage = ({ data }) => {
                const object = JSON.parse(data)
                const speak = () => ws.send(JSON.stringify({ type: 'message', id: `${person} ${acks}`, msg: `line ${person} ${acks}` }))
                if (object.type === 'welcome') speak()
                else if (object.type === 'error') setTimeout(speak, object.retry_after ?? 50)
                else if (object.type === 'ack') ++acks < 10 ? speak() : (ws.close(), done())
            }
        })))",
    );
    alice.wait("document.title.startsWith('lobby')"); // all of them are read
    let top = "rows.firstChild.textContent";
    alice.reload();
    alice.wait("rows.querySelectorAll('article').length > 20");
    let mut tops = vec![alice.run(top)];
    while alice.run("older.textContent !== 'This is where it begins.'") == true {
        // The message at the top of the view, and where on the screen it is: the same before and after.
        let moved = alice.run(
            "new Promise((done) => {
                const top = log.getBoundingClientRect().top
                log.scrollTop = 300
                const anchor = [...rows.children].find((row) => row.getBoundingClientRect().bottom > top + 300)
                const before = anchor.getBoundingClientRect().top
                const count = rows.firstChild
                let frames = 0
                const look = () => {
                    const grown = rows.firstChild !== count || older.textContent === 'This is where it begins.'
                    if (grown || ++frames > 600) done(anchor.getBoundingClientRect().top - before)
                    else requestAnimationFrame(look)
                }
                requestAnimationFrame(look)
            })",
        );
        assert!(moved.as_f64().expect("a number of pixels").abs() < 2.0, "the view jumped by {moved}");
        assert!(alice.run("rows.children.length").as_u64() < Some(400), "few rows at a time");
        tops.push(alice.run(top));
        assert!(tops.len() < 100, "it never begins: {tops:?}");
    }
    alice.click("#latest");
    alice.wait("log.scrollHeight - log.scrollTop - log.clientHeight < 2 && latest.hidden");
}
