//! Governing a room and those in it, where the hand looks for it: on a message, on a person, on the room's title.

use crate::governed::{
    DIALOG, TITLE, choose, join, make_owner, member_menu, message_menu, no_dialog, offered, set,
};
use crate::{Program, Window, browser};

#[test]
fn who_may_nothing_sees_nothing_of_it() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-member");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    join(&alice, "tea");
    join(&bob, "tea");
    alice.say("hello");
    message_menu(&bob, "hello");
    assert_eq!(offered(&bob), ["Copy", "Mention alice", "Report …"]);
    choose(&bob, "Mention alice");
    bob.wait("say.value === '@alice ' && document.activeElement === say");
    bob.run("say.select()");
    member_menu(&bob, "alice");
    assert_eq!(offered(&bob), ["Talk privately", "Mention alice"]);
    bob.press("Escape");
    no_dialog(&bob);
    bob.click("#room-title");
    bob.wait(&format!("document.querySelector('{DIALOG}')"));
    assert_eq!(bob.run(&format!("document.querySelector('{DIALOG} form') === null")), true);
    bob.press("Escape");
    // One's own can be copied and taken back.
    bob.run("rows.querySelector('.message-who').click()");
    bob.wait("document.querySelector('.menu')");
    choose(&bob, "Talk privately");
    bob.wait(&format!("{TITLE} === 'alice'"));
}

#[test]
fn an_op_deletes_mutes_and_puts_out_by_menu() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-op");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    join(&alice, "tea");
    join(&bob, "tea");
    bob.say("buy watches");
    bob.say("more watches");

    // One message.
    message_menu(&alice, "buy watches");
    choose(&alice, "Delete");
    choose(&alice, "Delete");
    bob.wait("rows.querySelector('.message-gone')?.textContent === 'Message deleted by alice'");
    // Not to speak for a while: what is typed stays.
    message_menu(&alice, "more watches");
    choose(&alice, "Mute bob …");
    set(&alice, "select", "600");
    set(&alice, "input", "advertising");
    choose(&alice, "Mute");
    no_dialog(&alice);
    bob.wait("/^You are muted until .+: (10|9):\\d\\d$/.test(document.querySelector('#composer-silence').textContent)");
    bob.say("still here");
    assert_eq!(bob.run("say.value"), "still here");
    bob.wait("document.querySelector('#composer-silence').classList.contains('error')");
    alice.wait("document.querySelector('.members-muted')");
    // And again, before it is over.
    member_menu(&alice, "bob");
    choose(&alice, "Let bob speak again");
    choose(&alice, "Let speak");
    bob.wait("document.querySelector('#composer-silence').textContent === ''");
    bob.press("Enter");
    alice.wait_for_message("still here");
    // All that somebody said.
    member_menu(&alice, "bob");
    choose(&alice, "Delete what bob said …");
    set(&alice, "select", "ever");
    choose(&alice, "Delete");
    alice.wait("rows.querySelectorAll('.message-gone').length === 3");
    bob.wait("rows.querySelectorAll('.message-gone').length === 3");
    // Out of the room, and why.
    member_menu(&alice, "bob");
    choose(&alice, "Put bob out …");
    set(&alice, "input", "enough");
    choose(&alice, "Put out");
    bob.wait(&format!("{TITLE} === '#lobby'"));
    bob.wait_for_toast("alice has put you out of #tea. Reason: enough");
    alice.wait("rows.textContent.includes('alice put out bob')");
}

#[test]
fn an_op_makes_an_op_and_bans_are_lifted() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-ops");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    join(&alice, "tea");
    join(&bob, "tea");
    let role = |name: &str| {
        format!(
            "[...document.querySelectorAll('#member-list li')].find((row) => row.textContent.includes('{name}'))?.querySelector('.members-role')?.textContent === 'op'"
        )
    };
    bob.wait(&role("alice"));
    member_menu(&alice, "bob");
    choose(&alice, "Make bob an op");
    choose(&alice, "Make an op");
    bob.wait_for_toast("You are an op of #tea now.");
    bob.wait(&role("bob"));
    bob.wait("pollcat.state.room.may.includes('mute')");
    // Who was banned cannot come back, and is told so; then the ban is lifted.
    let carol = Window::open(&browser, &program.url());
    carol.arrive("carol");
    join(&carol, "tea");
    member_menu(&bob, "carol");
    choose(&bob, "Ban carol …");
    choose(&bob, "Ban");
    carol.wait(&format!("{TITLE} === '#lobby'"));
    carol.say("/join tea");
    carol.wait("document.querySelector('#composer-note').textContent === 'You may not be there.'");
    carol.run("say.value = ''");
    bob.click("#room-title");
    choose(&bob, "Banned and muted");
    choose(&bob, "Lift the ban");
    bob.wait("[...document.querySelectorAll('dialog')].at(-1).textContent.includes('Nobody.')");
    join(&carol, "tea");
}

