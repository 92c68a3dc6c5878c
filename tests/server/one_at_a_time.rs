//! Peers that a handler pauses while it is called for them: what had been read by then waits as well.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use pollcat::{Config, Departure, Handler, Message, PeerId, Peers, Request, TimerId};
use pollcat_testing::client::{Client, PATIENCE, PING, TEXT, masked, upgrade_request};

use crate::running::Running;

/// Pauses each peer with each message, as one does that has given work away for it.
struct OneAtATime {
    tell: Sender<Told>,
    pauses: Pauses,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Pauses {
    WithEachMessage,
    AlsoWhenItOpens,
    OnlyWhenAsked,
}

type Errand = Box<dyn FnOnce(&mut Peers) + Send>;

#[derive(Debug, PartialEq)]
enum Told {
    Opened(PeerId),
    Said(PeerId, String),
    Left(PeerId, Departure),
    TimerCame,
}

impl OneAtATime {
    fn tell(&self, told: Told) {
        // A test that has failed listens no more.
        let _ = self.tell.send(told);
    }
}

impl Handler<Errand> for OneAtATime {
    fn on_open(&mut self, peers: &mut Peers, id: PeerId, _: &Request<'_>) {
        if self.pauses == Pauses::AlsoWhenItOpens {
            peers.pause(id);
            assert!(peers.is_paused(id));
        }
        self.tell(Told::Opened(id));
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        assert!(!peers.is_paused(from), "a paused peer is not heard");
        let Message::Text(text) = message else { panic!("text is all that is sent") };
        if text == "all of you" {
            return peers.ids().into_iter().for_each(|id| peers.pause(id));
        }
        if text == "pause me" {
            return peers.pause(from);
        }
        if self.pauses != Pauses::OnlyWhenAsked {
            peers.pause(from);
        }
        self.tell(Told::Said(from, text.to_owned()));
    }

    fn on_mail(&mut self, peers: &mut Peers, errand: Errand) {
        errand(peers);
    }

    fn on_timer(&mut self, _: &mut Peers, _: TimerId) {
        self.tell(Told::TimerCame);
    }

    fn on_close(&mut self, _: &mut Peers, id: PeerId, departure: Departure) {
        self.tell(Told::Left(id, departure));
    }
}

struct Scene {
    server: Running<Errand>,
    told: Receiver<Told>,
}

impl Scene {
    fn begin(config: Config, pauses: Pauses) -> Self {
        let (tell, told) = channel();
        Scene { server: Running::start(config, OneAtATime { tell, pauses }), told }
    }

    /// A new client, whose request and these frames leave together.
    #[track_caller]
    fn guest(&self, frames: &[u8]) -> (PeerId, Client) {
        let client = self.client(frames);
        match self.told() {
            Told::Opened(id) => (id, client),
            other => panic!("{other:?}, and not a new guest"),
        }
    }

    #[track_caller]
    fn client(&self, frames: &[u8]) -> Client {
        let mut client = Client::dial(self.server.address());
        client.write(&[upgrade_request("").as_bytes(), frames].concat());
        client
    }

    #[track_caller]
    fn told(&self) -> Told {
        self.told.recv_timeout(PATIENCE).expect("something happens")
    }

    fn direct(&self, errand: impl FnOnce(&mut Peers) + Send + 'static) {
        assert!(self.server.mailbox.deliver(Box::new(errand)).is_ok(), "the mailbox has room");
    }

