//! What an error of Redis means: is it away, does it refuse, or is the log lost? And what is to be done, in words for an operator.

use redis::{ErrorKind, RedisError, ServerError};

use crate::nodes::log::Fault;

/// A connection that has failed, or an answer that is none.
pub(super) fn of_connection(error: &RedisError) -> Fault {
    match error.kind() {
        ErrorKind::InvalidClientConfig => {
            Fault::Refused(format!("the log's address cannot be used: {error}"))
        }
        _ if error.is_timeout() => Fault::Away("it does not answer in time".into()),
        _ if error.to_string().contains("invalid peer certificate") => {
            Fault::Refused(format!("nobody who is trusted vouches for its certificate ({error})"))
        }
        _ => Fault::Away(error.to_string()),
    }
}

/// An error that Redis has answered.
pub(super) fn of_answer(error: &ServerError) -> Fault {
    of_words(error.code(), error.details().unwrap_or_default())
}

/// An error has a word in capitals, and a sentence.
fn of_words(code: &str, details: &str) -> Fault {
    let said = format!("{code} {details}");
    let refused = |what: &str| Fault::Refused(format!("{what} ({said})"));
    match code {
        // The reason stands in it, if it is no error of a command before.
        "EXECABORT" => match details.split_once("because of: ").map(|(_, reason)| reason.split_once(' ')) {
            Some(Some((code, details))) => of_words(code, details),
            _ => Fault::Refused(said),
        },
        "LOADING" => Fault::Away(format!("it has started, and reads its data ({said})")),
        "BUSY" => Fault::Away(format!("a script keeps it busy ({said})")),
        "TRYAGAIN" | "CLUSTERDOWN" => Fault::Away(format!("its cluster is not ready ({said})")),
        "UNBLOCKED" => Fault::Away(format!("it is becoming a replica, or has let go of this node ({said})")),
        "READONLY" | "MASTERDOWN" => refused(REPLICA),
        "OOM" => refused("its memory is full: give it more (maxmemory), or keep the log for a shorter time"),
        "MISCONF" => refused("it cannot write to its disk: look into its log, and make room"),
        "NOREPLICAS" => refused("too few replicas follow it: min-replicas-to-write asks for more"),
        "NOPERM" => refused("its user has too few rights: OPERATING.md lists those that are needed"),
        "WRONGPASS" | "NOAUTH" => {
            refused("it does not know this user and password: they belong into the log's address")
        }
        "MOVED" | "ASK" | "CROSSSLOT" => refused(
            "it is a part of a cluster, and the log is kept by another one: name that one in the log's address",
        ),
        "WRONGTYPE" => Fault::Lost(format!(
            "a key of the log holds something else, so another program writes there: give the chat a log of another name ({said})"
        )),
        _ => Fault::Refused(said),
    }
}

pub(super) const REPLICA: &str =
    "it is a replica, and takes no writes: name the primary in the log's address";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_that_is_dropped_says_what_its_reason_says() {
        let why = "Transaction discarded because of: OOM command not allowed when used memory > 'maxmemory'.";
        assert!(matches!(of_words("EXECABORT", why), Fault::Refused(words) if words.contains("maxmemory")));
        let why = "Transaction discarded because of: LOADING Redis is loading the dataset in memory";
        assert!(matches!(of_words("EXECABORT", why), Fault::Away(_)));
        let why = "Transaction discarded because of previous errors.";
        assert!(matches!(of_words("EXECABORT", why), Fault::Refused(_)));
    }
}
