//! What the tests of several packages need: clients that nobody here owes anything, servers to talk to, and the
//! fixtures.
//!
//! It has no tests of its own. What only one suite needs is in that suite's folder; what only the chat's suites need
//! is in
//! `examples/chat/tests/support`.

pub mod apart;
pub mod bodies;
pub mod bridge;
pub mod circles;
pub mod client;
pub mod dice;
pub mod directed;
pub mod example;
pub mod fixtures;
pub mod habits;
pub mod inflate;
pub mod items;
pub mod layers;
pub mod prometheus;
pub mod proxies;
pub mod raw;
pub mod requests;
pub mod running;
pub mod scratch;
pub mod sources;
pub mod transcript;
pub mod vouched;
