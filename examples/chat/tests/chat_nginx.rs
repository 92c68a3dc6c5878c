//! The chat behind nginx, with the words of its own README: whoever copies them must find that they work.

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::http::get;
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::text::Text;
use pollcat_testing::client::{Client, upgrade_request};
use pollcat_testing::nginx::{Nginx, workers};
use pollcat_testing::scratch::Scratch;

/// A block of the chat's own README, of this kind, which comes behind these words.
fn block(behind: &str, kind: &str) -> &'static str {
    let readme = include_str!("../README.md");
    let (_, rest) = readme.split_once(behind).expect("it has these words");
    let (_, rest) = rest.split_once(&format!("```{kind}\n")).expect("it has such a block");
    rest.split_once("```").expect("the block has an end").0
}

/// The chat and nginx, as the README has both, but for the places where things are. `None`: there is no nginx.
fn behind_nginx(test: &str) -> Option<(Chat, Nginx, Scratch)> {
    let sockets = Scratch::new(test);
    let unix = format!("unix:{}", sockets.file("chat.sock").display());
    let command = block("### Behind nginx", "sh").trim().replace("unix:/run/chat.sock", &unix);
    let (_, group) = workers().unwrap_or(("", "0"));
    let command = command.replace("www-data", group);
    let said = command.split(' ').skip(1);
    // A group is only root's to give; and the test needs an address of its own to know that it listens.
    let said = said.filter(|word| group != "0" || !["0", "--socket-group"].contains(word));
    let flags: Vec<&str> = ["--listen", "127.0.0.1:0"].into_iter().chain(said).collect();
    let chat = Chat::in_memory(&flags);
    let nginx = Nginx::start(|address| {
        let block = block("### Behind nginx", "nginx");
        block.replace("unix:/run/chat.sock", &unix).replace("listen 443 ssl;", &format!("listen {address};"))
    })?;
    Some((chat, nginx, sockets))
}

#[test]
fn behind_nginx_as_the_readme_has_it_the_chat_is_reached_and_knows_its_clients() {
    let Some((mut chat, nginx, _sockets)) = behind_nginx("nginx-plain") else {
        return;
    };
    let page = get(nginx.address, "/");
    assert_eq!(page.status, 200, "{}", page.head);
    assert!(page.header("Content-Security-Policy").is_some(), "{}", page.head);

    let mut alice = Json::named(nginx.address, "alice");
    let mut console = Text::connect(nginx.address);
    console.say("你好 from behind the proxy");
    let heard = alice.expect("message");
    assert_eq!(heard["msg"], "你好 from behind the proxy");
    // nginx came by the socket; the client behind it came from here.
    alice.leave();
    chat.logged("the client's address", |line| line.contains("alice (1) from 127.0.0.1"));
}

#[test]
fn pages_of_the_name_in_the_readme_connect_and_others_do_not() {
    let Some((mut chat, nginx, _sockets)) = behind_nginx("nginx-names") else {
        return;
    };
    let table = [
        ("chat.example.com", "https://chat.example.com", 101),
        ("chat.example.com", "https://evil.example", 403),
        ("evil.example", "https://chat.example.com", 421),
    ];
    for (host, origin, status) in table {
        let mut client = Client::dial(nginx.address);
        let request = upgrade_request(&format!("Origin: {origin}\r\n")).replacen("localhost", host, 1);
        client.write(request.as_bytes());
        let head = client.head();
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{host} {origin}: {head}");
    }
    let (_, log) = chat.terminate();
    for words in ["--allow-origin https://evil.example", "--allow-host evil.example"] {
        assert!(log.iter().any(|line| line.contains(words)), "{words}: {log:#?}");
    }
    // Both sides know of each other: nothing is to be said about that.
    assert!(!log.iter().any(|line| line.contains("X-Forwarded-For")), "{log:#?}");
}

#[test]
fn what_is_text_travels_compressed() {
    let Some((_chat, nginx, _sockets)) = behind_nginx("nginx-gzip") else {
        return;
    };
    let mut client = Client::dial(nginx.address);
    let host = nginx.address;
    client.write(format!("GET / HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\n\r\n").as_bytes());
    let head = client.head();
    assert!(head.starts_with("HTTP/1.1 200 ") && head.contains("\r\nContent-Encoding: gzip\r\n"), "{head}");
}
