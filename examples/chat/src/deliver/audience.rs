//! How a room hears of its people: each by name while few of them are here, and only how many they are in a crowd.
//!
//! ```text
//!   company ── more than 200 are here ──▶ crowd ── 160 are left, and the last numbers are told ──▶ company
//!      ▲                                                                                            │
//!      └────────────────────────────────────────────────────────────────────────────────────────────┘
//!   after a start, rooms with more than 200 members begin as crowds, and are none before 10 s have passed
//! ```
//!
//! A crowd hears its numbers when they have changed, at most once a second, and all crowds together are told 2,000 times
//! a second: one of 10,000 windows each five seconds. So an arrival costs the same however many are here. One by one,
//! 10,000 newcomers would be told to each other in 100 million messages.
//!
//! Here is which room is due, and nothing of how it is told: no connection, no clock.

use std::collections::{BTreeSet, HashMap};

use crate::history::{Millis, RoomId};
use crate::pace::{Pace, Rate};

/// More than this who are here are a crowd.
pub(super) const COMPANY: usize = 200;
/// A crowd is none any more when so few are left: it does not change its mind with each of them.
const FEW: usize = 160;
/// A crowd is told its numbers at most so often.
const EVERY: Millis = 1_000;
/// So long after a start nobody is told by name of all those who come back to a large room.
const QUIET: Millis = 10_000;
/// So many windows are told numbers in a second; and what was not used of that lasts from one tick to the next.
const FRAMES: Rate = Rate { per_second: 2_000, burst: 1_000 };

/// How many are in a room.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Numbers {
    pub here: usize,
    pub members: usize,
}

/// What a room is to be told: its numbers, and whether it is still a crowd.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counted {
    pub room: RoomId,
    pub numbers: Numbers,
    pub crowd: bool,
}

/// The rooms that are crowds, and what they know.
#[derive(Debug, Default)]
pub(super) struct Crowds {
    rooms: HashMap<RoomId, Crowd>,
    /// Those that are to be told, by when that may be. Each is there once.
    due: BTreeSet<(Millis, RoomId)>,
    frames: Pace,
    quiet_until: Millis,
}

#[derive(Debug, Default)]
struct Crowd {
    numbers: Numbers,
    told: Option<Numbers>,
    /// When it may be told again.
    next: Millis,
    /// Its place among those that are due.
    due: Option<Millis>,
}

impl Crowd {
    fn is_over(&self) -> bool {
        self.numbers.here <= FEW
    }

    /// When it is told something, if nothing else happens: its numbers, or that it is over.
    fn when(&self, quiet_until: Millis) -> Option<Millis> {
        let changed = (self.told != Some(self.numbers)).then_some(self.next);
        let over = self.is_over().then(|| self.next.max(quiet_until));
        changed.into_iter().chain(over).min()
    }
}

impl Crowds {
    /// The program has started, and its large rooms are about to fill: each, with how many members it has.
    pub(super) fn begin(&mut self, rooms: impl IntoIterator<Item = (RoomId, usize)>, now: Millis) {
        self.quiet_until = now + QUIET;
        for (room, members) in rooms.into_iter().filter(|&(_, members)| members > COMPANY) {
            let numbers = Numbers { here: 0, members };
            // Nobody has heard of any other numbers: there is nothing to tell yet.
            self.rooms.insert(room, Crowd { numbers, told: Some(numbers), ..Crowd::default() });
            self.queue(room);
        }
    }

    /// So many are in a room now.
    pub(super) fn count(&mut self, room: RoomId, numbers: Numbers) {
        if numbers.here > COMPANY {
            self.rooms.entry(room).or_default();
        }
        if let Some(crowd) = self.rooms.get_mut(&room) {
            crowd.numbers = numbers;
            self.queue(room);
        }
    }

    /// The room is gone.
    pub(super) fn remove(&mut self, room: RoomId) {
        if let Some(due) = self.rooms.remove(&room).and_then(|crowd| crowd.due) {
            self.due.remove(&(due, room));
        }
    }

    pub(super) fn is_crowd(&self, room: RoomId) -> bool {
        self.rooms.contains_key(&room)
    }

