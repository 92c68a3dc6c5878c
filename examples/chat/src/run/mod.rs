//! What a program is that has nothing to do with a chat: settings, logs, signals, files with a number in them, clocks. And
//! what its operator has beside it: the link to the admin page, new hooks, and the words that are not said.

pub(crate) mod admin_link;
pub(crate) mod banner;
pub(crate) mod beside;
pub(crate) mod board;
pub(crate) mod budgets;
pub(crate) mod built;
pub(crate) mod certificates;
pub(crate) mod clock;
pub(crate) mod daemon;
pub(crate) mod damper;
pub(crate) mod health;
pub(crate) mod joining;
pub(crate) mod listening;
pub(crate) mod logs;
pub(crate) mod new_hook;
pub(crate) mod notify;
pub(crate) mod panics;
pub(crate) mod passed;
pub(crate) mod pid_file;
pub(crate) mod preflight;
pub(crate) mod reload;
pub(crate) mod settings;
pub(crate) mod signals;
pub(crate) mod text;
pub(crate) mod words;
