//! A thousand clients wait for a slow database, all at once: half of them are refused, some leave, some do not wait with
//! what they have to say. Nobody is lost, nobody waits for ever, nothing is left behind, and those who were there before
//! notice nothing.
//!
//! `POLLCAT_FIRE` says how many clients there are.

use std::collections::HashMap;
use std::env;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use pollcat::{
    Answer, Config, Delivery, Departure, Handler, Mailbox, Message, NotDelivered, PeerId, PeerMap, Peers,
    Request, RequestId,
};
use pollcat_testing::client::{Client, PATIENCE, TEXT, masked, upgrade_request};
use pollcat_testing::raw::{need_descriptors, reset_when_dropped};
use pollcat_testing::running::Running;

/// How long the database takes.
const LOOK_UP: Duration = Duration::from_millis(200);

/// Who is there all the time.
const OTHERS: usize = 20;

/// A client by its number, which is also its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Number(usize);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Accepted,
    Refused(u16, &'static str),
    /// It does not wait for the answer.
    Leaves,
}

impl Number {
    fn fate(self) -> Fate {
        match self.0 {
            number if number % 10 == 9 => Fate::Leaves,
            number if number % 4 == 1 => Fate::Refused(401, "WWW-Authenticate: Bearer"),
            number if number % 4 == 3 => Fate::Refused(403, "X-Reason: banned"),
            _ => Fate::Accepted,
        }
    }

    /// What it says before it has an answer.
    fn early(self) -> Vec<u8> {
        match self.0 % 20 {
            0 => [masked(0x01, b"ear"), masked(0x80, b"ly")].concat(),
            _ => Vec::new(),
        }
    }

    fn answer(self) -> Answer {
        match self.fate() {
            Fate::Refused(status, field) => {
                let (name, value) = field.split_once(": ").expect("it is a field");
                Answer::refuse(status, "not you").header(name, value)
            }
            Fate::Accepted | Fate::Leaves => Answer::accept().with(self),
        }
    }
}

/// A house that asks its database about everybody but those without a number.
struct House {
    asks: Sender<(Instant, RequestId, Number)>,
    tells: Sender<Told>,
    people: PeerMap<Number>,
}

/// What happens to a request.
#[derive(Debug, PartialEq)]
enum Told {
    Asked(RequestId, Number),
    Gone(RequestId),
    Opened(PeerId, Number),
}

type Errand = Box<dyn FnOnce(&mut House, &mut Peers) + Send>;

impl Handler<Errand> for House {
    fn on_request(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) -> Answer {
        let Some(number) = request.query().and_then(|token| token.parse().ok()).map(Number) else {
            return Answer::accept();
        };
        let request = peers.request_id(id);
        let _ = self.asks.send((Instant::now(), request, number));
        let _ = self.tells.send(Told::Asked(request, number));
        Answer::later()
    }

    fn on_request_gone(&mut self, _: &mut Peers, request: RequestId) {
        let _ = self.tells.send(Told::Gone(request));
    }

    fn on_open(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) {
        if let Some(number) = peers.opened_with::<Number>(id) {
            assert_eq!(request.query(), Some(&*number.0.to_string()), "another's request");
            assert_eq!(self.people.insert(id, number), None);
            let _ = self.tells.send(Told::Opened(id, number));
        }
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        match self.people.get(from) {
            Some(number) => {
                let Message::Text(text) = message else { panic!("text") };
                peers.send(from, &format!("{}: {text}", number.0));
            }
            None => drop(peers.send(from, message)),
        }
    }

    fn on_close(&mut self, _: &mut Peers, id: PeerId, _: Departure) {
        self.people.remove(id);
    }

    fn on_mail(&mut self, peers: &mut Peers, errand: Errand) {
        errand(self, peers);
    }
}

/// Answers each question so long after it was asked. It does not ask who is there still.
fn database(asks: Receiver<(Instant, RequestId, Number)>, mailbox: Mailbox<Errand>) -> JoinHandle<()> {
    thread::spawn(move || {
        for (asked, request, number) in asks {
            if number.fate() == Fate::Leaves {
                continue; // this look-up takes longer than the client's patience
            }
            thread::sleep(LOOK_UP.saturating_sub(asked.elapsed()));
            let mut answer = number.answer();
            while let Err(refused) = mailbox.answer_request(request, answer) {
                match refused {
                    NotDelivered::Full(back) => answer = back,
                    NotDelivered::Stopped(_) => return,
                }
                thread::sleep(Duration::from_millis(1));
            }
        }
    })
}

/// Others, who are there all the time, and have their echo.
fn bystanders(server: &Running<Errand>, enough: &Arc<AtomicBool>) -> JoinHandle<usize> {
    let mut clients: Vec<Client> = (0..OTHERS).map(|_| Client::connect(server.address())).collect();
    let enough = Arc::clone(enough);
    thread::spawn(move || {
        let mut rounds = 0;
        while !enough.load(Ordering::Relaxed) {
            for (place, client) in clients.iter_mut().enumerate() {
                let word = format!("{rounds} of {place}");
                client.send(TEXT, word.as_bytes());
                assert_eq!(client.text(), word);
            }
            rounds += 1;
        }
        rounds
    })
}

