//! The chat program, as a process of its own: it can be killed, and started again on the same address and history.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::{fs, thread};

use pollcat_testing::example;
use pollcat_testing::raw::lasting_port;
use pollcat_testing::scratch::Scratch;
use rustix::process::{Pid, Signal, kill_process};

pub(crate) struct Program {
    process: Child,
    /// `http`, or `https`.
    scheme: &'static str,
    /// HOST:PORT.
    address: String,
    flags: Vec<OsString>,
    /// Its history is in there.
    _scratch: Scratch,
}

impl Program {
    /// With a history of its own, and a port that it keeps.
    pub(crate) fn start(name: &str) -> Self {
        Program::with("http", Scratch::new(name), Vec::new())
    }

    /// The same with more flags.
    pub(crate) fn start_with(name: &str, flags: &[OsString]) -> Self {
        Program::with("http", Scratch::new(name), flags.to_vec())
    }

    /// The same over TLS, with a certificate that nobody vouches for.
    pub(crate) fn start_secure(name: &str) -> Self {
        let scratch = Scratch::new(name);
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("it can be made");
        let [certificate, key] = ["crt", "key"].map(|kind| scratch.file(&format!("chat.{kind}")));
        fs::write(&certificate, made.cert.pem()).expect("a file can be written");
        fs::write(&key, made.signing_key.serialize_pem()).expect("and another");
        let flags = ["--tls-cert".into(), certificate.into(), "--tls-key".into(), key.into()];
        Program::with("https", scratch, flags.into())
    }

    fn with(scheme: &'static str, scratch: Scratch, mut flags: Vec<OsString>) -> Self {
        flags.extend(["--data".into(), scratch.file("chat.db").into()]);
        // It is started again where it was, and its page asks for it all the time.
        let (process, address) = launch(&format!("127.0.0.1:{}", lasting_port()), &flags);
        Program { process, scheme, address, flags, _scratch: scratch }
    }

    pub(crate) fn url(&self) -> String {
        format!("{}://{}/", self.scheme, self.address)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address.parse().expect("HOST:PORT")
    }

    /// Where whoever runs it is let in, once: what `chat --admin-link` prints.
    pub(crate) fn admin_link(&self) -> String {
        let mut asking = Command::new(built());
        let asked = asking.args(["--listen", &self.address, "--admin-link"]).args(&self.flags).output();
        let asked = asked.expect("it can be started");
        assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
        let text = String::from_utf8(asked.stdout).expect("a link is text");
        text.split_whitespace().find(|word| word.contains("/admin#")).expect("it prints a link").to_owned()
    }

    /// SIGKILL: it has no time for a last word.
    pub(crate) fn kill(&mut self) {
        self.process.kill().expect("it is ours");
        self.process.wait().expect("it is ours");
    }

    /// It stands still (SIGSTOP), or goes on.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.process), signal).expect("it is ours");
    }

    pub(crate) fn start_again(&mut self) {
        (self.process, _) = launch(&self.address, &self.flags);
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The example. It has all its features: browsers ask every server to compress, so all that these tests say and hear is
/// compressed.
fn built() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| example::built("chat", "deflate,tls"))
}

/// Starts the example, and reads where it listens from what it prints.
fn launch(listen: &str, flags: &[OsString]) -> (Child, String) {
    let mut process = Command::new(built())
        .args(["--listen", listen, "--log-level", "error"])
        .args(flags)
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
