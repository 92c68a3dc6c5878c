//! Chapters: how to do with this library what real programs ask of it. Each stands for itself, and its programs
//! compile.
//!
//! | chapter | about |
//! |---|---|
//! | [`later`] | an answer that has to be fetched first: a login that asks a database before the 101 |
//! | [`bodies`] | POST, PUT and the like, and their bodies |
//! | [`doors`] | several listeners, who is at the other end, and TLS |
//! | [`round_trips`] | Pings and Pongs, and how long a peer takes |
//! | [`flow`] | peers that are too slow or too fast, and the newest instead of everything |
//! | [`batching`] | one letter of 20 prices instead of 20 letters |
//! | [`stopping`] | going down well |
//! | [`looking`] | who is in a topic, counters, histograms, metrics |
//! | [`testing`] | a handler's tests, without a port |
//! | [`files`] | static files |

pub mod batching;
pub mod bodies;
pub mod doors;
pub mod files;
pub mod flow;
pub mod later;
pub mod looking;
pub mod round_trips;
pub mod stopping;
pub mod testing;
