//! nginx in front, as people put it there: a master, and a worker with a user of its own if this one may change it.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::process::{Pid, Signal, geteuid, kill_process};

use crate::running::wait_until;
use crate::scratch::{Scratch, cannot_run};

pub struct Nginx {
    process: Child,
    pub address: SocketAddr,
    scratch: Scratch,
}

impl Nginx {
    /// Starts it with what belongs into its `http` block, made for the address that it is to listen on. `None` if there
    /// is no nginx on this machine.
    pub fn start(block: impl Fn(SocketAddr) -> String) -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        // It does not choose its port itself. The one that was free a moment ago may be somebody else's by now.
        for _ in 0..5 {
            let scratch = Scratch::new(&format!("nginx-{}", COUNT.fetch_add(1, Ordering::Relaxed)));
            let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
            let address = free.expect("loopback has a free port");
            let file = scratch.file("nginx.conf");
            fs::write(&file, settings(&scratch, &block(address))).expect("the settings can be written");
            // Debian keeps it where the search path of a plain user does not lead.
            let mut found = ["nginx", "/usr/sbin/nginx"].into_iter().map(|program| {
                let mut command = Command::new(program);
                command.arg("-c").arg(&file).arg("-p").arg(scratch.path()).args(["-e", "stderr"]);
                command.stdin(Stdio::null()).spawn()
            });
            let Some(Ok(process)) = found.find(Result::is_ok) else {
                cannot_run("there is no nginx on this machine");
                return None;
            };
            let mut nginx = Nginx { process, address, scratch };
            if nginx.listens() {
                return Some(nginx);
            }
        }
        panic!("nginx did not start");
    }

    /// It writes its pid file when it has the port. False if it has ended instead.
    fn listens(&mut self) -> bool {
        let mut ended = false;
        wait_until("nginx listens", || {
            ended = self.process.try_wait().expect("a child can be asked").is_some();
            ended || self.scratch.file("pid").exists() && TcpStream::connect(self.address).is_ok()
        });
        !ended
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Told so, the master takes its worker along.
        let _ = kill_process(Pid::from_child(&self.process), Signal::TERM);
        let _ = self.process.wait();
    }
}

fn settings(scratch: &Scratch, block: &str) -> String {
    let folder = scratch.path().display();
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
