//! Clients that mean no good, or have come to grief: what they cost, and what the others notice of it. Each test has a
//! server in a process of its own, prints what it measured, and asserts limits that follow from the server's
//! settings, or that are far from what it measured.
//!
//! The figures come from /proc, so these tests are for Linux.

#![cfg(target_os = "linux")]

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use hostile_child::Child;
use hostile_client::{
    BINARY, CLOSE, Client, PATIENCE, PING, PONG, REQUEST, RoundTrips, TEXT, Talker, connect, frame,
};

#[path = "support/hostile_child.rs"]
mod hostile_child;
#[path = "support/hostile_client.rs"]
mod hostile_client;

const MIB: u64 = 1 << 20;

/// What a well-behaved client may at worst notice, on a machine as busy as it likes. A server that waits for a
/// hostile one would be held up for longer, or for good.
const DISTURBANCE: Duration = Duration::from_secs(10);

#[test]
#[ignore = "the server that the other tests start for themselves"]
fn a_server_in_a_process_of_its_own() {
    hostile_child::serve_if_asked();
}

// ---- clients that never read

const STALLED: usize = 300;
const QUEUE: u64 = MIB;
const PUBLISHED: u64 = 16 << 10;

#[test]
fn stalled_clients_cost_their_queues_at_most_and_disturb_nobody() {
    let _alone = alone();
    let child = Child::start("slow_peers=skip max_send_queue=1048576 ping_after=600000");
    let (mut driver, _stalled) = (Client::open(child.address), stall(&child, STALLED));
    let quiet = Talker::alone(child.address);
    let before = child.memory();
    let talker = Talker::start(child.address);
    // A 64th of the limit is for keeping what waits.
    let is_full = |queued: u64| queued + PUBLISHED > QUEUE - QUEUE / 64;
    publish_until(&mut driver, "all queues are full", |status| is_full(status.get("queued_least")));
    publish(&mut driver, 500); // to nobody
    let status = driver.status();
    let busy = talker.stop();
    let growth = child.memory().saturating_sub(before);

    println!(
        "figure: {STALLED} stalled clients, queues of {} to {} bytes (limit {QUEUE}): the memory grew by {:.1} MiB",
        status.get("queued_least"),
        status.get("queued_most"),
        mib(growth)
    );
    println!("figure: a well-behaved client, alone: {quiet}");
    println!("figure: the same beside {STALLED} stalled clients and what is published to them: {busy}");
    assert!(is_full(status.get("queued_least")) && status.get("queued_most") <= QUEUE);
    assert!(status.get("queue_full") >= 500 * STALLED as u64, "messages are left out for them");
    assert!(growth <= most_for_stalled());
    assert!(busy.longest() < DISTURBANCE);
    assert_eq!(status.get("listeners"), STALLED as u64, "being slow is no crime under this policy");
}

/// The C library's allocator does not always return memory to the system; that it is free shows when it is used again.
#[test]
fn stalled_clients_are_closed_as_too_slow_and_give_their_memory_back() {
    let _alone = alone();
    let child = Child::start("slow_peers=close max_send_queue=1048576 ping_after=600000 close_within=500");
    let mut driver = Client::open(child.address);
    let (before, talker) = (child.memory(), Talker::start(child.address));
    let peaks = [1, 2].map(|round| {
        let stalled = stall(&child, STALLED);
        let mut most = 0;
        publish_until(&mut driver, "all are too slow", |status| {
            most = most.max(child.memory().saturating_sub(before));
            status.get("too_slow") == round * STALLED as u64
        });
        // The driver and the talker stay.
        driver.wait_for("the stalled are gone", |status| status.get("connections") == 2);
        drop(stalled);
        most
    });
    let (left, busy) = (child.memory().saturating_sub(before), talker.stop());

    let [first, second] = peaks.map(mib);
    println!("figure: {STALLED} stalled clients closed as too slow: memory up by {first:.1} MiB at most");
    println!(
        "figure: {STALLED} more of them afterwards: {second:.1} MiB at most, {:.1} MiB in the end",
        mib(left)
    );
    println!("figure: a well-behaved client meanwhile: {busy}");
    assert!(peaks[0] <= most_for_stalled() && peaks[1] <= most_for_stalled());
    assert!(peaks[1] <= peaks[0] / 10 * 11, "the memory of the first is there for the second");
    assert!(busy.longest() < DISTURBANCE);
}

/// Full queues, with all that keeping them takes.
fn most_for_stalled() -> u64 {
    STALLED as u64 * QUEUE
}

