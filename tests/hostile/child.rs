//! A server in a process of its own, so that its memory, its processor time and its descriptors can be measured, and
//! the descriptors run out without harm to the test. The process is this test binary again, told by an environment
//! variable which server to be. It ends when its standard input does.
//!
//! The figures come from /proc, as Linux has it.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use std::{env, thread};

use pollcat::handshake::Refusal;
use pollcat::{
    Answer, Config, Departure, Handler, Message, OnPanic, PeerId, Peers, Request, Server, SlowPeers,
};

/// Holds the settings of the server; set in the child only.
const SETTINGS: &str = "POLLCAT_HOSTILE_SERVER";
/// The test that is the child's only one.
const TEST: &str = "a_server_in_a_process_of_its_own";
const ANNOUNCEMENT: &str = "listening on ";

/// The child, seen from the test.
pub(crate) struct Child {
    process: std::process::Child,
    pub(crate) address: SocketAddr,
}

impl Child {
    /// A server with these settings (see [`config`]), and as many descriptors as the system lets it have.
    pub(crate) fn start(settings: &str) -> Child {
        Child::start_under("ulimit -n \"$(ulimit -H -n)\"", settings)
    }

    /// A server that may have so many descriptors and no more.
    pub(crate) fn start_with_descriptors(limit: usize, settings: &str) -> Child {
        Child::start_under(&format!("ulimit -n {limit}"), settings)
    }

    fn start_under(limits: &str, settings: &str) -> Child {
        let mut process = Command::new("sh")
            .args(["-c", &format!("{limits} && exec \"$0\" \"$@\"")])
            .arg(env::current_exe().expect("this program has a file"))
            .args([TEST, "--exact", "--ignored", "--nocapture", "--test-threads=1"])
            .env(SETTINGS, settings)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("sh can be run");
        let mut output = BufReader::new(process.stdout.take().expect("it is piped"));
        let mut line = String::new();
        let address = loop {
            line.clear();
            assert!(output.read_line(&mut line).expect("it is text") > 0, "the server did not start");
            if let Some((_, address)) = line.split_once(ANNOUNCEMENT) {
                break address.trim().parse().expect("it is an address");
            }
        };
        Child { process, address }
    }

