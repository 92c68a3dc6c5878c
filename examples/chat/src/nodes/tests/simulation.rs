//! Three nodes on one log: what each of them does next, and what goes wrong, is drawn. What must be true in the end follows from the
//! log alone, and from what people were answered.
//!
//! `POLLCAT_NODES_RUNS` asks for more runs than there are here, and `POLLCAT_SEED` for another beginning.

use std::env;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::memory::{Fate, Server};
use super::run::Run;
use crate::history::{Aim, Append, Body, Came, Dice, Done, Entry, Node, Outcome, RoomKind, Whose};
use crate::nodes::codec;
use crate::nodes::log::Level;

const NODES: usize = 3;
const STEPS: usize = 150;
pub(super) const LOG: &str = "log";
/// Long enough for all that can be left over.
const ROUNDS: usize = 200;

/// Something that somebody has asked for.
pub(super) struct Asked {
    pub(super) entry: Entry,
    pub(super) boot: Arc<str>,
    pub(super) sequence: u64,
    pub(super) answer: Answer,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Waits,
    /// It was told that it is not known, or the node has gone.
    Unsure,
    Came(Outcome),
}

/// A machine: its disk, and the chat on it.
pub(super) struct Machine {
    pub(super) disk: Node,
    /// As it was before. It may be found so again after a power cut, or because somebody has put it there.
    pub(super) before: Option<Node>,
    pub(super) boots: u32,
    pub(super) run: Option<Run>,
}

/// What has had its turn, in all runs together.
#[derive(Debug, Default)]
pub(super) struct Turns {
    pub(super) repeated: u32,
    pub(super) early: u32,
    pub(super) lost: u32,
    pub(super) lost_at_start: u32,
    pub(super) unsure: u32,
    pub(super) key_repeated: u32,
    pub(super) refused: u32,
}

pub(super) struct World<'a> {
    pub(super) dice: Dice,
    pub(super) server: Server,
    pub(super) machines: Vec<Machine>,
    pub(super) asked: Vec<Asked>,
    pub(super) keys: usize,
    pub(super) has_lost: bool,
    pub(super) turns: &'a mut Turns,
}

impl<'a> World<'a> {
    fn new(seed: u64, template: &Node, turns: &'a mut Turns) -> Self {
        let mut dice = Dice::new(seed);
        let level = [Level::Replicated, Level::Disk, Level::System, Level::Memory][dice.below(4)];
        let machines = (0..NODES).map(|_| {
            let disk = Node::like(template);
            Machine { disk, before: None, boots: 0, run: None }
        });
        let machines = machines.collect();
        let server = Server::new(LOG, level);
        let mut world = World { dice, server, machines, asked: Vec::new(), keys: 0, has_lost: false, turns };
        (0..NODES).for_each(|at| world.start(at));
        world
    }

    fn start(&mut self, at: usize) {
        let machine = &mut self.machines[at];
        if machine.run.is_none() {
            machine.boots += 1;
            machine.run = Some(Run::new(&format!("{at}-{}", machine.boots), &machine.disk));
        }
    }

    fn crash(&mut self, at: usize) {
        let is_older = self.dice.below(3) == 0;
        let machine = &mut self.machines[at];
        let Some(run) = machine.run.take() else { return };
        for asked in self.asked.iter_mut().filter(|asked| asked.boot == *run.producer.boot()) {
            if asked.answer == Answer::Waits {
                asked.answer = Answer::Unsure;
            }
        }
        if let Some(before) = machine.before.take_if(|_| is_older) {
            machine.disk = before;
        }
        machine.disk.restart();
    }

