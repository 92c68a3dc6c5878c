//! One connection's way in: requests first, then frames.

use std::sync::Arc;

use super::connection::Stage;
use super::opening::{Opening, Outcome};
use super::tape::LONG;
use super::{Handler, PeerId, Peers};
use crate::Message;
use crate::protocol::{Event, Inflater, ProtocolError, ReceiveHalf, Spare};

/// Work for one peer's compressed messages before the others have their turn (`Inflater::work`): about a millisecond.
const INFLATING_PER_TURN: u64 = 1 << 20;

/// When so much work has been done in a turn, whoever is still to come gets a share of what the first got.
const BUSY: u64 = 4 << 20;

/// One of so many.
const SHARE: u64 = 8;

/// What a plain message costs beside its bytes, in the same unit; and how many of its bytes cost one.
const MESSAGE_COST: u64 = 40;
const BYTES_FOR_ONE: usize = 8;

/// What all of them share.
#[derive(Debug)]
pub(super) struct Shared {
    /// With permessage-deflate.
    inflater: Option<Inflater>,
    spare: Spare,
    /// Done so far for plain messages.
    plain_work: u64,
    /// All that had been done when the turn began.
    work_before: u64,
}

pub(super) enum Inbound {
    /// Nobody is there, or nothing they say matters any more.
    Deaf,
    Opening(Box<Opening>),
    Open(ReceiveHalf),
}

impl Shared {
    pub(super) fn new(inflater: Option<Inflater>) -> Self {
        Shared { inflater, spare: Spare::default(), plain_work: 0, work_before: 0 }
    }

    fn inflating(&self) -> u64 {
        self.inflater.as_ref().map_or(0, Inflater::work)
    }

    pub(super) fn begin_turn(&mut self) {
        self.work_before = self.plain_work + self.inflating();
    }

    /// Has this turn kept those who wait for long enough?
    pub(super) fn is_busy(&self) -> bool {
        self.plain_work + self.inflating() - self.work_before > BUSY
    }
}

impl Inbound {
    /// How much memory what has begun, and has not ended, takes.
    #[inline]
    pub(super) fn unfinished(&self) -> usize {
        match self {
            Inbound::Open(receive) => receive.unfinished(),
            Inbound::Deaf | Inbound::Opening(_) => 0,
        }
    }

    /// May a byte of its input be far more work than to copy it?
    #[inline]
    pub(super) fn inflates(&self) -> bool {
        matches!(self, Inbound::Open(receive) if receive.inflates())
    }

    /// Hears what has arrived from a peer.
    pub(super) fn receive<M>(
        &mut self,
        mut input: &mut [u8],
        id: PeerId,
        peers: &mut Peers,
        handler: &mut impl Handler<M>,
        shared: &mut Shared,
    ) {
        if let Inbound::Opening(opening) = self {
            // Who has been refused may go on talking, but nobody listens.
            match peers.connections.at(id.slot).stage {
                Stage::Opening => {}
                // Nor does anybody while a page is being fetched: one request at a time.
                Stage::Awaiting => return peers.requests.is_last(id.slot),
                _ => return,
            }
            let Outcome::WebSocket(agreement) = opening.receive(&mut input, id, peers, handler) else {
                return;
            };
            *self = Inbound::Open(ReceiveHalf::opened(peers.config.message, agreement.as_ref()));
        }
        if let Inbound::Open(receive) = self {
            peers.speaker = Some(id.slot);
            hear(receive, input, id, peers, handler, shared);
            peers.speaker = None;
        }
    }
}

/// Frames of a peer: the protocol's duties first, then the handler.
fn hear<M>(
    receive: &mut ReceiveHalf,
    mut input: &mut [u8],
    id: PeerId,
    peers: &mut Peers,
    handler: &mut impl Handler<M>,
    shared: &mut Shared,
) {
    if peers.contains(id) {
        peers.hear_from(id);
    }
    let arrived = input.len();
    shared.plain_work += (arrived / BYTES_FOR_ONE) as u64;
    let budget = if shared.is_busy() { INFLATING_PER_TURN / SHARE } else { INFLATING_PER_TURN };
    let enough = shared.inflating() + budget;
    loop {
        if let Some(bytes) = peers.take_new_limit(id) {
            receive.set_max_message(bytes);
        }
        let must_wait = peers.must_wait(id);
        // A handler, or the peer itself, may have ended the connection: the rest is then nobody's.
        let Some(stage @ (Stage::Open | Stage::Closing)) = peers.connections.get(id).map(|peer| peer.stage)
        else {
            return;
        };
        if must_wait {
            receive.forget_delivered(Some(&mut shared.spare));
            return peers.hold_input(id, input);
        }
        if shared.inflating() >= enough && !input.is_empty() {
            return peers.postpone_input(id, input);
        }
        // Long, and alone: whoever is sent it is written the frame into which it is unmasked. What has others before it is
        // not alone, and is not looked at twice.
        if stage == Stage::Open
            && input.len() >= LONG
            && input.len() == arrived
            && let Some(frame) = Arc::get_mut(&mut peers.heard)
            && receive.reframe(&mut input, frame)
        {
            let frame = Arc::clone(&peers.heard);
            return hand_over(receive.heard(&frame), id, peers, handler);
        }
        // Nearly all of the traffic, handed on by itself: as one event among others it would be stored, and waited for.
        if stage == Stage::Open
            && let Some(message) = receive.next_plain_message(&mut input)
        {
            shared.plain_work += MESSAGE_COST;
            hand_over(message, id, peers, handler);
            if input.is_empty() {
                return;
            }
            continue;
        }
        shared.plain_work += MESSAGE_COST;
        match receive.next_event(&mut input, shared.inflater.as_mut(), Some(&mut shared.spare)) {
            Ok(None) => return,
            Ok(Some(ref event @ Event::Close(code, _))) => peers.receive_close(id, event, code),
            Ok(Some(Event::Pong(_))) => {}
            Ok(Some(_)) if stage == Stage::Closing => {}
            Ok(Some(ref event @ Event::Ping(_))) => peers.answer(id, event),
            Ok(Some(Event::Message(message))) => hand_over(Ok(message), id, peers, handler),
            Err(error) => peers.fail(id, error),
        }
    }
}

#[inline]
fn hand_over<M>(
    message: Result<Message<'_>, ProtocolError>,
    id: PeerId,
    peers: &mut Peers,
    handler: &mut impl Handler<M>,
) {
    let message = match message {
        Ok(message) => message,
        Err(error) => return peers.fail(id, error),
    };
    if log::log_enabled!(log::Level::Debug) {
        log_message(id, message);
    }
    peers.counters.messages_in += 1;
    handler.on_message(peers, id, message);
}

#[cold]
fn log_message(id: PeerId, message: Message<'_>) {
    match message {
        Message::Text(text) => log::debug!("{id} sent text, {} bytes", text.len()),
        Message::Binary(bytes) => log::debug!("{id} sent binary, {} bytes", bytes.len()),
    }
}
