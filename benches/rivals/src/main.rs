//! pollcat's echo and broadcast beside others of its kind, and beside plain TCP: see README.md.

#[cfg(not(target_os = "linux"))]
compile_error!("CPU times, affinity and files in memory are Linux's here");

mod case;
mod chart;
mod frames;
mod latency;
mod load;
mod machine;
mod options;
mod process;
mod results;
mod servers;
mod table;
mod usage;

use std::process::ExitCode;
use std::{error::Error, fs};

use clap::Parser;

use machine::Machine;
use options::{Command, Options};
use results::{Entry, Results, Row};
use servers::Server;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let options = Options::parse();
    if let Some(Command::Serve { server, duty, wrapping, size, core }) = options.command {
        process::serve(server, duty, wrapping, size, core)?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(other) = options.with.clone() {
        servers::OTHER.get_or_init(|| other);
    }
    machine::raise_descriptor_limit()?;
    let machine = Machine::look();
    if machine.load_average > 0.5 {
        eprintln!("The machine is not idle (load {}): these numbers will mean little.", machine.load_average);
    }

    let mut results = Results::new(machine, &options);
    for case in options.cases() {
        results.rows.push(measure(case, &results, &options));
    }

    print!("{}", table::markdown(&results));
    let chart = options.chart_path()?;
    fs::write(&chart, chart::svg(&results))?;
    println!("\nChart: {}", chart.display());
    if let Some(path) = &options.json {
        fs::write(path, serde_json::to_string_pretty(&results)?)?;
    }
    Ok(if results.pollcat_failed() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// One after the other, round by round, so that whatever the machine does meanwhile it does to all of them.
fn measure(case: case::Case, results: &Results, options: &Options) -> Row {
    let servers = Server::all().filter(|server| server.knows(case.wrapping));
    let mut entries: Vec<Entry> = servers.map(Entry::new).collect();
    for round in 1..=options.rounds() {
        for entry in &mut entries {
            let core = results.machine.cores.server();
            let outcome = process::measure(entry.server, &case, core, &options.timing());
            match &outcome {
                Ok(sample) => eprintln!(
                    "{:?} {case}, round {round}: {} {:.0}/s, {:.0} ns; CPU: server {:.0} %, load {:.0} %",
                    case.duty,
                    entry.server.name(),
                    sample.rate,
                    sample.server_ns,
                    sample.server_cpu * 100.0,
                    sample.load_cpu * 100.0,
                ),
                Err(failure) => {
                    eprintln!("{:?} {case}, round {round}: {}: {failure}", case.duty, entry.server.name());
                }
            }
            entry.rounds.push(outcome.map_err(|failure| failure.to_string()));
        }
    }
    Row { case, entries }
}
