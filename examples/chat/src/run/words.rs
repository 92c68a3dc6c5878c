//! The file of words that are not said here (`--words`): read at the start, and again when SIGHUP comes.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use crate::run::settings::Settings;
use crate::run::text;
use crate::words::{Filter, Judged};

/// The longest file, in bytes: lists that are longer are lists of something else.
const LONGEST: u64 = 8 << 20;

/// The file, if one was named.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Words(Option<PathBuf>);

impl Words {
    pub(crate) fn of(settings: &Settings) -> Self {
        Words(settings.words.clone())
    }

    /// What is in it now. Nothing, if there is none.
    ///
    /// # Errors
    ///
    /// In words: it cannot be read, or which of its lines makes no sense.
    pub(crate) fn read(&self) -> Result<Filter, String> {
        let Some(path) = &self.0 else {
            return Ok(Filter::default());
        };
        let text =
            text_of(path).map_err(|error| format!("words: {} cannot be read: {error}", path.display()))?;
        Filter::parse(&text).map_err(|fault| format!("words: {}: {fault}", path.display()))
    }

    /// The same while the chat runs: with a bad file nothing changes.
    pub(crate) fn read_again(&self) -> Option<Filter> {
        self.0.as_ref()?;
        self.read().inspect_err(|words| log::warn!("{words}; the words from before stay")).ok()
    }
}

/// How many there are.
pub(crate) fn told(Judged { refuse, mask, review }: Judged) -> String {
    format!("{refuse} are refused, {mask} are masked, {review} are looked at before")
}

fn text_of(path: &Path) -> Result<String, String> {
    // Whatever it is, opening it does not wait: signals are heard by the thread that reads it again.
    let flags = OFlags::NONBLOCK.bits() as i32;
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path);
    let file = file.map_err(|error| error.to_string())?;
    if !file.metadata().is_ok_and(|it| it.is_file()) {
        return Err("it is no file".to_owned());
    }
    text::read(file, LONGEST)
}

#[cfg(test)]
#[test]
fn what_is_no_file_is_not_waited_for() {
    let path = std::env::temp_dir().join(format!("pollcat-words-{}", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let made = std::process::Command::new("mkfifo").arg(&path).status().expect("mkfifo is there");
    assert!(made.success());
    assert_eq!(text_of(&path), Err("it is no file".to_owned()));
    std::fs::remove_file(&path).expect("it was made here");
    assert_eq!(text_of(&std::env::temp_dir()), Err("it is no file".to_owned()));
}
