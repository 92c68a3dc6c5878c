//! Where one writes: keys, input methods, drafts, commands, limits.

use headless_chrome::browser::tab::ModifierKey;
use headless_chrome::protocol::cdp::Input;
use serde_json::json;

use crate::talk::drop_file;
use crate::{Program, RED, Window, browser};

#[test]
fn enter_sends_and_never_half_a_chinese_word() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-ime");
    let alice = Window::open(&browser, &program.url());
    alice.arrive("alice");
    // What an input method does: it composes, and Enter (code 229) takes what is composed.
    alice.call::<Input::ImeSetComposition>(json!({"text": "nihao", "selectionStart": 5, "selectionEnd": 5}));
    alice.call::<Input::DispatchKeyEvent>(
        json!({"type": "rawKeyDown", "key": "Process", "code": "Enter", "windowsVirtualKeyCode": 229}),
    );
    alice.run("say.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true }))");
    // Safari: the composition is over, and yet this Enter belongs to it.
    alice.run("say.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, bubbles: true, cancelable: true }))");
    assert_eq!(alice.run("say.value"), "nihao");
    assert_eq!(alice.run("rows.querySelectorAll('article').length + unsent.children.length"), 0);
    alice.call::<Input::ImeSetComposition>(json!({"text": "", "selectionStart": 0, "selectionEnd": 0}));
    alice.write("你好");
    alice.press("Enter");
    alice.wait_for_message("你好");

    alice.write("one");
    alice.press_with(ModifierKey::Shift, "Enter");
    alice.write("two");
    alice.press_with(ModifierKey::Ctrl, "Enter");
    alice.write("three");
    alice.press("Enter");
    alice.wait_for_message("one\ntwo\nthree");
}

#[test]
fn what_was_typed_survives_a_reload_in_each_room() {
    let Some(browser) = browser() else { return };
    let mut program = Program::start("page-draft");
    let alice = Window::open(&browser, &program.url());
    alice.arrive("alice");
    alice.write("half a thought");
    alice.run("say.value = ''; say.dispatchEvent(new Event('input'))");
    alice.say("/join tea");
    alice.wait("location.hash === '#tea'");
    alice.write("for tea");
    alice.click("#room-list a");
    alice.wait("say.value === ''");
    alice.write("for the lobby");
    alice.reload();
    alice.wait("document.querySelector('#say').value === 'for the lobby'");
    alice.click("#room-list li:last-child a");
    alice.wait("say.value === 'for tea'");

    // What was said while there is no connection survives as well.
    program.kill();
    alice.wait("document.body.dataset.state !== 'online'");
    alice.run("say.focus(); say.select()");
    alice.write("said in the tunnel");
    alice.press("Enter");
    alice.wait("unsent.children.length === 1");
    program.start_again();
    alice.reload();
    alice.wait("document.querySelector('#app') && !app.hidden");
    alice.wait_for_message("said in the tunnel");
    alice.wait_online();
    alice.forgive_lost_connections();
}

