//! Who is let in, under which name, and what the operator hears of the others (OPERATING.md).

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::program;
use pollcat_testing::client::{Client, upgrade_request};

/// The answer to a request for a WebSocket under this name, with these header lines.
#[track_caller]
fn ask(chat: &Chat, host: &str, fields: &str) -> String {
    let mut client = Client::dial(chat.address());
    client.write(upgrade_request(fields).replacen("localhost", host, 1).as_bytes());
    client.head()
}

#[track_caller]
fn assert_status(head: &str, status: u16) {
    assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{status} expected: {head}");
}

/// The lines of a log that warn.
fn warnings(log: &[String]) -> Vec<&str> {
    log.iter().map(String::as_str).filter(|line| line.contains(" WARN ")).collect()
}

#[test]
fn pages_of_other_origins_may_not_connect() {
    let strict = Chat::in_memory(&[]);
    let open = Chat::in_memory(&["--allow-origin", "*"]);
    let named = Chat::in_memory(&["--allow-origin", "https://chat.example.com"]);
    let table = [
        (&strict, "https://evil.example", "403"),
        (&strict, "null", "403"),
        (&open, "https://evil.example", "101"),
        (&named, "https://chat.example.com", "101"),
        (&named, "null", "403"),
        (&open, "null", "101"),
        // The chat's own page.
        (&strict, "http://localhost", "101"),
        (&named, "http://localhost", "101"),
        (&named, "http://localhost:81", "403"),
        (&named, "https://evil.example", "403"),
    ];
    for (chat, origin, status) in table {
        let mut client = Client::dial(chat.address());
        client.write(upgrade_request(&format!("Origin: {origin}\r\n")).as_bytes());
        let head = client.head();
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{origin}: {head}");
    }
}

#[test]
fn a_foreign_name_that_leads_here_is_no_name_of_the_chat() {
    let plain = Chat::in_memory(&[]);
    let port = plain.address().port();
    let page = |host: &str| format!("Origin: http://{host}\r\n");
    for host in
        ["evil.example", &format!("evil.example:{port}"), "localhost.evil.example", "127.0.0.1.nip.example"]
    {
        assert_status(&ask(&plain, host, &page(host)), 421);
    }
    for host in ["127.0.0.1", "192.168.1.5", "[::1]", "localhost", &format!("localhost:{port}")] {
        assert_status(&ask(&plain, host, &page(host)), 101);
    }
    // The page itself says what to do.
    let mut client = Client::dial(plain.address());
    client.write(b"GET / HTTP/1.1\r\nHost: chat.lan:80\r\n\r\n");
    let head = client.head();
    assert_status(&head, 421);
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).expect("a length");
    let body = String::from_utf8(client.bytes(length.parse().expect("a number"))).expect("text");
    assert!(body.contains("--allow-host chat.lan"), "{body}");

    for flags in [["--allow-host", "chat.lan"], ["--public-url", "http://chat.lan"], ["--allow-host", "*"]] {
        let named = Chat::in_memory(&flags);
        assert_status(&ask(&named, "chat.lan", &page("chat.lan")), 101);
        assert_status(&ask(&named, "127.0.0.1", ""), 101);
        let other = if flags[1] == "*" { 101 } else { 421 };
        assert_status(&ask(&named, "evil.example", &page("evil.example")), other);
    }
}

#[test]
fn what_can_only_be_read_is_not_sent_to() {
    let chat = Chat::in_memory(&[]);
    for path in ["/", "/chat.v1", "/picture/1", "/nowhere"] {
        for (method, body) in [("POST", "hello"), ("PUT", ""), ("PATCH", ""), ("DELETE", ""), ("OPTIONS", "")]
        {
            let mut client = Client::dial(chat.address());
            let fields = format!("Host: localhost\r\nContent-Length: {}\r\n", body.len());
            client.write(format!("{method} {path} HTTP/1.1\r\n{fields}\r\n{body}").as_bytes());
            let head = client.head();
            assert_status(&head, 405);
            assert!(head.contains("\r\nAllow: GET, HEAD\r\n"), "{head}");
        }
    }
}

#[test]
fn refusals_are_warnings_with_the_setting_that_helps_once_a_minute() {
    let mut chat = Chat::in_memory(&[]);
    for number in 0..40 {
        assert_status(&ask(&chat, "localhost", &format!("Origin: https://{number}.example\r\n")), 403);
        assert_status(&ask(&chat, &format!("{number}.example:80"), ""), 421);
        assert_status(&ask(&chat, "localhost", "Sec-WebSocket-Key: again\r\n"), 400);
    }
    let (_, log) = chat.terminate();
    let warnings = warnings(&log);
    for words in [
        "403 for 127.0.0.1: a page of https://0.example may not connect to localhost; if it may: --allow-origin https://0.example",
        "421 for 127.0.0.1: 0.example:80 is no name of this chat; if it is one: --allow-host 0.example",
        "400 for 127.0.0.1: ",
        "403 for 39 more within a minute: ",
        "421 for 39 more within a minute: ",
        "400 for 39 more within a minute: ",
    ] {
        let times = warnings.iter().filter(|line| line.contains(words)).count();
        assert_eq!(times, 1, "{words:?} in {warnings:#?}");
    }
    assert_eq!(warnings.len(), 6, "{warnings:#?}");
}

