//! The chat program, as a process of its own: it can be killed, and started again on the same address and history.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread;

use crate::chat_program;
use crate::scratch::Scratch;

pub(crate) struct Program {
    process: Child,
    /// HOST:PORT.
    address: String,
    scratch: Scratch,
}

impl Program {
    /// With a history of its own, on a port of the system's choice. The name is the test's.
    pub(crate) fn start(name: &str) -> Self {
        let scratch = Scratch::new(name);
        let (process, address) = launch("127.0.0.1:0", &scratch.file("chat.db"));
        Program { process, address, scratch }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// SIGKILL: it has no time for a last word.
    pub(crate) fn kill(&mut self) {
        self.process.kill().expect("it is ours");
        self.process.wait().expect("it is ours");
    }

    pub(crate) fn start_again(&mut self) {
        (self.process, _) = launch(&self.address, &self.scratch.file("chat.db"));
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Starts the example, and reads where it listens from what it prints.
fn launch(listen: &str, data: &std::path::Path) -> (Child, String) {
    let mut process = Command::new(chat_program::path())
        .args(["--listen", listen, "--log-level", "error", "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .spawn()
        .expect("it can be started");
    let mut lines = BufReader::new(process.stdout.take().expect("it is piped")).lines();
    let address = loop {
        let line = lines.next().expect("the banner names the address").expect("the banner is text");
        if let Some((_, rest)) = line.split_once("127.0.0.1:") {
            let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
            break format!("127.0.0.1:{port}");
        }
    };
    // Whatever else it prints is read, so that it never waits for a reader.
    thread::spawn(move || lines.count());
    (process, address)
}
