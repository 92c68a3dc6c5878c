//! Not going to sleep while there is traffic (`Config::spin`).

use std::time::Duration;

use pollcat::Config;
use pollcat_testing::client::TEXT;
use pollcat_testing::scratch::cannot_run;

use crate::directed::{Directed, Event};

/// The server's own clock makes the time pass: ten tenths of a second.
const TICKS: usize = 10;

fn config(spin: Duration) -> Config {
    Config::new().tick(Duration::from_millis(100)).spin(spin)
}

/// The processor time of the calling thread, in hundredths of a second; `None` where there is no /proc.
fn processor_time() -> Option<u64> {
    let stat = std::fs::read_to_string("/proc/thread-self/stat").ok()?;
    // The name of the thread, in parentheses, may hold spaces. utime and stime are fields 14 and 15.
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks = |place: usize| fields.get(place)?.parse::<u64>().ok();
    Some(ticks(11)? + ticks(12)?)
}

/// What the loop's thread uses while nothing happens but the time.
fn used_while_idle(server: &Directed) -> Option<u64> {
    let before = server.direct(|_| processor_time())?;
    server.events_so_far();
    for _ in 0..TICKS {
        assert_eq!(server.event(), Event::Ticked);
    }
    Some(server.direct(|_| processor_time())? - before)
}

#[test]
fn a_loop_that_does_not_sleep_hears_everything_and_stops() {
    let server = Directed::start(config(Duration::from_secs(3600)));
    let mut client = pollcat_testing::client::Client::connect(server.running.address());
    for text in ["one", "two"] {
        client.send(TEXT, text.as_bytes());
        let said =
            || std::iter::repeat_with(|| server.event()).find(|event| matches!(event, Event::Said(..)));
        assert!(matches!(said(), Some(Event::Said(_, said)) if said == text.as_bytes()));
    }
    match used_while_idle(&server) {
        // A second of it; however busy the machine is, some of that is ours.
        Some(used) => assert!(used >= 3, "{used} hundredths of a second: it has slept"),
        None => cannot_run("there is no /proc to tell the processor time"),
    }
    drop(client);
}

#[test]
fn a_loop_without_traffic_goes_back_to_sleep() {
    let server = Directed::start(config(Duration::from_millis(10)));
    match used_while_idle(&server) {
        // A tenth of a second awake would be ten times too long.
        Some(used) => assert!(used <= 10, "{used} hundredths of a second: it has not slept"),
        None => cannot_run("there is no /proc to tell the processor time"),
    }
}
