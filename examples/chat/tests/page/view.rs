//! What one reads stays where it is, and the end stays in view: while things load, grow, shrink, come and go.

use headless_chrome::protocol::cdp::{Input, Network, Page};
use serde_json::{Value, json};

use crate::talk::drop_file;
use crate::{Program, RED, Window, browser};

const TO_END: &str = "log.scrollHeight - log.scrollTop - log.clientHeight";
/// The row at the top of the view, and where it is.
const SPOT: &str = "(() => {
    const { top } = log.getBoundingClientRect()
    const row = [...rows.children].find((row) => row.getBoundingClientRect().bottom > top)
    return [row.querySelector('.message-text, .message-notice').textContent, Math.round(row.getBoundingClientRect().top - top)]
})()";

/// Some people say 8 lines each, as fast as they may.
pub(crate) fn fill(window: &Window, people: u32, word: &str) {
    window.run(&format!(
        "Promise.all(Array.from({{ length: {people} }}, (_, person) => new Promise((done) => {{
            const ws = new WebSocket(`ws://${{location.host}}/`, 'chat.v1')
            let acks = 0
            ws.onopen = () => ws.send(JSON.stringify({{ type: 'hello' }}))
            ws.onmessage = ({{ data }}) => {{
                const object = JSON.parse(data)
                const speak = () => ws.send(JSON.stringify({{ type: 'message', id: `${{person}} ${{acks}}`, msg: `{word} ${{person}} ${{acks}}` }}))
                if (object.type === 'welcome') speak()
                else if (object.type === 'error') setTimeout(speak, object.retry_after ?? 50)
                else if (object.type === 'ack') ++acks < 8 ? speak() : (ws.close(), done())
            }}
        }})))"
    ));
}

fn frames(window: &Window) {
    window.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done))))");
}

#[track_caller]
fn at_end(window: &Window, after: &str) {
    frames(window);
    let rest = window.run(TO_END).as_f64().expect("pixels");
    assert!(rest.abs() < 2.0, "after {after} the end is {rest} pixels below");
}

#[test]
fn the_end_stays_in_view_until_somebody_scrolls() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-end");
    let alice = Window::open(&browser, &program.url());
    alice.arrive("alice");
    fill(&alice, 8, "line");
    alice.wait("rows.querySelectorAll('article').length === 64");
    for (width, height) in [(390, 800), (1280, 400), (700, 300), (2560, 1440), (1280, 800)] {
        alice.resize(width, height);
        alice.wait(&format!("innerWidth === {width} && innerHeight === {height}"));
        at_end(&alice, &format!("{width}×{height}"));
    }
    for change in [
        "say.value = 'x\\n'.repeat(9); say.dispatchEvent(new Event('input'))",
        "say.value = ''; say.dispatchEvent(new Event('input'))",
        "document.body.style.fontSize = '24px'",
        "document.body.style.fontSize = ''",
        "rows.children[60].style.paddingBottom = '700px'",
        "rows.children[60].style.paddingBottom = ''",
    ] {
        alice.run(change);
        at_end(&alice, change);
    }
    // The first wheel gets away, also from a flood.
    let wheel = |by: i32| {
        alice.call::<Input::DispatchMouseEvent>(
            json!({"type": "mouseWheel", "x": 600, "y": 400, "deltaX": 0, "deltaY": by}),
        )
    };
    wheel(-200);
    alice.wait("!latest.hidden");
    fill(&alice, 3, "flood");
    alice.wait(&format!("{TO_END} > 500 && latest.textContent === '↓ 24 new'"));
    wheel(9_000);
    alice.wait("latest.hidden && document.title === 'lobby · pollcat'");
    fill(&alice, 1, "more");
    at_end(&alice, "coming back");
}

#[test]
fn what_is_read_stays_in_its_place() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-place");
    let alice = Window::open(&browser, &program.url());
    alice.arrive("alice");
    fill(&alice, 8, "line");
    alice.wait("rows.querySelectorAll('article').length === 64");
    alice.run("log.scrollTop = 700");
    alice.wait("!latest.hidden");
    frames(&alice);
    let spot = alice.run(SPOT);
    for change in [
        "rows.children[2].style.paddingTop = '300px'",
        "rows.children[2].style.paddingTop = ''",
        "say.value = 'x\\n'.repeat(9); say.dispatchEvent(new Event('input'))",
        "say.value = ''; say.dispatchEvent(new Event('input'))",
        "say.focus()",
    ] {
        alice.run(change);
        frames(&alice);
        assert_eq!(alice.run(SPOT), spot, "{change}");
    }
    // Another room, and back; somebody has spoken meanwhile.
    alice.say("/join tea");
    alice.wait("location.hash === '#tea'");
    fill(&alice, 1, "meanwhile");
    alice.wait("document.querySelector('#room-list .places-badge')");
    alice.click("#room-list a");
    alice.wait(
        "document.querySelector('#room-title')?.textContent === '#lobby' && latest.textContent === '↓ 8 new'",
    );
    frames(&alice);
    // One's own word has led to the end of the lobby? No: a command says nothing.
    assert_eq!(alice.run(SPOT), spot, "the room is where it was left");
}

