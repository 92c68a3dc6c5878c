//! How things are shown: signs are whole, names keep their place, days come once, code can be copied.

use headless_chrome::protocol::cdp::Emulation;
use serde_json::{Value, json};

use crate::{Program, Window, browser};

#[test]
fn signs_are_never_cut_apart_and_what_is_found_is_marked() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-signs");
    let window = Window::open(&browser, &program.url());
    let call = |module: &str, expression: &str| {
        window.run(&format!("import('/{module}.js').then((m) => {expression})"))
    };
    for (text, most, expected) in [
        ("hello", 5, "hello"),
        ("hello", 4, "hell…"),
        ("👨‍👩‍👧👍🏽🇨🇳é", 3, "👨‍👩‍👧👍🏽🇨🇳…"),
        ("e\u{301}e\u{301}", 1, "e\u{301}…"),
        ("", 3, ""),
    ] {
        assert_eq!(call("text", &format!("m.cut({}, {most})", Value::from(text))), expected);
    }
    let tower = format!("a{}", "\u{301}".repeat(4000));
    assert_eq!(call("text", &format!("m.cut({}, 80)", Value::from(tower))), "…");
    assert_eq!(call("text", "m.firstSign('👨‍👩‍👧x')"), "👨‍👩‍👧");
    for (text, blank) in
        [("\u{200b}\u{2800}\u{3164} \n\u{0}", true), ("\u{200b}.", false), ("😀", false), ("\u{301}", true)]
    {
        assert_eq!(call("text", &format!("m.isBlank({})", Value::from(text))), blank, "{text:?}");
    }
    for (text, query, expected) in [
        ("**Bold** words, and BOLD ones", "bold", "<Bold> words, and <BOLD> ones"),
        ("x ｂｏｌｄ y", "Bold", "x <ｂｏｌｄ> y"),
        ("我们去茶馆吧", "茶馆", "我们去<茶馆>吧"),
        ("nothing here", "tea", "nothing here"),
        ("green tea and black tea", "tea black", "green <tea> and <black> <tea>"),
    ] {
        let shown = call(
            "excerpt",
            &format!(
                "m.excerpt({}, {}).map((one) => one.textContent ? `<${{one.textContent}}>` : one || '').join('')",
                Value::from(text),
                Value::from(query)
            ),
        );
        assert_eq!(shown, expected);
    }
    let far = call(
        "excerpt",
        "m.excerpt('word '.repeat(300) + 'needle ' + 'word '.repeat(300), 'needle').map((one) => one.textContent ?? (one || '')).join('')",
    );
    let far = far.as_str().expect("text");
    assert!(
        far.starts_with('…') && far.contains("needle") && far.ends_with('…') && far.chars().count() < 260,
        "{far}"
    );
}

#[test]
fn names_in_notices_keep_their_place_and_a_new_room_is_a_link() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-notices");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("משה");
    alice.wait("rows.querySelector('.notice bdi')?.textContent === 'משה'");
    bob.say("/nick דוד");
    alice.wait(
        "[...rows.querySelectorAll('.notice bdi')].map((one) => one.textContent).join() === 'משה,משה,דוד'",
    );
    bob.say("/join 茶馆");
    alice.wait("rows.querySelector('.notice a')?.textContent === '茶馆'");
    alice.click("#rows .notice a");
    alice.wait("document.querySelector('dialog .primary')"); // whether to join
    alice.click("dialog .primary");
    alice.wait("document.querySelector('#room-title')?.textContent === '#茶馆'");
}

#[test]
fn a_day_comes_once_whatever_the_clock_says() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-days");
    let window = Window::open(&browser, &program.url());
    window.arrive("alice");
    // Said on the second, the first (the clock was set back), the second, and the third day; with notices of a browser
    // whose clock is wrong.
    let days = window.run(
        "import('/room.js').then(({ Room }) => {
            const day = 86400000
            const said = (offset, days) => ({ type: 'message', offset, from_id: 9, from: 'bob', msg: 'x', msg_time: days * day })
            const room = new Room({ room: 'x', epoch: 'e' })
            room.history({ epoch: 'e', recovered: true, more: false, events: [said(1, 2), said(2, 1), said(3, 2)] })
            room.notice('noticeJoined', 'carol', 9 * day)
            room.take(said(4, 3))
            room.notice('noticeLeft', 'carol', 0)
            return room.items.map(({ dated }) => dated / day)
        })",
    );
    assert_eq!(days, json!([2, 2, 2, 2, 3, 3]));
}

#[test]
fn code_scrolls_sideways_and_can_be_copied() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-code");
    let alice = Window::open(&browser, &program.url());
    alice.resize(360, 740);
    alice.arrive("alice");
    let code = format!("fn main() {{}} // {}\n    indented", "wide ".repeat(60));
    alice.say(&format!("```rust\n{code}\n```"));
    alice.wait("rows.querySelector('pre')");
    assert_eq!(alice.run("rows.querySelector('pre').scrollWidth > rows.querySelector('pre').clientWidth && log.scrollWidth <= log.clientWidth"), true);
    assert_eq!(alice.run("getComputedStyle(rows.querySelector('pre code')).paddingLeft"), "0px");
    alice.run("Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText: async (text) => { globalThis.clip = text } } })");
    alice.run("rows.querySelector('.code button').click()");
    alice.wait("toasts.textContent.startsWith('Copied.')");
    assert_eq!(alice.run("globalThis.clip"), Value::from(code));
    // Plain http in a network has no such clipboard.
    alice.run("Object.defineProperty(navigator, 'clipboard', { configurable: true, value: undefined })");
    alice.run("rows.querySelector('.code button').click()");
    alice.wait("toasts.textContent.startsWith('This browser does not let')");
    // What is deleted by keyboard leaves the focus where it was.
    alice.run("log.focus()");
    alice.press("ArrowUp");
    let mut stops = Vec::new();
    while alice.run("document.activeElement.matches('.delete')") != true {
        alice.press("Tab");
        stops.push(alice.run("document.activeElement.className || document.activeElement.localName"));
        assert!(stops.len() < 10, "Tab never comes to the deleting: {stops:?}");
    }
    assert!(stops.contains(&Value::from("icon little")), "the copying is on the way: {stops:?}");
    alice.press("Enter");
    alice.wait("document.querySelector('dialog .danger')");
    alice.press("Tab");
    alice.press("Enter");
    alice.wait("rows.querySelector('.gone') && rows.contains(document.activeElement)");
}

#[test]
fn where_the_system_chooses_the_colours_nothing_is_said_by_a_background() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-forced");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    bob.say("hello @alice");
    alice.wait("rows.querySelector('.for-me')");
    alice.call::<Emulation::SetEmulatedMedia>(
        json!({"features": [{"name": "forced-colors", "value": "active"}]}),
    );
    let style = |what: &str| {
        alice.run(&format!("(() => {{ const style = (query, pseudo) => getComputedStyle(document.querySelector(query), pseudo); return {what} }})()"))
    };
    assert_eq!(
        style("style('#member-list .dot.here').backgroundColor !== style('body').backgroundColor"),
        true
    );
    assert_eq!(style("style('[aria-current]').borderInlineStartWidth"), "4px");
    assert_eq!(style("style('.for-me > .entry', '::before').borderInlineStartWidth"), "3px");
}
