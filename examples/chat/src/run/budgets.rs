//! How much memory clients can make the chat keep: all of them together, and each address of it. The whole is a setting; how it is
//! shared out is here.

use std::collections::HashMap;
use std::net::IpAddr;

use crate::run::settings::Settings;

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

    /// What was sent before it could be done (`session/order.rs`).
    pub(crate) fn early(settings: &Settings) -> Self {
        Budget::shared(settings.max_receiving / 4, 8, settings.max_picture)
    }
}

/// What has been taken of a budget.
#[derive(Debug)]
pub(crate) struct Account {
    budget: Budget,
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

impl Account {
    pub(crate) fn new(budget: Budget) -> Self {
        Account { budget, all: 0, by_address: HashMap::new() }
    }

    /// Another budget. What has been taken stays, though it may be more.
    pub(crate) fn set_budget(&mut self, budget: Budget) {
        self.budget = budget;
    }

    /// The most that may be taken for an address.
    pub(crate) fn most(&self, by: Option<IpAddr>) -> usize {
        let Budget { all, address } = self.budget;
        if by.is_some() { address.min(all) } else { all }
    }

    /// Are so many bytes left for an address? `None` has no share, only the whole.
    pub(crate) fn has(&self, by: Option<IpAddr>, bytes: usize) -> bool {
        let own = by.map_or(0, |by| self.by_address.get(&by).copied().unwrap_or(0) + bytes);
        self.all + bytes <= self.budget.all && own <= self.budget.address
    }

    /// Takes so many bytes for an address, if they are left.
    pub(crate) fn take(&mut self, by: Option<IpAddr>, bytes: usize) -> bool {
        if !self.has(by, bytes) {
            return false;
        }
        self.all += bytes;
        by.into_iter().for_each(|by| *self.by_address.entry(by).or_insert(0) += bytes);
        true
    }

    pub(crate) fn give_back(&mut self, by: Option<IpAddr>, bytes: usize) {
        self.all -= bytes;
        let Some((by, own)) = by.and_then(|by| Some((by, self.by_address.get_mut(&by)?))) else {
            return;
        };
        *own -= bytes;
        if *own == 0 {
            self.by_address.remove(&by);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::settings::{self, Asked};

    const MIB: usize = 1 << 20;

    fn settings(flags: &[&str]) -> Settings {
        let args = [&["chat"], flags].concat();
        match settings::read(args.into_iter().map(Into::into), |_| None) {
            Ok(Asked::Serve(settings)) => *settings,
            other => panic!("{other:?}"),
        }
    }

    fn all(settings: &Settings) -> [Budget; 4] {
        [Budget::receiving, Budget::messages, Budget::pictures, Budget::early].map(|budget| budget(settings))
    }

    #[test]
    fn one_address_has_less_than_64_mib_by_default_and_all_of_them_what_the_readme_says() {
        let budgets = all(&settings(&[]));
        assert!(budgets.iter().map(|budget| budget.address).sum::<usize>() < 64 * MIB, "{budgets:?}");
        assert_eq!(budgets.map(|budget| budget.all / MIB), [128, 96, 192, 32]);
    }

    #[test]
    fn an_account_has_an_end_for_all_and_for_each_address() {
        let mut account = Account::new(Budget { all: 100, address: 60 });
        let [one, other] = [1, 2].map(|last| Some(IpAddr::from([192, 0, 2, last])));
        assert!(account.take(one, 60) && !account.take(one, 1));
        assert!(!account.take(other, 41) && account.take(other, 30) && account.take(None, 10));
        assert!(!account.take(None, 1));
        for (by, bytes) in [(one, 60), (None, 10), (other, 30)] {
            account.give_back(by, bytes);
        }
        assert!(account.by_address.is_empty() && account.take(None, 100));
    }

    #[test]
    fn whoever_is_alone_can_send_and_see_the_largest_picture() {
        let tight = ["--max-picture=64MiB", "--max-receiving=128MiB", "--max-sending=192MiB"];
        for flags in [&tight[..], &["--max-receiving=8MiB", "--max-sending=12MiB"]] {
            let settings = settings(flags);
            let [receiving, messages, pictures, _] = all(&settings);
            assert!(receiving.address >= 2 * settings.max_picture, "{flags:?}");
            assert!(pictures.address >= settings.max_picture && messages.address >= SEND_QUEUE, "{flags:?}");
        }
    }
}