    fn resume(&self, id: PeerId) {
        self.direct(move |peers| peers.resume(id));
    }
}

fn frames(texts: impl Iterator<Item = String>) -> Vec<u8> {
    texts.flat_map(|text| masked(TEXT, text.as_bytes())).collect()
}

#[test]
fn what_has_been_read_already_waits_too_and_comes_one_by_one_in_order() {
    const MESSAGES: usize = 2_000;
    for pauses in [Pauses::WithEachMessage, Pauses::AlsoWhenItOpens] {
        let scene = Scene::begin(Config::new(), pauses);
        // Numbers of every length, across reads, buffers and pauses; the last one with the end of the stream.
        let texts =
            || (0..MESSAGES).map(|number| format!("{number:0>width$}", width = 1 + number * 31 % 700));
        let mut client = Client::dial(scene.server.address());
        let all = [upgrade_request("").as_bytes(), &frames(texts())].concat();
        // It may be more than the sockets take while nobody is heard.
        let writer = thread::spawn(move || {
            client.write(&all);
            client.end();
            client
        });
        let Told::Opened(id) = scene.told() else { panic!("there is a new guest") };
        for text in texts() {
            if pauses == Pauses::AlsoWhenItOpens || text.parse() != Ok(0) {
                scene.resume(id);
            }
            assert_eq!(scene.told(), Told::Said(id, text));
        }
        // It is there until it has been heard to its end.
        let _client = writer.join().expect("all is written");
        scene.resume(id);
        assert_eq!(scene.told(), Told::Left(id, Departure::Lost));
        scene
            .server
            .wait_until("nothing is left", |counters| (counters.connections, counters.receiving) == (0, 0));
    }
}

#[test]
fn a_peer_can_be_paused_while_another_is_heard() {
    let scene = Scene::begin(Config::new(), Pauses::WithEachMessage);
    let ((id, mut client), (_, mut other)) = (scene.guest(b""), scene.guest(b""));
    other.send(TEXT, b"all of you");
    other.send(PING, b"I am paused too");
    // A Ping that is not answered proves nothing; what the others send meanwhile does.
    scene.server.wait_until("all are paused", |counters| counters.messages_in == 1);
    client.send(TEXT, b"one");
    client.send(TEXT, b"two");
    scene.resume(id);
    assert_eq!(scene.told(), Told::Said(id, "one".into()));
    scene.resume(id);
    assert_eq!(scene.told(), Told::Said(id, "two".into()));
}

#[test]
fn the_end_that_arrives_with_the_message_that_pauses_is_noticed() {
    let scene = Scene::begin(Config::new(), Pauses::WithEachMessage);
    let (id, mut client) = scene.guest(b"");
    client.send(TEXT, b"the last");
    client.end();
    assert_eq!(scene.told(), Told::Said(id, "the last".into()));
    assert_eq!(scene.told(), Told::Left(id, Departure::Lost));
}

/// As for messages that are not whole: it is within the limit for all, and whoever holds most pays.
#[test]
fn what_is_kept_of_paused_peers_has_a_limit_in_bytes() {
    const LIMIT: usize = 256 << 10;
    let scene = Scene::begin(Config::new().max_receiving(LIMIT), Pauses::WithEachMessage);
    let mut clients = Vec::new();
    let departure = loop {
        assert!(clients.len() < 64, "2 MiB were kept");
        clients.push(scene.client(&frames((0..300).map(|number| format!("{number:0>100}")))));
        let told = std::iter::repeat_with(|| scene.told());
        let end = told.into_iter().find(|told| matches!(told, Told::Said(..) | Told::Left(..)));
        assert!(scene.server.counters().receiving <= LIMIT as u64);
        if let Some(Told::Left(_, departure)) = end {
            break departure;
        }
    };
    assert_eq!(departure, Departure::OverBudget);
}

/// All that was kept may go on at once: that is spread over turns, so that others have theirs.
#[test]
fn a_crowd_that_is_resumed_at_once_is_heard_in_several_turns() {
    const CROWD: usize = 80;
    /// Of each: it fits into the server's end of the connection.
    const BYTES: usize = 30_000;
    let scene = Scene::begin(Config::new().ping_after(10 * PATIENCE), Pauses::OnlyWhenAsked);
    let mut crowd: Vec<Client> = (0..CROWD).map(|_| scene.guest(b"").1).collect();
    // The loop stands still while they write: so it reads at once what each of them has sent.
    let (go_on, wait) = channel::<()>();
    scene.direct(move |_| assert!(wait.recv().is_err()));
    let each = BYTES / masked(TEXT, b"x").len();
    let frames = [masked(TEXT, b"pause me"), masked(TEXT, b"x").repeat(each)].concat();
    crowd.iter_mut().for_each(|client| client.write(&frames));
    crowd.iter().for_each(|client| scene.server.wait_for_bytes_of(client));
    drop(go_on);
    scene.server.wait_until("all are paused, and nearly all of it is kept", |counters| {
        counters.messages_in as usize == CROWD && counters.receiving as usize > CROWD * (BYTES - 5_000)
    });
    scene.direct(|peers| {
        peers.ids().into_iter().for_each(|id| peers.resume(id));
        // Comes at the end of the next turn.
        peers.after(Duration::ZERO);
    });
    let told: Vec<Told> = (0..=CROWD * each).map(|_| scene.told()).collect();
    let heard = told.iter().position(|told| *told == Told::TimerCame).expect("the timer comes");
    assert!(heard < CROWD * each / 2, "{heard} messages of {} in one turn", CROWD * each);
}
