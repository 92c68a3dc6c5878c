//! What every suite of fixtures needs: the files, the notation for bytes, and the ways to cut a stream.

use std::{fmt, fs, path::Path};

/// The files in a folder of the repository (`"fixtures"`) whose names end in `.extension`, in the order of their
/// names: the path to show in a failure, and the text.
pub fn fixtures(folder: &str, extension: &str) -> Vec<(String, String)> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let entries = fs::read_dir(root.join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("the folder can be read to its end").path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
            (path.strip_prefix(root).unwrap_or(&path).display().to_string(), text)
        })
        .collect();
    files.sort();
    files
}

/// Reads bytes: pairs of hex digits, spaces as one likes, and `61*300` for a byte that comes 300 times.
pub fn parse_bytes(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    for token in text.split_whitespace() {
        let parsed = match token.split_once('*') {
            None => parse_pairs(token),
            Some((byte, times)) => parse_pairs(byte)
                .filter(|byte| byte.len() == 1)
                .and_then(|byte| Some(byte.repeat(times.parse().ok()?))),
        };
        bytes.extend(parsed.ok_or_else(|| format!("`{token}` is neither hex bytes nor a byte*times"))?);
    }
    Ok(bytes)
}

fn parse_pairs(digits: &str) -> Option<Vec<u8>> {
    let digits = digits.chars().map(|digit| digit.to_digit(16)).collect::<Option<Vec<u32>>>()?;
    let (pairs, []) = digits.as_chunks::<2>() else {
        return None;
    };
    Some(pairs.iter().map(|&[high, low]| (high << 4 | low) as u8).collect())
}

/// How a stream of bytes is cut on its way. TCP keeps their order and nothing else, so no cut may matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    Whole,
    ByteByByte,
    /// In two, after so many bytes.
    After(usize),
}

impl Cut {
    /// All the ways to cut a stream whose lines end at these offsets (the last of them at its own end): at
    /// every offset. Over 4,096 bytes that would take minutes, so there it is around the ends of the lines
    /// only, as wide as a frame header (14 bytes) and a little of the payload.
    pub fn every(line_ends: &[usize]) -> Vec<Cut> {
        let length = line_ends.last().copied().unwrap_or(0);
        let worth_it = |offset: &usize| {
            let near = |&end: &usize| (end.saturating_sub(4)..=end + 18).contains(offset);
            length <= 4096 || near(&0) || line_ends.iter().any(near)
        };
        let offsets = (1..length).filter(worth_it).map(Cut::After);
        [Cut::Whole, Cut::ByteByByte].into_iter().chain(offsets).collect()
    }

    /// The pieces of `bytes`, which are the part of the stream that begins at `start`. A piece may be empty.
    pub fn pieces(self, start: usize, bytes: &[u8]) -> Vec<&[u8]> {
        match self {
            Cut::Whole => vec![bytes],
            Cut::ByteByByte => bytes.chunks(1).collect(),
            Cut::After(offset) => {
                let (head, tail) = bytes.split_at(offset.saturating_sub(start).min(bytes.len()));
                vec![head, tail]
            }
        }
    }
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cut::Whole => f.write_str("played whole"),
            Cut::ByteByByte => f.write_str("played byte by byte"),
            Cut::After(offset) => write!(f, "cut in two after byte {offset}"),
        }
    }
}
