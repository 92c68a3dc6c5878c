//! The pid file: says which process serves, and keeps a second one from starting. While the process lives it holds a
//! lock on the file, which the system takes away with the process, however that ends. The lock alone is what counts: a
//! number may have come to mean somebody else.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

/// A file that is longer has never been a pid file.
const LONGEST: u64 = 32;

/// Anybody may read it. Whoever could write to it could have another process stopped in our place.
const MODE: u32 = 0o644;

/// Removed when it is dropped.
#[derive(Debug)]
pub(crate) struct PidFile {
    path: PathBuf,
    /// Keeps the lock.
    file: File,
}

impl PidFile {
    /// Writes the number of this process. A file that nobody has locked is taken over, whatever number is in it. A file
    /// with anything else in it is somebody's, and named by mistake.
    ///
    /// # Errors
    ///
    /// In words for people: another process has it, it is no pid file, or it cannot be written.
    pub(crate) fn claim(path: &Path) -> Result<Self, String> {
        let told = |error| {
            format!("cannot write the pid file {}: {error} (--pid-file names another)", path.display())
        };
        loop {
            let mut file = open(path).map_err(told)?;
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => {}
                Err(Errno::WOULDBLOCK) => return Err(taken(path, &mut file)),
                Err(error) => return Err(told(error.into())),
            }
            // Whoever had it before may have removed it while we were waiting at the door.
            if is_at(&file, path) {
                if !is_pid_file(&mut file).map_err(told)? {
                    return Err(no_pid_file(path));
                }
                let mut pid_file = PidFile { path: path.to_owned(), file };
                pid_file.write().map_err(told)?;
                return Ok(pid_file);
            }
        }
    }

    /// Is it one, if it is there?
    ///
    /// # Errors
    ///
    /// No, in words for people.
    pub(crate) fn look_at(path: &Path) -> Result<(), String> {
        match File::open(path).and_then(|mut file| is_pid_file(&mut file)) {
            Ok(false) => Err(no_pid_file(path)),
            _ => Ok(()),
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
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(MODE).open(path)
}

/// Is there nothing in it that anybody could miss: a number, or what a crash of the machine leaves of one?
fn is_pid_file(file: &mut File) -> io::Result<bool> {
    let meta = file.metadata()?;
    if !meta.is_file() || meta.len() > LONGEST {
        return Ok(false);
    }
    let mut bytes = Vec::new();
    file.take(LONGEST).read_to_end(&mut bytes)?;
    Ok(bytes
        .iter()
        .all(|byte| byte.is_ascii_digit() || byte.is_ascii_whitespace() || [b'-', 0].contains(byte)))
}

fn no_pid_file(path: &Path) -> String {
    format!("{} is no pid file, and is not written over (--pid-file names another)", path.display())
}

/// Another process holds the lock; which one, it should have written.
fn taken(path: &Path, file: &mut File) -> String {
    let mut text = String::new();
    let _ = file.take(LONGEST).read_to_string(&mut text);
    let path = path.display();
    match text.trim().parse::<u32>() {
        Ok(pid) => format!("process {pid} runs already: it has locked {path} (--pid-file names another)"),
        Err(_) => format!("another process has locked the pid file {path} (--pid-file names another)"),
    }
}

/// Is this file still the one with that name?
fn is_at(file: &File, path: &Path) -> bool {
    let identity = |meta: fs::Metadata| (meta.dev(), meta.ino());
    match (file.metadata(), fs::metadata(path)) {
        (Ok(ours), Ok(there)) => identity(ours) == identity(there),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("pollcat-{}-{name}", std::process::id()));
            // A test that was killed may have had this number.
            let _ = fs::remove_dir_all(&path);
            fs::create_dir(&path).unwrap();
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
        let told = PidFile::claim(&path).unwrap_err();
        assert!(told.starts_with(&format!("process {} runs already: ", std::process::id())), "{told}");
        fs::write(&path, "nothing\n").unwrap();
        assert!(PidFile::claim(&path).unwrap_err().starts_with("another process has locked "));
        drop(pid_file);
        assert!(!path.exists());
    }

    #[test]
    fn only_a_lock_keeps_it_and_whose_number_it_has_does_not_matter() {
        let folder = Folder::new("pid-lives");
        let path = folder.0.join("chat.pid");
        // Somebody who has nothing to do with it; the first process of all; ourselves.
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        for pid in [child.id(), 1, std::process::id()] {
            fs::write(&path, format!("{pid}\n")).unwrap();
            drop(PidFile::claim(&path).unwrap());
            assert!(!path.exists());
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }

    #[test]
    fn whatever_number_it_has_is_replaced() {
        let folder = Folder::new("pid-odd");
        let path = folder.0.join("chat.pid");
        let own = std::process::id().to_string();
        for odd in ["", "-1", "0", "999999999999", "12 34", "12\r\n", "\0\0\0\0\0\0", &own, &"9".repeat(32)] {
            fs::write(&path, odd).unwrap();
            let pid_file = PidFile::claim(&path).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), format!("{own}\n"), "{odd}");
            drop(pid_file);
        }
    }

    #[test]
    fn a_file_with_anything_else_in_it_is_left_as_it_is() {
        let folder = Folder::new("pid-no");
        let path = folder.0.join("chat.pid");
        for theirs in ["hello", "listen = 1\n", "SQLite format 3\0", "12 x", "٤", &"9".repeat(33)] {
            fs::write(&path, theirs).unwrap();
            let told = PidFile::claim(&path).unwrap_err();
            assert!(told.contains("is no pid file") && told.contains("--pid-file names another"), "{told}");
            assert_eq!(PidFile::look_at(&path), Err(told));
            assert_eq!(fs::read_to_string(&path).unwrap(), theirs);
        }
        assert!(PidFile::claim(Path::new("/dev/null")).unwrap_err().contains("is no pid file"));
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