/// A red PNG of this size: the size is in its head, and browsers show what there is of it.
fn red(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = RED.to_vec();
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let crc = bytes[12..29].iter().fold(!0_u32, |crc, &byte| {
        (0..8).fold(
            crc ^ u32::from(byte),
            |crc, _| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 },
        )
    });
    bytes[29..33].copy_from_slice(&(!crc).to_be_bytes());
    bytes
}

#[test]
fn a_picture_has_its_place_before_its_bytes_and_without_them() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-pictures");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    let sizes = [(640, 480), (200, 100), (100, 4000), (4000, 100), (16, 16), (1, 1)];
    for (width, height) in sizes {
        bob.run(&drop_file("red.png", "image/png", &red(width, height)));
        bob.wait("attached.querySelector('img')");
        bob.say("");
        bob.wait("unsent.children.length === 0 && !attached.firstChild");
    }
    alice.wait(&format!("rows.querySelectorAll('.picture').length === {}", sizes.len()));
    const BOXES: &str = "JSON.stringify([...rows.querySelectorAll('.picture')].map((one) => {
        const { width, height } = one.getBoundingClientRect()
        return [Math.round(width), Math.round(height)]
    }))";
    let whole = alice.run(BOXES);
    // A picture that fails says so, in its place.
    alice.call::<Network::SetCacheDisabled>(json!({"cacheDisabled": true}));
    alice.call::<Network::SetBlockedURLs>(json!({"urls": ["*/pictures/*"]}));
    alice.reload();
    alice.wait(&format!("document.querySelectorAll('#rows .picture-broken').length === {}", sizes.len()));
    assert_eq!(alice.run(BOXES), whole);
    let boxes: Vec<[u32; 2]> = serde_json::from_str(whole.as_str().expect("JSON")).expect("pairs");
    assert_eq!(boxes[0], [416, 312]);
    assert_eq!(boxes[1], [200, 100]);
    assert!(boxes.iter().all(|[width, height]| *width >= 32 && *height >= 32), "{boxes:?}");
    assert!(boxes.iter().all(|[width, height]| *width <= 416 && *height <= 402), "{boxes:?}");
    assert!(
        alice
            .run("rows.querySelector('.picture-broken').textContent")
            .as_str()
            .is_some_and(|text| text.contains("cannot be shown"))
    );
    at_end(&alice, "pictures that failed");
    alice.call::<Network::SetBlockedURLs>(json!({"urls": []}));
    alice.run("for (const one of rows.querySelectorAll('.picture-broken')) one.click()");
    alice.wait("rows.querySelectorAll('.picture-broken').length === 0");
    assert_eq!(alice.run(BOXES), whole);
    alice.forgive_lost_connections();
}

#[test]
fn a_picture_is_looked_at_and_left_by_keys() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-lightbox");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    for caption in ["first", "second"] {
        bob.run(&drop_file("red.png", "image/png", &red(40, 40)));
        bob.wait("attached.querySelector('img')");
        bob.say(caption);
        alice.wait_for_message(caption);
    }
    alice.run("rows.querySelector('.picture').focus()");
    alice.press("Enter");
    let shows = |caption: &str| {
        format!("document.querySelector('.lightbox figcaption')?.textContent.startsWith('{caption}bob')")
    };
    alice.wait(&shows("first"));
    assert_eq!(alice.run("document.querySelector('.lightbox .lightbox-previous').hidden"), true);
    alice.press("ArrowRight");
    alice.wait(&shows("second"));
    assert_eq!(
        alice.run(
            "document.querySelector('.lightbox a').href === document.querySelector('.lightbox img').src"
        ),
        true
    );
    alice.press("ArrowLeft");
    alice.wait(&shows("first"));
    alice.press("Escape");
    alice.wait(
        "!document.querySelector('.lightbox') && document.activeElement === rows.querySelector('.picture')",
    );
    // What is taken back is closed, and no notice, badge or hit is left of it.
    alice.press("Enter");
    alice.wait(&shows("first"));
    take_back(&bob, "first");
    alice.wait("!document.querySelector('.lightbox') && rows.querySelectorAll('.picture').length === 1");
    alice.say("/join tea");
    alice.wait("location.hash === '#tea'");
    bob.say("look here, @Alice!");
    alice.wait("document.title.startsWith('(@1) ') && toasted.some((it) => it.includes('look here'))");
    alice.click("#places [data-act=search]");
    alice.wait("document.querySelector('dialog')");
    alice.write("LOOK");
    alice.wait("document.querySelector('dialog .search-hit')?.textContent === 'look'");
    take_back(&bob, "look here");
    alice.wait(
        "document.title.startsWith('(1) ') && !toasts.textContent && !document.querySelector('dialog .search-hit')",
    );
    assert_eq!(bob.run("rows.querySelectorAll('.message-gone').length"), Value::from(2));
}

