//! The conformance server, as a process of its own: an echo that compresses whatever it may.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use pollcat_testing::example;

/// What a message is compressed with (§7.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contexts {
    /// What was said before it, unless the client asks otherwise.
    Kept,
    /// Nothing: each message stands by itself, as is the server's default.
    Dropped,
}

pub(crate) struct Server {
    process: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    pub(crate) fn start(contexts: Contexts) -> Self {
        static PATH: OnceLock<PathBuf> = OnceLock::new();
        let takeover = if contexts == Contexts::Kept { "1" } else { "0" };
        let mut process = Command::new(PATH.get_or_init(|| example::built("conformance", "deflate")))
            .arg("127.0.0.1:0")
            .env("POLLCAT_CONTEXT_TAKEOVER", takeover)
            .stdout(Stdio::piped())
            .spawn()
            .expect("it can be started");
        let mut line = String::new();
        let mut banner = BufReader::new(process.stdout.take().expect("it is piped"));
        banner.read_line(&mut line).expect("it says where it is");
        let (_, address) = line.trim().split_once("ws://").expect("it says where it is");
        Server { process, address: address.parse().expect("an address") }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
