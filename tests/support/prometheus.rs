//! Prometheus's text format, version 0.0.4, read by its grammar
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/>). What may be left out there must be here: HELP and
//! TYPE before the samples of a family, and no spaces but those that the grammar asks for.

use std::collections::{BTreeMap, BTreeSet};

/// A family: what HELP and TYPE say, and its samples, by name and labels.
#[derive(Debug, PartialEq)]
pub struct Family {
    pub help: String,
    pub kind: String,
    pub samples: BTreeMap<Series, f64>,
}

/// The name of a sample, and its labels in order.
pub type Series = (String, Vec<(String, String)>);

/// The families, by name.
#[track_caller]
pub fn read(text: &str) -> BTreeMap<String, Family> {
    let mut families = BTreeMap::new();
    let lines = text.strip_suffix('\n').expect("the last line ends, too").split('\n');
    let mut lines = lines.peekable();
    while let Some(line) = lines.next() {
        let (name, help) = header(line, "# HELP ");
        let (typed, kind) = header(lines.next().expect("TYPE follows HELP"), "# TYPE ");
        assert_eq!(name, typed, "HELP and TYPE speak of one family");
        assert!(["counter", "gauge", "histogram"].contains(&kind), "{kind}");
        let mut samples = BTreeMap::new();
        while let Some(line) = lines.next_if(|line| !line.starts_with('#')) {
            let (series, value) = sample(line);
            assert!(belongs(&series.0, name, kind), "{line} is no sample of the {kind} {name}");
            assert!(samples.insert(series, value).is_none(), "twice: {line}");
        }
        assert!(!samples.is_empty(), "{name} has no samples");
        if kind == "histogram" {
            check_histogram(name, &samples);
        }
        let family = Family { help: unescaped(help, false), kind: kind.to_owned(), samples };
        assert!(families.insert(name.to_owned(), family).is_none(), "{name} comes in one piece");
    }
    families
}

impl Family {
    /// The value of the one sample that has no label.
    #[track_caller]
    pub fn value(&self) -> f64 {
        let samples: Vec<_> = self.samples.iter().collect();
        let [((_, labels), value)] = samples[..] else { panic!("{samples:?} is not one") };
        assert!(labels.is_empty(), "{labels:?}");
        *value
    }

    /// The value of the sample with this label alone.
    #[track_caller]
    pub fn labelled(&self, label: &str, text: &str) -> f64 {
        let is_it = |labels: &[(String, String)]| matches!(labels, [(l, t)] if l == label && t == text);
        let found = self.samples.iter().find(|((_, labels), _)| is_it(labels));
        *found.unwrap_or_else(|| panic!("no sample with {label}={text:?}")).1
    }
}

#[track_caller]
fn header<'a>(line: &'a str, begin: &str) -> (&'a str, &'a str) {
    let rest = line.strip_prefix(begin).unwrap_or_else(|| panic!("{line:?} does not begin with {begin:?}"));
    let (name, text) = rest.split_once(' ').expect("a name, a space, and a text");
    assert!(is_name(name, ":") && !text.is_empty(), "{line:?}");
    (name, text)
}

/// `name{label="text",label="text"} value`
#[track_caller]
fn sample(line: &str) -> (Series, f64) {
    let (series, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line:?} has no value"));
    let (name, mut rest) = match series.strip_suffix('}') {
        Some(series) => series.split_once('{').expect("braces come in pairs"),
        None => (series, ""),
    };
    assert!(is_name(name, ":"), "{line:?}");
    let mut labels = Vec::new();
    while !rest.is_empty() {
        let (label, quoted) = rest.split_once("=\"").unwrap_or_else(|| panic!("{line:?}: =\""));
        assert!(is_name(label, ""), "{line:?}");
        let end = end_of_text(quoted).unwrap_or_else(|| panic!("{line:?}: the text has no end"));
        labels.push((label.to_owned(), unescaped(&quoted[..end], true)));
        rest = &quoted[end + 1..];
        rest = rest.strip_prefix(',').filter(|rest| !rest.is_empty()).unwrap_or_else(|| {
            assert_eq!(rest, "", "{line:?}");
            rest
        });
    }
    let names: BTreeSet<_> = labels.iter().map(|(label, _)| label).collect();
    assert_eq!(names.len(), labels.len(), "a label comes once: {line:?}");
    ((name.to_owned(), labels), number(value))
}

/// Where the first quote is that no backslash is before.
fn end_of_text(quoted: &str) -> Option<usize> {
    let mut escapes = false;
    quoted.bytes().position(|byte| {
        let ends = byte == b'"' && !escapes;
        escapes = byte == b'\\' && !escapes;
        ends
    })
}

#[track_caller]
fn unescaped(text: &str, quoted: bool) -> String {
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        plain.push(match c {
            '\\' => match chars.next() {
                Some('\\') => '\\',
                Some('n') => '\n',
                Some('"') if quoted => '"',
                other => panic!("no escape: \\{other:?} in {text:?}"),
            },
            c => c,
        });
    }
    plain
}

#[track_caller]
fn number(text: &str) -> f64 {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    match text {
        "+Inf" => f64::INFINITY,
        _ if is_plain => text.parse().unwrap_or_else(|_| panic!("{text:?} is no number")),
        _ => panic!("{text:?} is no number"),
    }
}

fn is_name(name: &str, also: &str) -> bool {
    let may = |c: char| c.is_ascii_alphanumeric() || c == '_' || also.contains(c);
    !name.is_empty() && name.chars().all(may) && !name.starts_with(|c: char| c.is_ascii_digit())
}

fn belongs(sample: &str, family: &str, kind: &str) -> bool {
    match sample.strip_prefix(family) {
        Some("") => kind != "histogram",
        Some("_bucket" | "_sum" | "_count") => kind == "histogram",
        _ => false,
    }
}

/// Buckets include all below them, the last is `+Inf`, and it has as many as `_count` says.
#[track_caller]
fn check_histogram(name: &str, samples: &BTreeMap<Series, f64>) {
    let alone = |end: &str| samples[&(format!("{name}{end}"), Vec::new())];
    let buckets = samples.iter().filter(|((sample, _), _)| *sample == format!("{name}_bucket"));
    let bound = |labels: &[(String, String)]| match labels {
        [(label, text)] if label == "le" => number(text),
        labels => panic!("a bucket has the label le: {labels:?}"),
    };
    let mut buckets: Vec<_> = buckets.map(|((_, labels), count)| (bound(labels), *count)).collect();
    buckets.sort_by(|one, other| one.0.total_cmp(&other.0));
    assert!(buckets.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1), "{buckets:?}");
    assert_eq!(buckets.last(), Some(&(f64::INFINITY, alone("_count"))));
    assert!(alone("_sum") >= 0.0);
}
