//! Requests that come one byte at a time, or go on when they have been refused.

use super::*;

/// As many connections as the system certainly keeps until they are accepted. One more may have to knock again, a
/// second later.
const BACKLOG: usize = 100;

/// Beginnings of requests. They go on with one `a` after the other, and are never complete.
const DRIPPED: [&str; 4] = [
    "GET / HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n",
    "\r\nGET /a/path/that/takes/its/time/to/arrive HTTP/1.1\r\n",
    "GET / HTTP/1.1\r\nX: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "OPTIONSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSS",
];

#[test]
fn requests_that_drip_in_are_cut_with_408_at_the_deadline_and_delay_nobody() {
    let _alone = alone();
    let child = Child::start("handshake_within=2000 close_within=60000");
    let count = room_for(1000);
    let mut driver = Client::open(child.address);
    let quiet = Talker::alone(child.address);
    let talker = Talker::start(child.address);
    let begun = Instant::now();
    let mut dripping = Vec::new();
    while dripping.len() < count {
        let batch = BACKLOG.min(count - dripping.len());
        dripping.extend((0..batch).map(|_| connect(child.address)));
        driver.wait_for("they are accepted", |status| {
            status.get("accepted") == (3 + dripping.len()) as u64 // the driver and the two talkers
        });
    }
    let connected = begun.elapsed();
    let cut = drip_until_cut(&mut dripping, &mut driver, begun);
    let busy = talker.stop();
    println!(
        "figure: {count} dripping requests (connected within {connected:.1?}, 2 s allowed): all cut after {cut:.1?}"
    );
    println!("figure: a well-behaved client, alone: {quiet}");
    println!("figure: the same beside {count} dripping requests: {busy}");
    assert!(busy.longest() < DISTURBANCE);
    for mut stream in dripping {
        stream.write_all(b"a").expect("whoever was cut may go on talking");
        let answer = Client { stream }.read_to_end().expect("a FIN, not a reset");
        assert!(answer.starts_with(b"HTTP/1.1 408 "), "{}", answer.escape_ascii());
    }
    let status = driver.wait_for("all are gone", |status| status.get("connections") == 1);
    assert_eq!(status.get("opened"), 3);
}

/// A byte of each request about every 100 ms, until all are cut; returns when that was.
fn drip_until_cut(dripping: &mut [TcpStream], driver: &mut Client, begun: Instant) -> Duration {
    for round in 0..100 {
        for (stream, text) in dripping.iter_mut().zip(DRIPPED.iter().cycle()) {
            let byte = text.as_bytes().get(round).copied().unwrap_or(b'a');
            stream.write_all(&[byte]).expect("whoever was cut may go on talking");
        }
        let status = driver.status();
        if begun.elapsed() < Duration::from_millis(1800) {
            assert_eq!(status.get("refused"), 0, "not before the deadline");
        }
        if status.get("cut") == dripping.len() as u64 {
            return begun.elapsed();
        }
        thread::sleep(Duration::from_millis(100));
    }
    panic!("a byte now and then keeps a request alive: {:?}", driver.status());
}

/// One refusal is the last word. What a client sends after it is nobody's, even if it would make a good request;
/// once it stopped the server.
#[test]
fn a_refused_client_is_not_heard_again() {
    let _alone = alone();
    let child = Child::start("handshake_within=300");
    let mut driver = Client::open(child.address);
    let (start, rest) = REQUEST.split_at(30);
    let table: [(&[u8], &[u8]); 5] = [
        (b"POST / HTTP/1.1\r\nHost: a\r\n\r\n", REQUEST),
        (b"GET / HTTP/1.1\r\nHost: a\r\nno colon here\r\n\r\n", b"ab"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nno colon here\r\n\r\n", REQUEST),
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", REQUEST),
        (start, rest), // after 408
    ];
    for (refused, more) in table {
        let mut stream = connect(child.address);
        stream.write_all(refused).expect("the server listens");
        let mut status_line = [0; 12];
        stream.read_exact(&mut status_line).expect("the server refuses");
        assert!(status_line.starts_with(b"HTTP/1.1 4"), "{}", status_line.escape_ascii());
        stream.write_all(more).expect("the server still listens");
        stream.shutdown(Shutdown::Write).expect("TCP is still there");
        let rest = Client { stream }.read_to_end().expect("a FIN, not a reset");
        assert!(!rest.windows(9).any(|word| word == b"HTTP/1.1 "), "{}", rest.escape_ascii());
    }
    let status = driver.wait_for("all are gone", |status| status.get("connections") == 1);
    assert_eq!((status.get("opened"), status.get("refused")), (1, 5));
}
