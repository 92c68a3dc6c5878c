//! Who comes through a proxy: people, from where, under which name.

use serde_json::json;

use pollcat_testing::client::{Client, upgrade_request};

use crate::behind::{Behind, CLIENT, Kind, NAME, replace};

/// The page comes compressed, people talk, and the chat knows where they are: not what they say themselves.
pub(crate) fn people_are_reached_and_known(kind: Kind) {
    let Some(mut behind) = Behind::start(kind, "people") else {
        return;
    };
    let page = behind.ask(("GET", "/"), "Accept-Encoding: gzip\r\n", b"");
    assert_eq!((page.status, page.header("Content-Encoding")), (200, Some("gzip")), "{}", page.head);
    assert!(page.header("Content-Security-Policy").is_some(), "{}", page.head);

    let mut alice = behind.named("alice");
    let mut liar = behind.connect("chat.v1", &[("X-Forwarded-For", "203.0.113.9")]);
    liar.greet(json!({}));
    liar.rename("liar");
    liar.say("lobby", "你好 from behind the proxy");
    assert_eq!(alice.expect("message")["msg"], "你好 from behind the proxy");
    for (client, name) in [(alice, "alice (1)"), (liar, "liar (2)")] {
        client.leave();
        let place = format!("{name} from {CLIENT}");
        behind.chat.logged("the client's own address", |line| line.contains(&place));
    }
    // Both sides know of each other: nothing is to be said about that.
    let (_, log) = behind.chat.terminate();
    assert!(!log.iter().any(|line| line.contains("X-Forwarded-For")), "{log:#?}");
}

/// Who is in front of the proxy tells whom it brings, and the limits hold for each.
pub(crate) fn each_client_of_another_proxy_is_counted(kind: Kind) {
    let flags = ["--trust-proxy", CLIENT, "--max-connections-per-address", "2"];
    let told = |block: &str| match kind {
        Kind::Caddy => replace(block, "chat.sock {\n", &format!("chat.sock {{\ntrusted_proxies {CLIENT}\n")),
        _ => block.to_owned(),
    };
    let Some(behind) = Behind::with(kind, "limits", &flags, told) else {
        return;
    };
    let mut open = Vec::new();
    let table = [("203.0.113.9", 101), ("203.0.113.9", 101), ("203.0.113.9", 429), ("203.0.113.10", 101)];
    for (client, status) in table {
        let mut here = Client::dial(behind.address);
        let fields = format!("X-Forwarded-For: {client}\r\n");
        here.write(upgrade_request(&fields).replacen("localhost", NAME, 1).as_bytes());
        let head = here.head();
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{client}: {head}");
        open.push(here);
    }
}

pub(crate) fn other_names_and_origins_are_turned_away(kind: Kind) {
    let Some(mut behind) = Behind::start(kind, "names") else {
        return;
    };
    let table = [
        (NAME, "https://chat.example.com", Some(101)),
        (NAME, "https://evil.example", Some(403)),
        // Caddy answers itself: anything but a WebSocket will do.
        ("evil.example", "https://chat.example.com", (kind != Kind::Caddy).then_some(421)),
    ];
    for (host, origin, status) in table {
        let mut client = Client::dial(behind.address);
        let request = upgrade_request(&format!("Origin: {origin}\r\n")).replacen("localhost", host, 1);
        client.write(request.as_bytes());
        let head = client.head();
        let told: u16 = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
        assert!(status.map_or(told != 101, |status| told == status), "{host} {origin}: {head}");
    }
    let (_, log) = behind.chat.terminate();
    let words = ["--allow-origin https://evil.example", "--allow-host evil.example"];
    for words in &words[..if kind == Kind::Caddy { 1 } else { 2 }] {
        assert!(log.iter().any(|line| line.contains(words)), "{words}: {log:#?}");
    }
}

/// Caddy does that itself, and on a port that a test cannot have.
pub(crate) fn nobody_comes_without_tls(kind: Kind) {
    let Some(behind) = Behind::start(kind, "plain") else {
        return;
    };
    let Some(plain) = &behind.plain else {
        return;
    };
    let mut client = Client::dial_unix(plain);
    client.write(format!("GET /x?y HTTP/1.1\r\nHost: {NAME}\r\n\r\n").as_bytes());
    let head = client.head().to_ascii_lowercase();
    assert!(head.starts_with("http/1.1 301 "), "{head}");
    assert!(head.contains(&format!("\r\nlocation: https://{NAME}/x?y\r\n")), "{head}");
}
