//! Frames of a peer: the protocol's duties first, then the handler.

use super::work::Work;
use crate::Message;
use crate::protocol::{Event, Inflater, ProtocolError, ReceiveHalf, Spare};
use crate::server::peer_id::Slot;
use crate::server::table::stage::Stage;
use crate::server::{Handler, PeerId, Peers};

/// What all connections share.
#[derive(Debug)]
pub(super) struct Shared {
    /// With permessage-deflate.
    pub(super) inflater: Option<Inflater>,
    pub(super) spare: Spare,
    pub(super) work: Work,
}

/// What is left of the input.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Rest<'i> {
    Nothing,
    /// The peer does not read what it is sent: so answers never pile up, and a peer is not called slow for its own
    /// speed. Or the application has paused it.
    UntilItMayGoOn(&'i [u8]),
    /// The request before it waits for the application's answer.
    UntilAnswered(&'i [u8]),
    /// The others have their turn first.
    UntilNextTurn(&'i [u8]),
}

impl Shared {
    pub(super) fn new(inflater: Option<Inflater>) -> Self {
        Shared { inflater, spare: Spare::default(), work: Work::default() }
    }

    /// How much work inflating has been.
    pub(super) fn inflating(&self) -> u64 {
        self.inflater.as_ref().map_or(0, Inflater::work)
    }
}

/// Takes frames that have arrived.
pub(super) fn receive<'i, M>(
    receive: &mut ReceiveHalf,
    mut input: &'i mut [u8],
    id: PeerId,
    peers: &mut Peers,
    handler: &mut impl Handler<M>,
    shared: &mut Shared,
) -> Rest<'i> {
    let slot = id.slot();
    if peers.is_open(slot) {
        peers.renew(slot);
    }
    let enough = shared.inflating() + shared.work.inflating_budget();
    loop {
        if let Some(bytes) = peers.take_new_limit(id) {
            receive.set_max_message(bytes);
        }
        // A handler, or the peer itself, may have ended the connection: then the rest does not matter.
        let stage = peers.stage(slot);
        match stage {
            Stage::Open if peers.is_open(slot) => {}
            Stage::Closing => {}
            _ => return Rest::Nothing,
        }
        if peers.is_held_back(slot) {
            receive.forget_delivered(Some(&mut shared.spare));
            return Rest::UntilItMayGoOn(input);
        }
        if shared.inflating() >= enough && !input.is_empty() {
            return Rest::UntilNextTurn(input);
        }
        shared.work.charge_message();
        // Nearly all of the traffic. Passed on directly: building an `Event` would cost a store-forwarding stall.
        if stage == Stage::Open
            && let Some(message) = receive.next_plain_message(&mut input)
        {
            hand_over(message, slot, peers, handler);
            if input.is_empty() {
                return Rest::Nothing;
            }
            continue;
        }
        match receive.next_event(&mut input, shared.inflater.as_mut(), Some(&mut shared.spare)) {
            Ok(None) => break,
            Ok(Some(ref event @ Event::Close(code, _))) => peers.receive_close(slot, event, code),
            Ok(Some(_)) if stage == Stage::Closing => {}
            Ok(Some(Event::Pong(payload))) => {
                if peers.receive_pong(slot, payload) {
                    handler.on_pong(peers, id, payload);
                }
            }
            Ok(Some(ref event @ Event::Ping(_))) => {
                peers.out().frame(slot, |send, out| send.answer(event, out))
            }
            Ok(Some(Event::Message(message))) => hand_over(Ok(message), slot, peers, handler),
            Err(error) => peers.fail(slot, error),
        }
    }
    Rest::Nothing
}

#[inline]
fn hand_over<M>(
    message: Result<Message<'_>, ProtocolError>,
    slot: Slot,
    peers: &mut Peers,
    handler: &mut impl Handler<M>,
) {
    let message = match message {
        Ok(message) => message,
        Err(error) => return peers.fail(slot, error),
    };
    let id = peers.id(slot);
    if log::log_enabled!(log::Level::Debug) {
        log_message(id, message);
    }
    peers.count_message(message.as_bytes().len());
    handler.on_message(peers, id, message);
}

#[cold]
fn log_message(id: PeerId, message: Message<'_>) {
    match message {
        Message::Text(text) => log::debug!("{id} sent text, {} bytes", text.len()),
        Message::Binary(bytes) => log::debug!("{id} sent binary, {} bytes", bytes.len()),
    }
}
