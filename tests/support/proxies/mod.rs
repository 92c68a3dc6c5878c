//! Proxies in front, as people put them there: the real programs, each with settings that a test takes from what
//! operators read.
//!
//! | | |
//! |---|---|
//! | `nginx.rs` | a master, and a worker with a user of its own |
//! | `caddy.rs` | with no certificates of its own making, and nothing left behind |
//! | `haproxy.rs` | a master and a worker |

pub mod caddy;
pub mod haproxy;
pub mod nginx;

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::running::wait_until;
use crate::scratch::{Scratch, cannot_run};

pub struct Proxy {
    process: Child,
    pub address: SocketAddr,
    scratch: Scratch,
}

/// What the programs differ in.
struct Program {
    name: &'static str,
    /// Makes the file of settings: for this folder, and to listen at this address.
    settings: fn(&Path, SocketAddr, &str) -> String,
    /// What is said to it: the file of settings, and its folder.
    arguments: fn(&mut Command, &Path, &Path),
    /// Does it listen? It is asked of its folder and of all that it has said. A port that answers may be somebody
    /// else's.
    listens: fn(&Path, &str) -> bool,
}

impl Proxy {
    /// Starts it with a block, which is made for the address that it is to listen on. `None` if the program is not on
    /// this machine.
    fn start(program: &Program, block: impl Fn(SocketAddr) -> String) -> Option<Self> {
        let mut said = String::new();
        // It does not choose its port itself. The one that was free a moment ago may be somebody else's by now.
        for _ in 0..5 {
            let scratch = Scratch::new(program.name);
            let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
            let address = free.expect("loopback has a free port");
            let file = scratch.file("settings");
            let settings = (program.settings)(scratch.path(), address, &block(address));
            fs::write(&file, settings).expect("the settings can be written");
            let log = File::create(scratch.file("log")).expect("a file can be made");
            // Debian keeps it where the search path of a plain user does not lead.
            let places = [program.name.to_owned(), format!("/usr/sbin/{}", program.name)];
            let mut started = places.into_iter().map(|place| {
                let mut command = Command::new(place);
                (program.arguments)(&mut command, &file, scratch.path());
                let log = log.try_clone().expect("a file can be shared");
                command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn()
            });
            let Some(Ok(process)) = started.find(Result::is_ok) else {
                cannot_run(&format!("there is no {} on this machine", program.name));
                return None;
            };
            let mut proxy = Proxy { process, address, scratch };
            if proxy.listens(program) {
                return Some(proxy);
            }
            said = proxy.log();
        }
        panic!("{} did not start: {said}", program.name);
    }

    /// False if it has ended instead.
    fn listens(&mut self, program: &Program) -> bool {
        let mut ended = false;
        wait_until("the proxy listens", || {
            ended = self.process.try_wait().expect("a child can be asked").is_some();
            ended
                || (program.listens)(self.scratch.path(), &self.log())
                    && TcpStream::connect(self.address).is_ok()
        });
        !ended
    }

    /// What it has said until now.
    pub fn log(&self) -> String {
        fs::read_to_string(self.scratch.file("log")).unwrap_or_default()
    }

    /// Its own folder, for what its settings name.
    pub fn folder(&self) -> &Path {
        self.scratch.path()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // Told so, a master takes its worker along.
        let _ = kill_process(Pid::from_child(&self.process), Signal::TERM);
        let _ = self.process.wait();
        if std::thread::panicking() {
            eprintln!("the proxy's log: {}", self.log());
        }
    }
}
