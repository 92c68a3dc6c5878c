//! What a program is that has nothing to do with a chat: settings, logs, signals, files with a number in them, clocks.

pub(crate) mod banner;
pub(crate) mod budgets;
pub(crate) mod certificates;
pub(crate) mod clock;
pub(crate) mod daemon;
pub(crate) mod damper;
pub(crate) mod logs;
pub(crate) mod pid_file;
pub(crate) mod preflight;
pub(crate) mod settings;
pub(crate) mod signals;
