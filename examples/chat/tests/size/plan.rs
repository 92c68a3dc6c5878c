//! What the model is asked, and what it answers.

use pollcat_chat_testing::acks::Waits;

use crate::machine::{Cost, Time};

/// What things take, in microseconds of a processor.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Costs {
    /// Of the loop: for what is said, and for what was applied.
    pub said: Cost,
    pub applied: Cost,
    /// To one who hears it, and for one who comes back.
    pub delivery: f64,
    pub back: f64,
    pub append: Cost,
    /// Of Redis: for what is appended, and for what a node reads.
    pub taken: Cost,
    pub read: Cost,
    pub follow: Cost,
    pub history: Cost,
    /// Of who talks, for an ack and what is said next.
    pub client: f64,
    /// Until a thread that slept sees what has come.
    pub wake: f64,
    /// Of a disk: any of these.
    pub syncs: &'static [f64],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Redis {
    None,
    /// It waits for its disk before it answers.
    Always,
    EverySecond,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Load {
    /// So many, each of whom says the next thing when they have their ack.
    Writers(usize),
    /// So many messages in a second, whenever people say them.
    Rate(f64),
}

#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub redis: Redis,
    pub nodes: usize,
    /// A node waits for its disk, too.
    pub node_syncs: bool,
    /// All on one core, and who talks on another one. Else each node has two (one for the loop), and Redis one.
    pub shares_core: bool,
    pub load: Load,
    /// Such a share of the processors other programs leave.
    pub left: f64,
    /// Such a share of what is said is heard by so many people; nobody hears the rest.
    pub rooms: Vec<(f64, f64)>,
    /// So many come back to each node, within so long from the middle on.
    pub back: Option<(usize, Time)>,
    pub time: Time,
}

/// What was seen of it.
pub(crate) struct Seen {
    pub rate: f64,
    pub acks: Waits,
    /// Until the last of those who hear it has it.
    pub heard: Waits,
    /// How busy they are: the loop of the first node, its other threads, Redis.
    pub busy: [f64; 3],
    /// Until the last one was back.
    pub back: Time,
    /// The longest wait for an ack while they came back.
    pub worst: Time,
}
