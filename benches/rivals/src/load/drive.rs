//! The loop of a run: warm up, measure, stop, wait for what is still under way, and count.

use std::io::{self, ErrorKind, Read, Write};
use std::net;
use std::time::{Duration, Instant};

use mio::{Events, Interest, Poll, Token};

use super::large::{LARGE, discard};
use super::line::Line;
use super::{Failure, Sample, Timing};
use crate::frames::{Reply, Walk};
use crate::latency::Histogram;
use crate::usage::{Reading, Usage};

/// What is said and heard. Times are nanoseconds since the run began.
pub(super) trait Traffic {
    /// Everybody may owe their first messages now.
    fn start(&mut self, now: u64);
    /// A whole message came.
    fn reply(&mut self, connection: usize, reply: Reply, now: u64) -> Result<(), Failure>;
    /// Writes what the connection owes, until nothing is left or the socket says `WouldBlock`.
    fn send(&mut self, connection: usize, line: &mut Line) -> io::Result<()>;
    /// The warm-up is over.
    fn measure_from(&mut self, _now: u64) {}
    /// Nothing new is said from here on.
    fn stop(&mut self);
    /// Messages that came.
    fn arrived(&self) -> u64;
    /// Messages that should have come, once all have.
    fn expected(&self) -> u64;
    /// Whether each came where it should, once.
    fn audit(&self) -> Result<(), Failure>;
    fn latency(&self) -> Option<&Histogram>;
    /// Bytes of a reply on their way, on average, where it is worth telling.
    fn weight(&self) -> Option<f64> {
        None
    }
}

/// One for all connections.
const READ_BUFFER: usize = 512 << 10;

/// Enough to see a header; what follows is discarded.
const LARGE_READ: usize = 4 << 10;

const STALL: Duration = Duration::from_secs(5);

/// How long what was under way at the end of a run may take to arrive.
const GRACE: Duration = Duration::from_secs(10);

struct Run<'a, T> {
    poll: Poll,
    events: Events,
    lines: Lines<'a, T>,
    /// When something came last, and how much had come by then.
    progress: (Instant, u64),
}

/// The connections, and what travels on them.
struct Lines<'a, T> {
    connections: Vec<(Line, Walk)>,
    traffic: &'a mut T,
    buffer: Vec<u8>,
    /// Replies are so large that they are thrown away unseen.
    large: bool,
    began: Instant,
}

/// Drives `traffic` over the sockets of the server, the process `id`; `size` is that of a reply, or nought where each
/// must be looked at.
pub(super) fn drive<T: Traffic>(
    lines: Vec<Line<net::TcpStream>>,
    traffic: &mut T,
    size: usize,
    id: u32,
    timing: &Timing,
) -> Result<Sample, Failure> {
    let mut run = Run::new(lines, traffic, size >= LARGE)?;
    run.lines.start()?;
    run.until(Instant::now() + timing.warm_up)?;

    let (before, arrived) = (Reading::take(id)?, run.lines.traffic.arrived());
    run.lines.traffic.measure_from(run.lines.now());
    run.until(Instant::now() + timing.measured)?;
    let usage = Reading::take(id)?.since(&before);
    let arrived = run.lines.traffic.arrived() - arrived;
    if arrived == 0 {
        return Err(Failure::Nothing);
    }

    let sample = sample(arrived, &usage, run.lines.traffic.latency());
    let sample = Sample { weight: run.lines.traffic.weight(), ..sample };
    run.lines.traffic.stop();
    run.finish()?;
    run.lines.traffic.audit()?;
    Ok(sample)
}

fn sample(arrived: u64, usage: &Usage, latency: Option<&Histogram>) -> Sample {
    let share = |cpu: Duration| cpu.as_secs_f64() / usage.elapsed.as_secs_f64();
    let milliseconds = |share| latency?.percentile(share).map(|nanoseconds| nanoseconds as f64 / 1e6);
    Sample {
        rate: arrived as f64 / usage.elapsed.as_secs_f64(),
        server_ns: usage.server.as_nanos() as f64 / arrived as f64,
        server_cpu: share(usage.server),
        load_cpu: share(usage.load),
        p50: milliseconds(0.5),
        p99: milliseconds(0.99),
        weight: None,
        opening_ns: 0.0,
        memory: 0.0,
    }
}

