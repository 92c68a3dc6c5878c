//! What little input may cost, and how long it keeps the others waiting: the dearest requests that are known, at the rates
//! that the chat's defaults allow to one person and to one address; and floods of the protocol's own, which no rate limits.
//!
//! ```text
//! cargo bench --features deflate --bench amplifiers [WORD …]     # only the rows that have one of the words
//! ```
//!
//! `POLLCAT_CHAT` names another chat to measure, an older one say. A row tells how many requests were sent and how long each
//! was, what they cost the loop's thread (processor time), and the longest time for which somebody else, from another
//! address, waited for a Pong meanwhile. (Those Pongs are in the cost: some 15 µs for each half millisecond, which counts where
//! an attacker is shown the door and takes seconds to leave.) The chat is put on core 0 if there is a `taskset`.

use std::env;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use pollcat_chat_testing::Chat;
use pollcat_testing::apart::processor_time;
use pollcat_testing::client::{Client, PING, PONG, TEXT, masked};

use attacks::{Attack, Stage};

mod attacks;
mod floods;

/// Whoever sends it last has had all that it asked for when it is answered.
const END: &str = r#"{"type":"ping","id":"end"}"#;
const ANSWER: &[u8] = br#""id":"end""#;

/// What it cost to come in, at the default rates.
const UNTIL_ALL_IS_PAID: Duration = Duration::from_secs(6);

fn main() {
    let words: Vec<String> = env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let is_wanted = |name: &str| words.is_empty() || words.iter().any(|word| name.contains(word.as_str()));
    println!(
        "{:44} {:>8} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "", "requests", "bytes", "µs each", "µs/byte", "loop ms", "wait ms"
    );
    for attack in attacks::all() {
        if is_wanted(attack.name) {
            measure(&attack);
        }
    }
    for flood in floods::all() {
        if is_wanted(flood.name) {
            floods::measure(&flood);
        }
    }
}

/// One line of the table.
fn row(name: &str, requests: usize, bytes: usize, cost: Duration, longest: Duration) {
    let each = cost.as_secs_f64() * 1e6 / requests as f64;
    println!(
        "{name:44} {requests:8} {bytes:9} {each:9.1} {:9.4} {:9.1} {:9.1}",
        each / bytes as f64,
        cost.as_secs_f64() * 1e3,
        longest.as_secs_f64() * 1e3
    );
}

fn measure(attack: &Attack) {
    let mut chat = Chat::prepared(&[]);
    start(&mut chat);
    let stage = Stage::prepare(attack, chat.address());
    let connect = || (0..attack.connections).map(|_| stage.connect(attack)).collect();
    // Where nothing is asked for, to come in is the attack.
    let mut clients: Vec<_> = if attack.times > 0 { connect() } else { Vec::new() };
    thread::sleep(UNTIL_ALL_IS_PAID);
    let pid = chat.pid().as_raw_nonzero();
    let task = PathBuf::from(format!("/proc/{pid}/task/{pid}"));
    let probe = Probe::start(Client::connect(chat.address()));
    let before = processor_time(&task);
    if clients.is_empty() {
        clients = connect();
    }
    let attackers: Vec<_> =
        (0..).zip(clients).map(|(number, client)| attacker(attack, &stage, number, client)).collect();
    attackers.into_iter().for_each(|attacker| attacker.join().expect("an attacker does not panic"));
    let cost = Duration::from_nanos(processor_time(&task) - before);
    let longest = probe.stop();
    let bytes = stage.requests.iter().map(Vec::len).sum::<usize>() / stage.requests.len();
    row(attack.name, attack.connections * attack.times.max(1), bytes, cost, longest);
    chat.kill();
}

/// The default rates; who comes through the proxy that is trusted has an address of its own.
fn start(chat: &mut Chat) {
    let path = env::var_os("POLLCAT_CHAT").map_or_else(built, PathBuf::from);
    let pinned = Command::new("taskset").arg("--version").output().is_ok();
    let mut command = Command::new(if pinned { "taskset".into() } else { path.clone() });
    if pinned {
        command.args(["-c", "0"]).arg(path);
    }
    let data = chat.data();
    command.current_dir(chat.folder()).args(["--listen", "127.0.0.1:0", "--trust-proxy", "127.0.0.1"]);
    command.args(["--log-level", "error", "--data"]).arg(data);
    chat.run(command);
}

fn built() -> PathBuf {
    pollcat_testing::example::built("chat", "deflate")
}

/// Sends all that it may, and reads until that is answered, or it is shown the door.
fn attacker(attack: &Attack, stage: &Stage, number: usize, client: Client) -> JoinHandle<()> {
    let mine = (number * attack.times..).take(attack.times);
    let mut bytes: Vec<u8> =
        mine.flat_map(|place| &stage.requests[place % stage.requests.len()]).copied().collect();
    if !attack.is_http() {
        bytes.extend(masked(TEXT, END.as_bytes()));
    }
    let end = (!attack.is_http()).then_some(ANSWER);
    thread::spawn(move || {
        let (mut reads, mut writes) = (client.stream(), client.stream());
        let reader = thread::spawn(move || read_to_the_end(&mut reads, end));
        // Whoever is shown the door cannot say all.
        let _ = writes.write_all(&bytes);
        reader.join().expect("it only reads");
    })
}

/// Until these bytes come, or the stream ends.
fn read_to_the_end(stream: &mut impl Read, end: Option<&[u8]>) {
    let (mut bytes, mut kept) = (vec![0; 1 << 18], 0);
    loop {
        let length = match stream.read(&mut bytes[kept..]) {
            Ok(0) | Err(_) => return,
            Ok(length) => kept + length,
        };
        let Some(end) = end else { continue };
        if bytes[..length].windows(end.len()).any(|window| window == end) {
            return;
        }
        kept = length.min(end.len());
        bytes.copy_within(length - kept..length, 0);
    }
}

/// Somebody who only wants a Pong, again and again.
struct Probe {
    done: Arc<AtomicBool>,
    thread: JoinHandle<Duration>,
}

impl Probe {
    fn start(mut client: Client) -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let is_done = Arc::clone(&done);
        let thread = thread::spawn(move || {
            let mut longest = Duration::ZERO;
            while !is_done.load(Ordering::Relaxed) {
                let asked = Instant::now();
                client.send(PING, b"");
                while client.extended_frame().0 != PONG {}
                longest = longest.max(asked.elapsed());
                thread::park_timeout(Duration::from_micros(500));
            }
            longest
        });
        Probe { done, thread }
    }

    fn stop(self) -> Duration {
        self.done.store(true, Ordering::Relaxed);
        self.thread.join().expect("it does not panic")
    }
}

/// As many bytes as little that are compressed.
pub(crate) fn compressed(text: &str) -> Vec<u8> {
    use pollcat::protocol::{Agreement, Deflater};
    let alone = Agreement::default().with_server_no_context_takeover(true);
    let mut frame = Vec::new();
    Deflater::new(&alone, 9).message(text.into(), &mut frame);
    // What it writes has a server's header, which says no more than the first byte, and how long it is.
    let header = match frame[1] {
        126 => 4,
        127 => 10,
        _ => 2,
    };
    masked(frame[0], &frame[header..])
}
