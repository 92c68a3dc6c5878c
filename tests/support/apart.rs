//! What a benchmark needs to measure a server alone: the clients in a child process, so that nothing of theirs is
//! counted.

use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The thread that asks: what `processor_time` wants to know.
pub fn this_thread() -> PathBuf {
    fs::canonicalize("/proc/thread-self").expect("Linux tells")
}

/// What a thread has had of the processors, in nanoseconds.
pub fn processor_time(thread: &Path) -> u64 {
    let stat = fs::read_to_string(thread.join("schedstat")).expect("the thread is there");
    stat.split_whitespace().next().and_then(|ns| ns.parse().ok()).expect("nanoseconds come first")
}

/// Resident memory of this process, in bytes.
pub fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("how much it is");
    line.split_whitespace().next().and_then(|kib| kib.parse::<u64>().ok()).expect("in KiB") * 1024
}

/// The child process, and a line there and back.
pub struct Visitor(Child, ChildStdin, BufReader<ChildStdout>);

impl Visitor {
    /// The benchmark itself, with these arguments.
    pub fn start(arguments: &[&str]) -> io::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        Ok(Visitor(child, input.expect("it is piped"), BufReader::new(output.expect("it is piped"))))
    }

    pub fn ask(&mut self, what: &str) -> String {
        writeln!(self.1, "{what}").expect("the visitor listens");
        let mut line = String::new();
        self.2.read_line(&mut line).expect("the visitor answers");
        line.trim().to_owned()
    }
}

impl Drop for Visitor {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
