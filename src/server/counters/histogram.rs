//! How often a measured value was how large, by powers of two.
//!
//! The loop writes, and nobody else: a load and a store count a value, and no lock, no copy and no turn's end is needed
//! for others to see it. What is read while the loop writes may be one value old in one place and not in another.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Bounds, each twice the one before. Above the last there is one more bucket.
const BOUNDS: usize = 25;
const BUCKETS: usize = BOUNDS + 1;

/// The loop counts by more of them, so that it need not look whether a value is above the last.
const STEPS: usize = u64::BITS as usize;

/// What a [`Histogram`] measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unit {
    /// Its bounds are 1 µs, 2 µs, and so on up to 16.8 s.
    Seconds,
    /// Its bounds are 16 bytes, 32, and so on up to 256 MiB.
    Bytes,
}

impl Unit {
    /// The step of a value in the smallest unit. A bound belongs to those below it.
    #[inline]
    fn step(self, value: u64) -> usize {
        let above = match self {
            Unit::Seconds => value.div_ceil(1000).saturating_sub(1) << 1,
            Unit::Bytes => value.saturating_sub(1) >> 3,
        };
        (above | 1).ilog2() as usize
    }

    /// The bound of a bucket.
    fn bound(self, bucket: usize) -> f64 {
        let steps = match bucket {
            BOUNDS.. => f64::INFINITY,
            bucket => (1_u64 << bucket) as f64,
        };
        match self {
            Unit::Seconds => steps / 1e6,
            Unit::Bytes => steps * 16.0,
        }
    }

    /// A sum in the smallest unit.
    fn whole(self, sum: u64) -> f64 {
        match self {
            Unit::Seconds => sum as f64 / 1e9,
            Unit::Bytes => sum as f64,
        }
    }
}

/// What never changes of a histogram.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    name: &'static str,
    metric: &'static str,
    unit: Unit,
    help: &'static str,
}

/// Where the loop records what it measures.
#[derive(Debug)]
pub(in crate::server) struct Meter {
    unit: Unit,
    counts: [AtomicU64; STEPS],
    /// In nanoseconds, or bytes.
    sum: AtomicU64,
}

impl Meter {
    fn new(unit: Unit) -> Self {
        Meter { unit, counts: [const { AtomicU64::new(0) }; STEPS], sum: AtomicU64::new(0) }
    }

    #[inline]
    pub(in crate::server) fn record_bytes(&self, bytes: usize) {
        self.record(Unit::Bytes, bytes as u64);
    }

    pub(in crate::server) fn record_time(&self, time: Duration) {
        // Longer than 584 years no turn takes.
        let whole = time.as_secs().saturating_mul(1_000_000_000);
        self.record(Unit::Seconds, whole.saturating_add(time.subsec_nanos().into()));
    }

    #[inline]
    fn record(&self, unit: Unit, value: u64) {
        debug_assert_eq!(unit, self.unit);
        let add = |to: &AtomicU64, value| to.store(to.load(Relaxed).wrapping_add(value), Relaxed);
        add(&self.counts[unit.step(value)], 1);
        add(&self.sum, value);
    }

    fn read(&self, row: &'static Row) -> Histogram {
        let mut counts = [0; BUCKETS];
        for (step, count) in self.counts.iter().enumerate() {
            counts[step.min(BOUNDS)] += count.load(Relaxed);
        }
        Histogram { row, counts, sum: self.sum.load(Relaxed) }
    }
}

/// How often something was how large, since the server began: [`Counters::histograms`](crate::Counters::histograms).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Histogram {
    row: &'static Row,
    counts: [u64; BUCKETS],
    sum: u64,
}

impl Histogram {
    fn empty(row: &'static Row) -> Self {
        Histogram { row, counts: [0; BUCKETS], sum: 0 }
    }

    /// Its method in [`Histograms`], such as `turn_time`.
    pub fn name(&self) -> &'static str {
        self.row.name
    }

    /// Its name for Prometheus, such as `pollcat_turn_time_seconds`.
    pub fn metric(&self) -> &'static str {
        self.row.metric
    }

    /// One sentence that says what it measures.
    pub fn help(&self) -> &'static str {
        self.row.help
    }

    /// Of what the bounds and the sum are.
    pub fn unit(&self) -> Unit {
        self.row.unit
    }

    /// How many values there were.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The sum of all values, in seconds or bytes.
    pub fn sum(&self) -> f64 {
        self.row.unit.whole(self.sum)
    }

    /// The bounds in order, in seconds or bytes, and how many values were not above each. The last bound is infinite.
    pub fn buckets(&self) -> impl Iterator<Item = (f64, u64)> + use<> {
        let unit = self.row.unit;
        let sums = self.counts.into_iter().scan(0, |sum, count| {
            *sum += count;
            Some(*sum)
        });
        sums.enumerate().map(move |(bucket, sum)| (unit.bound(bucket), sum))
    }

    /// The bound that this share of the values was not above: `at_most(0.99)` of the turn times says how long all but
    /// the longest hundredth took at most. `None` as long as there are no values.
    pub fn at_most(&self, share: f64) -> Option<f64> {
        let count = self.count();
        let enough = |&(_, sum): &(f64, u64)| sum > 0 && sum as f64 >= share * count as f64;
        // A share above 1 is all of them.
        let all = |&(_, sum): &(f64, u64)| sum == count && count > 0;
        self.buckets().find(|bucket| enough(bucket) || all(bucket)).map(|(bound, _)| bound)
    }
}

