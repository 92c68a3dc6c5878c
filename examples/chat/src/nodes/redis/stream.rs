//! The log: a stream whose ids are `1-0`, `1-1`, … and the pictures beside it.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use redis::streams::{StreamId, StreamReadReply};
use redis::{Cmd, FromRedisValue, Value, cmd};
use sha2::{Digest, Sha256};

use super::address::Where;
use super::keys::{id, place};
use super::link::{Answer, Link};
use super::{condition, replicas};
use crate::nodes::checks;
use crate::nodes::clock::Reading;
use crate::nodes::log::{Condition, Fault, Log, Most, Place, Record};

/// How a record is written, and what its entry means. Whoever reads another number does not know what it says. What entries of this
/// format come to stands in `fixtures/meaning-1.txt`, entry by entry: with another number here there has to be another file.
pub(crate) const FORMAT: &str = "1";
/// No command is much longer than this: there are a Redis, and services that rent one, which take no more than a megabyte.
const PIECE: usize = 256 << 10;
/// A picture stays for so much longer than its entry: what trims the log comes round now and then.
const LONGER: Duration = Duration::from_secs(60 * 60);

pub(crate) struct RedisLog {
    pub(super) link: Link,
    /// Whose log it was when it was looked at. What it is later is compared.
    id: Option<String>,
    /// The last picture that was fetched, and did not fit into what was read: it is the next one's.
    spare: Option<(String, Arc<[u8]>)>,
}

/// What one call has heard.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    pub records: Vec<(Place, Record)>,
    /// What is said now, and may be lost: its id, the boot of the node that says it, and its words.
    pub now: Vec<(String, String, String)>,
    /// What the next call begins behind.
    pub now_after: String,
}

impl RedisLog {
    pub(crate) fn connect(place: &Where, at: usize) -> Result<Self, Fault> {
        Ok(RedisLog { link: Link::connect(place, at)?, id: None, spare: None })
    }

    /// What its clock says.
    pub(crate) fn clock(&mut self) -> Result<Reading, Fault> {
        let asked = Instant::now();
        let answer = self.link.one(&cmd("TIME"))?;
        Ok(Reading { asked, answered: Instant::now(), log: self.link.time(answer)? })
    }

    /// As [`Log::read`], and what is said beside the log. That begins behind `now_after`, or with what is said from now on if that is
    /// empty.
    pub(crate) fn read_both(
        &mut self,
        after: Place,
        now_after: &str,
        most: Most,
        wait: Duration,
    ) -> Result<Heard, Fault> {
        let now_after = match now_after {
            "" => self.now_tail()?,
            known => known.to_owned(),
        };
        self.hear(after, Some(now_after), most, wait)
    }

    fn hear(
        &mut self,
        after: Place,
        now: Option<String>,
        most: Most,
        wait: Duration,
    ) -> Result<Heard, Fault> {
        let (log_key, now_key) = (self.link.keys.log(), self.link.keys.now());
        let mut read = cmd("XREAD");
        read.arg("COUNT").arg(most.records.max(1));
        if !wait.is_zero() {
            read.arg("BLOCK").arg(wait.as_millis().max(1) as u64);
        }
        read.arg("STREAMS").arg(&log_key).arg(now.as_ref().map(|_| &now_key));
        read.arg(id(after)).arg(now.as_ref());
        // Its id behind it: what was read is of this log, and not of one that has been founded meanwhile. And a primary that has become a
        // replica since goes on being read, but whoever reads there would never find the one that takes what is written.
        let whose = cmd("GET").arg(self.link.keys.id()).clone();
        let mut cmds = vec![read, whose, cmd("ROLE")];
        cmds.extend(replicas::waiting(&self.link));
        let mut answers = self.link.ask(&cmds, wait + replicas::patience(&self.link))?;
        let of_replicas = answers.split_off(3);
        let [read, whose, role] = answers.try_into().expect("there are as many answers as commands");
        let read: Option<StreamReadReply> = self.link.read(read)?;
        condition::check_role(&self.link, role)?;
        self.is_mine(whose)?;
        replicas::have_all(&self.link, of_replicas)?;
        let mut heard = Heard { now_after: now.unwrap_or_default(), ..Heard::default() };
        for stream in read.into_iter().flat_map(|reply| reply.keys) {
            if stream.key == log_key {
                heard.records = self.records(after, stream.ids, most.bytes)?;
            } else {
                heard.now_after = stream.ids.last().map_or(heard.now_after, |last| last.id.clone());
                heard.now = stream.ids.into_iter().filter_map(said).collect();
            }
        }
        Ok(heard)
    }

    /// What stands in these entries, with their pictures, in so many bytes (or one record, which may have more).
    fn records(
        &mut self,
        after: Place,
        entries: Vec<StreamId>,
        most: usize,
    ) -> Result<Vec<(Place, Record)>, Fault> {
        let mut records = Vec::with_capacity(entries.len());
        let mut bytes = 0;
        for (expected, entry) in (after + 1..).zip(entries) {
            let left = (!records.is_empty()).then(|| most.saturating_sub(bytes));
            match self.next(expected, &entry, left) {
                Ok(Some(record)) => {
                    bytes += record.entry.len() + record.blob.as_ref().map_or(0, |blob| blob.len());
                    records.push((expected, record));
                }
                Ok(None) => break,
                // What stands before it can be read. It comes to this one again when that has been.
                Err(_) if !records.is_empty() => break,
                Err(fault) => return Err(fault),
            }
        }
        Ok(records)
    }

