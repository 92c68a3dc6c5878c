//! The text that Prometheus reads: its exposition format, version 0.0.4.

use std::fmt::{Display, Write};

use super::counter::{Counter, CounterKind};
use super::histogram::Histogram;

/// The media type of the format.
pub(super) const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Writes counters. Those of one name follow each other.
pub(super) fn write_counters(counters: impl Iterator<Item = Counter>, out: &mut String) {
    let mut family = "";
    for counter in counters {
        if counter.metric() != family {
            family = counter.metric();
            let kind = match counter.kind() {
                CounterKind::Counter => "counter",
                CounterKind::Gauge => "gauge",
            };
            write_header(family, counter.help(), kind, out);
        }
        write_sample(family, counter.label(), counter.value(), out);
    }
}

pub(super) fn write_histograms(histograms: impl Iterator<Item = Histogram>, out: &mut String) {
    for histogram in histograms {
        let metric = histogram.metric();
        write_header(metric, histogram.help(), "histogram", out);
        let bucket = format!("{metric}_bucket");
        for (bound, count) in histogram.buckets() {
            let bound = if bound.is_finite() { bound.to_string() } else { "+Inf".to_owned() };
            write_sample(&bucket, Some(("le", &bound)), count, out);
        }
        write_sample(&format!("{metric}_sum"), None, histogram.sum(), out);
        write_sample(&format!("{metric}_count"), None, histogram.count(), out);
    }
}

/// Says what the samples that follow are.
fn write_header(metric: &str, help: &str, kind: &str, out: &mut String) {
    let help = help.replace('\\', r"\\").replace('\n', r"\n");
    push(out, format_args!("# HELP {metric} {help}\n# TYPE {metric} {kind}\n"));
}

fn write_sample(name: &str, label: Option<(&str, &str)>, value: impl Display, out: &mut String) {
    match label {
        Some((label, text)) => push(out, format_args!("{name}{{{label}=\"{}\"}} {value}\n", escaped(text))),
        None => push(out, format_args!("{name} {value}\n")),
    }
}

/// The value of a label, as it stands between quotes.
fn escaped(text: &str) -> String {
    text.replace('\\', r"\\").replace('"', r#"\""#).replace('\n', r"\n")
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a String takes everything");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_line_or_a_value_is_escaped() {
        let mut out = String::new();
        write_header("a", "two\nlines, one \\ and one \"", "gauge", &mut out);
        write_sample("a", Some(("b", "\"c\\\n\"")), 1, &mut out);
        let expected = concat!(
            "# HELP a two\\nlines, one \\\\ and one \"\n",
            "# TYPE a gauge\n",
            "a{b=\"\\\"c\\\\\\n\\\"\"} 1\n"
        );
        assert_eq!(out, expected);
    }
}
