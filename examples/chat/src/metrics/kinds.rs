//! Counters, gauges and histograms: atomics, which any thread writes and any other reads. Nobody waits, and nothing is allocated
//! when something is noted. What is read while others write may be one value old in one place and not in another.

use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use super::labels::Label;
use super::page::Page;

/// What stands on the page under one name.
pub(super) trait Figure {
    fn write(&self, metric: &str, help: &str, page: &mut Page);
}

/// Only rises.
#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn add(&self, count: u64) {
        self.0.fetch_add(count, Relaxed);
    }

    /// Somebody else has counted.
    pub(super) fn rise_to(&self, count: u64) {
        self.0.fetch_max(count, Relaxed);
    }

    pub(super) fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

impl Figure for Counter {
    fn write(&self, metric: &str, help: &str, page: &mut Page) {
        page.one(metric, "counter", help, self.get());
    }
}

/// As it is now.
#[derive(Debug, Default)]
pub(super) struct Gauge(AtomicU64);

impl Gauge {
    pub(super) fn set(&self, value: u64) {
        self.0.store(value, Relaxed);
    }

    /// Several threads tell how far something is; it never goes back.
    pub(super) fn rise_to(&self, value: u64) {
        self.0.fetch_max(value, Relaxed);
    }

    pub(super) fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

impl Figure for Gauge {
    fn write(&self, metric: &str, help: &str, page: &mut Page) {
        page.one(metric, "gauge", help, self.get());
    }
}

/// A time of now, in seconds.
#[derive(Debug, Default)]
pub(super) struct Span(AtomicU64);

impl Span {
    pub(super) fn set(&self, span: Duration) {
        self.0.store(u64::try_from(span.as_millis()).unwrap_or(u64::MAX), Relaxed);
    }

    pub(super) fn get(&self) -> Duration {
        Duration::from_millis(self.0.load(Relaxed))
    }
}

impl Figure for Span {
    fn write(&self, metric: &str, help: &str, page: &mut Page) {
        page.one(metric, "gauge", help, self.get().as_secs_f64());
    }
}

/// One for each value of a label.
#[derive(Debug)]
struct Each<L>(Box<[AtomicU64]>, PhantomData<L>);

impl<L: Label> Default for Each<L> {
    fn default() -> Self {
        Each(L::WORDS.iter().map(|_| AtomicU64::new(0)).collect(), PhantomData)
    }
}

impl<L: Label> Each<L> {
    fn of(&self, label: L) -> &AtomicU64 {
        &self.0[label.index()]
    }

    fn write(&self, metric: &str, kind: &str, help: &str, page: &mut Page) {
        page.head(metric, kind, help);
        for (word, value) in L::WORDS.iter().zip(&self.0) {
            page.sample(metric, &[(L::NAME, word)], value.load(Relaxed));
        }
    }
}

#[derive(Debug)]
pub(super) struct Counters<L>(Each<L>);

impl<L: Label> Counters<L> {
    pub(super) fn add(&self, label: L) {
        self.add_many(label, 1);
    }

    pub(super) fn add_many(&self, label: L, count: u64) {
        self.0.of(label).fetch_add(count, Relaxed);
    }
}

#[derive(Debug)]
pub(super) struct Gauges<L>(Each<L>);

impl<L: Label> Gauges<L> {
    pub(super) fn set(&self, label: L, value: u64) {
        self.0.of(label).store(value, Relaxed);
    }

    /// Of all there are it is this one, or none.
    pub(super) fn set_only(&self, label: Option<L>) {
        let place = label.map(L::index);
        for (at, value) in self.0.0.iter().enumerate() {
            value.store(u64::from(place == Some(at)), Relaxed);
        }
    }
}

impl<L: Label> Default for Counters<L> {
    fn default() -> Self {
        Counters(Each::default())
    }
}

impl<L: Label> Default for Gauges<L> {
    fn default() -> Self {
        Gauges(Each::default())
    }
}

impl<L: Label> Figure for Counters<L> {
    fn write(&self, metric: &str, help: &str, page: &mut Page) {
        self.0.write(metric, "counter", help, page);
    }
}

impl<L: Label> Figure for Gauges<L> {
    fn write(&self, metric: &str, help: &str, page: &mut Page) {
        self.0.write(metric, "gauge", help, page);
    }
}

/// How often something was how large, by powers of two: the bounds are 2^FIRST to 2^LAST of the smallest unit, and above the last
/// there is one more bucket.
#[derive(Debug)]
struct Buckets<const FIRST: u32, const LAST: u32> {
    counts: [AtomicU64; u64::BITS as usize + 1],
    sum: AtomicU64,
}

impl<const FIRST: u32, const LAST: u32> Default for Buckets<FIRST, LAST> {
    fn default() -> Self {
        Buckets { counts: [const { AtomicU64::new(0) }; u64::BITS as usize + 1], sum: AtomicU64::new(0) }
    }
}

impl<const FIRST: u32, const LAST: u32> Buckets<FIRST, LAST> {
    /// A bound belongs to those below it.
    fn note(&self, value: u64, sum: u64) {
        let bits = u64::BITS - value.saturating_sub(1).leading_zeros();
        self.counts[bits as usize].fetch_add(1, Relaxed);
        self.sum.fetch_add(sum, Relaxed);
    }

