//! Clients in other languages, with zlib itself behind them.

use std::path::Path;
use std::process::{Command, Stdio};

use pollcat_testing::scratch::cannot_run;

use crate::{Contexts, Server, Wire};

/// Where `.ci/run` puts the packages that the scripts need; these variables name another place.
const NODE: (&str, &str) = ("NODE_PATH", "../../target/peers/node_modules");
const PYTHON: (&str, &str) = ("PYTHONPATH", "../../target/peers/python");

#[test]
fn nodes_ws_hears_all_that_it_says_whatever_it_asks_for() {
    hears_all_that_it_says("node", NODE, ["-e", "require('ws')"], "ws.cjs");
}

#[test]
fn pythons_websockets_hears_all_that_it_says_whatever_it_asks_for() {
    let import = ["-c", "import websockets.sync.client"];
    hears_all_that_it_says("python3", PYTHON, import, "websockets_client.py");
}

#[track_caller]
fn hears_all_that_it_says(language: &str, packages: (&str, &str), import: [&str; 2], script: &str) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (variable, folder) = packages;
    let command = || {
        let mut command = Command::new(language);
        // Python's asks the environment for a proxy, and the server is on this machine.
        command.env("no_proxy", "*");
        if std::env::var_os(variable).is_none() {
            command.env(variable, here.join(folder));
        }
        command
    };
    let imported = command().args(import).stderr(Stdio::null()).status();
    if !imported.is_ok_and(|status| status.success()) {
        let [_, import] = import;
        return cannot_run(&format!("{script}, for {language} cannot {import} ({variable} says where)"));
    }
    for contexts in [Contexts::Dropped, Contexts::Kept] {
        let server = Server::start(contexts);
        let wire = Wire::to(server.address);
        let output =
            command().arg(here.join(script)).arg(&wire.url).output().expect("it was there a moment ago");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{contexts:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
        let said: u64 = said.trim().parse().expect("it says how much it said");
        for (way, bytes) in [("sent", wire.traffic.sent()), ("heard", wire.traffic.heard())] {
            assert!(bytes < said / 50, "{contexts:?}: of {said} bytes, {way} as {bytes}");
        }
    }
}
