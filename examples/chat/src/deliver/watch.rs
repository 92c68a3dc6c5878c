//! Who watches whom: a window names the people that it shows, and hears of them in a crowd too.
//!
//! ```text
//!   watch ──▶ the window's people, and for each of them the windows that watch them
//!   somebody comes, goes, is called otherwise ──▶ a mark for each of those windows
//!   a second later ──▶ the people whose marks differ from what the window knows: one frame; gone and back is nothing
//! ```
//!
//! A window has three marks for each of its people, whatever happens to them: what waits to be told does not grow. It keeps
//! 8 bytes for each of them, and they about 15 for each window: 10,000 windows take 14 MB if each watches 40 people, and
//! 60 MB if all watch as many as they may (measured). Of those who do not exist nothing is kept at their end. Who causes
//! marks pays for them, and all windows together are told 2,000 times in a second.
//!
//! `W` is a window. This knows nothing else of it, and has no clock.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use crate::history::{Millis, PersonId};
use crate::pace::{Pace, Rate};

/// So many people a window can watch.
pub(super) const MOST: usize = 200;
/// It hears of them at most so often.
const EVERY: Millis = 1_000;
/// So many windows hear something in a second; and what was not used of that lasts from one tick to the next.
const FRAMES: Rate = Rate { per_second: 2_000, burst: 1_000 };

/// Who watches whom, and what they have not heard yet.
#[derive(Debug)]
pub(super) struct Watches<W> {
    windows: HashMap<W, Watch>,
    watchers: HashMap<PersonId, BTreeSet<W>>,
    /// Windows with something to hear, by when they may. Each is there once.
    due: BTreeSet<(Millis, W)>,
    frames: Pace,
}

/// What is to be told of the people that a window watches, by number.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    pub online: Vec<PersonId>,
    pub offline: Vec<PersonId>,
    pub renamed: Vec<PersonId>,
}

/// One window's people, in the order of their numbers, and what there is to know of each.
#[derive(Debug, Default)]
struct Watch {
    people: Box<[PersonId]>,
    online: Marks,
    told: Marks,
    renamed: Marks,
    /// When it may hear something again.
    next: Millis,
    /// Its place among those that are due.
    due: Option<Millis>,
}

/// One bit for each of the people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Marks([u64; MOST.div_ceil(64)]);

impl Marks {
    fn put(&mut self, place: usize, mark: bool) {
        let bit = 1 << (place % 64);
        let word = &mut self.0[place / 64];
        *word = if mark { *word | bit } else { *word & !bit };
    }

    fn has(&self, place: usize) -> bool {
        self.0[place / 64] >> (place % 64) & 1 == 1
    }
}

impl Watch {
    fn has_news(&self) -> bool {
        self.online != self.told || self.renamed != Marks::default()
    }

    /// What it has not heard, which it hears now.
    fn hear(&mut self) -> Seen {
        let mut seen = Seen::default();
        for (place, &person) in self.people.iter().enumerate() {
            let is_online = self.online.has(place);
            if is_online != self.told.has(place) {
                if is_online { &mut seen.online } else { &mut seen.offline }.push(person);
            }
            if self.renamed.has(place) {
                seen.renamed.push(person);
            }
        }
        (self.told, self.renamed) = (self.online, Marks::default());
        seen
    }
}

impl<W> Default for Watches<W> {
    fn default() -> Self {
        Watches {
            windows: HashMap::new(),
            watchers: HashMap::new(),
            due: BTreeSet::new(),
            frames: Pace::default(),
        }
    }
}

