//! The nodes and their Redis.

use std::net::SocketAddr;

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::http::{Page, get};
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::program;
use pollcat_chat_testing::redis::RedisServer;
use pollcat_testing::raw::lasting_port;
use pollcat_testing::running::wait_until;
use serde_json::{Value, json};

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
        let log = ["--log".to_owned(), redis.url()];
        Some(Company::of(redis, &log, nodes))
    }

    /// So many nodes, which find their log in this way.
    #[track_caller]
    pub(crate) fn of(redis: RedisServer, log: &[String], nodes: usize) -> Self {
        let nodes = (0..nodes)
            .map(|_| {
                let mut node = Node::new(log);
                node.chat.start_again();
                node
            })
            .collect();
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
        Node::new(&["--log".to_owned(), redis.url()])
    }

    fn new(log: &[String]) -> Self {
        let [address, board] = [(); 2].map(|()| SocketAddr::from(([127, 0, 0, 1], lasting_port())));
        let mut node = Node { chat: Chat::prepared(&[]), address, board };
        node.set_log(log);
        node
    }

    /// From its next start on it follows the log that is kept there.
    pub(crate) fn follow(&mut self, redis: &RedisServer) {
        self.set_log(&["--log".to_owned(), redis.url()]);
    }

    fn set_log(&mut self, log: &[String]) {
        let (listen, board) = (self.address.to_string(), self.board.to_string());
        let mut flags = vec!["--listen", &listen, "--metrics", &board, "--newcomer-rate", "0"];
        flags.extend(log.iter().map(String::as_str));
        self.chat.set_flags(&flags);
    }

    /// Whether it can serve people, and why not.
    #[track_caller]
    pub(crate) fn ready(&self) -> Page {
        get(self.board, "/readyz")
    }
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
