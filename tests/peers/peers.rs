//! Clients of other makes that compress (RFC 7692), against the conformance server as it is built for them. What this
//! project misreads on both sides, its own client and inflater would not notice.

#[path = "../support/example.rs"]
mod example;
#[path = "../support/scratch.rs"]
#[allow(dead_code, reason = "each suite uses a part of it")]
mod scratch;
mod scripts;
mod server;
mod wire;
mod yawc;

use server::{Contexts, Server};
use wire::Wire;
