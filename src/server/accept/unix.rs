//! Unix-domain sockets: the file of one, who may connect to it, and when it goes.

use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, chown};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

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
///
/// A socket that is bound and does not listen yet looks as if its program were gone. So programs that do this for the
/// same path do it one after the other: the first gets it, and the others find it in use.
pub(in crate::server) fn listen(path: &Path, access: UnixAccess) -> io::Result<(UnixListener, SocketFile)> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    // The system would take the one for a wish to have any name, and end the other at its NUL.
    if path.as_os_str().is_empty() || path.as_os_str().as_encoded_bytes().contains(&0) {
        return Err(named(io::Error::new(ErrorKind::InvalidInput, "no path for a socket")));
    }
    // Where somebody is there is nothing to take, and who may not write there is told so.
    let is_taken = fs::symlink_metadata(path).is_ok() && !is_left_behind(path);
    let _turn = if is_taken { None } else { Some(Turn::take(path).map_err(named)?) };
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

/// Is this the socket of a program that is gone? Connecting does not wait, not even where many clients do. (On macOS
/// and the BSDs it is refused there: a program with that many clients before its door looks as if it were gone.)
fn is_left_behind(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|meta| meta.file_type().is_socket())
        && UnixStream::connect(path).is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused)
}

/// While this is there, no other program looks at a path, or takes it: a folder beside it, which only one can make.
/// (Locks of files are in the standard library from Rust 1.89 on.)
struct Turn(PathBuf);

/// How often it is tried, and how long apart: a turn takes less than a millisecond.
const TRIES: u32 = 200;
const A_MOMENT: Duration = Duration::from_millis(5);
/// Whoever took it then was killed in the midst of it.
const ABANDONED: Duration = Duration::from_secs(10);

impl Turn {
    fn take(path: &Path) -> io::Result<Self> {
        let mut name = OsString::from(".");
        name.push(path.file_name().ok_or(ErrorKind::InvalidInput)?);
        name.push(".taking");
        let folder = path.with_file_name(name);
        for _ in 0..TRIES {
            match fs::create_dir(&folder) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                made => return made.map(|()| Turn(folder)),
            }
            let age =
                fs::metadata(&folder).and_then(|meta| meta.modified()).ok().and_then(|it| it.elapsed().ok());
            match age {
                Some(age) if age > ABANDONED => drop(fs::remove_dir(&folder)),
                _ => thread::sleep(A_MOMENT),
            }
        }
        let busy = format!("another program is about to listen here, says {}", folder.display());
        Err(io::Error::new(ErrorKind::AddrInUse, busy))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.0);
    }
}

/// The file of a Unix-domain socket, and which it was: another program may have put its own in its place.
#[derive(Debug)]
pub(in crate::server) struct SocketFile {
    path: PathBuf,
    identity: Option<(u64, u64)>,
}

impl SocketFile {
    fn at(path: &Path) -> Self {
        // The process may go elsewhere before it stops.
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        SocketFile { identity: SocketFile::identity(&path), path }
    }

    fn identity(path: &Path) -> Option<(u64, u64)> {
        fs::symlink_metadata(path).ok().map(|meta| (meta.dev(), meta.ino()))
    }

    pub(in crate::server) fn remove(&self) {
        if self.is_ours() {
            let _ = fs::remove_file(&self.path);
        }
    }

    fn is_ours(&self) -> bool {
        self.identity.is_some() && SocketFile::identity(&self.path) == self.identity
    }
}
