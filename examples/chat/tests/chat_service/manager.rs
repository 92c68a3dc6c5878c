//! What systemd does for a service with a socket unit, as sd_listen_fds(3) and sd_notify(3) have it: it opens the sockets, hands
//! them on from number 3, and hears datagrams.

use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::path::Path;
use std::process::{Command, Stdio};

use pollcat_chat_testing::program;
use pollcat_testing::client::PATIENCE;
use pollcat_testing::scratch::Scratch;

/// One socket that is passed to each program in turn.
pub(crate) struct Held {
    socket: OwnedFd,
    pub(crate) address: Option<SocketAddr>,
}

impl Held {
    /// On TCP, with a queue as long as systemd's.
    pub(crate) fn tcp() -> Self {
        let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None);
        let socket = socket.expect("there are sockets");
        socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).expect("loopback has a free port");
        socket.listen(4096).expect("it can listen");
        let address = socket.local_addr().expect("it has an address").as_socket();
        Held { socket: socket.into(), address }
    }

    pub(crate) fn unix(path: &Path) -> Self {
        let socket = UnixListener::bind(path).expect("the path is free");
        Held { socket: socket.into(), address: None }
    }

    pub(crate) fn of(socket: impl Into<OwnedFd>) -> Self {
        Held { socket: socket.into(), address: None }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address.expect("it is on TCP")
    }

    /// For the standard input of [`command`].
    pub(crate) fn input(&self) -> Stdio {
        self.socket.try_clone().expect("a socket can be held twice").into()
    }
}

/// The program with these flags. What is its standard input becomes the socket that is passed.
pub(crate) fn command(folder: &Path, flags: &[&str]) -> Command {
    let mut program = program::command(folder);
    program.args(flags);
    program::with_a_passed_socket(&program)
}

/// Where a manager hears.
pub(crate) struct Ear {
    socket: UnixDatagram,
    folder: Scratch,
    heard: Vec<String>,
}

impl Ear {
    pub(crate) fn new(test: &str) -> Self {
        let folder = Scratch::new(test);
        let socket = UnixDatagram::bind(folder.file("notify")).expect("the path is free");
        socket.set_read_timeout(Some(PATIENCE)).expect("reading can be given a limit");
        Ear { socket, folder, heard: Vec::new() }
    }

    pub(crate) fn place(&self) -> std::path::PathBuf {
        self.folder.file("notify")
    }

    /// Waits for a datagram that has this line. What came before it is told by the next call of [`heard`](Self::heard).
    #[track_caller]
    pub(crate) fn wait_for(&mut self, line: &str) -> String {
        loop {
            let mut bytes = [0; 4096];
            let length = self.socket.recv(&mut bytes);
            let length =
                length.unwrap_or_else(|error| panic!("{line} was not told: {error}; {:#?}", self.heard));
            let told = String::from_utf8_lossy(&bytes[..length]).into_owned();
            self.heard.push(told.clone());
            if told.lines().any(|it| it.starts_with(line)) {
                return told;
            }
        }
    }

    pub(crate) fn heard(&mut self) -> Vec<String> {
        std::mem::take(&mut self.heard)
    }

    /// The same, and all else that was told by a program that is over.
    pub(crate) fn heard_to_the_end(&mut self) -> Vec<String> {
        self.socket.set_nonblocking(true).expect("a socket need not wait");
        let mut bytes = [0; 4096];
        while let Ok(length) = self.socket.recv(&mut bytes) {
            self.heard.push(String::from_utf8_lossy(&bytes[..length]).into_owned());
        }
        self.heard()
    }
}
