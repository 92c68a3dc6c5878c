//! What can be found out without serving: `--check` tries the addresses, the folders and the certificates, and leaves
//! nothing behind. And the room for connections, which is made before the first comes.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind};
use std::net::TcpListener;
use std::os::unix::fs::{FileTypeExt, fchown};
use std::os::unix::net::SocketAddr;
use std::path::Path;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::history::peek;
use crate::model::names;
use crate::run::certificates::Certificates;
use crate::run::pid_file::PidFile;
use crate::run::settings::{Listen, Settings};
use crate::run::words::Words;

/// Descriptors for other things than connections: listeners, the history, the log, and the library's reserve.
const RESERVE: u64 = 128;

/// What would keep the chat from serving with these settings, each in one line.
pub(crate) fn faults(settings: &Settings) -> Vec<String> {
    let listen = settings.listen.iter().map(|listen| ("listen", listen));
    let listen = listen.chain(settings.metrics.iter().map(|listen| ("metrics", listen)));
    let listen = listen.map(|(name, listen)| try_address(name, listen, settings.socket_group));
    let files =
        [("data", &settings.data), ("log-file", &settings.log_file), ("pid-file", &settings.pid_file)];
    let files = files.into_iter().filter_map(|(name, path)| Some((name, path.as_deref()?)));
    let files = files.map(|(name, path)| {
        let makes_others = name == "data"; // SQLite's, beside it
        try_file(path, makes_others).map_err(|told| format!("{name}: {told}"))
    });
    let certificates = Certificates::of(settings).map(drop);
    let pid_file = settings.pid_file.as_deref().map(PidFile::look_at);
    let words = Words::of(settings).read().map(drop);
    // One that is not named is made.
    let backups = settings.backup_dir.as_deref().filter(|_| settings.backup_every.is_some());
    let backups = backups
        .map(|folder| try_folder(&folder.join("backup"), None).map_err(|told| format!("backup-dir: {told}")));
    let robot = settings.robot.as_deref().map(|name| try_robot(name, settings));
    listen
        .chain(files)
        .chain(pid_file)
        .chain(backups)
        .chain(robot)
        .chain([certificates, words])
        .filter_map(Result::err)
        .collect()
}

/// A history that cannot be read is told of elsewhere, or is none yet.
fn try_robot(name: &str, settings: &Settings) -> Result<(), String> {
    let checked = names::check_person(name, settings.max_name).map_err(|fault| format!("robot: {fault}"))?;
    let people = settings.data.as_deref().and_then(|data| peek(data).ok()).map_or(Vec::new(), |it| it.people);
    match people.iter().find(|other| names::fold_person(other) == checked.keys.folded) {
        Some(other) => Err(format!("robot: {other} has this name: choose another, or rename them")),
        None => Ok(()),
    }
}

/// An address that is in use is no fault: it may be this very chat that uses it.
fn try_address(name: &str, listen: &Listen, group: Option<u32>) -> Result<(), String> {
    match listen {
        Listen::Tcp(address) => match TcpListener::bind(address) {
            Err(error) if error.kind() != ErrorKind::AddrInUse => {
                Err(cannot_listen(listen, &error).replace("--listen", &format!("--{name}")))
            }
            _ => Ok(()),
        },
        Listen::Unix(path) => try_socket(path, group).map_err(|told| format!("{name}: {told}")),
    }
}

fn try_socket(path: &Path, group: Option<u32>) -> Result<(), String> {
    SocketAddr::from_pathname(path).map_err(|error| format!("{}: {error}", path.display()))?;
    match fs::symlink_metadata(path) {
        Ok(meta) if !meta.file_type().is_socket() => {
            Err(format!("{} is there, and is no socket", path.display()))
        }
        _ => try_folder(path, group),
    }
}

/// Can a file be written that is there, or else be made?
fn try_file(path: &Path, makes_others: bool) -> Result<(), String> {
    match fs::metadata(path) {
        Ok(meta) if meta.is_dir() => return Err(format!("{} is a folder", path.display())),
        Ok(_) => {
            let open = OpenOptions::new().append(true).open(path);
            open.map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
        }
        Err(_) => return try_folder(path, None),
    }
    if makes_others { try_folder(path, None) } else { Ok(()) }
}

/// Can a file be made in the folder of this one, and given to this group? Rights alone do not tell: root has them all, and
/// /proc has no room.
fn try_folder(path: &Path, group: Option<u32>) -> Result<(), String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let told = |what: &str| Err(format!("the folder {} {what}", folder.display()));
    match fs::metadata(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return told("does not exist"),
        Err(error) => return told(&format!("cannot be looked at: {error}")),
        Ok(meta) if !meta.is_dir() => return told("is none"),
        Ok(_) => {}
    }
    let probe = folder.join(format!(".pollcat-check-{}", std::process::id()));
    match OpenOptions::new().write(true).create_new(true).open(&probe) {
        Ok(file) => {
            let given = group.map_or(Ok(()), |group| fchown(&file, None, Some(group)));
            let _ = fs::remove_file(&probe);
            given.map_err(|error| {
                format!(
                    "{} cannot be given to --socket-group, as this user is not in it: {error}",
                    path.display()
                )
            })
        }
        Err(error) => told(&format!("cannot be written to: {error}")),
    }
}

