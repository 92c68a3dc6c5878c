//! How fast somebody may speak: a bucket of tokens that fills at a steady rate. Time is a number passed in.
//!
//! What a request costs is not always known before it is done. Then the rest is owed: the bucket may lack more than it
//! holds, and nothing is let through until that is paid.
//!
//! Tokens are counted in thousandths: a rate of 5 in a second is exactly 5 thousandths in a millisecond, so nothing is
//! ever rounded.

/// How fast, and how much at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rate {
    /// 0: no limit.
    pub per_second: u32,
    /// What fits into the bucket.
    pub burst: u32,
}

/// Too fast: so many milliseconds from now it would be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Wait(pub u64);

/// One bucket. A new one is full.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Pace {
    /// When `spent` was right, in milliseconds.
    at: u64,
    /// Thousandths of a token that are missing from the bucket: more than it holds, if something is owed.
    spent: u64,
}

const TOKEN: u64 = 1000;

impl Rate {
    fn room(&self) -> u64 {
        u64::from(self.burst) * TOKEN
    }
}

impl Pace {
    /// Takes `cost` tokens. What costs more than the bucket holds takes all of it.
    ///
    /// # Errors
    ///
    /// There are not enough; none are taken.
    pub(crate) fn take(&mut self, now: u64, cost: u32, rate: &Rate) -> Result<(), Wait> {
        if rate.per_second == 0 {
            return Ok(());
        }
        self.fill(now, rate);
        let room = rate.room();
        let spent = self.spent.saturating_add((u64::from(cost) * TOKEN).min(room));
        if spent > room {
            return Err(Wait((spent - room).div_ceil(u64::from(rate.per_second))));
        }
        self.spent = spent;
        Ok(())
    }

    /// Takes so many thousandths of a token whether they are there or not.
    pub(crate) fn owe(&mut self, now: u64, thousandths: u64, rate: &Rate) {
        if rate.per_second > 0 {
            self.fill(now, rate);
            self.spent = self.spent.saturating_add(thousandths);
        }
    }

    /// What was taken was not needed: somebody else has refused.
    pub(crate) fn give_back(&mut self, cost: u32) {
        self.spent = self.spent.saturating_sub(u64::from(cost) * TOKEN);
    }

    /// Is it as good as new? Then it may be forgotten.
    pub(crate) fn is_full(&mut self, now: u64, rate: &Rate) -> bool {
        self.fill(now, rate);
        self.spent == 0 || rate.per_second == 0
    }

