//! How much memory clients can make the chat keep: all of them together, and each address of it. The whole is a setting; how it is
//! shared out is here.

use crate::settings::Settings;

/// What may wait for one client, in bytes.
pub(crate) const SEND_QUEUE: usize = 4 << 20;

/// In bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Budget {
    pub all: usize,
    pub address: usize,
}

impl Budget {
    /// A part of it for each address, but so much in any case.
    fn shared(all: usize, part: usize, least: usize) -> Self {
        Budget { all, address: (all / part).max(least).min(all) }
    }

    /// What has begun to come.
    pub(crate) fn receiving(settings: &Settings) -> Self {
        Budget::shared(settings.max_receiving, 8, 2 * settings.max_picture)
    }

    /// Messages that have not been read.
    pub(crate) fn messages(settings: &Settings) -> Self {
        Budget::shared(settings.max_sending / 3, 16, SEND_QUEUE)
    }

    /// Pictures that have not been read: a room may show many, and one household has one address.
    pub(crate) fn pictures(settings: &Settings) -> Self {
        Budget::shared(settings.max_sending / 3 * 2, 8, 2 * settings.max_picture)
    }

    /// What was sent before it could be done ([`crate::order`]), if it is long.
    pub(crate) fn early(settings: &Settings) -> Self {
        Budget::shared(settings.max_receiving / 4, 8, settings.max_picture)
    }
}
