//! The log: one line per event, with the time in UTC, to stderr or to a file that can be opened anew after it was moved
//! aside.

use std::fmt::{self, Write as _};
use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use env_logger::{Builder, Env, Target, WriteStyle};

use crate::settings::Settings;

/// A handle on the log. Its clones are the same log.
#[derive(Debug, Clone)]
pub(crate) struct Logs {
    /// `None`: stderr.
    file: Option<Arc<LogFile>>,
}

#[derive(Debug)]
struct LogFile {
    path: PathBuf,
    file: Mutex<File>,
    /// What the program says on stdout and stderr (a panic, say) belongs here as well.
    has_stdio: AtomicBool,
}

impl Logs {
    /// Whatever is logged from now on is written. `RUST_LOG` wins over the level in the settings.
    ///
    /// # Errors
    ///
    /// The file cannot be written; in words for people.
    pub(crate) fn start(settings: &Settings) -> Result<Self, String> {
        let file = match &settings.log_file {
            Some(path) => Some(Arc::new(LogFile::open(path).map_err(|error| {
                format!("cannot write the log to {}: {error} (--log-file names another)", path.display())
            })?)),
            None => None,
        };
        let mut log = Builder::from_env(Env::new().default_filter_or(settings.log_level.as_str()));
        log.write_style(WriteStyle::Never).format(|out, record| {
            writeln!(out, "{} {:5} {}", out.timestamp_millis(), record.level(), OneLine(record.args()))
        });
        if let Some(file) = &file {
            log.target(Target::Pipe(Box::new(Writer(Arc::clone(file)))));
        }
        log.init();
        Ok(Logs { file })
    }

    /// Opens the file anew, so that the old one may be moved or removed. If that fails, the log stays where it is.
    pub(crate) fn reopen(&self) {
        let Some(log) = &self.file else {
            return log::info!("SIGHUP: the log is on stderr, there is no file to open anew");
        };
        match log.reopen() {
            Ok(()) => log::info!("SIGHUP: the log goes on in {}", log.path.display()),
            Err(error) => log::error!(
                "SIGHUP: cannot open {}: {error}; the log goes on in the file that was open",
                log.path.display()
            ),
        }
    }

    /// Sends to the log file what is said on stdout and stderr, now and after it is opened anew.
    ///
    /// # Errors
    ///
    /// The system does not let us.
    pub(crate) fn take_stdio(&self) -> io::Result<()> {
        let Some(log) = &self.file else { return Ok(()) };
        log.has_stdio.store(true, Ordering::Relaxed);
        point_stdio_at(&log.lock())
    }

    /// Does somebody read along in a terminal?
    pub(crate) fn is_on_terminal(&self) -> bool {
        self.file.is_none() && io::stderr().is_terminal()
    }
}

impl LogFile {
    fn open(path: &Path) -> io::Result<Self> {
        let file = Mutex::new(append_to(path)?);
        Ok(LogFile { path: path.to_owned(), file, has_stdio: AtomicBool::new(false) })
    }

    fn reopen(&self) -> io::Result<()> {
        let file = append_to(&self.path)?;
        if self.has_stdio.load(Ordering::Relaxed) {
            point_stdio_at(&file)?;
        }
        *self.lock() = file;
        Ok(())
    }

    /// A thread that panicked in the middle of a line has not spoiled the file for the others.
    fn lock(&self) -> impl std::ops::DerefMut<Target = File> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn append_to(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).open(path)
}

fn point_stdio_at(file: &File) -> io::Result<()> {
    rustix::stdio::dup2_stdout(file)?;
    rustix::stdio::dup2_stderr(file)?;
    Ok(())
}

/// The logger's way to a file that may be another one tomorrow.
struct Writer(Arc<LogFile>);

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.lock().flush()
    }
}

/// Words that cannot begin a line of their own, nor turn the direction of the one they are in: a client may have
/// chosen some of them.
struct OneLine<T>(T);

impl<T: fmt::Display> fmt::Display for OneLine<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Escaping(f), "{}", self.0)
    }
}

struct Escaping<'a, 'b>(&'a mut fmt::Formatter<'b>);

impl fmt::Write for Escaping<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut plain_from = 0;
        for (place, c) in text.char_indices().filter(|(_, c)| is_dangerous(*c)) {
            self.0.write_str(&text[plain_from..place])?;
            write!(self.0, "{}", c.escape_default())?;
            plain_from = place + c.len_utf8();
        }
        self.0.write_str(&text[plain_from..])
    }
}

/// Controls, line and paragraph separators, and the controls of the bidirectional algorithm (UAX #9 §2).
fn is_dangerous(c: char) -> bool {
    let direction =
        matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    c.is_control() || direction || matches!(c, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_cannot_forge_a_line() {
        let table = [
            ("plain 你好 \"quoted\" \\", "plain 你好 \"quoted\" \\"),
            ("a\n2026-11-21T10:00:00.000Z ERROR b", "a\\n2026-11-21T10:00:00.000Z ERROR b"),
            ("\r\t\0\u{1b}[2J\u{7f}", "\\r\\t\\u{0}\\u{1b}[2J\\u{7f}"),
            ("\u{85}\u{9b}1m", "\\u{85}\\u{9b}1m"),
            ("\u{202e}txt\u{2069}\u{2028}", "\\u{202e}txt\\u{2069}\\u{2028}"),
            ("", ""),
        ];
        for (said, written) in table {
            assert_eq!(OneLine(said).to_string(), written);
        }
        for c in '\0'..=char::MAX {
            let line = OneLine(c).to_string();
            assert_eq!((line.lines().count(), line.contains(char::is_control)), (1, false), "{c:?}");
        }
    }

    #[test]
    fn a_log_that_was_moved_goes_on_under_its_name() {
        let folder = std::env::temp_dir().join(format!("pollcat-{}-logs", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (path, moved) = (folder.join("chat.log"), folder.join("chat.log.1"));
        std::fs::write(&path, "before\n").unwrap();

        let log = Arc::new(LogFile::open(&path).unwrap());
        let mut writer = Writer(Arc::clone(&log));
        writer.write_all(b"one\n").unwrap();
        std::fs::rename(&path, &moved).unwrap();
        writer.write_all(b"two\n").unwrap();
        log.reopen().unwrap();
        writer.write_all(b"three\n").unwrap();
        let read = |path| std::fs::read_to_string(path).unwrap();
        assert_eq!((read(&moved), read(&path)), ("before\none\ntwo\n".into(), "three\n".into()));

        // Where it cannot be opened, the old one is written on.
        std::fs::remove_file(&path).unwrap();
        std::fs::rename(&moved, folder.join("kept")).unwrap();
        std::fs::create_dir(&path).unwrap();
        assert!(log.reopen().is_err());
        writer.write_all(b"four\n").unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_log_that_cannot_be_written_is_told_with_its_name() {
        assert!(LogFile::open(Path::new("/no/such/folder/chat.log")).is_err());
    }
}
