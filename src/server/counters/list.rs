//! What the server counts, and a window through which any thread may look at it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::handshake::Refusal;

const REFUSALS: usize = Refusal::ALL.len();

/// Declares each counter once.
macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// What a server has counted since it began, and how many connections it has now.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct Counters {
            $($(#[$doc])* pub $name: u64,)*
            refused: [u64; REFUSALS],
        }

        impl Default for Counters {
            fn default() -> Self {
                Counters { $($name: 0,)* refused: [0; REFUSALS] }
            }
        }

        #[derive(Debug)]
        struct Shared {
            $($name: AtomicU64,)*
            refused: [AtomicU64; REFUSALS],
        }

        impl Shared {
            fn new() -> Self {
                Shared { $($name: AtomicU64::new(0),)* refused: [const { AtomicU64::new(0) }; REFUSALS] }
            }

            fn publish(&self, counters: &Counters) {
                $(self.$name.store(counters.$name, Relaxed);)*
                for (shared, count) in self.refused.iter().zip(counters.refused) {
                    shared.store(count, Relaxed);
                }
            }

            fn read(&self) -> Counters {
                Counters {
                    $($name: self.$name.load(Relaxed),)*
                    refused: std::array::from_fn(|i| self.refused[i].load(Relaxed)),
                }
            }
        }
    };
}

counters! {
    /// Connections accepted.
    accepted,
    /// Connections there are now, in whatever state.
    connections,
    /// Of these, open WebSockets.
    open,
    /// TLS handshakes completed.
    tls_handshakes,
    /// Connections to a TLS listener that ended before their TLS handshake was done.
    tls_failed,
    /// Opening handshakes answered with 101.
    opened,
    /// Ordinary requests answered by the application.
    pages,
    /// Opening handshakes that the application refused.
    refused_by_application,
    /// Connections dropped without a word, because too many were being turned away already.
    dropped,
    /// Messages received.
    messages_in,
    /// Messages queued, one for each receiver. What was published is counted when it is queued for the members of the
    /// topic: at the end of the turn.
    messages_out,
    /// Messages encoded: one for each send or publish, however many receive it; none for a
    /// [`PreparedMessage`](crate::PreparedMessage), which was encoded before.
    encoded,
    /// Messages compressed: one for each send or publish, however many peers receive it, and one more for each
    /// receiver that keeps its context.
    compressed,
    /// Bytes received, without what TLS adds.
    bytes_in,
    /// Bytes written, without what TLS adds.
    bytes_out,
    /// Messages for which a send queue was full.
    queue_full,
    /// Peers closed because their send queue was full, or all queues together were.
    too_slow,
    /// Peers closed because unfinished messages took too much memory.
    over_budget,
    /// Bytes of memory that unfinished messages take now.
    receiving,
    /// Bytes of memory that wait now for peers that have not read what was sent before.
    sending,
    /// Peers given up because they were silent.
    timed_out,
    /// Peers that broke the protocol.
    failed,
    /// Calls of the handler that panicked ([`OnPanic::Close`](crate::OnPanic::Close)).
    panics,
}

impl Counters {
    /// How many requests were refused for this reason.
    pub fn refused(&self, reason: Refusal) -> u64 {
        self.refused[reason as usize]
    }

    /// How many requests were refused, by reason; reasons that never occurred are left out.
    pub fn refusals(&self) -> impl Iterator<Item = (Refusal, u64)> {
        Refusal::ALL.iter().copied().zip(self.refused).filter(|(_, count)| *count > 0)
    }

    pub(super) fn count_refusal(&mut self, reason: Refusal) {
        self.refused[reason as usize] += 1;
    }
}

/// Reads a running server's [`Counters`] from any thread, at any time. They are as of the end of the
/// last turn of the loop.
#[derive(Debug, Clone)]
pub struct CounterReader(Arc<Shared>);

impl CounterReader {
    pub(super) fn new() -> Self {
        CounterReader(Arc::new(Shared::new()))
    }

    /// The counters now.
    pub fn read(&self) -> Counters {
        self.0.read()
    }

    pub(super) fn publish(&self, counters: &Counters) {
        self.0.publish(counters);
    }
}
