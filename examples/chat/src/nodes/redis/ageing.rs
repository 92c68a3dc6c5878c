//! How old the log is. Notes of how far it was stand beside it, in a stream whose ids are times by the clock of Redis.

use redis::cmd;
use redis::streams::StreamRangeReply;

use super::keys::id;
use super::stream::RedisLog;
use crate::nodes::log::{Fault, Log, Place};

impl RedisLog {
    /// Notes how far the log is now. When the newest note was made, in milliseconds: it is of long ago while Redis takes nothing.
    pub(crate) fn note(&mut self) -> Result<u64, Fault> {
        let tail = self.tail()?;
        let add = cmd("XADD").arg(self.link.keys.notes()).arg("*").arg("p").arg(tail).clone();
        let answer = self.link.one(&add)?;
        let noted: String = match self.link.read(answer) {
            Err(Fault::Refused(why)) => match self.note_of("+")? {
                Some((newest, _)) => newest,
                None => return Err(Fault::Refused(why)),
            },
            noted => noted?,
        };
        Ok(time(&noted))
    }

    /// Gives up what stood in the log at that time, but for the last entry of it.
    pub(crate) fn give_up(&mut self, until: u64) -> Result<(), Fault> {
        let Some((note, place)) = self.note_of(&until.to_string())? else { return Ok(()) };
        let keys = &self.link.keys;
        let trim = |key: String, least: &str| cmd("XTRIM").arg(key).arg("MINID").arg(least).clone();
        let cmds = [trim(keys.log(), &id(place)), trim(keys.notes(), &note)];
        let answers = self.link.ask(&cmds, std::time::Duration::ZERO)?;
        answers.into_iter().try_for_each(|answer| self.link.good(answer).map(drop))
    }

    /// The last note that was made at a time or before, and how far the log was then.
    fn note_of(&mut self, time: &str) -> Result<Option<(String, Place)>, Fault> {
        let mut find = cmd("XREVRANGE");
        find.arg(self.link.keys.notes()).arg(time).arg("-").arg("COUNT").arg(1);
        let answer = self.link.one(&find)?;
        let reply: StreamRangeReply = self.link.read(answer)?;
        Ok(reply.ids.first().and_then(|note| Some((note.id.clone(), note.get::<Place>("p")?))))
    }
}

/// The first half of an id.
fn time(id: &str) -> u64 {
    id.split_once('-').and_then(|(time, _)| time.parse().ok()).unwrap_or(0)
}