#[test]
fn commands_names_and_limits() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-commands");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");

    // A name is completed by its first letter and Tab; Enter sends what was typed.
    alice.wait("document.querySelectorAll('#member-list li').length === 2");
    alice.write("hi @b");
    alice.wait("choices.textContent === 'bob'");
    alice.press("Tab");
    assert_eq!(alice.run("say.value"), "hi @bob ");
    alice.press("Enter");
    bob.wait("rows.querySelector('.message-for-me')");
    for typed in ["hello @bo", "hello @b"] {
        alice.write(typed);
        alice.wait("choices.textContent === 'bob'");
        alice.press("Enter");
        alice.wait_for_message(typed);
    }
    alice.write("@");
    alice.wait("!choices.hidden");
    alice.press("ArrowDown");
    alice.press("Enter");
    assert_eq!(alice.run("say.value"), "@bob ", "a row that was chosen is meant");
    alice.run("say.value = ''; say.dispatchEvent(new Event('input'))");

    alice.say("/msg BOB psst");
    bob.wait("document.querySelector('#talk-list .places-badge')");
    alice.say("/nick eve");
    alice.wait("document.querySelector('#my-name')?.textContent === 'eve'");
    alice.say("//help is a word");
    alice.wait_for_message("/help is a word");
    for (line, kept) in [
        ("/dance", "/dance"),
        ("/msg nobody hi", "/msg nobody hi"),
        ("/nick bob", "/nick bob"),
        ("/msg eve of myself", "/msg eve of myself"),
        ("/leave nowhere", "/leave nowhere"),
        ("/msg bob", "/msg bob"),
    ] {
        alice.say(line);
        alice.wait("document.querySelector('#composer-note')?.textContent !== ''");
        assert_eq!(alice.run("say.value"), kept, "what was wrong can be mended");
        assert_eq!(
            alice.run("rows.textContent.includes('of myself') || Boolean(document.querySelector('dialog'))"),
            false
        );
        alice.run("say.value = ''; say.dispatchEvent(new Event('input'))");
    }
    alice.say("/msg bob psst");
    alice.wait("document.querySelector('#room-title').textContent === 'bob'");
    alice.click("#room-list a");
    alice.say(&"长".repeat(4001));
    assert_eq!(alice.run("[count.textContent, say.value.length]"), json!(["1 too many", 4001]));
    alice.run("say.value = ''; say.dispatchEvent(new Event('input'))");

    // What is no picture is refused before it is sent.
    alice.run(&drop_file("page.svg", "image/svg+xml", b"<svg/>"));
    alice.wait("document.querySelector('#composer-note')?.textContent.startsWith('Only PNG')");

    // One's own message can be taken back, and is gone for all.
    alice.run("rows.querySelector('.message-more').click()");
    alice.click(".menu .danger");
    alice.click("dialog:not(.menu) .danger");
    alice.wait("rows.querySelector('.message-gone')");
}

#[test]
fn enter_of_an_input_method_acts_in_no_field() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-ime-fields");
    let alice = Window::open(&browser, &program.url());
    // Safari's last Enter: the composition is over, and it is still the input method's.
    let enter = |field: &str| {
        alice.run(&format!(
            "document.querySelector('{field}').dispatchEvent(new KeyboardEvent('keydown', {{ key: 'Enter', keyCode: 229, bubbles: true, cancelable: true }}))"
        ))
    };
    alice.wait("!arrival.hidden");
    alice.write("alice");
    assert_eq!(enter("#arrival-name"), false, "it would send the form");
    alice.press("Enter");
    alice.wait_online();
    for (act, text) in [("settings", "eve"), ("browse", "nihao")] {
        alice.click(&format!("#places [data-act={act}]"));
        alice.wait("document.querySelector('dialog input')");
        alice.run("document.querySelector('dialog input').select()");
        alice.write(text);
        enter("dialog input");
        assert_eq!(alice.run("Boolean(document.querySelector('dialog')) && location.hash"), "");
        assert_eq!(alice.run("document.querySelector('#my-name').textContent"), "alice");
        alice.press("Escape");
        alice.wait("!document.querySelector('dialog')");
    }
}

/// Pastes, or drops, what has these forms: kind and content; a kind with a slash at its end is that of a file.
fn transfer(event: &str, target: &str, forms: &[(&str, &str)]) -> String {
    let forms = json!(forms);
    format!(
        "{{ const data = new DataTransfer()
           for (const [type, content] of {forms}) {{
               if (type.startsWith('image/')) data.items.add(new File([new Uint8Array({RED:?})], content, {{ type }}))
               else data.setData(type, content)
           }}
           const init = {{ bubbles: true, cancelable: true, clipboardData: data, dataTransfer: data }}
           document.querySelector('{target}').dispatchEvent('{event}' === 'paste' ? new ClipboardEvent('paste', init) : new DragEvent('{event}', init)) }}"
    )
}

