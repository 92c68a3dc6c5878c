//! Connections that break, and garbage.

use super::*;

#[test]
fn clients_that_leave_in_the_middle_of_a_frame_leave_nothing_behind() {
    const EACH: usize = 50;
    let _alone = alone();
    let child = Child::start("");
    let mut driver = Client::open(child.address);
    let whole = frame(BINARY, &[b'x'; 1000]);
    let fragment = [frame(0x02, b"the first of two"), frame(PING, b"")].concat();
    let table: [(&str, &[u8]); 4] = [
        ("in a header", &whole[..3]),
        ("in a masking key", &whole[..6]),
        ("in a payload", &whole[..500]),
        ("between two fragments", &fragment),
    ];
    for (place, bytes) in table {
        for _ in 0..EACH {
            let mut client = Client::open(child.address);
            client.stream.write_all(bytes).expect("the server listens");
            client.stream.shutdown(Shutdown::Write).expect("TCP is there");
            let answer = client.read_to_end().expect("a FIN, not a reset");
            assert!(!answer.contains(&CLOSE), "who has left {place} is told nothing: {answer:02x?}");

            // The same with a reset, which is what dropping a stream with unread input sends.
            let mut client = Client::open(child.address);
            client.send(TEXT, b"send 100");
            client.stream.peek(&mut [0]).expect("there is something to read");
            client.stream.write_all(bytes).expect("the server listens");
        }
    }
    let status = driver.wait_for("all are gone", |status| status.get("connections") == 1);
    let left = (2 * EACH * table.len()) as u64;
    assert_eq!((status.get("lost"), status.get("failed"), status.get("closed")), (left, 0, 0));
    println!("figure: {left} clients left in the middle of a frame, by FIN and by reset: all known as lost");
}

#[test]
fn garbage_after_the_handshake_fails_the_connection_cleanly() {
    let _alone = alone();
    let child = Child::start("");
    let (mut driver, mut random) = (Client::open(child.address), Random::new());
    let mut failed = 0;
    for round in 0..500 {
        let garbage = if round % 2 == 0 { random.bytes(2000) } else { random.frames() };
        let mut client = Client::open(child.address);
        random.send_in_pieces(&mut client.stream, &garbage);
        client.stream.shutdown(Shutdown::Write).expect("TCP is there");
        let answer = client.read_to_end().expect("a FIN, not a reset");
        let last = frames_of(&answer).pop();
        failed += usize::from(last.and_then(|last| close_code(&last)).is_some_and(is_fault));
    }
    let status = driver.wait_for("all are gone", |status| status.get("connections") == 1);
    println!(
        "figure: garbage 500 times (seed {}): {failed} connections failed with a code, the others ended within a frame",
        random.seed
    );
    assert_eq!(status.get("failed"), failed as u64, "who fails is told so (section 7.1.7)");
    assert!(failed > 250, "this was not garbage");
}

/// The frames that the server sent, each of a kind that it may send, and Close only as the last (RFC 6455 section
/// 5.5.1).
fn frames_of(mut bytes: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut frames = Vec::new();
    while let [first, length, rest @ ..] = bytes {
        let (length, rest) = match (length, rest) {
            (0..126, rest) => (usize::from(*length), rest),
            (126, [a, b, rest @ ..]) => (usize::from(u16::from_be_bytes([*a, *b])), rest),
            _ => panic!("no frame of a server's: {bytes:02x?}"),
        };
        assert!(matches!(*first, TEXT | BINARY | PONG | CLOSE), "{bytes:02x?}");
        assert!(*first != CLOSE || rest.len() == length, "something follows a Close: {bytes:02x?}");
        frames.push((*first, rest[..length].to_vec()));
        bytes = &rest[length..];
    }
    assert!(bytes.is_empty(), "the last frame is not whole: {bytes:02x?}");
    frames
}

/// Does the server say with this code that the peer is at fault?
fn is_fault(code: u16) -> bool {
    matches!(code, 1002 | 1007 | 1008 | 1009)
}

#[test]
fn garbage_instead_of_a_request_is_refused_or_waited_for() {
    let _alone = alone();
    let child = Child::start("");
    let (mut driver, mut random) = (Client::open(child.address), Random::new());
    let mut refused = 0;
    for round in 0..500 {
        let garbage = if round % 4 == 0 { random.bytes(2000) } else { random.spoil(REQUEST) };
        let mut stream = connect(child.address);
        random.send_in_pieces(&mut stream, &garbage);
        stream.shutdown(Shutdown::Write).expect("TCP is there");
        let answer = Client { stream }.read_to_end().expect("a FIN, not a reset");
        refused += usize::from(answer.starts_with(b"HTTP/1.1 4") || answer.starts_with(b"HTTP/1.1 5"));
        let answers = answer.windows(9).filter(|word| word == b"HTTP/1.1 ").count();
        let is_clean = answer.is_empty() || answer.starts_with(b"HTTP/1.1 ") && answers == 1;
        assert!(is_clean, "{} got {}", garbage.escape_ascii(), answer.escape_ascii());
    }
    let status = driver.wait_for("all are gone", |status| status.get("connections") == 1);
    println!(
        "figure: garbage instead of a request 500 times (seed {}): {refused} refused in HTTP",
        random.seed
    );
    assert_eq!(status.get("refused"), refused as u64);
    assert!(refused > 250, "this was not garbage");
}
