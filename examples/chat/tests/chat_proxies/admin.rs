//! The admin page: through a proxy as without one, or for some addresses alone.

use serde_json::json;

use pollcat_chat_testing::admin;
use pollcat_testing::client::{Client, upgrade_request};

use crate::behind::{Behind, Kind, NAME, replace};

/// The block of the chat, with those that shut the admin page put where OPERATING.md says.
fn shut(kind: Kind, block: &str) -> String {
    match kind {
        Kind::Nginx => {
            let (server, location) = {
                let both = kind.block(2);
                let (server, location) = both.split_once("    #").expect("a comment is between them");
                (server.to_owned(), location.split_once('\n').expect("it has a line").1.to_owned())
            };
            let block =
                replace(block, "    location / {\n", &format!("{server}    location / {{\n{location}"));
            format!("{}{block}", kind.block(1))
        }
        Kind::Caddy => replace(block, "\treverse_proxy", &format!("{}\treverse_proxy", kind.block(1))),
        Kind::HaProxy => {
            let last = "    default_backend chat\n";
            replace(block, last, &format!("{}{last}", kind.block(1)))
        }
    }
}

pub(crate) fn the_admin_page_is_for_some_addresses(kind: Kind) {
    let Some(behind) = Behind::with(kind, "shut", &[], |block| shut(kind, block)) else {
        return;
    };
    for path in ["/admin", "/admin?x", "/%61dmin", "//admin", "/./admin", "/x/../admin", "/ADMIN"] {
        let page = behind.ask(("GET", path), "", b"");
        assert!([403, 404].contains(&page.status), "{path}: {}", page.head);
    }
    assert_eq!(behind.ask(("GET", "/admin"), "", b"").status, 403);
    let protocol = |names: &str| format!("Sec-WebSocket-Protocol: {names}\r\n");
    let ways = [
        (protocol("chat.v1"), true),
        (protocol("admin.v1"), false),
        (protocol("chat.v9, admin.v1"), false),
        (protocol("admin.v1,chat.v9"), false),
        (protocol("chat.v9") + &protocol("admin.v1"), false),
        (protocol("admin.v1") + &protocol("chat.v9"), false),
    ];
    for (fields, is_open) in ways {
        let mut client = Client::dial(behind.address);
        client.write(upgrade_request(&fields).replacen("localhost", NAME, 1).as_bytes());
        let head = client.head();
        assert!(!head.contains("admin.v1"), "{fields}: {head}");
        assert!(!is_open || head.starts_with("HTTP/1.1 101 "), "{fields}: {head}");
    }

    // Whoever comes from one of those addresses is let in, with a key.
    let open = |block: &str| replace(&shut(kind, block), "10.0.0.0/8", "127.0.0.0/8");
    let Some(mut behind) = Behind::with(kind, "open", &[], open) else {
        return;
    };
    assert_eq!(behind.ask(("GET", "/admin"), "Accept-Encoding: gzip\r\n", b"").status, 200);
    let key = behind.chat.first_key();
    admin::enter(behind.connect("admin.v1", &[]), json!({"key": key}));
}
