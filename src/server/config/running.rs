//! The loop and the handler.

use std::time::Duration;

use super::{Config, OnPanic};

/// # The loop and the handler
impl Config {
    /// What happens when a method of the handler panics; [`OnPanic::Close`].
    ///
    /// ```
    /// use pollcat::{Config, OnPanic};
    ///
    /// // A supervisor starts the program again, with a state that is whole.
    /// let config = Config::new().on_panic(OnPanic::Unwind);
    /// # drop(config);
    /// ```
    pub fn on_panic(mut self, policy: OnPanic) -> Self {
        self.on_panic = policy;
        self
    }

    /// Calls [`Handler::on_tick`](crate::Handler::on_tick) this often, a millisecond at least; not at all by default.
    /// Ticks do not drift: ten of 100 ms take a second, though each may come late by a millisecond and by what the turn
    /// before it takes. Ticks missed in a long turn are not made up: one call stands for all of them, and the next
    /// comes when it would have come.
    pub fn tick(mut self, every: Duration) -> Self {
        self.tick = Some(every);
        self
    }

    /// For how long after the last traffic the loop asks for more without going to sleep; not at all by default. 50 to
    /// 200 µs are usual. What it brings is the time that it takes to wake a sleeping processor, which is long on
    /// virtual machines: there, a lone message comes back in 20 µs instead of 58. What it costs is a core as long as
    /// there is traffic at least this often; once there is none, an idle server costs nothing, as ever. On a machine
    /// that has no core to spare it makes everything slower.
    pub fn spin(mut self, time: Duration) -> Self {
        self.spin = time;
        self
    }

    /// How many letters the [`Mailbox`](crate::Mailbox) holds; 4096, enough for a burst, and at least one. Beyond it a
    /// thread gets its letter back ([`NotDelivered::Full`](crate::NotDelivered::Full)).
    pub fn mailbox_capacity(mut self, letters: usize) -> Self {
        self.mailbox = letters;
        self
    }
}
