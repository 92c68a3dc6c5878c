//! What may be asked for on the command line.

use std::{io, path::PathBuf, time::Duration};

use clap::{Parser, Subcommand};

use crate::case::{self, Case, Duty, Wrapping};
use crate::load::Timing;
use crate::servers::{Other, Server};

/// Measures pollcat's echo and broadcast beside others of its kind and beside plain TCP. Prints a Markdown table and
/// writes a chart.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// A few cases and three short rounds, in less than a minute
    #[arg(long)]
    quick: bool,

    /// One kind of case
    #[arg(long, value_name = "KIND")]
    only: Option<Duty>,

    /// Rows whose name in the table contains this, "16 KiB" say
    #[arg(long, value_name = "TEXT")]
    case: Option<String>,

    /// How often each server is measured in each case [default: 5, or 3 with --quick]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=99))]
    rounds: Option<u32>,

    /// How long one measurement takes; less than any server's patience with silence [default: 1, or 0.3 with --quick]
    #[arg(long, value_parser = seconds)]
    seconds: Option<f64>,

    /// One more server: COMMAND is called with `echo` or `broadcast`, with `bare`, `tls`, `deflate` or `contexts`, and with
    /// the paths of a certificate and its key; it prints its port on loopback and serves
    #[arg(long, value_name = "NAME=COMMAND", value_parser = other)]
    pub(crate) with: Option<Other>,

    /// Every sample, as JSON
    #[arg(long, value_name = "PATH")]
    pub(crate) json: Option<PathBuf>,

    /// Where the chart goes [default: rivals.svg beside the program]
    #[arg(long, value_name = "PATH")]
    chart: Option<PathBuf>,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// What this program starts itself with: one server, until it is killed.
    #[command(hide = true)]
    Serve { server: Server, duty: Duty, wrapping: Wrapping, size: usize, core: Option<usize> },
}

/// A server may ping after 20 seconds of silence and hang up when there is no answer; ours is not one of the clients
/// that answer, so its runs are shorter.
fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds @ 0.1..=10.0) => Ok(seconds),
        _ => Err("between 0.1 and 10".into()),
    }
}

fn other(text: &str) -> Result<Other, String> {
    let (name, command) = text.split_once('=').ok_or("NAME=COMMAND")?;
    if name.is_empty() || command.trim().is_empty() {
        return Err("a name and a command".into());
    }
    Ok(Other { name: name.to_owned(), command: command.to_owned() })
}

impl Options {
    pub(crate) fn cases(&self) -> Vec<Case> {
        let wanted = |case: &Case| {
            (case.quick || !self.quick)
                && self.only.is_none_or(|duty| duty == case.duty)
                && self.case.as_ref().is_none_or(|text| case.to_string().contains(text))
        };
        case::all().into_iter().filter(wanted).collect()
    }

    pub(crate) fn rounds(&self) -> u32 {
        self.rounds.unwrap_or(if self.quick { 3 } else { 5 })
    }

    pub(crate) fn timing(&self) -> Timing {
        let seconds = self.seconds.unwrap_or(if self.quick { 0.3 } else { 1.0 });
        let measured = Duration::from_secs_f64(seconds);
        Timing { warm_up: measured.min(Duration::from_secs(1)) / 4, measured }
    }

    pub(crate) fn chart_path(&self) -> io::Result<PathBuf> {
        match &self.chart {
            Some(path) => Ok(path.clone()),
            None => Ok(std::env::current_exe()?.with_file_name("rivals.svg")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Options {
        Options::try_parse_from([&["rivals"], words].concat()).unwrap()
    }

    #[test]
    fn the_flags_hold_together() {
        <Options as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn quick_is_a_few_cases_of_both_kinds() {
        let quick = parse(&["--quick"]).cases();
        assert!(quick.len() < case::all().len() / 3);
        for duty in [Duty::Echo, Duty::Broadcast] {
            assert!(quick.iter().any(|case| case.duty == duty));
        }
        assert!(parse(&["--quick", "--only", "echo"]).cases().iter().all(|case| case.duty == Duty::Echo));
    }

    #[test]
    fn a_part_of_the_name_chooses_rows() {
        let names: Vec<String> = parse(&["--case", "1 MiB"]).cases().iter().map(Case::to_string).collect();
        assert_eq!(names, ["1 MiB binary, 10 × 1", "1 MiB Chinese text, 10 × 1"]);
        assert!(parse(&["--case", "1 MiB", "--only", "broadcast"]).cases().is_empty());
    }

    #[test]
    fn another_server_has_a_name_and_a_command() {
        let other = parse(&["--with", "uWS=/tmp/server --fast=yes"]).with.expect("it is named");
        assert_eq!((&*other.name, &*other.command), ("uWS", "/tmp/server --fast=yes"));
        for text in ["uWS", "=/tmp/server", "uWS= "] {
            assert!(Options::try_parse_from(["rivals", "--with", text]).is_err(), "{text}");
        }
    }

    #[test]
    fn a_run_is_shorter_than_the_patience_of_any_server() {
        for seconds in ["0", "-1", "11", "NaN", "inf", "ten"] {
            assert!(Options::try_parse_from(["rivals", "--seconds", seconds]).is_err(), "{seconds}");
        }
        assert_eq!(parse(&["--seconds", "2.5"]).timing().measured, Duration::from_millis(2500));
    }
}