    /// The record of an entry, with its picture; `None`: it does not fit into the bytes that are left, if there is an end to them.
    fn next(
        &mut self,
        expected: Place,
        entry: &StreamId,
        left: Option<usize>,
    ) -> Result<Option<Record>, Fault> {
        if place(&entry.id) != Some(expected) {
            return Err(self.blocked(&format!(
                "after entry {} it has {}, and what is between is not kept any more: {COPY}",
                expected - 1,
                entry.id
            )));
        }
        let fits = |bytes| left.is_none_or(|left| bytes <= left);
        let (mut record, hash) = self.record(expected, &entry.map)?;
        if !fits(record.entry.len()) {
            return Ok(None);
        }
        if let Some(hash) = hash {
            let blob = self.blob(expected, hash)?;
            if !fits(record.entry.len() + blob.1.len()) {
                self.spare = Some(blob);
                return Ok(None);
            }
            record.blob = Some(blob.1);
        }
        Ok(Some(record))
    }

    /// One entry, and the hash of its picture.
    fn record(
        &self,
        place: Place,
        fields: &HashMap<String, Value>,
    ) -> Result<(Record, Option<String>), Fault> {
        let field = |name: &str| match fields.get(name) {
            Some(Value::BulkString(bytes)) => std::str::from_utf8(bytes).ok(),
            _ => None,
        };
        if field("v").is_some_and(|format| format != FORMAT) {
            return Err(
                self.blocked(&format!("a newer version has written entry {place}: upgrade this node"))
            );
        }
        let record = || {
            Some(Record {
                producer: field("p")?.into(),
                sequence: field("s")?.parse().ok()?,
                attempt: field("t")?.parse().ok()?,
                entry: field("w")?.to_owned(),
                blob: None,
            })
        };
        let record = record().filter(|_| field("v").is_some());
        let record = record.ok_or_else(|| self.blocked(&format!("no chat has written its entry {place}")))?;
        Ok((record, field("b").map(str::to_owned)))
    }

    /// A picture, by its hash.
    fn blob(&mut self, place: Place, hash: String) -> Result<(String, Arc<[u8]>), Fault> {
        if let Some(spare) = self.spare.take().filter(|(known, _)| *known == hash) {
            return Ok(spare);
        }
        let Some(count) = hash.split_once('.').and_then(|(_, count)| count.parse::<usize>().ok()) else {
            return Err(self.blocked(&format!("no chat has written its entry {place}")));
        };
        let mut bytes = Vec::new();
        for number in 0..count {
            let answer = self.link.one(cmd("GET").arg(self.link.keys.blob(&hash, number)))?;
            let Some(piece) = self.link.read::<Option<Vec<u8>>>(answer)? else {
                let words = format!("the picture of entry {place} is not kept any more: {COPY}");
                return Err(self.blocked(&words));
            };
            bytes.extend(piece);
        }
        match name_of(&bytes) == hash {
            true => Ok((hash, bytes.into())),
            false => Err(self.blocked(&format!("the picture of entry {place} is another one: {COPY}"))),
        }
    }

    /// What the last thing said beside the log is called.
    fn now_tail(&mut self) -> Result<String, Fault> {
        let last = cmd("XREVRANGE").arg(self.link.keys.now()).arg("+").arg("-").arg("COUNT").arg(1).clone();
        let answer = self.link.one(&last)?;
        let reply: redis::streams::StreamRangeReply = self.link.read(answer)?;
        Ok(reply.ids.into_iter().next().map_or_else(|| "0-0".into(), |entry| entry.id))
    }

    /// The log is still the one that was looked at.
    fn is_mine(&self, answer: Answer) -> Result<(), Fault> {
        let now: Option<String> = self.link.read(answer)?;
        match (&self.id, now) {
            (Some(_), None) => Err(self.lost(checks::GONE)),
            (Some(mine), Some(now)) if now != *mine => {
                Err(self.lost(&format!("another log is under this name: {COPY}")))
            }
            _ => Ok(()),
        }
    }

    fn lost(&self, words: &str) -> Fault {
        self.link.fault(Fault::Lost(words.into()))
    }

    fn blocked(&self, words: &str) -> Fault {
        self.link.fault(Fault::Blocked(words.into()))
    }

    /// Puts a record's picture beside the log, in pieces. Nobody asks for it before the record stands there.
    fn put_blob(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let (name, life) = (name_of(bytes), (self.link.keep + LONGER).as_secs());
        for (number, piece) in bytes.chunks(PIECE).enumerate() {
            let key = self.link.keys.blob(&name, number);
            let answer = self.link.one(cmd("SET").arg(key).arg(piece).arg("EX").arg(life))?;
            self.link.good(answer)?;
        }
        Ok(())
    }

