//! A server in a process of its own, from its start to its end.

use std::io::{self, BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command, Stdio};

use clap::ValueEnum;
use rustix::process::{Signal, set_parent_process_death_signal};

use crate::case::{Case, Duty};
use crate::load::{Failure, Sample, Timing, Wire};
use crate::machine;
use crate::servers::Server;
use crate::{frames, load};

/// Starts the server, runs the case against it, and ends it.
pub(crate) fn measure(
    server: Server,
    case: &Case,
    core: Option<usize>,
    timing: &Timing,
) -> Result<Sample, Failure> {
    let wire = if server == Server::Floor { Wire::Plain } else { Wire::WebSocket };
    let running = Running::start(server, case, core)?;
    load::run(case, wire, running.address, running.child.id(), timing)
}

struct Running {
    child: Child,
    address: SocketAddr,
}

impl Running {
    fn start(server: Server, case: &Case, core: Option<usize>) -> io::Result<Running> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("serve").arg(name(&server)).arg(name(&case.duty));
        command.arg(size(server, case).to_string()).args(core.map(|core| core.to_string()));
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        // From here on it is ended whatever happens.
        let mut running = Running { child, address: (Ipv4Addr::LOCALHOST, 0).into() };
        let mut line = String::new();
        let output = running.child.stdout.as_mut().expect("it is piped");
        BufReader::new(output).read_line(&mut line)?;
        let port = line.trim().parse().map_err(|_| io::Error::other("the server did not start"))?;
        running.address.set_port(port);
        Ok(running)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn name(value: &impl ValueEnum) -> String {
    value.to_possible_value().expect("no value is left out").get_name().to_owned()
}

/// The size that the server is told: of a payload, or for the floor, which knows nothing else, of a whole frame.
fn size(server: Server, case: &Case) -> usize {
    if server != Server::Floor {
        return case.size;
    }
    let mut frame = Vec::new();
    frames::encode(&mut frame, frames::BINARY, &case.payload(), None);
    frame.len()
}

/// In the other process: keeps to its core, ends when we end, and serves.
pub(crate) fn serve(server: Server, duty: Duty, size: usize, core: Option<usize>) -> io::Result<()> {
    set_parent_process_death_signal(Some(Signal::KILL))?;
    machine::pin(core)?;
    server.serve(duty, size)
}
