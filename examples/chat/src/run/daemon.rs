//! The background: `--daemon` starts the same program again, in a session of its own, and waits until it serves.
//!
//! ```text
//!   you ── chat --daemon ──▶ the starter ── chat --daemon, marked ──▶ the daemon
//!                                 │                                      │ setsid, log, listen, history, pid file
//!                                 │◀──────── "started …" on stdout ──────┤
//!          ◀── prints it, ends ───┘                                      └ stdout and stderr become the log
//! ```
//!
//! Until then the daemon's stderr is the starter's: a fault is seen where the command was typed, and the starter ends
//! with the daemon's status. A copy of a running process without `exec` (fork) would need `unsafe`; this does not.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::process::{Command, ExitCode, Stdio};

use crate::run::logs::Logs;
use crate::run::settings::STARTER;

/// The daemon, and that its starter waits for word from it.
#[derive(Debug)]
pub(crate) struct Daemon(());

impl Daemon {
    /// Is this process the daemon, rather than the one that starts it? Then it leaves the terminal's session.
    ///
    /// # Errors
    ///
    /// It cannot be left.
    pub(crate) fn enter() -> io::Result<Option<Self>> {
        let parent = rustix::process::getppid().map(|pid| pid.as_raw_nonzero().to_string());
        if parent.is_none() || std::env::var_os(STARTER) != parent.map(OsString::from) {
            return Ok(None);
        }
        rustix::process::setsid()?;
        Ok(Some(Daemon(())))
    }

    /// Tells the starter what to print, and goes on without it.
    ///
    /// # Errors
    ///
    /// stdout and stderr cannot be sent to the log.
    pub(crate) fn report(self, words: &str, logs: &Logs) -> io::Result<()> {
        // A starter that was killed in the meantime is no reason not to serve.
        let _ = io::stdout().write_all(words.as_bytes()).and_then(|()| io::stdout().flush());
        logs.take_stdio()
    }
}

/// Starts the daemon with the arguments of this process; prints what it says when it is ready. The status is the
/// daemon's if it ended before that.
///
/// # Errors
///
/// The program cannot be started again.
pub(crate) fn start() -> io::Result<ExitCode> {
    let mut daemon = Command::new(std::env::current_exe()?)
        .args(std::env::args_os().skip(1))
        .env(STARTER, std::process::id().to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut words = String::new();
    // The pipe ends when the daemon lets go of it: it is ready, or it is no more.
    daemon.stdout.take().expect("it was asked for").read_to_string(&mut words)?;
    if !words.is_empty() {
        let _ = io::stdout().write_all(words.as_bytes());
        return Ok(ExitCode::SUCCESS);
    }
    let status = daemon.wait()?;
    match status.code().map(u8::try_from) {
        Some(Ok(code)) if code != 0 => Ok(ExitCode::from(code)),
        _ => Err(io::Error::other(format!("the daemon ended before it was ready: {status}"))),
    }
}
