//! Words that are nearly those of a setting: which was meant?

/// The known word that is nearest, if it is near enough.
pub(super) fn meant<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let nearest = known.map(|known| (distance(word, known), known)).min();
    // As many slips as a word of that length may have and still be meant.
    nearest.filter(|(slips, _)| *slips <= 1 + word.chars().count() / 4).map(|(_, known)| known)
}

/// How many characters must be put in, taken out or replaced to make one word of the other (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_of_words_is_the_number_of_slips() {
        let table = [
            ("", "", 0),
            ("", "abc", 3),
            ("kitten", "sitting", 3),
            ("flaw", "lawn", 2),
            ("max_name", "max-name", 1),
        ];
        for (one, other, slips) in table {
            assert_eq!((distance(one, other), distance(other, one)), (slips, slips), "{one} {other}");
        }
    }

    #[test]
    fn what_is_too_far_was_not_meant() {
        let known = || ["max-name", "max-rooms", "echo"].into_iter();
        assert_eq!((meant("max_nam", known()), meant("ecko", known())), (Some("max-name"), Some("echo")));
        assert_eq!((meant("colour", known()), meant("", known())), (None, None));
    }
}
