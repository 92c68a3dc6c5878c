//! Who may know whom: the arrows of the house, checked by reading the source.
//!
//! ```text
//! examples ──▶ lib.rs ──▶ server ──▶ handshake ──▶ protocol
//!                           │            │            │
//!         mio, socket2, log, rustls  sha1, base64  simdutf8, zlib_rs
//! ```
//!
//! Within the server ([`FLOORS`]), from the top to the bottom:
//!
//! ```text
//! turn ──▶ receive ──▶ handler ──▶ peers ──▶ send ──▶ table ──▶ accept ──▶ time, peer_id, …
//! ```
//!
//! The protocol and the handshake know no socket, no clock, no thread and no logger; the library knows no chat room. No
//! modules go in a circle. The chat has a test of its own like this one. That each check can fail is shown in
//! `tidy_can_fail.rs`.

use pollcat_testing::circles::{self, calls};
use pollcat_testing::habits;
use pollcat_testing::layers::{self, Layers};
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

/// From the top to the bottom: a module needs only those below. What is in no other place of the server is above all
/// of it.
const FLOORS: Layers<'_> = &[
    &["lib.rs"],
    &["guide"],
    &["server"],
    &["server/testing"],
    &["server/guard"],
    &["server/turn"],
    &["server/receive"],
    &["server/mailbox"],
    &["server/bell"],
    &["server/handler"],
    &["server/peers"],
    &["server/send"],
    &["server/table"],
    &["server/accept"],
    &[
        "server/config",
        "server/counters",
        "server/departure",
        "server/peer_map",
        "server/requests",
        "server/round_trips",
        "server/time",
        "server/timers",
    ],
    &["server/peer_id", "server/tuning"],
    &["handshake"],
    &["protocol"],
    &["message"],
];

/// The structs whose fields other folders can reach, and why: plain data, without a rule that a method would keep.
/// The list may only shrink.
const OPEN: &[(&str, &str)] = &[
    ("src/handshake/head.rs: HeadLimits", "users read and set them"),
    ("src/protocol/limits.rs: Limits", "users read and set them"),
    ("src/protocol/frame.rs: FrameHeader", "a header as it was read, for users"),
    ("src/server/handler.rs: Refused", "what a handler is told"),
    (
        "src/server/config/mod.rs: Config",
        "settings: its methods have checked them, and the server reads them",
    ),
    ("src/server/requests.rs: Asked", "two facts about a request"),
    ("src/server/accept/origin.rs: Origin", "facts about a new connection"),
    ("src/server/send/outbox.rs: CaughtUp", "two facts about a write"),
    ("src/server/send/outgoing.rs: Outgoing", "a message, and a wish"),
    ("src/server/turn/mod.rs: Parts", "what the loop is made of, handed over by `Server::run`"),
    ("src/protocol/partial.rs: OpenFrame", "a header whose payload has begun; only `protocol` sees it"),
    // These two have rules. `pub(super)` is meant for the files beside them, but `protocol/deflate` lies below.
    ("src/protocol/assembly.rs: Assembly", "only the files of `protocol` are to use them"),
    ("src/protocol/partial.rs: Partial", "only the files of `protocol` are to use them"),
];

/// Comments are wrapped here.
const COMMENT_WIDTH: usize = 120;

#[test]
fn every_name_stays_where_it_belongs() {
    assert_none(sources::strays(&rust("src"), &ARROWS, CHAT));
}

#[test]
fn every_file_begins_with_what_it_is_about_and_stays_short() {
    let folders = ["src", "examples", "benches", "tests", "tests/peers", "tests/support"];
    assert_none(folders.iter().flat_map(|folder| sources::oddities(&rust(folder))).collect());
}

#[test]
fn no_modules_go_in_a_circle() {
    let graph = circles::rust::graph(&sources::sources(SRC, "", "rs"), "lib.rs");
    assert!(graph.modules() > 50, "only {} modules are seen", graph.modules());
    assert_none(circles::faults(&graph, &[]));
}

#[test]
fn a_module_needs_only_those_below() {
    let graph = circles::rust::graph(&sources::sources(SRC, "", "rs"), "lib.rs");
    assert_none(layers::faults(&graph, FLOORS));
}

/// What it does not see it tells: `cargo test --test tidy -- --nocapture`.
#[test]
fn no_calls_go_in_a_circle() {
    let (server, others): (Vec<_>, Vec<_>) =
        rust("src").into_iter().partition(|(file, _)| file.starts_with("src/server/"));
    let calls = calls::calls(&server, &others);
    println!("calls whose file is not certain: {}", Vec::from_iter(calls.unseen).join(", "));
    let arrows = calls.graph.arrows().count();
    assert!(arrows > 100, "only {arrows} files are seen to call others");
    assert_none(circles::faults(&calls.graph, &[]));
}

#[test]
fn no_field_is_reached_from_another_folder() {
    let known: Vec<&str> = OPEN.iter().map(|(known, _)| *known).collect();
    assert_none(habits::unknown(&habits::open_structs(&rust("src")), &known));
}

#[test]
fn no_file_is_only_an_impl_of_a_type_from_elsewhere() {
    assert_none(habits::files_of_strange_impls(&rust("src")));
}

#[test]
fn a_slot_is_a_slot_and_no_number() {
    assert_none(habits::bare_slots(&rust("src")));
}

#[test]
fn no_two_bools_stand_side_by_side() {
    assert_none(habits::pairs_of_bools(&rust("src")));
}

#[test]
fn comments_are_not_too_wide() {
    assert_none(habits::long_comments(&rust("src"), COMMENT_WIDTH));
}

#[track_caller]
fn assert_none(faults: Vec<String>) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const SRC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src");

fn rust(folder: &str) -> Vec<(String, String)> {
    sources::sources(ROOT, folder, "rs")
}
