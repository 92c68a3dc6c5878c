//! Why an entry is not carried out: it is refused, or the disk cannot.

use rusqlite::Error;

use super::{Answer, Done, Failure, Outcome};
use crate::rights::Lack;

pub(super) const KEPT: Outcome = Ok(Done::Kept);

/// What ends the carrying out of an entry. A refusal ends it before anything has changed.
#[derive(Debug)]
pub(super) enum Stop {
    Refused(Failure),
    /// It undoes the whole transaction.
    Fault(Error),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Stop::Refused(failure)
    }
}

impl From<Lack> for Stop {
    fn from(lack: Lack) -> Self {
        Stop::Refused(Failure::Lacks(lack))
    }
}

impl From<Error> for Stop {
    fn from(fault: Error) -> Self {
        Stop::Fault(fault)
    }
}

/// As the writer wants to have it.
pub(super) fn answer(result: Result<Done, Stop>) -> Answer {
    match result {
        Ok(done) => Ok(Ok(done)),
        Err(Stop::Refused(failure)) => Ok(Err(failure)),
        Err(Stop::Fault(fault)) => Err(fault),
    }
}
