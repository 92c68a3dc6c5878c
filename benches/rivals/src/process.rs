//! A server in a process of its own, from its start to its end.

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command, Stdio};

use clap::ValueEnum;
use rustix::process::{Signal, set_parent_process_death_signal};

use crate::case::{Case, Duty, Wrapping};
use crate::load::{Failure, Sample, Timing, Wire};
use crate::machine;
use crate::servers::{OTHER, Server};
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
        let mut command = match server {
            Server::Other => other(case, core)?,
            _ => own(server, case, core)?,
        };
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

fn own(server: Server, case: &Case, core: Option<usize>) -> io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("serve").args([name(&server), name(&case.duty), name(&case.wrapping)]);
    command.arg(size(server, case).to_string()).args(core.map(|core| core.to_string()));
    Ok(command)
}

fn other(case: &Case, core: Option<usize>) -> io::Result<Command> {
    let other = OTHER.get().expect("it is measured only where it is named");
    let folder = std::env::temp_dir().join(format!("rivals-{}", std::process::id()));
    let [certificate, key] = ["crt", "key"].map(|name| folder.join(name));
    if !key.exists() {
        fs::create_dir_all(&folder)?;
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).map_err(io::Error::other)?;
        fs::write(&certificate, made.cert.pem())?;
        fs::write(&key, made.signing_key.serialize_pem())?;
    }
    // `taskset` keeps it on its core, as our own keep themselves.
    let mut words = core.map_or(vec![], |core| vec!["taskset".into(), "-c".into(), core.to_string()]);
    words.extend(other.command.split_whitespace().map(str::to_owned));
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).args([name(&case.duty), name(&case.wrapping)]).args([certificate, key]);
    Ok(command)
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
pub(crate) fn serve(
    server: Server,
    duty: Duty,
    wrapping: Wrapping,
    size: usize,
    core: Option<usize>,
) -> io::Result<()> {
    set_parent_process_death_signal(Some(Signal::KILL))?;
    machine::pin(core)?;
    server.serve(duty, wrapping, size)
}
