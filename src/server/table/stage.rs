//! How far along its life a connection is, and what moves it on.
//!
//! ```text
//!             Upgraded          CloseSent              Over, InputEnded, TlsBroken
//!   Opening ────────────▶ Open ───────────▶ Closing ──────────────────────────────┐
//!    │  ▲  │ LastAnswer  ▲  │  Over, InputEnded, TlsBroken                          ▼        Written
//!    │  │  └─────────────┼──┼──────────────────────────────────────────────────▶ Ending ──────────────▶ Lingering
//!    │  │ Answered,      │  └──────────────────────────────────────────────────────▲                       │
//!    ▼  │ BodyWanted     │                                                                     InputEnded  ▼
//!   Awaiting ─ Upgraded ─┘          whatever the stage: Lost, CutOff, Expired, Dropped ────────────────▶ Dead
//! ```
//!
//! Lingering is what keeps the last frames from being lost: a socket that is dropped with unread input resets the
//! connection, and a reset destroys what the peer has not read yet (RFC 6455 §7.1.1).

use crate::server::Departure;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Stage {
    /// The slot is free.
    Vacant,
    /// Requests, and bodies that are read, until one request is answered with 101.
    Opening,
    /// A request waits for the application, which answers later; or its answer has come, and opens it in a moment.
    Awaiting,
    /// A WebSocket: the only stage in which an application knows the peer.
    Open,
    /// We have sent a Close, and wait for the peer's.
    Closing,
    /// Nothing more will be queued. What is queued is written, and then our side of TCP is shut down.
    Ending,
    /// Our side of TCP is shut down; input is discarded until the peer's side is.
    Lingering,
    /// To be dropped when the turn ends.
    Dead,
}

/// What moves a connection from one stage to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Cause {
    /// The 101 has been queued.
    Upgraded,
    /// The application answers this request later.
    PutOff,
    /// The answer that was put off has come, and is no 101.
    Answered,
    /// The answer that was put off has come, and asks for the body.
    BodyWanted,
    /// A refusal, or the last page, has been queued.
    LastAnswer,
    /// We have begun the closing handshake.
    CloseSent,
    /// The WebSocket is over, and the Close that says so, if there is one, has been queued.
    Over(Departure),
    /// The peer's side of TCP has ended.
    InputEnded,
    /// The peer has violated TLS: an alert that says so is written, and its input is discarded until it ends.
    TlsBroken,
    /// Everything is written, and our side of TCP is shut down.
    Written,
    /// The stream is broken.
    Lost,
    /// What waited for the peer took too much memory, and was dropped.
    CutOff,
    /// The time is up.
    Expired,
    /// Nothing is under way on the connection, and it is not needed any more.
    Dropped,
}

impl Stage {
    pub(super) fn after(self, cause: Cause) -> Stage {
        use Cause::*;
        use Stage::*;
        match (self, cause) {
            (Vacant | Dead, _) => self,
            (_, Lost | CutOff | Expired | Dropped) => Dead,
            (Opening | Awaiting, Upgraded) => Open,
            (Opening, PutOff) => Awaiting,
            (Awaiting, Answered | BodyWanted) => Opening,
            (Open, CloseSent) => Closing,
            (Opening, LastAnswer | InputEnded | TlsBroken) => Ending,
            (Awaiting, TlsBroken) => Ending,
            (Open | Closing, Over(_) | InputEnded | TlsBroken) => Ending,
            (Ending, Written) => Lingering,
            (Lingering, InputEnded) => Dead,
            (stage, _) => stage,
        }
    }

    /// Is the connection a WebSocket that is not over?
    pub(in crate::server) fn is_websocket(self) -> bool {
        matches!(self, Stage::Open | Stage::Closing)
    }
}

impl Cause {
    /// Why the peer has left, if it was a WebSocket.
    pub(in crate::server) fn departure(self) -> Departure {
        match self {
            Cause::Over(departure) => departure,
            Cause::CutOff => Departure::TooSlow,
            Cause::Expired => Departure::TimedOut,
            _ => Departure::Lost,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use Cause::*;
    use Stage::*;

    const STAGES: [Stage; 8] = [Vacant, Opening, Awaiting, Open, Closing, Ending, Lingering, Dead];

    const CAUSES: [Cause; 14] = [
        Upgraded,
        PutOff,
        Answered,
        BodyWanted,
        LastAnswer,
        CloseSent,
        Over(Departure::Lost),
        InputEnded,
        TlsBroken,
        Written,
        Lost,
        CutOff,
        Expired,
        Dropped,
    ];

    #[test]
    fn a_life_goes_one_way_but_for_requests_that_wait() {
        for before in STAGES {
            for cause in CAUSES {
                let after = before.after(cause);
                let back_to_requests = before == Awaiting && after == Opening;
                assert!(after as u8 >= before as u8 || back_to_requests, "{before:?}, {cause:?}: {after:?}");
            }
        }
    }

    #[test]
    fn whatever_happens_a_connection_is_dead_when_its_stream_is_lost_and_then_nothing_moves_it() {
        for before in STAGES.into_iter().filter(|&stage| stage != Vacant) {
            assert_eq!(before.after(Lost), Dead);
        }
        assert!(CAUSES.iter().all(|&cause| Dead.after(cause) == Dead && Vacant.after(cause) == Vacant));
    }

    #[test]
    fn only_a_101_opens_and_only_what_is_open_can_begin_to_close() {
        let lead_to = |stage| {
            STAGES
                .into_iter()
                .flat_map(move |before| CAUSES.map(|cause| (before, cause)))
                .filter(move |&(before, cause)| before != stage && before.after(cause) == stage)
        };
        assert_eq!(lead_to(Open).collect::<Vec<_>>(), [(Opening, Upgraded), (Awaiting, Upgraded)]);
        assert_eq!(lead_to(Closing).collect::<Vec<_>>(), [(Open, CloseSent)]);
        assert_eq!(lead_to(Lingering).collect::<Vec<_>>(), [(Ending, Written)]);
    }
}
