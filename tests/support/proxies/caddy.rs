//! Caddy: on loopback alone, with nothing fetched, and nothing left in anybody's home.

use std::net::SocketAddr;
use std::path::Path;

use super::{Program, Proxy};

const CADDY: Program = Program {
    name: "caddy",
    settings,
    arguments: |command, file, folder| {
        command.env("HOME", folder).env_remove("XDG_CONFIG_HOME").env_remove("XDG_DATA_HOME");
        command.args(["run", "--adapter", "caddyfile", "--config"]).arg(file);
    },
    listens: |_, log| log.contains("serving initial configuration"),
};

/// Starts it with the blocks of its sites, made for the address at which it speaks TLS. `None` if there is no Caddy on
/// this machine.
pub fn start(sites: impl Fn(SocketAddr) -> String) -> Option<Proxy> {
    Proxy::start(&CADDY, sites)
}

fn settings(folder: &Path, address: SocketAddr, sites: &str) -> String {
    let (ip, port, folder) = (address.ip(), address.port(), folder.display());
    format!(
        "{{\n\tadmin off\n\tdefault_bind {ip}\n\thttps_port {port}\n\tauto_https disable_redirects\n\
         \tstorage file_system {folder}/caddy\n}}\n{sites}\n"
    )
}
