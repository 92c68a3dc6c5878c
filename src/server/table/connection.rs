//! One connection's way out, and how far along its life it is.
//!
//! ```text
//!            a 101             close()            both Closes sent, or enough said
//!   Opening ───────▶ Open ───────────────▶ Closing ─────────┐
//!      │              │  the peer's Close, a fault, the end  ▼    all is written:
//!      │              └──────────────────────────────▶ Ending ──▶ TCP is shut down ──▶ Lingering
//!      └──── a refusal, a last page ────────────────────▲ │                                │
//!                                                          ▼ the stream broke              ▼
//!                                                        Dead ◀── the peer's end, or the deadline
//! ```
//!
//! A page that the application brings later makes an `Opening` an `Awaiting` until it has come.
//!
//! Lingering is what keeps the last frames from being lost: a socket that is dropped with unread input
//! resets the connection, and a reset destroys what the peer has not read yet (RFC 6455 §7.1.1).

use crate::protocol::SendHalf;
use crate::server::PeerId;
use crate::server::accept::admission::AddressKey;
use crate::server::accept::transport::Transport;
use crate::server::send::deflate::Compression;
use crate::server::send::outbox::Outbox;
use crate::server::send::topics::Memberships;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Stage {
    /// Nobody's slot.
    Vacant,
    /// Requests, until one of them is answered with 101.
    Opening,
    /// A page has been asked for, and the application brings it later. Then back to `Opening`, or on to `Ending`.
    Awaiting,
    /// A WebSocket: the only stage in which an application knows the peer.
    Open,
    /// We have sent a Close, and wait for the peer's.
    Closing,
    /// Nothing more will be queued.
    Ending,
    /// Our side of TCP is shut down; input is discarded until the peer's side is.
    Lingering,
    /// To be dropped when the turn ends.
    Dead,
}

/// In `EventLoop::in_line`, until its TLS handshake has its turn?
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::server) enum InLine {
    #[default]
    No,
    Yes,
    /// And if that does not complete it, its time is up.
    ForTheLastTime,
}

/// One cache line where neither feature adds to it: that is all a fan-out touches of a peer.
#[derive(Debug)]
#[cfg_attr(not(any(feature = "deflate", feature = "tls")), repr(align(64)))]
pub(in crate::server) struct Connection {
    pub(in crate::server) generation: u32,
    /// Up to this place of the tape it has what its topics were told, or was not meant to have it.
    pub(in crate::server) heard: u32,
    pub(in crate::server) stage: Stage,
    /// In `Peers::dirty`: to be flushed when the turn ends.
    pub(in crate::server) dirty: bool,
    /// Its time was up, and it got some more: for a Pong, or for what it had sent to be read.
    pub(in crate::server) last_call: bool,
    /// The peer's side of TCP has ended.
    pub(in crate::server) input_ended: bool,
    /// There may be input, left alone until the outbox is empty.
    pub(in crate::server) input_waits: bool,
    pub(in crate::server) in_line: InLine,
    /// Something of it is in `Peers::receiving`.
    pub(in crate::server) owes_input: bool,
    pub(in crate::server) send: SendHalf,
    pub(in crate::server) compression: Compression,
    pub(in crate::server) transport: Option<Transport>,
    pub(in crate::server) outbox: Outbox,
    pub(in crate::server) address: Option<AddressKey>,
    pub(in crate::server) topics: Memberships,
}

/// mio's sockets are larger in debug builds.
#[cfg(not(any(debug_assertions, feature = "deflate", feature = "tls")))]
const _: () = assert!(size_of::<Connection>() == 64);

impl Connection {
    fn vacant() -> Self {
        Connection {
            generation: 0,
            heard: 0,
            stage: Stage::Vacant,
            dirty: false,
            last_call: false,
            input_ended: false,
            input_waits: false,
            in_line: InLine::No,
            owes_input: false,
            send: SendHalf::default(),
            compression: Compression::default(),
            transport: None,
            outbox: Outbox::default(),
            address: None,
            topics: Memberships::default(),
        }
    }

    /// Is the TLS handshake under way?
    #[inline]
    pub(in crate::server) fn is_shaking(&self) -> bool {
        self.transport.as_ref().is_some_and(Transport::is_shaking)
    }
}

/// The slots, and those of them that are free.
#[derive(Debug, Default)]
pub(in crate::server) struct Connections {
    slots: Vec<Connection>,
    free: Vec<u32>,
    occupied: usize,
}

impl Connections {
    /// Gives a slot to a new connection.
    pub(in crate::server) fn occupy(&mut self) -> (PeerId, &mut Connection) {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Connection::vacant());
            self.slots.len() as u32 - 1
        });
        let connection = &mut self.slots[slot as usize];
        connection.stage = Stage::Opening;
        self.occupied += 1;
        (PeerId { slot, generation: connection.generation }, connection)
    }

    /// Takes the slot back. Its generation moves on, so that the old id finds nobody; a slot whose generations are
    /// used up stays empty for good.
    pub(in crate::server) fn vacate(&mut self, slot: u32) {
        let connection = &mut self.slots[slot as usize];
        let generation = connection.generation + 1;
        *connection = Connection { generation, ..Connection::vacant() };
        self.occupied -= 1;
        if generation < crate::server::table::slots::RESERVED_GENERATION {
            self.free.push(slot);
        }
    }

    /// The connection of this id, if it is still there.
    #[inline]
    pub(in crate::server) fn get(&self, id: PeerId) -> Option<&Connection> {
        self.slots
            .get(id.index())
            .filter(|connection| connection.generation == id.generation && connection.stage != Stage::Vacant)
    }

    #[inline]
    pub(in crate::server) fn get_mut(&mut self, id: PeerId) -> Option<&mut Connection> {
        self.slots
            .get_mut(id.index())
            .filter(|connection| connection.generation == id.generation && connection.stage != Stage::Vacant)
    }

    #[inline]
    pub(in crate::server) fn at(&mut self, slot: u32) -> &mut Connection {
        &mut self.slots[slot as usize]
    }

    pub(in crate::server) fn id_at(&self, slot: u32) -> PeerId {
        PeerId { slot, generation: self.slots[slot as usize].generation }
    }

    /// Slots that were ever used: all others are beyond this.
    pub(in crate::server) fn slots(&self) -> u32 {
        self.slots.len() as u32
    }

    /// Connections there are, in whatever stage.
    pub(in crate::server) fn count(&self) -> usize {
        self.occupied
    }

    pub(in crate::server) fn in_stage(&self, stage: Stage) -> Vec<PeerId> {
        let slots = (0..self.slots()).filter(|&slot| self.slots[slot as usize].stage == stage);
        slots.map(|slot| self.id_at(slot)).collect()
    }
}
