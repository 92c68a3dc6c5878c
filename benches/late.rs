//! What clients whose request waits cost those who are there: the round trips of an echo while upgrades come, wait 200 ms
//! for a slow database, and are refused or leave, beside the same with upgrades that are answered at once, and beside
//! none. In turns, as a machine is not always equally busy: `cargo bench --bench late`.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use pollcat::{Answer, Config, Handler, Mailbox, Message, PeerId, Peers, Request, RequestId};

use pollcat_testing::client::{Client, TEXT, masked, upgrade_request};
use pollcat_testing::running::Running;

/// How long the database takes.
const LOOK_UP: Duration = Duration::from_millis(200);

/// Upgrades in a second: with 200 ms for each, a fifth of them waits at any time.
const UPGRADES: u32 = 500;

/// As many as a database decides on together when it comes back.
const BURST: usize = 1000;

const ROUNDS: usize = 8;
const ROUND: Duration = Duration::from_secs(1);

/// What goes on beside the echo.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Beside {
    Nothing,
    AtOnce,
    Later,
    /// All at once, and the database decides on all of them in one moment.
    Burst,
}

struct House(Sender<(Option<Instant>, RequestId)>);

impl Handler for House {
    fn on_request(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) -> Answer {
        let asked = match request.path() {
            "/later" => Some(Instant::now()),
            "/burst" => None,
            _ => return Answer::accept(),
        };
        let _ = self.0.send((asked, peers.request_id(id)));
        Answer::later()
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        peers.send(from, message);
    }
}

/// Accepts each so long after it has asked, or all of a burst together.
fn database(asks: Receiver<(Option<Instant>, RequestId)>, mailbox: Mailbox<()>) {
    let mut burst = Vec::new();
    for (asked, request) in asks {
        burst.push(request);
        match asked {
            Some(asked) => thread::sleep(LOOK_UP.saturating_sub(asked.elapsed())),
            None if burst.len() < BURST => continue,
            None => {}
        }
        for request in burst.drain(..) {
            mailbox.answer_request(request, Answer::accept().with(asked)).expect("there is room");
        }
    }
}

/// Comes, with its first message, and waits for the answer to it without being waited for.
fn come(server: SocketAddr, path: &str) -> (Instant, Client) {
    let mut client = Client::dial(server);
    let request = upgrade_request("").replacen("GET /", &format!("GET {path}"), 1);
    client.write(&[request.as_bytes(), &masked(TEXT, b"early")].concat());
    (Instant::now(), client)
}

/// Upgrades, as many as there are to be, for as long as a round takes. Each has its echo in the end.
fn upgrades(server: SocketAddr, beside: Beside) {
    let path = match beside {
        Beside::Nothing => return thread::sleep(ROUND),
        Beside::AtOnce => "/now",
        Beside::Later => "/later",
        Beside::Burst => {
            let crowd: Vec<_> = (0..BURST).map(|_| come(server, "/burst")).collect();
            return crowd.into_iter().for_each(|(_, client)| is_answered(client));
        }
    };
    let (begin, mut there) = (Instant::now(), VecDeque::new());
    let mut count = 0;
    while begin.elapsed() < ROUND {
        there.push_back(come(server, path));
        while there.front().is_some_and(|(since, _): &(Instant, Client)| since.elapsed() > 2 * LOOK_UP) {
            is_answered(there.pop_front().expect("there is one").1);
        }
        count += 1;
        thread::sleep((Duration::from_secs(1) * count / UPGRADES).saturating_sub(begin.elapsed()));
    }
    there.into_iter().for_each(|(_, client)| is_answered(client));
}

fn is_answered(mut client: Client) {
    assert!(client.head().starts_with("HTTP/1.1 101 "));
    assert_eq!(client.text(), "early");
}

fn main() {
    let (asks, asked) = channel();
    let server = Running::start(Config::new().mailbox_capacity(2 * BURST), House(asks));
    let mailbox = server.mailbox.clone();
    thread::spawn(move || database(asked, mailbox));
    let kinds = [Beside::Nothing, Beside::AtOnce, Beside::Later, Beside::Burst];
    let under_way = Arc::new(AtomicBool::new(false));
    let mut rounds = kinds.map(|_| Vec::new());
    let mut client = Client::connect(server.address());
    for _ in 0..ROUNDS {
        for (place, beside) in kinds.into_iter().enumerate() {
            let (address, ends) = (server.address(), Arc::clone(&under_way));
            under_way.store(true, Ordering::Relaxed);
            let crowd = thread::spawn(move || {
                upgrades(address, beside);
                ends.store(false, Ordering::Relaxed);
            });
            let mut times = Vec::new();
            while under_way.load(Ordering::Relaxed) {
                let begin = Instant::now();
                client.send(TEXT, b"the quick brown fox ");
                client.frame();
                times.push(begin.elapsed());
                // A lone message, and no flood.
                thread::sleep(Duration::from_micros(500));
            }
            crowd.join().expect("each upgrade is answered");
            times.sort_unstable();
            rounds[place].push([
                times[times.len() / 2],
                times[times.len() * 99 / 100],
                times[times.len() - 1],
            ]);
        }
    }
    // The middle one of the rounds, and the best: a busy machine spoils some of them.
    let of_rounds = |rounds: &[[Duration; 3]], which: usize| {
        let mut times: Vec<Duration> = rounds.iter().map(|round| round[which]).collect();
        times.sort_unstable();
        (times[times.len() / 2], times[0])
    };
    let alone = of_rounds(&rounds[0], 1);
    for (beside, rounds) in kinds.iter().zip(&rounds) {
        let [median, high, worst] = [0, 1, 2].map(|which| of_rounds(rounds, which));
        let ratio = high.0.as_secs_f64() / alone.0.as_secs_f64();
        println!(
            "{beside:?}: median {:?}, p99 {:?} ({ratio:.2} of that alone), worst {:?}; in the best round {:?}, {:?}, {:?}",
            median.0, high.0, worst.0, median.1, high.1, worst.1
        );
    }
    client.close(1000);
}
