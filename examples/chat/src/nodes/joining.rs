//! How a node comes in: it finds the log or founds it, and catches up with it, before anybody is served.

use std::time::{Duration, Instant};

use super::common::Common;
use super::cursor::Cursor;
use super::following::MOST;
use super::log::{Condition, Fault, Log, Record};
use super::redis::{self, Found, RedisLog, Where};
use super::standing::Kept;
use super::trimming::Trimming;
use super::{checks, codec};
use crate::history::{Broken, Came, Done, Entry, Joining, PersonId, RoomId, Whose};

/// A log that is not there yet is waited for so long at the start.
const PATIENCE: Duration = Duration::from_secs(10);
const TRIAL: Duration = Duration::from_millis(200);

/// What a node has found.
#[derive(Debug)]
pub(crate) struct Joined {
    pub id: String,
    /// The numbers that are its own.
    pub person: PersonId,
    pub room: RoomId,
}

/// What it takes.
pub(crate) struct Coming<'a> {
    pub log: &'a Where,
    /// A log that is gone is begun anew, from what this history has.
    pub begins: bool,
    /// What reserves numbers.
    pub reserve: Entry,
    /// The room that every chat has, if it has none yet.
    pub lobby: Entry,
}

/// Catches up.
///
/// # Errors
///
/// Why this history cannot follow that log, and what to do.
pub(crate) fn join<T>(
    common: &Common<T>,
    history: &mut Joining,
    coming: &Coming<'_>,
) -> Result<Joined, String> {
    let (mut log, mut condition, found) = reach(coming.log)?;
    let told = |fault: Fault| fault.words().to_owned();
    common.clock.look(log.clock().map_err(told)?);
    let had_another = history.log_id().map_err(|fault| fault.to_string())?.is_some();
    let id = loop {
        let belongs = belong(&mut log, &condition, history, coming, common, found);
        match belongs.map_err(|fault| told(found.judge(fault)))? {
            Some(id) => break id,
            // Another node was faster.
            None => condition = log.look().map_err(told)?,
        }
    };
    let mut reserved = None;
    catch_up(common, &mut log, history, &mut reserved).map_err(told)?;
    let has_lobby = match &coming.lobby {
        Entry::Create { folded, .. } => history.has_room(folded).map_err(|fault| fault.to_string())?,
        _ => true,
    };
    // Its number is not one of those that are reserved behind it.
    let lobby = (!has_lobby).then(|| coming.lobby.clone());
    let mut wanted: Vec<Entry> = lobby.into_iter().chain([coming.reserve.clone()]).collect();
    if had_another && condition.id.is_none() {
        // Clients may know what stood at the end of the log that is gone, and is not here.
        wanted.extend(history.renewals().map_err(|fault| fault.to_string())?);
    }
    for entry in &wanted {
        common.lock().producer.ask(codec::encode(entry), Whose::Loop(None), Instant::now());
    }
    give_up_old(&mut log, coming.log.keep).map_err(told)?;
    while !common.lock().producer.is_empty() {
        let batch = common.lock().producer.batch();
        if !batch.is_empty() {
            log.append(&batch).map_err(told)?;
            common.metrics.appended(batch.len());
        }
        catch_up(common, &mut log, history, &mut reserved).map_err(told)?;
    }
    let Some((person, room)) = reserved else {
        return Err("the log has given this node no numbers".to_owned());
    };
    common.standing.begin(condition.level, Kept { at: found.at, run: condition.run });
    Ok(Joined { id, person, room })
}

/// What is older than the log is to be kept, so that a memory that was full takes more.
fn give_up_old(log: &mut RedisLog, keep: Duration) -> Result<(), Fault> {
    match log.note() {
        Ok(newest) => log.give_up(Trimming::default().until(newest, keep, Instant::now())),
        Err(Fault::Refused(_)) => Ok(()),
        Err(fault) => Err(fault),
    }
}

fn reach(log: &Where) -> Result<(RedisLog, Condition, Found), String> {
    let until = Instant::now() + PATIENCE;
    loop {
        let reached = redis::find(log).and_then(|found| {
            let mut log = RedisLog::connect(log, found.at)?;
            let condition = log.look()?;
            Ok((log, condition, found))
        });
        match reached {
            Ok(reached) => return Ok(reached),
            Err(Fault::Away(_)) if Instant::now() < until => std::thread::sleep(TRIAL),
            Err(fault) => return Err(format!("log: {fault}")),
        }
    }
}

