//! The load generator: one thread that keeps a number of messages under way, and counts what comes back.
//!
//! It is meant to cost less than any server: frames are masked beforehand, payloads that come back are not looked
//! at, a socket is read into one shared buffer until a short read, and large messages are neither copied out of this
//! process nor into it. What it never saves on is the truth: the handshake is checked, the first exchange compared
//! whole, the length of every reply, and every delivery of a broadcast on every connection.

mod broadcast;
mod deflated;
mod drive;
mod echo;
mod failure;
mod large;
mod line;
mod opening;
mod varied;

use std::{net::SocketAddr, time::Duration};

use serde::Serialize;

use crate::case::{Case, Duty, SENDERS};
use crate::frames::{BINARY, MASKING_KEY, RSV1, TEXT, encode};
use crate::usage::{self, Reading};
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
    /// Bytes of a message from the server, with its header, where they are compressed.
    pub(crate) weight: Option<f64>,
    /// The server's CPU time for a connection and its handshakes.
    pub(crate) opening_ns: f64,
    /// Bytes of the server's process for a connection that has said nothing yet.
    pub(crate) memory: f64,
}

/// Puts one server, the process `id`, to one test.
pub(crate) fn run(
    case: &Case,
    wire: Wire,
    address: SocketAddr,
    id: u32,
    timing: &Timing,
) -> Result<Sample, Failure> {
    let payloads = case.payloads();
    let key = (wire == Wire::WebSocket).then_some(MASKING_KEY);
    let frames: Vec<Vec<u8>> = payloads.iter().map(|payload| frame(case, payload, key)).collect();

    let (before, resident) = (Reading::take(id)?, usage::resident(id)?);
    let opening = opening::Opening::new(address, wire, case.wrapping);
    let opened = (0..case.connections).map(|_| opening::open(&opening));
    let mut lines = opened.collect::<Result<Vec<_>, _>>()?;
    let opening = Reading::take(id)?.since(&before);
    let each = |total: f64| total / case.connections as f64;
    let memory = each(usage::resident(id)?.saturating_sub(resident) as f64);
    let opening_ns = each(opening.server.as_nanos() as f64);

    let sample = match case.duty {
        Duty::Echo => echo(case, lines, frames, &payloads, id, timing),
        Duty::Broadcast => {
            let all = 0..lines.len();
            opening::exchange(&mut lines, 0, &frames[0], all, &payloads[0])?;
            broadcast(case, lines, frames, key, id, timing)
        }
    };
    Ok(Sample { opening_ns, memory, ..sample? })
}

/// A message as it is sent.
fn frame(case: &Case, payload: &[u8], key: Option<[u8; 4]>) -> Vec<u8> {
    let opcode = if case.is_text() { TEXT } else { BINARY };
    let mut frame = Vec::new();
    match case.wrapping.is_compressed() {
        true => encode(&mut frame, opcode | RSV1, &deflated::compress(payload), key),
        false => encode(&mut frame, opcode, payload, key),
    }
    frame
}

fn echo(
    case: &Case,
    mut lines: Vec<opening::Opened>,
    frames: Vec<Vec<u8>>,
    payloads: &[Vec<u8>],
    id: u32,
    timing: &Timing,
) -> Result<Sample, Failure> {
    for line in 0..lines.len() {
        let number = line % payloads.len();
        opening::exchange(&mut lines, line, &frames[number], line..line + 1, &payloads[number])?;
    }
    if case.wrapping.is_compressed() {
        let mut echo = varied::Varied::echo(lines.len(), frames, case.size, case.outstanding);
        return drive::drive(lines, &mut echo, 0, id, timing);
    }
    let mut echo = echo::Echo::new(lines.len(), &frames[0], case.size, case.outstanding)?;
    drive::drive(lines, &mut echo, frames[0].len(), id, timing)
}

fn broadcast(
    case: &Case,
    lines: Vec<opening::Opened>,
    mut frames: Vec<Vec<u8>>,
    key: Option<[u8; 4]>,
    id: u32,
    timing: &Timing,
) -> Result<Sample, Failure> {
    let speaking = (0..SENDERS).map(|sender| sender * case.connections / SENDERS).collect();
    let outstanding = case.outstanding / SENDERS;
    if case.wrapping.is_compressed() {
        let mut broadcast = varied::Varied::broadcast(lines.len(), frames, case.size, outstanding, speaking);
        return drive::drive(lines, &mut broadcast, 0, id, timing);
    }
    let frame = frames.swap_remove(0);
    let mut broadcast = broadcast::Broadcast::new(lines.len(), frame, case.size, key, speaking, outstanding);
    drive::drive(lines, &mut broadcast, 0, id, timing)
}
