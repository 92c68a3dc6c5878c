//! The chat program, started as people start it: `examples/chat` with flags, on a port of the system's choice and with
//! a history of its own. It is stopped when the test is done with it.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use rustix::process::{Pid, Signal, kill_process};

use pollcat_testing::client::PATIENCE;
use pollcat_testing::raw::processor_time_of;
use pollcat_testing::scratch::Scratch;

use crate::program;

/// Where it listens; its port comes behind.
const LOOPBACK: &str = "127.0.0.1:";

/// One chat: a folder with its history, and the program, whenever it runs.
pub struct Chat {
    folder: Scratch,
    flags: Vec<String>,
    running: Option<Running>,
}

struct Running {
    child: Child,
    address: SocketAddr,
    /// What it says on its standard output.
    out: Log,
    log: Log,
}

impl Chat {
    /// With a file for a history and no limit to how fast one may speak, unless the flags say otherwise.
    #[track_caller]
    pub fn start(flags: &[&str]) -> Self {
        let mut chat = Chat::prepared(flags);
        chat.start_again();
        chat
    }

    /// With a history that is gone with the program.
    #[track_caller]
    pub fn in_memory(flags: &[&str]) -> Self {
        Chat::start(&[&["--data", ":memory:"], flags].concat())
    }

    /// A folder and flags, and no program yet.
    pub fn prepared(flags: &[&str]) -> Self {
        let folder = Scratch::new("chat");
        let mut chat = Chat { folder, flags: Vec::new(), running: None };
        chat.set_flags(flags);
        chat
    }

    /// For the next start.
    pub fn set_flags(&mut self, flags: &[&str]) {
        let data = self.data();
        let data = data.to_str().expect("folders of tests have plain names");
        let defaults =
            [("--listen", "127.0.0.1:0"), ("--data", data), ("--message-rate", "0"), ("--address-rate", "0")];
        let missing = defaults.iter().filter(|(name, _)| !flags.contains(name));
        self.flags = missing
            .flat_map(|&(name, value)| [name, value])
            .chain(flags.iter().copied())
            .map(String::from)
            .collect();
    }

    /// On the same history, after it has ended: on another port, unless the flags name one.
    #[track_caller]
    pub fn start_again(&mut self) {
        assert!(self.running.is_none(), "it runs");
        let mut command = program::command(self.folder());
        command.args(&self.flags);
        self.run(command);
    }

    /// Starts a command that becomes the program, a shell that sets limits first, say.
    #[track_caller]
    pub fn run(&mut self, command: std::process::Command) {
        self.run_on(command, Stdio::null());
    }

    /// The same, with this for a standard input: what the shell hands on to the program, say.
    #[track_caller]
    pub fn run_on(&mut self, mut command: std::process::Command, input: Stdio) {
        command.stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program can be started");
        let mut log = Log::of(child.stderr.take().expect("its log is piped"));
        let mut out = Log::of(child.stdout.take().expect("its banner is piped"));
        let Some(line) = banner(child.id(), &mut out) else {
            let doing = whereabouts(child.id());
            let _ = child.kill();
            let status = child.wait();
            panic!("no banner, {status:?}: {:?} {:?}; its threads were at {doing:?}", out.all(), log.all());
        };
        let (_, rest) = line.split_once(LOOPBACK).expect("it was found by this");
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let address = format!("{LOOPBACK}{}", &rest[..end]).parse();
        let address = address.unwrap_or_else(|error| panic!("{line:?} has no address: {error}"));
        self.running = Some(Running { child, address, out, log });
    }

    pub fn address(&self) -> SocketAddr {
        self.running.as_ref().expect("the chat runs").address
    }

    /// What it said on its standard output, up to its address.
    pub fn banner(&self) -> &[String] {
        &self.running.as_ref().expect("the chat runs").out.seen
    }

    /// The key of a way to the admin page, as whoever runs the chat asks for one.
    #[track_caller]
    pub fn admin_key(&self) -> String {
        let mut command = program::command(self.folder());
        let data = self.data();
        command
            .args(["--admin-link", "--data"])
            .arg(data)
            .arg(format!("--public-url=http://{}", self.address()));
        let output = program::output(command);
        let link = String::from_utf8(output.stdout).expect("a link is text");
        let told = String::from_utf8_lossy(&output.stderr);
        let key = link.trim_end().strip_prefix(&format!("http://{}/admin#", self.address()));
        key.unwrap_or_else(|| panic!("no link: {link}{told}")).to_owned()
    }

