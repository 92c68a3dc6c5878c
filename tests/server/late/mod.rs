//! WebSockets whose request waits for its answer: how it is decided, and what may happen before.

mod deciding;
mod early;
mod gone;

use std::sync::mpsc::{Receiver, Sender, channel};

use pollcat::{Answer, Config, Delivery, Departure, Handler, Message, PeerId, Peers, Request, RequestId};
use pollcat_testing::client::{Client, PATIENCE, TEXT, upgrade_request};

use crate::running::Running;

type Errand = Box<dyn FnOnce(&mut Peers) + Send>;

#[derive(Debug, PartialEq)]
enum Event {
    Asked(RequestId),
    Gone(RequestId),
    /// With what the handler was shown, and what the answer carried.
    Opened(PeerId, Shown, Option<Guest>),
    Said(PeerId, Vec<u8>),
    Left(PeerId, Departure),
}

/// What a handler sees of a request.
type Shown = (String, Option<String>, Option<String>, bool);

#[derive(Debug, Clone, PartialEq)]
struct Guest(String);

/// Puts everybody off but those who ask for `/now`, and tells the test of everything.
struct Doorkeeper {
    tell: Sender<Event>,
    /// What everybody was shown as in on_request.
    shown: Vec<(PeerId, Shown)>,
}

impl Doorkeeper {
    fn tell(&self, event: Event) {
        // A test that has failed listens no more.
        let _ = self.tell.send(event);
    }
}

fn shown(request: &Request<'_>) -> Shown {
    let client = request.client().map(|address| address.to_string());
    let cookie = request.header("cookie").map(str::to_owned);
    (format!("{}?{:?}", request.path(), request.query()), cookie, client, request.is_secure())
}

impl Handler<Errand> for Doorkeeper {
    fn on_request(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) -> Answer {
        self.shown.push((id, shown(request)));
        if request.path() == "/now" {
            return Answer::accept().with(Guest("at once".into()));
        }
        self.tell(Event::Asked(peers.request_id(id)));
        Answer::later()
    }

    fn on_request_gone(&mut self, _: &mut Peers, request: RequestId) {
        self.tell(Event::Gone(request));
    }

    fn on_open(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) {
        let shown = shown(request);
        assert!(self.shown.contains(&(id, shown.clone())), "{shown:?} is not what it was");
        assert_eq!(peers.opened_with::<String>(id), None, "it is no string");
        let guest = peers.opened_with::<Guest>(id);
        assert_eq!(peers.opened_with::<Guest>(id), None, "it was taken out");
        self.tell(Event::Opened(id, shown, guest));
        if request.query() == Some("panic") {
            panic!("a bug in on_open");
        }
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        assert_eq!(peers.opened_with::<Guest>(from), None);
        self.tell(Event::Said(from, message.as_bytes().to_vec()));
        if message == Message::Text("echo") {
            peers.send(from, "echo");
        }
    }

    fn on_close(&mut self, _: &mut Peers, id: PeerId, departure: Departure) {
        self.tell(Event::Left(id, departure));
    }

    fn on_mail(&mut self, peers: &mut Peers, errand: Errand) {
        errand(peers);
    }
}

struct Door {
    server: Running<Errand>,
    events: Receiver<Event>,
}

impl Door {
    fn new(config: Config) -> Self {
        let (tell, events) = channel();
        Door { server: Running::start(config, Doorkeeper { tell, shown: Vec::new() }), events }
    }

    #[track_caller]
    fn event(&self) -> Event {
        self.events.recv_timeout(PATIENCE).expect("something happens")
    }

    /// A client whose request waits. The bytes come with it in one packet.
    #[track_caller]
    fn ask(&self, fields: &str, and: &[u8]) -> (RequestId, Client) {
        let mut client = Client::dial(self.server.address());
        client.write(&[upgrade_request(fields).as_bytes(), and].concat());
        (self.asked(), client)
    }

    #[track_caller]
    fn asked(&self) -> RequestId {
        match self.event() {
            Event::Asked(request) => request,
            other => panic!("{other:?}, and nobody has asked"),
        }
    }

    #[track_caller]
    fn opened(&self, request: RequestId) -> PeerId {
        match self.event() {
            Event::Opened(id, _, guest) if id == request.peer() && guest.is_none() => id,
            other => panic!("{other:?}, and {request} has not opened"),
        }
    }

    /// Runs an errand within the loop.
    #[track_caller]
    fn direct<T: Send + 'static>(&self, errand: impl FnOnce(&mut Peers) -> T + Send + 'static) -> T {
        let (sender, found) = channel();
        let errand = move |peers: &mut Peers| drop(sender.send(errand(peers)));
        assert!(self.server.mailbox.deliver(Box::new(errand)).is_ok(), "the mailbox has room");
        found.recv_timeout(PATIENCE).expect("the errand is run")
    }

    #[track_caller]
    fn answer(&self, request: RequestId, answer: Answer) -> Delivery {
        self.direct(move |peers| peers.answer_request(request, answer))
    }

    /// The loop waits until this is dropped.
    #[track_caller]
    fn hold_up(&self) -> Sender<()> {
        let ((gate, opens), (waits, waiting)) = (channel::<()>(), channel());
        let errand = move |_: &mut Peers| {
            let _ = waits.send(());
            let _ = opens.recv();
        };
        assert!(self.server.mailbox.deliver(Box::new(errand)).is_ok(), "the mailbox has room");
        waiting.recv_timeout(PATIENCE).expect("the loop waits");
        gate
    }

    /// Whose place is whose, and what is kept: nothing is left when the last has gone.
    #[track_caller]
    fn ends_empty(self) {
        self.server.wait_until("nobody is left, and nothing", |counters| {
            (counters.connections, counters.open, counters.receiving, counters.sending) == (0, 0, 0, 0)
        });
        assert_eq!(Vec::from_iter(self.events.try_iter()), [], "and nothing else has happened");
    }

    /// The server has been told to stop, and does.
    #[track_caller]
    fn stops(self) {
        let Door { server, events, .. } = self;
        server.join();
        assert_eq!(Vec::from_iter(events.try_iter()), [], "and nothing else has happened");
    }
}

/// The client is told so, and is a WebSocket.
#[track_caller]
fn echoes(door: &Door, id: PeerId, client: &mut Client) {
    client.send(TEXT, b"echo");
    assert_eq!(door.event(), Event::Said(id, b"echo".to_vec()));
    assert_eq!(client.text(), "echo");
}
