//! nginx in front, with the README's own words: pages over kept connections, WebSockets by the upgrade map.

use std::net::SocketAddr;
use std::time::Duration;

use pollcat::{Config, Delivery, Proxies};
use pollcat_testing::client::{Client, TEXT};
use pollcat_testing::proxies::nginx;
use pollcat_testing::running::Running;

use super::later::Asking;
use super::{Site, ask, field, get, request};

/// What the README says, in a server of its own.
fn readme_block(address: SocketAddr) -> String {
    let (_, rest) =
        include_str!("../../README.md").split_once("```nginx\n").expect("it has a block for nginx");
    let (block, _) = rest.split_once("```").expect("the block has an end");
    block.replace("location / {", &format!("server {{\nlisten {address};\nlocation / {{")) + "}"
}

#[test]
fn behind_nginx_pages_share_a_connection_websockets_pass_and_clients_are_known() {
    let loopback = Proxies::only(["127.0.0.1"]).expect("an address");
    let server = Running::start(Config::new().trust_proxies(loopback), Site);
    let upstream = server.address().to_string();
    let Some(nginx) = nginx::start(|address| readme_block(address).replace("127.0.0.1:9002", &upstream))
    else {
        return;
    };
    let mut client = Client::dial(nginx.address);
    assert_eq!(ask(&mut client, &get("/")).1, "<!doctype html>");
    // What the client itself put in front is handed on, and the nearest address that is no proxy counts.
    let forwarded = request("GET", "/client", "1.1", "X-Forwarded-For: 203.0.113.9, 198.51.100.7\r\n");
    assert_eq!(ask(&mut client, &forwarded).1, "198.51.100.7");
    let (head, _) = ask(&mut Client::dial(nginx.address), &get("/nowhere"));
    assert!(head.starts_with("HTTP/1.1 404 "), "{head}");
    // Three pages from two clients, and nginx came once.
    server.wait_until("all is counted", |counters| counters.pages == 3);
    assert_eq!(server.counters().accepted, 1);

    let mut browser = Client::dial(nginx.address);
    // The page's own origin, as a browser tells it.
    browser.open("Origin: http://localhost\r\n");
    for text in ["hello", "你好"] {
        browser.send(TEXT, text.as_bytes());
        assert_eq!(browser.text(), text);
    }
    browser.close(1000);
    assert_eq!(browser.close_frame().0, 1000);
    browser.nothing_more();
}

#[test]
fn behind_nginx_nobody_is_given_a_page_that_another_asked_for() {
    let asking = Asking::new(Config::new().handshake_within(Duration::from_secs(3)));
    let upstream = asking.server.address().to_string();
    let Some(nginx) = nginx::start(|address| readme_block(address).replace("127.0.0.1:9002", &upstream))
    else {
        return;
    };
    // Two people whose requests travel on one connection: a second answer for the first is not the second's.
    let (mut bob, mut dave) = (Client::dial(nginx.address), Client::dial(nginx.address));
    bob.write(get("/bob").as_bytes());
    let (first, _) = asking.asked();
    assert_eq!(asking.bring(first, "bob's"), Delivery::Queued);
    bob.head();
    assert_eq!(bob.bytes(5), b"bob's");
    dave.write(get("/dave").as_bytes());
    let (second, _) = asking.asked();
    assert_eq!(second.peer(), first.peer(), "nginx keeps its connection");
    assert_eq!(asking.bring(first, "bob's"), Delivery::Gone);
    assert_eq!(asking.bring(second, "dave"), Delivery::Queued);
    dave.head();
    assert_eq!(dave.bytes(4), b"dave");

    // The answer for the one comes when the other already waits.
    bob.write(get("/private").as_bytes());
    let (late, _) = asking.asked();
    let head = bob.head();
    assert!(head.starts_with("HTTP/1.1 503 "), "{head}");
    dave.write(get("/dave").as_bytes());
    let (waiting, path) = asking.asked();
    assert_eq!(path, "/dave");
    assert_eq!(asking.bring(late, "private"), Delivery::Gone);
    assert_eq!(asking.bring(waiting, "dave"), Delivery::Queued);
    let head = dave.head();
    assert_eq!(field(&head, "Content-Length"), Some("4"), "{head}");
    assert_eq!(dave.bytes(4), b"dave");
}
