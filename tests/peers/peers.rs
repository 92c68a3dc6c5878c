//! Clients of other makes that compress (RFC 7692), against the conformance server as it is built for them. What this
//! project misreads on both sides, its own client and inflater would not notice.

mod scripts;
mod server;
mod wire;
mod yawc;

use server::{Contexts, Server};
use wire::Wire;
