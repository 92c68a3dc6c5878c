//! How long something took, in two bytes: a floating-point number of microseconds.
//!
//! ```text
//!   │ exponent: 5 bits │ fraction: 11 bits │
//!   0:  fraction                              1 to 2,047 µs
//!   n:  (2,048 + fraction) << (n − 1)         2,048 µs to 51 days
//! ```
//!
//! So it is exact up to 4 ms, and from there on too short by less than a 2,048th of it. It is never zero, so an
//! `Option` of it takes no third byte.

use std::num::NonZeroU16;
use std::time::Duration;

const FRACTION: u32 = 11;
const LONGEST: u64 = 0xFFF << 30;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) struct Trip(NonZeroU16);

impl Trip {
    /// What took less than a microsecond counts as one; what took more than 51 days, as that long.
    pub(in crate::server) fn of(duration: Duration) -> Self {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(LONGEST).clamp(1, LONGEST);
        let digits = u64::BITS - micros.leading_zeros();
        let shift = digits.saturating_sub(FRACTION + 1);
        // The bit in front of the fraction is an exponent of 1, and adds to the others.
        let bits = (shift << FRACTION) as u64 + (micros >> shift);
        Trip(NonZeroU16::new(bits as u16).unwrap_or(NonZeroU16::MIN))
    }

    pub(in crate::server) fn duration(self) -> Duration {
        let bits = u64::from(self.0.get());
        let shift = (bits >> FRACTION).saturating_sub(1);
        Duration::from_micros((bits - (shift << FRACTION)) << shift)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there_and_back(micros: u64) -> u64 {
        Trip::of(Duration::from_micros(micros)).duration().as_micros() as u64
    }

    #[test]
    fn every_two_bytes_are_a_duration_of_their_own_and_longer_than_the_one_before() {
        let all: Vec<Duration> =
            (1..=u16::MAX).map(|bits| Trip(NonZeroU16::new(bits).expect("not zero")).duration()).collect();
        assert!(all.is_sorted_by(|one, next| one < next));
        assert!(all.iter().zip(1..=u16::MAX).all(|(&duration, bits)| Trip::of(duration).0.get() == bits));
        assert_eq!((all[0], all[all.len() - 1]), (Duration::from_micros(1), Duration::from_micros(LONGEST)));
    }

    #[test]
    fn it_is_exact_up_to_4_ms_and_then_too_short_by_less_than_a_2048th() {
        assert!((1..=4_096).all(|micros| there_and_back(micros) == micros));
        let mut micros = 4_097_u64;
        while micros < LONGEST {
            let kept = there_and_back(micros);
            assert!(kept <= micros && (micros - kept) * 2_048 < micros, "{micros}: {kept}");
            micros += micros / 1_000 + 1;
        }
    }

    #[test]
    fn what_it_cannot_hold_is_the_nearest_that_it_can() {
        assert_eq!(Trip::of(Duration::ZERO), Trip::of(Duration::from_micros(1)));
        assert_eq!(Trip::of(Duration::from_nanos(2_999)).duration(), Duration::from_micros(2));
        assert_eq!(Trip::of(Duration::MAX).duration(), Duration::from_micros(LONGEST));
        assert!(Trip::of(Duration::MAX).duration() > Duration::from_secs(50 * 24 * 60 * 60));
        assert_eq!(size_of::<Option<Trip>>(), 2);
    }
}
