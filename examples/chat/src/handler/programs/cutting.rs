//! A text that is longer than a message: it is cut at the ends of its lines.

/// The parts, none of which has more than `longest` characters; at most so many, or `None`. A line that is longer than a
/// message is cut where a word ends, or anywhere. Parts in which there is nothing to be seen are left out.
pub(super) fn parts(text: &str, longest: usize, most: usize) -> Option<Vec<&str>> {
    let mut parts = Vec::new();
    let mut rest = text.trim_end();
    while !rest.is_empty() {
        // As far as a part may reach; bytes first, for counting characters takes longer.
        let end = match rest.len() <= longest {
            true => rest.len(),
            false => rest.char_indices().nth(longest).map_or(rest.len(), |(end, _)| end),
        };
        let at = if end == rest.len() || rest[end..].starts_with('\n') { end } else { place(&rest[..end]) };
        let (part, behind) = rest.split_at(at);
        let part = part.trim_end();
        if !part.trim().is_empty() {
            if parts.len() == most {
                return None;
            }
            parts.push(part);
        }
        // What stands before a line's first word belongs to it.
        rest = behind.strip_prefix('\n').unwrap_or(behind);
    }
    Some(parts)
}

/// Where a text ends that has to be cut before its own end.
fn place(text: &str) -> usize {
    let after =
        |c: char| text.rfind(c).map(|at| at + c.len_utf8()).filter(|&at| at < text.len() || c == '\n');
    after('\n').or_else(|| after(' ').filter(|&at| at > text.len() / 2)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_where_a_line_ends() {
        let table: [(&str, usize, &[&str]); 11] = [
            ("one", 5, &["one"]),
            ("one\ntwo", 7, &["one\ntwo"]),
            ("one\ntwo\nsix", 7, &["one\ntwo", "six"]),
            ("one\ntwo\nsix", 8, &["one\ntwo", "six"]),
            ("one\n\n\n  two", 5, &["one", "  two"]),
            ("one two six", 8, &["one two", "six"]),
            ("onetwosix", 4, &["onet", "wosi", "x"]),
            ("小明小红小刚", 2, &["小明", "小红", "小刚"]),
            ("a bcdefghij", 6, &["a bcde", "fghij"]),
            ("\n\n", 5, &[]),
            ("one\n   \n", 3, &["one"]),
        ];
        for (text, longest, expected) in table {
            assert_eq!(parts(text, longest, 8).as_deref(), Some(expected), "{text:?}");
        }
    }

    #[test]
    fn nothing_is_lost_and_no_part_is_too_long() {
        let seed: u64 = 20_261_129;
        println!("seed {seed}");
        let mut state = seed;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for _ in 0..5_000 {
            let length = random(80);
            let text: String =
                (0..length).map(|_| ['a', 'é', '小', ' ', '\n', '😀'][random(6) as usize]).collect();
            let longest = 1 + random(20) as usize;
            let parts = parts(&text, longest, usize::MAX).unwrap();
            let is_seen = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            assert_eq!(is_seen(&parts.concat()), is_seen(&text), "{text:?} by {longest}: {parts:?}");
            for part in parts {
                assert!(part.chars().count() <= longest && !part.trim().is_empty(), "{text:?}: {part:?}");
            }
        }
    }

    #[test]
    fn too_many_parts_are_none() {
        assert_eq!(parts("a\nb\nc", 1, 3).map(|parts| parts.len()), Some(3));
        assert_eq!(parts("a\nb\nc\nd", 1, 3), None);
        assert_eq!(parts("a\nb\nc\n\n  \n", 1, 3).map(|parts| parts.len()), Some(3));
    }
}
