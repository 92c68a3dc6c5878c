//! A Redis, if there is to be one, and the nodes that follow it; and what each of their threads takes of the processor.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use pollcat_chat_testing::http::get;
use pollcat_chat_testing::redis::RedisServer;
use pollcat_chat_testing::{Chat, program};
use pollcat_testing::apart::processor_time;
use pollcat_testing::prometheus;
use pollcat_testing::raw::lasting_port;
use rustix::process::Signal;

/// How Redis writes what it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Writes {
    Never,
    EverySecond,
    Always,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Setup {
    /// `None`: one chat alone, without a log.
    pub redis: Option<Writes>,
    pub nodes: usize,
    /// Of each node's own history.
    pub durability: &'static str,
}

pub(crate) struct Company {
    pub redis: Option<RedisServer>,
    pub nodes: Vec<Node>,
}

pub(crate) struct Node {
    pub chat: Chat,
    pub board: SocketAddr,
}

/// Room for all who come, and no limits to how fast.
const FLAGS: [&str; 14] = [
    "--max-connections",
    "5000",
    "--max-people",
    "100000",
    "--max-members",
    "20000",
    "--max-rooms",
    "2000",
    "--max-rooms-per-person",
    "2000",
    "--newcomer-rate",
    "0",
    "--log-level",
    "warn",
];

impl Setup {
    pub(crate) const fn alone(durability: &'static str) -> Self {
        Setup { redis: None, nodes: 1, durability }
    }

    pub(crate) const fn with(redis: Writes, nodes: usize, durability: &'static str) -> Self {
        Setup { redis: Some(redis), nodes, durability }
    }

    pub(crate) fn told(self) -> String {
        let redis = match self.redis {
            None => return format!("alone, {}", self.durability),
            Some(Writes::Never) => "no file",
            Some(Writes::EverySecond) => "everysec",
            Some(Writes::Always) => "always",
        };
        let nodes = if self.nodes == 1 { "node" } else { "nodes" };
        format!("Redis {redis}, {} {nodes}, {}", self.nodes, self.durability)
    }

    /// `None`: there is no Redis on this machine.
    pub(crate) fn start(self, program: &Path) -> Option<Company> {
        let redis = match self.redis {
            Some(writes) => {
                let redis = RedisServer::start(writes.flags())?;
                pin(redis.pid(), "0");
                Some(redis)
            }
            None => None,
        };
        let mut company = Company { redis, nodes: Vec::new() };
        (0..self.nodes).for_each(|_| company.add(program, self.durability));
        Some(company)
    }
}

impl Writes {
    fn flags(self) -> &'static [&'static str] {
        match self {
            Writes::Never => &[],
            Writes::EverySecond => &["--appendonly", "yes", "--appendfsync", "everysec"],
            Writes::Always => &["--appendonly", "yes", "--appendfsync", "always"],
        }
    }
}

impl Company {
    /// One more node, which has applied all that is in the log when this returns.
    pub(crate) fn add(&mut self, program: &Path, durability: &str) {
        let [listen, board] = [(); 2].map(|()| SocketAddr::from(([127, 0, 0, 1], lasting_port())));
        let (listen, metrics) = (listen.to_string(), board.to_string());
        let own = ["--listen", &listen, "--metrics", &metrics, "--durability", durability];
        let url = self.redis.as_ref().map(RedisServer::url);
        let log: Vec<&str> = url.iter().flat_map(|url| ["--log", url]).collect();
        let mut chat = Chat::prepared(&[&FLAGS[..], &own, &log].concat());
        let mut command = match has_taskset() {
            true => {
                let mut command = program::command_of(Path::new("taskset"), chat.folder());
                command.args(["-c", "0"]).arg(program);
                command
            }
            false => program::command_of(program, chat.folder()),
        };
        command.args(chat.flags());
        chat.run(command);
        self.nodes.push(Node { chat, board });
    }

    pub(crate) fn addresses(&self) -> Vec<SocketAddr> {
        self.nodes.iter().map(|node| node.chat.address()).collect()
    }

    pub(crate) fn redis(&self) -> &RedisServer {
        self.redis.as_ref().expect("there is a Redis")
    }

    /// What the threads of all nodes have had of the processors, in nanoseconds, by what they do; and Redis.
    pub(crate) fn times(&self) -> BTreeMap<&'static str, u64> {
        let mut times = BTreeMap::new();
        for node in &self.nodes {
            let pid = node.chat.pid().as_raw_nonzero().to_string();
            for (thread, time) in threads(&pid) {
                *times.entry(part(&thread, &pid)).or_default() += time;
            }
        }
        if let Some(redis) = &self.redis {
            let all = threads(&redis.pid().to_string()).map(|(_, time)| time).sum();
            times.insert("redis", all);
        }
        times
    }
}

/// The parts of a node that the figures are about.
pub(crate) const PARTS: [&str; 6] = ["loop", "append", "follow", "history", "rest", "redis"];

/// Threads by their ids: what each is called, and what it has had.
fn threads(pid: &str) -> impl Iterator<Item = (String, u64)> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).expect("it runs");
    tasks.filter_map(|task| {
        let path = task.ok()?.path();
        let id = path.file_name()?.to_string_lossy().into_owned();
        let name = fs::read_to_string(path.join("comm")).ok()?;
        Some((format!("{id} {}", name.trim()), processor_time(&path)))
    })
}

fn part(thread: &str, pid: &str) -> &'static str {
    match thread.split_once(' ') {
        Some((id, _)) if id == pid => "loop",
        Some((_, "log-append")) => "append",
        Some((_, "log-follow")) => "follow",
        Some((_, "history-writer")) => "history",
        _ => "rest",
    }
}

impl Node {
    /// How many transactions its history has made, of how many entries, in how many seconds.
    pub(crate) fn stored(&self) -> [f64; 3] {
        let board = prometheus::read(get(self.board, "/metrics").text());
        let of = |family: &str, end: &str| {
            let samples = &board.get(family).expect("it has this metric").samples;
            samples[&(format!("{family}_{end}"), Vec::new())]
        };
        [
            of("chat_store_batch_entries", "count"),
            of("chat_store_batch_entries", "sum"),
            of("chat_store_seconds", "sum"),
        ]
    }
}

impl Drop for Company {
    /// Hundreds of farewells would tell nothing.
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.nodes.iter().for_each(|node| node.chat.signal(Signal::KILL));
            self.nodes.iter_mut().for_each(|node| drop(node.chat.ended()));
        }
    }
}

fn has_taskset() -> bool {
    Command::new("taskset").arg("--version").stdout(Stdio::null()).status().is_ok()
}

/// All of its threads, and those that it starts.
pub(crate) fn pin(pid: u32, core: &str) {
    if has_taskset() {
        let pid = pid.to_string();
        let done = Command::new("taskset").args(["-acp", core, &pid]).stdout(Stdio::null()).status();
        assert!(done.is_ok_and(|done| done.success()), "it can be pinned");
    }
}
