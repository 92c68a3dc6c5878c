//! Verdicts on samples whose truth is known.

use super::*;
use crate::case;

const EMPTY: Sample = Sample {
    rate: 0.0,
    server_ns: 0.0,
    server_cpu: 0.0,
    load_cpu: 0.0,
    p50: None,
    p99: None,
    weight: None,
    opening_ns: 0.0,
    memory: 0.0,
};

pub(crate) fn sample(rate: f64, server_cpu: f64, load_cpu: f64) -> Sample {
    Sample { rate, server_ns: server_cpu * 1e9 / rate, server_cpu, load_cpu, ..EMPTY }
}

/// The first case, with the rates of each round; servers full and the load not, unless said otherwise.
pub(crate) fn row(rates: &[(Server, &[f64])]) -> Row {
    let entries = rates.iter().map(|&(server, rates)| Entry {
        server,
        rounds: rates.iter().map(|&rate| Ok(sample(rate, 0.99, 0.7))).collect(),
    });
    Row { case: case::all()[0], entries: entries.collect() }
}

fn with_cpu(mut row: Row, server: Server, server_cpu: f64, load_cpu: f64) -> Row {
    let entry = row.entries.iter_mut().find(|entry| entry.server == server).unwrap();
    entry.rounds.iter_mut().flatten().for_each(|round| *round = sample(round.rate, server_cpu, load_cpu));
    row
}

const PAIR: [(Server, &[f64]); 2] =
    [(Server::Pollcat, &[110.0, 121.0, 132.0]), (Server::Yawc, &[100.0, 110.0, 110.0])];

#[test]
fn a_spread_is_the_least_the_middle_and_the_most() {
    let spread = |values: &[f64]| Spread::of(values.iter().copied());
    assert_eq!(spread(&[3.0, 1.0, 2.0]), Some(Spread { low: 1.0, median: 2.0, high: 3.0 }));
    assert_eq!(spread(&[4.0, 1.0, 2.0, 3.0]), Some(Spread { low: 1.0, median: 2.5, high: 4.0 }));
    assert_eq!(spread(&[]), None);
    assert_eq!(Spread { low: 80.0, median: 100.0, high: 105.0 }.width(), 0.2);
}

#[test]
fn ratios_are_taken_round_by_round() {
    let ratio = row(&PAIR).compare(Server::Pollcat, Server::Yawc, true).unwrap();
    assert_eq!(ratio.by, Yardstick::Rate);
    let Spread { low, median, high } = ratio.spread;
    assert!((low - 1.1).abs() < 1e-9 && (median - 1.1).abs() < 1e-9 && (high - 1.2).abs() < 1e-9);
}

#[test]
fn where_the_load_was_full_the_cpu_per_message_decides() {
    // The same rate, because it is the load's; half of the server's time.
    let rates: [(Server, &[f64]); 2] = [(Server::Pollcat, &[100.0; 3]), (Server::Yawc, &[100.0; 3])];
    let row = with_cpu(with_cpu(row(&rates), Server::Pollcat, 0.4, 0.99), Server::Yawc, 0.8, 0.99);
    let ratio = row.compare(Server::Pollcat, Server::Yawc, true).unwrap();
    assert_eq!(ratio.by, Yardstick::Cpu);
    assert!((ratio.spread.median - 2.0).abs() < 1e-9);
    assert!(matches!(row.verdict(true), Verdict::Ahead(Server::Yawc, _)));
}

#[test]
fn where_both_were_full_the_rate_decides() {
    let row = with_cpu(row(&PAIR), Server::Pollcat, 0.98, 0.99);
    assert_eq!(row.compare(Server::Pollcat, Server::Yawc, true).unwrap().by, Yardstick::Rate);
}

#[test]
fn without_a_core_for_each_side_a_rate_says_nothing() {
    assert_eq!(row(&PAIR).compare(Server::Pollcat, Server::Yawc, false).unwrap().by, Yardstick::Cpu);
}

#[test]
fn nothing_is_concluded_from_a_run_in_which_nobody_was_busy() {
    let row = with_cpu(row(&PAIR), Server::Yawc, 0.5, 0.6);
    assert_eq!(row.compare(Server::Pollcat, Server::Yawc, true), None);
    assert_eq!(row.verdict(true), Verdict::NotDecided);
}

#[test]
fn the_rival_that_comes_closest_is_the_one_that_counts() {
    let row = row(&[
        (Server::Pollcat, &[100.0; 3]),
        (Server::SockudoWs, &[40.0, 41.0, 40.0]),
        (Server::Yawc, &[80.0, 85.0, 80.0]),
    ]);
    assert!(matches!(row.verdict(true), Verdict::Ahead(Server::Yawc, _)));
}

#[test]
fn rounds_that_disagree_and_small_differences_are_level() {
    for rates in [[101.0, 102.0, 102.0], [90.0, 120.0, 120.0], [98.0, 99.0, 97.0]] {
        let row = row(&[(Server::Pollcat, &rates), (Server::Yawc, &[100.0; 3])]);
        assert!(matches!(row.verdict(true), Verdict::Level(Server::Yawc, _)), "{rates:?}");
    }
    let behind = row(&[(Server::Pollcat, &[90.0; 3]), (Server::Yawc, &[100.0; 3])]);
    assert!(matches!(behind.verdict(true), Verdict::Behind(Server::Yawc, _)));
}

#[test]
fn a_round_that_failed_is_left_out_and_a_rival_that_never_ran_is_nobody() {
    let mut row = row(&[
        (Server::Pollcat, &[100.0; 4]),
        (Server::Yawc, &[50.0, 90.0, 90.0, 90.0]),
        (Server::SockudoWs, &[200.0]),
    ]);
    row.entries[1].rounds[0] = Err("lost".into());
    row.entries[2].rounds[0] = Err("lost".into());
    let Verdict::Ahead(Server::Yawc, ratio) = row.verdict(true) else { panic!("{:?}", row.verdict(true)) };
    assert!((ratio.spread.median - 100.0 / 90.0).abs() < 1e-9);
}

#[test]
fn two_rounds_decide_nothing() {
    let row = row(&[(Server::Pollcat, &[100.0; 2]), (Server::Yawc, &[50.0; 2])]);
    assert_eq!(row.compare(Server::Pollcat, Server::Yawc, true).unwrap().rounds, 2);
    assert_eq!(row.verdict(true), Verdict::NotDecided);
}
