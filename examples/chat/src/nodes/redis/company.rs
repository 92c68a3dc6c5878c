//! Who else follows the log: the nodes that live, the people they have here, and which of them does the chores. All of that lives for a
//! while and is refreshed; nothing has to be taken back from a node that is dead.

use std::fmt::Write;
use std::time::{Duration, Instant};

use redis::streams::{StreamId, StreamRangeReply};
use redis::{Cmd, Value, cmd};

use super::address::Where;
use super::link::Link;
use crate::nodes::clock::Reading;
use crate::nodes::log::{Fault, Place};

/// So much of what is said beside the log is kept, about. A node that is further behind asks who is there.
const NOW: usize = 1000;
/// Nodes that say what they have at a place, about.
const REPORTS: usize = 100;
/// The lease was taken or lost while it was asked for: so often is that tried again.
const TRIES: usize = 3;

/// The company, as one thread of a node sees it, with a connection of its own. Whoever meets a fault makes another one.
pub(crate) struct Company {
    link: Link,
    boot: String,
    life: Duration,
}

/// Who was there when it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Round {
    /// All nodes that live, this one too: their boots and cards, in the order of their boots.
    pub nodes: Vec<(String, String)>,
    /// This node does the chores, for the life of its lease, counted from when it began to ask.
    pub holds_chores: bool,
    /// So many people are said to be with this node. If that is wrong (Redis has forgotten them), `show_all` says it again.
    pub here: usize,
    pub clock: Reading,
}

impl Company {
    /// `life` is [`super::LIFE`]: tests have less patience.
    pub(crate) fn connect(place: &Where, at: usize, boot: &str, life: Duration) -> Result<Self, Fault> {
        Ok(Company { link: Link::connect(place, at)?, boot: boot.into(), life })
    }

    /// Says that this node lives, takes the lease of the chores or keeps it, if it may, and asks who else lives. The card is what the
    /// node says of itself, in JSON.
    pub(crate) fn refresh(&mut self, card: &str, may_hold: bool) -> Result<Round, Fault> {
        for _ in 0..TRIES {
            let holder = self.holder()?;
            let keys = &self.link.keys;
            let life = self.life.as_millis() as u64;
            let mut cmds = vec![
                cmd("SADD").arg(keys.nodes()).arg(&self.boot).clone(),
                cmd("SET").arg(keys.node(&self.boot)).arg(card).arg("PX").arg(life).clone(),
                cmd("PEXPIRE").arg(keys.here(&self.boot)).arg(life).clone(),
                cmd("SCARD").arg(keys.here(&self.boot)).clone(),
                cmd("SMEMBERS").arg(keys.nodes()).clone(),
                cmd("TIME"),
            ];
            let is_free = holder.as_ref().is_none_or(|holder| *holder == self.boot);
            let holds_chores = is_free && may_hold;
            if is_free && !may_hold {
                cmds.push(cmd("DEL").arg(keys.chores()).clone());
            }
            if holds_chores {
                cmds.push(cmd("SET").arg(keys.chores()).arg(&self.boot).arg("PX").arg(life).clone());
            }
            let asked = Instant::now();
            let Some(answers) = self.link.all_or_none(&cmds)? else { continue };
            let mut clock = Reading { asked, answered: Instant::now(), log: 0 };
            let mut here = 0;
            let mut boots: Vec<String> = Vec::new();
            for (number, answer) in answers.into_iter().enumerate() {
                match number {
                    3 => here = self.link.read(answer)?,
                    4 => boots = self.link.read(answer)?,
                    5 => clock.log = self.link.time(answer)?,
                    _ => drop(self.link.good(answer)?),
                }
            }
            return Ok(Round { nodes: self.living(boots)?, holds_chores, here, clock });
        }
        Err(self.link.fault(Fault::Away("the lease of the chores changes hands too fast".into())))
    }

    /// Says who came and who went, to all nodes that follow.
    pub(crate) fn show(&mut self, came: &[u64], went: &[u64]) -> Result<(), Fault> {
        let here = self.link.keys.here(&self.boot);
        let mut cmds = Vec::new();
        if !came.is_empty() {
            cmds.push(cmd("SADD").arg(&here).arg(came).clone());
        }
        if !went.is_empty() {
            cmds.push(cmd("SREM").arg(&here).arg(went).clone());
        }
        cmds.push(cmd("PEXPIRE").arg(&here).arg(self.life.as_millis() as u64).clone());
        cmds.push(self.saying(&presence_words(came, went)));
        self.all(&cmds)
    }

    /// Says who is here, whatever was said before. Others see it when they ask.
    pub(crate) fn show_all(&mut self, people: &[u64]) -> Result<(), Fault> {
        let here = self.link.keys.here(&self.boot);
        let mut cmds = vec![cmd("DEL").arg(&here).clone()];
        cmds.extend(people.chunks(1000).map(|some| cmd("SADD").arg(&here).arg(some).clone()));
        cmds.push(cmd("PEXPIRE").arg(&here).arg(self.life.as_millis() as u64).clone());
        self.all(&cmds)
    }

    /// Says something to all nodes that follow. It may be lost.
    pub(crate) fn tell(&mut self, words: &[String]) -> Result<(), Fault> {
        if words.is_empty() {
            return Ok(());
        }
        let cmds: Vec<Cmd> = words.iter().map(|words| self.saying(words)).collect();
        let answers = self.link.ask(&cmds, Duration::ZERO)?;
        answers.into_iter().try_for_each(|answer| self.link.good(answer).map(drop))
    }

    /// The people that a node has here.
    pub(crate) fn here_of(&mut self, boot: &str) -> Result<Vec<u64>, Fault> {
        let answer = self.link.one(cmd("SMEMBERS").arg(self.link.keys.here(boot)))?;
        let mut people: Vec<u64> = self.link.read(answer)?;
        people.sort_unstable();
        Ok(people)
    }

