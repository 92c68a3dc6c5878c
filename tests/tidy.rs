//! Who may know whom: the arrows of the house, checked by reading the source.
//!
//! ```text
//! examples ──▶ lib.rs ──▶ server ──▶ handshake ──▶ protocol
//!                           │            │            │
//!         mio, socket2, log, rustls  sha1, base64  simdutf8, zlib_rs
//! ```
//!
//! The protocol and the handshake know no socket, no clock, no thread and no logger; the library knows no chat room. No
//! modules go in a circle. The chat has a test of its own like this one. That each check can fail is shown in `tidy_can_fail.rs`.

use pollcat_testing::circles;
use pollcat_testing::sources::{self, Arrow};

/// Names, and the only places that may say them.
const ARROWS: [Arrow; 9] = [
    (&["mio", "log", "std::time", "Instant", "SystemTime", "Duration"], &["src/server/", "src/lib.rs"]),
    (&["std::thread", "thread", "TcpStream", "TcpListener", "UdpSocket"], &["src/server/", "src/lib.rs"]),
    (&["socket2"], &["src/server/accept/tcp.rs"]),
    (&["sha1", "base64"], &["src/handshake/"]),
    (&["simdutf8"], &["src/protocol/utf8.rs"]),
    // `lib.rs` passes it on, for configurations of one's own.
    (&["rustls"], &["src/server/accept/tls/", "src/lib.rs"]),
    (&["zlib_rs"], &["src/protocol/deflate/codec.rs"]),
    (&["crate::server"], &["src/server/", "src/lib.rs"]),
    // Frames are looked into by the protocol alone.
    (&["FrameHeader", "Opcode", "MaskingKey"], &["src/protocol/"]),
];

/// What only the chat knows. A lone `room` may be the space that is left in a buffer.
const CHAT: &[&str] = &["Room", "rooms", "room_id", "room_name", "nickname", "nicknames", "json", "Json"];

#[test]
fn every_name_stays_where_it_belongs() {
    let strays = sources::strays(&rust("src"), &ARROWS, CHAT);
    assert!(strays.is_empty(), "\n{}", strays.join("\n"));
}

#[test]
fn every_file_begins_with_what_it_is_about_and_stays_short() {
    let folders = ["src", "examples", "benches", "tests", "tests/peers", "tests/support"];
    let odd: Vec<String> = folders.iter().flat_map(|folder| sources::oddities(&rust(folder))).collect();
    assert!(odd.is_empty(), "\n{}", odd.join("\n"));
}

#[test]
fn no_modules_go_in_a_circle() {
    let graph = circles::rust::graph(&sources::sources(SRC, "", "rs"), "lib.rs");
    assert!(graph.modules() > 50, "only {} modules are seen", graph.modules());
    let faults = circles::faults(&graph, &[]);
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const SRC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src");

fn rust(folder: &str) -> Vec<(String, String)> {
    sources::sources(ROOT, folder, "rs")
}