    /// `bound` and `whole` say a bound and the sum in the unit of the page.
    fn write(
        &self,
        (metric, help): (&str, &str),
        page: &mut Page,
        bound: impl Fn(u64) -> f64,
        whole: impl Fn(u64) -> f64,
    ) {
        page.head(metric, "histogram", help);
        let bucket = format!("{metric}_bucket");
        let mut sum = 0;
        for (bits, count) in (0..).zip(&self.counts) {
            sum += count.load(Relaxed);
            if (FIRST..=LAST).contains(&bits) {
                page.sample(&bucket, &[("le", &bound(1 << bits).to_string())], sum);
            }
        }
        page.sample(&bucket, &[("le", "+Inf")], sum);
        page.sample(&format!("{metric}_sum"), &[], whole(self.sum.load(Relaxed)));
        page.sample(&format!("{metric}_count"), &[], sum);
    }
}

/// How long something took: from 64 µs up to 16.8 s.
#[derive(Debug, Default)]
pub(super) struct Times(Buckets<6, 24>);

impl Times {
    pub(super) fn note(&self, took: Duration) {
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        self.0.note(nanos.div_ceil(1_000), nanos);
    }
}

impl Figure for Times {
    fn write(&self, metric: &str, help: &str, page: &mut Page) {
        self.0.write((metric, help), page, |micros| micros as f64 / 1e6, |nanos| nanos as f64 / 1e9);
    }
}

/// How many there were at once: from 1 up to 256.
#[derive(Debug, Default)]
pub(super) struct Amounts(Buckets<0, 8>);

impl Amounts {
    pub(super) fn note(&self, amount: u64) {
        self.0.note(amount, amount);
    }
}

impl Figure for Amounts {
    fn write(&self, metric: &str, help: &str, page: &mut Page) {
        self.0.write((metric, help), page, |amount| amount as f64, |amount| amount as f64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(figure: &impl Figure) -> Vec<(String, f64)> {
        let mut page = Page::default();
        figure.write("it", "It.", &mut page);
        let text = page.into_text();
        let samples = text.lines().filter(|line| !line.starts_with('#'));
        samples
            .map(|line| line.rsplit_once(' ').expect("a value"))
            .map(|(name, value)| (name.to_owned(), value.parse().expect("a number")))
            .collect()
    }

    /// The obvious way: the first bound that a value is not above.
    #[test]
    fn a_value_is_in_every_bucket_whose_bound_it_is_not_above() {
        let edges = (0..64).flat_map(|bit| [-1, 0, 1].map(|off| (1_u64 << bit).saturating_add_signed(off)));
        let values: Vec<u64> =
            edges.chain([0, 999, 1_000, 1_001, 63_999, 64_000, 64_001, u64::MAX]).collect();
        for value in values {
            let (times, amounts) = (Times::default(), Amounts::default());
            times.note(Duration::from_nanos(value));
            amounts.note(value);
            for (figure, unit) in [(told(&times), 1e-9), (told(&amounts), 1.0)] {
                for (name, count) in figure.iter().filter(|(name, _)| name.contains("le=")) {
                    let bound = name.split('"').nth(1).expect("a bound").parse().unwrap_or(f64::INFINITY);
                    let is_in = value as f64 * unit <= bound * (1.0 + 1e-15);
                    assert_eq!(*count == 1.0, is_in, "{value} and {bound}");
                }
                assert_eq!(figure.last(), Some(&("it_count".to_owned(), 1.0)));
            }
        }
    }

    #[test]
    fn the_bounds_are_those_that_are_said() {
        let bounds = |told: Vec<(String, f64)>| {
            let bound = |(name, _): &(String, f64)| name.split('"').nth(1).map(str::to_owned);
            told.iter().filter_map(bound).collect::<Vec<_>>()
        };
        let (times, amounts) = (bounds(told(&Times::default())), bounds(told(&Amounts::default())));
        assert_eq!((times.first().unwrap().as_str(), times.len()), ("0.000064", 20));
        assert_eq!(times[18..], ["16.777216", "+Inf"]);
        assert_eq!(amounts, ["1", "2", "4", "8", "16", "32", "64", "128", "256", "+Inf"]);
    }

    #[test]
    fn a_sum_is_a_sum() {
        let times = Times::default();
        for millis in [1, 2, 40_000] {
            times.note(Duration::from_millis(millis));
        }
        let told = told(&times);
        assert_eq!(told[told.len() - 2..], [("it_sum".to_owned(), 40.003), ("it_count".to_owned(), 3.0)]);
    }
}
