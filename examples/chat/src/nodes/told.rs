//! What other nodes tell this one, besides what stands in the log: who is there, and what is over in a moment.

use crate::history::PersonId;

/// For the loop.
#[derive(Debug)]
pub(crate) enum Told {
    /// A node has said something.
    Said { boot: String, payload: String },
    /// Who has come and gone at a node.
    Saw { boot: String, came: Vec<PersonId>, went: Vec<PersonId> },
    /// The nodes that live, without this one, and who is here at each.
    Company(Vec<Fellow>),
    /// The log can be used again, or cannot.
    Changed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fellow {
    pub boot: String,
    /// What it says of itself, as JSON.
    pub card: String,
    pub here: Vec<PersonId>,
}