    /// The same, as the chat shows it when it has started and has no owner.
    #[track_caller]
    pub fn first_key(&mut self) -> String {
        let out = &mut self.running.as_mut().expect("the chat runs").out;
        let line = out.find(|line| line.contains("/admin#")).expect("it shows a link");
        line.split_once("/admin#").expect("it was found by this").1.to_owned()
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn data(&self) -> PathBuf {
        self.folder.file("chat.db")
    }

    pub fn flags(&self) -> &[String] {
        &self.flags
    }

    pub fn pid(&self) -> Pid {
        Pid::from_child(&self.running.as_ref().expect("the chat runs").child)
    }

    #[track_caller]
    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).expect("it can be told");
    }

    /// SIGTERM, and the end: its status, and the whole log.
    #[track_caller]
    pub fn terminate(&mut self) -> (ExitStatus, Vec<String>) {
        self.signal(Signal::TERM);
        self.ended()
    }

    /// SIGKILL: no word, no farewell.
    #[track_caller]
    pub fn kill(&mut self) {
        self.signal(Signal::KILL);
        self.ended();
    }

    /// It must end by itself now.
    #[track_caller]
    pub fn ended(&mut self) -> (ExitStatus, Vec<String>) {
        let mut running = self.running.take().expect("the chat runs");
        let status = program::wait(&mut running.child);
        let log = running.log.all();
        assert_no_panic(&log);
        (status, log)
    }

    /// Is the program over? What it left is told by [`ended`](Self::ended).
    pub fn is_over(&mut self) -> bool {
        let running = self.running.as_mut().expect("the chat runs");
        running.child.try_wait().expect("a child can be waited for").is_some()
    }

    /// SIGTERM, and up again on the same history. Clients that do not answer the farewell hold it up for seconds.
    #[track_caller]
    pub fn restart(&mut self) {
        let (status, log) = self.terminate();
        assert!(status.success(), "{status}: {log:?}");
        self.start_again();
    }

    /// SIGKILL, and up again on the same history.
    #[track_caller]
    pub fn crash(&mut self) {
        self.kill();
        self.start_again();
    }

    /// The first line of the log that is like this, if need be one that is still to come.
    #[track_caller]
    pub fn logged(&mut self, what: &str, is_it: impl Fn(&str) -> bool) -> String {
        let log = &mut self.running.as_mut().expect("the chat runs").log;
        log.find(is_it).unwrap_or_else(|| panic!("{what} was not logged: {:#?}", log.seen))
    }
}

impl Drop for Chat {
    fn drop(&mut self) {
        if let Some(mut running) = self.running.take() {
            let _ = running.child.kill();
            let _ = running.child.wait();
            let log = running.log.all();
            match thread::panicking() {
                true => eprintln!("the chat's log: {log:#?}"),
                false => assert_no_panic(&log),
            }
        }
    }
}

/// The line with its address. A machine that is busy with other things may keep it waiting for long: it is given up when it has done
/// nothing for so long, or has had so much of the processor.
fn banner(process: u32, out: &mut Log) -> Option<String> {
    let mut before = None;
    loop {
        let line = out.find(|line| line.contains(LOOPBACK));
        let spent = processor_time_of(process);
        if line.is_some() || spent <= before || spent >= Some(100 * PATIENCE.as_secs()) {
            return line;
        }
        before = spent;
    }
}

/// What each thread of a process does, and in what the kernel lets it wait; nothing where there is no /proc.
fn whereabouts(process: u32) -> Vec<String> {
    let tasks = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let told =
        |task: &Path, what: &str| fs::read_to_string(task.join(what)).unwrap_or_default().trim().to_owned();
    tasks.map(|task| ["stat", "wchan", "syscall"].map(|what| told(&task.path(), what)).join(" ")).collect()
}

/// The chat outlives a panic in its handler, so a test would not notice it.
#[track_caller]
fn assert_no_panic(log: &[String]) {
    let panics = log.iter().any(|line| line.contains("panicked"));
    assert!(!panics, "the chat's handler panicked: {log:#?}");
}

/// Lines that a program writes, as they come.
struct Log {
    seen: Vec<String>,
    coming: Receiver<String>,
}

impl Log {
    fn of(stream: impl Read + Send + 'static) -> Self {
        let (sender, coming) = channel();
        thread::spawn(move || {
            let lines = BufReader::new(stream).lines().map_while(Result::ok);
            // Read to the end even if nobody cares any more: a full pipe would hold the program up.
            lines.for_each(|line| drop(sender.send(line)));
        });
        Log { seen: Vec::new(), coming }
    }

    fn find(&mut self, is_it: impl Fn(&str) -> bool) -> Option<String> {
        if let Some(line) = self.seen.iter().find(|line| is_it(line)) {
            return Some(line.clone());
        }
        loop {
            let line = self.coming.recv_timeout(PATIENCE).ok()?;
            self.seen.push(line.clone());
            if is_it(&line) {
                return Some(line);
            }
        }
    }

    /// Everything, when the program has ended.
    fn all(&mut self) -> Vec<String> {
        while let Ok(line) = self.coming.recv_timeout(PATIENCE) {
            self.seen.push(line);
        }
        std::mem::take(&mut self.seen)
    }
}
