//! HAProxy: a master and a worker, as its service on Debian has it.

use std::net::SocketAddr;

use super::{Program, Proxy};

const HAPROXY: Program = Program {
    name: "haproxy",
    settings: |_, _, block| block.to_owned(),
    arguments: |command, file, folder| {
        command.args(["-W", "-db", "-p"]).arg(folder.join("pid")).arg("-f").arg(file);
    },
    // It writes its pid file when it has the port.
    listens: |folder, _| folder.join("pid").exists(),
};

/// Starts it with all of its settings, made for the address that it is to listen on. `None` if there is no HAProxy on
/// this machine.
pub fn start(settings: impl Fn(SocketAddr) -> String) -> Option<Proxy> {
    Proxy::start(&HAPROXY, settings)
}
