//! Sockets that a service manager has opened, and hands on (systemd's socket units). They outlive the program: whoever connects
//! while it is replaced waits in their queues, and nobody is refused.

use std::env;
use std::net::TcpListener;
use std::os::fd::AsFd;
use std::os::unix::net::UnixListener;
use std::path::Path;

use listenfd::ListenFd;

use crate::run::settings::{Listen, Settings};

/// More of them are a mistake.
const MOST: usize = 64;
/// The name of those that are for numbers and health, and not for people (`FileDescriptorName=`).
const METRICS: &str = "metrics";

#[derive(Debug)]
pub(crate) enum Socket {
    Tcp(TcpListener),
    Unix(UnixListener),
}

/// What was passed.
#[derive(Debug, Default)]
pub(crate) struct Passed {
    pub chat: Vec<Socket>,
    pub metrics: Vec<Socket>,
}

impl Passed {
    /// Takes them over; nobody else of this process can have them after that. It changes the environment, and so comes before there
    /// is a second thread.
    ///
    /// # Errors
    ///
    /// What was passed is not what the chat can listen on, in words.
    pub(crate) fn take() -> Result<Self, String> {
        let text = |name| env::var(name).unwrap_or_default();
        let (said, names) = (text("LISTEN_FDS"), text("LISTEN_FDNAMES"));
        // Those of another process are none of ours, however many they are.
        let are_ours = text("LISTEN_PID").parse() == Ok(std::process::id());
        if are_ours && said.parse::<usize>().is_ok_and(|count| count > MOST) {
            return Err(format!("LISTEN_FDS says that {said} sockets are passed: {MOST} are the most"));
        }
        let mut fds = ListenFd::from_env();
        let mut passed = Passed::default();
        for (at, name) in (0..fds.len()).zip(names.split(':').chain(std::iter::repeat(""))) {
            let socket = take_one(&mut fds, at)?;
            match name {
                METRICS => passed.metrics.push(socket),
                _ => passed.chat.push(socket),
            }
        }
        Ok(passed)
    }

    /// Where the chat listens then: there, and where somebody has said so. An address that was passed is not opened a second
    /// time.
    pub(crate) fn places(&self, settings: &Settings) -> Vec<Listen> {
        if self.chat.is_empty() {
            return settings.listen.clone();
        }
        let mut places: Vec<Listen> = self.chat.iter().map(Socket::place).collect();
        let is_said = settings.in_force.iter().any(|it| it.name == "listen" && !it.is_default);
        let said = settings.listen.iter().filter(|place| is_said && !places.contains(place));
        let said: Vec<Listen> = said.cloned().collect();
        places.extend(said);
        places
    }
}

impl Socket {
    pub(crate) fn place(&self) -> Listen {
        match self {
            Socket::Tcp(listener) => {
                Listen::Tcp(listener.local_addr().map_or_else(|error| error.to_string(), |it| it.to_string()))
            }
            Socket::Unix(listener) => {
                let path =
                    |address: &std::os::unix::net::SocketAddr| address.as_pathname().map(Path::to_owned);
                let path = listener.local_addr().ok().as_ref().and_then(path);
                Listen::Unix(path.unwrap_or_else(|| "(no file)".into()))
            }
        }
    }
}

fn take_one(fds: &mut ListenFd, at: usize) -> Result<Socket, String> {
    let unfit = |why: &str| format!("socket {at} of those that are passed (LISTEN_FDS) {why}");
    let tcp = fds.take_tcp_listener(at);
    let taken = match tcp {
        Err(_) => fds.take_unix_listener(at).map(|it| it.map(Socket::Unix)),
        tcp => tcp.map(|it| it.map(Socket::Tcp)),
    };
    let Ok(Some(socket)) = taken else {
        return Err(unfit("is no stream socket, of TCP or of a file"));
    };
    match listens(&socket) {
        true => Ok(socket),
        false => Err(unfit("does not listen: the socket unit says Accept=no, which is the default")),
    }
}

fn listens(socket: &Socket) -> bool {
    let fd = match socket {
        Socket::Tcp(listener) => listener.as_fd(),
        Socket::Unix(listener) => listener.as_fd(),
    };
    is_listening(fd)
}

#[cfg(target_os = "linux")]
fn is_listening(fd: std::os::fd::BorrowedFd<'_>) -> bool {
    socket2::SockRef::from(&fd).is_listener().unwrap_or(false)
}

/// Nobody passes sockets in this way there.
#[cfg(not(target_os = "linux"))]
fn is_listening(_: std::os::fd::BorrowedFd<'_>) -> bool {
    true
}