impl<'a, T: Traffic> Run<'a, T> {
    fn new(lines: Vec<Line<net::TcpStream>>, traffic: &'a mut T, large: bool) -> io::Result<Self> {
        let poll = Poll::new()?;
        let mut connections = Vec::with_capacity(lines.len());
        for (index, line) in lines.into_iter().enumerate() {
            let mut line = line.nonblocking()?;
            let both = Interest::READABLE | Interest::WRITABLE;
            poll.registry().register(line.socket_mut(), Token(index), both)?;
            connections.push((line, Walk::default()));
        }
        let began = Instant::now();
        let lines = Lines { connections, traffic, buffer: vec![0; READ_BUFFER], large, began };
        Ok(Run { poll, events: Events::with_capacity(1024), lines, progress: (began, 0) })
    }

    fn until(&mut self, end: Instant) -> Result<(), Failure> {
        while Instant::now() < end {
            self.turn()?;
        }
        Ok(())
    }

    /// Waits for what is under way, up to the grace.
    fn finish(&mut self) -> Result<(), Failure> {
        let end = Instant::now() + GRACE;
        while self.lines.traffic.arrived() < self.lines.traffic.expected() && Instant::now() < end {
            self.turn()?;
        }
        Ok(())
    }

    /// Whatever is ready, once.
    fn turn(&mut self) -> Result<(), Failure> {
        self.poll.poll(&mut self.events, Some(Duration::from_millis(50)))?;
        for event in &self.events {
            let index = event.token().0;
            if event.is_writable() {
                self.lines.writable(index)?;
            }
            if event.is_readable() {
                self.lines.readable(index)?;
            }
        }
        let (now, arrived) = (Instant::now(), self.lines.traffic.arrived());
        if arrived > self.progress.1 {
            self.progress = (now, arrived);
        } else if now - self.progress.0 > STALL {
            return Err(Failure::Stalled);
        }
        Ok(())
    }
}

impl<T: Traffic> Lines<'_, T> {
    fn now(&self) -> u64 {
        self.began.elapsed().as_nanos() as u64
    }

    fn start(&mut self) -> Result<(), Failure> {
        self.traffic.start(self.now());
        (0..self.connections.len()).try_for_each(|index| self.writable(index))
    }

    fn writable(&mut self, index: usize) -> Result<(), Failure> {
        let line = &mut self.connections[index].0;
        line.flush()?;
        match self.traffic.send(index, line) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(()),
            other => Ok(other?),
        }
    }

    /// Reads until a short read (over TLS that says nothing), or until there is nothing. Of a large reply the kernel throws away all but the last
    /// byte, in which the walk sees it end.
    fn readable(&mut self, index: usize) -> Result<(), Failure> {
        loop {
            let now = self.now();
            let (line, walk) = &mut self.connections[index];
            let room = if self.large { LARGE_READ } else { READ_BUFFER };
            if self.large && walk.left() > room as u64 {
                let room = (walk.left() - 1).min(READ_BUFFER as u64) as usize;
                let Some(skipped) = some(discard(line.socket(), &mut self.buffer[..room]))? else {
                    return Ok(());
                };
                walk.skip(skipped as u64);
                continue;
            }
            let Some(read) = some(line.read(&mut self.buffer[..room]))? else { return Ok(()) };
            walk.over(&self.buffer[..read], |reply| self.traffic.reply(index, reply, now))?;
            let ended = read < room && line.is_bare();
            self.writable(index)?;
            if ended {
                return Ok(());
            }
        }
    }
}

/// None is for now; an end is an error.
fn some(read: io::Result<usize>) -> Result<Option<usize>, Failure> {
    match read {
        Ok(0) => Err(Failure::Closed),
        Ok(read) => Ok(Some(read)),
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
        Err(error) => Err(error.into()),
    }
}
