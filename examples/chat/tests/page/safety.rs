//! Whatever people say, call themselves or call a room: it is text.

use crate::{Program, Window, browser};

const ATTACKS: [&str; 8] = [
    "<img src=x onerror=\"globalThis.harmed = 1\">",
    "<script>globalThis.harmed = 1</script>",
    "[click](javascript:globalThis.harmed=1)",
    "javascript:globalThis.harmed=1",
    "https://example.com/\" onmouseover=\"globalThis.harmed=1",
    "`<b onclick=globalThis.harmed=1>`",
    "data:text/html,<script>globalThis.harmed=1</script>",
    "&lt;img src=x onerror=globalThis.harmed=1&gt; \u{202e}gnp.exe",
];

#[test]
fn markup_that_somebody_says_stays_text() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-safety");
    let (alice, mallory) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    mallory.arrive("mallory");
    for attack in ATTACKS {
        mallory.say(attack);
        // `code` is the only one that is not shown as it was typed.
        alice.wait_for_message(&attack.replace('`', ""));
    }
    let strange = "Array.from(rows.querySelectorAll('.message-text *')).filter((one) => !['P', 'A', 'CODE'].includes(one.tagName)).length";
    assert_eq!(alice.run(strange), 0, "nothing but paragraphs, a link, and code");
    let links = alice.run("Array.from(rows.querySelectorAll('a'), (a) => [a.href, a.rel, a.target])");
    assert_eq!(links, serde_json::json!([["https://example.com/", "noopener noreferrer", "_blank"]]));
    assert_eq!(alice.run("globalThis.harmed ?? 0"), 0);
}

#[test]
fn markup_in_names_of_people_and_rooms_stays_text() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-names");
    let alice = Window::open(&browser, &program.url());
    alice.arrive("alice");
    // The server would refuse some of these names; the page must not depend on that.
    alice.run(
        r#"{
            const name = '"><img src=x onerror=globalThis.harmed=1>'
            const { store, room } = pollcat.state
            const said = { type: "message", room: "lobby", from_id: 99, from: name, msg: "hi", msg_time: 1 }
            store.heard({ ...said, offset: room.last + 1 })
            store.heard({ ...said, offset: room.last + 1, type: "picture", picture: { url: "/favicon.svg", width: 9, height: 9 }, msg: name })
            store.heard({ type: "joined", room: "lobby", user: { id: 99, name }, members: 2 })
            pollcat.do.drawNow()
        }"#,
    );
    alice.wait("rows.querySelectorAll('.message-who')[0].textContent.startsWith('\"><img')");
    assert_eq!(alice.run("rows.querySelectorAll('img:not(.picture img)').length"), 0);
    assert_eq!(
        alice.run("rows.querySelector('.picture img').alt"),
        "\"><img src=x onerror=globalThis.harmed=1>"
    );
    // The address of a room is somebody's text as well, and an old link may be broken.
    for hash in ["#%3Cimg src=x onerror=globalThis.harmed=1%3E", "#%zz", "#javascript:globalThis.harmed=1"] {
        alice.run(&format!("location.hash = {hash:?}"));
    }
    alice.wait("document.querySelector('dialog')");
    alice.press("Escape");
    assert_eq!(alice.run("globalThis.harmed ?? 0"), 0);
}
