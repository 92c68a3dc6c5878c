//! The chat, as a queue sees it: who hands what on to whom, what they take together, and where they wait.
//!
//! ```text
//!   client ─▶ loop ─▶ append ─▶ Redis ─▶ follow ─▶ history ─▶ loop ─▶ client        with a log, where Redis tells every node
//!   client ─▶ loop ─────────────────────────────▶ history ─▶ loop ─▶ client        alone
//! ```

use std::collections::VecDeque;
use std::mem;

use crate::machine::{Cost, Event, MICROSECOND, Machines, Time};
use crate::plan::{Costs, Load, Plan, Redis, Seen};

#[derive(Debug)]
enum Work {
    Said(usize),
    Applied(Vec<usize>),
    /// Somebody is back.
    Back,
    Appended(usize),
    /// Of a node, to Redis.
    Append(usize, Vec<usize>),
    Read(usize),
    /// What Redis has told.
    Came(Vec<usize>),
    Acknowledged(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Sleeps,
    Wakes,
    Works,
    Waits,
}

struct Thread {
    core: usize,
    state: State,
    inbox: VecDeque<Work>,
    doing: Vec<Work>,
}

struct Message {
    home: usize,
    said: Time,
    /// At each node.
    hear: f64,
    untold: usize,
}

const LOOP: usize = 0;
const APPEND: usize = 1;
const FOLLOW: usize = 2;
const HISTORY: usize = 3;
const THREADS: usize = 4;
/// As in the chat: what goes together.
const BATCH: usize = 256;
const READ: usize = 512;
/// A planned event: what is said next, or somebody who is back at a node.
const NEXT: u64 = u64::MAX;

struct Model<'a> {
    costs: &'a Costs,
    plan: &'a Plan,
    machines: Machines,
    threads: Vec<Thread>,
    messages: Vec<Message>,
    /// The log; how far each node was told of it; and who waits for more.
    log: Vec<usize>,
    told: Vec<usize>,
    reads: Vec<bool>,
    acks: Vec<(Time, Time)>,
    heard: Vec<Time>,
    begins: Time,
    missing: usize,
    back: Time,
}

pub(crate) fn run(costs: &Costs, plan: &Plan) -> Seen {
    let cores = if plan.shares_core { 2 } else { 2 * plan.nodes + 2 };
    let core = |node: usize, role: usize| match (plan.shares_core, role) {
        (true, _) => 0,
        (false, LOOP) => 2 * node,
        (false, _) => 2 * node + 1,
    };
    let sleeps = |core| Thread { core, state: State::Sleeps, inbox: VecDeque::new(), doing: Vec::new() };
    let mut threads: Vec<Thread> =
        (0..plan.nodes * THREADS).map(|it| sleeps(core(it / THREADS, it % THREADS))).collect();
    threads.push(sleeps(if plan.shares_core { 0 } else { cores - 2 }));
    threads.push(sleeps(cores - 1));
    let mut model = Model {
        costs,
        plan,
        machines: Machines::new(cores, plan.nodes + 1, costs.syncs),
        threads,
        messages: Vec::new(),
        log: Vec::new(),
        told: vec![0; plan.nodes],
        reads: vec![true; plan.nodes],
        acks: Vec::new(),
        heard: Vec::new(),
        begins: plan.time / 5,
        missing: 0,
        back: 0,
    };
    model.begin();
    model.go_on();
    model.seen()
}

