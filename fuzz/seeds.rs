//! Turns fixtures/ into the corpora that the fuzzer starts from.

use std::fs;
use std::io;
use std::path::Path;

use pollcat_testing::fixtures::fixtures;
use pollcat_testing::requests;
use pollcat_testing::transcript::{self, Case, Line};

/// Longer ones are cut off: `-max_len` would cut them anyway, and a begun frame is as good a seed.
const MAX_BYTES: usize = 2000;

/// What input.rs reads first: the limits that fixtures have by default, and lengths of pieces (all in one,
/// byte by byte, all sorts).
const PREFIXES: [&[u8]; 3] = [&[0; 8], &[0, 0, 1, 1, 1, 1, 1, 1], &[0, 0, 3, 1, 14, 2, 60, 5]];

fn main() -> io::Result<()> {
    let transcripts = fixtures("fixtures", "hex");
    let transcripts = transcripts.iter().flat_map(|(file, text)| transcript::read(file, text).unwrap());
    let cases: Vec<Case> = transcripts.collect();
    write("receive", cases.iter().map(sent))?;
    write("compress", cases.iter().map(sent))?;
    write("inflate", cases.iter().filter(|case| case.deflate.is_some()).map(sent))?;
    let offers = include_str!("../fixtures/7692-offers.txt").lines();
    write(
        "extensions",
        offers.filter_map(|line| line.strip_prefix("< ")).map(|offer| offer.as_bytes().to_vec()),
    )?;
    let requests = fixtures("fixtures/handshake", "http");
    let requests = requests.iter().flat_map(|(file, text)| requests::read(file, text).unwrap());
    let requests: Vec<Vec<u8>> = requests.map(|case| case.bytes).collect();
    let ends = |bytes: &[u8]| bytes.windows(4).position(|end| end == b"\r\n\r\n");
    write("body", requests.iter().filter_map(|bytes| Some(bytes[ends(bytes)? + 4..].to_vec())))?;
    write("request", requests.into_iter())
}

/// What the client sends in a conversation.
fn sent(case: &Case) -> Vec<u8> {
    let lines = case.story.0.iter();
    lines.flat_map(|line| if let Line::Client(bytes) = line { &bytes[..] } else { &[] }).copied().collect()
}

fn write(target: &str, streams: impl Iterator<Item = Vec<u8>>) -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    fs::create_dir_all(&folder)?;
    let mut count = 0;
    for (number, stream) in streams.enumerate() {
        for (kind, prefix) in PREFIXES.iter().enumerate() {
            let sent = &stream[..stream.len().min(MAX_BYTES)];
            fs::write(folder.join(format!("fixture-{number}-{kind}")), [prefix, sent].concat())?;
            count += 1;
        }
    }
    println!("{}: {count} seeds", folder.display());
    Ok(())
}
