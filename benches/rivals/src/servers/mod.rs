//! The servers, each alone in a process of its own: this program, started again with a hidden command.

mod fastwebsockets;
mod floor;
mod hyper_loop;
mod pollcat;
mod room;
mod sink_stream;
mod socket;
mod sockudo;
mod tokio_loop;
mod tokio_tungstenite;
mod yawc;

use std::io;
use std::sync::OnceLock;

use clap::ValueEnum;
use serde::Serialize;

use crate::case::{Duty, Wrapping};

/// In the order of the table: what it is compared with, ours, the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Server {
    /// TCP on mio without WebSocket: what the kernel asks of anybody.
    Floor,
    Pollcat,
    TokioTungstenite,
    Fastwebsockets,
    SockudoWs,
    Yawc,
    /// A program of somebody else's, see [`Other`].
    #[value(skip)]
    Other,
}

/// Another server, which this program only starts: with what to do (`echo` or `broadcast`), what is around the messages
/// (`bare`, `tls`, `deflate`, `contexts`), and the paths of a certificate and of its key. It prints its port, and serves
/// until it is killed.
#[derive(Debug, Clone)]
pub(crate) struct Other {
    pub(crate) name: String,
    pub(crate) command: String,
}

/// The one that the command line names.
pub(crate) static OTHER: OnceLock<Other> = OnceLock::new();

impl Server {
    pub(crate) const ALL: [Server; 6] = [
        Server::Floor,
        Server::Pollcat,
        Server::TokioTungstenite,
        Server::Fastwebsockets,
        Server::SockudoWs,
        Server::Yawc,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Server::Floor => "floor",
            Server::Other => OTHER.get().map_or("", |other| &other.name),
            _ => self.package(),
        }
    }

    /// The package that its version is told of.
    pub(crate) fn package(self) -> &'static str {
        match self {
            Server::Floor => "mio",
            Server::Pollcat => "pollcat",
            Server::TokioTungstenite => "tokio-tungstenite",
            Server::Fastwebsockets => "fastwebsockets",
            Server::SockudoWs => "sockudo-ws",
            Server::Yawc => "yawc",
            Server::Other => "",
        }
    }

    /// All there are, and the one that the command line names.
    pub(crate) fn all() -> impl Iterator<Item = Server> {
        Server::ALL.into_iter().chain(OTHER.get().map(|_| Server::Other))
    }

    /// Does it have that?
    pub(crate) fn knows(self, wrapping: Wrapping) -> bool {
        match self {
            Server::Floor => wrapping == Wrapping::Bare,
            Server::TokioTungstenite | Server::Fastwebsockets => !wrapping.is_compressed(),
            Server::Pollcat | Server::SockudoWs | Server::Yawc | Server::Other => true,
        }
    }

    pub(crate) fn is_rival(self) -> bool {
        !matches!(self, Server::Floor | Server::Pollcat)
    }

    /// Serves until the process is killed. Messages are of one size, which the floor must know to tell them apart and
    /// the others only for limits below it.
    pub(crate) fn serve(self, duty: Duty, wrapping: Wrapping, size: usize) -> io::Result<()> {
        match self {
            Server::Floor => floor::serve(duty, size),
            Server::Pollcat => pollcat::serve(duty, wrapping, size),
            Server::TokioTungstenite => tokio_tungstenite::serve(duty, wrapping, size),
            Server::Fastwebsockets => fastwebsockets::serve(duty, wrapping),
            Server::SockudoWs => sockudo::serve(duty, wrapping),
            Server::Yawc => yawc::serve(duty, wrapping, size),
            Server::Other => unreachable!("it serves by itself"),
        }
    }
}

/// Any free port; the parent process reads from our output which one it is.
const ANY_PORT: &str = "127.0.0.1:0";

fn announce(address: std::net::SocketAddr) {
    println!("{}", address.port());
}