/// Whether this history may follow that log, and what it is called. One that is founded on a history in which something has happened
/// says so in its name: whoever is new has to begin with a copy of that.
fn belong<T>(
    log: &mut RedisLog,
    condition: &Condition,
    history: &mut Joining,
    coming: &Coming<'_>,
    common: &Common<T>,
    at: Found,
) -> Result<Option<String>, Fault> {
    let broken = |fault: Broken| Fault::Refused(fault.to_string());
    let mine = history.log_id().map_err(broken)?;
    match (mine, &condition.id) {
        (Some(mine), Some(_)) => {
            checks::is_the_same(condition, &mine)?;
            checks::goes_on(condition, history.place())?;
            Cursor::new(history.place(), history.last()).check_last(log, condition)?;
            Ok(Some(mine))
        }
        (Some(mine), None) if !coming.begins => {
            checks::is_the_same(condition, &mine).map(|()| Some(mine))
        }
        (_, None) if !at.is_whole => Err(Fault::Away(
            "there is no log here, and not all of its addresses answer: one is founded when all of them do".to_owned(),
        )),
        (_, None) => found(log, history, common),
        (None, Some(id)) if history.is_new() && id.ends_with(FROM_NOTHING) && condition.first <= 1 => {
            history.belong(Some(id)).map_err(broken)?;
            Ok(Some(id.clone()))
        }
        (None, Some(_)) => Err(Fault::Lost(
            "this history does not belong to the log: start with a backup of a node that follows it (--restore)".to_owned(),
        )),
    }
}

/// How the name of a log ends that began with nothing.
const FROM_NOTHING: &str = ".0";

/// `None`: somebody else has founded it.
fn found<T>(log: &mut RedisLog, history: &mut Joining, common: &Common<T>) -> Result<Option<String>, Fault> {
    let from = if history.is_new() { FROM_NOTHING } else { ".1" };
    let id = format!("{}{from}", crate::token::random_text());
    // Nothing is reserved by it: it only begins.
    let first = Entry::Reserve { people: 0, rooms: 0 };
    let (entry, blob) = codec::encode(&first);
    let producer = format!("{}.0", common.lock().producer.boot()).into();
    let first = Record { producer, sequence: 1, attempt: 1, entry, blob };
    if !log.found(&id, &first)? {
        return Ok(None);
    }
    history.belong(Some(&id)).map_err(|fault| Fault::Refused(fault.to_string()))?;
    log::info!("the log was founded");
    Ok(Some(id))
}

/// Applies what stands in the log by now.
fn catch_up<T>(
    common: &Common<T>,
    log: &mut RedisLog,
    history: &mut Joining,
    reserved: &mut Option<(PersonId, RoomId)>,
) -> Result<(), Fault> {
    let tail = log.tail()?;
    common.metrics.ends_at(tail);
    common.metrics.applied(history.place(), 0, 0);
    while history.place() < tail {
        let mut cursor = Cursor::new(history.place(), history.last());
        let records = log.read(history.place(), MOST, Duration::ZERO)?;
        let ours = common.lock().producer.boot().clone();
        let batch = cursor.take(records, |producer, sequence| match *producer == *ours {
            true => common.came(sequence),
            false => Whose::Elsewhere,
        })?;
        let came = history.follow(&batch).map_err(|fault| Fault::Refused(fault.to_string()))?;
        let applied = batch.iter().zip(&came).filter(|(_, came)| matches!(came, Came::Out(_)));
        let own = applied.clone().filter(|(logged, _)| !matches!(logged.whose, Whose::Elsewhere)).count();
        common.metrics.applied(history.place(), own, applied.count() - own);
        for (logged, came) in batch.iter().zip(came) {
            if let (Whose::Loop(_), Came::Out(Ok(Done::Reserved { person, room }))) = (&logged.whose, came) {
                *reserved = Some((person, room));
            }
        }
    }
    Ok(())
}
