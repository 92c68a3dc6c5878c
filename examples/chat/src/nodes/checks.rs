//! Is it the log that this node has followed so far?

use super::log::{Condition, Fault, Place};

/// There is none any more.
pub(super) const GONE: &str = "the log is gone (was Redis flushed, or another one started?): \
    nothing is written until it is back. To begin a new one, stop all nodes, start the one that is furthest \
    with --log-begin, and the others with a backup of it";

pub(super) fn is_the_same(condition: &Condition, id: &str) -> Result<(), Fault> {
    match &condition.id {
        Some(other) if other == id => Ok(()),
        Some(_) => Err(Fault::Lost(
            "another log is under this name: this node belongs to one that is gone. Stop it, and start it with a backup of a node \
             that follows this log, or with another log-name"
                .to_owned(),
        )),
        None => Err(Fault::Lost(GONE.to_owned())),
    }
}

/// May a history that has followed it up to a place go on with it?
pub(super) fn goes_on(condition: &Condition, place: Place) -> Result<(), Fault> {
    if place > condition.last {
        return Err(Fault::Lost(format!(
            "the log has lost its end: this node has applied {place} entries, and there are {} (a replica that lagged, or a file that \
             was cut?). To go on, stop all nodes, start the one that is furthest with --log-begin after its old log was removed, and \
             the others with a backup of it",
            condition.last
        )));
    }
    if condition.first > place + 1 {
        return Err(Fault::Blocked(format!(
            "this node is too far behind: it has applied {place} entries, and the log is kept from {} on. Start it with a backup of \
             another node",
            condition.first
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::log::Level;
    use super::*;

    fn condition(id: Option<&str>, first: Place, last: Place) -> Condition {
        Condition {
            id: id.map(str::to_owned),
            level: Level::Disk,
            run: "r".to_owned(),
            first,
            last,
            filled: None,
        }
    }

    #[test]
    fn only_the_log_that_was_followed_is_followed_on() {
        assert_eq!(is_the_same(&condition(Some("a"), 1, 5), "a"), Ok(()));
        for other in [None, Some("b")] {
            assert!(matches!(is_the_same(&condition(other, 1, 5), "a"), Err(Fault::Lost(_))));
        }
    }

    #[test]
    fn a_log_goes_on_where_a_history_ends() {
        for (first, last, place) in [(1, 5, 5), (1, 5, 0), (6, 5, 5), (3, 9, 2)] {
            assert_eq!(goes_on(&condition(Some("a"), first, last), place), Ok(()), "{first} {last} {place}");
        }
        // Who has more than the log is right no more; who has less is right as far as it goes.
        assert!(matches!(goes_on(&condition(Some("a"), 1, 5), 6), Err(Fault::Lost(_))));
        assert!(matches!(goes_on(&condition(Some("a"), 4, 9), 2), Err(Fault::Blocked(_))));
    }
}
