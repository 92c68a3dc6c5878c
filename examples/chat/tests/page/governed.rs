//! What the tests of governing have in common: an owner, menus, and dialogs that are filled in.

use serde_json::Value;

use crate::{Program, Window};

pub(crate) const TITLE: &str = "document.querySelector('#room-title')?.textContent";
/// A dialog that is no menu.
pub(crate) const DIALOG: &str = "dialog:not(.menu)";

/// Somebody who is in the chat becomes its owner, by the link that is for whoever runs it.
#[track_caller]
pub(crate) fn make_owner(program: &Program, window: &Window, name: &str) {
    let link = program.admin_link();
    let (_, key) = link.split_once('#').expect("a link has a key");
    let (key, name) = (Value::from(key), Value::from(name));
    let answer = window.run(&format!(
        "new Promise((answered) => {{
            const socket = new WebSocket(location.origin.replace('http', 'ws'), 'admin.v1')
            socket.onopen = () => socket.send(JSON.stringify({{ type: 'login', key: {key} }}))
            socket.onmessage = ({{ data }}) => {{
                const object = JSON.parse(data)
                if (object.type === 'welcome')
                    socket.send(JSON.stringify({{ type: 'role', id: 'role', user: {name}, role: 'owner' }}))
                else if (object.id === 'role' || object.type === 'error') socket.close(), answered(object.type)
            }}
        }})"
    ));
    assert_eq!(answer, "ack");
    window.wait("pollcat.state.store.me.role === 'owner'");
}

/// Goes to a room, which is made if there is none.
#[track_caller]
pub(crate) fn join(window: &Window, room: &str) {
    window.say(&format!("/join {room}"));
    window.wait(&format!("{TITLE} === '#{room}' && pollcat.state.room.live"));
}

/// Opens the menu of the message with these words.
#[track_caller]
pub(crate) fn message_menu(window: &Window, words: &str) {
    window.wait_for_message(words);
    window.run(&format!(
        "[...rows.querySelectorAll('article')].find((row) => row.textContent.includes('{words}')).querySelector('.message-more').click()"
    ));
    window.wait("document.querySelector('.menu')");
}

/// Opens the menu of somebody in the list of members.
#[track_caller]
pub(crate) fn member_menu(window: &Window, name: &str) {
    let row = format!(
        "[...document.querySelectorAll('#member-list li')].find((row) => row.querySelector('bdi').textContent === '{name}')"
    );
    window.wait(&row);
    window.run(&format!("{row}.querySelector('.members-more').click()"));
    window.wait("document.querySelector('.menu')");
}

/// What the menu that is open offers.
#[track_caller]
pub(crate) fn offered(window: &Window) -> Vec<String> {
    let texts = window.run("[...document.querySelectorAll('.menu button')].map((one) => one.textContent)");
    serde_json::from_value(texts).expect("a list of texts")
}

/// Presses what is called so, in the menu or the dialog on top.
#[track_caller]
pub(crate) fn choose(window: &Window, text: &str) {
    let found = format!(
        "[...[...document.querySelectorAll('dialog')].at(-1).querySelectorAll('button')].find((one) => one.textContent === '{text}')"
    );
    window.wait(&format!("document.querySelector('dialog') && {found}"));
    window.run(&format!("{found}.click()"));
}

/// Sets a field of the dialog on top, found by a selector, as somebody does.
#[track_caller]
pub(crate) fn set(window: &Window, selector: &str, value: &str) {
    window.run(&format!(
        "{{
            const field = [...document.querySelectorAll('dialog')].at(-1).querySelector('{selector}')
            if (field.type === 'checkbox') field.click()
            else field.value = '{value}', field.dispatchEvent(new Event('change', {{ bubbles: true }}))
        }}"
    ));
}

#[track_caller]
pub(crate) fn no_dialog(window: &Window) {
    window.wait("!document.querySelector('dialog')");
}
