//! The chat behind nginx, with the words of its own README: whoever copies them must find that they work.

use chat::Chat;
use chat::json::Json;
use chat::text::Text;
use nginx::Nginx;

#[path = "support/chat.rs"]
#[allow(dead_code, reason = "each suite uses a part of it")]
mod chat;
#[path = "support/client.rs"]
#[allow(dead_code, reason = "each suite uses a part of it")]
mod client;
#[path = "support/nginx.rs"]
mod nginx;
#[path = "support/running.rs"]
#[allow(dead_code, reason = "each suite uses a part of it")]
mod running;
#[path = "support/scratch.rs"]
#[allow(dead_code, reason = "each suite uses a part of it")]
mod scratch;

#[test]
fn behind_nginx_as_the_readme_has_it_the_chat_is_reached_and_knows_its_clients() {
    let (_, rest) = include_str!("../examples/chat/README.md")
        .split_once("```nginx\n")
        .expect("it has a block for nginx");
    let (block, _) = rest.split_once("```").expect("the block has an end");

    let sockets = scratch::Scratch::new("chat-nginx");
    let socket = sockets.file("chat.sock").display().to_string();
    let unix = format!("unix:{socket}");
    let flags = ["--listen", "127.0.0.1:0", "--listen", &unix, "--trust-proxy", "unix"];
    let mut chat = Chat::in_memory(&flags);
    let Some(nginx) = Nginx::start(|address| {
        block.replace("unix:/run/chat.sock", &unix).replace("listen 443 ssl;", &format!("listen {address};"))
    }) else {
        return;
    };

    let page = chat::http::get(nginx.address, "/");
    assert_eq!(page.status, 200);
    assert!(page.header("Content-Security-Policy").is_some(), "{}", page.head);

    let mut alice = Json::named(nginx.address, "alice");
    let mut console = Text::connect(nginx.address);
    console.say("你好 from behind the proxy");
    let heard = alice.expect("message");
    assert_eq!(heard["msg"], "你好 from behind the proxy");
    // nginx came by the socket; the client behind it came from here.
    alice.leave();
    chat.logged("the client's address", |line| line.contains("from 127.0.0.1 was alice"));
}
