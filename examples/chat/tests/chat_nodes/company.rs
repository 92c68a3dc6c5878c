//! The nodes and their Redis.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::clock::WallClock;
use pollcat_chat_testing::http::{Page, get};
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::program;
use pollcat_chat_testing::redis::RedisServer;
use pollcat_testing::raw::lasting_port;
use pollcat_testing::running::wait_until;
use rustix::process::{Resource, Rlimit, prlimit};
use serde_json::{Value, json};

use crate::relay::Relay;

/// A Redis that loses nothing which it has acknowledged.
pub(crate) const SURE: [&str; 4] = ["--appendonly", "yes", "--appendfsync", "always"];

pub(crate) struct Company {
    pub nodes: Vec<Node>,
    pub redis: RedisServer,
}

/// One of them. It listens where it did before when it starts again.
pub(crate) struct Node {
    pub chat: Chat,
    pub address: SocketAddr,
    /// Where its metrics are told.
    pub board: SocketAddr,
    /// Its way to Redis, if that is one which fails.
    way: Option<Relay>,
    /// What its clock says, if that is not what all clocks here say.
    pub clock: Option<WallClock>,
}

impl Company {
    /// So many nodes, and a Redis that loses nothing. `None` if there is no Redis on this machine.
    #[track_caller]
    pub(crate) fn start(nodes: usize) -> Option<Self> {
        Company::with(&SURE, nodes)
    }

    /// The same with a Redis that has these flags.
    #[track_caller]
    pub(crate) fn with(flags: &[&str], nodes: usize) -> Option<Self> {
        let redis = RedisServer::start(flags)?;
        let log = log_at(redis.address());
        Some(Company::of(redis, &log, nodes))
    }

    /// So many nodes, which find their log in this way.
    #[track_caller]
    pub(crate) fn of(redis: RedisServer, log: &[String], nodes: usize) -> Self {
        Company::running((0..nodes).map(|_| Node::new(log)).collect(), redis)
    }

    /// Each has a way of its own to a Redis that loses nothing, and that way may fail.
    #[track_caller]
    pub(crate) fn apart(nodes: usize) -> Option<Self> {
        let redis = RedisServer::start(&SURE)?;
        let nodes = (0..nodes).map(|_| {
            let way = Relay::to(redis.address());
            let node = Node::new(&log_at(way.address()));
            Node { way: Some(way), ..node }
        });
        Some(Company::running(nodes.collect(), redis))
    }

    /// Each goes by a clock of its own. `None` as well if clocks cannot be set on this machine.
    #[track_caller]
    pub(crate) fn by_clocks(ahead: &[&str]) -> Option<Self> {
        let redis = RedisServer::start(&SURE)?;
        let nodes = ahead.iter().map(|ahead| {
            let node = Node::prepared(&redis);
            let clock = WallClock::new(node.chat.folder(), ahead)?;
            Some(Node { clock: Some(clock), ..node })
        });
        let nodes = nodes.collect::<Option<Vec<Node>>>()?;
        Some(Company::running(nodes, redis))
    }

    fn running(mut nodes: Vec<Node>, redis: RedisServer) -> Self {
        nodes.iter_mut().for_each(Node::start);
        Company { nodes, redis }
    }

    pub(crate) fn address(&self, node: usize) -> SocketAddr {
        self.nodes[node].address
    }

    /// A new person at a node, who hears their own words too. All nodes know them when this is over.
    #[track_caller]
    pub(crate) fn named(&self, node: usize, name: &str) -> Json {
        let person = Json::hello(self.address(node), json!({"name": name, "echo": true}));
        self.nodes.iter().for_each(|node| drop(person.again(node.address)));
        person
    }

    /// Waits until a node can serve people.
    #[track_caller]
    pub(crate) fn wait_for(&self, node: usize) {
        wait_until("the node is ready", || self.nodes[node].ready().status == 200);
    }

