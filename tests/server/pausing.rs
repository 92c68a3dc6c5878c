//! Peers that the application does not read from for a while.

use std::io::Write;
use std::thread;
use std::time::Duration;

use pollcat::{CloseCode, Config, Delivery, Departure, PeerId};
use pollcat_testing::client::{PATIENCE, PING, PONG, TEXT, masked};
use pollcat_testing::raw::reset_when_dropped;

use crate::directed::{Directed, Event};
use crate::running::wait_until;

fn pause(server: &Directed, id: PeerId) {
    server.direct(move |peers| peers.pause(id));
}

fn resume(server: &Directed, id: PeerId) {
    server.direct(move |peers| peers.resume(id));
}

/// What has arrived by now was handled in a turn before the last of these.
#[track_caller]
fn nothing_happens(server: &Directed) {
    (0..3).for_each(|_| server.direct(|_| ()));
    assert_eq!(server.events_so_far(), []);
}

fn said(id: PeerId, text: &str) -> Event {
    Event::Said(id, text.as_bytes().to_vec())
}

#[test]
fn a_paused_peer_is_not_heard_until_it_is_resumed_and_what_is_sent_to_it_leaves() {
    let server = Directed::start(Config::new());
    let ((id, mut client), (other, mut bystander)) = (server.guest(), server.guest());
    assert!(!server.direct(move |peers| peers.is_paused(id)));
    pause(&server, id);
    for text in ["one", "two"] {
        client.send(TEXT, text.as_bytes());
        nothing_happens(&server);
    }
    bystander.send(TEXT, b"not me");
    assert_eq!(server.event(), said(other, "not me"));
    let delivery = server.direct(move |peers| (peers.send(id, "to you"), peers.is_paused(id), peers.len()));
    assert_eq!(delivery, (Delivery::Queued, true, 2));
    assert_eq!(client.text(), "to you");
    resume(&server, id);
    assert_eq!([server.event(), server.event()], [said(id, "one"), said(id, "two")]);
    client.send(TEXT, b"three");
    assert_eq!(server.event(), said(id, "three"));
}

#[test]
fn twice_is_once_and_who_is_not_there_is_no_trouble() {
    let server = Directed::start(Config::new());
    let (id, mut client) = server.guest();
    resume(&server, id);
    pause(&server, id);
    pause(&server, id);
    client.send(TEXT, b"one");
    nothing_happens(&server);
    resume(&server, id);
    resume(&server, id);
    assert_eq!(server.event(), said(id, "one"));
    // By mail as well, in the order of the letters.
    let mailbox = &server.running.mailbox;
    mailbox.pause(id).expect("the mailbox has room");
    assert!(server.direct(move |peers| peers.is_paused(id)));
    client.send(TEXT, b"two");
    nothing_happens(&server);
    mailbox.resume(id).expect("the mailbox has room");
    assert_eq!(server.event(), said(id, "two"));
    client.close(1000);
    assert_eq!(server.departure(id), Departure::Closed(CloseCode::NORMAL));
    pause(&server, id);
    resume(&server, id);
    assert!(!server.direct(move |peers| peers.is_paused(id)));
    // The next one in the slot is not paused.
    drop(client);
    server.running.wait_until("its slot is free", |counters| counters.connections == 0);
    let (next, mut client) = server.guest();
    pause(&server, id);
    client.send(TEXT, b"I am new");
    assert_eq!(server.event(), said(next, "I am new"));
}

#[test]
fn a_paused_peer_is_neither_pinged_nor_given_up_for_silence() {
    let patience = Duration::from_millis(100);
    let server = Directed::start(Config::new().ping_after(patience).pong_within(10 * patience));
    let (id, mut client) = loop {
        let (id, mut client) = server.guest();
        // One is under way when the pause begins.
        assert_eq!(client.frame().0, PING);
        pause(&server, id);
        if server.direct(move |peers| peers.is_paused(id)) {
            break (id, client);
        }
        // On a busy machine too much time has passed.
        assert_eq!(server.departure(id), Departure::TimedOut);
    };
    thread::sleep(20 * patience);
    assert_eq!(server.direct(move |peers| peers.send(id, "still there")), Delivery::Queued);
    assert_eq!(client.text(), "still there");
    // Its silence begins anew.
    resume(&server, id);
    assert_eq!(client.frame().0, PING);
    assert_eq!(server.departure(id), Departure::TimedOut);
}

#[test]
fn control_frames_of_a_paused_peer_wait_like_its_messages() {
    let server = Directed::start(Config::new());
    let (id, mut client) = server.guest();
    pause(&server, id);
    client.send(PING, b"anybody there?");
    client.send(PONG, b"unasked");
    nothing_happens(&server);
    server.direct(move |peers| (peers.send(id, "first"), peers.ping(id, b"asked")));
    assert_eq!(client.text(), "first");
    assert_eq!(client.frame(), (PING, b"asked".to_vec()));
    client.send(PONG, b"asked");
    client.close(1000);
    nothing_happens(&server);
    resume(&server, id);
    assert_eq!(client.frame(), (PONG, b"anybody there?".to_vec()));
    assert_eq!(client.close_frame().0, 1000);
    let expected = [
        Event::Ponged(id, b"unasked".to_vec()),
        Event::Ponged(id, b"asked".to_vec()),
        Event::Left(id, Departure::Closed(CloseCode::NORMAL)),
    ];
    assert_eq!([server.event(), server.event(), server.event()], expected);
}

