//! Other threads get a word in: in order, without waiting, and nothing is lost in silence.

use std::sync::mpsc::channel;
use std::thread;

use pollcat::{
    CloseCode, Config, Departure, Handler, Message, NotDelivered, PeerId, Peers, PreparedMessage, Server,
};
use pollcat_testing::client::PATIENCE;

use crate::directed::Directed;
use crate::running::Running;

/// Hands on what arrives.
struct Collector<T>(std::sync::mpsc::Sender<T>);

impl<T: Send> Handler<T> for Collector<T> {
    fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}

    fn on_mail(&mut self, _: &mut Peers, mail: T) {
        let _ = self.0.send(mail);
    }
}

#[test]
fn letters_of_several_threads_all_arrive_each_threads_in_order() {
    const THREADS: usize = 4;
    const LETTERS: usize = 5000;
    let (sender, letters) = channel();
    // A small mailbox, so that it is often full.
    let server = Running::start(Config::new().mailbox_capacity(64), Collector(sender));
    let writers = (0..THREADS).map(|writer| {
        let mailbox = server.mailbox.clone();
        thread::spawn(move || {
            for number in 0..LETTERS {
                let mut letter = (writer, number);
                while let Err(NotDelivered::Full(same)) = mailbox.deliver(letter) {
                    assert_eq!(same, letter);
                    letter = same;
                    thread::yield_now();
                }
            }
        })
    });
    let writers: Vec<_> = writers.collect();
    let mut next = [0; THREADS];
    for _ in 0..THREADS * LETTERS {
        let (writer, number) = letters.recv_timeout(PATIENCE).expect("no letter is lost");
        assert_eq!(number, next[writer]);
        next[writer] += 1;
    }
    writers.into_iter().for_each(|writer| writer.join().expect("a writer writes to the end"));
    drop(server);
    assert_eq!(letters.try_iter().count(), 0);
}

#[test]
fn a_mailbox_works_before_the_run_says_when_it_is_full_and_when_nobody_reads_it() {
    let config = Config::new().mailbox_capacity(2);
    let server = Server::with_config("127.0.0.1:0", config).expect("loopback has a free port");
    let mailbox = server.mailbox();
    assert_eq!(mailbox.deliver("first"), Ok(()));
    assert_eq!(mailbox.deliver("second"), Ok(()));
    assert_eq!(mailbox.deliver("third"), Err(NotDelivered::Full("third")));
    let message = PreparedMessage::new("for everybody");
    assert_eq!(mailbox.broadcast(&message), Err(NotDelivered::Full(())));
    let (sender, letters) = channel();
    let server = Running::serve(server, Collector(sender));
    let arrived = [letters.recv_timeout(PATIENCE), letters.recv_timeout(PATIENCE)];
    assert_eq!(arrived, [Ok("first"), Ok("second")]);
    drop(server);
    assert_eq!(mailbox.deliver("late"), Err(NotDelivered::Stopped("late")));
    assert_eq!(mailbox.publish("tea", &message), Err(NotDelivered::Stopped(())));
    assert_eq!(letters.try_iter().count(), 0);
}

#[test]
fn a_handler_that_writes_to_its_own_full_mailbox_does_not_wait_for_itself() {
    struct Chatterbox(pollcat::Mailbox<u32>, std::sync::mpsc::Sender<usize>);
    impl Handler<u32> for Chatterbox {
        fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}
        fn on_mail(&mut self, _: &mut Peers, mail: u32) {
            if mail == 0 {
                let taken = (1..100).filter(|&letter| self.0.deliver(letter).is_ok()).count();
                let _ = self.1.send(taken);
            }
        }
    }
    let config = Config::new().mailbox_capacity(8);
    let server = Server::with_config("127.0.0.1:0", config).expect("loopback has a free port");
    let (sender, taken) = channel();
    let handler = Chatterbox(server.mailbox(), sender);
    let server = Running::serve(server, handler);
    assert_eq!(server.mailbox.deliver(0), Ok(()));
    assert_eq!(taken.recv_timeout(PATIENCE), Ok(8));
}

#[test]
fn ready_made_letters_do_what_peers_does() {
    let server = Directed::start(Config::new());
    let (first, mut first_client) = server.guest();
    let (second, mut second_client) = server.guest();
    server.direct(move |peers| peers.subscribe(second, "tea"));
    let mailbox = server.running.mailbox.clone();
    let elsewhere = thread::spawn(move || -> Result<(), NotDelivered<()>> {
        mailbox.send(first, &PreparedMessage::new("for the first"))?;
        mailbox.publish("tea", &PreparedMessage::new("for tea drinkers"))?;
        mailbox.publish("coffee", &PreparedMessage::new("for nobody"))?;
        mailbox.broadcast(&PreparedMessage::new("for everybody"))?;
        mailbox.close(first, CloseCode::GOING_AWAY, "enough")?;
        mailbox.send(first, &PreparedMessage::new("too late"))?;
        mailbox.send(second, &PreparedMessage::new("end"))
    });
    elsewhere.join().expect("the other thread writes to the end").expect("the mailbox has room");
    assert_eq!([first_client.text(), first_client.text()], ["for the first", "for everybody"]);
    assert_eq!(first_client.close_frame(), (1001, "enough".into()));
    let heard = [second_client.text(), second_client.text(), second_client.text()];
    assert_eq!(heard, ["for tea drinkers", "for everybody", "end"]);
    first_client.close(1001);
    assert_eq!(server.departure(first), Departure::Closed(CloseCode::GOING_AWAY));
}
