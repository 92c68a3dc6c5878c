//! The connections: how each of them speaks, who is behind it, and what it still waits for.
//!
//! | file | what it knows |
//! |---|---|
//! | `sessions.rs` | all connections, and those of each person |
//! | `order.rs` | what a client has sent too early |
//! | `catch_up.rs` | what it has missed, room by room |
//! | `charges.rs`, `addresses.rs` | who pays, and how fast they may ask |
//! | `fading.rs`, `left.rs` | who has gone a moment ago, and may be back; where they came from |
//! | `seen.rs` | which sessions were noted lately |
//! | `links.rs` | codes by which somebody is the same person on another device |

mod addresses;
mod catch_up;
mod charges;
mod fading;
mod fellows;
mod left;
mod links;
mod order;
mod seen;
mod sessions;

pub(crate) use catch_up::{Plan, Since};
pub(crate) use charges::{Charges, SHORT};
pub(crate) use fading::Fading;
pub(crate) use fellows::Fellows;
pub(crate) use left::Left;
pub(crate) use links::{LASTS, Links};
pub(crate) use order::Fate;
pub(crate) use seen::Seen;
pub(crate) use sessions::{Announced, Barrier, Received, Session, Sessions, Stage};
