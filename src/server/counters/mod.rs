//! What the server counts and measures, and how it is read. `README.md` has the map of the folder.

mod counter;
mod list;
mod prometheus;

pub use counter::{Counter, CounterKind};
pub use list::{CounterReader, Counters};
