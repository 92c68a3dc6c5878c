//! What is told to whoever watches over the chat, as they read it; and what the repository has for them.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::SocketAddr;
use std::process::{Command, Stdio};

use pollcat_testing::prometheus::{self, Family};
use pollcat_testing::scratch::cannot_run;

use crate::http::get;

/// A page of `/metrics`.
pub type Figures = BTreeMap<String, Family>;

/// What the address says that was given to `--metrics`.
#[track_caller]
pub fn scrape(address: SocketAddr) -> Figures {
    let page = get(address, "/metrics");
    assert_eq!(page.status, 200, "{}", page.head);
    assert_eq!(page.header("Content-Type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    prometheus::read(page.text())
}

/// How often something was noted in a histogram.
pub fn count(page: &Figures, histogram: &str) -> f64 {
    page[histogram].samples[&(format!("{histogram}_count"), Vec::new())]
}

/// The dashboard, the alarms and the handbook: each with its name.
pub fn readings() -> [(&'static str, String); 3] {
    ["packaging/grafana.json", "packaging/alerts.yml", "examples/chat/OPERATING.md"]
        .map(|name| (name, read(name)))
}

/// A file of the repository.
#[track_caller]
pub fn read(name: &str) -> String {
    let path = path(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub fn path(name: &str) -> String {
    format!("{}/../../../../{name}", env!("CARGO_MANIFEST_DIR"))
}

/// The figures that a text names.
pub fn named(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let is_ours = |word: &&str| ["chat_", "pollcat_", "process_"].iter().any(|ours| word.starts_with(ours));
    words.filter(is_ours).filter(|word| !word.ends_with('_'))
}

/// Is it of what only one node of several has?
pub fn is_of_nodes(name: &str) -> bool {
    name.starts_with("chat_node")
}

/// Has the page this figure, or one of which this is a part?
pub fn has(page: &Figures, name: &str) -> bool {
    let of_histogram = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end));
    let is_histogram = |base: &str| page.get(base).is_some_and(|family| family.kind == "histogram");
    page.contains_key(name) || of_histogram.is_some_and(is_histogram)
}

/// `promtool` with these arguments, and this on its standard input. `None`: it is not on this machine.
#[track_caller]
pub fn promtool(args: &[&str], input: &[u8]) -> Option<(bool, String)> {
    let mut command = Command::new("promtool");
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let Ok(mut child) = command.spawn() else {
        cannot_run("there is no promtool on this machine");
        return None;
    };
    // It may end before it has read everything: then it says why.
    let _ = child.stdin.take().expect("it is piped").write_all(input);
    let output = child.wait_with_output().expect("it ends");
    let told = [output.stdout, output.stderr].concat();
    Some((output.status.success(), String::from_utf8_lossy(&told).into_owned()))
}