impl<W: Copy + Ord + Hash> Watches<W> {
    /// From now on a window watches these people, at most [`MOST`], and nobody else. `is_online` is `None` of those who do
    /// not exist. All that is to be told of them now; and how many are new to the window or no longer watched.
    pub(super) fn watch(
        &mut self,
        window: W,
        mut people: Vec<PersonId>,
        is_online: impl Fn(PersonId) -> Option<bool>,
        now: Millis,
    ) -> (Seen, usize) {
        people.sort_unstable();
        people.dedup();
        people.truncate(MOST);
        let old = self.take(window).unwrap_or_default();
        let dropped = old.people.iter().filter(|person| people.binary_search(person).is_err());
        let mut changed = dropped.map(|&person| self.unlist(person, window)).count();
        let mut watch = Watch { next: now + EVERY, ..Watch::default() };
        let mut seen = Seen::default();
        for (place, &person) in people.iter().enumerate() {
            let online = is_online(person);
            watch.online.put(place, online == Some(true));
            if online == Some(true) { &mut seen.online } else { &mut seen.offline }.push(person);
            match old.people.binary_search(&person) {
                Ok(before) => seen.renamed.extend(old.renamed.has(before).then_some(person)),
                Err(_) => {
                    changed += 1;
                    if online.is_some() {
                        self.watchers.entry(person).or_default().insert(window);
                    }
                }
            }
        }
        watch.told = watch.online;
        watch.people = people.into();
        if !watch.people.is_empty() {
            self.windows.insert(window, watch);
        }
        (seen, changed)
    }

    /// A window is closed.
    pub(super) fn close(&mut self, window: W) {
        let watch = self.take(window).unwrap_or_default();
        watch.people.iter().for_each(|&person| self.unlist(person, window));
    }

    /// How many windows watch somebody: so many marks it takes to note what they do.
    pub(super) fn count(&self, person: PersonId) -> usize {
        self.watchers.get(&person).map_or(0, BTreeSet::len)
    }

    /// Somebody has come, or has gone.
    pub(super) fn note_online(&mut self, person: PersonId, is_online: bool) {
        self.mark(person, |watch, place| watch.online.put(place, is_online));
    }

    /// Somebody is called otherwise.
    pub(super) fn note_renamed(&mut self, person: PersonId) {
        self.mark(person, |watch, place| watch.renamed.put(place, true));
    }

    /// Somebody will not come back: they are offline, and stay it.
    pub(super) fn note_forgotten(&mut self, person: PersonId) {
        self.mark(person, |watch, place| {
            watch.online.put(place, false);
            watch.renamed.put(place, false);
        });
        self.watchers.remove(&person);
    }

    /// The next window that hears something, and what that is. Those that are not ready, as they have not read what they
    /// were told before, hear it later: until then it is kept as marks.
    pub(super) fn next(&mut self, now: Millis, is_ready: impl Fn(W) -> bool) -> Option<(W, Seen)> {
        self.frames.take(now as u64, 0, &FRAMES).ok()?;
        while let Some(&(_, window)) = self.due.first().filter(|(due, _)| *due <= now) {
            self.due.pop_first();
            let Some(watch) = self.windows.get_mut(&window) else {
                continue;
            };
            watch.due = None;
            if !watch.has_news() {
                continue; // they went, and are back
            }
            watch.next = now + EVERY;
            if !is_ready(window) {
                queue(&mut self.due, window, watch);
                continue;
            }
            self.frames.owe(now as u64, 1_000, &FRAMES);
            return Some((window, watch.hear()));
        }
        None
    }

    fn mark(&mut self, person: PersonId, mark: impl Fn(&mut Watch, usize)) {
        for &window in self.watchers.get(&person).into_iter().flatten() {
            if let Some(watch) = self.windows.get_mut(&window)
                && let Ok(place) = watch.people.binary_search(&person)
            {
                mark(watch, place);
                if watch.has_news() {
                    queue(&mut self.due, window, watch);
                }
            }
        }
    }

    fn take(&mut self, window: W) -> Option<Watch> {
        let watch = self.windows.remove(&window)?;
        if let Some(due) = watch.due {
            self.due.remove(&(due, window));
        }
        Some(watch)
    }

    fn unlist(&mut self, person: PersonId, window: W) {
        if let Some(watchers) = self.watchers.get_mut(&person) {
            watchers.remove(&window);
            if watchers.is_empty() {
                self.watchers.remove(&person);
            }
        }
    }
}

fn queue<W: Copy + Ord>(due: &mut BTreeSet<(Millis, W)>, window: W, watch: &mut Watch) {
    let next = watch.next;
    due.insert((*watch.due.get_or_insert(next), window));
}

#[cfg(test)]
#[path = "watch_tests.rs"]
mod tests;
