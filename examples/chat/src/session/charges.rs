//! Who pays: a request has a price, taken before it is done, and may owe the rest of what it cost.
//!
//! ```text
//!   take_pace: is the price there?  ─ no ─▶ rate_limited, retry_after
//!        │ yes: taken from the person's account and from the address's
//!        ▼
//!   the work ─▶ charge: what it cost beyond the price is taken too, even if it is not there;
//!                       nothing is let through until it is
//! ```
//!
//! So each of them is in debt by one request at most, and neither can hold the others up for longer than its burst.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};

use pollcat::Networks;

use super::addresses::Paces;
use super::sessions::Session;
use crate::cost::{Cost, MESSAGE};
use crate::history::{Millis, PersonId};
use crate::pace::{Pace, Rate, Wait};
use crate::refusal::Refusal;
use crate::run::settings::Settings;

/// So many refusals for speed at once, and then one in a second; whoever goes on is closed, whatever they send in between.
const PATIENCE: Rate = Rate { per_second: 1, burst: 99 };

/// How often somebody may come back: so many windows at once, and then one in a second.
const RETURNS: Rate = Rate { per_second: 1, burst: 60 };

/// Texts of up to this many bytes are read before anything is paid: it takes no longer than to refuse them.
pub(crate) const SHORT: usize = 4 << 10;

/// Pages and pictures have an account of their own, with so many times the work: a page is loaded in many pieces.
const FILES: u32 = 4;

/// How fast one may ask, where a message costs [`MESSAGE`].
#[derive(Debug, Clone, Copy)]
struct Rates {
    person: Rate,
    address: Rate,
    /// Of one address, as the rest.
    newcomers: Rate,
    files: Rate,
}

impl Rates {
    fn new(settings: &Settings) -> Self {
        let rate = |per_second, burst| Rate { per_second: per_second * MESSAGE, burst: burst * MESSAGE };
        Rates {
            person: rate(settings.message_rate, settings.message_burst),
            address: rate(settings.address_rate, settings.address_burst),
            newcomers: Rate { per_second: settings.newcomer_rate, burst: settings.newcomer_burst },
            files: rate(
                settings.address_rate.saturating_mul(FILES),
                settings.address_burst.saturating_mul(FILES),
            ),
        }
    }
}

/// The accounts of one person.
#[derive(Debug, Default)]
struct Own {
    requests: Pace,
    /// How often they come back.
    returns: Pace,
}

#[derive(Debug)]
pub(crate) struct Charges {
    rates: Rates,
    /// They pay nothing.
    trusted: Networks,
    /// Those that have been heard of lately.
    people: HashMap<PersonId, Own>,
    addresses: HashMap<IpAddr, Paces>,
}

impl Charges {
    pub(crate) fn new(settings: &Settings) -> Self {
        Charges {
            rates: Rates::new(settings),
            trusted: settings.trusted_networks.clone(),
            people: HashMap::new(),
            addresses: HashMap::new(),
        }
    }

    /// Other rates, and others who pay nothing. Whoever is connected is counted as they were when they came.
    pub(crate) fn change(&mut self, settings: &Settings) {
        (self.rates, self.trusted) = (Rates::new(settings), settings.trusted_networks.clone());
    }

    /// By what a client is counted: an IPv6 /64 is one household. Loopback is this machine, or a proxy on it; it is not
    /// counted, and neither is a trusted network.
    pub(crate) fn payer(&self, client: Option<IpAddr>) -> Option<IpAddr> {
        let client = client?.to_canonical();
        if client.is_loopback() || self.trusted.contains(client) {
            return None;
        }
        Some(match client {
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
            address => address,
        })
    }

    // ---- requests

    /// The price of a request, from the person's account and from that of the address behind the connection. Only who
    /// keeps their own pace takes anything from the address, which others share; and only who is let through has taken
    /// anything.
    pub(crate) fn take_pace(
        &mut self,
        session: &mut Session,
        price: u32,
        now: Millis,
    ) -> Result<(), Refusal> {
        let parsed = std::mem::take(&mut session.parsed);
        session.paid = Cost::default();
        self.take(session, price.saturating_sub(parsed.tokens()), now)?;
        session.paid = Cost::paid(price).less(parsed);
        Ok(())
    }

    /// Takes the price of reading a text, if it is long: it is refused before it is read. It counts as a part of the
    /// request's price.
    pub(crate) fn take_parsing(
        &mut self,
        session: &mut Session,
        bytes: usize,
        now: Millis,
    ) -> Result<(), Refusal> {
        let parsed = if bytes > SHORT { Cost::parsed(bytes) } else { Cost::default() };
        if parsed > Cost::default() {
            self.take(session, parsed.tokens(), now)?;
        }
        session.parsed = parsed;
        Ok(())
    }

    fn take(&mut self, session: &Session, tokens: u32, now: Millis) -> Result<(), Refusal> {
        let now = now as u64;
        let mut own = session.person().map(|id| &mut self.people.entry(id).or_default().requests);
        if let Some(own) = &mut own {
            own.take(now, tokens, &self.rates.person).map_err(Refusal::too_fast)?;
        }
        let Some(payer) = session.payer else {
            return Ok(());
        };
        let shared = &mut self.addresses.entry(payer).or_default().requests;
        shared.take(now, tokens, &self.rates.address).map_err(|wait| {
            if let Some(own) = own {
                own.give_back(tokens);
            }
            Refusal::too_fast(wait)
        })
    }

