//! The board: a small server on a thread of its own, for whoever runs the chat. It has `/metrics`, `/healthz` and `/readyz`, and
//! nothing else. It reads what was noted, and never asks the loop: so it answers when the loop hangs, and costs it nothing.

use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use pollcat::{
    Answer, Config, CounterReader, Counters, Handler, Hosts, Mailbox, Message, Method, PeerId, Peers,
    Request, Server, UnixAccess,
};

use super::handle::Metrics;
use super::health::Verdict;
use super::machine::{self, Files};
use super::page::Page;

/// A monitoring system has one or two, and so has whoever asks for the health.
const CONNECTIONS: usize = 32;
/// One client of the network, which keeps all that it may have, does not shut out the others: nobody could tell that from a chat
/// that is unwell. (Loopback has no share, only the whole.)
const PER_ADDRESS: u32 = 8;
const PATIENCE: Duration = Duration::from_secs(5);
/// Longer than the usual time between two scrapes.
const KEPT: Duration = Duration::from_secs(90);
const LONGEST_HEAD: usize = 4 << 10;

/// It is bound, and does not run yet.
pub(crate) struct Board(Server<()>);

/// What it looks at.
#[derive(Debug, Clone)]
pub(crate) struct Looks {
    pub metrics: Metrics,
    pub counters: CounterReader,
    /// Of the history: `chat.db`, its log, and SQLite's index of that. `None`: it has none.
    pub files: Option<Files>,
    /// What the program is, and what it was built with.
    pub version: &'static str,
    pub features: String,
}

impl Board {
    /// With `hosts` it answers only to those, to addresses and to `localhost`: a page in a browser on the same machine could come
    /// under a name of its own. `None`: to any name.
    pub(crate) fn new(hosts: Option<Hosts>) -> io::Result<Self> {
        let config = Config::new()
            .max_connections(CONNECTIONS)
            .max_connections_per_address(PER_ADDRESS)
            .max_head(LONGEST_HEAD)
            .handshake_within(PATIENCE)
            .keep_alive(KEPT)
            .mailbox_capacity(1)
            .hosts(hosts.unwrap_or_else(Hosts::any));
        Server::without_listeners(config).map(Board)
    }

    pub(crate) fn listen(&mut self, address: impl ToSocketAddrs) -> io::Result<SocketAddr> {
        self.0.listen(address)
    }

    pub(crate) fn listen_unix(&mut self, path: &Path, access: UnixAccess) -> io::Result<()> {
        self.0.listen_unix_with(path, access)
    }

    /// A listener that somebody else has made.
    pub(crate) fn listen_on(&mut self, listener: TcpListener) -> io::Result<()> {
        self.0.listen_on(listener)
    }

    pub(crate) fn listen_unix_on(&mut self, listener: UnixListener) -> io::Result<()> {
        self.0.listen_unix_on(listener)
    }

    /// Serves on a thread of its own, until what comes back is dropped.
    pub(crate) fn start(self, looks: Looks) -> io::Result<Running> {
        let Board(server) = self;
        let mailbox = server.mailbox();
        let serve = move || {
            if let Err(error) = server.run(Front(looks)) {
                log::error!("metrics and health are told no longer: {error}");
            }
        };
        let thread = thread::Builder::new().name("metrics".to_owned()).spawn(serve)?;
        Ok(Running { mailbox, thread: Some(thread) })
    }
}

/// A board that runs.
pub(crate) struct Running {
    mailbox: Mailbox<()>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.mailbox.stop();
        // A thread that has panicked has said so.
        self.thread.take().map(JoinHandle::join);
    }
}

struct Front(Looks);

impl Handler<()> for Front {
    fn on_request(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
        let page = match request.path() {
            "/metrics" => self.metrics(),
            "/healthz" => plain(self.0.metrics.alive()),
            "/readyz" => plain(self.0.metrics.ready()),
            _ => return Answer::refuse(404, "there are /metrics, /healthz and /readyz"),
        };
        match request.method() {
            Method::Get | Method::Head if !request.is_upgrade() => {
                page.header("Cache-Control", "no-store").header("X-Content-Type-Options", "nosniff")
            }
            _ => Answer::refuse(405, "this is only read").header("Allow", "GET, HEAD"),
        }
    }

    /// There are none: nobody gets a WebSocket.
    fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}
}

impl Front {
    fn metrics(&self) -> Answer {
        Answer::page(Counters::PROMETHEUS, self.0.text())
    }
}

impl Looks {
    /// All figures, in Prometheus' words.
    pub(super) fn text(&self) -> String {
        let Looks { metrics, counters, files, version, features } = self;
        let mut page = Page::after(counters.read().to_prometheus());
        let metric = "chat_build_info";
        page.head(metric, "gauge", "What the program is, and what it was built with.");
        page.sample(metric, &[("version", version), ("features", features)], 1);
        metrics.write(&mut page);
        let is_ready = u8::from(metrics.ready().is_ok());
        page.one("chat_ready", "gauge", "1: /readyz says that it can serve people.", is_ready);
        if let Some(ago) = metrics.since_turn() {
            let help = "How long ago the loop came by, which it does twice in a second.";
            page.one("chat_loop_seconds_since_turn", "gauge", help, ago.as_secs_f64());
        }
        if let Some(files) = files {
            machine::write_files(files, &mut page);
        }
        machine::write_process(metrics.began_at(), &mut page);
        page.into_text()
    }
}

/// A verdict in one line.
fn plain(verdict: Verdict) -> Answer {
    let (status, words) = match verdict {
        Ok(words) => (200, words.to_owned()),
        Err(words) => (503, words),
    };
    Answer::with_status(status, words + "\n").header("Content-Type", "text/plain; charset=utf-8")
}
