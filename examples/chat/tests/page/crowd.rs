//! Thousands of members: the page makes few rows, seldom, and finds whom it does not know.

use serde_json::json;

use crate::{Program, Window, browser};

#[test]
fn five_thousand_members_are_a_screen_of_rows_drawn_now_and_then() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-crowd-members");
    let alice = Window::open(&browser, &program.url());
    alice.arrive("alice");
    alice.wait("document.querySelectorAll('#member-list li').length === 1");
    let seen = alice.run(
        "(async ({ state: { store }, do: { draw } }) => {
            const list = document.querySelector('#member-list')
            let draws = 0
            new MutationObserver(() => draws++).observe(list, { childList: true })
            const begun = performance.now()
            for (let id = 1000; id < 6000; id++) {
                const user = { id, name: `guest-${id}` }
                store.heard({ type: 'online', user })
                store.heard({ type: 'joined', room: 'lobby', user, members: id - 998 })
                draw()
                if (id % 50 === 0) await new Promise(requestAnimationFrame)
            }
            const most = 2 + (performance.now() - begun) / 500
            while (!document.querySelector('#member-count').textContent.startsWith('5001')) await new Promise(requestAnimationFrame)
            return [draws <= most + 2, list.children.length < 80, document.querySelectorAll('*').length < 800,
                list.querySelectorAll('[tabindex=\"0\"]').length, list.querySelector('li').ariaSetSize]
        })(pollcat)",
    );
    assert_eq!(seen, json!([true, true, true, 1, "5001"]));
    // From the first to the last by keys, and to one by name.
    alice.run("document.querySelector('#member-list [tabindex=\"0\"]').focus()");
    alice.press("End");
    alice.wait("document.activeElement.textContent.includes('guest-5999')");
    assert_eq!(alice.run("document.querySelector('#member-list').children.length < 80"), true);
    alice.press("ArrowUp");
    alice.wait("document.activeElement.textContent.includes('guest-5998')");
    alice.run("document.querySelector('#member-search').focus()");
    alice.write("guest-3456");
    alice.wait("document.querySelector('#member-list').children.length === 1");
    alice.press("Enter");
    alice.wait("document.querySelector('#room-title').textContent === 'guest-3456'");
}

#[test]
fn of_a_crowd_the_page_knows_what_is_in_view_and_the_server_the_rest() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-crowd-server");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    bob.arrive("bob");
    // The page knows the first hundred of them.
    bob.run(
        "Promise.all(Array.from({ length: 230 }, (_, number) => new Promise((done) => {
            const ws = new WebSocket(`ws://${location.host}/`, 'chat.v1')
            const name = number === 229 ? 'Zora Maria' : `member-${number}`
            ws.onopen = () => ws.send(JSON.stringify({ type: 'hello', name }))
            ws.onmessage = ({ data }) => JSON.parse(data).type === 'welcome' && done(ws)
        }))).then((all) => { globalThis.all = all })",
    );
    alice.arrive("alice");
    alice.wait("document.querySelector('#member-count').textContent === '232 of 232 here'");
    alice.wait("document.querySelectorAll('#member-list li').length > 10");
    let is_loaded = "[...pollcat.state.room.users.values()].some(({ name }) => name === 'Zora Maria')";
    assert_eq!(alice.run(&format!("[pollcat.state.room.crowd, {is_loaded}]")), json!([true, false]));
    // Somebody goes who is in view: the others say nothing of it, and yet the row does.
    alice.wait("pollcat.state.watch.told.split(',').length > 10");
    bob.run("all[0].close()");
    alice.wait("document.querySelector('#member-count').textContent === '231 of 232 here'");
    alice.wait("![...document.querySelectorAll('#member-list li')].slice(0, 9).some((row) => row.textContent.startsWith('Mmember-0'))");
    let person = "[...pollcat.state.store.people.values()].find(({ name }) => name === 'member-0').online";
    alice.wait(&format!("!{person}"));
    assert_eq!(alice.run("rows.querySelectorAll('.message-notice').length"), 0, "no crowd of notices");

    alice.run("say.focus()");
    alice.write("hi @zora");
    alice.wait("choices.textContent === 'Zora Maria'");
    alice.press("Tab");
    assert_eq!(alice.run("say.value"), "hi @Zora Maria ");
    alice.run("say.value = ''; say.dispatchEvent(new Event('input'))");
    alice.reload();
    alice.wait_online();
    alice.wait("document.querySelector('#member-search').offsetParent");
    alice.say("/msg Zora Maria psst");
    alice.wait_for_message("psst");
    assert_eq!(alice.run("document.querySelector('#room-title').textContent"), "Zora Maria");
    // And the list goes on where it ended.
    alice.click("#room-list a");
    alice.wait("document.querySelectorAll('#member-list li').length > 10");
    let size = alice.run(
        "(async ({ state: { room } }) => {
            const view = document.querySelector('#member-scroll')
            for (let frames = 0; frames < 6000 && room.users.more; frames++) {
                view.scrollTop = view.scrollHeight
                await new Promise(requestAnimationFrame)
            }
            return room.users.size
        })(pollcat)",
    );
    assert_eq!(size, 232);
    // They have gone with the page that opened them: the room is company again, and known whole.
    bob.run("for (const one of all) one.close()");
    alice.wait("document.querySelector('#member-count').textContent === '2 of 232 here'");
    alice.wait(
        "!pollcat.state.room.crowd && !pollcat.state.room.users.more && pollcat.state.watch.told === ''",
    );
}