#[test]
fn words_are_pasted_and_dropped_as_words_and_pictures_as_pictures() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-transfer");
    let alice = Window::open(&browser, &program.url());
    alice.arrive("alice");
    let page = "https://a.example/cat.png";
    let pasted: [(&[(&str, &str)], bool); 6] = [
        (&[("text/plain", "1\t2"), ("text/html", "<table>"), ("image/png", "image.png")], false), // a spreadsheet
        (&[("text/plain", "Dear Bob"), ("text/rtf", "{}"), ("image/png", "image.png")], false),
        (&[("image/png", "image.png")], true), // a screenshot
        (&[("text/html", "<img src=x>"), ("image/png", "image.png")], true),
        (&[("text/plain", page), ("text/html", "<img src=x>"), ("image/png", "image.png")], true),
        (&[("text/plain", "cat.png"), ("image/png", "cat.png")], true), // a file
    ];
    for (forms, is_picture) in pasted {
        // False: the page has taken it, and the browser does nothing.
        assert_eq!(alice.run(&transfer("paste", "#say", forms)), !is_picture, "{forms:?}");
        if is_picture {
            alice.wait("attached.querySelector('button')");
            alice.run("attached.querySelector('button').click()");
        }
        assert_eq!(alice.run("attached.children.length"), 0, "{forms:?}");
    }
    let link: &[(&str, &str)] = &[("text/plain", page), ("text/uri-list", page)];
    for forms in [link, &[("text/plain", "words")]] {
        for event in ["dragover", "drop"] {
            assert_eq!(alice.run(&transfer(event, "#say", forms)), true, "the field takes {forms:?}");
            assert_eq!(alice.run(&transfer(event, "#log", forms)), false, "and beside it nothing happens");
        }
    }
    assert_eq!(alice.run("attached.children.length"), 0);
    assert_eq!(alice.run(&transfer("drop", "#say", &[("image/png", "a.png")])), false);
    alice.wait("attached.querySelector('img')");
}

/// Drops a picture that is transparent all over.
fn drop_clear(kind: &str, width: u32, height: u32) -> String {
    format!(
        "new OffscreenCanvas({width}, {height}).getContext('2d').canvas.convertToBlob().then((bytes) => {{
             const dataTransfer = new DataTransfer()
             dataTransfer.items.add(new File([bytes], 'clear.png', {{ type: '{kind}' }}))
             say.dispatchEvent(new DragEvent('drop', {{ dataTransfer, bubbles: true, cancelable: true }}))
         }}); 0"
    )
}

#[test]
fn a_picture_of_too_many_pixels_is_sent_with_fewer() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-vast");
    let alice = Window::open(&browser, &program.url());
    alice.arrive("alice");
    // What was drawn; and what of it is sent.
    let pictures = [
        ((6000, 5000), [2560, 2133]),
        ((1080, 16_000), [1013, 15_000]), // a whole page: its words can still be read
        ((16_000, 1), [15_000, 1]),
        ((5000, 5000), [5000, 5000]), // no more than there may be
    ];
    for ((width, height), sent) in pictures {
        alice.run(&drop_clear("image/png", width, height));
        alice.wait("attached.querySelector('img')?.naturalWidth > 0");
        let size = "{ const { naturalWidth, naturalHeight } = attached.querySelector('img'); `${[naturalWidth, naturalHeight]}` }";
        assert_eq!(alice.run(size), format!("{},{}", sent[0], sent[1]), "{width}x{height}");
        if width > 1_080 {
            // What was clear is as white as paper in a JPEG, not black.
            alice.run("{ const paper = new OffscreenCanvas(1, 1).getContext('2d'); paper.drawImage(attached.querySelector('img'), 0, 0)
                globalThis.colour = `${paper.getImageData(0, 0, 1, 1).data}` }");
            let colour = if width == height { "0,0,0,0" } else { "255,255,255,255" };
            assert_eq!(alice.run("colour"), colour, "{width}x{height}");
        }
        alice.say("");
        alice.wait("unsent.children.length === 0 && !attached.firstChild");
    }
    assert_eq!(alice.run("rows.querySelectorAll('.picture').length"), pictures.len());
    // What moves would not move any more: it is refused before it is sent.
    alice.run(&drop_clear("image/gif", 6000, 5000));
    alice.wait("document.querySelector('#composer-note').textContent.includes('25 million')");
    assert_eq!(alice.run("attached.children.length"), 0);
}
