//! How the chat goes down: what was begun ends, and nobody who was taken in is left without an answer.
//!
//! ```text
//!   told to stop ─▶ takes nobody in, if its sockets live on ─▶ who was taken in has an answer, or a second has passed
//!                └▶ otherwise ─────────────────────────────┐                       │
//!                                                          ▼                       ▼
//!                     `drain`: one after the other is sent away, and speaks until then
//!                                                          │
//!                                                          ▼
//!                     nothing new is begun ─▶ what is on its way to the disk is there ─▶ all are told, the end
//! ```

use std::time::Duration;

use pollcat::{CloseCode, Peers, TimerId};

use super::hall::Hall;
use super::stages::Stage;
use super::{programs, time};
use crate::history::Millis;
use crate::run::clock::ticks;

/// A client that was taken in and asks for nothing holds nobody up for longer.
const PATIENCE: Millis = 1_000;
/// How often it is looked whether all have their answers.
const LOOK: Duration = Duration::from_millis(10);

/// The chat is told to stop.
pub(super) fn begin(hall: &mut Hall, peers: &mut Peers) {
    if hall.going.is_under_way() {
        return;
    }
    hall.metrics.stopping();
    if !hall.going.has_lasting_sockets {
        return send_away(hall, peers);
    }
    peers.stop_accepting();
    programs::stop(hall, peers);
    hall.going.stage = Stage::Answering(ticks() + PATIENCE);
    hall.going.timer = Some(peers.after(LOOK));
}

/// A timer has gone off. Was it this one?
pub(super) fn wake(hall: &mut Hall, peers: &mut Peers, timer: TimerId) -> bool {
    let is_ours = hall.going.timer == Some(timer);
    if is_ours && let Stage::Answering(until) = hall.going.stage {
        let counters = peers.counters();
        if counters.connections <= counters.open || ticks() >= until {
            hall.going.timer = None;
            send_away(hall, peers);
        } else {
            hall.going.timer = Some(peers.after(LOOK));
        }
    }
    is_ours
}

fn send_away(hall: &mut Hall, peers: &mut Peers) {
    let (seconds, here) = (hall.settings.drain, peers.len());
    if seconds == 0 || here == 0 {
        return end(hall, peers);
    }
    log::info!("{here} connections are closed over {seconds} s (drain)");
    hall.going.stage = Stage::Draining;
    peers.drain(Duration::from_secs(seconds), CloseCode::SERVICE_RESTART);
}

/// Nothing new is begun. When all of it is on disk, everybody is told.
fn end(hall: &mut Hall, peers: &mut Peers) {
    hall.going.stage = Stage::Ending;
    time::save(hall, peers);
    programs::stop(hall, peers);
    hall.files.stop(peers);
    hall.ledger.stop();
}

/// The loop turns.
pub(super) fn pass_time(hall: &mut Hall, peers: &mut Peers, now: Millis) {
    hall.going.tell(peers.len(), now);
    if hall.going.stage == Stage::Draining {
        // Programs that wait for something to be said wait elsewhere.
        programs::stop(hall, peers);
    }
}

/// The last call: everybody has left. What was begun is on its way to the disk, which is waited for.
pub(super) fn over(hall: &mut Hall, peers: &mut Peers) {
    if hall.going.stage != Stage::Ending {
        time::save(hall, peers);
    }
    // Most have left only now.
    hall.door.close();
    hall.visits.close();
    hall.going.tell_the_last();
}
