//! Frames that are legal and a nuisance.

use super::*;

#[test]
fn every_ping_of_a_flood_is_answered_while_its_sender_reads() {
    const PINGS: u32 = 100_000;
    let _alone = alone();
    let child = Child::start("");
    let (mut flooder, talker) = (Client::open(child.address), Talker::start(child.address));
    let mut writing = flooder.stream.try_clone().expect("there are descriptors");
    let begun = Instant::now();
    let writer = thread::spawn(move || {
        for number in 0..PINGS {
            writing.write_all(&frame(PING, &number.to_be_bytes())).expect("the server listens");
        }
    });
    for number in 0..PINGS {
        assert_eq!(flooder.receive_any(), (PONG, number.to_be_bytes().to_vec()));
    }
    writer.join().expect("all are sent");
    let (lasted, busy) = (begun.elapsed(), talker.stop());
    println!("figure: {PINGS} pings answered in {lasted:.1?}; a well-behaved client meanwhile: {busy}");
    assert!(busy.longest() < DISTURBANCE);
}

#[test]
fn a_ping_flood_that_does_not_read_its_pongs_is_not_read_either() {
    const FLOODERS: usize = 20;
    // More than any buffers hold. It is poured out only if the server reads it.
    const FLOOD: usize = 256 << 20;
    let _alone = alone();
    let child = Child::start("ping_after=600000");
    let mut driver = Client::open(child.address);
    let mut flooders: Vec<Client> = (0..FLOODERS).map(|_| Client::open(child.address)).collect();
    let (before, talker) = (child.memory(), Talker::start(child.address));
    let pings = frame(PING, &[b'p'; 125]).repeat(1000);
    let taken = thread::scope(|scope| {
        let pour = |flooder: &mut Client| pour(&mut flooder.stream, &pings, FLOOD);
        let pouring: Vec<_> = flooders.iter_mut().map(|flooder| scope.spawn(move || pour(flooder))).collect();
        let taken = pouring.into_iter().map(|flood| flood.join().expect("a flood ends"));
        taken.collect::<Vec<usize>>()
    });
    let (growth, busy) = (child.memory().saturating_sub(before), talker.stop());
    let most = taken.into_iter().max().unwrap_or(0);
    println!(
        "figure: {FLOODERS} ping floods that do not read: no more than {:.1} MiB taken from each, the memory grew by {:.1} MiB",
        mib(most as u64),
        mib(growth)
    );
    println!("figure: a well-behaved client meanwhile: {busy}");
    assert!(most < FLOOD, "the server would read for ever");
    // At worst a send queue and what one turn reads.
    assert!(growth <= FLOODERS as u64 * 2 * MIB);
    assert!(busy.longest() < DISTURBANCE);
    drop(flooders);
    driver.wait_for("the flooders are gone", |status| status.get("connections") == 1);
}

/// Writes until no more is taken for a while, or it is enough; returns how many bytes were taken.
fn pour(stream: &mut TcpStream, bytes: &[u8], enough: usize) -> usize {
    stream.set_write_timeout(Some(Duration::from_secs(1))).expect("it is not zero");
    let mut taken = 0;
    while taken < enough {
        match stream.write(&bytes[taken % bytes.len()..]) {
            Ok(length) => taken += length,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => break,
            Err(error) => panic!("the server has hung up: {error}"),
        }
    }
    taken
}

#[test]
fn a_million_empty_fragments_end_with_1008_at_the_limit() {
    const FRAGMENTS: usize = 1_000_000;
    const LIMIT: usize = 16_384; // of frames in one message, by default
    let _alone = alone();
    let child = Child::start("");
    let mut driver = Client::open(child.address);
    let (empty, last) = (frame(0x00, b""), frame(0x80, b""));

    // As many as are allowed, the first and the last among them.
    let mut allowed = Client::open(child.address);
    let message = [frame(0x02, b""), empty.repeat(LIMIT - 2), last].concat();
    allowed.stream.write_all(&message).expect("the server listens");
    assert_eq!(allowed.receive(), (BINARY, vec![]));

    let before = child.memory();
    let mut client = Client::open(child.address);
    client.stream.write_all(&frame(0x02, b"")).expect("the server listens");
    client.stream.write_all(&empty.repeat(FRAGMENTS)).expect("what follows a fault is read, and thrown away");
    assert_eq!(close_code(&client.receive_any()), Some(1008));
    assert_eq!(client.read_to_end().expect("a FIN, not a reset"), b"");
    let status = driver.wait_for("it is gone", |status| status.get("connections") == 2);
    let growth = child.memory().saturating_sub(before);
    println!("figure: {FRAGMENTS} empty fragments: 1008, the memory grew by {:.1} MiB", mib(growth));
    assert_eq!(status.get("failed"), 1);
    assert!(growth < 8 * MIB);
}

#[test]
fn a_length_that_is_only_claimed_takes_no_memory() {
    const CLIENTS: usize = 200;
    const SENT: usize = 1000;
    let _alone = alone();
    let child = Child::start("");
    let mut driver = Client::open(child.address);
    let mut clients: Vec<Client> = (0..CLIENTS).map(|_| Client::open(child.address)).collect();
    let (before, heard) = (child.memory(), driver.status().get("bytes_in"));
    // The longest message there may be: its header, and the beginning of its payload.
    let message = frame(BINARY, &vec![b'x'; MIB as usize]);
    let (claim, rest) = message.split_at(SENT);
    for client in &mut clients {
        client.stream.write_all(claim).expect("the server listens");
    }
    driver
        .wait_for("the claims are read", |status| status.get("bytes_in") >= heard + (CLIENTS * SENT) as u64);
    let growth = child.memory().saturating_sub(before);
    println!(
        "figure: {CLIENTS} clients claim 1 MiB each and send {SENT} bytes: the memory grew by {:.1} MiB",
        mib(growth)
    );
    assert!(growth < CLIENTS as u64 * MIB / 10);
    // The claim was taken seriously all the same.
    clients[0].stream.write_all(rest).expect("the server listens");
    assert_eq!(clients[0].receive(), (BINARY, vec![b'x'; MIB as usize]));
}
