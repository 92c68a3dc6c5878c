//! Bugs that were, one test each: what happened, why, and which rule says that it must not.
//!
//! An adversarial reading of the server found them. The client is written from the RFC; a handler that stands still
//! (`doorstep.rs`) makes what must arrive together arrive together, so nothing is guessed and nothing slept for.

#[path = "regressions/accounts.rs"]
mod accounts;
#[path = "regressions/doorstep.rs"]
mod doorstep;
#[path = "regressions/leaving.rs"]
mod leaving;
#[path = "regressions/limits.rs"]
mod limits;
#[path = "regressions/opening.rs"]
mod opening;
#[path = "regressions/patience.rs"]
mod patience;
#[path = "regressions/standstill.rs"]
mod standstill;
#[path = "regressions/stopping.rs"]
mod stopping;
#[path = "regressions/turns.rs"]
mod turns;
