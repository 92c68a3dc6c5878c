//! Bodies of requests: whole, in pieces, and as a slow decoder reads them that shares no code with the server's.

#![no_main]

mod input;

use input::{Input, pick};
use libfuzzer_sys::fuzz_target;
use pollcat_testing::bodies::{Announced, compare};

/// With the last of these a length may claim all the memory there is (see README.md: `-malloc_limit_mb`).
const LIMITS: [usize; 6] = [100, 0, 1, 10, 1000, usize::MAX];
const ANNOUNCED: [Announced; 6] = [
    Announced::Chunked,
    Announced::Length(0),
    Announced::Length(1),
    Announced::Length(20),
    Announced::Length(100),
    Announced::Length(usize::MAX),
];

fuzz_target!(|data: &[u8]| {
    let Some(input) = Input::read(data) else { return };
    let [limit, announced] = input.limits;
    compare(pick(&ANNOUNCED, announced), pick(&LIMITS, limit), input.bytes, input.pieces());
});
