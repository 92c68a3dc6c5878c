//! Which part of what somebody says is for the robot: what stands behind its name, wherever that is.

/// So many `@` of a text are looked at, as they are for mentions.
const SOUGHT: usize = 20;

/// What stands behind `@` and the robot's name; if nothing does, what stands before. Where its name is not said, all of it:
/// in private nobody says it. A name has at most `longest` characters.
pub(crate) fn question(text: &str, longest: usize, is_name: impl Fn(&str) -> bool) -> &str {
    for (at, _) in text.match_indices('@').take(SOUGHT) {
        let following = &text[at + 1..];
        let ends = following.char_indices().take(longest).map(|(from, c)| from + c.len_utf8());
        let ends: Vec<usize> = ends.collect();
        let found = ends.into_iter().rev().find(|&end| is_name(&following[..end]));
        if let Some(end) = found {
            let (before, behind) = (text[..at].trim(), following[end..].trim());
            let says = |text: &str| text.contains(char::is_alphanumeric);
            return if says(behind) || !says(before) { behind } else { before };
        }
    }
    text.trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_stands_behind_the_name_wherever_it_is() {
        let table = [
            ("@小爱 时间", "时间"),
            ("@小爱时间", "时间"),
            ("@小爱，骰子 2d6", "，骰子 2d6"),
            ("bob: @小爱 时间", "时间"),
            ("现在几点？ @小爱", "现在几点？"),
            ("你好@小爱", "你好"),
            ("@小爱", ""),
            ("@小爱 ?", "?"),
            ("时间", "时间"),
            ("  list ", "list"),
            ("@bob @小爱 list", "list"),
            ("a@b.c @小", "a@b.c @小"),
            ("", ""),
        ];
        for (text, expected) in table {
            assert_eq!(question(text, 4, |name| name == "小爱"), expected, "{text}");
        }
    }

    #[test]
    fn little_is_looked_at_however_much_is_said() {
        let count = std::cell::Cell::new(0);
        let text = "@小".repeat(20_000);
        let is_name = |_: &str| {
            count.set(count.get() + 1);
            false
        };
        assert_eq!(question(&text, 8, is_name), text);
        assert_eq!(count.get(), 20 * 8);
    }
}
