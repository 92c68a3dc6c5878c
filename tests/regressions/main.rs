//! Bugs that were, one test each: what happened, why, and which rule says that it must not.
//!
//! An adversarial reading of the server found them. The client is written from the RFC; a handler that stands still
//! (`doorstep.rs`) makes what must arrive together arrive together, so nothing is guessed and nothing slept for.

mod accounts;
mod doorstep;
mod leaving;
mod limits;
mod opening;
mod patience;
mod standstill;
mod stopping;
mod turns;
mod way_out;
