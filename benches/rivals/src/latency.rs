//! How long deliveries took: counted in buckets that are at most 1.6 % wide, so that recording costs next to nothing.

const BITS: u32 = 6;
const STEPS: usize = 1 << BITS;

/// Up to 2^42 ns, more than an hour.
const OCTAVES: usize = 37;

#[derive(Debug, Clone)]
pub(crate) struct Histogram {
    /// 64 for each power of two; the first 64 stand for themselves.
    buckets: Vec<u64>,
    count: u64,
}

impl Histogram {
    pub(crate) fn new() -> Self {
        Histogram { buckets: vec![0; STEPS * OCTAVES], count: 0 }
    }

    #[inline]
    pub(crate) fn record(&mut self, nanoseconds: u64) {
        let bucket = bucket(nanoseconds).min(self.buckets.len() - 1);
        self.buckets[bucket] += 1;
        self.count += 1;
    }

    /// The value that `share` of all are not above, in nanoseconds: the upper end of its bucket.
    pub(crate) fn percentile(&self, share: f64) -> Option<u64> {
        let rank = ((self.count as f64 * share).ceil() as u64).clamp(1, self.count.max(1));
        let mut seen = 0;
        let found = self.buckets.iter().position(|count| {
            seen += count;
            seen >= rank
        });
        found.map(upper_end)
    }
}

#[inline]
fn bucket(value: u64) -> usize {
    if value < STEPS as u64 {
        return value as usize;
    }
    let octave = value.ilog2() - BITS;
    let step = (value >> octave) as usize - STEPS;
    (octave as usize + 1) * STEPS + step
}

fn upper_end(bucket: usize) -> u64 {
    match (bucket / STEPS, bucket % STEPS) {
        (0, step) => step as u64,
        (octave, step) => (((STEPS + step + 1) as u64) << (octave - 1)) - 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_ends_where_the_next_begins() {
        for index in 0..STEPS * OCTAVES - 1 {
            assert_eq!(bucket(upper_end(index)), index);
            assert_eq!(bucket(upper_end(index) + 1), index + 1);
        }
    }

    #[test]
    fn percentiles_are_those_of_the_sorted_values() {
        let mut values: Vec<u64> =
            (1..5000_u64).map(|n| n.wrapping_mul(2_654_435_761) % 30_000_000).collect();
        let mut histogram = Histogram::new();
        values.iter().for_each(|&value| histogram.record(value));
        values.sort();
        for share in [0.001, 0.25, 0.5, 0.9, 0.99, 0.999, 1.0] {
            let rank = (values.len() as f64 * share).ceil() as usize;
            let (exact, found) = (values[rank - 1], histogram.percentile(share).unwrap());
            assert!(exact <= found && found <= exact + exact / 60, "{share}: {found} for {exact}");
        }
    }

    #[test]
    fn nothing_has_no_percentile() {
        assert_eq!(Histogram::new().percentile(0.5), None);
    }

    #[test]
    fn what_takes_for_ever_is_in_the_last_bucket() {
        let mut histogram = Histogram::new();
        histogram.record(u64::MAX);
        assert_eq!(histogram.percentile(0.5), Some(upper_end(STEPS * OCTAVES - 1)));
    }
}