    /// The command that appends a record. A log that is not there is only made where it is founded.
    fn appending(&self, record: &Record, stream: Stream) -> Cmd {
        let mut add = cmd("XADD");
        add.arg(self.link.keys.log());
        if stream == Stream::IsThere {
            add.arg("NOMKSTREAM");
        }
        add.arg("1-*").arg("v").arg(FORMAT).arg("p").arg(&*record.producer).arg("s").arg(record.sequence);
        add.arg("t").arg(record.attempt).arg("w").arg(&record.entry);
        if let Some(bytes) = &record.blob {
            add.arg("b").arg(name_of(bytes));
        }
        add
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stream {
    IsMade,
    IsThere,
}

const COPY: &str = "copy a backup of another node";

impl Log for RedisLog {
    fn look(&mut self) -> Result<Condition, Fault> {
        let condition = condition::look(&mut self.link)?;
        self.id.clone_from(&condition.id);
        Ok(condition)
    }

    fn found(&mut self, id: &str, first: &Record) -> Result<bool, Fault> {
        let keys = &self.link.keys;
        let cmds = [
            cmd("WATCH").arg(keys.id()).arg(keys.log()).clone(),
            cmd("GET").arg(keys.id()).clone(),
            cmd("XINFO").arg("STREAM").arg(keys.log()).clone(),
        ];
        let answers = self.link.ask(&cmds, Duration::ZERO)?;
        let [watch, known, stream] = answers.try_into().expect("there are as many answers as commands");
        self.link.good(watch)?;
        let (known, _, last) = condition::extent(&self.link, known, stream)?;
        if known.is_some() || last != 0 {
            let unwatch = self.link.one(&cmd("UNWATCH"))?;
            self.link.good(unwatch)?;
            return match known {
                Some(_) => Ok(false),
                None => Err(self.lost("there are entries, and it is not known of which log: its id is gone")),
            };
        }
        if let Some(bytes) = &first.blob {
            self.put_blob(bytes)?;
        }
        let mut cmds = vec![cmd("SET").arg(self.link.keys.id()).arg(id).clone()];
        cmds.push(self.appending(first, Stream::IsMade));
        let Some(answers) = self.link.all_or_none(&cmds)? else { return Ok(false) };
        for answer in answers {
            self.link.good(answer)?;
        }
        self.id = Some(id.to_owned());
        // The history says from now on that it belongs to this log.
        replicas::wait(&mut self.link)?;
        Ok(true)
    }

    fn append(&mut self, records: &[Record]) -> Result<(), Fault> {
        if records.is_empty() {
            return Ok(());
        }
        for bytes in records.iter().filter_map(|record| record.blob.as_ref()) {
            self.put_blob(bytes)?;
        }
        let mut cmds: Vec<Cmd> =
            records.iter().map(|record| self.appending(record, Stream::IsThere)).collect();
        cmds.push(cmd("GET").arg(self.link.keys.id()).clone());
        let answers = self.link.all_or_none(&cmds)?;
        let dropped = || self.link.fault(Fault::Away("it has dropped a transaction".into()));
        let mut answers = answers.ok_or_else(dropped)?;
        let whose = answers.pop().expect("there are as many answers as commands");
        let has_taken = answers.iter().any(|answer| matches!(answer, Ok(Value::BulkString(_))));
        for answer in answers {
            match self.link.good(answer) {
                Ok(Value::Nil) => return Err(self.lost(checks::GONE)),
                Ok(_) => {}
                // Redis checks all before it does any, so this is next to impossible: a right was taken away in between. What is
                // in it will come again, and be dropped.
                Err(Fault::Refused(words)) if has_taken => return Err(Fault::Away(words)),
                Err(fault) => return Err(fault),
            }
        }
        self.is_mine(whose)
    }

    fn read(&mut self, after: Place, most: Most, wait: Duration) -> Result<Vec<(Place, Record)>, Fault> {
        Ok(self.hear(after, None, most, wait)?.records)
    }

    fn tail(&mut self) -> Result<Place, Fault> {
        let keys = &self.link.keys;
        let cmds = [cmd("GET").arg(keys.id()).clone(), cmd("XINFO").arg("STREAM").arg(keys.log()).clone()];
        let answers = self.link.ask(&cmds, Duration::ZERO)?;
        let [id, stream] = answers.try_into().expect("there are as many answers as commands");
        self.is_mine(id.clone())?;
        let (_, _, last) = condition::extent(&self.link, id, stream)?;
        Ok(last)
    }
}

/// What is said beside the log: `b` says it, `p` is its words.
fn said(entry: StreamId) -> Option<(String, String, String)> {
    let field = |name| entry.map.get(name).and_then(|value| String::from_redis_value(value.clone()).ok());
    let (boot, words) = field("b").zip(field("p"))?;
    Some((entry.id, boot, words))
}

/// What a picture is called: its hash, and in how many pieces it is.
fn name_of(bytes: &[u8]) -> String {
    let mut name = Sha256::digest(bytes).iter().fold(String::with_capacity(68), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}"); // a String takes it
        hex
    });
    let _ = write!(name, ".{}", bytes.len().div_ceil(PIECE));
    name
}
