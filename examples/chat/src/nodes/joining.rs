//! How a node comes in: it finds the log or founds it, and catches up with it, before anybody is served.

use std::time::{Duration, Instant};

use super::common::Common;
use super::cursor::Cursor;
use super::following::MOST;
use super::log::{Condition, Fault, Log, Record};
use super::redis::{self, Found, RedisLog, Where};
use super::standing::{Kept, Side};
use super::trimming::Trimming;
use super::{checks, codec};
use crate::history::{Broken, Came, Done, Entry, Joining, PersonId, RoomId, Whose};

/// A log that is away is waited for so long at the start, and as long again whenever some of it was read meanwhile.
const PATIENCE: Duration = Duration::from_secs(10);
const TRIAL: Duration = Duration::from_millis(200);

/// What a node has found.
#[derive(Debug)]
pub(crate) struct Joined {
    pub id: String,
    /// The numbers that are its own.
    pub person: PersonId,
    pub room: RoomId,
    /// It follows the log. If not, what it has is for reading.
    pub follows: bool,
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

/// What is kept from one try to the next.
struct Trying {
    /// The log was founded here.
    has_founded: bool,
    /// The history has followed another log.
    had_another: bool,
    /// What a run begins with is asked for, once.
    has_asked: bool,
    /// And has come to this.
    reserved: Option<(PersonId, RoomId)>,
    /// The log as it was looked at last, and at which of its addresses.
    seen: Option<(Condition, usize)>,
}

/// Catches up. Whenever Redis is away it is waited for, and tried again from where the history is.
///
/// # Errors
///
/// Why this history cannot follow that log, and what to do.
pub(crate) fn join<T>(
    common: &Common<T>,
    history: &mut Joining,
    coming: &Coming<'_>,
) -> Result<Joined, String> {
    let mut trying = Trying {
        has_founded: false,
        had_another: history.log_id().map_err(|fault| fault.to_string())?.is_some(),
        has_asked: false,
        reserved: None,
        seen: None,
    };
    let (mut until, mut told) = (Instant::now() + PATIENCE, None);
    loop {
        let place = history.place();
        let fault = match try_to_join(common, history, coming, &mut trying) {
            Ok(joined) => return Ok(joined),
            Err(fault @ Fault::Blocked(_)) => {
                return stop_before(common, history, coming, &trying, fault)
                    .map_err(|fault| format!("log: {fault}"));
            }
            Err(fault) => fault,
        };
        if history.place() > place {
            until = Instant::now() + PATIENCE;
        }
        if !matches!(fault, Fault::Away(_)) || Instant::now() >= until {
            return Err(format!("log: {fault}"));
        }
        if told.as_ref() != Some(&fault) {
            log::warn!("the log is waited for: {fault}");
            told = Some(fault);
        }
        std::thread::sleep(TRIAL);
    }
}

fn try_to_join<T>(
    common: &Common<T>,
    history: &mut Joining,
    coming: &Coming<'_>,
    trying: &mut Trying,
) -> Result<Joined, Fault> {
    let found = redis::find(coming.log)?;
    let mut log = RedisLog::connect(coming.log, found.at)?;
    let mut condition = log.look()?;
    trying.seen = Some((condition.clone(), found.at));
    common.clock.look(log.clock()?);
    let id = loop {
        let belongs = belong(&mut log, &condition, history, coming, common, trying, found);
        match belongs.map_err(|fault| found.judge(fault))? {
            Some(id) => break id,
            // Another node was faster.
            None => condition = log.look()?,
        }
    };
    catch_up(common, &mut log, history, &mut trying.reserved)?;
    if trying.has_asked {
        // What was sent the last time may be in the log, or not.
        common.lock().producer.doubt();
    } else {
        for entry in &wanted(history, coming, trying.had_another && trying.has_founded).map_err(broken)? {
            common.lock().producer.ask(codec::encode(entry), Whose::Loop(None), Instant::now());
        }
        trying.has_asked = true;
    }
    give_up_old(&mut log, coming.log.keep)?;
    while !common.lock().producer.is_empty() {
        let batch = common.lock().producer.batch();
        if !batch.is_empty() {
            log.append(&batch)?;
            common.metrics.appended(batch.len());
        }
        catch_up(common, &mut log, history, &mut trying.reserved)?;
    }
    let Some((person, room)) = trying.reserved else {
        return Err(Fault::Refused("the log has given this node no numbers".to_owned()));
    };
    common.standing.reach(condition.level, Kept { at: found.at, run: condition.run });
    common.standing.begin();
    Ok(Joined { id, person, room, follows: true })
}

/// The node begins as one that has stopped there while it ran, and that lasts until it ends. So the numbers that come next in its
/// history are nobody else's: no entry with them gets into the log.
///
/// # Errors
///
/// There is nothing to read.
fn stop_before<T>(
    common: &Common<T>,
    history: &Joining,
    coming: &Coming<'_>,
    trying: &Trying,
    fault: Fault,
) -> Result<Joined, Fault> {
    let (Some(id), Some((condition, at))) = (history.log_id().map_err(broken)?, &trying.seen) else {
        return Err(fault);
    };
    if !has_lobby(history, coming).map_err(broken)? {
        return Err(fault);
    }
    common.metrics.read(condition.last);
    common.metrics.applied(history.place(), 0, 0);
    common.standing.reach(condition.level, Kept { at: *at, run: condition.run.clone() });
    common.standing.fail(Side::Following, &fault);
    log::error!("the log: {fault}");
    let (person, room) = history.next_numbers();
    Ok(Joined { id, person, room, follows: false })
}

fn has_lobby(history: &Joining, coming: &Coming<'_>) -> Result<bool, Broken> {
    match &coming.lobby {
        Entry::Create { folded, .. } => history.has_room(folded),
        _ => Ok(true),
    }
}

/// What a run begins with.
fn wanted(history: &Joining, coming: &Coming<'_>, begins_anew: bool) -> Result<Vec<Entry>, Broken> {
    // Its number is not one of those that are reserved behind it.
    let lobby = (!has_lobby(history, coming)?).then(|| coming.lobby.clone());
    let mut wanted: Vec<Entry> = lobby.into_iter().chain([coming.reserve.clone()]).collect();
    if begins_anew {
        // Clients may know what stood at the end of the log that is gone, and is not here.
        wanted.extend(history.renewals()?);
    }
    Ok(wanted)
}

fn broken(fault: Broken) -> Fault {
    Fault::Refused(fault.to_string())
}

/// What is older than the log is to be kept, so that a memory that was full takes more.
fn give_up_old(log: &mut RedisLog, keep: Duration) -> Result<(), Fault> {
    match log.note() {
        Ok(newest) => log.give_up(Trimming::default().until(newest, keep, Instant::now())),
        Err(Fault::Refused(_)) => Ok(()),
        Err(fault) => Err(fault),
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
    trying: &mut Trying,
    at: Found,
) -> Result<Option<String>, Fault> {
    let (mine, founding) = (history.log_id().map_err(broken)?, history.founding().map_err(broken)?);
    match (mine, &condition.id) {
        // It was founded by this node, and that or Redis went away before the history could say so.
        (_, Some(id)) if founding.as_ref() == Some(id) => {
            trying.has_founded = true;
            history.belong(Some(id)).map_err(broken)?;
            Ok(Some(id.clone()))
        }
        (Some(mine), Some(_)) => {
            checks::is_the_same(condition, &mine)?;
            if founding.is_some() {
                history.found(None).map_err(broken)?;
            }
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
        (_, None) => {
            let founded = found(log, history, common, founding)?;
            trying.has_founded = founded.is_some();
            Ok(founded)
        }
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
fn found<T>(
    log: &mut RedisLog,
    history: &mut Joining,
    common: &Common<T>,
    begun: Option<String>,
) -> Result<Option<String>, Fault> {
    let from = if history.is_new() { FROM_NOTHING } else { ".1" };
    let id = begun.unwrap_or_else(|| format!("{}{from}", crate::token::random_text()));
    history.found(Some(&id)).map_err(broken)?;
    // Nothing is reserved by it: it only begins.
    let first = Entry::Reserve { people: 0, rooms: 0 };
    let (entry, blob) = codec::encode(&first);
    let producer = format!("{}.0", common.lock().producer.boot()).into();
    let first = Record { producer, sequence: 1, attempt: 1, entry, blob };
    if !log.found(&id, &first)? {
        return Ok(None);
    }
    history.belong(Some(&id)).map_err(broken)?;
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
        let came = history.follow(&batch).map_err(broken)?;
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
