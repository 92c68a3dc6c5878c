//! The id by which a sender says that it sends the same again. Whoever sends until there is an answer has one in the head of
//! the request:
//!
//! | field | whose |
//! |---|---|
//! | `Idempotency-Key` | GitLab's, and of what follows draft-ietf-httpapi-idempotency-key-header |
//! | `webhook-id` | of Standard Webhooks |
//! | `X-GitHub-Delivery` | GitHub's: all hooks that hear of one event get the same one |
//! | `X-Gitea-Delivery`, `X-Gogs-Delivery` | of Gitea, Forgejo and Gogs |
//!
//! It becomes the id of the message, and the receipts of the history do the rest.

use pollcat::Request;
use sha2::{Digest, Sha256};

use crate::history::Number;

/// Where the id may be. Of several the first counts: who sends them sends them all again.
const FIELDS: [&str; 5] =
    ["idempotency-key", "webhook-id", "x-github-delivery", "x-gitea-delivery", "x-gogs-delivery"];

/// A hash, so that an id is as short as any other, and means something for one hook only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SenderId(String);

impl SenderId {
    /// `None`: the sender has given none. `hook` is the number of its key.
    pub(super) fn of(request: &Request<'_>, hook: Number) -> Option<Self> {
        let value = |field: &str| {
            let mut values = request.headers().filter(|(name, _)| name.eq_ignore_ascii_case(field));
            values.next().map(|(_, value)| value).filter(|value| !value.is_empty())
        };
        let (field, value) = FIELDS.iter().find_map(|field| Some((field, value(field)?)))?;
        let mut hash = Sha256::new();
        hash.update(hook.to_le_bytes());
        hash.update(field);
        // No name of a field has one.
        hash.update([0]);
        hash.update(value);
        Some(SenderId(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// The id of one message, of those that a text has become. It is longer than the ids of clients may be, so it is none
    /// of them.
    pub(super) fn of_part(&self, part: usize) -> String {
        format!("{}:{part}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use pollcat::handshake::{HeadLimits, HeadReader};

    use super::*;

    fn id(fields: &str, hook: Number) -> Option<SenderId> {
        let mut head = format!("POST / HTTP/1.1\r\nHost: a\r\n{fields}\r\n").into_bytes();
        let mut reader = HeadReader::new(HeadLimits::new());
        let request = reader.next(&mut &mut head[..]).unwrap().unwrap();
        SenderId::of(&request, hook)
    }

    #[test]
    fn an_id_is_the_same_for_the_same_field_value_and_hook() {
        let all = [
            ("Idempotency-Key: 7\r\n", 1),
            ("Idempotency-Key: 8\r\n", 1),
            ("Idempotency-Key: 7\r\n", 2),
            ("Webhook-Id: 7\r\n", 1),
            ("X-GitHub-Delivery: 7\r\n", 1),
            ("X-Gitea-Delivery: 7\r\n", 1),
            ("X-Gogs-Delivery: 7\r\n", 1),
        ];
        for (at, (fields, hook)) in all.iter().enumerate() {
            for (other, (others, of)) in all.iter().enumerate() {
                assert_eq!(id(fields, *hook) == id(others, *of), at == other, "{fields} {others}");
            }
            assert_eq!(id(&fields.to_ascii_uppercase(), *hook), id(fields, *hook), "{fields}");
        }
        let several = "X-Gitea-Delivery: 1\r\nIdempotency-Key: 7\r\nX-GitHub-Delivery: 1\r\n";
        assert_eq!(id(several, 1), id("Idempotency-Key: 7\r\n", 1));
    }

    #[test]
    fn without_an_id_there_is_none() {
        for fields in ["", "Idempotency-Key:\r\n", "X-Request-Id: 7\r\n"] {
            assert_eq!(id(fields, 1), None, "{fields}");
        }
        assert_eq!(id("Idempotency-Key: \r\nwebhook-id: 7\r\n", 1), id("webhook-id: 7\r\n", 1));
    }

    #[test]
    fn no_client_has_the_same() {
        let long = format!("webhook-id: {}\r\n", "x".repeat(4_000));
        for fields in ["webhook-id: 7\r\n", &long] {
            let id = id(fields, 1).expect("it has one");
            let parts = [0, 7].map(|part| id.of_part(part));
            // An id of theirs has 64 bytes at most (README, The ids of messages).
            assert!(parts[0] != parts[1] && parts.iter().all(|part| part.len() == 66), "{parts:?}");
        }
    }
}