    /// Leaves at once, so that nobody waits for what would lapse.
    pub(crate) fn leave(&mut self) -> Result<(), Fault> {
        for _ in 0..TRIES {
            let holder = self.holder()?;
            let keys = &self.link.keys;
            let mut cmds = vec![
                cmd("SREM").arg(keys.nodes()).arg(&self.boot).clone(),
                cmd("DEL").arg(keys.node(&self.boot)).arg(keys.here(&self.boot)).clone(),
            ];
            if holder.as_ref() == Some(&self.boot) {
                cmds.push(cmd("DEL").arg(keys.chores()).clone());
            }
            if let Some(answers) = self.link.all_or_none(&cmds)? {
                return answers.into_iter().try_for_each(|answer| self.link.good(answer).map(drop));
            }
        }
        Err(self.link.fault(Fault::Away("the lease of the chores changes hands too fast".into())))
    }

    /// What this node has at a place, as a hash.
    pub(crate) fn report(&mut self, log: &str, place: Place, digest: &str) -> Result<(), Fault> {
        let key = self.link.keys.digest(log, place);
        let life = self.link.keep.as_millis().max(1) as u64;
        let mut add = cmd("XADD");
        add.arg(&key)
            .arg("MAXLEN")
            .arg("~")
            .arg(REPORTS)
            .arg("*")
            .arg("b")
            .arg(&self.boot)
            .arg("d")
            .arg(digest);
        self.all(&[add, cmd("PEXPIRE").arg(&key).arg(life).clone()])
    }

    /// What all nodes have there, in the order in which they have said so: their boots and hashes.
    pub(crate) fn reports(&mut self, log: &str, place: Place) -> Result<Vec<(String, String)>, Fault> {
        let all = cmd("XREVRANGE").arg(self.link.keys.digest(log, place)).arg("+").arg("-").clone();
        let answer = self.link.one(&all)?;
        let reply: StreamRangeReply = self.link.read(answer)?;
        let field = |entry: &StreamId, name| entry.get::<String>(name);
        let reports = reply.ids.iter().rev();
        Ok(reports.filter_map(|entry| field(entry, "b").zip(field(entry, "d"))).collect())
    }

    /// Who does the chores. Watched: if that changes, what follows is not done.
    fn holder(&mut self) -> Result<Option<String>, Fault> {
        let chores = self.link.keys.chores();
        let cmds = [cmd("WATCH").arg(&chores).clone(), cmd("GET").arg(&chores).clone()];
        let answers = self.link.ask(&cmds, Duration::ZERO)?;
        let [watch, holder] = answers.try_into().expect("there are as many answers as commands");
        self.link.good(watch)?;
        self.link.read(holder)
    }

    /// Which of these have a card. The others are not asked for again.
    fn living(&mut self, mut boots: Vec<String>) -> Result<Vec<(String, String)>, Fault> {
        boots.sort_unstable();
        let keys = &self.link.keys;
        let cards: Vec<String> = boots.iter().map(|boot| keys.node(boot)).collect();
        let answer = self.link.one(cmd("MGET").arg(cards))?;
        let cards: Vec<Option<String>> = self.link.read(answer)?;
        let (mut nodes, mut gone) = (Vec::new(), Vec::new());
        for (boot, card) in boots.into_iter().zip(cards) {
            match card {
                Some(card) => nodes.push((boot, card)),
                None => gone.push(boot),
            }
        }
        if !gone.is_empty() {
            let answer = self.link.one(cmd("SREM").arg(self.link.keys.nodes()).arg(gone))?;
            self.link.good(answer)?;
        }
        Ok(nodes)
    }

    fn saying(&self, words: &str) -> Cmd {
        let mut add = cmd("XADD");
        add.arg(self.link.keys.now()).arg("MAXLEN").arg("~").arg(NOW).arg("*");
        add.arg("b").arg(&self.boot).arg("p").arg(words);
        add
    }

    fn all(&mut self, cmds: &[Cmd]) -> Result<(), Fault> {
        let Some(answers) = self.link.all_or_none(cmds)? else {
            return Err(self.link.strange(&Value::Nil)); // nothing is watched
        };
        answers.into_iter().try_for_each(|answer| self.link.good(answer).map(drop))
    }
}

const PRESENCE: &str = "here";

/// `here +3 +4 -5`: 3 and 4 came, 5 went.
fn presence_words(came: &[u64], went: &[u64]) -> String {
    let mut words = PRESENCE.to_owned();
    for (sign, people) in [('+', came), ('-', went)] {
        for person in people {
            let _ = write!(words, " {sign}{person}"); // a String takes it
        }
    }
    words
}

/// Who came, and who went, if that is what was said (`Company::show`).
pub(crate) fn presence(words: &str) -> Option<(Vec<u64>, Vec<u64>)> {
    let mut parts = words.split(' ');
    if parts.next() != Some(PRESENCE) {
        return None;
    }
    let (mut came, mut went) = (Vec::new(), Vec::new());
    for part in parts {
        match part.split_at_checked(1)? {
            ("+", person) => came.push(person.parse().ok()?),
            ("-", person) => went.push(person.parse().ok()?),
            _ => return None,
        }
    }
    Some((came, went))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presence_is_read_as_it_is_written() {
        assert_eq!(presence_words(&[3, 4], &[5]), "here +3 +4 -5");
        assert_eq!(presence("here +3 +4 -5"), Some((vec![3, 4], vec![5])));
        assert_eq!(presence("here"), Some((vec![], vec![])));
        for other in ["", "typing 3", "here 3", "here +", "here +x", "here +3 é"] {
            assert_eq!(presence(other), None, "{other:?}");
        }
    }
}