impl fmt::Debug for Histogram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Row { name, unit, .. } = self.row;
        write!(f, "{name}({} values, {} {unit:?})", self.count(), self.sum())
    }
}

/// Declares each histogram once, in one row.
macro_rules! histograms {
    ($($name:ident: $unit:ident, $metric:literal, $help:literal; $(#[$more:meta])*)*) => {
        /// What a server measures: [`Counters::histograms`](crate::Counters::histograms).
        #[derive(Clone, Default, PartialEq, Eq)]
        pub struct Histograms(Option<Box<Read>>);

        impl Histograms {
            $(
                #[doc = $help]
                $(#[$more])*
                #[doc = concat!("\n\nFor Prometheus: `", $metric, "`.")]
                pub fn $name(&self) -> Histogram {
                    const ROW: Row =
                        Row { name: stringify!($name), metric: $metric, unit: Unit::$unit, help: $help };
                    self.0.as_ref().map_or(Histogram::empty(&ROW), |read| read.$name)
                }
            )*

            /// All of them.
            pub fn iter(&self) -> impl Iterator<Item = Histogram> + use<> {
                [$(self.$name()),*].into_iter()
            }
        }

        #[derive(Clone, PartialEq, Eq)]
        struct Read {
            $($name: Histogram,)*
        }

        /// Where the loop records what it measures.
        #[derive(Debug)]
        pub(in crate::server) struct Meters {
            $($name: Meter,)*
        }

        impl Meters {
            pub(super) fn new() -> Self {
                Meters { $($name: Meter::new(Unit::$unit),)* }
            }

            $(
                #[inline]
                pub(in crate::server) fn $name(&self) -> &Meter {
                    &self.$name
                }
            )*

            /// What has been recorded up to now.
            pub(in crate::server) fn read(&self) -> Histograms {
                let none = Histograms::default();
                Histograms(Some(Box::new(Read { $($name: self.$name.read(none.$name().row),)* })))
            }
        }
    };
}

histograms! {
    turn_time: Seconds, "pollcat_turn_time_seconds", "How long a turn of the loop took.";
        /// That is how long a peer waited whose message came when the turn had just begun: a long turn is a handler
        /// that takes long. Turns that bring nothing are left out while the loop is kept awake
        /// ([`Config::spin`](crate::Config::spin)).
    queued: Bytes, "pollcat_queued_bytes", "Bytes that waited for a peer, each time its socket was found full.";
        /// Where each peer reads what it is sent, there are no such values.
    message_in: Bytes, "pollcat_message_in_bytes", "The length of a message received.";
        /// It is that of the payload, after it was inflated. As many values as
        /// [`messages_in`](crate::Counters::messages_in).
}

impl fmt::Debug for Histograms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_in_the_first_bucket_whose_bound_it_is_not_above() {
        for unit in [Unit::Seconds, Unit::Bytes] {
            let edges = (0..64).flat_map(|bit| [-1, 0, 1].map(|off| (1_u64 << bit).wrapping_add_signed(off)));
            let decimal = (0..19)
                .flat_map(|digits| [-1, 0, 1].map(|off| 10_u64.pow(digits).saturating_add_signed(off)));
            for value in edges.chain(decimal).chain([0, u64::MAX]) {
                let slowly = (0..BUCKETS).find(|&bucket| unit.whole(value) <= unit.bound(bucket));
                assert_eq!(Some(unit.step(value).min(BOUNDS)), slowly, "{unit:?} {value}");
            }
        }
        assert_eq!((Unit::Seconds.bound(0), Unit::Seconds.bound(24)), (0.000_001, 16.777_216));
        assert_eq!((Unit::Bytes.bound(0), Unit::Bytes.bound(24)), (16.0, f64::from(256 << 20)));
    }

    #[test]
    fn what_is_recorded_is_read() {
        let meters = Meters::new();
        assert_eq!(meters.read().queued().at_most(0.5), None);
        for bytes in [0, 16, 17, 1000, 1 << 40] {
            meters.queued().record_bytes(bytes);
        }
        meters.turn_time().record_time(Duration::from_nanos(1_500));
        meters.turn_time().record_time(Duration::MAX);
        let (queued, turn) = (meters.read().queued(), meters.read().turn_time());
        assert_eq!((queued.count(), queued.sum()), (5, (1033_u64 + (1 << 40)) as f64));
        let rises: Vec<_> =
            queued.buckets().filter(|&(bound, _)| [16.0, 32.0, 512.0, 1024.0].contains(&bound)).collect();
        assert_eq!(rises, [(16.0, 2), (32.0, 3), (512.0, 3), (1024.0, 4)]);
        assert_eq!(queued.buckets().last(), Some((f64::INFINITY, 5)));
        let shares = [0.0, 0.4, 0.5, 0.8, 0.9, 1.0, 2.0].map(|share| queued.at_most(share));
        let inf = f64::INFINITY;
        assert_eq!(shares, [16.0, 16.0, 32.0, 1024.0, inf, inf, inf].map(Some));
        assert_eq!((turn.count(), turn.at_most(0.5)), (2, Some(0.000_002)));
        assert_eq!(meters.read().message_in().count(), 0);
    }
}
