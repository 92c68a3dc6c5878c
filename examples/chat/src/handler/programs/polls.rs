//! Who waits for something to be said in a room: so many for each key, so many in all, each for a while.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;

use super::caller::Caller;
use crate::history::{Millis, Number, Offset, RoomId};

/// Of one key. Whoever has left without a word is still among them: so the oldest gives way to a newer one.
const OF_KEY: usize = 4;
const OF_ALL: usize = 1_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::handler) struct Poll<R> {
    pub request: R,
    pub caller: Caller,
    pub room: RoomId,
    pub after: Offset,
    pub limit: usize,
    /// `None`: the disk is being asked, and has an answer.
    pub until: Option<Millis>,
}

#[derive(Debug)]
pub(in crate::handler) struct Polls<R> {
    /// In the order in which they began.
    all: BTreeMap<u64, Poll<R>>,
    numbers: HashMap<R, u64>,
    by_key: BTreeSet<(Number, u64)>,
    by_room: BTreeSet<(RoomId, u64)>,
    by_time: BTreeSet<(Millis, u64)>,
    next: u64,
}

/// There are too many in all.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

impl<R> Default for Polls<R> {
    fn default() -> Self {
        Polls {
            all: BTreeMap::new(),
            numbers: HashMap::new(),
            by_key: BTreeSet::new(),
            by_room: BTreeSet::new(),
            by_time: BTreeSet::new(),
            next: 0,
        }
    }
}

impl<R: Copy + Eq + Hash> Polls<R> {
    /// One more. If its key has too many, the oldest of them comes back: it is answered now.
    pub(super) fn begin(&mut self, poll: Poll<R>) -> Result<Option<Poll<R>>, Full> {
        let key = poll.caller.key;
        let of_key = || self.by_key.range((key, 0)..=(key, u64::MAX));
        let oldest =
            (of_key().count() >= OF_KEY).then(|| of_key().next().map(|&(_, number)| number)).flatten();
        let gone = oldest.and_then(|number| self.remove(number));
        if self.all.len() >= OF_ALL {
            return Err(Full);
        }
        let number = self.next;
        self.next += 1;
        self.by_key.insert((key, number));
        if let Some(until) = poll.until {
            self.by_room.insert((poll.room, number));
            self.by_time.insert((until, number));
        }
        self.numbers.insert(poll.request, number);
        self.all.insert(number, poll);
        Ok(gone)
    }

    /// This one is answered now, or nobody waits for it any more.
    pub(in crate::handler) fn take(&mut self, request: R) -> Option<Poll<R>> {
        let number = *self.numbers.get(&request)?;
        self.remove(number)
    }

    /// Those that wait for a room: something was said there, under this offset. Who has heard more elsewhere waits on.
    pub(super) fn of_room(&mut self, room: RoomId, said: Offset) -> Vec<Poll<R>> {
        // Nearly always there is nobody, and this is asked for each message.
        if self.by_room.is_empty() {
            return Vec::new();
        }
        let numbers = self.by_room.range((room, 0)..=(room, u64::MAX)).map(|&(_, number)| number);
        let numbers = numbers.filter(|number| self.all[number].after < said).collect();
        self.remove_all(numbers)
    }

    /// One that goes on waiting.
    pub(super) fn get(&self, request: R) -> Option<&Poll<R>> {
        self.all.get(self.numbers.get(&request)?)
    }

    /// Those that have waited long enough.
    pub(super) fn over(&mut self, now: Millis) -> Vec<Poll<R>> {
        let numbers = self.by_time.iter().take_while(|(until, _)| *until <= now).map(|&(_, number)| number);
        let numbers = numbers.collect();
        self.remove_all(numbers)
    }

