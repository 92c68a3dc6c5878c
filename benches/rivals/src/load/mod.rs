//! The load generator: one thread that keeps a number of messages under way, and counts what comes back.
//!
//! It is meant to cost less than any server: frames are masked beforehand, payloads that come back are not looked
//! at, a socket is read into one shared buffer until a short read, and large messages are neither copied out of this
//! process nor into it. What it never saves on is the truth: the handshake is checked, the first exchange compared
//! whole, the length of every reply, and every delivery of a broadcast on every connection.

mod broadcast;
mod drive;
mod echo;
mod failure;
mod large;
mod opening;

use std::{net::SocketAddr, time::Duration};

use serde::Serialize;

use crate::case::{Case, Duty, SENDERS};
use crate::frames::{BINARY, MASKING_KEY, TEXT, encode};
pub(crate) use failure::Failure;

/// What travels between the two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    WebSocket,
    /// The frames that a WebSocket server would send, in both directions: no handshake and no masks.
    Plain,
}

/// How long a run takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timing {
    pub(crate) warm_up: Duration,
    pub(crate) measured: Duration,
}

/// What one run found.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Sample {
    /// Messages per second; of a broadcast, deliveries.
    pub(crate) rate: f64,
    /// The server's CPU time, user and system, for one of them.
    pub(crate) server_ns: f64,
    /// Shares of a core.
    pub(crate) server_cpu: f64,
    pub(crate) load_cpu: f64,
    /// Of deliveries of a broadcast, in milliseconds.
    pub(crate) p50: Option<f64>,
    pub(crate) p99: Option<f64>,
}

/// Puts one server, the process `id`, to one test.
pub(crate) fn run(
    case: &Case,
    wire: Wire,
    address: SocketAddr,
    id: u32,
    timing: &Timing,
) -> Result<Sample, Failure> {
    let payload = case.payload();
    let opcode = if case.is_text() { TEXT } else { BINARY };
    let key = (wire == Wire::WebSocket).then_some(MASKING_KEY);
    let mut frame = Vec::new();
    encode(&mut frame, opcode, &payload, key);

    let opened = (0..case.connections).map(|_| opening::open(address, wire));
    let sockets = opened.collect::<Result<Vec<_>, _>>()?;
    match case.duty {
        Duty::Echo => {
            for socket in &sockets {
                opening::exchange(socket, &frame, [socket], opcode, &payload)?;
            }
            let mut echo = echo::Echo::new(sockets.len(), &frame, payload.len(), case.outstanding)?;
            drive::drive(sockets, &mut echo, frame.len(), id, timing)
        }
        Duty::Broadcast => {
            opening::exchange(&sockets[0], &frame, &sockets, opcode, &payload)?;
            let speaking = (0..SENDERS).map(|sender| sender * case.connections / SENDERS);
            let mut broadcast = broadcast::Broadcast::new(
                sockets.len(),
                frame,
                payload.len(),
                key,
                speaking.collect(),
                case.outstanding / SENDERS,
            );
            drive::drive(sockets, &mut broadcast, 0, id, timing)
        }
    }
}
