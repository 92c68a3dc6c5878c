//! The results as Markdown.

use std::fmt::{self, Write};

use crate::case::{Duty, Wrapping};
use crate::load::Sample;
use crate::machine::Cores;
use crate::results::{Entry, Ratio, Results, Row, Spread, Verdict, Yardstick};
use crate::servers::Server;

pub(crate) fn markdown(results: &Results) -> String {
    let mut text = String::new();
    write(&mut text, results).expect("a String takes everything");
    text
}

fn write(out: &mut String, results: &Results) -> fmt::Result {
    head(out, results)?;
    for (duty, title) in [(Duty::Echo, "Echo"), (Duty::Broadcast, "Broadcast, deliveries")] {
        let rows: Vec<&Row> = results.rows.iter().filter(|row| row.case.duty == duty).collect();
        if rows.is_empty() {
            continue;
        }
        writeln!(out, "\n### {title}: per second, and the server's CPU time for each\n")?;
        columns(out, &["pollcat to the floor", "to the best rival"])?;
        rows.iter().try_for_each(|row| speed(out, row, results.apart()))?;
        if duty == Duty::Broadcast {
            writeln!(out, "\n### Broadcast: p50 / p99 from sender to receiver, in ms\n")?;
            columns(out, &[])?;
            rows.iter().try_for_each(|row| latency(out, row))?;
        }
    }
    aside(out, results)?;
    foot(out, results)
}

/// What a row tells beside speed, where it is of interest: what a connection costs, and how short messages became.
fn aside(out: &mut String, results: &Results) -> fmt::Result {
    type Value = fn(&Sample) -> Option<f64>;
    let tables: [(&str, Value); 3] = [
        ("Handshakes per second of the server's CPU time", |sample| {
            (sample.opening_ns > 0.0).then_some(1e9 / sample.opening_ns)
        }),
        ("Bytes of the server's memory for a connection that has said nothing", |sample| {
            (sample.opening_ns > 0.0).then_some(sample.memory)
        }),
        ("Bytes of a compressed message from the server", |sample| sample.weight),
    ];
    for (place, (title, value)) in tables.into_iter().enumerate() {
        // Few connections say little of one.
        let told = |row: &&Row| place == 2 || row.case.connections >= 1000 && row.case.duty == Duty::Echo;
        let rows: Vec<&Row> = results.rows.iter().filter(told).collect();
        let known =
            |row: &Row| row.entries.iter().any(|entry| entry.samples().filter_map(value).next().is_some());
        if !rows.iter().any(|row| known(row)) {
            continue;
        }
        writeln!(out, "\n### {title}\n")?;
        columns(out, &[])?;
        for row in rows.into_iter().filter(|row| known(row)) {
            write!(out, "| {} |", row.case)?;
            for server in Server::all() {
                let values =
                    row.entry(server).and_then(|entry| Spread::of(entry.samples().filter_map(value)));
                match values {
                    Some(spread) => write!(out, " {} |", short(spread.median))?,
                    None => write!(out, " – |")?,
                }
            }
            writeln!(out)?;
        }
    }
    Ok(())
}

fn head(out: &mut String, results: &Results) -> fmt::Result {
    let machine = &results.machine;
    writeln!(out, "{}; Linux {}; {}.", machine.processor, machine.kernel, machine.compiler)?;
    let versions = Server::ALL.map(|server| {
        let package = server.package();
        format!("{package} {}", results.versions.get(package).copied().unwrap_or("?"))
    });
    writeln!(out, "{}; release, LTO{}.", versions.join(", "), if machine.native { ", AVX2" } else { "" })?;
    write!(out, "{} rounds of {} s each, interleaved; medians. ", results.rounds, results.seconds)?;
    match machine.cores {
        Cores::Apart { server, load, siblings } => {
            writeln!(out, "Servers on core {server}, the load on core {load}.")?;
            if siblings {
                writeln!(out, "**The two are halves of one core**, and slow each other down.")?;
            }
        }
        Cores::Shared => writeln!(
            out,
            "**No core for each side**: they get in each other's way, so CPU time per message is what is compared."
        )?,
    }
    if machine.load_average > 0.5 {
        writeln!(out, "**The machine was not idle** (load {}).", machine.load_average)?;
    }
    Ok(())
}