#[test]
fn the_card_of_a_room_says_what_it_is_and_changes_it() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-card");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    join(&alice, "tea");
    join(&bob, "tea");
    bob.run("say.focus()");
    bob.write("half a thought");
    alice.say("/topic Leaves and water");
    bob.wait("document.querySelector('#room-topic').textContent === 'Leaves and water'");
    alice.click("#room-title");
    set(&alice, ".govern select", "30");
    bob.wait("rows.textContent.includes('one message in 30 s')");
    // For reading.
    set(&alice, ".settings-choice input", "");
    bob.wait("document.querySelector('#composer-silence').textContent === 'This room is for reading.' && !say.offsetParent");
    set(&alice, ".settings-choice input", "");
    bob.wait("say.offsetParent && say.value === 'half a thought'");
    bob.press("Enter");
    alice.wait_for_message("half a thought");
    bob.wait("/^The room is slow: you can send in 0:(30|2\\d)$/.test(document.querySelector('#composer-silence').textContent)");
    bob.say("again");
    assert_eq!(bob.run("say.value"), "again");
    // Another name: what is typed, what was said and the place in it stay.
    set(&alice, ".govern-line input", "green tea");
    alice.run("document.querySelector('dialog .govern-line button').click()");
    bob.wait(&format!("{TITLE} === '#green tea' && decodeURIComponent(location.hash) === '#green tea'"));
    assert_eq!(bob.run("say.value"), "again");
    bob.wait_for_message("half a thought");
    bob.reload();
    bob.wait(&format!("{TITLE} === '#green tea' && say.value === 'again'"));
}

#[test]
fn who_will_read_a_report_is_said_before() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-report-words");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    alice.say("in public");
    let words = |says: &str, readers: &str| {
        message_menu(&bob, says);
        choose(&bob, "Report …");
        bob.wait(&format!("document.querySelector('{DIALOG}')"));
        let text = bob.run(&format!("document.querySelector('{DIALOG} p').textContent"));
        assert!(text.as_str().is_some_and(|text| text.starts_with(readers)), "{text}");
        bob.press("Escape");
        no_dialog(&bob);
    };
    words("in public", "The ops of this room and the admins of the chat");
    alice.say("/private Tea");
    alice.wait(&format!("{TITLE} === 'Tea' && pollcat.state.room.live"));
    alice.say("/invite bob");
    bob.wait("document.querySelector('#toasts')?.textContent.includes('You are in Tea now.')");
    alice.say("among us");
    bob.run(
        "[...document.querySelectorAll('#toasts button')].find((one) => one.textContent === 'Open').click()",
    );
    words("among us", "The ops of this room, and those admins who are in it,");
    alice.say("/msg bob just you");
    bob.say("/msg alice what");
    words("just you", "The admins of the chat see this message");
    // Rights that are new bring nobody into a room where they are.
    make_owner(&program, &bob, "bob");
    bob.wait("document.querySelector('#toasts')?.textContent.includes('You are an owner of the chat now.')");
    assert_eq!(bob.run("document.querySelector('#toasts').textContent.includes('You are in')"), false);
}

