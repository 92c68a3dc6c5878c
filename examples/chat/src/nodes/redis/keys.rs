//! What is called how: the keys, and the entries of the log. All keys have one hash tag, so that a cluster keeps them in one place.

use crate::nodes::log::Place;

/// The names of one log.
pub(super) struct Keys(String);

impl Keys {
    /// `None`: a log cannot be called that. A brace would end the tag, and a star would open a user's rights to others' keys.
    pub(super) fn new(name: &str) -> Option<Self> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        ((1..=64).contains(&name.len()) && name.bytes().all(fits))
            .then(|| Keys(format!("pollcat:{{{name}}}:")))
    }

    /// A stream: the log.
    pub(super) fn log(&self) -> String {
        self.named("log")
    }

    /// What was drawn when the log was founded.
    pub(super) fn id(&self) -> String {
        self.named("id")
    }

    /// A piece of a picture, by the name of that.
    pub(super) fn blob(&self, picture: &str, piece: usize) -> String {
        self.named(&format!("blob:{picture}.{piece}"))
    }

    /// A set: the nodes that have been there lately, by their boots.
    pub(super) fn nodes(&self) -> String {
        self.named("nodes")
    }

    /// A node's card. It is gone when the node is.
    pub(super) fn node(&self, boot: &str) -> String {
        self.named(&format!("node:{boot}"))
    }

    /// A set: the people that a node has here.
    pub(super) fn here(&self, boot: &str) -> String {
        self.named(&format!("here:{boot}"))
    }

    /// A short stream: what is said now, and may be lost.
    pub(super) fn now(&self) -> String {
        self.named("now")
    }

    /// The boot of the node that does the chores.
    pub(super) fn chores(&self) -> String {
        self.named("chores")
    }

    /// What is written to see that replicas have all that was written before.
    pub(super) fn mark(&self) -> String {
        self.named("mark")
    }

    /// A stream: what nodes had at a place of the log with this id.
    pub(super) fn digest(&self, log: &str, place: Place) -> String {
        self.named(&format!("digest:{log}:{place}"))
    }

    /// A stream: how far the log was when.
    pub(super) fn notes(&self) -> String {
        self.named("notes")
    }

    fn named(&self, name: &str) -> String {
        format!("{}{name}", self.0)
    }
}

/// The id of a place. Before the first one is `0-0`.
pub(super) fn id(place: Place) -> String {
    place.checked_sub(1).map_or_else(|| "0-0".into(), |number| format!("1-{number}"))
}

/// And the place of an id, if a chat has given it.
pub(super) fn place(id: &str) -> Option<Place> {
    match id.split_once('-')? {
        ("0", "0") => Some(0),
        ("1", number) => number.parse::<Place>().ok()?.checked_add(1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_place() {
        for (place_of, id_of) in [(0, "0-0"), (1, "1-0"), (2, "1-1"), (1001, "1-1000")] {
            assert_eq!((place(id_of), id(place_of).as_str()), (Some(place_of), id_of));
        }
        for strange in ["2-0", "1761800000000-0", "1-x", "1-18446744073709551615", ""] {
            assert_eq!(place(strange), None, "{strange}");
        }
    }
}
