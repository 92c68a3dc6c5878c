//! The log: one line per event, to stderr or to a file that can be opened anew after it was moved aside. A thread writes
//! it, so that nobody waits for a slow disk or for whoever reads the lines; and it stays small when much happens.
//!
//! | file | what it knows |
//! |---|---|
//! | `line.rs`, `json.rs` | what a line looks like: for people, for programs |
//! | `danger.rs` | characters that may not stand in it as they are |
//! | `flood.rs` | which lines are left out and counted, when there are too many of a kind |
//! | `queue.rs` | what waits to be written, and what is left out when it is too much |
//! | `file.rs` | the file |

mod danger;
mod file;
mod flood;
mod json;
mod line;
mod queue;

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use env_logger::{Builder, Env, Target, WriteStyle};
use log::{Level, LevelFilter, Log, Metadata, Record};

use crate::metrics::Metrics;
use crate::run::settings::Settings;
use file::{LogFile, Writer};
use flood::{Flood, Floods};
use line::{Look, line};
use queue::{Batch, Entrance, Queue, lines, write_lines};

/// The variable that says in detail which lines are wanted.
const FILTER: &str = "RUST_LOG";

/// How long the program waits for its last words to be read.
const PATIENCE: Duration = Duration::from_secs(1);

/// A handle on the log. Its clones are the same log.
#[derive(Debug, Clone)]
pub(crate) struct Logs {
    /// `None`: stderr.
    file: Option<Arc<LogFile>>,
    /// The environment says which lines are wanted, and not the settings.
    has_filter: bool,
}

impl Logs {
    /// Whatever is logged from now on is written, a panic too. `RUST_LOG` wins over the level in the settings.
    ///
    /// # Errors
    ///
    /// The file cannot be written; in words for people.
    pub(crate) fn start(settings: &Settings, metrics: &Metrics) -> Result<Self, String> {
        let file = match &settings.log_file {
            Some(path) => Some(Arc::new(LogFile::open(path, settings.log_mode).map_err(|error| {
                format!("cannot write the log to {}: {error} (--log-file names another)", path.display())
            })?)),
            None => None,
        };
        let out: Box<dyn Write + Send> = match &file {
            Some(file) => Box::new(Writer(Arc::clone(file))),
            None => Box::new(io::stderr()),
        };
        let look = Look { format: settings.log_format, is_journal: file.is_none() && is_the_journal() };
        let (queue, floods) = (Arc::new(Queue::default()), Arc::new(Floods::new()));
        let front = Front::new(look, Arc::clone(&queue), Arc::clone(&floods));
        let pen = Pen { out, look, lost: 0, within_a_line: false, metrics: metrics.clone() };
        thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || pen.write_for_ever(&queue, &floods))
            .map_err(|error| {
                format!("cannot start a thread for the log: {error} (ulimit -u, or TasksMax= in systemd)")
            })?;

        let logs = Logs { file, has_filter: std::env::var_os(FILTER).is_some() };
        log::set_max_level(if logs.has_filter { front.logger.filter() } else { settings.log_level });
        log::set_boxed_logger(Box::new(front)).expect("the log is started once");
        if !logs.is_on_terminal() {
            std::panic::set_hook(Box::new(|panic| {
                log::error!("{}", panic.to_string().replace('\n', " "));
                log::logger().flush();
            }));
        }
        Ok(logs)
    }

    /// Other lines are wanted from now on. `RUST_LOG` wins, still.
    pub(crate) fn set_level(&self, level: LevelFilter) {
        match self.has_filter {
            true => log::warn!("{FILTER} says what is logged, and not log-level"),
            false => log::set_max_level(level),
        }
    }

    /// Opens the file anew, so that the old one may be moved or removed. If that fails, the log stays where it is.
    pub(crate) fn reopen(&self) {
        let Some(log) = &self.file else {
            return log::info!("the log is on stderr, there is no file to open anew");
        };
        match log.reopen() {
            Ok(()) => log::info!("the log goes on in {}", log.path().display()),
            Err(error) => log::error!(
                "cannot open {}: {error}; the log goes on in the file that was open",
                log.path().display()
            ),
        }
    }

    /// Sends to the log file what is said on stdout and stderr, now and after it is opened anew.
    ///
    /// # Errors
    ///
    /// The system does not let us.
    pub(crate) fn take_stdio(&self) -> io::Result<()> {
        self.file.as_ref().map_or(Ok(()), |log| log.take_stdio())
    }

    /// Does somebody read along in a terminal?
    pub(crate) fn is_on_terminal(&self) -> bool {
        self.file.is_none() && io::stderr().is_terminal()
    }
}

/// Says something to whoever started the program. If they do not read, nobody waits for them for longer than
/// [`PATIENCE`].
pub(crate) fn tell<S: Write + 'static>(stream: fn() -> S, words: String) {
    let words: Arc<str> = words.into();
    let say = move |words: &str| {
        let mut stream = stream();
        let _ = stream.write_all(words.as_bytes()).and_then(|()| stream.flush());
    };
    let (said, wait) = channel::<()>();
    let copy = Arc::clone(&words);
    let started = thread::Builder::new().spawn(move || {
        say(&copy);
        drop(said);
    });
    match started {
        Ok(_) => drop(wait.recv_timeout(PATIENCE)),
        // The system has no thread for us: that is what there is to say.
        Err(_) => say(&words),
    }
}

