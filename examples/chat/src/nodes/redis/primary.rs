//! At which of several addresses the primary is now. When it dies, one of its replicas takes over (a Sentinel sees to that, or an
//! operator), and a primary that comes back may take itself for one for a while.

use std::cmp::Reverse;
use std::thread;
use std::time::Duration;

use redis::{Value, cmd};

use super::address::Where;
use super::condition;
use super::link::Link;
use crate::nodes::log::{Fault, Place};

/// Where the primary is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// Which of the addresses.
    pub at: usize,
    /// All of them have answered. If not, one that has more may be among those that are silent.
    pub is_whole: bool,
}

impl Found {
    /// What is missing here may be at an address that does not answer now.
    pub(crate) fn judge(self, fault: Fault) -> Fault {
        match fault {
            Fault::Lost(words) | Fault::Blocked(words) if !self.is_whole => Fault::Away(format!(
                "{words} (not all of the log's addresses answer: what is missing may be at another one, and is waited for)"
            )),
            fault => fault,
        }
    }
}

/// How well one of them would do: with enough replicas rather than without, then the one whose log is longest, then the one that is
/// named first.
type Rank = (bool, Place, Reverse<usize>);

/// Asks all of them. Of one it is taken for granted: whoever uses it looks at it.
pub(crate) fn find(place: &Where) -> Result<Found, Fault> {
    if place.urls.len() <= 1 {
        return Ok(Found { at: 0, is_whole: true });
    }
    let answers: Vec<Result<Option<Rank>, Fault>> = thread::scope(|scope| {
        let asking: Vec<_> = (0..place.urls.len()).map(|at| scope.spawn(move || rank(place, at))).collect();
        let silent = || Err(Fault::Away("a thread that asks for the primary has stopped".into()));
        asking.into_iter().map(|thread| thread.join().unwrap_or_else(|_| silent())).collect()
    });
    let is_whole = answers.iter().all(Result::is_ok);
    match answers.iter().filter_map(|answer| answer.as_ref().ok().copied().flatten()).max() {
        Some((_, _, Reverse(at))) => Ok(Found { at, is_whole }),
        None => {
            let faults = answers.iter().filter_map(|answer| answer.as_ref().err());
            let faults: String = faults.map(|fault| format!("; {fault}")).collect();
            Err(Fault::Away(format!("no primary is at any of the log's addresses{faults}")))
        }
    }
}

/// `None`: it is a replica.
fn rank(place: &Where, at: usize) -> Result<Option<Rank>, Fault> {
    let mut link = Link::connect(place, at)?;
    let cmds = [
        cmd("ROLE"),
        cmd("GET").arg(link.keys.id()).clone(),
        cmd("XINFO").arg("STREAM").arg(link.keys.log()).clone(),
    ];
    let answers = link.ask(&cmds, Duration::ZERO)?;
    let [role, id, stream] = answers.try_into().expect("there are as many answers as commands");
    let role = link.good(role)?;
    if !condition::is_primary(&role) {
        return Ok(None);
    }
    let (_, _, last) = condition::extent(&link, id, stream)?;
    Ok(Some((connected(&role) >= place.replicas, last, Reverse(at))))
}

/// How many replicas are connected, as a primary says of its role.
fn connected(role: &Value) -> u32 {
    match role {
        Value::Array(parts) => match parts.get(2) {
            Some(Value::Array(replicas)) => replicas.len() as u32,
            _ => 0,
        },
        _ => 0,
    }
}
