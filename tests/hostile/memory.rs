//! What clients at their worst make the server keep: a hundred of them, with the default settings.

use super::*;

const CLIENTS: usize = 100;
const MESSAGE: usize = 1 << 20;

/// The memory by which the server has grown, when it does not grow any more.
fn growth(child: &Child, driver: &mut Client, before: u64) -> u64 {
    let (mut last, mut same) = (0, 0);
    while same < 20 {
        driver.status();
        thread::park_timeout(Duration::from_millis(10)); // a measurement takes its time
        let now = child.memory();
        same = if now.abs_diff(last) < 64 << 10 { same + 1 } else { 0 };
        last = now;
    }
    last.saturating_sub(before)
}

/// All but the last byte of a message from each of them.
fn begin_messages(child: &Child) -> Vec<Client> {
    let begun = frame(BINARY, &vec![b'x'; MESSAGE]);
    let begin = |_| {
        let mut client = Client::open(child.address);
        // Whoever is given up may notice it here.
        let _ = client.stream.write_all(&begun[..begun.len() - 1]);
        client
    };
    (0..CLIENTS).map(begin).collect()
}

#[test]
fn messages_that_never_end_take_what_has_come_of_them_and_together_no_more_than_they_may() {
    let _alone = alone();
    for (settings, limit) in [("", u64::MAX), ("max_receiving=25165824", 24 * MIB)] {
        let child = Child::start(&format!("ping_after=600000 {settings}"));
        let mut driver = Client::open(child.address);
        let before = child.memory();
        let clients = begin_messages(&child);
        let grown = growth(&child, &mut driver, before);
        let status = driver.status();
        println!(
            "figure: {CLIENTS} clients, all but the end of 1 MiB {settings}: {:.1} MiB, {} given up",
            mib(grown),
            status.get("too_slow")
        );
        let most = limit.min((CLIENTS * MESSAGE) as u64);
        assert!(grown <= most + 16 * MIB, "{grown}");
        assert_eq!(status.get("too_slow") > 0, limit < u64::MAX);
        drop(clients);
    }
}

#[test]
fn whoever_speaks_and_does_not_listen_is_kept_in_bounds() {
    let _alone = alone();
    for (settings, most) in [("", 2 * CLIENTS as u64), ("max_receiving=16777216 max_sending=16777216", 32)] {
        let child = Child::start(&format!("ping_after=600000 {settings}"));
        let mut driver = Client::open(child.address);
        let before = child.memory();
        let message = frame(BINARY, &vec![b'x'; 64 << 10]);
        let speak = |mut client: Client| {
            // As much as the server and the system take, and no more than 16 MiB.
            let patience = Some(Duration::from_millis(100));
            client.stream.set_write_timeout(patience).expect("it need not wait for ever");
            let mut sent = 0;
            while sent < 16 << 20
                && let Ok(length) = client.stream.write(&message[sent % message.len()..])
            {
                sent += length;
            }
            (sent, client)
        };
        let clients: Vec<(usize, Client)> = thread::scope(|scope| {
            let speakers = (0..CLIENTS).map(|_| Client::open(child.address));
            let speakers: Vec<_> = speakers.map(|client| scope.spawn(|| speak(client))).collect();
            speakers.into_iter().map(|it| it.join().expect("it speaks")).collect()
        });
        let sent: usize = clients.iter().map(|(sent, _)| sent).sum();
        let grown = growth(&child, &mut driver, before);
        println!(
            "figure: {CLIENTS} clients that send {:.0} MiB and read nothing {settings}: {:.1} MiB",
            mib(sent as u64),
            mib(grown)
        );
        assert!(grown <= (most + 16) * MIB, "{grown}");
        drop(clients);
    }
}

#[test]
fn a_page_that_is_shared_is_there_once_however_many_do_not_read_it() {
    const READERS: usize = 20;
    const PAGE: usize = 50_000_000;
    let _alone = alone();
    let child = Child::start("ping_after=600000");
    let mut driver = Client::open(child.address);
    let fetch = || {
        let mut stream = connect(child.address);
        let request = format!("GET /{PAGE} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("the server listens");
        stream
    };
    let mut first = fetch();
    let mut page = vec![0; PAGE];
    first.read_exact(&mut page).expect("it comes whole");
    drop((first, page));
    let before = child.memory();
    let readers: Vec<_> = (0..READERS).map(|_| fetch()).collect();
    let grown = growth(&child, &mut driver, before);
    println!("figure: {READERS} clients that do not read the same page of 50 MB: {:.1} MiB", mib(grown));
    assert!(grown < 10 * MIB, "{grown}");
    drop(readers);
}

#[test]
fn a_body_that_is_promised_costs_nothing_and_one_that_comes_what_has_come() {
    const PROMISING: usize = 200;
    const FIRST: usize = 64 << 10;
    let _alone = alone();
    for (announced, start) in
        [("Content-Length: 1073741824", ""), ("Transfer-Encoding: chunked", "40000000\r\n")]
    {
        let child = Child::start("ping_after=600000");
        let mut driver = Client::open(child.address);
        let before = child.memory();
        let promise = || {
            let mut stream = connect(child.address);
            let head = format!("POST / HTTP/1.1\r\nHost: localhost\r\n{announced}\r\n\r\n{start}");
            stream.write_all(head.as_bytes()).expect("the server listens");
            stream
        };
        let mut clients: Vec<TcpStream> = (0..PROMISING).map(|_| promise()).collect();
        let promised = growth(&child, &mut driver, before);
        for stream in &mut clients {
            stream.write_all(&[b'x'; FIRST]).expect("the server reads");
        }
        let least = (PROMISING * FIRST) as u64;
        driver.wait_for("it has come", |status| status.get("bytes_in") >= least);
        let come = growth(&child, &mut driver, before);
        println!(
            "figure: {PROMISING} clients that promise 1 GiB ({announced}): {:.1} MiB; with 64 KiB from each: {:.1} MiB",
            mib(promised),
            mib(come)
        );
        assert!(promised < 8 * MIB && come < 2 * least + 16 * MIB, "{promised} {come}");
        drop(clients);
    }
}