    fn step(&mut self) {
        let at = self.dice.below(NODES);
        let fate = match self.dice.below(12) {
            0 => Fate::ReplyLost,
            1 => Fate::NotTaken,
            2 => Fate::Late,
            3 => Fate::Twice,
            _ => Fate::Taken,
        };
        let most = 1 + self.dice.below(6);
        let what = self.dice.below(100);
        match (what, &mut self.machines[at].run) {
            (0..30, Some(_)) => self.ask(at),
            (30..52, Some(run)) => run.append(&self.server, fate, self.turns),
            (52..72, Some(run)) => run.follow(&self.server, most, self.turns),
            (72..86, Some(_)) => self.apply(at, most),
            (86..88, Some(run)) => {
                let over = run.producer.give_up_waiting(Duration::ZERO, Instant::now());
                self.tell_unsure(over);
            }
            (88..90, _) => self.crash(at),
            (90..91, _) => self.machines[at].before = Some(Node::like(&self.machines[at].disk)),
            (91, _) => self.server.cut(),
            (92..94, _) => self.server.deliver_late(),
            (94, _) => self.server.demote(),
            (95, _) => {
                let lost = self.server.lose(most);
                self.has_lost |= lost > 0;
            }
            (96..98, _) => self.server.promote(),
            (98, _) => self.server.set_copied(false),
            (99, _) => self.server.set_copied(true),
            (_, None) => self.start(at),
            _ => unreachable!("what is below 100"),
        }
    }

    fn ask(&mut self, at: usize) {
        let entry = self.entry(at);
        let run = self.machines[at].run.as_mut().expect("it runs");
        // As the loop does not take it then.
        if run.lost.is_some() {
            return;
        }
        run.asked += 1;
        let boot = run.producer.boot().clone();
        run.producer.ask(codec::encode(&entry), Whose::Loop(Some(self.asked.len())), Instant::now());
        self.asked.push(Asked { entry, boot, sequence: run.asked, answer: Answer::Waits });
    }

    fn entry(&mut self, at: usize) -> Entry {
        let n = self.asked.len();
        match self.dice.below(12) {
            // The same name is wanted here and there.
            0 | 1 => {
                let name = format!("name {}", self.dice.below(3));
                Entry::Arrive {
                    person: 100 + n as u64,
                    folded: name.clone(),
                    name,
                    token: None,
                    at: 1,
                    look: None,
                }
            }
            2 => Entry::Forget { person: 100 + self.dice.below(n + 1) as u64, away: None },
            3 => Entry::Reserve { people: 3, rooms: 1 },
            4 | 5 => {
                self.keys += 1;
                said(format!("key {}", self.keys), true)
            }
            // Whoever was told that it is not known says it again, somewhere.
            6 | 7 => {
                let unsure = |asked: &&Asked| asked.answer == Answer::Unsure && is_keyed(&asked.entry);
                match self.asked.iter().rfind(unsure) {
                    Some(asked) => asked.entry.clone(),
                    None => Entry::Reserve { people: 1, rooms: 0 },
                }
            }
            _ => {
                let run = self.machines[at].run.as_mut().expect("it runs");
                run.texts += 1;
                said(format!("{} {}", run.producer.boot(), run.texts), false)
            }
        }
    }

    fn apply(&mut self, at: usize, most: usize) {
        let Machine { disk, run: Some(run), .. } = &mut self.machines[at] else { return };
        let count = most.min(run.inbox.len());
        let mut batch: Vec<_> = run.inbox.drain(..count).collect();
        if self.dice.below(6) == 0 {
            disk.follow_in_vain(&batch);
            let tickets = batch.iter_mut().filter_map(|logged| ticket(&mut logged.whose)).collect();
            batch.into_iter().rev().for_each(|logged| run.inbox.push_front(logged));
            self.tell_unsure(tickets);
            return;
        }
        let came = disk.follow(&batch);
        for (mut logged, came) in batch.into_iter().zip(came) {
            let ticket = ticket(&mut logged.whose);
            match came {
                Came::Out(outcome) => {
                    if let Some(ticket) = ticket {
                        let asked = &mut self.asked[ticket];
                        assert_eq!(asked.answer, Answer::Waits);
                        assert_eq!(asked.entry, logged.entry);
                        let is_repeated = matches!(outcome, Ok(Done::Appended { repeated: true, .. }));
                        self.turns.key_repeated += u32::from(is_repeated);
                        self.turns.refused += u32::from(outcome.is_err());
                        asked.answer = Answer::Came(outcome);
                    }
                }
                Came::Repeated | Came::Early => {
                    assert_eq!(ticket, None, "somebody waits for what does not happen");
                    self.turns.repeated += u32::from(came == Came::Repeated);
                    self.turns.early += u32::from(came == Came::Early);
                }
            }
        }
    }

