//! Who used how much of its core, while the clock ran.

use std::{fs, io, time::Duration, time::Instant};

use rustix::time::{ClockId, clock_gettime};

/// One reading of the clock, and of the CPU time of both sides.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    at: Instant,
    load: Duration,
    server: Duration,
}

/// What lies between two readings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Usage {
    pub(crate) elapsed: Duration,
    pub(crate) load: Duration,
    pub(crate) server: Duration,
}

impl Reading {
    /// Of this process, and of the server with that id.
    pub(crate) fn take(server: u32) -> io::Result<Reading> {
        let own = clock_gettime(ClockId::ProcessCPUTime);
        Ok(Reading {
            at: Instant::now(),
            load: Duration::new(own.tv_sec as u64, own.tv_nsec as u32),
            server: cpu_time(server)?,
        })
    }

    pub(crate) fn since(&self, earlier: &Reading) -> Usage {
        Usage {
            elapsed: self.at - earlier.at,
            load: self.load.saturating_sub(earlier.load),
            server: self.server.saturating_sub(earlier.server),
        }
    }
}

/// User and system time of all threads. The scheduler counts it in nanoseconds; for a thread that is running the
/// last tick of the clock may be missing, some milliseconds at most.
fn cpu_time(process: u32) -> io::Result<Duration> {
    let mut nanoseconds = 0;
    for task in fs::read_dir(format!("/proc/{process}/task"))? {
        let statistics = fs::read_to_string(task?.path().join("schedstat"))?;
        nanoseconds += first_number(&statistics)?;
    }
    Ok(Duration::from_nanos(nanoseconds))
}

fn first_number(text: &str) -> io::Result<u64> {
    let number = text.split_whitespace().next().and_then(|word| word.parse().ok());
    number.ok_or_else(|| io::Error::other("/proc has no CPU time of the server"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_ask_for_our_own_time_agree() {
        let before = Reading::take(std::process::id()).unwrap();
        let mut sum = 0_u64;
        while Reading::take(std::process::id()).unwrap().since(&before).load < Duration::from_millis(100) {
            sum = std::hint::black_box(sum + 1);
        }
        let usage = Reading::take(std::process::id()).unwrap().since(&before);
        // A tick of the clock is 10 ms at most; tests beside this one are counted by both.
        assert!(usage.server.abs_diff(usage.load) < Duration::from_millis(80), "{usage:?}");
    }
}