#[test]
fn a_masked_word_is_masked_for_who_says_it_and_a_mark_goes_with_its_time() {
    let Some(browser) = browser() else { return };
    let words = std::env::temp_dir().join(format!("pollcat-words-of-page-masked-{}.txt", std::process::id()));
    std::fs::write(&words, "darn = mask\n敏感词 = mask\n").expect("a file");
    let program = Program::start_with("page-masked", &["--words".into(), words.clone().into()]);
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    make_owner(&program, &alice, "alice");
    bob.say("the darn 敏感词");
    bob.wait("rows.querySelector('.message-text')?.textContent === 'the **** ***'");
    alice.wait("rows.querySelector('.message-text')?.textContent === 'the **** ***'");
    // One who is muted has a mark, and none when it is over, however long ago the members were asked for.
    let is_marked = "document.querySelector('#member-list .members-muted')";
    alice.run("pollcat.do.govern({ type: 'mute', user: 'bob', room: 'lobby', seconds: 10 })");
    alice.wait(is_marked);
    alice.wait(&format!("!{is_marked}"));
    member_menu(&alice, "bob");
    assert!(offered(&alice).contains(&"Mute bob …".to_owned()));
    let _ = std::fs::remove_file(words);
}

#[test]
fn what_is_reported_is_looked_at_and_settled() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-reports");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    let carol = Window::open(&browser, &program.url());
    carol.arrive("carol");
    for window in [&alice, &bob, &carol] {
        join(window, "tea");
    }
    carol.say("rude words");
    message_menu(&bob, "rude words");
    choose(&bob, "Report …");
    set(&bob, "input", "rude");
    choose(&bob, "Report");
    bob.wait_for_toast("Thank you");
    alice.wait("!reports.hidden && document.querySelector('#reports-count').textContent === '1'");
    assert_eq!(carol.run("reports.hidden"), true);
    alice.reload();
    alice.wait("!reports.hidden");
    alice.click("#reports");
    alice.wait("document.querySelector('dialog')?.textContent.includes('bob reported a message of carol')");
    alice.wait("document.querySelector('dialog blockquote').textContent === 'rude words'");
    choose(&alice, "Delete");
    alice.wait("document.querySelector('dialog').textContent.includes('Nothing waits.') && reports.hidden");
    carol.wait("rows.querySelector('.message-gone')?.textContent === 'Message deleted by alice'");
}

#[test]
fn an_owner_announces_and_keeps_out_of_the_chat() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-owner");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("bob");
    make_owner(&program, &alice, "alice");
    // Their page is a press away: it opens in a window of its own, and lets them in as themselves.
    alice.wait("!admin.hidden");
    assert_eq!(bob.run("admin.hidden"), true);
    alice.run("HTMLAnchorElement.prototype.click = function () { globalThis.opened = [this.href, this.target, this.rel] }");
    alice.click("#admin");
    alice.wait("globalThis.opened");
    let opened: [String; 3] = serde_json::from_value(alice.run("opened")).expect("a link");
    assert_eq!(&opened[1..], ["_blank", "noopener"]);
    let page = Window::open(&browser, &opened[0]);
    page.wait("!app.hidden && document.querySelector('#me-name').textContent === 'alice'");
    alice.say("/announce The server rests at **ten**");
    bob.wait("document.querySelector('#announcement').textContent === 'The server rests at ten'");
    bob.click("#announcement .icon");
    bob.wait("document.querySelector('#announcement').textContent === ''");
    bob.reload();
    bob.wait_online();
    assert_eq!(bob.run("document.querySelector('#announcement').textContent"), "", "it was sent away");
    alice.reload();
    alice.wait("document.querySelector('#announcement').textContent === 'The server rests at ten'");
    // Out of the chat: one comes back with a button.
    member_menu(&alice, "bob");
    choose(&alice, "Put bob out …");
    set(&alice, "input", "calm down");
    choose(&alice, "Put out");
    bob.wait("!ending.hidden && app.hidden && ending.textContent.includes('calm down')");
    bob.click("#ending button");
    bob.wait("ending.hidden && !app.hidden && document.body.dataset.state === 'online'");
    // For good: there is no way back, not even after a reload.
    member_menu(&alice, "bob");
    choose(&alice, "Ban bob …");
    set(&alice, "input:not([type])", "spam");
    choose(&alice, "Ban");
    bob.wait(
        "!ending.hidden && ending.textContent.includes('You are banned') && !ending.querySelector('button')",
    );
    bob.reload();
    bob.wait("!ending.hidden && ending.textContent.includes('You are banned') && ending.textContent.includes('spam')");
}
