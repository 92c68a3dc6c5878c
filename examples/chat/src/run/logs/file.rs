//! The file of the log, which can be opened anew after it was moved aside. It may be a named pipe as well: then nobody
//! waits for its reader either.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::fs::OFlags;

#[derive(Debug)]
pub(super) struct LogFile {
    path: PathBuf,
    /// Of a file that is made; the umask may take more away.
    mode: u32,
    /// Shared, so that whoever opens it anew does not wait for somebody who writes.
    file: Mutex<Arc<File>>,
    /// What the program says on stdout and stderr belongs here as well.
    has_stdio: AtomicBool,
}

impl LogFile {
    pub(super) fn open(path: &Path, mode: u32) -> io::Result<Self> {
        let file = Mutex::new(Arc::new(append_to(path, mode)?));
        Ok(LogFile { path: path.to_owned(), mode, file, has_stdio: AtomicBool::new(false) })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn reopen(&self) -> io::Result<()> {
        let file = append_to(&self.path, self.mode)?;
        if self.has_stdio.load(Ordering::Relaxed) {
            point_stdio_at(&file)?;
        }
        *self.lock() = Arc::new(file);
        Ok(())
    }

    /// Sends stdout and stderr here, now and after it is opened anew.
    pub(super) fn take_stdio(&self) -> io::Result<()> {
        self.has_stdio.store(true, Ordering::Relaxed);
        point_stdio_at(&self.current())
    }

    fn current(&self) -> Arc<File> {
        Arc::clone(&self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Arc<File>> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn append_to(path: &Path, mode: u32) -> io::Result<File> {
    // A pipe that nobody has opened for reading is an error, rather than something to wait for.
    let at_once = OFlags::NONBLOCK.bits() as i32;
    OpenOptions::new().append(true).create(true).mode(mode).custom_flags(at_once).open(path)
}

fn point_stdio_at(file: &File) -> io::Result<()> {
    rustix::stdio::dup2_stdout(file)?;
    rustix::stdio::dup2_stderr(file)?;
    Ok(())
}

/// The way to a file that may be another one tomorrow.
pub(super) struct Writer(pub(super) Arc<LogFile>);

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.current().as_ref().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.current().as_ref().flush()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    #[test]
    fn a_log_that_was_moved_goes_on_under_its_name() {
        let folder = std::env::temp_dir().join(format!("pollcat-{}-logs", std::process::id()));
        // A test that was killed may have had this number.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir(&folder).unwrap();
        let (path, moved) = (folder.join("chat.log"), folder.join("chat.log.1"));
        std::fs::write(&path, "before\n").unwrap();

        let log = Arc::new(LogFile::open(&path, 0o640).unwrap());
        let mut writer = Writer(Arc::clone(&log));
        writer.write_all(b"one\n").unwrap();
        std::fs::rename(&path, &moved).unwrap();
        writer.write_all(b"two\n").unwrap();
        log.reopen().unwrap();
        writer.write_all(b"three\n").unwrap();
        let read = |path| std::fs::read_to_string(path).unwrap();
        assert_eq!((read(&moved), read(&path)), ("before\none\ntwo\n".into(), "three\n".into()));
        let mode = std::fs::metadata(&path).unwrap().mode();
        assert_eq!(mode & 0o137, 0, "others may not read {mode:o}");

        // Where it cannot be opened, the old one is written on.
        std::fs::remove_file(&path).unwrap();
        std::fs::rename(&moved, folder.join("kept")).unwrap();
        std::fs::create_dir(&path).unwrap();
        assert!(log.reopen().is_err());
        writer.write_all(b"four\n").unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_log_that_cannot_be_written_is_told() {
        assert!(LogFile::open(Path::new("/no/such/folder/chat.log"), 0o640).is_err());
    }
}
