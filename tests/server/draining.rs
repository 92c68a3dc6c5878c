//! Draining: the peers are closed one by one over a time, newcomers are sent away, pages are served, and then the
//! server stops.

use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use pollcat::{
    Answer, CloseCode, Config, Departure, Handler, Message, PeerId, Peers, Refusal, Refused, Request, Server,
};
use pollcat_testing::client::{Client, PATIENCE, TEXT, upgrade_request};

use crate::directed::{Directed, Event};
use crate::running::Running;

const RESTART: CloseCode = CloseCode::SERVICE_RESTART;
/// Longer than any test takes.
const LONG: Duration = Duration::from_secs(3600);
const GOODBYE: &str = "the server is stopping";

fn config() -> Config {
    Config::new().close_within(PATIENCE)
}

/// Its Close comes, and is answered.
#[track_caller]
fn is_told(mut client: Client, code: u16) {
    assert_eq!(client.close_frame(), (code, GOODBYE.into()));
    client.close(code);
    client.nothing_more();
}

/// It leaves by itself, and its Close is answered.
#[track_caller]
fn leaves(mut client: Client) {
    client.close(1000);
    assert_eq!(client.close_frame(), (1000, String::new()));
    client.nothing_more();
}

#[test]
fn closes_are_spread_evenly_over_the_time_and_the_server_stops() {
    const GUESTS: u32 = 20;
    const OVER: Duration = Duration::from_secs(1);
    let server = Directed::start(config());
    let guests: Vec<(PeerId, Client)> = (0..GUESTS).map(|_| server.guest()).collect();
    let began = Instant::now();
    server.direct(|peers| peers.drain(OVER, RESTART));
    let waiting = guests.into_iter().map(|(id, client)| {
        thread::spawn(move || {
            is_told(client, 1012);
            (began.elapsed(), id)
        })
    });
    let waiting: Vec<_> = waiting.collect();
    let mut closed: Vec<(Duration, PeerId)> =
        waiting.into_iter().map(|guest| guest.join().expect("a guest is told")).collect();
    closed.sort();
    for (number, (after, _)) in (1..).zip(&closed) {
        // Never early, so there are no bursts; late by what a busy machine does.
        assert!(*after >= OVER * number / GUESTS, "{number}: {after:?}");
        assert!(*after <= OVER * number / GUESTS + PATIENCE / 2, "{number}: {after:?}");
    }
    let departures = server.join();
    let in_order: Vec<PeerId> = closed.iter().map(|(_, id)| *id).collect();
    let told = departures.into_iter().map(|event| match event {
        Event::Left(id, Departure::Closed(RESTART)) => id,
        other => panic!("{other:?}"),
    });
    assert_eq!(told.count(), GUESTS as usize);
    // The ids are in the order in which they came.
    let together = in_order.windows(2).filter(|pair| pair[0] < pair[1]).count();
    assert!((5..15).contains(&together), "who came together does not leave together: {in_order:?}");
}

/// One turn for each Close and each answer, and some for what clients do beside.
#[test]
fn the_loop_sleeps_from_one_close_to_the_next() {
    let server = Directed::start(config());
    let mut guests: Vec<Client> = (0..3).map(|_| server.guest().1).collect();
    server.direct(|peers| peers.drain(Duration::from_millis(600), RESTART));
    let before = server.running.counters().histograms().turn_time().count();
    // The second Close is due after 400 ms. Nobody answers.
    let (mut seen, deadline) = (0, Instant::now() + PATIENCE);
    while seen < 2 {
        assert!(Instant::now() < deadline);
        seen = 3 - server.running.counters().open;
        thread::sleep(Duration::from_millis(1));
    }
    let turns = server.running.counters().histograms().turn_time().count() - before;
    assert!((1..20).contains(&turns), "{turns} turns for two Closes");
    guests.drain(..).for_each(|client| is_told(client, 1012));
    server.join();
}

#[test]
fn as_soon_as_nobody_is_left_the_server_stops() {
    let server = Directed::start(config());
    let [(one, first), (two, second)] = [(); 2].map(|()| server.guest());
    server.direct(|peers| peers.drain(LONG, RESTART));
    leaves(first);
    assert_eq!(server.departure(one), Departure::Closed(CloseCode::NORMAL));
    assert_eq!(server.direct(|peers| (peers.len(), peers.is_draining())), (1, true));
    leaves(second);
    assert_eq!(server.departure(two), Departure::Closed(CloseCode::NORMAL));
    assert_eq!(server.join(), []);
}

#[test]
fn where_nobody_is_a_drain_is_a_stop() {
    let server = Directed::start(config());
    server.direct(|peers| peers.drain(LONG, RESTART));
    assert_eq!(server.join(), []);
}

#[test]
fn a_second_drain_can_only_hasten_the_first_and_has_the_code_for_the_rest() {
    let server = Directed::start(config());
    let guests = [(); 3].map(|()| server.guest().1);
    server.direct(|peers| {
        peers.drain(LONG, RESTART);
        peers.drain(Duration::from_millis(200), CloseCode::GOING_AWAY);
        peers.drain(LONG, CloseCode::TRY_AGAIN_LATER);
    });
    guests.into_iter().for_each(|client| is_told(client, 1013));
    server.join();
}

#[test]
fn a_stop_during_a_drain_is_a_stop_and_a_drain_during_a_stop_is_nothing() {
    for is_by_mail in [false, true] {
        let server = Directed::start(config());
        let [mut first, second] = [(); 2].map(|()| server.guest().1);
        server.direct(|peers| peers.drain(LONG, RESTART));
        match is_by_mail {
            true => server.running.mailbox.stop(),
            false => server.direct(|peers| peers.stop()),
        }
        assert_eq!(first.close_frame(), (1001, GOODBYE.into()));
        server.direct(|peers| peers.drain(Duration::ZERO, RESTART));
        first.close(1001);
        first.nothing_more();
        drop(first);
        is_told(second, 1001);
        server.join();
    }
}

