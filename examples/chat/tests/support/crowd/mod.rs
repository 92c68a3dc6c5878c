//! Ten thousand clients on one thread, for what is to be seen, or measured, in a crowd.

mod heard;
mod person;
mod swarm;
mod talker;

pub(crate) use heard::frame;
pub use heard::{Count, Tally};
pub use person::{Faults, Line, Person};
pub use swarm::Swarm;
pub use talker::Talker;
