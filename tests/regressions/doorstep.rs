//! A handler that writes down its calls, and stands still where a test needs it to.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use pollcat::{Answer, Departure, Handler, Message, PeerId, Peers, Request};

use pollcat_testing::client::{Client, PATIENCE, TEXT};
use pollcat_testing::raw::reset_when_dropped;

/// What makes a [`Witness`] stand still: this message, and a request for this page.
pub(crate) const WAIT: &[u8] = b"wait";
pub(crate) const PAGE: &str = "/page";

/// What was heard, in order. It can be read while the server runs.
#[derive(Clone, Default)]
pub(crate) struct Diary(Arc<Mutex<Vec<String>>>);

impl Diary {
    pub(crate) fn note(&self, line: String) {
        self.0.lock().expect("nobody panics while writing").push(line);
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.lock().expect("nobody panics while writing").clone()
    }

    pub(crate) fn count(&self, beginning: &str) -> usize {
        self.lines().iter().filter(|line| line.starts_with(beginning)).count()
    }
}

/// The handler's end: it stands still until the test lets it go on. Whatever clients do meanwhile is one
/// event for the loop.
pub(crate) struct Doorstep {
    arrived: Sender<()>,
    go: Receiver<()>,
}

/// The test's end.
pub(crate) struct Door {
    arrived: Receiver<()>,
    go: Sender<()>,
}

pub(crate) fn doorstep() -> (Door, Doorstep) {
    let ((arrived, has_arrived), (go, may_go)) = (channel(), channel());
    (Door { arrived: has_arrived, go }, Doorstep { arrived, go: may_go })
}

impl Doorstep {
    /// Does not wait for a test that has failed.
    pub(crate) fn wait(&self) {
        let _ = self.arrived.send(());
        let _ = self.go.recv();
    }
}

impl Door {
    #[track_caller]
    pub(crate) fn wait(&self) {
        self.arrived.recv_timeout(PATIENCE).expect("the handler comes to its doorstep");
    }

    #[track_caller]
    pub(crate) fn open(&self) {
        self.go.send(()).expect("the handler waits");
    }
}

/// Accepts everybody, sends back every message, and writes down everything.
pub(crate) struct Witness {
    diary: Diary,
    doorstep: Option<Doorstep>,
}

impl Witness {
    pub(crate) fn new(diary: &Diary) -> Self {
        Witness { diary: diary.clone(), doorstep: None }
    }

    pub(crate) fn with_doorstep(diary: &Diary, doorstep: Doorstep) -> Self {
        Witness { diary: diary.clone(), doorstep: Some(doorstep) }
    }

    fn wait(&self) {
        if let Some(doorstep) = &self.doorstep {
            doorstep.wait();
        }
    }
}

impl Handler for Witness {
    fn on_request(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
        self.diary.note(format!("request {}", request.path()));
        if request.path() != PAGE {
            return Answer::accept();
        }
        self.wait();
        Answer::page("text/plain", "hello")
    }

    fn on_open(&mut self, _: &mut Peers, id: PeerId, _: &Request<'_>) {
        self.diary.note(format!("open {id}"));
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        if message.as_bytes() == WAIT {
            return self.wait();
        }
        let whose = if peers.contains(from) { "a peer" } else { "nobody" };
        self.diary.note(format!("message of {whose}, {from}"));
        peers.send(from, message);
    }

    fn on_close(&mut self, _: &mut Peers, id: PeerId, departure: Departure) {
        self.diary.note(format!("close {id}: {departure}"));
    }
}

/// A client that keeps the handler busy until the door is opened.
pub(crate) fn keep_busy(door: &Door, client: &mut Client) {
    client.send(TEXT, WAIT);
    door.wait();
}

/// A killed program, a pulled cable: the connection ends with a reset.
pub(crate) fn reset(client: Client) {
    reset_when_dropped(&client.stream());
    drop(client);
}
