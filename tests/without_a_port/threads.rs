//! Mail: from the test itself, and from threads that take their time.

use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use pollcat::testing::Bench;
use pollcat::{Config, Handler, Mailbox, Message, NotDelivered, PeerId, Peers};

/// Gives work to a thread.
struct Office {
    mailbox: Option<Mailbox<(PeerId, String)>>,
    /// The work is done when the other end of this is gone.
    done: Option<Receiver<()>>,
}

impl Handler<(PeerId, String)> for Office {
    fn on_message(&mut self, _: &mut Peers, from: PeerId, message: Message<'_>) {
        let text = message.as_text().unwrap_or_default().to_uppercase();
        let mailbox = self.mailbox.clone().expect("the bench has one");
        let done = self.done.take().expect("there is one piece of work");
        thread::spawn(move || {
            let _ = done.recv();
            mailbox.deliver((from, text))
        });
    }

    fn on_mail(&mut self, peers: &mut Peers, (to, text): (PeerId, String)) {
        peers.send(to, &text);
    }
}

#[test]
fn a_thread_answers_and_the_test_waits_for_it() {
    let (work, done) = channel();
    let mut bench = Bench::new(Office { mailbox: None, done: Some(done) });
    bench.handler_mut().mailbox = Some(bench.mailbox());
    let anna = bench.open("/");
    bench.say(anna, "tea");
    assert!(bench.heard(anna).is_empty());
    drop(work);
    let heard = bench.wait_for(Duration::from_secs(20), |bench| bench.heard(anna).pop());
    assert_eq!(heard.expect("the thread answers"), "TEA");
    let nothing = bench.wait_for(Duration::from_millis(1), |bench| bench.heard(anna).pop());
    assert_eq!(nothing, None, "nobody posts any more");
    assert_eq!(bench.time(), Duration::ZERO, "that was time of the real clock");
}

#[test]
fn letters_of_the_test_are_read_with_the_next_thing_it_does() {
    let mut bench =
        Bench::with_config(Office { mailbox: None, done: None }, Config::new().mailbox_capacity(2));
    let (anna, ben) = (bench.open("/"), bench.open("/"));
    let mailbox = bench.mailbox();
    assert_eq!(mailbox.broadcast("one"), Ok(()));
    assert_eq!(mailbox.send(ben, "two"), Ok(()));
    assert_eq!(mailbox.send(ben, "three"), Err(NotDelivered::Full(())));
    bench.pass(Duration::ZERO);
    assert_eq!((bench.heard(anna).len(), bench.heard(ben).len()), (1, 2));
    bench.mail((anna, "by hand".to_owned()));
    assert_eq!(bench.heard(anna), ["by hand"]);
}