    /// What a client's request has cost, as far as its price has not paid for it. It is owed by the person, if they are
    /// known, and by the address.
    pub(crate) fn charge(&mut self, session: &mut Session, cost: Cost, now: Millis) {
        let owed = cost.less(session.paid).thousandths();
        session.paid = session.paid.less(cost);
        if owed > 0 {
            self.accounts(session, |pace, rate| pace.owe(now as u64, owed, rate));
        }
    }

    /// What it has cost to tell somebody who comes what they have missed. Only the address owes it: the person may speak
    /// at once, as much as ever, and comes no faster than they may return.
    pub(crate) fn charge_arrival(&mut self, session: &Session, cost: Cost, now: Millis) {
        if let Some(payer) = session.payer {
            let shared = &mut self.addresses.entry(payer).or_default().requests;
            shared.owe(now as u64, cost.thousandths(), &self.rates.address);
        }
    }

    /// What an address has caused before anybody was known behind it: it tries keys.
    pub(crate) fn owe_address(&mut self, payer: Option<IpAddr>, cost: Cost, now: Millis) {
        if let Some(payer) = payer {
            let shared = &mut self.addresses.entry(payer).or_default().requests;
            shared.owe(now as u64, cost.thousandths(), &self.rates.address);
        }
    }

    /// Does an address owe nothing?
    pub(crate) fn check_address(&mut self, payer: Option<IpAddr>, now: Millis) -> Result<(), Refusal> {
        let Some(payer) = payer else {
            return Ok(());
        };
        let shared = &mut self.addresses.entry(payer).or_default().requests;
        shared.take(now as u64, 0, &self.rates.address).map_err(Refusal::too_fast)
    }

    /// Is nothing owed? Asked before work whose cost is not known from its price.
    pub(crate) fn check_debt(&mut self, session: &Session, now: Millis) -> Result<(), Refusal> {
        let mut longest = None;
        self.accounts(session, |pace, rate| longest = longest.max(pace.take(now as u64, 0, rate).err()));
        longest.map_or(Ok(()), |wait| Err(Refusal::too_fast(wait)))
    }

    /// The accounts from which a connection's work is paid.
    fn accounts(&mut self, session: &Session, mut each: impl FnMut(&mut Pace, &Rate)) {
        if let Some(person) = session.person() {
            each(&mut self.people.entry(person).or_default().requests, &self.rates.person);
        }
        if let Some(payer) = session.payer {
            each(&mut self.addresses.entry(payer).or_default().requests, &self.rates.address);
        }
    }

    /// Somebody who is known comes once more.
    pub(crate) fn take_return(&mut self, person: PersonId, now: Millis) -> Result<(), Refusal> {
        let returns = &mut self.people.entry(person).or_default().returns;
        returns.take(now as u64, 1, &RETURNS).map_err(Refusal::too_fast)
    }

    /// Somebody new comes from this address.
    ///
    /// # Errors
    ///
    /// There are too many of them: their turn comes later.
    pub(crate) fn admit_newcomer(&mut self, payer: Option<IpAddr>, now: Millis) -> Result<(), Wait> {
        let Some(payer) = payer else {
            return Ok(());
        };
        self.addresses.entry(payer).or_default().admit(now as u64, &self.rates.newcomers)
    }

    /// Is a client refused for its speed once too often? Whoever does not listen for long is closed.
    pub(crate) fn is_out_of_patience(session: &mut Session, now: Millis) -> bool {
        session.patience.take(now as u64, 1, &PATIENCE).is_err()
    }

    // ---- files

    /// A file is asked for over HTTP.
    pub(crate) fn take_file(&mut self, payer: Option<IpAddr>, now: Millis) -> Result<(), Wait> {
        let Some(payer) = payer else {
            return Ok(());
        };
        self.addresses.entry(payer).or_default().files.take(now as u64, 1, &self.rates.files)
    }

    /// What a file was, beyond its price.
    pub(crate) fn charge_file(&mut self, payer: Option<IpAddr>, bytes: usize, now: Millis) {
        if let Some(payer) = payer {
            let pace = &mut self.addresses.entry(payer).or_default().files;
            pace.owe(now as u64, Cost::answered(bytes).thousandths(), &self.rates.files);
        }
    }

    // ---- time

    /// Forgets accounts that are as good as new.
    pub(crate) fn tidy(&mut self, now: Millis) {
        let Rates { person, address, newcomers, files } = self.rates;
        let now = now as u64;
        self.addresses.retain(|_, paces| !paces.are_full(now, &address, &newcomers, &files));
        self.people
            .retain(|_, own| !(own.requests.is_full(now, &person) && own.returns.is_full(now, &RETURNS)));
    }

    /// Somebody will not come back.
    pub(crate) fn forget(&mut self, person: PersonId) {
        self.people.remove(&person);
    }
}