#[test]
fn a_full_house_is_a_warning() {
    let mut chat = Chat::in_memory(&["--max-connections", "2"]);
    let _in: Vec<Client> = (0..2).map(|_| Client::connect(chat.address())).collect();
    assert_status(&ask(&chat, "localhost", ""), 503);
    chat.logged("the full house", |line| line.contains(" WARN ") && line.contains("--max-connections"));
}

#[test]
fn an_office_that_has_to_wait_is_a_warning() {
    let flags = ["--trust-proxy", "127.0.0.1", "--newcomer-burst", "2", "--max-connections-per-address", "5"];
    let mut chat = Chat::in_memory(&flags);
    let mut inside = Vec::new();
    for number in 0..12 {
        let mut client = Client::dial(chat.address());
        client.write(upgrade_request("X-Forwarded-For: 203.0.113.9\r\n").as_bytes());
        let head = client.head();
        assert_status(&head, if number < 5 { 101 } else { 429 });
        inside.push(client);
    }
    let (_, log) = chat.terminate();
    for (words, setting) in [
        ("1013 for 203.0.113.9: ", "--newcomer-burst"),
        ("429 for 203.0.113.9: ", "--max-connections-per-address"),
        ("429 for 6 more within a minute: ", "--trusted-networks"),
    ] {
        let lines = warnings(&log);
        let told = lines.iter().filter(|line| line.contains(words) && line.contains(setting)).count();
        assert_eq!(told, 1, "{words} {setting}: {lines:#?}");
    }
}

#[test]
fn a_proxy_that_hides_its_clients_is_told_of_once() {
    let forwarded = "X-Forwarded-For: 203.0.113.9\r\n";
    let hint = |log: &[String], words: &str| warnings(log).iter().filter(|line| line.contains(words)).count();
    // Not believed; believed, and silent; as it should be.
    for (flags, fields, words, times) in [
        (&[][..], forwarded, "--trust-proxy 127.0.0.1", 1),
        (&[], "X-Real-IP: 203.0.113.9\r\n", "--trust-proxy 127.0.0.1", 1),
        // A proxy in the neighbourhood, whose own address a trusted one tells, is none of our business.
        (
            &["--trust-proxy", "127.0.0.1"],
            "X-Forwarded-For: 203.0.113.9, 192.168.1.5\r\n",
            "--trust-proxy",
            0,
        ),
        (&["--trust-proxy", "127.0.0.1"], "", "sends no X-Forwarded-For", 1),
        (&["--trust-proxy", "127.0.0.1"], forwarded, "X-Forwarded-For", 0),
        (&["--trust-proxy", "127.0.0.1"], "X-Real-IP: 203.0.113.9\r\n", "X-Forwarded-For", 0),
        (&[], "", "X-Forwarded-For", 0),
    ] {
        let mut chat = Chat::in_memory(flags);
        (0..3).for_each(|_| assert_status(&ask(&chat, "localhost", fields), 101));
        let (_, log) = chat.terminate();
        assert_eq!(hint(&log, words), times, "{flags:?} {fields:?} {log:#?}");
    }
}

#[test]
fn the_socket_has_the_mode_and_the_group_that_were_asked_for() {
    let own = rustix::process::getegid().as_raw();
    let gid = own.to_string();
    for (flags, mode) in
        [(&[][..], 0o660), (&["--socket-mode", "0606"], 0o606), (&["--socket-mode", "600"], 0o600)]
    {
        let flags =
            [&["--listen", "127.0.0.1:0", "--listen", "unix:chat.sock", "--socket-group", &gid], flags]
                .concat();
        let chat = Chat::in_memory(&flags);
        let meta = fs::metadata(chat.folder().join("chat.sock")).expect("it is there");
        assert_eq!((meta.permissions().mode() & 0o777, meta.gid()), (mode, own), "{flags:?}");
    }
}

#[test]
fn files_are_as_closed_as_they_should_be_whatever_the_umask() {
    let mut chat = Chat::prepared(&[]);
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", "umask 0; exec \"$@\"", "sh"]).arg(program::path()).current_dir(chat.folder());
    shell.args(["--listen", "127.0.0.1:0", "--listen", "unix:chat.sock", "--pid-file", "chat.pid"]);
    shell.args(["--log-file", "chat.log", "--data", "chat.db"]);
    chat.run(shell);
    let mode = |name: &str| {
        let meta = fs::metadata(chat.folder().join(name)).expect("it is there");
        meta.permissions().mode() & 0o777
    };
    let modes = ["chat.sock", "chat.pid", "chat.log", "chat.db"].map(mode);
    assert_eq!(modes, [0o660, 0o644, 0o640, 0o600], "{modes:?}");
}
