//! What a test without a port costs: `cargo bench --features testing --bench testing`.

use std::time::Duration;

use divan::{Bencher, black_box};
use pollcat::testing::Bench;
use pollcat::{Handler, Message, PeerId, Peers, Request};

fn main() {
    divan::main();
}

struct Lobby;

impl Handler for Lobby {
    fn on_open(&mut self, peers: &mut Peers, id: PeerId, _: &Request<'_>) {
        peers.send(id, "welcome");
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        peers.broadcast_from(from, message);
    }
}

#[divan::bench]
fn a_test_with_two_peers_a_message_and_thirty_seconds() {
    let mut bench = Bench::new(Lobby);
    let (anna, ben) = (bench.open("/"), bench.open("/"));
    bench.say(anna, "hi");
    assert_eq!(bench.heard(ben), ["welcome", "hi"]);
    bench.pass(Duration::from_secs(30));
    assert_eq!(bench.pings(anna).len(), 1);
}

#[divan::bench]
fn a_bench_alone() -> Bench<Lobby> {
    Bench::new(Lobby)
}

#[divan::bench]
fn a_peer_is_opened_and_leaves(bencher: Bencher<'_, '_>) {
    let mut bench = Bench::new(Lobby);
    bencher.bench_local(|| {
        let anna = bench.open("/");
        bench.leave(anna);
    });
}

#[divan::bench(args = [2, 1_000])]
fn a_message_to_all_others(bencher: Bencher<'_, '_>, peers: usize) {
    let mut bench = Bench::new(Lobby);
    let peers: Vec<PeerId> = (0..peers).map(|_| bench.open("/")).collect();
    bencher.bench_local(|| {
        bench.say(peers[0], black_box("the quick brown fox "));
        peers[1..].iter().for_each(|&id| drop(black_box(bench.heard(id))));
    });
}