    fn tell_unsure(&mut self, tickets: Vec<usize>) {
        for ticket in tickets {
            assert_eq!(self.asked[ticket].answer, Answer::Waits);
            self.asked[ticket].answer = Answer::Unsure;
            self.turns.unsure += 1;
        }
    }

    /// All goes well from now on.
    fn come_to_rest(&mut self) {
        self.server.promote();
        self.server.set_copied(true);
        self.server.deliver_late();
        for at in 0..NODES {
            if self.dice.below(2) == 0 {
                self.crash(at);
            }
            self.start(at);
        }
        for _ in 0..ROUNDS {
            for at in 0..NODES {
                let run = self.machines[at].run.as_mut().expect("it runs");
                run.append(&self.server, Fate::Taken, self.turns);
                run.follow(&self.server, 100, self.turns);
                self.apply(at, 100);
            }
        }
    }
}

fn ticket(whose: &mut Whose<usize>) -> Option<usize> {
    match whose {
        Whose::Loop(ticket) => ticket.take(),
        Whose::Chores | Whose::Elsewhere => None,
    }
}

fn said(text: String, is_keyed: bool) -> Entry {
    Entry::Append(Append {
        room: 1,
        aim: Aim::There,
        author: 1,
        author_name: "Ann".to_owned(),
        key: is_keyed.then(|| text.clone()),
        at: 1,
        body: Body::Text(text),
        mentions: Vec::new(),
        call: None,
    })
}

fn is_keyed(entry: &Entry) -> bool {
    matches!(entry, Entry::Append(Append { key: Some(_), .. }))
}

pub(super) fn words(entry: &Entry) -> Option<&str> {
    match entry {
        Entry::Append(Append { body: Body::Text(text), .. }) => Some(text),
        _ => None,
    }
}

/// All nodes have begun with a copy of this.
fn template() -> Node {
    let mut node = Node::new();
    let ann = Entry::Arrive {
        person: 1,
        name: "Ann".to_owned(),
        folded: "ann".to_owned(),
        token: Some([1; 32]),
        at: 0,
        look: None,
    };
    let tea = Entry::Create {
        room: 1,
        kind: RoomKind::Public,
        name: "tea".to_owned(),
        folded: "tea".to_owned(),
        epoch: "epoch".to_owned(),
        at: 0,
        maker: None,
        title: None,
        look: None,
    };
    let came = node.apply(&[ann, tea, Entry::Join { room: 1, person: 1, read: 0 }]);
    assert!(came.iter().all(Result::is_ok));
    node
}

#[test]
fn whatever_goes_wrong_all_nodes_come_to_what_the_log_says() {
    let number = |name| env::var(name).ok().and_then(|number| number.parse::<u64>().ok());
    let (runs, seed) = (number("POLLCAT_NODES_RUNS").unwrap_or(100), number("POLLCAT_SEED"));
    let template = template();
    let mut turns = Turns::default();
    let first = seed.unwrap_or(1);
    for seed in first..first + runs {
        // It is shown when the test fails.
        println!("POLLCAT_SEED={seed}");
        let mut world = World::new(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15), &template, &mut turns);
        (0..STEPS).for_each(|_| world.step());
        world.come_to_rest();
        world.check(&template);
    }
    println!("{turns:?}");
    let Turns { repeated, early, lost, lost_at_start, unsure, key_repeated, refused } = turns;
    assert_eq!(early, 0, "nothing is appended to a log that was not looked at");
    if seed.is_none() && runs >= 100 {
        let all = [repeated, lost, lost_at_start, unsure, key_repeated, refused];
        assert!(all.iter().all(|turns| *turns > 0), "everything has its turn: {all:?}");
    }
}