/// Its request, and what it does not keep for later.
fn ask(server: &Running<Errand>, number: Number) -> Client {
    let mut client = Client::dial(server.address());
    let request = upgrade_request("").replacen("GET /", &format!("GET /?{}", number.0), 1);
    client.write(&[request.as_bytes(), &number.early()].concat());
    client
}

/// The client gets what it is to get, and is one of them, or not.
#[track_caller]
fn is_answered(number: Number, client: &mut Client) {
    let head = client.head();
    match number.fate() {
        Fate::Refused(status, field) => {
            assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{number:?}: {head}");
            assert!(head.contains(&format!("\r\n{field}\r\n")), "{number:?}: {head}");
        }
        Fate::Accepted | Fate::Leaves => {
            assert!(head.starts_with("HTTP/1.1 101 "), "{number:?}: {head}");
            if !number.early().is_empty() {
                assert_eq!(client.text(), format!("{}: early", number.0));
            }
            client.send(TEXT, b"still here");
            assert_eq!(client.text(), format!("{}: still here", number.0));
        }
    }
}

/// Runs an errand within the loop.
fn direct<T: Send + 'static>(
    server: &Running<Errand>,
    errand: impl FnOnce(&mut House, &mut Peers) -> T + Send + 'static,
) -> T {
    let (sender, found) = channel();
    let errand = move |house: &mut House, peers: &mut Peers| drop(sender.send(errand(house, peers)));
    assert!(server.mailbox.deliver(Box::new(errand)).is_ok(), "the mailbox has room");
    found.recv_timeout(PATIENCE).expect("the errand is run")
}

#[test]
fn a_thousand_wait_for_a_database_and_nobody_is_lost() {
    need_descriptors();
    let crowd = env::var("POLLCAT_FIRE").map_or(1000, |crowd| crowd.parse().expect("a number"));
    let ((asks, asked), (tells, told)) = (channel(), channel());
    let server = Running::start(
        Config::new().handshake_within(PATIENCE),
        House { asks, tells, people: PeerMap::new() },
    );
    let next = || told.recv_timeout(PATIENCE).expect("something happens");
    let database = database(asked, server.mailbox.clone());
    let enough = Arc::new(AtomicBool::new(false));
    let others = bystanders(&server, &enough);
    server.wait_until("the others are there", |counters| counters.open == OTHERS as u64);

    let mut clients: HashMap<Number, Client> =
        (0..crowd).map(Number).map(|number| (number, ask(&server, number))).collect();
    let (mut requests, mut opened) = (HashMap::new(), HashMap::new());
    while requests.len() < crowd {
        match next() {
            Told::Asked(request, number) => assert_eq!(requests.insert(number, request), None),
            Told::Opened(id, number) => assert_eq!(opened.insert(number, id), None),
            Told::Gone(request) => panic!("{request} is gone, and its client is there"),
        }
    }
    // Half of those who leave end their side, the other half are cut off.
    let mut leaving: Vec<Number> = Vec::new();
    for number in (0..crowd).map(Number).filter(|number| number.fate() == Fate::Leaves) {
        let client = clients.remove(&number).expect("each is there once");
        if number.0 % 20 == 9 {
            reset_when_dropped(&client.stream());
        }
        leaving.push(number);
    }
    for (&number, client) in &mut clients {
        is_answered(number, client);
    }
    let accepted = clients.keys().filter(|number| number.fate() == Fate::Accepted).count();
    let mut gone = Vec::new();
    while (opened.len(), gone.len()) != (accepted, leaving.len()) {
        match next() {
            Told::Opened(id, number) => assert_eq!(opened.insert(number, id), None),
            Told::Gone(request) => gone.push(request),
            Told::Asked(request, _) => panic!("{request} is asked twice"),
        }
    }
    // Each was told of once, and its id is nobody's.
    gone.sort();
    let mut left: Vec<RequestId> = leaving.iter().map(|number| requests[number]).collect();
    left.sort();
    assert_eq!(gone, left);
    for (number, id) in &opened {
        assert_eq!(requests[number].peer(), *id);
    }
    let too_late = direct(&server, move |_, peers| {
        Vec::from_iter(gone.iter().map(|&request| peers.answer_request(request, Answer::accept())))
    });
    assert!(too_late.iter().all(|&delivery| delivery == Delivery::Gone), "{too_late:?}");

    let (people, peers) = direct(&server, |house, peers| (house.people.len(), format!("{peers:?}")));
    assert_eq!(people, accepted);
    assert!(peers.contains("awaited: {}"), "nobody waits any more");
    let counters = server.counters();
    let refused = (crowd - leaving.len() - accepted) as u64;
    assert_eq!((counters.opened, counters.refused_by_application), ((accepted + OTHERS) as u64, refused));
    drop(clients);
    server.wait_until("nobody but the others is there, and nothing is kept", |counters| {
        (counters.connections, counters.receiving, counters.sending) == (OTHERS as u64, 0, 0)
    });
    enough.store(true, Ordering::Relaxed);
    let rounds = others.join().expect("each of the others has had its echo");
    assert!(rounds > 1, "they have talked all the time");
    assert_eq!(direct(&server, |house, _| house.people.len()), 0);
    assert_eq!(told.try_recv().ok(), None);
    drop(server);
    database.join().expect("it does not panic");
}
