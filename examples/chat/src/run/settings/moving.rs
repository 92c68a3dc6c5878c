//! `--export`, `--import`, `--import-from`: a history moves out, or in.

use std::path::PathBuf;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Moving {
    /// Into a folder that does not exist, or is empty.
    Out {
        to: PathBuf,
    },
    In {
        from: PathBuf,
        format: Format,
    },
}

/// Whose export it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// What `--export` makes.
    Own,
    Slack,
    TheLounge,
}
