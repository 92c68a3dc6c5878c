//! What one sync of this machine's disk takes: what one entry at a time can never be faster than.

use std::fs::File;
use std::io::Write;
use std::time::{Duration, Instant};

use pollcat_chat_testing::acks::Waits;
use pollcat_testing::scratch::Scratch;

use crate::Wanted;

const TIMES: usize = 300;

pub(crate) fn measure(_: &Wanted) {
    println!("\nThe disk: so many bytes are appended to a file, and it is synced (fdatasync)\n");
    let folder = Scratch::new("disk");
    for bytes in [512_usize, 4096, 65_536] {
        let mut file = File::create(folder.file(&bytes.to_string())).expect("a file can be made");
        let block = vec![7; bytes];
        let waits: Waits = (0..TIMES).map(|_| sync(&mut file, &block)).collect();
        let [half, most] = [0.5, 0.99].map(|share| waits.at(share).as_micros());
        println!("{bytes:6} bytes: p50 {half} µs, p99 {most} µs");
    }
}

fn sync(file: &mut File, block: &[u8]) -> Duration {
    let begun = Instant::now();
    file.write_all(block).expect("it can be written");
    file.sync_data().expect("it can be synced");
    begun.elapsed()
}
