//! Requests for what a node does not know. With several nodes, another one may have made it a moment ago: so whoever asks waits until
//! this node knows all that others knew, and then it is looked for once more.
//!
//! What does not exist can be asked for by anybody, and often. So there is an end to how many wait, how many of them for one address,
//! and to their bodies. Who finds no place is answered at once, as if there were one node only.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;

use crate::history::Millis;

/// So long is waited, in milliseconds.
const PATIENCE: Millis = 2_000;
/// So many requests may wait: a thousand in the few milliseconds that it takes while all is well.
const MOST: usize = 1_000;
/// So many of one address that pays for itself: who guesses takes no place from others.
const OF_ONE: usize = 32;
/// Of their bodies, in bytes: sixteen of the longest ones.
const BYTES: usize = 4 << 20;

#[derive(Debug)]
pub(crate) struct Unknown<K, R> {
    asked: HashMap<K, Vec<Waiting<R>>>,
    of_address: HashMap<IpAddr, usize>,
    count: usize,
    bytes: usize,
}

#[derive(Debug)]
struct Waiting<R> {
    request: R,
    load: Load,
    until: Millis,
}

/// What somebody who waits takes up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Load {
    /// `None`: an address that does not pay (`Charges::payer`).
    pub payer: Option<IpAddr>,
    /// Of a body.
    pub bytes: usize,
}

impl<K, R> Default for Unknown<K, R> {
    fn default() -> Self {
        Unknown { asked: HashMap::new(), of_address: HashMap::new(), count: 0, bytes: 0 }
    }
}

impl<K: Hash + Eq + Clone, R> Unknown<K, R> {
    pub(crate) fn has_room(&self, load: Load) -> bool {
        let of_one = load.payer.and_then(|payer| self.of_address.get(&payer)).copied().unwrap_or(0);
        self.count < MOST && of_one < OF_ONE && self.bytes + load.bytes <= BYTES
    }

    /// Somebody waits for this to be known. True: nobody else has.
    pub(crate) fn wait(&mut self, sought: &K, request: R, load: Load, now: Millis) -> bool {
        self.count += 1;
        self.bytes += load.bytes;
        load.payer.into_iter().for_each(|payer| *self.of_address.entry(payer).or_default() += 1);
        let waiting = self.asked.entry(sought.clone()).or_default();
        waiting.push(Waiting { request, load, until: now + PATIENCE });
        waiting.len() == 1
    }

    /// Those who have waited for this.
    pub(crate) fn take(&mut self, sought: &K) -> Vec<R> {
        let asked = self.asked.remove(sought).unwrap_or_default();
        asked.into_iter().map(|it| self.leave(it)).collect()
    }

    /// Nobody waits for the answer to these any more.
    pub(crate) fn forget(&mut self, is_gone: impl Fn(&R) -> bool) {
        drop(self.extract(|it| is_gone(&it.request)));
    }

    /// Nobody waits any longer: those who did, and for what.
    pub(crate) fn send_away(&mut self) -> Vec<(K, R)> {
        self.extract(|_| true)
    }

    /// Those who have waited for too long, and for what.
    pub(crate) fn pass_time(&mut self, now: Millis) -> Vec<(K, R)> {
        self.extract(|it| it.until <= now)
    }

    fn extract(&mut self, is_over: impl Fn(&Waiting<R>) -> bool) -> Vec<(K, R)> {
        let mut over = Vec::new();
        self.asked.retain(|sought, asked| {
            over.extend(asked.extract_if(.., |it| is_over(it)).map(|it| (sought.clone(), it)));
            !asked.is_empty()
        });
        over.into_iter().map(|(sought, it)| (sought, self.leave(it))).collect()
    }

    fn leave(&mut self, Waiting { request, load, .. }: Waiting<R>) -> R {
        self.count -= 1;
        self.bytes -= load.bytes;
        if let Some(payer) = load.payer
            && let Some(count) = self.of_address.get_mut(&payer)
        {
            *count -= 1;
            if *count == 0 {
                self.of_address.remove(&payer);
            }
        }
        request
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIGHT: Load = Load { payer: None, bytes: 0 };

    fn of(number: u8) -> Load {
        Load { payer: Some([192, 0, 2, number].into()), bytes: 0 }
    }

    #[test]
    fn they_wait_for_a_while_and_not_all_of_them() {
        let mut unknown = Unknown::default();
        let [a, b] = ["pictures/a", "pictures/b"].map(str::to_owned);
        assert!(unknown.wait(&a, 1, LIGHT, 0) && !unknown.wait(&a, 2, LIGHT, 500));
        assert!(unknown.wait(&b, 3, LIGHT, 500));
        unknown.forget(|request| *request == 3);
        assert_eq!(unknown.pass_time(1_999), []);
        assert_eq!(unknown.pass_time(2_000), [(a.clone(), 1)]);
        assert_eq!((unknown.take(&a), unknown.take(&a)), (vec![2], vec![]));
        for number in 0..MOST {
            assert!(unknown.has_room(LIGHT));
            unknown.wait(&number.to_string(), number, LIGHT, 0);
        }
        assert!(!unknown.has_room(LIGHT));
        assert_eq!(unknown.pass_time(9_999).len(), MOST);
        assert!(unknown.has_room(LIGHT));
    }

    #[test]
    fn an_address_that_guesses_leaves_room_for_others() {
        let mut unknown = Unknown::default();
        for number in 0..OF_ONE {
            assert!(unknown.has_room(of(1)));
            unknown.wait(&number, number, of(1), 0);
        }
        assert!(!unknown.has_room(of(1)) && unknown.has_room(of(2)) && unknown.has_room(LIGHT));
        unknown.take(&0);
        assert!(unknown.has_room(of(1)));
        unknown.send_away();
        assert!(unknown.of_address.is_empty());
    }

    #[test]
    fn bodies_have_a_limit_of_their_own() {
        let mut unknown = Unknown::default();
        let long = Load { bytes: BYTES / 4, ..LIGHT };
        for number in 0..4 {
            assert!(unknown.has_room(long));
            unknown.wait(&number, number, long, 0);
        }
        assert!(!unknown.has_room(Load { bytes: 1, ..LIGHT }) && unknown.has_room(LIGHT));
        unknown.forget(|request| *request == 2);
        assert!(unknown.has_room(long));
    }
}