/// Deletes one's own message that contains these words.
fn take_back(window: &Window, words: &str) {
    window.run(&format!(
        "[...rows.querySelectorAll('.message-mine')].find((row) => row.textContent.includes('{words}')).querySelector('.message-more').click()"
    ));
    window.click(".menu .danger");
    window.click("dialog:not(.menu) .danger");
    window.wait("!document.querySelector('dialog')");
}

#[test]
fn long_messages_come_in_several_answers_and_without_a_gap() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-long");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    bob.say("the first word");
    alice.wait_for_message("the first word");
    alice.go("about:blank");
    // An answer has some three of these.
    fill(&bob, 6, &"长".repeat(3900));
    alice.go(&program.url());
    alice.wait("globalThis.pollcat?.state.room?.items.some(({ offset }) => offset === 2)");
    const OFFSETS: &str = "pollcat.state.room.items.map(({ offset }) => offset).filter(Boolean)";
    let gapless = |after: &str| {
        let offsets: Vec<u64> = serde_json::from_value(alice.run(OFFSETS)).expect("numbers");
        assert!(offsets.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{after}: {offsets:?}");
        offsets
    };
    // Down from the first that is new to the last, and up again.
    gapless("opened");
    alice.wait(&format!("(log.scrollTop += 1500, latest.hidden && {TO_END} < 2)"));
    assert_eq!(gapless("down").last(), Some(&49));
    alice.reload();
    alice.wait("rows.querySelector('article')");
    alice.wait("(log.scrollTop = 0, older.textContent === 'This is where it begins.')");
    assert_eq!(gapless("up").first(), Some(&1));
}

/// What a browser may lack, or refuse, of what the log needs.
const LACKS: [&str; 7] = [
    "delete window.ResizeObserver",
    "window.ResizeObserver = class { constructor() { throw new Error('no') } }",
    "delete Intl.Segmenter",
    "Intl.Segmenter = Intl.DateTimeFormat = function () { throw new RangeError('no such language') }",
    "URL.canParse = URL.revokeObjectURL = undefined",
    "Object.defineProperty(Navigator.prototype, 'clipboard', { get() { throw new DOMException('no', 'SecurityError') } })",
    "Object.defineProperty(Navigator.prototype, 'language', { value: 'en-US@posix' })",
];

#[test]
fn whatever_a_browser_lacks_messages_are_read() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-lacks");
    let bob = Window::open(&browser, &program.url());
    bob.arrive("bob");
    for (number, lack) in (0..).zip(LACKS) {
        let alice = Window::open(&browser, &program.url());
        alice.call::<Page::AddScriptToEvaluateOnNewDocument>(json!({"source": lack}));
        alice.go(&program.url());
        alice.arrive(&format!("alice-{number}"));
        bob.say(&format!("hello @alice-{number} https://a.example/{number}\n```\ncode\n```"));
        alice.wait(&format!(
            "rows.querySelector('.message-for-me a')?.textContent === 'https://a.example/{number}'"
        ));
        alice.run("rows.querySelector('.message-code button').click()");
        alice.wait("toasts.textContent.length > 0");
        alice.run(&drop_file("red.png", "image/png", RED));
        alice.wait("attached.querySelector('img')");
        alice.say("look");
        alice.wait("rows.querySelector('.message-mine .picture img')?.naturalWidth === 1");
        take_back(&alice, "look");
        alice.wait("rows.querySelector('.message-mine .message-gone')");
        at_end(&alice, lack);
    }
}
