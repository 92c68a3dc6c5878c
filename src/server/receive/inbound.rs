//! One connection's way in: requests first, then frames.

use std::sync::Arc;

use crate::Message;
use crate::protocol::{Event, Inflater, ProtocolError, ReceiveHalf, Spare};
use crate::server::receive::opening::{Opening, Outcome};
use crate::server::receive::work::Work;
use crate::server::send::tape::LONG;
use crate::server::table::connection::Stage;
use crate::server::{Handler, PeerId, Peers};

/// What all of them share.
#[derive(Debug)]
pub(in crate::server) struct Shared {
    /// With permessage-deflate.
    inflater: Option<Inflater>,
    spare: Spare,
    pub(in crate::server) work: Work,
}

pub(in crate::server) enum Inbound {
    /// Nobody is there, or nothing they say matters any more.
    Deaf,
    Opening(Box<Opening>),
    Open(ReceiveHalf),
}

impl Shared {
    pub(in crate::server) fn new(inflater: Option<Inflater>) -> Self {
        Shared { inflater, spare: Spare::default(), work: Work::default() }
    }

    fn inflating(&self) -> u64 {
        self.inflater.as_ref().map_or(0, Inflater::work)
    }
}

impl Inbound {
    /// How much memory what has begun, and has not ended, takes.
    #[inline]
    pub(in crate::server) fn unfinished(&self) -> usize {
        match self {
            Inbound::Open(receive) => receive.unfinished(),
            Inbound::Deaf | Inbound::Opening(_) => 0,
        }
    }

    /// May a byte of its input be far more work than to copy it?
    #[inline]
    pub(in crate::server) fn inflates(&self) -> bool {
        matches!(self, Inbound::Open(receive) if receive.inflates())
    }

    /// Hears what has arrived from a peer.
    pub(in crate::server) fn receive<M>(
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
            shared.work.set_inflating(shared.inflating());
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
    shared.work.charge_bytes(arrived);
    let enough = shared.inflating() + shared.work.inflating_budget();
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
            shared.work.charge_message();
            hand_over(message, id, peers, handler);
            if input.is_empty() {
                return;
            }
            continue;
        }
        shared.work.charge_message();
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
