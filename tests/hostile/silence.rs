//! Peers that fall silent.

use super::*;

/// The cable was pulled: nothing comes, and TCP does not say so. With the defaults this takes 20 s and 10 s.
#[test]
fn a_half_open_peer_is_given_up_after_a_ping_and_the_time_for_a_pong() {
    let _alone = alone();
    let child = Child::start("ping_after=500 pong_within=3000 max_send_queue=33554432");
    let mut driver = Client::open(child.address);
    let mut alive = Client::open(child.address);
    // The one has nothing to read and would have room for a Ping; the other's has been full for long.
    for (name, to_be_read) in [("idle", 0), ("with a full socket", 16 * MIB)] {
        let mut silent = Client::open(child.address);
        if to_be_read > 0 {
            silent.send(TEXT, format!("send {to_be_read}").as_bytes());
        }
        let begun = Instant::now();
        let given_up = driver.status().get("timed_out") + 1;
        while driver.status().get("timed_out") < given_up {
            // Whoever says nothing but Pong lives.
            let (first, payload) = alive.receive_any();
            assert_eq!(first, PING);
            alive.send(PONG, &payload);
            assert!(begun.elapsed() < PATIENCE, "a silent peer that is {name} stays for ever");
        }
        let silence = begun.elapsed();
        println!(
            "figure: a half-open peer, {name}: given up after {silence:.1?} (0.5 s to the Ping, 3 s for the Pong)"
        );
        assert!(silence >= Duration::from_millis(3_400), "it was given no time: {silence:?}");
        driver.wait_for("its descriptor is free", |status| status.get("connections") == 2);
        drop(silent);
    }
    let lived = alive.ask("status");
    assert!(lived.contains("timed_out=2 "), "{lived}");
}

/// Its Ping waits behind what it has not read yet, and its Pongs are not read before that: what it reads must
/// count as a sign of life, or it would be cut off in the middle of a long download.
#[test]
fn a_peer_that_reads_slowly_but_steadily_is_not_given_up() {
    const DOWNLOAD: usize = 40 << 20;
    let _alone = alone();
    let child = Child::start("ping_after=500 pong_within=1500 max_send_queue=67108864");
    let mut reader = Client::open(child.address);
    reader.send(TEXT, format!("send {DOWNLOAD}").as_bytes());
    let (begun, mut read, mut piece) = (Instant::now(), 0, vec![0; 128 << 10]);
    while read < DOWNLOAD {
        let length = reader.stream.read(&mut piece).expect("the server goes on writing");
        assert!(length > 0, "given up after {:.1?} and {read} bytes", begun.elapsed());
        read += length;
        thread::sleep(Duration::from_millis(20));
    }
    println!(
        "figure: a slow reader got {:.0} MiB in {:.1?}; 2 s of silence would end it",
        mib(read as u64),
        begun.elapsed()
    );
}
