//! Processors, disks and a clock, as far as a queue can tell: threads that take what waits for them, need a processor for it, and may
//! then wait for a disk. Nothing of it knows a chat.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use pollcat_testing::dice::Dice;

/// Of the model's clock: nanoseconds.
pub(crate) type Time = u64;

pub(crate) const MICROSECOND: Time = 1_000;
pub(crate) const MILLISECOND: Time = 1_000_000;
pub(crate) const SECOND: Time = 1_000_000_000;

/// What a piece of work takes: so much however small it is, and so much for each thing in it. In microseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    pub each_time: f64,
    pub each: f64,
}

impl Cost {
    /// From what was measured: with one thing at a time, and with so many.
    pub(crate) fn of(alone: f64, many: f64, at_a_time: f64) -> Self {
        let each_time = ((alone - many) / (1.0 - 1.0 / at_a_time)).max(0.0);
        Cost { each_time, each: (alone - each_time).max(0.0) }
    }

    pub(crate) fn of_many(self, things: usize) -> Time {
        ((self.each_time + self.each * things as f64) * MICROSECOND as f64) as Time
    }
}

/// What happens next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Event {
    /// This thread has had the processor for as long as it needed.
    Worked(usize),
    /// What it wrote is on the disk.
    Synced(usize),
    /// It has slept, and now sees what has come.
    Woken(usize),
    /// Whatever the model has planned.
    Planned(u64),
}

pub(crate) struct Machines {
    now: Time,
    count: u64,
    agenda: BinaryHeap<Reverse<(Time, u64, Event)>>,
    cores: Vec<Core>,
    disks: Vec<Time>,
    /// How long a sync takes: any of these is as likely as another one.
    syncs: &'static [f64],
    pub dice: Dice,
}

/// Who has it, and who waits for it.
#[derive(Default)]
struct Core {
    is_busy: bool,
    waiting: VecDeque<(usize, Time)>,
    had: Time,
}

impl Machines {
    pub(crate) fn new(cores: usize, disks: usize, syncs: &'static [f64]) -> Self {
        Machines {
            now: 0,
            count: 0,
            agenda: BinaryHeap::new(),
            cores: (0..cores).map(|_| Core::default()).collect(),
            disks: vec![0; disks],
            syncs,
            dice: Dice::new(7),
        }
    }

    pub(crate) fn now(&self) -> Time {
        self.now
    }

    /// How much of the time so far a core was busy.
    pub(crate) fn share(&self, core: usize) -> f64 {
        self.cores[core].had as f64 / self.now.max(1) as f64
    }

    pub(crate) fn plan(&mut self, at: Time, event: Event) {
        self.count += 1;
        self.agenda.push(Reverse((at.max(self.now), self.count, event)));
    }

    /// A thread needs a processor for so long. Those who wait get it in the order in which they came.
    pub(crate) fn work(&mut self, thread: usize, core: usize, time: Time) {
        let it = &mut self.cores[core];
        it.had += time;
        if it.is_busy {
            return it.waiting.push_back((thread, time));
        }
        it.is_busy = true;
        self.plan(self.now + time, Event::Worked(thread));
    }

    /// It is not needed any more: the next one has it.
    pub(crate) fn leave(&mut self, core: usize) {
        match self.cores[core].waiting.pop_front() {
            Some((thread, time)) => self.plan(self.now + time, Event::Worked(thread)),
            None => self.cores[core].is_busy = false,
        }
    }

    /// One sync after the other.
    pub(crate) fn sync(&mut self, thread: usize, disk: usize) {
        let at = self.dice.below(self.syncs.len());
        let begins = self.disks[disk].max(self.now);
        self.disks[disk] = begins + (self.syncs[at] * MICROSECOND as f64) as Time;
        self.plan(self.disks[disk], Event::Synced(thread));
    }

    pub(crate) fn next(&mut self) -> Option<Event> {
        let Reverse((at, _, event)) = self.agenda.pop()?;
        self.now = at;
        Some(event)
    }
}