fn columns(out: &mut String, more: &[&'static str]) -> fmt::Result {
    let mut columns = vec!["case"];
    columns.extend(Server::all().map(Server::name));
    columns.extend(more);
    writeln!(out, "| {} |", columns.join(" | "))?;
    writeln!(out, "|---|{}", "--:|".repeat(columns.len() - 1))
}

fn speed(out: &mut String, row: &Row, apart: bool) -> fmt::Result {
    write!(out, "| {} |", row.case)?;
    for server in Server::all() {
        match row.entry(server).filter(|entry| entry.ran()) {
            Some(entry) => write!(out, " {} |", rate_and_cpu(entry))?,
            None if server.knows(row.case.wrapping) => write!(out, " failed |")?,
            None => write!(out, " – |")?,
        }
    }
    match row.compare(Server::Pollcat, Server::Floor, apart) {
        Some(ratio) => write!(out, " {} |", with_range(&ratio))?,
        None if row.case.wrapping != Wrapping::Bare => write!(out, " – |")?,
        None => write!(out, " not decided |")?,
    }
    match row.verdict(apart) {
        Verdict::Ahead(rival, ratio) => writeln!(out, " **{}** {} |", with_range(&ratio), rival.name()),
        Verdict::Level(rival, ratio) | Verdict::Behind(rival, ratio) => {
            writeln!(out, " {} {} |", with_range(&ratio), rival.name())
        }
        Verdict::NotDecided => writeln!(out, " not decided |"),
    }
}

fn rate_and_cpu(entry: &Entry) -> String {
    let (rate, cpu) = (entry.spread(|sample| sample.rate), entry.spread(|sample| sample.server_ns));
    let (rate, cpu) = (rate.expect("it ran"), cpu.expect("it ran"));
    format!("{} ± {:.0} % · {} ns", short(rate.median), rate.width() * 100.0, short(cpu.median))
}

fn latency(out: &mut String, row: &Row) -> fmt::Result {
    write!(out, "| {} |", row.case)?;
    for server in Server::all() {
        let median = |value: fn(&Sample) -> Option<f64>| {
            Some(Spread::of(row.entry(server)?.samples().filter_map(value))?.median)
        };
        match (median(|sample| sample.p50), median(|sample| sample.p99)) {
            (Some(p50), Some(p99)) => write!(out, " {p50:.1} / {p99:.1} |")?,
            // It failed, or nothing that was sent while the clock ran came back in time.
            _ => write!(out, " – |")?,
        }
    }
    writeln!(out)
}

fn foot(out: &mut String, results: &Results) -> fmt::Result {
    let apart = results.apart();
    let verdicts: Vec<_> = results.rows.iter().map(|row| (row, row.verdict(apart))).collect();
    let ahead = verdicts.iter().filter(|(_, verdict)| matches!(verdict, Verdict::Ahead(..))).count();
    writeln!(out, "\npollcat is ahead of every rival in {ahead} of {} cases.", verdicts.len())?;
    for (word, wanted) in [("Level", 0), ("Behind", 1), ("Not decided", 2)] {
        let these = verdicts.iter().filter(|(_, verdict)| match verdict {
            Verdict::Ahead(..) => false,
            Verdict::Level(..) => wanted == 0,
            Verdict::Behind(..) => wanted == 1,
            Verdict::NotDecided => wanted == 2,
        });
        let names: Vec<String> = these.map(|(row, _)| name(row)).collect();
        if !names.is_empty() {
            writeln!(out, "{word}: {}.", names.join("; "))?;
        }
    }
    writeln!(
        out,
        "\nRatios are medians of those of each round, with the least and the most in brackets. ᶜ: by CPU time per \
         message, where the rate is not the server's. \"Not decided\": neither side was busy, so something else was, or \
         fewer than three rounds count."
    )?;
    for row in &results.rows {
        for entry in &row.entries {
            for (round, outcome) in (1..).zip(&entry.rounds) {
                let Err(failure) = outcome else { continue };
                writeln!(out, "Left out: {}, {}, round {round}: {failure}.", entry.server.name(), name(row))?;
            }
        }
    }
    Ok(())
}

/// With what is done, which the title says in the tables.
pub(crate) fn name(row: &Row) -> String {
    match row.case.duty {
        Duty::Echo => format!("echo {}", row.case),
        Duty::Broadcast => format!("broadcast {}", row.case),
    }
}

fn with_range(ratio: &Ratio) -> String {
    let by = if ratio.by == Yardstick::Cpu { "ᶜ" } else { "" };
    let spread = ratio.spread;
    format!("{:.2}{by} ({:.2}–{:.2})", spread.median, spread.low, spread.high)
}

/// Three digits, and k or M for the rest.
fn short(number: f64) -> String {
    let (scaled, unit) = match number {
        1e6.. => (number / 1e6, "M"),
        1e3.. => (number / 1e3, "k"),
        _ => (number, ""),
    };
    match scaled {
        100.0.. => format!("{scaled:.0}{unit}"),
        10.0.. => format!("{scaled:.1}{unit}"),
        _ => format!("{scaled:.2}{unit}"),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::machine::Machine;
    use crate::results::tests::row;

    pub(crate) fn results(rows: Vec<Row>) -> Results {
        Results {
            machine: Machine {
                processor: "A Fine One".into(),
                kernel: "7.0".into(),
                compiler: "rustc 1.95".into(),
                native: false,
                cores: Cores::Apart { server: 0, load: 1, siblings: false },
                load_average: 0.1,
            },
            versions: [("pollcat", "0.1.0")].into(),
            rounds: 3,
            seconds: 1.0,
            rows,
        }
    }

    pub(crate) fn known() -> Row {
        row(&[
            (Server::Floor, &[200e3, 200e3, 210e3]),
            (Server::Pollcat, &[190e3, 196e3, 198e3]),
            (Server::TokioTungstenite, &[95e3, 98e3, 99e3]),
            (Server::Fastwebsockets, &[152e3, 140e3, 158.4e3]),
        ])
    }

    #[test]
    fn a_row_says_how_fast_how_certain_and_next_to_whom() {
        let text = markdown(&results(vec![known()]));
        let row = text.lines().find(|line| line.starts_with("| 20 B")).expect("there is one case");
        assert_eq!(
            row,
            "| 20 B text, 100 × 1 | 200k ± 5 % · 4.95k ns | 196k ± 3 % · 5.05k ns | 98.0k ± 3 % · 10.1k ns \
             | 152k ± 8 % · 6.51k ns | failed | failed | 0.95 (0.94–0.98) | **1.25 (1.25–1.40)** fastwebsockets |"
        );
        assert!(text.contains("ahead of every rival in 1 of 1 cases"));
    }

    #[test]
    fn what_is_not_won_is_named() {
        let behind = row(&[(Server::Pollcat, &[90.0; 3]), (Server::Yawc, &[100.0; 3])]);
        let text = markdown(&results(vec![behind]));
        assert!(text.contains("in 0 of 1 cases.\nBehind: echo 20 B text, 100 × 1.\n"), "{text}");
    }

    #[test]
    fn a_round_that_does_not_count_says_why() {
        let mut row = known();
        row.entries[1].rounds[2] = Err("the server closed a connection".into());
        let text = markdown(&results(vec![row]));
        assert!(
            text.contains("Left out: pollcat, echo 20 B text, 100 × 1, round 3: the server closed"),
            "{text}"
        );
    }

    #[test]
    fn every_line_of_a_table_has_as_many_cells_as_its_head() {
        let text = markdown(&results(vec![known()]));
        let cells: Vec<usize> =
            text.lines().map(|line| line.matches('|').count()).filter(|&n| n > 0).collect();
        assert_eq!(cells, [10, 10, 10]);
    }

    #[test]
    fn latencies_stand_beside_broadcasts_where_there_are_any() {
        let mut row = known();
        row.case = crate::case::all().into_iter().find(|case| case.duty == Duty::Broadcast).unwrap();
        for (at, round) in row.entries[1].rounds.iter_mut().flatten().enumerate() {
            (round.p50, round.p99) = (Some(5.0 + at as f64), Some(18.25));
        }
        let text = markdown(&results(vec![row]));
        assert!(text.contains("| 64 B to 100, 10 outstanding | – | 6.0 / 18.2 | – | – | – | – |"), "{text}");
    }

    #[test]
    fn a_number_has_three_digits() {
        let pairs = [(0.5, "0.50"), (25.0, "25.0"), (329.4, "329"), (5060.0, "5.06k"), (2.971e6, "2.97M")];
        pairs.iter().for_each(|&(number, text)| assert_eq!(short(number), text));
    }
}