/// With a code of its own. What was posted before still arrives, as before a stop.
#[test]
fn a_drain_in_no_time_is_a_stop() {
    let server = Directed::start(config());
    let guests = [(); 3].map(|()| server.guest().1);
    let mailbox = server.running.mailbox.clone();
    // The letters wait until this errand is done, and the drain with them.
    server.direct(move |peers| {
        peers.broadcast("before");
        for _ in 0..3_000 {
            mailbox.broadcast("a letter").expect("the mailbox holds 4096");
        }
        mailbox.drain(Duration::ZERO, CloseCode::new(4321).expect("a private code"));
    });
    for mut client in guests {
        assert_eq!(client.text(), "before");
        for _ in 0..3_000 {
            assert_eq!(client.text(), "a letter");
        }
        is_told(client, 4321);
    }
    server.join();
}

#[test]
fn a_full_mailbox_takes_a_drain_and_two_that_meet_there_are_the_shorter_one() {
    let server = Server::with_config("127.0.0.1:0", config().mailbox_capacity(1));
    let server = Directed::serve(server.expect("loopback has a free port"));
    let mut guest = server.guest().1;
    let mailbox = server.running.mailbox.clone();
    server.direct(move |_| {
        while mailbox.broadcast("a letter").is_ok() {}
        mailbox.drain(Duration::from_millis(300), RESTART);
        mailbox.drain(LONG, CloseCode::GOING_AWAY);
        mailbox.drain(Duration::MAX, CloseCode::NO_STATUS);
    });
    assert_eq!(guest.text(), "a letter");
    // A Close without a code, as it was asked for.
    assert_eq!(guest.frame(), (0x88, Vec::new()));
    guest.close(1000);
    drop(guest);
    server.join();
}

/// Serves pages, and drains when it is told to.
struct Porter(Sender<(Refusal, bool)>);

impl Handler for Porter {
    fn on_request(&mut self, peers: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
        match (request.path(), peers.is_draining()) {
            ("/health", false) => Answer::page("text/plain", "up"),
            ("/health", true) => Answer::refuse(503, "going down"),
            ("/drain", _) => {
                peers.drain(Duration::from_secs(1800), RESTART);
                Answer::page("text/plain", "ok")
            }
            _ => Answer::accept(),
        }
    }

    fn on_refused(&mut self, peers: &mut Peers, refused: &Refused<'_>) {
        self.0.send((refused.reason, peers.is_draining())).expect("the test listens");
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        peers.send(from, message);
    }
}

/// The status line of a page.
fn status(client: &mut Client, path: &str, length: usize) -> String {
    client.write(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes());
    let head = client.head();
    client.bytes(length);
    head.lines().next().expect("a head has a first line").to_owned()
}

#[test]
fn newcomers_are_sent_away_pages_are_served_and_who_is_there_goes_on() {
    let (sender, refused) = channel();
    let server = Running::start(config(), Porter(sender));
    let mut guest = Client::connect(server.address());
    let mut pages = Client::dial(server.address());
    let early = Client::dial(server.address());
    assert_eq!(status(&mut pages, "/health", 2), "HTTP/1.1 200 OK");
    assert_eq!(status(&mut pages, "/drain", 2), "HTTP/1.1 200 OK");
    let going_down = "503 Service Unavailable: going down\n".len();
    // On a connection that is kept alive, and on a new one: the listeners are open.
    assert_eq!(status(&mut pages, "/health", going_down), "HTTP/1.1 503 Service Unavailable");
    let mut late = Client::dial(server.address());
    assert_eq!(status(&mut late, "/health", going_down), "HTTP/1.1 503 Service Unavailable");
    for mut client in [early, late] {
        client.write(upgrade_request("").as_bytes());
        let head = client.head();
        assert!(head.starts_with("HTTP/1.1 503 "), "{head}");
        let after: Vec<&str> = head.lines().filter_map(|line| line.strip_prefix("Retry-After: ")).collect();
        let [seconds] = after[..] else { panic!("one Retry-After: {head}") };
        let seconds: u64 = seconds.parse().expect("a number of seconds");
        assert!((1800 - PATIENCE.as_secs()..=1800).contains(&seconds), "{seconds}");
        assert_eq!(refused.recv(), Ok((Refusal::Draining, true)));
    }
    guest.send(TEXT, b"still here");
    assert_eq!(guest.text(), "still here");
    assert_eq!(server.counters().refused(Refusal::Draining), 2);
    leaves(guest);
    server.join();
}

/// A handler may do it wherever it is called.
#[test]
fn a_drain_from_on_close_and_one_for_a_peer_that_comes_in_the_same_turn_end() {
    struct Leaving;
    impl Handler for Leaving {
        fn on_request(&mut self, peers: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
            if request.header("x-drain").is_some() {
                peers.drain(Duration::from_millis(100), RESTART);
            }
            Answer::accept()
        }

        fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}

        fn on_close(&mut self, peers: &mut Peers, _: PeerId, _: Departure) {
            peers.drain(LONG, RESTART);
        }
    }
    let server = Running::start(config(), Leaving);
    leaves(Client::connect(server.address()));
    server.join();

    let server = Running::start(config(), Leaving);
    let mut client = Client::dial(server.address());
    client.open("X-Drain: now\r\n");
    is_told(client, 1012);
    server.join();
}
