//! The connections: how each of them speaks, who is behind it, and what it still waits for.
//!
//! | file | what it knows |
//! |---|---|
//! | `sessions.rs` | all connections, and those of each person |
//! | `order.rs` | what a client has sent too early |
//! | `catch_up.rs` | what it has missed, room by room |
//! | `charges.rs`, `addresses.rs` | who pays, and how fast they may ask |
//! | `fading.rs` | who has gone a moment ago, and may be back |

mod addresses;
mod catch_up;
mod charges;
mod fading;
mod order;
mod sessions;

pub(crate) use catch_up::{Plan, Since};
pub(crate) use charges::{Charges, SHORT};
pub(crate) use fading::Fading;
pub(crate) use order::Fate;
pub(crate) use sessions::{Announced, Received, Session, Sessions, Stage};
