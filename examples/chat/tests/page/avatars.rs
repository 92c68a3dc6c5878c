//! The picture by which one is shown: chosen, cut, sent, seen by others, and taken away.

use headless_chrome::protocol::cdp::{Emulation, Input};
use serde_json::json;

use crate::{Program, Window, browser};

/// A picture of this size is chosen in the settings: red at its left, blue at its right.
pub(crate) fn choose(window: &Window, width: u32, height: u32) {
    window.click("#places [data-act=settings]");
    window.wait("document.querySelector('dialog .settings-picture')");
    window.run(&format!(
        "(async () => {{
            const canvas = new OffscreenCanvas({width}, {height})
            const paper = canvas.getContext('2d')
            for (const [at, colour] of ['#f00', '#00f'].entries()) {{
                paper.fillStyle = colour
                paper.fillRect(at * {width} / 2, 0, {width} / 2, {height})
            }}
            const files = new DataTransfer()
            files.items.add(new File([await canvas.convertToBlob()], 'me.png', {{ type: 'image/png' }}))
            const field = document.querySelector('dialog input[type=file]')
            field.files = files.files
            field.dispatchEvent(new Event('change'))
        }})()"
    ));
    window.wait("document.querySelector('.crop-canvas')");
}

fn close_dialogs(window: &Window) {
    window.run("for (const dialog of document.querySelectorAll('dialog')) dialog.close()");
    window.wait("!document.querySelector('dialog')");
}

/// The colour of a picture at a place, in parts of its width.
fn colour(picture: &str, at: f64) -> String {
    format!(
        "(() => {{
            const image = document.querySelector('{picture}')
            const paper = new OffscreenCanvas(100, 100).getContext('2d')
            paper.drawImage(image, 0, 0, 100, 100)
            const [red, , blue] = paper.getImageData({at} * 100, 50, 1, 1).data
            return red > 200 && blue < 60 ? 'red' : blue > 200 && red < 60 ? 'blue' : `${{red}} ${{blue}}`
        }})()"
    )
}

const HIS_FACE: &str = "#rows .face img";

#[test]
fn a_picture_is_cut_by_keys_and_seen_by_everybody_until_it_is_taken_away() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-avatar");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    alice.say("it is me");
    bob.wait_for_message("it is me");
    assert_eq!(bob.run("document.querySelector('#rows .face').textContent"), "A");

    choose(&alice, 600, 200);
    // The middle has both colours; the arrows push the picture to the right, until only its left is seen.
    assert_eq!(alice.run(&colour(".crop-canvas", 0.1)), "red");
    assert_eq!(alice.run(&colour(".crop-canvas", 0.9)), "blue");
    alice.wait("document.activeElement.matches('.crop-canvas')");
    for _ in 0..30 {
        alice.press("ArrowRight");
    }
    assert_eq!(alice.run(&colour(".crop-canvas", 0.9)), "red");
    alice.click("dialog .primary");
    bob.wait(&format!("document.querySelector('{HIS_FACE}')?.naturalWidth === 256"));
    assert_eq!(bob.run(&colour(HIS_FACE, 0.9)), "red");
    assert_eq!(
        bob.run("document.querySelector('#rows .face img').src.startsWith(location.origin + '/avatars/')"),
        true
    );
    // Everywhere: with the members, in the settings, in one's own corner; and after a reload.
    bob.wait("document.querySelector('#member-list img')");
    alice.wait("document.querySelector('dialog .face img') && document.querySelector('#my-face img')");
    close_dialogs(&alice);
    bob.reload();
    bob.wait_online();
    bob.wait(&format!("document.querySelector('{HIS_FACE}')?.naturalWidth === 256"));
    bob.click("#member-list button[title*=alice]");

    alice.click("#places [data-act=settings]");
    alice.wait(
        "document.querySelector('dialog .settings-picture button:not([hidden]) + button:not([hidden])')",
    );
    alice.click("dialog .settings-picture button + button");
    bob.wait("!document.querySelector('#talk-list img')");
    alice.wait("!document.querySelector('.face img')");
    close_dialogs(&alice);
}

