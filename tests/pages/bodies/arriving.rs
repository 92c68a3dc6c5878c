//! Bodies that come slowly, in part, or not at all.

use std::process::{Command, Stdio};

use pollcat_testing::scratch::{Scratch, cannot_run};

use super::*;

const CONTINUE: &str = "HTTP/1.1 100 Continue\r\n\r\n";

/// The head of a request, and a body of which only so much comes for now.
fn begin(client: &mut Client, path: &str, body: &str, first: usize) {
    let whole = post(path, body);
    client.write(&whole.as_bytes()[..whole.len() - body.len() + first]);
}

#[test]
fn a_body_comes_in_pieces() {
    let open = Open::new(Config::new());
    for whole in [post("/a", "hello world"), chunked("/a", &["hello", " ", "world"])] {
        let mut client = open.dial();
        for byte in whole.as_bytes() {
            client.write(&[*byte]);
        }
        client.head();
        assert_eq!(client.bytes(11), b"hello world");
        // And the connection goes on.
        assert_eq!(ask(&mut client, &get("/page")).1, "a page");
    }
}

#[test]
fn a_body_that_drips_is_cut_off_in_time_and_nobody_else_waits() {
    let patience = Duration::from_secs(2);
    // No other deadline comes into its way.
    let open = Open::new(Config::new().body_within(patience).handshake_within(3 * PATIENCE));
    let mut slow = open.dial();
    let began = Instant::now();
    begin(&mut slow, "/a", &"x".repeat(500), 1);
    let drip = {
        let mut stream = slow.stream();
        // One byte a second, until the server has had enough.
        thread::spawn(move || {
            while std::io::Write::write_all(&mut stream, b"x").is_ok() {
                thread::park_timeout(Duration::from_secs(1)); // this client is slow
            }
        })
    };
    let mut quick = open.dial();
    while began.elapsed() < patience / 2 {
        let asked = Instant::now();
        assert_eq!(ask(&mut quick, &post("/a", "hello")).1, "hello");
        assert!(asked.elapsed() < patience);
    }
    let head = slow.head();
    assert!(head.starts_with("HTTP/1.1 408 "), "{head}");
    assert!(began.elapsed() >= patience, "{:?}", began.elapsed());
    assert_eq!(field(&head, "Connection"), Some("close"));
    drop(slow);
    drip.join().expect("it notices");
    let mut refused = open.said.try_iter().filter(|said| matches!(said, Said::Refused(..)));
    assert_eq!(refused.next(), Some(Said::Refused(Refusal::TooSlow, true)));
}

#[test]
fn a_body_comes_under_the_id_of_its_request_whatever_came_in_between() {
    let open = Open::new(Config::new());
    let (mut client, mut other) = (open.dial(), open.dial());
    begin(&mut client, "/body-later", "hello", 2);
    let id = open.asked();
    ask(&mut other, &get("/page"));
    client.write(b"llo");
    assert_eq!(open.said(), Said::Body(id, "POST /body-later".into(), b"hello".to_vec()));
    // It is the id that answers it.
    ask(&mut other, &get("/page"));
    assert!(open.server.mailbox.answer_request(id, Answer::page("text/plain", "done")).is_ok());
    client.head();
    assert_eq!(client.bytes(4), b"done");
}

#[test]
fn a_client_that_leaves_within_a_body_is_not_told_of() {
    let open = Open::new(Config::new());
    for resets in [false, true] {
        let mut client = open.dial();
        begin(&mut client, "/a", "hello", 4);
        open.asked();
        if resets {
            reset_when_dropped(&client.stream());
        }
        drop(client);
        open.server.wait_until("it has left", |counters| counters.connections == 0);
        assert_eq!(open.server.counters().receiving, 0);
    }
    open.said_nothing_more();
}

#[test]
fn a_client_that_ends_its_side_behind_the_body_gets_its_answer() {
    let open = Open::new(Config::new());
    let mut client = open.dial();
    client.write(post("/a", "hello").as_bytes());
    client.end();
    client.head();
    assert_eq!(client.bytes(5), b"hello");
    client.nothing_more();
}

#[test]
fn a_server_that_stops_reads_the_body_that_has_begun_and_waits_no_longer_than_it_may() {
    for is_completed in [true, false] {
        let patience = if is_completed { PATIENCE } else { Duration::from_millis(300) };
        let open = Open::new(Config::new().close_within(patience));
        let (mut idle, mut client) = (open.dial(), open.dial());
        ask(&mut idle, &get("/page"));
        begin(&mut client, "/a", "hello", 4);
        open.asked();
        open.server.mailbox.stop();
        idle.nothing_more(); // the server has heard it
        if is_completed {
            client.write(b"o");
            let head = client.head();
            assert_eq!((field(&head, "Connection"), client.bytes(5)), (Some("close"), b"hello".to_vec()));
            client.nothing_more();
            assert!(matches!(open.said(), Said::Body(..)));
        }
        drop(client);
        open.server.join();
        assert_eq!(open.said.recv_timeout(PATIENCE), Err(RecvTimeoutError::Disconnected));
    }
}

