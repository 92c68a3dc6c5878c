//! The chat that is measured: which program it is, and what it takes of the processor and of memory.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::json;

use pollcat_testing::apart::processor_time;

use crate::Chat;
use crate::crowd::Swarm;
use crate::governed::operator;
use crate::json::Json;

/// Room for all of them, and for a newcomer as soon as they are there. Loopback has no limits per address.
const FLAGS: [&str; 12] = [
    "--max-connections",
    "15000",
    "--max-people",
    "100000",
    "--max-members",
    "20000",
    "--max-rooms",
    "2000",
    "--max-rooms-per-person",
    "2000",
    "--log-level",
    "warn",
];

pub struct Server {
    chat: Chat,
    program: PathBuf,
}

impl Server {
    pub fn start(program: &Path) -> Self {
        let mut server = Server { chat: Chat::prepared(&FLAGS), program: program.into() };
        server.run();
        server
    }

    fn run(&mut self) {
        let mut command = Command::new(&self.program);
        // It is no setting of the chat.
        command.env_remove("POLLCAT_CHAT").current_dir(self.chat.folder()).args(self.chat.flags());
        self.chat.run(command);
    }

    pub fn address(&self) -> SocketAddr {
        self.chat.address()
    }

    /// Somebody who may do everything.
    pub fn owner(&self, name: &str) -> Json {
        let mut owner = Json::hello(self.address(), json!({"name": name}));
        operator(&self.chat).ask(json!({"type": "role", "user": owner.id, "role": "owner"}));
        owner.wait_for("their role", |it| it["type"] == "you");
        owner
    }

    /// Ends it, and starts it again on the same address and history, while the others go on. When it listens again.
    pub fn restart(&mut self, signal: Signal, swarm: &mut Swarm) -> Instant {
        let address = self.address().to_string();
        self.chat.set_flags(&[&["--listen", &address], &FLAGS[..]].concat());
        self.chat.signal(signal);
        thread::scope(|scope| {
            let again = scope.spawn(|| {
                self.chat.ended();
                self.run();
                Instant::now()
            });
            while !again.is_finished() {
                swarm.turn(Duration::from_millis(2));
            }
            again.join().expect("it starts again")
        })
    }

    /// What all of its threads have had of the processors.
    pub fn processor_time(&self) -> Duration {
        let tasks = fs::read_dir(self.proc("task")).expect("it runs");
        let threads = tasks.filter_map(|task| Some(task.ok()?.path()));
        Duration::from_nanos(threads.map(|thread| processor_time(&thread)).sum())
    }

    /// What the thread of its loop has had of that.
    pub fn main_time(&self) -> Duration {
        let task = self.proc("task").join(self.chat.pid().as_raw_nonzero().to_string());
        Duration::from_nanos(processor_time(&task))
    }

    /// How long it could have gone on, and other programs had the processors.
    pub fn main_wait(&self) -> Duration {
        let stat = fs::read_to_string(self.proc("schedstat")).expect("it runs");
        let waited = stat.split_whitespace().nth(1).and_then(|field| field.parse().ok());
        Duration::from_nanos(waited.expect("in nanoseconds"))
    }

    /// Resident memory, in MiB.
    pub fn memory(&self) -> u64 {
        let status = fs::read_to_string(self.proc("status")).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("how much it is");
        line.split_whitespace().next().and_then(|kib| kib.parse::<u64>().ok()).expect("in KiB") / 1024
    }

    fn proc(&self, what: &str) -> PathBuf {
        Path::new("/proc").join(self.chat.pid().as_raw_nonzero().to_string()).join(what)
    }
}

impl Drop for Server {
    /// Thousands of farewells would tell nothing.
    fn drop(&mut self) {
        if !thread::panicking() {
            self.chat.kill();
        }
    }
}
