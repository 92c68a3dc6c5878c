//! What Redis says of itself: may a log be kept there, and how sure is what it has.

use std::collections::HashMap;
use std::time::Duration;

use redis::{InfoDict, Value, cmd};

use super::faults;
use super::keys::place;
use super::link::{Answer, Link};
use super::replicas;
use crate::nodes::log::{Condition, Fault, Level, Place};

/// The log's id, its first place that is kept, and its last.
pub(super) type Extent = (Option<String>, Place, Place);

pub(super) fn look(link: &mut Link) -> Result<Condition, Fault> {
    let cmds = [
        cmd("ROLE"),
        cmd("INFO"),
        cmd("CONFIG")
            .arg("GET")
            .arg("appendonly")
            .arg("appendfsync")
            .arg("no-appendfsync-on-rewrite")
            .clone(),
        cmd("GET").arg(link.keys.id()).clone(),
        cmd("XINFO").arg("STREAM").arg(link.keys.log()).clone(),
    ];
    let answers = link.ask(&cmds, Duration::ZERO)?;
    let [role, info, config, id, stream] = answers.try_into().expect("there are as many answers as commands");
    check_role(link, role)?;
    let info: InfoDict = link.read(info)?;
    let said = |name: &str| {
        info.get::<String>(name)
            .ok_or_else(|| link.fault(Fault::Refused(format!("it does not say its {name} (INFO)"))))
    };
    let version = said("redis_version")?;
    if !is_new_enough(&version) {
        let words = format!("it has version {version}, and a log takes 7.0 or newer");
        return Err(link.fault(Fault::Refused(words)));
    }
    let policy = said("maxmemory_policy")?;
    if policy != "noeviction" {
        let words = format!(
            "it throws away what it has when its memory is full: set maxmemory-policy noeviction (it is {policy})"
        );
        return Err(link.fault(Fault::Refused(words)));
    }
    let (id, first, last) = extent(link, id, stream)?;
    let level = level(config, info.get::<String>("aof_enabled").as_deref() == Some("1"));
    let run = said("run_id")?;
    replicas::wait(link)?;
    let level = if link.replicas > 0 { Level::Replicated } else { level };
    let number = |name: &str| info.get::<u64>(name).unwrap_or(0);
    let filled = (100 * number("used_memory")).checked_div(number("maxmemory"));
    Ok(Condition { id, level, run, first, last, filled })
}

/// What it says of its role (`ROLE`): a log is kept by a primary.
pub(super) fn check_role(link: &Link, role: Answer) -> Result<(), Fault> {
    match is_primary(&link.good(role)?) {
        true => Ok(()),
        false => Err(link.fault(Fault::Refused(faults::REPLICA.into()))),
    }
}

/// Is this what a primary says of its role?
pub(super) fn is_primary(role: &Value) -> bool {
    matches!(role, Value::Array(parts) if matches!(parts.first(), Some(Value::BulkString(word)) if word == b"master"))
}

fn is_new_enough(version: &str) -> bool {
    version.split('.').next().and_then(|major| major.parse::<u32>().ok()).is_some_and(|major| major >= 7)
}

/// Where Redis may be asked how it writes, what it answers; where it may not (many that are rented out), no more than that it writes.
fn level(config: Answer, writes: bool) -> Level {
    let config = config.ok().and_then(|value| redis::from_redis_value::<HashMap<String, String>>(value).ok());
    let Some(config) = config.filter(|config| !config.is_empty()) else {
        return if writes { Level::System } else { Level::Memory };
    };
    let is = |name: &str, wanted: &str| config.get(name).is_some_and(|value| value == wanted);
    match () {
        () if !is("appendonly", "yes") => Level::Memory,
        // With this one "always" means "not while the file is written anew".
        () if is("appendfsync", "always") && is("no-appendfsync-on-rewrite", "no") => Level::Disk,
        () if is("appendfsync", "always") || is("appendfsync", "everysec") => Level::System,
        () => Level::Memory,
    }
}

/// Reads what GET said of the id, and XINFO of the stream.
pub(super) fn extent(link: &Link, id: Answer, stream: Answer) -> Result<Extent, Fault> {
    let id = link.read(id)?;
    match &stream {
        Err(error) if error.details().is_some_and(|words| words.contains("no such key")) => Ok((id, 0, 0)),
        _ => {
            let stream: HashMap<String, Value> = link.read(stream)?;
            let last = text(stream.get("last-generated-id")).as_deref().and_then(place);
            let first = match stream.get("first-entry") {
                Some(Value::Array(entry)) => text(entry.first()).as_deref().and_then(place),
                _ => Some(0),
            };
            first.zip(last).map(|(first, last)| (id, first, last)).ok_or_else(|| {
                link.fault(Fault::Lost(
                    "the log has entries with ids that no chat gives, so another program writes there: \
                     give the chat a log of another name"
                        .into(),
                ))
            })
        }
    }
}

fn text(value: Option<&Value>) -> Option<String> {
    match value {
        Some(Value::BulkString(bytes)) => String::from_utf8(bytes.clone()).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(["7.0.15", "7.2.4", "8.6.0", "10.0.0"].into_iter().all(is_new_enough));
        assert!(!["6.2.14", "", "x"].into_iter().any(is_new_enough));
    }
}
