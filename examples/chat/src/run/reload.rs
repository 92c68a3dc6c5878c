//! What is read again when SIGHUP comes: the settings, and the file of words. Settings that make no sense change nothing, and neither
//! does another file of words that cannot be used. The same file with faults in it leaves the words as they are. The log says why.

use crate::metrics::Metrics;
use crate::run::logs::Logs;
use crate::run::preflight;
use crate::run::settings::{self, Settings};
use crate::run::words::Words;
use crate::tickets::Reloaded;

/// What is in force, to compare with.
pub(crate) struct Reload {
    settings: Settings,
    words: Words,
    logs: Logs,
    metrics: Metrics,
}

impl Reload {
    pub(crate) fn new(settings: &Settings, words: Words, logs: Logs, metrics: Metrics) -> Self {
        Reload { settings: settings.clone(), words, logs, metrics }
    }

    /// Reads it all again. `None`: the settings make no sense, so everything stays.
    pub(crate) fn read_again(&mut self) -> Option<Reloaded> {
        let args: Vec<_> = std::env::args_os().collect();
        let read = settings::read_again(&args, |name| std::env::var_os(name));
        let changed = read.and_then(|read| self.settings.changed_to(&read));
        let checked = changed.and_then(|(settings, changes)| {
            // A file of words that is named anew is a setting, and has to be one.
            let words = Words::of(&settings);
            let filter = match words == self.words {
                true => words.read_again(),
                false => Some(words.read().map_err(|fault| vec![fault])?),
            };
            Ok((settings, changes, words, filter))
        });
        let (settings, changes, words, filter) = checked
            .inspect_err(|faults| {
                self.metrics.reload_failed();
                let faults = faults.join("; ");
                log::error!(
                    "the settings from before stay: {faults}; when that is mended, SIGHUP reads them again"
                );
            })
            .ok()?;
        let has_changed = settings != self.settings;
        if settings.max_connections > self.settings.max_connections {
            let too_little_room = preflight::make_room(settings.max_connections);
            too_little_room.into_iter().for_each(|told| log::warn!("{told}"));
        }
        if settings.log_level != self.settings.log_level {
            self.logs.set_level(settings.log_level);
        }
        self.words = words;
        self.settings = settings;
        Some(Reloaded {
            settings: has_changed.then(|| Box::new(self.settings.clone())),
            words: filter.map(Box::new),
            changes,
        })
    }
}
