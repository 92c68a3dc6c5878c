//! The examples as programs of their own, with a real browser: the tutorial's lines to the echo, from a page of another
//! origin; the lobby, the login and the webhook, as their head comments have them, and the lobby's page.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use pollcat::{Answer, Handler, Message, PeerId, Peers, Request, Server};

use pollcat_testing::client::{BINARY, Client, TEXT, upgrade_request};
use pollcat_testing::example::Program;
use pollcat_testing::running::Running;

/// What somebody pastes into the console, and a long Chinese text; then the page tells its own server how it went.
const PAGE: &str = r#"<!doctype html><meta charset="utf-8"><title>another origin</title><script>
const report = new WebSocket(`ws://${location.host}/report`)
const long = "聊天室里的话".repeat(70000 / 6 + 1).slice(0, 70000)
const heard = []
report.onopen = () => {
    const ws = new WebSocket("ws://ADDRESS")
    ws.onopen = () => { ws.send("hello world"); ws.send(long); ws.send(new Uint8Array([1, 2, 3])) }
    ws.onerror = () => report.send("the connection failed")
    ws.onmessage = (event) => {
        heard.push(event.data)
        if (heard.length == 3) ws.close(1000, "thanks")
    }
    ws.onclose = async (event) => report.send([
        heard[0], heard[1] === long ? `${long.length} characters` : "a different text",
        new Uint8Array(await heard[2].arrayBuffer()).join(), event.code, event.wasClean,
    ].join(" | "))
}
</script>"#;

struct PageServer {
    page: String,
    reports: Sender<String>,
}

impl Handler for PageServer {
    fn on_request(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
        match (request.path(), request.is_upgrade()) {
            ("/report", true) => Answer::accept(),
            ("/", _) => Answer::page("text/html; charset=utf-8", self.page.clone()),
            _ => Answer::refuse(404, "there is only one page"),
        }
    }

    fn on_message(&mut self, peers: &mut Peers, _: PeerId, message: Message<'_>) {
        if let Message::Text(report) = message {
            let _ = self.reports.send(report.to_owned());
        }
        peers.stop();
    }
}

/// A page in a browser, which ends with the test.
struct Browser {
    process: Child,
    profile: PathBuf,
}

