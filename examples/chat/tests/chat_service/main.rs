//! The chat under a service manager: sockets that are passed to it, what it tells, how it goes, and how it is replaced.
//!
//! | file | what it is about |
//! |---|---|
//! | `manager.rs` | a service manager for tests: it has the sockets, and hears what is told |
//! | `passed.rs` | which sockets are used, and which are refused in words |
//! | `telling.rs` | what is told, and when |
//! | `drain.rs` | everybody is sent away, one after the other |
//! | `replaced.rs` | the program is replaced under clients, and nobody is refused |
//! | `units.rs` | the files of packaging/systemd |

mod drain;
mod manager;
mod passed;
mod replaced;
mod telling;
mod units;