#[test]
fn a_picture_is_dragged_by_a_finger_and_brought_nearer_by_two() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-avatar-fingers");
    let alice = Window::open(&browser, &program.url());
    alice.resize(360, 740);
    alice.call::<Emulation::SetTouchEmulationEnabled>(json!({"enabled": true, "maxTouchPoints": 2}));
    alice.arrive("alice");
    alice.click("[data-act=places]");
    alice.wait("app.dataset.drawer === 'places'");
    choose(&alice, 600, 200);
    alice.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
    let canvas = "document.querySelector('.crop-canvas').getBoundingClientRect()";
    let [left, top, width] = ["left", "top", "width"]
        .map(|side| alice.run(&format!("{canvas}.{side}")).as_f64().expect("a number of pixels"));
    // Fingers at these parts of the canvas, half as high as it is.
    let touch = |kind: &str, places: &[f64]| {
        let point =
            |(id, part): (usize, &f64)| json!({"x": left + part * width, "y": top + width / 2.0, "id": id});
        let points: Vec<_> = places.iter().enumerate().map(point).collect();
        alice.call::<Input::DispatchTouchEvent>(json!({"type": kind, "touchPoints": points}));
    };
    let nearness = "Number(document.querySelector('dialog [type=range]').value)";
    // The picture follows the finger to the right; its blue half leaves what is seen.
    touch("touchStart", &[0.1]);
    touch("touchMove", &[0.7]);
    alice.wait(&format!("{} === 'red'", colour(".crop-canvas", 0.9)));
    touch("touchEnd", &[]);
    assert_eq!(alice.run(nearness), 0);
    // And back, until the colours meet in the middle.
    touch("touchStart", &[0.7]);
    touch("touchMove", &[0.1]);
    alice.wait(&format!("{} === 'blue'", colour(".crop-canvas", 0.6)));
    touch("touchEnd", &[]);
    // Twice as far apart, it is twice as near: a third of the way of three.
    touch("touchStart", &[0.4, 0.6]);
    touch("touchMove", &[0.3, 0.7]);
    alice.wait(&format!("{nearness} > 30"));
    assert_eq!(alice.run(&colour(".crop-canvas", 0.45)), "red", "what is in the middle stays there");
    assert_eq!(alice.run(&colour(".crop-canvas", 0.6)), "blue");
    // They are lifted: one alone brings nothing nearer. (The protocol cannot lift one of two.)
    touch("touchEnd", &[]);
    touch("touchStart", &[0.3]);
    let near = alice.run(nearness);
    touch("touchMove", &[0.9]);
    alice.wait(&format!("{} === 'red'", colour(".crop-canvas", 0.9)));
    assert_eq!(alice.run(nearness), near);
    touch("touchEnd", &[]);
    close_dialogs(&alice);
}

#[test]
fn without_its_picture_a_face_is_the_drawn_one() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-faces");
    let alice = Window::open(&browser, &program.url());
    alice.expect_complaints("404");
    alice.arrive("alice");
    alice.say("hello");
    alice.wait_for_message("hello");
    let looks =
        "(({ style, textContent }) => [textContent, style.cssText])(document.querySelector('#rows .face'))";
    let drawn = alice.run(looks);
    // The server has told of a picture, and does not have it any more.
    let lose = "pollcat.state.store.heard({ type: 'avatar', user: { ...pollcat.state.store.me, avatar: '/avatars/gone.png' } }); pollcat.do.drawNow()";
    alice.run(&format!("{lose}; globalThis.tried = Boolean(document.querySelector('#rows .face img'))"));
    assert_eq!(alice.run("tried"), true);
    alice.wait("!document.querySelector('.face img')");
    assert_eq!(alice.run(looks), drawn);
    alice.run("pollcat.do.drawNow()");
    alice.say("again");
    alice.wait_for_message("again");
    let asked =
        "performance.getEntriesByType('resource').filter(({ name }) => name.includes('/avatars/')).length";
    let first = alice.run(asked);
    alice.run("pollcat.state.timeline.version = -1; pollcat.do.drawNow()");
    assert_eq!(alice.run(asked), first, "it is not asked for again");
    // The same for everybody, at every visit.
    alice.reload();
    alice.wait_online();
    assert_eq!(alice.run(looks), drawn);
}

#[test]
fn what_is_no_picture_is_told_and_a_large_one_is_made_small() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-avatar-wrong");
    let alice = Window::open(&browser, &program.url());
    alice.arrive("alice");
    alice.click("#places [data-act=settings]");
    alice.wait("document.querySelector('dialog input[type=file]')");
    alice.run(
        "{ const files = new DataTransfer()
           files.items.add(new File(['no picture'], 'me.png', { type: 'image/png' }))
           const field = document.querySelector('dialog input[type=file]')
           field.files = files.files
           field.dispatchEvent(new Event('change')) }",
    );
    alice.wait("document.querySelector('dialog .settings-picture ~ .error')?.textContent !== ''");
    close_dialogs(&alice);
    // As rough as can be: noise does not get small by itself.
    alice.click("#places [data-act=settings]");
    alice.wait("document.querySelector('dialog input[type=file]')");
    alice.run(
        "(async () => {
            const canvas = new OffscreenCanvas(1500, 1500)
            const paper = canvas.getContext('2d')
            const noise = paper.createImageData(1500, 1500)
            for (let at = 0; at < noise.data.length; at++) noise.data[at] = at % 4 === 3 ? 255 : (at * 2654435761) >>> 8
            paper.putImageData(noise, 0, 0)
            const files = new DataTransfer()
            files.items.add(new File([await canvas.convertToBlob()], 'me.png', { type: 'image/png' }))
            const field = document.querySelector('dialog input[type=file]')
            field.files = files.files
            field.dispatchEvent(new Event('change'))
        })()",
    );
    alice.wait("document.querySelector('.crop-canvas')");
    alice.click("dialog .primary");
    alice.wait("!document.querySelector('.crop-canvas') && document.querySelector('#my-face img')");
    close_dialogs(&alice);
}
