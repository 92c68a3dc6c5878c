//! What is counted by address: an office behind one address comes in as one, and so does whoever has many connections.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};

use pollcat::{Answer, PeerId};

use crate::chat::{Chat, Rates, ticks};
use crate::cost::Cost;
use crate::door::Reason;
use crate::history::Millis;
use crate::pace::{Pace, Rate, Wait};
use crate::tickets::No;
use crate::wire::Code;

/// Nobody is given a turn that is farther away.
const LONGEST_LINE: u64 = 60_000;

/// Those that have been heard of lately.
pub(crate) type Addresses = HashMap<IpAddr, Paces>;

/// The paces of one address.
#[derive(Debug, Default)]
pub(crate) struct Paces {
    pub requests: Pace,
    newcomers: Pace,
    /// Newcomers who were given a turn, and are expected to come back for it.
    line: Pace,
    files: Pace,
}

impl Paces {
    /// Are they as good as new?
    pub(crate) fn are_full(&mut self, now: u64, rates: &Rates) -> bool {
        self.requests.is_full(now, &rates.address)
            && self.newcomers.is_full(now, &rates.newcomers)
            && self.line.is_full(now, &rates.newcomers)
            && self.files.is_full(now, &rates.files)
    }

    /// One more newcomer. Those who are too many get turns one behind the other, so that each comes back when there is
    /// room for one.
    fn admit(&mut self, now: u64, rate: &Rate) -> Result<(), Wait> {
        let Err(Wait(soonest)) = self.newcomers.take(now, 1, rate) else {
            return Ok(());
        };
        let line = Rate { burst: 0, ..*rate };
        self.line.owe(now, 1_000, &line);
        let turn = self.line.take(now, 0, &line).err().map_or(0, |Wait(wait)| wait).max(soonest);
        if turn > LONGEST_LINE {
            self.line.give_back(1);
        }
        Err(Wait(turn.min(LONGEST_LINE)))
    }
}

impl Chat {
    /// By what a client is counted: an IPv6 /64 is one household. Loopback is this machine, or a proxy on it; it is not
    /// counted, and neither is a trusted network.
    pub(crate) fn payer(&self, client: Option<IpAddr>) -> Option<IpAddr> {
        let client = client?.to_canonical();
        if client.is_loopback() || self.settings.trusted_networks.contains(client) {
            return None;
        }
        Some(match client {
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
            address => address,
        })
    }

    /// May somebody new be made for this connection?
    pub(crate) fn admit_newcomer(&mut self, peer: PeerId) -> Result<(), No> {
        let within = self.settings.hello_within as Millis * 1000;
        let Some(session) = self.sessions.get_mut(peer) else {
            return Ok(());
        };
        let Some(payer) = session.payer else {
            return Ok(());
        };
        let (now, rate) = (ticks(), self.rates.newcomers);
        self.addresses.entry(payer).or_default().admit(now as u64, &rate).map_err(|Wait(wait)| {
            self.door.turned_away(Reason::Newcomers, Some(payer));
            session.hello_by = now + wait as Millis + within;
            self.greetings.push_back((session.hello_by, peer));
            No {
                code: Code::RateLimited,
                words: format!("many are coming in from your address: your turn is in {wait} ms"),
                retry_after: Some(wait),
            }
        })
    }

    /// A file is asked for over HTTP. An answer, if that is too fast.
    pub(crate) fn refuse_file(&mut self, client: Option<IpAddr>) -> Option<Answer> {
        let (payer, rate) = (self.payer(client)?, self.rates.files);
        let pace = &mut self.addresses.entry(payer).or_default().files;
        let Wait(wait) = pace.take(ticks() as u64, 1, &rate).err()?;
        self.door.turned_away(Reason::Files, client);
        let seconds = wait.div_ceil(1000).to_string();
        Some(Answer::refuse(429, "too many files for your address at once").header("Retry-After", &seconds))
    }

    /// What a file was, beyond its price.
    pub(crate) fn charge_file(&mut self, payer: Option<IpAddr>, bytes: usize) {
        if let Some(payer) = payer {
            let pace = &mut self.addresses.entry(payer).or_default().files;
            pace.owe(ticks() as u64, Cost::answered(bytes).thousandths(), &self.rates.files);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { per_second: 20, burst: 400 };

    /// When each of so many has come in, if each comes back when it was told to.
    fn admitted(number: usize, mut paces: Paces) -> Vec<u64> {
        let mut waiting: std::collections::BTreeSet<(u64, usize)> = (0..number).map(|one| (0, one)).collect();
        let mut times = Vec::new();
        let mut tries = 0;
        while let Some((now, one)) = waiting.pop_first() {
            tries += 1;
            match paces.admit(now, &RATE) {
                Ok(()) => times.push(now),
                Err(Wait(wait)) => drop(waiting.insert((now + wait.max(1), one))),
            }
        }
        assert!(tries <= 3 * number, "{tries} tries of {number}");
        times
    }

    #[test]
    fn an_office_and_a_school_come_in_one_after_the_other() {
        assert_eq!(admitted(400, Paces::default()).last(), Some(&0));
        let school = admitted(1000, Paces::default());
        assert_eq!(school[399..401], [0, 50]);
        assert!(school[999] <= 31_000, "{}", school[999]);
        let hordes = admitted(3000, Paces::default());
        assert!(hordes[2999] <= 140_000, "{}", hordes[2999]);
    }
}
