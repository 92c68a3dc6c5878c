//! A Redis of a test's own: the real program, on a port that it keeps, with a folder that it finds again. It is killed, stopped and
//! started again as the test likes.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use pollcat_testing::client::PATIENCE;
use pollcat_testing::raw::lasting_port;
use pollcat_testing::running::wait_until;
use pollcat_testing::scratch::{Scratch, cannot_run};

pub struct RedisServer {
    program: &'static str,
    folder: Scratch,
    address: SocketAddr,
    flags: Vec<String>,
    child: Option<Child>,
}

impl RedisServer {
    /// With flags of redis-server (`["--appendonly", "yes"]`); it saves nothing otherwise. `None` if there is none on this machine.
    #[track_caller]
    pub fn start(flags: &[&str]) -> Option<Self> {
        Self::start_program("redis-server", flags)
    }

    /// A Valkey, which knows more than the Redis of 2022 that some systems have.
    #[track_caller]
    pub fn start_valkey(flags: &[&str]) -> Option<Self> {
        if env::var_os("POLLCAT_WITHOUT_VALKEY").is_some() {
            eprintln!("NOT TESTED: there is no valkey-server (POLLCAT_WITHOUT_VALKEY)");
            return None;
        }
        Self::start_program("valkey-server", flags)
    }

    #[track_caller]
    fn start_program(program: &'static str, flags: &[&str]) -> Option<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        // A port that is free now may be somebody else's a moment later.
        for _ in 0..5 {
            let number = COUNT.fetch_add(1, Ordering::Relaxed);
            let mut server = RedisServer {
                program,
                folder: Scratch::new(&format!("redis-{number}")),
                address: ([127, 0, 0, 1], lasting_port()).into(),
                flags: flags.iter().map(|&flag| flag.into()).collect(),
                child: None,
            };
            match server.run() {
                Ok(true) => return Some(server),
                Ok(false) => {}
                Err(error) => {
                    cannot_run(&format!("there is no {program} on this machine ({error})"));
                    return None;
                }
            }
        }
        panic!("{program} does not start");
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn runs(&self) -> bool {
        self.child.is_some()
    }

    /// As a client names it.
    pub fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    pub fn pid(&self) -> u32 {
        self.child.as_ref().expect("it runs").id()
    }

    /// It is a replica of the other one, and has all that the other one has.
    #[track_caller]
    pub fn follow(&self, other: &RedisServer) {
        self.command(&["REPLICAOF", "127.0.0.1", &other.address.port().to_string()]);
        // The other one counts it a moment later.
        let counted = format!("port={},state=online", self.address.port());
        let says = |server: &RedisServer, words: &str| {
            server.command(&["INFO", "replication"]).concat().contains(words)
        };
        wait_until("a replica follows", || says(self, "master_link_status:up") && says(other, &counted));
    }

    /// It is a primary, whatever it was.
    #[track_caller]
    pub fn promote(&self) {
        self.command(&["REPLICAOF", "NO", "ONE"]);
    }

    /// As the power does (SIGKILL).
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// It stands still, and its connections stay (SIGSTOP), until it goes on.
    pub fn pause(&self) {
        self.signal(Signal::STOP);
    }

    pub fn go_on(&self) {
        self.signal(Signal::CONT);
    }

    /// Its disk is another one, and empty; killed first if it runs.
    #[track_caller]
    pub fn lose_disk(&mut self) {
        self.kill();
        for entry in fs::read_dir(self.folder.path()).expect("it has a folder") {
            let path = entry.expect("a folder can be read").path();
            match path.is_dir() {
                true => fs::remove_dir_all(path).expect("a folder can be removed"),
                false => fs::remove_file(path).expect("a file can be removed"),
            }
        }
    }

    /// Again, on the same port and with what is in its folder; killed first if it runs.
    #[track_caller]
    pub fn restart(&mut self) {
        self.kill();
        assert!(self.run().is_ok_and(|runs| runs), "redis-server starts again: {}", self.log());
    }

    /// As [`RedisServer::restart`], with other flags.
    #[track_caller]
    pub fn restart_with(&mut self, flags: &[&str]) {
        self.flags = flags.iter().map(|&flag| flag.into()).collect();
        self.restart();
    }

    /// Cuts so many bytes off the end of what it has written, while it is dead: the disk has not had them.
    #[track_caller]
    pub fn cut(&self, bytes: u64) {
        assert!(self.child.is_none(), "it is dead");
        let files = fs::read_dir(self.folder.file("appendonlydir")).expect("it has written");
        let name = |file: &fs::DirEntry| file.file_name().to_string_lossy().into_owned();
        let files = files.map(|file| file.expect("a folder can be read"));
        let last = files.filter(|file| name(file).ends_with(".incr.aof")).max_by_key(|file| {
            let number = name(file).split('.').nth_back(2).and_then(|number| number.parse::<u64>().ok());
            number.expect("appendonly.aof.NUMBER.incr.aof")
        });
        let file = OpenOptions::new().write(true).open(last.expect("it has appended").path());
        let file = file.expect("its file can be written");
        let length = file.metadata().expect("it has a length").len();
        file.set_len(length.saturating_sub(bytes)).expect("it can be cut");
    }

    /// What it answers to a command, as `redis-cli` would print it: a line for each value. Errors are a failure.
    #[track_caller]
    pub fn command(&self, words: &[&str]) -> Vec<String> {
        self.ask(words).expect("it answers").unwrap_or_else(|error| panic!("{words:?}: {error}"))
    }

    /// The error it answers to a command, or what it answers.
    pub fn ask(&self, words: &[&str]) -> io::Result<Result<Vec<String>, String>> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut bytes = format!("*{}\r\n", words.len());
        for word in words {
            bytes += &format!("${}\r\n{word}\r\n", word.len());
        }
        stream.write_all(bytes.as_bytes())?;
        let mut lines = Vec::new();
        Ok(answer(&mut BufReader::new(stream), &mut lines)?.map_or(Ok(lines), Err))
    }

