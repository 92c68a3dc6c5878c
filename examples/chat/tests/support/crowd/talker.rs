//! Somebody who speaks: each thing has a number, which is its `id` too, and is said again until it is acknowledged.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::person::Line;
use super::swarm::Swarm;

pub struct Talker {
    pub who: usize,
    said: u64,
    /// What is not acknowledged: where it is said, and when it was first said.
    waiting: BTreeMap<u64, (String, Instant)>,
    /// How long acknowledged things took.
    pub waits: Vec<Duration>,
    /// Where each thing is.
    pub offsets: BTreeMap<u64, u64>,
    welcomes: u64,
    next: Instant,
}

impl Talker {
    /// They come in before anybody else can be there.
    pub fn new(swarm: &mut Swarm) -> Self {
        let who = swarm.add(1).start;
        swarm.people[who].speaks = true;
        swarm.settle(who..who + 1);
        Talker {
            who,
            said: 0,
            waiting: BTreeMap::new(),
            waits: Vec::new(),
            offsets: BTreeMap::new(),
            welcomes: 1,
            next: Instant::now(),
        }
    }

    pub fn say_many(&mut self, swarm: &mut Swarm, room: &str, times: usize) {
        (0..times).for_each(|_| self.say(swarm, room));
        swarm.until("all is acknowledged", |swarm| self.listen(swarm));
    }

    pub fn say(&mut self, swarm: &mut Swarm, room: &str) {
        self.said += 1;
        self.waiting.insert(self.said, (room.to_owned(), Instant::now()));
        self.repeat(swarm, self.said);
    }

    /// Who is not here says it after the welcome.
    fn repeat(&self, swarm: &mut Swarm, number: u64) {
        if swarm.people[self.who].line != Line::Here {
            return;
        }
        let (room, _) = &self.waiting[&number];
        // As long as words of people are: a hundred characters.
        let words =
            "what somebody says to all the others, and they hear it: a hundred characters are quite usual";
        let text =
            format!(r#"{{"type":"message","id":"{number}","room":"{room}","msg":"{number} {words}"}}"#);
        swarm.people[self.who].say(&text);
    }

    /// Says the next thing if it is time for it, and again what went unanswered when there is a new connection.
    pub fn talk(&mut self, swarm: &mut Swarm, room: &str, every: Duration) {
        self.listen(swarm);
        let now = Instant::now();
        if now >= self.next {
            self.next = now + every;
            self.say(swarm, room);
        }
    }

    /// Is all acknowledged?
    pub fn listen(&mut self, swarm: &mut Swarm) -> bool {
        let person = &mut swarm.people[self.who];
        for (number, offset) in std::mem::take(&mut person.acks) {
            if let Some((_, said)) = self.waiting.remove(&number) {
                self.waits.push(said.elapsed());
            }
            let before = self.offsets.insert(number, offset);
            assert!(before.is_none_or(|before| before == offset), "{number} is at two offsets");
        }
        if person.welcomes > self.welcomes {
            self.welcomes = person.welcomes;
            let again: Vec<u64> = self.waiting.keys().copied().collect();
            again.into_iter().for_each(|number| self.repeat(swarm, number));
        }
        self.waiting.is_empty()
    }

    /// The place of the last thing, if nobody else speaks there; and things that are there more than once.
    pub fn last(&self) -> u64 {
        self.offsets.values().copied().max().unwrap_or(0)
    }

    pub fn said(&self) -> u64 {
        self.said
    }
}
