//! nginx: a master, and a worker with a user of its own if this one may change it.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use rustix::process::geteuid;

use super::{Program, Proxy};

const NGINX: Program = Program {
    name: "nginx",
    settings,
    arguments: |command, file, folder| {
        command.arg("-c").arg(file).arg("-p").arg(folder).args(["-e", "stderr"]);
    },
    // It writes its pid file when it has the port.
    listens: |folder, _| folder.join("pid").exists(),
};

/// Starts it with what belongs into its `http` block, made for the address that it is to listen on. `None` if there is
/// no nginx on this machine.
pub fn start(block: impl Fn(SocketAddr) -> String) -> Option<Proxy> {
    Proxy::start(&NGINX, block)
}

fn settings(folder: &Path, _: SocketAddr, block: &str) -> String {
    let folder = folder.display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("    {kind}_temp_path {folder}/{kind};\n"))
        .concat();
    let user = workers().map_or(String::new(), |(user, group)| format!("user {user} {group};\n"));
    format!(
        "daemon off;\n{user}worker_processes 1;\npid {folder}/pid;\nevents {{ worker_connections 64; }}\n\
         http {{\n    access_log off;\n{temporary}{block}\n}}\n"
    )
}

/// The user and the group of nginx's workers, as Debian has them or as every system does. `None` where nginx runs as
/// whoever tests: only root can change that.
pub fn workers() -> Option<(&'static str, &'static str)> {
    let has = |file: &str, name: &str| {
        let known = fs::read_to_string(file).unwrap_or_default();
        known.lines().any(|line| line.split(':').next() == Some(name))
    };
    let pairs = [("www-data", "www-data"), ("nginx", "nginx"), ("nobody", "nogroup"), ("nobody", "nobody")];
    let mut pairs =
        pairs.into_iter().filter(|(user, group)| has("/etc/passwd", user) && has("/etc/group", group));
    geteuid().is_root().then(|| pairs.next())?
}
