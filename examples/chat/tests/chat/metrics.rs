//! What is told to whoever watches over the chat (OPERATING.md, Health and metrics).

use std::net::SocketAddr;

use pollcat_chat_testing::http::{Page, get, get_with, send};
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::program;
use pollcat_chat_testing::watching::{Figures, count, promtool, scrape};
use pollcat_chat_testing::{Chat, bots};
use pollcat_testing::client::{Client, upgrade_request};
use pollcat_testing::running::wait_until;
use rusqlite::Connection;
use serde_json::{Value, json};

/// A chat, and where its metrics are told.
#[track_caller]
pub(crate) fn watched(flags: &[&str]) -> (Chat, SocketAddr) {
    let mut chat = Chat::start(&[&["--metrics", "127.0.0.1:0"], flags].concat());
    let line = chat.logged("where metrics are told", |line| line.contains("metrics are told at http://"));
    let address = line.split("http://").nth(1).and_then(|rest| rest.strip_suffix("/metrics"));
    (chat, address.and_then(|address| address.parse().ok()).expect("an address"))
}

#[test]
fn what_happens_is_counted() {
    let (chat, metrics) = watched(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    for number in 0..3 {
        alice.say("lobby", &format!("{number}"));
    }
    assert_eq!(alice.ask(json!({"type": "who", "room": "nowhere"}))["code"], "no_such_room");
    let answer = send(chat.address(), ("POST", "/hooks/none"), "Content-Type: text/plain\r\n", b"hello");
    assert_eq!(answer.status, 404);
    // What the loop's tables hold is noted twice in a second.
    wait_until("the loop has noted who is here", || {
        scrape(metrics)["chat_people"].labelled("state", "here") == 1.0
    });
    let page = scrape(metrics);
    assert_eq!(page["chat_events_total"].labelled("kind", "text"), 3.0);
    assert_eq!(page["chat_refusals_total"].labelled("code", "no_such_room"), 1.0);
    assert_eq!(page["chat_hooks_total"].labelled("result", "unknown"), 1.0);
    assert_eq!(page["chat_rooms"].labelled("kind", "public"), 1.0);
    assert_eq!(count(&page, "chat_ack_seconds"), 3.0);
    assert!(count(&page, "chat_store_seconds") >= 3.0, "each ack waited for one");
    assert_eq!(page["chat_store_errors_total"].value(), 0.0);
    assert!(page["chat_history_bytes"].labelled("file", "main") > 0.0);
    assert!(page["chat_history_free_bytes"].value() > 0.0);
    assert_eq!(page["pollcat_open"].value(), 1.0);
    assert!(page["pollcat_messages_in_total"].value() >= 5.0);
    // Nobody is named, whatever they are called and say.
    let text = get(metrics, "/metrics").text().to_owned();
    assert!(!text.contains("alice") && !text.contains("lobby"), "{text}");
}

/// As what people say by WebSocket.
#[test]
fn what_programs_do_by_http_is_counted_too() {
    let (chat, metrics) = watched(&[]);
    let (hook, token) = (bots::hook(&chat, "builds"), bots::token(&chat, "builds"));
    let post = |path: &str, fields: &str, body: &str| {
        send(chat.address(), ("POST", path), fields, body.as_bytes()).status
    };
    let (messages, bearer) = ("/api/v1/messages", token.bearer());
    let before = scrape(metrics);
    for (path, fields, body, status) in [
        (&*hook.path(), "", "one", 200),
        (messages, &*bearer, r#"{"room":"lobby","msg":"two"}"#, 200),
        (messages, &*bearer, r#"{"room":"lobby","msg":""}"#, 400),
        (messages, "", "{}", 401),
        (&*hook.path(), "", "", 400),
        ("/hooks/none", "", "x", 404),
    ] {
        assert_eq!(post(path, fields, body), status, "{path} {body}");
    }
    assert_eq!(get_with(chat.address(), "/api/v1/rooms/nowhere/events", &bearer).status, 404);
    // Of one token four wait at a time, and the oldest gives way.
    let poll = "GET /api/v1/rooms/lobby/events?after=2&wait=50 HTTP/1.1\r\nHost: localhost\r\n";
    let mut waiting: Vec<Client> = (0..5).map(|_| Client::dial(chat.address())).collect();
    waiting.iter_mut().for_each(|client| client.write(format!("{poll}{bearer}\r\n").as_bytes()));
    wait_until("one of them has given way", || {
        scrape(metrics)["chat_refusals_total"].labelled("code", "rate_limited") == 1.0
    });
    let after = scrape(metrics);
    assert_eq!(count(&after, "chat_ack_seconds") - count(&before, "chat_ack_seconds"), 2.0);
    let refused = |code: &str| {
        let labelled = |page: &Figures| page["chat_refusals_total"].labelled("code", code);
        labelled(&after) - labelled(&before)
    };
    let table = [("empty", 1.0), ("bad_field", 1.0), ("no_such_room", 1.0), ("bad_key", 2.0)];
    for (code, times) in table {
        assert_eq!(refused(code), times, "{code}");
    }
    assert_eq!(after["chat_hooks_total"].labelled("result", "refused"), 1.0);
}

#[test]
fn prometheus_own_tool_has_nothing_to_say() {
    let (chat, metrics) = watched(&[]);
    Json::named(chat.address(), "alice").say("lobby", "hello");
    let page = get(metrics, "/metrics");
    if let Some((is_good, told)) = promtool(&["check", "metrics"], &page.body) {
        assert!(is_good && told.trim().is_empty(), "{told}");
    }
}

#[test]
fn the_board_has_three_pages_and_the_public_has_none_of_them() {
    let (chat, metrics) = watched(&[]);
    let public = |path| get(chat.address(), path).status;
    assert_eq!(["/metrics", "/healthz", "/readyz"].map(public), [404; 3]);
    wait_until("it is ready", || get(metrics, "/readyz").status == 200);
    for path in ["/healthz", "/readyz"] {
        let page = get(metrics, path);
        assert_eq!((page.status, page.text()), (200, "ok\n"), "{path}");
        assert_eq!(page.header("Cache-Control"), Some("no-store"));
    }
    for path in ["/", "/metrics/", "/metrics/..", "//metrics", "/admin", "/chat.v1", "/hooks/none"] {
        assert_eq!(get(metrics, path).status, 404, "{path}");
    }
    let table = [
        ("HEAD", "", 200),
        ("POST", "Content-Length: 0\r\n", 405),
        ("DELETE", "", 405),
        ("OPTIONS", "", 405),
    ];
    for (method, fields, status) in table {
        let mut client = Client::dial(metrics);
        client.write(format!("{method} /metrics HTTP/1.1\r\nHost: {metrics}\r\n{fields}\r\n").as_bytes());
        let head = client.head();
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{method}: {head}");
    }
    // A page in a browser on this machine comes under the name of its site.
    let foreign = |fields: &str| {
        let mut client = Client::dial(metrics);
        client.write(format!("GET /metrics HTTP/1.1\r\n{fields}\r\n").as_bytes());
        client.head()
    };
    assert!(foreign("Host: evil.example\r\n").starts_with("HTTP/1.1 421 "));
    assert!(foreign("Host: localhost:1\r\n").starts_with("HTTP/1.1 200 "));
    let mut client = Client::dial(metrics);
    client.write(upgrade_request("").replacen("GET / ", "GET /metrics ", 1).as_bytes());
    let head = client.head();
    assert!(head.starts_with("HTTP/1.1 405 ") || head.starts_with("HTTP/1.1 404 "), "{head}");
    assert!(get_with(metrics, "/metrics", &format!("X: {}\r\n", "a".repeat(5_000))).status == 431);
}

/// `--health`, with what the chat itself was told, or an address.
fn health(chat: &Chat, flags: &[&str]) -> (Option<i32>, String) {
    let mut command = program::command(chat.folder());
    command.args(flags);
    let output = program::output(command);
    let words = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(words).expect("words are UTF-8"))
}

#[test]
fn a_chat_that_cannot_write_is_not_ready_and_heals_by_itself() {
    let (chat, metrics) = watched(&[]);
    let ready = || -> Page { get(metrics, "/readyz") };
    let mut alice = Json::named(chat.address(), "alice");
    alice.say("lobby", "before");
    let url = format!("--health=http://{metrics}");
    wait_until("the loop has come by", || ready().status == 200);
    assert_eq!(health(&chat, &[&url]), (Some(0), "ok\n".to_owned()));

    let other = Connection::open(chat.data()).expect("any SQLite program may look at it");
    other.execute_batch("BEGIN IMMEDIATE").expect("the lock can be had");
    let refused: Value = alice.ask(json!({"msg": "during"}));
    assert_eq!(refused["code"], "storage", "{refused}");
    let page = ready();
    assert!(page.status == 503 && page.text().contains("cannot be written"), "{}", page.text());
    assert_eq!(get(metrics, "/healthz").status, 200, "nobody should restart it for that");
    let (status, words) = health(&chat, &[&url]);
    assert!(
        status == Some(1) && words.contains("cannot be written") && words.lines().count() == 1,
        "{words}"
    );
    let page = scrape(metrics);
    assert!(page["chat_store_errors_total"].value() >= 1.0 && page["chat_ready"].value() == 0.0);

    other.execute_batch("ROLLBACK").expect("the lock can be given back");
    // Nobody says anything.
    wait_until("it is ready again", || ready().status == 200);
    assert_eq!(scrape(metrics)["chat_ready"].value(), 1.0);
}

#[test]
fn health_is_asked_where_the_settings_say_and_told_in_one_line() {
    let mut chat = Chat::start(&["--metrics", "unix:m.sock"]);
    wait_until("it is ready", || health(&chat, &["--metrics", "unix:m.sock", "--health"]).0 == Some(0));
    let table = [
        (&["--health=unix:m.sock"][..], 0, "ok"),
        (&["--health=unix:m.sock:/healthz"], 0, "ok"),
        (&["--health=unix:m.sock:/nowhere"], 1, "404"),
        (&["--health=unix:gone.sock"], 1, "does not answer"),
        (&["--health=http://127.0.0.1:1/readyz"], 1, "does not answer"),
        (&["--health"], 2, "--health=http://"),
        (&["--health=https://chat"], 2, "write http://"),
        (&["--health", "--metrics", "127.0.0.1:0"], 2, "not known before"),
    ];
    for (flags, status, why) in table {
        let (is, words) = health(&chat, flags);
        assert_eq!(is, Some(status), "{flags:?}: {words}");
        assert!(words.contains(why) && words.lines().count() == 1, "{flags:?}: {words}");
    }
    let (_, log) = chat.terminate();
    assert!(log.iter().any(|line| line.contains("unix:m.sock")), "{log:#?}");
    assert!(!chat.folder().join("m.sock").exists(), "nothing is left of it");
    let (status, words) = health(&chat, &["--health=unix:m.sock"]);
    assert!(status == Some(1) && words.contains("does not answer"), "{words}");
}

#[test]
fn metrics_are_not_told_where_the_public_listens() {
    let chat = Chat::prepared(&[]);
    let same = ["--listen", "127.0.0.1:9501", "--metrics", "9501", "--check"];
    let (status, words) = health(&chat, &same);
    assert!(status == Some(2) && words.contains("not for the public"), "{words}");
    let (status, words) = health(&chat, &["--listen", "unix:a", "--metrics", "unix:./a", "--check"]);
    assert!(status == Some(2) && words.contains("listen and metrics are the same file"), "{words}");
}
