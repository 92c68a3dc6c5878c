//! Those whom a delivery is about, and what is known of them.

use pollcat::Peers;

use crate::history::Millis;
use crate::model::Model;
use crate::session::Sessions;

pub(crate) struct Floor<'a> {
    pub peers: &'a mut Peers,
    pub sessions: &'a mut Sessions,
    pub model: &'a Model,
    /// The time that what is told goes by: that of the history, which is the same at all nodes.
    pub now: Millis,
}
