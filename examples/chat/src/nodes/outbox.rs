//! What other nodes are to hear of this one, besides what stands in the log. While the log is away little of it is kept: what is over in
//! a moment is worth nothing later, and who is here is said whole when it is back.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use super::log::Place;
use crate::history::PersonId;

/// Of what is told, in bytes; twice, for what lasts and for what does not.
const MOST: usize = 64 << 10;
/// What is over in a moment is worth so little after so long.
const MOMENT: Duration = Duration::from_secs(2);
/// It goes out together, and not more often: each time the entries of the log wait for it.
const TOGETHER: Duration = Duration::from_millis(200);
/// Places at which nodes compare what has come of the log.
const PLACES: usize = 16;

#[derive(Debug, Default)]
pub(super) struct Outbox {
    /// Who has come and gone here; the last word about each counts.
    seen: BTreeMap<PersonId, bool>,
    lasting: Words,
    passing: Words,
    /// When something passing was taken.
    taken: Option<Instant>,
    digests: VecDeque<(Place, String)>,
}

#[derive(Debug, Default)]
struct Words {
    texts: VecDeque<(Instant, String)>,
    bytes: usize,
}

/// What is to be told now.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Mail {
    pub came: Vec<PersonId>,
    pub went: Vec<PersonId>,
    pub told: Vec<String>,
    pub digests: Vec<(Place, String)>,
}

impl Outbox {
    pub(super) fn see(&mut self, person: PersonId, is_here: bool) {
        self.seen.insert(person, is_here);
    }

    /// `is_passing`: it is over in a moment, and the same need not be told twice.
    pub(super) fn tell(&mut self, text: String, is_passing: bool, now: Instant) {
        let words = if is_passing { &mut self.passing } else { &mut self.lasting };
        if !is_passing || words.texts.iter().all(|(_, other)| *other != text) {
            words.push(text, now);
        }
    }

    pub(super) fn compare(&mut self, place: Place, digest: String) {
        if self.digests.len() == PLACES {
            self.digests.pop_front();
        }
        self.digests.push_back((place, digest));
    }

    /// When there is something to be told; `None`: there is nothing.
    pub(super) fn due(&self, now: Instant) -> Option<Instant> {
        if !self.seen.is_empty() || !self.lasting.texts.is_empty() || !self.digests.is_empty() {
            return Some(now);
        }
        let together = self.taken.map_or(now, |taken| taken + TOGETHER);
        (!self.passing.texts.is_empty()).then_some(together)
    }

    pub(super) fn take(&mut self, now: Instant) -> Mail {
        let (came, went): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.seen).into_iter().partition(|(_, is_here)| *is_here);
        let people = |seen: Vec<(PersonId, bool)>| seen.into_iter().map(|(person, _)| person).collect();
        let mut told: Vec<String> = self.lasting.drain().map(|(_, text)| text).collect();
        if self.taken.is_none_or(|taken| now >= taken + TOGETHER) && !self.passing.texts.is_empty() {
            self.taken = Some(now);
            let is_fresh = |said: Instant| now.saturating_duration_since(said) < MOMENT;
            told.extend(self.passing.drain().filter(|(said, _)| is_fresh(*said)).map(|(_, text)| text));
        }
        Mail { came: people(came), went: people(went), told, digests: self.digests.drain(..).collect() }
    }
}

impl Words {
    fn push(&mut self, text: String, now: Instant) {
        self.bytes += text.len();
        self.texts.push_back((now, text));
        while self.bytes > MOST
            && let Some((_, oldest)) = self.texts.pop_front()
        {
            self.bytes -= oldest.len();
        }
    }

    fn drain(&mut self) -> impl Iterator<Item = (Instant, String)> {
        self.bytes = 0;
        self.texts.drain(..)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_in_a_moment_goes_out_together_and_not_late() {
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let mut outbox = Outbox::default();
        assert_eq!(outbox.due(start), None);
        outbox.tell("typing 1".into(), true, start);
        assert_eq!(outbox.due(start), Some(start));
        assert_eq!(outbox.take(start).told, ["typing 1"]);
        for text in ["typing 1", "typing 2", "typing 1"] {
            outbox.tell(text.into(), true, at(10));
        }
        assert_eq!((outbox.due(at(10)), outbox.take(at(10))), (Some(at(200)), Mail::default()));
        outbox.tell("a code".into(), false, at(20));
        assert_eq!(outbox.due(at(20)), Some(at(20)), "what lasts does not wait");
        assert_eq!(outbox.take(at(20)).told, ["a code"]);
        assert_eq!(outbox.take(at(200)).told, ["typing 1", "typing 2"]);
        // The log was away.
        outbox.tell("typing 3".into(), true, at(1_000));
        outbox.tell("another code".into(), false, at(1_000));
        assert_eq!(outbox.take(at(60_000)).told, ["another code"]);
    }

    #[test]
    fn little_of_it_is_kept_while_the_log_is_away() {
        let start = Instant::now();
        let mut outbox = Outbox::default();
        for number in 0..100_000_u64 {
            outbox.tell(format!("typing {number}"), true, start);
            outbox.tell(format!("code {number}"), false, start);
            outbox.compare(1000 * number, String::new());
            outbox.see(number % 7, number % 2 == 0);
        }
        let mail = outbox.take(start);
        let (typing, codes): (Vec<&String>, Vec<_>) =
            mail.told.iter().partition(|text| text.starts_with("typing"));
        for texts in [&typing, &codes] {
            assert!(texts.iter().map(|text| text.len()).sum::<usize>() <= MOST, "{}", texts.len());
            assert!(texts.last().is_some_and(|text| text.ends_with(" 99999")), "the newest is there");
        }
        assert_eq!((mail.came.len() + mail.went.len(), mail.digests.len()), (7, PLACES));
        assert_eq!(outbox.take(start), Mail::default());
    }
}