    #[track_caller]
    pub(crate) fn wait_for_all(&self) {
        (0..self.nodes.len()).for_each(|node| self.wait_for(node));
    }
}

impl Node {
    /// One that does not run yet.
    pub(crate) fn prepared(redis: &RedisServer) -> Self {
        Node::new(&log_at(redis.address()))
    }

    fn new(log: &[String]) -> Self {
        let [address, board] = [(); 2].map(|()| SocketAddr::from(([127, 0, 0, 1], lasting_port())));
        let mut node = Node { chat: Chat::prepared(&[]), address, board, way: None, clock: None };
        node.set_log(log);
        node
    }

    /// From its next start on it follows the log that is kept there.
    pub(crate) fn follow(&mut self, redis: &RedisServer) {
        self.set_log(&log_at(redis.address()));
    }

    fn set_log(&mut self, log: &[String]) {
        let (listen, board) = (self.address.to_string(), self.board.to_string());
        let mut flags = vec!["--listen", &listen, "--metrics", &board, "--newcomer-rate", "0"];
        flags.extend(log.iter().map(String::as_str));
        self.chat.set_flags(&flags);
    }

    /// It begins, or begins again. Writing fails where there is no more room, and no signal ends it then (`limit_files`).
    #[track_caller]
    pub(crate) fn start(&mut self) {
        let mut shell = program::command_of(Path::new("sh"), self.chat.folder());
        shell.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh"]).arg(program::path()).args(self.chat.flags());
        self.clock.iter().for_each(|clock| clock.govern(&mut shell));
        self.chat.run(shell);
    }

    /// As the power does, and up again.
    #[track_caller]
    pub(crate) fn crash(&mut self) {
        self.chat.kill();
        self.start();
    }

    /// No file of its grows beyond so many bytes while it runs, as on a disk that is full. `None`: there is room.
    #[track_caller]
    pub(crate) fn limit_files(&self, bytes: Option<u64>) {
        let limit = Rlimit { current: bytes, maximum: None };
        prlimit(Some(self.chat.pid()), Resource::Fsize, limit).expect("a child can be given a limit");
    }

    /// How long the file is that it appends to.
    pub(crate) fn written(&self) -> u64 {
        fs::metadata(self.chat.folder().join("chat.db-wal")).map_or(0, |file| file.len())
    }

    /// Its way to Redis, which may fail.
    #[track_caller]
    pub(crate) fn way(&self) -> &Relay {
        self.way.as_ref().expect("it has one (`Company::apart`)")
    }

    /// Whether it can serve people, and why not.
    #[track_caller]
    pub(crate) fn ready(&self) -> Page {
        get(self.board, "/readyz")
    }
}

/// How a node is told where its log is.
fn log_at(redis: SocketAddr) -> [String; 2] {
    ["--log".to_owned(), format!("redis://{redis}")]
}

/// All that is in a room, in its order, as its pages tell it.
#[track_caller]
pub(crate) fn events(client: &mut Json, room: &str) -> Vec<Value> {
    let (mut events, mut before) = (Vec::new(), Value::Null);
    loop {
        let page = client.ask(json!({"type": "page", "room": room, "before": before}));
        assert_eq!(page["type"], "page", "{page}");
        let mut earlier = page["events"].as_array().expect("a page has events").clone();
        before = earlier.first().map_or(Value::Null, |event| event["offset"].clone());
        earlier.append(&mut events);
        events = earlier;
        if page["more"] == false {
            return events;
        }
    }
}

/// What was said in a room, in its order.
#[track_caller]
pub(crate) fn said(client: &mut Json, room: &str) -> Vec<String> {
    events(client, room).iter().map(|event| event["msg"].as_str().expect("words").to_owned()).collect()
}

/// Starts a node that must not come up: what it says.
#[track_caller]
pub(crate) fn refused_start(node: &Node) -> String {
    let mut command = program::command(node.chat.folder());
    command.args(node.chat.flags());
    let output = program::output(command);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{told}");
    told
}
