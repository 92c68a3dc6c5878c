//! Replicas have on their disks what was read here. So a primary can die with its disk, and no node has acted on what is lost.
//!
//! WAITAOF waits for what its own connection has written, and Redis sends replicas all that is written in one row: so a word is written
//! behind what was read, and waited for.

use std::time::Duration;

use redis::{Cmd, cmd};

use super::link::{Answer, Link};
use crate::nodes::log::Fault;

/// So long they may take. They write to their disks each second, if they are set so.
const PATIENCE: Duration = Duration::from_secs(3);
/// The word is of no use later.
const LIFE: Duration = Duration::from_secs(60);

/// How much longer than other answers that one may take.
pub(super) fn patience(link: &Link) -> Duration {
    if link.replicas == 0 { Duration::ZERO } else { PATIENCE }
}

/// Waits until they have on their disks what was written before.
pub(super) fn wait(link: &mut Link) -> Result<(), Fault> {
    let cmds = waiting(link);
    if cmds.is_empty() {
        return Ok(());
    }
    let answers = link.ask(&cmds, PATIENCE)?;
    have_all(link, answers)
}

/// What to send behind what was read; nothing if no replica is asked for.
pub(super) fn waiting(link: &Link) -> Vec<Cmd> {
    if link.replicas == 0 {
        return Vec::new();
    }
    let mark = cmd("SET").arg(link.keys.mark()).arg("").arg("EX").arg(LIFE.as_secs()).clone();
    let wait = cmd("WAITAOF").arg(1).arg(link.replicas).arg(PATIENCE.as_millis() as u64).clone();
    vec![mark, wait]
}

/// Reads the answers to that: have they got it?
pub(super) fn have_all(link: &Link, answers: Vec<Answer>) -> Result<(), Fault> {
    let Ok([mark, counts]) = <[Answer; 2]>::try_from(answers) else { return Ok(()) };
    link.good(mark)?;
    let (own, theirs): (u32, u32) = match counts {
        Err(error) if error.details().is_some_and(|words| words.contains("unknown command")) => {
            return Err(link.fault(Fault::Refused(TOO_OLD.into())));
        }
        Err(error) if error.details().is_some_and(|words| words.contains("appendonly")) => {
            return Err(link.fault(Fault::Refused(NO_FILE.into())));
        }
        counts => link.read(counts)?,
    };
    if own >= 1 && theirs >= link.replicas {
        return Ok(());
    }
    let seconds = PATIENCE.as_secs();
    Err(link.fault(Fault::Away(match own {
        0 => format!("its own disk has not taken what was written within {seconds} seconds"),
        _ => format!(
            "{theirs} replicas have on their disks what was written {seconds} seconds ago, and log-replicas asks for {}: see to the \
             others (they need appendonly yes), or ask for fewer",
            link.replicas
        ),
    })))
}

const TOO_OLD: &str =
    "it cannot say what its replicas have on their disks: log-replicas takes Redis 7.2, or Valkey";
const NO_FILE: &str = "log-replicas needs appendonly yes, here and on the replicas";
