//! The application's tick, as it comes. That it does not drift is tested in `src/server/ticker.rs`, with a clock of
//! its own.

use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use pollcat::{Config, Handler, Message, PeerId, Peers};
use pollcat_testing::client::PATIENCE;

use crate::running::Running;

struct Ticking(Sender<Instant>);

impl Handler for Ticking {
    fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}

    fn on_tick(&mut self, _: &mut Peers) {
        // The test may have heard enough.
        let _ = self.0.send(Instant::now());
    }
}

/// They were counted in tenths of a second, and each a tenth too late: 50 took ten seconds.
#[test]
fn ticks_of_10_ms_come_as_often_as_that_and_never_more_often() {
    const TICKS: u32 = 50;
    let every = Duration::from_millis(10);
    let (sender, ticks) = channel();
    let begun = Instant::now();
    let _server = Running::start(Config::new().tick(every), Ticking(sender));
    for number in 1..=TICKS {
        let at = ticks.recv_timeout(PATIENCE).expect("the next tick");
        assert!(at - begun >= every * number, "tick {number} after {:?}", at - begun);
    }
    // A busy machine leaves some out, and not nine of ten.
    assert!(begun.elapsed() < every * TICKS * 10, "{:?}", begun.elapsed());
}