    /// A clock that goes back stands still here.
    fn fill(&mut self, now: u64, rate: &Rate) {
        let earned = now.saturating_sub(self.at).saturating_mul(u64::from(rate.per_second));
        self.spent = self.spent.saturating_sub(earned);
        self.at = self.at.max(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { per_second: 5, burst: 20 };

    /// The obvious bucket: filled millisecond by millisecond.
    struct Model {
        now: u64,
        thousandths: u64,
    }

    impl Model {
        fn take(&mut self, now: u64, cost: u64, rate: &Rate) -> Result<(), Wait> {
            while self.now < now {
                self.now += 1;
                self.tick(rate);
            }
            let cost = cost.min(u64::from(rate.burst)) * 1000;
            if self.thousandths >= cost {
                self.thousandths -= cost;
                return Ok(());
            }
            let mut later = Model { ..*self };
            while later.thousandths < cost {
                later.tick(rate);
                later.now += 1;
            }
            Err(Wait(later.now - self.now))
        }

        fn tick(&mut self, rate: &Rate) {
            self.thousandths =
                (self.thousandths + u64::from(rate.per_second)).min(u64::from(rate.burst) * 1000);
        }
    }

    #[test]
    fn a_bucket_does_what_the_obvious_one_does() {
        let mut state = 7_u64;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for (per_second, burst) in [(1, 1), (5, 20), (3, 7), (1000, 10), (7, 1000), (10_000, 3)] {
            let rate = Rate { per_second, burst };
            let (mut pace, mut now) = (Pace::default(), 0);
            let mut model = Model { now: 0, thousandths: u64::from(burst) * 1000 };
            for _ in 0..2000 {
                now += random(1 + 2000 / u64::from(per_second));
                let cost = random(1 + 3 * u64::from(burst) / 2);
                let expected = model.take(now, cost, &rate);
                assert_eq!(pace.take(now, cost as u32, &rate), expected, "{rate:?} at {now}");
            }
        }
    }

    #[test]
    fn who_waits_as_told_is_let_through_and_not_a_millisecond_sooner() {
        let mut pace = Pace::default();
        assert_eq!(pace.take(1000, 20, &RATE), Ok(()));
        assert_eq!(pace.take(1000, 1, &RATE), Err(Wait(200)));
        assert_eq!(pace.take(1199, 1, &RATE), Err(Wait(1)));
        assert_eq!(pace.take(1200, 1, &RATE), Ok(()));
    }

    #[test]
    fn what_is_given_back_can_be_taken_again() {
        let mut pace = Pace::default();
        assert_eq!(pace.take(0, 20, &RATE), Ok(()));
        pace.give_back(3);
        assert_eq!((pace.take(0, 3, &RATE), pace.take(0, 1, &RATE)), (Ok(()), Err(Wait(200))));
        pace.give_back(u32::MAX);
        assert_eq!(pace, Pace::default());
    }

    #[test]
    fn what_is_owed_is_paid_before_anything_is_taken() {
        let mut pace = Pace::default();
        assert_eq!(pace.take(0, 20, &RATE), Ok(()));
        pace.owe(0, 2_500, &RATE);
        assert_eq!(pace.take(0, 0, &RATE), Err(Wait(500)), "nothing at all is let through");
        assert_eq!(pace.take(0, 1, &RATE), Err(Wait(700)));
        assert_eq!((pace.take(499, 0, &RATE), pace.take(500, 0, &RATE)), (Err(Wait(1)), Ok(())));
        assert_eq!(pace.take(700, 1, &RATE), Ok(()));
        let (mut free, none) = (Pace::default(), Rate { per_second: 0, burst: 1 });
        free.owe(0, u64::MAX, &none);
        assert_eq!((free, free.take(0, 1, &none)), (Pace::default(), Ok(())));
    }

    #[test]
    fn a_rate_of_nothing_is_no_limit() {
        let (mut pace, none) = (Pace::default(), Rate { per_second: 0, burst: 1 });
        assert!((0..1000).all(|_| pace.take(0, u32::MAX, &none).is_ok()));
        assert!(pace.is_full(0, &none));
    }

    #[test]
    fn a_full_bucket_may_be_forgotten() {
        let mut pace = Pace::default();
        assert!(pace.is_full(0, &RATE));
        pace.take(0, 5, &RATE).unwrap();
        assert!(!pace.is_full(999, &RATE) && pace.is_full(1000, &RATE));
    }

    #[test]
    fn nothing_overflows_and_a_clock_may_stumble() {
        let most = Rate { per_second: u32::MAX, burst: u32::MAX };
        let mut pace = Pace::default();
        for now in [u64::MAX, 0, u64::MAX, 1] {
            let _ = pace.take(now, u32::MAX, &most);
            pace.owe(now, u64::MAX, &most);
            assert!(pace.take(now, 1, &most).is_err());
        }
        let mut pace = Pace::default();
        assert_eq!(pace.take(5000, 20, &RATE), Ok(()));
        assert_eq!(pace.take(100, 1, &RATE), Err(Wait(200)));
        assert_eq!(pace.take(5200, 1, &RATE), Ok(()));
    }

    #[test]
    fn a_bucket_is_small() {
        assert_eq!(size_of::<Pace>(), 16);
    }
}
