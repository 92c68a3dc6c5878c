//! Who somebody is, and how they come in: tokens, names that are refused, servers that refuse, links to rooms.

use serde_json::json;

use crate::{Program, Window, browser};

/// A server of the test's own: `answer` says what it answers to each object, `heard` is what it heard.
const SERVER: &str = "globalThis.heard = []; globalThis.WebSocket = class {
    constructor() { this.bufferedAmount = 0; setTimeout(() => this.onopen?.()) }
    close() {}
    send(text) {
        heard.push(JSON.parse(text))
        for (const object of answer(heard.at(-1))) setTimeout(() => this.onmessage?.({ data: JSON.stringify(object) }))
    }
};
const welcome = (name, more) => ({ type: 'welcome', user: { id: 7, name }, all: [], here: 1, room: 'lobby', limits: {},
    rooms: [{ room: 'lobby', kind: 'room', epoch: 'e', first: 1, offset: 0, members: 1, read: 0, unread: 0, mentions: 0 }], ...more });
";

/// A server that is not there, or shows everybody out with this close code.
fn closing(code: u16) -> String {
    format!(
        "globalThis.WebSocket = class {{
            constructor() {{ setTimeout(() => this.onclose?.({{ code: {code}, reason: '' }})) }}
            close() {{}}
        }}"
    )
}

const TOKEN: &str =
    "JSON.parse(localStorage.getItem(Object.keys(localStorage).find((key) => key.endsWith(' token'))))";

#[test]
fn a_page_that_wakes_slowly_is_still_the_same_person() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-slow");
    let alice = Window::open(&browser, &program.url());
    alice.arrive("alice");
    let token = alice.run(TOKEN);
    // Once it is busy when the connection opens, for longer than a server likes to wait for a word.
    alice.prepare_with(
        "{ const Plain = WebSocket; let slow = 1
           globalThis.WebSocket = class extends Plain {
               set onopen(greet) { super.onopen = () => {
                   for (const end = Date.now() + 1500; slow && Date.now() < end; );
                   slow = 0; greet()
               } }
           } }",
    );
    alice.reload();
    alice.wait_online();
    assert_eq!(alice.run("document.querySelector('#my-name').textContent"), "alice");
    assert_eq!(alice.run(TOKEN), token);
}

#[test]
fn a_server_without_a_memory_gets_the_name_again() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-forgetful");
    let alice = Window::open(&browser, &program.url());
    alice.arrive("alice");
    let token = alice.run(TOKEN);
    alice.prepare_with(&format!(
        "{SERVER} const answer = ({{ type, id, token, name }}) => type !== 'hello' ? []
            : [token ? {{ type: 'error', id, code: 'unknown_token' }} : welcome(name, {{ new: true, token: 'fresh' }})]"
    ));
    alice.reload();
    alice.wait("document.body.dataset.state === 'online'");
    assert_eq!(alice.run("document.querySelector('#my-name').textContent"), "alice");
    assert_eq!(
        alice.run(
            "heard.filter(({ type }) => type === 'hello').map(({ token, name }) => [token ?? 0, name ?? 0])"
        ),
        json!([[token, 0], [0, "alice"]])
    );
    let kept = alice.run("JSON.stringify(localStorage)");
    assert!(kept.as_str().unwrap().contains(token.as_str().unwrap()), "the old token is kept as well");
    assert_eq!(alice.run(TOKEN), "fresh");
}

#[test]
fn a_name_that_is_refused_is_asked_for_again_before_anybody_comes_in() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-refused");
    let anna = Window::open(&browser, &program.url());
    anna.prepare_with(&format!(
        "{SERVER} const answer = ({{ type, id, name }}) => type !== 'hello' ? []
            : [name === 'anna' ? welcome(name, {{ new: true, token: 't' }})
                : {{ type: 'error', id, code: name === 'bob' ? 'name_taken' : 'bad_name', msg: 'a name has no ' + name }}]"
    ));
    anna.reload();
    for (name, reason) in [("a|b", "a name has no a|b"), ("bob", "This name is taken.")] {
        anna.wait("!arrival.hidden");
        anna.run("document.querySelector('#arrival-name').select()");
        anna.write(name);
        anna.press("Enter");
        anna.wait(&format!("document.querySelector('#arrival-error').textContent.includes('{reason}')"));
        assert_eq!(
            anna.run("[app.hidden, document.querySelector('#arrival-name').value]"),
            json!([true, name]),
            "nobody has come in, and the wish is kept"
        );
    }
    anna.run("document.querySelector('#arrival-name').select()");
    anna.arrive("anna");
    anna.wait("document.querySelector('#my-name').textContent === 'anna'");
}

#[test]
fn who_is_known_sees_their_rooms_while_the_server_is_away() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-known");
    let alice = Window::open(&browser, &program.url());
    alice.arrive("alice");
    alice.say("/join tea");
    alice.wait("document.querySelector('#room-title').textContent === '#tea'");
    alice.write("half a thought");
    alice.prepare_with(&closing(1006));
    alice.reload();
    alice.wait("!app.hidden && document.body.dataset.state === 'waiting'");
    let seen = alice.run(
        "[arrival.hidden, document.querySelector('#my-name').textContent, document.querySelector('#room-title').textContent,
          say.value, [...document.querySelectorAll('#room-list bdi')].map((one) => one.textContent)]",
    );
    assert_eq!(seen, json!([true, "alice", "#tea", "half a thought", ["lobby", "tea"]]));
    alice.say("said before it was there");
    alice.wait("unsent.children.length === 1");
}

