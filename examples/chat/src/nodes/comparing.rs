//! Nodes compare what has come of the log up to some places. One that is alone in what it has come to stops; if there is none, the one
//! that has said so later.

/// What this node is to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Same,
    /// There are different ones, and who is alone turns out when more nodes have come to that place.
    Open,
    /// Some others differ, and have to stop.
    OthersDiffer,
    /// This one differs: from this.
    Differs(String),
}

/// What each node has come to at one place, in the order in which they have said so: their boots and digests. `missing`: so many nodes
/// are still to come.
pub(super) fn judge(reports: &[(String, String)], boot: &str, missing: usize) -> Verdict {
    let Some((_, mine)) = reports.iter().find(|(other, _)| other == boot) else { return Verdict::Same };
    let count = |digest: &str| reports.iter().filter(|(_, other)| other == digest).count();
    let others = reports.iter().map(|(_, digest)| digest).filter(|digest| *digest != mine);
    let Some(theirs) = others.max_by_key(|digest| count(digest)) else { return Verdict::Same };
    let is_first = reports.first().is_some_and(|(_, first)| first == mine);
    match (count(mine), count(theirs)) {
        (mine, theirs) if mine > theirs + missing => Verdict::OthersDiffer,
        (mine, of_theirs) if of_theirs > mine + missing => Verdict::Differs(theirs.clone()),
        _ if missing > 0 => Verdict::Open,
        _ if is_first => Verdict::OthersDiffer,
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
            let stops = matches!(judge(&reports, boot, 0), Verdict::Differs(_));
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
        assert_eq!(judge(&[("a".into(), "x".into())], "b", 0), Verdict::Same, "it has not said anything");
    }

    #[test]
    fn who_is_alone_turns_out_when_all_have_come() {
        let two = [("a".to_owned(), "y".to_owned()), ("b".to_owned(), "x".to_owned())];
        assert!(two.iter().all(|(boot, _)| judge(&two, boot, 1) == Verdict::Open));
        let three = [&two[..], &[("c".to_owned(), "x".to_owned())]].concat();
        assert_eq!(judge(&three, "a", 0), Verdict::Differs("x".to_owned()));
        assert_eq!(judge(&three, "b", 0), Verdict::OthersDiffer);
        let most = [&three[..], &[("d".to_owned(), "x".to_owned())]].concat();
        assert_eq!(judge(&most, "a", 1), Verdict::Differs("x".to_owned()), "whatever the fifth one says");
    }
}
