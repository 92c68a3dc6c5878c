//! Nodes compare what has come of the log up to some places. One that is alone in what it has come to stops; if there is none, the one
//! that has said so later.

/// What this node is to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Same,
    /// Some others differ, and have to stop.
    OthersDiffer,
    /// This one differs: from this.
    Differs(String),
}

/// What each node has come to at one place, in the order in which they have said so: their boots and digests.
pub(super) fn judge(reports: &[(String, String)], boot: &str) -> Verdict {
    let Some((_, mine)) = reports.iter().find(|(other, _)| other == boot) else { return Verdict::Same };
    let count = |digest: &str| reports.iter().filter(|(_, other)| other == digest).count();
    let others = reports.iter().map(|(_, digest)| digest).filter(|digest| *digest != mine);
    let Some(theirs) = others.max_by_key(|digest| count(digest)) else { return Verdict::Same };
    let is_later = reports.first().is_some_and(|(_, first)| first != mine);
    match count(theirs).cmp(&count(mine)) {
        std::cmp::Ordering::Less => Verdict::OthersDiffer,
        std::cmp::Ordering::Equal if !is_later => Verdict::OthersDiffer,
        _ => Verdict::Differs(theirs.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(reports: &[(&str, &str)], stopped: &[&str]) {
        let reports: Vec<(String, String)> =
            reports.iter().map(|&(boot, digest)| (boot.into(), digest.into())).collect();
        for (boot, _) in &reports {
            let stops = matches!(judge(&reports, boot), Verdict::Differs(_));
            assert_eq!(stops, stopped.contains(&&**boot), "{boot} of {reports:?}");
        }
    }

    #[test]
    fn whoever_is_alone_stops_however_fast_it_was() {
        check(&[], &[]);
        check(&[("a", "x")], &[]);
        check(&[("a", "x"), ("b", "x"), ("c", "x")], &[]);
        check(&[("a", "y"), ("b", "x"), ("c", "x")], &["a"]);
        check(&[("a", "x"), ("b", "x"), ("c", "y")], &["c"]);
        check(&[("a", "x"), ("b", "y"), ("c", "z")], &["b", "c"]);
        check(&[("a", "x"), ("b", "y")], &["b"]);
        check(&[("a", "y"), ("b", "y"), ("c", "x"), ("d", "x")], &["c", "d"]);
        assert_eq!(judge(&[("a".into(), "x".into())], "b"), Verdict::Same, "it has not said anything");
    }
}