/// Clients that subscribe, and never read a byte after that.
fn stall(child: &Child, count: usize) -> Vec<Client> {
    let listen = |_| {
        let mut client = Client::open(child.address);
        client.ask("listen");
        client
    };
    (0..count).map(listen).collect()
}

/// One message after the other, each with the next turn of the server's loop.
fn publish(driver: &mut Client, count: usize) {
    for _ in 0..count {
        driver.ask(&format!("publish {PUBLISHED}"));
    }
}

/// The system's buffers take some MiB for each of the clients, before the server's queues begin to fill.
fn publish_until(driver: &mut Client, what: &str, mut is_so: impl FnMut(&hostile_client::Status) -> bool) {
    const AT_MOST: u64 = 64 * MIB;
    for _ in 0..AT_MOST / PUBLISHED / 10 {
        publish(driver, 10);
        if is_so(&driver.status()) {
            return;
        }
    }
    panic!("{AT_MOST} bytes have been published, and it is not so that {what}: {:?}", driver.status());
}

// ---- requests, one byte at a time

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

// ---- peers that fall silent

/// The cable was pulled: nothing comes, and TCP does not say so. With the defaults this takes 20 s and 10 s.
#[test]
fn a_half_open_peer_is_given_up_after_a_ping_and_the_time_for_a_pong() {
    let _alone = alone();
    let child = Child::start("ping_after=500 pong_within=500 max_send_queue=33554432");
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
            "figure: a half-open peer, {name}: given up after {silence:.1?} (0.5 s to the Ping, 0.5 s for the Pong)"
        );
        assert!(silence >= Duration::from_millis(900), "it was given no time: {silence:?}");
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

// ---- no more descriptors

const DESCRIPTORS: usize = 200;
const QUEUED: usize = 20;

#[test]
fn running_out_of_descriptors_harms_nobody_and_passes() {
    let _alone = alone();
    let child = Child::start_with_descriptors(DESCRIPTORS, "max_connections=1000");
    let mut driver = Client::open(child.address);
    let mut spare = Client::open(child.address);
    driver.ask("open files");
    let most = child.descriptors();
    let queued: Vec<TcpStream> = (0..QUEUED).map(|_| ask_to_open(child.address)).collect();

    let (begun, used) = (Instant::now(), child.processor_time());
    let mut times = Vec::new();
    while begun.elapsed() < Duration::from_secs(2) {
        times.push(driver.round_trip(b"still there?"));
        thread::sleep(Duration::from_millis(50));
    }
    let (used, lasted) = (child.processor_time() - used, begun.elapsed());
    let share = used.as_secs_f64() / lasted.as_secs_f64() * 100.0;
    println!(
        "figure: without descriptors for {lasted:.1?}: {share:.1} % of a processor; those inside: {}",
        RoundTrips::new(times)
    );
    assert!(share < 5.0, "the server spins");
    assert_eq!(driver.status().get("opened"), 2, "nobody could be let in");

    // Somebody leaves, and the next one comes in, without being asked again.
    spare.send(CLOSE, &1000_u16.to_be_bytes());
    spare.receive();
    drop(spare);
    driver.wait_for("one more is let in", |status| status.get("opened") == 3);
    assert_eq!(child.descriptors(), most, "there is none left");

    driver.ask("close files");
    let begun = Instant::now();
    let mut queued: Vec<Client> = queued.into_iter().map(Client::finish_opening).collect();
    let waited = begun.elapsed();
    println!("figure: {QUEUED} queued clients let in {waited:.1?} after there were descriptors again");
    assert!(waited < Duration::from_secs(2));
    for client in &mut queued {
        client.round_trip(b"at last");
    }
}

/// A connection that the system has accepted, whether the server has or not, and its opening handshake.
fn ask_to_open(address: SocketAddr) -> TcpStream {
    let mut stream = connect(address);
    stream.write_all(REQUEST).expect("the system takes it");
    stream
}

/// Those over the limit are let in to be told so in HTTP. As long as they ask for nothing, they must not take
/// the place of somebody who has left.
#[test]
fn idle_connections_over_the_limit_keep_no_free_place_from_others() {
    const ROOM: usize = 5;
    let _alone = alone();
    let child = Child::start(&format!("max_connections={ROOM}"));
    let mut inside: Vec<Client> = (0..ROOM).map(|_| Client::open(child.address)).collect();
    let _idle: Vec<TcpStream> = (0..20).map(|_| connect(child.address)).collect();
    let mut driver = inside.remove(0);
    driver.wait_for("the idle are let in", |status| status.get("connections") == ROOM as u64 + 20);
    drop(inside.pop());
    driver.wait_for("somebody has left", |status| status.get("connections") == ROOM as u64 + 19);
    Client::open(child.address).round_trip(b"there is room");
}

