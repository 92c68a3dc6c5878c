//! How a connection ends, and by whom; and the server's address for those who want to know it.

use pollcat::{Answer, CloseCode, Config, Handler, Message, Origins, PeerId, Peers, Request, Server};

use crate::{Program, Window, browser};

/// A server that shows everybody out, with these words.
struct Doorkeeper;

impl Handler for Doorkeeper {
    fn on_request(&mut self, _: &mut Peers, _: PeerId, _: &Request<'_>) -> Answer {
        Answer::accept().subprotocol(Some("chat.v1"))
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, _: Message<'_>) {
        let code = CloseCode::new(4501).expect("a code that may travel");
        peers.close(from, code, "you were asked to leave");
    }
}

#[test]
fn one_can_disconnect_and_connect_and_sees_the_state() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-state");
    let alice = Window::open(&browser, &program.url());
    alice.arrive("alice");
    alice.say("before");
    alice.wait_for_message("before");
    alice.click("#state");
    alice.wait("document.querySelector('#set-state')?.textContent === 'Connected'");
    let press = |word: &str| {
        alice.run(&format!("[...document.querySelectorAll('dialog button')].find((one) => one.textContent === '{word}').click()"))
    };
    press("Disconnect");
    alice.wait(
        "state.textContent === 'Disconnected' && banner.textContent.startsWith('You have disconnected.')",
    );
    alice.run("document.querySelector('dialog [aria-label=Address]').value = 'http://127.0.0.1'");
    press("Connect");
    alice.wait("document.querySelector('dialog')?.textContent.includes('begins with ws://')");
    assert_eq!(alice.run("state.textContent"), "Disconnected");
    alice.press("Escape");
    alice.run("dispatchEvent(new Event('online'))");
    assert_eq!(alice.run("document.body.dataset.state"), "off", "who has disconnected stays so");
    alice.click("#banner button");
    alice.wait_online();
    assert_eq!(alice.messages(), ["before"]);
    assert_eq!(alice.run("banner.textContent"), "");
}

#[test]
fn who_is_shown_out_is_told_why_and_does_not_come_back_by_itself() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-ended");
    let config = Config::new().origins(Origins::any());
    let door = Server::with_config("127.0.0.1:0", config).expect("loopback has a free port");
    let (address, mailbox) = (format!("ws://{}", door.local_addr().expect("an address")), door.mailbox());
    let door = std::thread::spawn(move || door.run(Doorkeeper));

    let alice = Window::open(&browser, &program.url());
    alice.expect_requests_to(&address);
    alice.arrive("alice");
    alice.click("#places [data-act=settings]");
    alice.wait("document.querySelector('dialog [aria-label=Address]')");
    alice.run(&format!("document.querySelector('dialog [aria-label=Address]').value = '{address}'"));
    alice.run("[...document.querySelectorAll('dialog button')].find((one) => one.textContent === 'Connect').click()");
    // Another server, another person: the page asks for a name again.
    alice.wait("document.querySelector('#arrival') && !arrival.hidden && document.activeElement.id === 'arrival-name'");
    alice.write("alice");
    alice.press("Enter");
    alice.wait("document.body.dataset.state === 'ended'");
    alice.wait("!ending.hidden && ending.innerText.includes('you were asked to leave')");
    alice.run("dispatchEvent(new Event('online'))");
    assert_eq!(alice.run("document.body.dataset.state"), "ended");
    drop(alice);
    mailbox.stop();
    door.join().expect("the door does not panic").expect("and runs to its end");
}
