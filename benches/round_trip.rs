//! What `Config::spin` brings: the round trip of a lone message over loopback, without it and with it. Needs two idle
//! cores: `cargo bench --bench round_trip`.

use std::time::Duration;

use divan::Bencher;
use pollcat::{Config, handler_fn};

use pollcat_testing::client::{Client, TEXT};
use pollcat_testing::running::Running;

fn main() {
    divan::main();
}

#[divan::bench(args = [0, 100])]
fn twenty_bytes_with_a_spin_of_microseconds(bencher: Bencher<'_, '_>, microseconds: u64) {
    let echo = handler_fn(|peers, from, message| {
        peers.send(from, message);
    });
    let server = Running::start(Config::new().spin(Duration::from_micros(microseconds)), echo);
    let mut client = Client::connect(server.address());
    bencher.bench_local(|| {
        client.send(TEXT, b"the quick brown fox ");
        client.frame()
    });
    client.close(1000);
}
