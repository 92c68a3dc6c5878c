//! What the server counts and measures, and how it is read. `README.md` has the map of the folder.

mod counter;
mod histogram;
mod list;
mod prometheus;

pub use counter::{Counter, CounterKind};
pub(in crate::server) use histogram::Meters;
pub use histogram::{Histogram, Histograms, Unit};
pub use list::{CounterReader, Counters};