    /// The next room that is to be told, if there is one now. What that took is [spent](Self::spend).
    pub(super) fn next(&mut self, now: Millis) -> Option<Counted> {
        self.frames.take(now as u64, 0, &FRAMES).ok()?;
        let &(_, room) = self.due.first().filter(|(due, _)| *due <= now)?;
        let crowd = self.rooms.get_mut(&room)?;
        let numbers = crowd.numbers;
        // It is a crowd until it hears that it is none: by name it is told only what comes after that.
        if crowd.is_over() && self.quiet_until <= now {
            self.remove(room);
            return Some(Counted { room, numbers, crowd: false });
        }
        crowd.told = Some(numbers);
        crowd.next = now + EVERY;
        self.queue(room);
        Some(Counted { room, numbers, crowd: true })
    }

    /// So many windows were told.
    pub(super) fn spend(&mut self, now: Millis, windows: usize) {
        self.frames.owe(now as u64, 1_000 * windows as u64, &FRAMES);
    }

    fn queue(&mut self, room: RoomId) {
        let Some(crowd) = self.rooms.get_mut(&room) else {
            return;
        };
        let due = crowd.when(self.quiet_until);
        let old = std::mem::replace(&mut crowd.due, due);
        if old != due {
            old.into_iter().for_each(|old| _ = self.due.remove(&(old, room)));
            self.due.extend(due.map(|due| (due, room)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOBBY: RoomId = 1;

    /// What is told at a moment, to rooms in which each who is here has one window.
    fn tell(crowds: &mut Crowds, now: Millis) -> Vec<(RoomId, usize, bool)> {
        let mut told = Vec::new();
        while let Some(Counted { room, numbers, crowd }) = crowds.next(now) {
            crowds.spend(now, numbers.here);
            told.push((room, numbers.here, crowd));
        }
        told
    }

    fn count(crowds: &mut Crowds, here: usize) {
        crowds.count(LOBBY, Numbers { here, members: 20_000 });
    }

    #[test]
    fn a_crowd_does_not_change_its_mind_with_each_of_them() {
        let (mut crowds, mut now, mut changes) = (Crowds::default(), 0, Vec::new());
        let (up, down) = (0..=400, (0..400).rev());
        for here in up.chain(down).chain([199, 200, 201, 161, 201, 160, 200]) {
            let before = crowds.is_crowd(LOBBY);
            count(&mut crowds, here);
            now += EVERY;
            tell(&mut crowds, now);
            if crowds.is_crowd(LOBBY) != before {
                changes.push((here, crowds.is_crowd(LOBBY)));
            }
        }
        assert_eq!(changes, [(201, true), (160, false), (201, true), (160, false)]);
    }

    #[test]
    fn each_room_has_a_regime_of_its_own() {
        let mut crowds = Crowds::default();
        for (room, here) in [(1, 5_000), (2, 200), (3, 201)] {
            crowds.count(room, Numbers { here, members: 6_000 });
        }
        assert_eq!([1, 2, 3, 4].map(|room| crowds.is_crowd(room)), [true, false, true, false]);
        crowds.remove(1);
        assert!(!crowds.is_crowd(1));
        assert_eq!(tell(&mut crowds, 0), [(3, 201, true)], "nobody hears of a room that is gone");
    }

    #[test]
    fn a_crowd_is_told_its_numbers_when_they_have_changed_and_not_too_often() {
        let mut crowds = Crowds::default();
        count(&mut crowds, 200);
        assert_eq!(tell(&mut crowds, 0), [], "that is no crowd");
        count(&mut crowds, 201);
        assert_eq!(tell(&mut crowds, 500), [(1, 201, true)]);
        count(&mut crowds, 202);
        assert_eq!(tell(&mut crowds, 1_000), [], "half a second later");
        assert_eq!(tell(&mut crowds, 1_500), [(1, 202, true)]);
        count(&mut crowds, 203);
        count(&mut crowds, 202);
        assert_eq!(tell(&mut crowds, 3_000), [], "it is as it was");
        crowds.count(LOBBY, Numbers { here: 202, members: 20_001 });
        assert_eq!(tell(&mut crowds, 3_000), [(1, 202, true)], "but for the members");
    }

    /// Names that it did not hear are missing from its lists: it has to know from where on it hears them.
    #[test]
    fn a_crowd_is_one_until_it_hears_that_it_is_none() {
        let mut crowds = Crowds::default();
        count(&mut crowds, 201);
        count(&mut crowds, 150);
        assert!(crowds.is_crowd(LOBBY), "somebody came and was not told by name");
        assert_eq!(tell(&mut crowds, 0), [(1, 150, false)]);
        assert!(!crowds.is_crowd(LOBBY));
        assert_eq!(tell(&mut crowds, 9_000), []);
        count(&mut crowds, 300);
        assert_eq!(tell(&mut crowds, 9_000), [(1, 300, true)]);
        count(&mut crowds, 100);
        count(&mut crowds, 170);
        assert_eq!(tell(&mut crowds, 10_000), [(1, 170, true)], "they were back in time");
    }

    #[test]
    fn a_large_crowd_is_told_less_often() {
        let mut crowds = Crowds::default();
        count(&mut crowds, 10_000);
        assert_eq!(tell(&mut crowds, 10_000), [(1, 10_000, true)]);
        count(&mut crowds, 10_001);
        let next = (10_000..).step_by(500).find(|&now| !tell(&mut crowds, now).is_empty());
        assert_eq!(next, Some(14_500));
    }

    #[test]
    fn all_crowds_together_are_told_so_much_and_none_is_forgotten() {
        let mut crowds = Crowds::default();
        let (mut frames, mut heard) = (Vec::new(), HashMap::<RoomId, usize>::new());
        for now in (0..60_000).step_by(500) {
            for room in 1..=100 {
                crowds.count(room, Numbers { here: 200 + room as usize, members: now as usize + 1_000 });
            }
            let told = tell(&mut crowds, now);
            told.iter().for_each(|&(room, ..)| *heard.entry(room).or_default() += 1);
            frames.push(told.iter().map(|&(_, here, _)| here).sum::<usize>());
        }
        let second = frames.windows(2).map(|ticks| ticks.iter().sum::<usize>()).max();
        assert!(second <= Some(2_000 + 300), "in a second {second:?}, with the last room");
        assert!(frames.iter().sum::<usize>() > 110_000, "what may be told is told");
        let (least, most) = (heard.values().min(), heard.values().max());
        assert_eq!((heard.len(), least, most), (100, Some(&4), Some(&5)), "each in its turn");
    }

    #[test]
    fn after_a_start_large_rooms_are_quiet() {
        let mut crowds = Crowds::default();
        crowds.begin([(1, 7_000), (2, 200), (3, 201)], 500);
        assert_eq!([1, 2, 3].map(|room| crowds.is_crowd(room)), [true, false, true]);
        assert_eq!(tell(&mut crowds, 500), [], "nothing has happened");
        for here in 1..=150 {
            count(&mut crowds, here);
        }
        assert_eq!(tell(&mut crowds, 1_000), [(1, 150, true)]);
        count(&mut crowds, 180);
        assert_eq!(tell(&mut crowds, 9_000), [(1, 180, true)]);
        crowds.count(3, Numbers { here: 9, members: 201 });
        assert_eq!(tell(&mut crowds, 10_499), [(3, 9, true)]);
        assert_eq!(
            tell(&mut crowds, 20_000),
            [(3, 9, false)],
            "now the first is what it became, and it is no crowd"
        );
        assert!(crowds.is_crowd(1));
    }

    #[test]
    fn a_room_is_due_once_whatever_happens_in_it() {
        let mut crowds = Crowds::default();
        for step in 0..10_000_usize {
            let room = (step * 7 % 5) as RoomId;
            crowds.count(room, Numbers { here: step * 31 % 400, members: 400 });
            if step % 3 == 0 {
                crowds.next(step as Millis * 100);
            }
            if step % 97 == 0 {
                crowds.remove(room);
            }
            assert!(crowds.due.len() <= crowds.rooms.len(), "at {step}");
        }
        (0..5).for_each(|room| crowds.remove(room));
        assert!(crowds.due.is_empty() && crowds.rooms.is_empty());
    }
}