#[test]
fn bodies_count_towards_what_all_clients_may_make_the_server_keep() {
    const BODY: usize = 64 << 10;
    /// Reads whatever comes.
    struct Collector(Sender<Refusal>);

    impl Handler for Collector {
        fn on_request(&mut self, _: &mut Peers, _: PeerId, _: &Request<'_>) -> Answer {
            Answer::read_body(usize::MAX)
        }

        fn on_body(&mut self, _: &mut Peers, _: PeerId, _: &Request<'_>, body: &[u8]) -> Answer {
            Answer::page("text/plain", body.len().to_string())
        }

        fn on_refused(&mut self, _: &mut Peers, refused: &Refused<'_>) {
            let _ = self.0.send(refused.reason);
        }

        fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}
    }

    let (says, said) = channel();
    let server = Running::start(Config::new().max_receiving(4 * BODY), Collector(says));
    let body = "x".repeat(BODY);
    let clients: Vec<Client> = (0..8)
        .map(|_| {
            let mut client = Client::dial(server.address());
            begin(&mut client, "/", &body, BODY - 1);
            client
        })
        .collect();
    assert_eq!(said.recv_timeout(PATIENCE), Ok(Refusal::OverBudget));
    server.wait_until("some are given up", |counters| {
        counters.refused(Refusal::OverBudget) >= 4 && counters.receiving <= 4 * BODY as u64
    });
    let mut served = 0;
    for mut client in clients {
        // Whoever was given up may notice it here.
        let _ = std::io::Write::write_all(&mut client.stream(), b"x");
        let head = client.head();
        match head.starts_with("HTTP/1.1 200 ") {
            true => served += 1,
            false => {
                assert!(head.starts_with("HTTP/1.1 503 "), "{head}");
                assert_eq!(field(&head, "Retry-After"), Some("5"));
            }
        }
    }
    assert!(served > 0);
    server.wait_until("nothing is kept", |counters| counters.receiving == 0);
}

#[test]
fn a_client_that_expects_it_is_told_to_go_on_once_and_only_where_the_body_is_read() {
    let open = Open::new(Config::new());
    let expecting = |path: &str| {
        let fields = "Expect: 100-continue\r\nContent-Length: 5\r\n";
        request("POST", path, "1.1", fields)
    };
    let mut client = open.dial();
    for _ in 0..2 {
        client.write(expecting("/a").as_bytes());
        assert_eq!(client.head(), CONTINUE);
        client.write(b"he");
        client.write(b"llo");
        assert!(client.head().starts_with("HTTP/1.1 200 "));
        assert_eq!(client.bytes(5), b"hello");
    }
    // Some of it has come: the client does not wait, and need not be told.
    for body in ["hello", "h"] {
        client.write((expecting("/a") + body).as_bytes());
        client.write(&b"hello"[body.len()..]);
        assert!(client.head().starts_with("HTTP/1.1 200 "));
        assert_eq!(client.bytes(5), b"hello");
    }
    // Nobody reads it, or it is too long: the answer comes instead.
    for (request, status) in
        [(expecting("/no"), "404"), (expecting("/a").replace("Length: 5", "Length: 1001"), "413")]
    {
        let mut client = open.dial();
        let (head, _) = ask(&mut client, &request);
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
        assert_eq!(field(&head, "Connection"), Some("close"));
        client.nothing_more();
    }
    // HTTP/1.0 does not know it.
    let mut old = open.dial();
    old.write(expecting("/a").replace("HTTP/1.1", "HTTP/1.0").as_bytes());
    old.write(b"hello");
    assert!(old.head().starts_with("HTTP/1.1 200 "));
}

#[test]
fn curl_sends_what_it_sends() {
    let open = Open::new(Config::new().body_within(PATIENCE));
    let scratch = Scratch::new("curl");
    let (file, body) = (scratch.file("body"), "curl ".repeat(LIMIT / 5));
    std::fs::write(&file, &body).expect("a file can be written");
    let long = scratch.file("long");
    std::fs::write(&long, "x".repeat(3 << 20)).expect("a file can be written");
    let url = format!("http://{}/a", open.server.address());
    let curl = |arguments: &[&str]| {
        let mut command = Command::new("curl");
        command.args(["-sS", "--noproxy", "*", "-w", "%{stderr}%{http_code}"]).args(arguments).arg(&url);
        let output = command.stdin(Stdio::null()).output().ok()?;
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it is text");
        Some((text(output.stderr), text(output.stdout)))
    };
    let (by_length, by_name) = (format!("@{}", file.display()), file.display().to_string());
    let Some(answer) = curl(&["--data-binary", &by_length]) else {
        return cannot_run("there is no curl on this machine");
    };
    assert_eq!(answer, ("200".into(), body.clone()));
    let table: [&[&str]; 4] = [
        &["-T", &by_name],
        &["-H", "Transfer-Encoding: chunked", "--data-binary", &by_length],
        // It waits a second for the 100, if none comes.
        &["-H", "Expect: 100-continue", "--expect100-timeout", "20", "--data-binary", &by_length],
        &[
            "-X",
            "PATCH",
            "-H",
            "Expect: 100-continue",
            "-H",
            "Transfer-Encoding: chunked",
            "--data-binary",
            &by_length,
        ],
    ];
    for arguments in table {
        let asked = Instant::now();
        assert_eq!(curl(arguments), Some(("200".into(), body.clone())), "{arguments:?}");
        assert!(asked.elapsed() < PATIENCE, "{arguments:?}");
    }
    // A long one: curl expects the 100 by itself, and gets the refusal instead.
    let (status, _) = curl(&["--data-binary", &format!("@{}", long.display())]).expect("it is there");
    assert!(status.starts_with("413"), "{status}");
}
