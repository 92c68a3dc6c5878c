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

use pollcat::{CloseCode, PeerId, Peers};

use crate::chat::{Chat, ticks};
use crate::cost::Cost;
use crate::history::PersonId;
use crate::membership::nobody;
use crate::pace::{Pace, Rate, Wait};
use crate::tickets::No;
use crate::wire::Code;

/// So many refusals for speed at once, and then one in a second; whoever goes on is closed, whatever they send in between.
const PATIENCE: Rate = Rate { per_second: 1, burst: 99 };

/// How often somebody may come back: so many windows at once, and then one in a second.
const RETURNS: Rate = Rate { per_second: 1, burst: 60 };

/// Texts of up to this many bytes are read before anything is paid: it takes no longer than to refuse them.
pub(crate) const SHORT: usize = 4 << 10;

impl Chat {
    /// The price of a request, from the person's account and from that of the address behind the connection. Only who
    /// keeps their own pace takes anything from the address, which others share; and only who is let through has taken
    /// anything.
    pub(crate) fn take_pace(&mut self, peer: PeerId, price: u32) -> Result<(), No> {
        let Some(session) = self.sessions.get_mut(peer) else {
            return Err(nobody());
        };
        let parsed = std::mem::take(&mut session.parsed);
        session.paid = Cost::default();
        self.take(peer, price.saturating_sub(parsed.tokens()))?;
        if let Some(session) = self.sessions.get_mut(peer) {
            session.paid = Cost::paid(price).less(parsed);
        }
        Ok(())
    }

    /// Takes the price of reading a text, if it is long: it is refused before it is read. It counts as a part of the
    /// request's price.
    pub(crate) fn take_parsing(&mut self, peer: PeerId, bytes: usize) -> Result<(), No> {
        let parsed = if bytes > SHORT { Cost::parsed(bytes) } else { Cost::default() };
        if parsed > Cost::default() {
            self.take(peer, parsed.tokens())?;
        }
        self.sessions.get_mut(peer).into_iter().for_each(|session| session.parsed = parsed);
        Ok(())
    }

    fn take(&mut self, peer: PeerId, tokens: u32) -> Result<(), No> {
        let now = ticks() as u64;
        let (own, shared) = (self.rates.person, self.rates.address);
        let Some(session) = self.sessions.get(peer) else {
            return Err(nobody());
        };
        let mut person = session.person().and_then(|id| self.people.get_mut(id));
        if let Some(person) = &mut person {
            person.pace.take(now, tokens, &own).map_err(too_fast)?;
        }
        if let Some(address) = session.payer {
            let shared_by_all = &mut self.addresses.entry(address).or_default().requests;
            shared_by_all
                .take(now, tokens, &shared)
                .map_err(too_fast)
                .inspect_err(|_| person.into_iter().for_each(|person| person.pace.give_back(tokens)))?;
        }
        Ok(())
    }

    /// What a client's request has cost, as far as its price has not paid for it. It is owed by the person, if they are
    /// known, and by the address.
    pub(crate) fn charge(&mut self, peer: PeerId, cost: Cost) {
        let Some(session) = self.sessions.get_mut(peer) else {
            return;
        };
        let owed = cost.less(session.paid).thousandths();
        session.paid = session.paid.less(cost);
        if owed > 0 {
            let (own, shared) = (self.rates.person, self.rates.address);
            self.accounts(peer, |pace, now, is_own| pace.owe(now, owed, if is_own { &own } else { &shared }));
        }
    }

    /// What it has cost to tell somebody who comes what they have missed. Only the address owes it: the person may speak
    /// at once, as much as ever, and comes no faster than they may return.
    pub(crate) fn charge_arrival(&mut self, peer: PeerId, cost: Cost) {
        let shared = self.rates.address;
        self.accounts(peer, |pace, now, is_own| {
            if !is_own {
                pace.owe(now, cost.thousandths(), &shared);
            }
        });
    }

    /// Somebody who is known comes once more.
    pub(crate) fn take_return(&mut self, person: PersonId) -> Result<(), No> {
        let person = self.people.get_mut(person).ok_or_else(nobody)?;
        person.returns.take(ticks() as u64, 1, &RETURNS).map_err(too_fast)
    }

    /// Is nothing owed? Asked before work whose cost is not known from its price.
    pub(crate) fn check_debt(&mut self, peer: PeerId) -> Result<(), No> {
        let (own, shared) = (self.rates.person, self.rates.address);
        let mut longest = None;
        self.accounts(peer, |pace, now, is_own| {
            let wait = pace.take(now, 0, if is_own { &own } else { &shared }).err();
            longest = longest.max(wait);
        });
        longest.map_or(Ok(()), |wait| Err(too_fast(wait)))
    }

    /// The accounts from which a connection's work is paid.
    fn accounts(&mut self, peer: PeerId, mut each: impl FnMut(&mut Pace, u64, bool)) {
        let now = ticks() as u64;
        let Some(session) = self.sessions.get(peer) else {
            return;
        };
        if let Some(person) = session.person().and_then(|id| self.people.get_mut(id)) {
            each(&mut person.pace, now, true);
        }
        if let Some(address) = session.payer {
            each(&mut self.addresses.entry(address).or_default().requests, now, false);
        }
    }

    /// Refused for its speed once more: who does not listen for long is closed.
    pub(crate) fn lose_patience(&mut self, peers: &mut Peers, peer: PeerId) {
        if let Some(session) = self.sessions.get_mut(peer)
            && session.patience.take(ticks() as u64, 1, &PATIENCE).is_err()
        {
            peers.close(peer, CloseCode::POLICY, "too fast for too long");
        }
    }
}

fn too_fast(Wait(wait): Wait) -> No {
    No { code: Code::RateLimited, words: format!("too fast: wait {wait} ms"), retry_after: Some(wait) }
}