impl Browser {
    /// None where there is no browser.
    fn open(url: &str) -> Option<Self> {
        let Some(program) = find_browser() else {
            assert!(std::env::var_os("CI").is_none(), "chromium is not installed");
            eprintln!("SKIPPED: chromium is not installed, so no browser has opened {url}");
            return None;
        };
        let port = url.trim_end_matches('/').rsplit(':').next().unwrap_or_default();
        let profile = std::env::temp_dir().join(format!("pollcat-browser-{}-{port}", std::process::id()));
        let flags = "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run \
            --disable-background-networking --disable-component-update --disable-sync --disable-dev-shm-usage";
        let process = Command::new(program)
            .args(flags.split_whitespace())
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg(url)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromium can be started");
        Some(Browser { process, profile })
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}

#[test]
fn the_tutorials_lines_work_in_a_browser() {
    let echo = Program::start("echo");
    let server = Server::bind("127.0.0.1:0").expect("loopback has a free port");
    let address = server.local_addr().expect("it listens");
    let (reports, received) = channel();
    let page_server =
        Running::serve(server, PageServer { page: PAGE.replace("ADDRESS", &echo.address), reports });

    let Some(_browser) = Browser::open(&format!("http://{address}/")) else { return };
    let report = received.recv_timeout(LOADED_BY);
    page_server.mailbox.stop();
    assert_eq!(report.as_deref(), Ok("hello world | 70000 characters | 1,2,3 | 1000 | true"));
}

#[test]
fn the_lobby_has_names_and_rooms_and_says_who_is_there() {
    let lobby = Program::start("lobby");
    let mut ann = Client::connect(&lobby.address);
    assert_eq!(ann.text(), "= lobby: guest1");
    let mut ming = Client::connect(&lobby.address);
    assert_eq!(ming.text(), "= lobby: guest1 guest2");
    assert_eq!(ann.text(), "+ guest2");

    ming.send(TEXT, "/name 小明🍵".as_bytes());
    assert_eq!(ming.text(), "= lobby: guest1 小明🍵");
    assert_eq!([ann.text(), ann.text()], ["- guest2", "+ 小明🍵"]);
    for (name, why) in [
        ("小明🍵", "! 小明🍵 is taken"),
        ("guest9", "! guest9 is taken"),
        ("a b", "! 1 to 20 characters, and no spaces"),
        ("", "! 1 to 20 characters, and no spaces"),
        ("123456789012345678901", "! 1 to 20 characters, and no spaces"),
    ] {
        ann.send(TEXT, format!("/name {name}").as_bytes());
        assert_eq!(ann.text(), why);
    }

    ming.send(TEXT, "你好\nguest1: a second line".as_bytes());
    for guest in [&mut ann, &mut ming] {
        assert_eq!(guest.text(), "小明🍵: 你好 guest1: a second line");
    }

    ann.send(TEXT, b"/join tea");
    assert_eq!(ann.text(), "= tea: guest1");
    assert_eq!(ming.text(), "- guest1");
    ming.send(TEXT, b"nobody else is here");
    assert_eq!(ming.text(), "小明🍵: nobody else is here");
    ann.send(TEXT, b"/who");
    assert_eq!(ann.text(), "= tea: guest1", "what is said in another room does not come");

    ming.send(TEXT, b"/join tea");
    assert_eq!(ann.text(), "+ 小明🍵");
    ming.close(1000);
    assert_eq!(ann.text(), "- 小明🍵");
    ann.send(BINARY, b"picture");
    assert_eq!(ann.close_frame(), (1003, "text, please".into()));
}

#[test]
fn the_lobbys_page_comes_in_by_itself() {
    let lobby = Program::start("lobby");
    let mut guest = Client::connect(&lobby.address);
    assert_eq!(guest.text(), "= lobby: guest1");
    guest.stream().set_read_timeout(Some(LOADED_BY)).expect("reading can be given a limit");

    let Some(browser) = Browser::open(&format!("http://{}/", lobby.address)) else { return };
    assert_eq!(guest.text(), "+ guest2");
    drop(browser);
    assert_eq!(guest.text(), "- guest2");
}

#[test]
fn the_login_asks_its_database_before_the_101() {
    let chat = Program::start("login");
    let ask = |target: &str, fields: &str| {
        let mut client = Client::dial(&chat.address);
        let request = upgrade_request(fields).replacen("GET / ", &format!("GET {target} "), 1);
        client.write(request.as_bytes());
        client
    };
    for (target, fields, status) in [
        ("/", "", "401"),
        ("/", "Authorization: Bearer somebody\r\n", "401"),
        ("/?token=token-of-mallory", "", "403"),
        ("/other", "", "404"),
    ] {
        let head = ask(target, fields).head();
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{target} {fields}{head}");
        assert_eq!(head.contains("\r\nWWW-Authenticate: Bearer\r\n"), status == "401", "{head}");
    }

    // All come at once, and one of them does not wait with what it has to say.
    let mut ann = ask("/", "Authorization: Bearer token-of-ann\r\n");
    let mut ming = ask("/?token=token-of-%E5%B0%8F%E6%98%8E", "");
    let mut bob = ask("/", "Cookie: theme=dark; token=token-of-bob\r\n");
    ann.send(TEXT, br#"{"do":"join","room":"tea"}"#);
    let mut guests = [(&mut ann, "ann"), (&mut ming, "小明"), (&mut bob, "bob")];
    for (guest, name) in &mut guests {
        let head = guest.head();
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        assert_eq!(guest.text(), format!(r#"{{"hello":"{name}"}}"#));
    }
    assert_eq!(ann.text(), r#"{"joined":"ann","room":"tea"}"#);

    ming.send(TEXT, br#"{"do":"join","room":"tea"}"#);
    for guest in [&mut ann, &mut ming] {
        assert_eq!(guest.text(), r#"{"joined":"小明","room":"tea"}"#);
    }
    bob.send(TEXT, br#"{"do":"say","room":"tea","text":"nobody hears me"}"#);
    bob.send(TEXT, br#"{"do":"who","room":"tea"}"#);
    assert_eq!(bob.text(), r#"{"room":"tea","who":["ann","小明"]}"#);
    ming.send(TEXT, br#"{"do":"say","room":"tea","text":"\"hello\""}"#);
    for guest in [&mut ann, &mut ming] {
        assert_eq!(guest.text(), r#"{"from":"小明","room":"tea","text":"\"hello\""}"#);
    }
    ming.send(TEXT, br#"{"do":"leave","room":"tea"}"#);
    assert_eq!(ann.text(), r#"{"left":"小明","room":"tea"}"#);
    bob.send(TEXT, br#"{"do":"join","room":"tea"}"#);
    assert_eq!([ann.text(), bob.text()], [r#"{"joined":"bob","room":"tea"}"#; 2]);
    ann.send(TEXT, b"hello?");
    assert_eq!(ann.close_frame(), (1003, "not understood".into()));
    ann.close(1003);
    assert_eq!(bob.text(), r#"{"left":"ann","room":"tea"}"#);
}

/// A browser that is started on a busy machine has shown its page by then.
const LOADED_BY: Duration = Duration::from_secs(120);

fn find_browser() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let candidates = std::env::split_paths(&path).flat_map(|folder| names.map(|name| folder.join(name)));
    candidates.into_iter().find(|program| program.is_file())
}

#[test]
fn the_webhook_takes_notes_from_those_who_know_the_secret_and_has_metrics_inside() {
    const SECRET: (&str, &str) = ("WEBHOOK_SECRET", "correct-horse");
    let webhook = Program::start_with("webhook", |command| {
        command.arg("127.0.0.1:0").env(SECRET.0, SECRET.1);
    });
    let (_, inside) = webhook.announcement.split_once("//").expect("the first address");
    let (inside, _) = inside.split_once('/').expect("the address has an end");
    let listen = |topic: &str| {
        let mut client = Client::dial(&webhook.address);
        client
            .write(upgrade_request("").replacen("GET / ", &format!("GET /ws?topic={topic} "), 1).as_bytes());
        assert!(client.head().starts_with("HTTP/1.1 101 "));
        client
    };
    let (mut ann, mut ming, mut other) = (listen("tea"), listen("tea"), listen("%E8%8C%B6"));
    let mut sender = Client::dial(&webhook.address);
    let mut notify = |secret: &str, note: &str| {
        let fields = format!("Authorization: Bearer {secret}\r\nContent-Length: {}\r\n", note.len());
        let request = format!("POST /notify HTTP/1.1\r\nHost: 127.0.0.1\r\n{fields}\r\n{note}");
        answer(&mut sender, &request)
    };
    for (note, received) in [
        (r#"{"topic": "tea", "text": "it is ready"}"#, 2),
        (r#"{"topic": "茶", "text": "好了"}"#, 1),
        (r#"{"topic": "coffee", "text": "so is this"}"#, 0),
    ] {
        assert_eq!(notify(SECRET.1, note), (200, format!("{{\"received\":{received}}}\n")), "{note}");
    }
    assert_eq!([ann.text(), ming.text(), other.text()], ["it is ready", "it is ready", "好了"]);
    for note in ["", "tea", "[]", r#"{"topic": "tea"}"#, r#"{"topic": 1, "text": "x"}"#] {
        assert_eq!(notify(SECRET.1, note).0, 400, "{note}");
    }
    let dial = |address: &str, request: &str| {
        answer(&mut Client::dial(address), &format!("{request} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"))
    };
    let outside = &*webhook.address;
    let (status, metrics) = dial(inside, "GET /metrics");
    assert_eq!(status, 200);
    for line in ["pollcat_open 3", "pollcat_messages_out_total 3"] {
        assert!(metrics.lines().any(|found| found == line), "{line}: {metrics}");
    }
    let table = [
        (outside, "GET /metrics", 404),
        (outside, "GET /notify", 405),
        (outside, "GET /ws?topic=tea", 404),
        (outside, "GET /health", 200),
        (inside, "GET /health", 200),
        (inside, "POST /notify", 404),
        (outside, "POST /health", 404),
    ];
    for (door, request, expected) in table {
        assert_eq!(dial(door, request).0, expected, "{request} at {door}");
    }
    // Whoever does not know the secret need not send the note.
    for secret in ["", "correct-horsf", "correct", "correct-horse-battery"] {
        let fields = format!("Authorization: Bearer {secret}\r\nContent-Length: 1000000000\r\n");
        let request = format!("POST /notify HTTP/1.1\r\nHost: 127.0.0.1\r\n{fields}\r\n");
        let mut stranger = Client::dial(outside);
        assert_eq!(answer(&mut stranger, &request).0, 401, "{secret}");
        stranger.nothing_more();
    }
}

/// The status of the answer, and its body.
#[track_caller]
fn answer(client: &mut Client, request: &str) -> (u16, String) {
    client.write(request.as_bytes());
    let head = client.head();
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
    let length = length.expect("the length is told").parse().expect("it is a number");
    let body = String::from_utf8(client.bytes(length)).expect("it is text");
    (head[9..12].parse().expect("a status"), body)
}
