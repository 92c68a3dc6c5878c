//! What the joiner does not understand, and where that is.

use std::fmt;

pub(crate) type Result<T> = std::result::Result<T, Trouble>;

/// A place in a file of the page, and what is wrong there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// From the folder of the page.
    pub file: String,
    /// From 1; 0: the file as a whole.
    pub line: usize,
    /// What is wrong, in words that say what to do.
    pub words: String,
}

impl Trouble {
    pub(crate) fn new(file: &str, line: usize, words: impl Into<String>) -> Self {
        Trouble { file: file.to_owned(), line, words: words.into() }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.words),
            line => write!(f, "{}:{line}: {}", self.file, self.words),
        }
    }
}

impl std::error::Error for Trouble {}
