//! Unix-domain sockets: the file of one, who may connect to it, and when it goes.

use std::fs::{self, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, chown};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use mio::net::UnixStream;

use crate::server::accept::tcp;

/// Which users may connect to a Unix-domain socket: those that may write to its file. By default that is what the
/// process's umask leaves of 0777, which is often its own user alone.
///
/// ```no_run
/// # fn main() -> std::io::Result<()> {
/// use pollcat::{Config, Server, UnixAccess};
///
/// let mut server: Server = Server::without_listeners(Config::new())?;
/// // Its own user, and the group of the proxy.
/// server.listen_unix_with("/run/chat.sock", UnixAccess::new().mode(0o660).group(33))?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UnixAccess {
    mode: Option<u32>,
    group: Option<u32>,
}

impl UnixAccess {
    /// What the system makes of it: the umask, and the process's group.
    pub fn new() -> Self {
        UnixAccess::default()
    }

    /// The permissions of the socket's file, such as 0o660, whatever the umask.
    pub fn mode(mut self, mode: u32) -> Self {
        self.mode = Some(mode);
        self
    }

    /// The group of the socket's file, by number. Unless it runs as root, a process can only give its own groups.
    pub fn group(mut self, group: u32) -> Self {
        self.group = Some(group);
        self
    }
}

/// Listens on a path. A socket file on which no program listens any more is replaced. No client can connect before
/// the file's group and mode are what they are to be: until then the socket is bound, and does not listen.
pub(in crate::server) fn listen(path: &Path, access: UnixAccess) -> io::Result<(UnixListener, SocketFile)> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    if is_left_behind(path) {
        fs::remove_file(path).map_err(named)?;
    }
    let socket = tcp::bind_unix(path).map_err(named)?;
    let file = SocketFile::at(path);
    let open = || {
        if access.group.is_some() {
            chown(path, None, access.group)?;
        }
        if let Some(mode) = access.mode {
            fs::set_permissions(path, Permissions::from_mode(mode))?;
        }
        tcp::listen_on_bound(socket)
    };
    match open() {
        Ok(listener) => Ok((listener, file)),
        Err(error) => {
            file.remove();
            Err(named(error))
        }
    }
}

/// Is this the socket of a program that is gone? Connecting does not wait, not even where many clients do.
fn is_left_behind(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|meta| meta.file_type().is_socket())
        && UnixStream::connect(path).is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused)
}

/// The file of a Unix-domain socket, and which it was: another program may have put its own in its place.
#[derive(Debug)]
pub(in crate::server) struct SocketFile {
    path: PathBuf,
    identity: Option<(u64, u64)>,
}

impl SocketFile {
    fn at(path: &Path) -> Self {
        SocketFile { path: path.to_owned(), identity: SocketFile::identity(path) }
    }

    fn identity(path: &Path) -> Option<(u64, u64)> {
        fs::symlink_metadata(path).ok().map(|meta| (meta.dev(), meta.ino()))
    }

    pub(in crate::server) fn remove(&self) {
        if self.identity.is_some() && SocketFile::identity(&self.path) == self.identity {
            let _ = fs::remove_file(&self.path);
        }
    }
}