#[test]
fn who_is_not_let_in_is_told_why() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-crowd");
    for (code, word) in [
        (1013, "Many people are coming in"),
        (1008, "has closed the connection"),
        (1006, "no WebSocket comes through"),
    ] {
        let alice = Window::open(&browser, &program.url());
        alice.prepare_with(&closing(code));
        alice.reload();
        alice.wait("!arrival.hidden");
        alice.write("alice");
        alice.press("Enter");
        alice.wait(&format!("document.querySelector('#arrival-error').textContent.includes('{word}')"));
        assert_eq!(alice.run("app.hidden"), true);
        assert_eq!(
            alice.run("arrival.innerText.includes('go on writing')"),
            false,
            "there is nothing to write on"
        );
    }
}

#[test]
fn while_the_chat_can_store_nothing_nobody_is_told_that_many_come_in() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-unwell");
    for (language, words) in
        [("en", "The chat cannot take anybody in just now"), ("zh-CN", "聊天室暂时无法保存")]
    {
        let alice = Window::open_in(&browser, &program.url(), language);
        alice.prepare_with(&format!(
            "{SERVER} const answer = ({{ type, id }}) => type !== 'hello' ? []
                : [{{ type: 'error', id, code: 'storage', msg: 'not for people' }}]"
        ));
        alice.reload();
        alice.wait("!arrival.hidden");
        alice.write("alice");
        alice.press("Enter");
        alice.wait(&format!("document.querySelector('#arrival-error').textContent.includes('{words}')"));
        assert_eq!(
            alice.run("[app.hidden, arrival.innerText.includes('not for people')]"),
            json!([true, false])
        );
    }
}

#[test]
fn a_link_to_a_room_asks_before_it_joins() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-link");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    alice.say("/join tea");
    alice.wait("document.querySelector('#room-title').textContent === '#tea'");
    bob.arrive("bob");
    for visit in ["location.hash = '#tea'", "location.hash = '#lobby'", "location.hash = '#tea'"] {
        bob.run(visit);
    }
    bob.wait("document.querySelector('dialog')?.textContent.includes('#tea')");
    bob.press("Escape");
    bob.wait("!document.querySelector('dialog')");
    assert_eq!(alice.run("document.querySelector('#room-detail').textContent"), "Members: 1");
    bob.reload();
    bob.wait("document.querySelector('dialog .primary')");
    bob.click("dialog .primary");
    alice.wait("document.querySelector('#room-detail').textContent === 'Members: 2'");
    // Whoever is new has read on the page of arrival which room it is.
    let carol = Window::open(&browser, &format!("{}#tea", program.url()));
    carol.wait("arrival.innerText.includes('#tea') && arrival.innerText.includes('can read')");
    carol.arrive("carol");
    carol.wait("document.querySelector('#room-title').textContent === '#tea'");
}

#[test]
fn who_is_forgotten_leaves_nothing_to_be_said_by_the_next() {
    let Some(browser) = browser() else { return };
    let mut program = Program::start("page-forget");
    let alice = Window::open(&browser, &program.url());
    alice.arrive("alice");
    program.kill();
    alice.wait("document.body.dataset.state !== 'online'");
    alice.say("a secret, not sent yet");
    alice.wait("unsent.children.length === 1");
    alice.run("say.focus()");
    alice.write("and half a thought");
    // Or else it would be said as soon as the server is there.
    alice.run("pollcat.state.connection.disconnect()");
    program.start_again();
    alice.run("pollcat.do.forget()");
    alice.wait("document.readyState === 'complete' && !arrival.hidden");
    assert_eq!(alice.run("JSON.stringify([localStorage, sessionStorage]).includes('thought')"), false);
    alice.arrive("mallory");
    alice.wait_online();
    assert_eq!(alice.run("rows.textContent.includes('secret') || say.value"), "");
    alice.forgive_lost_connections();
}

#[test]
fn who_has_to_wait_for_their_turn_comes_when_it_is() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-turn");
    let anna = Window::open(&browser, &program.url());
    anna.prepare_with(&format!(
        "{SERVER} let turn = 0, sockets = 0
         globalThis.WebSocket = class extends WebSocket {{ constructor() {{ super(); sockets++ }} }}
         globalThis.counted = () => [sockets, heard.filter(({{ type }}) => type === 'hello').length]
         const answer = ({{ type, id, name }}) => type !== 'hello' ? []
            : [turn++ ? welcome(name, {{ new: true, token: 't' }}) : {{ type: 'error', id, code: 'rate_limited', msg: 'later', retry_after: 1500 }}]"
    ));
    anna.reload();
    anna.wait("!arrival.hidden");
    anna.write("anna");
    anna.press("Enter");
    anna.wait("document.querySelector('#arrival-error').textContent.includes('among the next')");
    anna.run("dispatchEvent(new Event('online'))"); // is no reason to push in
    anna.wait("!app.hidden && document.querySelector('#my-name').textContent === 'anna'");
    assert_eq!(anna.run("counted()"), json!([1, 2]), "one connection, and no word before it is time");
}

#[test]
fn the_frame_of_what_is_to_come_is_seen_before_the_script_has_run() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-frame");
    let alice = Window::open(&browser, &program.url());
    // Modules run after this.
    alice.prepare_with(
        "document.addEventListener('readystatechange', () => {
            globalThis.seen ??= [arrival, app].map((scene) => scene.checkVisibility())
        })",
    );
    alice.reload();
    assert_eq!(alice.run("seen"), json!([true, false]), "somebody new");
    alice.arrive("alice");
    alice.reload();
    assert_eq!(alice.run("seen"), json!([false, true]), "somebody known");
    alice.wait("!app.hidden && arrival.hidden && document.activeElement === say");
}