// ---- frames that are legal and a nuisance

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
    const FLOOD: usize = 32 << 20;
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

// ---- connections that break

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

/// The frames that the server sent, each of a kind that it may send, and Close only as the last (RFC 6455 section 5.5.1).
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

/// The code of a Close frame.
fn close_code((first, payload): &(u8, Vec<u8>)) -> Option<u16> {
    assert!(*first != CLOSE || payload.len() != 1);
    let (code, _) = payload.split_first_chunk().filter(|_| *first == CLOSE)?;
    Some(u16::from_be_bytes(*code))
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

// ---- a storm

#[test]
fn a_storm_of_connections_starves_nobody() {
    const THREADS: usize = 4;
    const EACH: usize = 1000;
    let _alone = alone();
    let child = Child::start("");
    let mut driver = Client::open(child.address);
    let quiet = Talker::alone(child.address);
    let (talker, begun) = (Talker::start(child.address), Instant::now());
    let address = child.address;
    let storm = || {
        for number in 0..EACH {
            match number % 4 {
                0 => drop(Client::open(address).round_trip(b"only a visit")),
                1 => drop(ask_to_open(address)),
                _ => drop(connect(address)),
            }
        }
    };
    thread::scope(|scope| (0..THREADS).for_each(|_| drop(scope.spawn(storm))));
    let lasted = begun.elapsed();
    // The system completes connections before the server sees them: those are still to come.
    let all = (THREADS * EACH + 3) as u64;
    let seen =
        |status: &hostile_client::Status| status.get("accepted") == all && status.get("connections") == 2;
    driver.wait_for("the storm is over", seen);
    let busy = talker.stop();
    println!("figure: {} connections in {lasted:.1?}, a quarter of them with a message", THREADS * EACH);
    println!("figure: a well-behaved client, alone: {quiet}");
    println!("figure: the same in the storm: {busy}");
    assert!(busy.longest() < DISTURBANCE);
}

// ---- what the tests share

/// One test at a time: they measure.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / MIB as f64
}

/// As many connections as wanted, or as this process has descriptors for; not fewer where all tests must count.
fn room_for(wanted: usize) -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").expect("Linux tells them");
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).expect("this one, too");
    let soft = line.split_whitespace().next().expect("the soft limit is first");
    let room = soft.parse().unwrap_or(usize::MAX).saturating_sub(100);
    if room < wanted {
        println!("ONLY {room} OF {wanted} CLIENTS: raise the descriptor limit with ulimit -n");
        assert!(std::env::var_os("CI").is_none(), "in CI the test is run whole");
    }
    wanted.min(room)
}

/// Numbers that differ from run to run, and can be had again (Marsaglia's xorshift).
struct Random {
    seed: u64,
    state: u64,
}

impl Random {
    /// The seed is in the environment, `POLLCAT_HOSTILE_SEED`, or taken from the clock; it is printed in any case.
    fn new() -> Self {
        let given = std::env::var("POLLCAT_HOSTILE_SEED").ok();
        let clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let seed =
            given.map_or(clock.as_nanos() as u64 | 1, |seed| seed.parse().expect("a seed is a number"));
        println!("seed: POLLCAT_HOSTILE_SEED={seed}");
        Random { seed, state: seed }
    }

    fn next(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 16) as usize % limit
    }

    fn bytes(&mut self, at_most: usize) -> Vec<u8> {
        (0..1 + self.below(at_most)).map(|_| self.next() as u8).collect()
    }

    /// Frames that are right, but for one byte here and there: these get further than plain noise.
    fn frames(&mut self) -> Vec<u8> {
        const FIRST: [u8; 8] = [0x01, 0x02, 0x80, TEXT, BINARY, PING, PONG, 0x00];
        let mut bytes = Vec::new();
        for _ in 0..1 + self.below(20) {
            let (first, payload) = (FIRST[self.below(FIRST.len())], self.bytes(125));
            bytes.extend(frame(first, &payload));
        }
        self.spoil(&bytes)
    }

    /// Up to four bytes changed, left out, or added.
    fn spoil(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..1 + self.below(4) {
            let (place, byte) = (self.below(bytes.len()), self.next() as u8);
            match self.below(3) {
                0 => bytes[place] = byte,
                1 => drop(bytes.remove(place)),
                _ => bytes.insert(place, byte),
            }
        }
        bytes
    }

    fn send_in_pieces(&mut self, stream: &mut TcpStream, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (piece, rest) = bytes.split_at(1 + self.below(bytes.len()));
            stream.write_all(piece).expect("the server listens, even to what it throws away");
            bytes = rest;
        }
    }
}
