//! Long answers are cut.

/// As much as has about so many bytes, but one at least, and no more than so many; and whether there is more.
pub(crate) fn cut<T>(
    all: impl Iterator<Item = T>,
    most: usize,
    bytes: usize,
    length: impl Fn(&T) -> usize,
) -> (Vec<T>, bool) {
    let (mut told, mut sum) = (Vec::new(), 0);
    for one in all {
        sum += length(&one);
        if !told.is_empty() && (sum > bytes || told.len() >= most) {
            return (told, true);
        }
        told.push(one);
    }
    (told, false)
}
