//! What the server counts, and a window through which any thread may look at it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::counter::{Counter, CounterKind, Row};
use super::histogram::{Histograms, Meters};
use super::prometheus;
use crate::handshake::Refusal;

/// By reason. Behind them is their sum, which tells whether there is one more.
type Refusals<T> = [T; REASONS + 1];
const REASONS: usize = Refusal::ALL.len();

/// Declares each counter once, in one row: its name, its kind, what it counts in one sentence, and whatever else there
/// is to say of it.
macro_rules! counters {
    ($($name:ident: $kind:ident, $help:literal; $(#[$more:meta])*)*) => {
        /// What a server has counted since it began, and how many connections it has now.
        ///
        /// [`iter`](Self::iter) lists all of it, and [`to_prometheus`](Self::to_prometheus) writes it for Prometheus:
        /// so a counter that a later version adds is not forgotten.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct Counters {
            $(
                #[doc = $help]
                $(#[$more])*
                #[doc = concat!("\n\nFor Prometheus: `", metric!($name, $kind), "`.")]
                pub $name: u64,
            )*
            refused: Refusals<u64>,
            histograms: Histograms,
        }

        impl Default for Counters {
            fn default() -> Self {
                Counters { $($name: 0,)* refused: [0; REASONS + 1], histograms: Histograms::default() }
            }
        }

        impl Counters {
            /// Each field.
            fn fields(&self) -> impl Iterator<Item = Counter> + use<> {
                [$(
                    Counter::new(
                        &Row {
                            name: stringify!($name),
                            metric: metric!($name, $kind),
                            kind: kind!($kind),
                            help: $help,
                        },
                        self.$name,
                    ),
                )*]
                .into_iter()
            }
        }

        #[derive(Debug)]
        struct Shared {
            $($name: AtomicU64,)*
            refused: Refusals<AtomicU64>,
            meters: Arc<Meters>,
        }

        impl Shared {
            fn new() -> Self {
                Shared {
                    $($name: AtomicU64::new(0),)*
                    refused: [const { AtomicU64::new(0) }; REASONS + 1],
                    meters: Arc::new(Meters::new()),
                }
            }

            fn publish(&self, counters: &Counters) {
                $(self.$name.store(counters.$name, Relaxed);)*
                if self.refused[REASONS].load(Relaxed) != counters.refused[REASONS] {
                    self.publish_refusals(counters);
                }
            }

            #[cold]
            fn publish_refusals(&self, counters: &Counters) {
                for (shared, count) in self.refused.iter().zip(counters.refused) {
                    shared.store(count, Relaxed);
                }
            }

            fn read(&self) -> Counters {
                Counters {
                    $($name: self.$name.load(Relaxed),)*
                    refused: std::array::from_fn(|i| self.refused[i].load(Relaxed)),
                    histograms: self.meters.read(),
                }
            }
        }
    };
}

/// The name of a counter for Prometheus: with its unit, and how its value moves.
macro_rules! metric {
    ($name:ident, Counter) => {
        concat!("pollcat_", stringify!($name), "_total")
    };
    ($name:ident, Gauge) => {
        concat!("pollcat_", stringify!($name))
    };
    ($name:ident, GaugeOfBytes) => {
        concat!("pollcat_", stringify!($name), "_bytes")
    };
}

macro_rules! kind {
    (Counter) => {
        CounterKind::Counter
    };
    (Gauge) => {
        CounterKind::Gauge
    };
    (GaugeOfBytes) => {
        CounterKind::Gauge
    };
}

counters! {
    accepted: Counter, "Connections accepted.";
    connections: Gauge, "Connections there are now, in whatever state.";
    open: Gauge, "Open WebSockets there are now.";
    tls_handshakes: Counter, "TLS handshakes completed.";
    tls_failed: Counter, "Connections to a TLS listener that ended before their TLS handshake was done.";
    opened: Counter, "Opening handshakes answered with 101.";
    pages: Counter, "Ordinary requests answered by the application.";
    refused_by_application: Counter, "Opening handshakes that the application refused.";
    dropped: Counter, "Connections dropped without a word, because too many were being turned away already.";
    messages_in: Counter, "Messages received.";
    messages_out: Counter, "Messages queued, one for each receiver.";
        /// What was published is counted when it is queued for the members of the topic: at the end of the turn.
    replaced: Counter, "Messages that never left, as a newer one with the same key took their place.";
        /// [`Outgoing::replacing`](crate::Outgoing::replacing) gives them a key. They count in `messages_out` as well.
    encoded: Counter, "Messages encoded, one for each send or publish.";
        /// However many receive it, it is one; none for a [`PreparedMessage`](crate::PreparedMessage), which was
        /// encoded before.
    compressed: Counter, "Messages compressed, one for each send or publish.";
        /// However many peers receive it, it is one; and one more for each receiver that keeps its context.
    bytes_in: Counter, "Bytes received, without what TLS adds.";
    bytes_out: Counter, "Bytes written, without what TLS adds.";
    queue_full: Counter, "Messages for which a send queue was full, and Pings of the application's.";
    too_slow: Counter, "Peers closed because their send queue was full, or all queues together were.";
    over_budget: Counter, "Peers closed, or requests refused, because what was unfinished took too much memory.";
    receiving: GaugeOfBytes, "Bytes of memory that unfinished messages and bodies take now.";
    sending: GaugeOfBytes,
        "Bytes of memory that wait now for peers that have not read what was sent before.";
    timed_out: Counter, "Peers given up because they were silent.";
    failed: Counter, "Peers that broke the protocol.";
    panics: Counter, "Calls of the handler that panicked.";
        /// With [`OnPanic::Close`](crate::OnPanic::Close) they are survived.
}

/// The refusals, which differ by a label.
const REFUSED: Row = Row {
    name: "refused",
    metric: "pollcat_refused_total",
    kind: CounterKind::Counter,
    help: "Requests that the server refused, by reason.",
};

impl Counters {
    /// How many requests were refused for this reason.
    pub fn refused(&self, reason: Refusal) -> u64 {
        self.refused[reason as usize]
    }

    /// How many requests were refused, by reason; reasons that never occurred are left out.
    pub fn refusals(&self) -> impl Iterator<Item = (Refusal, u64)> {
        Refusal::ALL.iter().copied().zip(self.refused).filter(|(_, count)| *count > 0)
    }

    /// All of them: each field, and then each reason of a refusal, which differ by their
    /// [`label`](Counter::label). Those that are 0 are among them.
    ///
    /// ```
    /// let counters = pollcat::Counters::default(); // or `reader.read()`, or `peers.counters()`
    /// for counter in counters.iter().filter(|counter| counter.value() > 0) {
    ///     println!("{} = {}", counter.name(), counter.value());
    /// }
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = Counter> + use<> {
        let refusals = Refusal::ALL.iter().zip(self.refused);
        let refusals =
            refusals.map(|(reason, count)| Counter::labelled(&REFUSED, ("reason", reason.name()), count));
        self.fields().chain(refusals)
    }

    /// What was measured: how long turns took, how much waited for peers, how long messages were.
    ///
    /// ```
    /// # let counters = pollcat::Counters::default();
    /// if let Some(seconds) = counters.histograms().turn_time().at_most(0.99) {
    ///     println!("99 of 100 turns took {seconds} s at most");
    /// }
    /// ```
    pub fn histograms(&self) -> &Histograms {
        &self.histograms
    }

    /// The media type of what [`to_prometheus`](Self::to_prometheus) writes.
    pub const PROMETHEUS: &str = prometheus::MEDIA_TYPE;

    /// All of it as text for Prometheus (exposition format 0.0.4): some 10 KB, with HELP and TYPE. Names begin with
    /// `pollcat_`, times are in seconds and sizes in bytes, and counters end in `_total`. It ends with a line end, so
    /// lines of your own can be added.
    ///
    /// ```
    /// use pollcat::{Answer, Counters, Peers};
    ///
    /// fn metrics(peers: &Peers) -> Answer {
    ///     Answer::page(Counters::PROMETHEUS, peers.counters().to_prometheus())
    /// }
    /// # let _ = metrics;
    /// ```
    ///
    /// [The guide](crate::guide::looking) says how to keep such a page from the public.
    pub fn to_prometheus(&self) -> String {
        let mut out = String::with_capacity(12 << 10);
        prometheus::write_counters(self.iter(), &mut out);
        prometheus::write_histograms(self.histograms.iter(), &mut out);
        out
    }

    pub(in crate::server) fn with_histograms(self, histograms: Histograms) -> Self {
        Counters { histograms, ..self }
    }

    pub(in crate::server) fn count_refusal(&mut self, reason: Refusal) {
        self.refused[reason as usize] += 1;
        self.refused[REASONS] += 1;
    }
}

/// Reads a running server's [`Counters`] from any thread, at any time. They are as of the end of the last turn of the
/// loop; the histograms are of this moment.
#[derive(Debug, Clone)]
pub struct CounterReader(Arc<Shared>);

impl CounterReader {
    pub(in crate::server) fn new() -> Self {
        CounterReader(Arc::new(Shared::new()))
    }

    /// The counters now.
    pub fn read(&self) -> Counters {
        self.0.read()
    }

    /// Where the loop records what it measures, for all to see at once.
    pub(in crate::server) fn meters(&self) -> &Arc<Meters> {
        &self.0.meters
    }

    pub(in crate::server) fn publish(&self, counters: &Counters) {
        self.0.publish(counters);
    }
}