    /// What it has said.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.file("log")).unwrap_or_default()
    }

    /// False if it has ended instead.
    fn run(&mut self) -> io::Result<bool> {
        let log = OpenOptions::new().create(true).append(true).open(self.folder.file("log"))?;
        let child = Command::new(self.program)
            .args(["--bind", "127.0.0.1", "--port", &self.address.port().to_string()])
            .args(["--save", "", "--daemonize", "no", "--dir"])
            .arg(self.folder.path())
            .args(&self.flags)
            .stdin(Stdio::null())
            .stdout(File::try_clone(&log)?)
            .stderr(log)
            .spawn()?;
        let child = self.child.insert(child);
        // It may be somebody else who answers on that port.
        let pid = format!("process_id:{}\r\n", child.id());
        let is_this = |lines: Vec<String>| lines.concat().contains(&pid);
        let mut deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let child = self.child.as_mut().expect("it was started");
            if child.try_wait().expect("a child can be asked").is_some() {
                self.kill();
                return Ok(false);
            }
            match self.ask(&["PING"]) {
                Ok(Ok(_)) if self.ask(&["INFO", "server"]).is_ok_and(|it| it.is_ok_and(is_this)) => {
                    return Ok(true);
                }
                // What was written in a long test takes its time to be read.
                Ok(Err(error)) if error.starts_with("LOADING") => deadline = Instant::now() + PATIENCE,
                _ => {}
            }
            thread::park_timeout(Duration::from_millis(1)); // leaves the processor to it
        }
        panic!("redis-server does not answer: {}", self.log());
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(self.child.as_ref().expect("it runs"));
        kill_process(pid, signal).expect("a child can be sent a signal");
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
        if thread::panicking() {
            eprintln!("redis-server: {}", self.log());
        }
    }
}

/// Reads one value of the protocol (RESP 2), flat. `Some`: it is an error.
fn answer(from: &mut BufReader<TcpStream>, lines: &mut Vec<String>) -> io::Result<Option<String>> {
    let mut line = String::new();
    from.read_line(&mut line)?;
    let line = line.trim_end();
    let (kind, rest) = line.split_at_checked(1).ok_or(io::ErrorKind::UnexpectedEof)?;
    let number = || rest.parse::<i64>().map_err(io::Error::other);
    match kind {
        "-" => return Ok(Some(rest.into())),
        "+" | ":" => lines.push(rest.into()),
        "$" if number()? >= 0 => {
            let mut bytes = vec![0; number()? as usize + 2];
            from.read_exact(&mut bytes)?;
            lines.push(String::from_utf8_lossy(&bytes[..bytes.len() - 2]).into_owned());
        }
        "*" => {
            let mut error = None;
            for _ in 0..number()? {
                error = answer(from, lines)?.or(error);
            }
            return Ok(error);
        }
        _ => {} // nothing
    }
    Ok(None)
}