/// Why an address cannot be had, and what could be done. The error may begin with the address, or with another one that a
/// name stands for.
pub(crate) fn cannot_listen(listen: &Listen, error: &io::Error) -> String {
    let (place, told) = (listen.to_string(), error.to_string());
    let bare = place.trim_start_matches("unix:");
    let told = told.strip_prefix(&format!("{bare}: ")).unwrap_or(&told);
    let way_out = match (listen, error.kind()) {
        (Listen::Tcp(_), ErrorKind::PermissionDenied) => {
            "ports below 1024 are root's: a proxy in front, or the capability CAP_NET_BIND_SERVICE, which systemd gives with \
             AmbientCapabilities=CAP_NET_BIND_SERVICE; --listen names another"
        }
        (Listen::Tcp(_), ErrorKind::AddrNotAvailable) => {
            "it is no address of this machine; --listen 0.0.0.0:PORT means all of them"
        }
        (Listen::Unix(_), ErrorKind::PermissionDenied) => {
            "the chat's user may not write to that folder, or is not in --socket-group; --listen names another"
        }
        (Listen::Unix(_), ErrorKind::AddrInUse) => {
            "another program listens there, or it is a file of another kind; --listen names another"
        }
        (Listen::Unix(_), ErrorKind::NotFound) => "the folder does not exist; --listen names another",
        _ => "--listen names another",
    };
    format!("cannot listen on {place}: {told} ({way_out})")
}

/// Raises the limit for descriptors as far as the system lets us, and as far as it is needed. What is to be said if that
/// is not enough.
pub(crate) fn make_room(connections: usize) -> Option<String> {
    let limit = getrlimit(Resource::Nofile);
    let needed = connections as u64 + RESERVE;
    let current = limit.current.unwrap_or(u64::MAX);
    let wanted = needed.min(limit.maximum.unwrap_or(u64::MAX));
    let raised = Rlimit { current: Some(wanted), maximum: limit.maximum };
    let room = match current < wanted && setrlimit(Resource::Nofile, raised).is_ok() {
        true => wanted,
        false => current,
    };
    (room < needed).then(|| {
        format!(
            "max-connections is {connections}, but the system allows {room} descriptors: some are turned away before that \
             (raise it: ulimit -n {needed}, or LimitNOFILE={needed} in systemd)"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_out_is_told_for_each_kind_of_address() {
        let (tcp, unix) = (Listen::Tcp("0.0.0.0:80".into()), Listen::Unix("/run/a.sock".into()));
        let table = [
            (&tcp, ErrorKind::PermissionDenied, "CAP_NET_BIND_SERVICE"),
            (&tcp, ErrorKind::AddrNotAvailable, "no address of this machine"),
            (&tcp, ErrorKind::AddrInUse, "--listen names another"),
            (&unix, ErrorKind::PermissionDenied, "folder"),
            (&unix, ErrorKind::NotFound, "the folder does not exist"),
            (&unix, ErrorKind::AddrInUse, "a file of another kind"),
        ];
        for (listen, kind, words) in table {
            let told = cannot_listen(listen, &kind.into());
            let begins = format!("cannot listen on {listen}: ");
            assert!(told.starts_with(&begins) && told.contains(words) && told.lines().count() == 1, "{told}");
        }
    }

    #[test]
    fn a_group_that_is_not_ours_to_give_is_found_before_the_start() {
        let socket = std::env::temp_dir().join(format!("pollcat-{}-group.sock", std::process::id()));
        assert_eq!(try_socket(&socket, None), Ok(()));
        let own = rustix::process::getegid().as_raw();
        assert_eq!(try_socket(&socket, Some(own)), Ok(()));
        // Nobody is in this one; root may give anything to it.
        let told = try_socket(&socket, Some(u32::MAX - 1));
        let is_root = rustix::process::geteuid().is_root();
        assert!(is_root || told.is_err_and(|told| told.contains("--socket-group")));
    }

    #[test]
    fn there_is_never_less_room_than_before() {
        let before = getrlimit(Resource::Nofile).current;
        assert_eq!(make_room(1), None);
        assert_eq!(getrlimit(Resource::Nofile).current, before);
        let told = make_room(usize::MAX >> 1).unwrap();
        assert!(told.contains("LimitNOFILE="), "{told}");
    }
}