/// Does stderr lead to systemd's journal (systemd.exec(5), `JOURNAL_STREAM`)?
fn is_the_journal() -> bool {
    let named = std::env::var("JOURNAL_STREAM").unwrap_or_default();
    rustix::fs::fstat(io::stderr()).is_ok_and(|stat| named == format!("{}:{}", stat.st_dev, stat.st_ino))
}

/// Where lines come in.
struct Front {
    /// Knows which are wanted.
    logger: env_logger::Logger,
    look: Look,
    queue: Arc<Queue>,
    floods: Arc<Floods>,
}

impl Front {
    /// Without that variable all lines pass, that the level has let through.
    fn new(look: Look, queue: Arc<Queue>, floods: Arc<Floods>) -> Self {
        let mut log = Builder::from_env(Env::new().filter(FILTER).default_filter_or("trace"));
        let written =
            move |record: &Record<'_>| line(look, record.level(), record.args(), record.key_values());
        let logger = log
            .write_style(WriteStyle::Never)
            .format(move |out, record| out.write_all(written(record).as_bytes()))
            .target(Target::Pipe(Box::new(Entrance(Arc::clone(&queue)))))
            .build();
        Front { logger, look, queue, floods }
    }
}

impl Log for Front {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.logger.enabled(metadata)
    }

    fn log(&self, record: &Record<'_>) {
        if self.logger.matches(record) && self.floods.admit(record, || self.queue.poke()) {
            self.logger.log(record);
        }
    }

    /// For the end: floods are told, and everything is written, unless that takes longer than [`PATIENCE`].
    fn flush(&self) {
        push_floods(&self.queue, self.look, self.floods.all());
        self.queue.flush(PATIENCE);
    }
}

fn push_floods(queue: &Queue, look: Look, told: Vec<Flood>) {
    for Flood { level, left_out, words } in told {
        queue.push(line(look, level, words, &[("left_out", left_out)]).as_bytes());
    }
}

/// What the thread writes with.
struct Pen<W> {
    out: W,
    look: Look,
    /// Lines that are missing, which nobody has been told.
    lost: u64,
    /// The last line could not be written to its end.
    within_a_line: bool,
    metrics: Metrics,
}

impl<W: Write> Pen<W> {
    fn write_for_ever(mut self, queue: &Queue, floods: &Floods) {
        let mut batch = Batch::default();
        loop {
            batch = queue.next(batch, floods.next_end());
            self.write(&batch);
            push_floods(queue, self.look, floods.ended());
        }
    }

    fn write(&mut self, batch: &Batch) {
        self.tell_lost();
        self.write_text(&batch.text);
        self.lose(batch.left_out);
        self.tell_lost();
    }

    fn lose(&mut self, lines: u64) {
        self.lost += lines;
        self.metrics.lines_dropped(lines);
    }

    fn tell_lost(&mut self) {
        if self.lost > 0 {
            let words = format_args!("{} lines left out: they could not be written in time", self.lost);
            let end = if self.within_a_line { "\n" } else { "" };
            let told = end.to_owned() + &line(self.look, Level::Warn, words, &[("left_out", self.lost)]);
            let lost = std::mem::take(&mut self.lost);
            self.write_text(told.as_bytes());
            if self.lost > 0 {
                self.lost = lost;
            }
        }
    }

    fn write_text(&mut self, text: &[u8]) {
        let rest = write_lines(&mut self.out, text);
        self.lose(lines(rest));
        if rest.len() < text.len() {
            self.within_a_line = !text[..text.len() - rest.len()].ends_with(b"\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::settings::LogFormat;

    /// Takes so many bytes.
    struct Small(Vec<u8>, usize);

    impl Write for Small {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let length = bytes.len().min(self.1 - self.0.len());
            if length == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.0.extend_from_slice(&bytes[..length]);
            Ok(length)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_could_not_be_written_is_told_when_it_goes_on() {
        let batch = |text: &[u8], left_out| Batch { text: text.to_vec(), left_out };
        let metrics = Metrics::default();
        let look = Look { format: LogFormat::Text, is_journal: true };
        let out = Small(Vec::new(), 6);
        let mut pen = Pen { out, look, lost: 0, within_a_line: false, metrics };
        pen.write(&batch(b"one\ntwo\nthree\n", 0));
        pen.write(&batch(b"four\n", 3));
        pen.out.1 = 1000; // there is room again
        pen.write(&batch(b"five\n", 2));
        pen.write(&batch(b"six\n", 0));
        let told = |count| format!("<4>{count} lines left out: they could not be written in time\n");
        let expected = format!("one\ntw\n{}five\n{}six\n", told(6), told(2));
        assert_eq!(String::from_utf8(pen.out.0).unwrap(), expected);
    }
}
