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

/// Bytes of the process that lie in memory: anonymous ones, that is none of its program's.
pub(crate) fn resident(process: u32) -> io::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    line.map_or_else(
        || Err(io::Error::other("/proc has no memory of the server")),
        |line| Ok(first_number(line)? * 1024),
    )
}

fn first_number(text: &str) -> io::Result<u64> {
    let number = text.split_whitespace().next().and_then(|word| word.parse().ok());
    number.ok_or_else(|| io::Error::other("/proc has no CPU time of the server"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_the_first_of_the_schedulers_numbers() {
        assert_eq!(first_number("123456789 42 7\n").unwrap(), 123_456_789);
        assert!(first_number("").is_err());
        assert!(first_number("none").is_err());
    }

    #[test]
    fn this_process_has_memory() {
        let before = resident(std::process::id()).unwrap();
        let more = vec![7_u8; 32 << 20];
        assert!(resident(std::process::id()).unwrap() >= before + (more.len() / 2) as u64);
    }

    #[test]
    fn a_process_that_is_no_more_is_an_error() {
        // Process ids end at 2^22.
        assert!(Reading::take(u32::MAX).is_err());
        assert!(Reading::take(std::process::id()).is_ok());
    }

    #[test]
    fn what_lies_between_two_readings_is_their_difference() {
        let reading = |at, load, server| Reading { at, load, server };
        let (now, second) = (Instant::now(), Duration::from_secs(1));
        let usage =
            reading(now + 4 * second, 5 * second, 7 * second).since(&reading(now, 3 * second, 4 * second));
        assert_eq!((usage.elapsed, usage.load, usage.server), (4 * second, 2 * second, 3 * second));
    }
}
