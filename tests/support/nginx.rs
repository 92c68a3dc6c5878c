//! nginx in front, as people put it there: one process, in a folder of its own.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use crate::running::wait_until;
use crate::scratch::{Scratch, cannot_run};

pub(crate) struct Nginx {
    process: Child,
    pub(crate) address: SocketAddr,
    _scratch: Scratch,
}

impl Nginx {
    /// Starts it with what belongs into its `http` block, made for the address that it is to listen on. `None` if there
    /// is no nginx on this machine.
    pub(crate) fn start(block: impl Fn(SocketAddr) -> String) -> Option<Self> {
        let scratch = Scratch::new("nginx");
        // It does not choose its port itself. The one that was free a moment ago most likely still is.
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
        let mut nginx = Nginx { process, address, _scratch: scratch };
        nginx.wait_until_it_listens();
        Some(nginx)
    }

    fn wait_until_it_listens(&mut self) {
        wait_until("nginx listens", || {
            let ended = self.process.try_wait().expect("a child can be asked");
            assert_eq!(ended, None, "nginx did not start");
            TcpStream::connect(self.address).is_ok()
        });
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // One process, without a master: this is all of it.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn settings(scratch: &Scratch, block: &str) -> String {
    let folder = scratch.path().display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("    {kind}_temp_path {folder}/{kind};\n"))
        .concat();
    format!(
        "daemon off;\nmaster_process off;\npid {folder}/pid;\nevents {{ worker_connections 64; }}\n\
         http {{\n    access_log off;\n{temporary}{block}\n}}\n"
    )
}
