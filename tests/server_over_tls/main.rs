//! What `server` says of the server, said of it over TLS: the same tests, with a bridge in between
//! (`pollcat_testing::bridge`). Whatever they find out about closing, order, limits and slow readers must stay true.
//!
//! Two modules stay away: `limits.rs` and `stopping.rs` say things of the address, and of pages in the clear, that
//! are not true of a bridge. Their like is in `tls`.
#![cfg(feature = "tls")]

mod running;

// These files are in two suites on purpose: they are written once, and each binds them to its own `crate::running`.
#[path = "../server"]
mod server {
    mod closing;
    mod late;
    mod mailbox;
    mod messages;
    mod one_at_a_time;
    mod order;
    mod panics;
    mod patience;
    mod pausing;
    mod replacing;
    mod round_trips;
    mod slow;
}

/// What the files above use of `pollcat_testing::directed`, over TLS.
mod directed {
    pub(crate) use pollcat_testing::directed::{Event, FILLER};

    pub(crate) type Directed = pollcat_testing::directed::DirectedBy<crate::running::OverTls>;
}
