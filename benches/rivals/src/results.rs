//! What the samples say, and what they do not.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::case::{Case, Wrapping};
use crate::load::Sample;
use crate::machine::{self, Cores, Machine};
use crate::options::Options;
use crate::servers::Server;

#[derive(Debug, Serialize)]
pub(crate) struct Results {
    pub(crate) machine: Machine,
    pub(crate) versions: BTreeMap<&'static str, &'static str>,
    pub(crate) rounds: u32,
    pub(crate) seconds: f64,
    pub(crate) rows: Vec<Row>,
}

/// One case.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) case: Case,
    pub(crate) entries: Vec<Entry>,
}

/// One server in it.
#[derive(Debug, Serialize)]
pub(crate) struct Entry {
    pub(crate) server: Server,
    /// What each round found, or why it does not count.
    pub(crate) rounds: Vec<Result<Sample, String>>,
}

/// A median, and the least and the most.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spread {
    pub(crate) low: f64,
    pub(crate) median: f64,
    pub(crate) high: f64,
}

/// How often one server is as fast as another, and what says so.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ratio {
    pub(crate) spread: Spread,
    pub(crate) by: Yardstick,
    /// In which both ran.
    pub(crate) rounds: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Yardstick {
    /// Messages per second.
    Rate,
    /// The server's CPU time per message: the load was the busier side, so the rate is the load's.
    Cpu,
}

/// pollcat beside the rival that came closest, or that is ahead.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Verdict {
    Ahead(Server, Ratio),
    /// The rounds disagree, or the difference is within what one and the same program shows from day to day.
    Level(Server, Ratio),
    Behind(Server, Ratio),
    NotDecided,
}

/// The load was the busier side from here on …
const LOAD_FULL: f64 = 0.95;
/// … when the server had so much of its core left.
const SERVER_SPARE: f64 = 0.05;

/// A closed loop in which nobody is busy was disturbed by something else.
const BUSY: f64 = 0.85;

/// Fewer cannot disagree.
const FEWEST_ROUNDS: usize = 3;

/// Differences below this are noise on a machine that does nothing else.
const NOISE: f64 = 0.03;

impl Results {
    pub(crate) fn new(machine: Machine, options: &Options) -> Results {
        Results {
            machine,
            versions: machine::versions(),
            rounds: options.rounds(),
            seconds: options.timing().measured.as_secs_f64(),
            rows: Vec::new(),
        }
    }

    /// Whether each side had a core for itself; otherwise a rate says how both together fared.
    pub(crate) fn apart(&self) -> bool {
        self.machine.cores != Cores::Shared
    }

    pub(crate) fn pollcat_failed(&self) -> bool {
        let ours = self.rows.iter().filter_map(|row| row.entry(Server::Pollcat));
        ours.flat_map(|entry| &entry.rounds).any(|round| round.is_err())
    }
}

impl Row {
    pub(crate) fn entry(&self, server: Server) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.server == server)
    }

    /// `server` beside `other`, round by round: the two ran within seconds of each other, whatever the machine did in
    /// between. None where the samples do not say.
    pub(crate) fn compare(&self, server: Server, other: Server, apart: bool) -> Option<Ratio> {
        let (server, other) = (self.entry(server)?, self.entry(other)?);
        let by = match self.case.wrapping {
            Wrapping::Bare => yardstick(server, other, apart)?,
            // The load pays as much as the server.
            _ => Yardstick::Cpu,
        };
        let pairs = server.rounds.iter().zip(&other.rounds);
        let both = pairs.filter_map(|(server, other)| server.as_ref().ok().zip(other.as_ref().ok()));
        let ratio = |(server, other): (&Sample, &Sample)| match by {
            Yardstick::Rate => server.rate / other.rate,
            Yardstick::Cpu => other.server_ns / server.server_ns,
        };
        let ratios: Vec<f64> = both.map(ratio).collect();
        Some(Ratio { rounds: ratios.len(), spread: Spread::of(ratios)?, by })
    }

    /// A rival that failed in every round is nobody to be compared with; one that cannot be compared leaves it open.
    pub(crate) fn verdict(&self, apart: bool) -> Verdict {
        let rivals = self.entries.iter().filter(|entry| entry.server.is_rival() && entry.ran());
        let ratios =
            rivals.map(|rival| Some((rival.server, self.compare(Server::Pollcat, rival.server, apart)?)));
        let Some(ratios) = ratios.collect::<Option<Vec<_>>>() else { return Verdict::NotDecided };
        let closest = ratios.into_iter().min_by(|a, b| a.1.spread.median.total_cmp(&b.1.spread.median));
        let Some((rival, ratio)) = closest.filter(|(_, ratio)| ratio.rounds >= FEWEST_ROUNDS) else {
            return Verdict::NotDecided;
        };
        let Spread { low, median, high } = ratio.spread;
        if low > 1.0 && median > 1.0 + NOISE {
            Verdict::Ahead(rival, ratio)
        } else if high < 1.0 && median < 1.0 - NOISE {
            Verdict::Behind(rival, ratio)
        } else {
            Verdict::Level(rival, ratio)
        }
    }
}

fn yardstick(server: &Entry, other: &Entry, apart: bool) -> Option<Yardstick> {
    if !apart {
        return Some(Yardstick::Cpu);
    }
    let mut by = Yardstick::Rate;
    for entry in [server, other] {
        let load = entry.spread(|sample| sample.load_cpu)?.median;
        let busy = entry.spread(|sample| sample.server_cpu)?.median;
        if load.max(busy) < BUSY {
            return None;
        }
        if load >= LOAD_FULL && busy < load - SERVER_SPARE {
            by = Yardstick::Cpu;
        }
    }
    Some(by)
}

impl Entry {
    pub(crate) fn new(server: Server) -> Entry {
        Entry { server, rounds: Vec::new() }
    }

    pub(crate) fn samples(&self) -> impl Iterator<Item = &Sample> {
        self.rounds.iter().flatten()
    }

    pub(crate) fn ran(&self) -> bool {
        self.samples().next().is_some()
    }

    /// Over all rounds that count; None where none does.
    pub(crate) fn spread(&self, value: impl Fn(&Sample) -> f64) -> Option<Spread> {
        Spread::of(self.samples().map(value))
    }
}

impl Spread {
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Option<Spread> {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let (low, high) = (*values.first()?, *values.last()?);
        let (lower, upper) = (values[(values.len() - 1) / 2], values[values.len() / 2]);
        Some(Spread { low, median: (lower + upper) / 2.0, high })
    }

    /// How far the farthest is from the median, as a share of it.
    pub(crate) fn width(&self) -> f64 {
        (self.high - self.median).max(self.median - self.low) / self.median
    }
}

#[cfg(test)]
#[path = "results_tests.rs"]
pub(crate) mod tests;