    /// Those of which this is so.
    pub(super) fn ended(&mut self, is_over: impl Fn(&Poll<R>) -> bool) -> Vec<Poll<R>> {
        let numbers = self.all.iter().filter(|(_, poll)| is_over(poll)).map(|(&number, _)| number).collect();
        self.remove_all(numbers)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    fn remove_all(&mut self, numbers: Vec<u64>) -> Vec<Poll<R>> {
        numbers.into_iter().filter_map(|number| self.remove(number)).collect()
    }

    fn remove(&mut self, number: u64) -> Option<Poll<R>> {
        let poll = self.all.remove(&number)?;
        self.numbers.remove(&poll.request);
        self.by_key.remove(&(poll.caller.key, number));
        if let Some(until) = poll.until {
            self.by_room.remove(&(poll.room, number));
            self.by_time.remove(&(until, number));
        }
        Some(poll)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::KeyKind;

    fn poll(request: u32, key: Number, room: RoomId, until: Option<Millis>) -> Poll<u32> {
        let caller = Caller { key, hash: [0; 32], kind: KeyKind::Token, bot: 1, room: None, pace: 60 };
        Poll { request, caller, room, after: 0, limit: 100, until }
    }

    fn requests(polls: Vec<Poll<u32>>) -> Vec<u32> {
        polls.into_iter().map(|poll| poll.request).collect()
    }

    fn assert_nothing_is_left(polls: &Polls<u32>) {
        let Polls { all, numbers, by_key, by_room, by_time, .. } = polls;
        assert_eq!([all.len(), numbers.len(), by_key.len(), by_room.len(), by_time.len()], [0; 5]);
    }

    #[test]
    fn who_waits_is_found_by_room_by_time_and_by_request() {
        let mut polls = Polls::default();
        for (request, room, until) in [(1, 5, Some(10)), (2, 5, Some(20)), (3, 6, Some(15)), (4, 5, None)] {
            assert_eq!(polls.begin(poll(request, request.into(), room, until)), Ok(None));
        }
        assert_eq!(requests(polls.over(9)), [0; 0]);
        assert_eq!(requests(polls.over(15)), [1, 3]);
        assert_eq!(requests(polls.of_room(5, 1)), [2], "the other one waits for the disk");
        assert_eq!(requests(polls.of_room(5, 1)), [0; 0]);
        assert_eq!(polls.take(4).map(|poll| poll.request), Some(4));
        assert_eq!(polls.take(4), None);
        assert_nothing_is_left(&polls);
    }

    #[test]
    fn a_key_has_four_and_the_oldest_gives_way() {
        let mut polls = Polls::default();
        for request in 0..4 {
            assert_eq!(polls.begin(poll(request, 1, 5, Some(10))), Ok(None));
        }
        assert_eq!(polls.begin(poll(9, 2, 5, Some(10))), Ok(None), "another key's");
        let gone = polls.begin(poll(4, 1, 5, None)).unwrap();
        assert_eq!(gone.map(|poll| poll.request), Some(0));
        assert_eq!(requests(polls.ended(|poll| poll.caller.key == 1)), [1, 2, 3, 4]);
        assert_eq!(requests(polls.of_room(5, 1)), [9]);
        assert_nothing_is_left(&polls);
    }

    #[test]
    fn who_has_heard_more_at_another_node_waits_until_more_is_said_here() {
        let mut polls = Polls::default();
        for (request, after) in [(1, 3), (2, 5)] {
            let ahead = Poll { after, ..poll(request, 1, 5, Some(10)) };
            assert_eq!(polls.begin(ahead), Ok(None));
        }
        assert_eq!(requests(polls.of_room(5, 3)), [0; 0]);
        assert_eq!(requests(polls.of_room(5, 5)), [1]);
        assert_eq!(polls.get(2).map(|poll| poll.after), Some(5));
        assert_eq!(requests(polls.of_room(5, 6)), [2]);
        assert_nothing_is_left(&polls);
    }

    #[test]
    fn there_is_an_end_to_how_many() {
        let mut polls = Polls::default();
        for request in 0..OF_ALL as u32 {
            assert_eq!(polls.begin(poll(request, request.into(), request.into(), Some(10))), Ok(None));
        }
        assert_eq!(polls.begin(poll(5_000, 5_000, 5, Some(10))), Err(Full));
        assert_eq!(polls.take(7).map(|poll| poll.room), Some(7));
        assert_eq!(polls.begin(poll(5_000, 5_000, 5, Some(10))), Ok(None));
        assert_eq!(polls.over(10).len(), OF_ALL);
        assert_nothing_is_left(&polls);
    }
}