#[test]
fn closing_ends_the_pause_and_the_handshake_is_complete() {
    let server = Directed::start(Config::new().close_within(PATIENCE));
    let (id, mut client) = server.guest();
    pause(&server, id);
    client.send(TEXT, b"nobody hears it");
    nothing_happens(&server);
    server.direct(move |peers| peers.close(id, CloseCode::NORMAL, "enough"));
    assert_eq!(client.close_frame(), (1000, "enough".into()));
    client.send(TEXT, b"nor this");
    client.close(1000);
    client.nothing_more();
    assert_eq!(server.event(), Event::Left(id, Departure::Closed(CloseCode::NORMAL)));
}

#[test]
fn a_stopping_server_ends_all_pauses() {
    let server = Directed::start(Config::new().close_within(PATIENCE));
    let (id, mut client) = server.guest();
    pause(&server, id);
    client.send(TEXT, b"nobody hears it");
    server.running.mailbox.stop();
    assert_eq!(client.close_frame().0, 1001);
    client.close(1001);
    client.nothing_more();
    drop(client);
    assert_eq!(server.join(), [Event::Left(id, Departure::Closed(CloseCode::GOING_AWAY))]);
}

#[test]
fn a_paused_peer_that_does_not_answer_the_close_is_dropped_in_time() {
    let server = Directed::start(Config::new().close_within(Duration::from_millis(200)));
    let (id, mut client) = server.guest();
    pause(&server, id);
    server.direct(move |peers| peers.close(id, CloseCode::NORMAL, ""));
    assert_eq!(client.close_frame().0, 1000);
    assert_eq!(server.departure(id), Departure::TimedOut);
    server.running.wait_until("it is dropped", |counters| counters.connections == 0);
}

#[test]
fn the_end_of_a_paused_peer_is_noticed_if_nothing_lies_before_it() {
    let server = Directed::start(Config::new());
    let (id, mut client) = server.guest();
    pause(&server, id);
    client.end();
    assert_eq!(server.departure(id), Departure::Lost);
    client.nothing_more();

    // A message comes first: it is not lost.
    let (id, mut client) = server.guest();
    pause(&server, id);
    client.send(TEXT, b"the last");
    client.end();
    nothing_happens(&server);
    assert!(server.direct(move |peers| peers.is_paused(id)));
    resume(&server, id);
    assert_eq!(server.event(), said(id, "the last"));
    assert_eq!(server.departure(id), Departure::Lost);

    // However long it is.
    let (id, mut client) = server.guest();
    pause(&server, id);
    client.send(TEXT, &[b'x'; 60_000]);
    client.end();
    nothing_happens(&server);
    resume(&server, id);
    assert_eq!(server.event(), said(id, &"x".repeat(60_000)));
    assert_eq!(server.departure(id), Departure::Lost);
}

#[test]
fn a_paused_peer_whose_stream_is_reset_is_noticed_whatever_it_had_sent() {
    let server = Directed::start(Config::new());
    for unread in [0, 1, 100_000] {
        let (id, mut client) = server.guest();
        pause(&server, id);
        client.write(&masked(TEXT, &vec![b'x'; unread]));
        nothing_happens(&server);
        reset_when_dropped(&client.stream());
        drop(client);
        assert_eq!(server.departure(id), Departure::Lost);
        server.running.wait_until("it is gone", |counters| counters.connections == 0);
    }
}

#[test]
fn a_peer_that_is_paused_and_slow_goes_on_when_it_is_neither() {
    for drains_first in [true, false] {
        let server = Directed::start(Config::new().max_send_queue(4 << 20).send_buffer(8 << 10));
        let (id, mut client) = server.guest();
        server.fill(id, 1 << 20);
        server.events_so_far();
        pause(&server, id);
        client.send(TEXT, b"at last");
        nothing_happens(&server);
        if !drains_first {
            resume(&server, id);
            nothing_happens(&server);
        }
        // Read up to a word that is sent when there is room again.
        let reader = thread::spawn(move || while client.frame() != (TEXT, b"caught up".to_vec()) {});
        wait_until("all is written", || server.direct(move |peers| peers.queued(id)) == 0);
        if drains_first {
            let heard = server.events_so_far();
            assert!(heard.iter().all(|event| *event == Event::Drained(id, 0)), "{heard:?}");
            resume(&server, id);
        }
        let drained = Event::Drained(id, 0);
        let heard = std::iter::repeat_with(|| server.event()).find(|event| *event != drained);
        assert_eq!(heard, Some(said(id, "at last")));
        server.direct(move |peers| peers.send(id, "caught up"));
        reader.join().expect("it comes");
    }
}

/// What a flooder has written waits in the sockets, and not in the server.
#[test]
fn what_a_paused_peer_sends_is_not_read_however_much_it_is() {
    let server = Directed::start(Config::new());
    let (id, client) = server.guest();
    pause(&server, id);
    let before = server.running.counters();
    let mut stream = client.stream();
    stream.set_write_timeout(Some(Duration::from_millis(300))).expect("writing can be given a limit");
    let frame = masked(TEXT, &[b'x'; 16 << 10]);
    let refused = (0..4_096).find(|_| stream.write_all(&frame).is_err());
    assert!(refused.is_some(), "64 MiB found room somewhere");
    nothing_happens(&server);
    let counters = server.running.counters();
    assert_eq!((counters.bytes_in, counters.receiving), (before.bytes_in, 0));
}
