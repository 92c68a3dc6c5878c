//! The pid file: says which process serves, and keeps a second one from starting. While the process lives it holds a
//! lock on the file, which the system takes away with the process, however that ends: a number alone may have come to
//! mean somebody else.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};

/// Removed when it is dropped.
#[derive(Debug)]
pub(crate) struct PidFile {
    path: PathBuf,
    /// Keeps the lock.
    file: File,
}

impl PidFile {
    /// Writes the number of this process. A file whose process is gone is taken over.
    ///
    /// # Errors
    ///
    /// In words for people: another process has it, or it cannot be written.
    pub(crate) fn claim(path: &Path) -> Result<Self, String> {
        let told = |error| {
            format!("cannot write the pid file {}: {error} (--pid-file names another)", path.display())
        };
        loop {
            let mut file = open(path).map_err(told)?;
            let locked = match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => true,
                Err(Errno::WOULDBLOCK) => false,
                Err(error) => return Err(told(error.into())),
            };
            // Whoever had it before may have removed it while we were waiting at the door.
            if locked && !is_at(&file, path) {
                continue;
            }
            let pid = written_in(&mut file);
            if let Some(pid) = pid.filter(|pid| !locked || lives(*pid)) {
                let path = path.display();
                return Err(format!("process {} runs already: {path} says so", pid.as_raw_nonzero()));
            }
            if !locked {
                return Err(told(io::Error::other("another process has locked it")));
            }
            let mut pid_file = PidFile { path: path.to_owned(), file };
            pid_file.write().map_err(told)?;
            return Ok(pid_file);
        }
    }

    fn write(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()?;
        writeln!(self.file, "{}", std::process::id())
    }
}

impl Drop for PidFile {
    fn drop(&mut self) {
        if is_at(&self.file, &self.path) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

/// Is this file still the one with that name?
fn is_at(file: &File, path: &Path) -> bool {
    let identity = |meta: fs::Metadata| (meta.dev(), meta.ino());
    match (file.metadata(), fs::metadata(path)) {
        (Ok(ours), Ok(there)) => identity(ours) == identity(there),
        _ => false,
    }
}

/// The process that the file names, unless it is this one (in a container, numbers come again soon).
fn written_in(file: &mut File) -> Option<Pid> {
    let mut text = String::new();
    // No number of a process is as long as that.
    file.take(32).read_to_string(&mut text).ok()?;
    let pid = text.trim().parse().ok().filter(|pid| *pid > 0)?;
    Pid::from_raw(pid).filter(|pid| *pid != rustix::process::getpid())
}

/// Somebody else's process lives as well. One that was killed and whose parent has not asked how it ended (Linux calls
/// it a zombie) does not.
fn lives(pid: Pid) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).unwrap_or_default();
    let is_zombie = stat.rsplit_once(") ").is_some_and(|(_, state)| state.starts_with('Z'));
    !is_zombie && !matches!(test_kill_process(pid), Err(Errno::SRCH))
}

#[cfg(test)]
mod tests {
    use rustix::process::{WaitId, WaitIdOptions, waitid};

    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("pollcat-{}-{name}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Folder(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn it_says_who_serves_and_goes_with_them() {
        let folder = Folder::new("pid");
        let path = folder.0.join("chat.pid");
        let pid_file = PidFile::claim(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{}\n", std::process::id()));
        // A second one, even of the same process, finds it locked.
        assert!(PidFile::claim(&path).unwrap_err().contains("another process has locked it"));
        drop(pid_file);
        assert!(!path.exists());
    }

    #[test]
    fn a_living_process_keeps_it_and_a_dead_one_does_not() {
        let folder = Folder::new("pid-lives");
        let path = folder.0.join("chat.pid");
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        fs::write(&path, format!("{}\n", child.id())).unwrap();
        let told = PidFile::claim(&path).unwrap_err();
        assert!(told.starts_with(&format!("process {} runs already: ", child.id())), "{told}");

        // It has ended, and nobody has asked how; then somebody has.
        child.kill().unwrap();
        let (id, ended) =
            (WaitId::Pid(Pid::from_child(&child)), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT);
        waitid(id, ended).unwrap();
        for _ in 0..2 {
            fs::write(&path, format!("{}\n", child.id())).unwrap();
            PidFile::claim(&path).unwrap();
            child.wait().unwrap();
        }
    }

    #[test]
    fn what_names_no_process_is_replaced() {
        let folder = Folder::new("pid-odd");
        let path = folder.0.join("chat.pid");
        let own = std::process::id().to_string();
        for odd in ["", "hello", "-1", "0", "999999999999", "12 34", &own, &"9".repeat(1000)] {
            fs::write(&path, odd).unwrap();
            let pid_file = PidFile::claim(&path).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), format!("{own}\n"), "{odd}");
            drop(pid_file);
        }
    }

    #[test]
    fn a_file_that_somebody_else_put_there_is_left_alone() {
        let folder = Folder::new("pid-other");
        let path = folder.0.join("chat.pid");
        let pid_file = PidFile::claim(&path).unwrap();
        fs::remove_file(&path).unwrap();
        fs::write(&path, "not ours").unwrap();
        drop(pid_file);
        assert_eq!(fs::read_to_string(&path).unwrap(), "not ours");
        assert!(
            PidFile::claim(&folder.0.join("no/chat.pid")).unwrap_err().contains("--pid-file names another")
        );
    }
}