    /// The resident memory in bytes.
    pub(crate) fn memory(&self) -> u64 {
        let status = self.read("status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")).expect("Linux tells VmRSS");
        kib.parse::<u64>().expect("it is a number") << 10
    }

    /// The processor time used so far, by the program and by the system on its behalf.
    pub(crate) fn processor_time(&self) -> Duration {
        let stat = self.read("stat");
        // The second field is a name in parentheses; after it utime and stime are the 12th and 13th, in hundredths.
        let fields: Vec<&str> =
            stat.rsplit(')').next().expect("there is one").split_whitespace().skip(11).take(2).collect();
        let hundredths: u64 = fields.iter().map(|field| field.parse::<u64>().expect("it is a number")).sum();
        Duration::from_millis(hundredths * 10)
    }

    /// How many descriptors are in use.
    pub(crate) fn descriptors(&self) -> usize {
        fs::read_dir(self.path("fd")).expect("Linux lists them").count()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).expect("the server lives")
    }

    fn path(&self, file: &str) -> PathBuf {
        ["/proc", &self.process.id().to_string(), file].iter().collect()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // It may have ended by itself; then a test says so, or is about to.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What the child does instead of a test; nothing if this process is none.
pub(crate) fn serve_if_asked() {
    let Ok(settings) = env::var(SETTINGS) else {
        return;
    };
    // A panic is to end the child, where the test sees it.
    let config = config(&settings).on_panic(OnPanic::Unwind);
    let server = Server::<()>::with_config("127.0.0.1:0", config).expect("loopback has a port");
    println!("{ANNOUNCEMENT}{}", server.local_addr().expect("it listens"));
    thread::spawn(|| {
        let _ = std::io::stdin().read(&mut [0]);
        std::process::exit(0); // the test is gone
    });
    server.run(Subject::default()).expect("nothing that a client does ends the server");
}

/// `slow_peers=skip max_send_queue=1000 ping_after=300`: what differs from the default. Times are in milliseconds.
fn config(settings: &str) -> Config {
    settings.split_whitespace().fold(Config::new(), |config, setting| {
        let (name, value) = setting.split_once('=').expect("a setting is name=value");
        let number = || value.parse::<usize>().expect("it is a number");
        let time = || Duration::from_millis(number() as u64);
        match name {
            "slow_peers" => config.slow_peers(match value {
                "skip" => SlowPeers::Skip,
                _ => SlowPeers::Close,
            }),
            "max_send_queue" => config.max_send_queue(number()),
            "max_receiving" => config.max_receiving(number()),
            "max_sending" => config.max_sending(number()),
            "max_connections" => config.max_connections(number()),
            "ping_after" => config.ping_after(time()),
            "pong_within" => config.pong_within(time()),
            "handshake_within" => config.handshake_within(time()),
            "close_within" => config.close_within(time()),
            _ => panic!("no such setting: {setting}"),
        }
    })
}

/// The application under attack. Binary messages are echoed, texts are commands:
///
/// | text | what it does |
/// |---|---|
/// | `listen` | subscribes the sender to the topic |
/// | `publish 1000` | publishes a message of so many bytes to the topic, and tells the sender `done` |
/// | `send 1000` | sends the sender such a message |
/// | `open files` | opens files until there are no descriptors left, and tells `done` |
/// | `close files` | closes them again, and tells `done` |
/// | `status` | tells figures, `name=number` |
///
/// A page `/1000` has so many bytes, the same for all. A body may be as long as it likes.
#[derive(Default)]
struct Subject {
    page: Arc<[u8]>,
    listeners: Vec<PeerId>,
    files: Vec<File>,
    closed: u64,
    failed: u64,
    lost: u64,
    too_slow: u64,
    timed_out: u64,
}

const TOPIC: &str = "everything";

impl Handler for Subject {
    fn on_request(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
        if request.has_body() {
            return Answer::read_body(usize::MAX);
        }
        let Ok(length) = request.path()[1..].parse() else { return Answer::accept() };
        if self.page.len() != length {
            self.page = vec![b'x'; length].into();
        }
        Answer::page("text/plain", Arc::clone(&self.page))
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        match message {
            Message::Binary(_) => {
                peers.send(from, message);
            }
            Message::Text(text) => {
                let answer = self.obey(peers, from, text);
                peers.send(from, &answer);
            }
        }
    }

    fn on_close(&mut self, _: &mut Peers, id: PeerId, departure: Departure) {
        self.listeners.retain(|&listener| listener != id);
        *match departure {
            Departure::Closed(_) => &mut self.closed,
            Departure::Failed(_) => &mut self.failed,
            Departure::Lost => &mut self.lost,
            Departure::TooSlow | Departure::OverBudget => &mut self.too_slow,
            Departure::TimedOut => &mut self.timed_out,
            other => panic!("a new way to leave, which nobody counts: {other}"),
        } += 1;
    }
}

impl Subject {
    fn obey(&mut self, peers: &mut Peers, from: PeerId, text: &str) -> String {
        let (command, what) = text.split_once(' ').unwrap_or((text, ""));
        let message = || vec![b'x'; what.parse().expect("it is a length")];
        match (command, what) {
            ("status", _) => return self.status(peers),
            ("listen", _) => {
                peers.subscribe(from, TOPIC);
                self.listeners.push(from);
            }
            ("publish", _) => peers.publish(TOPIC, &message()),
            ("send", _) => {
                peers.send(from, &message());
            }
            ("open", _) => self.files.extend(std::iter::from_fn(|| File::open("/dev/null").ok())),
            ("close", _) => self.files.clear(),
            _ => return "no such command".into(),
        }
        "done".into()
    }

    fn status(&self, peers: &Peers) -> String {
        let queued = || self.listeners.iter().map(|&id| peers.queued(id) as u64);
        let counters = peers.counters();
        let figures = [
            ("listeners", self.listeners.len() as u64),
            ("queued_least", queued().min().unwrap_or(0)),
            ("queued_most", queued().max().unwrap_or(0)),
            ("closed", self.closed),
            ("failed", self.failed),
            ("lost", self.lost),
            ("too_slow", self.too_slow),
            ("timed_out", self.timed_out),
            ("connections", counters.connections),
            ("open", counters.open),
            ("opened", counters.opened),
            ("accepted", counters.accepted),
            ("bytes_in", counters.bytes_in),
            ("queue_full", counters.queue_full),
            ("refused", counters.refusals().map(|(_, count)| count).sum()),
            ("cut", counters.refused(Refusal::TooSlow)),
        ];
        figures.iter().fold(String::new(), |mut text, (name, figure)| {
            write!(text, "{name}={figure} ").expect("a string takes everything");
            text
        })
    }
}
