//! What stands at the other end when something goes out: Python's own HTTP server, slow, broken or hostile as its path says
//! (`receiver.py` has them).

use std::io::{BufRead, BufReader};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver as Lines};
use std::thread;
use std::time::Duration;

use pollcat_testing::scratch::cannot_run;
use serde_json::Value;

pub struct Receiver {
    process: Child,
    lines: Lines<Value>,
    pub address: SocketAddr,
}

/// A request, as it arrived.
#[derive(Debug, Clone)]
pub struct Heard {
    pub method: String,
    pub path: String,
    pub body: String,
    headers: Value,
}

impl Receiver {
    /// `None`: there is no Python on this machine. That was said aloud.
    pub fn start() -> Option<Self> {
        Receiver::at(Ipv4Addr::LOCALHOST.into(), None)
    }

    /// At an address of this machine; with TLS, if there is a file with a key and a certificate.
    pub fn at(address: IpAddr, certificate: Option<&Path>) -> Option<Self> {
        let mut command = Command::new("python3");
        command.args(["-c", include_str!("receiver.py"), &address.to_string()]).args(certificate);
        let Ok(mut process) = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() else {
            cannot_run("there is no python3 on this machine");
            return None;
        };
        let output = BufReader::new(process.stdout.take().expect("it is a pipe"));
        let (heard, lines) = mpsc::channel();
        thread::spawn(move || {
            let lines = output.lines().map_while(Result::ok);
            lines.map(|line| serde_json::from_str(&line).expect("JSON")).try_for_each(|line| heard.send(line))
        });
        let first: Value = lines.recv_timeout(Duration::from_secs(30)).expect("it says where it listens");
        let port = first["port"].as_u64().expect("a port") as u16;
        Some(Receiver { process, lines, address: SocketAddr::new(address, port) })
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The next request, also of a stream that has ended.
    pub fn next(&self) -> Heard {
        let line = self.line();
        let text =
            |name: &str| line[name].as_str().unwrap_or_else(|| panic!("{line} is no request")).to_owned();
        Heard {
            method: text("method"),
            path: text("path"),
            body: text("body"),
            headers: line["headers"].clone(),
        }
    }

    /// A stream has ended: so many bytes went out.
    pub fn streamed(&self) -> u64 {
        let line = self.line();
        line["streamed"].as_u64().unwrap_or_else(|| panic!("{line} is no end of a stream"))
    }

    /// Is there nothing that it has heard, and nobody has asked for?
    pub fn is_quiet(&self) -> bool {
        self.lines.try_recv().is_err()
    }

    fn line(&self) -> Value {
        self.lines.recv_timeout(Duration::from_secs(30)).expect("something is heard")
    }
}

impl Heard {
    /// By its name in small letters; empty: there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers[name].as_str().unwrap_or_default()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{} is no JSON", self.body))
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
