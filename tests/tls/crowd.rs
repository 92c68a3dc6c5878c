//! A thousand handshakes at once, and somebody who talks meanwhile.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use pollcat::Config;

use crate::authority::{VERSIONS, dial};
use crate::{Host, assert_echo};

const CROWD: usize = 1000;

#[test]
fn a_thousand_handshakes_at_once_do_not_stall_who_talks() {
    let host = Host::start(Config::new().handshake_within(Duration::from_secs(120)));
    let mut talker = host.connect();
    let config = std::sync::Arc::new(host.authority.client(&VERSIONS));
    // All say hello before anybody reads an answer.
    let mut crowd: Vec<_> = (0..CROWD)
        .map(|_| {
            let mut stream = dial(host.address, std::sync::Arc::clone(&config), "localhost");
            let mut hello = Vec::new();
            stream.conn.write_tls(&mut hello).expect("a vector takes all");
            (stream, hello)
        })
        .collect();
    let mut sockets: Vec<(TcpStream, Vec<u8>)> = crowd
        .iter_mut()
        .map(|(stream, hello)| {
            (stream.sock.try_clone().expect("a stream can be shared"), std::mem::take(hello))
        })
        .collect();
    let before = host.running.counters().bytes_in;
    for (socket, hello) in &mut sockets {
        socket.write_all(hello).expect("the server takes it");
    }
    let (mut echoes, mut slowest) = (0, Duration::ZERO);
    let started = Instant::now();
    let storm = std::thread::spawn(move || {
        for (stream, _) in &mut crowd {
            while stream.conn.is_handshaking() {
                stream.conn.complete_io(&mut stream.sock).expect("every handshake succeeds");
            }
        }
        crowd
    });
    while !storm.is_finished() {
        let sent = Instant::now();
        assert_echo(&mut talker, "still there?");
        slowest = slowest.max(sent.elapsed());
        echoes += 1;
    }
    let crowd = storm.join().expect("all are through");
    println!(
        "{CROWD} handshakes in {:?}; meanwhile {echoes} echoes, the slowest in {slowest:?}",
        started.elapsed()
    );
    host.running.wait_until("all are counted", |counters| counters.tls_handshakes == CROWD as u64 + 1);
    assert_eq!((crowd.len(), host.running.counters().tls_failed), (CROWD, 0));
    assert!(host.running.counters().bytes_in > before);
    // One after the other they would have had to wait for all: it had many turns in between.
    assert!(echoes > CROWD / 100, "{echoes} echoes only");
}
