//! The servers, each alone in a process of its own: this program, started again with a hidden command.

mod fastwebsockets;
mod floor;
mod hyper_loop;
mod pollcat;
mod room;
mod sink_stream;
mod sockudo;
mod tokio_loop;
mod tokio_tungstenite;
mod yawc;

use std::io;

use clap::ValueEnum;
use serde::Serialize;

use crate::case::Duty;

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
}

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
        }
    }

    pub(crate) fn is_rival(self) -> bool {
        !matches!(self, Server::Floor | Server::Pollcat)
    }

    /// Serves until the process is killed. Messages are of one size, which the floor must know to tell them apart and
    /// the others only for limits below it.
    pub(crate) fn serve(self, duty: Duty, size: usize) -> io::Result<()> {
        match self {
            Server::Floor => floor::serve(duty, size),
            Server::Pollcat => pollcat::serve(duty, size),
            Server::TokioTungstenite => tokio_tungstenite::serve(duty, size),
            Server::Fastwebsockets => fastwebsockets::serve(duty),
            Server::SockudoWs => sockudo::serve(duty),
            Server::Yawc => yawc::serve(duty, size),
        }
    }
}

/// Any free port; the parent process reads from our output which one it is.
const ANY_PORT: &str = "127.0.0.1:0";

fn announce(address: std::net::SocketAddr) {
    println!("{}", address.port());
}
