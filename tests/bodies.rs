//! Bodies of requests: the same comes of them whole, cut anyhow, and in the eyes of a slow decoder that shares no code
//! with the server's (`fuzz/body.rs` does the same with what a fuzzer makes up).

use pollcat_testing::bodies::{Announced, Outcome, any_chunked, compare, read, read_slowly};
use pollcat_testing::dice::Dice;

const SEEDS: u64 = 20_000;

/// Pieces of any lengths.
fn pieces<'a>(mut bytes: &'a [u8], dice: &mut Dice) -> Vec<&'a [u8]> {
    let longest = dice.choose(&[1, 2, 7, 400]);
    let mut pieces = Vec::new();
    while !bytes.is_empty() {
        let (piece, rest) = bytes.split_at((1 + dice.below(longest)).min(bytes.len()));
        pieces.push(piece);
        bytes = rest;
    }
    pieces
}

#[test]
fn a_chunked_body_is_the_same_however_it_is_cut_and_whoever_reads_it() {
    let (mut read_whole, mut refused, mut waiting) = (0, 0, 0);
    for seed in 0..SEEDS {
        let mut dice = Dice::new(seed);
        let bytes = any_chunked(&mut dice);
        let limit = dice.choose(&[0, 1, 10, 100, 10_000]);
        compare(Announced::Chunked, limit, &bytes, pieces(&bytes, &mut dice).into_iter());
        match read_slowly(Announced::Chunked, limit, &bytes) {
            Outcome::Body { .. } => read_whole += 1,
            Outcome::Refused(_) => refused += 1,
            Outcome::Waiting => waiting += 1,
        }
    }
    // Chance leaves nothing out.
    assert!(read_whole > 1000 && refused > 1000 && waiting > 100, "{read_whole} {refused} {waiting}");
}

#[test]
fn a_body_of_a_known_length_is_the_same_however_it_is_cut() {
    for seed in 0..SEEDS {
        let mut dice = Dice::new(seed);
        let bytes: Vec<u8> = (0..dice.below(600)).map(|_| dice.below(256) as u8).collect();
        let (length, limit) = (dice.below(600), dice.below(600));
        compare(Announced::Length(length), limit, &bytes, pieces(&bytes, &mut dice).into_iter());
    }
}

/// Not a test of the server's: how strict the slow decoder is.
#[test]
fn the_slow_decoder_knows_the_examples_of_the_rfc() {
    let bytes = b"4\r\nWiki\r\n7;a=\"b\"\r\npedia i\r\nB\r\nn \r\nchunks.\r\n0\r\nExpires: never\r\n\r\nGET";
    let read_by = [
        read_slowly(Announced::Chunked, 100, bytes),
        read(Announced::Chunked, 100, [&bytes[..]].into_iter()),
    ];
    let body = b"Wikipedia in \r\nchunks.".to_vec();
    for outcome in read_by {
        assert_eq!(outcome, Outcome::Body { body: body.clone(), rest: b"GET".to_vec() });
    }
    for bad in ["x", "5 \r\n", "1\r\naa\r\n", "0\r\nHost: h\r\n\r\n", "1;a=\r\n", "\r\n"] {
        assert_eq!(read_slowly(Announced::Chunked, 100, bad.as_bytes()), Outcome::Refused(400), "{bad:?}");
    }
}