impl Model<'_> {
    fn redis(&self) -> usize {
        self.plan.nodes * THREADS
    }

    fn client(&self) -> usize {
        self.redis() + 1
    }

    fn begin(&mut self) {
        match self.plan.load {
            Load::Writers(writers) => (0..writers).for_each(|writer| self.say(writer % self.plan.nodes)),
            Load::Rate(_) => self.machines.plan(0, Event::Planned(NEXT)),
        }
        if let Some((people, within)) = self.plan.back {
            for it in 0..people * self.plan.nodes {
                let later = self.machines.dice.below(within.max(1) as usize) as Time;
                let event = Event::Planned((it % self.plan.nodes) as u64);
                self.machines.plan(self.plan.time / 2 + later, event);
            }
            self.missing = people * self.plan.nodes;
        }
    }

    fn go_on(&mut self) {
        while let Some(event) = self.machines.next() {
            if self.machines.now() > self.plan.time && self.missing == 0 {
                return;
            }
            match event {
                Event::Worked(thread) => self.worked(thread),
                Event::Synced(thread) => {
                    let done = mem::take(&mut self.threads[thread].doing);
                    self.done(thread, done);
                    self.rest(thread);
                }
                Event::Woken(thread) => self.rest(thread),
                Event::Planned(NEXT) => self.say_sometimes(),
                Event::Planned(node) => self.hand(node as usize * THREADS + LOOP, Work::Back),
            }
        }
    }

    // ---- who talks

    fn say_sometimes(&mut self) {
        let Load::Rate(rate) = self.plan.load else { return };
        let home = self.machines.dice.below(self.plan.nodes);
        self.say(home);
        let pause = -(1.0 - self.luck()).ln() / rate * 1e9;
        self.machines.plan(self.machines.now() + pause as Time, Event::Planned(NEXT));
    }

    /// From 0 to 1, without the 1.
    fn luck(&mut self) -> f64 {
        self.machines.dice.below(1 << 20) as f64 / (1 << 20) as f64
    }

    fn say(&mut self, home: usize) {
        let mut luck = self.luck();
        let room = self.plan.rooms.iter().find(|(share, _)| {
            luck -= share;
            luck < 0.0
        });
        let hear = room.map_or(0.0, |(_, people)| people / self.plan.nodes as f64);
        let message = Message { home, said: self.machines.now(), hear, untold: self.plan.nodes };
        self.messages.push(message);
        self.hand(home * THREADS + LOOP, Work::Said(self.messages.len() - 1));
    }

    // ---- threads

    fn hand(&mut self, thread: usize, work: Work) {
        self.threads[thread].inbox.push_back(work);
        if self.threads[thread].state == State::Sleeps {
            self.wake(thread);
        }
    }

    fn wake(&mut self, thread: usize) {
        self.threads[thread].state = State::Wakes;
        let at = self.machines.now() + (self.costs.wake * MICROSECOND as f64) as Time;
        self.machines.plan(at, Event::Woken(thread));
    }

    /// It has done what it had, and takes what has come meanwhile.
    fn rest(&mut self, thread: usize) {
        match self.threads[thread].inbox.is_empty() {
            true => self.threads[thread].state = State::Sleeps,
            false => self.take(thread),
        }
    }

    fn take(&mut self, thread: usize) {
        let most = match self.role(thread) {
            Some(LOOP) | None => usize::MAX,
            Some(APPEND) => BATCH,
            Some(HISTORY) if self.plan.redis == Redis::None => BATCH,
            _ => 1,
        };
        let most = if thread == self.client() { 1 } else { most };
        let it = &mut self.threads[thread];
        let count = it.inbox.len().min(most);
        it.doing = it.inbox.drain(..count).collect();
        it.state = State::Works;
        let core = it.core;
        let time = (self.cost(thread) as f64 / self.plan.left) as Time;
        self.machines.work(thread, core, time);
    }

    fn role(&self, thread: usize) -> Option<usize> {
        (thread < self.redis()).then_some(thread % THREADS)
    }

    fn cost(&self, thread: usize) -> Time {
        let costs = self.costs;
        let (mut said, mut applied, mut others, mut each) = (0, 0, 0.0, 0);
        let mut all = 0;
        for work in &self.threads[thread].doing {
            match work {
                Work::Said(_) => said += 1,
                Work::Applied(batch) => {
                    applied += batch.len();
                    let hear: f64 = batch.iter().map(|&it| self.messages[it].hear).sum();
                    others += hear * costs.delivery;
                }
                Work::Back => others += costs.back,
                Work::Appended(_) => each += 1,
                Work::Append(_, batch) => {
                    // Those who wait for more are told with it.
                    let readers = self.reads.iter().filter(|reads| **reads).count() as f64;
                    others += readers * costs.read.each * batch.len() as f64;
                    all += costs.taken.of_many(batch.len());
                }
                Work::Read(node) => {
                    all += costs.read.of_many((self.log.len() - self.told[*node]).min(READ));
                }
                Work::Came(batch) => each += batch.len(),
                Work::Acknowledged(_) => others += costs.client,
            }
        }
        let of = |cost: Cost, things: usize| if things == 0 { 0 } else { cost.of_many(things) };
        let each = match self.role(thread) {
            Some(APPEND) => of(costs.append, each),
            Some(FOLLOW) => of(costs.follow, each),
            _ => of(costs.history, each),
        };
        all + of(costs.said, said) + of(costs.applied, applied) + each + (others * MICROSECOND as f64) as Time
    }

    fn worked(&mut self, thread: usize) {
        self.machines.leave(self.threads[thread].core);
        let (nodes, redis) = (self.plan.nodes, self.plan.redis);
        let disk = match self.role(thread) {
            Some(HISTORY) if self.plan.node_syncs => Some(thread / THREADS),
            None if thread == self.redis() && redis == Redis::Always => {
                let appends = |work: &Work| matches!(work, Work::Append(..));
                self.threads[thread].doing.iter().any(appends).then_some(nodes)
            }
            _ => None,
        };
        if let Some(disk) = disk {
            self.threads[thread].state = State::Waits;
            return self.machines.sync(thread, disk);
        }
        let done = mem::take(&mut self.threads[thread].doing);
        self.done(thread, done);
        // Who has appended waits for the answer.
        if self.role(thread) == Some(APPEND) {
            self.threads[thread].state = State::Waits;
        } else {
            self.rest(thread);
        }
    }

    // ---- what comes of it

    fn done(&mut self, thread: usize, done: Vec<Work>) {
        let node = thread / THREADS;
        match self.role(thread) {
            Some(LOOP) => done.into_iter().for_each(|work| self.done_by_loop(node, work)),
            Some(APPEND) => {
                let batch = done.into_iter().map(|work| match work {
                    Work::Appended(message) => message,
                    other => unreachable!("{other:?} is not appended"),
                });
                let append = Work::Append(node, batch.collect());
                self.hand(self.redis(), append);
            }
            Some(FOLLOW) => {
                done.into_iter().for_each(|work| self.hand(node * THREADS + HISTORY, work));
                self.hand(self.redis(), Work::Read(node));
            }
            Some(_) => {
                for work in done {
                    let Work::Came(batch) = work else { unreachable!("{work:?} is not applied") };
                    self.hand(node * THREADS + LOOP, Work::Applied(batch));
                }
            }
            None if thread == self.redis() => self.done_by_redis(done),
            None => {
                for work in done {
                    let Work::Acknowledged(message) = work else { continue };
                    let Message { home, said, .. } = self.messages[message];
                    self.acks.push((self.machines.now(), self.machines.now() - said));
                    self.say(home);
                }
            }
        }
    }

    fn done_by_loop(&mut self, node: usize, work: Work) {
        match work {
            Work::Said(message) if self.plan.redis == Redis::None => {
                self.hand(node * THREADS + HISTORY, Work::Came(vec![message]));
            }
            Work::Said(message) => self.hand(node * THREADS + APPEND, Work::Appended(message)),
            Work::Applied(batch) => batch.into_iter().for_each(|message| self.applied(node, message)),
            Work::Back => {
                self.missing -= 1;
                self.back = self.machines.now();
            }
            other => unreachable!("{other:?} is not the loop's"),
        }
    }

    fn applied(&mut self, node: usize, message: usize) {
        let now = self.machines.now();
        let it = &mut self.messages[message];
        it.untold -= 1;
        let (home, said, untold) = (it.home, it.said, it.untold);
        if untold == 0 && now > self.begins {
            self.heard.push(now - said);
        }
        if home == node {
            match self.plan.load {
                Load::Writers(_) => self.hand(self.client(), Work::Acknowledged(message)),
                Load::Rate(_) => self.acks.push((now, now - said)),
            }
        }
    }

    fn done_by_redis(&mut self, done: Vec<Work>) {
        for work in done {
            match work {
                Work::Append(node, batch) => {
                    self.log.extend(batch);
                    self.wake(node * THREADS + APPEND);
                }
                Work::Read(node) => self.reads[node] = true,
                other => unreachable!("{other:?} is not for Redis"),
            }
        }
        for node in 0..self.plan.nodes {
            let end = self.log.len().min(self.told[node] + READ);
            if self.reads[node] && end > self.told[node] {
                let batch = self.log[self.told[node]..end].to_vec();
                (self.told[node], self.reads[node]) = (end, false);
                self.hand(node * THREADS + FOLLOW, Work::Came(batch));
            }
        }
    }

    fn seen(self) -> Seen {
        let counts: Vec<Time> =
            self.acks.iter().filter(|(at, _)| *at > self.begins).map(|(_, wait)| *wait).collect();
        let span = (self.machines.now() - self.begins) as f64 / 1e9;
        let waits = |waits: Vec<Time>| waits.into_iter().map(std::time::Duration::from_nanos).collect();
        let (middle, last) = (self.plan.time / 2, self.back);
        let while_back = self.acks.iter().filter(|(at, wait)| (middle..=last).contains(&(at - wait)));
        let core = |thread: usize| self.machines.share(self.threads[thread].core);
        Seen {
            rate: counts.len() as f64 / span,
            busy: [core(LOOP), core(HISTORY), core(self.redis())],
            worst: while_back.map(|(_, wait)| *wait).max().unwrap_or(0),
            back: last.saturating_sub(middle),
            acks: waits(counts),
            heard: waits(self.heard),
        }
    }
}
